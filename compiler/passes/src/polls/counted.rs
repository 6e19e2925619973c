//! Loops that count. In: a function at Checked, a block. Out: the loop for which that block tests whether there is another round, if the
//! number of rounds is known when the loop is entered and nothing in it calls. (The length of a sequence is known where the loop only reads.)
//!
//! A round goes from the block behind the test back to the test. Blocks are closed, so a value is followed through the parameters of the
//! blocks. Who reaches the test through cold blocks, or through blocks that something else reaches too, enters the loop anew; so
//! does who reaches the first block of a round without the test (code that knew less of the types when it tested).
use crate::borrow::breaks;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Cond, Function, Imm, Inst, Op, Ownership, Shape, ValueId};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem::offset_of;

const LENGTH: i64 = offset_of!(pyaot_abi::ListObject, len) as i64;

/// Larger loops do not feel a poll.
const MOST_BLOCKS: usize = 100;
/// Blocks behind a poll.
const MOST_JUMPS: usize = 4;
/// Steps up to this: a chunk's length fits a word.
pub const WIDEST: i64 = 1 << 40;

pub struct Counted {
    /// The block that tests whether there is another round.
    pub test: usize,
    /// Which of its targets stays in the loop: the first block of a round.
    pub stays: usize,
    /// Blocks of a round, without the test.
    pub body: BTreeSet<usize>,
    pub ways: Vec<Way>,
    /// Place of the number that counts among the test's parameters.
    pub number: usize,
    /// Its bound, a value of the test.
    pub bound: ValueId,
    /// The bound ends the loop only when it is passed.
    pub inclusive: bool,
    pub step: Step,
    /// Upwards.
    pub up: bool,
    /// The bound is a length, and numbers are below it without their sign.
    pub unsigned: bool,
    /// Where a round can start without the test.
    pub entry: Option<Entry>,
}

/// The same for a start of a round that does not come from the test, by the parameters of the round's first block.
#[derive(Clone, Copy)]
pub struct Entry {
    pub number: usize,
    pub bound: Bound,
    pub step: Step,
}

#[derive(Clone, Copy)]
pub enum Bound {
    Const(i64),
    Param(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    Const(i64),
    /// This parameter, which the loop passes on unchanged.
    Param(usize),
}

/// A way back to the test: a block that polls, and blocks behind it that only jump on.
#[derive(Clone)]
pub struct Way {
    pub chain: Vec<usize>,
    /// Index of the poll in the first one.
    pub poll: usize,
}

/// What a value is, by a block's parameters in the same round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Origin {
    Param(usize),
    Const(i64),
    /// A parameter and a constant.
    Plus(usize, i64),
    /// Two parameters.
    Sum(usize, usize),
    /// The length of a parameter.
    Length(usize),
    Unknown,
}

/// The blocks before each one, by any edge.
pub fn blocks_before(f: &Function) -> Vec<Vec<usize>> {
    let mut before = vec![Vec::new(); f.blocks.len()];
    for (b, block) in f.blocks.iter().enumerate() {
        for next in block.successors() {
            let list: &mut Vec<usize> = &mut before[next.index()];
            if list.last() != Some(&b) {
                list.push(b);
            }
        }
    }
    before
}

pub fn is_poll(inst: &Inst) -> bool {
    matches!(inst.op, Op::Poll | Op::GuardPoll)
}

/// It may be copied, or stand on the other side of a poll.
fn is_plain(inst: &Inst) -> bool {
    inst.effect() == OpEffect::Pure && inst.error.is_none() && inst.op.row().shape == Shape::Plain
}

/// The loop whose rounds are counted by the test at the end of the block.
pub fn find(f: &Function, before: &[Vec<usize>], ownership: &[Ownership], test: usize) -> Option<Counted> {
    let (branch, rest) = f.blocks[test].insts.split_last()?;
    let makes_objects = |i: &Inst| i.results.iter().any(|r| ownership[r.index()] == Ownership::Own);
    let is_read = |i: &Inst| i.op == Op::Load || is_plain(i);
    let fits = branch.op == Op::Br && !f.blocks[test].cold && rest.iter().all(|i| is_read(i) && !makes_objects(i));
    let compare = rest
        .iter()
        .find(|i| i.op == Op::ICmp && i.results == branch.args)
        .filter(|_| fits)?;
    let (stays, body, last) = (0..2).find_map(|stays| {
        let first = branch.targets[stays].block.index();
        let (body, last) = body_of(f, before, test, first)?;
        (!body.contains(&branch.targets[1 - stays].block.index())).then_some((stays, body, last))
    })?;
    let first = branch.targets[stays].block.index();
    let computes = |b: &usize| f.blocks[*b].insts.iter().all(|i| is_poll(i) || !breaks(i));
    if !body.iter().all(computes) || has_cycle(f, &body, first) {
        return None;
    }
    let mut ways = Vec::new();
    for b in &last {
        ways_through(f, before, ownership, *b, test, Vec::new(), &mut ways)?;
    }
    let values = Values {
        f,
        before,
        root: test,
        test,
        first,
        last: &last,
    };
    let [Imm::Cond(cond)] = compare.imms[..] else {
        return None;
    };
    let cond = if stays == 0 { cond } else { opposite(cond)? };
    let (a, b) = (compare.args[0], compare.args[1]);
    let counts = |cond, number, bound| Some((values.count(cond, number, bound)?, bound));
    let ((number, step, up), bound) = counts(cond, a, b).or_else(|| counts(mirrored(cond)?, b, a))?;
    let unsigned = cond == Cond::Ult;
    if unsigned && !keeps_lengths(f, &body, &ways) {
        return None;
    }
    let outside = before[first].iter().any(|from| *from != test);
    let entry = match outside {
        true => Some(values.entry(number, bound, step)?),
        false => None,
    };
    Some(Counted {
        test,
        stays,
        body,
        ways,
        number,
        bound,
        inclusive: matches!(cond, Cond::Le | Cond::Ge),
        step,
        up,
        unsigned,
        entry,
    })
}

/// Nothing in the loop writes to an object, or runs other code.
fn keeps_lengths(f: &Function, body: &BTreeSet<usize>, ways: &[Way]) -> bool {
    let reads = |inst: &Inst| match inst.op {
        Op::Load | Op::Retain | Op::Keep | Op::CheckBound | Op::IDiv | Op::IRem => true,
        Op::Jump | Op::Br | Op::BrNull => true,
        op => op.is_test() || inst.effect() == OpEffect::Pure,
    };
    let at_end = |b: usize, i: usize| ways.iter().any(|w| w.chain[0] == b && w.poll == i);
    body.iter().all(|b| {
        let mut insts = f.blocks[*b].insts.iter().enumerate();
        insts.all(|(i, inst)| reads(inst) || at_end(*b, i))
    })
}

/// The blocks of a round, and those of them that go to the test.
fn body_of(f: &Function, before: &[Vec<usize>], test: usize, first: usize) -> Option<(BTreeSet<usize>, Vec<usize>)> {
    let mut body = BTreeSet::new();
    let mut last = Vec::new();
    for from in &before[test] {
        if let Some(blocks) = closure(f, before, [test, first], *from).filter(|_| jumps_to(f, *from, test)) {
            body.extend(blocks);
            last.push(*from);
        }
    }
    body.contains(&first).then_some((body, last))
}

/// The only way from one block to the other is the jump at its end.
fn jumps_to(f: &Function, from: usize, to: usize) -> bool {
    let jump = f.blocks[from].insts.last().filter(|i| i.op == Op::Jump);
    let ways = f.blocks[from].successors().filter(|s| s.index() == to).count();
    ways == 1 && jump.is_some_and(|j| j.targets[0].block.index() == to)
}

/// Blocks that lead to `from`, back to the first one of a round, if nothing else leads to them.
fn closure(f: &Function, before: &[Vec<usize>], [test, first]: [usize; 2], from: usize) -> Option<HashSet<usize>> {
    let mut all = HashSet::new();
    let mut work = vec![from];
    while let Some(b) = work.pop() {
        if b == test || !all.insert(b) {
            continue;
        }
        if b == 0 || f.blocks[b].cold || all.len() > MOST_BLOCKS {
            return None;
        }
        if b != first {
            work.extend(&before[b]);
        }
    }
    Some(all)
}

/// A loop in the loop.
fn has_cycle(f: &Function, body: &BTreeSet<usize>, first: usize) -> bool {
    // Blocks all of whose ways in have been taken go away; those of a cycle stay.
    let mut ways_in: HashMap<usize, usize> = HashMap::new();
    let inner = |b: usize| f.blocks[b].successors().map(|s| s.index()).filter(|s| body.contains(s));
    for next in body.iter().flat_map(|b| inner(*b)) {
        *ways_in.entry(next).or_default() += 1;
    }
    let mut work: Vec<usize> = Some(first).filter(|b| !ways_in.contains_key(b)).into_iter().collect();
    let mut gone = 0;
    while let Some(b) = work.pop() {
        gone += 1;
        for next in inner(b) {
            let left = ways_in.entry(next).or_default();
            *left -= 1;
            if *left == 0 {
                work.push(next);
            }
        }
    }
    gone < body.len()
}

/// The polls on the ways through a block to the test; none where a way has no poll, or does something behind it.
fn ways_through(
    f: &Function,
    before: &[Vec<usize>],
    ownership: &[Ownership],
    b: usize,
    test: usize,
    behind: Vec<usize>,
    ways: &mut Vec<Way>,
) -> Option<()> {
    let insts = &f.blocks[b].insts;
    let to = behind.first().copied().unwrap_or(test);
    let mut chain = vec![b];
    chain.extend(behind);
    if b == test || !jumps_to(f, b, to) || chain.len() > MOST_JUMPS {
        return None;
    }
    let makes_objects = |i: &Inst| i.results.iter().any(|r| ownership[r.index()] == Ownership::Own);
    let poll = insts.iter().rposition(is_poll);
    let behind_poll = &insts[poll.map_or(0, |p| p + 1)..insts.len() - 1];
    if !behind_poll.iter().all(|i| is_plain(i) && !makes_objects(i)) {
        return None;
    }
    let Some(poll) = poll else {
        for from in &before[b] {
            ways_through(f, before, ownership, *from, test, chain.clone(), ways)?;
        }
        return Some(());
    };
    // What the poll's way out is given stands in another block: a value borrowed from memory may not.
    let params: Vec<ValueId> = f.blocks[b].params.iter().map(|p| p.value).collect();
    let mut given = insts[poll].edges().flat_map(|e| &e.args);
    let moves = given.all(|v| ownership[v.index()] != Ownership::Borrow || params.contains(v));
    moves.then(|| ways.push(Way { chain, poll }))
}

fn opposite(cond: Cond) -> Option<Cond> {
    match cond {
        Cond::Lt => Some(Cond::Ge),
        Cond::Le => Some(Cond::Gt),
        Cond::Gt => Some(Cond::Le),
        Cond::Ge => Some(Cond::Lt),
        Cond::Eq | Cond::Ne | Cond::Ult => None,
    }
}

/// The same test of the operands in the other order.
fn mirrored(cond: Cond) -> Option<Cond> {
    match cond {
        Cond::Lt => Some(Cond::Gt),
        Cond::Le => Some(Cond::Ge),
        Cond::Gt => Some(Cond::Lt),
        Cond::Ge => Some(Cond::Le),
        Cond::Eq | Cond::Ne | Cond::Ult => None,
    }
}

struct Values<'a> {
    f: &'a Function,
    before: &'a [Vec<usize>],
    /// The block whose parameters values are told by: the test, or the first block of a round.
    root: usize,
    test: usize,
    first: usize,
    /// Blocks that go back to the test.
    last: &'a [usize],
}

impl Values<'_> {
    /// The loop goes on while `cond` holds between a number and a bound: the number's place, its step, and whether it goes up.
    fn count(&self, cond: Cond, number: ValueId, bound: ValueId) -> Option<(usize, Step, bool)> {
        let up = match cond {
            Cond::Lt | Cond::Le | Cond::Ult => true,
            Cond::Gt | Cond::Ge => false,
            Cond::Eq | Cond::Ne => return None,
        };
        let Origin::Param(number) = self.origin(self.test, number) else {
            return None;
        };
        match self.origin(self.test, bound) {
            Origin::Length(k) if self.keeps(k) && cond == Cond::Ult => {}
            _ if cond == Cond::Ult => return None,
            Origin::Const(_) => {}
            Origin::Param(k) if k != number && self.keeps(k) => {}
            _ => return None,
        }
        let step = match self.given_back(number) {
            Origin::Plus(k, by) if k == number && by != 0 && by.abs() <= WIDEST && (by > 0) == up => Step::Const(by),
            Origin::Sum(a, b) if a == number && b != number && self.keeps(b) => Step::Param(b),
            Origin::Sum(a, b) if b == number && a != number && self.keeps(a) => Step::Param(a),
            _ => return None,
        };
        Some((number, step, up))
    }

    /// What a round says of these places of the test, by the parameters of its first block.
    fn entry(&self, number: usize, bound: ValueId, step: Step) -> Option<Entry> {
        let round = Values {
            root: self.first,
            ..*self
        };
        let place = |k: usize| match round.given_back(k) {
            Origin::Param(place) => Some(place),
            _ => None,
        };
        let step = match step {
            Step::Const(by) => Step::Const(by),
            Step::Param(k) => Step::Param(place(k)?),
        };
        Some(Entry {
            number: match (round.given_back(number), step) {
                (Origin::Param(k) | Origin::Plus(k, _), Step::Const(_)) => k,
                (Origin::Sum(a, b), Step::Param(by)) if a == by => b,
                (Origin::Sum(a, b), Step::Param(by)) if b == by => a,
                _ => return None,
            },
            bound: match self.origin(self.test, bound) {
                Origin::Const(n) => Bound::Const(n),
                Origin::Param(k) => Bound::Param(place(k)?),
                _ => return None,
            },
            step,
        })
    }

    /// What the test's parameter is given by the ways back.
    fn given_back(&self, k: usize) -> Origin {
        let given = self.last.iter().map(|b| {
            let jump = self.f.blocks[*b].insts.last();
            let arg = jump.and_then(|j| j.targets.first()?.args.get(k));
            arg.map_or(Origin::Unknown, |v| self.origin(*b, *v))
        });
        one_of(given)
    }

    fn keeps(&self, k: usize) -> bool {
        self.given_back(k) == Origin::Param(k)
    }

    fn origin(&self, b: usize, value: ValueId) -> Origin {
        self.origin_from(b, value, &mut HashMap::new())
    }

    fn origin_from(&self, b: usize, value: ValueId, known: &mut HashMap<ValueId, Origin>) -> Origin {
        if let Some(origin) = known.get(&value) {
            return *origin;
        }
        let block = &self.f.blocks[b];
        let param = block.params.iter().position(|p| p.value == value);
        let origin = match (param, block.insts.iter().find(|i| i.results.first() == Some(&value))) {
            (Some(k), _) if b == self.root => Origin::Param(k),
            (Some(k), _) => {
                let from = self.before[b]
                    .iter()
                    .filter(|from| b != self.first || **from == self.test);
                let edges = from.flat_map(|from| {
                    let edges = self.f.blocks[*from].insts.iter().flat_map(|i| i.edges());
                    edges.filter(|e| e.block.index() == b).map(|e| (*from, e.args.get(k)))
                });
                one_of(edges.map(|(from, arg)| match arg {
                    Some(arg) => self.origin_from(from, *arg, known),
                    None => Origin::Unknown,
                }))
            }
            (None, Some(inst)) => self.computed(b, inst, known),
            (None, None) => Origin::Unknown,
        };
        known.insert(value, origin);
        origin
    }

    fn computed(&self, b: usize, inst: &Inst, known: &mut HashMap<ValueId, Origin>) -> Origin {
        if let (Op::I64, Some(Imm::Int(n))) = (inst.op, inst.imms.first()) {
            return Origin::Const(*n);
        }
        if let (Op::Load, Some(Imm::Int(at)), [object]) = (inst.op, inst.imms.first(), &inst.args[..]) {
            return match self.origin_from(b, *object, known) {
                Origin::Param(k) if *at == LENGTH => Origin::Length(k),
                _ => Origin::Unknown,
            };
        }
        let [x, y] = inst.args[..] else {
            return Origin::Unknown;
        };
        let mut operands = || (self.origin_from(b, x, known), self.origin_from(b, y, known));
        match inst.op {
            Op::IAdd | Op::AddFits => match operands() {
                (Origin::Param(k), Origin::Const(n)) | (Origin::Const(n), Origin::Param(k)) => Origin::Plus(k, n),
                (Origin::Param(a), Origin::Param(b)) => Origin::Sum(a, b),
                _ => Origin::Unknown,
            },
            Op::ISub | Op::SubFits => match operands() {
                (Origin::Param(k), Origin::Const(n)) => n.checked_neg().map_or(Origin::Unknown, |n| Origin::Plus(k, n)),
                _ => Origin::Unknown,
            },
            _ => Origin::Unknown,
        }
    }
}

/// What all of them are.
fn one_of(mut all: impl Iterator<Item = Origin>) -> Origin {
    let first = all.next().unwrap_or(Origin::Unknown);
    if all.all(|o| o == first) {
        first
    } else {
        Origin::Unknown
    }
}
