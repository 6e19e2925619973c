//! Calls, functions, CPython's intrinsics.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::{Const, Imm, Op};

impl Frame<'_> {
    pub fn call_positional(&mut self, n: usize) -> R {
        let args = self.pop_values(n)?;
        self.call_python(Op::CallPython, vec![Imm::Int(0)], args)
    }

    pub fn call_kw(&mut self, n: usize) -> R {
        let Slot::Const(names) = self.pop()? else {
            return self.fail("keyword names are not a constant");
        };
        let known = match self.module.constant(names) {
            Const::Tuple(items) => items.len() <= n,
            _ => false,
        };
        if !known {
            return self.fail("keyword names are not a tuple");
        }
        let args = self.pop_values(n)?;
        self.call_python(Op::CallPythonKw, vec![Imm::Int(0), Imm::Const(names)], args)
    }

    fn call_python(&mut self, op: Op, imms: Vec<Imm>, args: Vec<pyaot_ir::ValueId>) -> R {
        let this = self.pop_opt()?;
        let callable = self.pop_value()?;
        if args.is_empty() && op == Op::CallPython && !self.is_module && self.reads_frame(callable) {
            return self.call_in_frame(callable);
        }
        let mut operands = vec![callable, this];
        operands.extend(args);
        let result = self.raising(op, imms, operands, 1)?[0];
        self.push_value(result);
        Ok(())
    }

    /// The callable was just loaded by the name of a builtin that reads the frame that calls it.
    fn reads_frame(&self, callable: pyaot_ir::ValueId) -> bool {
        let insts = &self.f.block(self.block).insts;
        let Some(inst) = insts.iter().rfind(|inst| inst.op != Op::Null) else {
            return false;
        };
        if inst.results != [callable] {
            return false;
        }
        let name = match (inst.op, inst.imms.first()) {
            (Op::LoadGlobal, Some(Imm::Global(global))) => Some(self.module.globals[global.index()]),
            // Class bodies: namespace, module, name, cell.
            (Op::Call, Some(intrinsic)) if *intrinsic == pyaot_ir::builder::row("load_name") => {
                let made = |i: &&pyaot_ir::Inst| i.results == [inst.args[2]];
                match insts.iter().rfind(made).and_then(|i| i.imms.first()) {
                    Some(Imm::Const(name)) => Some(*name),
                    _ => None,
                }
            }
            _ => None,
        };
        let names: [&[u8]; 4] = [b"super", b"locals", b"vars", b"dir"];
        name.is_some_and(|id| matches!(self.module.constant(id), Const::Str(name) if names.contains(&&name[..])))
    }

    fn call_in_frame(&mut self, callable: pyaot_ir::ValueId) -> R {
        let namespace = match self.namespace {
            Some(namespace) => namespace,
            None => self.null(),
        };
        let mut operands = vec![callable, namespace];
        for slot in 0..self.locals.len() {
            operands.push(self.cell(slot)?);
        }
        let result = self.raising(Op::CallInFrame, vec![], operands, 1)?[0];
        self.push_value(result);
        Ok(())
    }

    pub fn call_function_ex(&mut self) -> R {
        let kwargs = self.pop_opt()?;
        let args = self.pop_value()?;
        let Slot::Null = self.pop()? else {
            return self.fail("CALL_FUNCTION_EX with a self");
        };
        let callable = self.pop_value()?;
        let result = self.call1("call_ex", vec![callable, args, kwargs])?;
        self.push_value(result);
        Ok(())
    }

    /// Numbers: CPython Include/internal/pycore_intrinsics.h.
    pub fn call_intrinsic_1(&mut self, which: u32) -> R {
        let v = self.pop_value()?;
        let result = match which {
            2 => {
                let namespace = self.locals_mapping()?;
                self.call("import_star", vec![v, namespace])?;
                self.push_const(Const::None);
                return Ok(());
            }
            3 => self.call1("stopiteration_error", vec![v])?,
            4 => self.call1("async_gen_wrap", vec![v])?,
            5 => self.call1("pos", vec![v])?,
            6 => self.call1("list_to_tuple", vec![v])?,
            1 | 7..=11 => {
                let which = self.i32(i64::from(which));
                self.call1("call_intrinsic_1", vec![which, v])?
            }
            _ => return self.fail("unknown intrinsic function"),
        };
        self.push_value(result);
        Ok(())
    }

    pub fn call_intrinsic_2(&mut self, which: u32) -> R {
        let args = self.pop_values(2)?;
        let result = match which {
            1 => self.call1("prep_reraise_star", args)?,
            2..=5 => {
                let which = self.i32(i64::from(which));
                self.call1("call_intrinsic_2", vec![which, args[0], args[1]])?
            }
            _ => return self.fail("unknown intrinsic function"),
        };
        self.push_value(result);
        Ok(())
    }

    pub fn push_const(&mut self, value: Const) {
        let id = self.module.add_const(value);
        self.push(Slot::Const(id));
    }

    pub fn make_function(&mut self) -> R {
        let Slot::Const(id) = self.pop()? else {
            return self.fail("MAKE_FUNCTION without a code constant");
        };
        let Const::Code(code) = *self.module.constant(id) else {
            return self.fail("MAKE_FUNCTION without a code constant");
        };
        let code = self.pure(Op::CodeAddr, vec![Imm::Code(code)], vec![]);
        let function = if self.text {
            let running = self.function;
            self.call1("make_function_like", vec![code, running])?
        } else {
            let module = self.module_addr();
            self.call1("make_function", vec![code, module])?
        };
        self.push_value(function);
        Ok(())
    }

    pub fn set_function_attribute(&mut self, which: u32) -> R {
        let function = self.pop_value()?;
        let value = self.pop_value()?;
        let which = self.i32(i64::from(which));
        self.call("set_function_attribute", vec![function, value, which])?;
        self.push_value(function);
        Ok(())
    }
}
