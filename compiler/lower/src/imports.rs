//! Imports.
use crate::frame::{Frame, R};

impl Frame<'_> {
    pub fn import_name(&mut self, arg: u32) -> R {
        let name = self.name(arg)?;
        let args = self.pop_values(2)?;
        let name = self.konst(name);
        let module = self.module_addr();
        let result = self.call1("import_name", vec![module, name, args[1], args[0]])?;
        self.push_value(result);
        Ok(())
    }

    pub fn import_from(&mut self, arg: u32) -> R {
        let name = self.name(arg)?;
        let module = self.peek_value(1)?;
        let name = self.konst(name);
        let result = self.call1("import_from", vec![module, name])?;
        self.push_value(result);
        Ok(())
    }
}
