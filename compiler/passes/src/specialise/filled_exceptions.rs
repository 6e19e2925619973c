//! Calls of exception classes whose `__init__` calls BaseException's, if anything, and stores: the exception is made with its arguments,
//! and what is stored goes straight into it. In and out: as in `filled`, behind a test that `super` is the builtin where it is named.
//!
//! What the class does to attributes and which `__init__` comes behind its own is looked at when it is admitted
//! (`pyaot_exception_filled`).
use super::body::{Abs, Body};
use super::facts::ANY;
use super::filled::{Stored, Stores};
use super::supers::MOST;
use pyaot_abi::{GROUP_NAMES, guard};
use pyaot_ir::builder::row;
use pyaot_ir::{CodeId, Const, GlobalId, Imm, Inst, Op, Ty, ValueId};

/// Built-in classes without fields of their own, which could be stored to.
const BASES: [&str; 24] = [
    "BaseException",
    "Exception",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "KeyError",
    "IndexError",
    "LookupError",
    "ArithmeticError",
    "ZeroDivisionError",
    "OverflowError",
    "FloatingPointError",
    "AssertionError",
    "BufferError",
    "EOFError",
    "MemoryError",
    "NotImplementedError",
    "RecursionError",
    "ReferenceError",
    "KeyboardInterrupt",
    "GeneratorExit",
    "Warning",
    "UserWarning",
    "RuntimeWarning",
];

impl Body<'_, '_> {
    /// What the `__init__` of a class of exceptions consists of, for a call with that many arguments.
    pub fn exception_stores(&self, global: GlobalId, init: CodeId, arguments: usize) -> Option<Stores> {
        let base = self.shared.names.builtin_base(global, &self.shared.unbound)?;
        let is_super = |global: &GlobalId| self.shared.unbound.get(global).is_some_and(|name| name == "super");
        let known = |s: &Stores| BASES.contains(&base) && s.calls.as_ref().is_none_or(|(name, ..)| is_super(name));
        let stores = self.all_stores(init).filter(known)?;
        let own = stores
            .stores
            .iter()
            .all(|(name, _)| match self.shared.module.constant(*name) {
                Const::Str(text) => text != b"args" && !text.starts_with(b"__"),
                _ => false,
            });
        let words = stores.calls.as_ref().map_or(arguments, |(_, _, words)| words.len());
        (own && words <= MOST && stores.stores.len() <= GROUP_NAMES).then_some(stores)
    }

    pub fn call_filled_exception(
        &mut self,
        i: usize,
        inst: &Inst,
        init: CodeId,
        stores: &Stores,
    ) -> Result<(), String> {
        let result = inst.results[0];
        let cache = self.method_cache(result);
        let arguments: Vec<Stored> = match &stores.calls {
            Some((name, _, words)) => {
                self.test_global(i, *name, guard::BUILTIN)?;
                words.clone()
            }
            None => (1..inst.args.len() - 1).map(Stored::Param).collect(),
        };
        let exit = self.rare(i)?;
        let names = stores.stores.iter().map(|(name, _)| *name).collect();
        let tuple = self.shared.module.add_const(Const::Tuple(names));
        let cell = stores.calls.as_ref().map_or(0, |(_, cell, _)| cell + 1);
        let class = self.callee_word(inst)?;
        let code = self.one(Op::CodeAddr, vec![Imm::Code(init)], vec![]);
        let names = self.one(Op::Const, vec![Imm::Const(tuple)], vec![]);
        let group = self.one(Op::CacheAddr, vec![Imm::Cache(cache)], vec![]);
        let which = self.one(Op::I32, vec![Imm::Int(arguments.len() as i64 | cell << 8)], vec![]);
        let mut operands = vec![class, code, names, group, which];
        for k in 0..MOST {
            let none = self.shared.module.add_const(Const::None);
            operands.push(match arguments.get(k) {
                Some(stored) => self.stored_word(inst, *stored)?,
                None => self.one(Op::Const, vec![Imm::Const(none)], vec![]),
            });
        }
        let name = vec![row("exception_filled")];
        let made = self.b().push(Op::Call, name, operands, 1, Ty::Any, Some(exit))[0];
        self.quiet_effect();
        self.env.insert(result, Abs::new(ANY, made));
        self.put_stores(inst, cache, tuple, made, &stores.stores)
    }

    pub fn stored_word(&mut self, inst: &Inst, stored: Stored) -> Result<ValueId, String> {
        match stored {
            Stored::Param(n) => self.boxed(inst.args[n + 1]),
            Stored::Const(id) => Ok(self.one(Op::Const, vec![Imm::Const(id)], vec![])),
            Stored::Empty(_) => Err("an argument that is made".into()),
        }
    }
}
