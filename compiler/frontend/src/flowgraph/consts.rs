//! Reading and making constants from inside the graph.

use pyaot_code::{Constant, Opcode};

use super::{BlockId, Cfg, CfgInstr, ENTRY, Result, has};
use crate::instr::{CompileFailure, Location};

/// CPython `_PY_IS_SMALL_INT`: what `LOAD_SMALL_INT` can load.
fn small_int(value: &Constant) -> Option<i32> {
    match value {
        Constant::Int(n @ 0..256) => Some(*n as i32),
        _ => None,
    }
}

pub(super) fn no_constant(index: i32) -> CompileFailure {
    CompileFailure::internal("get_const_value", format!("no constant {index}"))
}

impl CfgInstr {
    /// CPython: Python/flowgraph.c, loads_const
    pub(super) fn loads_const(&self) -> bool {
        matches!(self.opcode, Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT)
    }
}

impl Cfg {
    /// CPython: Python/flowgraph.c, get_const_value
    pub(super) fn const_value(&self, opcode: Opcode, oparg: i32) -> Result<Constant> {
        if opcode == Opcode::LOAD_SMALL_INT {
            return Ok(Constant::Int(i64::from(oparg)));
        }
        match self.consts.get(oparg as usize) {
            Some(value) => Ok(value.clone()),
            None => Err(no_constant(oparg)),
        }
    }

    /// Indices of the `size` constant loads right before `end`, NOPs skipped; `None` if something else is between.
    /// CPython: Python/flowgraph.c, get_const_loading_instrs
    pub(super) fn const_loads_before(&self, b: BlockId, end: usize, size: usize) -> Option<Vec<usize>> {
        // Mostly the last of them tells.
        let last = end.checked_sub(1).map(|last| self.at(b, last));
        if size > 0 && !last.is_some_and(|last| last.loads_const() || last.opcode == Opcode::NOP) {
            return None;
        }
        let mut found = Vec::with_capacity(size);
        for i in (0..end).rev() {
            if found.len() == size {
                break;
            }
            let instr = self.at(b, i);
            if instr.opcode == Opcode::NOP {
                continue;
            }
            if !instr.loads_const() {
                return None;
            }
            found.push(i);
        }
        found.reverse();
        (found.len() == size).then_some(found)
    }

    pub(super) fn values_of(&self, b: BlockId, loads: &[usize]) -> Result<Vec<Constant>> {
        let mut values = Vec::with_capacity(loads.len());
        for &i in loads {
            values.push(self.const_value(self.at(b, i).opcode, self.at(b, i).oparg)?);
        }
        Ok(values)
    }

    /// CPython: Python/flowgraph.c, nop_out
    pub(super) fn nop_out(&mut self, b: BlockId, instrs: &[usize]) {
        for &i in instrs {
            self.nop(b, i);
            self.at_mut(b, i).loc = Location::NO_LOCATION;
        }
        self[b].has |= has::NO_LINE;
    }

    /// CPython: Python/flowgraph.c, maybe_instr_make_load_smallint
    pub(super) fn maybe_make_load_smallint(&mut self, b: BlockId, i: usize, value: &Constant) -> bool {
        match small_int(value) {
            Some(n) => {
                self.at_mut(b, i).set(Opcode::LOAD_SMALL_INT, n);
                true
            }
            None => false,
        }
    }

    /// CPython: Python/flowgraph.c, instr_make_load_const
    pub(super) fn make_load_const(&mut self, b: BlockId, i: usize, value: Constant) {
        if !self.maybe_make_load_smallint(b, i, &value) {
            let index = self.consts.add(value) as i32;
            self.at_mut(b, i).set(Opcode::LOAD_CONST, index);
            self[b].has |= has::CONST;
        }
    }

    /// The first constant stays even if unused: it may be the docstring.
    /// CPython: Python/flowgraph.c, remove_unused_consts
    pub(super) fn remove_unused_consts(&mut self) -> Result<()> {
        let total = self.consts.len();
        if total == 0 {
            return Ok(());
        }
        let mut used = std::mem::take(&mut self.used_consts);
        used.clear();
        used.resize(total, false);
        used[0] = true;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            if self[b].may_have(has::CONST) {
                for instr in self.instrs(b).iter().filter(|instr| instr.opcode.has_const()) {
                    match used.get_mut(instr.oparg as usize) {
                        Some(flag) => *flag = true,
                        None => {
                            let message = format!("no constant {}", instr.oparg);
                            return Err(CompileFailure::internal("remove_unused_consts", message));
                        }
                    }
                }
            }
            cursor = self[b].next;
        }
        if used.iter().all(|used| *used) {
            self.used_consts = used;
            return Ok(());
        }
        let mut next = 0;
        let new_index: Vec<i32> = used
            .iter()
            .map(|used| {
                next += i32::from(*used);
                next - 1
            })
            .collect();
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            if self[b].may_have(has::CONST) {
                for instr in self.instrs_mut(b).iter_mut().filter(|instr| instr.opcode.has_const()) {
                    instr.oparg = new_index[instr.oparg as usize];
                }
            }
            cursor = self[b].next;
        }
        self.consts.retain(&used);
        self.used_consts = used;
        Ok(())
    }
}
