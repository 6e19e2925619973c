//! Expands rich ops. In: Counted code. Out: Lowered code: calls of intrinsics, loads, stores, branches, with the fast paths of
//! global names and of calls between Python functions inline.
//!
//! Functions that are cold (module and class bodies) or light get calls of the runtime only. An inst's block is cut where a fast path
//! branches; what follows continues in a new block.
use crate::Context;
use pyaot_abi::{CellObject, FunctionObject, MAX_REGISTER_PARAMS, TupleObject};
use pyaot_ir::builder::row;
use pyaot_ir::{BlockId, Builder, CodeId, Cond, ConstId, Edge, Function, Imm, Inst, Kind, Module, Op, Ty, ValueId};
use std::collections::HashMap;
use std::mem::offset_of;

const CELL_VALUE: usize = offset_of!(CellObject, value);
const GUARD: usize = offset_of!(pyaot_abi::GlobalCell, guard);
const BUILTIN: usize = offset_of!(pyaot_abi::GlobalCell, builtin);
const CLOSURE: usize = offset_of!(FunctionObject, closure);
const DIRECT: usize = offset_of!(FunctionObject, direct);
const FAST_ARITY: usize = offset_of!(FunctionObject, fast_arity);
const TYPE: usize = offset_of!(pyaot_abi::Header, ty);
const ITEMS: usize = offset_of!(TupleObject, items);

pub fn run(f: &mut Function, cx: &mut Context) -> Result<(), String> {
    let blocks = f.blocks.len();
    let compact: Vec<bool> = match (f.light, f.once) {
        (false, true) => in_loops(f).into_iter().map(|l| !l).collect(),
        (light, _) => vec![light; blocks],
    };
    let mut x = Expander {
        f,
        module: cx.module,
        block: BlockId(0),
        site: None,
        map: HashMap::new(),
        nulls: HashMap::new(),
        dead_end: false,
        compact: false,
    };
    for b in 0..blocks {
        for inst in &x.f.blocks[b].insts {
            if inst.op == Op::Null {
                x.nulls.insert(inst.results[0], ());
            }
        }
    }
    for b in 0..blocks {
        x.block = BlockId(b as u32);
        x.compact = compact[b];
        let insts = std::mem::take(&mut x.f.blocks[b].insts);
        for inst in insts {
            x.inst(inst)?;
        }
    }
    let map = std::mem::take(&mut x.map);
    for block in &mut f.blocks {
        for inst in &mut block.insts {
            inst.map_uses(|mut v| {
                while let Some(next) = map.get(&v) {
                    v = *next;
                }
                v
            });
        }
    }
    memory_params(f);
    Ok(())
}

/// More parameter slots than registers: they come in memory.
fn memory_params(f: &mut Function) {
    let count = f.blocks[0].params.len() - 1;
    if f.kind == Kind::Resume || count <= MAX_REGISTER_PARAMS as usize {
        return;
    }
    let params: Vec<_> = f.blocks[0].params.drain(1..).collect();
    let slots = f.new_value(Ty::Ptr);
    f.blocks[0].params.push(pyaot_ir::Param {
        value: slots,
        own: false,
        local: None,
    });
    let loads = params.iter().enumerate().map(|(i, param)| {
        let mut inst = Inst::new(
            if param.own { Op::Take } else { Op::Load },
            vec![Imm::Int(8 * i as i64)],
            vec![slots],
        );
        inst.results.push(param.value);
        inst
    });
    let loads: Vec<Inst> = loads.collect();
    f.blocks[0].insts.splice(0..0, loads);
}

/// Blocks that lie on a cycle (strongly connected components, Tarjan).
fn in_loops(f: &Function) -> Vec<bool> {
    let n = f.blocks.len();
    let succs: Vec<Vec<usize>> = f
        .blocks
        .iter()
        .map(|b| b.successors().map(BlockId::index).collect())
        .collect();
    let (mut index, mut low) = (vec![usize::MAX; n], vec![0; n]);
    let (mut on_stack, mut looped) = (vec![false; n], vec![false; n]);
    let (mut component, mut count) = (Vec::new(), 0);
    let mut work = vec![(0usize, 0usize)];
    while let Some((block, next)) = work.pop() {
        if next == 0 {
            index[block] = count;
            low[block] = count;
            count += 1;
            component.push(block);
            on_stack[block] = true;
        }
        if let Some(&succ) = succs[block].get(next) {
            work.push((block, next + 1));
            if succ == block {
                looped[block] = true;
            } else if index[succ] == usize::MAX {
                work.push((succ, 0));
            } else if on_stack[succ] {
                low[block] = low[block].min(index[succ]);
            }
            continue;
        }
        for &succ in succs[block].iter().filter(|s| on_stack[**s]) {
            low[block] = low[block].min(low[succ]);
        }
        if low[block] == index[block] {
            let start = component.iter().rposition(|b| *b == block).unwrap_or(0);
            let members = component.split_off(start);
            for member in &members {
                on_stack[*member] = false;
                looped[*member] |= members.len() > 1;
            }
        }
    }
    looped
}

struct Expander<'a> {
    f: &'a mut Function,
    module: &'a mut Module,
    block: BlockId,
    site: Option<u32>,
    /// Results of expanded insts.
    map: HashMap<ValueId, ValueId>,
    /// Values that are the null word.
    nulls: HashMap<ValueId, ()>,
    /// No inline fast paths.
    compact: bool,
    /// The block has its terminator; an `unreachable` follows.
    dead_end: bool,
}

fn const_imm(inst: &Inst, i: usize) -> Result<ConstId, String> {
    match inst.imms.get(i) {
        Some(Imm::Const(id)) => Ok(*id),
        _ => Err("a constant is missing".into()),
    }
}

fn int_imm(inst: &Inst, i: usize) -> Result<i64, String> {
    match inst.imms.get(i) {
        Some(Imm::Int(n)) => Ok(*n),
        _ => Err("an int is missing".into()),
    }
}

impl Expander<'_> {
    fn b(&mut self) -> Builder<'_> {
        let mut b = Builder::new(self.f, self.block);
        b.site = self.site;
        b
    }

    fn one(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>) -> ValueId {
        self.b().one(op, imms, args)
    }

    fn call(&mut self, name: &str, args: Vec<ValueId>, error: Option<Edge>) -> Option<ValueId> {
        self.b()
            .push(Op::Call, vec![row(name)], args, 1, Ty::Any, error)
            .first()
            .copied()
    }

    fn call1(&mut self, name: &str, args: Vec<ValueId>, error: Option<Edge>) -> Result<ValueId, String> {
        self.call(name, args, error)
            .ok_or_else(|| format!("intrinsic {name} has no result"))
    }

    fn konst(&mut self, id: ConstId) -> ValueId {
        self.one(Op::Const, vec![Imm::Const(id)], vec![])
    }

    fn scratch(&mut self, words: usize) -> ValueId {
        self.f.scratch = self.f.scratch.max(words.max(1) as u32);
        self.one(Op::ScratchAddr, vec![Imm::Int(0)], vec![])
    }

    fn new_block(&mut self, cold: bool) -> BlockId {
        let block = self.f.new_block();
        self.f.block_mut(block).cold = cold;
        block
    }

    fn jump(&mut self, block: BlockId, args: Vec<ValueId>) {
        self.b().jump(block, args);
    }

    fn branch(&mut self, flag: ValueId, yes: BlockId, no: BlockId) {
        let targets = vec![
            Edge {
                block: yes,
                args: vec![],
            },
            Edge {
                block: no,
                args: vec![],
            },
        ];
        self.b().end(Op::Br, vec![], vec![flag], targets);
    }

    fn keep(&mut self, inst: Inst) {
        let block = self.block;
        self.f.block_mut(block).insts.push(inst);
    }

    /// Result `i` of the inst is `value`.
    fn result(&mut self, inst: &Inst, i: usize, value: ValueId) {
        self.map.insert(inst.results[i], value);
    }

    /// The only result becomes the parameter of a block in which the code goes on.
    fn join(&mut self, inst: &Inst, cold: bool) -> BlockId {
        let block = self.new_block(cold);
        if let Some(result) = inst.results.first() {
            self.f.block_mut(block).params.push(pyaot_ir::Param {
                value: *result,
                own: true,
                local: None,
            });
        }
        block
    }

    fn inst(&mut self, mut inst: Inst) -> Result<(), String> {
        self.site = inst.site;
        match inst.op {
            Op::LoadGlobal => self.load_global(inst),
            Op::StoreGlobal => self.store_global(inst),
            Op::CheckBound => self.check_bound(inst),
            Op::LoadCell => self.load_cell(inst),
            Op::StoreCell => {
                let old = self.b().take(Ty::Any, inst.args[0], CELL_VALUE);
                self.b().store(inst.args[0], CELL_VALUE, inst.args[1]);
                self.b().none(Op::Dec, vec![], vec![old]);
                Ok(())
            }
            Op::DeleteCell => self.delete_cell(inst),
            Op::LoadClosure => {
                let i = int_imm(&inst, 0)? as usize;
                let closure = self.b().load(Ty::Any, inst.args[0], CLOSURE);
                let cell = self.b().load(Ty::Any, closure, ITEMS + 8 * i);
                self.result(&inst, 0, cell);
                Ok(())
            }
            Op::Build => {
                let Some(name) = inst.intrinsic().map(|r| r.name) else {
                    return Err("build without a row".into());
                };
                if let ("build_tuple", [a, b]) = (name, &inst.args[..]) {
                    let value = self.call1("build_pair", vec![*a, *b], inst.error.take())?;
                    self.result(&inst, 0, value);
                    return Ok(());
                }
                let items = self.scratch(inst.args.len());
                for (i, arg) in inst.args.iter().enumerate() {
                    self.b().store(items, 8 * i, *arg);
                }
                let n = inst.args.len() / if name == "build_map" { 2 } else { 1 };
                let n = self.b().i64(n as i64);
                let value = self.call1(name, vec![items, n], inst.error.take())?;
                self.result(&inst, 0, value);
                Ok(())
            }
            Op::LoadMethod => {
                let name = const_imm(&inst, 0)?;
                let name = self.konst(name);
                let cache = self.one(Op::CacheAddr, vec![inst.imms[1]], vec![]);
                self.method(inst, "load_method", vec![name, cache])
            }
            Op::LoadSuperMethod => {
                let name = const_imm(&inst, 0)?;
                let name = self.konst(name);
                let two = int_imm(&inst, 1)?;
                let two = self.b().i32(two);
                self.method(inst, "load_super_method", vec![name, two])
            }
            Op::LoadSpecial => {
                let which = int_imm(&inst, 0)?;
                let which = self.b().i32(which);
                self.method(inst, "load_special", vec![which])
            }
            Op::UnpackSequence => {
                let n = inst.results.len();
                let out = self.scratch(n);
                let count = self.b().i64(n as i64);
                self.call("unpack_sequence", vec![inst.args[0], out, count], inst.error.take());
                self.take_results(&inst, out);
                Ok(())
            }
            Op::NextPair => {
                let out = self.scratch(1);
                let first = self.call1("iter_next_pair", vec![inst.args[0], out], None)?;
                self.result(&inst, 0, first);
                let second = self.b().take(Ty::Opt, out, 0);
                self.result(&inst, 1, second);
                Ok(())
            }
            Op::UnpackEx => {
                let out = self.scratch(inst.results.len());
                let (before, after) = (int_imm(&inst, 0)?, int_imm(&inst, 1)?);
                let (before, after) = (self.b().i64(before), self.b().i64(after));
                self.call("unpack_ex", vec![inst.args[0], out, before, after], inst.error.take());
                self.take_results(&inst, out);
                Ok(())
            }
            Op::CheckEgMatch => {
                let out = self.scratch(2);
                self.call(
                    "check_eg_match",
                    vec![inst.args[0], inst.args[1], out],
                    inst.error.take(),
                );
                self.take_results(&inst, out);
                Ok(())
            }
            Op::Send => {
                let out = self.scratch(1);
                let value = self.call1("send", vec![inst.args[0], inst.args[1], out], inst.error.take())?;
                let done = self.b().load(Ty::I32, out, 0);
                self.result(&inst, 0, value);
                self.result(&inst, 1, done);
                Ok(())
            }
            Op::TakeAdd => {
                let op = int_imm(&inst, 0)?;
                let op = self.b().i32(op);
                let value = self.call1("add_take", vec![inst.args[0], inst.args[1], op], inst.error.take())?;
                self.result(&inst, 0, value);
                Ok(())
            }
            Op::Retain => {
                self.b().none(Op::Inc, vec![], vec![inst.args[0]]);
                self.result(&inst, 0, inst.args[0]);
                Ok(())
            }
            Op::CallPython | Op::CallPythonKw => self.call_python(inst),
            Op::CallExact => {
                let args = self.scratch((inst.args.len() - 1).max(1));
                for (i, arg) in inst.args[1..].iter().enumerate() {
                    self.b().store(args, 8 * i, *arg);
                }
                let name = self.b().one(Op::Const, vec![inst.imms[0]], vec![]);
                let cache = self.b().one(Op::CacheAddr, vec![inst.imms[1]], vec![]);
                let n = self.b().i64(inst.args.len() as i64 - 1);
                let operands = vec![inst.args[0], name, args, n, cache];
                let value = self.call1("call_exact", operands, inst.error.take())?;
                self.result(&inst, 0, value);
                Ok(())
            }
            Op::CallInFrame => {
                let slots = self.scratch(inst.args.len() - 2);
                for (i, arg) in inst.args[2..].iter().enumerate() {
                    self.b().store(slots, 8 * i, *arg);
                }
                let id = self.f.code;
                let code = self.code_addr(id);
                let n = self.b().i32(inst.args.len() as i64 - 2);
                let args = vec![inst.args[0], code, inst.args[1], slots, n];
                let value = self.call1("call_in_frame", args, inst.error.take())?;
                self.result(&inst, 0, value);
                Ok(())
            }
            Op::Propagate => {
                let edge = inst.error.take().ok_or("propagate without an error edge")?;
                self.jump(edge.block, edge.args);
                self.dead_end = true;
                Ok(())
            }
            Op::Unreachable if std::mem::take(&mut self.dead_end) => Ok(()),
            Op::Keep => Ok(()),
            Op::Put => {
                self.b().none(Op::Store, inst.imms.clone(), inst.args.clone());
                Ok(())
            }
            Op::Unwind => {
                let slots = self.scratch(inst.args.len() - 1);
                for (i, arg) in inst.args[1..].iter().enumerate() {
                    self.b().store(slots, 8 * i, *arg);
                }
                let id = self.f.code;
                let code = self.code_addr(id);
                let n = self.b().i32(inst.args.len() as i64 - 1);
                self.call("unwind", vec![code, inst.args[0], slots, n], None);
                Ok(())
            }
            _ => {
                self.keep(inst);
                Ok(())
            }
        }
    }

    fn code_addr(&mut self, id: CodeId) -> ValueId {
        self.one(Op::CodeAddr, vec![Imm::Code(id)], vec![])
    }

    /// An intrinsic that gives a callable and writes its self. `rest` are the arguments between the operands and the place for self.
    fn method(&mut self, mut inst: Inst, name: &str, rest: Vec<ValueId>) -> Result<(), String> {
        let out = self.scratch(1);
        let mut args = inst.args.clone();
        args.extend(rest);
        args.push(out);
        let callable = self.call1(name, args, inst.error.take())?;
        let this = self.b().take(Ty::Opt, out, 0);
        self.result(&inst, 0, callable);
        self.result(&inst, 1, this);
        Ok(())
    }

    fn take_results(&mut self, inst: &Inst, out: ValueId) {
        for i in 0..inst.results.len() {
            let value = self.b().take(Ty::Any, out, 8 * i);
            self.result(inst, i, value);
        }
    }

    /// Module, name and cell of a global.
    fn global(&mut self, inst: &Inst) -> Result<[ValueId; 3], String> {
        let Some(Imm::Global(id)) = inst.imms.first().copied() else {
            return Err("a global is missing".into());
        };
        let name = *self.module.globals.get(id.index()).ok_or("a global is missing")?;
        let module = self.one(Op::ModuleAddr, vec![], vec![]);
        let name = self.konst(name);
        Ok([module, name, self.one(Op::GlobalAddr, vec![Imm::Global(id)], vec![])])
    }

    /// The statement that binds the name for good has run: once leaves the guard at BOUND, again at BROKEN.
    fn bind_guard(&mut self, inst: &Inst) {
        let Some(Imm::Global(id)) = inst.imms.first().copied() else {
            return;
        };
        if !self.module.bound.contains_key(&id) || !self.f.once {
            return;
        }
        let cell = self.one(Op::GlobalAddr, vec![Imm::Global(id)], vec![]);
        let old = self.b().load(Ty::I64, cell, GUARD);
        let one = self.b().i64(1);
        let sum = self.one(Op::IAdd, vec![], vec![old, one]);
        let half = self.one(Op::IShr, vec![], vec![sum, one]);
        let new = self.one(Op::IAdd, vec![], vec![half, one]);
        self.b().store(cell, GUARD, new);
    }

    fn load_global(&mut self, mut inst: Inst) -> Result<(), String> {
        let [module, name, cell] = self.global(&inst)?;
        if self.compact {
            let value = self.call1("load_global", vec![module, name, cell], inst.error.take())?;
            self.result(&inst, 0, value);
            return Ok(());
        }
        let word = self.b().load(Ty::Opt, cell, 0);
        let (slow, fast, builtin) = (self.new_block(true), self.new_block(false), self.new_block(false));
        let cold = self.f.block(self.block).cold;
        let done = self.join(&inst, cold);
        let bound = Builder::new(self.f, fast).param(Ty::Any, false, None);
        let edge = |block, args| Edge { block, args };
        let targets = vec![edge(builtin, vec![]), edge(fast, vec![word])];
        self.b().end(Op::BrNull, vec![], vec![word], targets);
        self.block = builtin;
        let word = self.b().load(Ty::Opt, cell, BUILTIN);
        let targets = vec![edge(slow, vec![]), edge(fast, vec![word])];
        self.b().end(Op::BrNull, vec![], vec![word], targets);
        self.block = slow;
        let value = self.call1("load_global", vec![module, name, cell], inst.error.take())?;
        self.jump(done, vec![value]);
        self.block = fast;
        self.b().none(Op::Inc, vec![], vec![bound]);
        self.jump(done, vec![bound]);
        self.block = done;
        Ok(())
    }

    fn store_global(&mut self, mut inst: Inst) -> Result<(), String> {
        let [module, name, cell] = self.global(&inst)?;
        let value = inst.args[0];
        if self.compact {
            self.call("store_global", vec![module, name, cell, value], inst.error.take());
            self.bind_guard(&inst);
            return Ok(());
        }
        let old = self.b().take(Ty::Opt, cell, 0);
        let (slow, fast, done) = (self.new_block(true), self.new_block(false), self.new_block(false));
        let bound = Builder::new(self.f, fast).param(Ty::Any, true, None);
        let targets = vec![
            Edge {
                block: slow,
                args: vec![],
            },
            Edge {
                block: fast,
                args: vec![old],
            },
        ];
        self.b().end(Op::BrNull, vec![], vec![old], targets);
        self.block = slow;
        self.call("store_global", vec![module, name, cell, value], inst.error.take());
        self.jump(done, vec![]);
        self.block = fast;
        self.b().store(cell, 0, value);
        self.b().none(Op::Dec, vec![], vec![bound]);
        self.jump(done, vec![]);
        self.block = done;
        self.bind_guard(&inst);
        Ok(())
    }

    /// Branches to a new cold block, left as the current one, when `value` is UNBOUND; gives the block for the other case.
    fn if_unbound(&mut self, value: ValueId) -> BlockId {
        let unbound = self.one(Op::Unbound, vec![], vec![]);
        let flag = self.one(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![value, unbound]);
        let cold = self.f.block(self.block).cold;
        let (raise, fine) = (self.new_block(true), self.new_block(cold));
        self.branch(flag, raise, fine);
        self.block = raise;
        fine
    }

    fn check_bound(&mut self, mut inst: Inst) -> Result<(), String> {
        let name = const_imm(&inst, 0)?;
        let fine = self.if_unbound(inst.args[0]);
        let name = self.konst(name);
        self.call("raise_unbound_local", vec![name], inst.error.take());
        self.b().end(Op::Unreachable, vec![], vec![], vec![]);
        self.block = fine;
        Ok(())
    }

    fn check_cell(&mut self, inst: &mut Inst) -> Result<ValueId, String> {
        let (name, free) = (const_imm(inst, 0)?, int_imm(inst, 1)?);
        let value = self.b().load(Ty::Any, inst.args[0], CELL_VALUE);
        let fine = self.if_unbound(value);
        let name = self.konst(name);
        let free = self.b().i32(free);
        self.call("raise_unbound_deref", vec![name, free], inst.error.take());
        self.b().end(Op::Unreachable, vec![], vec![], vec![]);
        self.block = fine;
        Ok(value)
    }

    fn load_cell(&mut self, mut inst: Inst) -> Result<(), String> {
        let value = self.check_cell(&mut inst)?;
        self.b().none(Op::Inc, vec![], vec![value]);
        self.result(&inst, 0, value);
        Ok(())
    }

    fn delete_cell(&mut self, mut inst: Inst) -> Result<(), String> {
        let value = self.check_cell(&mut inst)?;
        let unbound = self.one(Op::Unbound, vec![], vec![]);
        self.b().store(inst.args[0], CELL_VALUE, unbound);
        self.b().none(Op::Dec, vec![], vec![value]);
        Ok(())
    }

    fn call_python(&mut self, mut inst: Inst) -> Result<(), String> {
        let kw = match inst.op {
            Op::CallPythonKw => Some(const_imm(&inst, 1)?),
            _ => None,
        };
        let (callable, this) = (inst.args[0], inst.args[1]);
        let args = inst.args[2..].to_vec();
        let has_self = !self.nulls.contains_key(&this);
        let total = args.len() + usize::from(has_self);
        let fast = kw.is_none() && !self.compact && total <= MAX_REGISTER_PARAMS as usize;
        let mask = int_imm(&inst, 0)?;
        let error = inst.error.take();
        if !fast {
            let value = self.slow_call(callable, this, &args, kw, mask, error)?;
            self.result(&inst, 0, value);
            return Ok(());
        }
        let cold = self.f.block(self.block).cold;
        let slow = self.new_block(true);
        let done = self.join(&inst, cold);

        // Is it a function, and are these just its parameters?
        let heap = self.one(Op::IsHeap, vec![], vec![callable]);
        self.test(heap, slow, cold);
        let ty = self.b().load(Ty::Ptr, callable, TYPE);
        let wanted = self.one(Op::TypeAddr, vec![Imm::Type(Ty::Function)], vec![]);
        let is_function = self.one(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![ty, wanted]);
        self.test(is_function, slow, cold);
        let arity = self.b().load(Ty::I32, callable, FAST_ARITY);
        let wanted = self.b().i32(total as i64);
        let fits = self.one(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![arity, wanted]);
        self.test(fits, slow, cold);
        let mut operands = vec![callable];
        let mut self_value = this;
        if has_self {
            if self.f.ty(this) == Ty::Opt {
                let next = self.new_block(cold);
                self_value = Builder::new(self.f, next).param(Ty::Any, false, None);
                let targets = vec![
                    Edge {
                        block: slow,
                        args: vec![],
                    },
                    Edge {
                        block: next,
                        args: vec![this],
                    },
                ];
                self.b().end(Op::BrNull, vec![], vec![this], targets);
                self.block = next;
            }
            operands.push(self_value);
        }
        operands.extend(&args);
        let direct = self.b().load(Ty::Ptr, callable, DIRECT);
        let mut all = vec![direct];
        all.extend(&operands);
        let result = self.one(Op::CallIndirect, vec![], all);
        // What the callee borrowed ends here, last argument first, also when it raised.
        for k in (0..inst.args.len()).rev().filter(|k| inst.mask_bit(*k)) {
            let value = if k == 1 { self_value } else { inst.args[k] };
            if self.nulls.contains_key(&value) {
                continue;
            }
            let op = if self.f.ty(value) == Ty::Opt { Op::XDec } else { Op::Dec };
            self.b().none(op, vec![], vec![value]);
        }
        let Some(error_edge) = error.clone() else {
            return Err("a call without an error edge".into());
        };
        let targets = vec![
            error_edge,
            Edge {
                block: done,
                args: vec![result],
            },
        ];
        self.b().end(Op::BrNull, vec![], vec![result], targets);

        self.block = slow;
        let value = self.slow_call(callable, this, &args, kw, mask, error)?;
        self.jump(done, vec![value]);
        self.block = done;
        Ok(())
    }

    /// Goes on in a new block when the flag is set, else to `no`.
    fn test(&mut self, flag: ValueId, no: BlockId, cold: bool) {
        let yes = self.new_block(cold);
        self.branch(flag, yes, no);
        self.block = yes;
    }

    fn slow_call(
        &mut self,
        callable: ValueId,
        this: ValueId,
        args: &[ValueId],
        kw: Option<ConstId>,
        mask: i64,
        error: Option<Edge>,
    ) -> Result<ValueId, String> {
        let array = self.scratch(args.len() + 1);
        self.b().store(array, 0, this);
        for (i, arg) in args.iter().enumerate() {
            self.b().store(array, 8 * (i + 1), *arg);
        }
        let names = match kw {
            Some(id) => self.konst(id),
            None => self.one(Op::Null, vec![], vec![]),
        };
        let n = self.b().i64(args.len() as i64);
        let mask = self.b().i64(mask);
        self.call1("call_python", vec![callable, array, n, names, mask], error)
    }
}
