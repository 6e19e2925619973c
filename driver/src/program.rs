//! The root of the static data (`pyaot_program`), as an object file written without LLVM.
//!
//! In: the names of the linked modules. Out: an ELF object whose words refer to the modules' symbols.
use crate::failure::{Failure, Result};
use object::write::{Object, Symbol, SymbolId, SymbolSection};
use object::{SectionKind, SymbolFlags, SymbolKind, SymbolScope};
use pyaot_abi::{ABI_REVISION, ProgramStatic};
use pyaot_llvm::elf::{absolute64, add_stack_note, elf_object, undefined};
use std::mem::{offset_of, size_of};

pub struct Program<'a> {
    /// Sorted by name; `__main__` among them.
    pub modules: &'a [String],
    /// Native modules that the program can import.
    pub native: &'a [String],
    pub optimize: u32,
    pub build_flags: u32,
    /// `-W` and `-X` options, each with its letter.
    pub options: &'a [String],
}

pub fn write(program: &Program<'_>) -> Result<Vec<u8>> {
    let fail = |e: object::write::Error| Failure::internal("program object", e);
    let mut object = elf_object();
    let data = object.add_section(Vec::new(), b".data.rel.ro.pyaot_program".to_vec(), SectionKind::Data);
    let define = |object: &mut Object<'_>, name: &str, offset: u64, size: u64| {
        object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: offset,
            size,
            kind: SymbolKind::Data,
            scope: if name.starts_with('.') {
                SymbolScope::Compilation
            } else {
                SymbolScope::Linkage
            },
            weak: false,
            section: SymbolSection::Section(data),
            flags: SymbolFlags::None,
        })
    };

    let table = |object: &mut Object<'_>, label: &str, symbols: Vec<String>| {
        let size = 8 * symbols.len().max(1) as u64;
        let table = object.append_section_data(data, &vec![0; size as usize], 8);
        for (i, name) in symbols.iter().enumerate() {
            let symbol = undefined(object, name);
            object
                .add_relocation(data, absolute64(table + 8 * i as u64, symbol, 0))
                .map_err(fail)?;
        }
        Ok::<SymbolId, Failure>(define(object, label, table, size))
    };
    let modules = program
        .modules
        .iter()
        .map(|name| pyaot_llvm::module_symbol(name))
        .collect();
    let table_symbol = table(&mut object, ".modules", modules)?;
    let native = program
        .native
        .iter()
        .map(|name| format!("pyaot_native.{name}"))
        .collect();
    let native_symbol = table(&mut object, ".native", native)?;

    let mut text = Vec::new();
    for option in program.options {
        text.extend(option.bytes().filter(|b| *b != 0));
        text.push(0);
    }
    text.push(0);
    let options = object.append_section_data(data, &text, 8);
    let options_symbol = define(&mut object, ".options", options, text.len() as u64);

    let mut root = vec![0u8; size_of::<ProgramStatic>()];
    let mut word = |at: usize, value: u32| root[at..at + 4].copy_from_slice(&value.to_le_bytes());
    word(offset_of!(ProgramStatic, abi_revision), ABI_REVISION);
    word(offset_of!(ProgramStatic, module_count), program.modules.len() as u32);
    word(offset_of!(ProgramStatic, optimize), program.optimize);
    word(offset_of!(ProgramStatic, build_flags), program.build_flags);
    let count = (program.native.len() as u64).to_le_bytes();
    let at = offset_of!(ProgramStatic, native_count);
    root[at..at + 8].copy_from_slice(&count);
    let root_offset = object.append_section_data(data, &root, 16);
    define(&mut object, "pyaot_program", root_offset, root.len() as u64);
    let point = |object: &mut Object<'_>, at: usize, symbol: SymbolId| {
        object
            .add_relocation(data, absolute64(root_offset + at as u64, symbol, 0))
            .map_err(fail)
    };
    point(&mut object, offset_of!(ProgramStatic, modules), table_symbol)?;
    point(&mut object, offset_of!(ProgramStatic, native), native_symbol)?;
    point(&mut object, offset_of!(ProgramStatic, options), options_symbol)?;
    for (at, name) in [
        (offset_of!(ProgramStatic, main), pyaot_llvm::module_symbol("__main__")),
        (
            offset_of!(ProgramStatic, interned_start),
            "__start_pyaot_interned".to_string(),
        ),
        (
            offset_of!(ProgramStatic, interned_end),
            "__stop_pyaot_interned".to_string(),
        ),
        (offset_of!(ProgramStatic, maps_start), "__start_pyaot_maps".to_string()),
        (offset_of!(ProgramStatic, maps_end), "__stop_pyaot_maps".to_string()),
    ] {
        let symbol = undefined(&mut object, &name);
        point(&mut object, at, symbol)?;
    }
    add_stack_note(&mut object);
    object.write().map_err(fail)
}
