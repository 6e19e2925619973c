//! The object of a module's data, written without LLVM: code objects, constants, cells and the root.
//!
//! In: a unit whose functions are in other objects. Out: an ELF object. An edit makes all of it anew, so it must be quick.
use crate::constants::{
    CodeAddresses, Constants, Field, Place, RootAddresses, Sink, Word, cell_words, const_cell_words,
};
use crate::elf::{absolute64, add_stack_note, elf_object, undefined};
use crate::{Error, Unit, symbols};
use object::write::{Comdat, Object, SectionId, Symbol, SymbolId, SymbolSection};
use object::{ComdatKind, SectionFlags, SectionKind, SymbolFlags, SymbolKind, SymbolScope, elf};
use pyaot_ir::CodeId;
use std::collections::HashMap;

/// A place in the object file.
#[derive(Clone, Copy)]
struct Address {
    symbol: SymbolId,
    addend: i64,
}

impl From<SymbolId> for Address {
    fn from(symbol: SymbolId) -> Address {
        Address { symbol, addend: 0 }
    }
}

/// The object file as the place of static objects.
struct File {
    object: Object<'static>,
    /// Symbols that are named, whether they are defined yet or not.
    symbols: HashMap<String, SymbolId>,
    data: SectionId,
    zero: SectionId,
    read_only: SectionId,
    failed: Option<object::write::Error>,
}

const ALIGN: u64 = 16;

/// The object of the data of `unit`, whose functions other objects hold.
pub fn write(unit: &Unit<'_>) -> Result<Vec<u8>, Error> {
    let codes = crate::checked_codes(unit)?;
    let names = symbols::code_names(&unit.module.name, &codes);
    let mut constants = Constants::new(File::new(), unit, &names);
    let module = unit.module;
    let cells = constants.sink.cells(module);
    let source = unit.source.map_or(Word::Number(0), |(text, _)| {
        let file = &mut constants.sink;
        let at = file.object.append_section_data(file.read_only, text, 1);
        Word::Address(file.inside(file.read_only, at))
    });
    let root = constants.sink.symbol(&symbols::module_symbol(&module.name));
    for (index, code) in codes.iter().enumerate() {
        let id = CodeId(index as u32);
        let name = constants.name(id)?;
        let info = &module.codes[index];
        let addresses = {
            let file = &mut constants.sink;
            let mut function = |index: Option<u32>, symbol: String| match index {
                Some(_) => Word::Address(file.symbol(&symbol).into()),
                None => Word::Number(0),
            };
            CodeAddresses {
                direct: function(info.direct, symbols::direct_symbol(name)),
                resume: function(info.resume, symbols::resume_symbol(name)),
                root: root.into(),
                const_cells: file.const_cells(module, id, name),
            }
        };
        let fields = constants.code_fields(id, code, addresses)?;
        constants.sink.define(&symbols::code_symbol(name), &fields);
    }
    let fields = constants.root_fields(RootAddresses { cells, source })?;
    constants.sink.define(&symbols::module_symbol(&module.name), &fields);
    constants.sink.finish().map_err(|e| Error(e.to_string()))
}

impl File {
    fn new() -> File {
        let mut object = elf_object();
        let mut section = |name: &[u8], kind| object.add_section(Vec::new(), name.to_vec(), kind);
        let data = section(b".data.pyaot", SectionKind::Data);
        let zero = section(b".bss.pyaot", SectionKind::UninitializedData);
        let read_only = section(b".rodata.pyaot", SectionKind::ReadOnlyData);
        File {
            object,
            symbols: HashMap::new(),
            data,
            zero,
            read_only,
            failed: None,
        }
    }

    fn finish(mut self) -> Result<Vec<u8>, object::write::Error> {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        add_stack_note(&mut self.object);
        self.object.write()
    }

    fn symbol(&mut self, name: &str) -> SymbolId {
        if let Some(symbol) = self.symbols.get(name) {
            return *symbol;
        }
        let symbol = undefined(&mut self.object, name);
        self.symbols.insert(name.to_string(), symbol);
        symbol
    }

    fn inside(&mut self, section: SectionId, at: u64) -> Address {
        Address {
            symbol: self.object.section_symbol(section),
            addend: at as i64,
        }
    }

    /// Says where a symbol is that other objects name.
    fn place(&mut self, name: &str, section: SectionId, at: u64, size: u64, weak: bool) -> SymbolId {
        let id = self.symbol(name);
        let symbol = Symbol {
            name: name.as_bytes().to_vec(),
            value: at,
            size,
            kind: SymbolKind::Data,
            scope: SymbolScope::Linkage,
            weak,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        };
        *self.object.symbol_mut(id) = symbol;
        id
    }

    /// Appends an object to a section.
    fn append(&mut self, section: SectionId, fields: &[Field<Address>], align: u64) -> (u64, u64) {
        let mut bytes = Vec::with_capacity(128);
        let mut addresses = Vec::new();
        let mut word = |bytes: &mut Vec<u8>, word: &Word<Address>| match word {
            Word::Number(n) => bytes.extend(n.to_le_bytes()),
            Word::Address(address) => {
                addresses.push((bytes.len() as u64, *address));
                bytes.extend([0; 8]);
            }
        };
        for field in fields {
            match field {
                Field::U32(n) => bytes.extend(n.to_le_bytes()),
                Field::Word(one) => word(&mut bytes, one),
                Field::Words(all) => all.iter().for_each(|one| word(&mut bytes, one)),
                Field::Bytes(text) => bytes.extend(text),
            }
        }
        let at = self.object.append_section_data(section, &bytes, align);
        for (offset, to) in addresses {
            let relocation = absolute64(at + offset, to.symbol, to.addend);
            if let Err(failure) = self.object.add_relocation(section, relocation) {
                self.failed = Some(failure);
            }
        }
        (at, bytes.len() as u64)
    }

    /// Defines a symbol of this module.
    fn define(&mut self, name: &str, fields: &[Field<Address>]) {
        let (at, size) = self.append(self.data, fields, ALIGN);
        self.place(name, self.data, at, size, false);
    }

    /// Defines a symbol in a section of its own, which other objects may have as well.
    fn shared(&mut self, name: &str, fields: &[Field<Address>]) -> (SymbolId, SectionId) {
        let section = self.member(b".data");
        let (at, size) = self.append(section, fields, ALIGN);
        (self.place(name, section, at, size, true), section)
    }

    /// A section of a group.
    fn member(&mut self, name: &[u8]) -> SectionId {
        let section = self.object.add_section(Vec::new(), name.to_vec(), SectionKind::Data);
        self.object.section_mut(section).flags = SectionFlags::Elf {
            sh_type: elf::SHT_PROGBITS,
            sh_flags: elf::SHF_ALLOC | elf::SHF_WRITE | elf::SHF_GROUP,
        };
        section
    }

    fn group(&mut self, symbol: SymbolId, sections: Vec<SectionId>) {
        self.object.add_comdat(Comdat {
            kind: ComdatKind::Any,
            symbol,
            sections,
        });
    }

    /// The cells of a module's global variables, with a symbol for each.
    fn cells(&mut self, module: &pyaot_ir::Module) -> Address {
        let each = size_of::<pyaot_abi::GlobalCell>() as u64;
        let size = each * module.globals.len() as u64;
        let (section, at) = match cell_words(module) {
            None => (self.zero, self.object.append_section_bss(self.zero, size, ALIGN)),
            Some(words) => {
                let words = words.into_iter().map(Word::Number).collect();
                (self.data, self.append(self.data, &[Field::Words(words)], ALIGN).0)
            }
        };
        for index in 0..module.globals.len() {
            let symbol = symbols::cell_symbol_of(module, pyaot_ir::GlobalId(index as u32));
            self.place(&symbol, section, at + each * index as u64, each, false);
        }
        self.inside(section, at)
    }

    /// Room for the run-time constants of a code object.
    fn const_cells(&mut self, module: &pyaot_ir::Module, id: CodeId, name: &str) -> Word<Address> {
        let Some(words) = const_cell_words(module, id) else {
            return Word::Number(0);
        };
        let size = 8 * words as u64;
        let at = self.object.append_section_bss(self.zero, size, ALIGN);
        let symbol = self.place(&symbols::const_cells_symbol(name), self.zero, at, size, false);
        Word::Address(symbol.into())
    }
}

impl Sink for File {
    type Address = Address;

    fn runtime(&mut self, symbol: &str) -> Address {
        self.symbol(symbol).into()
    }

    fn code(&mut self, _: CodeId, symbol: &str) -> Address {
        self.symbol(symbol).into()
    }

    fn put(&mut self, place: Place<'_>, fields: &[Field<Address>]) -> Address {
        match place {
            Place::Own(_) => {
                let (at, _) = self.append(self.data, fields, ALIGN);
                self.inside(self.data, at)
            }
            Place::Shared(name) => {
                let (symbol, section) = self.shared(name, fields);
                self.group(symbol, vec![section]);
                symbol.into()
            }
            Place::Interned(content) => {
                let (symbol, section) = self.shared(&format!("pyaot_str:{content}"), fields);
                let entries = self.member(b"pyaot_interned");
                let (at, size) = self.append(entries, &[Field::Word(Word::Address(symbol.into()))], 8);
                self.place(&format!("pyaot_istr:{content}"), entries, at, size, true);
                self.group(symbol, vec![section, entries]);
                symbol.into()
            }
        }
    }
}
