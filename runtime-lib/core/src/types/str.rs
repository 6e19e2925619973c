//! `str`: code points in units of 1, 2 or 4 bytes; interning.
use crate::object::{Object, Own, PyResult, Raised, Ref, Value, alloc, flag};
use crate::typeobj::{Slots, TypeDef, TypeObject};
use core::cell::{Cell, RefCell};
pub use pyaot_abi::StrObject;
use pyaot_abi::type_flag;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};

// SAFETY: abi layout.
unsafe impl Object for StrObject {
    fn type_object() -> &'static TypeObject {
        &STR_TYPE
    }
}

#[unsafe(export_name = "pyaot_type_str")]
pub static STR_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "str",
    basic_size: size_of::<StrObject>(),
    item_size: 1,
    flags: type_flag::BASETYPE | type_flag::STR | type_flag::QUIET_DEALLOC | type_flag::MATCH_SELF,
    slots: Slots {
        str: Some(|s| Ok(s.own())),
        ..Slots::NONE
    },
    ..TypeDef::NEW
});

/// Bytes per code unit: 1, 2 or 4.
#[inline(always)]
pub fn unit_size(s: &StrObject) -> usize {
    1 << ((s.header.flags.get() & flag::STR_KIND_MASK) >> flag::STR_KIND_SHIFT)
}
/// Bytes of the data, the NUL unit included.
pub fn byte_size(s: &StrObject) -> usize {
    (s.len.get() + 1) * unit_size(s)
}
/// The code units as bytes, without the NUL.
#[inline(always)]
pub fn bytes(s: &StrObject) -> &[u8] {
    // SAFETY: the layout states the length.
    unsafe { core::slice::from_raw_parts(s.data.as_ptr(), s.len.get() * unit_size(s)) }
}
pub fn is_ascii(s: &StrObject) -> bool {
    s.header.flags.get() & flag::STR_ASCII != 0
}

/// A str of `len` units of `1 << kind` bytes; `fill` writes the units. `ascii` may only be true for kind 0.
pub fn with_len(len: usize, kind: u32, ascii: bool, fill: impl FnOnce(*mut u8)) -> PyResult {
    let bytes = len
        .checked_add(1)
        .and_then(|n| n.checked_mul(1 << kind))
        .and_then(|n| n.checked_add(size_of::<StrObject>()));
    let Some(bytes) = bytes else {
        return crate::exc::memory_error();
    };
    let p = alloc::raw(&STR_TYPE, bytes)?;
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = p.cast::<StrObject>();
        let h = &(*p).header;
        h.flags
            .set(h.flags.get() | kind << flag::STR_KIND_SHIFT | if ascii { flag::STR_ASCII } else { 0 });
        (&raw mut (*p).len).write(Cell::new(len));
        (&raw mut (*p).hash).write(Cell::new(-1));
        let data: *mut u8 = (&raw mut (*p).data).cast();
        fill(data);
        data.add(len << kind).write_bytes(0, 1 << kind);
        Ok(Own::from_ptr(p))
    }
}

/// From Rust text (no surrogates).
pub fn try_from_str(s: &str) -> PyResult {
    if s.is_ascii() {
        // SAFETY: `fill` gets room for the length.
        return with_len(s.len(), 0, true, |out| unsafe {
            core::ptr::copy_nonoverlapping(s.as_ptr(), out, s.len())
        });
    }
    let points: Vec<u32> = s.chars().map(|c| c as u32).collect();
    from_code_points(&points)
}
pub fn from_str(s: &str) -> Own {
    try_from_str(s).unwrap_or_else(|Raised| std::process::abort())
}
/// From code points, surrogates allowed; the narrowest kind.
pub fn from_code_points(points: &[u32]) -> PyResult {
    let max = points.iter().copied().max().unwrap_or(0);
    let kind = if max < 0x100 {
        0
    } else if max < 0x1_0000 {
        1
    } else {
        2
    };
    with_len(points.len(), kind, max < 128, |out| {
        for (i, &c) in points.iter().enumerate() {
            // SAFETY: room for the length.
            unsafe {
                match kind {
                    0 => out.add(i).write(c as u8),
                    1 => out.cast::<u16>().add(i).write(c as u16),
                    _ => out.cast::<u32>().add(i).write(c),
                }
            }
        }
    })
}

#[inline(always)]
pub fn cast(s: Ref<'_>) -> &StrObject {
    // SAFETY: the caller passes a str or an instance of a subclass.
    unsafe { &*s.value().as_ptr::<StrObject>() }
}
#[inline(always)]
pub fn len(s: Ref) -> usize {
    cast(s).len.get()
}
/// Code point `i`; `i` is below the length.
#[inline]
pub fn code_point(s: &StrObject, i: usize) -> u32 {
    // SAFETY: the layout states the unit size, the caller the bound.
    unsafe {
        match unit_size(s) {
            1 => *s.data.as_ptr().add(i) as u32,
            2 => *s.data.as_ptr().cast::<u16>().add(i) as u32,
            _ => *s.data.as_ptr().cast::<u32>().add(i),
        }
    }
}
pub fn code_points(s: &StrObject) -> impl Iterator<Item = u32> + '_ {
    (0..s.len.get()).map(|i| code_point(s, i))
}
/// Rust text; lone surrogates become U+FFFD.
pub fn to_string_lossy(s: Ref) -> String {
    let s = cast(s);
    if is_ascii(s) {
        // SAFETY: ASCII is UTF-8.
        return unsafe { core::str::from_utf8_unchecked(bytes(s)) }.to_owned();
    }
    code_points(s)
        .map(|c| char::from_u32(c).unwrap_or('\u{FFFD}'))
        .collect()
}
/// ASCII text without copying.
pub fn as_ascii(s: Ref<'_>) -> Option<&str> {
    let s = cast(s);
    // SAFETY: ASCII is UTF-8.
    is_ascii(s).then(|| unsafe { core::str::from_utf8_unchecked(bytes(s)) })
}
/// The text of an interned or otherwise long-lived str; text that is not ASCII is leaked once (type names).
pub fn as_utf8_lossy_static(s: Ref) -> &'static str {
    match as_ascii(s) {
        // SAFETY: names of types are kept alive by the type.
        Some(t) => unsafe { core::mem::transmute::<&str, &'static str>(t) },
        None => Box::leak(to_string_lossy(s).into_boxed_str()),
    }
}
/// Same text (both are str).
#[inline]
pub fn equal(a: Ref, b: Ref) -> bool {
    if a.is(b) {
        return true;
    }
    let (x, y) = (cast(a), cast(b));
    x.len.get() == y.len.get() && unit_size(x) == unit_size(y) && bytes(x) == bytes(y)
}

// ---- interning ----

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

/// The static names of the program's modules go in first, so that they are the canonical ones.
fn first_table() -> Table {
    let mut table = Table::default();
    for &v in crate::entry::program::static_names() {
        table.insert(Key(v));
    }
    table
}

/// The canonical str with the text of `s`; interned strings live as long as the process.
pub fn intern_object(s: Own) -> Own {
    if is_interned(s.r()) {
        return s;
    }
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

/// The code units.
pub fn units(s: Ref<'_>) -> pyaot_text::Units<'_> {
    let s = cast(s);
    let n = s.len.get();
    // SAFETY: the layout states the unit size and the length.
    unsafe {
        match unit_size(s) {
            1 => pyaot_text::Units::One(core::slice::from_raw_parts(s.data.as_ptr(), n)),
            2 => pyaot_text::Units::Two(core::slice::from_raw_parts(s.data.as_ptr().cast(), n)),
            _ => pyaot_text::Units::Four(core::slice::from_raw_parts(s.data.as_ptr().cast(), n)),
        }
    }
}
/// From ASCII bytes.
pub fn from_ascii(s: &[u8]) -> PyResult {
    // SAFETY: `fill` gets room for the length.
    with_len(s.len(), 0, true, |out| unsafe {
        core::ptr::copy_nonoverlapping(s.as_ptr(), out, s.len())
    })
}
pub fn from_buf(b: pyaot_text::StrBuf) -> PyResult {
    let u = b.units();
    let points: Vec<u32> = (0..u.len()).map(|i| u.get(i)).collect();
    from_code_points(&points)
}
