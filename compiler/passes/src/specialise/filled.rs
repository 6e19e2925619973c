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
use pyaot_ir::{CacheId, CodeId, Cond, Const, ConstId, GlobalId, Imm, Inst, Op, Ty, ValueId};
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

/// What an `__init__` consists of.
pub struct Stores {
    pub stores: Vec<(ConstId, Stored)>,
    /// `super().__init__(…)`: the global that is `super`, the place of the class's cell in the closure, and the arguments.
    pub calls: Option<(GlobalId, i64, Vec<Stored>)>,
}

/// Blocks in a row.
const BLOCKS: usize = 4;

/// What stands before the call of the next `__init__`, within one function.
#[derive(Default)]
struct Supers {
    global: Option<(ValueId, GlobalId)>,
    closure: Option<(ValueId, i64)>,
    cell: Option<(ValueId, i64)>,
    /// The name of `super` and the place of the cell.
    found: Option<(GlobalId, i64)>,
    method: Option<ValueId>,
    /// What the call gives.
    result: Option<ValueId>,
}

impl Supers {
    /// Takes one inst of them; `None` when it is none. `is_init`: a load of `super().__init__` of the instance.
    fn note(&mut self, inst: &Inst, function: Option<ValueId>, is_init: bool) -> Option<()> {
        let result = *inst.results.first()?;
        match (inst.op, inst.imms.first()) {
            (Op::LoadGlobal, Some(Imm::Global(id))) => self.global = Some((result, *id)),
            (Op::LoadClosure, Some(Imm::Int(place))) => {
                // The function object is the first parameter of every block.
                function?;
                self.closure = Some((result, *place));
            }
            (Op::LoadCell, _) => {
                let (_, place) = self.closure.filter(|(v, _)| *v == inst.args[0])?;
                self.cell = Some((result, place));
            }
            (Op::LoadSuperMethod, _) if is_init => {
                let (_, name) = self.global.filter(|(v, _)| *v == inst.args[0])?;
                let (_, place) = self.cell.filter(|(v, _)| *v == inst.args[1])?;
                self.found = Some((name, place));
                self.method = Some(result);
            }
            _ => return None,
        }
        Some(())
    }
}

impl Body<'_, '_> {
    /// The stores that an `__init__` consists of, in their order.
    pub fn stores_of(&self, init: CodeId) -> Option<Vec<(ConstId, Stored)>> {
        let all = self.all_stores(init).filter(|_| self.shared.callable.contains(&init))?;
        let fits = all.calls.is_none() && (1..=GROUP_NAMES).contains(&all.stores.len());
        fits.then_some(all.stores)
    }

    /// Likewise, with a call of the next `__init__` among them.
    pub fn all_stores(&self, init: CodeId) -> Option<Stores> {
        let index = self.shared.module.codes[init.index()].direct? as usize;
        let raw = self.shared.raw.clone();
        let f = raw.get(index)?;
        let function = f.blocks[0].params.first().map(|p| p.value);
        let mut supers = Supers::default();
        let mut calls: Option<(GlobalId, i64, Vec<Stored>)> = None;
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
                    (Op::CallPython, _) if Some(inst.args[0]) == supers.method => {
                        let words = inst.args[2..].iter().map(|v| match values.get(v) {
                            Some(stored @ (Stored::Param(1..) | Stored::Const(_))) => Some(*stored),
                            _ => None,
                        });
                        let (name, cell) = supers.found.filter(|_| calls.is_none())?;
                        calls = Some((name, cell, words.collect::<Option<_>>()?));
                        supers.method = None;
                        supers.result = inst.results.first().copied();
                    }
                    (Op::Release, _) if Some(inst.args[0]) == supers.result => {}
                    (Op::LoadGlobal | Op::LoadClosure | Op::LoadCell | Op::LoadSuperMethod, _) => {
                        let this = inst.args.get(2).and_then(|v| values.get(v)) == Some(&Stored::Param(0));
                        supers.note(inst, function, this && self.is_init(inst))?;
                    }
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
                        let fits = none && made.is_empty() && supers.method.is_none();
                        return fits.then_some(Stores { stores: out, calls });
                    }
                    _ => return None,
                }
            }
            at = next?;
        }
        None
    }

    fn is_init(&self, inst: &Inst) -> bool {
        match inst.imms.first() {
            Some(Imm::Const(name)) => *self.shared.module.constant(*name) == Const::Str(b"__init__".to_vec()),
            _ => false,
        }
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
        let Some(init) = self.init_of(global, arguments) else {
            return false;
        };
        match self.shared.names.is_exception(global, &self.shared.unbound) {
            true => self.exception_stores(global, init, arguments).is_some(),
            false => self.stores_of(init).is_some(),
        }
    }

    /// A global that is only called and need not be kept alive for that: it is tested to be there, and loaded when it is called.
    pub fn call_by_cell(&mut self, i: usize, result: ValueId, global: GlobalId) -> Result<(), String> {
        match self
            .shared
            .names
            .natives
            .get(&global)
            .filter(|n| **n < pyaot_abi::FLOAT_NATIVES)
        {
            Some(native) => {
                let native = Imm::Int(*native as i64);
                let exit = self.rare(i)?;
                let word = self.cell_word(global);
                self.guarded(Op::GuardNative, vec![native], vec![word], exit);
                self.natives.insert(global);
            }
            None => {
                self.bound_word(i, global)?;
            }
        }
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
        self.put_stores(inst, cache, tuple, made, stores)?;
        Ok(())
    }

    /// What an `__init__` stores goes straight into the new object, whose group `cache` has these names; the class need not be loaded.
    pub fn put_stores(
        &mut self,
        inst: &Inst,
        cache: CacheId,
        names: ConstId,
        made: ValueId,
        stores: &[(ConstId, Stored)],
    ) -> Result<(), String> {
        for (k, (_, stored)) in stores.iter().enumerate() {
            let word = match stored {
                Stored::Param(0) => made,
                Stored::Empty(what) => {
                    let error = self.error_of(inst)?;
                    self.b().push(Op::Build, vec![row(what)], vec![], 1, Ty::Any, error)[0]
                }
                _ => self.stored_word(inst, *stored)?,
            };
            let imms = vec![
                Imm::Cache(cache),
                Imm::Int(k as i64),
                Imm::Const(names),
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
