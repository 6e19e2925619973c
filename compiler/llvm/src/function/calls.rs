//! Calls: intrinsics, direct entries, function pointers. Every call that has a place in a traceback is pinned to it.
use super::*;

impl<'ctx> Body<'ctx, '_, '_> {
    /// Calls at one site are never merged: each return address has one position.
    pub(super) fn pin(&self, call: CallSiteValue<'ctx>) {
        let kind = Attribute::get_named_enum_kind_id("nomerge");
        call.add_attribute(AttributeLoc::Function, self.data.context.create_enum_attribute(kind, 0));
    }

    pub(super) fn call_row(
        &self,
        row: &Intrinsic,
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<CallSiteValue<'ctx>, Error> {
        let call = self.builder.build_direct_call(self.data.intrinsic(row), args, "")?;
        self.pin(call);
        if row.hot {
            let kind = Attribute::get_named_enum_kind_id(if self.cold { "noinline" } else { "alwaysinline" });
            call.add_attribute(AttributeLoc::Function, self.data.context.create_enum_attribute(kind, 0));
        }
        Ok(call)
    }

    pub(super) fn call_named(
        &self,
        name: &str,
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<CallSiteValue<'ctx>, Error> {
        match Intrinsic::find(name) {
            Some(row) => self.call_row(row, args),
            None => Err(Error(format!("the intrinsic table has no row {name}"))),
        }
    }

    pub(super) fn result(&self, call: CallSiteValue<'ctx>) -> Option<BasicValueEnum<'ctx>> {
        match call.try_as_basic_value() {
            ValueKind::Basic(value) => Some(value),
            ValueKind::Instruction(_) => None,
        }
    }

    pub(super) fn int_result(&self, call: CallSiteValue<'ctx>) -> Result<IntValue<'ctx>, Error> {
        match self.result(call) {
            Some(value) => self.to_int(value),
            None => Err(Error("a call without result".into())),
        }
    }

    /// `call[row]`; false when nothing follows.
    pub(super) fn call(&mut self, inst: &Inst) -> Result<bool, Error> {
        let Some(row) = inst.intrinsic() else {
            return Err(Error("call of no intrinsic".into()));
        };
        let mut args: Vec<BasicMetadataValueEnum<'ctx>> = Vec::with_capacity(inst.args.len());
        for (i, kind) in row.args.iter().enumerate() {
            let value = self.arg(inst, i)?;
            args.push(match kind {
                pyaot_abi::Arg::Ptr => self.to_ptr(value)?.into(),
                pyaot_abi::Arg::Borrow | pyaot_abi::Arg::Own | pyaot_abi::Arg::I64 => self.to_int(value)?.into(),
                pyaot_abi::Arg::I32 | pyaot_abi::Arg::F64 => value.into(),
            });
        }
        let call = self.call_row(row, &args)?;
        let value = self.result(call);
        match row.error {
            RowError::Never | RowError::NullOrEnd => {}
            RowError::Null => {
                let raised = self.is_zero(self.int_result(call)?)?;
                self.check(inst, raised)?;
            }
            RowError::Negative => {
                let raised = self.is_negative(self.int_result(call)?)?;
                self.check(inst, raised)?;
            }
            RowError::Always => {
                match &inst.error {
                    Some(edge) => {
                        let target = self.pass(edge, self.current()?)?;
                        self.builder.build_unconditional_branch(target)?;
                    }
                    None => {
                        self.builder.build_unreachable()?;
                    }
                }
                return Ok(false);
            }
        }
        if let Some(value) = value {
            self.define(inst, 0, value);
        }
        Ok(true)
    }

    pub(super) fn call_indirect(&mut self, inst: &Inst) -> Result<(), Error> {
        let target = self.to_ptr(self.arg(inst, 0)?)?;
        let mut args: Vec<BasicMetadataValueEnum<'ctx>> = Vec::new();
        for i in 1..inst.args.len() {
            args.push(self.int(inst, i)?.into());
        }
        let word = self.data.context.i64_type();
        let params: Vec<_> = args.iter().map(|_| word.into()).collect();
        let call = self
            .builder
            .build_indirect_call(word.fn_type(&params, false), target, &args, "")?;
        self.pin(call);
        let value = self.int_result(call)?;
        self.define(inst, 0, value.into());
        Ok(())
    }

    pub(super) fn call_direct(&mut self, inst: &Inst) -> Result<(), Error> {
        let Imm::Code(id) = self.imm(inst, 1)? else {
            return Err(Error("call_direct of no code object".into()));
        };
        let unit = self.data.unit;
        let info = unit
            .module
            .codes
            .get(id.index())
            .ok_or_else(|| Error(format!("no code object {}", id.0)))?;
        let function = match info.direct {
            Some(index) => self.data.function(index as usize)?,
            None => return Err(Error(format!("code object {} has no direct entry", id.0))),
        };
        let mut args: Vec<BasicMetadataValueEnum<'ctx>> = vec![self.int(inst, 0)?.into()];
        let slots = inst.args.len() - 1;
        if slots <= MAX_REGISTER_PARAMS as usize {
            for i in 1..inst.args.len() {
                args.push(self.int(inst, i)?.into());
            }
        } else {
            let here = self.current()?;
            self.builder.position_at_end(self.entry);
            let array = self
                .builder
                .build_alloca(self.data.context.i64_type().array_type(slots as u32), "")?;
            self.builder.position_at_end(here);
            for i in 0..slots {
                let place = self.at(array, 8 * i as i64)?;
                self.builder.build_store(place, self.int(inst, i + 1)?)?;
            }
            args.push(array.into());
        }
        let call = self.builder.build_direct_call(function, &args, "")?;
        self.finish_call(inst, call)
    }

    /// A version of a function of this module.
    pub(super) fn call_version(&mut self, inst: &Inst) -> Result<(), Error> {
        let module = self.data.unit.module;
        let number = self.imm_int(inst, 0)? as usize;
        let index = module.versions.get(number).map(|i| *i as usize);
        let Some((index, ir)) = index.and_then(|i| Some((i, module.functions.get(i)?))) else {
            return Err(Error(format!("no version {number}")));
        };
        let function = self.data.function(index)?;
        let mut args: Vec<BasicMetadataValueEnum<'ctx>> = Vec::with_capacity(inst.args.len());
        for (i, arg) in inst.args.iter().enumerate() {
            args.push(match self.ir.ty(*arg) {
                Ty::F64 => self.arg(inst, i)?.into(),
                _ => self.int(inst, i)?.into(),
            });
        }
        let call = self.builder.build_direct_call(function, &args, "")?;
        self.pin(call);
        if self.cold {
            let kind = Attribute::get_named_enum_kind_id("noinline");
            call.add_attribute(AttributeLoc::Function, self.data.context.create_enum_attribute(kind, 0));
        }
        if !ir.raw_result {
            let value = self.int_result(call)?;
            self.define(inst, 0, value.into());
            let flag = self.data.context.i32_type().const_int(1, false);
            self.define(inst, 1, flag.into());
            return Ok(());
        }
        let Some(BasicValueEnum::StructValue(pair)) = self.result(call) else {
            return Err(Error("a version without raw result".into()));
        };
        for i in 0..2 {
            let part = self.builder.build_extract_value(pair, i, "")?;
            self.define(inst, i as usize, part);
        }
        Ok(())
    }

    pub(super) fn finish_call(&mut self, inst: &Inst, call: CallSiteValue<'ctx>) -> Result<(), Error> {
        self.pin(call);
        let value = self.int_result(call)?;
        let raised = self.is_zero(value)?;
        self.check(inst, raised)?;
        self.define(inst, 0, value.into());
        Ok(())
    }
}
