//! Polls of loops that compute. In and out: Checked (closed blocks).
//!
//! A loop whose number of rounds is known when it is entered runs in chunks of a thousand rounds: one compare a round, against the end of
//! the chunk. Only where a chunk ends and the loop does not, there is a poll. So a request waits for a thousand rounds, and short loops
//! have no poll at all. The block with the loop's test is copied: one copy finds the end of a chunk, one stands behind a chunk, and one,
//! which tests nothing, before each round.
//!
//! ```text
//! test -> start, out        start: the chunk's end -> round        round -> the loop's blocks
//! last block: within the chunk? -> round, ends        ends: test -> poll, out        poll -> test
//! ```
//! That a chunk's end lies within the loop's bound is all that the copies rely on; sums that wrap only make chunks shorter.
//! All chunks start through one block, so that LLVM sees a loop in a loop, and no poll in the inner one.
//!
//! Polls that tests of quiet loops make are dropped where every way back to them meets another poll.
mod counted;

use crate::Context;
use counted::{Bound, Counted, Entry, Step, WIDEST, Way, blocks_before, find, is_poll};
use pyaot_ir::{Block, BlockId, Builder, Cond, Edge, Function, Imm, Inst, Op, Ownership, Param, Ty, ValueId};
use std::collections::{HashMap, HashSet};

/// A chunk has two to the power of this many rounds.
const CHUNK_BITS: i64 = 10;

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    let polls = |b: &Block| !b.cold && b.insts.iter().any(is_poll);
    if f.light || f.cold || !f.blocks.iter().any(polls) {
        return Ok(());
    }
    // Ways back that end with their chunk.
    let mut bounded: HashSet<(usize, usize)> = HashSet::new();
    let (mut before, mut ownership) = (blocks_before(f), f.ownership());
    for test in 0..f.blocks.len() {
        let counts = |i: &Inst| i.op == Op::ICmp && f.ty(i.args[0]) == Ty::I64;
        let block = &f.blocks[test];
        if block.cold || block.insts.last().is_none_or(|i| i.op != Op::Br) || !block.insts.iter().any(counts) {
            continue;
        }
        if let Some(found) = find(f, &before, &ownership, test) {
            Chunks {
                f,
                found,
                ownership: &ownership,
            }
            .apply(&mut bounded)?;
            (before, ownership) = (blocks_before(f), f.ownership());
        }
    }
    drop_polls(f, &bounded);
    Ok(())
}

/// A cycle needs one poll.
fn drop_polls(f: &mut Function, bounded: &HashSet<(usize, usize)>) {
    for b in 0..f.blocks.len() {
        let is_test = |i: &Inst| i.op == Op::GuardPoll;
        if f.blocks[b].cold || !f.blocks[b].insts.iter().any(is_test) || comes_back(f, b, bounded) {
            continue;
        }
        f.blocks[b].insts.retain(|i| !is_test(i));
    }
}

/// Whether the block is reached from itself without another poll.
fn comes_back(f: &Function, start: usize, bounded: &HashSet<(usize, usize)>) -> bool {
    let mut seen = HashSet::new();
    let mut work = vec![start];
    while let Some(b) = work.pop() {
        for next in f.blocks[b].successors().map(|s| s.index()) {
            if next == start && !bounded.contains(&(b, next)) {
                return true;
            }
            let polls = f.blocks[next].insts.iter().any(is_poll);
            if !polls && !bounded.contains(&(b, next)) && seen.insert(next) {
                work.push(next);
            }
        }
    }
    false
}

/// The constant that a value is, also where the only way to the block gives it.
fn constant(f: &Function, before: &[Vec<usize>], b: usize, value: ValueId) -> Option<i64> {
    let block = &f.blocks[b];
    if let Some(inst) = block.insts.iter().find(|i| i.results.first() == Some(&value)) {
        return match inst.imms[..] {
            [Imm::Int(n)] if inst.op == Op::I64 => Some(n),
            _ => None,
        };
    }
    let k = block.params.iter().position(|p| p.value == value)?;
    let [from] = before[b][..] else { return None };
    let mut edges = f.blocks[from].insts.iter().flat_map(|i| i.edges());
    let edge = edges.find(|e| e.block.index() == b).filter(|_| from < b)?;
    let only = edges.all(|e| e.block.index() != b);
    constant(f, before, from, *edge.args.get(k).filter(|_| only)?)
}

/// A way to go without its direction.
fn length(b: &mut Builder, way: ValueId, up: bool) -> ValueId {
    if up {
        return way;
    }
    let zero = b.i64(0);
    b.one(Op::ISub, vec![], vec![zero, way])
}

struct Chunks<'a> {
    f: &'a mut Function,
    found: Counted,
    ownership: &'a [Ownership],
}

/// Values of a block by those of the one that it is a copy of.
type Names = HashMap<ValueId, ValueId>;

fn named(names: &Names, values: &[ValueId]) -> Vec<ValueId> {
    values.iter().map(|v| names.get(v).copied().unwrap_or(*v)).collect()
}

impl Chunks<'_> {
    fn apply(mut self, bounded: &mut HashSet<(usize, usize)>) -> Result<(), String> {
        let test = self.found.test;
        let branch = self.f.blocks[test].insts.last().cloned().ok_or("a test is empty")?;
        let first = branch.targets[self.found.stays].clone();
        let outside = self.outside(first.block);
        let limits = self.pass_limit();

        let (round, names) = self.copy_of_test();
        let limit = Builder::new(self.f, round).param(Ty::I64, false, None);
        let mut args = named(&names, &first.args);
        args.push(limit);
        self.jump(
            round,
            Edge {
                block: first.block,
                args,
            },
            branch.site,
        );

        let enter = self.enter(first.block);
        if let Some(entry) = self.found.entry {
            self.enter_at(enter, &outside, entry);
        }
        let (start, names) = self.copy_of_test();
        let params = self.params(start);
        let bound = named(&names, &[self.found.bound])[0];
        let limit = self.limit(start, params[self.found.number], bound, self.found.step, None);
        let mut args = named(&names, &first.args);
        args.push(limit);
        self.jump(start, Edge { block: enter, args }, branch.site);

        let mut to_start = branch.clone();
        to_start.targets[self.found.stays] = Edge {
            block: start,
            args: self.params(BlockId(test as u32)),
        };
        if let Some(last) = self.f.blocks[test].insts.last_mut() {
            *last = to_start;
        }
        self.enter_short(enter, &first);
        for way in self.found.ways.clone() {
            self.way_back(&way, &limits, &branch, round)?;
            bounded.insert((way.chain[0], round.index()));
        }
        Ok(())
    }

    /// Blocks that start a round without the test.
    fn outside(&self, first: BlockId) -> Vec<usize> {
        let is_outside = |b: &usize| *b != self.found.test && !self.found.body.contains(b);
        let goes_there = |b: &usize| self.f.blocks[*b].successors().any(|s| s == first);
        (0..self.f.blocks.len())
            .filter(|b| is_outside(b) && goes_there(b))
            .collect()
    }

    /// A block with the parameters of another.
    fn block_like(&mut self, other: BlockId) -> BlockId {
        let block = self.f.new_block();
        for param in self.f.block(other).params.clone() {
            let value = self.f.new_value(self.f.ty(param.value));
            self.f.block_mut(block).params.push(Param { value, ..param });
        }
        block
    }

    /// Where each chunk starts: what does not change in one is computed here.
    fn enter(&mut self, first: BlockId) -> BlockId {
        let block = self.block_like(first);
        let args = self.params(block);
        self.jump(block, Edge { block: first, args }, None);
        block
    }

    /// Who starts a round without the test comes to a block that finds the end of the chunk. That the number lies before the bound is not
    /// known there.
    fn enter_at(&mut self, enter: BlockId, outside: &[usize], entry: Entry) {
        let block = self.block_like(enter);
        self.f.block_mut(block).params.pop();
        let first = self.f.block(enter).insts[0].targets[0].block;
        for b in outside {
            let edges = self.f.blocks[*b].insts.iter_mut().flat_map(|i| i.edges_mut());
            edges.filter(|e| e.block == first).for_each(|e| e.block = block);
        }
        self.f.block_mut(block).cold = outside.iter().all(|b| self.f.blocks[*b].cold);
        let params = self.params(block);
        let number = params[entry.number];
        let bound = match entry.bound {
            Bound::Const(n) => Builder::new(self.f, block).i64(n),
            Bound::Param(k) => params[k],
        };
        let within = if self.found.up {
            vec![number, bound]
        } else {
            vec![bound, number]
        };
        let mut b = Builder::new(self.f, block);
        let within = b.one(Op::ICmp, vec![Imm::Cond(Cond::Lt)], within);
        let limit = self.limit(block, number, bound, entry.step, Some(within));
        let mut args = params;
        args.push(limit);
        self.jump(block, Edge { block: enter, args }, None);
    }

    /// Who comes to the test with constants that make a few rounds comes to a round, and the chunk ends with the loop.
    fn enter_short(&mut self, enter: BlockId, first: &Edge) {
        let Counted {
            test, number, step, up, ..
        } = self.found;
        let Step::Const(by) = step else { return };
        let bound = self.f.blocks[test]
            .params
            .iter()
            .position(|p| p.value == self.found.bound);
        let before = blocks_before(self.f);
        for b in before[test].iter().copied() {
            let last = self.f.blocks[b].insts.last().filter(|i| i.op == Op::Jump);
            let jumps = last.filter(|i| i.targets[0].block.index() == test);
            let Some(jump) = jumps.filter(|_| !self.found.body.contains(&b)) else {
                continue;
            };
            let given = |k: usize| constant(self.f, &before, b, jump.targets[0].args[k]);
            let bound = match bound {
                Some(k) => given(k),
                None => constant(self.f, &before, test, self.found.bound),
            };
            let (Some(number), Some(bound)) = (given(number), bound) else {
                continue;
            };
            let bound = i128::from(bound) + i128::from(self.found.inclusive) * i128::from(by.signum());
            let way = if up {
                bound - i128::from(number)
            } else {
                i128::from(number) - bound
            };
            let Ok(end) = i64::try_from(bound) else { continue };
            if !(1..=i128::from(by.abs()) << CHUNK_BITS).contains(&way) {
                continue;
            }
            let Some(mut jump) = self.f.blocks[b].insts.pop() else {
                continue;
            };
            let (copy, names) = self.copy_of_test();
            let limit = Builder::new(self.f, copy).i64(end);
            let mut args = named(&names, &first.args);
            args.push(limit);
            self.jump(copy, Edge { block: enter, args }, jump.site);
            jump.targets[0].block = copy;
            self.f.blocks[b].insts.push(jump);
        }
    }

    fn params(&self, block: BlockId) -> Vec<ValueId> {
        self.f.block(block).params.iter().map(|p| p.value).collect()
    }

    fn jump(&mut self, block: BlockId, edge: Edge, site: Option<u32>) {
        let mut jump = Inst::new(Op::Jump, vec![], vec![]);
        jump.site = site;
        jump.targets.push(edge);
        self.f.block_mut(block).insts.push(jump);
    }

    /// A block with the test's parameters and insts, without its end.
    fn copy_of_test(&mut self) -> (BlockId, Names) {
        let Block { params, insts, .. } = self.f.blocks[self.found.test].clone();
        let copy = self.block_like(BlockId(self.found.test as u32));
        let given = params.iter().map(|p| p.value).zip(self.params(copy));
        let mut names: Names = given.collect();
        self.copy_insts(copy, &insts[..insts.len() - 1], &mut names);
        (copy, names)
    }

    fn copy_insts(&mut self, to: BlockId, insts: &[Inst], names: &mut Names) {
        for inst in insts {
            let mut inst = inst.clone();
            inst.map_uses(|v| names.get(&v).copied().unwrap_or(v));
            for result in &mut inst.results {
                let value = self.f.new_value(self.f.ty(*result));
                names.insert(*result, value);
                *result = value;
            }
            self.f.block_mut(to).insts.push(inst);
        }
    }

    /// Each block of a round is given the chunk's end, as its last parameter.
    fn pass_limit(&mut self) -> HashMap<usize, ValueId> {
        let blocks: Vec<usize> = self.found.body.iter().copied().collect();
        let mut limits = HashMap::new();
        for b in &blocks {
            limits.insert(*b, Builder::new(self.f, BlockId(*b as u32)).param(Ty::I64, false, None));
        }
        for b in &blocks {
            for edge in self.f.blocks[*b].insts.iter_mut().flat_map(|i| i.edges_mut()) {
                if limits.contains_key(&edge.block.index()) {
                    edge.args.push(limits[b]);
                }
            }
        }
        limits
    }

    /// The number at which the chunk ends that starts here: the bound, or the number so many steps from here. Unless the number lies
    /// `within` the bound, the bound; where a step does not go that way, what the number is after one step.
    fn limit(
        &mut self,
        block: BlockId,
        number: ValueId,
        mut bound: ValueId,
        step: Step,
        within: Option<ValueId>,
    ) -> ValueId {
        let params = self.params(block);
        let up = self.found.up;
        let mut b = Builder::new(self.f, block);
        if self.found.inclusive {
            let one = b.i64(if up { 1 } else { -1 });
            bound = b.one(Op::IAdd, vec![], vec![bound, one]);
        }
        let left = b.one(
            Op::ISub,
            vec![],
            if up { vec![bound, number] } else { vec![number, bound] },
        );
        let by = match step {
            Step::Const(by) => b.i64(by),
            Step::Param(k) => params[k],
        };
        let bits = b.i64(CHUNK_BITS);
        let chunk = b.one(Op::IShl, vec![], vec![by, bits]);
        let end = b.one(Op::IAdd, vec![], vec![number, chunk]);
        let chunk = length(&mut b, chunk, up);
        let is_far = b.one(Op::ICmp, vec![Imm::Cond(Cond::Ult)], vec![chunk, left]);
        let mut limit = b.one(Op::Select, vec![], vec![end, bound, is_far]);
        if let Some(within) = within {
            limit = b.one(Op::Select, vec![], vec![limit, bound, within]);
        }
        if let Step::Param(_) = step {
            let by_length = length(&mut b, by, up);
            let one = b.i64(1);
            let less = b.one(Op::ISub, vec![], vec![by_length, one]);
            let widest = b.i64(WIDEST);
            let is_step = b.one(Op::ICmp, vec![Imm::Cond(Cond::Ult)], vec![less, widest]);
            let next = b.one(Op::IAdd, vec![], vec![number, by]);
            limit = b.one(Op::Select, vec![], vec![limit, next, is_step]);
        }
        limit
    }

    /// The block that polls goes to the next round, or to where the chunk ends; there is the poll now.
    fn way_back(
        &mut self,
        way: &Way,
        limits: &HashMap<usize, ValueId>,
        branch: &Inst,
        round: BlockId,
    ) -> Result<(), String> {
        let last = BlockId(way.chain[0] as u32);
        let mut insts = std::mem::take(&mut self.f.block_mut(last).insts);
        let mut jump = insts.pop().ok_or("a block is empty")?;
        let poll = insts.remove(way.poll);
        self.f.block_mut(last).insts = insts;
        for b in &way.chain[1..] {
            let Block { params, mut insts, .. } = self.f.blocks[*b].clone();
            let end = insts.pop().ok_or("a block is empty")?;
            let given = params.iter().map(|p| p.value).zip(jump.targets[0].args.iter().copied());
            let mut names: Names = given.collect();
            self.copy_insts(last, &insts, &mut names);
            jump.targets[0].block = end.targets[0].block;
            jump.targets[0].args = named(&names, &end.targets[0].args);
        }
        let again = jump.targets.swap_remove(0).args;

        // Where the chunk ends.
        let (ends, mut names) = self.copy_of_test();
        let mut seen: Names = again.iter().copied().zip(self.params(ends)).collect();
        let mut to_ends = again.clone();
        for value in poll.edges().flat_map(|e| &e.args) {
            if !seen.contains_key(value) {
                let own = self.ownership.get(value.index()) == Some(&Ownership::Own);
                let param = self.f.new_value(self.f.ty(*value));
                self.f.block_mut(ends).params.push(Param {
                    value: param,
                    own,
                    local: None,
                });
                seen.insert(*value, param);
                to_ends.push(*value);
            }
        }
        names.extend(seen.iter());
        let polls = self.polls(poll, ends, &names, again.len(), branch.site);
        let mut end = branch.clone();
        end.map_uses(|v| names.get(&v).copied().unwrap_or(v));
        end.targets[self.found.stays] = Edge {
            block: polls,
            args: self.params(ends),
        };
        self.f.block_mut(ends).insts.push(end);

        let number = again[self.found.number];
        let cond = match (self.found.unsigned, self.found.up) {
            (true, _) => Cond::Ult,
            (false, true) => Cond::Lt,
            (false, false) => Cond::Gt,
        };
        let limit = limits[&way.chain[0]];
        let mut b = Builder::new(self.f, last);
        b.site = jump.site;
        let within = b.one(Op::ICmp, vec![Imm::Cond(cond)], vec![number, limit]);
        let mut to_round = again;
        to_round.push(limit);
        let targets = vec![
            Edge {
                block: round,
                args: to_round,
            },
            Edge {
                block: ends,
                args: to_ends,
            },
        ];
        b.end(Op::BrLikely, vec![], vec![within], targets);
        Ok(())
    }

    /// The block with the poll, which has the parameters of the one where the chunk ends. The poll may run code that shortens a list, so the
    /// test is made once more.
    fn polls(
        &mut self,
        mut poll: Inst,
        ends: BlockId,
        names: &Names,
        test_params: usize,
        site: Option<u32>,
    ) -> BlockId {
        let block = self.block_like(ends);
        let given = self.params(ends).into_iter().zip(self.params(block));
        let own: Names = given.collect();
        poll.map_uses(|v| names.get(&v).and_then(|v| own.get(v)).copied().unwrap_or(v));
        self.f.block_mut(block).insts.push(poll);
        self.f.block_mut(block).cold = true;
        let mut args = self.params(block);
        args.truncate(test_params);
        let test = BlockId(self.found.test as u32);
        self.jump(block, Edge { block: test, args }, site);
        block
    }
}
