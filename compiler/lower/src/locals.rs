//! Fast locals, cells and free variables.
//!
//! The slot of a free variable is not a value of the function: its cell is read from the function object's closure, which lives
//! as long as the call.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::{Imm, Op, ValueId};

impl Frame<'_> {
    fn check_slot(&self, slot: usize) -> R {
        if slot < self.locals.len() {
            Ok(())
        } else {
            self.fail("local variable out of the table")
        }
    }

    fn local(&mut self, slot: usize) -> R<ValueId> {
        self.check_slot(slot)?;
        if self.is_free(slot) {
            return self.closure_cell(slot);
        }
        Ok(match self.locals[slot] {
            Some(value) => value,
            None => self.unbound(),
        })
    }

    fn closure_cell(&mut self, slot: usize) -> R<ValueId> {
        let first = (0..slot).filter(|i| !self.is_free(*i)).count();
        let function = self.function;
        Ok(self.pure(Op::LoadClosure, vec![Imm::Int((slot - first) as i64)], vec![function]))
    }

    /// Sets a local; the holder's old value is let go after the new one is in place, as in CPython.
    fn set_local(&mut self, slot: usize, value: Option<ValueId>) -> R {
        let held = match value {
            Some(value) => value,
            None => self.unbound(),
        };
        self.b().none(Op::SetLocal, vec![Imm::Int(slot as i64)], vec![held]);
        self.locals[slot] = value;
        Ok(())
    }

    pub fn load_fast(&mut self, slot: usize) -> R {
        let value = self.local(slot)?;
        self.push_value(value);
        Ok(())
    }

    pub fn load_fast_check(&mut self, slot: usize) -> R {
        let value = self.local(slot)?;
        let name = self.local_name(slot)?;
        self.raising(Op::CheckBound, vec![Imm::Const(name)], vec![value], 0)?;
        self.push_value(value);
        Ok(())
    }

    pub fn load_fast_and_clear(&mut self, slot: usize) -> R {
        let value = self.local(slot)?;
        self.push_value(value);
        self.set_local(slot, None)
    }

    pub fn store_fast(&mut self, slot: usize) -> R {
        self.check_slot(slot)?;
        let value = self.pop_value()?;
        let old = self.locals[slot];
        self.set_local(slot, Some(value))?;
        if let Some(old) = old {
            self.b().none(Op::Release, vec![], vec![old]);
        }
        Ok(())
    }

    pub fn delete_fast(&mut self, slot: usize) -> R {
        let old = self.local(slot)?;
        let name = self.local_name(slot)?;
        self.raising(Op::CheckBound, vec![Imm::Const(name)], vec![old], 0)?;
        self.set_local(slot, None)?;
        self.b().none(Op::Release, vec![], vec![old]);
        Ok(())
    }

    pub fn make_cell(&mut self, slot: usize) -> R {
        let initial = self.local(slot)?;
        let cell = self.call1("make_cell", vec![initial])?;
        self.set_local(slot, Some(cell))
    }

    /// The cell object of a cell or free variable.
    pub fn cell(&mut self, slot: usize) -> R<ValueId> {
        self.local(slot)
    }

    fn deref_imms(&mut self, slot: usize) -> R<Vec<Imm>> {
        let name = self.local_name(slot)?;
        Ok(vec![Imm::Const(name), Imm::Int(i64::from(self.is_free(slot)))])
    }

    pub fn load_deref(&mut self, slot: usize) -> R {
        let cell = self.cell(slot)?;
        let imms = self.deref_imms(slot)?;
        let value = self.raising(Op::LoadCell, imms, vec![cell], 1)?[0];
        self.push_value(value);
        Ok(())
    }

    pub fn store_deref(&mut self, slot: usize) -> R {
        let value = self.pop_value()?;
        let cell = self.cell(slot)?;
        self.b().none(Op::StoreCell, vec![], vec![cell, value]);
        Ok(())
    }

    pub fn delete_deref(&mut self, slot: usize) -> R {
        let cell = self.cell(slot)?;
        let imms = self.deref_imms(slot)?;
        self.raising(Op::DeleteCell, imms, vec![cell], 0)?;
        Ok(())
    }

    /// The next instruction stores into the local that holds `value`: the store may take its reference.
    pub fn next_store_overwrites(&self, value: ValueId) -> Option<usize> {
        use pyaot_code::Opcode;
        let next = self.index + 1;
        let instr = self.flow.instrs.get(next)?;
        if self.flow.leaders.contains(&next) {
            return None;
        }
        let slot = match instr.opcode {
            Opcode::STORE_FAST => instr.oparg as usize,
            Opcode::STORE_FAST_LOAD_FAST | Opcode::STORE_FAST_STORE_FAST => instr.oparg as usize >> 4,
            _ => return None,
        };
        (self.locals.get(slot) == Some(&Some(value)) && self.owns[slot]).then_some(slot)
    }

    pub fn load_const(&mut self, i: usize) -> R {
        use pyaot_ir::Const;
        let Some(id) = self
            .module
            .codes
            .get(self.id.index())
            .and_then(|c| c.consts.get(i))
            .copied()
        else {
            return self.fail("constant out of the table");
        };
        if let Const::FrozenSet(items) = self.module.constant(id) {
            let items = Const::Tuple(items.clone());
            let items = self.konst_of(items);
            let code = self.id;
            let cell = self.pure(Op::ConstCellAddr, vec![Imm::Code(code), Imm::Int(i as i64)], vec![]);
            let value = self.call1("const_frozenset", vec![cell, items])?;
            self.push_value(value);
        } else {
            self.push(Slot::Const(id));
        }
        Ok(())
    }
}
