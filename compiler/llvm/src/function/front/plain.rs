//! Fronts of functions that are no generators.
//!
//! A way is followed with what it would do noted down: stores and counts come at its end, behind all tests, loads see what the way
//! has stored, and a reference that is taken and given back is neither. A call of a version is followed into its code, so a way may lead through
//! several functions; what fails in one of them leads to the function proper of the first.
use super::Front;
use super::way::{Back, Frame, Place, Way};
use pyaot_abi::Value;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Block, BlockId, Builder, CacheId, Cond, Const, Edge, Function, Imm, Inst, Module, Op, Ty, ValueId};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Insts of a way, and branches on it.
const INSTS: usize = 300;
const BRANCHES: usize = 12;
/// Insts of all ways together.
const ALL: usize = 500;
/// Insts that are looked at.
const LOOKED: usize = 5_000;
/// Insts of a front up to which callers have it inline.
const INLINED: usize = 64;
/// Functions that a way is in at a time.
const LEVELS: i64 = 4;
/// References that a way may give back that are not known to be no objects.
const GONE: usize = 2;
/// Insts that a function's own work takes when it is entered and left.
const SAVED: f64 = 25.0;

/// A function's front, if it has one; and whether that depends on what other functions are here.
pub fn of(module: &Module, f: &Function, is_imported: bool) -> (Option<Front>, bool) {
    let mut best: Option<(f64, Front)> = None;
    let mut calls = false;
    // Where there is no room for all ways, fewer calls are followed.
    for levels in (1..=LEVELS).rev() {
        let (made, found) = with_levels(module, f, is_imported, levels);
        calls |= found.calls;
        if let Some((gain, front)) = made
            && best.as_ref().map_or(0.0, |(most, _)| *most) < gain
        {
            best = Some((gain, front));
        }
        if !found.is_full {
            break;
        }
    }
    (best.map(|(_, front)| front), calls)
}

#[derive(Clone, Copy, Default)]
struct Found {
    /// There was no room for a way.
    is_full: bool,
    /// A way has come to a call.
    calls: bool,
}

/// A front with what it saves.
fn with_levels(module: &Module, f: &Function, is_imported: bool, most_levels: i64) -> (Option<(f64, Front)>, Found) {
    let mut front = Function {
        values: f.values.clone(),
        blocks: vec![Block::default(), Block::default()],
        ..f.without_blocks()
    };
    front.blocks[0].params = f.blocks[0].params.clone();
    let mut maker = Maker {
        module,
        front,
        most_levels,
        insts: 0,
        looked: 0,
        found: Found::default(),
        places: HashMap::new(),
        given: HashSet::new(),
        flags: HashMap::new(),
        admits: HashSet::new(),
    };
    let gain = maker.walk(Way::new(f, is_imported), BlockId(0));
    let made = gain.map(|gain| {
        let front = Front {
            inlined: maker.insts <= INLINED,
            ir: maker.front,
            rest: REST,
            admits: maker.admits,
        };
        (gain, front)
    });
    (made, maker.found)
}

/// The block that stands for the function proper.
const REST: BlockId = BlockId(1);

fn to_rest() -> Edge {
    Edge {
        block: REST,
        args: vec![],
    }
}

pub(super) struct Maker<'m> {
    pub(super) module: &'m Module,
    pub(super) front: Function,
    most_levels: i64,
    insts: usize,
    looked: usize,
    found: Found,
    /// What stands at addresses of the front.
    pub(super) places: HashMap<ValueId, Place>,
    /// Results of versions.
    given: HashSet<ValueId>,
    /// Flags of the front that compare a value with an immediate, or are known.
    flags: HashMap<ValueId, Flag>,
    /// Groups of code that stands here once more, which nobody else fills.
    admits: HashSet<CacheId>,
}

#[derive(Clone, Copy)]
enum Flag {
    Is(ValueId),
    /// Whether two numbers are equal.
    Number,
    Known(i64),
}

impl<'m> Maker<'m> {
    /// Follows a way that has come to the end of a block of the front. How many insts are saved by what follows, likely; `None`: nothing
    /// ends in a return.
    fn walk(&mut self, mut way: Way<'m>, to: BlockId) -> Option<f64> {
        loop {
            let block = way.frame.f.block(way.block);
            let inst = block.insts.get(way.at)?;
            way.at += 1;
            self.looked += 1;
            let is_full = way.insts > INSTS || self.insts > ALL || self.looked > LOOKED;
            self.found.is_full |= is_full;
            if is_full || block.cold && !way.is_rare {
                return None;
            }
            match inst.op {
                Op::Jump => way.go_to(&inst.targets[0]),
                Op::Br | Op::BrLikely | Op::BrNull => {
                    let flag = way.known(inst.args[0]);
                    let decided = match self.flags.get(&flag) {
                        Some(Flag::Known(n)) => Some(*n != 0),
                        _ => way.decided.get(&flag).copied(),
                    };
                    match decided.filter(|_| inst.op != Op::BrNull) {
                        Some(yes) => way.go_to(&inst.targets[usize::from(!yes)]),
                        None => return self.branch(&way, inst, to),
                    }
                }
                Op::Ret | Op::RetRaw => match way.frame.back.clone() {
                    Some(back) => self.return_to(&mut way, &back, inst, to),
                    None => return self.end(&mut way, inst, to),
                },
                _ => {
                    if !self.step(&mut way, inst, to) {
                        return None;
                    }
                }
            }
        }
    }

    /// One inst that is no terminator. False: ways do not hold it.
    fn step(&mut self, way: &mut Way<'m>, inst: &'m Inst, to: BlockId) -> bool {
        match inst.op {
            // A poll that is asked for fails the test of the depth. What a reference leaves is tested at the end.
            Op::Enter | Op::Leave | Op::Poll | Op::GuardPoll | Op::GuardShared => {}
            Op::BoxInt => self.box_int(way, inst, to),
            Op::GuardInt | Op::GuardFloat => {
                let value = way.known(inst.args[0]);
                // A test that the way has made holds.
                let is_new = !way.made.contains_key(&(inst.op, inst.imms.clone(), vec![value]));
                let other = if is_new { self.other_kind(way, inst) } else { None };
                self.copy(way, inst, to);
                if let (Some(edge), Some(made)) = (other, self.front.block_mut(to).insts.last_mut()) {
                    made.error = Some(edge);
                }
                way.immediates.insert(value);
                way.counts.retain(|(v, _)| *v != value);
            }
            Op::Guard
            | Op::GuardGlobal
            | Op::GuardGroup
            | Op::GuardType
            | Op::GuardBox
            | Op::AddFits
            | Op::SubFits
            | Op::MulFits
            | Op::MethodOf => self.copy(way, inst, to),
            // (A division stands behind its test.)
            Op::IDiv | Op::IRem => self.copy(way, inst, to),
            Op::GroupSlot => {
                let Some(name) = self.slot_name(inst) else {
                    return false;
                };
                let object = way.known(inst.args[0]);
                self.copy(way, inst, to);
                self.places
                    .insert(way.known(inst.results[0]), Place::Slot(object, name));
            }
            Op::Index => {
                self.copy(way, inst, to);
                self.places.insert(way.known(inst.results[0]), Place::Item);
            }
            Op::Load | Op::Take => return self.load(way, inst, to),
            Op::Store => return self.store(way, inst),
            Op::Inc => {
                let value = way.known(inst.args[0]);
                way.held.insert(value);
                way.count(value, 1);
            }
            Op::Dec => {
                let value = way.known(inst.args[0]);
                way.count(value, -1);
            }
            Op::CallVersion => return self.call(way, inst),
            // What a version gives on a way is no null.
            Op::OwnBits | Op::RaiseNull => {
                let value = way.known(inst.args[0]);
                way.name(&inst.results, &[value]);
                return self.given.contains(&value);
            }
            Op::GlobalAddr => {
                self.copy(way, inst, to);
                if let Some(Imm::Global(global)) = inst.imms.first() {
                    self.places
                        .insert(way.known(inst.results[0]), Place::Global(*global, 0));
                }
            }
            Op::Call if inst.calls("truth") => self.truth(way, inst, to),
            // These have slow paths that call the runtime, or stand for a frame.
            Op::BoxFloat | Op::FMath | Op::FrameAddr | Op::ScratchAddr => return false,
            op if op.row().effect == OpEffect::Pure && inst.error.is_none() && inst.targets.is_empty() => {
                self.copy(way, inst, to);
                self.learn(way, inst);
            }
            _ => return false,
        }
        true
    }

    /// The inst with the front's values, unless the way has it; what may fail leads to the function proper.
    pub(super) fn copy(&mut self, way: &mut Way<'m>, inst: &Inst, to: BlockId) {
        let mut new = inst.clone();
        new.map_uses(|v| way.known(v));
        new.error = inst.error.as_ref().map(|_| to_rest());
        let key = (new.op, new.imms.clone(), new.args.clone());
        if let Some(made) = way.made.get(&key).filter(|_| inst.op != Op::Load) {
            let made = made.clone();
            return way.name(&inst.results, &made);
        }
        for result in &mut new.results {
            *result = self.front.new_value(way.frame.f.ty(*result));
        }
        if let Some(Imm::Cache(cache)) = new.imms.first()
            && way.frame.is_imported
        {
            self.admits.insert(*cache);
        }
        way.name(&inst.results, &new.results);
        way.made.insert(key, new.results.clone());
        self.put(way, to, new);
    }

    fn put(&mut self, way: &mut Way<'m>, to: BlockId, inst: Inst) {
        way.insts += 1;
        self.insts += 1;
        self.front.block_mut(to).insts.push(inst);
    }

    pub(super) fn one(
        &mut self,
        way: &mut Way<'m>,
        to: BlockId,
        op: Op,
        imms: Vec<Imm>,
        args: Vec<ValueId>,
    ) -> ValueId {
        let key = (op, imms.clone(), args.clone());
        if let Some(made) = way.made.get(&key) {
            return made[0];
        }
        way.insts += 1;
        self.insts += 1;
        let made = Builder::new(&mut self.front, to).one(op, imms, args);
        way.made.insert(key, vec![made]);
        made
    }

    pub(super) fn test(&mut self, way: &mut Way<'m>, to: BlockId, op: Op, value: ValueId) {
        if way.made.insert((op, vec![], vec![value]), vec![]).is_some() {
            return;
        }
        way.insts += 1;
        self.insts += 1;
        Builder::new(&mut self.front, to).push(op, vec![], vec![value], 0, Ty::Any, Some(to_rest()));
    }

    /// What is known of the flag or value that an inst has made.
    fn learn(&mut self, way: &mut Way<'m>, inst: &Inst) {
        let Some(result) = inst.results.first() else { return };
        let result = way.known(*result);
        match (inst.op, inst.imms.first()) {
            (Op::I1 | Op::I32, Some(Imm::Int(n))) => {
                self.flags.insert(result, Flag::Known(*n));
            }
            (Op::Const, Some(Imm::Const(id))) if self.is_immediate(self.module.constant(*id)) => {
                way.immediates.insert(result);
            }
            (Op::ICmp, Some(Imm::Cond(Cond::Eq))) => {
                let [a, b] = [way.known(inst.args[0]), way.known(inst.args[1])];
                if self.front.ty(a) == Ty::I64 {
                    self.flags.insert(result, Flag::Number);
                }
                for (one, other) in [(a, b), (b, a)] {
                    if way.immediates.contains(&other) {
                        self.flags.insert(result, Flag::Is(one));
                    }
                }
            }
            (Op::BoxBool, _) => {
                way.immediates.insert(result);
            }
            _ => {}
        }
    }

    fn is_immediate(&self, constant: &Const) -> bool {
        matches!(constant, Const::None | Const::True | Const::False)
    }

    /// The small int of a number, which goes on only if there is one.
    fn box_int(&mut self, way: &mut Way<'m>, inst: &Inst, to: BlockId) {
        let number = way.known(inst.args[0]);
        let two = self.one(way, to, Op::I64, vec![Imm::Int(2)], vec![]);
        let shifted = self.one(way, to, Op::IShl, vec![], vec![number, two]);
        let back = self.one(way, to, Op::IShr, vec![], vec![shifted, two]);
        let same = self.one(way, to, Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![back, number]);
        self.test(way, to, Op::Guard, same);
        let mark = self.one(way, to, Op::I64, vec![Imm::Int(1)], vec![]);
        let word = self.one(way, to, Op::IOr, vec![], vec![shifted, mark]);
        let value = self.one(way, to, Op::FromBits, vec![], vec![word]);
        way.immediates.insert(value);
        way.name(&inst.results, &[value]);
    }

    /// The truth of True and False.
    fn truth(&mut self, way: &mut Way<'m>, inst: &Inst, to: BlockId) {
        let value = way.known(inst.args[0]);
        let word = self.one(way, to, Op::Bits, vec![], vec![value]);
        let mut is = |maker: &mut Self, n: u64| {
            let constant = maker.one(way, to, Op::I64, vec![Imm::Int(n as i64)], vec![]);
            maker.one(way, to, Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![word, constant])
        };
        let (yes, no) = (is(self, Value::TRUE.0), is(self, Value::FALSE.0));
        let either = self.one(way, to, Op::Select, vec![], vec![yes, no, yes]);
        self.test(way, to, Op::Guard, either);
        let one = self.one(way, to, Op::I32, vec![Imm::Int(1)], vec![]);
        let zero = self.one(way, to, Op::I32, vec![Imm::Int(0)], vec![]);
        let answer = self.one(way, to, Op::Select, vec![], vec![one, zero, yes]);
        way.immediates.insert(value);
        way.name(&inst.results, &[answer]);
    }

    // ---- control ----

    fn branch(&mut self, way: &Way<'m>, inst: &Inst, to: BlockId) -> Option<f64> {
        if way.branches >= BRANCHES {
            self.found.is_full = true;
            return None;
        }
        let flag = way.known(inst.args[0]);
        let (is, likely) = match self.flags.get(&flag).filter(|_| inst.op != Op::BrNull) {
            Some(Flag::Is(value)) => (Some(*value), 0.5),
            Some(Flag::Number) => (None, 0.25),
            _ => (None, 0.5),
        };
        let mut targets = Vec::new();
        let mut gain = 0.0;
        for (i, edge) in inst.targets.iter().enumerate() {
            let mut next = way.clone();
            next.branches += 1;
            next.decided.insert(flag, i == 0);
            if let Some(value) = is.filter(|_| i == 0) {
                next.immediates.insert(value);
                next.counts.retain(|(v, _)| *v != value);
            }
            next.go_to(edge);
            let share = match (way.frame.f.block(edge.block).cold, i) {
                (true, _) => 0.0,
                (_, 0) => likely,
                _ => 1.0 - likely,
            };
            let (insts, block) = (self.insts, self.front.new_block());
            targets.push(match self.walk(next, block) {
                Some(saved) => {
                    gain += share * saved;
                    Edge { block, args: vec![] }
                }
                None => {
                    self.front.blocks.truncate(block.index());
                    self.insts = insts;
                    gain -= share * way.insts as f64;
                    to_rest()
                }
            });
        }
        if targets.iter().all(|edge| edge.block == REST) {
            return None;
        }
        let mut new = inst.clone();
        new.args = inst.args.iter().map(|a| way.known(*a)).collect();
        new.targets = targets;
        self.insts += 1;
        self.front.block_mut(to).insts.push(new);
        Some(gain)
    }

    /// The way on which a number is of the other kind: where a float was guessed it may as well be an int.
    fn other_kind(&mut self, way: &Way<'m>, inst: &Inst) -> Option<Edge> {
        let edge = inst.error.as_ref()?;
        let is_rare = way.frame.f.block(edge.block).cold;
        if is_rare && inst.op == Op::GuardInt || way.branches >= BRANCHES {
            return None;
        }
        let mut next = way.clone();
        next.is_rare = is_rare;
        next.branches += 1;
        next.go_to(edge);
        let (insts, block) = (self.insts, self.front.new_block());
        if self.walk(next, block).is_some() {
            return Some(Edge { block, args: vec![] });
        }
        self.front.blocks.truncate(block.index());
        self.insts = insts;
        None
    }

    /// Into the code of a version.
    fn call(&mut self, way: &mut Way<'m>, inst: &Inst) -> bool {
        self.found.calls = true;
        let Some(Imm::Int(number)) = inst.imms.first() else {
            return false;
        };
        let module = self.module;
        let index = module.versions.get(*number as usize);
        let Some((index, callee)) = index.and_then(|i| Some((i, module.functions.get(*i as usize)?))) else {
            return false;
        };
        let starts = callee.blocks.first().and_then(|b| b.insts.first());
        let fits = starts.is_some_and(|i| i.op == Op::Enter) && !callee.cold && !callee.light;
        if !fits || way.frame.levels >= self.most_levels || std::ptr::eq(callee, way.frame.f) {
            return false;
        }
        let args = inst.args.iter().map(|a| way.known(*a));
        let params = callee.blocks[0].params.iter().map(|p| p.value);
        let map = params.zip(args).collect();
        let levels = way.frame.levels + 1;
        let back = Back {
            frame: way.frame.clone(),
            block: way.block,
            at: way.at,
            results: inst.results.clone(),
        };
        way.frame = Frame {
            f: callee,
            map,
            back: Some(Rc::new(back)),
            levels,
            is_imported: module.imported.contains(index),
        };
        way.most = way.most.max(levels);
        (way.block, way.at) = (BlockId(0), 0);
        true
    }

    /// Behind the call that a version was called by.
    fn return_to(&mut self, way: &mut Way<'m>, back: &Back<'m>, inst: &Inst, to: BlockId) {
        let value = way.known(inst.args[0]);
        let is_value = i64::from(inst.op == Op::Ret || !way.frame.f.raw_result);
        let flag = self.one(way, to, Op::I32, vec![Imm::Int(is_value)], vec![]);
        self.given.extend((is_value == 1).then_some(value));
        self.flags.insert(flag, Flag::Known(is_value));
        way.frame = back.frame.clone();
        (way.block, way.at) = (back.block, back.at);
        way.name(&back.results, &[value, flag]);
    }

    /// The last tests of a way, and what it does.
    fn end(&mut self, way: &mut Way<'m>, inst: &Inst, to: BlockId) -> Option<f64> {
        let gone = way.counts.iter().filter(|(_, n)| *n < 0);
        let gone: Vec<(ValueId, i64)> = gone.copied().collect();
        // Tests of each for each are too many for more.
        let counted = gone.len() <= GONE;
        if !counted && way.stores_objects() {
            return None;
        }
        for (value, n) in &gone {
            // An object of which the way has the only other reference likely ends.
            if *n != -1 || !way.taken.contains(value) || way.held.contains(value) {
                return None;
            }
            if !counted {
                self.test_immediate(way, to, *value);
            }
        }
        if let [(value, _), ..] = gone[..]
            && counted
        {
            self.test(way, to, Op::GuardShared, value);
        }
        if let [(value, _), (other, _)] = gone[..] {
            self.test_both(way, to, value, other);
        }
        let imms = vec![Imm::Int(way.most)];
        let free = self.one(way, to, Op::DepthFree, imms, vec![]);
        self.test(way, to, Op::Guard, free);
        for (_, store) in std::mem::take(&mut way.stores) {
            self.put(way, to, store);
        }
        for (value, n) in std::mem::take(&mut way.counts) {
            for _ in 0..n {
                self.put(way, to, Inst::new(Op::Inc, vec![], vec![value]));
            }
        }
        for (value, _) in gone.into_iter().filter(|_| counted) {
            self.put(way, to, Inst::new(Op::Dec, vec![], vec![value]));
        }
        let mut new = inst.clone();
        new.map_uses(|v| way.known(v));
        self.put(way, to, new);
        Some(SAVED)
    }

    /// Goes on only with what has no count.
    fn test_immediate(&mut self, way: &mut Way<'m>, to: BlockId, value: ValueId) {
        let heap = self.one(way, to, Op::IsHeap, vec![], vec![value]);
        let immediate = self.one(way, to, Op::Not, vec![], vec![heap]);
        self.test(way, to, Op::Guard, immediate);
    }

    /// Behind the test of `value`: goes on if no object ends when both are given back, which may be one.
    fn test_both(&mut self, way: &mut Way<'m>, to: BlockId, value: ValueId, other: ValueId) {
        let same = self.one(way, to, Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![value, other]);
        let one = self.one(way, to, Op::I32, vec![Imm::Int(1)], vec![]);
        let two = self.one(way, to, Op::I32, vec![Imm::Int(2)], vec![]);
        let most = self.one(way, to, Op::Select, vec![], vec![two, one, same]);
        way.insts += 1;
        self.insts += 1;
        let error = Some(to_rest());
        Builder::new(&mut self.front, to).push(Op::GuardMore, vec![], vec![other, most], 0, Ty::Any, error);
    }
}
