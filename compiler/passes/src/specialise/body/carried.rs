//! Loops in which no other code runs. In: innermost loops over numbers, attributes and items. Out: which of their versions are reached
//! by nothing but the loop's own way back, and what these are given of the objects.
//!
//! In such a loop a request for a poll, and a reference that turns out to be the last, leave to generic code, which comes back to another
//! version of the header. So what is known of an object stays known in the loop: tests that it has passed, and numbers that its attributes
//! hold, which are block parameters. LLVM finds a loop without calls.
use super::{Abs, Body};
use crate::specialise::facts::Fact;
use crate::specialise::points::{self, Point};
use pyaot_ir::{BlockId, Builder, CacheId, Cond, Const, ConstId, Edge, Function, Imm, Inst, Op, ValueId};
use std::collections::{HashMap, HashSet};

/// A number that an attribute holds.
#[derive(Clone, Copy)]
pub struct Field {
    pub abs: Abs,
    /// Its word has no count.
    pub immediate: bool,
}

/// What a version is given besides its values, by their places among these.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Carried {
    /// Behind the loop's way back: a block that is part of the first round as well would be a second entry of the loop.
    pub again: bool,
    tested: Vec<(usize, CacheId)>,
    fields: Vec<(usize, ConstId, Fact, bool)>,
}

impl Carried {
    pub fn nothing(again: bool) -> Carried {
        Carried {
            again,
            ..Carried::default()
        }
    }

    pub fn is_within(&self, other: &Carried) -> bool {
        self.again == other.again
            && self.tested.iter().all(|t| other.tested.contains(t))
            && self.fields.iter().all(|f| other.fields.contains(f))
    }

    pub fn size(&self) -> usize {
        self.tested.len() + self.fields.len()
    }

    pub fn meet(&self, other: &Carried) -> Carried {
        let mut met = self.clone();
        met.tested.retain(|t| other.tested.contains(t));
        met.fields.retain(|f| other.fields.contains(f));
        met
    }

    /// Only what is known of these values.
    pub fn retain(&mut self, is_used: impl Fn(usize) -> bool) {
        self.tested.retain(|t| is_used(t.0));
        self.fields.retain(|f| is_used(f.0));
    }
}

#[derive(Default)]
pub struct Loops {
    /// The header of each block of such a loop.
    inside: HashMap<usize, usize>,
    /// Edges back to a header.
    back: HashSet<(usize, usize)>,
    /// Values of variables that are given nothing but items, attributes and parameters: their objects are held elsewhere, too, most of the
    /// time.
    shared: HashSet<ValueId>,
}

impl Loops {
    pub fn is_header(&self, block: usize) -> bool {
        self.inside.get(&block) == Some(&block)
    }

    pub fn has(&self, block: usize) -> bool {
        self.inside.contains_key(&block)
    }
}

/// Blocks from which the header is reached without passing it again.
fn blocks_of(f: &Function, header: usize, from: &[usize]) -> HashSet<usize> {
    let mut before: HashMap<usize, Vec<usize>> = HashMap::new();
    for (b, block) in f.blocks.iter().enumerate() {
        for edge in block.insts.iter().flat_map(|i| i.edges()) {
            before.entry(edge.block.index()).or_default().push(b);
        }
    }
    let mut all = HashSet::from([header]);
    let mut work = from.to_vec();
    while let Some(b) = work.pop() {
        if all.insert(b) {
            work.extend(before.get(&b).into_iter().flatten());
        }
    }
    all
}

/// (Variables of which the first value is the same constant are not one for that.)
fn shared(f: &Function) -> HashSet<ValueId> {
    let insts = || f.blocks.iter().flat_map(|b| &b.insts);
    let held = |inst: &Inst| {
        let items = ["getitem", "load_attr", "iter_next"]
            .iter()
            .any(|name| inst.calls(name));
        items || inst.op == Op::Unbound
    };
    let made = insts().filter(|i| held(i)).flat_map(|i| i.results.iter().copied());
    let params = f.blocks.iter().flat_map(|b| &b.params).map(|p| p.value);
    let mut all: HashSet<ValueId> = made.chain(params).collect();
    let passed = points::passed(f);
    loop {
        let before = all.len();
        for (arg, param) in &passed {
            if !all.contains(arg) {
                all.remove(param);
            }
        }
        if all.len() == before {
            return all;
        }
    }
}

impl Body<'_, '_> {
    pub(super) fn find_loops(&self) -> Loops {
        let mut loops = Loops::default();
        let f = self.f;
        if self.is_generator {
            return loops;
        }
        let mut by_header: HashMap<usize, Vec<usize>> = HashMap::new();
        for (from, header) in points::back_edges(f) {
            by_header.entry(header).or_default().push(from);
        }
        for (header, from) in &by_header {
            let blocks = blocks_of(f, *header, from);
            let innermost = by_header.keys().all(|h| h == header || !blocks.contains(h));
            let mut reads = false;
            let quiet = innermost
                && blocks.iter().filter(|b| !f.blocks[**b].cold).all(|b| {
                    f.blocks[*b].insts.iter().all(|inst| {
                        reads |= inst.calls("load_attr") || inst.calls("getitem");
                        self.is_quiet(*b, inst)
                    })
                });
            if quiet && reads {
                loops.inside.extend(blocks.iter().map(|b| (*b, *header)));
                loops.back.extend(from.iter().map(|b| (*b, *header)));
            }
        }
        if !loops.inside.is_empty() {
            loops.shared = shared(f);
        }
        loops
    }

    /// No other code runs in it where its operands are numbers, lists and plain objects.
    fn is_quiet(&self, block: usize, inst: &Inst) -> bool {
        if points::is_constant(inst) {
            return true;
        }
        match inst.op {
            Op::SetLocal | Op::Release | Op::ICmp | Op::Not | Op::BoxBool | Op::Jump | Op::Br | Op::BrNull => true,
            Op::CheckBound | Op::Poll | Op::TakeAdd | Op::LoadGlobal => true,
            Op::Call => matches!(
                inst.intrinsic().map_or("", |row| row.name),
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
                    | "truth"
                    | "load_attr"
                    | "store_attr"
                    | "getitem"
                    | "setitem"
                    | "iter_next"
            ),
            Op::CallPython => {
                let insts = &self.f.blocks[block].insts;
                let made = insts.iter().find(|n| n.results.contains(&inst.args[0]));
                match made.map(|n| (n.op, n.imms.first())) {
                    Some((Op::LoadGlobal, Some(Imm::Global(global)))) => {
                        let names = &self.shared.names;
                        let native = names.natives.get(global).is_some_and(|n| *n < pyaot_abi::FLOAT_NATIVES);
                        let builtin = self.shared.unbound.get(global).map(String::as_str);
                        native || matches!(builtin, Some("abs" | "len" | "min" | "max"))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    pub(super) fn is_quiet_header(&self, point: Point) -> bool {
        point.1 == 0 && self.loops.is_header(point.0)
    }

    /// Nothing has run since the loop's header, and nothing may in what follows.
    pub(super) fn is_in_quiet_loop(&self) -> bool {
        self.quiet && !self.generic && self.guards && self.loops.has(self.b)
    }

    /// The object of a local variable that goes away is an item or an attribute of something, most of the time.
    pub(super) fn is_shared(&self, value: ValueId) -> bool {
        self.loops.shared.contains(&value)
    }

    /// What an edge to the start of a block gives it; `None` where other code may have run.
    pub(super) fn carried_to(&self, point: Point, values: &[ValueId]) -> Option<Carried> {
        let header = self.loops.inside.get(&point.0).filter(|_| point.1 == 0)?;
        if !self.quiet || self.generic || self.loops.inside.get(&self.b) != Some(header) {
            return None;
        }
        let is_back = self.loops.back.contains(&(self.b, point.0));
        let mut known = (is_back || *header != point.0).then(|| self.known_of(values))?;
        known.again |= is_back;
        Some(known)
    }

    /// What is known of the objects among some values.
    fn known_of(&self, values: &[ValueId]) -> Carried {
        let place = |object: ValueId| values.iter().position(|v| *v == object);
        let mut known = Carried::nothing(self.again);
        for (object, cache) in &self.tested {
            known.tested.extend(place(*object).map(|k| (k, *cache)));
        }
        for ((object, name), field) in &self.fields {
            let entry = place(*object).map(|k| (k, *name, field.abs.fact, field.immediate));
            known.fields.extend(entry);
        }
        known.tested.sort_by_key(|(k, cache)| (*k, cache.0));
        known.fields.sort_by_key(|(k, name, ..)| (*k, name.0));
        known
    }

    /// The numbers that a version wants.
    pub(super) fn carried_args(&self, wanted: &Carried, values: &[ValueId]) -> Result<Vec<ValueId>, String> {
        let numbers = wanted.fields.iter().map(|(k, name, ..)| {
            let field = values.get(*k).and_then(|object| self.fields.get(&(*object, *name)));
            field
                .and_then(|f| f.abs.parts[0])
                .ok_or_else(|| "a carried number is missing".to_owned())
        });
        numbers.collect()
    }

    pub(super) fn carried_params(&mut self, block: BlockId, carried: &Carried) {
        for (.., fact, _) in &carried.fields {
            Builder::new(&mut self.out, block).param(fact.parts()[0], false, None);
        }
    }

    /// What the block has been given, behind the first `skip` parameters, is known from here on.
    pub(super) fn take_carried(&mut self, block: BlockId, skip: usize, carried: &Carried, values: &[ValueId]) {
        for (k, cache) in &carried.tested {
            self.tested.insert((values[*k], *cache));
        }
        let params: Vec<ValueId> = self.out.block(block).params[skip..].iter().map(|p| p.value).collect();
        for ((k, name, fact, immediate), number) in carried.fields.iter().zip(params) {
            let field = Field {
                abs: Abs::new(*fact, number),
                immediate: *immediate,
            };
            self.fields.insert((values[*k], *name), field);
        }
    }

    /// [`Body::split`], and what is known of the objects for [`Body::land_known`].
    pub fn split_known(&mut self, values: &[ValueId]) -> Result<(Edge, Option<Carried>), String> {
        let mut edge = self.split(values, false)?;
        if !self.is_in_quiet_loop() {
            return Ok((edge, None));
        }
        let known = self.known_of(values);
        self.carried_params(edge.block, &known);
        edge.args.extend(self.carried_args(&known, values)?);
        Ok((edge, Some(known)))
    }

    pub fn land_known(&mut self, edge: &Edge, values: &[ValueId], known: Option<Carried>) -> Result<(), String> {
        let saved = self.env.clone();
        self.land(edge.block, 0, values, &saved)?;
        if let Some(known) = known {
            let skip = edge.args.len() - known.fields.len();
            self.take_carried(edge.block, skip, &known, values);
            self.quiet = true;
        }
        Ok(())
    }

    /// The attribute of an object holds a number. That of another object stays what it was only if it is another object, which is tested
    /// where the loop may keep it.
    pub fn stores_field(&mut self, i: usize, object: ValueId, name: ConstId) -> Result<(), String> {
        let mut others: Vec<ValueId> = self
            .fields
            .keys()
            .filter(|k| k.1 == name && k.0 != object)
            .map(|k| k.0)
            .collect();
        others.sort();
        for other in others {
            let pair = (object.min(other), object.max(other));
            if self.apart.contains(&pair) {
                continue;
            }
            if !self.is_in_quiet_loop() {
                self.fields.remove(&(other, name));
                continue;
            }
            let (a, b) = (self.boxed(object)?, self.boxed(other)?);
            let words = [a, b].map(|v| self.one(Op::Bits, vec![], vec![v]));
            let differ = self.icmp(Cond::Ne, words[0], words[1]);
            self.require(i, differ)?;
            self.apart.insert(pair);
        }
        Ok(())
    }

    /// The number that an attribute is known to hold.
    pub fn field(&self, object: ValueId, name: Option<Imm>) -> Option<Field> {
        match name {
            Some(Imm::Const(name)) => self.fields.get(&(object, name)).copied(),
            _ => None,
        }
    }

    pub fn learn_field(&mut self, object: ValueId, name: Option<Imm>, abs: Abs, immediate: bool) {
        let Some(Imm::Const(name)) = name else { return };
        if matches!(self.shared.module.constant(name), Const::Str(_)) && matches!(abs.fact, Fact::I64 | Fact::F64) {
            let abs = Abs { boxed: None, ..abs };
            self.fields.insert((object, name), Field { abs, immediate });
        }
    }
}
