//! The empty str and the 256 strs of one Latin-1 character: static objects, so that indexing and iterating over text
//! allocates nothing and `s[0] is s[0]`.
use super::{STR_TYPE, StrObject, cast};
use crate::object::{Own, Ref, Value, flag};
use core::cell::Cell;
use pyaot_abi::{Header, IMMORTAL_REFCOUNT};

#[repr(C)]
struct Single {
    head: StrObject,
    data: [u8; 8],
}
// SAFETY: immortal; the GIL guards the hash cell.
unsafe impl Sync for Single {}

const fn single(len: usize, c: u8) -> Single {
    let ascii = if c < 128 { flag::STR_ASCII } else { 0 };
    Single {
        head: StrObject {
            header: Header {
                refcount: Cell::new(IMMORTAL_REFCOUNT),
                flags: Cell::new(flag::IMMORTAL | ascii),
                ty: Cell::new((&raw const STR_TYPE).cast()),
            },
            len: Cell::new(len),
            hash: Cell::new(-1),
            data: [],
        },
        data: [c, 0, 0, 0, 0, 0, 0, 0],
    }
}

static EMPTY: Single = single(0, 0);
static SINGLES: [Single; 256] = {
    let mut all = [const { single(1, 0) }; 256];
    let mut c = 0;
    while c < 256 {
        all[c] = single(1, c as u8);
        c += 1;
    }
    all
};

struct Chars([Cell<Value>; 256]);
// SAFETY: the GIL guards it.
unsafe impl Sync for Chars {}
/// The canonical object of each character: the null word stands for the one in [`SINGLES`].
static CHARS: Chars = Chars([const { Cell::new(Value::NULL) }; 256]);

/// `''`.
#[inline]
pub fn empty() -> Own {
    Ref::from_value(Value::from_ptr(&EMPTY)).own()
}

/// The str of one Latin-1 character.
#[inline]
pub fn get(c: u8) -> Own {
    let v = CHARS.0[c as usize].get();
    let v = if v.is_null() {
        Value::from_ptr(&SINGLES[c as usize])
    } else {
        v
    };
    Ref::from_value(v).own()
}

/// A static str of the program becomes the canonical one of its character.
pub(super) fn adopt(v: Value) {
    if let pyaot_text::Units::One(&[c]) = super::units_of(cast(Ref::from_value(v))) {
        CHARS.0[c as usize].set(v);
    }
}
