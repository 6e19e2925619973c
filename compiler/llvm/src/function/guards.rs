//! Tests whose failure is an edge, and changes of representation.
//!
//! Numbers: a small int is its word shifted right by two; a self-tagged float its word, less three, rotated right by four
//! (`pyaot_abi::value`).
use super::*;

impl<'ctx> Body<'ctx, '_, '_> {
    fn word_const(&self, n: u64) -> IntValue<'ctx> {
        self.data.i64(n)
    }

    /// The one of LLVM's intrinsics of that name for 64-bit words.
    fn word_intrinsic(&self, name: &str) -> Result<FunctionValue<'ctx>, Error> {
        let word = self.data.context.i64_type();
        inkwell::intrinsics::Intrinsic::find(name)
            .and_then(|i| i.get_declaration(self.data.module, &[word.into()]))
            .ok_or_else(|| Error(format!("LLVM has no {name}")))
    }

    pub(super) fn guard(&mut self, inst: &Inst) -> Result<(), Error> {
        match inst.op {
            Op::GuardInt => {
                let word = self.int(inst, 0)?;
                let bits = self.builder.build_and(word, self.word_const(3), "")?;
                let other = self
                    .builder
                    .build_int_compare(IntPredicate::NE, bits, self.word_const(1), "")?;
                self.check(inst, other)?;
                let number = self.builder.build_right_shift(word, self.word_const(2), true, "")?;
                self.define(inst, 0, number.into());
            }
            Op::GuardFloat => {
                let word = self.int(inst, 0)?;
                let bits = self.builder.build_and(word, self.word_const(2), "")?;
                let other = self.is_zero(bits)?;
                self.check(inst, other)?;
                let less = self.builder.build_int_sub(word, self.word_const(3), "")?;
                let rotate = self.word_intrinsic("llvm.fshr")?;
                let args = [less.into(), less.into(), self.word_const(4).into()];
                let bits = self.int_result(self.builder.build_direct_call(rotate, &args, "")?)?;
                let number = self.builder.build_bit_cast(bits, self.data.context.f64_type(), "")?;
                self.define(inst, 0, number);
            }
            Op::GuardType => {
                let Imm::Type(ty) = self.imm(inst, 0)? else {
                    return Err(Error("guard_type of no type".into()));
                };
                let word = self.int(inst, 0)?;
                if !self.always_heap(inst.args[0]) {
                    let bits = self.builder.build_and(word, self.word_const(7), "")?;
                    let immediate = self
                        .builder
                        .build_int_compare(IntPredicate::NE, bits, self.word_const(0), "")?;
                    self.check(inst, immediate)?;
                }
                let object = self.to_ptr(word.into())?;
                let place = self.at(object, offset_of!(Header, ty) as i64)?;
                let found = self
                    .builder
                    .build_load(self.data.ptr_type(), place, "")?
                    .into_pointer_value();
                let wanted = self.data.runtime_symbol(&format!("pyaot_type_{}", type_name(ty)?));
                let other = self.builder.build_int_compare(IntPredicate::NE, found, wanted, "")?;
                self.check(inst, other)?;
            }
            Op::SlotOf => {
                let Imm::Cache(id) = self.imm(inst, 0)? else {
                    return Err(Error("slot_of without a cache".into()));
                };
                let word = self.int(inst, 0)?;
                let bits = self.builder.build_and(word, self.word_const(7), "")?;
                let immediate = self
                    .builder
                    .build_int_compare(IntPredicate::NE, bits, self.word_const(0), "")?;
                self.check(inst, immediate)?;
                let cache = size_of::<pyaot_abi::AttrCache>() as i64 * i64::from(id.0);
                let field = |offset: usize| cache + offset as i64;
                let (i64_type, i32_type) = (self.data.context.i64_type(), self.data.context.i32_type());
                let object = self.to_ptr(word.into())?;
                let place = self.at(object, offset_of!(pyaot_abi::InstanceObject, shape) as i64)?;
                let shape = self.builder.build_load(i64_type, place, "")?.into_int_value();
                let place = self.at(self.data.caches(), field(offset_of!(pyaot_abi::AttrCache, shape)))?;
                let wanted = self.builder.build_load(i64_type, place, "")?.into_int_value();
                let other = self.builder.build_int_compare(IntPredicate::NE, shape, wanted, "")?;
                self.check(inst, other)?;
                let place = self.at(self.data.caches(), field(offset_of!(pyaot_abi::AttrCache, offset)))?;
                let offset = self.builder.build_load(i32_type, place, "")?.into_int_value();
                let none = self.is_zero(offset)?;
                self.check(inst, none)?;
                let offset = self.builder.build_int_z_extend(offset, i64_type, "")?;
                let slot = raw::offset(&self.builder, object, offset)?;
                self.define(inst, 0, slot.into());
            }
            Op::GuardGroup => self.guard_group(inst)?,
            Op::GroupSlot => {
                let Imm::Cache(id) = self.imm(inst, 0)? else {
                    return Err(Error("group_slot without a group".into()));
                };
                let field = offset_of!(pyaot_abi::AttrGroup, offsets) as i64 + 4 * self.imm_int(inst, 1)?;
                let place = self.at(
                    self.data.caches(),
                    size_of::<pyaot_abi::AttrCache>() as i64 * i64::from(id.0) + field,
                )?;
                let offset = self
                    .builder
                    .build_load(self.data.context.i32_type(), place, "")?
                    .into_int_value();
                let offset = self
                    .builder
                    .build_int_z_extend(offset, self.data.context.i64_type(), "")?;
                let word = self.int(inst, 0)?;
                let object = self.to_ptr(word.into())?;
                let slot = raw::offset(&self.builder, object, offset)?;
                self.define(inst, 0, slot.into());
            }
            Op::Guard => {
                let flag = self.flag(inst, 0)?;
                let failed = self.builder.build_not(flag, "")?;
                self.check(inst, failed)?;
            }
            Op::GuardGlobal => {
                let Imm::Global(id) = self.imm(inst, 0)? else {
                    return Err(Error("guard_global of no global".into()));
                };
                let size = size_of::<pyaot_abi::GlobalCell>() as i64;
                let offset = size * i64::from(id.0) + offset_of!(pyaot_abi::GlobalCell, guard) as i64;
                let place = self.at(self.data.cells(), offset)?;
                let word = self.data.context.i64_type();
                let state = self.builder.build_load(word, place, "")?.into_int_value();
                let wanted = self.word_const(self.imm_int(inst, 1)? as u64);
                let other = self.builder.build_int_compare(IntPredicate::NE, state, wanted, "")?;
                self.check(inst, other)?;
            }
            Op::AddFits | Op::SubFits | Op::MulFits => {
                let name = match inst.op {
                    Op::AddFits => "llvm.sadd.with.overflow",
                    Op::SubFits => "llvm.ssub.with.overflow",
                    _ => "llvm.smul.with.overflow",
                };
                let function = self.word_intrinsic(name)?;
                let args = [self.int(inst, 0)?.into(), self.int(inst, 1)?.into()];
                let call = self.builder.build_direct_call(function, &args, "")?;
                let Some(BasicValueEnum::StructValue(pair)) = self.result(call) else {
                    return Err(Error(format!("{name} gave no pair")));
                };
                let value = self.builder.build_extract_value(pair, 0, "")?;
                let overflow = self.builder.build_extract_value(pair, 1, "")?.into_int_value();
                self.check(inst, overflow)?;
                self.define(inst, 0, value);
            }
            other => return Err(Error(format!("{} is no guard", other.row().text))),
        }
        Ok(())
    }

    /// One test for several attributes: the object's shape word (or type) is the group's, or the runtime finds that it may be.
    fn guard_group(&mut self, inst: &Inst) -> Result<(), Error> {
        let Imm::Cache(id) = self.imm(inst, 0)? else {
            return Err(Error("guard_group without a group".into()));
        };
        let Imm::Const(names) = self.imm(inst, 1)? else {
            return Err(Error("guard_group without names".into()));
        };
        let stores = self.imm_int(inst, 2)?;
        let (word_type, i32_type) = (self.data.context.i64_type(), self.data.context.i32_type());
        let word = self.int(inst, 0)?;
        let bits = self.builder.build_and(word, self.word_const(7), "")?;
        let immediate = self
            .builder
            .build_int_compare(IntPredicate::NE, bits, self.word_const(0), "")?;
        self.check(inst, immediate)?;
        let group = size_of::<pyaot_abi::AttrCache>() as i64 * i64::from(id.0);
        let object = self.to_ptr(word.into())?;
        let place = self.at(
            self.data.caches(),
            group + offset_of!(pyaot_abi::AttrGroup, place) as i64,
        )?;
        let offset = self.builder.build_load(i32_type, place, "")?.into_int_value();
        let offset = self.builder.build_int_z_extend(offset, word_type, "")?;
        let found = raw::offset(&self.builder, object, offset)?;
        let found = self.builder.build_load(word_type, found, "")?.into_int_value();
        let place = self.at(self.data.caches(), group + offset_of!(pyaot_abi::AttrGroup, key) as i64)?;
        let wanted = self.builder.build_load(word_type, place, "")?.into_int_value();
        let hit = self.builder.build_int_compare(IntPredicate::EQ, found, wanted, "")?;
        let admitted = self.or_slow(hit, self.word_const(1), |body| {
            let names = body.data.word(names)?;
            let group = body.at(body.data.caches(), group)?;
            let stores = i32_type.const_int(stores as u64, false);
            let call = body.call_named("group_admit", &[word.into(), names.into(), stores.into(), group.into()])?;
            let answer = body.int_result(call)?;
            Ok(body.builder.build_int_z_extend(answer, word_type, "")?)
        })?;
        let refused = self.is_zero(admitted)?;
        self.check(inst, refused)
    }

    /// A value that `slow` computes where `fits` is false.
    fn or_slow(
        &mut self,
        fits: IntValue<'ctx>,
        fast: IntValue<'ctx>,
        slow: impl FnOnce(&mut Self) -> Result<IntValue<'ctx>, Error>,
    ) -> Result<IntValue<'ctx>, Error> {
        let here = self.current()?;
        let (rare, next) = (self.new_block(), self.new_block());
        let branch = self.builder.build_conditional_branch(fits, next, rare)?;
        self.weigh(branch, true)?;
        self.builder.position_at_end(rare);
        let other = slow(self)?;
        let rare = self.current()?;
        self.builder.build_unconditional_branch(next)?;
        self.builder.position_at_end(next);
        let phi = self.builder.build_phi(self.data.context.i64_type(), "")?;
        phi.add_incoming(&[(&fast, here), (&other, rare)]);
        Ok(phi.as_basic_value().into_int_value())
    }

    pub(super) fn representation(&mut self, inst: &Inst) -> Result<(), Error> {
        let word = self.data.context.i64_type();
        let value: BasicValueEnum<'ctx> = match inst.op {
            Op::BoxInt => {
                let n = self.int(inst, 0)?;
                let shifted = self.builder.build_left_shift(n, self.word_const(2), "")?;
                let back = self.builder.build_right_shift(shifted, self.word_const(2), true, "")?;
                let fits = self.builder.build_int_compare(IntPredicate::EQ, back, n, "")?;
                let fast = self.builder.build_or(shifted, self.word_const(1), "")?;
                self.or_slow(fits, fast, |body| {
                    let call = body.call_named("new_int", &[n.into()])?;
                    body.int_result(call)
                })?
                .into()
            }
            Op::BoxFloat => {
                let f = self.float(inst, 0)?;
                let bits = self.builder.build_bit_cast(f, word, "")?.into_int_value();
                let rotate = self.word_intrinsic("llvm.fshl")?;
                let args = [bits.into(), bits.into(), self.word_const(4).into()];
                let rotated = self.int_result(self.builder.build_direct_call(rotate, &args, "")?)?;
                let fast = self.builder.build_int_add(rotated, self.word_const(3), "")?;
                let tag = self.builder.build_and(fast, self.word_const(2), "")?;
                let tagged = self
                    .builder
                    .build_int_compare(IntPredicate::NE, tag, self.word_const(0), "")?;
                let number = self.builder.build_float_compare(FloatPredicate::ORD, f, f, "")?;
                let fits = self.builder.build_and(tagged, number, "")?;
                self.or_slow(fits, fast, |body| {
                    let call = body.call_named("new_float", &[f.into()])?;
                    body.int_result(call)
                })?
                .into()
            }
            Op::F64Bits => self.builder.build_bit_cast(self.float(inst, 0)?, word, "")?,
            Op::BitsF64 => {
                let ty = self.data.context.f64_type();
                self.builder.build_bit_cast(self.int(inst, 0)?, ty, "")?
            }
            Op::OwnBits => self.int(inst, 0)?.into(),
            Op::Select => {
                let flag = self.flag(inst, 2)?;
                let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
                match (a, b) {
                    (BasicValueEnum::FloatValue(a), BasicValueEnum::FloatValue(b)) => {
                        self.builder.build_select(flag, a, b, "")?
                    }
                    _ => {
                        let (a, b) = (self.to_int(a)?, self.to_int(b)?);
                        self.builder.build_select(flag, a, b, "")?
                    }
                }
            }
            other => return Err(Error(format!("{} changes no representation", other.row().text))),
        };
        self.define(inst, 0, value);
        Ok(())
    }
}
