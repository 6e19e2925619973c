//! The return-address table: for every function of an object file, which bytecode instruction each stretch of its code belongs to.
//!
//! In: an object file of the back end, whose `.debug_line` has the instruction index in the column. Out: a second object with
//! the section `pyaot_maps` (array of `FunctionMap`), by which the runtime finds frames without any cost in the functions.
use crate::failure::{Failure, Result};
use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget};
use object::write::{Symbol, SymbolSection};
use object::{SectionKind, SymbolFlags, SymbolKind, SymbolScope};
use pyaot_abi::FunctionMap;
use pyaot_llvm::elf::{absolute64, add_stack_note, elf_object, undefined};
use std::collections::BTreeMap;
use std::mem::{offset_of, size_of};

/// Bits of the pseudo address that leave room for the offset inside a section.
const SECTION_SHIFT: u32 = 40;

pub fn write(object_file: &[u8]) -> Result<Vec<u8>> {
    let fail = |message: &dyn std::fmt::Display| Failure::internal("return address table", message);
    let file = object::File::parse(object_file).map_err(|e| fail(&e))?;
    let rows = line_rows(&file)?;

    let mut out = elf_object();
    let maps = out.add_section(Vec::new(), b"pyaot_maps".to_vec(), SectionKind::Data);
    let data = out.add_section(Vec::new(), b".rodata.pyaot_rows".to_vec(), SectionKind::ReadOnlyData);
    let rows_symbol = out.add_symbol(Symbol {
        name: b".rows".to_vec(),
        value: 0,
        size: 0,
        kind: SymbolKind::Data,
        scope: SymbolScope::Compilation,
        weak: false,
        section: SymbolSection::Section(data),
        flags: SymbolFlags::None,
    });
    for (name, code, start, size) in functions(&file) {
        let table = table(&rows, start, size);
        let mut bytes = Vec::with_capacity(table.len() * 8);
        for (offset, position) in &table {
            bytes.extend_from_slice(&offset.to_le_bytes());
            bytes.extend_from_slice(&position.to_le_bytes());
        }
        let at = out.append_section_data(data, &bytes, 8);
        let mut entry = vec![0u8; size_of::<FunctionMap>()];
        let mut word = |at: usize, value: u32| entry[at..at + 4].copy_from_slice(&value.to_le_bytes());
        word(offset_of!(FunctionMap, size), size as u32);
        word(offset_of!(FunctionMap, row_count), table.len() as u32);
        let place = out.append_section_data(maps, &entry, 8);
        let function = undefined(&mut out, &name);
        let code = undefined(&mut out, &code);
        for (field, symbol, addend) in [
            (offset_of!(FunctionMap, start), function, 0),
            (offset_of!(FunctionMap, rows), rows_symbol, at as i64),
            (offset_of!(FunctionMap, code), code, 0),
        ] {
            out.add_relocation(maps, absolute64(place + field as u64, symbol, addend))
                .map_err(|e| fail(&e))?;
        }
    }
    add_stack_note(&mut out);
    out.write().map_err(|e| fail(&e))
}

/// Symbol of each compiled function, that of its code object, pseudo address and size.
fn functions(file: &object::File<'_>) -> Vec<(String, String, u64, u64)> {
    let mut functions: Vec<_> = file
        .symbols()
        .filter_map(|symbol| {
            let name = symbol.name().ok()?;
            let code = pyaot_llvm::code_symbol_of_function(name)?;
            let section = symbol.section_index()?;
            Some((
                name.to_string(),
                code,
                (section.0 as u64) << SECTION_SHIFT | symbol.address(),
                symbol.size(),
            ))
        })
        .collect();
    functions.sort();
    functions
}

/// Offset in a function and instruction index of each of its stretches.
fn table(rows: &BTreeMap<u64, u32>, start: u64, size: u64) -> Vec<(u32, u32)> {
    let mut table: Vec<(u32, u32)> = Vec::new();
    // The row before the start holds at the start only if it belongs to this function, which it does not.
    for (&address, &position) in rows.range(start..start + size) {
        if table.last().is_none_or(|(_, last)| *last != position) {
            table.push(((address - start) as u32, position));
        }
    }
    table
}

/// Machine code of one function, in bytes.
pub struct CodeSize {
    /// Symbol of its code object.
    pub code: String,
    pub bytes: u64,
    pub by_instruction: BTreeMap<u32, u64>,
}

/// The sizes of all functions of an object file.
pub fn code_sizes(object_file: &[u8]) -> Result<Vec<CodeSize>> {
    let file = object::File::parse(object_file).map_err(|e| Failure::internal("report", e))?;
    let rows = line_rows(&file)?;
    let sizes = functions(&file).into_iter().map(|(_, code, start, size)| {
        let mut by_instruction = BTreeMap::new();
        let table = table(&rows, start, size);
        for (i, (offset, instruction)) in table.iter().enumerate() {
            let end = table.get(i + 1).map_or(size, |next| u64::from(next.0));
            *by_instruction.entry(*instruction).or_default() += end - u64::from(*offset);
        }
        CodeSize {
            code,
            bytes: size,
            by_instruction,
        }
    });
    Ok(sizes.collect())
}

/// Bytes of code and of data that an object file brings into an executable.
pub fn section_bytes(object_file: &[u8]) -> Result<(u64, u64)> {
    let file = object::File::parse(object_file).map_err(|e| Failure::internal("report", e))?;
    let (mut code, mut data) = (0, 0);
    for section in file.sections() {
        let object::SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            continue;
        };
        if sh_flags.0 & object::elf::SHF_EXECINSTR.0 != 0 {
            code += section.size();
        } else if sh_flags.0 & object::elf::SHF_ALLOC.0 != 0 {
            data += section.size();
        }
    }
    Ok((code, data))
}

/// Pseudo address (section and offset) to instruction index, from all line programs.
fn line_rows(file: &object::File<'_>) -> Result<BTreeMap<u64, u32>> {
    let fail = |message: &dyn std::fmt::Display| Failure::internal("line table", message);
    let Some(section) = file.section_by_name(".debug_line") else {
        return Ok(BTreeMap::new());
    };
    let mut bytes = section.uncompressed_data().map_err(|e| fail(&e))?.into_owned();
    for (offset, relocation) in section.relocations() {
        // Only code addresses are 64 bits wide in DWARF 4 line tables.
        if relocation.size() != 64 {
            continue;
        }
        let value = match relocation.target() {
            RelocationTarget::Symbol(index) => {
                let symbol = file.symbol_by_index(index).map_err(|e| fail(&e))?;
                let section = symbol.section_index().map_or(0, |s| s.0 as u64);
                section << SECTION_SHIFT | symbol.address().wrapping_add_signed(relocation.addend())
            }
            RelocationTarget::Section(index) => (index.0 as u64) << SECTION_SHIFT | relocation.addend() as u64,
            _ => continue,
        };
        match bytes.get_mut(offset as usize..offset as usize + 8) {
            Some(place) => place.copy_from_slice(&value.to_le_bytes()),
            None => return Err(fail(&"relocation outside its section")),
        }
    }
    let lines = gimli::DebugLine::new(&bytes, gimli::LittleEndian);
    let mut rows = BTreeMap::new();
    let mut offset = 0;
    while offset < bytes.len() {
        let program = lines
            .program(gimli::DebugLineOffset(offset), 8, None, None)
            .map_err(|e| fail(&e))?;
        offset += program.header().unit_length() + 4;
        let mut state = program.rows();
        while let Some((_, row)) = state.next_row().map_err(|e| fail(&e))? {
            if row.end_sequence() {
                continue;
            }
            if let gimli::ColumnType::Column(column) = row.column() {
                rows.insert(row.address(), column.get() as u32 - 1);
            }
        }
    }
    Ok(rows)
}
