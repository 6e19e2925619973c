//! Classes of exceptions. In: `super().__init__(…)`, which is a load of the method and a call that follows it at once. Out: behind a
//! test of what `super` finds, the store of the arguments that `BaseException.__init__` makes. And instances for calls of the classes.
use super::body::{Abs, Body, Next};
use super::facts::Fact;
use super::points;
use pyaot_ir::builder::row;
use pyaot_ir::{CacheId, CodeId, Cond, Const, Imm, Inst, Op, Ty, ValueId};

/// Arguments that an exception keeps without a tuple.
pub const MOST: usize = 2;

impl Body<'_, '_> {
    pub fn load_super_method(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let f = self.f;
        let is_init = match inst.imms.first() {
            Some(Imm::Const(name)) => *self.shared.module.constant(*name) == Const::Str(b"__init__".to_vec()),
            _ => false,
        };
        if !is_init || self.call_of_method(i, inst).is_none() {
            return self.copy(inst);
        }
        let insts = &f.blocks[self.b].insts;
        let at = i + 1 + insts[i + 1..].iter().take_while(|n| points::is_constant(n)).count();
        let call = &insts[at];
        let follows = call.op == Op::CallPython && call.args[0] == inst.results[0];
        if !follows || call.args.len() > MOST + 2 {
            return self.copy(inst);
        }
        let arguments = &call.args[2..];
        let [global, class, object] = inst.args[..] else {
            return Err("load_super_method of other than three".into());
        };
        let exit = self.rare(i)?;
        let this = self.boxed(object)?;
        let words = vec![self.boxed(global)?, self.boxed(class)?, this];
        let found = self.one(Op::Call, vec![row("super_init_is_plain")], words);
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        let plain = self.icmp(Cond::Ne, found, zero);
        self.guarded(Op::Guard, vec![], vec![plain], exit);
        self.load_names()?;
        let mut operands = vec![this];
        for value in arguments {
            operands.push(self.boxed(*value)?);
        }
        let name = ["exception_init_0", "exception_init_1", "exception_init_2"][arguments.len()];
        self.b().push(Op::Call, vec![row(name)], operands, 0, Ty::Any, None);
        self.effect();
        for result in &inst.results {
            self.env.insert(*result, Abs::nothing(Fact::Null));
        }
        let none = self.shared.module.add_const(Const::None);
        self.env.insert(call.results[0], Abs::nothing(Fact::Const(none)));
        self.fused = Some((self.b, at));
        Ok(Next::On)
    }

    /// Tests that the call of a class makes an exception and runs the `__init__` with this code, and makes the exception.
    pub fn new_exception(&mut self, i: usize, inst: &Inst, cache: CacheId, init: CodeId) -> Result<ValueId, String> {
        let exit = self.rare(i)?;
        let class = self.boxed(inst.args[0])?;
        let code = self.one(Op::CodeAddr, vec![Imm::Code(init)], vec![]);
        let group = self.one(Op::CacheAddr, vec![Imm::Cache(cache)], vec![]);
        let args = vec![class, code, group];
        let known = self.one(Op::Call, vec![row("exception_class_admit")], args);
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        let known = self.icmp(Cond::Ne, known, zero);
        self.guarded(Op::Guard, vec![], vec![known], exit);
        let mut operands = vec![class];
        for value in &inst.args[2..] {
            operands.push(self.boxed(*value)?);
        }
        let name = ["exception_new_0", "exception_new_1", "exception_new_2"]
            .get(operands.len() - 1)
            .ok_or("an exception of too many arguments")?;
        let error = self.error_of(inst)?;
        let made = self.b().push(Op::Call, vec![row(name)], operands, 1, Ty::Any, error);
        Ok(made[0])
    }
}
