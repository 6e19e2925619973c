//! Generators whose type is known: made by a call of a function with `yield`, or by a generator expression.
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact, NOT_LIST, TypeIs};
use pyaot_abi::guard;
use pyaot_ir::builder::row;
use pyaot_ir::{Builder, CodeId, Cond, Const, Edge, GlobalId, Imm, Inst, Op, Ty, ValueId};
use std::collections::HashMap;

pub const GENERATOR: Fact = Fact::Boxed(TypeIs::Generator, 0);

/// What a loop does with an item before it asks for the next one.
enum Taken {
    /// Nothing, if it is true, or if it is false.
    True,
    False,
    /// It is appended to the list.
    Append(ValueId),
}

impl Body<'_, '_> {
    /// The function with `yield` that a `def` bound to the name.
    pub fn generator_of(&self, global: GlobalId) -> Option<CodeId> {
        let code = *self.shared.module.bound.get(&global)?;
        self.shared.module.codes[code.index()].makes_generator.then_some(code)
    }

    /// A call whose callee was just made, of a generator expression or of an inner function with `yield`.
    fn calls_new_generator(&self, callable: ValueId) -> bool {
        let insts = &self.f.blocks[self.b].insts;
        let maker = |value: ValueId| insts.iter().find(|n| n.results.first() == Some(&value));
        let mut function = maker(callable);
        while let Some(set) = function.filter(|n| n.calls("set_function_attribute")) {
            function = maker(set.args[0]);
        }
        let code = function
            .filter(|n| n.calls("make_function"))
            .and_then(|n| maker(n.args[0]));
        match code.map(|n| (n.op, n.imms.first())) {
            Some((Op::CodeAddr, Some(Imm::Code(code)))) => self.shared.module.codes[code.index()].makes_generator,
            _ => false,
        }
    }

    /// The call gives a generator: as it is, with its result known.
    pub fn call_generator(&mut self, i: usize, inst: &Inst, callee: Option<GlobalId>) -> Result<Option<Next>, String> {
        let callable = inst.args[0];
        match callee.filter(|global| self.generator_of(*global).is_some()) {
            Some(global) => {
                if !matches!(self.fact(callable), Fact::Function(_)) {
                    self.test_global(i, global, guard::BOUND)?;
                }
            }
            None if self.calls_new_generator(callable) => {}
            None => return Ok(None),
        }
        let next = self.copy(inst)?;
        let result = inst.results[0];
        let abs = self.abs(result)?;
        self.env.insert(result, Abs { fact: GENERATOR, ..abs });
        Ok(Some(next))
    }

    /// A `yield` of a generator, not the suspension of a delegation.
    pub fn may_hand_on(&self, inst: &Inst) -> bool {
        let delegates = i64::from(pyaot_abi::GENERATOR_DELEGATING);
        let plain = matches!(inst.imms.first(), Some(Imm::Int(flags)) if flags & delegates == 0);
        inst.op == Op::Yield && plain && self.shared.module.codes[self.f.code.index()].makes_generator
    }

    /// Whoever asks for the generator's items may take the one of a `yield` from here, and the body goes on as if it had been resumed with
    /// None. Ends in the block that yields it.
    pub fn hand_on(&mut self, inst: &Inst) -> Result<(), String> {
        let item = inst.args[0];
        let sink = self.one(Op::Sink, vec![], vec![]);
        let nobody = self.i64(0);
        let asked = self.icmp(Cond::Ne, sink, nobody);
        let mut kept: Vec<ValueId> = inst.edges().flat_map(|e| &e.args).copied().collect();
        kept.push(item);
        kept.sort();
        kept.dedup();
        kept.retain(|v| self.env.contains_key(v));
        let yields = self.split(&kept, false)?;
        let mut on = self.split(&kept, false)?;
        on.args.push(sink);
        let sink = Builder::new(&mut self.out, on.block).param(Ty::I64, false, None);
        let (yield_block, on_block) = (yields.block, on.block);
        self.end(Op::Br, vec![], vec![asked], vec![on, yields]);
        let (env, slots) = (self.env.clone(), self.slots.clone());
        self.land(on_block, 0, &kept, &env)?;
        self.set_held(&slots)?;
        let taken = self.offer(sink, item)?;
        self.quiet_effect();
        let mut args = Vec::new();
        for value in &kept {
            args.extend(self.abs(*value)?.parts.iter().flatten());
        }
        let otherwise = Edge {
            block: yield_block,
            args,
        };
        let target = &inst.targets[0];
        let sent = self.f.blocks[target.block.index()].params[0].value;
        let none = self.shared.module.add_const(Const::None);
        let none = self.one(Op::Const, vec![Imm::Const(none)], vec![]);
        self.env.insert(sent, Abs::new(ANY, none));
        let mut values = vec![sent];
        values.extend(&target.args);
        let goes_on = self.go(target.block.index(), &values)?;
        self.end(Op::Br, vec![], vec![taken], vec![goes_on, otherwise]);
        self.land(yield_block, 0, &kept, &env)?;
        self.set_held(&slots)
    }

    /// Whether the sink takes the item.
    fn offer(&mut self, sink: ValueId, item: ValueId) -> Result<ValueId, String> {
        let fact = match self.fact(item) {
            Fact::Const(id) if self.shared.int_const(id).is_some() => Fact::I64,
            Fact::Const(id) if self.shared.float_const(id).is_some() => Fact::F64,
            fact => fact,
        };
        let (name, word) = match fact {
            Fact::I64 => ("sink_int", self.convert(item, fact)?[0]),
            Fact::F64 => ("sink_float", self.convert(item, fact)?[0]),
            Fact::Bool => {
                let flag = self.abs(item)?.parts[0].ok_or("a part is missing")?;
                let one = self.one(Op::I32, vec![Imm::Int(1)], vec![]);
                let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
                ("sink_bool", self.one(Op::Select, vec![], vec![one, zero, flag]))
            }
            _ => ("sink_value", self.boxed(item)?),
        };
        Ok(self.one(Op::Call, vec![row(name)], vec![sink, word]))
    }

    /// What the only loop of a generator expression steps through without an iterator object, as far as its maker shows.
    pub fn taken_apart(&self, i: usize, inst: &Inst) -> Option<Fact> {
        let (code, names) = (&self.f.code, &self.shared.names);
        let fact = match self.fact(inst.args[0]) {
            ANY if names.over_ranges.contains(code) => Fact::RangeIter(1),
            ANY if names.over_lists.contains(code) && self.has_room((self.b, i)) => Fact::SeqIter(TypeIs::List),
            _ => return None,
        };
        let steps = self.f.blocks.iter().flat_map(|b| &b.insts);
        let only = self.is_generator && steps.filter(|n| n.calls("iter_next")).count() == 1;
        only.then_some(fact)
    }

    /// The step of such an iterator.
    pub fn next_apart(&mut self, i: usize, inst: &Inst, fact: Fact) -> Result<Next, String> {
        let exit = match fact {
            Fact::RangeIter(_) => self.rare(i)?,
            _ => self.failed(i, inst.args[0], NOT_LIST)?,
        };
        self.test_value(inst.args[0], fact, &exit, true)?;
        self.virtual_next(i, inst)
    }

    /// A loop's step.
    pub fn next_of_generator(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let mut step = inst.clone();
        let name = match self.taken_by_loop(i, inst) {
            Some(Taken::True) => "generator_next_false",
            Some(Taken::False) => "generator_next_true",
            Some(Taken::Append(list)) if matches!(self.fact(list), Fact::Boxed(TypeIs::List, _)) => {
                step.args.push(list);
                "generator_next_listed"
            }
            _ => "generator_next",
        };
        step.imms = vec![row(name)];
        self.copy(&step)
    }

    /// What the loop does with most items, when that is one thing after which all its values are what they were: the loops of `any`,
    /// `all` and `tuple` (CPython: Python/codegen.c, maybe_optimize_function_call).
    fn taken_by_loop(&self, i: usize, inst: &Inst) -> Option<Taken> {
        let f = self.f;
        let branch = f.blocks[self.b].insts.get(i + 1)?;
        if i != 0 || branch.op != Op::BrNull || branch.args != inst.results {
            return None;
        }
        let item = inst.results[0];
        let more = &branch.targets[1];
        let (first, rest) = f.blocks[more.block.index()].insts.split_first()?;
        let named = self.names_of(more, Some);
        if first.calls("list_append") {
            let list = *named.get(&first.args[0])?;
            let appends = named.get(&first.args[1]) == Some(&item) && list != item;
            return (appends && self.goes_back(rest, &named)).then_some(Taken::Append(list));
        }
        let [br] = rest else { return None };
        let tests = first.calls("truth") && named.get(&first.args[0]) == Some(&item);
        if !tests || br.op != Op::Br || br.args != first.results {
            return None;
        }
        let back = |edge: &Edge| {
            let names = self.names_of(edge, |v| named.get(&v).copied());
            self.goes_back(&f.blocks[edge.block.index()].insts, &names)
        };
        match (back(&br.targets[0]), back(&br.targets[1])) {
            (true, false) => Some(Taken::True),
            (false, true) => Some(Taken::False),
            _ => None,
        }
    }

    /// What the parameters of an edge's block were called before.
    fn names_of(&self, edge: &Edge, name: impl Fn(ValueId) -> Option<ValueId>) -> HashMap<ValueId, ValueId> {
        let params = self.f.blocks[edge.block.index()].params.iter();
        let pairs = params.zip(&edge.args);
        pairs.filter_map(|(p, v)| Some((p.value, name(*v)?))).collect()
    }

    /// Nothing but a poll, and then the start of this block again with its own parameters.
    fn goes_back(&self, insts: &[Inst], names: &HashMap<ValueId, ValueId>) -> bool {
        let jump = match insts {
            [jump] => jump,
            [poll, jump] if poll.op == Op::Poll => jump,
            _ => return false,
        };
        let params = &self.f.blocks[self.b].params;
        let Some(edge) = jump.targets.first().filter(|_| jump.op == Op::Jump) else {
            return false;
        };
        let same = |(p, v): (&pyaot_ir::Param, &ValueId)| names.get(v) == Some(&p.value);
        edge.block.index() == self.b && params.len() == edge.args.len() && params.iter().zip(&edge.args).all(same)
    }

    /// `g.send(v)`, or `next(g)` without a value.
    pub fn send(&mut self, inst: &Inst, generator: ValueId, value: Option<ValueId>) -> Result<(), String> {
        self.env.remove(&inst.args[0]);
        self.load_names()?;
        let object = self.boxed(generator)?;
        let sent = match value {
            Some(value) => self.boxed(value)?,
            None => {
                let none = self.shared.module.add_const(pyaot_ir::Const::None);
                self.one(Op::Const, vec![Imm::Const(none)], vec![])
            }
        };
        let error = self.error_of(inst)?;
        let operands = vec![object, sent];
        let got = self
            .b()
            .push(Op::Call, vec![row("generator_send")], operands, 1, Ty::Any, error)[0];
        self.effect();
        self.env.insert(inst.results[0], Abs::new(ANY, got));
        Ok(())
    }
}
