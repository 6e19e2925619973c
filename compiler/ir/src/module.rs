//! A module: functions, constant pool, globals, code objects as far as the IR needs them.
//!
//! In: what lowering adds. Out: static data and functions for the back end. The pool is deduplicated by value *and*
//! type, so equal constants of one module are one object.
use crate::function::{CacheId, CodeId, ConstId, Function, GlobalId};
use std::collections::HashMap;

/// A constant; text is UTF-8 in which a lone surrogate is encoded by itself (three bytes).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Const {
    None,
    False,
    True,
    Ellipsis,
    Int(i64),
    /// Outside i64; 64-bit limbs, least significant first, top limb not zero.
    BigInt {
        negative: bool,
        limbs: Vec<u64>,
    },
    /// IEEE bits.
    Float(u64),
    Complex(u64, u64),
    Str(Vec<u8>),
    Bytes(Vec<u8>),
    Tuple(Vec<ConstId>),
    /// Items in the order of the code object.
    FrozenSet(Vec<ConstId>),
    Slice([ConstId; 3]),
    Code(CodeId),
}

/// One code object.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CodeInfo {
    /// Qualified name, lossy where it has surrogates.
    pub name: String,
    /// `co_consts`.
    pub consts: Vec<ConstId>,
    /// Index into [`Module::functions`].
    pub direct: Option<u32>,
    pub resume: Option<u32>,
    /// Parameter slots of the direct entry (for a class body 1, its namespace).
    pub nparams: u32,
    /// Bit i: the direct entry owns parameter slot i.
    pub consumed: u64,
    /// See `pyaot_abi::FunctionObject::fast_arity`; `None` is NO_FAST_ARITY.
    pub fast_arity: Option<u32>,
    /// Positional parameters only, none of them collecting the rest.
    pub plain_params: bool,
    /// A call makes a generator (not a coroutine or an async generator).
    pub makes_generator: bool,
    /// Free variables: the last local variable slots.
    pub nfree: u32,
    /// Generators: value slots of the heap frame.
    pub frame_slots: u32,
    pub signature: Signature,
}

/// The parameters of a function, in the order of their slots.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Signature {
    /// Positional parameters, keyword-only ones, the one that collects the positional rest, the one for the keywords.
    pub names: Vec<ConstId>,
    pub positional: u32,
    /// How many of those are positional-only.
    pub posonly: u32,
    pub kwonly: u32,
    pub star: bool,
    pub keywords: bool,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Module {
    /// Dotted name.
    pub name: String,
    pub consts: Vec<Const>,
    /// The name (a `Const::Str`) of each global variable cell.
    pub globals: Vec<ConstId>,
    pub codes: Vec<CodeInfo>,
    pub functions: Vec<Function>,
    /// Attribute caches of the module.
    pub attr_caches: u32,
    /// Functions get versions for the types of their values.
    pub specialise: bool,
    /// Thousandths of the insts that get them at most; functions that hardly run get none. `None`: all functions do.
    pub hot_share: Option<u32>,
    /// Functions that belong to another object and are here for their fronts.
    pub imported: std::collections::BTreeSet<u32>,
    /// Index into `functions` of each version.
    pub versions: Vec<u32>,
    /// Global variables that one `def` statement of the module's code binds, with its code object.
    pub bound: std::collections::BTreeMap<GlobalId, CodeId>,
    /// Global variables that no code of the module binds, and versions take for builtins.
    pub free: std::collections::BTreeSet<GlobalId>,
    pub(crate) const_index: HashMap<Const, ConstId>,
    pub(crate) global_index: HashMap<ConstId, GlobalId>,
}

impl Module {
    pub fn new(name: &str) -> Module {
        Module {
            name: name.to_string(),
            ..Module::default()
        }
    }

    /// Everything but the functions.
    pub fn without_functions(&self) -> Module {
        Module {
            name: self.name.clone(),
            consts: self.consts.clone(),
            globals: self.globals.clone(),
            codes: self.codes.clone(),
            functions: Vec::new(),
            attr_caches: self.attr_caches,
            specialise: self.specialise,
            hot_share: self.hot_share,
            imported: self.imported.clone(),
            versions: self.versions.clone(),
            bound: self.bound.clone(),
            free: self.free.clone(),
            const_index: self.const_index.clone(),
            global_index: self.global_index.clone(),
        }
    }

    /// The id of a constant; adds it when it is new.
    pub fn add_const(&mut self, value: Const) -> ConstId {
        if let Some(id) = self.const_index.get(&value) {
            return *id;
        }
        let id = ConstId(self.consts.len() as u32);
        self.const_index.insert(value.clone(), id);
        self.consts.push(value);
        id
    }

    pub fn add_str(&mut self, text: &str) -> ConstId {
        self.add_const(Const::Str(text.as_bytes().to_vec()))
    }

    /// The cell of a global name.
    pub fn add_global(&mut self, name: ConstId) -> GlobalId {
        if let Some(id) = self.global_index.get(&name) {
            return *id;
        }
        let id = GlobalId(self.globals.len() as u32);
        self.global_index.insert(name, id);
        self.globals.push(name);
        id
    }

    pub fn add_cache(&mut self) -> CacheId {
        self.attr_caches += 1;
        CacheId(self.attr_caches - 1)
    }

    pub fn constant(&self, id: ConstId) -> &Const {
        &self.consts[id.index()]
    }
}
