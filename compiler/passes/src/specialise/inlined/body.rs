//! One inst of a function on the walk: of the consumer, where everything is allowed, or of a generator inlined into it.
use super::bodies::is_resumed;
use super::state::{Thing, Val};
use super::walk::{Decided, R, Stop, Walk};
use crate::specialise::points;
use pyaot_abi::GENERATOR_DELEGATING;
use pyaot_ir::{Edge, Imm, Inst, Op, Shape, Ty, ValueId};

/// Values that may end with one block.
const ENDING: usize = 4;

impl Walk<'_> {
    /// An inst of the consumer. True: the block ends with it.
    pub(super) fn plain_inst(&mut self, i: usize, inst: &Inst) -> R<bool> {
        if points::is_constant(inst) {
            self.val(inst.results[0])?;
            return Ok(false);
        }
        // Where one callee is another function, the block's other calls are made as they are.
        let decided = self.decided;
        if decided == Decided::Known {
            self.decided = Decided::Nothing;
        }
        match inst.op {
            Op::CallPython if decided != Decided::Other => {
                if let Some((code, args, is_tested)) = self.generator_call(i, inst) {
                    if !is_tested || decided == Decided::Known {
                        self.new_generator(inst, code, &args)?;
                        return Ok(false);
                    }
                    let flag = self.is_function_of(inst.args[0], code)?;
                    let state = self.state_before(i)?;
                    let targets = [Decided::Known, Decided::Other].map(|d| self.go(&state, d, 0));
                    self.end(Op::Br, vec![], vec![flag], targets.to_vec());
                    return Ok(true);
                }
            }
            Op::Call => {
                if let Some(ended) = self.iterator_call(i, inst)? {
                    return Ok(ended);
                }
            }
            Op::BrNull => {
                if let Some(target) = self.known_target(inst)? {
                    return self.jump(target);
                }
            }
            Op::Release => {
                if let Some((id, thing)) = self.thing(inst.args[0])? {
                    let values = self.ended(i, inst.args[0], id, &thing);
                    for value in values {
                        self.release(inst, value);
                    }
                    return Ok(false);
                }
            }
            Op::UnpackSequence if self.unpack(i, inst)? => return Ok(false),
            Op::Keep => {
                for value in self.parts(inst.args[0])? {
                    self.b().none(Op::Keep, vec![], vec![value]);
                }
                return Ok(false);
            }
            _ => {}
        }
        self.copy(inst)
    }

    /// `iter` or a step of a generator without object, if it is one. True: the block ends with it.
    fn iterator_call(&mut self, i: usize, inst: &Inst) -> R<Option<bool>> {
        if inst.calls("get_iter") {
            let Some(id) = self.generator(inst.args[0])? else {
                return Ok(None);
            };
            self.env.insert(inst.results[0], Val::Ref(id));
            return Ok(Some(false));
        }
        if !inst.calls("iter_next") {
            return Ok(None);
        }
        Ok(match self.thing(inst.args[0])? {
            Some((id, Thing::Generator(..))) if self.is_step(i, inst) => {
                self.enter(i, id)?;
                Some(true)
            }
            Some((_, Thing::Finished(..))) => {
                self.env.insert(inst.results[0], Val::Null);
                Some(false)
            }
            _ => None,
        })
    }

    /// Where a branch on what a generator has given leads.
    fn known_target<'i>(&mut self, inst: &'i Inst) -> R<Option<&'i Edge>> {
        Ok(match self.val(inst.args[0])? {
            Val::Null => Some(&inst.targets[0]),
            Val::Item(_) | Val::Ref(_) => Some(&inst.targets[1]),
            _ => None,
        })
    }

    fn jump(&mut self, target: &Edge) -> R<bool> {
        let edge = self.edge(target, 0)?;
        self.end(Op::Jump, vec![], vec![], vec![edge]);
        Ok(true)
    }

    /// The values that something consists of.
    fn parts(&mut self, value: ValueId) -> R<Vec<ValueId>> {
        let mut work = vec![self.val(value)?];
        let mut parts = Vec::new();
        while let Some(val) = work.pop() {
            match val {
                Val::Plain(v) | Val::Item(v) => parts.push(v),
                Val::Ref(id) => {
                    if let Some(Thing::Generator(_, _, vals) | Thing::Tuple(vals)) = self.state.things.get(&id) {
                        work.extend(vals);
                    }
                }
                Val::NoneConst | Val::Null => {}
            }
        }
        Ok(parts)
    }

    fn release(&mut self, inst: &Inst, value: ValueId) {
        let mut new = Inst::new(Op::Release, vec![], vec![value]);
        new.site = inst.site;
        let block = self.block;
        self.out.block_mut(block).insts.push(new);
    }

    fn copy(&mut self, inst: &Inst) -> R<bool> {
        let mut new = Inst::new(inst.op, inst.imms.clone(), vec![]);
        new.site = inst.site;
        for value in &inst.args {
            let value = self.plain(*value)?;
            new.args.push(value);
        }
        new.error = match &inst.error {
            Some(edge) => Some(self.edge(edge, 0)?),
            None => None,
        };
        let given = usize::from(inst.op.row().shape == Shape::EndsResume);
        for edge in &inst.targets {
            let edge = self.edge(edge, given)?;
            new.targets.push(edge);
        }
        let code = self.state.frames.last().and_then(|f| f.code);
        for result in &inst.results {
            let ty = self.function(code).ty(*result);
            let value = self.out.new_value(ty);
            new.results.push(value);
            self.env.insert(*result, Val::Plain(value));
        }
        let ended = inst.op.is_terminator();
        let block = self.block;
        self.out.block_mut(block).insts.push(new);
        Ok(ended)
    }

    /// What has no object.
    fn thing(&mut self, value: ValueId) -> R<Option<(u32, Thing)>> {
        Ok(match self.val(value)? {
            Val::Ref(id) => self.state.things.get(&id).map(|thing| (id, thing.clone())),
            _ => None,
        })
    }

    fn generator(&mut self, value: ValueId) -> R<Option<u32>> {
        let thing = self.thing(value)?;
        Ok(thing
            .filter(|(_, thing)| matches!(thing, Thing::Generator(..) | Thing::Finished(..)))
            .map(|(id, _)| id))
    }

    /// The step's branch follows it.
    fn is_step(&self, i: usize, inst: &Inst) -> bool {
        let frame = self.state.frames.last();
        let insts = frame.map(|f| &self.function(f.code).blocks[f.block].insts);
        let next = insts.and_then(|insts| insts.get(i + 1));
        next.is_some_and(|n| n.op == Op::BrNull && n.args == inst.results)
    }

    /// Whether something refers to a thing behind inst `i`, but for the operand of that.
    fn is_held(&self, i: usize, value: ValueId, id: u32) -> bool {
        let Some((frame, others)) = self.state.frames.split_last() else {
            return false;
        };
        let insts = &self.function(frame.code).blocks[frame.block].insts;
        let later = |v: &ValueId| {
            let mut rest = insts[i + 1..].iter();
            rest.any(|n| n.args.contains(v) || n.edges().any(|e| e.args.contains(v)))
        };
        let same = |val: &Val| *val == Val::Ref(id);
        let here = self.env.iter().any(|(v, val)| *v != value && same(val) && later(v));
        let outside = others.iter().flat_map(|f| &f.values).any(|(_, val)| same(val));
        let inside = self.state.things.values().any(|thing| match thing {
            Thing::Generator(_, _, vals) | Thing::Tuple(vals) => vals.iter().any(same),
            _ => false,
        });
        here || outside || inside
    }

    /// The values that end when a reference of a thing is given back, in that order.
    fn ended(&mut self, i: usize, value: ValueId, id: u32, thing: &Thing) -> Vec<ValueId> {
        let vals = match thing {
            _ if self.is_held(i, value, id) => return vec![],
            // Its variables, then its function.
            Thing::Generator(code, point, vals) => {
                let function = usize::from(is_resumed(self.function(Some(*code)), *point));
                let mut vals = vals.clone();
                if function < vals.len() {
                    let function = vals.remove(function);
                    vals.push(function);
                }
                vals
            }
            Thing::Finished(_, function) => vec![*function],
            // (CPython: Objects/tupleobject.c, tuple_dealloc.)
            Thing::Tuple(vals) => vals.iter().rev().copied().collect(),
            _ => vec![],
        };
        self.state.things.insert(id, Thing::Gone);
        let mut values = Vec::new();
        for val in vals {
            match val {
                Val::Plain(v) | Val::Item(v) => values.push(v),
                Val::Ref(inner) => {
                    if let Some(thing) = self.state.things.get(&inner).cloned() {
                        values.extend(self.ended(i, value, inner, &thing));
                    }
                }
                _ => {}
            }
        }
        values
    }

    /// The items of a tuple without object, which nobody asks for anything else.
    fn unpack(&mut self, i: usize, inst: &Inst) -> R<bool> {
        let Some((id, Thing::Tuple(vals))) = self.thing(inst.args[0])? else {
            return Ok(false);
        };
        let frame = self.state.frames.last().ok_or(Stop::GiveUp)?;
        let insts = &self.function(frame.code).blocks[frame.block].insts;
        let value = inst.args[0];
        let mut rest = insts[i + 1..].iter().filter(|n| n.op != Op::Release);
        let used = rest.any(|n| n.args.contains(&value) || n.edges().any(|e| e.args.contains(&value)));
        if used || vals.len() != inst.results.len() || self.is_held(i, value, id) {
            return Ok(false);
        }
        for (result, val) in inst.results.iter().zip(vals) {
            self.env.insert(*result, val);
        }
        self.state.things.insert(id, Thing::Gone);
        Ok(true)
    }

    // ---- generators' bodies ----

    /// An inst of an inlined generator: it only computes, or the block is left at its start.
    pub(super) fn inlined(&mut self, i: usize, inst: &Inst) -> R<bool> {
        if points::is_constant(inst) {
            self.val(inst.results[0])?;
            return Ok(false);
        }
        match inst.op {
            // What raised would have left the block.
            Op::SetLocal | Op::CheckRaised | Op::Enter | Op::Leave => Ok(false),
            Op::Release => {
                match self.val(inst.args[0])? {
                    Val::Plain(v) | Val::Item(v) => self.ending.push(v),
                    Val::Ref(id) => {
                        if let Some(thing) = self.state.things.get(&id).cloned() {
                            let values = self.ended(i, inst.args[0], id, &thing);
                            self.ending.extend(values);
                        }
                    }
                    Val::NoneConst | Val::Null => {}
                }
                Ok(false)
            }
            Op::Yield => {
                self.end_values()?;
                self.suspend(inst)?;
                Ok(true)
            }
            Op::Ret => {
                let Val::Plain(v) = self.val(inst.args[0])? else {
                    return Err(Stop::Leave);
                };
                if !self.is_constant(inst.args[0]) {
                    self.ending.push(v);
                }
                self.end_values()?;
                let frame = self.state.frames.last().ok_or(Stop::GiveUp)?;
                let code = frame.code.ok_or(Stop::GiveUp)?;
                let (_, function) = frame.values[usize::from(is_resumed(&self.body(code)?.f, frame.block))];
                self.give(Val::Null, Thing::Finished(code, function))?;
                Ok(true)
            }
            Op::BrNull => {
                self.end_values()?;
                match self.known_target(inst)? {
                    Some(target) => self.jump(target),
                    None => self.copy_light(inst),
                }
            }
            Op::Jump | Op::Br => {
                self.end_values()?;
                self.copy_light(inst)
            }
            Op::CallPython => match self.generator_call(i, inst) {
                Some((code, args, is_tested)) => {
                    if is_tested {
                        let flag = self.is_function_of(inst.args[0], code)?;
                        let edge = self.way_out()?;
                        self.b().push(Op::Guard, vec![], vec![flag], 0, Ty::Any, Some(edge));
                    }
                    self.new_generator(inst, code, &args)?;
                    Ok(false)
                }
                None => self.light_call(inst),
            },
            Op::Call => self.inlined_call(i, inst),
            Op::Build if inst.imms == [pyaot_ir::builder::row("build_tuple")] => {
                let mut vals = Vec::new();
                for value in &inst.args {
                    vals.push(self.val(*value)?);
                }
                let id = self.state.fresh();
                self.state.things.insert(id, Thing::Tuple(vals));
                self.env.insert(inst.results[0], Val::Ref(id));
                Ok(false)
            }
            Op::UnpackSequence if self.unpack(i, inst)? => Ok(false),
            Op::Poll if !self.spins()? => Ok(false),
            Op::UnpackSequence | Op::CheckBound | Op::ICmp | Op::Not | Op::BoxBool | Op::Poll | Op::TakeAdd => {
                self.copy_light(inst)
            }
            Op::LoadGlobal => self.copy_light(inst),
            _ => Err(Stop::Leave),
        }
    }

    /// The generator may go round without its consumer.
    fn spins(&self) -> R<bool> {
        let frame = self.state.frames.last().ok_or(Stop::GiveUp)?;
        let body = self.body(frame.code.ok_or(Stop::GiveUp)?)?;
        Ok(body.spins.contains(&frame.block))
    }

    fn is_constant(&self, value: ValueId) -> bool {
        let code = self.state.frames.last().and_then(|f| f.code);
        let insts = self.function(code).blocks.iter().flat_map(|b| &b.insts);
        insts
            .into_iter()
            .any(|i| points::is_constant(i) && i.results[0] == value)
    }

    /// Copies what cannot be more than a computation where its operands are numbers and sequences.
    fn copy_light(&mut self, inst: &Inst) -> R<bool> {
        let is_generator = |walk: &Self, v: &ValueId| match walk.env.get(v) {
            Some(Val::Ref(id)) => !matches!(walk.state.things.get(id), Some(Thing::Tuple(_))),
            _ => false,
        };
        if inst.args.iter().any(|v| is_generator(self, v)) {
            return Err(Stop::Leave);
        }
        let mut light = inst.clone();
        light.error = None;
        self.copy(&light)
    }

    fn inlined_call(&mut self, i: usize, inst: &Inst) -> R<bool> {
        if let Some(ended) = self.iterator_call(i, inst)? {
            return Ok(ended);
        }
        match inst.intrinsic().map_or("", |row| row.name) {
            "iter_next" if self.thing(inst.args[0])?.is_some() => Err(Stop::Leave),
            "get_iter" | "iter_next" => self.copy_light(inst),
            "add" | "sub" | "mul" | "truediv" | "floordiv" | "mod" | "and" | "or" | "xor" | "lshift" | "rshift"
            | "pow" | "inplace_op" | "neg" | "pos" | "invert" | "compare" | "compare_bool" | "truth" | "getitem"
            | "load_attr" => self.copy_light(inst),
            _ => Err(Stop::Leave),
        }
    }

    /// Calls of builtins that compute.
    fn light_call(&mut self, inst: &Inst) -> R<bool> {
        let frame = self.state.frames.last().ok_or(Stop::GiveUp)?;
        let insts = &self.function(frame.code).blocks[frame.block].insts;
        let callee = insts.iter().find(|n| n.results.first() == Some(&inst.args[0]));
        let Some((Op::LoadGlobal, Some(Imm::Global(global)))) = callee.map(|n| (n.op, n.imms.first())) else {
            return Err(Stop::Leave);
        };
        let name = self.module.constant(self.module.globals[global.index()]);
        let light = ["range", "len", "abs", "min", "max"];
        match name {
            pyaot_ir::Const::Str(name) if light.iter().any(|l| l.as_bytes() == name) => self.copy_light(inst),
            _ => Err(Stop::Leave),
        }
    }

    /// The edge of the `inlined` op that the block begins with.
    fn way_out(&self) -> R<Edge> {
        let first = self.out.block(self.block).insts.iter().find(|i| i.op == Op::Inlined);
        first.and_then(|i| i.error.clone()).ok_or(Stop::GiveUp)
    }

    /// What ends in the block does so behind everything that can leave it.
    fn end_values(&mut self) -> R<()> {
        if self.ending.len() > ENDING {
            return Err(Stop::Leave);
        }
        for value in std::mem::take(&mut self.ending) {
            self.b().none(Op::Release, vec![], vec![value]);
        }
        Ok(())
    }

    fn suspend(&mut self, inst: &Inst) -> R<()> {
        let delegates = i64::from(GENERATOR_DELEGATING);
        if matches!(inst.imms.first(), Some(Imm::Int(flags)) if flags & delegates != 0) {
            return Err(Stop::Leave);
        }
        let item = match self.val(inst.args[0])? {
            Val::Plain(v) | Val::Item(v) => Val::Item(v),
            Val::Ref(id) if matches!(self.state.things.get(&id), Some(Thing::Tuple(_))) => Val::Ref(id),
            _ => return Err(Stop::Leave),
        };
        let target = &inst.targets[0];
        // What is sent to it next is None.
        let mut vals = vec![Val::NoneConst];
        for value in &target.args {
            vals.push(self.val(*value)?);
        }
        let code = self.state.frames.last().and_then(|f| f.code).ok_or(Stop::GiveUp)?;
        self.give(item, Thing::Generator(code, target.block.index(), vals))
    }
}
