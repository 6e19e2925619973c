//! Calls of classes whose `__init__` only stores: what it stores goes straight into the new instance. In: the `__init__` as Raw IR. Out:
//! behind a test of the class, which makes the instance with its attributes still empty, one move into each place.
//!
//! Nothing of that can raise or run other code, so that no frame is missed; what a class does to attributes (`__setattr__`,
//! properties, `__slots__`) is looked at when the class is admitted (`pyaot_new_filled`), and a change of the class ends it.
use super::body::{Abs, Body};
use super::facts::{ANY, Fact};
use super::points;
use pyaot_abi::GROUP_NAMES;
use pyaot_ir::builder::row;
use pyaot_ir::{CodeId, Cond, Const, ConstId, GlobalId, Imm, Inst, Op, Ty, ValueId};
use std::collections::{HashMap, HashSet};

/// What a store of `__init__` stores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stored {
    /// A parameter; 0 is the instance.
    Param(usize),
    Const(ConstId),
    /// An empty list or dict.
    Empty(&'static str),
}

/// Blocks in a row.
const BLOCKS: usize = 4;

impl Body<'_, '_> {
    /// The stores that an `__init__` consists of, in their order.
    pub fn stores_of(&self, init: CodeId) -> Option<Vec<(ConstId, Stored)>> {
        let index = self.shared.module.codes[init.index()].direct? as usize;
        let raw = self.shared.raw.clone();
        let f = raw.get(index).filter(|_| self.shared.callable.contains(&init))?;
        let mut values: HashMap<ValueId, Stored> = HashMap::new();
        for (k, param) in f.blocks[0].params.iter().skip(1).enumerate() {
            values.insert(param.value, Stored::Param(k));
        }
        let mut made: HashSet<ValueId> = HashSet::new();
        let mut out: Vec<(ConstId, Stored)> = Vec::new();
        let mut at = 0;
        for _ in 0..BLOCKS {
            let mut next = None;
            for inst in &f.blocks[at].insts {
                match (inst.op, inst.imms.first()) {
                    (Op::Const, Some(Imm::Const(id))) => {
                        values.insert(inst.results[0], Stored::Const(*id));
                    }
                    (Op::Enter | Op::Leave, _) => {}
                    _ if points::is_constant(inst) => {}
                    (Op::Build, _) if inst.args.is_empty() => {
                        let name = ["build_list", "build_map"].into_iter().find(|n| inst.calls(n))?;
                        values.insert(inst.results[0], Stored::Empty(name));
                        made.insert(inst.results[0]);
                    }
                    (Op::Call, _) if inst.calls("store_attr") => {
                        let [object, name, value, ..] = inst.args[..] else {
                            return None;
                        };
                        let (Some(Stored::Param(0)), Some(Stored::Const(name))) =
                            (values.get(&object), values.get(&name))
                        else {
                            return None;
                        };
                        let again = out.iter().any(|(n, _)| n == name);
                        // One object in two places would be made twice.
                        let stored = *values.get(&value)?;
                        if matches!(stored, Stored::Empty(_)) && !made.remove(&value) {
                            return None;
                        }
                        if again || !self.shared.names.is_own_attribute(*name) {
                            return None;
                        }
                        out.push((*name, stored));
                    }
                    (Op::Jump, _) => {
                        let edge = &inst.targets[0];
                        let target = edge.block.index();
                        for (param, arg) in f.blocks[target].params.iter().zip(&edge.args) {
                            if let Some(value) = values.get(arg).copied() {
                                values.insert(param.value, value);
                                if made.remove(arg) {
                                    made.insert(param.value);
                                }
                            }
                        }
                        next = Some(target);
                    }
                    (Op::Ret, _) => {
                        let Some(Stored::Const(id)) = values.get(&inst.args[0]) else {
                            return None;
                        };
                        let none = *self.shared.module.constant(*id) == Const::None;
                        let fits = none && made.is_empty() && (1..=GROUP_NAMES).contains(&out.len());
                        return fits.then_some(out);
                    }
                    _ => return None,
                }
            }
            at = next?;
        }
        None
    }

    /// The word of a global's cell, borrowed. It is not null where a test has said so and no other code ran since.
    pub fn cell_word(&mut self, global: GlobalId) -> ValueId {
        let cell = self.one(Op::GlobalAddr, vec![Imm::Global(global)], vec![]);
        self.b().load(Ty::Any, cell, 0)
    }

    /// Likewise, behind such a test.
    pub fn bound_word(&mut self, i: usize, global: GlobalId) -> Result<ValueId, String> {
        let exit = self.rare(i)?;
        let word = self.cell_word(global);
        let bits = self.one(Op::Bits, vec![], vec![word]);
        let zero = self.i64(0);
        let there = self.icmp(Cond::Ne, bits, zero);
        self.guarded(Op::Guard, vec![], vec![there], exit);
        Ok(word)
    }

    /// The callee of an inst, without a reference of its own where nothing can end it before the call.
    pub fn callee_word(&mut self, inst: &Inst) -> Result<ValueId, String> {
        match self.fact(inst.args[0]) {
            Fact::Function(global) => Ok(self.cell_word(global)),
            _ => self.boxed(inst.args[0]),
        }
    }

    /// What is called needs no reference: a class by its stores, a native function of floats.
    pub fn is_called_by_cell(&self, i: usize, callable: ValueId, global: GlobalId, arguments: usize) -> bool {
        let calls = self.f.blocks[self.b].insts[i..].iter();
        let mut calls = calls.filter(|n| n.op == Op::CallPython && n.args[0] == callable);
        let native = calls.next().and_then(|call| self.native(call));
        if native.is_some_and(|n| n < pyaot_abi::FLOAT_NATIVES) {
            return true;
        }
        let is_exception = self.shared.names.is_exception(global, &self.shared.unbound);
        let init = self.init_of(global, arguments).filter(|_| !is_exception);
        init.is_some_and(|init| self.stores_of(init).is_some())
    }

    /// A global that is only called and need not be kept alive for that: it is tested to be there, and loaded when it is called.
    pub fn call_by_cell(&mut self, i: usize, result: ValueId, global: GlobalId) -> Result<(), String> {
        self.bound_word(i, global)?;
        self.env.insert(result, Abs::nothing(Fact::Function(global)));
        Ok(())
    }

    /// The call of a class by these stores.
    pub fn call_filled(
        &mut self,
        i: usize,
        inst: &Inst,
        init: CodeId,
        stores: &[(ConstId, Stored)],
    ) -> Result<(), String> {
        let result = inst.results[0];
        let cache = self.method_cache(result);
        let exit = self.rare(i)?;
        let names = stores.iter().map(|(name, _)| *name).collect();
        let tuple = self.shared.module.add_const(Const::Tuple(names));
        let class = self.callee_word(inst)?;
        let code = self.one(Op::CodeAddr, vec![Imm::Code(init)], vec![]);
        let names = self.one(Op::Const, vec![Imm::Const(tuple)], vec![]);
        let group = self.one(Op::CacheAddr, vec![Imm::Cache(cache)], vec![]);
        let operands = vec![class, code, names, group];
        let made = self
            .b()
            .push(Op::Call, vec![row("new_filled")], operands, 1, Ty::Any, Some(exit))[0];
        self.quiet_effect();
        self.env.insert(result, Abs::new(ANY, made));
        for (k, (_, stored)) in stores.iter().enumerate() {
            let word = match stored {
                Stored::Param(0) => made,
                Stored::Param(n) => self.boxed(inst.args[n + 1])?,
                Stored::Const(id) => self.one(Op::Const, vec![Imm::Const(*id)], vec![]),
                Stored::Empty(what) => {
                    let error = self.error_of(inst)?;
                    self.b().push(Op::Build, vec![row(what)], vec![], 1, Ty::Any, error)[0]
                }
            };
            let imms = vec![
                Imm::Cache(cache),
                Imm::Int(k as i64),
                Imm::Const(tuple),
                Imm::Int(i64::from(pyaot_abi::wanted::STORES)),
            ];
            let slot = self.one(Op::GroupSlot, imms, vec![made]);
            self.none(Op::Put, vec![Imm::Int(0)], vec![slot, word]);
        }
        if let Fact::Function(_) = self.fact(inst.args[0]) {
            self.env.remove(&inst.args[0]);
        }
        Ok(())
    }
}
