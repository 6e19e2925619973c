//! Groups (`pyaot_abi::Group`): one test of an object's shape word, or type, for several attributes or for a method.
use super::*;
use pyaot_abi::{
    AttrCache, AttrGroup, BY_SHAPE, GROUP_FOLD, GROUP_KEYS, Group, InstanceObject, MethodGroup, SHAPE_KEY, found,
    wanted,
};
use pyaot_ir::{Const, ConstId};

impl<'ctx> Body<'ctx, '_, '_> {
    /// Offset of an instruction's group among the module's caches.
    fn group_offset(&self, inst: &Inst) -> Result<i64, Error> {
        let Imm::Cache(id) = self.imm(inst, 0)? else {
            return Err(Error(format!("{} without a group", inst.op.row().text)));
        };
        Ok(size_of::<AttrCache>() as i64 * i64::from(id.0))
    }

    /// A field of a group. (Stores to objects leave it alone.)
    fn group_field(&mut self, offset: i64, ty: inkwell::types::IntType<'ctx>) -> Result<IntValue<'ctx>, Error> {
        let place = self.at(self.data.caches(), offset)?;
        let field = self.builder.build_load(ty, place, "")?;
        self.tag(field.as_instruction_value(), "group")?;
        Ok(field.into_int_value())
    }

    /// A call that looks an object up and may fill a group, but changes no object.
    fn admit(&mut self, name: &str, args: &[BasicMetadataValueEnum<'ctx>]) -> Result<IntValue<'ctx>, Error> {
        let call = self.call_named(name, args)?;
        let found = self.result(call).ok_or_else(|| Error(format!("{name} gave nothing")))?;
        self.tag(found.as_instruction_value(), "group")?;
        self.to_int(found)
    }

    /// The word of the operand that may be one of a group's keys; leaves when the operand is no heap object.
    fn key_of(&mut self, inst: &Inst, group: i64) -> Result<IntValue<'ctx>, Error> {
        let (word_type, i32_type) = (self.data.context.i64_type(), self.data.context.i32_type());
        let word = self.int(inst, 0)?;
        self.check_heap(inst)?;
        let object = self.to_ptr(word.into())?;
        let offset = self.group_field(group + offset_of!(Group, place) as i64, i32_type)?;
        let offset = self.builder.build_int_z_extend(offset, word_type, "")?;
        let place = raw::offset(&self.builder, object, offset)?;
        let key = self.builder.build_load(word_type, place, "")?;
        self.tag(key.as_instruction_value(), "key")?;
        Ok(key.into_int_value())
    }

    /// Whether the operand, which leaves when it is no heap object, has one of a group's keys; and eight times the key's place.
    fn in_group(&mut self, inst: &Inst, group: i64, flags: i64) -> Result<(IntValue<'ctx>, IntValue<'ctx>), Error> {
        if flags & i64::from(BY_SHAPE) != 0 {
            return self.shape_in_group(inst, group);
        }
        let key = self.key_of(inst, group)?;
        self.key_in_group(key, group)
    }

    /// Likewise of a group by shapes. Only the table differs from group to group, so that LLVM does the rest once for several.
    fn shape_in_group(&mut self, inst: &Inst, group: i64) -> Result<(IntValue<'ctx>, IntValue<'ctx>), Error> {
        let word_type = self.data.context.i64_type();
        let word = self.int(inst, 0)?;
        self.check_heap(inst)?;
        let object = self.to_ptr(word.into())?;
        let place = self.at(object, offset_of!(InstanceObject, shape) as i64)?;
        let shape = self.builder.build_load(word_type, place, "")?;
        self.tag(shape.as_instruction_value(), "key")?;
        let shape = shape.into_int_value();
        // `pyaot_abi::shape_index` and `shape_key`.
        let colour = self.word_const(GROUP_KEYS as u64 - 1);
        let index = self.builder.build_and(shape, colour, "")?;
        let key = self.builder.build_int_add(shape, self.word_const(SHAPE_KEY), "")?;
        self.key_at(key, index, group)
    }

    fn key_in_group(&mut self, key: IntValue<'ctx>, group: i64) -> Result<(IntValue<'ctx>, IntValue<'ctx>), Error> {
        let (word_type, i32_type) = (self.data.context.i64_type(), self.data.context.i32_type());
        // `pyaot_abi::group_index`.
        let shift = self.group_field(group + offset_of!(Group, shift) as i64, i32_type)?;
        let shift = self.builder.build_int_z_extend(shift, word_type, "")?;
        // (A shift is below 64; LLVM need not know.)
        let bits = self.builder.build_right_shift(key, shift, false, "")?;
        let fold = self.word_const(u64::from(GROUP_FOLD));
        let folded = self.builder.build_right_shift(bits, fold, false, "")?;
        let mixed = self.builder.build_xor(bits, folded, "")?;
        let index = self
            .builder
            .build_and(mixed, self.word_const(GROUP_KEYS as u64 - 1), "")?;
        self.key_at(key, index, group)
    }

    /// Whether the group has the key at that index; and eight times the index.
    fn key_at(
        &mut self,
        key: IntValue<'ctx>,
        index: IntValue<'ctx>,
        group: i64,
    ) -> Result<(IntValue<'ctx>, IntValue<'ctx>), Error> {
        let word_type = self.data.context.i64_type();
        let index = self.builder.build_left_shift(index, self.word_const(3), "")?;
        let keys = self.at(self.data.caches(), group + offset_of!(Group, keys) as i64)?;
        let place = raw::offset(&self.builder, keys, index)?;
        let wanted = self.builder.build_load(word_type, place, "")?;
        self.tag(wanted.as_instruction_value(), "group")?;
        let hit = self
            .builder
            .build_int_compare(IntPredicate::EQ, key, wanted.into_int_value(), "")?;
        Ok((hit, index))
    }

    pub(super) fn guard_group(&mut self, inst: &Inst) -> Result<(), Error> {
        let group = self.group_offset(inst)?;
        let Imm::Const(names) = self.imm(inst, 1)? else {
            return Err(Error("guard_group without names".into()));
        };
        let (word_type, i32_type) = (self.data.context.i64_type(), self.data.context.i32_type());
        let wanted = i32_type.const_int(self.imm_int(inst, 2)? as u64, false);
        let word = self.int(inst, 0)?;
        let admit = |body: &mut Self, hit: IntValue<'ctx>| {
            if body.is_front {
                return Ok(body.builder.build_int_z_extend(hit, word_type, "")?);
            }
            body.or_slow(hit, body.word_const(1), |body| {
                let names = body.data.word(names)?;
                let group = body.at(body.data.caches(), group)?;
                let args = [word.into(), names.into(), wanted.into(), group.into()];
                body.admit("group_admit", &args)?;
                // The answer holds from the next time on: what passes the test has changed nothing.
                Ok(body.word_const(0))
            })
        };
        let admitted = if self.imm_int(inst, 2)? & i64::from(BY_SHAPE) != 0 {
            let (hit, _) = self.shape_in_group(inst, group)?;
            admit(self, hit)?
        } else {
            let key = self.key_of(inst, group)?;
            let latest = self.group_field(group + offset_of!(Group, latest) as i64, word_type)?;
            let hit = self.builder.build_int_compare(IntPredicate::EQ, key, latest, "")?;
            self.or_slow(hit, self.word_const(1), |body| {
                let (hit, _) = body.key_in_group(key, group)?;
                admit(body, hit)
            })?
        };
        let refused = self.is_zero(admitted)?;
        if self.is_front {
            return self.check_met(inst, "group_admit", refused, names, wanted);
        }
        self.check(inst, refused)
    }

    /// In a front: goes to the function proper when a group has `missed` the object, by way of `row`, which fills the group, where nobody
    /// else does.
    fn check_met(
        &mut self,
        inst: &Inst,
        row: &'static str,
        missed: IntValue<'ctx>,
        names: ConstId,
        wanted: IntValue<'ctx>,
    ) -> Result<(), Error> {
        let Imm::Cache(id) = self.imm(inst, 0)? else {
            return Err(Error(format!("{} without a group", inst.op.row().text)));
        };
        if !self.admits.contains(&id) {
            return self.check(inst, missed);
        }
        let word = self.int(inst, 0)?;
        let group = self.at(self.data.caches(), self.group_offset(inst)?)?;
        let args: [BasicValueEnum<'ctx>; 4] = [word.into(), self.data.word(names)?.into(), wanted.into(), group.into()];
        let here = self.current()?;
        let known = self.missed.iter().position(|(name, ..)| *name == row);
        let index = match known {
            Some(index) => index,
            None => {
                let block = self.data.context.append_basic_block(self.function, "");
                self.builder.position_at_end(block);
                let phis: Result<Vec<_>, _> = args
                    .iter()
                    .map(|arg| self.builder.build_phi(arg.get_type(), ""))
                    .collect();
                self.missed.push((row, block, phis?));
                self.builder.position_at_end(here);
                self.missed.len() - 1
            }
        };
        let (_, block, phis) = &self.missed[index];
        for (phi, arg) in phis.iter().zip(&args) {
            phi.add_incoming(&[(arg, here)]);
        }
        let (block, next) = (*block, self.new_block());
        let branch = self.builder.build_conditional_branch(missed, block, next)?;
        self.weigh(branch, false)?;
        self.builder.position_at_end(next);
        Ok(())
    }

    /// The blocks in which a front fills groups, before it goes on to `rest`.
    pub(super) fn fill_missed(&mut self, rest: BlockId) -> Result<(), Error> {
        for (row, block, phis) in std::mem::take(&mut self.missed) {
            self.builder.position_at_end(block);
            let args: Vec<_> = phis.iter().map(|phi| phi.as_basic_value().into()).collect();
            self.admit(row, &args)?;
            self.builder.build_unconditional_branch(self.blocks[rest.index()])?;
        }
        Ok(())
    }

    pub(super) fn group_slot(&mut self, inst: &Inst) -> Result<(), Error> {
        let (place, what) = (self.imm_int(inst, 1)?, self.imm_int(inst, 3)?);
        let Imm::Const(names) = self.imm(inst, 2)? else {
            return Err(Error("group_slot without names".into()));
        };
        // Attributes in order have the first one's offset and eight bytes each.
        let (field, behind) = match what & i64::from(wanted::IN_ORDER) != 0 {
            true => (0, 8 * place),
            false => (4 * place, 0),
        };
        let field = self.group_offset(inst)? + offset_of!(AttrGroup, offsets) as i64 + field;
        let offset = self.group_field(field, self.data.context.i32_type())?;
        let offset = self
            .builder
            .build_int_z_extend(offset, self.data.context.i64_type(), "")?;
        let word = self.int(inst, 0)?;
        let object = self.to_ptr(word.into())?;
        let slot = raw::offset(&self.builder, object, offset)?;
        let slot = self.at(slot, behind)?;
        self.define(inst, 0, slot.into());
        // Attributes of different names never stand in one place, until other code runs.
        let module = self.data.unit.module;
        let name = match module.constant(names) {
            Const::Tuple(all) => all.get(place as usize).map(|id| module.constant(*id)),
            _ => None,
        };
        if let (Some(Const::Str(name)), Some(slot)) = (name, inst.results.first()) {
            self.places
                .insert(*slot, format!("slot {}", String::from_utf8_lossy(name)));
        }
        Ok(())
    }

    pub(super) fn method_of(&mut self, inst: &Inst) -> Result<(), Error> {
        let group = self.group_offset(inst)?;
        let Imm::Const(name) = self.imm(inst, 1)? else {
            return Err(Error("method_of without a name".into()));
        };
        let kind = self.imm_int(inst, 2)?;
        let (hit, index) = if kind & i64::from(found::OF_CLASS) != 0 {
            // No word but an admitted class is among the keys.
            let class = self.int(inst, 0)?;
            self.check_heap(inst)?;
            self.key_in_group(class, group)?
        } else {
            self.in_group(inst, group, kind)?
        };
        let functions = self.at(self.data.caches(), group + offset_of!(MethodGroup, functions) as i64)?;
        let place = raw::offset(&self.builder, functions, index)?;
        let known = self
            .builder
            .build_load(self.data.context.i64_type(), place, "")?
            .into_int_value();
        let word = self.int(inst, 0)?;
        if self.is_front {
            let missed = self.builder.build_not(hit, "")?;
            let kind = self.data.context.i32_type().const_int(kind as u64, false);
            self.check_met(inst, "method_admit", missed, name, kind)?;
            return self.found(inst, known);
        }
        let function = self.or_slow(hit, known, |body| {
            let name = body.data.word(name)?;
            let group = body.at(body.data.caches(), group)?;
            let kind = body.data.context.i32_type().const_int(kind as u64, false);
            let function = body.admit("method_admit", &[word.into(), name.into(), kind.into(), group.into()])?;
            let none = body.is_zero(function)?;
            body.check(inst, none)?;
            Ok(function)
        })?;
        self.found(inst, function)
    }

    /// The function of a `method_of`, or the place that a `value_of` means.
    fn found(&mut self, inst: &Inst, function: IntValue<'ctx>) -> Result<(), Error> {
        if inst.op == Op::MethodOf {
            self.define(inst, 0, function.into());
            self.objects.extend(&inst.results);
            return Ok(());
        }
        let word = self.int(inst, 0)?;
        let slot = self.builder.build_int_add(word, function, "")?;
        let limit = self.word_const(found::OFFSETS);
        let own = self.builder.build_int_compare(IntPredicate::ULT, function, limit, "")?;
        let place = self.builder.build_select(own, slot, function, "")?;
        let place = self.to_ptr(place)?;
        self.define(inst, 0, place.into());
        Ok(())
    }

    /// The class is the first key of a method group, whose function still has the code.
    pub(super) fn guard_class(&mut self, inst: &Inst) -> Result<(), Error> {
        let group = self.group_offset(inst)?;
        let Imm::Code(code) = self.imm(inst, 1)? else {
            return Err(Error("guard_class without code".into()));
        };
        let word_type = self.data.context.i64_type();
        let class = self.int(inst, 0)?;
        let place = self.at(self.data.caches(), group + offset_of!(Group, keys) as i64)?;
        let known = self.builder.build_load(word_type, place, "")?.into_int_value();
        let hit = self.builder.build_int_compare(IntPredicate::EQ, class, known, "")?;
        let code = self.data.code(code)?;
        let admitted = self.or_slow(hit, self.word_const(1), |body| {
            let group = body.at(body.data.caches(), group)?;
            let answer = body.admit("class_admit", &[class.into(), code.into(), group.into()])?;
            Ok(body.builder.build_int_z_extend(answer, word_type, "")?)
        })?;
        let refused = self.is_zero(admitted)?;
        self.check(inst, refused)?;
        let place = self.at(self.data.caches(), group + offset_of!(MethodGroup, functions) as i64)?;
        let function = self.builder.build_load(word_type, place, "")?;
        let function = self.to_ptr(function)?;
        let place = self.at(function, offset_of!(pyaot_abi::FunctionObject, code) as i64)?;
        let found = self.builder.build_load(word_type, place, "")?.into_int_value();
        let wanted = self.builder.build_ptr_to_int(code, word_type, "")?;
        let other = self.builder.build_int_compare(IntPredicate::NE, found, wanted, "")?;
        self.check(inst, other)
    }
}
