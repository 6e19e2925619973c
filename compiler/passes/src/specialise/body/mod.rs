//! One function's versions. In: a Raw function and what is known of its parameters. Out: a Raw function in which every block is a
//! version of a point of the first.
//!
//! The state while a version is made is the abstract value of every value of the original block. What a handler (`arith`, `access`,
//! `calls`) does not know is copied with boxed operands. In generic code nothing is guarded; it is made last, and cut where it is entered,
//! so that it exists once.
mod carried;
mod edges;
mod inlined;
mod insts;
mod returns;
mod versions;

use self::carried::{Carried, Field, Loops};
use self::versions::{GROWTH, GROWTH_INLINED};
use super::attributes::Group;
use super::closures;
use super::facts::{ANY, Fact, TypeIs};
use super::hints::Hints;
use super::points::{self, Live, Point};
use super::with_statements;
use super::{Result_, Returns, Shared};
use pyaot_ir::builder::row;
use pyaot_ir::{
    BlockId, Builder, CacheId, CodeId, ConstId, Edge, Function, GlobalId, Imm, Inst, Op, Ownership, Shape, Ty, ValueId,
};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

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
    /// What it is given of its objects; `None` where other code may have run.
    carried: Option<Carried>,
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
    /// Blocks at which generic code may go back to a version.
    headers: HashSet<usize>,
    /// Where generic code goes instead of to a version of its own: tests of what another version takes.
    returns_to: HashMap<usize, BlockId>,
    /// Values that are the exit methods of `with` statements.
    pub exits: HashSet<ValueId>,
    /// Values that are functions made here.
    pub origins: HashMap<ValueId, CodeId>,
    /// Values that the original has not: further arguments of a call that an op stands for. They are owned.
    pub extra: [ValueId; 2],
    /// Parameters that no op reads. (A generator's values are objects at every `yield`, so it has none.)
    unread: HashSet<ValueId>,
    work: Vec<usize>,
    /// Generic code, made when all places are known at which it is entered.
    generic_work: Vec<usize>,
    /// Insts of the original, and of it as often as versions were made.
    size: usize,
    growth: usize,
    grown: usize,
    /// The result of the version being made; `None` for the direct entry.
    result: Option<Result_>,
    returns: Returns,
    pub is_generator: bool,
    pub hints: Hints,
    /// Attributes of a value in a block of the original, once somebody has asked.
    pub groups: HashMap<(usize, ValueId), Option<Group>>,
    /// Attributes of a variable in all blocks, likewise.
    pub variable_groups: HashMap<u32, Option<Group>>,
    /// The cache entry of a method's group.
    pub method_groups: HashMap<(usize, ValueId), CacheId>,
    /// Unknown numbers are tested for float first.
    pub floats_first: bool,
    // ---- state of the walk ----
    pub block: BlockId,
    pub env: Env,
    /// The way out of failed tests since the last effect, for tests in this block.
    pub exit: Option<(BlockId, Edge)>,
    pub slots: Vec<Option<ValueId>>,
    /// Objects that have passed a group's test since other code ran last.
    pub tested: HashSet<(ValueId, CacheId)>,
    /// Numbers that attributes of these objects hold, until other code runs.
    pub fields: HashMap<(ValueId, ConstId), Field>,
    /// Objects that are known to be two.
    pub apart: HashSet<(ValueId, ValueId)>,
    /// No other code has run since the header of the loop.
    pub quiet: bool,
    /// The loop has gone round once without.
    again: bool,
    /// The edges that are made now are the only ways on.
    pub carries: bool,
    loops: Loops,
    /// Native functions of floats that names were found to be since other code ran last.
    pub natives: HashSet<GlobalId>,
    /// Functions that were found for a method call and are not yet called, with the code that they may have.
    pub methods: HashMap<ValueId, Vec<CodeId>>,
    /// The function object for a call of code that reads its closure.
    pub callee: Option<ValueId>,
    /// A call that has been made with what it calls.
    pub fused: Option<(usize, usize)>,
    pub generic: bool,
    /// Classes of the module define what the inst does: its operands may be no numbers.
    pub objects: bool,
    /// The operands may as well be no numbers: where a test fails stands a version of its own.
    pub guesses: bool,
    /// Tests may be made for the inst.
    pub guards: bool,
    pub b: usize,
    pub site: Option<u32>,
    /// The version being made leaves an inlined generator for sure.
    leaves: bool,
    /// Something was copied since a record was asked for.
    pub copied: bool,
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
            // (Where an object goes on is generic code.)
            let others = if inst.op == Op::ReturnGenerator {
                inst.imms.len()
            } else {
                0
            };
            for edge in inst.targets.iter().skip(others).chain(&inst.error) {
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
        let kinds = shared.kinds.get(&f.code).map_or(&[][..], |kinds| kinds);
        let hints = Hints::of(shared.module, f, &shared.names.list_attributes, kinds);
        let unread = match is_generator {
            true => HashSet::new(),
            false => points::unread(f, &resumed),
        };
        let mut own = points::ownership(f, facts.iter().map(|fact| !fact.parts().iter().any(|t| t.is_object())));
        let extra = [own.len(), own.len() + 1].map(|n| ValueId(n as u32));
        own.extend([Ownership::Own; 2]);
        let mut body = Body {
            own,
            exits: with_statements::exits(f),
            origins: closures::origins(f),
            extra,
            shared,
            f,
            constants,
            out,
            versions: Vec::new(),
            at: HashMap::new(),
            inner: HashMap::new(),
            live: HashMap::new(),
            ways_in,
            headers: points::loop_headers(f).difference(&resumed).copied().collect(),
            returns_to: HashMap::new(),
            resumed,
            unread,
            work: Vec::new(),
            generic_work: Vec::new(),
            size: size_of(f),
            growth: if inlines(f) { GROWTH_INLINED } else { GROWTH },
            grown: 0,
            result,
            returns: Returns::default(),
            is_generator,
            hints,
            groups: HashMap::new(),
            variable_groups: HashMap::new(),
            method_groups: HashMap::new(),
            floats_first,
            block: BlockId(0),
            env: HashMap::new(),
            exit: None,
            slots: Vec::new(),
            tested: HashSet::new(),
            fields: HashMap::new(),
            apart: HashSet::new(),
            quiet: false,
            again: false,
            carries: false,
            loops: Loops::default(),
            natives: HashSet::new(),
            methods: HashMap::new(),
            callee: None,
            fused: None,
            generic: false,
            objects: false,
            guesses: false,
            guards: true,
            b: 0,
            site: None,
            leaves: false,
            copied: false,
        };
        body.loops = body.find_loops();
        body.version((0, 0), facts, false, false, None);
        while let Some(v) = body.likeliest().or_else(|| body.generic_work.pop()) {
            body.make(v)?;
        }
        body.out.renumber();
        Ok((body.out, body.returns))
    }

    /// Takes the version before which the fewest tests have failed in vain; of these the last.
    fn likeliest(&mut self) -> Option<usize> {
        let in_vain = |v: &usize| -> u32 {
            let failed = self.versions[*v].facts.iter().map(|fact| match fact {
                Fact::Boxed(_, not) => not.count_ones(),
                _ => 0,
            });
            failed.sum()
        };
        let best = (0..self.work.len()).rev().min_by_key(|k| in_vain(&self.work[*k]))?;
        Some(self.work.remove(best))
    }

    /// The state in which the parameters of a block stand for the values of facts.
    pub fn enter(&mut self, block: BlockId, skip: usize, values: &[ValueId], facts: &[Fact]) {
        self.block = block;
        self.env.clear();
        self.forget_memory();
        self.apart.clear();
        self.quiet = false;
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
            carried,
        } = &self.versions[index];
        let (point, facts, block, carried) = (*point, facts.clone(), *block, carried.clone());
        self.generic = *generic;
        self.b = point.0;
        let live = self.live(point);
        self.site = None;
        self.methods.clear();
        self.enter(block, 0, &live.values, &facts);
        self.quiet = !self.generic && point.1 == 0 && (carried.is_some() || self.loops.is_header(self.b));
        self.again = carried.as_ref().is_some_and(|carried| carried.again);
        if let Some(carried) = carried {
            let skip = facts.iter().map(|fact| fact.parts().len()).sum();
            self.take_carried(block, skip, &carried, &live.values);
        }
        self.set_slots(&live.slots)?;
        let blocks = self.out.blocks.len();
        self.walk(point.1)?;
        match self.is_inlined(point.0) && !self.generic {
            true => self.note_inlined(block, blocks),
            false => Ok(()),
        }
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

    /// The slots hold what they held at another place of the same block.
    pub fn set_held(&mut self, slots: &[Option<ValueId>]) -> Result<(), String> {
        let held: Vec<(u32, ValueId)> = slots
            .iter()
            .enumerate()
            .filter_map(|(s, v)| Some((s as u32, (*v)?)))
            .collect();
        self.set_slots(&held)
    }

    fn note_slot(&mut self, slot: u32, value: ValueId) -> Result<(), String> {
        let abs = self.abs(value)?;
        if let (Fact::Unread, [Some(bits), Some(kind)]) = (abs.fact, abs.parts) {
            self.none(Op::SetNumber, vec![Imm::Int(i64::from(slot))], vec![bits, kind]);
            return Ok(());
        }
        if let (Fact::Char, Some(code)) = (abs.fact, abs.parts[0]) {
            let kind = self.one(Op::I32, vec![Imm::Int(i64::from(pyaot_abi::number_kind::CHAR))], vec![]);
            self.none(Op::SetNumber, vec![Imm::Int(i64::from(slot))], vec![code, kind]);
            return Ok(());
        }
        let held = match abs.fact {
            Fact::I64 | Fact::F64 | Fact::Bool | Fact::UnreadFloat => abs.parts[0].ok_or("a part is missing")?,
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
            if self.generic && i > start && self.is_entered(i) {
                let edge = self.edge((self.b, i), None, true)?;
                self.end(Op::Jump, vec![], vec![], vec![edge]);
                return Ok(());
            }
            self.site = inst.site;
            // Where a suspension goes on, the parameters have another order than at a place that a failed test goes to.
            self.guards = !(self.generic || i == 0 && self.resumed.contains(&self.b));
            let before = self.before_inst(inst);
            let next = self.inst(i, inst)?;
            if let Some(before) = before {
                self.after_inst(i, inst, before);
            }
            if let Next::Ended = next {
                return Ok(());
            }
        }
        Err("a block without an end".into())
    }

    /// Other code goes to generic code before inst `i`.
    fn is_entered(&self, i: usize) -> bool {
        let all = self.at.get(&(self.b, i));
        all.is_some_and(|all| all.iter().any(|v| self.versions[*v].generic))
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
            Fact::I64 | Fact::F64 if !self.owned(value) => self.immediate(abs.fact, part(0)?),
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
            Fact::Method => {
                let (name, this) = self.exact_method(value).ok_or("a method of no object")?;
                let this = self.boxed(this)?;
                let name = self.one(Op::Const, vec![Imm::Const(name)], vec![]);
                let object = self.one(Op::Call, vec![row("exact_method")], vec![this, name]);
                self.env.insert(value, Abs::new(ANY, object));
                return Ok(object);
            }
            Fact::Char => self.one(Op::Call, vec![row("char_of")], vec![part(0)?]),
            Fact::Unread | Fact::UnreadFloat => {
                let args = match abs.fact {
                    Fact::Unread => vec![part(0)?, part(1)?],
                    _ => {
                        let bits = self.one(Op::F64Bits, vec![], vec![part(0)?]);
                        let kind = i64::from(pyaot_abi::number_kind::FLOAT);
                        vec![bits, self.one(Op::I32, vec![Imm::Int(kind)], vec![])]
                    }
                };
                let object = self.one(Op::Call, vec![row("box_number")], args);
                match self.owned(value) {
                    true => object,
                    // An immediate, or immortal.
                    false => {
                        let word = self.one(Op::Bits, vec![], vec![object]);
                        self.one(Op::FromBits, vec![], vec![word])
                    }
                }
            }
            Fact::RangeIter(step) => {
                let step = self.i64(step);
                let args = vec![part(0)?, part(1)?, step];
                self.one(Op::Call, vec![row("new_range_iterator")], args)
            }
            Fact::Pair => {
                let args = vec![part(0)?, part(1)?];
                let object = self.one(Op::Call, vec![row("new_pair")], args);
                self.env.insert(value, Abs::new(Fact::Boxed(TypeIs::Tuple, 0), object));
                return Ok(object);
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
        Ok(self.remember(value, abs, made))
    }

    /// What was made of a value serves for the rest of the block.
    fn remember(&mut self, value: ValueId, abs: Abs, made: ValueId) -> ValueId {
        let boxed = Some(made);
        self.env.insert(value, Abs { boxed, ..abs });
        made
    }

    /// The word of a number that was an immediate: shifted by two bits, or rotated by four (`pyaot_abi::value`).
    fn immediate(&mut self, fact: Fact, number: ValueId) -> ValueId {
        let bits = match fact {
            Fact::F64 => self.one(Op::F64Bits, vec![], vec![number]),
            _ => number,
        };
        let by = self.i64(if fact == Fact::F64 { 4 } else { 2 });
        let mut word = self.one(Op::IShl, vec![], vec![bits, by]);
        if fact == Fact::F64 {
            let by = self.i64(60);
            let top = self.one(Op::IShr, vec![], vec![bits, by]);
            let mask = self.i64(15);
            let top = self.one(Op::IAnd, vec![], vec![top, mask]);
            word = self.one(Op::IOr, vec![], vec![word, top]);
        }
        let tag = self.i64(if fact == Fact::F64 { 3 } else { 1 });
        let word = self.one(Op::IAdd, vec![], vec![word, tag]);
        self.one(Op::FromBits, vec![], vec![word])
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
        Ok(self.remember(value, abs, made))
    }

    /// The operand of a copied op.
    fn operand(&mut self, value: ValueId) -> Result<ValueId, String> {
        if self.f.ty(value).is_object() {
            self.boxed(value)
        } else {
            self.word(value)
        }
    }
}

/// Insts by which the growth of the function is measured.
fn size_of(f: &Function) -> usize {
    // Ways out of inlined generators need no versions.
    let inlines = inlines(f);
    let counted = f.blocks.iter().filter(|b| !b.cold || !inlines);
    counted.map(|b| b.insts.len()).sum()
}

/// Generators stand in the function.
fn inlines(f: &Function) -> bool {
    f.blocks
        .iter()
        .any(|b| b.insts.first().is_some_and(|i| i.op == Op::Inlined))
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
