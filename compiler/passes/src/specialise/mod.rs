//! Static basic block versioning (Melançon, Feeley, Serrano, ECOOP 2024). In: a module at Raw. Out: the same at Raw, in which
//! blocks are copied for what is known of their values: numbers are raw, tests are made once, iterators over ranges and lists
//! have no objects, and functions that a `def` statement binds are called directly, in a version for their arguments' types.
//!
//! A version belongs to a point, which is a block or a place inside one: a test that fails leaves through the error edge of a
//! guard to a version of the point before the op, for what the failed test taught, or to the generic code of the rest of the
//! block, which is made once. The whole module is done several times: each round knows from the last what every version returns.
//! A wrong guess of that costs speed only, since a version says with its result whether it is raw.
mod access;
mod arguments;
mod arith;
mod attributes;
mod body;
mod builtin_types;
mod calls;
mod came;
mod characters;
mod class_level;
mod closures;
mod direct;
mod entry;
mod facts;
mod filled;
mod filled_exceptions;
mod generators;
mod hints;
mod inlined;
mod kinds;
mod layouts;
mod methods;
mod names;
mod operators;
mod patterns;
mod points;
mod quiet;
pub mod record;
mod supers;
mod unpack;
mod with_statements;

use body::Body;
use facts::{ANY, Fact, TypeIs};
use pyaot_abi::guard;
use pyaot_ir::{CodeId, Const, ConstId, Function, GlobalId, Imm, Kind, Module, Op, ValueId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// What a version of a function is for.
type Key = (CodeId, Vec<Fact>);

/// A version's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Result_ {
    Boxed,
    I64,
    F64,
}

/// How often a function returns what.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Returns {
    pub ints: u32,
    pub floats: u32,
    pub others: u32,
    /// The type of all other results so far.
    pub ty: Option<TypeIs>,
}

impl Returns {
    fn result(self) -> Result_ {
        match (self.ints, self.floats, self.others) {
            (1.., 0, 0) => Result_::I64,
            (0, 1.., 0) => Result_::F64,
            _ => Result_::Boxed,
        }
    }

    /// Counts a result that is no raw number.
    pub fn add_other(&mut self, ty: TypeIs) {
        self.ty = match self.ty {
            None if self.others == 0 => Some(ty),
            Some(known) if known == ty => self.ty,
            _ => Some(TypeIs::Any),
        };
        self.others += 1;
    }

    /// The built-in type that all results have.
    fn object(self) -> Option<TypeIs> {
        match (self.ints, self.floats, self.ty) {
            (0, 0, Some(ty)) if ty != TypeIs::Any => Some(ty),
            _ => None,
        }
    }
}

/// Rounds after which results are taken as they are.
const ROUNDS: usize = 4;
/// Versions of one function.
const FUNCTION_VERSIONS: usize = 6;
/// Insts of all functions from which on a module counts as large: then there are fewer versions, since each costs compile time
/// and most of a large program runs rarely.
const LARGE: usize = 12_000;
const FUNCTION_VERSIONS_IF_LARGE: usize = 2;
const ROUNDS_IF_LARGE: usize = 2;
/// Functions with more insts are left alone.
const MAX_INSTS: usize = 6000;

/// The module as all functions of one round see it.
pub struct Shared<'m> {
    pub module: &'m mut Module,
    /// The functions before the pass.
    pub raw: Rc<Vec<Function>>,
    /// Global variables that are never bound by the module's code, by name.
    pub unbound: HashMap<GlobalId, String>,
    /// Versions are made sparingly.
    pub is_large: bool,
    /// The module shows floats somewhere; else an unknown number is taken for an int.
    pub has_floats: bool,
    pub names: Rc<names::Names>,
    pub kinds: Rc<kinds::Kinds>,
    /// Code objects that may be called in versions.
    pub callable: HashSet<CodeId>,
    /// Likewise, with their function object.
    pub closures: HashSet<CodeId>,
    results: HashMap<Key, Result_>,
    /// Built-in types that versions have returned in the last round.
    types: HashMap<Key, TypeIs>,
    /// What has come to parameters that no op reads, in the last round and in this one (`came`).
    pub came: HashMap<CodeId, HashMap<ValueId, u8>>,
    pub coming: HashMap<CodeId, HashMap<ValueId, u8>>,
    /// What is done in this round, for those who ask.
    pub record: Option<record::Record>,
    numbers: HashMap<Key, u32>,
    keys: Vec<Key>,
    returns: HashMap<Key, Returns>,
    /// Blocks of inlined generators that versions leave for sure, and those that a version does not.
    left: inlined::Left,
    passed: inlined::Left,
}

pub fn run(module: &mut Module, mut record: Option<&mut record::Record>) -> Result<(), String> {
    module.specialise = false;
    let raw = std::mem::take(&mut module.functions);
    module.bound = bound_functions(module, &raw);
    let mut left = inlined::Left::new();
    let before = module.without_functions();
    let mut inlined = inlined::run(module, &raw, &left);
    while let Some(now) = inlined.take() {
        match specialised(module, now.functions, record.as_deref_mut()) {
            Ok(found) => left.extend(found),
            Err(message) if cfg!(debug_assertions) => return Err(message),
            // What could not be proved of inlined generators leaves the module as it was without them.
            Err(_) => break,
        }
        let done = std::mem::replace(module, before.clone());
        inlined = inlined::run(module, &raw, &left);
        if inlined.as_ref().is_some_and(|next| next.pairs == now.pairs) {
            *module = done;
            return Ok(());
        }
    }
    *module = before;
    specialised(module, raw, record).map(|_| ())
}

fn specialised(
    module: &mut Module,
    raw: Vec<Function>,
    mut record: Option<&mut record::Record>,
) -> Result<inlined::Left, String> {
    let mut left = inlined::Left::new();
    let raw = Rc::new(raw);
    let unbound = unbound_names(module, &raw);
    let has_floats = has_floats(module, &raw);
    let size = |f: &Function| f.blocks.iter().map(|b| b.insts.len()).sum::<usize>();
    let insts: usize = raw.iter().map(size).sum();
    let is_large = raw.iter().filter(|f| !f.light).map(size).sum::<usize>() >= LARGE;
    let callable = callable_codes(module, &raw);
    let closures = closure_codes(module, &raw);
    let names = Rc::new(names::Names::of(module, &raw, &store_counts(&raw)));
    let kinds = Rc::new(kinds::of(module, &raw));
    let mut results: HashMap<Key, Result_> = HashMap::new();
    let mut types: HashMap<Key, TypeIs> = HashMap::new();
    let mut came: HashMap<CodeId, HashMap<ValueId, u8>> = HashMap::new();
    let caches = module.attr_caches;
    let rounds = if insts >= LARGE { ROUNDS_IF_LARGE } else { ROUNDS };
    for round in 0..rounds {
        module.attr_caches = caches;
        let mut shared = Shared {
            module: &mut *module,
            raw: raw.clone(),
            unbound: unbound.clone(),
            is_large,
            has_floats,
            callable: callable.clone(),
            closures: closures.clone(),
            names: names.clone(),
            kinds: kinds.clone(),
            results: results.clone(),
            types: types.clone(),
            came: came.clone(),
            coming: came.clone(),
            record: record.as_ref().map(|_| record::Record::default()),
            numbers: HashMap::new(),
            keys: Vec::new(),
            returns: HashMap::new(),
            left: inlined::Left::new(),
            passed: inlined::Left::new(),
        };
        let (functions, versions) = shared.all()?;
        let found: HashMap<Key, Result_> = shared.returns.iter().map(|(k, r)| (k.clone(), r.result())).collect();
        let objects_of = shared.returns.iter();
        let found_types: HashMap<Key, TypeIs> =
            objects_of.filter_map(|(k, r)| Some((k.clone(), r.object()?))).collect();
        let known = |k: &Key, r: &Result_| results.get(k).copied().unwrap_or(Result_::Boxed) == *r;
        let coming = std::mem::take(&mut shared.coming);
        let recorded = shared.record.take();
        left = shared.left.difference(&shared.passed).copied().collect();
        let same = coming
            .iter()
            .flat_map(|(code, all)| all.iter().map(move |(v, now)| (code, v, *now)))
            .all(|(code, v, now)| came::likely(now) == came::likely(came::of(&came, *code, *v)));
        let is_known = found.iter().all(|(k, r)| known(k, r)) && same && found_types == types;
        came = coming;
        if round + 1 == rounds || is_known {
            drop(shared);
            let raw = Rc::try_unwrap(raw).unwrap_or_else(|raw| (*raw).clone());
            let unchanged = raw.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
            let each = functions.into_iter().zip(unchanged);
            let functions: Vec<Function> = each.filter_map(|(made, unchanged)| made.or(unchanged)).collect();
            if let (Some(place), Some(mut made)) = (&mut record, recorded) {
                made.tally_tests(&functions);
                **place = made;
            }
            module.free = free_names(module, &functions);
            module.functions = functions;
            module.versions = versions;
            break;
        }
        results = found;
        types = found_types;
    }
    Ok(left)
}

impl Shared<'_> {
    /// Every function with nothing known of its parameters (`None` where it stays as it is), then the versions that were asked for.
    fn all(&mut self) -> Result<(Vec<Option<Function>>, Vec<u32>), String> {
        let raw = self.raw.clone();
        let mut functions = Vec::with_capacity(raw.len());
        for f in raw.iter() {
            let size: usize = f.blocks.iter().map(|b| b.insts.len()).sum();
            functions.push(if f.once || f.light || size > MAX_INSTS {
                if let Some(record) = &mut self.record {
                    record.skip(f, record::whole(f, size));
                }
                None
            } else if let Some(entry) = self.entry_of(f) {
                Some(entry)
            } else {
                let facts = vec![ANY; f.blocks[0].params.len()];
                Some(Body::specialise(self, f, facts, None)?.0)
            });
        }
        let mut versions = Vec::new();
        while versions.len() < self.keys.len() {
            let key = self.keys[versions.len()].clone();
            let number = versions.len() as u32;
            let Some(index) = self.module.codes[key.0.index()].direct else {
                return Err("a version of no function".into());
            };
            let mut facts = vec![ANY];
            facts.extend(&key.1);
            let result = self.result(&key);
            let (mut f, returns) = Body::specialise(self, &raw[index as usize], facts, Some(result))?;
            f.kind = Kind::Version(number);
            f.raw_result = result != Result_::Boxed;
            self.returns.insert(key, returns);
            versions.push(functions.len() as u32);
            functions.push(Some(f));
        }
        if let Some(mut record) = self.record.take() {
            record.note_versions(self.module, &self.keys);
            self.record = Some(record);
        }
        Ok((functions, versions))
    }

    /// The direct entry of a function that may have versions: it calls the one for unknown arguments, so that their code exists once.
    fn entry_of(&mut self, f: &Function) -> Option<Function> {
        let params = f.blocks[0].params.len();
        let plain = f.kind == Kind::Direct && self.callable.contains(&f.code);
        if !plain || params > pyaot_abi::MAX_REGISTER_PARAMS as usize {
            return None;
        }
        let (number, key) = self.version(f.code, vec![ANY; params - 1]);
        let result = self.result(&key);
        Some(entry::calling(f, number, result))
    }

    pub fn result(&self, key: &Key) -> Result_ {
        self.results.get(key).copied().unwrap_or(Result_::Boxed)
    }

    /// The built-in type that a version likely returns.
    pub fn returned_type(&self, key: &Key) -> Option<TypeIs> {
        self.types.get(key).copied()
    }

    /// Number and parameter facts of the version of `code` for arguments like these.
    pub fn version(&mut self, code: CodeId, arguments: Vec<Fact>) -> (u32, Key) {
        let mut key = (code, arguments);
        let mine = self.keys.iter().filter(|k| k.0 == code).count();
        let most = match self.is_large {
            true => FUNCTION_VERSIONS_IF_LARGE,
            false => FUNCTION_VERSIONS,
        };
        if mine >= most && !self.numbers.contains_key(&key) {
            key.1.fill(ANY);
        }
        let number = match self.numbers.get(&key) {
            Some(number) => *number,
            None => {
                let number = self.keys.len() as u32;
                self.keys.push(key.clone());
                self.numbers.insert(key.clone(), number);
                number
            }
        };
        (number, key)
    }

    pub fn int_const(&self, id: ConstId) -> Option<i64> {
        match self.module.constant(id) {
            Const::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// The code of a text of one character.
    pub fn char_const(&self, id: ConstId) -> Option<i64> {
        let Const::Str(text) = self.module.constant(id) else {
            return None;
        };
        let text = std::str::from_utf8(text).ok()?;
        let mut all = text.chars();
        all.next()
            .filter(|_| all.next().is_none())
            .map(|c| i64::from(u32::from(c)))
    }

    pub fn float_const(&self, id: ConstId) -> Option<u64> {
        match self.module.constant(id) {
            Const::Float(bits) => Some(*bits),
            _ => None,
        }
    }
}

/// What an argument's fact tells the callee.
pub fn argument_fact(fact: Fact, shared: &Shared) -> Fact {
    match fact {
        Fact::I64 | Fact::F64 | Fact::Char | Fact::Unread | Fact::UnreadFloat => fact,
        Fact::Const(id) if shared.int_const(id).is_some() => Fact::I64,
        Fact::Const(id) if shared.float_const(id).is_some() => Fact::F64,
        Fact::Const(id) if matches!(shared.module.constant(id), Const::None) => fact,
        Fact::Boxed(ty @ (TypeIs::List | TypeIs::Tuple), _) => Fact::Boxed(ty, 0),
        Fact::Boxed(ty, not) => Fact::Boxed(ty, not).at_merge(),
        _ => ANY,
    }
}

/// Stores to each global, wherever they stand.
fn store_counts(raw: &[Function]) -> HashMap<GlobalId, u32> {
    let mut counts = HashMap::new();
    for inst in raw.iter().flat_map(|f| &f.blocks).flat_map(|b| &b.insts) {
        if let (Op::StoreGlobal, Some(Imm::Global(id))) = (inst.op, inst.imms.first()) {
            *counts.entry(*id).or_default() += 1;
        }
    }
    counts
}

/// Globals that one `def` statement of the module's body binds and nothing else of the module stores to.
fn bound_functions(module: &Module, raw: &[Function]) -> BTreeMap<GlobalId, CodeId> {
    let counts = store_counts(raw);
    let mut out = BTreeMap::new();
    let Some(body) = raw.iter().find(|f| f.code == CodeId(0) && f.once) else {
        return out;
    };
    for block in &body.blocks {
        let mut made: HashMap<ValueId, CodeId> = HashMap::new();
        let mut codes: HashMap<ValueId, CodeId> = HashMap::new();
        for inst in &block.insts {
            match (inst.op, inst.imms.first()) {
                (Op::CodeAddr, Some(Imm::Code(id))) => {
                    codes.insert(inst.results[0], *id);
                }
                (Op::Call, _) if inst.calls("make_function") => {
                    if let Some(code) = codes.get(&inst.args[0]) {
                        made.insert(inst.results[0], *code);
                    }
                }
                (Op::StoreGlobal, Some(Imm::Global(id))) => {
                    if let Some(code) = made.get(&inst.args[0])
                        && counts.get(id) == Some(&1)
                        && module.codes[code.index()].nfree == 0
                    {
                        out.insert(*id, *code);
                    }
                }
                _ => {}
            }
        }
    }
    out
}

/// Names that code of the module loads and never stores to.
fn unbound_names(module: &Module, raw: &[Function]) -> HashMap<GlobalId, String> {
    let counts = store_counts(raw);
    let name = |i: usize| match module.constant(module.globals[i]) {
        Const::Str(text) => String::from_utf8(text.clone()).ok(),
        _ => None,
    };
    (0..module.globals.len())
        .filter(|i| !counts.contains_key(&GlobalId(*i as u32)))
        .filter_map(|i| Some((GlobalId(i as u32), name(i)?)))
        .collect()
}

/// Names whose guards say that they mean builtins.
fn free_names(module: &Module, functions: &[Function]) -> BTreeSet<GlobalId> {
    let insts = functions.iter().flat_map(|f| &f.blocks).flat_map(|b| &b.insts);
    let tests = insts.filter(|inst| inst.op == Op::GuardGlobal);
    let globals = tests.filter_map(|inst| match inst.imms[..] {
        [Imm::Global(id), Imm::Int(state)] if state == guard::BUILTIN as i64 => Some(id),
        _ => None,
    });
    globals.filter(|id| !module.bound.contains_key(id)).collect()
}

/// Constants, operators and names that floats come from.
fn has_floats(module: &Module, raw: &[Function]) -> bool {
    const NAMES: [&[u8]; 5] = [b"float", b"math", b"time", b"random", b"statistics"];
    let mut named = module.consts.iter().filter(|c| match c {
        Const::Float(_) => true,
        Const::Str(text) => NAMES.contains(&&text[..]),
        _ => false,
    });
    let insts = raw.iter().flat_map(|f| &f.blocks).flat_map(|b| &b.insts);
    named.next().is_some() || insts.into_iter().any(|inst| inst.calls("truediv"))
}

/// Functions with plain parameters that never look at their function object.
fn callable_codes(module: &Module, raw: &[Function]) -> HashSet<CodeId> {
    let mut out = HashSet::new();
    for f in raw.iter().filter(|f| f.kind == Kind::Direct && !f.once && !f.light) {
        let info = &module.codes[f.code.index()];
        let size: usize = f.blocks.iter().map(|b| b.insts.len()).sum();
        let known = info.plain_params || info.signature.names.len() == info.nparams as usize;
        let plain = known && info.nparams < 60 && info.nfree == 0 && size <= MAX_INSTS;
        if plain && !uses_function(f) {
            out.insert(f.code);
        }
    }
    out
}

/// Functions with plain parameters and a closure.
fn closure_codes(module: &Module, raw: &[Function]) -> HashSet<CodeId> {
    let fits = |f: &&Function| {
        let info = &module.codes[f.code.index()];
        let mut insts = f.blocks.iter().flat_map(|b| &b.insts);
        let size: usize = f.blocks.iter().map(|b| b.insts.len()).sum();
        let plain = info.plain_params && info.nparams < 60 && info.nfree > 0 && size <= MAX_INSTS;
        f.kind == Kind::Direct && !f.once && !f.light && plain && !insts.any(|i| i.op == Op::ReturnGenerator)
    };
    raw.iter().filter(fits).map(|f| f.code).collect()
}

fn uses_function(f: &Function) -> bool {
    f.blocks.iter().any(|block| {
        // Where ways meet after the last use of the function object, another value stands first.
        let first = block.params.first().filter(|p| !p.own && p.local.is_none());
        let function = first.map(|p| p.value);
        block
            .insts
            .iter()
            .any(|i| function.is_some_and(|v| i.args.contains(&v)) || i.op == Op::ReturnGenerator)
    })
}
