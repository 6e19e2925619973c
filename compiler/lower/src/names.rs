//! Global names and the names of class bodies.
//!
//! Module-level code has the module's cells as its local names; a class body has a namespace; annotation, alias and default
//! scopes read globals through their function object, because annotationlib runs them with other globals, and so does the code of
//! texts for `eval` and `exec`.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::{Builder, Const, Imm, Op, Ty, ValueId};

impl Frame<'_> {
    fn global_value(&mut self, name: u32) -> R<ValueId> {
        if self.own_globals {
            let name = self.name(name)?;
            let name = self.konst(name);
            let function = self.function;
            self.call1("load_function_global", vec![function, name])
        } else {
            let global = self.global(name)?;
            Ok(self.raising(Op::LoadGlobal, vec![Imm::Global(global)], vec![], 1)?[0])
        }
    }

    pub fn load_global(&mut self, arg: u32) -> R {
        let value = self.global_value(arg >> 1)?;
        self.push_value(value);
        if arg & 1 == 1 {
            self.push(Slot::Null);
        }
        Ok(())
    }

    pub fn store_global(&mut self, arg: u32) -> R {
        let value = self.pop_value()?;
        if self.own_globals {
            let name = self.name(arg)?;
            let operands = vec![self.function, self.konst(name), value];
            self.call("store_function_global", operands)?;
            return Ok(());
        }
        let global = self.global(arg)?;
        self.raising(Op::StoreGlobal, vec![Imm::Global(global)], vec![value], 0)?;
        Ok(())
    }

    /// Module, name and cell of a global, as the intrinsics want them.
    fn global_operands(&mut self, arg: u32) -> R<[ValueId; 3]> {
        let name = self.name(arg)?;
        let global = self.global(arg)?;
        Ok([self.module_addr(), self.konst(name), self.global_addr(global)])
    }

    pub fn delete_global(&mut self, arg: u32) -> R {
        if self.own_globals {
            let name = self.name(arg)?;
            let operands = vec![self.function, self.konst(name)];
            self.call("delete_function_global", operands)?;
            return Ok(());
        }
        let operands = self.global_operands(arg)?;
        self.call("delete_global", operands.to_vec())?;
        Ok(())
    }

    /// A name of a namespace, else the global.
    fn name_in(&mut self, namespace: ValueId, arg: u32) -> R<ValueId> {
        if self.own_globals {
            let name = self.name(arg)?;
            let operands = vec![namespace, self.function, self.konst(name)];
            return self.call1("load_function_name", operands);
        }
        let [module, name, cell] = self.global_operands(arg)?;
        self.call1("load_name", vec![namespace, module, name, cell])
    }

    pub fn load_name(&mut self, arg: u32) -> R {
        let value = match self.namespace {
            Some(namespace) => self.name_in(namespace, arg)?,
            None => self.global_value(arg)?,
        };
        self.push_value(value);
        Ok(())
    }

    pub fn store_name(&mut self, arg: u32) -> R {
        let Some(namespace) = self.namespace else {
            return self.store_global(arg);
        };
        let name = self.name(arg)?;
        let is_line = matches!(self.module.constant(name), Const::Str(text) if text == b"__firstlineno__");
        let value = match is_line {
            true => self.first_line()?,
            false => self.pop_value()?,
        };
        let name = self.konst(name);
        self.call("store_name", vec![namespace, name, value])?;
        Ok(())
    }

    /// The line of a class statement, read from the code object: lines are data, so that they do not decide the code.
    fn first_line(&mut self) -> R<ValueId> {
        let slot = self.pop()?;
        let own = i64::from(self.code.firstlineno);
        let is_own = matches!(slot, Slot::Const(id) if *self.module.constant(id) == Const::Int(own));
        if !is_own {
            self.push(slot);
            return self.pop_value();
        }
        let code = self.pure(Op::CodeAddr, vec![Imm::Code(self.id)], vec![]);
        let mut b = Builder::new(&mut self.f, self.block);
        let line = b.load(Ty::I32, code, std::mem::offset_of!(pyaot_abi::CodeObject, firstlineno));
        let line = self.pure(Op::Extend, vec![], vec![line]);
        Ok(self.pure(Op::BoxInt, vec![], vec![line]))
    }

    pub fn delete_name(&mut self, arg: u32) -> R {
        let Some(namespace) = self.namespace else {
            return self.delete_global(arg);
        };
        let name = self.name(arg)?;
        let name = self.konst(name);
        self.call("delete_name", vec![namespace, name])?;
        Ok(())
    }

    /// The mapping of the local names.
    pub fn locals_mapping(&mut self) -> R<ValueId> {
        match self.namespace {
            Some(namespace) => Ok(namespace),
            None if self.is_module => {
                let module = self.module_addr();
                self.call1("module_dict", vec![module])
            }
            None => self.fail("a function has no namespace"),
        }
    }

    pub fn load_locals(&mut self) -> R {
        let mapping = self.locals_mapping()?;
        self.push_value(mapping);
        Ok(())
    }

    pub fn load_from_dict_or_deref(&mut self, slot: usize) -> R {
        let mapping = self.pop_value()?;
        let name = self.local_name(slot)?;
        let cell = self.cell(slot)?;
        let name = self.konst(name);
        let free = self.i32(i64::from(self.is_free(slot)));
        let value = self.call1("load_from_dict_or_deref", vec![mapping, name, cell, free])?;
        self.push_value(value);
        Ok(())
    }

    pub fn load_from_dict_or_globals(&mut self, arg: u32) -> R {
        let mapping = self.pop_value()?;
        let value = self.name_in(mapping, arg)?;
        self.push_value(value);
        Ok(())
    }

    pub fn load_build_class(&mut self) -> R {
        let value = self.call1("build_class", vec![])?;
        self.push_value(value);
        Ok(())
    }

    pub fn setup_annotations(&mut self) -> R {
        let mapping = self.locals_mapping()?;
        self.call("setup_annotations", vec![mapping])?;
        Ok(())
    }
}
