//! From an optimised instruction sequence to the code object: code bytes, line table, exception table, name tables.
//!
//! In: a unit's metadata and its instructions as codegen left them. Out: `CodeObject`.
//! CPython: Python/compile.c, optimize_and_assemble_code_unit; Python/assemble.c.

use pyaot_code::{CodeObject, Opcode, PyStr, co, kind};

use crate::flowgraph::{BlockId, Cfg, CfgInstr, ENTRY};
use crate::instr::{CompileFailure, InstructionSequence, Location, UnitMetadata};
use crate::linetable::LineTable;
use crate::names::Names;

/// Code units from the `SEND` of an `async for` to its `END_SEND`: monitoring wants `END_ASYNC_FOR` to point there.
const END_SEND_OFFSET: u32 = 5;

/// Optimises and assembles one unit. `code_flags` are `co_flags`; the caller has computed them. The unit's constants
/// are taken out of it.
pub fn optimize_and_assemble(
    unit: &mut UnitMetadata,
    instrs: InstructionSequence,
    code_flags: u32,
    filename: &PyStr,
    names: &Names,
) -> Result<CodeObject, CompileFailure> {
    Assembler::default().assemble(unit, instrs, code_flags, filename, names)
}

/// Optimiser and assembler; one for a whole module, so that their room is made once.
#[derive(Default)]
pub(crate) struct Assembler {
    cfg: Cfg,
    /// Instructions in their final order; the oparg of a jump is the index of its target until offsets are known.
    instrs: Vec<CfgInstr>,
    /// Jumps and the indices of their targets.
    jumps: Vec<(u32, u32)>,
    /// Code units of each instruction, and where it starts.
    sizes: Vec<u8>,
    offsets: Vec<u32>,
    bytes: Vec<u8>,
    /// Sequences that were read.
    spare: Vec<InstructionSequence>,
}

impl Assembler {
    /// An empty sequence, with the room of one that was read.
    pub(crate) fn new_sequence(&mut self) -> InstructionSequence {
        self.spare.pop().unwrap_or_default()
    }

    /// As `optimize_and_assemble`.
    pub(crate) fn assemble(
        &mut self,
        unit: &mut UnitMetadata,
        mut instrs: InstructionSequence,
        code_flags: u32,
        filename: &PyStr,
        names: &Names,
    ) -> Result<CodeObject, CompileFailure> {
        let optimized = self.cfg.optimize(unit, &mut instrs, code_flags)?;
        instrs.clear();
        self.spare.push(instrs);
        self.flatten()?;
        self.resolve_jump_offsets()?;
        let Some(name) = unit.name.map(|name| names.text(name)) else {
            return Err(CompileFailure::internal(
                "_PyAssemble_MakeCodeObject",
                "unit without name",
            ));
        };
        let (localsplusnames, localspluskinds) = localsplus(unit, optimized.nlocalsplus, code_flags, names)?;
        let code = CodeObject {
            argcount: (unit.posonlyargcount + unit.argcount) as u32,
            posonlyargcount: unit.posonlyargcount as u32,
            kwonlyargcount: unit.kwonlyargcount as u32,
            // CPython never makes an empty stack.
            stacksize: optimized.stackdepth.max(1),
            flags: code_flags,
            code: self.bytecode()?,
            consts: self.cfg.consts.take_values(),
            names: unit.names.iter().map(|name| names.text(name).clone()).collect(),
            localsplusnames,
            localspluskinds,
            filename: filename.clone(),
            qualname: unit.qualname.take().unwrap_or_else(|| name.clone()),
            name: name.clone(),
            firstlineno: unit.firstlineno,
            exceptiontable: self.exception_table()?,
            linetable: self.location_table(unit.firstlineno),
        };
        unit.consts = std::mem::take(&mut self.cfg.consts);
        Ok(code)
    }

    /// Lists the instructions of all blocks; pseudo-jumps get their direction.
    /// CPython: Python/flowgraph.c, _PyCfg_ToInstructionSequence; Python/assemble.c, resolve_unconditional_jumps
    fn flatten(&mut self) -> Result<(), CompileFailure> {
        self.instrs.clear();
        self.jumps.clear();
        let mut index = 0;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            self.cfg[b].index = index;
            index += self.cfg.instrs(b).len() as u32;
            cursor = self.cfg[b].next;
        }
        self.instrs.reserve(index as usize);
        let mut has_next_location = false;
        let mut cursor = Some(ENTRY);
        while let Some(b) = cursor {
            for instr in self.cfg.instrs(b) {
                let mut instr = *instr;
                has_next_location |= instr.loc.lineno == Location::NEXT_LOCATION.lineno;
                if instr.opcode.has_jump() {
                    let i = self.instrs.len() as u32;
                    let target = self.cfg[instr.jump_target("flatten")?].index;
                    if target >= index {
                        let message = format!("jump {i} to instruction {target} of {index}");
                        return Err(CompileFailure::internal("resolve_jump_offsets", message));
                    }
                    instr.oparg = target as i32;
                    instr.opcode = match (instr.opcode, target > i) {
                        (Opcode::JUMP | Opcode::JUMP_NO_INTERRUPT, true) => Opcode::JUMP_FORWARD,
                        (Opcode::JUMP, false) => Opcode::JUMP_BACKWARD,
                        (Opcode::JUMP_NO_INTERRUPT, false) => Opcode::JUMP_BACKWARD_NO_INTERRUPT,
                        (opcode, _) => opcode,
                    };
                    self.jumps.push((i, target));
                }
                self.instrs.push(instr);
            }
            cursor = self.cfg[b].next;
        }
        if has_next_location {
            let mut next = Location::NO_LOCATION;
            for instr in self.instrs.iter_mut().rev() {
                if instr.loc == Location::NEXT_LOCATION {
                    instr.loc = if instr.opcode.is_terminator() {
                        Location::NO_LOCATION
                    } else {
                        next
                    };
                }
                next = instr.loc;
            }
        }
        Ok(())
    }

    /// Jump opargs become distances; repeated until no jump needs another `EXTENDED_ARG`.
    /// CPython: Python/assemble.c, resolve_jump_offsets
    fn resolve_jump_offsets(&mut self) -> Result<(), CompileFailure> {
        self.sizes.clear();
        self.sizes.extend(self.instrs.iter().map(size));
        self.offsets.clear();
        self.offsets.resize(self.instrs.len() + 1, 0);
        loop {
            let mut total = 0u32;
            for (offset, size) in self.offsets.iter_mut().zip(&self.sizes) {
                *offset = total;
                total += u32::from(*size);
            }
            self.offsets[self.sizes.len()] = total;
            let mut changed = false;
            for &(i, target) in &self.jumps {
                let i = i as usize;
                let old = self.sizes[i];
                // Distances count from the end of the jump.
                let from = self.offsets[i] + u32::from(old);
                let to = self.offsets[target as usize];
                let instr = &mut self.instrs[i];
                let distance = if instr.opcode == Opcode::END_ASYNC_FOR {
                    from.wrapping_sub(to).wrapping_sub(END_SEND_OFFSET)
                } else {
                    from.abs_diff(to)
                };
                instr.oparg = i32::try_from(distance).map_err(|_| {
                    CompileFailure::internal("resolve_jump_offsets", format!("jump over {distance} code units"))
                })?;
                self.sizes[i] = size(instr);
                changed |= self.sizes[i] != old;
            }
            if !changed {
                return Ok(());
            }
        }
    }

    /// CPython: Python/assemble.c, write_instr
    fn bytecode(&self) -> Result<Vec<u8>, CompileFailure> {
        let total = self.offsets.last().map_or(0, |total| *total as usize);
        let mut out = vec![0; 2 * total];
        for ((instr, size), offset) in self.instrs.iter().zip(&self.sizes).zip(&self.offsets) {
            let Ok(opcode) = u8::try_from(instr.opcode.number()) else {
                return Err(CompileFailure::internal(
                    "write_instr",
                    format!("{} in final code", instr.opcode),
                ));
            };
            let bytes = instr.oparg.to_be_bytes();
            let mut at = 2 * *offset as usize;
            if instr.oparg as u32 > 0xff {
                let extended = usize::from(*size) - 1 - instr.opcode.caches();
                for &byte in &bytes[3 - extended..3] {
                    out[at..at + 2].copy_from_slice(&[Opcode::EXTENDED_ARG.number() as u8, byte]);
                    at += 2;
                }
            }
            out[at..at + 2].copy_from_slice(&[opcode, bytes[3]]);
        }
        Ok(out)
    }

    /// CPython: Python/assemble.c, assemble_location_info
    fn location_table(&mut self, firstlineno: i32) -> Vec<u8> {
        let mut table = LineTable::new(firstlineno, std::mem::take(&mut self.bytes));
        let mut loc = Location::NO_LOCATION;
        let mut start = 0;
        for (instr, offset) in self.instrs.iter().zip(&self.offsets) {
            if instr.loc != loc {
                table.add(loc, offset - start);
                loc = instr.loc;
                start = *offset;
            }
        }
        let total = self.offsets.last().map_or(0, |total| *total);
        table.add(loc, total - start);
        self.bytes = table.into_bytes();
        self.bytes.as_slice().into()
    }

    /// CPython: Python/assemble.c, assemble_exception_table
    fn exception_table(&mut self) -> Result<Vec<u8>, CompileFailure> {
        if !self.cfg.has_handlers() {
            return Ok(Vec::new());
        }
        let mut out = std::mem::take(&mut self.bytes);
        out.clear();
        let mut handler: Option<BlockId> = None;
        let mut start = 0;
        for (instr, &offset) in self.instrs.iter().zip(&self.offsets) {
            if instr.except != handler && instr.except.map(|b| self.cfg[b].index) != handler.map(|b| self.cfg[b].index)
            {
                self.exception_table_entry(&mut out, start, offset, handler)?;
                start = offset;
                handler = instr.except;
            }
        }
        let total = self.offsets.last().map_or(0, |total| *total);
        self.exception_table_entry(&mut out, start, total, handler)?;
        let table = out.as_slice().into();
        self.bytes = out;
        Ok(table)
    }

    /// CPython: Python/assemble.c, assemble_emit_exception_table_entry
    fn exception_table_entry(
        &self,
        out: &mut Vec<u8>,
        start: u32,
        end: u32,
        handler: Option<BlockId>,
    ) -> Result<(), CompileFailure> {
        let Some(handler) = handler.map(|handler| &self.cfg[handler]) else {
            return Ok(());
        };
        let depth = handler.startdepth - 1 - i32::from(handler.preserve_lasti);
        let (Some(&target), Ok(depth)) = (self.offsets.get(handler.index as usize), u32::try_from(depth)) else {
            return Err(CompileFailure::internal(
                "assemble_exception_table",
                format!("bad handler {handler:?}"),
            ));
        };
        let depth_lasti = depth << 1 | u32::from(handler.preserve_lasti);
        // The first byte of an entry is marked, so that a search can start anywhere.
        for (value, mark) in [(start, 0x80), (end - start, 0), (target, 0), (depth_lasti, 0)] {
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
}

/// Code units of an instruction with its `EXTENDED_ARG`s and caches. CPython: Python/assemble.c, instr_size
#[inline]
fn size(instr: &CfgInstr) -> u8 {
    let extended = match instr.oparg as u32 {
        0..=0xff => 0,
        0x100..=0xffff => 1,
        0x1_0000..=0xff_ffff => 2,
        _ => 3,
    };
    extended + 1 + instr.opcode.caches() as u8
}

/// Names and kinds of the slots. CPython: Python/assemble.c, compute_localsplus_info
fn localsplus(
    unit: &UnitMetadata,
    total: usize,
    code_flags: u32,
    texts: &Names,
) -> Result<(Vec<PyStr>, Vec<u8>), CompileFailure> {
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
        if unit.fasthidden.contains(name) {
            flags |= kind::HIDDEN;
        }
        if unit.cellvars.contains(name) {
            flags |= kind::CELL;
        }
        names.push(texts.text(name).clone());
        kinds.push(flags);
    }
    for name in unit.cellvars.iter().filter(|name| !unit.varnames.contains(*name)) {
        names.push(texts.text(name).clone());
        kinds.push(kind::CELL);
    }
    for name in unit.freevars.iter() {
        names.push(texts.text(name).clone());
        kinds.push(kind::FREE);
    }
    if names.len() != total {
        let message = format!("{} names for {total} slots", names.len());
        return Err(CompileFailure::internal("compute_localsplus_info", message));
    }
    Ok((names, kinds))
}
