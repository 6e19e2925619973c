//! Which containers values are, likely, as far as a module's own code says what makes them. In: the Raw functions. Out: for each function
//! the values that are one kind of container, wherever they come from: displays, operators, methods of texts, other functions' arguments,
//! results and items.
//!
//! Values that edges pass to each other are one variable, and so are all items of a container. A function's parameter is what its calls pass
//! to it, if a `def` binds the function and the module does nothing but call it. All of it decides which tests are made.
use super::hints::{DICT, LIST, SET, STR, TUPLE};
use super::points;
use pyaot_ir::{CodeId, Const, ConstId, Function, GlobalId, Imm, Inst, Kind as FunctionKind, Module, Op, ValueId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Something else than a container, or what is not known.
const OTHER: u16 = 1 << 15;
/// Rounds after which what is still changing counts for what it is.
const ROUNDS: usize = 8;

/// What a variable may be: bits of [`super::hints`] and [`OTHER`]; nothing where nobody has been seen to make it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Kind {
    is: u16,
    /// Likewise of its items.
    items: u16,
}

const UNKNOWN: Kind = Kind {
    is: OTHER,
    items: OTHER,
};
const TEXT: Kind = Kind { is: STR, items: STR };

impl Kind {
    fn of(is: u16, items: u16) -> Kind {
        Kind { is, items }
    }

    /// Takes in what else it may be; true where that is new.
    fn join(&mut self, other: Kind) -> bool {
        let joined = Kind::of(self.is | other.is, self.items | other.items);
        std::mem::replace(self, joined) != joined
    }

    fn item(self) -> Kind {
        match self.is {
            0 => Kind::default(),
            STR => TEXT,
            LIST | TUPLE if self.items != 0 => Kind::of(self.items, if self.items == STR { STR } else { OTHER }),
            LIST | TUPLE => Kind::default(),
            _ => UNKNOWN,
        }
    }
}

const TEXT_METHODS: [&[u8]; 17] = [
    b"capitalize",
    b"casefold",
    b"center",
    b"expandtabs",
    b"format",
    b"join",
    b"ljust",
    b"lower",
    b"lstrip",
    b"replace",
    b"rjust",
    b"rstrip",
    b"strip",
    b"swapcase",
    b"title",
    b"upper",
    b"zfill",
];

/// By code: values that are one kind of container.
pub type Kinds = HashMap<CodeId, Vec<(ValueId, u16)>>;

/// Kinds in the functions of a module.
pub fn of(module: &Module, raw: &[Function]) -> Kinds {
    let mut finder = Finder::new(module, raw);
    let mut variables: Vec<Variables> = raw.iter().map(|f| Variables::of(module, f)).collect();
    for _ in 0..ROUNDS {
        finder.changed = false;
        for (f, variables) in raw.iter().zip(&mut variables) {
            finder.function(f, variables);
        }
        if !finder.changed {
            break;
        }
    }
    let known = raw
        .iter()
        .zip(&variables)
        .filter(|(f, _)| f.kind == FunctionKind::Direct);
    known.map(|(f, variables)| (f.code, variables.known())).collect()
}

/// The variables of a function.
struct Variables {
    parent: Vec<u32>,
    kinds: Vec<Kind>,
    /// Block and index of the inst that makes a value.
    makers: Vec<(u32, u32)>,
    /// Iterators stand for what they are over.
    iterators: HashSet<u32>,
}

impl Variables {
    fn of(module: &Module, f: &Function) -> Variables {
        let n = f.values.len();
        let mut variables = Variables {
            parent: (0..n as u32).collect(),
            kinds: vec![Kind::default(); n],
            makers: vec![(u32::MAX, 0); n],
            iterators: HashSet::new(),
        };
        for (b, block) in f.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                for result in &inst.results {
                    variables.makers[result.index()] = (b as u32, i as u32);
                }
            }
        }
        for (arg, param) in points::passed(f) {
            match variables.maker(f, arg).filter(|inst| points::is_constant(inst)) {
                // A variable may hold a constant before what it is for.
                Some(inst) => {
                    let kind = constant_kind(module, inst);
                    let root = variables.root(param);
                    variables.join(root, kind);
                }
                None => {
                    let (a, b) = (variables.root(arg), variables.root(param));
                    let kind = variables.kinds[a as usize];
                    variables.parent[a as usize] = b;
                    variables.join(b, kind);
                }
            }
        }
        variables
    }

    fn maker<'f>(&self, f: &'f Function, value: ValueId) -> Option<&'f Inst> {
        let (b, i) = *self.makers.get(value.index())?;
        f.blocks.get(b as usize)?.insts.get(i as usize)
    }

    fn root(&self, value: ValueId) -> u32 {
        let mut at = value.0;
        while self.parent[at as usize] != at {
            at = self.parent[at as usize];
        }
        at
    }

    fn join(&mut self, root: u32, kind: Kind) -> bool {
        self.kinds[root as usize].join(kind)
    }

    /// One value of each variable that is a container of one kind.
    fn known(&self) -> Vec<(ValueId, u16)> {
        let one = |root: &u32| {
            let is = self.kinds[*root as usize].is;
            let clear = is != 0 && is & OTHER == 0 && is.is_power_of_two();
            (clear && !self.iterators.contains(root)).then_some((ValueId(*root), is))
        };
        let roots = (0..self.parent.len() as u32).filter(|v| self.parent[*v as usize] == *v);
        roots.filter_map(|root| one(&root)).collect()
    }
}

fn constant_kind(module: &Module, inst: &Inst) -> Kind {
    match (inst.op, inst.imms.first()) {
        (Op::Const, Some(Imm::Const(id))) => match module.constant(*id) {
            Const::None => Kind::default(),
            Const::Str(_) => TEXT,
            Const::Tuple(items) => {
                let texts = items.iter().all(|item| matches!(module.constant(*item), Const::Str(_)));
                Kind::of(TUPLE, if texts { STR } else { OTHER })
            }
            _ => UNKNOWN,
        },
        (Op::Unbound | Op::Null, _) => Kind::default(),
        _ => UNKNOWN,
    }
}

/// What is known of a module's names.
struct Finder<'m> {
    module: &'m Module,
    /// Codes of functions that the module only calls, with all their parameters.
    called: BTreeMap<CodeId, usize>,
    params: HashMap<(CodeId, usize), Kind>,
    results: HashMap<CodeId, Kind>,
    globals: HashMap<GlobalId, Kind>,
    changed: bool,
}

impl<'m> Finder<'m> {
    fn new(module: &'m Module, raw: &[Function]) -> Finder<'m> {
        let bound = module.bound.values();
        let plain = bound.filter(|code| module.codes[code.index()].plain_params);
        let mut called: BTreeMap<CodeId, usize> = plain
            .map(|code| (*code, module.codes[code.index()].nparams as usize))
            .collect();
        for f in raw {
            for block in &f.blocks {
                let mut loaded: HashMap<ValueId, CodeId> = HashMap::new();
                for inst in &block.insts {
                    let edges = inst.edges().flat_map(|e| &e.args);
                    let first = usize::from(inst.op == Op::CallPython);
                    for value in inst.args.iter().skip(first).chain(edges) {
                        if let Some(code) = loaded.get(value) {
                            called.remove(code);
                        }
                    }
                    let fits = |code: &CodeId| called.get(code).is_some_and(|n| inst.args.len() == n + 2);
                    if let Some(code) = loaded.get(&inst.args.first().copied().unwrap_or(ValueId(u32::MAX)))
                        && (first == 0 || !fits(code))
                    {
                        called.remove(code);
                    }
                    if let (Op::LoadGlobal, Some(Imm::Global(global))) = (inst.op, inst.imms.first())
                        && let Some(code) = module.bound.get(global)
                    {
                        loaded.insert(inst.results[0], *code);
                    }
                }
            }
        }
        Finder {
            module,
            called,
            params: HashMap::new(),
            results: HashMap::new(),
            globals: HashMap::new(),
            changed: false,
        }
    }

    fn function(&mut self, f: &Function, variables: &mut Variables) {
        let is_known = self.called.contains_key(&f.code) && f.kind == FunctionKind::Direct;
        for (k, param) in f.blocks[0].params.iter().enumerate() {
            let kind = match k.checked_sub(1).filter(|_| is_known) {
                Some(k) => self.params.get(&(f.code, k)).copied().unwrap_or_default(),
                None => UNKNOWN,
            };
            self.join(variables, param.value, kind);
        }
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            self.inst(f, variables, inst);
        }
    }

    fn join(&mut self, variables: &mut Variables, value: ValueId, kind: Kind) {
        let root = variables.root(value);
        self.changed |= variables.join(root, kind);
    }

    fn kind(&self, f: &Function, variables: &Variables, value: ValueId) -> Kind {
        match variables.maker(f, value).filter(|inst| points::is_constant(inst)) {
            Some(inst) => constant_kind(self.module, inst),
            None => variables.kinds[variables.root(value) as usize],
        }
    }

    fn inst(&mut self, f: &Function, variables: &mut Variables, inst: &Inst) {
        if points::is_constant(inst) {
            return;
        }
        let kind = |k: usize| self.kind(f, variables, inst.args[k]);
        let name = inst.intrinsic().map_or("", |row| row.name);
        match (inst.op, name, inst.imms.first()) {
            (Op::StoreGlobal, _, Some(Imm::Global(global))) => {
                let kind = kind(0);
                self.changed |= self.globals.entry(*global).or_default().join(kind);
            }
            (Op::Ret, ..) => {
                let kind = kind(0);
                self.changed |= self.results.entry(f.code).or_default().join(kind);
            }
            (Op::Call, "list_append", _) | (Op::Call, "setitem", _) => {
                let items = kind(inst.args.len() - 1).is;
                self.join(variables, inst.args[0], Kind::of(0, items));
            }
            (Op::Call, "list_extend", _) => {
                let items = kind(1).item().is;
                self.join(variables, inst.args[0], Kind::of(0, items));
            }
            (Op::CallPython, ..) => self.call(f, variables, inst),
            (Op::LoadMethod, ..) => {
                for result in &inst.results {
                    self.join(variables, *result, UNKNOWN);
                }
            }
            _ if !inst.results.is_empty() => {
                let made = self.made(f, variables, inst, name);
                self.join(variables, inst.results[0], made);
                for result in &inst.results[1..] {
                    self.join(variables, *result, UNKNOWN);
                }
                if name == "get_iter" {
                    let root = variables.root(inst.results[0]);
                    variables.iterators.insert(root);
                }
            }
            _ => {}
        }
    }

    /// What an op makes.
    fn made(&self, f: &Function, variables: &Variables, inst: &Inst, name: &str) -> Kind {
        let kind = |k: usize| self.kind(f, variables, inst.args[k]);
        let all = |from: &[ValueId]| from.iter().fold(0, |is, v| is | self.kind(f, variables, *v).is);
        match (inst.op, name) {
            (Op::LoadGlobal, _) => match inst.imms.first() {
                Some(Imm::Global(global)) if !self.module.bound.contains_key(global) => {
                    self.globals.get(global).copied().unwrap_or(UNKNOWN)
                }
                _ => UNKNOWN,
            },
            (_, "build_list") => Kind::of(LIST, all(&inst.args)),
            (_, "build_tuple") => Kind::of(TUPLE, all(&inst.args)),
            (_, "build_set") => Kind::of(SET, OTHER),
            (_, "build_map") => Kind::of(DICT, OTHER),
            (_, "build_string" | "format_simple" | "format_with_spec") => TEXT,
            (Op::Call, "mul") => match [kind(0), kind(1)] {
                [text, _] | [_, text] if text.is == STR => TEXT,
                [list, _] | [_, list] if matches!(list.is, LIST | TUPLE) => list,
                _ => UNKNOWN,
            },
            (Op::Call, "mod") if kind(0).is == STR => TEXT,
            (Op::Call, "add" | "inplace_op") | (Op::TakeAdd, _) => match [kind(0), kind(1)] {
                [text, _] | [_, text] if text.is == STR => TEXT,
                [a, b] if matches!(a.is | b.is, LIST | TUPLE) => Kind::of(a.is | b.is, a.items | b.items),
                [a, b] if a.is | b.is == 0 => Kind::default(),
                _ => UNKNOWN,
            },
            (Op::Call, "getslice") => sequence(kind(0)),
            (Op::Call, "getitem") => match self.is_slice(f, variables, inst.args[1]) {
                true => sequence(kind(0)),
                false => kind(0).item(),
            },
            (Op::Call, "get_iter") => kind(0),
            (Op::Call, "iter_next") => kind(0).item(),
            _ => UNKNOWN,
        }
    }

    fn is_slice(&self, f: &Function, variables: &Variables, key: ValueId) -> bool {
        let Some(made) = variables.maker(f, key) else {
            return false;
        };
        let constant = match (made.op, made.imms.first()) {
            (Op::Const, Some(Imm::Const(id))) => matches!(self.module.constant(*id), Const::Slice(_)),
            _ => false,
        };
        constant || made.intrinsic().is_some_and(|row| row.name == "build_slice")
    }

    /// A call: its arguments go to the parameters.
    fn call(&mut self, f: &Function, variables: &mut Variables, inst: &Inst) {
        let module = self.module;
        let text = |id: ConstId| match module.constant(id) {
            Const::Str(text) => &text[..],
            _ => &[],
        };
        let arguments: Vec<Kind> = inst.args[2..].iter().map(|v| self.kind(f, variables, *v)).collect();
        let first = arguments.first().copied().unwrap_or(UNKNOWN);
        let callee = variables.maker(f, inst.args[0]);
        let made = match callee.map(|made| (made, made.op, made.imms.first())) {
            Some((_, Op::LoadGlobal, Some(Imm::Global(global)))) => match module.bound.get(global) {
                Some(code) => {
                    let code = *code;
                    if self.called.contains_key(&code) {
                        for (k, kind) in arguments.into_iter().enumerate() {
                            self.changed |= self.params.entry((code, k)).or_default().join(kind);
                        }
                    }
                    match module.codes[code.index()].makes_generator {
                        true => UNKNOWN,
                        false => self.results.get(&code).copied().unwrap_or_default(),
                    }
                }
                None => match text(module.globals[global.index()]) {
                    b"str" | b"repr" | b"chr" | b"hex" | b"bin" | b"oct" | b"input" | b"format" => TEXT,
                    b"list" | b"sorted" => Kind::of(LIST, first.item().is),
                    b"tuple" => Kind::of(TUPLE, first.item().is),
                    b"set" => Kind::of(SET, OTHER),
                    b"dict" => Kind::of(DICT, OTHER),
                    _ => UNKNOWN,
                },
            },
            Some((loaded, Op::LoadMethod, Some(Imm::Const(name)))) => {
                let object = self.kind(f, variables, loaded.args[0]);
                match text(*name) {
                    b"append" => {
                        let object = loaded.args[0];
                        self.join(variables, object, Kind::of(0, first.is));
                        UNKNOWN
                    }
                    b"split" | b"rsplit" | b"splitlines" => Kind::of(LIST, STR),
                    b"partition" | b"rpartition" => Kind::of(TUPLE, STR),
                    name if TEXT_METHODS.contains(&name) && object.is & !STR == 0 => TEXT,
                    b"copy" => object,
                    b"pop" if object.is == LIST && inst.args.len() <= 3 => object.item(),
                    _ => UNKNOWN,
                }
            }
            _ => UNKNOWN,
        };
        for result in &inst.results {
            self.join(variables, *result, made);
        }
    }
}

/// What a slice of it is.
fn sequence(kind: Kind) -> Kind {
    match kind.is {
        0 | STR | LIST | TUPLE => kind,
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests;
