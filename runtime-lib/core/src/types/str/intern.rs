//! Interning: the table of canonical strs, and the places where the runtime keeps its own names.
use super::{StrObject, bytes, cast, equal};
use crate::object::{Own, Ref, Value, flag};
use core::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

struct Key(Value);
impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        equal(Ref::from_value(self.0), Ref::from_value(other.0))
    }
}
impl Eq for Key {}
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(bytes(cast(Ref::from_value(self.0))));
    }
}
/// Unseeded multiply-rotate hash over 8-byte words.
#[derive(Default)]
struct Fx(u64);
impl Hasher for Fx {
    fn write(&mut self, data: &[u8]) {
        for chunk in data.chunks(8) {
            let mut w = [0; 8];
            w[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(w)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
type Table = HashSet<Key, BuildHasherDefault<Fx>>;
struct Interned(RefCell<Option<Table>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Interned {}
static INTERNED: Interned = Interned(RefCell::new(None));

/// The static names of the program's modules go in first, so that they are the canonical ones; the cache of one-character
/// strs takes those of them that have one character.
fn first_table() -> Table {
    // Many modules have the same names.
    let room = crate::entry::program::static_names().len() / 2;
    let mut table = Table::with_capacity_and_hasher(room, Default::default());
    for &v in crate::entry::program::static_names() {
        if table.insert(Key(v)) {
            super::single::adopt(v);
        }
    }
    table
}

/// Makes the table, if it is not there yet: called at start, so that the one-character strs are the program's own from the
/// beginning.
pub fn init() {
    INTERNED.0.borrow_mut().get_or_insert_with(first_table);
}

/// The canonical str with the text of `s`; interned strings live as long as the process. An instance of a subclass is
/// replaced by an exact str.
pub fn intern_object(s: Own) -> Own {
    if is_interned(s.r()) {
        return s;
    }
    let s = if s.r().is_exact::<StrObject>() {
        s
    } else {
        super::exact_copy(s.r())
    };
    let s = match super::units(s.r()) {
        pyaot_text::Units::One(&[c]) => super::single::get(c),
        _ => s,
    };
    let mut guard = INTERNED.0.borrow_mut();
    let table = guard.get_or_insert_with(first_table);
    if let Some(k) = table.get(&Key(s.value())) {
        return Ref::from_value(k.0).own();
    }
    let h = &cast(s.r()).header;
    h.flags.set(h.flags.get() | flag::STR_INTERNED);
    table.insert(Key(s.clone().into_value()));
    s
}
pub fn intern(s: &str) -> Own {
    intern_object(Own::str(s))
}
#[inline(always)]
pub fn is_interned(s: Ref) -> bool {
    cast(s).header.flags.get() & flag::STR_INTERNED != 0
}

/// An interned name with a place of its own; see [`istr!`](crate::istr).
pub struct StaticName {
    text: &'static str,
    value: Cell<Value>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for StaticName {}
impl StaticName {
    pub const fn new(text: &'static str) -> StaticName {
        StaticName {
            text,
            value: Cell::new(Value::NULL),
        }
    }
    #[inline]
    pub fn get(&self) -> Ref<'static> {
        if self.value.get().is_null() {
            self.value.set(intern(self.text).into_value());
        }
        Ref::from_value(self.value.get())
    }
}

/// `istr!("__init__")`: an interned str as `Ref<'static>`, looked up once.
#[macro_export]
macro_rules! istr {
    ($text:expr) => {{
        static NAME: $crate::types::str::StaticName = $crate::types::str::StaticName::new($text);
        NAME.get()
    }};
}
