//! Attributes of objects. In: loads and stores with their sites' caches. Out: reads and writes of slots, behind tests of shapes.
//!
//! The attributes that a block takes of one value are a *group*: one test of the object's shape serves for all of them until other
//! code may run, which may change shapes. Those that a function takes of a variable and that an `__init__` stores together are one
//! group in all of its blocks: `known_shapes` then finds that a test was made in a block before. A group knows several shapes that have the attributes in the same places.
use super::body::{Abs, Body};
use super::facts::{Fact, NOT_GROUP, TypeIs};
use pyaot_abi::{BY_SHAPE, GROUP_CACHES, GROUP_NAMES, Value, wanted};
use pyaot_ir::{CacheId, Cond, Const, ConstId, Imm, Inst, Op, Ty, ValueId};

/// The attributes that a block of the original takes of a value.
#[derive(Clone)]
pub struct Group {
    cache: CacheId,
    tuple: ConstId,
    /// A gap is the constant None.
    names: Vec<ConstId>,
    /// `pyaot_abi::wanted`.
    wanted: i64,
}

impl Body<'_, '_> {
    /// The group of a value in the current block, and the place of a name in it.
    fn group(&mut self, value: ValueId, name: ConstId) -> Option<(Group, usize)> {
        let variable = self.hints.variable(value);
        if !self.variable_groups.contains_key(&variable) {
            let made = self.variable_group(value);
            self.variable_groups.insert(variable, made);
        }
        if let Some(Some(group)) = self.variable_groups.get(&variable)
            && let Some(place) = group.names.iter().position(|n| *n == name)
            && !self.is_definition(value)
            && self.is_alone(value)
        {
            return Some((group.clone(), place));
        }
        let key = (self.b, value);
        if !self.groups.contains_key(&key) {
            let made = self.new_group(value);
            self.groups.insert(key, made);
        }
        let group = self.groups.get(&key)?.clone()?;
        let place = group.names.iter().position(|n| *n == name)?;
        Some((group, place))
    }

    /// The current block takes attributes of no other value of the variable: a group answers for one at a time.
    fn is_alone(&self, value: ValueId) -> bool {
        let mut insts = self.f.blocks[self.b].insts.iter();
        !insts.any(|inst| {
            let takes = inst.calls("load_attr") || inst.calls("store_attr");
            takes && inst.args[0] != value && self.is_same(value, inst.args[0])
        })
    }

    /// Attributes that the function takes of a variable, unless it is the instance that an `__init__` fills.
    fn variable_group(&mut self, value: ValueId) -> Option<Group> {
        let f = self.f;
        let is_init = self.shared.module.codes[f.code.index()].name.ends_with("__init__");
        if is_init && f.blocks[0].params.get(1).is_some_and(|p| self.is_same(p.value, value)) {
            return None;
        }
        let mut names: Vec<ConstId> = Vec::new();
        let mut stores = false;
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            let store = inst.calls("store_attr");
            if (inst.calls("load_attr") || store)
                && self.is_same(value, inst.args[0])
                && let Some(Imm::Const(name)) = self.constant_imm(inst.args[1])
                && self.shared.names.is_of_instances(name)
                && self.shared.names.is_own_attribute(name)
            {
                stores |= store;
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let fits = (1..=GROUP_NAMES).contains(&names.len()) && self.shared.names.are_together(&names);
        fits.then(|| self.group_of(names, stores))
    }

    fn group_of(&mut self, names: Vec<ConstId>, stores: bool) -> Group {
        let ordered = self.shared.names.layouts.of(&names);
        let module = &mut *self.shared.module;
        let stores = if stores { i64::from(wanted::STORES) } else { 0 };
        let (names, wanted) = match ordered {
            Some(all) => {
                let gap = module.add_const(Const::None);
                let names = all.into_iter().map(|name| name.unwrap_or(gap)).collect();
                (names, stores | i64::from(wanted::IN_ORDER))
            }
            None => (names, stores),
        };
        let tuple = module.add_const(Const::Tuple(names.clone()));
        let cache = CacheId(module.attr_caches);
        module.attr_caches += GROUP_CACHES;
        Group {
            cache,
            tuple,
            names,
            wanted,
        }
    }

    fn new_group(&mut self, value: ValueId) -> Option<Group> {
        let f = self.f;
        // What `__init__` stores is new, most of the time.
        let code = &self.shared.module.codes[f.code.index()].name;
        let makes =
            code.ends_with("__init__") && f.blocks[0].params.get(1).is_some_and(|p| self.is_same(p.value, value));
        let mut names: Vec<ConstId> = Vec::new();
        let mut stores = false;
        for inst in f.blocks[self.b].insts.iter().filter(|i| i.args.first() == Some(&value)) {
            let store = inst.calls("store_attr");
            if (inst.calls("load_attr") || store && !makes)
                && let Some(Imm::Const(name)) = self.constant_imm(inst.args[1])
                && self.shared.names.is_own_attribute(name)
            {
                stores |= store;
                if !names.contains(&name) && names.len() < GROUP_NAMES {
                    names.push(name);
                }
            }
        }
        if names.is_empty() || self.is_definition(value) {
            return None;
        }
        Some(self.group_of(names, stores))
    }

    /// The value is a global that is a module, a class or a function.
    pub fn is_definition(&self, value: ValueId) -> bool {
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|i| i.results.contains(&value));
        match made.map(|i| (i.op, i.imms.first())) {
            Some((Op::LoadGlobal, Some(Imm::Global(global)))) => self.shared.names.is_definition(*global),
            _ => false,
        }
    }

    /// The variable of the first is that of the second.
    fn is_same(&self, a: ValueId, b: ValueId) -> bool {
        self.hints.variable(a) == self.hints.variable(b)
    }

    /// The address of an attribute of inst `i`, when the value's group knows the object. (The test may have been made before.)
    fn grouped(&mut self, i: usize, inst: &Inst) -> Result<Option<ValueId>, String> {
        let object = inst.args[0];
        let Some(Imm::Const(name)) = self.constant_imm(inst.args[1]) else {
            return Ok(None);
        };
        match self.fact(object) {
            Fact::Boxed(TypeIs::Any, not) if not & NOT_GROUP == 0 => {}
            _ => return Ok(None),
        }
        let Some((group, place)) = self.group(object, name) else {
            return Ok(None);
        };
        let word = self.boxed(object)?;
        let test = (object, group.cache);
        if !self.tested.contains(&test) {
            let exit = match group.names.len() {
                1 => self.rare(i)?,
                _ => self.failed(i, object, NOT_GROUP)?,
            };
            let by_shape = group.names.iter().all(|name| self.shared.names.is_by_shape(*name));
            let wanted = group.wanted | if by_shape { i64::from(BY_SHAPE) } else { 0 };
            let imms = vec![Imm::Cache(group.cache), Imm::Const(group.tuple), Imm::Int(wanted)];
            self.guarded(Op::GuardGroup, imms, vec![word], exit);
            self.tested.insert(test);
        }
        let imms = vec![
            Imm::Cache(group.cache),
            Imm::Int(place as i64),
            Imm::Const(group.tuple),
            Imm::Int(group.wanted),
        ];
        Ok(Some(self.one(Op::GroupSlot, imms, vec![word])))
    }

    /// What a slot holds, borrowed; leaves when it is empty.
    pub fn content(&mut self, i: usize, slot: ValueId) -> Result<ValueId, String> {
        let exit = self.rare(i)?;
        let item = self.b().load(Ty::Any, slot, 0);
        let bits = self.one(Op::Bits, vec![], vec![item]);
        let zero = self.i64(0);
        let there = self.icmp(Cond::Ne, bits, zero);
        self.guarded(Op::Guard, vec![], vec![there], exit);
        Ok(item)
    }

    /// An attribute of a group; or one that is wanted as a number, which is read without a reference where the site's cache knows the
    /// object's shape.
    pub fn load_attr(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (object, result) = (inst.args[0], inst.results[0]);
        if self.load_from_class(i, inst)? {
            return Ok(true);
        }
        let name = self.constant_imm(inst.args[1]);
        if let Some(field) = self.field(object, name) {
            self.env.insert(result, field.abs);
            return Ok(true);
        }
        if let Some(slot) = self.grouped(i, inst)? {
            if self.is_flag(i, inst) {
                self.load_flag(i, slot, result)?;
                self.keep(object)?;
            } else {
                self.load_from(i, inst, slot)?;
                self.learn_field(object, name, self.abs(result)?, true);
            }
            return Ok(true);
        }
        let Some(Imm::Cache(cache)) = self.constant_imm(inst.args[2]) else {
            return Ok(false);
        };
        if !matches!(self.fact(object), Fact::Boxed(TypeIs::Any, _)) || !self.wants_number(self.b, i + 1, result, 0) {
            return Ok(false);
        }
        let exit = self.rare(i)?;
        let word = self.boxed(object)?;
        let slot = self
            .guarded(Op::SlotOf, vec![Imm::Cache(cache)], vec![word], exit)
            .ok_or("no result")?;
        self.load_from(i, inst, slot)?;
        Ok(true)
    }

    /// An attribute that stands in its object.
    pub fn load_slot(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let Some(slot) = self.grouped(i, inst)? else {
            return Ok(false);
        };
        self.load_from(i, inst, slot)?;
        Ok(true)
    }

    /// The result of `inst` is what stands in `slot` of its first argument, which lives until then.
    fn load_from(&mut self, i: usize, inst: &Inst, slot: ValueId) -> Result<(), String> {
        let item = self.content(i, slot)?;
        self.loaded(i, item, inst.results[0])?;
        self.keep(inst.args[0])
    }

    /// `object` is not released before this.
    fn keep(&mut self, object: ValueId) -> Result<(), String> {
        let word = self.boxed(object)?;
        self.none(Op::Keep, vec![], vec![word]);
        Ok(())
    }

    /// The attribute is always True or False, as far as the module shows, and only its truth is wanted.
    fn is_flag(&self, i: usize, inst: &Inst) -> bool {
        let (f, result) = (self.f, inst.results[0]);
        let known = match self.constant_imm(inst.args[1]) {
            Some(Imm::Const(name)) => self.shared.names.bool_attributes.contains(&name),
            _ => false,
        };
        let mut uses = f.blocks[self.b].insts[i + 1..]
            .iter()
            .filter(|n| n.args.contains(&result));
        known && uses.next().is_some_and(|n| n.calls("truth"))
    }

    /// A slot that holds True or False; leaves when it holds anything else.
    fn load_flag(&mut self, i: usize, slot: ValueId, result: ValueId) -> Result<(), String> {
        let exit = self.rare(i)?;
        let item = self.b().load(Ty::Any, slot, 0);
        let word = self.one(Op::Bits, vec![], vec![item]);
        let (yes, no) = (self.i64(Value::TRUE.0 as i64), self.i64(Value::FALSE.0 as i64));
        let (yes, no) = (self.icmp(Cond::Eq, word, yes), self.icmp(Cond::Eq, word, no));
        let either = self.one(Op::Select, vec![], vec![yes, no, yes]);
        self.guarded(Op::Guard, vec![], vec![either], exit);
        self.env.insert(result, Abs::new(Fact::Bool, yes));
        Ok(())
    }

    /// A store to an attribute of a group. A number in the place of a number releases nothing, so the shapes are still known.
    pub fn store_attr(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (object, value) = (inst.args[0], inst.args[2]);
        if self.call_setter(i, inst)? {
            return Ok(true);
        }
        let Some(slot) = self.grouped(i, inst)? else {
            return Ok(false);
        };
        let word = self.boxed(object)?;
        let attribute = self.constant_imm(inst.args[1]);
        if let (true, Some(Imm::Const(name))) = (self.is_raw_number(value), attribute) {
            if !self.field(object, attribute).is_some_and(|known| known.immediate) {
                let old = self.content(i, slot)?;
                self.require_immediate(i, old)?;
            }
            self.stores_field(i, object, name)?;
            let new = self.number_object(i, value)?;
            self.none(Op::Put, vec![Imm::Int(0)], vec![slot, new]);
            self.none(Op::Keep, vec![], vec![word]);
            self.quiet_effect();
            self.fields.remove(&(object, name));
            let abs = self.abs(value)?;
            self.learn_field(object, attribute, abs, abs.fact == Fact::F64);
            return Ok(true);
        }
        self.content(i, slot)?;
        self.load_names()?;
        let new = self.boxed(value)?;
        let old = self.b().take(Ty::Any, slot, 0);
        self.none(Op::Put, vec![Imm::Int(0)], vec![slot, new]);
        self.none(Op::Keep, vec![], vec![word]);
        self.none(Op::Release, vec![], vec![old]);
        self.effect();
        Ok(true)
    }

    pub fn is_raw_number(&self, value: ValueId) -> bool {
        matches!(self.fact(value), Fact::I64 | Fact::F64)
            || self.const_int(value).is_some()
            || matches!(self.fact(value), Fact::Const(id) if self.shared.float_const(id).is_some())
    }

    /// What a number is put over has no count.
    pub fn require_immediate(&mut self, i: usize, old: ValueId) -> Result<(), String> {
        let heap = self.one(Op::IsHeap, vec![], vec![old]);
        let immediate = self.one(Op::Not, vec![], vec![heap]);
        self.require(i, immediate)
    }

    /// The object of a number that is stored. Floats that need memory are left to generic code, so that nothing is called for the others.
    pub fn number_object(&mut self, i: usize, value: ValueId) -> Result<ValueId, String> {
        let abs = self.abs(value)?;
        match (abs.fact, abs.parts[0]) {
            (Fact::F64, Some(number)) if self.is_owned(value) => {
                let exit = self.rare(i)?;
                let made = self.guarded(Op::GuardBox, vec![], vec![number], exit);
                made.ok_or_else(|| "guard_box without a result".to_owned())
            }
            _ => self.boxed(value),
        }
    }
}
