//! `marshal`: values to bytes and back (CPython: Python/marshal.c), format version 5.
//!
//! Code objects are refused: compiled programs hold machine code, and bytes made elsewhere could not be run.
use pyaot_core::call::{call_method, convert};
use pyaot_core::prelude::*;
use pyaot_core::types::int::{self, View};
use pyaot_core::types::{bytearray, bytes, code, complex, float, list, module, set, slice};
use pyaot_core::{buffer, istr, types};
use std::collections::HashMap;

const VERSION: i32 = 5;
const FLAG_REF: u8 = 0x80;
const MAX_DEPTH: usize = 2000;

// ---- writing ----

struct Writer {
    out: Vec<u8>,
    version: i32,
    allow_code: bool,
    depth: usize,
    /// Number of each shared object by its word; the objects stay alive while the value does.
    refs: HashMap<u64, u32>,
}

fn unmarshallable<R>() -> PyResult<R> {
    exc::value_error(format_args!("unmarshallable object"))
}

impl Writer {
    fn new(version: i32, allow_code: bool) -> Writer {
        Writer {
            out: Vec::new(),
            version,
            allow_code,
            depth: 0,
            refs: HashMap::new(),
        }
    }
    fn i32(&mut self, n: i32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }
    fn size(&mut self, n: usize) -> PyResult<()> {
        match i32::try_from(n) {
            Ok(n) => {
                self.i32(n);
                Ok(())
            }
            Err(_) => unmarshallable(),
        }
    }
    fn f64(&mut self, f: f64) {
        self.out.extend_from_slice(&f.to_le_bytes());
    }
    fn sized(&mut self, b: &[u8]) -> PyResult<()> {
        self.size(b.len())?;
        self.out.extend_from_slice(b);
        Ok(())
    }
    /// The text of a float, as versions below 2 have it.
    fn float_text(&mut self, f: f64) -> PyResult<()> {
        let text = pyaot_core::call::call2(
            protocol::get_attr(types::str::STR_TYPE.r(), istr!("__mod__"))?.r(),
            Own::str("%.17g").r(),
            Own::float(f).r(),
        )?;
        let text = str_::to_string_lossy(text.r());
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Objects that may stand at several places get a number; true when `v` was written as one (CPython: w_ref).
    fn reference(&mut self, v: Ref, flag: &mut u8) -> PyResult<bool> {
        let shared = match v.header() {
            Some(h) => h.refcount.get() > 1,
            // CPython has small ints once; the others are new objects mostly.
            None => v.small_int().is_some_and(|i| (-5..=256).contains(&i)),
        };
        if self.version < 3 || !shared {
            return Ok(false);
        }
        let next = self.refs.len() as u32;
        match self.refs.entry(v.value().0) {
            std::collections::hash_map::Entry::Occupied(e) => {
                let n = *e.get();
                self.out.push(b'r');
                self.i32(n as i32);
                Ok(true)
            }
            std::collections::hash_map::Entry::Vacant(e) => {
                e.insert(next);
                *flag = FLAG_REF;
                Ok(false)
            }
        }
    }

    fn object(&mut self, v: Ref) -> PyResult<()> {
        let single = match v.value() {
            Value::NONE => b'N',
            Value::ELLIPSIS => b'.',
            Value::FALSE => b'F',
            Value::TRUE => b'T',
            _ if v.is(exc::types::STOP_ITERATION.r()) => b'S',
            _ => 0,
        };
        if single != 0 {
            self.out.push(single);
            return Ok(());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return exc::value_error(format_args!("object too deeply nested to marshal"));
        }
        let mut flag = 0;
        if !self.reference(v, &mut flag)? {
            self.complex_object(v, flag)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn complex_object(&mut self, v: Ref, flag: u8) -> PyResult<()> {
        if v.value().is_small_int() || v.is_exact::<int::IntObject>() {
            self.int(v, flag);
            return Ok(());
        }
        if let Some(f) = float::value(v).filter(|_| core::ptr::eq(v.ty(), &float::FLOAT_TYPE)) {
            if self.version > 1 {
                self.out.push(b'g' | flag);
                self.f64(f);
                return Ok(());
            }
            self.out.push(b'f' | flag);
            return self.float_text(f);
        }
        if core::ptr::eq(v.ty(), &complex::COMPLEX_TYPE) {
            let c = complex::of(v);
            if self.version > 1 {
                self.out.push(b'y' | flag);
                self.f64(c.0);
                self.f64(c.1);
                return Ok(());
            }
            self.out.push(b'x' | flag);
            self.float_text(c.0)?;
            return self.float_text(c.1);
        }
        if v.is_exact::<bytes::BytesObject>() {
            self.out.push(b's' | flag);
            return self.sized(bytes::as_slice(v));
        }
        if v.is_exact::<str_::StrObject>() {
            return self.str(v, flag);
        }
        if v.is_exact::<tuple::TupleObject>() {
            let n = tuple::len(v);
            if self.version >= 4 && n < 256 {
                self.out.push(b')' | flag);
                self.out.push(n as u8);
            } else {
                self.out.push(b'(' | flag);
                self.size(n)?;
            }
            for i in 0..n {
                self.object(tuple::get(v, i))?;
            }
            return Ok(());
        }
        if v.is_exact::<list::ListObject>() {
            self.out.push(b'[' | flag);
            let items = list::snapshot(v);
            self.size(items.len())?;
            return items.iter().try_for_each(|i| self.object(i.r()));
        }
        if core::ptr::eq(v.ty(), &dict::DICT_TYPE) {
            self.out.push(b'{' | flag);
            for (k, x) in dict::items_snapshot(v) {
                self.object(k.r())?;
                self.object(x.r())?;
            }
            self.out.push(b'0');
            return Ok(());
        }
        if set::is_exact_any(v) {
            return self.set(v, flag);
        }
        if slice::is_slice(v) && self.version >= 5 {
            self.out.push(b':' | flag);
            for name in [istr!("start"), istr!("stop"), istr!("step")] {
                self.object(protocol::get_attr(v, name)?.r())?;
            }
            return Ok(());
        }
        if v.is_instance_of(&code::CODE_TYPE) {
            return match self.allow_code {
                false => exc::value_error(format_args!("marshalling code objects is disallowed")),
                true => exc::not_implemented_error(format_args!(
                    "marshal: code objects of a compiled program cannot be written"
                )),
            };
        }
        if buffer::supports(v) {
            let b = buffer::contents(v)?;
            self.out.push(b's' | flag);
            return self.sized(&b);
        }
        unmarshallable()
    }

    fn int(&mut self, v: Ref, flag: u8) {
        let small;
        let (negative, limbs) = match int::view(v) {
            View::Small(i) => {
                if let Ok(i) = i32::try_from(i) {
                    self.out.push(b'i' | flag);
                    self.i32(i);
                    return;
                }
                small = [i.unsigned_abs()];
                (i < 0, &small[..])
            }
            View::Big(negative, limbs) => (negative, limbs),
        };
        // Digits of 15 bits.
        let bits: usize = limbs.len() * 64 - limbs.last().map_or(0, |l| l.leading_zeros() as usize);
        let n = bits.div_ceil(15);
        self.out.push(b'l' | flag);
        self.i32(if negative { -(n as i32) } else { n as i32 });
        for d in 0..n {
            let (word, shift) = (d * 15 / 64, d * 15 % 64);
            let mut digit = limbs[word] >> shift;
            if shift > 49 && word + 1 < limbs.len() {
                digit |= limbs[word + 1] << (64 - shift);
            }
            self.out.extend_from_slice(&((digit & 0x7fff) as u16).to_le_bytes());
        }
    }

    fn str(&mut self, v: Ref, flag: u8) -> PyResult<()> {
        let interned = str_::is_interned(v);
        if self.version >= 4
            && let Some(text) = str_::as_ascii(v)
        {
            if text.len() < 256 {
                self.out.push(if interned { b'Z' } else { b'z' } | flag);
                self.out.push(text.len() as u8);
                self.out.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            self.out.push(if interned { b'A' } else { b'a' } | flag);
            return self.sized(text.as_bytes());
        }
        let utf8 = call_method(
            v,
            istr!("encode"),
            &[Own::str("utf-8").r(), Own::str("surrogatepass").r()],
        )?;
        self.out
            .push(if self.version >= 3 && interned { b't' } else { b'u' } | flag);
        self.sized(bytes::as_slice(utf8.r()))
    }

    /// Elements in the order of their bytes, so that equal sets are equal bytes.
    fn set(&mut self, v: Ref, flag: u8) -> PyResult<()> {
        let frozen = core::ptr::eq(v.ty(), &set::FROZENSET_TYPE);
        self.out.push(if frozen { b'>' } else { b'<' } | flag);
        let mut items = Vec::new();
        for item in set::items(v) {
            let mut w = Writer::new(self.version, self.allow_code);
            w.depth = self.depth;
            w.object(item.r())?;
            items.push((w.out, item));
        }
        items.sort_by(|a, b| a.0.cmp(&b.0));
        self.size(items.len())?;
        items.iter().try_for_each(|(_, i)| self.object(i.r()))
    }
}

fn to_bytes(v: Ref, version: Option<Ref>, allow_code: Option<Ref>) -> PyResult {
    let version = version.map_or(Ok(VERSION), convert::c_int)?;
    let mut w = Writer::new(version, allow_code.map_or(Ok(true), protocol::truth)?);
    w.object(v)?;
    bytes::from_slice(&w.out)
}

// ---- reading ----

enum Source<'a> {
    Bytes(&'a [u8]),
    /// A file with `readinto`.
    File(Ref<'a>),
}
struct Reader<'a> {
    source: Source<'a>,
    allow_code: bool,
    depth: usize,
    /// Objects that were written with a number; `None` while they are being read.
    refs: Vec<Option<Own>>,
}

fn bad<R>(what: &str) -> PyResult<R> {
    exc::value_error(format_args!("bad marshal data ({what})"))
}
fn too_short<R>() -> PyResult<R> {
    exc::raise(&exc::types::EOF_ERROR, format_args!("marshal data too short"))
}

impl Reader<'_> {
    fn take(&mut self, n: usize) -> PyResult<Vec<u8>> {
        match &mut self.source {
            Source::Bytes(b) => match b.split_at_checked(n) {
                Some((head, rest)) => {
                    *b = rest;
                    Ok(head.to_vec())
                }
                None => too_short(),
            },
            Source::File(f) => {
                if n == 0 {
                    return Ok(Vec::new());
                }
                let room = pyaot_core::call::call1(bytearray::BYTEARRAY_TYPE.r(), Own::usize(n).r())?;
                let got = call_method(*f, istr!("readinto"), &[room.r()])?;
                let got = convert::index(got.r())?;
                if got > n as isize {
                    return exc::value_error(format_args!(
                        "read() returned too much data: {n} bytes requested, {got} returned"
                    ));
                }
                if got < n as isize {
                    return too_short();
                }
                Ok(buffer::contents(room.r())?.to_vec())
            }
        }
    }
    fn byte(&mut self) -> PyResult<u8> {
        Ok(self.take(1)?[0])
    }
    fn i32(&mut self) -> PyResult<i32> {
        let b = self.take(4)?;
        Ok(i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
    fn f64(&mut self) -> PyResult<f64> {
        let b = self.take(8)?;
        Ok(f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
    }
    fn size(&mut self, what: &str) -> PyResult<usize> {
        match usize::try_from(self.i32()?) {
            Ok(n) => Ok(n),
            Err(_) => bad(&format!("{what} size out of range")),
        }
    }
    fn float_text(&mut self) -> PyResult<f64> {
        let n = self.byte()? as usize;
        let text = bytes::from_slice(&self.take(n)?)?;
        let text = call_method(text.r(), istr!("decode"), &[])?;
        let f = pyaot_core::call::call1(float::FLOAT_TYPE.r(), text.r())?;
        float::from_object(f.r())
    }
    fn reserve(&mut self, flag: bool) -> Option<usize> {
        flag.then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        })
    }
    fn keep(&mut self, place: Option<usize>, v: Own) -> Own {
        if let Some(i) = place {
            self.refs[i] = Some(v.clone());
        }
        v
    }

    /// An object where none may be missing.
    fn item(&mut self, what: &str) -> PyResult {
        match self.object()? {
            Some(v) => Ok(v),
            None => exc::type_error(format_args!("NULL object in marshal data for {what}")),
        }
    }
    /// `None` is the mark at the end of a dict (CPython: r_object).
    fn object(&mut self) -> PyResult<Option<Own>> {
        let code = match self.byte() {
            Ok(c) => c,
            Err(e) if exc::raised_is(&exc::types::EOF_ERROR) => {
                drop(exc::caught(e));
                return exc::raise(&exc::types::EOF_ERROR, format_args!("EOF read where object expected"));
            }
            Err(e) => return Err(e),
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return exc::value_error(format_args!("recursion limit exceeded"));
        }
        let r = self.coded(code & !FLAG_REF, code & FLAG_REF != 0);
        self.depth -= 1;
        r
    }
    fn coded(&mut self, code: u8, flag: bool) -> PyResult<Option<Own>> {
        let plain = match code {
            b'0' => return Ok(None),
            b'N' => return Ok(Some(Own::none())),
            b'F' => return Ok(Some(Own::bool(false))),
            b'T' => return Ok(Some(Own::bool(true))),
            b'.' => return Ok(Some(Own::from_value(Value::ELLIPSIS))),
            b'S' => return Ok(Some(exc::types::STOP_ITERATION.own())),
            b'r' => {
                let n = self.i32()?;
                return match usize::try_from(n).ok().and_then(|n| self.refs.get(n)) {
                    Some(Some(v)) => Ok(Some(v.clone())),
                    _ => bad("invalid reference"),
                };
            }
            b'(' | b')' => return self.tuple(code, flag).map(Some),
            b'[' => return self.list(flag).map(Some),
            b'{' => return self.dict(flag).map(Some),
            b'<' | b'>' => return self.set(code == b'>', flag).map(Some),
            b':' => {
                let place = self.reserve(flag);
                let parts = (self.item("slice")?, self.item("slice")?, self.item("slice")?);
                let s = slice::new(parts.0, parts.1, parts.2)?;
                return Ok(Some(self.keep(place, s)));
            }
            b'i' => Own::int(self.i32()? as i64),
            b'I' => {
                let b = self.take(8)?;
                Own::int(i64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
            }
            b'l' => self.long()?,
            b'f' => Own::float(self.float_text()?),
            b'g' => Own::float(self.f64()?),
            b'x' => complex::from_parts(self.float_text()?, self.float_text()?)?,
            b'y' => complex::from_parts(self.f64()?, self.f64()?)?,
            b's' => {
                let n = self.size("bytes object")?;
                bytes::from_slice(&self.take(n)?)?
            }
            b'a' | b'A' | b'z' | b'Z' => {
                let n = match code {
                    b'a' | b'A' => self.size("string")?,
                    _ => self.byte()? as usize,
                };
                let text = str_::from_latin1(&self.take(n)?)?;
                if code.is_ascii_uppercase() {
                    str_::intern_object(text)
                } else {
                    text
                }
            }
            b'u' | b't' => {
                let n = self.size("string")?;
                let b = bytes::from_slice(&self.take(n)?)?;
                let (encoding, errors) = (Own::str("utf-8"), Own::str("surrogatepass"));
                let text = call_method(b.r(), istr!("decode"), &[encoding.r(), errors.r()])?;
                if code == b't' { str_::intern_object(text) } else { text }
            }
            b'c' if !self.allow_code => {
                return exc::value_error(format_args!("unmarshalling code objects is disallowed"));
            }
            b'c' => {
                return exc::not_implemented_error(format_args!(
                    "marshal: code objects cannot be read in a compiled program"
                ));
            }
            _ => return bad("unknown type code"),
        };
        let place = self.reserve(flag);
        Ok(Some(self.keep(place, plain)))
    }
    fn tuple(&mut self, code: u8, flag: bool) -> PyResult {
        let n = match code {
            b')' => self.byte()? as usize,
            _ => self.size("tuple")?,
        };
        let place = self.reserve(flag);
        let mut items = Vec::new();
        for _ in 0..n {
            items.push(self.item("tuple")?);
        }
        let t = tuple::try_from_vec(items)?;
        Ok(self.keep(place, t))
    }
    fn list(&mut self, flag: bool) -> PyResult {
        let n = self.size("list")?;
        let place = self.reserve(flag);
        let l = self.keep(place, list::new()?);
        for _ in 0..n {
            let v = self.item("list")?;
            list::append(l.r(), v)?;
        }
        Ok(l)
    }
    fn dict(&mut self, flag: bool) -> PyResult {
        let place = self.reserve(flag);
        let d = self.keep(place, dict::try_new()?);
        while let Some(k) = self.object()? {
            let Some(v) = self.object()? else { break };
            dict::set(d.r(), k.r(), v.r())?;
        }
        Ok(d)
    }
    fn set(&mut self, frozen: bool, flag: bool) -> PyResult {
        let n = self.size("set")?;
        let place = self.reserve(flag);
        let s = set::new()?;
        if !frozen {
            self.keep(place, s.clone());
        }
        for _ in 0..n {
            let v = self.item("set")?;
            set::add(s.r(), v.r())?;
        }
        if !frozen {
            return Ok(s);
        }
        let f = set::frozen_from_iterable(s.r())?;
        Ok(self.keep(place, f))
    }
    /// CPython: r_PyLong.
    fn long(&mut self) -> PyResult {
        let n = self.i32()?;
        if n == i32::MIN {
            return bad("long size out of range");
        }
        let digits = self.take(n.unsigned_abs() as usize * 2)?;
        let mut limbs = vec![0u64; (n.unsigned_abs() as usize * 15).div_ceil(64) + 1];
        for (i, d) in digits.chunks_exact(2).enumerate() {
            let d = u16::from_le_bytes([d[0], d[1]]) as u64;
            if d > 0x7fff {
                return bad("digit out of range in long");
            }
            if d == 0 && i + 1 == n.unsigned_abs() as usize {
                return bad("unnormalized long data");
            }
            let (word, shift) = (i * 15 / 64, i * 15 % 64);
            limbs[word] |= d << shift;
            if shift > 49 {
                limbs[word + 1] |= d >> (64 - shift);
            }
        }
        int::from_limbs(n < 0, &limbs)
    }
}

fn read(source: Source, allow_code: Option<Ref>) -> PyResult {
    let mut r = Reader {
        source,
        allow_code: allow_code.map_or(Ok(true), protocol::truth)?,
        depth: 0,
        refs: Vec::new(),
    };
    r.item("object")
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("dump($module, value, file, version=version, /, *, allow_code=True)"), |_, b| {
        let data = to_bytes(b.arg(0), b.get(2), b.get(3))?;
        call_method(b.arg(1), istr!("write"), &[data.r()])
    })
    .doc("Write the value on the open file.\n\n  value\n    Must be a supported type.\n  file\n    Must be a writeable binary file.\n  version\n    Indicates the data format that dump should use.\n  allow_code\n    Allow to write code objects.\n\nIf the value has (or contains an object that has) an unsupported type, a\nValueError exception is raised - but garbage data will also be written\nto the file. The object will not be properly read back by load()."),
    bound(sig!("dumps($module, value, version=version, /, *, allow_code=True)"), |_, b| {
        to_bytes(b.arg(0), b.get(1), b.get(2))
    })
    .doc("Return the bytes object that would be written to a file by dump(value, file).\n\n  value\n    Must be a supported type.\n  version\n    Indicates the data format that dumps should use.\n  allow_code\n    Allow to write code objects.\n\nRaise a ValueError exception if value has (or contains an object that has) an\nunsupported type."),
    bound(sig!("load($module, file, /, *, allow_code=True)"), |_, b| {
        // A file that gives text is found out before anything is read.
        let probe = call_method(b.arg(0), istr!("read"), &[Own::int(0).r()])?;
        if !probe.r().ty().has(type_flag::BYTES) {
            return exc::type_error(format_args!(
                "file.read() returned not bytes but {}",
                probe.r().ty().full_name()
            ));
        }
        read(Source::File(b.arg(0)), b.get(1))
    })
    .doc("Read one value from the open file and return it.\n\n  file\n    Must be readable binary file.\n  allow_code\n    Allow to load code objects.\n\nIf no valid value is read (e.g. because the data has a different Python\nversion's incompatible marshal format), raise EOFError, ValueError or\nTypeError.\n\nNote: If an object containing an unsupported type was marshalled with\ndump(), load() will substitute None for the unmarshallable type."),
    bound(sig!("loads($module, bytes, /, *, allow_code=True)"), |_, b| {
        let data = buffer::contents(b.arg(0))?;
        read(Source::Bytes(&data), b.get(1))
    })
    .doc("Convert the bytes-like object to a value.\n\n  allow_code\n    Allow to load code objects.\n\nIf no valid value is found, raise EOFError, ValueError or TypeError.  Extra\nbytes in the input are ignored."),
];

pub fn make() -> PyResult {
    let m = module::new("marshal")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    module::add(m.r(), "version", Own::int(VERSION as i64))?;
    Ok(m)
}
