//! Fronts of generators: what goes from one suspension to the next without calls.
//!
//! The generator does not count as running there, since nobody can look; it is tested at once that nobody watches it.
use super::Front;
use pyaot_abi::{GENERATOR_WATCHED, GeneratorObject, Value};
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Block, BlockId, Builder, Cond, Edge, Function, Imm, Inst, Op, Ty, ValueId};
use std::collections::{HashMap, HashSet};
use std::mem::offset_of;

/// Insts of a way that are made twice, and blocks in a row: it takes up and puts down all that lives on.
const INSTS: usize = 96;
const BLOCKS: usize = 10;
/// Insts of all ways together.
const ALL: usize = 240;

pub fn of(f: &Function) -> Option<Front> {
    let hot = f.blocks.iter().filter(|b| !b.cold).flat_map(|b| &b.insts);
    let given_back = hot.filter(|i| i.op == Op::Dec).map(|i| i.args[0]).collect();
    let mut params: HashSet<ValueId> = HashSet::new();
    for block in &f.blocks {
        params.extend(block.params.iter().map(|p| p.value));
    }
    let ways = Ways { f, given_back, params };
    if !ways.leaves(0, &mut 0, 0, false) {
        return None;
    }
    let mut front = Function {
        blocks: vec![Block::default(), Block::default()],
        scratch: 0,
        ..f.clone()
    };
    front.blocks[0].params = f.blocks[0].params.clone();
    let rest = BlockId(1);
    let mut copy = Copy {
        ways: &ways,
        front: &mut front,
        rest,
        map: HashMap::new(),
    };
    copy.unwatched();
    copy.block(BlockId(0), BlockId(0), 0, false);
    let insts: usize = front.blocks.iter().map(|b| b.insts.len()).sum();
    (insts <= ALL).then_some(Front {
        ir: front,
        rest,
        inlined: false,
        admits: HashSet::new(),
    })
}

struct Ways<'f> {
    f: &'f Function,
    /// Values that hot code drops a reference of.
    given_back: HashSet<ValueId>,
    params: HashSet<ValueId>,
}

/// The place in a generator of which suspension it waits in.
const STATE: usize = offset_of!(GeneratorObject, state);

impl Ways<'_> {
    /// An inst that a way may hold; `done`: behind an effect.
    fn is_light(&self, inst: &Inst, done: bool) -> bool {
        if done && inst.error.is_some() {
            return false;
        }
        match inst.op {
            Op::Enter | Op::Leave => true,
            Op::FrameAddr => true,
            Op::Call if is_entry(inst) || is_exit(inst) => true,
            // Small results are immediates; a request to poll fails the test of the depth.
            Op::BoxInt | Op::Poll | Op::XDec => !done,
            Op::Dec => !done || !self.params.contains(&inst.args[0]),
            // These have slow paths that call the runtime.
            Op::BoxFloat | Op::FMath | Op::ScratchAddr => false,
            Op::Guard | Op::GuardInt | Op::GuardFloat | Op::GuardGlobal | Op::AddFits | Op::SubFits | Op::MulFits => {
                true
            }
            Op::GuardGroup | Op::GuardType | Op::GroupSlot => true,
            // (A division stands behind its test.)
            Op::Load | Op::IDiv | Op::IRem => true,
            // What goes away is tested to be no object where it is loaded or taken.
            Op::Take => !done,
            Op::Inc => !self.given_back.contains(&inst.args[0]) || !done && !self.params.contains(&inst.args[0]),
            Op::Store => true,
            Op::Call => !done && inst.calls("truth"),
            op => op.row().effect == OpEffect::Pure && inst.error.is_none(),
        }
    }

    /// Nothing before it may be done again.
    fn is_effect(&self, inst: &Inst) -> bool {
        match inst.op {
            Op::Store => true,
            Op::Inc => !self.given_back.contains(&inst.args[0]),
            _ => false,
        }
    }

    /// Some way from the block ends in a return and has only light insts.
    fn leaves(&self, block: usize, insts: &mut usize, depth: usize, mut done: bool) -> bool {
        let block = &self.f.blocks[block];
        *insts += block.insts.len();
        let Some((last, rest)) = block.insts.split_last() else {
            return false;
        };
        if *insts > INSTS || depth >= BLOCKS || block.cold {
            return false;
        }
        for inst in rest {
            if !self.is_light(inst, done) {
                return false;
            }
            done |= self.is_effect(inst);
        }
        let goes_on = |edge: &Edge| self.leaves(edge.block.index(), &mut insts.clone(), depth + 1, done);
        match last.op {
            Op::Ret | Op::RetRaw => true,
            Op::Jump => last.targets.iter().any(goes_on),
            Op::Br | Op::BrLikely | Op::BrNull | Op::Switch if !done => last.targets.iter().any(goes_on),
            _ => false,
        }
    }
}

/// What the body of a generator does when it is entered.
fn is_entry(inst: &Inst) -> bool {
    inst.calls("generator_enter_plain") || inst.calls("generator_enter")
}

/// And when it is left.
fn is_exit(inst: &Inst) -> bool {
    inst.calls("generator_leave_plain") || inst.calls("generator_leave")
}

struct Copy<'f> {
    ways: &'f Ways<'f>,
    front: &'f mut Function,
    rest: BlockId,
    map: HashMap<ValueId, ValueId>,
}

impl Copy<'_> {
    fn to_rest(&self) -> Edge {
        Edge {
            block: self.rest,
            args: vec![],
        }
    }

    fn known(&self, value: ValueId) -> ValueId {
        self.map.get(&value).copied().unwrap_or(value)
    }

    fn test(&mut self, to: BlockId, flag: ValueId) {
        let rest = self.to_rest();
        let mut b = Builder::new(self.front, to);
        b.push(Op::Guard, vec![], vec![flag], 0, Ty::Any, Some(rest));
    }

    /// Copies a block that leaves to the end of `to`; `done`: behind an effect.
    fn block(&mut self, from: BlockId, to: BlockId, depth: usize, mut done: bool) {
        let ways = self.ways;
        for inst in &ways.f.block(from).insts {
            if !done && matches!(inst.op, Op::Dec | Op::XDec) {
                let value = self.known(inst.args[0]);
                self.immediate(to, value);
                continue;
            }
            if matches!(inst.op, Op::Enter | Op::Leave | Op::Dec | Op::Poll | Op::FrameAddr) || is_exit(inst) {
                continue;
            }
            if is_entry(inst) {
                let generator = self.known(inst.args[0]);
                let state = Builder::new(self.front, to).load(Ty::I32, generator, STATE);
                self.map.insert(inst.results[0], state);
                continue;
            }
            if inst.op == Op::BoxInt {
                let value = self.known(inst.args[0]);
                self.fits(to, value);
            }
            let given_back = |v: &ValueId| ways.given_back.contains(v);
            if inst.op == Op::Inc && given_back(&inst.args[0]) {
                let value = self.known(inst.args[0]);
                self.immediate(to, value);
                continue;
            }
            if inst.op == Op::Call {
                self.truth(inst, to);
                continue;
            }
            if ways.is_effect(inst) && !done {
                done = true;
                self.depth(to);
            }
            let mut new = inst.clone();
            new.map_uses(|v| self.map.get(&v).copied().unwrap_or(v));
            new.error = inst.error.as_ref().map(|_| self.to_rest());
            if new.op == Op::Take {
                new.op = Op::Load;
            }
            for result in &mut new.results {
                let fresh = self.front.new_value(ways.f.ty(*result));
                self.map.insert(*result, fresh);
                *result = fresh;
            }
            match inst.op {
                Op::Ret | Op::RetRaw => {
                    if !done {
                        self.depth(to);
                    }
                    self.front.block_mut(to).insts.push(new);
                    return;
                }
                Op::Jump if done => {
                    let edge = &inst.targets[0];
                    self.name_params(edge);
                    return self.block(edge.block, to, depth + 1, done);
                }
                Op::Br | Op::BrLikely | Op::BrNull | Op::Jump | Op::Switch => {
                    for edge in &mut new.targets {
                        *edge = self.edge(edge, depth);
                    }
                    self.front.block_mut(to).insts.push(new);
                    return;
                }
                _ => self.front.block_mut(to).insts.push(new),
            }
            if inst.op == Op::Take && inst.results.iter().any(given_back) {
                let value = self.known(inst.results[0]);
                self.immediate(to, value);
            }
        }
    }

    /// Goes on only with a number that is an immediate.
    fn fits(&mut self, to: BlockId, value: ValueId) {
        let mut b = Builder::new(self.front, to);
        let two = b.i64(2);
        let shifted = b.one(Op::IShl, vec![], vec![value, two]);
        let back = b.one(Op::IShr, vec![], vec![shifted, two]);
        let same = b.one(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![back, value]);
        self.test(to, same);
    }

    /// Goes on only with a generator of which nobody has a frame object.
    fn unwatched(&mut self) {
        let to = BlockId(0);
        let generator = self.front.blocks[0].params[0].value;
        let mut b = Builder::new(self.front, to);
        let marks = b.load(Ty::I32, generator, offset_of!(GeneratorObject, marks));
        let watched = b.i32(i64::from(GENERATOR_WATCHED));
        let watched = b.one(Op::IAnd, vec![], vec![marks, watched]);
        let zero = b.i32(0);
        let free = b.one(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![watched, zero]);
        self.test(to, free);
    }

    /// Goes on only with what has no count.
    fn immediate(&mut self, to: BlockId, value: ValueId) {
        let mut b = Builder::new(self.front, to);
        let heap = b.one(Op::IsHeap, vec![], vec![value]);
        let other = b.one(Op::Not, vec![], vec![heap]);
        self.test(to, other);
    }

    /// The truth of True and False.
    fn truth(&mut self, inst: &Inst, to: BlockId) {
        let value = self.known(inst.args[0]);
        let mut b = Builder::new(self.front, to);
        let word = b.one(Op::Bits, vec![], vec![value]);
        let mut is = |n: u64| {
            let constant = b.one(Op::I64, vec![Imm::Int(n as i64)], vec![]);
            b.one(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![word, constant])
        };
        let (yes, no) = (is(Value::TRUE.0), is(Value::FALSE.0));
        let either = b.one(Op::Select, vec![], vec![yes, no, yes]);
        self.test(to, either);
        let mut b = Builder::new(self.front, to);
        let (one, zero) = (
            b.one(Op::I32, vec![Imm::Int(1)], vec![]),
            b.one(Op::I32, vec![Imm::Int(0)], vec![]),
        );
        let answer = b.one(Op::Select, vec![], vec![one, zero, yes]);
        self.map.insert(inst.results[0], answer);
    }

    /// The recursion limit and requests: tested before the first effect.
    fn depth(&mut self, to: BlockId) {
        let mut b = Builder::new(self.front, to);
        let free = b.one(Op::DepthFree, vec![Imm::Int(1)], vec![]);
        self.test(to, free);
    }

    fn name_params(&mut self, edge: &Edge) {
        let args: Vec<ValueId> = edge.args.iter().map(|a| self.known(*a)).collect();
        for (param, arg) in self.ways.f.block(edge.block).params.iter().zip(args) {
            self.map.insert(param.value, arg);
        }
    }

    /// `edge` has the arguments of the copy.
    fn edge(&mut self, edge: &Edge, depth: usize) -> Edge {
        if !self.ways.leaves(edge.block.index(), &mut 0, depth + 1, false) {
            return self.to_rest();
        }
        let block = self.front.new_block();
        // A way that goes round a loop gives the same values other names, which are not those of the other ways.
        let outer = self.map.clone();
        for (param, arg) in self.ways.f.block(edge.block).params.iter().zip(&edge.args) {
            self.map.insert(param.value, *arg);
        }
        self.block(edge.block, block, depth + 1, false);
        self.map = outer;
        Edge { block, args: vec![] }
    }
}
