//! One module's lines. In: its source, its code objects, the record of the passes and its object file. Out: lines, functions, and
//! the lines that are worth changing.
use super::model::{Function, Line, Operation, Status, Worth};
use super::words;
use crate::build::Build;
use crate::failure::Result;
use crate::finder::Found;
use crate::maps::CodeSize;
use crate::pipeline;
use pyaot_code::{CodeObject, Position};
use pyaot_ir::CodeId;
use pyaot_passes::record::{self, Operand, Outcome, Reason, Record};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How much more an operation weighs for each loop around it, and how many loops count.
const LOOP: u64 = 8;
const LOOPS: u32 = 5;
/// An operation that is general throughout, and one that has typed versions too.
const GENERIC: u64 = 4;
const MIXED: u64 = 1;

pub struct Lines {
    pub functions: Vec<Function>,
    pub lines: Vec<Line>,
    pub worth: Vec<Worth>,
}

/// A code object with what is asked of it again and again.
struct Unit<'a> {
    code: &'a CodeObject,
    positions: Vec<Position>,
    /// Loops around each instruction.
    depths: Vec<u32>,
}

pub fn of_module(build: &Build<'_>, module: &Found, source: &[u8], sizes: &[CodeSize]) -> Result<Lines> {
    let (root, record) = pipeline::record(build, module, source)?;
    let codes = pyaot_llvm::code_objects(&root);
    let names = pyaot_llvm::code_names(&module.name, &codes);
    let symbols = names.iter().map(|name| pyaot_llvm::code_symbol(name));
    let numbers: HashMap<String, usize> = symbols.zip(0..).collect();
    let units: Vec<Unit> = codes.into_iter().map(Unit::new).collect();
    let text = String::from_utf8_lossy(source);
    let text: Vec<&str> = text.lines().collect();
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    let line_of = |code: usize, site: u32| -> Option<u32> {
        let line = units.get(code)?.positions.get(site as usize)?.line?;
        u32::try_from(line).ok().filter(|l| *l > 0)
    };
    let at = |lines: &mut BTreeMap<u32, Line>, line: u32| {
        lines.entry(line).or_insert_with(|| Line {
            module: module.name.clone(),
            line,
            status: None,
            code_bytes: 0,
            count_operations: 0,
            type_tests: 0,
            boxed_numbers: 0,
            loop_depth: 0,
            weight: 0,
            operations: Vec::new(),
        });
    };

    let mut functions: Vec<Function> = units.iter().map(|u| u.function(&module.name)).collect();
    for size in sizes {
        let Some(code) = numbers.get(&size.code).copied() else {
            continue;
        };
        let function = &mut functions[code];
        function.code_bytes += size.bytes;
        let mut rest = size.bytes;
        for (site, bytes) in &size.by_instruction {
            if let Some(line) = line_of(code, *site) {
                at(&mut lines, line);
                lines.entry(line).and_modify(|l| l.code_bytes += bytes);
                rest -= bytes;
            }
        }
        // Entry and exit.
        at(&mut lines, function.line);
        lines.entry(function.line).and_modify(|l| l.code_bytes += rest);
    }
    for ((code, site), tally) in &record.tallies {
        if let Some(line) = line_of(code.index(), *site) {
            at(&mut lines, line);
            lines.entry(line).and_modify(|l| {
                l.count_operations += tally.counts;
                l.type_tests += tally.tests;
                l.boxed_numbers += tally.boxes;
            });
        }
        if let Some(function) = functions.get_mut(code.index()) {
            function.count_operations += tally.counts;
        }
    }
    let mut worst: BTreeMap<u32, (u64, Worth)> = BTreeMap::new();
    for ((code, site), operations) in &record.operations {
        let (Some(line), Some(unit)) = (line_of(code.index(), *site), units.get(code.index())) else {
            continue;
        };
        let depth = unit.depths.get(*site as usize).copied().unwrap_or(0);
        at(&mut lines, line);
        let Some(entry) = lines.get_mut(&line) else { continue };
        entry.loop_depth = entry.loop_depth.max(depth);
        for operation in operations.values() {
            let (made, reasons) = unit.operation(&record, *code, *site, operation, depth, &text);
            let function = &mut functions[code.index()];
            match made.status {
                Status::Typed => function.typed += 1,
                Status::Mixed => function.mixed += 1,
                Status::Generic => function.generic += 1,
                Status::Runtime | Status::Cold => function.runtime += 1,
            }
            let weight = LOOP.pow(depth.min(LOOPS))
                * match made.status {
                    Status::Generic => GENERIC,
                    Status::Mixed => MIXED,
                    Status::Typed | Status::Runtime | Status::Cold => 0,
                };
            entry.weight += weight;
            if weight > 0 && worst.get(&line).is_none_or(|(most, _)| weight > *most) {
                let worth = Worth {
                    module: module.name.clone(),
                    line,
                    function: unit.code.qualname.to_string_lossy(),
                    weight,
                    loop_depth: depth,
                    reason: made.reasons.first().cloned().unwrap_or_default(),
                    hint: reasons.iter().find_map(|r| words::hint(r)),
                };
                worst.insert(line, (weight, worth));
            }
            // A `finally` block is compiled once for each way into it.
            if !entry.operations.contains(&made) {
                entry.operations.push(made);
            }
        }
    }
    for line in lines.values_mut() {
        line.operations.sort_by_key(|o| o.column);
        line.status = status(&line.operations);
    }
    let worth = worst.into_iter().filter_map(|(line, (_, worth))| {
        let weight = lines.get(&line)?.weight;
        Some(Worth { weight, ..worth })
    });
    let worth = worth.collect();
    for (i, function) in functions.iter_mut().enumerate() {
        let code = CodeId(i as u32);
        function.versions = record.versions.get(&code).cloned().unwrap_or_default();
        function.reason = record.skipped.get(&code).map(|r| words::reason(r, &|_| None));
    }
    Ok(Lines {
        functions,
        lines: lines.into_values().collect(),
        worth,
    })
}

/// A line is what its operations are together.
fn status(operations: &[Operation]) -> Option<Status> {
    if operations.is_empty() {
        return None;
    }
    let has = |status: Status| operations.iter().any(|o| o.status == status);
    let (typed, generic) = (has(Status::Typed), has(Status::Generic));
    Some(if has(Status::Mixed) || typed && generic {
        Status::Mixed
    } else if generic {
        Status::Generic
    } else if typed {
        Status::Typed
    } else if has(Status::Cold) {
        Status::Cold
    } else {
        Status::Runtime
    })
}

impl<'a> Unit<'a> {
    fn new(code: &'a CodeObject) -> Unit<'a> {
        let positions = code.positions();
        let mut depths = vec![0; positions.len()];
        // Loops by their headers: the last jump back to it ends a loop. Handlers stand behind all other code.
        let mut loops: BTreeMap<u32, u32> = BTreeMap::new();
        let handlers = code
            .exception_entries()
            .iter()
            .map(|e| e.target)
            .min()
            .unwrap_or(u32::MAX);
        for instruction in code.instructions().unwrap_or_default() {
            if instruction.opcode.is_backward_jump()
                && let Some(target) = instruction.jump_target()
                && target < instruction.offset
                && (target >= handlers || instruction.offset < handlers)
            {
                let end = loops.entry(target / 2).or_default();
                *end = (*end).max(instruction.offset / 2);
            }
        }
        for (start, end) in loops {
            let last = (end as usize + 1).min(depths.len());
            for depth in depths.iter_mut().take(last).skip(start as usize) {
                *depth += 1;
            }
        }
        Unit {
            code,
            positions,
            depths,
        }
    }

    fn function(&self, module: &str) -> Function {
        let line = u32::try_from(self.code.firstlineno).unwrap_or(0).max(1);
        let last = self.positions.iter().filter_map(|p| p.end_line.or(p.line)).max();
        Function {
            module: module.to_string(),
            name: self.code.qualname.to_string_lossy(),
            line,
            end_line: last.and_then(|l| u32::try_from(l).ok()).unwrap_or(line).max(line),
            code_bytes: 0,
            versions: Vec::new(),
            typed: 0,
            mixed: 0,
            generic: 0,
            runtime: 0,
            count_operations: 0,
            reason: None,
        }
    }

    /// The source of an instruction, as far as it stands in one line, and its first column.
    fn slice(&self, site: u32, text: &[&str]) -> Option<(String, u32)> {
        let position = self.positions.get(site as usize)?;
        let line = text.get(usize::try_from(position.line?).ok()?.checked_sub(1)?)?;
        let start = usize::try_from(position.column?).ok()?;
        let end = match position.end_line == position.line {
            true => usize::try_from(position.end_column?).ok()?,
            false => line.len(),
        };
        let column = line.get(..start)?.chars().count() as u32 + 1;
        Some((line.get(start..end)?.trim_end().to_string(), column))
    }

    fn operation(
        &self,
        record: &Record,
        code: CodeId,
        site: u32,
        operation: &record::Operation,
        depth: u32,
        text: &[&str],
    ) -> (Operation, Vec<Reason>) {
        let name = |operand: Operand| match operand {
            Operand::Local(slot) => Some(self.code.localsplusnames.get(slot as usize)?.to_string_lossy()),
            Operand::Made(site) => self.slice(site, text).map(|(text, _)| shorten(&text)),
            Operand::Other => None,
        };
        let outcomes = match operation.outcomes.is_empty() {
            true => &operation.rare,
            false => &operation.outcomes,
        };
        let mut typed: BTreeSet<String> = BTreeSet::new();
        let mut reasons: BTreeSet<&Reason> = BTreeSet::new();
        let mut is_runtime = false;
        for outcome in outcomes {
            match outcome {
                Outcome::Typed(types, result) => {
                    let mut words = types.join(", ");
                    if let Some(result) = result {
                        words.push_str(" → ");
                        words.push_str(result);
                    }
                    typed.insert(words);
                }
                Outcome::General(reason) => {
                    is_runtime |= matches!(reason, Reason::Runtime(_));
                    reasons.insert(reason);
                }
            }
        }
        let in_code_that_runs_once = matches!(record.skipped.get(&code), Some(Reason::RunsOnce | Reason::Rare));
        let general = reasons.iter().any(|r| !matches!(r, Reason::Runtime(_)));
        let status = if in_code_that_runs_once && (depth == 0 || operation.runtime) {
            Status::Cold
        } else if operation.runtime {
            Status::Runtime
        } else {
            match (typed.is_empty(), general) {
                (false, false) => Status::Typed,
                (false, true) => Status::Mixed,
                // The site's cache, or an inline test, stands before the general code.
                (true, true) if reasons.iter().all(|r| matches!(r, Reason::UnknownClass(..))) => Status::Mixed,
                (true, true) if operation.what == "truth test" => Status::Mixed,
                (true, true) => Status::Generic,
                (true, false) => Status::Runtime,
            }
        };
        // That the runtime makes a list is no reason that a user could do away with.
        let shown = !operation.runtime && (status != Status::Typed || is_runtime);
        let reasons: Vec<Reason> = reasons.into_iter().filter(|_| shown).cloned().collect();
        let (slice, column) = self
            .slice(site, text)
            .map_or((String::new(), None), |(s, c)| (shorten(&s), Some(c)));
        let mut hints: Vec<&'static str> = match status {
            Status::Cold => Vec::new(),
            _ => reasons.iter().filter_map(words::hint).collect(),
        };
        hints.dedup();
        let made = Operation {
            operation: operation.what,
            text: slice,
            column,
            status,
            typed: match operation.runtime {
                true => Vec::new(),
                false => typed.into_iter().collect(),
            },
            reasons: reasons.iter().map(|r| words::reason(r, &name)).collect(),
            hints,
        };
        (made, reasons)
    }
}

/// Not more of an expression than a line of text can hold.
fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    match text.chars().count() > MOST {
        true => text.chars().take(MOST - 1).chain(['…']).collect(),
        false => text.to_string(),
    }
}
