//! What objects find in their classes, and what code takes of classes themselves: values, properties, static and class methods.
//!
//! Which name stands for which of these is guessed from the class bodies of the module; a group (`pyaot_abi::MethodGroup`) says what it
//! is, and clears itself when the class changes. The value of a class is read from the place that the class keeps for it.
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact, TypeIs};
use super::methods::CANDIDATES;
use super::names;
use pyaot_abi::{BY_SHAPE, FunctionObject, found};
use pyaot_ir::{CodeId, ConstId, Imm, Inst, Op, Ty, ValueId};
use std::mem::offset_of;

impl Body<'_, '_> {
    /// The value is a class, by the names of the code.
    pub fn is_class(&self, value: ValueId) -> bool {
        let block = &self.f.blocks[self.b];
        if names::is_first_parameter(block, value) {
            return self.shared.names.is_of_class(self.f.code);
        }
        let made = block.insts.iter().find(|n| n.results.contains(&value));
        match made.map(|n| (n.op, n.imms.first())) {
            Some((Op::LoadGlobal, Some(Imm::Global(global)))) => self.shared.names.is_class(*global),
            _ => false,
        }
    }

    /// An object of unknown type that may be an instance of one of the module's classes.
    fn may_be_instance(&self, value: ValueId) -> bool {
        matches!(self.fact(value), Fact::Boxed(TypeIs::Any, _))
            && self.hints.get(value) == 0
            && !self.is_definition(value)
    }

    /// Looks an attribute up in the group of `key`'s.
    pub fn found(
        &mut self,
        i: usize,
        key: ValueId,
        op: Op,
        object: ValueId,
        name: ConstId,
        kind: i32,
    ) -> Result<ValueId, String> {
        let cache = self.method_cache(key);
        let exit = self.rare(i)?;
        let word = self.boxed(object)?;
        let of_instance = kind & found::OF_CLASS == 0 && kind & 15 != found::SPECIAL;
        let by_shape = if of_instance && self.shared.names.is_by_shape(name) {
            BY_SHAPE
        } else {
            0
        };
        let imms = vec![
            Imm::Cache(cache),
            Imm::Const(name),
            Imm::Int(i64::from(kind | by_shape)),
        ];
        Ok(self.guarded(op, imms, vec![word], exit).ok_or("no result")?)
    }

    /// An attribute that is found in the class: of an instance, or of the class itself.
    pub fn load_from_class(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (object, result) = (inst.args[0], inst.results[0]);
        let Some(Imm::Const(name)) = self.constant_imm(inst.args[1]) else {
            return Ok(false);
        };
        let of_class = self.is_class(object);
        if !of_class {
            if !self.may_be_instance(object) {
                return Ok(false);
            }
            let getters = self.that_take(self.shared.names.getters.get(&name), 1, &[]);
            if !getters.is_empty() && getters.len() <= CANDIDATES && !self.lacks_arguments(&getters, 1) {
                let function = self.found(i, result, Op::MethodOf, object, name, found::GETTER)?;
                let code = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
                self.load_names()?;
                self.dispatch(i, inst, None, code, (&[object], &[]), &getters)?;
                return Ok(true);
            }
        }
        if !self.shared.names.is_class_value(name) || !matches!(self.fact(object), Fact::Boxed(TypeIs::Any, _)) {
            return Ok(false);
        }
        let kind = if of_class { found::OF_CLASS } else { 0 };
        let place = self.found(i, result, Op::ValueOf, object, name, found::VALUE | kind)?;
        let item = self.content(i, place)?;
        self.loaded(i, item, result)?;
        let word = self.boxed(object)?;
        self.none(Op::Keep, vec![], vec![word]);
        Ok(true)
    }

    fn lacks_arguments(&self, candidates: &[CodeId], given: usize) -> bool {
        let fits = |code: &CodeId| {
            let info = &self.shared.module.codes[code.index()];
            info.plain_params && info.nparams as usize == given
        };
        !candidates.iter().all(fits)
    }

    /// A store to a property.
    pub fn call_setter(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (object, value) = (inst.args[0], inst.args[2]);
        let Some(Imm::Const(name)) = self.constant_imm(inst.args[1]) else {
            return Ok(false);
        };
        let setters = self.that_take(self.shared.names.setters.get(&name), 2, &[]);
        let few = !setters.is_empty() && setters.len() <= CANDIDATES && !self.lacks_arguments(&setters, 2);
        if !few || self.is_class(object) || !self.may_be_instance(object) {
            return Ok(false);
        }
        let function = self.found(i, inst.results[0], Op::MethodOf, object, name, found::SETTER)?;
        let code = self.b().load(Ty::Ptr, function, offset_of!(FunctionObject, code));
        self.load_names()?;
        self.dispatch(i, inst, None, code, (&[object, value], &[]), &setters)?;
        Ok(true)
    }

    /// A static method of an instance's class.
    pub fn load_static(
        &mut self,
        i: usize,
        inst: &Inst,
        name: ConstId,
        arguments: usize,
        keywords: &[ConstId],
    ) -> Result<bool, String> {
        let candidates = self.that_take(self.shared.names.statics.get(&name), arguments, keywords);
        if candidates.is_empty() || candidates.len() > CANDIDATES || !self.may_be_instance(inst.args[0]) {
            return Ok(false);
        }
        let function = self.found(i, inst.results[0], Op::MethodOf, inst.args[0], name, found::STATIC)?;
        self.found_function(inst, function, Abs::nothing(Fact::Null), candidates);
        Ok(true)
    }

    /// A function, static or class method of a class.
    pub fn load_class_method(
        &mut self,
        i: usize,
        inst: &Inst,
        name: ConstId,
        arguments: usize,
        keywords: &[ConstId],
    ) -> Result<Next, String> {
        let object = inst.args[0];
        let known = self.shared.names.clone();
        let all = [
            (found::METHOD, &known.methods, arguments),
            (found::STATIC, &known.statics, arguments),
            (found::CLASS, &known.class_methods, arguments + 1),
        ];
        let mut possible = all.iter().filter(|(_, names, _)| names.contains_key(&name));
        let (Some((kind, names, given)), None) = (possible.next(), possible.next()) else {
            return self.copy(inst);
        };
        let candidates = self.that_take(names.get(&name), *given, keywords);
        if candidates.is_empty()
            || candidates.len() > CANDIDATES
            || !matches!(self.fact(object), Fact::Boxed(TypeIs::Any, _))
        {
            return self.copy(inst);
        }
        let kind = *kind;
        let function = self.found(i, inst.results[0], Op::MethodOf, object, name, kind | found::OF_CLASS)?;
        let this = match kind {
            found::CLASS => self.this_of(object)?,
            _ => Abs::nothing(Fact::Null),
        };
        self.found_function(inst, function, this, candidates);
        Ok(Next::On)
    }

    /// The object of a method load.
    pub fn this_of(&self, object: ValueId) -> Result<Abs, String> {
        Ok(Abs {
            boxed: None,
            ..self.abs(object)?
        })
    }

    /// What a method load gives.
    pub fn found_function(&mut self, inst: &Inst, function: ValueId, this: Abs, candidates: Vec<CodeId>) {
        let function = self.one(Op::Retain, vec![], vec![function]);
        self.env.insert(inst.results[0], Abs::new(ANY, function));
        self.env.insert(inst.results[1], this);
        self.methods.insert(inst.results[0], candidates);
    }
}
