//! From an optimised instruction sequence to the code object: code bytes, line table, exception table, name tables.
//!
//! In: a unit's metadata and its instructions as codegen left them. Out: `CodeObject`.
//! CPython: Python/compile.c, optimize_and_assemble_code_unit; Python/assemble.c.

use pyaot_code::{CodeObject, Opcode, PyStr, co, kind};

use crate::flowgraph;
use crate::instr::{CompileFailure, ExceptHandlerInfo, Instr, InstructionSequence, Location, UnitMetadata};
use crate::linetable::LineTable;

/// Code units from the `SEND` of an `async for` to its `END_SEND`: monitoring wants `END_ASYNC_FOR` to point there.
const END_SEND_OFFSET: usize = 5;

/// Optimises and assembles one unit. `code_flags` are `co_flags`; the caller has computed them. The unit's constants
/// are taken out of it.
pub fn optimize_and_assemble(
    unit: &mut UnitMetadata,
    instrs: InstructionSequence,
    code_flags: u32,
    filename: &PyStr,
) -> Result<CodeObject, CompileFailure> {
    let optimized = flowgraph::optimize(unit, instrs, code_flags)?;
    let mut instrs = optimized.instrs.instrs;
    resolve_unconditional_jumps(&mut instrs);
    resolve_jump_offsets(&mut instrs)?;
    let Some(name) = unit.name.clone() else {
        return Err(CompileFailure::internal(
            "_PyAssemble_MakeCodeObject",
            "unit without name",
        ));
    };
    let (localsplusnames, localspluskinds) = localsplus(unit, optimized.nlocalsplus, code_flags)?;
    Ok(CodeObject {
        argcount: (unit.posonlyargcount + unit.argcount) as u32,
        posonlyargcount: unit.posonlyargcount as u32,
        kwonlyargcount: unit.kwonlyargcount as u32,
        // CPython never makes an empty stack.
        stacksize: optimized.stackdepth.max(1),
        flags: code_flags,
        code: bytecode(&instrs)?,
        consts: optimized.consts.into_values(),
        names: unit.names.as_slice().to_vec(),
        localsplusnames,
        localspluskinds,
        filename: filename.clone(),
        qualname: unit.qualname.clone().unwrap_or_else(|| name.clone()),
        name,
        firstlineno: unit.firstlineno,
        exceptiontable: exception_table(&instrs)?,
        linetable: location_table(&mut instrs, unit.firstlineno),
    })
}

/// Code units of an instruction with its `EXTENDED_ARG`s and caches. CPython: Python/assemble.c, instr_size
fn instr_size(opcode: Opcode, oparg: u32) -> usize {
    let extended = match oparg {
        0..=0xff => 0,
        0x100..=0xffff => 1,
        0x1_0000..=0xff_ffff => 2,
        _ => 3,
    };
    extended + 1 + opcode.caches()
}

fn size(instr: &Instr) -> usize {
    instr_size(instr.opcode, instr.oparg as u32)
}

/// Pseudo-jumps get their direction. CPython: Python/assemble.c, resolve_unconditional_jumps
fn resolve_unconditional_jumps(instrs: &mut [Instr]) {
    for (i, instr) in instrs.iter_mut().enumerate() {
        let is_forward = instr.oparg > i as i32;
        instr.opcode = match (instr.opcode, is_forward) {
            (Opcode::JUMP | Opcode::JUMP_NO_INTERRUPT, true) => Opcode::JUMP_FORWARD,
            (Opcode::JUMP, false) => Opcode::JUMP_BACKWARD,
            (Opcode::JUMP_NO_INTERRUPT, false) => Opcode::JUMP_BACKWARD_NO_INTERRUPT,
            (opcode, _) => opcode,
        };
    }
}

/// Jump opargs become distances; repeated until no jump needs another `EXTENDED_ARG`.
/// CPython: Python/assemble.c, resolve_jump_offsets
fn resolve_jump_offsets(instrs: &mut [Instr]) -> Result<(), CompileFailure> {
    let targets: Vec<(usize, usize)> = instrs
        .iter()
        .enumerate()
        .filter(|(_, instr)| instr.opcode.has_jump())
        .map(|(i, instr)| (i, instr.oparg as usize))
        .collect();
    if let Some((i, target)) = targets.iter().find(|(_, target)| *target >= instrs.len()) {
        let message = format!("jump {i} to instruction {target} of {}", instrs.len());
        return Err(CompileFailure::internal("resolve_jump_offsets", message));
    }
    let mut offsets = vec![0; instrs.len()];
    loop {
        let mut total = 0;
        for (offset, instr) in offsets.iter_mut().zip(instrs.iter()) {
            *offset = total;
            total += size(instr);
        }
        let mut changed = false;
        for &(i, target) in &targets {
            let old = size(&instrs[i]);
            // Distances count from the end of the jump.
            let from = offsets[i] + old;
            let to = offsets[target];
            let distance = if instrs[i].opcode == Opcode::END_ASYNC_FOR {
                from.wrapping_sub(to).wrapping_sub(END_SEND_OFFSET)
            } else {
                from.abs_diff(to)
            };
            instrs[i].oparg = i32::try_from(distance).map_err(|_| {
                CompileFailure::internal("resolve_jump_offsets", format!("jump over {distance} code units"))
            })?;
            changed |= size(&instrs[i]) != old;
        }
        if !changed {
            return Ok(());
        }
    }
}

/// CPython: Python/assemble.c, write_instr
fn bytecode(instrs: &[Instr]) -> Result<Vec<u8>, CompileFailure> {
    let mut out = Vec::with_capacity(instrs.len() * 4);
    for instr in instrs {
        let Ok(opcode) = u8::try_from(instr.opcode.number()) else {
            return Err(CompileFailure::internal(
                "write_instr",
                format!("{} in final code", instr.opcode),
            ));
        };
        let bytes = instr.oparg.to_be_bytes();
        let skip = bytes.iter().take(3).take_while(|&&byte| byte == 0).count();
        for &byte in &bytes[skip..3] {
            out.extend_from_slice(&[Opcode::EXTENDED_ARG.number() as u8, byte]);
        }
        out.extend_from_slice(&[opcode, bytes[3]]);
        out.resize(out.len() + 2 * instr.opcode.caches(), 0);
    }
    Ok(out)
}

/// CPython: Python/assemble.c, assemble_location_info
fn location_table(instrs: &mut [Instr], firstlineno: i32) -> Vec<u8> {
    let mut next = Location::NO_LOCATION;
    for instr in instrs.iter_mut().rev() {
        if instr.loc == Location::NEXT_LOCATION {
            instr.loc = if instr.opcode.is_terminator() {
                Location::NO_LOCATION
            } else {
                next
            };
        }
        next = instr.loc;
    }
    let mut table = LineTable::new(firstlineno);
    let mut loc = Location::NO_LOCATION;
    let mut units = 0;
    for instr in instrs.iter() {
        if instr.loc != loc {
            table.add(loc, units);
            loc = instr.loc;
            units = 0;
        }
        units += size(instr);
    }
    table.add(loc, units);
    table.into_bytes()
}

/// CPython: Python/assemble.c, assemble_exception_table
fn exception_table(instrs: &[Instr]) -> Result<Vec<u8>, CompileFailure> {
    let mut offsets = Vec::with_capacity(instrs.len() + 1);
    let mut total = 0;
    for instr in instrs {
        offsets.push(total);
        total += size(instr);
    }
    let mut out = Vec::new();
    let mut handler = ExceptHandlerInfo::NONE;
    let mut start = 0;
    for (i, instr) in instrs.iter().enumerate() {
        if instr.handler.label != handler.label {
            exception_table_entry(&mut out, &offsets, start, offsets[i], handler)?;
            start = offsets[i];
            handler = instr.handler;
        }
    }
    exception_table_entry(&mut out, &offsets, start, total, handler)?;
    Ok(out)
}

/// CPython: Python/assemble.c, assemble_emit_exception_table_entry
fn exception_table_entry(
    out: &mut Vec<u8>,
    offsets: &[usize],
    start: usize,
    end: usize,
    handler: ExceptHandlerInfo,
) -> Result<(), CompileFailure> {
    let Ok(label) = usize::try_from(handler.label) else {
        return Ok(());
    };
    let depth = handler.start_depth - 1 - i32::from(handler.preserve_lasti);
    let (Some(&target), Ok(depth)) = (offsets.get(label), u32::try_from(depth)) else {
        return Err(CompileFailure::internal(
            "assemble_exception_table",
            format!("bad handler {handler:?}"),
        ));
    };
    let depth_lasti = depth << 1 | u32::from(handler.preserve_lasti);
    // The first byte of an entry is marked, so that a search can start anywhere.
    for (value, mark) in [(start, 0x80), (end - start, 0), (target, 0), (depth_lasti as usize, 0)] {
        let mut mark = mark;
        for shift in [24, 18, 12, 6] {
            if value >> shift != 0 {
                out.push((value >> shift & 0x3f) as u8 | 0x40 | mark);
                mark = 0;
            }
        }
        out.push((value & 0x3f) as u8 | mark);
    }
    Ok(())
}

/// Names and kinds of the slots. CPython: Python/assemble.c, compute_localsplus_info
fn localsplus(unit: &UnitMetadata, total: usize, code_flags: u32) -> Result<(Vec<PyStr>, Vec<u8>), CompileFailure> {
    let arg_kinds = [
        (unit.posonlyargcount, kind::ARG_POS),
        (unit.argcount, kind::ARG_POS | kind::ARG_KW),
        (unit.kwonlyargcount, kind::ARG_KW),
        (
            usize::from(code_flags & co::VARARGS != 0),
            kind::ARG_VAR | kind::ARG_POS,
        ),
        (
            usize::from(code_flags & co::VARKEYWORDS != 0),
            kind::ARG_VAR | kind::ARG_KW,
        ),
    ];
    let mut arg_kinds = arg_kinds
        .iter()
        .flat_map(|&(count, kind)| std::iter::repeat_n(kind, count));
    let mut names = Vec::with_capacity(total);
    let mut kinds = Vec::with_capacity(total);
    for name in unit.varnames.iter() {
        let mut flags = kind::LOCAL | arg_kinds.next().unwrap_or(0);
        if unit.fasthidden.contains_key(name) {
            flags |= kind::HIDDEN;
        }
        if unit.cellvars.contains(name) {
            flags |= kind::CELL;
        }
        names.push(name.clone());
        kinds.push(flags);
    }
    for name in unit.cellvars.iter().filter(|name| !unit.varnames.contains(name)) {
        names.push(name.clone());
        kinds.push(kind::CELL);
    }
    for name in unit.freevars.iter() {
        names.push(name.clone());
        kinds.push(kind::FREE);
    }
    if names.len() != total {
        let message = format!("{} names for {total} slots", names.len());
        return Err(CompileFailure::internal("compute_localsplus_info", message));
    }
    Ok((names, kinds))
}
