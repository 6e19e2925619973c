//! Raw arithmetic: machine integers with their overflow edges, and floats.
use super::*;

impl<'ctx> Body<'ctx, '_, '_> {
    pub(super) fn integer(&mut self, inst: &Inst) -> Result<(), Error> {
        let b = &self.builder;
        let word = self.data.context.i64_type();
        let value: BasicValueEnum<'ctx> = match inst.op {
            Op::ICmp => {
                let Imm::Cond(cond) = self.imm(inst, 0)? else {
                    return Err(Error("icmp without condition".into()));
                };
                let predicate = match cond {
                    Cond::Eq => IntPredicate::EQ,
                    Cond::Ne => IntPredicate::NE,
                    Cond::Lt => IntPredicate::SLT,
                    Cond::Le => IntPredicate::SLE,
                    Cond::Gt => IntPredicate::SGT,
                    Cond::Ge => IntPredicate::SGE,
                    Cond::Ult => IntPredicate::ULT,
                };
                b.build_int_compare(predicate, self.int(inst, 0)?, self.int(inst, 1)?, "")?
                    .into()
            }
            Op::Not => {
                let v = self.int(inst, 0)?;
                b.build_xor(v, v.get_type().const_int(1, false), "")?.into()
            }
            Op::IsHeap => {
                let bits = b.build_and(self.int(inst, 0)?, self.data.i64(7), "")?;
                self.is_zero(bits)?.into()
            }
            Op::BoxBool => {
                let wide = b.build_int_z_extend(self.flag(inst, 0)?, word, "")?;
                let shifted = b.build_left_shift(wide, self.data.i64(4), "")?;
                b.build_or(shifted, self.data.i64(Value::FALSE.0), "")?.into()
            }
            Op::Bits | Op::FromBits => self.int(inst, 0)?.into(),
            Op::IAdd => b.build_int_add(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::ISub => b.build_int_sub(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::IMul => b.build_int_mul(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::IAnd => b.build_and(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::IOr => b.build_or(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::IXor => b.build_xor(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::IShl => b.build_left_shift(self.int(inst, 0)?, self.int(inst, 1)?, "")?.into(),
            Op::IShr => b
                .build_right_shift(self.int(inst, 0)?, self.int(inst, 1)?, true, "")?
                .into(),
            Op::IDiv => b
                .build_int_signed_div(self.int(inst, 0)?, self.int(inst, 1)?, "")?
                .into(),
            Op::IRem => b
                .build_int_signed_rem(self.int(inst, 0)?, self.int(inst, 1)?, "")?
                .into(),
            Op::Extend => b.build_int_s_extend(self.int(inst, 0)?, word, "")?.into(),
            Op::AddOverflow => return self.overflow(inst, "llvm.sadd.with.overflow"),
            Op::SubOverflow => return self.overflow(inst, "llvm.ssub.with.overflow"),
            Op::MulOverflow => return self.overflow(inst, "llvm.smul.with.overflow"),
            other => return Err(Error(format!("{} is no integer op", other.row().text))),
        };
        self.define(inst, 0, value);
        Ok(())
    }

    pub(super) fn overflow(&mut self, inst: &Inst, name: &str) -> Result<(), Error> {
        let word = self.data.context.i64_type();
        let function = inkwell::intrinsics::Intrinsic::find(name)
            .and_then(|i| i.get_declaration(self.data.module, &[word.into()]))
            .ok_or_else(|| Error(format!("LLVM has no {name}")))?;
        let (a, b) = (self.int(inst, 0)?, self.int(inst, 1)?);
        let call = self.builder.build_direct_call(function, &[a.into(), b.into()], "")?;
        let Some(BasicValueEnum::StructValue(pair)) = self.result(call) else {
            return Err(Error(format!("{name} gave no pair")));
        };
        let value = self.builder.build_extract_value(pair, 0, "")?;
        let flag = self.builder.build_extract_value(pair, 1, "")?;
        self.define(inst, 0, value);
        self.define(inst, 1, flag);
        Ok(())
    }

    /// A function of C's library, or LLVM's intrinsic in its place.
    fn math_function(&self, inst: &Inst) -> Result<BasicValueEnum<'ctx>, Error> {
        let (_, name) = pyaot_abi::NATIVES
            .get(self.imm_int(inst, 0)? as usize)
            .ok_or_else(|| Error("fmath of no function".into()))?;
        let double = self.data.context.f64_type();
        let function = match *name {
            "sqrt" | "fabs" => inkwell::intrinsics::Intrinsic::find(&format!("llvm.{name}"))
                .and_then(|i| i.get_declaration(self.data.module, &[double.into()]))
                .ok_or_else(|| Error(format!("LLVM has no {name}")))?,
            _ => self.data.module.get_function(name).unwrap_or_else(|| {
                let ty = double.fn_type(&[double.into()], false);
                self.data.module.add_function(name, ty, None)
            }),
        };
        let call = self
            .builder
            .build_direct_call(function, &[self.float(inst, 0)?.into()], "")?;
        self.result(call).ok_or_else(|| Error(format!("{name} gave nothing")))
    }

    pub(super) fn floating(&mut self, inst: &Inst) -> Result<(), Error> {
        let b = &self.builder;
        let value: BasicValueEnum<'ctx> = match inst.op {
            Op::FAdd => b
                .build_float_add(self.float(inst, 0)?, self.float(inst, 1)?, "")?
                .into(),
            Op::FSub => b
                .build_float_sub(self.float(inst, 0)?, self.float(inst, 1)?, "")?
                .into(),
            Op::FMul => b
                .build_float_mul(self.float(inst, 0)?, self.float(inst, 1)?, "")?
                .into(),
            Op::FDiv => b
                .build_float_div(self.float(inst, 0)?, self.float(inst, 1)?, "")?
                .into(),
            Op::FMath => self.math_function(inst)?,
            Op::FNeg => b.build_float_neg(self.float(inst, 0)?, "")?.into(),
            Op::ToF64 => b
                .build_signed_int_to_float(self.int(inst, 0)?, self.data.context.f64_type(), "")?
                .as_basic_value_enum(),
            Op::FCmp => {
                let Imm::Cond(cond) = self.imm(inst, 0)? else {
                    return Err(Error("fcmp without condition".into()));
                };
                let predicate = match cond {
                    Cond::Eq => FloatPredicate::OEQ,
                    Cond::Ne => FloatPredicate::UNE,
                    Cond::Lt => FloatPredicate::OLT,
                    Cond::Le => FloatPredicate::OLE,
                    Cond::Gt => FloatPredicate::OGT,
                    Cond::Ge => FloatPredicate::OGE,
                    Cond::Ult => return Err(Error("fcmp with an unsigned condition".into())),
                };
                b.build_float_compare(predicate, self.float(inst, 0)?, self.float(inst, 1)?, "")?
                    .into()
            }
            other => return Err(Error(format!("{} is no float op", other.row().text))),
        };
        self.define(inst, 0, value);
        Ok(())
    }
}
