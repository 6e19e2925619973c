//! The text of `python3.14 -m dis FILE`.
//!
//! In: a code object, read from a file or compiled. Out: its disassembly and those of all nested code objects.
//! Addresses in reprs of code objects are `0x0`, so that the text is the same from run to run.
//! CPython: Lib/dis.py.

use std::collections::{BTreeSet, HashMap};

use crate::object::{BadCode, CodeObject, Constant};
use crate::opcode::{
    CMP_OP, INTRINSIC_1_NAMES, INTRINSIC_2_NAMES, NB_OPS, Opcode, SPECIAL_METHOD_NAMES, common_constant,
};
use crate::repr::{code_repr, repr};
use crate::tables::{ExceptionEntry, Position};

const OPNAME_WIDTH: usize = 20;
const OPARG_WIDTH: usize = 5;
const NO_LINENO: &str = "  --";
const FUNCTION_ATTR_FLAGS: [&str; 5] = ["defaults", "kwdefaults", "annotations", "closure", "annotate"];
/// Inline caches of 3.14 with more than a counter: name and size of each in code units.
const CACHE_FORMAT: [(Opcode, &[(&str, usize)]); 7] = [
    (
        Opcode::LOAD_GLOBAL,
        &[
            ("counter", 1),
            ("index", 1),
            ("module_keys_version", 1),
            ("builtin_keys_version", 1),
        ],
    ),
    (Opcode::BINARY_OP, &[("counter", 1), ("descr", 4)]),
    (
        Opcode::LOAD_ATTR,
        &[("counter", 1), ("version", 2), ("keys_version", 2), ("descr", 4)],
    ),
    (Opcode::STORE_ATTR, &[("counter", 1), ("version", 2), ("index", 1)]),
    (Opcode::CALL, &[("counter", 1), ("func_version", 2)]),
    (Opcode::CALL_KW, &[("counter", 1), ("func_version", 2)]),
    (Opcode::TO_BOOL, &[("counter", 1), ("version", 2)]),
];

/// The options of `python3.14 -m dis`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DisOptions {
    /// `-C`
    pub show_caches: bool,
    /// `-O`
    pub show_offsets: bool,
    /// `-P`
    pub show_positions: bool,
    /// `-S`: code that never ran is not specialised, but the counters in its caches are set.
    pub specialized: bool,
}

/// Disassembles `code` and, after it, the code objects among its constants.
pub fn dis(code: &CodeObject, options: DisOptions) -> Result<String, BadCode> {
    let mut out = String::new();
    dis_recursive(&mut out, code, options)?;
    Ok(out)
}

fn dis_recursive(out: &mut String, code: &CodeObject, options: DisOptions) -> Result<(), BadCode> {
    Disassembly::new(code, options)?.print(out)?;
    for value in &code.consts {
        if let Constant::Code(inner) = value {
            out.push_str(&format!("\nDisassembly of {}:\n", code_repr(inner)));
            dis_recursive(out, inner, options)?;
        }
    }
    Ok(())
}

/// One line of text: an instruction or an `EXTENDED_ARG`.
struct Unit {
    offset: usize,
    opcode: Opcode,
    oparg: u32,
}

struct Disassembly<'a> {
    code: &'a CodeObject,
    options: DisOptions,
    units: Vec<Unit>,
    positions: Vec<Position>,
    line_starts: HashMap<usize, Option<i32>>,
    entries: Vec<ExceptionEntry>,
    labels: HashMap<i64, usize>,
    lineno_width: usize,
    label_width: usize,
    offset_width: usize,
}

impl<'a> Disassembly<'a> {
    fn new(code: &'a CodeObject, options: DisOptions) -> Result<Disassembly<'a>, BadCode> {
        let mut units = Vec::new();
        for instr in code.instructions()? {
            let mut oparg = 0u32;
            for offset in (instr.start_offset..instr.offset).step_by(2) {
                oparg = oparg << 8 | u32::from(code.code[offset as usize + 1]);
                units.push(Unit {
                    offset: offset as usize,
                    opcode: Opcode::EXTENDED_ARG,
                    oparg,
                });
            }
            units.push(Unit {
                offset: instr.offset as usize,
                opcode: instr.opcode,
                oparg: instr.oparg,
            });
        }
        let entries = code.exception_entries();
        let mut targets: BTreeSet<i64> = units.iter().filter_map(jump_target).collect();
        for entry in &entries {
            targets.extend([i64::from(entry.start), i64::from(entry.end), i64::from(entry.target)]);
        }
        let labels: HashMap<i64, usize> = targets.into_iter().zip(1..).collect();
        let line_starts = line_starts(code);
        let positions = code.positions();
        let lineno_width = if options.show_positions {
            positions_width(&positions)
        } else {
            lineno_width(&line_starts)
        };
        let label_width = 4 + labels.len().to_string().len();
        let last_offset = code.code.len().saturating_sub(2).max(9999);
        let offset_width = if options.show_offsets {
            last_offset.to_string().len()
        } else {
            0
        };
        Ok(Disassembly {
            code,
            options,
            units,
            positions,
            line_starts,
            entries,
            labels,
            lineno_width,
            label_width,
            offset_width,
        })
    }

    fn print(&self, out: &mut String) -> Result<(), BadCode> {
        for unit in &self.units {
            let arg = unit.opcode.has_arg().then_some(unit.oparg);
            let starts_line = self.line_starts.get(&unit.offset).copied();
            let detail = match arg {
                Some(_) => self.argrepr(unit)?,
                None => String::new(),
            };
            self.print_line(out, unit.offset, unit.opcode, arg, &detail, starts_line, unit.offset);
            if self.options.show_caches {
                self.print_caches(out, unit);
            }
        }
        if !self.entries.is_empty() {
            out.push_str("ExceptionTable:\n");
            for entry in &self.entries {
                let label = |offset: u32| self.labels.get(&i64::from(offset)).copied().unwrap_or(0);
                let lasti = if entry.lasti { " lasti" } else { "" };
                out.push_str(&format!(
                    "  L{} to L{} -> L{} [{}]{lasti}\n",
                    label(entry.start),
                    label(entry.end),
                    label(entry.target),
                    entry.depth
                ));
            }
        }
        Ok(())
    }

    fn print_caches(&self, out: &mut String, unit: &Unit) {
        let caches = unit.opcode.caches();
        if caches == 0 {
            return;
        }
        let format = CACHE_FORMAT.iter().find(|(opcode, _)| *opcode == unit.opcode);
        let format = format.map_or(&[("counter", 1)][..], |(_, format)| format);
        let mut offset = unit.offset;
        for &(name, size) in format {
            for i in 0..size {
                offset += 2;
                let value = if name == "counter" && self.options.specialized {
                    counter(unit.opcode)
                } else {
                    0
                };
                let detail = if i == 0 {
                    format!("{name}: {value}")
                } else {
                    String::new()
                };
                self.print_line(out, offset, Opcode::CACHE, Some(0), &detail, None, unit.offset);
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn print_line(
        &self,
        out: &mut String,
        offset: usize,
        opcode: Opcode,
        arg: Option<u32>,
        detail: &str,
        starts_line: Option<Option<i32>>,
        position_of: usize,
    ) {
        if self.lineno_width > 0 && starts_line.is_some() && offset > 0 {
            out.push('\n');
        }
        let mut fields = Vec::new();
        let width = self.lineno_width;
        if width > 0 {
            fields.push(if self.options.show_positions {
                format!("{:width$}", position_text(self.positions.get(position_of / 2)))
            } else {
                match starts_line {
                    Some(Some(line)) => format!("{line:>width$}"),
                    Some(None) => format!("{NO_LINENO:>width$}"),
                    None => " ".repeat(width),
                }
            });
        }
        let label = match self.labels.get(&(offset as i64)) {
            Some(label) if opcode != Opcode::CACHE => format!("L{label}:"),
            _ => String::new(),
        };
        fields.push(format!("{label:>0$}", self.label_width));
        if self.offset_width > 0 {
            fields.push(format!("{offset:>0$}  ", self.offset_width));
        }
        fields.push("   ".into());
        fields.push(format!("{opcode:<OPNAME_WIDTH$}"));
        if let Some(arg) = arg {
            let excess = opcode.name().len().saturating_sub(OPNAME_WIDTH);
            fields.push(format!("{:>1$}", arg as i32, OPARG_WIDTH.saturating_sub(excess)));
            if !detail.is_empty() {
                fields.push(format!("({detail})"));
            }
        }
        let line = fields.join(" ");
        out.push_str(line.trim_end());
        out.push('\n');
    }

    /// CPython: Lib/dis.py, ArgResolver.get_argval_argrepr
    fn argrepr(&self, unit: &Unit) -> Result<String, BadCode> {
        let arg = unit.oparg as usize;
        let bad = |what: &str| BadCode {
            offset: unit.offset as u32,
            message: format!("{} {what} {arg}", unit.opcode),
        };
        let entry = |table: &[&str], i: usize| table.get(i).map(|s| s.to_string()).ok_or_else(|| bad("of operand"));
        let name = |i: usize| {
            self.code
                .names
                .get(i)
                .map(|n| n.to_string_lossy())
                .ok_or_else(|| bad("of name"))
        };
        let local = |i: usize| {
            self.code
                .localsplusnames
                .get(i)
                .map(|n| n.to_string_lossy())
                .ok_or_else(|| bad("of variable"))
        };
        let plus = |text: String, suffix: &str| {
            if arg & 1 != 0 && !text.is_empty() {
                text + suffix
            } else {
                text
            }
        };
        let opcode = unit.opcode;
        Ok(match opcode {
            _ if opcode.has_const() => self.code.consts.get(arg).map(repr).ok_or_else(|| bad("of constant"))?,
            Opcode::LOAD_GLOBAL => plus(name(arg / 2)?, " + NULL"),
            Opcode::LOAD_ATTR => plus(name(arg / 2)?, " + NULL|self"),
            Opcode::LOAD_SUPER_ATTR => plus(name(arg / 4)?, " + NULL|self"),
            _ if opcode.has_name() => name(arg)?,
            _ if opcode.has_jump() => {
                let target = jump_target(unit).and_then(|target| self.labels.get(&target));
                let preposition = if opcode == Opcode::END_ASYNC_FOR { "from" } else { "to" };
                format!("{preposition} L{}", target.ok_or_else(|| bad("to"))?)
            }
            Opcode::LOAD_FAST_LOAD_FAST
            | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
            | Opcode::STORE_FAST_LOAD_FAST
            | Opcode::STORE_FAST_STORE_FAST => format!("{}, {}", local(arg >> 4)?, local(arg & 15)?),
            _ if opcode.has_local() || opcode.has_free() => local(arg)?,
            Opcode::COMPARE_OP => {
                let text = entry(&CMP_OP, arg >> 5)?;
                if arg & 16 != 0 { format!("bool({text})") } else { text }
            }
            Opcode::CONVERT_VALUE => entry(&["", "str", "repr", "ascii"], arg)?,
            Opcode::SET_FUNCTION_ATTRIBUTE => {
                let set = FUNCTION_ATTR_FLAGS
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| arg & (1 << i) != 0);
                set.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
            }
            Opcode::BINARY_OP => NB_OPS
                .get(arg)
                .map(|(_, text)| text.to_string())
                .ok_or_else(|| bad("of operator"))?,
            Opcode::CALL_INTRINSIC_1 => entry(&INTRINSIC_1_NAMES, arg)?,
            Opcode::CALL_INTRINSIC_2 => entry(&INTRINSIC_2_NAMES, arg)?,
            Opcode::LOAD_COMMON_CONSTANT => match unit.oparg {
                common_constant::BUILTIN_ALL | common_constant::BUILTIN_ANY => {
                    format!(
                        "<built-in function {}>",
                        entry(&crate::opcode::COMMON_CONSTANT_NAMES, arg)?
                    )
                }
                _ => entry(&crate::opcode::COMMON_CONSTANT_NAMES, arg)?,
            },
            Opcode::LOAD_SPECIAL => entry(&SPECIAL_METHOD_NAMES, arg)?,
            Opcode::IS_OP => if arg != 0 { "is not" } else { "is" }.to_string(),
            Opcode::CONTAINS_OP => if arg != 0 { "not in" } else { "in" }.to_string(),
            _ => String::new(),
        })
    }
}

/// What a fresh counter holds: `ADAPTIVE_WARMUP`, and the larger start value of backward jumps.
fn counter(opcode: Opcode) -> u32 {
    match opcode {
        Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => 0x5555,
        Opcode::JUMP_BACKWARD => JUMP_BACKWARD_COUNTER,
        _ => 17,
    }
}

/// CPython: Include/internal/pycore_backoff.h, initial_jump_backoff_counter
const JUMP_BACKWARD_COUNTER: u32 = 65532;

fn jump_target(unit: &Unit) -> Option<i64> {
    if !unit.opcode.has_jump() {
        return None;
    }
    let after = unit.offset as i64 + 2 + 2 * unit.opcode.caches() as i64;
    let distance = 2 * i64::from(unit.oparg);
    let backward = unit.opcode.is_backward_jump() || unit.opcode == Opcode::END_ASYNC_FOR;
    Some(if backward { after - distance } else { after + distance })
}

/// CPython: Lib/dis.py, findlinestarts
fn line_starts(code: &CodeObject) -> HashMap<usize, Option<i32>> {
    let mut starts = HashMap::new();
    let mut last = None;
    let mut offset = 0;
    for entry in code.line_entries() {
        if last != Some(entry.position.line) {
            last = Some(entry.position.line);
            starts.insert(offset, entry.position.line);
        }
        offset += 2 * entry.units;
    }
    starts
}

/// CPython: Lib/dis.py, _get_lineno_width
fn lineno_width(starts: &HashMap<usize, Option<i32>>) -> usize {
    let Some(max) = starts.values().flatten().copied().filter(|line| *line != 0).max() else {
        return 0;
    };
    let width = max.to_string().len().max(3);
    if width < NO_LINENO.len() && starts.values().any(Option::is_none) {
        NO_LINENO.len()
    } else {
        width
    }
}

fn fields(position: &Position) -> [Option<i32>; 4] {
    [position.line, position.end_line, position.column, position.end_column]
}

/// CPython: Lib/dis.py, _get_positions_width
fn positions_width(positions: &[Position]) -> usize {
    if positions.iter().flat_map(fields).all(|field| field.is_none()) {
        return 0;
    }
    let width = |p: &Position| {
        fields(p)
            .iter()
            .map(|f| f.map_or(1, |n| n.to_string().len()))
            .sum::<usize>()
    };
    1 + NO_LINENO.len().max(3 + positions.iter().map(width).max().unwrap_or(0))
}

fn position_text(position: Option<&Position>) -> String {
    let Some(position) = position else { return String::new() };
    if fields(position).iter().all(Option::is_none) {
        return NO_LINENO.into();
    }
    let text = |field: Option<i32>| field.map_or("?".to_string(), |n| n.to_string());
    format!(
        "{}:{}-{}:{}",
        text(position.line),
        text(position.column),
        text(position.end_line),
        text(position.end_column)
    )
}
