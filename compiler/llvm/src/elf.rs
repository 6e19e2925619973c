//! Object files written without LLVM: what all that are written so have in common.
use object::write::{Object, Relocation, Symbol, SymbolId, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind};
use object::{SectionKind, SymbolFlags, SymbolKind, SymbolScope};

pub fn elf_object() -> Object<'static> {
    Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little)
}

/// A symbol that another object defines.
pub fn undefined(object: &mut Object<'_>, name: &str) -> SymbolId {
    object.add_symbol(Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind: SymbolKind::Unknown,
        scope: SymbolScope::Unknown,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    })
}

/// The address of `symbol` and `addend` in the eight bytes at `offset`.
pub fn absolute64(offset: u64, symbol: SymbolId, addend: i64) -> Relocation {
    Relocation {
        offset,
        symbol,
        addend,
        flags: RelocationFlags::Generic {
            kind: RelocationKind::Absolute,
            encoding: RelocationEncoding::Generic,
            size: 64,
        },
    }
}

/// Without this section linkers make the stack executable.
pub fn add_stack_note(object: &mut Object<'_>) {
    object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
}
