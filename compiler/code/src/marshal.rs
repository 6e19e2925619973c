//! Reading and writing marshal data (version 5) and `.pyc` files.
//!
//! In: bytes that anybody may have damaged. Out: `CodeObject`/`Constant`, or an error that says where and why; sizes
//! are believed only as far as bytes are there, nesting is bounded as in CPython. The mutable types of marshal (list,
//! dict, set) and StopIteration cannot stand in a code object and are refused by name.
//! The writer shares equal immutable objects by reference; which objects CPython marks as shared depends on its
//! reference counts, so bodies are equal as trees and only mostly equal as bytes.
//! CPython: Python/marshal.c.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::object::{CodeObject, Constant};
use crate::pystr::PyStr;

/// Version that CPython 3.14 writes.
pub const VERSION: u32 = 5;
/// First two bytes of a `.pyc` of CPython 3.14, little-endian; `\r\n` follows.
pub const MAGIC_NUMBER: u16 = 3627;
/// CPython allows 2000; here reading must fit the stack of any thread, also in debug builds.
const MAX_DEPTH: usize = 400;
const FLAG_REF: u8 = 0x80;

/// Why data was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarshalError {
    /// Byte offset in the input.
    pub offset: usize,
    pub message: String,
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad marshal data ({}) at byte {}", self.message, self.offset)
    }
}

impl std::error::Error for MarshalError {}

/// How a `.pyc` says whether it fits its source; PEP 552.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PycKind {
    /// Source modification time (seconds) and size, both modulo 2^32.
    Timestamp { mtime: u32, size: u32 },
    /// Hash of the source; `check` asks the importer to compare it.
    Hash { hash: [u8; 8], check: bool },
}

/// Why a `.pyc` was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PycError {
    /// Fewer than 16 bytes.
    TooShort(usize),
    /// Made by another version, or no `.pyc`.
    WrongMagic(u32),
    /// Flag bits that 3.14 does not know.
    WrongFlags(u32),
    Marshal(MarshalError),
    /// The body is well-formed but no code object.
    NotCode,
}

impl fmt::Display for PycError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PycError::TooShort(n) => write!(f, "not a .pyc file: {n} bytes, the header alone has 16"),
            PycError::WrongMagic(magic) if magic >> 16 == 0x0a0d => write!(
                f,
                "made by another Python version (magic number {}, CPython 3.14 writes {MAGIC_NUMBER})",
                magic & 0xffff
            ),
            PycError::WrongMagic(_) => f.write_str("not a .pyc file: it does not start with a Python magic number"),
            PycError::WrongFlags(flags) => write!(f, "invalid flags {flags:#x} in the .pyc header"),
            PycError::Marshal(error) => error.fmt(f),
            PycError::NotCode => f.write_str("the .pyc file does not hold a code object"),
        }
    }
}

impl std::error::Error for PycError {}

/// Reads a whole `.pyc` file.
pub fn read_pyc(data: &[u8]) -> Result<(PycKind, CodeObject), PycError> {
    let Some((header, body)) = data.split_at_checked(16) else {
        return Err(PycError::TooShort(data.len()));
    };
    let word = |i: usize| u32::from_le_bytes([header[i], header[i + 1], header[i + 2], header[i + 3]]);
    if word(0) != u32::from(MAGIC_NUMBER) | 0x0a0d_0000 {
        return Err(PycError::WrongMagic(word(0)));
    }
    let kind = match word(4) {
        0 => PycKind::Timestamp {
            mtime: word(8),
            size: word(12),
        },
        flags @ (1 | 3) => {
            let mut hash = [0; 8];
            hash.copy_from_slice(&header[8..]);
            PycKind::Hash {
                hash,
                check: flags & 2 != 0,
            }
        }
        flags => return Err(PycError::WrongFlags(flags)),
    };
    let shift = |e: MarshalError| {
        PycError::Marshal(MarshalError {
            offset: e.offset + 16,
            ..e
        })
    };
    match loads(body).map_err(shift)? {
        Constant::Code(code) => Ok((kind, Arc::unwrap_or_clone(code))),
        _ => Err(PycError::NotCode),
    }
}

/// The bytes of a `.pyc` file.
pub fn write_pyc(kind: PycKind, code: &Arc<CodeObject>) -> Vec<u8> {
    let mut out = (u32::from(MAGIC_NUMBER) | 0x0a0d_0000).to_le_bytes().to_vec();
    match kind {
        PycKind::Timestamp { mtime, size } => {
            out.extend_from_slice(&0u32.to_le_bytes());
            out.extend_from_slice(&mtime.to_le_bytes());
            out.extend_from_slice(&size.to_le_bytes());
        }
        PycKind::Hash { hash, check } => {
            out.extend_from_slice(&(1 | u32::from(check) << 1).to_le_bytes());
            out.extend_from_slice(&hash);
        }
    }
    out.extend_from_slice(&dumps(&Constant::Code(code.clone())));
    out
}

/// Reads one object; bytes after it are ignored, as in `marshal.loads`.
pub fn loads(data: &[u8]) -> Result<Constant, MarshalError> {
    let mut reader = Reader {
        data,
        at: 0,
        refs: Vec::new(),
        depth: 0,
    };
    reader.object()
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    /// `None` while the object is being read.
    refs: Vec<Option<Constant>>,
    depth: usize,
}

type Result<T, E = MarshalError> = std::result::Result<T, E>;

impl<'a> Reader<'a> {
    fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(MarshalError {
            offset: self.at,
            message: message.into(),
        })
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        match self.data[self.at..].split_at_checked(n) {
            Some((bytes, _)) => {
                self.at += n;
                Ok(bytes)
            }
            None => self.error("data too short"),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn long(&mut self) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn size(&mut self) -> Result<usize> {
        let n = self.long()?;
        match usize::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) => self.error("size out of range"),
        }
    }

    /// CPython: Python/marshal.c, r_object
    fn object(&mut self) -> Result<Constant> {
        if self.depth >= MAX_DEPTH {
            return self.error("recursion limit exceeded");
        }
        self.depth += 1;
        let result = self.object_inner();
        self.depth -= 1;
        result
    }

    /// Small frames: nesting must fit the stack of any thread, also in debug builds.
    fn object_inner(&mut self) -> Result<Constant> {
        let start = self.at;
        let byte = self.byte()?;
        let tag = byte & !FLAG_REF;
        // Containers take their number before their items, everything else after; only containers see the difference.
        let slot = self.refs.len();
        if byte & FLAG_REF != 0 {
            self.refs.push(None);
        }
        let value = match tag {
            b')' | b'(' | b'>' | b':' => self.container(tag)?,
            b'c' => self.code_object()?,
            _ => self.leaf(tag, start)?,
        };
        if byte & FLAG_REF != 0 {
            self.refs[slot] = Some(value.clone());
        }
        Ok(value)
    }

    fn container(&mut self, tag: u8) -> Result<Constant> {
        let n = match tag {
            b')' => usize::from(self.byte()?),
            b':' => 3,
            _ => self.size()?,
        };
        let items = self.items(n)?;
        Ok(match tag {
            b'>' => Constant::frozenset(items),
            b':' => match <[Constant; 3]>::try_from(items) {
                Ok(parts) => Constant::Slice(Arc::new(parts)),
                Err(_) => return self.error("slice without three parts"),
            },
            _ => Constant::Tuple(items.into()),
        })
    }

    fn code_object(&mut self) -> Result<Constant> {
        Ok(Constant::Code(Arc::new(self.code()?)))
    }

    #[inline(never)]
    fn leaf(&mut self, tag: u8, start: usize) -> Result<Constant> {
        Ok(match tag {
            b'N' => Constant::None,
            b'F' => Constant::Bool(false),
            b'T' => Constant::Bool(true),
            b'.' => Constant::Ellipsis,
            b'i' => Constant::Int(i64::from(self.long()?)),
            b'l' => self.big_int()?,
            b'g' => Constant::Float(u64::from_le_bytes(self.array()?)),
            b'f' => Constant::Float(self.text_float()?.to_bits()),
            b'y' => Constant::Complex(u64::from_le_bytes(self.array()?), u64::from_le_bytes(self.array()?)),
            b'x' => Constant::Complex(self.text_float()?.to_bits(), self.text_float()?.to_bits()),
            b's' => {
                let n = self.size()?;
                Constant::Bytes(self.take(n)?.into())
            }
            b'a' | b'A' => {
                let n = self.size()?;
                self.latin1(n)?
            }
            b'z' | b'Z' => {
                let n = usize::from(self.byte()?);
                self.latin1(n)?
            }
            b'u' | b't' => {
                let n = self.size()?;
                let bytes = self.take(n)?;
                match PyStr::from_surrogatepass(bytes) {
                    Some(s) => Constant::Str(s),
                    None => return self.error("invalid UTF-8"),
                }
            }
            b'r' => {
                let n = self.size()?;
                match self.refs.get(n) {
                    Some(Some(value)) => value.clone(),
                    _ => return self.error("invalid reference"),
                }
            }
            b'[' | b'{' | b'<' | b'S' | b'0' => {
                let name = match tag {
                    b'[' => "list",
                    b'{' => "dict",
                    b'<' => "set",
                    b'S' => "StopIteration",
                    _ => "NULL object",
                };
                self.at = start;
                return self.error(format!("a code object cannot hold a {name}"));
            }
            _ => {
                self.at = start;
                return self.error("unknown type code");
            }
        })
    }

    fn items(&mut self, n: usize) -> Result<Vec<Constant>> {
        // An item has at least one byte, so a larger count is damage and must not size an allocation.
        if n > self.data.len() - self.at {
            return self.error("data too short");
        }
        let mut items = Vec::with_capacity(n.min(4096));
        for _ in 0..n {
            items.push(self.object()?);
        }
        Ok(items)
    }

    fn latin1(&mut self, n: usize) -> Result<Constant> {
        let bytes = self.take(n)?;
        Ok(Constant::Str(PyStr::from(
            bytes.iter().map(|&b| char::from(b)).collect::<String>(),
        )))
    }

    fn text_float(&mut self) -> Result<f64> {
        let n = usize::from(self.byte()?);
        let text = self.take(n)?;
        match std::str::from_utf8(text).ok().and_then(|s| s.parse().ok()) {
            Some(value) => Ok(value),
            None => self.error("invalid float"),
        }
    }

    /// Sign is that of the count; 15-bit digits, least significant first.
    fn big_int(&mut self) -> Result<Constant> {
        let n = self.long()?;
        let count = n.unsigned_abs() as usize;
        if count > (self.data.len() - self.at) / 2 {
            return self.error("data too short");
        }
        let mut limbs = vec![0u64; (count * 15).div_ceil(64)];
        for i in 0..count {
            let digit = u16::from_le_bytes(self.array()?);
            if digit >= 1 << 15 {
                return self.error("digit out of range in long");
            }
            if digit == 0 && i == count - 1 {
                return self.error("unnormalized long data");
            }
            let (limb, shift) = (i * 15 / 64, i * 15 % 64);
            limbs[limb] |= u64::from(digit) << shift;
            if shift > 64 - 15 && limb + 1 < limbs.len() {
                limbs[limb + 1] |= u64::from(digit) >> (64 - shift);
            }
        }
        Ok(Constant::int_from_limbs(n < 0, limbs))
    }

    fn count(&mut self, what: &str) -> Result<u32> {
        match u32::try_from(self.long()?) {
            Ok(n) => Ok(n),
            Err(_) => self.error(format!("negative {what}")),
        }
    }

    fn bytes(&mut self, what: &str) -> Result<Vec<u8>> {
        match self.object()? {
            Constant::Bytes(bytes) => Ok(bytes.to_vec()),
            _ => self.error(format!("{what} is not bytes")),
        }
    }

    fn string(&mut self, what: &str) -> Result<PyStr> {
        match self.object()? {
            Constant::Str(s) => Ok(s),
            _ => self.error(format!("{what} is not a string")),
        }
    }

    fn strings(&mut self, what: &str) -> Result<Vec<PyStr>> {
        let mut out = Vec::new();
        if let Constant::Tuple(items) = self.object()? {
            for item in items.iter() {
                match item {
                    Constant::Str(s) => out.push(s.clone()),
                    _ => return self.error(format!("{what} holds something else than strings")),
                }
            }
            return Ok(out);
        }
        self.error(format!("{what} is not a tuple"))
    }

    fn code(&mut self) -> Result<CodeObject> {
        let argcount = self.count("argcount")?;
        let posonlyargcount = self.count("posonlyargcount")?;
        let kwonlyargcount = self.count("kwonlyargcount")?;
        let stacksize = self.count("stacksize")?;
        let flags = self.long()? as u32;
        let code = self.bytes("co_code")?;
        let consts = match self.object()? {
            Constant::Tuple(items) => items.to_vec(),
            _ => return self.error("co_consts is not a tuple"),
        };
        let out = CodeObject {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            code,
            consts,
            names: self.strings("co_names")?,
            localsplusnames: self.strings("co_localsplusnames")?,
            localspluskinds: self.bytes("co_localspluskinds")?,
            filename: self.string("co_filename")?,
            name: self.string("co_name")?,
            qualname: self.string("co_qualname")?,
            firstlineno: self.long()?,
            linetable: self.bytes("co_linetable")?,
            exceptiontable: self.bytes("co_exceptiontable")?,
        };
        // CPython: Objects/codeobject.c, _PyCode_Validate
        let args = u64::from(argcount) + u64::from(kwonlyargcount);
        if out.localsplusnames.len() != out.localspluskinds.len() {
            return self.error("co_localsplusnames and co_localspluskinds differ in length");
        }
        if posonlyargcount > argcount || args > out.varnames().count() as u64 {
            return self.error("more parameters than local variables");
        }
        if !out.code.len().is_multiple_of(2) {
            return self.error("bytecode of odd length");
        }
        Ok(out)
    }
}

/// Marshal bytes of `value`, equal objects shared.
pub fn dumps(value: &Constant) -> Vec<u8> {
    let mut writer = Writer {
        out: Vec::new(),
        refs: Some(HashMap::new()),
    };
    writer.object(value, true);
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

struct Writer {
    out: Vec<u8>,
    /// Numbers of the objects written so far, by kind of string (interned or not) and value; `None`: no sharing.
    refs: Option<HashMap<(bool, Constant), u32>>,
}

impl Writer {
    fn long(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn size(&mut self, n: usize) {
        self.long(n as i32);
    }

    /// `name`: the object is an interned string.
    fn object(&mut self, value: &Constant, name: bool) {
        match value {
            Constant::None => return self.out.push(b'N'),
            Constant::Bool(false) => return self.out.push(b'F'),
            Constant::Bool(true) => return self.out.push(b'T'),
            Constant::Ellipsis => return self.out.push(b'.'),
            _ => {}
        }
        let interned = match value {
            Constant::Str(s) => name || s.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'),
            _ => false,
        };
        let mut flag = 0;
        if let Some(refs) = &mut self.refs {
            let next = refs.len() as u32;
            match refs.entry((interned, value.clone())) {
                std::collections::hash_map::Entry::Occupied(entry) => {
                    let number = *entry.get();
                    self.out.push(b'r');
                    return self.long(number as i32);
                }
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(next);
                    flag = FLAG_REF;
                }
            }
        }
        let tag = |w: &mut Writer, tag: u8| w.out.push(tag | flag);
        match value {
            Constant::None | Constant::Bool(_) | Constant::Ellipsis => {}
            Constant::Int(n) => match i32::try_from(*n) {
                Ok(n) => {
                    tag(self, b'i');
                    self.long(n);
                }
                Err(_) => {
                    tag(self, b'l');
                    self.big_int(*n < 0, &[n.unsigned_abs()]);
                }
            },
            Constant::BigInt(n) => {
                tag(self, b'l');
                self.big_int(n.negative, &n.limbs);
            }
            Constant::Float(bits) => {
                tag(self, b'g');
                self.out.extend_from_slice(&bits.to_le_bytes());
            }
            Constant::Complex(re, im) => {
                tag(self, b'y');
                self.out.extend_from_slice(&re.to_le_bytes());
                self.out.extend_from_slice(&im.to_le_bytes());
            }
            Constant::Str(s) => {
                let bytes = s.as_bytes();
                match (s.is_ascii(), u8::try_from(bytes.len())) {
                    (true, Ok(n)) => {
                        tag(self, if interned { b'Z' } else { b'z' });
                        self.out.push(n);
                    }
                    (true, Err(_)) => {
                        tag(self, if interned { b'A' } else { b'a' });
                        self.size(bytes.len());
                    }
                    (false, _) => {
                        tag(self, if interned { b't' } else { b'u' });
                        self.size(bytes.len());
                    }
                }
                self.out.extend_from_slice(bytes);
            }
            Constant::Bytes(bytes) => {
                tag(self, b's');
                self.size(bytes.len());
                self.out.extend_from_slice(bytes);
            }
            Constant::Tuple(items) => {
                tag(self, if items.len() < 256 { b')' } else { b'(' });
                self.tuple_tail(items.len(), items.iter(), false);
            }
            Constant::FrozenSet(items) => {
                tag(self, b'>');
                self.size(items.len());
                items.iter().for_each(|item| self.object(item, false));
            }
            Constant::Slice(parts) => {
                tag(self, b':');
                parts.iter().for_each(|part| self.object(part, false));
            }
            Constant::Code(code) => {
                tag(self, b'c');
                self.code(code);
            }
        }
    }

    fn tuple_tail<'c>(&mut self, n: usize, items: impl Iterator<Item = &'c Constant>, names: bool) {
        match u8::try_from(n) {
            Ok(n) => self.out.push(n),
            Err(_) => self.size(n),
        }
        items.for_each(|item| self.object(item, names));
    }

    fn names(&mut self, names: &[PyStr]) {
        let items: Vec<Constant> = names.iter().cloned().map(Constant::Str).collect();
        // A tuple of names is written as such even where an equal tuple of plain strings went before.
        self.out.push(if items.len() < 256 { b')' } else { b'(' });
        self.tuple_tail(items.len(), items.iter(), true);
    }

    fn big_int(&mut self, negative: bool, limbs: &[u64]) {
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
        self.long(if negative { -n } else { n });
        digits
            .iter()
            .for_each(|digit| self.out.extend_from_slice(&digit.to_le_bytes()));
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
        self.object(&Constant::bytes(&code.code), false);
        self.object(&Constant::Tuple(code.consts.as_slice().into()), false);
        self.names(&code.names);
        self.names(&code.localsplusnames);
        self.object(&Constant::bytes(&code.localspluskinds), false);
        self.object(&Constant::Str(code.filename.clone()), false);
        self.object(&Constant::Str(code.name.clone()), true);
        self.object(&Constant::Str(code.qualname.clone()), true);
        self.long(code.firstlineno);
        self.object(&Constant::bytes(&code.linetable), false);
        self.object(&Constant::bytes(&code.exceptiontable), false);
    }
}
