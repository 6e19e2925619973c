//! Writing of marshal data.
//!
//! In: a constant. Out: its bytes. An object is written once and referred to afterwards, but only if CPython would
//! mark it: its reference count has to be above one while it is written. What a compilation leaves shared is
//! modelled here (`Identity`, `is_immortal`), since bodies of `.pyc` files should be CPython's byte for byte.

use std::collections::{HashMap, HashSet};

use super::FLAG_REF;
use crate::object::{CodeObject, Constant, co};
use crate::pystr::PyStr;

/// Marshal bytes of `value`, as CPython writes what it has just compiled.
pub fn dumps(value: &Constant) -> Vec<u8> {
    // The first pass finds what stands more than once: only that, and what is immortal, is marked as shared.
    let mut writer = Writer {
        out: Vec::new(),
        refs: Some(Refs::default()),
    };
    writer.top(value);
    let again = writer.refs.take().map(|refs| refs.again);
    let mut writer = Writer {
        out: Vec::new(),
        refs: Some(Refs {
            shared: again,
            ..Refs::default()
        }),
    };
    writer.top(value);
    writer.out
}

/// Marshal bytes without references: the same for equal values.
pub fn dumps_plain(value: &Constant) -> Vec<u8> {
    let mut writer = Writer {
        out: Vec::new(),
        refs: None,
    };
    writer.object(value, false);
    writer.out
}

/// What is one object in CPython after a compilation: equal constants of a module are merged, and interned strings
/// (marked by `true`) are one for each text.
type Identity = (bool, Constant);

#[derive(Default)]
struct Refs {
    numbers: HashMap<Identity, u32>,
    next: u32,
    /// What stands more than once; `None` while that is being found out.
    shared: Option<HashSet<Identity>>,
    again: HashSet<Identity>,
}

/// Whether CPython has interned a string. CPython: Objects/codeobject.c, should_intern_string
fn is_interned(value: &Constant, name: bool) -> bool {
    let Constant::Str(s) = value else { return false };
    let mut points = s.code_points();
    name || match (points.next(), points.next()) {
        (Some(point), None) if point < 0x100 => true,
        _ => s.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'),
    }
}

/// Objects of which a process has one, so that their reference count is never one.
fn is_immortal(value: &Constant, interned: bool) -> bool {
    match value {
        Constant::Int(n) => (-5..=256).contains(n),
        Constant::Bytes(bytes) => bytes.len() < 2,
        Constant::Tuple(items) => items.is_empty(),
        _ => interned,
    }
}

struct Writer {
    out: Vec<u8>,
    /// `None`: no sharing.
    refs: Option<Refs>,
}

impl Writer {
    fn long(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn size(&mut self, n: usize) {
        self.long(n as i32);
    }

    /// The outermost object, which its caller holds too.
    fn top(&mut self, value: &Constant) {
        if let Some(refs) = &mut self.refs {
            refs.next += 1;
        }
        match value {
            Constant::Code(code) => {
                self.out.push(b'c' | FLAG_REF);
                self.code(code);
            }
            _ => {
                self.refs = self.refs.take().map(|refs| Refs { next: 0, ..refs });
                self.object(value, false);
            }
        }
    }

    /// The flag for the type code of an object that is written now; `None` if it was written before and a reference
    /// to it stands in its place. CPython: Python/marshal.c, w_ref
    fn reference(&mut self, value: &Constant, interned: bool) -> Option<u8> {
        let Some(refs) = &mut self.refs else { return Some(0) };
        if matches!(value, Constant::Float(bits) if f64::from_bits(*bits).is_nan()) {
            // A NaN equals no other constant, so none are merged.
            return Some(0);
        }
        let identity = (interned, value.clone());
        if let Some(&number) = refs.numbers.get(&identity) {
            refs.again.insert(identity);
            self.out.push(b'r');
            self.long(number as i32);
            return None;
        }
        let shared = refs.shared.as_ref().is_none_or(|shared| shared.contains(&identity));
        if !shared && !is_immortal(value, interned) {
            return Some(0);
        }
        refs.numbers.insert(identity, refs.next);
        refs.next += 1;
        Some(FLAG_REF)
    }

    /// `name`: the object is an interned string whatever its text.
    fn object(&mut self, value: &Constant, name: bool) {
        match value {
            Constant::None => return self.out.push(b'N'),
            Constant::Bool(false) => return self.out.push(b'F'),
            Constant::Bool(true) => return self.out.push(b'T'),
            Constant::Ellipsis => return self.out.push(b'.'),
            _ => {}
        }
        let interned = is_interned(value, name);
        let Some(flag) = self.reference(value, interned) else {
            return;
        };
        match value {
            Constant::None
            | Constant::Bool(_)
            | Constant::Ellipsis
            | Constant::Int(_)
            | Constant::BigInt(_)
            | Constant::Float(_)
            | Constant::Complex(..)
            | Constant::Str(_)
            | Constant::Bytes(_) => leaf(&mut self.out, value, flag, interned),
            Constant::Tuple(items) => {
                self.tuple_head(flag, items.len());
                items.iter().for_each(|item| self.object(item, false));
            }
            Constant::FrozenSet(items) => {
                self.out.push(b'>' | flag);
                self.size(items.len());
                for item in self.set_order(items) {
                    self.item_of_set(&item);
                }
            }
            Constant::Slice(parts) => {
                self.out.push(b':' | flag);
                parts.iter().for_each(|part| self.part_of_slice(part));
            }
            Constant::Code(code) => {
                self.out.push(b'c' | flag);
                self.code(code);
            }
        }
    }

    /// Items of a set are written in the order of their own marshal bytes.
    /// CPython: Python/marshal.c, w_complex_object
    fn set_order(&self, items: &[Constant]) -> Vec<Constant> {
        if self.refs.is_none() {
            return items.to_vec();
        }
        let bytes = |item: &Constant| {
            let mut writer = Writer {
                out: Vec::new(),
                refs: Some(Refs {
                    shared: Some(HashSet::new()),
                    ..Refs::default()
                }),
            };
            writer.item_of_set(item);
            writer.out
        };
        let mut keyed: Vec<(Vec<u8>, Constant)> = items.iter().map(|item| (bytes(item), item.clone())).collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0));
        keyed.into_iter().map(|(_, item)| item).collect()
    }

    /// CPython holds an item of a set while it writes it, which makes it look shared.
    fn item_of_set(&mut self, item: &Constant) {
        if let Some(refs) = &mut self.refs
            && let Some(shared) = &mut refs.shared
        {
            shared.insert((is_interned(item, false), item.clone()));
        }
        self.object(item, false);
    }

    /// The parts of a slice are not merged with equal constants.
    fn part_of_slice(&mut self, part: &Constant) {
        if is_immortal(part, is_interned(part, false)) {
            return self.object(part, false);
        }
        let refs = self.refs.take();
        self.object(part, false);
        self.refs = refs;
    }

    fn tuple_head(&mut self, flag: u8, n: usize) {
        match u8::try_from(n) {
            Ok(short) => self.out.extend_from_slice(&[b')' | flag, short]),
            Err(_) => {
                self.out.push(b'(' | flag);
                self.size(n);
            }
        }
    }

    /// A tuple of which `is_name` tells the items that are interned whatever their text.
    fn tuple(&mut self, items: Vec<Constant>, is_name: impl Fn(&Constant) -> bool) {
        let value = Constant::tuple(items);
        let Constant::Tuple(items) = &value else { return };
        let Some(flag) = self.reference(&value, false) else {
            return;
        };
        self.tuple_head(flag, items.len());
        items.iter().for_each(|item| self.object(item, is_name(item)));
    }

    fn names(&mut self, names: &[PyStr]) {
        self.tuple(names.iter().cloned().map(Constant::Str).collect(), |_| true);
    }

    fn code(&mut self, code: &CodeObject) {
        for n in [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.stacksize,
            code.flags,
        ] {
            self.long(n as i32);
        }
        // CPython makes the bytes of co_code on request and keeps them, so they are shared with nobody but marked.
        let flag = match &mut self.refs {
            Some(refs) => {
                refs.next += 1;
                FLAG_REF
            }
            None => 0,
        };
        self.bytes(flag, &code.code);
        // A class body loads its qualified name, which is interned though it has dots.
        let is_class = code.flags & co::OPTIMIZED == 0;
        self.tuple(code.consts.clone(), |item| {
            is_class && matches!(item, Constant::Str(s) if *s == code.qualname)
        });
        self.names(&code.names);
        // A scope for annotations gets a tuple of its own when its parameter is renamed from `.format`.
        // CPython: Python/codegen.c, codegen_leave_annotations_scope
        if code.posonlyargcount == 1 && code.localsplusnames.first().is_some_and(|name| *name == "format") {
            self.tuple_head(0, code.localsplusnames.len());
            code.localsplusnames
                .iter()
                .for_each(|name| self.object(&Constant::Str(name.clone()), true));
        } else {
            self.names(&code.localsplusnames);
        }
        match code.localspluskinds.as_slice() {
            [] => self.object(&Constant::bytes(b""), false),
            kinds => self.bytes(0, kinds),
        }
        self.object(&Constant::Str(code.filename.clone()), true);
        self.object(&Constant::Str(code.name.clone()), true);
        self.object(&Constant::Str(code.qualname.clone()), true);
        self.long(code.firstlineno);
        self.object(&Constant::bytes(&code.linetable), false);
        self.object(&Constant::bytes(&code.exceptiontable), false);
    }

    fn bytes(&mut self, flag: u8, bytes: &[u8]) {
        self.out.push(b's' | flag);
        self.size(bytes.len());
        self.out.extend_from_slice(bytes);
    }
}

/// Writes a value that holds no other.
pub(super) fn leaf(out: &mut Vec<u8>, value: &Constant, flag: u8, interned: bool) {
    let sized = |out: &mut Vec<u8>, tag: u8, bytes: &[u8]| {
        out.push(tag | flag);
        out.extend_from_slice(&(bytes.len() as i32).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    match value {
        Constant::None => out.push(b'N'),
        Constant::Bool(false) => out.push(b'F'),
        Constant::Bool(true) => out.push(b'T'),
        Constant::Ellipsis => out.push(b'.'),
        Constant::Int(n) => match i32::try_from(*n) {
            Ok(n) => {
                out.push(b'i' | flag);
                out.extend_from_slice(&n.to_le_bytes());
            }
            Err(_) => {
                out.push(b'l' | flag);
                big_int(out, *n < 0, &[n.unsigned_abs()]);
            }
        },
        Constant::BigInt(n) => {
            out.push(b'l' | flag);
            big_int(out, n.negative, &n.limbs);
        }
        Constant::Float(bits) => {
            out.push(b'g' | flag);
            out.extend_from_slice(&bits.to_le_bytes());
        }
        Constant::Complex(re, im) => {
            out.push(b'y' | flag);
            out.extend_from_slice(&re.to_le_bytes());
            out.extend_from_slice(&im.to_le_bytes());
        }
        Constant::Str(s) => {
            let bytes = s.as_bytes();
            match (s.is_ascii(), u8::try_from(bytes.len())) {
                (true, Ok(n)) => {
                    out.extend_from_slice(&[if interned { b'Z' } else { b'z' } | flag, n]);
                    out.extend_from_slice(bytes);
                }
                (true, Err(_)) => sized(out, if interned { b'A' } else { b'a' }, bytes),
                (false, _) => sized(out, if interned { b't' } else { b'u' }, bytes),
            }
        }
        Constant::Bytes(bytes) => sized(out, b's', bytes),
        Constant::Tuple(_) | Constant::FrozenSet(_) | Constant::Slice(_) | Constant::Code(_) => {}
    }
}

fn big_int(out: &mut Vec<u8>, negative: bool, limbs: &[u64]) {
    let mut digits: Vec<u16> = Vec::with_capacity(limbs.len() * 5);
    let bit = |i: usize| limbs.get(i / 64).map_or(0, |limb| limb >> (i % 64));
    for i in (0..limbs.len() * 64).step_by(15) {
        let low = bit(i)
            | if i % 64 > 49 {
                limbs.get(i / 64 + 1).map_or(0, |l| l << (64 - i % 64))
            } else {
                0
            };
        digits.push((low & 0x7fff) as u16);
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    let n = digits.len() as i32;
    out.extend_from_slice(&(if negative { -n } else { n }).to_le_bytes());
    digits
        .iter()
        .for_each(|digit| out.extend_from_slice(&digit.to_le_bytes()));
}
