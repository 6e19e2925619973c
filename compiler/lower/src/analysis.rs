//! What must be known of a code object before it is interpreted. In: instructions. Out: block leaders, which locals may be
//! bound where, which parameters the code rebinds.
use crate::is_generator;
use pyaot_code::{CodeObject, Constant, ExceptionEntry, Instruction, Opcode, PyStr, co, kind};
use std::collections::{BTreeSet, HashMap};

/// Bits of local slots.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Bits(Vec<u64>);

impl Bits {
    fn new(n: usize) -> Bits {
        Bits(vec![0; n.div_ceil(64)])
    }

    pub fn has(&self, i: usize) -> bool {
        self.0.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }

    fn set(&mut self, i: usize, on: bool) {
        if let Some(word) = self.0.get_mut(i / 64) {
            *word = *word & !(1 << (i % 64)) | u64::from(on) << (i % 64);
        }
    }

    /// Adds `other`; whether that changed anything.
    fn join(&mut self, other: &Bits) -> bool {
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }
}

/// All parameter slots, `*args` and `**kwargs` included.
pub fn param_slots(code: &CodeObject) -> u32 {
    let extra = u32::from(code.flags & co::VARARGS != 0) + u32::from(code.flags & co::VARKEYWORDS != 0);
    code.argcount
        .saturating_add(code.kwonlyargcount)
        .saturating_add(extra)
        .min(code.localsplusnames.len() as u32)
}

/// Local slots that an instruction stores to, deletes or clears: the first and second.
fn written(instr: &Instruction) -> [Option<(usize, bool)>; 2] {
    let arg = instr.oparg as usize;
    match instr.opcode {
        Opcode::STORE_FAST | Opcode::MAKE_CELL => [Some((arg, true)), None],
        Opcode::STORE_FAST_LOAD_FAST => [Some((arg >> 4, true)), None],
        Opcode::STORE_FAST_STORE_FAST => [Some((arg >> 4, true)), Some((arg & 15, true))],
        Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR => [Some((arg, false)), None],
        _ => [None, None],
    }
}

/// Bit i: the code (or a nested function, through a cell) rebinds or deletes parameter slot i. Slots past 63 and those of
/// generators never count: their content is copied when the frame is made.
pub fn consumed_params(code: &CodeObject) -> u64 {
    if is_generator(code) {
        return 0;
    }
    let nparams = param_slots(code).min(64) as usize;
    let mut mask = 0u64;
    for instr in code.instructions().unwrap_or_default() {
        if instr.opcode == Opcode::MAKE_CELL {
            continue;
        }
        let slots = written(&instr).into_iter().flatten().map(|(slot, _)| slot);
        let deref = matches!(instr.opcode, Opcode::STORE_DEREF | Opcode::DELETE_DEREF).then_some(instr.oparg as usize);
        for slot in slots.chain(deref).filter(|slot| *slot < nparams) {
            mask |= 1 << slot;
        }
    }
    for slot in 0..nparams {
        let is_cell = code.localspluskinds.get(slot).is_some_and(|k| k & kind::CELL != 0);
        if is_cell && inner_writes(code, &code.localsplusnames[slot]) {
            mask |= 1 << slot;
        }
    }
    mask
}

/// A nested function binds or deletes its free variable `name`.
fn inner_writes(code: &CodeObject, name: &PyStr) -> bool {
    let mut stack: Vec<&CodeObject> = vec![code];
    while let Some(code) = stack.pop() {
        for inner in code.consts.iter().filter_map(|c| match c {
            Constant::Code(inner) => Some(inner),
            _ => None,
        }) {
            let free = inner
                .localsplusnames
                .iter()
                .zip(&inner.localspluskinds)
                .position(|(n, k)| n == name && k & kind::FREE != 0);
            let Some(free) = free else { continue };
            let writes =
                inner.instructions().unwrap_or_default().iter().any(|i| {
                    matches!(i.opcode, Opcode::STORE_DEREF | Opcode::DELETE_DEREF) && i.oparg as usize == free
                });
            if writes {
                return true;
            }
            stack.push(inner);
        }
    }
    false
}

/// The code is an annotation, alias, bound or default scope: called with a format, possibly with other globals.
/// CPython: Python/codegen.c, codegen_setup_annotations_scope. A function of the same form reads the right globals, too.
pub fn is_annotation_scope(code: &CodeObject) -> bool {
    code.argcount == 1
        && code.posonlyargcount == 1
        && code.kwonlyargcount == 0
        && code
            .localsplusnames
            .first()
            .is_some_and(|n| *n == *"format" || *n == *".format")
}

/// Flow of one code object.
pub struct Flow {
    pub instrs: Vec<Instruction>,
    /// Instruction index by the offset that jumps name.
    pub by_offset: HashMap<u32, usize>,
    pub handlers: Vec<ExceptionEntry>,
    pub leaders: BTreeSet<usize>,
    /// At each leader: locals that may be bound.
    bound: HashMap<usize, Bits>,
    /// Locals that are bound anywhere.
    pub ever_bound: Bits,
}

impl Flow {
    /// Index of the instruction at a byte offset.
    pub fn at(&self, offset: u32) -> Option<usize> {
        self.by_offset.get(&offset).copied()
    }

    pub fn handler(&self, instr: &Instruction) -> Option<&ExceptionEntry> {
        self.handlers
            .iter()
            .find(|e| e.start <= instr.offset && instr.offset < e.end)
    }

    pub fn bound_at(&self, leader: usize, slot: usize) -> bool {
        self.bound.get(&leader).is_some_and(|b| b.has(slot))
    }

    /// Where an instruction goes, its handler apart; `None` when a jump leaves the code.
    pub fn successors(&self, i: usize) -> Option<Vec<usize>> {
        let instr = &self.instrs[i];
        let op = instr.opcode;
        let mut out = Vec::new();
        if let Some(target) = instr.jump_target() {
            let target = self.at(target)?;
            // An exhausted FOR_ITER also skips the END_FOR. CPython: Python/bytecodes.c, FOR_ITER.
            out.push(if op == Opcode::FOR_ITER { target + 1 } else { target });
        }
        if !(op.is_unconditional_jump() || op.is_scope_exit()) {
            out.push(i + 1);
        }
        if out.iter().all(|t| *t < self.instrs.len()) {
            Some(out)
        } else {
            None
        }
    }

    /// The message says what is damaged.
    pub fn new(code: &CodeObject) -> Result<Flow, (Option<u32>, String)> {
        let instrs = code.instructions().map_err(|e| (Some(e.offset), e.message))?;
        let by_offset = instrs
            .iter()
            .enumerate()
            .map(|(i, instr)| (instr.start_offset, i))
            .collect();
        let nlocals = code.localsplusnames.len();
        let mut flow = Flow {
            instrs,
            by_offset,
            handlers: code.exception_entries(),
            leaders: BTreeSet::from([0]),
            bound: HashMap::new(),
            ever_bound: Bits::new(nlocals),
        };
        if flow.instrs.is_empty() {
            return Err((None, "no instructions".into()));
        }
        for i in 0..flow.instrs.len() {
            let successors = flow
                .successors(i)
                .ok_or_else(|| (Some(flow.instrs[i].offset), "jump out of the code".to_string()))?;
            if flow.instrs[i].jump_target().is_some() {
                flow.leaders.extend(successors);
            }
        }
        for entry in &flow.handlers {
            let target = flow
                .at(entry.target)
                .ok_or((Some(entry.target), "handler out of the code".to_string()))?;
            flow.leaders.insert(target);
        }
        flow.find_bound(code, nlocals);
        Ok(flow)
    }

    fn find_bound(&mut self, code: &CodeObject, nlocals: usize) {
        let mut entry = Bits::new(nlocals);
        for slot in 0..param_slots(code) as usize {
            entry.set(slot, true);
        }
        self.ever_bound.join(&entry);
        self.bound.insert(0, entry);
        let mut work = BTreeSet::from([0usize]);
        while let Some(leader) = work.pop_first() {
            let mut state = self.bound.get(&leader).cloned().unwrap_or_default();
            let mut i = leader;
            loop {
                if let Some(target) = self.handler(&self.instrs[i]).and_then(|e| self.at(e.target)) {
                    self.flow_into(target, &state, nlocals, &mut work);
                }
                for (slot, on) in written(&self.instrs[i]).into_iter().flatten() {
                    state.set(slot, on);
                }
                self.ever_bound.join(&state);
                let successors = self.successors(i).unwrap_or_default();
                let plain = successors == [i + 1] && self.instrs[i].jump_target().is_none();
                if plain && !self.leaders.contains(&(i + 1)) {
                    i += 1;
                    continue;
                }
                for target in successors {
                    self.flow_into(target, &state, nlocals, &mut work);
                }
                break;
            }
        }
    }

    fn flow_into(&mut self, target: usize, state: &Bits, nlocals: usize, work: &mut BTreeSet<usize>) {
        match self.bound.get_mut(&target) {
            Some(bits) => {
                if bits.join(state) {
                    work.insert(target);
                }
            }
            None => {
                let mut bits = Bits::new(nlocals);
                bits.join(state);
                self.bound.insert(target, bits);
                work.insert(target);
            }
        }
    }
}
