//! Generators whose type is known: made by a call of a function with `yield`, or by a generator expression.
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact, TypeIs};
use pyaot_abi::guard;
use pyaot_ir::builder::row;
use pyaot_ir::{CodeId, GlobalId, Imm, Inst, Op, Ty, ValueId};

pub const GENERATOR: Fact = Fact::Boxed(TypeIs::Generator, 0);

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

    /// The step of the only loop of a generator expression that was made for the iterator of a range.
    pub fn takes_range(&self, inst: &Inst) -> bool {
        let steps = self.f.blocks.iter().flat_map(|b| &b.insts);
        self.is_generator
            && self.fact(inst.args[0]) == ANY
            && self.shared.names.over_ranges.contains(&self.f.code)
            && steps.filter(|n| n.calls("iter_next")).count() == 1
    }

    /// A loop's step.
    pub fn next_of_generator(&mut self, inst: &Inst) -> Result<Next, String> {
        let mut step = inst.clone();
        step.imms = vec![row("generator_next")];
        self.copy(&step)
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
