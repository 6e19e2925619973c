//! Names of one compilation as small numbers. In: the text of an identifier. Out: `Ident`, equal for equal texts, so that
//! scopes and name tables never look at text. The surprising decision: names that the compiler itself speaks of have
//! fixed numbers (`known`).

use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use pyaot_code::PyStr;
use rustc_hash::FxHasher;

/// An identifier, NFKC-normalised. Private names are not mangled here, but marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ident(u32);

/// Marks an `Ident` whose text has the form of a private name.
const PRIVATE: u32 = 1 << 31;

impl Ident {
    fn new(number: u32, text: &[u8]) -> Ident {
        let is_private = text.starts_with(b"__") && !text.ends_with(b"__") && !text.contains(&b'.');
        Ident(number | if is_private { PRIVATE } else { 0 })
    }

    /// Whether it is `__name`, which is mangled in a class.
    pub fn is_private(self) -> bool {
        self.0 & PRIVATE != 0
    }
}

macro_rules! known_names {
    ($( $name:ident = $text:literal; )*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Number { $( $name, )* }

        /// Names that have a meaning to the compiler.
        pub mod known {
            use super::{Ident, Number};
            $( pub const $name: Ident = Ident(Number::$name as u32); )*
        }

        const KNOWN: &[&str] = &[ $( $text, )* ];
    };
}

known_names! {
    EMPTY = "";
    STAR = "*";
    DOT = ".";
    DOT_0 = ".0";
    DOT_DEFAULTS = ".defaults";
    DOT_FORMAT = ".format";
    DOT_GENERIC_BASE = ".generic_base";
    DOT_KWDEFAULTS = ".kwdefaults";
    DOT_LOCALS_DOT = ".<locals>.";
    DOT_TYPE_PARAMS = ".type_params";
    ANGLE_LAMBDA = "<lambda>";
    ANGLE_MODULE = "<module>";
    ANGLE_LISTCOMP = "<listcomp>";
    ANGLE_SETCOMP = "<setcomp>";
    ANGLE_DICTCOMP = "<dictcomp>";
    ANGLE_GENEXPR = "<genexpr>";
    ALL = "all";
    ANNOTATE = "__annotate__";
    ANNOTATE_FUNC = "__annotate_func__";
    ANNOTATIONS = "__annotations__";
    ANY = "any";
    CLASS = "__class__";
    CLASSCELL = "__classcell__";
    CLASSDICT = "__classdict__";
    CLASSDICTCELL = "__classdictcell__";
    CONDITIONAL_ANNOTATIONS = "__conditional_annotations__";
    DEBUG = "__debug__";
    DICTCOMP = "dictcomp";
    DOC = "__doc__";
    FIRSTLINENO = "__firstlineno__";
    FUTURE = "__future__";
    GENEXPR = "genexpr";
    JOIN = "join";
    LAMBDA = "lambda";
    LISTCOMP = "listcomp";
    MODULE = "__module__";
    NAME = "__name__";
    QUALNAME = "__qualname__";
    RETURN = "return";
    SELF = "self";
    SETCOMP = "setcomp";
    STATIC_ATTRIBUTES = "__static_attributes__";
    SUPER = "super";
    TOP = "top";
    TUPLE = "tuple";
    TYPE_PARAMS = "__type_params__";
}

static PREFILLED: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names {
        texts: Vec::new(),
        slots: vec![(0, 0); 1024],
    };
    for text in KNOWN {
        names.intern(text.as_bytes());
    }
    names
});

/// The texts of all names.
#[derive(Clone)]
pub struct Names {
    texts: Vec<PyStr>,
    /// The name plus one, and its hash: open addressing, a power of two of them.
    slots: Vec<(u32, u32)>,
}

impl Names {
    pub fn new() -> Names {
        PREFILLED.clone()
    }

    fn hash(text: &[u8]) -> u32 {
        let mut hasher = FxHasher::default();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        (hash ^ hash >> 32) as u32
    }

    fn add(&mut self, at: usize, hash: u32, text: PyStr) -> Ident {
        let name = Ident::new(self.texts.len() as u32, text.as_bytes());
        self.texts.push(text);
        // A name as it is kept in a slot, where 0 is none.
        self.slots[at] = (name.0 + 1, hash);
        if self.texts.len() * 2 > self.slots.len() {
            let larger = vec![(0, 0); self.slots.len() * 2];
            let mask = larger.len() - 1;
            for slot in std::mem::replace(&mut self.slots, larger) {
                if slot.0 != 0 {
                    let mut at = slot.1 as usize & mask;
                    while self.slots[at].0 != 0 {
                        at = (at + 1) & mask;
                    }
                    self.slots[at] = slot;
                }
            }
        }
        name
    }

    /// The name, or the place in `slots` where it belongs.
    fn find(&self, hash: u32, text: &[u8]) -> Result<Ident, usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (number, other) = self.slots[at];
            if number == 0 {
                return Err(at);
            }
            let name = Ident(number - 1);
            if other == hash && self.bytes(name) == text {
                return Ok(name);
            }
            at = (at + 1) & mask;
        }
    }

    /// The name with that text. Bytes that are not text (no identifier is) give the empty name.
    pub fn intern(&mut self, text: &[u8]) -> Ident {
        let hash = Names::hash(text);
        match self.find(hash, text) {
            Ok(name) => name,
            Err(at) => match PyStr::from_surrogatepass(text) {
                Some(text) => self.add(at, hash, text),
                None => known::EMPTY,
            },
        }
    }

    pub fn text(&self, name: Ident) -> &PyStr {
        &self.texts[(name.0 & !PRIVATE) as usize]
    }

    pub fn bytes(&self, name: Ident) -> &[u8] {
        self.text(name).as_bytes()
    }

    /// By text: CPython sorts names so.
    pub fn sort(&self, names: &mut [Ident]) {
        names.sort_by(|a, b| self.text(*a).cmp(self.text(*b)));
    }
}

/// A map from names that keeps the order in which they came.
#[derive(Clone, Debug)]
pub struct NameMap<T> {
    entries: Vec<(Ident, T)>,
    /// Position plus one: open addressing, a power of two of them; empty while the map is small.
    slots: Vec<u32>,
}

/// Maps up to this length are searched from their start.
const SMALL: usize = 8;

impl<T> Default for NameMap<T> {
    fn default() -> Self {
        NameMap {
            entries: Vec::new(),
            slots: Vec::new(),
        }
    }
}

impl<T> NameMap<T> {
    fn start(name: Ident, mask: usize) -> usize {
        name.0.wrapping_mul(0x9e37_79b1) as usize >> 7 & mask
    }

    pub fn position(&self, name: Ident) -> Option<usize> {
        if self.slots.is_empty() {
            return self.entries.iter().position(|entry| entry.0 == name);
        }
        let mask = self.slots.len() - 1;
        let mut at = NameMap::<T>::start(name, mask);
        loop {
            let position = self.slots[at] as usize;
            if position == 0 {
                return None;
            }
            if self.entries[position - 1].0 == name {
                return Some(position - 1);
            }
            at = (at + 1) & mask;
        }
    }

    fn rebuild(&mut self) {
        if self.entries.len() <= SMALL {
            self.slots.clear();
            return;
        }
        let size = (self.entries.len() * 4).next_power_of_two();
        self.slots.clear();
        self.slots.resize(size, 0);
        for (i, (name, _)) in self.entries.iter().enumerate() {
            let mut at = NameMap::<T>::start(*name, size - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = i as u32 + 1;
        }
    }

    /// Adds a name that is not there.
    pub fn push(&mut self, name: Ident, value: T) {
        if self.entries.capacity() == 0 {
            self.entries.reserve(SMALL);
        }
        self.entries.push((name, value));
        let len = self.entries.len();
        if len <= SMALL {
            return;
        }
        if len * 2 > self.slots.len() {
            return self.rebuild();
        }
        let mask = self.slots.len() - 1;
        let mut at = NameMap::<T>::start(name, mask);
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = len as u32;
    }

    pub fn get(&self, name: Ident) -> Option<&T> {
        self.position(name).map(|at| &self.entries[at].1)
    }

    pub fn get_mut(&mut self, name: Ident) -> Option<&mut T> {
        self.position(name).map(|at| &mut self.entries[at].1)
    }

    pub fn contains(&self, name: Ident) -> bool {
        self.position(name).is_some()
    }

    pub fn set(&mut self, name: Ident, value: T) {
        self.set_at(self.position(name), name, value);
    }

    /// As `set`, where `at` is what `position` gives.
    pub fn set_at(&mut self, at: Option<usize>, name: Ident, value: T) {
        match at {
            Some(at) => self.entries[at].1 = value,
            None => self.push(name, value),
        }
    }

    pub fn remove(&mut self, name: Ident) -> bool {
        let Some(at) = self.position(name) else { return false };
        self.entries.remove(at);
        self.rebuild();
        true
    }

    /// Empties the map and keeps its room.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.slots.clear();
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn entries(&self) -> &[(Ident, T)] {
        &self.entries
    }

    pub fn entries_mut(&mut self) -> &mut [(Ident, T)] {
        &mut self.entries
    }
}

/// Names in insertion order with their indices: CPython's dict from name to index.
pub type NameTable = NameMap<()>;

impl NameTable {
    /// Index of `name`, added at the end if it is new. CPython: Python/compile.c, _PyCompile_DictAddObj
    pub fn add(&mut self, name: Ident) -> usize {
        match self.position(name) {
            Some(index) => index,
            None => {
                self.push(name, ());
                self.len() - 1
            }
        }
    }

    /// By text: CPython sorts names so.
    pub fn sort(&mut self, names: &Names) {
        if self.len() > 1 {
            self.entries.sort_by(|a, b| names.text(a.0).cmp(names.text(b.0)));
            self.rebuild();
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Ident> + '_ {
        self.entries().iter().map(|entry| entry.0)
    }
}

impl FromIterator<Ident> for NameTable {
    fn from_iter<I: IntoIterator<Item = Ident>>(names: I) -> NameTable {
        let mut table = NameTable::default();
        for name in names {
            table.add(name);
        }
        table
    }
}
