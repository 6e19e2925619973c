//! Reading of marshal data.
//!
//! In: bytes. Out: a constant, or the offset and reason of the damage.

use std::sync::Arc;

use super::{FLAG_REF, MarshalError};
use crate::object::{CodeObject, Constant};
use crate::pystr::PyStr;

/// CPython allows 2000; here reading must fit the stack of any thread, also in debug builds.
const MAX_DEPTH: usize = 400;

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
