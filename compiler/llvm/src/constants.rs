//! Static objects: constants, code objects, names and a module's root, laid out as `pyaot_abi::layout` says. Every one is immortal.
//!
//! In: the constant pool of the IR and the code objects. Out: the fields of each object, given to a [`Sink`], which is an LLVM
//! module or an object file. The surprising decision: identifier-like strings are named by their content, so that the linker keeps
//! one of each in the executable, and a pointer to each stands in the section `pyaot_interned`, from which the runtime fills its table.
use crate::{Error, Part, Unit, content, symbols};
use pyaot_abi::{IMMORTAL_REFCOUNT, MODULE_PACKAGE, MODULE_STDLIB, MODULE_TEXT, Value, flag};
use pyaot_code::{CodeObject, PyStr};
use pyaot_ir::{CodeId, Const, ConstId};
use std::collections::HashMap;

/// A word of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word<A> {
    Number(u64),
    Address(A),
}

/// A part of an object.
#[derive(Clone, Debug)]
pub enum Field<A> {
    /// Always two together, so that words stay aligned.
    U32(u32),
    Word(Word<A>),
    Words(Vec<Word<A>>),
    Bytes(Vec<u8>),
}

/// Who may name an object.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// This object file only; the name says what it is.
    Own(&'a str),
    /// Object files that have the same under this symbol, of which the linker keeps one.
    Shared(&'a str),
    /// Likewise, by text; a pointer to it stands among the interned strings.
    Interned(&'a str),
}

/// What static objects are written to.
pub trait Sink {
    type Address: Copy;

    /// The address of a symbol that another object file defines.
    fn runtime(&mut self, symbol: &str) -> Self::Address;

    /// The address of a code object.
    fn code(&mut self, id: CodeId, symbol: &str) -> Self::Address;

    /// Writes an object.
    fn put(&mut self, place: Place<'_>, fields: &[Field<Self::Address>]) -> Self::Address;
}

/// All objects of the constant pool hash lazily.
const NO_HASH: u64 = u64::MAX;

/// The constants of a module that were asked for.
pub struct Constants<'a, S: Sink> {
    pub sink: S,
    unit: &'a Unit<'a>,
    /// Names of the code objects for symbols.
    names: &'a [String],
    words: HashMap<ConstId, Word<S::Address>>,
    strings: HashMap<Vec<u8>, Word<S::Address>>,
    bytes: HashMap<Vec<u8>, Word<S::Address>>,
}

/// Addresses that a code object holds and that its module alone does not decide.
pub struct CodeAddresses<A> {
    pub direct: Word<A>,
    pub resume: Word<A>,
    pub root: A,
    pub const_cells: Word<A>,
}

/// Addresses that a module's root holds.
pub struct RootAddresses<A> {
    pub cells: A,
    pub source: Word<A>,
}

impl<'a, S: Sink> Constants<'a, S> {
    pub fn new(sink: S, unit: &'a Unit<'a>, names: &'a [String]) -> Self {
        Constants {
            sink,
            unit,
            names,
            words: HashMap::new(),
            strings: HashMap::new(),
            bytes: HashMap::new(),
        }
    }

    /// Every word that was made, in an order that only depends on the module.
    pub fn all(&self) -> Vec<Word<S::Address>> {
        let mut words: Vec<_> = self.words.iter().collect();
        words.sort_unstable_by_key(|(id, _)| **id);
        let mut texts: Vec<_> = self.strings.iter().chain(&self.bytes).collect();
        texts.sort_unstable_by_key(|(text, _)| *text);
        words.iter().map(|w| *w.1).chain(texts.iter().map(|t| *t.1)).collect()
    }

    /// The three fields of `Header`, and room for `more`.
    fn header(&mut self, type_name: &str, flags: u32, more: usize) -> Vec<Field<S::Address>> {
        let ty = self.sink.runtime(&format!("pyaot_type_{type_name}"));
        let mut fields = Vec::with_capacity(3 + more);
        fields.extend([
            Field::U32(IMMORTAL_REFCOUNT),
            Field::U32(flag::IMMORTAL | flags),
            Field::Word(Word::Address(ty)),
        ]);
        fields
    }

    /// The word of a constant.
    pub fn word(&mut self, id: ConstId) -> Result<Word<S::Address>, Error> {
        if let Some(word) = self.words.get(&id) {
            return Ok(*word);
        }
        let unit = self.unit;
        let word = match unit.module.constant(id) {
            Const::None => Word::Number(Value::NONE.0),
            Const::False => Word::Number(Value::FALSE.0),
            Const::True => Word::Number(Value::TRUE.0),
            Const::Ellipsis => Word::Number(Value::ELLIPSIS.0),
            Const::Int(i) if Value::fits_small(*i) => Word::Number(Value::from_small(*i).0),
            Const::Int(i) => self.big_int(id, *i < 0, &[i.unsigned_abs()]),
            Const::BigInt { negative, limbs } => self.big_int(id, *negative, limbs),
            Const::Float(bits) => match Value::try_from_f64(f64::from_bits(*bits)) {
                Some(value) => Word::Number(value.0),
                None => self.numbers(id, "float", &[*bits]),
            },
            Const::Complex(re, im) => self.numbers(id, "complex", &[*re, *im]),
            Const::Str(text) => self.string(text)?,
            Const::Bytes(bytes) => self.bytes_object(bytes, Some(id)),
            Const::Tuple(items) => {
                let words = items.iter().map(|item| self.word(*item)).collect::<Result<_, _>>()?;
                self.tuple(words, Some(id))
            }
            // Made at run time, see `const_frozenset`.
            Const::FrozenSet(_) => Word::Number(Value::NULL.0),
            Const::Slice(parts) => {
                let words = parts.iter().map(|part| self.word(*part)).collect::<Result<_, _>>()?;
                let mut fields = self.header("slice", 0, 1);
                fields.push(Field::Words(words));
                self.constant(id, "slice", &fields)
            }
            Const::Code(code) => {
                let symbol = symbols::code_symbol(self.name(*code)?);
                Word::Address(self.sink.code(*code, &symbol))
            }
        };
        self.words.insert(id, word);
        Ok(word)
    }

    pub fn name(&self, id: CodeId) -> Result<&'a str, Error> {
        let name = self.names.get(id.index());
        name.map(String::as_str)
            .ok_or_else(|| Error(format!("no code object {}", id.0)))
    }

    /// A constant: where functions stand in objects of their own, one object of the module for equal ones, wherever they are.
    fn constant(&mut self, id: ConstId, what: &str, fields: &[Field<S::Address>]) -> Word<S::Address> {
        if self.unit.part == Part::Whole {
            return Word::Address(self.sink.put(Place::Own(what), fields));
        }
        let hash = content::hash(self.unit.module, self.names, id).to_hex();
        let symbol = format!("pyk:{}.{what}.{}", self.unit.module.name, &hash[..32]);
        Word::Address(self.sink.put(Place::Shared(&symbol), fields))
    }

    fn numbers(&mut self, id: ConstId, ty: &str, words: &[u64]) -> Word<S::Address> {
        let mut fields = self.header(ty, 0, words.len());
        fields.extend(words.iter().map(|n| Field::Word(Word::Number(*n))));
        self.constant(id, ty, &fields)
    }

    fn big_int(&mut self, id: ConstId, negative: bool, limbs: &[u64]) -> Word<S::Address> {
        let len = limbs.len() as i64;
        let mut words = vec![if negative { -len } else { len } as u64];
        words.extend(limbs);
        self.numbers(id, "int", &words)
    }

    /// `id`: of the constant that it is.
    fn tuple(&mut self, items: Vec<Word<S::Address>>, id: Option<ConstId>) -> Word<S::Address> {
        let mut fields = self.header("tuple", 0, 3);
        fields.extend([
            Field::Word(Word::Number(items.len() as u64)),
            Field::Word(Word::Number(NO_HASH)),
            Field::Words(items),
        ]);
        match id {
            Some(id) => self.constant(id, "tuple", &fields),
            None => Word::Address(self.sink.put(Place::Own("tuple"), &fields)),
        }
    }

    /// `id` as for [`Constants::tuple`].
    fn bytes_object(&mut self, bytes: &[u8], id: Option<ConstId>) -> Word<S::Address> {
        // A constant of its own is another object than equal bytes of a code object that nobody else names.
        let merges = self.unit.part == Part::Whole || id.is_none();
        if let Some(word) = self.bytes.get(bytes).filter(|_| merges) {
            return *word;
        }
        let mut fields = self.header("bytes", 0, 3);
        fields.extend([
            Field::Word(Word::Number(bytes.len() as u64)),
            Field::Word(Word::Number(NO_HASH)),
            Field::Bytes([bytes, &[0]].concat()),
        ]);
        let word = match id {
            Some(id) => self.constant(id, "bytes", &fields),
            None => Word::Address(self.sink.put(Place::Own("bytes"), &fields)),
        };
        if merges {
            self.bytes.insert(bytes.to_vec(), word);
        }
        word
    }

    /// A `str`; `text` is UTF-8 with lone surrogates.
    pub fn string(&mut self, text: &[u8]) -> Result<Word<S::Address>, Error> {
        if let Some(word) = self.strings.get(text) {
            return Ok(*word);
        }
        let Some(decoded) = PyStr::from_surrogatepass(text) else {
            return Err(Error("a string constant is not valid UTF-8".into()));
        };
        let points: Vec<u32> = decoded.code_points().collect();
        let max = points.iter().copied().max().unwrap_or(0);
        let interned = is_interned(&points);
        let ended = points.iter().chain(&[0]);
        let (kind, data): (u32, Vec<u8>) = match max {
            0..0x100 => (0, ended.map(|p| *p as u8).collect()),
            0x100..0x10000 => (1, ended.flat_map(|p| (*p as u16).to_le_bytes()).collect()),
            _ => (2, ended.flat_map(|p| p.to_le_bytes()).collect()),
        };
        let mut flags = kind << flag::STR_KIND_SHIFT;
        if max < 0x80 {
            flags |= flag::STR_ASCII;
        }
        if interned {
            flags |= flag::STR_INTERNED;
        }
        let mut fields = self.header("str", flags, 3);
        fields.extend([
            Field::Word(Word::Number(points.len() as u64)),
            Field::Word(Word::Number(NO_HASH)),
            Field::Bytes(data),
        ]);
        let address = if interned {
            // Identifiers name themselves; anything else is at most one character here.
            let content = match std::str::from_utf8(text) {
                Ok(text) if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => text.to_string(),
                _ => text.iter().map(|b| format!("%{b:02x}")).collect(),
            };
            self.sink.put(Place::Interned(&content), &fields)
        } else if self.unit.part == Part::Whole {
            self.sink.put(Place::Own("str"), &fields)
        } else {
            let hash = blake3::hash(text).to_hex();
            let symbol = format!("pyk:{}.str.{}", self.unit.module.name, &hash[..32]);
            self.sink.put(Place::Shared(&symbol), &fields)
        };
        self.strings.insert(text.to_vec(), Word::Address(address));
        Ok(Word::Address(address))
    }

    fn name_tuple(&mut self, names: &[PyStr]) -> Result<Word<S::Address>, Error> {
        let words = names
            .iter()
            .map(|n| self.string(n.as_bytes()))
            .collect::<Result<_, _>>()?;
        Ok(self.tuple(words, None))
    }

    /// The fields of `pyaot_abi::CodeObject`.
    pub fn code_fields(
        &mut self,
        id: CodeId,
        code: &CodeObject,
        addresses: CodeAddresses<S::Address>,
    ) -> Result<Vec<Field<S::Address>>, Error> {
        let unit = self.unit;
        let info = &unit.module.codes[id.index()];
        let consts = info.consts.iter().map(|c| self.word(*c)).collect::<Result<_, _>>()?;
        let words = vec![
            self.string(code.name.as_bytes())?,
            self.string(code.qualname.as_bytes())?,
            self.string(code.filename.as_bytes())?,
            self.name_tuple(&code.localsplusnames)?,
            self.bytes_object(&code.localspluskinds, None),
            self.bytes_object(&code.code, None),
            self.bytes_object(&code.linetable, None),
            self.bytes_object(&code.exceptiontable, None),
            self.tuple(consts, None),
            self.name_tuple(&code.names)?,
            Word::Address(addresses.root),
            addresses.const_cells,
        ];
        let mut fields = self.header("code", 0, 14);
        fields.extend([addresses.direct, addresses.resume, Word::Number(info.consumed)].map(Field::Word));
        let numbers = [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.flags,
            info.nparams,
            code.localsplusnames.len() as u32,
            code.stacksize,
            code.firstlineno as u32,
            info.frame_slots,
            info.fast_arity.unwrap_or(pyaot_abi::NO_FAST_ARITY),
        ];
        fields.extend(numbers.map(Field::U32));
        fields.extend(words.into_iter().map(Field::Word));
        Ok(fields)
    }

    /// The fields of `pyaot_abi::ModuleStatic`.
    pub fn root_fields(&mut self, addresses: RootAddresses<S::Address>) -> Result<Vec<Field<S::Address>>, Error> {
        let unit = self.unit;
        let globals = &unit.module.globals;
        let names: Vec<_> = globals.iter().map(|g| self.word(*g)).collect::<Result<_, _>>()?;
        let count = names.len() as u32;
        let names = self.sink.put(Place::Own("pyaot_cell_names"), &[Field::Words(names)]);
        let code = symbols::code_symbol(self.name(CodeId(0))?);
        let code = self.sink.code(CodeId(0), &code);
        let (source_len, raw_len) = unit.source.map_or((0, 0), |(text, raw)| (text.len(), raw));
        let flags = [
            (unit.package, MODULE_PACKAGE),
            (unit.stdlib, MODULE_STDLIB),
            (unit.text, MODULE_TEXT),
        ];
        let flags = flags.iter().filter(|f| f.0).fold(0, |all, f| all | f.1);
        Ok(vec![
            Field::Word(self.string(unit.module.name.as_bytes())?),
            Field::Word(Word::Address(code)),
            Field::Word(Word::Address(addresses.cells)),
            Field::Word(Word::Address(names)),
            Field::U32(count),
            Field::U32(flags),
            Field::Word(self.string(unit.filename.as_bytes())?),
            Field::Word(addresses.source),
            Field::Word(Word::Number(source_len as u64)),
            Field::Word(Word::Number(raw_len as u64)),
            Field::Word(Word::Number(0)),
        ])
    }
}

/// The words of a module's cells, before it runs; none where all are zero.
pub fn cell_words(module: &pyaot_ir::Module) -> Option<Vec<u64>> {
    let words = size_of::<pyaot_abi::GlobalCell>() / 8;
    if module.free.is_empty() {
        return None;
    }
    let mut cells = vec![0; module.globals.len() * words];
    for global in &module.free {
        cells[global.index() * words + std::mem::offset_of!(pyaot_abi::GlobalCell, guard) / 8] = pyaot_abi::guard::FREE;
    }
    Some(cells)
}

/// Words of the run-time constants of a code object, where it has any.
pub fn const_cell_words(module: &pyaot_ir::Module, id: CodeId) -> Option<usize> {
    let consts = &module.codes[id.index()].consts;
    let made = |c: &ConstId| matches!(module.constant(*c), Const::FrozenSet(_));
    consts.iter().any(made).then_some(consts.len())
}

/// CPython: Objects/codeobject.c, intern_constants and should_intern_string: names, and single characters of Latin-1.
fn is_interned(points: &[u32]) -> bool {
    let name = |p: &u32| u8::try_from(*p).is_ok_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    points.iter().all(name) || (points.len() == 1 && points[0] < 0x100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_single_characters_are_interned() {
        let points = |s: &str| s.chars().map(u32::from).collect::<Vec<_>>();
        for (text, expect) in [
            ("", true),
            ("a_1", true),
            ("a b", false),
            (" ", true),
            ("é", true),
            ("日", false),
        ] {
            assert_eq!(is_interned(&points(text)), expect, "{text}");
        }
    }
}
