//! Borrowed references. In and out: Checked (closed blocks, implicit ends of life).
//!
//! A value that was loaded from memory and got a reference of its own needs none where nothing can end the life of what it was loaded
//! from: between the load and its last use no other code runs and nobody gives back a last reference. So the item that a loop
//! holds in a variable is neither counted when it comes nor when the next one takes its place; ways out of such a stretch count it,
//! because their blocks own what they are given.
//!
//! The values form the largest set in which each is loaded, or is a block parameter that is given only such values, and in whose lives
//! nothing stands that may free an object. Ends of life of values outside the set are what [`crate::counts`] will make of them.
use crate::Context;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{ArgKind, Block, Edge, Function, Inst, Op, Ownership, Shape, ValueId};
use std::collections::{HashMap, HashSet};

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    if f.light || f.cold {
        return Ok(());
    }
    let mut lent = Lent::new(f);
    if lent.loaded.is_empty() {
        return Ok(());
    }
    lent.settle(f);
    lent.keep_useful(f);
    lent.settle(f);
    lent.apply(f);
    Ok(())
}

/// The set, and what does not change while it gets smaller.
struct Lent {
    set: HashSet<ValueId>,
    /// Results of `retain`, and the loaded value of each.
    loaded: HashMap<ValueId, ValueId>,
    ownership: Vec<Ownership>,
    /// The other way.
    retained: HashMap<ValueId, ValueId>,
    params: HashSet<ValueId>,
    blocks: Vec<Lives>,
}

/// The walk over a block.
#[derive(Default)]
struct Walk {
    /// Values of the set.
    live: Vec<ValueId>,
    /// Counted values, which a way out may have to drop.
    counted: Vec<ValueId>,
    /// Loaded values that are in use.
    loaded: Vec<ValueId>,
    shared: Shared,
    gone: Vec<ValueId>,
}

impl Walk {
    fn frees(&mut self) {
        self.gone.append(&mut self.live);
        self.shared.forget();
    }
}

/// Last mentions of a block's values; edges count.
struct Lives {
    last_use: HashMap<ValueId, usize>,
}

impl Lives {
    fn of(block: &Block) -> Lives {
        let mut last_use = HashMap::new();
        for (i, inst) in block.insts.iter().enumerate() {
            for value in inst.args.iter().chain(inst.edges().flat_map(|e| &e.args)) {
                last_use.insert(*value, i);
            }
        }
        Lives { last_use }
    }
}

/// Intrinsics that free nothing, of those that run no other code.
const GENTLE: [&str; 13] = [
    "instance_of",
    "left_first",
    "list_push",
    "list_pop",
    "new_int",
    "new_float",
    "new_pair",
    "new_plain",
    "new_filled",
    "box_i64",
    "box_f64",
    "char_of",
    "str_item",
];

/// Values of which a test has shown that the next reference given back is not the last.
#[derive(Default)]
pub struct Shared(HashSet<ValueId>);

impl Shared {
    pub fn learn(&mut self, inst: &Inst) {
        if inst.op == Op::GuardShared {
            self.0.insert(inst.args[0]);
        }
    }

    /// A reference of it goes away; whether that frees nothing. (Another value may be the same object.)
    pub fn gives_back(&mut self, value: ValueId) -> bool {
        let known = self.0.contains(&value);
        self.0.clear();
        known
    }

    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// Other code may run in it, or an object be freed. (What releases do is known when it is known who owns what.)
pub fn breaks(inst: &Inst) -> bool {
    match inst.op {
        op if op.is_test() => false,
        Op::CheckBound
        | Op::LoadClosure
        | Op::Inc
        | Op::XInc
        | Op::Retain
        | Op::Release
        | Op::Load
        | Op::Take
        | Op::Store
        | Op::Keep
        | Op::Put
        | Op::IDiv
        | Op::IRem
        | Op::Jump
        | Op::Br
        | Op::BrLikely
        | Op::BrNull => false,
        Op::Call => inst.effect() != OpEffect::Pure && !inst.intrinsic().is_some_and(|row| GENTLE.contains(&row.name)),
        _ => inst.effect() != OpEffect::Pure,
    }
}

/// The operand's reference goes over to the inst.
fn takes(inst: &Inst, value: ValueId) -> bool {
    let mut kinds = inst.args.iter().enumerate().filter(|(_, arg)| **arg == value);
    kinds.any(|(k, _)| matches!(inst.arg_kind(k), Some(ArgKind::Own | ArgKind::Unbox))) && inst.op != Op::Release
}

impl Lent {
    fn new(f: &Function) -> Lent {
        let ownership = f.ownership();
        let mut lent = Lent {
            set: HashSet::new(),
            loaded: HashMap::new(),
            retained: HashMap::new(),
            params: HashSet::new(),
            blocks: f.blocks.iter().map(Lives::of).collect(),
            ownership,
        };
        let mut closed: HashSet<usize> = HashSet::from([0]);
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            if inst.op.row().shape == Shape::EndsResume {
                closed.extend(inst.targets.iter().map(|e| e.block.index()));
            }
        }
        for (b, block) in f.blocks.iter().enumerate() {
            lent.params.extend(block.params.iter().map(|p| p.value));
            if block.cold {
                continue;
            }
            let mut loads: HashSet<ValueId> = HashSet::new();
            for inst in &block.insts {
                match (inst.op, &inst.args[..], &inst.results[..]) {
                    (Op::Load, _, [result]) => {
                        loads.insert(*result);
                    }
                    (Op::Retain, [from], [result]) if loads.remove(from) => {
                        lent.loaded.insert(*result, *from);
                        lent.retained.insert(*from, *result);
                        lent.set.insert(*result);
                    }
                    _ => {}
                }
            }
            if !closed.contains(&b) {
                let own = block.params.iter().map(|p| p.value).filter(|v| lent.owns(*v));
                lent.set.extend(own.collect::<Vec<_>>());
            }
        }
        lent
    }

    fn owns(&self, value: ValueId) -> bool {
        self.ownership[value.index()] == Ownership::Own
    }

    /// It is counted, and ends where the counting pass says.
    fn counted(&self, value: ValueId) -> bool {
        self.owns(value) && !self.set.contains(&value)
    }

    /// Drops values until the rest agrees.
    fn settle(&mut self, f: &Function) {
        loop {
            let before = self.set.len();
            for b in 0..f.blocks.len() {
                let gone = self.refuted(f, b);
                gone.iter().for_each(|v| {
                    self.set.remove(v);
                });
            }
            if self.set.len() == before {
                return;
            }
        }
    }

    /// Values of the set that a block shows to be none: its own, and parameters that it gives something else.
    fn refuted(&self, f: &Function, b: usize) -> Vec<ValueId> {
        let block = &f.blocks[b];
        let last_use = &self.blocks[b].last_use;
        let is_used = |v: &ValueId| last_use.contains_key(v);
        let mut walk = Walk::default();
        for param in block.params.iter().map(|p| p.value) {
            if self.set.contains(&param) {
                walk.live.extend(Some(param).filter(is_used));
            } else if self.counted(param) {
                walk.counted.push(param);
            }
        }
        if !walk.counted.iter().all(is_used) {
            walk.frees();
        }
        for (i, inst) in block.insts.iter().enumerate() {
            let ends = |v: &ValueId| last_use.get(v).is_none_or(|last| *last <= i);
            let runs = breaks(inst);
            if runs {
                walk.frees();
            }
            walk.counted
                .retain(|v| !(last_use.get(v) == Some(&i) && takes(inst, *v)));
            for edge in inst.edges() {
                let drops = runs || self.drops(f, edge, &walk.counted);
                self.refuted_by_edge(f, edge, drops, &walk.live, &mut walk.gone);
            }
            walk.shared.learn(inst);
            walk.live.retain(|v| !ends(v));
            walk.loaded.retain(|v| self.last_use_of_load(b, *v) > i);
            let made = inst.results.iter().copied().filter(|v| self.counted(*v));
            walk.counted.extend(made);
            // What ends beside a loaded value that is still in use waits.
            let waits = !walk.loaded.is_empty();
            let released = inst.args.first().filter(|_| inst.op == Op::Release);
            let unused = inst.results.iter().any(|v| self.counted(*v) && !is_used(v));
            let ended = walk
                .counted
                .extract_if(.., |v| ends(v) && (!waits || released == Some(v)));
            let ended: Vec<ValueId> = ended.collect();
            let is_shared = matches!(ended[..], [v] if released == Some(&v) && walk.shared.gives_back(v));
            if unused || !ended.is_empty() && !is_shared {
                walk.frees();
            }
            if inst.op == Op::Load {
                walk.loaded
                    .extend(inst.results.iter().filter(|v| f.ty(**v).is_object()));
            }
            walk.live.extend(inst.results.iter().filter(|v| self.set.contains(v)));
        }
        walk.gone
    }

    fn last_use_of_load(&self, b: usize, load: ValueId) -> usize {
        let last = |v: &ValueId| self.blocks[b].last_use.get(v).copied().unwrap_or(0);
        let stands = self.retained.get(&load).filter(|v| self.set.contains(v));
        last(&load).max(stands.map_or(0, last))
    }

    /// Whether a counted value ends on an edge. (A parameter that is given it leaves the set.)
    fn drops(&self, f: &Function, edge: &Edge, counted: &[ValueId]) -> bool {
        let params = &f.blocks[edge.block.index()].params;
        let skip = params.len() - edge.args.len().min(params.len());
        let passed = |v: &ValueId| {
            let mut places = edge.args.iter().zip(&params[skip..]);
            places.any(|(arg, p)| arg == v && p.own)
        };
        !counted.iter().all(passed)
    }

    fn refuted_by_edge(&self, f: &Function, edge: &Edge, drops: bool, live: &[ValueId], gone: &mut Vec<ValueId>) {
        let params = &f.blocks[edge.block.index()].params;
        let skip = params.len() - edge.args.len().min(params.len());
        for (arg, param) in edge.args.iter().zip(&params[skip..]) {
            if !self.set.contains(&param.value) {
                continue;
            }
            let is_lent = match self.ownership[arg.index()] {
                Ownership::Static => true,
                // Another borrowed value is alive for a short stretch only.
                Ownership::Borrow => self.params.contains(arg),
                Ownership::Own => live.contains(arg),
                Ownership::Raw => false,
            };
            if drops || !is_lent {
                gone.push(param.value);
            }
        }
    }

    /// Values that are only handed on to owners save nothing: one of those that are given to each other must end in code that is hot.
    fn keep_useful(&mut self, f: &Function) {
        let mut of: HashMap<ValueId, ValueId> = HashMap::new();
        fn root(of: &HashMap<ValueId, ValueId>, mut v: ValueId) -> ValueId {
            while let Some(next) = of.get(&v) {
                v = *next;
            }
            v
        }
        let mut useful: HashSet<ValueId> = HashSet::new();
        for (b, block) in f.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                for edge in inst.edges() {
                    let params = &f.blocks[edge.block.index()].params;
                    let skip = params.len() - edge.args.len().min(params.len());
                    for (arg, param) in edge.args.iter().zip(&params[skip..]) {
                        if !self.set.contains(&param.value) || !self.set.contains(arg) {
                            continue;
                        }
                        let (a, p) = (root(&of, *arg), root(&of, param.value));
                        if a != p {
                            of.insert(a, p);
                        }
                    }
                }
                if block.cold {
                    continue;
                }
                for arg in inst.args.iter().filter(|v| self.set.contains(v)) {
                    let ends = self.blocks[b].last_use.get(arg) == Some(&i) && inst.targets.is_empty();
                    if ends && !takes(inst, *arg) {
                        useful.insert(*arg);
                    }
                }
            }
        }
        let useful: HashSet<ValueId> = useful.into_iter().map(|v| root(&of, v)).collect();
        self.set.retain(|v| useful.contains(&root(&of, *v)));
    }

    fn apply(&self, f: &mut Function) {
        let members = self.loaded.iter().filter(|(v, _)| self.set.contains(v));
        let stands_for: HashMap<ValueId, ValueId> = members.map(|(v, from)| (*v, *from)).collect();
        let lent: HashSet<ValueId> = self.set.iter().chain(stands_for.values()).copied().collect();
        for block in &mut f.blocks {
            for param in &mut block.params {
                param.own &= !self.set.contains(&param.value);
            }
            block.insts.retain_mut(|inst| {
                let made = inst.results.first().is_some_and(|v| stands_for.contains_key(v));
                inst.map_uses(|v| stands_for.get(&v).copied().unwrap_or(v));
                let asked = inst.args.first().is_some_and(|v| lent.contains(v));
                !(inst.op == Op::Retain && made || inst.op == Op::GuardShared && asked)
            });
        }
    }
}
