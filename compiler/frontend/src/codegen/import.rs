//! Imports.
//!
//! CPython: Python/codegen.c, codegen_import, codegen_from_import.

use pyaot_code::opcode::intrinsic1;
use pyaot_code::{Constant, Opcode};

use super::{Compiler, NO_LOCATION};
use crate::diagnostic::Result;
use crate::syntax::ast::*;

impl<'a> Compiler<'a, '_> {
    pub fn import(&mut self, loc: Location, names: &'a [Alias]) -> Result<()> {
        for alias in names {
            self.load_const(loc, Constant::Int(0));
            self.load_none(loc);
            self.addop_name(loc, Opcode::IMPORT_NAME, alias.name, 0, 0);
            let text = self.text(alias.name).clone();
            let mut parts = text.as_bytes().split(|b| *b == b'.');
            let head = self.st.names.intern(parts.next().unwrap_or(b""));
            match alias.asname {
                None => self.nameop(loc, head, Ctx::Store)?,
                Some(asname) => {
                    // `import a.b.c as d` binds the last attribute.
                    let attrs: Vec<Ident> = parts.map(|part| self.st.names.intern(part)).collect();
                    for (i, &attr) in attrs.iter().enumerate() {
                        if i > 0 {
                            self.addop_i(loc, Opcode::SWAP, 2);
                            self.addop(loc, Opcode::POP_TOP);
                        }
                        let n = self.add_name(attr);
                        self.addop_i(loc, Opcode::IMPORT_FROM, n);
                    }
                    self.nameop(loc, asname, Ctx::Store)?;
                    if !attrs.is_empty() {
                        self.addop(loc, Opcode::POP_TOP);
                    }
                }
            }
        }
        Ok(())
    }

    pub fn from_import(&mut self, loc: Location, module: Option<Ident>, names: &'a [Alias], level: u32) -> Result<()> {
        self.load_const(loc, Constant::Int(i64::from(level)));
        let tuple = names.iter().map(|a| self.name_constant(a.name)).collect();
        self.load_const(loc, Constant::tuple(tuple));
        let empty = known::EMPTY;
        self.addop_name(loc, Opcode::IMPORT_NAME, module.unwrap_or(empty), 0, 0);
        for (i, alias) in names.iter().enumerate() {
            if i == 0 && alias.name == known::STAR {
                self.addop_u(loc, Opcode::CALL_INTRINSIC_1, intrinsic1::IMPORT_STAR);
                self.addop(NO_LOCATION, Opcode::POP_TOP);
                return Ok(());
            }
            self.addop_name(loc, Opcode::IMPORT_FROM, alias.name, 0, 0);
            self.nameop(loc, alias.asname.unwrap_or(alias.name), Ctx::Store)?;
        }
        self.addop(loc, Opcode::POP_TOP);
        Ok(())
    }
}
