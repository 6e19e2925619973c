//! Calls whose callee is known: functions bound by `def`, and builtins.
//!
//! A name that is only called is not loaded: its cell's guard is tested instead. When other code ran since, the object has been
//! loaded, and the guard is tested again before the call.
use super::arguments::Source;
use super::arith::Num;
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact, NOT_FLOAT, NOT_INT, TypeIs};
use super::generators::GENERATOR;
use super::quiet::Quiet;
use super::{Result_, argument_fact};
use super::{direct, hints};
use pyaot_abi::guard;
use pyaot_ir::builder::row;
use pyaot_ir::{CodeId, Cond, Const, ConstId, GlobalId, Imm, Inst, Op, Ty, ValueId};

/// Builtins whose calls have code of their own.
pub const BUILTINS: [&str; 11] = [
    "range",
    "len",
    "abs",
    "min",
    "max",
    "float",
    "int",
    "ord",
    "isinstance",
    "iter",
    "next",
];
/// Builtins that are types.
const TYPES: [&str; 11] = [
    "int",
    "float",
    "str",
    "list",
    "tuple",
    "dict",
    "set",
    "bool",
    "bytes",
    "complex",
    "frozenset",
];

/// Arguments of `min` and `max` that are compared on the spot.
const EXTREME_OF: usize = 4;

impl Body<'_, '_> {
    /// The only use of a value, if that is as the callee of a call without self in the same block.
    fn call_of(&self, i: usize, value: ValueId) -> Option<&Inst> {
        let f = self.f;
        let insts = &f.blocks[self.b].insts[i + 1..];
        let at = insts.iter().position(|inst| inst.args.contains(&value))?;
        let call = &insts[at];
        let once = matches!(call.op, Op::CallPython | Op::CallPythonKw)
            && call.args.iter().filter(|v| **v == value).count() == 1
            && call.args[0] == value;
        let later = insts[at..].iter().any(|inst| {
            inst.edges().any(|e| e.args.contains(&value)) || !std::ptr::eq(inst, call) && inst.args.contains(&value)
        });
        let null = |this: ValueId| self.fact(this) == Fact::Null || self.f.ty(this) == Ty::Opt;
        (once && !later && call.args.get(1).is_some_and(|this| null(*this))).then_some(call)
    }

    pub fn load_global(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let Some(Imm::Global(global)) = inst.imms.first().copied() else {
            return Err("load_global of no global".into());
        };
        let result = inst.results[0];
        let call = self
            .call_of(i, result)
            .map(|call| (call.args.len() - 2, self.keywords(call), call.op == Op::CallPythonKw));
        let Some((n, keywords, by_keyword)) = call else {
            return self.load_cell(i, inst, global);
        };
        if !by_keyword && self.is_called_by_cell(i, result, global, n) {
            self.call_by_cell(i, result, global)?;
            return Ok(Next::On);
        }
        let (state, fact) =
            if self.direct(global, n, &keywords).is_some() || !by_keyword && self.generator_of(global).is_some() {
                (guard::BOUND, Fact::Function(global))
            } else if !by_keyword && self.builtin(global).is_some() {
                (guard::BUILTIN, Fact::Builtin(global))
            } else {
                return self.load_cell(i, inst, global);
            };
        let exit = self.rare(i)?;
        let imms = vec![Imm::Global(global), Imm::Int(state as i64)];
        self.guarded(Op::GuardGlobal, imms, vec![], exit);
        self.env.insert(result, Abs::nothing(fact));
        Ok(Next::On)
    }

    /// What the cell of a name holds that the module binds; a name that is not bound is left to generic code.
    fn load_cell(&mut self, i: usize, inst: &Inst, global: GlobalId) -> Result<Next, String> {
        if self.shared.unbound.contains_key(&global) {
            return self.copy(inst);
        }
        let word = self.bound_word(i, global)?;
        self.loaded(i, word, inst.results[0])?;
        Ok(Next::On)
    }

    /// The code that a call of a global with `n` arguments runs while its guard holds.
    fn direct(&self, global: GlobalId, n: usize, keywords: &[ConstId]) -> Option<CodeId> {
        let code = *self.shared.module.bound.get(&global)?;
        let fits = self.shared.callable.contains(&code) && self.sources(code, n, keywords).is_some();
        fits.then_some(code)
    }

    fn builtin(&self, global: GlobalId) -> Option<&'static str> {
        let name = self.shared.unbound.get(&global)?;
        BUILTINS
            .into_iter()
            .chain(pyaot_abi::DIRECT_BUILTINS)
            .find(|b| b == name)
    }

    /// The global that gave the callee, in this block.
    fn callee(&self, callable: ValueId) -> Option<GlobalId> {
        match self.fact(callable) {
            Fact::Function(global) | Fact::Builtin(global) => return Some(global),
            _ => {}
        }
        let f = self.f;
        let made = f.blocks[self.b].insts.iter().find(|i| i.results.contains(&callable))?;
        match (made.op, made.imms.first()) {
            (Op::LoadGlobal, Some(Imm::Global(global))) => Some(*global),
            _ => None,
        }
    }

    pub fn call_python(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let (callable, arguments) = (inst.args[0], &inst.args[2..]);
        if self.fact(callable) == Fact::Method {
            return self.call_exact(i, inst);
        }
        if let Some(method) = self.methods.remove(&callable) {
            return self.call_method(i, inst, method);
        }
        if let Some(next) = self.call_exit(i, inst)? {
            return Ok(next);
        }
        if let Some(native) = self.native(inst)
            && self.call_native(i, inst, native)?
        {
            return Ok(Next::On);
        }
        if self.fact(inst.args[1]) != Fact::Null {
            // A generator expression is called as if it were a method of its iterator.
            return match self.call_generator(i, inst, None)? {
                Some(next) => Ok(next),
                None => self.copy(inst),
            };
        }
        let global = self.callee(callable);
        if let Some(next) = self.call_generator(i, inst, global)? {
            return Ok(next);
        }
        let Some(global) = global else {
            return match self.call_inner(i, inst)? {
                Some(next) => Ok(next),
                None => self.copy(inst),
            };
        };
        if let Some(init) = self.init_of(global, arguments.len()) {
            return self.call_class(i, inst, global, init);
        }
        let state = if self.shared.module.bound.contains_key(&global) {
            guard::BOUND
        } else {
            guard::BUILTIN
        };
        let known = matches!(self.fact(callable), Fact::Function(_) | Fact::Builtin(_));
        if let Some(code) = self.direct(global, arguments.len(), &[]) {
            if !known {
                self.test_global(i, global, state)?;
            }
            return self.call_version(i, inst, &inst.args[2..], code);
        }
        let Some(name) = self.builtin(global) else {
            return self.copy(inst);
        };
        if self.fits_character(name, arguments) {
            if !known {
                self.test_global(i, global, state)?;
            }
            if self.call_character(i, name, arguments[0], inst)? {
                return Ok(Next::On);
            }
        }
        if name == "range" && self.range_is_looped(i, inst) || name != "range" && self.builtin_fits(name, arguments) {
            if !known {
                self.test_global(i, global, state)?;
            }
            if self.call_builtin(i, name, arguments, inst)? {
                return Ok(Next::On);
            }
        }
        if let Some(found) = direct::builtin(name, arguments.len()) {
            if !known {
                self.test_global(i, global, state)?;
            }
            self.call_direct(inst, arguments, found)?;
            return Ok(Next::On);
        }
        self.copy(inst)
    }

    /// A call of a builtin that is code on the spot, in an inlined generator.
    pub fn call_computing(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let (callable, arguments) = (inst.args[0], &inst.args[2..]);
        let global = self.callee(callable);
        let Some((global, name)) = global.and_then(|g| Some((g, self.builtin(g)?))) else {
            return self.leave_inlined();
        };
        let fits = match name {
            "range" => self.range_is_looped(i, inst),
            "len" | "abs" | "min" | "max" => self.builtin_fits(name, arguments),
            _ => false,
        };
        if !fits {
            return self.leave_inlined();
        }
        if !matches!(self.fact(callable), Fact::Builtin(_)) {
            self.test_global(i, global, guard::BUILTIN)?;
        }
        match self.call_builtin(i, name, arguments, inst)? {
            true => Ok(Next::On),
            false => self.leave_inlined(),
        }
    }

    /// A call with keyword arguments of a function bound by `def`, or of a method.
    pub fn call_keywords(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let callable = inst.args[0];
        if let Some(method) = self.methods.remove(&callable) {
            return self.call_method(i, inst, method);
        }
        if self.fact(inst.args[1]) != Fact::Null {
            return self.copy(inst);
        }
        let Some(global) = self.callee(callable) else {
            return match self.call_inner(i, inst)? {
                Some(next) => Ok(next),
                None => self.copy(inst),
            };
        };
        let keywords = self.keywords(inst);
        let Some(code) = self.direct(global, inst.args.len() - 2, &keywords) else {
            return self.copy(inst);
        };
        if !matches!(self.fact(callable), Fact::Function(_)) {
            self.test_global(i, global, guard::BOUND)?;
        }
        self.call_version(i, inst, &inst.args[2..], code)
    }

    pub fn test_global(&mut self, i: usize, global: GlobalId, state: u64) -> Result<(), String> {
        let exit = self.rare(i)?;
        let imms = vec![Imm::Global(global), Imm::Int(state as i64)];
        self.guarded(Op::GuardGlobal, imms, vec![], exit);
        Ok(())
    }

    /// The call of a version of `code`: word and flag of its result, and what it gives when nothing rare happens.
    fn call_code(
        &mut self,
        inst: &Inst,
        arguments: &[ValueId],
        code: CodeId,
    ) -> Result<(ValueId, ValueId, Result_, Option<TypeIs>), String> {
        // Only the callee itself need not be loaded.
        let callee = self.env.get(&inst.args[0]).copied();
        if let Some(Abs {
            fact: Fact::Function(_),
            ..
        }) = callee
        {
            self.env.remove(&inst.args[0]);
        }
        self.load_names()?;
        if let Some(abs) = callee {
            self.env.insert(inst.args[0], abs);
        }
        let keywords = self.keywords(inst);
        let sources = self
            .sources(code, arguments.len(), &keywords)
            .ok_or("a call with other arguments")?;
        let mut facts: Vec<Fact> = Vec::with_capacity(sources.len());
        for source in &sources {
            facts.push(match source {
                Source::Given(k) => self.fact(arguments[*k]),
                Source::Default(id) | Source::KeywordDefault(id) => Fact::Const(*id),
                Source::Rest(_) => Fact::Boxed(TypeIs::Tuple, 0),
                Source::Keywords(_) => Fact::Boxed(TypeIs::Dict, 0),
            });
        }
        let facts = facts.into_iter().map(|fact| argument_fact(fact, self.shared)).collect();
        let (number, key) = self.shared.version(code, facts);
        let consumed = self.shared.module.codes[code.index()].consumed;
        let none = self.shared.module.add_const(Const::None);
        let function = match self.callee.take() {
            Some(function) => function,
            None => self.one(Op::Const, vec![Imm::Const(none)], vec![]),
        };
        let mut operands = vec![function];
        let mut mask = 0i64;
        for (k, fact) in key.1.iter().enumerate() {
            let wanted = !fact.parts().is_empty();
            if wanted && fact.parts()[0].is_object() && consumed >> k & 1 == 1 {
                mask |= 1 << operands.len();
            }
            match &sources[k] {
                _ if !wanted => {}
                Source::Given(given) if matches!(fact, Fact::Unread | Fact::UnreadFloat) => {
                    operands.extend(self.abs(arguments[*given])?.parts.iter().flatten());
                }
                Source::Given(given) => operands.push(self.pass(arguments[*given], *fact)?),
                Source::Default(id) | Source::KeywordDefault(id) => operands.push(self.pass_const(*id, *fact)?),
                Source::Rest(given) => {
                    let items = given.iter().map(|k| self.boxed(arguments[*k]));
                    let items = items.collect::<Result<Vec<_>, _>>()?;
                    operands.push(self.build(inst, "build_tuple", items)?);
                }
                Source::Keywords(given) => {
                    let mut items = Vec::with_capacity(2 * given.len());
                    for (name, k) in given {
                        items.push(self.one(Op::Const, vec![Imm::Const(*name)], vec![]));
                        items.push(self.boxed(arguments[*k])?);
                    }
                    operands.push(self.build(inst, "build_map", items)?);
                }
            }
        }
        let results = self.b().push(
            Op::CallVersion,
            vec![Imm::Int(i64::from(number)), Imm::Int(mask)],
            operands,
            2,
            Ty::Any,
            None,
        );
        let kind = self.shared.result(&key);
        self.effect();
        Ok((results[0], results[1], kind, self.shared.returned_type(&key)))
    }

    fn build(&mut self, inst: &Inst, what: &str, items: Vec<ValueId>) -> Result<ValueId, String> {
        let error = self.error_of(inst)?;
        let results = self.b().push(Op::Build, vec![row(what)], items, 1, Ty::Any, error);
        Ok(results[0])
    }

    /// The same with its result as an object.
    pub fn call_version_boxed(&mut self, inst: &Inst, arguments: &[ValueId], code: CodeId) -> Result<ValueId, String> {
        let (word, flag, kind, _) = self.call_code(inst, arguments, code)?;
        if kind == Result_::Boxed {
            return self.raise_if_null(word, inst);
        }
        let is_float = self.one(Op::I32, vec![Imm::Int(i64::from(kind == Result_::F64))], vec![]);
        let error = self.error_of(inst)?;
        let args = vec![word, flag, is_float];
        let results = self
            .b()
            .push(Op::Call, vec![row("box_result")], args, 1, Ty::Any, error);
        Ok(results[0])
    }

    pub fn call_version(&mut self, i: usize, inst: &Inst, arguments: &[ValueId], code: CodeId) -> Result<Next, String> {
        let (word, flag, kind, ty) = self.call_code(inst, arguments, code)?;
        let result = inst.results[0];
        if kind == Result_::Boxed {
            let value = self.raise_if_null(word, inst)?;
            self.env.insert(result, Abs::new(ANY, value));
            if let Some(ty) = ty {
                let exit = self.rare(i + 1)?;
                self.guarded(Op::GuardType, vec![Imm::Type(ty.ty())], vec![value], exit);
                self.env.insert(result, Abs::new(Fact::Boxed(ty, 0), value));
            }
            return Ok(Next::On);
        }
        // Rarely the result is an object, or an exception.
        let live = self.live((self.b, i + 1));
        let kept: Vec<ValueId> = live.values.iter().copied().filter(|v| *v != result).collect();
        let mut rare = self.split(&kept, true)?;
        let extra = pyaot_ir::Builder::new(&mut self.out, rare.block).param(Ty::I64, false, None);
        rare.args.push(word);
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        let raw = self.icmp(Cond::Eq, flag, zero);
        let rare_block = rare.block;
        self.guarded(Op::Guard, vec![], vec![raw], rare);
        self.aside(rare_block, i, &kept, |body| {
            let value = body.raise_if_null(extra, inst)?;
            body.env.insert(result, Abs::new(ANY, value));
            Ok(())
        })?;
        let abs = match kind {
            Result_::F64 => {
                let number = self.one(Op::BitsF64, vec![], vec![word]);
                Abs::new(Fact::F64, number)
            }
            _ => Abs::new(Fact::I64, word),
        };
        self.env.insert(result, abs);
        Ok(Next::On)
    }

    /// An argument in the form that the callee's version wants.
    fn pass(&mut self, value: ValueId, want: Fact) -> Result<ValueId, String> {
        match want {
            Fact::I64 | Fact::F64 => match self.number(0, value, NOT_INT | NOT_FLOAT, false)? {
                Some(Num::I(v) | Num::F(v)) => Ok(v),
                None => Err("an argument is no number".into()),
            },
            Fact::Char => Ok(self.abs(value)?.parts[0].ok_or("a part is missing")?),
            _ => self.boxed(value),
        }
    }

    /// Likewise for a default.
    fn pass_const(&mut self, id: ConstId, want: Fact) -> Result<ValueId, String> {
        Ok(match want {
            Fact::I64 => {
                let n = self.shared.int_const(id).ok_or("a default is no int")?;
                self.i64(n)
            }
            Fact::F64 => {
                let bits = self.shared.float_const(id).ok_or("a default is no float")?;
                self.one(Op::F64, vec![Imm::Float(bits)], vec![])
            }
            _ => self.one(Op::Const, vec![Imm::Const(id)], vec![]),
        })
    }

    fn raise_if_null(&mut self, word: ValueId, inst: &Inst) -> Result<ValueId, String> {
        let error = self.error_of(inst)?;
        let value = self.one(Op::OwnBits, vec![], vec![word]);
        let results = self.b().push(Op::RaiseNull, vec![], vec![value], 1, Ty::Any, error);
        Ok(results[0])
    }

    // ---- builtins ----

    /// The next inst asks the range for its iterator, and nothing else uses it.
    fn range_is_looped(&self, i: usize, inst: &Inst) -> bool {
        let f = self.f;
        let result = inst.results[0];
        let insts = &f.blocks[self.b].insts[i + 1..];
        let uses = insts
            .iter()
            .map(|n| {
                n.args
                    .iter()
                    .chain(n.edges().flat_map(|e| &e.args))
                    .filter(|v| **v == result)
                    .count()
            })
            .sum::<usize>();
        let next = insts.iter().find(|n| n.args.contains(&result));
        let step = match inst.args.get(4) {
            Some(step) => self.const_int(*step).is_some_and(|n| n != 0 && n.abs() < 1 << 60),
            None => true,
        };
        let counts = inst.args[2..].iter().all(|v| self.may_be_number(*v, NOT_INT));
        uses == 1 && next.is_some_and(|n| n.calls("get_iter")) && step && counts && (3..=5).contains(&inst.args.len())
    }

    fn builtin_fits(&self, name: &str, arguments: &[ValueId]) -> bool {
        let number = |v: &ValueId| matches!(self.fact(*v), Fact::I64 | Fact::F64) || self.const_int(*v).is_some();
        match (name, arguments) {
            ("len", [v]) => {
                matches!(
                    self.fact(*v),
                    Fact::Boxed(TypeIs::List | TypeIs::Tuple | TypeIs::Str, _)
                ) || matches!(self.fact(*v), Fact::Boxed(TypeIs::Any, not) if not & super::facts::NOT_LIST == 0)
                    && self.hints.get(*v) & (hints::DICT | hints::SET) == 0
            }
            ("abs" | "float", [v]) => number(v),
            ("int", [v]) => matches!(self.fact(*v), Fact::I64 | Fact::Boxed(..)),
            ("isinstance", [_, class]) => self.is_plain_type(*class),
            ("iter" | "next", [_]) => true,
            ("min" | "max", _) => self.kind_of_all(arguments).is_some(),
            _ => false,
        }
    }

    /// The value is a global that is a class whose metaclass is `type`, as far as the module shows.
    fn is_plain_type(&self, value: ValueId) -> bool {
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|n| n.results.contains(&value));
        match made.map(|n| (n.op, n.imms.first())) {
            Some((Op::LoadGlobal, Some(Imm::Global(global)))) => {
                let builtin = self.shared.unbound.get(global);
                self.shared.names.is_plain_class(*global) || builtin.is_some_and(|name| TYPES.contains(&&name[..]))
            }
            _ => false,
        }
    }

    /// False when nothing was done after all.
    fn call_builtin(&mut self, i: usize, name: &str, arguments: &[ValueId], inst: &Inst) -> Result<bool, String> {
        let result = inst.results[0];
        let abs = match (name, arguments) {
            ("range", _) => match self.range(i, arguments)? {
                Some(abs) => abs,
                None => return Ok(false),
            },
            ("len", [v]) => {
                let Some(object) = self.sized(i, *v)? else {
                    return Ok(false);
                };
                let n = self.b().load(Ty::I64, object, super::access::LENGTH);
                Abs::new(Fact::I64, n)
            }
            ("float", [v]) => match self.number(i, *v, NOT_INT | NOT_FLOAT, false)? {
                Some(Num::I(x)) => {
                    let f = self.one(Op::ToF64, vec![], vec![x]);
                    Abs::new(Fact::F64, f)
                }
                Some(Num::F(x)) => Abs::new(Fact::F64, x),
                None => return Ok(false),
            },
            ("int", [v]) if self.fact(*v) == Fact::I64 => self.abs(*v)?,
            ("int", [v]) => match self.quiet_handler(inst, Quiet::Int) {
                Some(handler) => self.quietly(i, inst, Quiet::Int, &handler, &[*v])?,
                None => self.call_row("int_of", *v, inst)?,
            },
            ("isinstance", [v, class]) => {
                let cache = self.method_cache(result);
                let (object, class) = (self.boxed(*v)?, self.boxed(*class)?);
                let group = self.one(Op::CacheAddr, vec![Imm::Cache(cache)], vec![]);
                let answer = self.one(Op::Call, vec![row("instance_of")], vec![object, class, group]);
                let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
                let known = self.icmp(Cond::Ge, answer, zero);
                self.require(i, known)?;
                let flag = self.icmp(Cond::Ne, answer, zero);
                Abs::new(Fact::Bool, flag)
            }
            ("iter", [v]) => self.call_row("get_iter", *v, inst)?,
            ("next", [v]) => match self.quiet_handler(inst, Quiet::Next) {
                Some(handler) => self.quietly(i, inst, Quiet::Next, &handler, &[*v])?,
                None if self.fact(*v) == GENERATOR => {
                    self.send(inst, *v, None)?;
                    return Ok(true);
                }
                None => self.call_row("next_item", *v, inst)?,
            },
            ("abs", [v]) => match self.number(i, *v, NOT_INT | NOT_FLOAT, false)? {
                Some(Num::I(x)) => {
                    let zero = self.i64(0);
                    let exit = self.rare(i)?;
                    let negated = self
                        .guarded(Op::SubFits, vec![], vec![zero, x], exit)
                        .ok_or("no result")?;
                    let below = self.icmp(Cond::Lt, x, zero);
                    let value = self.one(Op::Select, vec![], vec![negated, x, below]);
                    Abs::new(Fact::I64, value)
                }
                Some(Num::F(x)) => {
                    let bits = self.one(Op::F64Bits, vec![], vec![x]);
                    let mask = self.i64(i64::MAX);
                    let bits = self.one(Op::IAnd, vec![], vec![bits, mask]);
                    let value = self.one(Op::BitsF64, vec![], vec![bits]);
                    Abs::new(Fact::F64, value)
                }
                None => return Ok(false),
            },
            ("min" | "max", _) => match self.extreme(i, name == "min", arguments)? {
                Some(abs) => abs,
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
        self.env.insert(result, Abs { boxed: None, ..abs });
        Ok(true)
    }

    /// The callee is `min` or `max`.
    pub fn is_extreme(&self, callable: ValueId) -> bool {
        let builtin = self.callee(callable).and_then(|global| self.builtin(global));
        matches!(builtin, Some("min" | "max"))
    }

    /// The kind of a few values none of which is known to be anything but a number. What one of them is all of them are, likely.
    fn kind_of_all(&self, values: &[ValueId]) -> Option<u8> {
        let known = values.iter().find_map(|v| match self.fact(*v) {
            Fact::I64 => Some(NOT_INT),
            Fact::F64 => Some(NOT_FLOAT),
            _ => None,
        });
        if !(2..=EXTREME_OF).contains(&values.len()) {
            return None;
        }
        let kinds = match known {
            Some(kind) => [kind; 2],
            None if self.floats_first || self.leans_to_floats() => [NOT_FLOAT, NOT_INT],
            None => [NOT_INT, NOT_FLOAT],
        };
        let fits = |kind: &u8| values.iter().all(|v| self.may_be_number(*v, *kind));
        kinds.into_iter().find(fits)
    }

    /// The smallest or greatest of some numbers of a kind. The first stays unless another one is strictly smaller (greater).
    fn extreme(&mut self, i: usize, smallest: bool, values: &[ValueId]) -> Result<Option<Abs>, String> {
        let Some(kind) = self.kind_of_all(values) else {
            return Ok(None);
        };
        let cond = if smallest { Cond::Lt } else { Cond::Gt };
        let mut best: Option<Num> = None;
        for value in values {
            // Which kind it is, the first tells that has to be tested.
            self.guesses = best.is_none();
            let next = self.number(i, *value, kind, kind == NOT_FLOAT)?;
            self.guesses = false;
            let Some(next) = next else { return Ok(None) };
            best = Some(match (best, next) {
                (None, first) => first,
                (Some(Num::I(x)), Num::I(y)) => {
                    let better = self.icmp(cond, y, x);
                    Num::I(self.one(Op::Select, vec![], vec![y, x, better]))
                }
                (Some(Num::F(x)), Num::F(y)) => {
                    let better = self.one(Op::FCmp, vec![Imm::Cond(cond)], vec![y, x]);
                    Num::F(self.one(Op::Select, vec![], vec![y, x, better]))
                }
                _ => return Ok(None),
            });
        }
        Ok(best.map(|best| match best {
            Num::I(v) => Abs::new(Fact::I64, v),
            Num::F(v) => Abs::new(Fact::F64, v),
        }))
    }

    /// A builtin of one argument that is an intrinsic.
    fn call_row(&mut self, name: &str, argument: ValueId, inst: &Inst) -> Result<Abs, String> {
        // The callee itself need not be loaded.
        let callee = self.env.remove(&inst.args[0]);
        self.load_names()?;
        if let Some(abs) = callee {
            self.env.insert(inst.args[0], abs);
        }
        let word = self.boxed(argument)?;
        let error = self.error_of(inst)?;
        let value = self.b().push(Op::Call, vec![row(name)], vec![word], 1, Ty::Any, error)[0];
        self.effect();
        Ok(Abs::new(ANY, value))
    }

    /// A str, list or tuple, as its object.
    fn sized(&mut self, i: usize, value: ValueId) -> Result<Option<ValueId>, String> {
        let abs = self.abs(value)?;
        match abs.fact {
            Fact::Boxed(TypeIs::List | TypeIs::Tuple | TypeIs::Str, _) => Ok(abs.parts[0]),
            Fact::Boxed(TypeIs::Any, _) => match self.sequence(i, value, TypeIs::Str)? {
                Some(_) => Ok(abs.parts[0]),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// `range` of ints that stay far from the ends of 64 bits.
    fn range(&mut self, i: usize, arguments: &[ValueId]) -> Result<Option<Abs>, String> {
        let step = match arguments.get(2) {
            Some(step) => match self.const_int(*step) {
                Some(n) => n,
                None => return Ok(None),
            },
            None => 1,
        };
        let mut ends = Vec::new();
        for value in &arguments[..arguments.len().min(2)] {
            let Some(Num::I(n)) = self.number(i, *value, NOT_INT, false)? else {
                return Ok(None);
            };
            if self.const_int(*value).is_none_or(|n| n.abs() >= 1 << 61) {
                let limit = self.i64(1 << 61);
                let moved = self.one(Op::IAdd, vec![], vec![n, limit]);
                let twice = self.i64(1 << 62);
                let fits = self.icmp(Cond::Ult, moved, twice);
                self.require(i, fits)?;
            }
            ends.push(n);
        }
        let (start, stop) = match ends[..] {
            [stop] => (self.i64(0), stop),
            [start, stop] => (start, stop),
            _ => return Ok(None),
        };
        Ok(Some(Abs::pair(Fact::Range(step), start, stop)))
    }
}
