//! What a module's own code says about names. In: the Raw functions. Out: methods by name, names that stand in class bodies, globals that
//! are modules or functions of native modules.
//!
//! All of it decides which tests are made; none of it is taken for true.
use super::layouts::Layouts;
use pyaot_ir::{Block, CodeId, Const, ConstId, Function, GlobalId, Imm, Inst, Module, Op, ValueId};
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub struct Names {
    /// Functions that class bodies bind by `def` without decorators.
    pub methods: HashMap<ConstId, Vec<CodeId>>,
    /// Functions that class bodies bind as `staticmethod`, `classmethod`, getter and setter of a property.
    pub statics: HashMap<ConstId, Vec<CodeId>>,
    pub class_methods: HashMap<ConstId, Vec<CodeId>>,
    pub getters: HashMap<ConstId, Vec<CodeId>>,
    pub setters: HashMap<ConstId, Vec<CodeId>>,
    /// Code of class methods: their first parameter is a class.
    of_classes: HashSet<CodeId>,
    /// Names whose values objects find in their class: functions, properties, and values that nothing stores to objects.
    class_level: HashSet<ConstId>,
    /// The values among them.
    class_values: HashSet<ConstId>,
    /// Globals that import statements bind to modules, by the module's name.
    pub modules: HashMap<GlobalId, String>,
    /// Globals bound to a function of `pyaot_abi::NATIVES`.
    pub natives: HashMap<GlobalId, usize>,
    /// Globals that one class statement binds: code of its body, the global that its first base is, and the number of further arguments.
    classes: HashMap<GlobalId, (CodeId, Option<GlobalId>, usize)>,
    /// `__init__` of class bodies.
    inits: HashMap<CodeId, CodeId>,
    /// Constant defaults of functions, by code, and the tuple of them.
    pub defaults: HashMap<CodeId, (ConstId, Vec<ConstId>)>,
    /// Globals that import statements bind.
    imported: HashSet<GlobalId>,
    /// Constant defaults of keyword-only parameters by name, of functions all of whose defaults of that kind are constants.
    pub keyword_defaults: HashMap<CodeId, Vec<(ConstId, ConstId)>>,
    /// Globals that import, class and function statements bind.
    definitions: HashSet<GlobalId>,
    /// Attributes that an `__init__` stores to its instance, by its code.
    init_attributes: HashMap<CodeId, HashSet<ConstId>>,
    /// Those of the instances of each class, with what the classes' bases store.
    together: Vec<HashSet<ConstId>>,
    /// In which order they are stored.
    pub layouts: Layouts,
    /// Names that class bodies bind whose instances may have no shape of their own: with bases that the module does not define as plain classes.
    odd_members: HashSet<ConstId>,
    /// The module speaks of slots.
    has_slots: bool,
    /// Code of generator expressions that are made for the iterator of `range(n)` or `range(a, b)`.
    pub over_ranges: HashSet<CodeId>,
    /// Likewise for the iterator of what may well be a list.
    pub over_lists: HashSet<CodeId>,
    /// Attributes to which the module stores True, False and results of tests alone.
    pub bool_attributes: HashSet<ConstId>,
    /// Attributes to which the module stores new lists alone.
    pub list_attributes: HashSet<ConstId>,
}

/// CPython: Include/internal/pycore_code.h, MAKE_FUNCTION_DEFAULTS.
const DEFAULTS: i64 = 1;
/// MAKE_FUNCTION_KWDEFAULTS.
const KEYWORD_DEFAULTS: i64 = 2;

/// What made a value, within one block.
struct Makers<'a>(HashMap<ValueId, &'a Inst>);

impl<'a> Makers<'a> {
    fn of(insts: &'a [Inst]) -> Makers<'a> {
        let made = insts
            .iter()
            .flat_map(|inst| inst.results.iter().map(move |v| (*v, inst)));
        Makers(made.collect())
    }

    fn get(&self, value: ValueId) -> Option<&'a Inst> {
        self.0.get(&value).copied()
    }

    fn const_of(&self, value: ValueId) -> Option<ConstId> {
        match self.get(value).map(|i| (i.op, i.imms.first())) {
            Some((Op::Const, Some(Imm::Const(id)))) => Some(*id),
            _ => None,
        }
    }

    /// A display of a list, one repeated, or a call of what makes one.
    fn is_list(&self, module: &Module, value: ValueId) -> bool {
        let Some(made) = self.get(value) else { return false };
        match (made.op, made.intrinsic().map_or("", |row| row.name)) {
            (Op::Call | Op::Build, "build_list") => true,
            (Op::Call, "mul") => made.args.iter().any(|v| self.is_list(module, *v)),
            (Op::CallPython, _) => match self.get(made.args[0]).map(|m| (m.op, m.imms.first())) {
                Some((Op::LoadGlobal, Some(Imm::Global(id)))) => {
                    let name = module.constant(module.globals[id.index()]);
                    matches!(name, Const::Str(name) if name == b"list" || name == b"sorted")
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The code of the generator expression that a call makes for the iterator of a value.
    fn generator_over(&self, module: &Module, call: &Inst) -> Option<(CodeId, ValueId)> {
        if call.op != Op::CallPython || call.args.len() != 2 {
            return None;
        }
        let iterator = self.get(call.args[1]).filter(|i| i.calls("get_iter"))?;
        let mut function = call.args[0];
        while let Some(set) = self.get(function).filter(|i| i.calls("set_function_attribute")) {
            function = set.args[0];
        }
        let code = self.function(function)?;
        let info = &module.codes[code.index()];
        info.makes_generator.then_some((code, iterator.args[0]))
    }

    /// Whether a value may well be a list: a variable, an item, or what makes one.
    fn may_be_list(&self, module: &Module, value: ValueId) -> bool {
        let Some(made) = self.get(value) else { return true };
        match made.op {
            Op::LoadGlobal | Op::LoadCell => true,
            Op::Build => made.imms == [pyaot_ir::builder::row("build_list")],
            Op::Call => ["getitem", "getslice", "load_attr"].iter().any(|name| made.calls(name)),
            Op::CallPython => {
                let Some(loaded) = self.get(made.args[0]) else {
                    return false;
                };
                let name = match (loaded.op, loaded.imms.first()) {
                    (Op::LoadGlobal, Some(Imm::Global(global))) => module.globals[global.index()],
                    (Op::LoadMethod, Some(Imm::Const(name))) => *name,
                    _ => return false,
                };
                let lists: [&[u8]; 6] = [b"list", b"sorted", b"split", b"rsplit", b"splitlines", b"copy"];
                matches!(module.constant(name), Const::Str(name) if lists.contains(&&name[..]))
            }
            _ => false,
        }
    }

    /// The code of the generator expression that a call makes for the iterator of a range with step 1.
    fn over_range(&self, module: &Module, call: &Inst) -> Option<CodeId> {
        let (code, iterated) = self.generator_over(module, call)?;
        let range = self.get(iterated).filter(|i| i.op == Op::CallPython)?;
        let loaded = self.get(range.args[0]).filter(|i| i.op == Op::LoadGlobal)?;
        let Some(Imm::Global(global)) = loaded.imms.first() else {
            return None;
        };
        let named = *module.constant(module.globals[global.index()]) == Const::Str(b"range".to_vec());
        (named && range.args.len() <= 4).then_some(code)
    }

    /// The code of the function that a value is.
    fn function(&self, value: ValueId) -> Option<CodeId> {
        let made = self.get(value).filter(|i| i.calls("make_function"))?;
        match self.get(made.args[0]).map(|i| (i.op, i.imms.first())) {
            Some((Op::CodeAddr, Some(Imm::Code(id)))) => Some(*id),
            _ => None,
        }
    }
}

impl Names {
    pub fn of(module: &Module, raw: &[Function], stores: &HashMap<GlobalId, u32>) -> Names {
        let mut names = Names::default();
        // Attributes that are stored to: of a global, of the first parameter of a function, of anything.
        let mut stored: HashSet<(Option<GlobalId>, Option<CodeId>, ConstId)> = HashSet::new();
        let mut aliases: Vec<(ConstId, ConstId)> = Vec::new();
        let mut other_stores: HashSet<ConstId> = HashSet::new();
        let mut not_lists: HashSet<ConstId> = HashSet::new();
        // Names that a class body binds, with the body's code.
        let mut members: Vec<(CodeId, ConstId)> = Vec::new();
        let mut with_slots: HashSet<CodeId> = HashSet::new();
        for f in raw
            .iter()
            .filter(|f| module.codes[f.code.index()].name.ends_with("__init__"))
        {
            let mut constants: HashMap<ValueId, ConstId> = HashMap::new();
            for inst in f.blocks.iter().flat_map(|b| &b.insts) {
                if let (Op::Const, Some(Imm::Const(id))) = (inst.op, inst.imms.first()) {
                    constants.insert(inst.results[0], *id);
                }
            }
            names.layouts.note(f, |inst| constants.get(inst.args.get(1)?).copied());
        }
        for (f, block) in raw.iter().flat_map(|f| f.blocks.iter().map(move |b| (f, b))) {
            let makers = Makers::of(&block.insts);
            for inst in &block.insts {
                names.over_ranges.extend(makers.over_range(module, inst));
                if let Some((code, iterated)) = makers.generator_over(module, inst)
                    && makers.may_be_list(module, iterated)
                {
                    names.over_lists.insert(code);
                }
                if inst.calls("set_function_attribute") {
                    let which = makers.get(inst.args[2]).and_then(|i| i.imms.first());
                    if let (Some(code), Some(tuple)) = (makers.function(inst.args[0]), makers.const_of(inst.args[1]))
                        && which == Some(&Imm::Int(DEFAULTS))
                        && let Const::Tuple(items) = module.constant(tuple)
                    {
                        names.defaults.insert(code, (tuple, items.clone()));
                    }
                    if let (Some(code), Some(map)) = (makers.function(inst.args[0]), makers.get(inst.args[1]))
                        && which == Some(&Imm::Int(KEYWORD_DEFAULTS))
                        && map.intrinsic().is_some_and(|row| row.name == "build_map")
                    {
                        let all = map.args.chunks(2).map(|pair| match pair {
                            [name, value] => Some((makers.const_of(*name)?, makers.const_of(*value)?)),
                            _ => None,
                        });
                        if let Some(all) = all.collect::<Option<Vec<_>>>() {
                            names.keyword_defaults.insert(code, all);
                        }
                    }
                } else if inst.calls("store_attr") {
                    let global = makers.get(inst.args[0]).filter(|m| m.op == Op::LoadGlobal);
                    let global = global.and_then(|m| match m.imms.first() {
                        Some(Imm::Global(id)) => Some(*id),
                        _ => None,
                    });
                    let first = is_first_parameter(block, inst.args[0]).then_some(f.code);
                    let Some(name) = makers.const_of(inst.args[1]) else {
                        continue;
                    };
                    stored.insert((global, first, name));
                    if first.is_some() && module.codes[f.code.index()].name.ends_with("__init__") {
                        names.init_attributes.entry(f.code).or_default().insert(name);
                    }
                    let is_bool = match makers.get(inst.args[2]).map(|m| (m.op, m.imms.first())) {
                        Some((Op::BoxBool, _)) => true,
                        Some((Op::Const, Some(Imm::Const(id)))) => {
                            matches!(module.constant(*id), Const::True | Const::False)
                        }
                        _ => false,
                    };
                    let kind = if is_bool {
                        &mut names.bool_attributes
                    } else {
                        &mut other_stores
                    };
                    kind.insert(name);
                    let kind = match makers.is_list(module, inst.args[2]) {
                        true => &mut names.list_attributes,
                        false => &mut not_lists,
                    };
                    kind.insert(name);
                } else if inst.calls("store_name") {
                    let Some(name) = makers.const_of(inst.args[1]) else {
                        continue;
                    };
                    if *module.constant(name) == Const::Str(b"__slots__".to_vec()) {
                        with_slots.insert(f.code);
                    }
                    names.note_member(module, f, name, inst.args[2], &makers);
                    members.push((f.code, name));
                    if let Some(old) = makers.get(inst.args[2]).and_then(|m| loaded_name(m, &makers)) {
                        aliases.push((name, old));
                    }
                } else if let (Op::StoreGlobal, Some(Imm::Global(global))) = (inst.op, inst.imms.first()) {
                    names.note_global(module, *global, stores, inst, &makers);
                }
            }
        }
        for (name, old) in aliases {
            let all = names.methods.get(&old).cloned().unwrap_or_default();
            if !all.is_empty() {
                names.methods.entry(name).or_default().extend(all);
                names.class_values.remove(&name);
                names.class_level.insert(name);
            }
        }
        for (global, first, name) in stored {
            let to_class = global.is_some_and(|g| names.definitions.contains(&g))
                || first.is_some_and(|code| names.of_classes.contains(&code));
            if !to_class {
                names.class_values.remove(&name);
            }
        }
        names.class_level.extend(&names.class_values);
        let plain_bodies: HashSet<CodeId> = names
            .classes
            .iter()
            .filter(|(global, _)| names.is_plain_class(**global))
            .map(|(_, class)| class.0)
            .collect();
        let odd = members.into_iter().filter(|(body, _)| !plain_bodies.contains(body));
        names.odd_members = odd.map(|(_, name)| name).collect();
        names.has_slots = module
            .consts
            .iter()
            .any(|c| matches!(c, Const::Str(text) if text == b"__slots__" || text == b"slots"));
        names.bool_attributes.retain(|name| !other_stores.contains(name));
        names.list_attributes.retain(|name| !not_lists.contains(name));
        let inits = names.inits.iter().filter(|(body, _)| with_slots.contains(body));
        names.layouts.forget(&inits.map(|(_, init)| *init).collect());
        names.together = names.init_attributes.values().cloned().collect();
        for global in names.classes.keys() {
            let mut all: HashSet<ConstId> = HashSet::new();
            let mut at = Some(*global);
            // As in `init_of`.
            for _ in 0..16 {
                let Some((body, base, _)) = at.and_then(|g| names.classes.get(&g)) else {
                    break;
                };
                let stored = names.inits.get(body).and_then(|init| names.init_attributes.get(init));
                all.extend(stored.into_iter().flatten());
                at = *base;
            }
            names.together.push(all);
        }
        names
    }

    /// A class body binds `name` to `value`.
    fn note_member(&mut self, module: &Module, body: &Function, name: ConstId, value: ValueId, makers: &Makers) {
        if let Some(code) = makers.function(value) {
            self.methods.entry(name).or_default().push(code);
            if *module.constant(name) == Const::Str(b"__init__".to_vec()) {
                self.inits.insert(body.code, code);
            }
            self.class_level.insert(name);
            return;
        }
        let call = makers.get(value).filter(|m| m.op == Op::CallPython);
        let Some(code) = call.and_then(|m| m.args[1..].iter().find_map(|v| makers.function(*v))) else {
            self.class_values.insert(name);
            return;
        };
        self.class_level.insert(name);
        let decorator = call.and_then(|m| makers.get(m.args[0]));
        let text = |id: ConstId| match module.constant(id) {
            Const::Str(text) => std::str::from_utf8(text).unwrap_or_default(),
            _ => "",
        };
        let own = decorator.and_then(|m| loaded_name(m, makers)).map(text);
        let attribute = decorator
            .filter(|m| m.calls("load_attr"))
            .and_then(|m| makers.const_of(m.args[1]))
            .map(text);
        let kind = match (own, attribute) {
            (Some("property"), _) | (_, Some("getter")) => &mut self.getters,
            (_, Some("setter")) => &mut self.setters,
            (Some("staticmethod"), _) => &mut self.statics,
            (Some("classmethod"), _) => {
                self.of_classes.insert(code);
                &mut self.class_methods
            }
            _ => return,
        };
        kind.entry(name).or_default().push(code);
    }

    fn note_global(
        &mut self,
        module: &Module,
        global: GlobalId,
        stores: &HashMap<GlobalId, u32>,
        inst: &Inst,
        makers: &Makers,
    ) {
        let Some(made) = makers.get(inst.args[0]) else { return };
        let text = |id: ConstId| match module.constant(id) {
            Const::Str(text) => std::str::from_utf8(text).ok(),
            _ => None,
        };
        let builds = |i: &Inst| makers.get(i.args[0]).is_some_and(|callee| callee.calls("build_class"));
        let imports = made.calls("import_name") || made.calls("import_from");
        if imports {
            self.imported.insert(global);
        }
        if imports || made.calls("make_function") || made.op == Op::CallPython && builds(made) {
            self.definitions.insert(global);
        }
        if stores.get(&global) != Some(&1) {
            return;
        }
        if made.op == Op::CallPython
            && builds(made)
            && let Some(body) = made.args.get(2).and_then(|v| makers.function(*v))
        {
            let base = made.args.get(4).and_then(|v| makers.get(*v));
            let base = base.and_then(|b| match (b.op, b.imms.first()) {
                (Op::LoadGlobal, Some(Imm::Global(id))) => Some(*id),
                _ => None,
            });
            self.classes
                .insert(global, (body, base, made.args.len().saturating_sub(4)));
        }
        if let Some(name) = Some(made)
            .filter(|m| m.calls("import_name"))
            .and_then(|m| import_text(m, makers, &text))
        {
            self.modules.insert(global, name.to_owned());
        } else if made.calls("import_from")
            && let Some(name) = import_text(made, makers, &text)
            && let Some(from) = makers.get(made.args[0]).and_then(|m| import_text(m, makers, &text))
            && let Some(place) = pyaot_abi::NATIVES
                .iter()
                .position(|n| is_module(n.0, from) && n.1 == name)
        {
            self.natives.insert(global, place);
        }
    }

    /// The `__init__` that a call of the class runs, likely.
    pub fn init_of(&self, global: GlobalId) -> Option<CodeId> {
        let mut at = global;
        // A class may name itself as its base; chains are short.
        for _ in 0..16 {
            let (body, base, _) = self.classes.get(&at)?;
            if let Some(init) = self.inits.get(body) {
                return Some(*init);
            }
            at = (*base)?;
        }
        None
    }

    /// The name of the first base of a class that the module does not define.
    pub fn builtin_base<'n>(&self, global: GlobalId, unbound: &'n HashMap<GlobalId, String>) -> Option<&'n str> {
        let mut at = global;
        for _ in 0..16 {
            match self.classes.get(&at) {
                Some((_, Some(base), _)) => at = *base,
                Some((_, None, _)) => return None,
                None => break,
            }
        }
        unbound.get(&at).map(String::as_str)
    }

    /// Instances of the class are exceptions, likely: its first base that the module does not define is called like one.
    pub fn is_exception(&self, global: GlobalId, unbound: &HashMap<GlobalId, String>) -> bool {
        self.builtin_base(global, unbound).is_some_and(|name| {
            let ends = ["Error", "Exception", "Warning"];
            let others = [
                "StopIteration",
                "StopAsyncIteration",
                "KeyboardInterrupt",
                "SystemExit",
                "GeneratorExit",
            ];
            ends.iter().any(|end| name.ends_with(end)) || others.contains(&name)
        })
    }

    /// The global is a class all of whose bases are of the module, so that its metaclass is `type`; likely.
    pub fn is_plain_class(&self, global: GlobalId) -> bool {
        let mut at = global;
        for _ in 0..16 {
            match self.classes.get(&at) {
                Some((_, None, 0)) => return true,
                Some((_, Some(base), 1)) => at = *base,
                _ => return false,
            }
        }
        false
    }

    /// The first parameter of the code is a class.
    pub fn is_of_class(&self, code: CodeId) -> bool {
        self.of_classes.contains(&code)
    }

    /// Objects likely find a value of this name in their class.
    pub fn is_class_value(&self, name: ConstId) -> bool {
        self.class_values.contains(&name)
    }

    /// Objects likely have the attribute themselves.
    pub fn is_own_attribute(&self, name: ConstId) -> bool {
        !self.class_level.contains(&name)
    }

    /// Instances that have the attribute have their shape where those of plain classes have it, likely.
    pub fn is_by_shape(&self, name: ConstId) -> bool {
        !self.has_slots && !self.odd_members.contains(&name)
    }

    /// Some `__init__` stores to the attribute.
    pub fn is_of_instances(&self, name: ConstId) -> bool {
        self.together.iter().any(|all| all.contains(&name))
    }

    /// Instances of some class have all these attributes from the start, likely.
    pub fn are_together(&self, names: &[ConstId]) -> bool {
        self.together
            .iter()
            .any(|all| names.iter().all(|name| all.contains(name)))
    }

    pub fn is_imported(&self, global: GlobalId) -> bool {
        self.imported.contains(&global)
    }

    /// One class statement binds the global.
    pub fn is_class(&self, global: GlobalId) -> bool {
        self.classes.contains_key(&global)
    }

    /// The global is likely no instance of a class of attributes of its own.
    pub fn is_definition(&self, global: GlobalId) -> bool {
        self.definitions.contains(&global)
    }
}

/// The value is the function's first local variable.
pub fn is_first_parameter(block: &Block, value: ValueId) -> bool {
    block.params.iter().any(|p| p.value == value && p.local == Some(0))
}

/// The name that a class body loads.
fn loaded_name(inst: &Inst, makers: &Makers) -> Option<ConstId> {
    makers.const_of(*inst.args.get(2).filter(|_| inst.calls("load_name"))?)
}

/// Whether a module's functions are those of the native one: its own name, or that of its face (`heapq` of `_heapq`).
pub fn is_module(native: &str, module: &str) -> bool {
    native == module || native.strip_prefix('_') == Some(module)
}

/// The name that `import_name` or `import_from` is given: the second operand.
fn import_text<'t>(inst: &Inst, makers: &Makers, text: &impl Fn(ConstId) -> Option<&'t str>) -> Option<&'t str> {
    inst.args.get(1).and_then(|v| makers.const_of(*v)).and_then(text)
}
