//! What types the code itself suggests. In: a Raw function. Out: for each value the types that its uses speak for.
//!
//! A hint is a guess: it only decides which test is made, or that none is. Values that edges pass to each other are one variable;
//! a method's name, a constant that it is compared with and the items that are taken of it speak for a type.
use super::points;
use pyaot_ir::{Const, ConstId, Function, Imm, Inst, Module, Op, ValueId};
use std::collections::{HashMap, HashSet};

pub const STR: u16 = 1;
pub const LIST: u16 = 2;
pub const DICT: u16 = 4;
pub const SET: u16 = 8;
pub const TUPLE: u16 = 16;
/// Compared with a text of one character, or asked for its kind: likely an item of a str.
const CHARACTER: u16 = 32;
/// Asked for an attribute.
const OBJECT: u16 = 64;
/// An iterator that makes pairs, or what gives one.
pub const PAIRS: u16 = 128;
/// Its items are compared with texts of one character: a str, or a list of such.
pub const CHARACTERS: u16 = 256;

const STR_METHODS: [&str; 24] = [
    "capitalize",
    "casefold",
    "encode",
    "endswith",
    "format",
    "isalnum",
    "isalpha",
    "isdigit",
    "islower",
    "isspace",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "partition",
    "replace",
    "rjust",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "upper",
];
const CHARACTER_METHODS: [&str; 6] = ["isalnum", "isalpha", "isdigit", "islower", "isspace", "isupper"];
const LIST_METHODS: [&str; 5] = ["append", "extend", "insert", "reverse", "sort"];
const DICT_METHODS: [&str; 6] = ["get", "items", "keys", "popitem", "setdefault", "values"];
const SET_METHODS: [&str; 4] = ["add", "difference_update", "discard", "intersection"];

/// An iterator over what is no sequence: a view of a dict, or an iterator that a builtin has made.
pub const UNINDEXED: u16 = 512;

pub struct Hints {
    /// Each value's representative, once [`Hints::root`] has followed it to the end.
    parent: Vec<u32>,
    types: HashMap<u32, u16>,
    /// Variables that a loop over a `range` binds.
    indices: HashSet<u32>,
}

impl Hints {
    /// `lists`: attributes that are lists, likely. `kinds`: what is known of values from elsewhere.
    pub fn of(module: &Module, f: &Function, lists: &HashSet<ConstId>, kinds: &[(ValueId, u16)]) -> Hints {
        let mut hints = Hints {
            parent: (0..f.values.len() as u32).collect(),
            types: HashMap::new(),
            indices: HashSet::new(),
        };
        let mut constants: HashMap<ValueId, &Const> = HashMap::new();
        let insts = || f.blocks.iter().flat_map(|b| &b.insts);
        for inst in insts() {
            if let (Op::Const, Some(Imm::Const(id))) = (inst.op, inst.imms.first()) {
                constants.insert(inst.results[0], module.constant(*id));
            }
        }
        for (arg, param) in points::passed(f) {
            if !constants.contains_key(&arg) {
                let (a, b) = (hints.root(arg), hints.root(param));
                hints.parent[a as usize] = b;
            }
        }
        for (value, kind) in kinds {
            hints.add(*value, *kind);
        }
        for inst in insts() {
            hints.note(module, inst, &constants);
        }
        for block in &f.blocks {
            hints.note_lists(&block.insts, lists);
        }
        for block in &f.blocks {
            hints.note_characters(module, &block.insts);
        }
        for inst in insts().filter(|inst| inst.calls("iter_next")) {
            let character = hints.get(inst.results[0]) & CHARACTER;
            hints.add(inst.args[0], character);
        }
        for block in &f.blocks {
            hints.note_pairs(module, &block.insts);
        }
        let mut ranges: HashSet<u32> = HashSet::new();
        for block in &f.blocks {
            let made = |value: ValueId| block.insts.iter().find(|n| n.results.first() == Some(&value));
            for inst in block.insts.iter().filter(|n| n.calls("get_iter")) {
                let call = made(inst.args[0]).filter(|n| n.op == Op::CallPython);
                let callee = call.and_then(|call| made(call.args[0]));
                let global = callee.filter(|n| n.op == Op::LoadGlobal).and_then(|n| n.imms.first());
                let Some((Imm::Global(id), call)) = global.zip(call) else {
                    continue;
                };
                let start = call
                    .args
                    .get(2)
                    .filter(|_| call.args.len() > 3)
                    .and_then(|v| constants.get(v));
                let below = matches!(start, Some(Const::Int(n)) if *n < 0);
                if !below && *module.constant(module.globals[id.index()]) == Const::Str(b"range".to_vec()) {
                    ranges.insert(hints.root(inst.results[0]));
                }
            }
        }
        for inst in insts().filter(|inst| inst.calls("iter_next")) {
            if ranges.contains(&hints.root(inst.args[0])) {
                hints.indices.insert(hints.root(inst.results[0]));
            }
        }
        for inst in insts() {
            // A text is what characters are taken of.
            let items = inst.calls("getitem") || inst.calls("get_iter");
            let taken = inst.results.first().map_or(0, |item| hints.get(*item));
            if items && taken & CHARACTER != 0 && hints.get(inst.args[0]) & (LIST | TUPLE | DICT) == 0 {
                hints.add(inst.args[0], CHARACTERS);
            }
        }
        hints
    }

    fn root(&self, value: ValueId) -> u32 {
        let mut at = value.0;
        while let Some(up) = self.parent.get(at as usize).copied().filter(|up| *up != at) {
            at = up;
        }
        at
    }

    /// All that is known speaks for a str.
    pub fn is_text(&self, value: ValueId) -> bool {
        self.get(value) & !CHARACTER == STR
    }

    /// Values with the same number are one variable.
    pub fn variable(&self, value: ValueId) -> u32 {
        self.root(value)
    }

    /// The value counts from a start that is not below zero, likely.
    pub fn is_index(&self, value: ValueId) -> bool {
        self.indices.contains(&self.root(value))
    }

    fn add(&mut self, value: ValueId, types: u16) {
        let root = self.root(value);
        *self.types.entry(root).or_default() |= types;
    }

    pub fn get(&self, value: ValueId) -> u16 {
        self.all(value) & !OBJECT
    }

    fn all(&self, value: ValueId) -> u16 {
        self.types.get(&self.root(value)).copied().unwrap_or(0)
    }

    /// Attributes are taken of the value, or methods that no built-in type has.
    pub fn is_object(&self, value: ValueId) -> bool {
        self.all(value) == OBJECT
    }

    /// Attributes that are lists.
    fn note_lists(&mut self, insts: &[Inst], lists: &HashSet<ConstId>) {
        for inst in insts.iter().filter(|inst| inst.calls("load_attr")) {
            let name = insts.iter().find(|n| n.results.first() == inst.args.get(1));
            if let Some((Op::Const, Some(Imm::Const(id)))) = name.map(|n| (n.op, n.imms.first()))
                && lists.contains(id)
            {
                self.add(inst.results[0], LIST);
            }
        }
    }

    /// What `ord` is asked about, and what becomes such a text by a method that keeps the length of nearly all.
    fn note_characters(&mut self, module: &Module, insts: &[Inst]) {
        for inst in insts.iter().rev().filter(|inst| inst.op == Op::CallPython) {
            let made = |value: ValueId| insts.iter().find(|n| n.results.contains(&value));
            let Some(callee) = made(inst.args[0]) else { continue };
            let name = match (callee.op, callee.imms.first()) {
                (Op::LoadGlobal, Some(Imm::Global(id))) => module.constant(module.globals[id.index()]),
                (Op::LoadMethod, Some(Imm::Const(id))) => module.constant(*id),
                _ => continue,
            };
            let Const::Str(name) = name else { continue };
            match (callee.op, &name[..], &inst.args[2..]) {
                (Op::LoadGlobal, b"ord", [text]) => self.add(*text, STR | CHARACTER),
                (Op::LoadMethod, b"lower" | b"upper", []) if self.get(inst.results[0]) & CHARACTER != 0 => {
                    self.add(callee.args[0], STR | CHARACTER);
                }
                _ => {}
            }
        }
    }

    /// Items of a dict, `enumerate` and `zip` of two, as far as their iterators are asked for at once.
    fn note_pairs(&mut self, module: &Module, insts: &[Inst]) {
        let text = |id: pyaot_ir::ConstId| match module.constant(id) {
            Const::Str(text) => &text[..],
            _ => &[],
        };
        for inst in insts.iter().filter(|inst| inst.calls("get_iter")) {
            let made = |value: ValueId| insts.iter().find(|n| n.results.first() == Some(&value));
            let Some(call) = made(inst.args[0]).filter(|n| n.op == Op::CallPython) else {
                continue;
            };
            let Some(callee) = made(call.args[0]) else { continue };
            let makes = match (callee.op, callee.imms.first(), call.args.len() - 2) {
                (Op::LoadMethod, Some(Imm::Const(id)), 0) => text(*id) == b"items",
                (Op::LoadGlobal, Some(Imm::Global(id)), n) => {
                    let name = text(module.globals[id.index()]);
                    name == b"enumerate" && n > 0 || name == b"zip" && n == 2
                }
                _ => false,
            };
            let unindexed = match (callee.op, callee.imms.first()) {
                (Op::LoadMethod, Some(Imm::Const(id))) => {
                    matches!(text(*id), b"items" | b"keys" | b"values") && call.args.len() == 2
                }
                (Op::LoadGlobal, Some(Imm::Global(id))) => matches!(
                    text(module.globals[id.index()]),
                    b"enumerate" | b"zip" | b"reversed" | b"map" | b"filter" | b"iter"
                ),
                _ => false,
            };
            let pairs = if makes { PAIRS } else { 0 };
            self.add(inst.results[0], pairs | if unindexed { UNINDEXED } else { 0 });
        }
    }

    fn note(&mut self, module: &Module, inst: &Inst, constants: &HashMap<ValueId, &Const>) {
        let text = |value: &ValueId| match constants.get(value) {
            Some(Const::Str(text)) => Some(&text[..]),
            _ => None,
        };
        match (inst.op, inst.imms.first(), inst.intrinsic().map(|row| row.name)) {
            (Op::LoadMethod, Some(Imm::Const(id)), _) => {
                if let Const::Str(name) = module.constant(*id) {
                    let types = method_types(module, name);
                    self.add(inst.args[0], if types == 0 { OBJECT } else { types });
                }
            }
            (Op::Call, _, Some("load_attr" | "store_attr")) => self.add(inst.args[0], OBJECT),
            (Op::Call, _, Some("compare" | "compare_bool" | "add")) => {
                for (value, other) in [(inst.args[0], inst.args[1]), (inst.args[1], inst.args[0])] {
                    if let Some(text) = text(&other) {
                        self.add(value, if text.len() == 1 { STR | CHARACTER } else { STR });
                    }
                }
            }
            (Op::Call, _, Some("contains")) => {
                let character = |id: &pyaot_ir::ConstId| matches!(module.constant(*id), Const::Str(t) if t.len() == 1);
                let fits = match constants.get(&inst.args[0]) {
                    Some(Const::Str(text)) => text.len() > 1,
                    Some(Const::Tuple(items)) => !items.is_empty() && items.iter().all(character),
                    _ => false,
                };
                if fits {
                    self.add(inst.args[1], STR | CHARACTER);
                }
            }
            (Op::Call, _, Some("getitem" | "setitem")) if text(&inst.args[1]).is_some() => self.add(inst.args[0], DICT),
            (Op::Call, _, Some("build_string" | "format_simple" | "format_with_spec")) => {
                self.add(inst.results[0], STR)
            }
            (Op::Call | Op::Build, _, Some("build_list" | "list_append" | "list_extend")) => {
                let list = inst.results.first().or(inst.args.first());
                list.iter().for_each(|v| self.add(**v, LIST));
            }
            (Op::Build, _, Some("build_map")) => self.add(inst.results[0], DICT),
            (Op::Build, _, Some("build_set")) => self.add(inst.results[0], SET),
            (Op::Build, _, Some("build_tuple")) => self.add(inst.results[0], TUPLE),
            _ => {}
        }
    }
}

/// Types whose instances are asked for a method of this name, unless the module defines one.
fn method_types(module: &Module, name: &[u8]) -> u16 {
    let name = std::str::from_utf8(name).unwrap_or_default();
    let mut types = 0;
    for (bit, names) in [
        (STR, &STR_METHODS[..]),
        (CHARACTER, &CHARACTER_METHODS[..]),
        (LIST, &LIST_METHODS[..]),
        (DICT, &DICT_METHODS[..]),
        (SET, &SET_METHODS[..]),
    ] {
        if names.contains(&name) {
            types |= bit;
        }
    }
    let defined = types != 0
        && module
            .codes
            .iter()
            .any(|code| code.name.rsplit('.').next() == Some(name));
    if defined { 0 } else { types }
}
