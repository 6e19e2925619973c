//! Tests whose failure is an edge, and changes of representation.
//!
//! Numbers: a small int is its word shifted right by two; a self-tagged float its word, less three, rotated right by four
//! (`pyaot_abi::value`).
use super::*;

impl<'ctx> Body<'ctx, '_, '_> {
    /// Address of this function's machine frame: what the frame pointer holds.
    pub(super) fn frame_address(&mut self) -> Result<PointerValue<'ctx>, Error> {
        let pointer = self.data.context.ptr_type(inkwell::AddressSpace::default());
        let function = inkwell::intrinsics::Intrinsic::find("llvm.frameaddress")
            .and_then(|i| i.get_declaration(self.data.module, &[pointer.into()]))
            .ok_or_else(|| Error("no llvm.frameaddress".into()))?;
        let level = self.data.context.i32_type().const_zero();
        let call = self.builder.build_direct_call(function, &[level.into()], "")?;
        match self.result(call) {
            Some(BasicValueEnum::PointerValue(address)) => Ok(address),
            _ => Err(Error("llvm.frameaddress gave no address".into())),
        }
    }

    pub(super) fn word_const(&self, n: u64) -> IntValue<'ctx> {
        self.data.i64(n)
    }

    /// The one of LLVM's intrinsics of that name for 64-bit words.
    pub(super) fn word_intrinsic(&self, name: &str) -> Result<FunctionValue<'ctx>, Error> {
        let word = self.data.context.i64_type();
        inkwell::intrinsics::Intrinsic::find(name)
            .and_then(|i| i.get_declaration(self.data.module, &[word.into()]))
            .ok_or_else(|| Error(format!("LLVM has no {name}")))
    }

    /// Leaves when the operand is no heap object.
    pub(super) fn check_heap(&mut self, inst: &Inst) -> Result<(), Error> {
        if self.always_heap(inst.args[0]) {
            return Ok(());
        }
        let bits = self.builder.build_and(self.int(inst, 0)?, self.word_const(7), "")?;
        let immediate = self
            .builder
            .build_int_compare(IntPredicate::NE, bits, self.word_const(0), "")?;
        self.check(inst, immediate)
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
                self.check_heap(inst)?;
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
                self.check_heap(inst)?;
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
            Op::GroupSlot => self.group_slot(inst)?,
            Op::MethodOf | Op::ValueOf => self.method_of(inst)?,
            Op::GuardClass => self.guard_class(inst)?,
            Op::GuardNative => {
                let natives = self.data.runtime_symbol("pyaot_natives");
                let place = self.at(natives, 8 * self.imm_int(inst, 0)?)?;
                let wanted = self
                    .builder
                    .build_load(self.data.context.i64_type(), place, "")?
                    .into_int_value();
                let word = self.int(inst, 0)?;
                let other = self.builder.build_int_compare(IntPredicate::NE, word, wanted, "")?;
                self.check(inst, other)?;
            }
            Op::GuardBox => {
                let f = self.float(inst, 0)?;
                let (fast, usual, fits) = self.float_word(f)?;
                let made = self.or_slow(usual, fast, |body| {
                    let other = body.builder.build_not(fits, "")?;
                    body.check(inst, other)?;
                    Ok(fast)
                })?;
                self.define(inst, 0, made.into());
            }
            Op::GuardShared | Op::GuardMore => {
                let most = match inst.op {
                    Op::GuardMore => self.int(inst, 1)?,
                    _ => self.data.context.i32_type().const_int(1, false),
                };
                let word = self.int(inst, 0)?;
                self.if_heap(word, false, |body| {
                    let place = body.count_address(word)?;
                    let count = body.builder.build_load(body.data.context.i32_type(), place, "")?;
                    body.tag(count.as_instruction_value(), "count")?;
                    let count = count.into_int_value();
                    let last = body.builder.build_int_compare(IntPredicate::ULE, count, most, "")?;
                    body.check(inst, last)
                })?;
            }
            Op::GuardPoll => {
                let limit = self.poll_word()?;
                let asked = self.is_zero(limit)?;
                self.check(inst, asked)?;
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
                let (cell, at) = self.data.cell(id);
                let offset = offset_of!(pyaot_abi::GlobalCell, guard) as i64;
                let place = self.at(cell, at + offset)?;
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

    /// The word of a float if it needs no memory; whether it is a usual one that does not, and whether it is any.
    fn float_word(
        &mut self,
        f: inkwell::values::FloatValue<'ctx>,
    ) -> Result<(IntValue<'ctx>, IntValue<'ctx>, IntValue<'ctx>), Error> {
        let word = self.data.context.i64_type();
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
        // One test for 2^-255 <= |x| < 2^257: the lowest three bits of such a word are 110 or 111.
        let shifted = self.builder.build_int_add(rotated, self.word_const(5), "")?;
        let other = self.builder.build_and(shifted, self.word_const(6), "")?;
        let usual = self.is_zero(other)?;
        Ok((fast, usual, fits))
    }

    /// A value that `slow` computes where `fits` is false.
    pub(super) fn or_slow(
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
                if self.cold && !n.is_const() {
                    let call = self.call_named("new_int", &[n.into()])?;
                    let made = self.int_result(call)?;
                    self.define(inst, 0, made.into());
                    return Ok(());
                }
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
                if self.cold && !f.is_const() {
                    let call = self.call_named("new_float", &[f.into()])?;
                    let made = self.int_result(call)?;
                    self.define(inst, 0, made.into());
                    return Ok(());
                }
                let (fast, usual, fits) = self.float_word(f)?;
                self.or_slow(usual, fast, |body| {
                    body.or_slow(fits, fast, |body| {
                        let call = body.call_named("new_float", &[f.into()])?;
                        body.int_result(call)
                    })
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
