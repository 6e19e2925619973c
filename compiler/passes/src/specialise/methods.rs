//! Calls of methods, of classes and of functions of native modules.
//!
//! A method's function is found by the object's shape (`pyaot_abi::MethodGroup`). Which of the module's functions of that name it is
//! is told by its code object, so whatever the program does to classes and functions is seen; a version of that code is then called.
use super::arguments::Source;
use super::body::{Abs, Body, Next};
use super::builtin_types::{has_method, result_type};
use super::direct;
use super::facts::{ANY, Fact, NOT_DICT, NOT_FLOAT, NOT_INT, NOT_LIST, NOT_SET, TypeIs};
use super::hints;
use super::names::is_module;
use pyaot_abi::{FLOAT_NATIVES, FunctionObject, GROUP_CACHES, MethodGroup, NATIVES, found};
use pyaot_ir::builder::row;
use pyaot_ir::{Builder, CacheId, CodeId, Cond, Const, ConstId, Edge, GlobalId, Imm, Inst, Op, Ty, ValueId};
use std::mem::offset_of;

/// Functions of one name that are tried in turn.
pub const CANDIDATES: usize = 6;

impl Body<'_, '_> {
    /// The inst of the current block that calls what inst `i` loads, if that is its only use.
    pub fn call_of_method(&self, i: usize, inst: &Inst) -> Option<&Inst> {
        let f = self.f;
        let (callable, this) = (inst.results[0], inst.results[1]);
        let rest = &f.blocks[self.b].insts[i + 1..];
        let mut users = rest.iter().filter(|n| {
            let mut used = n.args.iter().chain(n.edges().flat_map(|e| &e.args));
            used.any(|v| *v == callable || *v == this)
        });
        let call = users.next()?;
        let fits =
            matches!(call.op, Op::CallPython | Op::CallPythonKw) && call.args[0] == callable && call.args[1] == this;
        (fits && users.next().is_none()).then_some(call)
    }

    /// Those functions that may be called in versions with that many arguments, the last of them by these keywords. One that only
    /// raises stands for what subclasses do.
    pub fn that_take(&self, all: Option<&Vec<CodeId>>, arguments: usize, keywords: &[ConstId]) -> Vec<CodeId> {
        let Some(all) = all else { return vec![] };
        // (The dict of keyword-only defaults may change unseen.)
        let seen = |sources: Vec<Source>| !sources.iter().any(|s| matches!(s, Source::KeywordDefault(_)));
        let fits = |code: &&CodeId| {
            self.shared.callable.contains(code) && self.sources(**code, arguments, keywords).is_some_and(seen)
        };
        let mut all: Vec<CodeId> = all.iter().filter(fits).copied().collect();
        if all.iter().any(|code| self.may_return(*code)) {
            all.retain(|code| self.may_return(*code));
        }
        all
    }

    fn may_return(&self, code: CodeId) -> bool {
        let function = self.shared.module.codes[code.index()].direct;
        function.is_none_or(|index| {
            let mut insts = self.shared.raw[index as usize].blocks.iter().flat_map(|b| &b.insts);
            insts.any(|inst| matches!(inst.op, Op::Ret | Op::ReturnGenerator))
        })
    }

    pub fn load_method(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let object = inst.args[0];
        let Some(Imm::Const(name)) = inst.imms.first().copied() else {
            return Err("load_method without a name".into());
        };
        let Some(call) = self.call_of_method(i, inst) else {
            return self.copy(inst);
        };
        let (arguments, keywords) = (call.args.len() - 2, self.keywords(call));
        let by_keyword = call.op == Op::CallPythonKw;
        if self.is_class(object) {
            return self.load_class_method(i, inst, name, arguments, &keywords);
        }
        let candidates = self.that_take(self.shared.names.methods.get(&name), arguments + 1, &keywords);
        if candidates.is_empty() && self.load_static(i, inst, name, arguments, &keywords)? {
            return Ok(Next::On);
        }
        let text = match self.shared.module.constant(name) {
            Const::Str(text) => String::from_utf8_lossy(text).into_owned(),
            _ => return Err("a method's name is no text".into()),
        };
        if self.fact(object) == Fact::Char
            && !(!by_keyword && candidates.is_empty() && self.has_character_method(&text, arguments))
        {
            let word = self.boxed(object)?;
            self.env.insert(object, Abs::new(Fact::Boxed(TypeIs::Str, 0), word));
        }
        if candidates.is_empty() && !by_keyword && self.is_exact(i, object, &text, arguments)? {
            let this = self.abs(object)?;
            self.env.insert(inst.results[0], Abs::nothing(Fact::Method));
            self.env.insert(inst.results[1], Abs { boxed: None, ..this });
            return Ok(Next::On);
        }
        let is_any = matches!(self.fact(object), Fact::Boxed(TypeIs::Any, _));
        if candidates.is_empty() || candidates.len() > CANDIDATES || !is_any || self.hints.get(object) != 0 {
            return self.copy(inst);
        }
        let function = self.found(i, inst.results[0], Op::MethodOf, object, name, found::METHOD)?;
        let this = self.this_of(object)?;
        self.found_function(inst, function, this, candidates);
        Ok(Next::On)
    }

    /// The value is an instance of exactly a built-in type that has the method, or is tested to be one.
    fn is_exact(&mut self, i: usize, object: ValueId, name: &str, arguments: usize) -> Result<bool, String> {
        match self.fact(object) {
            Fact::Boxed(TypeIs::Any, _) if self.hints.is_text(object) && has_method(TypeIs::Str, name) => {
                Ok(self.sequence(i, object, TypeIs::Str)? == Some(TypeIs::Str))
            }
            Fact::Boxed(TypeIs::Any, not) => {
                let (ty, bit) = match self.hints.get(object) {
                    hints::LIST => (TypeIs::List, NOT_LIST),
                    hints::DICT => (TypeIs::Dict, NOT_DICT),
                    hints::SET => (TypeIs::Set, NOT_SET),
                    _ => return Ok(false),
                };
                let pays = direct::method(ty, name, arguments).is_some() || name == "append" && arguments == 1;
                if not & bit != 0 || !pays || !has_method(ty, name) || !self.has_room((self.b, i)) {
                    return Ok(false);
                }
                let exit = self.failed(i, object, bit)?;
                let abs = self.abs(object)?;
                let part = abs.parts[0].ok_or("a part is missing")?;
                self.guarded(Op::GuardType, vec![Imm::Type(ty.ty())], vec![part], exit);
                let fact = Fact::Boxed(ty, 0);
                self.env.insert(object, Abs { fact, ..abs });
                Ok(true)
            }
            Fact::Boxed(ty, _) => Ok(has_method(ty, name)),
            Fact::Char => Ok(true),
            _ => Ok(false),
        }
    }

    /// Name and object of a method that is not loaded yet.
    pub fn exact_method(&self, callable: ValueId) -> Option<(ConstId, ValueId)> {
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|n| n.results.first() == Some(&callable))?;
        match (made.op, made.imms.first()) {
            (Op::LoadMethod, Some(Imm::Const(name))) => Some((*name, made.results[1])),
            _ => None,
        }
    }

    /// A call of a built-in type's method: found once for the site, called without a bound method or a tuple.
    pub fn call_exact(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let (name, this) = self.exact_method(inst.args[0]).ok_or("a method of no object")?;
        if self.fact(this) == Fact::Char {
            return self.character_method(i, inst, name, this);
        }
        let Fact::Boxed(ty, _) = self.fact(this) else {
            return self.copy(inst);
        };
        let text = match self.shared.module.constant(name) {
            Const::Str(text) => String::from_utf8_lossy(text).into_owned(),
            _ => return Err("a method's name is no text".into()),
        };
        let result = inst.results[0];
        if ty == TypeIs::List && text == "append" && inst.args.len() == 3 {
            self.append(inst, this, inst.args[2])?;
            let none = self.shared.module.add_const(Const::None);
            self.env.insert(result, Abs::nothing(Fact::Const(none)));
            return Ok(Next::On);
        }
        if ty == TypeIs::Generator && text == "send" && inst.args.len() == 3 {
            self.send(inst, this, Some(inst.args[2]))?;
            return Ok(Next::On);
        }
        if let Some(found) = direct::method(ty, &text, inst.args.len() - 2) {
            let mut operands = vec![this];
            operands.extend(&inst.args[2..]);
            self.call_direct(inst, &operands, found)?;
            return Ok(Next::On);
        }
        let key = (self.b, result);
        let cache = match self.method_groups.get(&key) {
            Some(cache) => *cache,
            None => {
                let cache = self.shared.module.add_cache();
                self.method_groups.insert(key, cache);
                cache
            }
        };
        // The method itself need not be loaded.
        self.env.remove(&inst.args[0]);
        self.load_names()?;
        let mut operands = vec![self.boxed(this)?];
        for value in &inst.args[2..] {
            operands.push(self.boxed(*value)?);
        }
        let error = self.error_of(inst)?;
        let imms = vec![Imm::Const(name), Imm::Cache(cache)];
        let value = self.b().push(Op::CallExact, imms, operands, 1, Ty::Any, error)[0];
        self.effect();
        let fact = match result_type(ty, &text) {
            Some(ty) => Fact::Boxed(ty, 0),
            None => ANY,
        };
        self.env.insert(result, Abs::new(fact, value));
        Ok(Next::On)
    }

    /// A call of a method that [`Body::load_method`] has found.
    pub fn call_method(&mut self, i: usize, inst: &Inst, candidates: Vec<CodeId>) -> Result<Next, String> {
        self.load_names()?;
        let first = if self.fact(inst.args[1]) == Fact::Null { 2 } else { 1 };
        let arguments = inst.args[first..].to_vec();
        let function = self.boxed(inst.args[0])?;
        let found = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
        self.none(Op::Keep, vec![], vec![function]);
        self.dispatch(i, inst, Some(inst.args[0]), found, (&arguments, &[]), &candidates)
    }

    /// The call of the candidate whose code is `found`, else the inst itself. `callee`: the function, which may lack arguments that its
    /// defaults stand in for. The second list: what is wanted afterwards besides what the rest of the block wants; then the result is an object.
    pub fn dispatch(
        &mut self,
        i: usize,
        inst: &Inst,
        callee: Option<ValueId>,
        mut found: ValueId,
        (arguments, also): (&[ValueId], &[ValueId]),
        candidates: &[CodeId],
    ) -> Result<Next, String> {
        let result = inst.results.first().copied().filter(|r| self.f.ty(*r).is_object());
        if let [code] = candidates[..] {
            let wanted = self.one(Op::CodeAddr, vec![Imm::Code(code)], vec![]);
            let same = self.icmp(Cond::Eq, found, wanted);
            self.require(i, same)?;
            if let Some(callee) = callee {
                let function = self.boxed(callee)?;
                if let Some(same) = self.same_defaults(function, code, inst, arguments.len()) {
                    self.require(i, same)?;
                }
            }
            if also.is_empty() && result.is_some() {
                return self.call_version(i, inst, arguments, code);
            }
            let value = self.call_version_boxed(inst, arguments, code)?;
            match result {
                Some(result) => {
                    self.env.insert(result, Abs::new(ANY, value));
                }
                None => {
                    self.none(Op::Release, vec![], vec![value]);
                    self.effect();
                }
            }
            return Ok(Next::On);
        }
        let live = self.live((self.b, i + 1));
        let mut kept: Vec<ValueId> = live.values.iter().copied().filter(|v| Some(*v) != result).collect();
        for value in also {
            if !kept.contains(value) && self.env.contains_key(value) {
                kept.push(*value);
            }
        }
        let mut before = kept.clone();
        before.extend(inst.args.iter().chain(inst.edges().flat_map(|e| &e.args)).copied());
        before.sort();
        before.dedup();
        before.retain(|v| self.env.contains_key(v));
        let slots = self.slots.clone();
        let join = self.out.new_block();
        let mut joined: Option<Vec<Fact>> = None;
        for candidate in candidates.iter().map(Some).chain([None]) {
            let after = match candidate {
                Some(candidate) => {
                    let wanted = self.one(Op::CodeAddr, vec![Imm::Code(*candidate)], vec![]);
                    let mut same = self.icmp(Cond::Eq, found, wanted);
                    if let Some(callee) = callee {
                        let function = self.boxed(callee)?;
                        if let Some(also) = self.same_defaults(function, *candidate, inst, arguments.len()) {
                            same = self.one(Op::Select, vec![], vec![also, same, same]);
                        }
                    }
                    let yes = self.split(&before, false)?;
                    let mut no = self.split(&before, false)?;
                    no.args.push(found);
                    let next_found = Builder::new(&mut self.out, no.block).param(Ty::Ptr, false, None);
                    let (yes_block, no_block) = (yes.block, no.block);
                    self.end(Op::Br, vec![], vec![same], vec![yes, no]);
                    let env = self.env.clone();
                    self.land(yes_block, 0, &before, &env)?;
                    self.set_held(&slots)?;
                    let value = self.call_version_boxed(inst, arguments, *candidate)?;
                    match result {
                        Some(result) => {
                            self.env.insert(result, Abs::new(ANY, value));
                        }
                        None => self.none(Op::Release, vec![], vec![value]),
                    }
                    Some((no_block, next_found, env))
                }
                None => {
                    self.copy(inst)?;
                    None
                }
            };
            let value = match result {
                Some(result) => Some(self.boxed(result)?),
                None => None,
            };
            let mut args = Vec::new();
            let facts: Vec<Fact> = kept.iter().map(|v| self.fact(*v)).collect();
            match &joined {
                None => {
                    for value in &kept {
                        let abs = self.abs(*value)?;
                        for ty in abs.fact.parts() {
                            let own = ty.is_object() && self.holds(*value, abs.fact);
                            Builder::new(&mut self.out, join).param(*ty, own, None);
                        }
                    }
                    // The function object is expected to stand first.
                    if result.is_some() {
                        Builder::new(&mut self.out, join).param(Ty::Any, true, None);
                    }
                    joined = Some(facts);
                }
                Some(first) if *first != facts => return Err("ways of a method call differ".into()),
                Some(_) => {}
            }
            for value in &kept {
                args.extend(self.abs(*value)?.parts.iter().flatten());
            }
            args.extend(value);
            self.end(Op::Jump, vec![], vec![], vec![Edge { block: join, args }]);
            if let Some((no_block, next_found, env)) = after {
                self.land(no_block, 0, &before, &env)?;
                self.set_held(&slots)?;
                found = next_found;
            }
        }
        let facts = joined.ok_or("a method without candidates")?;
        self.enter(join, 0, &kept, &facts);
        if let Some(result) = result {
            let value = self.out.block(join).params.last();
            let value = value.ok_or("a join without a result")?.value;
            self.env.insert(result, Abs::new(ANY, value));
        }
        self.set_held(&slots)?;
        self.effect();
        Ok(Next::On)
    }

    /// Whether a function still has the defaults of its `def`; `None` when the call needs none.
    pub fn same_defaults(&mut self, function: ValueId, code: CodeId, inst: &Inst, given: usize) -> Option<ValueId> {
        let sources = self.sources(code, given, &self.keywords(inst))?;
        if !sources.iter().any(|s| matches!(s, Source::Default(_))) {
            return None;
        }
        let tuple = self.shared.names.defaults.get(&code)?.0;
        let wanted = self.one(Op::Const, vec![Imm::Const(tuple)], vec![]);
        let wanted = self.one(Op::Bits, vec![], vec![wanted]);
        let found = self.b().load(Ty::I64, function, offset_of!(FunctionObject, defaults));
        self.none(Op::Keep, vec![], vec![function]);
        Some(self.icmp(Cond::Eq, found, wanted))
    }

    // ---- classes ----

    /// The `__init__` of a class that a global is, if it takes that many arguments and may be called in versions.
    pub fn init_of(&self, global: GlobalId, arguments: usize) -> Option<CodeId> {
        let init = self.shared.names.init_of(global)?;
        let info = &self.shared.module.codes[init.index()];
        // (Defaults of `__init__` are not tested.)
        let fits = info.plain_params && info.nparams as usize == arguments + 1;
        let callable = self.shared.callable.contains(&init) || self.shared.closures.contains(&init);
        (fits && callable).then_some(init)
    }

    /// A call of a class whose instances are plain objects or exceptions, made by its `__init__`.
    pub fn call_class(&mut self, i: usize, inst: &Inst, global: GlobalId, init: CodeId) -> Result<Next, String> {
        let is_exception = self.shared.names.is_exception(global, &self.shared.unbound);
        if is_exception && let Some(stores) = self.exception_stores(global, init, inst.args.len() - 2) {
            self.call_filled_exception(i, inst, init, &stores)?;
            return Ok(Next::On);
        }
        if is_exception && inst.args.len() > super::supers::MOST + 2 {
            return self.copy(inst);
        }
        if let Some(stores) = self.stores_of(init).filter(|_| !is_exception) {
            self.call_filled(i, inst, init, &stores)?;
            return Ok(Next::On);
        }
        self.load_names()?;
        let result = inst.results[0];
        let cache = self.method_cache(result);
        let made = if is_exception {
            self.new_exception(i, inst, cache, init)?
        } else {
            let exit = self.rare(i)?;
            let class = self.boxed(inst.args[0])?;
            self.guarded(
                Op::GuardClass,
                vec![Imm::Cache(cache), Imm::Code(init)],
                vec![class],
                exit,
            );
            let error = self.error_of(inst)?;
            self.b()
                .push(Op::Call, vec![row("new_plain")], vec![class], 1, Ty::Any, error)[0]
        };
        if self.shared.closures.contains(&init) {
            let group = self.one(Op::CacheAddr, vec![Imm::Cache(cache)], vec![]);
            let function = self.b().load(Ty::Any, group, offset_of!(MethodGroup, functions));
            self.callee = Some(self.one(Op::Retain, vec![], vec![function]));
        }
        self.env.insert(result, Abs::new(ANY, made));
        let mut arguments = vec![result];
        arguments.extend(&inst.args[2..]);
        let value = self.call_version_boxed(inst, &arguments, init)?;
        // Rarely `__init__` gives something else than None, which is an error.
        let id = self.shared.module.add_const(Const::None);
        let none = self.one(Op::Const, vec![Imm::Const(id)], vec![]);
        let right = self.icmp(Cond::Eq, value, none);
        let live = self.live((self.b, i + 1));
        let kept: Vec<ValueId> = live.values.iter().copied().filter(|v| *v != result).collect();
        let mut rare = self.split(&kept, true)?;
        let other = Builder::new(&mut self.out, rare.block).param(Ty::Any, true, None);
        rare.args.push(value);
        let object = Builder::new(&mut self.out, rare.block).param(Ty::Any, true, None);
        rare.args.push(made);
        let rare_block = rare.block;
        self.guarded(Op::Guard, vec![], vec![right], rare);
        self.aside(rare_block, i, &kept, |body| {
            let error = body.error_of(inst)?;
            body.b()
                .push(Op::Call, vec![row("init_result")], vec![other], 1, Ty::I32, error);
            body.env.insert(result, Abs::new(ANY, object));
            Ok(())
        })?;
        Ok(Next::On)
    }

    pub fn method_cache(&mut self, result: ValueId) -> CacheId {
        let key = (self.b, result);
        if let Some(cache) = self.method_groups.get(&key) {
            return *cache;
        }
        let cache = CacheId(self.shared.module.attr_caches);
        self.shared.module.attr_caches += GROUP_CACHES;
        self.method_groups.insert(key, cache);
        cache
    }

    // ---- functions of native modules ----

    /// Which native function the callee of inst `i` likely is.
    pub fn native(&self, inst: &Inst) -> Option<usize> {
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|n| n.results.contains(&inst.args[0]))?;
        // Of a name that an import binds, functions are loaded as attributes (CPython: Python/codegen.c, is_import_originated).
        let name = match made.calls("load_attr") {
            true => self.constant_imm(*made.args.get(1)?),
            false => made.imms.first().copied(),
        };
        match (made.op, name) {
            (Op::LoadGlobal, Some(Imm::Global(global))) => self.shared.names.natives.get(&global).copied(),
            (Op::LoadMethod | Op::Call, Some(Imm::Const(name))) => {
                let object = insts.iter().find(|n| n.results.contains(&made.args[0]))?;
                let Some(Imm::Global(global)) = object.imms.first().filter(|_| object.op == Op::LoadGlobal) else {
                    return None;
                };
                let module = self.shared.names.modules.get(global)?;
                let Const::Str(name) = self.shared.module.constant(name) else {
                    return None;
                };
                NATIVES
                    .iter()
                    .position(|n| is_module(n.0, module) && n.1.as_bytes() == name)
            }
            _ => None,
        }
    }

    /// The callee is native function `native`, and nothing is put before its arguments.
    fn guard_native(&mut self, i: usize, inst: &Inst, native: usize) -> Result<(), String> {
        let this = inst.args[1];
        if !matches!(self.fact(inst.args[0]), Fact::Function(global) if self.natives.contains(&global)) {
            let exit = self.rare(i)?;
            let function = self.callee_word(inst)?;
            self.guarded(Op::GuardNative, vec![Imm::Int(native as i64)], vec![function], exit);
        }
        if self.fact(this) == Fact::Opt {
            let word = self.boxed(this)?;
            let bits = self.one(Op::Bits, vec![], vec![word]);
            let zero = self.i64(0);
            let none = self.icmp(Cond::Eq, bits, zero);
            self.require(i, none)?;
        }
        Ok(())
    }

    /// A call of a function of objects, or of floats; false when it is copied.
    pub fn call_native(&mut self, i: usize, inst: &Inst, native: usize) -> Result<bool, String> {
        if let Some(found) = direct::native(native, inst.args.len() - 2) {
            if !matches!(self.fact(inst.args[1]), Fact::Null | Fact::Opt) {
                return Ok(false);
            }
            self.guard_native(i, inst, native)?;
            self.call_direct(inst, &inst.args[2..], found)?;
            return Ok(true);
        }
        if native >= FLOAT_NATIVES {
            return Ok(false);
        }
        let [_, this, argument] = inst.args[..] else {
            return Ok(false);
        };
        if !matches!(self.fact(this), Fact::Null | Fact::Opt) || !self.may_be_number(argument, NOT_INT | NOT_FLOAT) {
            return Ok(false);
        }
        let Some(number) = self.number(i, argument, NOT_INT | NOT_FLOAT, true)? else {
            return Ok(false);
        };
        let x = self.to_float(number);
        self.guard_native(i, inst, native)?;
        let zero = self.one(Op::F64, vec![Imm::Float(0)], vec![]);
        let name = NATIVES[native].1;
        if matches!(name, "sqrt" | "log") {
            // CPython: Modules/mathmodule.c; what raises is left to it.
            let cond = if name == "log" { Cond::Gt } else { Cond::Ge };
            let inside = self.one(Op::FCmp, vec![Imm::Cond(cond)], vec![x, zero]);
            self.require(i, inside)?;
        }
        let value = self.one(Op::FMath, vec![Imm::Int(native as i64)], vec![x]);
        if !matches!(name, "sqrt" | "fabs") {
            let none = self.one(Op::FSub, vec![], vec![value, value]);
            let finite = self.one(Op::FCmp, vec![Imm::Cond(Cond::Eq)], vec![none, zero]);
            self.require(i, finite)?;
        }
        self.env.insert(inst.results[0], Abs::new(Fact::F64, value));
        if let Fact::Function(_) = self.fact(inst.args[0]) {
            self.env.remove(&inst.args[0]);
        }
        Ok(true)
    }
}
