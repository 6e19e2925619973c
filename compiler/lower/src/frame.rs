//! The abstract frame: stack, locals, blocks and edges of the function being lowered.
//!
//! In: one code object. Out: one Raw function. Every bytecode block is an IR block whose parameters are the function object, the
//! namespace (class bodies), the locals that may be bound there, and the stack. Constants, nulls and the `lasti` entries of
//! handlers stay symbolic on the stack and need no parameter.
use crate::LowerError;
use crate::analysis::{self, Flow};
use pyaot_code::{CodeObject, Instruction, co, kind};
use pyaot_ir::builder::row;
use pyaot_ir::{
    BlockId, Builder, CodeId, Const, ConstId, Edge, Function, GlobalId, Imm, Kind, Module, Op, Stage, Ty, ValueId,
};
use std::collections::{BTreeSet, HashMap};

pub type R<T = ()> = Result<T, LowerError>;

/// A stack entry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Slot {
    Val(ValueId),
    /// May be null: the self of a method call.
    Opt(ValueId),
    /// A truth value that is not boxed.
    Flag(ValueId),
    Const(ConstId),
    /// PUSH_NULL.
    Null,
    /// The instruction offset under an exception; nothing reads it, since a re-raise adds no traceback entry.
    Lasti,
}

/// What a block expects at a stack position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SlotKind {
    Any,
    Opt,
    Null,
    Lasti,
}

pub struct Target {
    pub block: BlockId,
    pub kinds: Vec<SlotKind>,
}

pub struct Frame<'a> {
    pub code: &'a CodeObject,
    pub id: CodeId,
    pub module: &'a mut Module,
    pub flow: Flow,
    pub f: Function,
    pub block: BlockId,
    pub stack: Vec<Slot>,
    pub locals: Vec<Option<ValueId>>,
    /// The frame owns what the local holds; else it is a parameter that is never rebound.
    pub owns: Vec<bool>,
    pub function: ValueId,
    pub namespace: Option<ValueId>,
    pub is_module: bool,
    pub is_class: bool,
    /// Globals are those of the function object instead of the module's cells.
    pub own_globals: bool,
    /// The code of a text for `eval` or `exec`: its functions have the globals of the function that makes them.
    pub text: bool,
    targets: HashMap<usize, Target>,
    landings: HashMap<(usize, Vec<SlotKind>), BlockId>,
    work: BTreeSet<usize>,
    const_values: HashMap<ConstId, ValueId>,
    unbound: Option<ValueId>,
    null: Option<ValueId>,
    exit: Option<BlockId>,
    /// The instruction being lowered.
    pub index: usize,
    /// The current block has its terminator.
    pub ended: bool,
}

/// Lowers one code object.
pub fn lower_code(module: &mut Module, id: CodeId, code: &CodeObject, text: bool) -> R<Function> {
    let name = code.qualname.to_string_lossy();
    let flow = Flow::new(code).map_err(|(offset, message)| LowerError {
        code: name.clone(),
        offset,
        message,
    })?;
    if code.localspluskinds.len() != code.localsplusnames.len() {
        return Err(LowerError {
            code: name,
            offset: None,
            message: "kinds of the local variables are missing".into(),
        });
    }
    let is_module = id.0 == 0 && !text;
    let is_class = crate::is_class_body(code, is_module);
    let nlocals = code.localsplusnames.len();
    let f = Function {
        name,
        code: id,
        kind: Kind::Direct,
        stage: Stage::Raw,
        once: (is_module || is_class) && !text,
        cold: (is_module || is_class) && !flow.instrs.iter().any(|i| i.opcode.is_backward_jump()),
        light: false,
        locals: nlocals as u32,
        scratch: 0,
        raw_result: false,
        values: Vec::new(),
        blocks: Vec::new(),
    };
    let mut frame = Frame {
        code,
        id,
        module,
        flow,
        f,
        block: BlockId(0),
        stack: Vec::new(),
        locals: vec![None; nlocals],
        owns: vec![true; nlocals],
        function: ValueId(0),
        namespace: None,
        is_module,
        is_class,
        own_globals: text || code.flags & co::OPTIMIZED != 0 && analysis::is_annotation_scope(code),
        text,
        targets: HashMap::new(),
        landings: HashMap::new(),
        work: BTreeSet::new(),
        const_values: HashMap::new(),
        unbound: None,
        null: None,
        exit: None,
        index: 0,
        ended: false,
    };
    frame.run()?;
    frame.f.renumber();
    Ok(frame.f)
}

impl Frame<'_> {
    fn run(&mut self) -> R {
        self.entry()?;
        while let Some(leader) = self.work.pop_first() {
            self.start(leader);
            self.index = leader;
            loop {
                let instr = self.flow.instrs[self.index];
                self.instruction(&instr)?;
                if self.ended {
                    break;
                }
                self.index += 1;
                if self.index >= self.flow.instrs.len() {
                    return self.fail("the code has no end");
                }
                if self.flow.leaders.contains(&self.index) {
                    let edge = self.edge_to(self.index)?;
                    self.b().end(Op::Jump, vec![], vec![], vec![edge]);
                    break;
                }
            }
        }
        Ok(())
    }

    fn entry(&mut self) -> R {
        let nparams = analysis::param_slots(self.code) as usize;
        let consumed = analysis::consumed_params(self.code);
        let generator = crate::is_generator(self.code);
        let rebound = self.rebound_params();
        self.block = self.f.new_block();
        self.function = self.b().param(Ty::Any, false, None);
        if self.is_class {
            self.namespace = Some(self.b().param(Ty::Any, false, None));
        } else {
            for i in 0..nparams {
                let own = i < 64 && consumed >> i & 1 == 1;
                let value = self.b().param(Ty::Any, own, Some(i as u32));
                self.locals[i] = Some(value);
                self.owns[i] = own || generator || rebound.contains(&i);
            }
        }
        self.b().none(Op::Enter, vec![], vec![]);
        let edge = self.edge_to(0)?;
        self.b().end(Op::Jump, vec![], vec![], vec![edge]);
        Ok(())
    }

    /// Parameters whose slot the code writes (cells included).
    fn rebound_params(&self) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        for instr in &self.flow.instrs {
            let arg = instr.oparg as usize;
            match instr.opcode {
                pyaot_code::Opcode::STORE_FAST
                | pyaot_code::Opcode::MAKE_CELL
                | pyaot_code::Opcode::DELETE_FAST
                | pyaot_code::Opcode::LOAD_FAST_AND_CLEAR => {
                    out.insert(arg);
                }
                pyaot_code::Opcode::STORE_FAST_LOAD_FAST => {
                    out.insert(arg >> 4);
                }
                pyaot_code::Opcode::STORE_FAST_STORE_FAST => {
                    out.insert(arg >> 4);
                    out.insert(arg & 15);
                }
                _ => {}
            }
        }
        out
    }

    // ---- errors and tables ----

    pub fn fail<T>(&self, message: impl Into<String>) -> R<T> {
        let offset = self.flow.instrs.get(self.index).map(|i| i.offset);
        Err(LowerError {
            code: self.f.name.clone(),
            offset,
            message: message.into(),
        })
    }

    pub fn instr(&self) -> Instruction {
        self.flow.instrs[self.index]
    }

    /// Index of the current instruction in `co_code`.
    pub fn site(&self) -> u32 {
        self.flow.instrs.get(self.index).map_or(0, |i| i.offset / 2)
    }

    /// Pool id of a name of `co_names`.
    pub fn name(&mut self, i: u32) -> R<ConstId> {
        match self.code.names.get(i as usize) {
            Some(name) => {
                let bytes = name.as_bytes().to_vec();
                Ok(self.module.add_const(Const::Str(bytes)))
            }
            None => self.fail("name out of the table"),
        }
    }

    /// Pool id of a local variable's name.
    pub fn local_name(&mut self, i: usize) -> R<ConstId> {
        match self.code.localsplusnames.get(i) {
            Some(name) => {
                let bytes = name.as_bytes().to_vec();
                Ok(self.module.add_const(Const::Str(bytes)))
            }
            None => self.fail("local variable out of the table"),
        }
    }

    pub fn global(&mut self, i: u32) -> R<GlobalId> {
        let name = self.name(i)?;
        Ok(self.module.add_global(name))
    }

    pub fn is_free(&self, slot: usize) -> bool {
        self.code.localspluskinds.get(slot).is_some_and(|k| k & kind::FREE != 0)
    }

    // ---- values ----

    pub fn b(&mut self) -> Builder<'_> {
        let site = self.flow.instrs.get(self.index).map(|i| i.offset / 2);
        let mut b = Builder::new(&mut self.f, self.block);
        b.site = site;
        b
    }

    /// An op that cannot raise and has no place in a traceback.
    pub fn pure(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>) -> ValueId {
        let mut b = Builder::new(&mut self.f, self.block);
        b.one(op, imms, args)
    }

    pub fn konst(&mut self, id: ConstId) -> ValueId {
        if let Some(value) = self.const_values.get(&id) {
            return *value;
        }
        let value = self.pure(Op::Const, vec![Imm::Const(id)], vec![]);
        self.const_values.insert(id, value);
        value
    }

    pub fn konst_of(&mut self, value: Const) -> ValueId {
        let id = self.module.add_const(value);
        self.konst(id)
    }

    pub fn unbound(&mut self) -> ValueId {
        match self.unbound {
            Some(value) => value,
            None => {
                let value = self.pure(Op::Unbound, vec![], vec![]);
                self.unbound = Some(value);
                value
            }
        }
    }

    pub fn null(&mut self) -> ValueId {
        match self.null {
            Some(value) => value,
            None => {
                let value = self.pure(Op::Null, vec![], vec![]);
                self.null = Some(value);
                value
            }
        }
    }

    pub fn i32(&mut self, n: i64) -> ValueId {
        self.pure(Op::I32, vec![Imm::Int(n)], vec![])
    }

    pub fn i64(&mut self, n: i64) -> ValueId {
        self.pure(Op::I64, vec![Imm::Int(n)], vec![])
    }

    pub fn module_addr(&mut self) -> ValueId {
        self.pure(Op::ModuleAddr, vec![], vec![])
    }

    pub fn global_addr(&mut self, global: GlobalId) -> ValueId {
        self.pure(Op::GlobalAddr, vec![Imm::Global(global)], vec![])
    }

    // ---- stack ----

    pub fn push(&mut self, slot: Slot) {
        self.stack.push(slot);
    }

    pub fn push_value(&mut self, value: ValueId) {
        self.stack.push(Slot::Val(value));
    }

    pub fn pop(&mut self) -> R<Slot> {
        match self.stack.pop() {
            Some(slot) => Ok(slot),
            None => self.fail("stack underflow"),
        }
    }

    pub fn pop_value(&mut self) -> R<ValueId> {
        let slot = self.pop()?;
        self.value(slot)
    }

    /// `n` values, deepest first.
    pub fn pop_values(&mut self, n: usize) -> R<Vec<ValueId>> {
        if n > self.stack.len() {
            return self.fail("stack underflow");
        }
        let slots = self.stack.split_off(self.stack.len() - n);
        slots.into_iter().map(|slot| self.value(slot)).collect()
    }

    /// A value or null.
    pub fn pop_opt(&mut self) -> R<ValueId> {
        match self.pop()? {
            Slot::Null => Ok(self.null()),
            Slot::Opt(v) => Ok(v),
            slot => self.value(slot),
        }
    }

    /// The entry `depth` places from the top (1 = top).
    pub fn peek(&mut self, depth: usize) -> R<usize> {
        if depth == 0 || depth > self.stack.len() {
            self.fail("stack underflow")
        } else {
            Ok(self.stack.len() - depth)
        }
    }

    /// The value `depth` places from the top (1 = top), which stays.
    pub fn peek_value(&mut self, depth: usize) -> R<ValueId> {
        let at = self.peek(depth)?;
        let value = self.value(self.stack[at])?;
        self.stack[at] = Slot::Val(value);
        Ok(value)
    }

    pub fn value(&mut self, slot: Slot) -> R<ValueId> {
        match slot {
            Slot::Val(v) => Ok(v),
            Slot::Flag(v) => Ok(self.pure(Op::BoxBool, vec![], vec![v])),
            Slot::Const(id) => Ok(self.konst(id)),
            Slot::Opt(_) | Slot::Null | Slot::Lasti => self.fail("a null is used as a value"),
        }
    }

    // ---- calls of the runtime ----

    /// Calls an intrinsic; the result, if it has one.
    pub fn call(&mut self, name: &str, args: Vec<ValueId>) -> R<Option<ValueId>> {
        let position = i64::from(self.site());
        self.call_at(name, args, position)
    }

    /// Calls an intrinsic that has a result.
    pub fn call1(&mut self, name: &str, args: Vec<ValueId>) -> R<ValueId> {
        match self.call(name, args)? {
            Some(value) => Ok(value),
            None => self.fail(format!("intrinsic {name} has no result")),
        }
    }

    /// `position` is what a handler records: -1 when the exception is raised again.
    pub fn call_at(&mut self, name: &str, args: Vec<ValueId>, position: i64) -> R<Option<ValueId>> {
        Ok(self
            .raising_at(Op::Call, vec![row(name)], args, 0, position)?
            .first()
            .copied())
    }

    /// Appends an op, with its handler edge if it may raise inside a protected region.
    pub fn raising(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>, n: usize) -> R<Vec<ValueId>> {
        let position = i64::from(self.site());
        self.raising_at(op, imms, args, n, position)
    }

    pub fn raising_at(
        &mut self,
        op: Op,
        imms: Vec<Imm>,
        args: Vec<ValueId>,
        n: usize,
        position: i64,
    ) -> R<Vec<ValueId>> {
        let probe = pyaot_ir::Inst::new(op, imms, args);
        let error = if probe.raises() == pyaot_ir::Raises::Never {
            None
        } else {
            self.handler_edge(position)?
        };
        Ok(self.b().push(probe.op, probe.imms, probe.args, n, Ty::Any, error))
    }

    // ---- blocks and edges ----

    /// Kinds of the current stack; truth values are boxed.
    pub fn kinds(&mut self, depth: usize) -> R<Vec<SlotKind>> {
        let mut kinds = Vec::with_capacity(depth);
        for i in 0..depth {
            kinds.push(match self.stack[i] {
                Slot::Val(_) | Slot::Const(_) => SlotKind::Any,
                Slot::Flag(_) => {
                    let value = self.value(self.stack[i])?;
                    self.stack[i] = Slot::Val(value);
                    SlotKind::Any
                }
                Slot::Opt(_) => SlotKind::Opt,
                Slot::Null => SlotKind::Null,
                Slot::Lasti => SlotKind::Lasti,
            });
        }
        Ok(kinds)
    }

    /// Parameters of a block for the state at a leader.
    fn params(&mut self, block: BlockId, leader: usize, kinds: &[SlotKind]) {
        let namespace = self.namespace.is_some();
        let bound: Vec<usize> = (0..self.locals.len())
            .filter(|i| self.flow.bound_at(leader, *i))
            .collect();
        let owns: Vec<bool> = bound.iter().map(|i| self.owns[*i]).collect();
        let mut b = Builder::new(&mut self.f, block);
        b.param(Ty::Any, false, None);
        if namespace {
            b.param(Ty::Any, false, None);
        }
        for (i, own) in bound.iter().zip(owns) {
            b.param(Ty::Any, own, Some(*i as u32));
        }
        for kind in kinds {
            match kind {
                SlotKind::Any => {
                    b.param(Ty::Any, true, None);
                }
                SlotKind::Opt => {
                    b.param(Ty::Opt, true, None);
                }
                SlotKind::Null | SlotKind::Lasti => {}
            }
        }
    }

    /// Arguments for [`Frame::params`] from the current state.
    fn args(&mut self, leader: usize, depth: usize, kinds: &[SlotKind]) -> R<Vec<ValueId>> {
        let mut args = vec![self.function];
        args.extend(self.namespace);
        for i in 0..self.locals.len() {
            if self.flow.bound_at(leader, i) {
                let value = match self.locals[i] {
                    Some(value) => value,
                    None => self.unbound(),
                };
                args.push(value);
            } else if self.locals[i].is_some() {
                return self.fail("a local variable is lost");
            }
        }
        if depth != kinds.len() {
            return self.fail("stack depths differ where control flow meets");
        }
        for (i, kind) in kinds.iter().enumerate() {
            match (kind, self.stack[i]) {
                (SlotKind::Any, slot @ (Slot::Val(_) | Slot::Const(_) | Slot::Flag(_))) => args.push(self.value(slot)?),
                (SlotKind::Opt, Slot::Null) => args.push(self.null()),
                (SlotKind::Opt, Slot::Opt(v)) => args.push(v),
                (SlotKind::Opt, slot @ (Slot::Val(_) | Slot::Const(_) | Slot::Flag(_))) => args.push(self.value(slot)?),
                (SlotKind::Null, Slot::Null) | (SlotKind::Lasti, Slot::Lasti) => {}
                _ => return self.fail("stack entries differ where control flow meets"),
            }
        }
        Ok(args)
    }

    fn target(&mut self, leader: usize, kinds: Vec<SlotKind>) -> BlockId {
        if let Some(target) = self.targets.get(&leader) {
            return target.block;
        }
        let block = self.f.new_block();
        self.params(block, leader, &kinds);
        self.targets.insert(leader, Target { block, kinds });
        self.work.insert(leader);
        block
    }

    /// Edge to a leader with the current state.
    pub fn edge_to(&mut self, leader: usize) -> R<Edge> {
        let depth = self.stack.len();
        let kinds = self.kinds(depth)?;
        let block = self.target(leader, kinds);
        let kinds = self.targets[&leader].kinds.clone();
        Ok(Edge {
            block,
            args: self.args(leader, depth, &kinds)?,
        })
    }

    /// Edge to the handler of the current instruction, if it has one.
    pub fn handler_edge(&mut self, position: i64) -> R<Option<Edge>> {
        let instr = self.instr();
        let Some(entry) = self.flow.handler(&instr).copied() else {
            return Ok(None);
        };
        let Some(leader) = self.flow.at(entry.target) else {
            return self.fail("handler out of the code");
        };
        let depth = entry.depth as usize;
        if depth > self.stack.len() {
            return self.fail("handler below the stack");
        }
        let kinds = self.kinds(depth)?;
        let landing = self.landing(leader, &kinds, entry.lasti)?;
        let mut args = self.args(leader, depth, &kinds)?;
        args.push(self.i32(position));
        Ok(Some(Edge { block: landing, args }))
    }

    /// The block that takes the exception and goes to the handler's code. Its last parameter is the position.
    fn landing(&mut self, leader: usize, kinds: &[SlotKind], lasti: bool) -> R<BlockId> {
        let key = (leader, kinds.to_vec());
        if let Some(block) = self.landings.get(&key) {
            return Ok(*block);
        }
        let mut inner = kinds.to_vec();
        if lasti {
            inner.push(SlotKind::Lasti);
        }
        inner.push(SlotKind::Any);
        let target = self.target(leader, inner.clone());
        if self.targets[&leader].kinds != inner {
            return self.fail("stack entries differ where exceptions meet");
        }
        let landing = self.f.new_block();
        self.params(landing, leader, kinds);
        let id = self.id;
        let mut b = Builder::new(&mut self.f, landing);
        let position = b.param(Ty::I32, false, None);
        let code = b.one(Op::CodeAddr, vec![Imm::Code(id)], vec![]);
        let exc = b.one(Op::Call, vec![row("catch")], vec![code, position]);
        let mut args: Vec<ValueId> = b.function.block(landing).params.iter().map(|p| p.value).collect();
        args.pop();
        args.push(exc);
        b.jump(target, args);
        self.f.block_mut(landing).cold = true;
        self.landings.insert(key, landing);
        Ok(landing)
    }

    /// Begins the block of a leader: the state is its parameters.
    fn start(&mut self, leader: usize) {
        let Target { block, kinds } = &self.targets[&leader];
        let (block, kinds) = (*block, kinds.clone());
        self.enter_block(block, &kinds);
    }

    fn enter_block(&mut self, block: BlockId, kinds: &[SlotKind]) {
        self.block = block;
        self.ended = false;
        self.const_values.clear();
        self.unbound = None;
        self.null = None;
        let mut params = self.f.block(block).params.clone().into_iter();
        if let Some(p) = params.next() {
            self.function = p.value;
        }
        if self.namespace.is_some() {
            self.namespace = params.next().map(|p| p.value);
        }
        self.locals.fill(None);
        self.stack.clear();
        let mut rest = params.peekable();
        while let Some(p) = rest.next_if(|p| p.local.is_some()) {
            if let Some(local) = p.local {
                self.locals[local as usize] = Some(p.value);
            }
        }
        for kind in kinds {
            let slot = match kind {
                SlotKind::Any => rest.next().map(|p| Slot::Val(p.value)),
                SlotKind::Opt => rest.next().map(|p| Slot::Opt(p.value)),
                SlotKind::Null => Some(Slot::Null),
                SlotKind::Lasti => Some(Slot::Lasti),
            };
            self.stack.extend(slot);
        }
    }

    /// An edge to a new block that has the current state. `sent` adds a first parameter that the edge does not pass.
    /// The caller ends the current block, then calls [`Frame::continue_in`].
    pub fn fresh(&mut self, sent: bool) -> R<(Edge, Option<ValueId>, Vec<SlotKind>)> {
        let depth = self.stack.len();
        let kinds = self.kinds(depth)?;
        let block = self.f.new_block();
        let sent = sent.then(|| Builder::new(&mut self.f, block).param(Ty::Any, true, None));
        let mut args = vec![self.function];
        args.extend(self.namespace);
        let bound: Vec<(usize, ValueId)> = self
            .locals
            .iter()
            .enumerate()
            .filter_map(|(i, v)| v.map(|v| (i, v)))
            .collect();
        for (_, value) in &bound {
            args.push(*value);
        }
        let (owns, namespace) = (self.owns.clone(), self.namespace.is_some());
        let mut b = Builder::new(&mut self.f, block);
        b.param(Ty::Any, false, None);
        if namespace {
            b.param(Ty::Any, false, None);
        }
        for (i, _) in &bound {
            b.param(Ty::Any, owns[*i], Some(*i as u32));
        }
        for i in 0..depth {
            match self.stack[i] {
                Slot::Opt(v) => {
                    args.push(v);
                    Builder::new(&mut self.f, block).param(Ty::Opt, true, None);
                }
                Slot::Null | Slot::Lasti => {}
                slot => {
                    args.push(self.value(slot)?);
                    Builder::new(&mut self.f, block).param(Ty::Any, true, None);
                }
            }
        }
        Ok((Edge { block, args }, sent, kinds))
    }

    /// Continues in a block made by [`Frame::fresh`].
    pub fn continue_in(&mut self, block: BlockId, sent: bool, kinds: &[SlotKind]) {
        if sent {
            // The sent value is set apart, so that the parameters have the usual order.
            let first = self.f.block_mut(block).params.remove(0);
            self.enter_block(block, kinds);
            self.f.block_mut(block).params.insert(0, first);
        } else {
            self.enter_block(block, kinds);
        }
    }

    /// Leaves the frame: releases what the locals hold, last to first. CPython: Python/frame.c, _PyFrame_ClearLocals.
    pub fn leave(&mut self, result: ValueId) -> R {
        let held: Vec<ValueId> = (0..self.locals.len())
            .rev()
            .filter(|i| self.owns[*i])
            .filter_map(|i| self.locals[i])
            .collect();
        self.ended = true;
        if held.len() < 2 {
            let mut b = self.b();
            for value in held {
                b.none(Op::Release, vec![], vec![value]);
            }
            b.none(Op::Leave, vec![], vec![]);
            b.end(Op::Ret, vec![], vec![result], vec![]);
            return Ok(());
        }
        let slots: Vec<usize> = (0..self.locals.len())
            .filter(|i| self.owns[*i] && self.flow.ever_bound.has(*i))
            .collect();
        let exit = match self.exit {
            Some(exit) => exit,
            None => {
                let exit = self.f.new_block();
                let mut b = Builder::new(&mut self.f, exit);
                let result = b.param(Ty::Any, true, None);
                let values: Vec<ValueId> = slots.iter().map(|i| b.param(Ty::Any, true, Some(*i as u32))).collect();
                for value in values.into_iter().rev() {
                    b.none(Op::Release, vec![], vec![value]);
                }
                b.none(Op::Leave, vec![], vec![]);
                b.end(Op::Ret, vec![], vec![result], vec![]);
                self.exit = Some(exit);
                exit
            }
        };
        let mut args = vec![result];
        for i in slots {
            let value = match self.locals[i] {
                Some(value) => value,
                None => self.unbound(),
            };
            args.push(value);
        }
        self.b().jump(exit, args);
        Ok(())
    }
}
