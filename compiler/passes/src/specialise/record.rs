//! What the specialiser did with each operation of the source, for `pyaot report`.
//!
//! In: every inst of the original as it is walked, when a [`Record`] is asked for. Out: for each bytecode instruction its outcomes over
//! all versions, each with the types that were known or the reason why the op stayed general. The surprising decision: the handlers do
//! not say what they did; an op that [`Body::copy`] has copied stayed general, and the reason is found afterwards from what was known
//! of its operands.
use super::body::Body;
use super::calls::BUILTINS;
use super::facts::{Fact, TypeIs};
use super::methods::CANDIDATES;
use super::{MAX_INSTS, hints};
use pyaot_ir::{CodeId, Const, ConstId, Function, GlobalId, Imm, Inst, Kind, Module, Op, ValueId};
use std::collections::{BTreeMap, BTreeSet};

/// An operand in the words of the source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Operand {
    /// A local variable slot.
    Local(u32),
    /// What this bytecode instruction made.
    Made(u32),
    Other,
}

/// Why an op stayed general.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// Nothing is known of these operands.
    UnknownType(Vec<Operand>),
    /// The types are known, and the runtime's code for them is called.
    Runtime(Vec<&'static str>),
    /// A global that more than one statement binds, or a statement that is no plain `def`.
    MayBeRebound(String),
    /// A global that an import binds.
    Imported(String),
    /// A builtin without code of its own.
    Builtin(String),
    /// A builtin that has code of its own for other arguments; those of which nothing is known.
    BuiltinFor(String, Vec<Operand>),
    /// A class whose instances are not made by a plain `__init__` of the same number of arguments.
    Class(String),
    /// A function whose parameters or size do not allow direct calls: what is in the way.
    NotDirect(String, Obstacle),
    /// A call of what an operand holds.
    UnknownObject(Operand),
    /// A variable of an enclosing function is called.
    Captured(String),
    /// A method that no class of the module defines, of an object of unknown type.
    UnknownMethod(String),
    /// The method's name is defined that often: too many to be told apart.
    ManyMethods(String, usize),
    /// A call with keywords.
    Keywords,
    /// A call with `*` or `**`.
    Unpacked,
    /// A method of a superclass.
    Super,
    /// An attribute of an object whose class is not known.
    UnknownClass(String, Operand),
    /// Only the general version is there: a test has failed before.
    AfterFailedTest,
    /// Only the general version is there: the versions of the place or of the function are used up.
    Capped,
    /// The body of a module or class.
    RunsOnce,
    /// A function that hardly runs, or that others of a large program left no room for.
    Rare,
    /// The function has that many operations, more than the limit.
    TooLarge(usize, usize),
    /// No versions at this optimisation level.
    Level,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Obstacle {
    /// `*args`, `**kwargs` or keyword-only parameters.
    Parameters,
    /// Variables of an enclosing function.
    Closure,
    /// A generator or coroutine, or a function that uses itself.
    Generator,
    TooLarge,
    /// The number of arguments, or defaults that are no constants.
    Arguments,
}

/// What happened to an op in one version.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// Code for the types of the operands and of the result.
    Typed(Vec<&'static str>, Option<&'static str>),
    General(Reason),
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Operation {
    /// In the words of the source, like "+" or "call".
    pub what: &'static str,
    /// Always a call of the runtime, whatever the types.
    pub runtime: bool,
    pub outcomes: BTreeSet<Outcome>,
    /// Outcomes in code that is only gone to when a test has failed.
    pub rare: BTreeSet<Outcome>,
}

/// Ops of a place in the code that is not cold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Increments and decrements of reference counts.
    pub counts: u32,
    /// Tests of types, classes and names.
    pub tests: u32,
    /// Raw numbers that become objects.
    pub boxes: u32,
}

/// A code object and a bytecode instruction in it.
pub type Site = (CodeId, u32);

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Record {
    pub operations: BTreeMap<Site, BTreeMap<&'static str, Operation>>,
    pub tallies: BTreeMap<Site, Tally>,
    /// Argument types of the versions of each function that calls ask for.
    pub versions: BTreeMap<CodeId, Vec<Vec<&'static str>>>,
    /// Functions that have no versions, and why.
    pub skipped: BTreeMap<CodeId, Reason>,
}

impl Record {
    /// A function that gets no versions.
    pub fn skip(&mut self, f: &Function, reason: Reason) {
        for inst in f.blocks.iter().flat_map(|b| &b.insts) {
            if let (Some((what, runtime)), Some(site)) = (action(inst), inst.site) {
                let operation = self.at((f.code, site), what, runtime);
                operation.outcomes.insert(Outcome::General(reason.clone()));
            }
        }
        self.skipped.insert(f.code, reason);
    }

    fn at(&mut self, site: Site, what: &'static str, runtime: bool) -> &mut Operation {
        let operation = self.operations.entry(site).or_default().entry(what).or_default();
        operation.what = what;
        operation.runtime = runtime;
        operation
    }

    pub(super) fn note_versions(&mut self, module: &Module, keys: &[super::Key]) {
        self.versions.clear();
        for (code, facts) in keys {
            let types = facts.iter().map(|fact| name_of(module, *fact)).collect();
            self.versions.entry(*code).or_default().push(types);
        }
    }

    /// Tests and new objects of the specialised functions.
    pub(crate) fn tally_tests(&mut self, functions: &[Function]) {
        self.tally(functions, |op, tally| match op {
            Op::GuardInt
            | Op::GuardFloat
            | Op::GuardType
            | Op::GuardGroup
            | Op::MethodOf
            | Op::GuardClass
            | Op::GuardNative
            | Op::GuardShared
            | Op::GuardPoll
            | Op::GuardGlobal
            | Op::SlotOf => tally.tests += 1,
            Op::BoxInt | Op::BoxFloat | Op::GuardBox => tally.boxes += 1,
            _ => {}
        });
    }

    /// Count operations of functions at stage Counted.
    pub(crate) fn tally_counts(&mut self, functions: &[Function]) {
        self.tally(functions, |op, tally| {
            if matches!(op, Op::Inc | Op::Dec | Op::XInc | Op::XDec) {
                tally.counts += 1;
            }
        });
    }

    fn tally(&mut self, functions: &[Function], note: impl Fn(Op, &mut Tally)) {
        for (f, block) in functions.iter().flat_map(|f| f.blocks.iter().map(move |b| (f, b))) {
            if block.cold {
                continue;
            }
            // What has no place of its own belongs to what follows, else to what stands before.
            let mut site = block.insts.iter().rev().find_map(|i| i.site);
            for inst in block.insts.iter().rev() {
                site = inst.site.or(site);
                let Some(site) = site else { continue };
                let mut tally = Tally::default();
                note(inst.op, &mut tally);
                if tally != Tally::default() {
                    let sum = self.tallies.entry((f.code, site)).or_default();
                    sum.counts += tally.counts;
                    sum.tests += tally.tests;
                    sum.boxes += tally.boxes;
                }
            }
        }
    }
}

/// Why a function gets no versions at all.
pub(super) fn whole(f: &Function, size: usize) -> Reason {
    match (f.once, f.light) {
        (true, _) => Reason::RunsOnce,
        (false, true) => Reason::Rare,
        (false, false) => Reason::TooLarge(size, MAX_INSTS),
    }
}

/// What the source calls an op whose code depends on types, and whether it is the runtime's in any case. `None`: no operation of its own.
fn action(inst: &Inst) -> Option<(&'static str, bool)> {
    let typed = |what| Some((what, false));
    let runtime = |what| Some((what, true));
    match inst.op {
        Op::TakeAdd => return typed("+"),
        Op::CallPython => return typed("call"),
        Op::CallPythonKw => return typed("call with keywords"),
        Op::UnpackSequence => return typed("unpacking"),
        Op::UnpackEx => return typed("unpacking"),
        Op::LoadSpecial => return runtime("with statement"),
        Op::Send => return typed("send"),
        Op::ReturnGenerator => return runtime("makes a generator"),
        Op::Call | Op::Build => {}
        _ => return None,
    }
    match inst.intrinsic()?.name {
        "add" => typed("+"),
        "sub" => typed("-"),
        "mul" => typed("*"),
        "matmul" => typed("@"),
        "truediv" => typed("/"),
        "floordiv" => typed("//"),
        "mod" => typed("%"),
        "pow" => typed("**"),
        "lshift" => typed("<<"),
        "rshift" => typed(">>"),
        "and" => typed("&"),
        "or" => typed("|"),
        "xor" => typed("^"),
        "inplace_op" => typed("in-place operator"),
        "neg" => typed("unary -"),
        "pos" => typed("unary +"),
        "invert" => typed("~"),
        "compare" | "compare_bool" => typed("comparison"),
        "contains" => typed("in"),
        "load_attr" => typed("attribute"),
        "store_attr" => typed("attribute store"),
        "delete_attr" => typed("attribute deletion"),
        "getitem" => typed("item"),
        "setitem" => typed("item store"),
        "delitem" => typed("item deletion"),
        "getslice" => typed("slice"),
        "setslice" => typed("slice store"),
        "get_iter" => typed("iterator"),
        "iter_next" => typed("loop step"),
        "truth" => typed("truth test"),
        "list_append" => typed("list append"),
        "call_ex" => typed("call with * or **"),
        "build_list" => runtime("makes a list"),
        "build_tuple" => runtime("makes a tuple"),
        "build_map" => runtime("makes a dict"),
        "build_set" => runtime("makes a set"),
        "build_slice" => runtime("makes a slice"),
        "build_string" => runtime("joins strings"),
        "format_simple" | "format_with_spec" | "convert_value" => runtime("formats a value"),
        "make_function" => runtime("makes a function"),
        "import_name" | "import_from" => runtime("import"),
        "build_class" => runtime("makes a class"),
        "list_extend" | "set_update" | "dict_update" | "dict_merge" => runtime("adds many items"),
        "map_add" => runtime("dict item"),
        "set_add" => runtime("set item"),
        "raise" => runtime("raise"),
        "check_exc_match" => runtime("except clause"),
        _ => None,
    }
}

/// The word for what is known of a value.
fn name_of(module: &Module, fact: Fact) -> &'static str {
    match fact {
        Fact::I64 => "int",
        Fact::F64 => "float",
        Fact::Bool | Fact::Flag(_) => "bool",
        Fact::Boxed(TypeIs::Str, _) | Fact::Char => "str",
        Fact::Boxed(TypeIs::List, _) => "list",
        Fact::Boxed(TypeIs::Tuple, _) => "tuple",
        Fact::Boxed(TypeIs::Dict, _) => "dict",
        Fact::Boxed(TypeIs::Set, _) => "set",
        Fact::Boxed(TypeIs::Generator, _) => "generator",
        Fact::Range(_) => "range",
        Fact::RangeIter(_) => "range without object",
        Fact::SeqIter(TypeIs::List) => "list without iterator object",
        Fact::SeqIter(_) => "tuple without iterator object",
        Fact::Function(_) => "function",
        Fact::Builtin(_) => "builtin",
        Fact::Const(id) => match module.constant(id) {
            Const::None => "None",
            Const::False | Const::True => "bool",
            Const::Int(_) | Const::BigInt { .. } => "int",
            Const::Float(_) => "float",
            Const::Complex(..) => "complex",
            Const::Str(_) => "str",
            Const::Bytes(_) => "bytes",
            Const::Tuple(_) => "tuple",
            Const::FrozenSet(_) => "frozenset",
            Const::Ellipsis | Const::Slice(_) | Const::Code(_) => "constant",
        },
        _ => ANY,
    }
}

/// A Python value of which nothing is known.
const ANY: &str = "any";

/// What is noted before an inst is walked.
pub struct Before {
    what: &'static str,
    runtime: bool,
    types: Vec<&'static str>,
    /// The call goes to one of the methods that the object's class was asked for.
    is_method: bool,
}

impl Body<'_, '_> {
    /// `None` when nobody wants to know, or the inst is no operation of the source.
    pub(super) fn before_inst(&mut self, inst: &Inst) -> Option<Before> {
        self.shared.record.as_ref()?;
        let (what, runtime) = action(inst)?;
        self.copied = false;
        Some(Before {
            what,
            runtime,
            types: self.types(inst),
            is_method: inst
                .args
                .first()
                .is_some_and(|callee| self.methods.contains_key(callee)),
        })
    }

    fn types(&self, inst: &Inst) -> Vec<&'static str> {
        let operands = match inst.op {
            Op::CallPython => &inst.args[2..],
            _ => &inst.args[..],
        };
        // An attribute's name is no operand.
        let name = match inst.intrinsic().map(|row| row.name) {
            Some("load_attr" | "store_attr" | "delete_attr") => inst.args.get(1),
            _ => None,
        };
        let operands = operands.iter().filter(|v| Some(*v) != name);
        let objects = operands.filter(|v| self.f.ty(**v).is_object());
        objects.map(|v| name_of(self.shared.module, self.fact(*v))).collect()
    }

    pub(super) fn after_inst(&mut self, i: usize, inst: &Inst, before: Before) {
        let Some(site) = inst.site else { return };
        let outcome = if self.copied && !before.is_method {
            Outcome::General(self.reason(i, inst, &before))
        } else {
            let now = self.types(inst);
            let better = |(was, now): (&&'static str, &&'static str)| if *was == ANY { *now } else { *was };
            let types = before.types.iter().zip(&now).map(better).collect();
            let result = inst.results.first().filter(|v| self.f.ty(**v).is_object());
            let result = result.map(|v| name_of(self.shared.module, self.fact(*v)));
            Outcome::Typed(types, result)
        };
        let (code, rare) = (self.f.code, self.generic);
        let Some(record) = &mut self.shared.record else { return };
        let operation = record.at((code, site), before.what, before.runtime);
        match rare {
            true => operation.rare.insert(outcome),
            false => operation.outcomes.insert(outcome),
        };
    }

    fn describe(&self, value: ValueId) -> Operand {
        if let Some(slot) = self.slots.iter().position(|held| *held == Some(value)) {
            return Operand::Local(slot as u32);
        }
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|n| n.results.contains(&value));
        made.and_then(|n| n.site).map_or(Operand::Other, Operand::Made)
    }

    fn text(&self, id: ConstId) -> String {
        match self.shared.module.constant(id) {
            Const::Str(text) => String::from_utf8_lossy(text).into_owned(),
            _ => String::new(),
        }
    }

    fn reason(&self, i: usize, inst: &Inst, before: &Before) -> Reason {
        if self.generic {
            return match self.has_room((self.b, i)) {
                true => Reason::AfterFailedTest,
                false => Reason::Capped,
            };
        }
        match inst.op {
            Op::CallPython => return self.call_reason(inst),
            Op::CallPythonKw => return Reason::Keywords,
            _ => {}
        }
        if before.what == "call with * or **" {
            return Reason::Unpacked;
        }
        if matches!(before.what, "attribute" | "attribute store" | "attribute deletion")
            && before.types.first() == Some(&ANY)
            && let Some(Imm::Const(name)) = inst.args.get(1).and_then(|v| self.constant_imm(*v))
        {
            return Reason::UnknownClass(self.text(name), self.describe(inst.args[0]));
        }
        let objects = inst.args.iter().filter(|v| self.f.ty(**v).is_object());
        let mut unknown: Vec<Operand> = Vec::new();
        let mut guessed = Vec::new();
        for value in objects {
            let name = match (name_of(self.shared.module, self.fact(*value)), self.hints.get(*value)) {
                (ANY, hints::STR) => "str",
                (ANY, hints::LIST) => "list",
                (ANY, hints::DICT) => "dict",
                (ANY, hints::SET) => "set",
                (ANY, hints::TUPLE) => "tuple",
                (name, _) => name,
            };
            if name == ANY {
                unknown.push(self.describe(*value));
            }
            guessed.push(name);
        }
        // The container decides; what kind of value goes into it or comes out makes no difference.
        let container = matches!(
            before.what,
            "item" | "item store" | "item deletion" | "in" | "loop step" | "iterator"
        );
        if unknown.is_empty() || container && guessed.first().is_some_and(|t| *t != ANY) {
            Reason::Runtime(guessed)
        } else {
            unknown.dedup();
            Reason::UnknownType(unknown)
        }
    }

    fn call_reason(&self, inst: &Inst) -> Reason {
        let insts = &self.f.blocks[self.b].insts;
        let callee = inst.args[0];
        let given = inst.args.len() - 2;
        let Some(made) = insts.iter().find(|n| n.results.contains(&callee)) else {
            return Reason::UnknownObject(self.describe(callee));
        };
        match (made.op, made.imms.first()) {
            (Op::LoadMethod, Some(Imm::Const(name))) => self.method_reason(*name, made.args[0], given + 1),
            (Op::LoadSuperMethod, _) => Reason::Super,
            (Op::LoadGlobal, Some(Imm::Global(global))) => self.global_reason(*global, &inst.args[2..]),
            (Op::LoadCell, Some(Imm::Const(name))) => Reason::Captured(self.text(*name)),
            _ => Reason::UnknownObject(self.describe(callee)),
        }
    }

    fn method_reason(&self, name: ConstId, object: ValueId, given: usize) -> Reason {
        let text = self.text(name);
        let known = name_of(self.shared.module, self.fact(object));
        if known != ANY {
            return Reason::Runtime(vec![known]);
        }
        if let Operand::Made(_) = self.describe(object)
            && let Some(global) = self.global_of(object)
            && self.shared.names.modules.contains_key(&global)
        {
            return Reason::Imported(format!(
                "{}.{text}",
                self.text(self.shared.module.globals[global.index()])
            ));
        }
        let defined = self.shared.names.methods.get(&name).map_or(&[][..], |all| &all[..]);
        match defined {
            [] => Reason::UnknownMethod(text),
            [one] => match self.obstacle(*one, given) {
                Some(obstacle) => Reason::NotDirect(text, obstacle),
                None => Reason::UnknownMethod(text),
            },
            many if many.len() > CANDIDATES => Reason::ManyMethods(text, many.len()),
            many => match many.iter().find_map(|code| self.obstacle(*code, given)) {
                Some(obstacle) => Reason::NotDirect(text, obstacle),
                None => Reason::UnknownMethod(text),
            },
        }
    }

    fn global_of(&self, value: ValueId) -> Option<GlobalId> {
        let insts = &self.f.blocks[self.b].insts;
        let made = insts.iter().find(|n| n.results.contains(&value))?;
        match (made.op, made.imms.first()) {
            (Op::LoadGlobal, Some(Imm::Global(global))) => Some(*global),
            _ => None,
        }
    }

    fn global_reason(&self, global: GlobalId, arguments: &[ValueId]) -> Reason {
        let name = self.text(self.shared.module.globals[global.index()]);
        if let Some(code) = self.shared.module.bound.get(&global) {
            return match self.obstacle(*code, arguments.len()) {
                Some(obstacle) => Reason::NotDirect(name, obstacle),
                None => Reason::MayBeRebound(name),
            };
        }
        if self.shared.unbound.contains_key(&global) {
            return match BUILTINS.contains(&name.as_str()) {
                true => Reason::BuiltinFor(name, self.describe_all(arguments)),
                false => Reason::Builtin(name),
            };
        }
        if self.shared.names.is_class(global) {
            return Reason::Class(name);
        }
        match self.shared.names.is_imported(global) {
            true => Reason::Imported(name),
            false => Reason::MayBeRebound(name),
        }
    }

    fn describe_all(&self, values: &[ValueId]) -> Vec<Operand> {
        let unknown = values
            .iter()
            .filter(|v| name_of(self.shared.module, self.fact(**v)) == ANY);
        unknown.map(|v| self.describe(*v)).collect()
    }

    /// What keeps calls with that many arguments from going to the code directly.
    fn obstacle(&self, code: CodeId, given: usize) -> Option<Obstacle> {
        let info = &self.shared.module.codes[code.index()];
        if info.nfree > 0 {
            return Some(Obstacle::Closure);
        }
        if self.sources(code, given, &[]).is_none() {
            return Some(Obstacle::Arguments);
        }
        if self.shared.callable.contains(&code) {
            return None;
        }
        let f = self
            .shared
            .raw
            .iter()
            .find(|f| f.code == code && f.kind == Kind::Direct)?;
        let size: usize = f.blocks.iter().map(|b| b.insts.len()).sum();
        Some(match size > MAX_INSTS {
            true => Obstacle::TooLarge,
            false => Obstacle::Generator,
        })
    }
}
