//! One function's versions. In: a Raw function and what is known of its parameters. Out: a Raw function in which every block is a
//! version of a point of the first.
//!
//! The state while a version is made is the abstract value of every value of the original block. What a handler (`arith`, `access`,
//! `calls`) does not know is copied with boxed operands. In generic code nothing is guarded, and it is cut before every op at which
//! guards may leave, so that it exists once.
use super::facts::{ANY, Fact, HELD, NOT_FLOAT, NOT_INT, TypeIs, WordTy};
use super::points::{self, Live, Point};
use super::{Result_, Returns, Shared};
use pyaot_ir::builder::row;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{BlockId, Builder, Const, Edge, Function, Imm, Inst, Op, Ownership, Shape, Ty, ValueId};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Versions of a block's start, before they are joined.
const BLOCK_VERSIONS: usize = 4;
/// Versions of one point inside a block.
const POINT_VERSIONS: usize = 3;
/// Insts that the versions inside one block may have together, were they as long as what is left of it.
const INNER_INSTS: usize = 80;
/// A function that has grown by this factor (and by the insts of a small one) gets no versions that can be avoided.
const GROWTH: usize = 2;
const GROWTH_FREE: usize = 150;

/// What stands for a value of the original function.
#[derive(Clone, Copy, Debug)]
pub struct Abs {
    pub fact: Fact,
    pub parts: [Option<ValueId>; 2],
    /// An object made of a raw value in the current block.
    pub boxed: Option<ValueId>,
}

impl Abs {
    pub fn new(fact: Fact, part: ValueId) -> Abs {
        Abs {
            fact,
            parts: [Some(part), None],
            boxed: None,
        }
    }

    pub fn pair(fact: Fact, a: ValueId, b: ValueId) -> Abs {
        Abs {
            fact,
            parts: [Some(a), Some(b)],
            boxed: None,
        }
    }

    pub fn nothing(fact: Fact) -> Abs {
        Abs {
            fact,
            parts: [None, None],
            boxed: None,
        }
    }
}

pub type Env = HashMap<ValueId, Abs>;

struct Version {
    point: Point,
    facts: Vec<Fact>,
    block: BlockId,
    generic: bool,
}

/// How the walk over a block goes on.
pub enum Next {
    On,
    Ended,
}

pub struct Body<'a, 'm> {
    pub shared: &'a mut Shared<'m>,
    /// The original.
    pub f: &'a Function,
    own: Vec<Ownership>,
    constants: HashMap<ValueId, Inst>,
    pub out: Function,
    versions: Vec<Version>,
    at: HashMap<Point, Vec<usize>>,
    inner: HashMap<usize, usize>,
    live: HashMap<Point, Rc<Live>>,
    ways_in: Vec<u32>,
    /// Blocks in which suspensions go on.
    resumed: HashSet<usize>,
    work: Vec<usize>,
    /// Insts of the original, and of it as often as versions were made.
    size: usize,
    grown: usize,
    /// The result of the version being made; `None` for the direct entry.
    result: Option<Result_>,
    returns: Returns,
    pub is_generator: bool,
    /// Unknown numbers are tested for float first.
    pub floats_first: bool,
    // ---- state of the walk ----
    pub block: BlockId,
    pub env: Env,
    pub slots: Vec<Option<ValueId>>,
    pub generic: bool,
    pub b: usize,
    pub site: Option<u32>,
}

impl<'a, 'm> Body<'a, 'm> {
    /// The function for parameters of these facts.
    pub fn specialise(
        shared: &'a mut Shared<'m>,
        f: &'a Function,
        facts: Vec<Fact>,
        result: Option<Result_>,
    ) -> Result<(Function, Returns), String> {
        let mut ways_in = vec![0; f.blocks.len()];
        let mut constants = HashMap::new();
        let mut is_generator = false;
        let mut resumed = HashSet::new();
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            for edge in inst.edges() {
                ways_in[edge.block.index()] += 1;
            }
            if points::is_constant(inst) {
                constants.insert(inst.results[0], inst.clone());
            }
            is_generator |= inst.op == Op::ReturnGenerator;
            if inst.op.row().shape == Shape::EndsResume {
                resumed.extend(inst.targets.iter().map(|edge| edge.block.index()));
            }
        }
        let out = Function {
            values: Vec::new(),
            blocks: Vec::new(),
            ..f.clone()
        };
        let floats_first = prefers_floats(shared, f);
        let mut body = Body {
            own: f.ownership(),
            shared,
            f,
            constants,
            out,
            versions: Vec::new(),
            at: HashMap::new(),
            inner: HashMap::new(),
            live: HashMap::new(),
            ways_in,
            resumed,
            work: Vec::new(),
            size: f.blocks.iter().map(|b| b.insts.len()).sum(),
            grown: 0,
            result,
            returns: Returns::default(),
            is_generator,
            floats_first,
            block: BlockId(0),
            env: HashMap::new(),
            slots: Vec::new(),
            generic: false,
            b: 0,
            site: None,
        };
        body.version((0, 0), facts, false, false);
        while let Some(v) = body.work.pop() {
            body.make(v)?;
        }
        body.out.renumber();
        Ok((body.out, body.returns))
    }

    // ---- versions ----

    pub fn live(&mut self, point: Point) -> Rc<Live> {
        if let Some(live) = self.live.get(&point) {
            return live.clone();
        }
        let live = Rc::new(points::live(self.f, point, self.resumed.contains(&point.0)));
        self.live.insert(point, live.clone());
        live
    }

    /// The version of a point for these facts, or one that takes them. `inside`: asked for by the same block.
    fn request(&mut self, point: Point, mut facts: Vec<Fact>, generic: bool, inside: bool) -> usize {
        let start = point.1 == 0 && !inside;
        let live = self.live(point);
        for (fact, value) in facts.iter_mut().zip(&live.values) {
            if *fact == Fact::Make {
                *fact = Fact::unknown(self.f.ty(*value));
            }
        }
        if generic {
            for (fact, value) in facts.iter_mut().zip(&live.values) {
                *fact = self.general(*fact, *value);
            }
        } else if start && self.ways_in[point.0] > 1 {
            for (fact, value) in facts.iter_mut().zip(&live.values) {
                *fact = self.widened(*fact, *value);
            }
        }
        let all = self.at.get(&point).cloned().unwrap_or_default();
        let same: Vec<usize> = all
            .into_iter()
            .filter(|v| self.versions[*v].generic == generic)
            .collect();
        if let Some(found) = same.iter().find(|v| self.versions[**v].facts == facts) {
            return *found;
        }
        let inner = *self.inner.get(&point.0).unwrap_or(&0);
        let large = self.grown > GROWTH * self.size + GROWTH_FREE;
        let full = if start {
            same.len() >= BLOCK_VERSIONS || large && !same.is_empty()
        } else {
            same.len() >= POINT_VERSIONS || inner >= INNER_INSTS || large
        };
        if generic || !full {
            return self.version(point, facts, generic, inside);
        }
        // A version that knows less would make the failed test again.
        if !start {
            return self.request(point, facts, true, true);
        }
        let takes = |wanted: &[Fact]| {
            let pairs = facts.iter().zip(wanted).zip(&live.values);
            pairs
                .into_iter()
                .all(|((have, want), v)| have.fits(*want, self.owned(*v)))
        };
        if let Some(found) = same.iter().rev().find(|v| takes(&self.versions[**v].facts)) {
            return *found;
        }
        // What all versions agree on is kept; past that nothing but iterators without objects.
        let agreed: Vec<Fact> = facts
            .iter()
            .enumerate()
            .map(
                |(i, fact)| match same.iter().all(|v| self.versions[*v].facts[i] == *fact) {
                    true => *fact,
                    false => self.general(*fact, live.values[i]),
                },
            )
            .collect();
        let most: Vec<Fact> = facts
            .iter()
            .zip(&live.values)
            .map(|(f, v)| self.general(*f, *v))
            .collect();
        let joined = if same.len() < BLOCK_VERSIONS + 2 { agreed } else { most };
        match same.iter().find(|v| self.versions[**v].facts == joined) {
            Some(found) => *found,
            None => self.version(point, joined, false, false),
        }
    }

    /// Without what the versions of generic code are not told apart by.
    fn general(&self, fact: Fact, value: ValueId) -> Fact {
        match fact {
            Fact::RangeIter(_) | Fact::SeqIter(_) | Fact::Range(_) | Fact::Opt | Fact::Word(_) => fact,
            Fact::Boxed(_, not) if not & HELD == 0 || self.owned(value) => Fact::unknown(self.f.ty(value)),
            _ => match Fact::unknown(self.f.ty(value)) {
                ANY if !self.owned(value) => Fact::Boxed(TypeIs::Any, HELD),
                unknown => unknown,
            },
        }
    }

    /// Where ways meet, constants are their types.
    fn widened(&self, fact: Fact, value: ValueId) -> Fact {
        match fact {
            Fact::Const(id) => match self.shared.module.constant(id) {
                Const::Int(_) => Fact::I64,
                Const::Float(_) => Fact::F64,
                Const::True | Const::False => Fact::Bool,
                Const::None => fact,
                _ => Fact::Boxed(TypeIs::Any, super::facts::NOT_NUMBER),
            },
            Fact::Flag(_) | Fact::Make => Fact::unknown(self.f.ty(value)),
            Fact::Null => Fact::Opt,
            Fact::Function(_) | Fact::Builtin(_) | Fact::Unbound => self.general(fact, value),
            fact if self.f.ty(value) == Ty::Opt && !fact.is_virtual() => Fact::Opt,
            fact => fact.at_merge(),
        }
    }

    fn version(&mut self, point: Point, facts: Vec<Fact>, generic: bool, inside: bool) -> usize {
        let live = self.live(point);
        let block = self.out.new_block();
        self.out.block_mut(block).cold = self.f.blocks[point.0].cold || generic;
        for (value, fact) in live.values.iter().zip(&facts) {
            let own = self.owned(*value);
            for (k, ty) in fact.parts().iter().enumerate() {
                let own = ty.is_object() && (own || fact.is_held() || k == 0 && matches!(fact, Fact::SeqIter(_)));
                Builder::new(&mut self.out, block).param(*ty, own, None);
            }
        }
        let index = self.versions.len();
        let rest = self.f.blocks[point.0].insts.len() - point.1;
        self.grown += rest;
        if inside && !generic {
            *self.inner.entry(point.0).or_default() += rest;
        }
        self.versions.push(Version {
            point,
            facts,
            block,
            generic,
        });
        self.at.entry(point).or_default().push(index);
        self.work.push(index);
        index
    }

    fn owned(&self, value: ValueId) -> bool {
        self.own[value.index()] == Ownership::Own
    }

    /// A block that is given the value as it is holds a reference of it.
    pub fn holds(&self, value: ValueId, fact: Fact) -> bool {
        self.owned(value) || fact.is_held() || matches!(fact, Fact::SeqIter(_))
    }

    /// The state in which the parameters of a block stand for the values of facts.
    pub fn enter(&mut self, block: BlockId, skip: usize, values: &[ValueId], facts: &[Fact]) {
        self.block = block;
        self.env.clear();
        let mut params = self.out.block(block).params[skip..].iter().copied();
        for (value, fact) in values.iter().zip(facts) {
            let mut abs = Abs::nothing(*fact);
            for place in abs.parts.iter_mut().take(fact.parts().len()) {
                *place = params.next().map(|p| p.value);
            }
            self.env.insert(*value, abs);
        }
    }

    fn make(&mut self, index: usize) -> Result<(), String> {
        let Version {
            point,
            facts,
            block,
            generic,
        } = &self.versions[index];
        let (point, facts, block) = (*point, facts.clone(), *block);
        self.generic = *generic;
        self.b = point.0;
        let live = self.live(point);
        self.site = None;
        self.enter(block, 0, &live.values, &facts);
        self.set_slots(&live.slots)?;
        self.walk(point.1)
    }

    /// The slots hold these values.
    pub fn set_slots(&mut self, slots: &[(u32, ValueId)]) -> Result<(), String> {
        self.slots = vec![None; self.f.locals as usize];
        for (slot, value) in slots {
            self.slots[*slot as usize] = Some(*value);
            self.note_slot(*slot, *value)?;
        }
        Ok(())
    }

    fn note_slot(&mut self, slot: u32, value: ValueId) -> Result<(), String> {
        let abs = self.abs(value)?;
        let held = match abs.fact {
            Fact::I64 | Fact::F64 | Fact::Bool => abs.parts[0].ok_or("a part is missing")?,
            _ => self.boxed(value)?,
        };
        self.none(Op::SetLocal, vec![Imm::Int(i64::from(slot))], vec![held]);
        Ok(())
    }

    /// Another value stands for `value` from now on.
    pub fn redefine(&mut self, value: ValueId, abs: Abs) -> Result<(), String> {
        self.env.insert(value, abs);
        for slot in 0..self.slots.len() {
            if self.slots[slot] == Some(value) {
                self.note_slot(slot as u32, value)?;
            }
        }
        Ok(())
    }

    fn walk(&mut self, start: usize) -> Result<(), String> {
        let f = self.f;
        let insts = &f.blocks[self.b].insts;
        for (i, inst) in insts.iter().enumerate().skip(start) {
            if self.generic && i > start && may_leave(inst) {
                let edge = self.edge((self.b, i), None, true)?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
                return Ok(());
            }
            self.site = inst.site;
            // Where a suspension goes on, the parameters have another order than at a place that a failed test goes to.
            let generic = self.generic;
            self.generic |= i == 0 && self.resumed.contains(&self.b);
            let next = self.inst(i, inst)?;
            self.generic = generic;
            if let Next::Ended = next {
                return Ok(());
            }
        }
        Err("a block without an end".into())
    }

    // ---- emitting ----

    pub fn b(&mut self) -> Builder<'_> {
        let mut b = Builder::new(&mut self.out, self.block);
        b.site = self.site;
        b
    }

    pub fn one(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>) -> ValueId {
        self.b().one(op, imms, args)
    }

    pub fn none(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>) {
        self.b().none(op, imms, args);
    }

    pub fn end(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>, targets: Vec<Edge>) {
        self.b().end(op, imms, args, targets);
    }

    /// An op whose test leaves through `exit`.
    pub fn guarded(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>, exit: Edge) -> Option<ValueId> {
        self.b().push(op, imms, args, 1, Ty::Any, Some(exit)).first().copied()
    }

    pub fn i64(&mut self, n: i64) -> ValueId {
        self.one(Op::I64, vec![Imm::Int(n)], vec![])
    }

    // ---- operands ----

    pub fn abs(&self, value: ValueId) -> Result<Abs, String> {
        if let Some(abs) = self.env.get(&value) {
            return Ok(*abs);
        }
        match self.constants.get(&value) {
            Some(inst) => Ok(Abs::nothing(match (inst.op, inst.imms.first()) {
                (Op::Const, Some(Imm::Const(id))) => Fact::Const(*id),
                (Op::Null, _) => Fact::Null,
                (Op::Unbound, _) => Fact::Unbound,
                (Op::I1, Some(Imm::Int(n))) => Fact::Flag(*n != 0),
                _ => Fact::Make,
            })),
            None => Err(format!("%{} is not known here", value.0)),
        }
    }

    pub fn fact(&self, value: ValueId) -> Fact {
        self.abs(value).map_or(ANY, |a| a.fact)
    }

    /// The first immediate of the op that makes a constant.
    pub fn constant_imm(&self, value: ValueId) -> Option<Imm> {
        self.constants.get(&value)?.imms.first().copied()
    }

    /// The int that an op of the original makes.
    pub fn int_of(&self, value: ValueId) -> Option<i64> {
        match self.constants.get(&value).map(|i| (i.op, i.imms.first())) {
            Some((Op::I1 | Op::I32 | Op::I64, Some(Imm::Int(n)))) => Some(*n),
            _ => None,
        }
    }

    /// The value as a word that Python code may see (or null).
    pub fn boxed(&mut self, value: ValueId) -> Result<ValueId, String> {
        let abs = self.abs(value)?;
        if let Some(boxed) = abs.boxed {
            return Ok(boxed);
        }
        let part = |i: usize| abs.parts[i].ok_or_else(|| format!("%{} has no part", value.0));
        let made = match abs.fact {
            Fact::Boxed(..) | Fact::Opt => return part(0),
            Fact::I64 => self.one(Op::BoxInt, vec![], vec![part(0)?]),
            Fact::F64 => self.one(Op::BoxFloat, vec![], vec![part(0)?]),
            Fact::Bool => self.one(Op::BoxBool, vec![], vec![part(0)?]),
            Fact::Const(id) => self.one(Op::Const, vec![Imm::Const(id)], vec![]),
            Fact::Null => self.one(Op::Null, vec![], vec![]),
            Fact::Unbound => self.one(Op::Unbound, vec![], vec![]),
            Fact::Function(global) | Fact::Builtin(global) => {
                let cell = self.one(Op::GlobalAddr, vec![Imm::Global(global)], vec![]);
                let offset = match abs.fact {
                    Fact::Builtin(_) => std::mem::offset_of!(pyaot_abi::GlobalCell, builtin),
                    _ => 0,
                };
                let found = self.b().load(Ty::Any, cell, offset);
                let object = self.one(Op::Retain, vec![], vec![found]);
                self.env.insert(value, Abs::new(ANY, object));
                return Ok(object);
            }
            Fact::RangeIter(step) => {
                let step = self.i64(step);
                let args = vec![part(0)?, part(1)?, step];
                self.one(Op::Call, vec![row("new_range_iterator")], args)
            }
            Fact::SeqIter(_) => {
                let args = vec![part(0)?, part(1)?];
                let object = self.one(Op::Call, vec![row("new_sequence_iterator")], args);
                self.env.insert(value, Abs::new(ANY, object));
                return Ok(object);
            }
            Fact::Word(_) | Fact::Flag(_) | Fact::Make | Fact::Range(_) => {
                return Err(format!("%{} is no Python value", value.0));
            }
        };
        self.env.insert(
            value,
            Abs {
                boxed: Some(made),
                ..abs
            },
        );
        Ok(made)
    }

    /// A machine value.
    pub fn word(&mut self, value: ValueId) -> Result<ValueId, String> {
        let abs = self.abs(value)?;
        if let Some(known) = abs.boxed.or(abs.parts[0]) {
            return Ok(known);
        }
        let made = match (abs.fact, self.constants.get(&value)) {
            (Fact::Flag(yes), _) => self.one(Op::I1, vec![Imm::Int(i64::from(yes))], vec![]),
            (Fact::Make, Some(inst)) => {
                let (op, imms) = (inst.op, inst.imms.clone());
                let block = self.block;
                Builder::new(&mut self.out, block).one(op, imms, vec![])
            }
            _ => return Err(format!("%{} is no machine value", value.0)),
        };
        self.env.insert(
            value,
            Abs {
                boxed: Some(made),
                ..abs
            },
        );
        Ok(made)
    }

    /// The operand of a copied op.
    fn operand(&mut self, value: ValueId) -> Result<ValueId, String> {
        if self.f.ty(value).is_object() {
            self.boxed(value)
        } else {
            self.word(value)
        }
    }

    // ---- edges ----

    /// What stands for `value`, as a version wants it that was made for `want`. Converts in the current block.
    fn convert(&mut self, value: ValueId, want: Fact) -> Result<Vec<ValueId>, String> {
        let abs = self.abs(value)?;
        if abs.fact == want {
            return Ok(abs.parts.iter().flatten().copied().collect());
        }
        Ok(match (want, abs.fact) {
            (Fact::Boxed(..), _) | (Fact::Opt, _) => vec![self.boxed(value)?],
            (Fact::I64, Fact::Const(id)) => {
                let n = self.shared.int_const(id).ok_or("not an int")?;
                vec![self.i64(n)]
            }
            (Fact::F64, Fact::Const(id)) => {
                let bits = self.shared.float_const(id).ok_or("not a float")?;
                vec![self.one(Op::F64, vec![Imm::Float(bits)], vec![])]
            }
            (Fact::Bool, Fact::Const(id)) => {
                let yes = matches!(self.shared.module.constant(id), Const::True);
                vec![self.one(Op::I1, vec![Imm::Int(i64::from(yes))], vec![])]
            }
            (Fact::Word(WordTy::I32), Fact::Word(WordTy::I1) | Fact::Flag(_)) => {
                let flag = self.word(value)?;
                let one = self.one(Op::I32, vec![Imm::Int(1)], vec![]);
                let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
                vec![self.one(Op::Select, vec![], vec![one, zero, flag])]
            }
            (Fact::Word(_), _) => vec![self.word(value)?],
            (want, have) => return Err(format!("{have:?} where {want:?} is wanted")),
        })
    }

    /// Whether an edge can pass the value as it is.
    fn passes(&self, value: ValueId, want: Fact) -> bool {
        let Ok(abs) = self.abs(value) else { return false };
        match (abs.fact, want) {
            (have, want) if have == want => true,
            (Fact::Boxed(..), Fact::Boxed(..) | Fact::Opt) => true,
            (Fact::Word(a), Fact::Word(b)) => a == b,
            _ => false,
        }
    }

    /// An edge to the version of a point for the current state. `values`: what the original edge passes; `None` for a point of the
    /// current block.
    pub fn edge(&mut self, point: Point, values: Option<&[ValueId]>, generic: bool) -> Result<Edge, String> {
        let live = self.live(point);
        let inside = values.is_none();
        let values = values.unwrap_or(&live.values).to_vec();
        let facts: Vec<Fact> = values.iter().map(|v| self.fact(*v)).collect();
        let version = self.request(point, facts, generic, inside);
        self.edge_to(version, &values, 0)
    }

    /// `defined`: leading parameters of the target that the terminator gives.
    fn edge_to(&mut self, version: usize, values: &[ValueId], defined: usize) -> Result<Edge, String> {
        let target = self.versions[version].block;
        let wants = self.versions[version].facts[defined..].to_vec();
        let direct = values.iter().zip(&wants).all(|(v, want)| self.passes(*v, *want));
        if direct {
            let mut args = Vec::new();
            for value in values {
                args.extend(self.abs(*value)?.parts.iter().flatten());
            }
            return Ok(Edge { block: target, args });
        }
        // A block of its own makes the conversions.
        let cold = self.out.block(target).cold;
        let owns: Vec<bool> = self.out.block(target).params[defined..].iter().map(|p| p.own).collect();
        let mut args = Vec::new();
        let bridge = self.out.new_block();
        self.out.block_mut(bridge).cold = cold;
        let mut facts = Vec::new();
        let mut distinct: Vec<ValueId> = Vec::new();
        let mut place = 0;
        for (value, want) in values.iter().zip(&wants) {
            let abs = self.abs(*value)?;
            let own = want.parts().first().is_some_and(|t| t.is_object()) && owns.get(place) == Some(&true);
            place += want.parts().len();
            if distinct.contains(value) && abs.fact.parts().iter().all(|t| !t.is_object()) {
                continue;
            }
            distinct.push(*value);
            facts.push(abs.fact);
            for (k, ty) in abs.fact.parts().iter().enumerate() {
                args.push(abs.parts[k].ok_or("a part is missing")?);
                let own = ty.is_object() && (own || self.holds(*value, abs.fact));
                Builder::new(&mut self.out, bridge).param(*ty, own, None);
            }
        }
        let saved = (self.block, std::mem::take(&mut self.env));
        // The same Python value may be passed twice: each time it is a parameter of its own.
        self.block = bridge;
        let mut params = self.out.block(bridge).params.clone().into_iter();
        let mut entries: Vec<(ValueId, Abs)> = Vec::new();
        for (value, fact) in distinct.iter().zip(&facts) {
            let mut abs = Abs::nothing(*fact);
            for slot in abs.parts.iter_mut().take(fact.parts().len()) {
                *slot = params.next().map(|p| p.value);
            }
            entries.push((*value, abs));
        }
        let mut out = Vec::new();
        let mut used = vec![false; entries.len()];
        for (value, want) in values.iter().zip(&wants) {
            let at = (0..entries.len())
                .find(|i| entries[*i].0 == *value && !used[*i])
                .or_else(|| (0..entries.len()).rfind(|i| entries[*i].0 == *value));
            if let Some(i) = at {
                used[i] = true;
                self.env.insert(*value, entries[i].1);
            }
            let parts = self.convert(*value, *want)?;
            out.extend(parts);
            if let (Some(i), Some(abs)) = (at, self.env.get(value)) {
                entries[i].1 = *abs;
            }
        }
        let site = std::mem::take(&mut self.site);
        self.end(
            Op::Jump,
            vec![],
            vec![],
            vec![Edge {
                block: target,
                args: out,
            }],
        );
        self.site = site;
        (self.block, self.env) = saved;
        Ok(Edge { block: bridge, args })
    }

    /// The way out of a failed test: generic code from inst `i` on.
    pub fn rare(&mut self, i: usize) -> Result<Edge, String> {
        self.edge((self.b, i), None, true)
    }

    /// The way out of a failed type test of `value`: a version that knows of the failure.
    pub fn failed(&mut self, i: usize, value: ValueId, bit: u8) -> Result<Edge, String> {
        let old = self.abs(value)?;
        if let Fact::Boxed(ty, not) = old.fact {
            self.env.insert(
                value,
                Abs {
                    fact: Fact::Boxed(ty, not | bit),
                    ..old
                },
            );
        }
        let edge = self.edge((self.b, i), None, false);
        self.env.insert(value, old);
        edge
    }

    // ---- insts ----

    fn inst(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        if points::is_constant(inst) {
            return Ok(Next::On);
        }
        match inst.op {
            Op::SetLocal => {
                let Some(Imm::Int(slot)) = inst.imms.first().copied() else {
                    return Err("set_local without a slot".into());
                };
                let value = inst.args[0];
                let unbound = self.fact(value) == Fact::Unbound;
                *self.slots.get_mut(slot as usize).ok_or("slot out of range")? = (!unbound).then_some(value);
                self.note_slot(slot as u32, value)?;
                Ok(Next::On)
            }
            Op::Release => {
                let abs = self.abs(inst.args[0])?;
                if matches!(abs.fact, Fact::Boxed(..) | Fact::Opt | Fact::SeqIter(_)) {
                    let part = abs.parts[0].ok_or("a part is missing")?;
                    self.none(Op::Release, vec![], vec![part]);
                }
                Ok(Next::On)
            }
            Op::CheckBound => match self.fact(inst.args[0]) {
                Fact::Boxed(TypeIs::Any, 0) | Fact::Unbound | Fact::Opt => self.copy(inst),
                Fact::Boxed(TypeIs::Any, _) => self.copy(inst),
                _ => Ok(Next::On),
            },
            Op::ICmp => self.identity(inst),
            Op::Not => {
                let abs = self.abs(inst.args[0])?;
                let new = match abs.fact {
                    Fact::Flag(yes) => Abs::nothing(Fact::Flag(!yes)),
                    _ => {
                        let flag = self.word(inst.args[0])?;
                        let not = self.one(Op::Not, vec![], vec![flag]);
                        Abs::new(Fact::Word(WordTy::of(self.out.ty(not))), not)
                    }
                };
                self.env.insert(inst.results[0], new);
                Ok(Next::On)
            }
            Op::BoxBool => {
                let abs = self.abs(inst.args[0])?;
                let new = match abs.fact {
                    Fact::Flag(yes) => {
                        let id = self
                            .shared
                            .module
                            .add_const(if yes { Const::True } else { Const::False });
                        Abs::nothing(Fact::Const(id))
                    }
                    _ => {
                        let word = self.word(inst.args[0])?;
                        let flag = self.as_flag(word);
                        Abs::new(Fact::Bool, flag)
                    }
                };
                self.env.insert(inst.results[0], new);
                Ok(Next::On)
            }
            Op::Jump => {
                let edge = self.target(&inst.targets[0])?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
                Ok(Next::Ended)
            }
            Op::Br => {
                if let Fact::Flag(yes) = self.fact(inst.args[0]) {
                    let edge = self.target(&inst.targets[usize::from(!yes)])?;
                    self.end(Op::Jump, vec![], vec![], vec![edge]);
                    return Ok(Next::Ended);
                }
                let flag = self.word(inst.args[0])?;
                let targets = vec![self.target(&inst.targets[0])?, self.target(&inst.targets[1])?];
                self.end(Op::Br, vec![], vec![flag], targets);
                Ok(Next::Ended)
            }
            Op::BrNull => self.br_null(inst),
            Op::Ret => {
                self.ret(inst.args[0])?;
                Ok(Next::Ended)
            }
            Op::Yield | Op::ReturnGenerator => self.suspend(inst),
            Op::Call => self.call(i, inst),
            Op::TakeAdd => {
                if !self.generic && self.binary(i, "add", inst.args[0], inst.args[1], inst.results[0])? {
                    let mut unbound = HashSet::new();
                    points::step(inst, &mut self.slots, &mut unbound);
                    return Ok(Next::On);
                }
                let next = self.copy(inst)?;
                points::step(inst, &mut self.slots, &mut HashSet::new());
                Ok(next)
            }
            Op::LoadGlobal if !self.generic => self.load_global(i, inst),
            Op::CallPython if !self.generic => self.call_python(i, inst),
            _ => self.copy(inst),
        }
    }

    fn call(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let Some(row) = inst.intrinsic() else {
            return Err("a call of no intrinsic".into());
        };
        if row.name == "iter_next" && self.fact(inst.args[0]).is_virtual() {
            return self.virtual_next(i, inst);
        }
        if self.generic {
            return self.copy(inst);
        }
        let done = match row.name {
            "add" | "sub" | "mul" | "truediv" | "floordiv" | "mod" | "and" | "or" | "xor" | "lshift" | "rshift"
            | "pow" => self.binary(i, row.name, inst.args[0], inst.args[1], inst.results[0])?,
            "inplace_op" => match self.int_of(inst.args[2]).and_then(inplace_name) {
                Some(name) => self.binary(i, name, inst.args[0], inst.args[1], inst.results[0])?,
                None => false,
            },
            "neg" | "pos" | "invert" => self.unary(i, row.name, inst)?,
            "truth" => self.truth(inst)?,
            "compare" | "compare_bool" => self.compare(i, inst)?,
            "load_attr" => self.load_attr(i, inst)?,
            "getitem" => self.getitem(i, inst)?,
            "setitem" => self.setitem(i, inst)?,
            "get_iter" => self.get_iter(i, inst)?,
            "list_append" => self.list_append(i, inst)?,
            _ => false,
        };
        if done { Ok(Next::On) } else { self.copy(inst) }
    }

    /// An i1 from a flag of any width.
    pub fn as_flag(&mut self, word: ValueId) -> ValueId {
        if self.out.ty(word) == Ty::I1 {
            return word;
        }
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        self.one(Op::ICmp, vec![Imm::Cond(pyaot_ir::Cond::Ne)], vec![word, zero])
    }

    fn target(&mut self, edge: &Edge) -> Result<Edge, String> {
        self.edge((edge.block.index(), 0), Some(&edge.args), false)
    }

    fn br_null(&mut self, inst: &Inst) -> Result<Next, String> {
        let value = inst.args[0];
        let abs = self.abs(value)?;
        match abs.fact {
            Fact::Null => {
                let edge = self.target(&inst.targets[0])?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
            }
            Fact::Opt => {
                let null = self.target(&inst.targets[0])?;
                self.env.insert(value, Abs { fact: ANY, ..abs });
                let some = self.target(&inst.targets[1])?;
                self.env.insert(value, abs);
                let word = abs.parts[0].ok_or("a part is missing")?;
                self.end(Op::BrNull, vec![], vec![word], vec![null, some]);
            }
            _ => {
                let edge = self.target(&inst.targets[1])?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
            }
        }
        Ok(Next::Ended)
    }

    fn ret(&mut self, value: ValueId) -> Result<(), String> {
        let abs = self.abs(value)?;
        let is_int = matches!(abs.fact, Fact::Const(id) if self.shared.int_const(id).is_some());
        let is_float = matches!(abs.fact, Fact::Const(id) if self.shared.float_const(id).is_some());
        match abs.fact {
            Fact::I64 => self.returns.ints += 1,
            Fact::F64 => self.returns.floats += 1,
            Fact::Const(_) if is_int => self.returns.ints += 1,
            Fact::Const(_) if is_float => self.returns.floats += 1,
            Fact::Boxed(TypeIs::Any, not) if not & (NOT_INT | NOT_FLOAT) != NOT_INT | NOT_FLOAT => {}
            _ => self.returns.others += 1,
        }
        let raw = match (self.result, abs.fact) {
            (Some(Result_::I64), Fact::I64) | (Some(Result_::F64), Fact::F64) => abs.parts[0],
            (Some(Result_::I64), Fact::Const(_)) if is_int => Some(self.convert(value, Fact::I64)?[0]),
            (Some(Result_::F64), Fact::Const(_)) if is_float => Some(self.convert(value, Fact::F64)?[0]),
            _ => None,
        };
        match raw {
            Some(raw) => {
                let word = match self.out.ty(raw) {
                    Ty::F64 => self.one(Op::F64Bits, vec![], vec![raw]),
                    _ => raw,
                };
                self.end(Op::RetRaw, vec![], vec![word], vec![]);
            }
            None => {
                let boxed = self.boxed(value)?;
                self.end(Op::Ret, vec![], vec![boxed], vec![]);
            }
        }
        Ok(())
    }

    /// A heap frame holds Python values only.
    fn suspend(&mut self, inst: &Inst) -> Result<Next, String> {
        let operands = inst
            .args
            .iter()
            .map(|v| self.boxed(*v))
            .collect::<Result<Vec<_>, _>>()?;
        let defined = usize::from(inst.op.row().shape == Shape::EndsResume);
        for value in inst.edges().flat_map(|e| &e.args) {
            if self.f.ty(*value).is_object() {
                let object = self.boxed(*value)?;
                let fact = match self.out.ty(object) {
                    Ty::Opt => Fact::Opt,
                    _ if self.owned(*value) => ANY,
                    _ => match self.fact(*value) {
                        Fact::Boxed(_, not) => Fact::Boxed(TypeIs::Any, not & HELD),
                        _ => Fact::Boxed(TypeIs::Any, HELD),
                    },
                };
                self.env.insert(*value, Abs::new(fact, object));
            }
        }
        let error = match &inst.error {
            Some(edge) => Some(self.target(edge)?),
            None => None,
        };
        let edge = &inst.targets[0];
        let point = (edge.block.index(), 0);
        let mut facts: Vec<Fact> = vec![ANY; defined];
        for value in &edge.args {
            facts.push(self.fact(*value));
        }
        let version = self.request(point, facts, false, false);
        let target = self.edge_to(version, &edge.args, defined)?;
        self.end(inst.op, inst.imms.clone(), operands, vec![target]);
        let block = self.block;
        if let Some(last) = self.out.block_mut(block).insts.last_mut() {
            last.error = error;
        }
        Ok(Next::Ended)
    }

    /// Names that were only tested become objects before other code can bind them anew.
    pub fn load_names(&mut self) -> Result<(), String> {
        let mut names: Vec<ValueId> = self
            .env
            .iter()
            .filter(|(_, abs)| matches!(abs.fact, Fact::Function(_) | Fact::Builtin(_)))
            .map(|(v, _)| *v)
            .collect();
        names.sort();
        for value in names {
            self.boxed(value)?;
        }
        Ok(())
    }

    /// The op as it is, over Python values.
    pub fn copy(&mut self, inst: &Inst) -> Result<Next, String> {
        if inst.effect() == OpEffect::Foreign {
            self.load_names()?;
        }
        let args = inst
            .args
            .iter()
            .map(|v| self.operand(*v))
            .collect::<Result<Vec<_>, _>>()?;
        let error = match &inst.error {
            Some(edge) => Some(self.target(edge)?),
            None => None,
        };
        let targets = inst
            .targets
            .iter()
            .map(|e| self.target(e))
            .collect::<Result<Vec<_>, _>>()?;
        let mut new = Inst::new(inst.op, inst.imms.clone(), args);
        new.site = inst.site;
        new.error = error;
        new.targets = targets;
        for result in &inst.results {
            let ty = self.f.ty(*result);
            let value = self.out.new_value(ty);
            new.results.push(value);
            let fact = match ty {
                Ty::Any => made_type(inst).map_or(ANY, |t| Fact::Boxed(t, 0)),
                _ => Fact::unknown(ty),
            };
            self.env.insert(*result, Abs::new(fact, value));
        }
        let ended = inst.op.is_terminator();
        let block = self.block;
        self.out.block_mut(block).insts.push(new);
        Ok(if ended { Next::Ended } else { Next::On })
    }
}

/// Type of what an op always makes.
fn made_type(inst: &Inst) -> Option<TypeIs> {
    match inst.intrinsic()?.name {
        "build_list" => Some(TypeIs::List),
        "build_tuple" | "list_to_tuple" => Some(TypeIs::Tuple),
        "build_map" => Some(TypeIs::Dict),
        "build_set" => Some(TypeIs::Set),
        "build_string" | "format_simple" | "format_with_spec" | "convert_value" => Some(TypeIs::Str),
        _ => None,
    }
}

/// Ops at which generic code is entered.
fn may_leave(inst: &Inst) -> bool {
    match inst.op {
        Op::TakeAdd | Op::LoadGlobal | Op::CallPython => true,
        Op::Call => inst.intrinsic().is_some_and(|row| {
            matches!(
                row.name,
                "add"
                    | "sub"
                    | "mul"
                    | "truediv"
                    | "floordiv"
                    | "mod"
                    | "and"
                    | "or"
                    | "xor"
                    | "lshift"
                    | "rshift"
                    | "pow"
                    | "inplace_op"
                    | "neg"
                    | "pos"
                    | "invert"
                    | "compare"
                    | "compare_bool"
                    | "getitem"
                    | "setitem"
                    | "get_iter"
                    | "list_append"
            )
        }),
        _ => false,
    }
}

/// CPython: Include/opcode.h, NB_INPLACE_ADD = 13 and the rest in the order of the plain ones.
fn inplace_name(op: i64) -> Option<&'static str> {
    Some(match op - 13 {
        0 => "add",
        1 => "and",
        2 => "floordiv",
        3 => "lshift",
        5 => "mul",
        6 => "mod",
        7 => "or",
        8 => "pow",
        9 => "rshift",
        10 => "sub",
        11 => "truediv",
        12 => "xor",
        _ => return None,
    })
}

/// The code has more to do with floats than with ints, as far as its constants and operators show.
fn prefers_floats(shared: &Shared, f: &Function) -> bool {
    let (mut floats, mut ints) = (0, 0);
    for inst in f.blocks.iter().flat_map(|b| &b.insts) {
        match (inst.op, inst.imms.first()) {
            (Op::Const, Some(Imm::Const(id))) if shared.float_const(*id).is_some() => floats += 2,
            (Op::Call, _) => match inst.intrinsic().map(|r| r.name) {
                Some("truediv") => floats += 2,
                Some("and" | "or" | "xor" | "lshift" | "rshift" | "floordiv" | "mod") => ints += 1,
                _ => {}
            },
            _ => {}
        }
    }
    floats > ints
}
