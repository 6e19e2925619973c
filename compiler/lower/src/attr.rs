//! Attributes.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::{Imm, Op, ValueId};

impl Frame<'_> {
    fn cache(&mut self) -> ValueId {
        let cache = self.module.add_cache();
        self.pure(Op::CacheAddr, vec![Imm::Cache(cache)], vec![])
    }

    fn push_method(&mut self, results: &[ValueId]) {
        self.push_value(results[0]);
        self.push(Slot::Opt(results[1]));
    }

    pub fn load_attr(&mut self, arg: u32) -> R {
        let name = self.name(arg >> 1)?;
        let obj = self.pop_value()?;
        if arg & 1 == 1 {
            let cache = self.module.add_cache();
            let results = self.raising(Op::LoadMethod, vec![Imm::Const(name), Imm::Cache(cache)], vec![obj], 2)?;
            self.push_method(&results);
        } else {
            let name = self.konst(name);
            let cache = self.cache();
            let value = self.call1("load_attr", vec![obj, name, cache])?;
            self.push_value(value);
        }
        Ok(())
    }

    pub fn store_attr(&mut self, arg: u32) -> R {
        let name = self.name(arg)?;
        let obj = self.pop_value()?;
        let value = self.pop_value()?;
        let name = self.konst(name);
        let cache = self.cache();
        self.call("store_attr", vec![obj, name, value, cache])?;
        Ok(())
    }

    pub fn delete_attr(&mut self, arg: u32) -> R {
        let name = self.name(arg)?;
        let obj = self.pop_value()?;
        let name = self.konst(name);
        self.call("delete_attr", vec![obj, name])?;
        Ok(())
    }

    /// Bit 0: method form; bit 1: `super()` had two arguments.
    pub fn load_super_attr(&mut self, arg: u32) -> R {
        let name = self.name(arg >> 2)?;
        let args = self.pop_values(3)?;
        let two = i64::from(arg >> 1 & 1);
        if arg & 1 == 1 {
            let results = self.raising(Op::LoadSuperMethod, vec![Imm::Const(name), Imm::Int(two)], args, 2)?;
            self.push_method(&results);
        } else {
            let name = self.konst(name);
            let two = self.i32(two);
            let value = self.call1("load_super_attr", vec![args[0], args[1], args[2], name, two])?;
            self.push_value(value);
        }
        Ok(())
    }

    pub fn load_special(&mut self, which: u32) -> R {
        let obj = self.pop_value()?;
        let results = self.raising(Op::LoadSpecial, vec![Imm::Int(i64::from(which))], vec![obj], 2)?;
        self.push_method(&results);
        Ok(())
    }
}
