//! Reference counting. In: Checked (closed blocks, implicit ends of life). Out: Counted (every reference explicit).
//!
//! Blocks are closed, so each is done alone. A value that the block owns is moved by its last use where that use takes it,
//! dropped after its last use where it does not, and gets a second reference where it is taken and used again. A borrowed value
//! gets one where it is taken. A `release` of a value that is used again is no operation: another holder remains.
//! So locals and arguments that are only read cost nothing, and stores move. Where a value ends while a loaded one is in use, which the end
//! could free, it ends behind that, but before other code can run. On edges that need counting stands a block of its
//! own, shared by the insts of a block that need the same.
use crate::Context;
use crate::borrow::breaks;
use pyaot_ir::builder::row;
use pyaot_ir::{ArgKind, BlockId, Builder, Edge, Function, Imm, Inst, Op, Ownership, Param, Shape, Ty, ValueId};
use std::collections::HashMap;

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    let blocks = f.blocks.len();
    let own_params: Vec<Vec<bool>> = f
        .blocks
        .iter()
        .map(|b| b.params.iter().map(|p| p.own).collect())
        .collect();
    let mut ownership = f.ownership();
    for b in 0..blocks {
        Counter::new(f, &mut ownership, &own_params, b).run()?;
    }
    Ok(())
}

/// Key of a shared edge block: target, arguments (raw ones are parameters anyway), second references, drops.
type EdgeKey = (BlockId, Vec<Option<ValueId>>, Vec<(ValueId, usize)>, Vec<ValueId>);

/// Order in which operands that die with an inst are dropped: CPython's, which closes the inputs from the top of the stack, except
/// where the result takes the place of the first input before that. CPython: Tools/cases_generator, DECREF_INPUTS.
fn drop_order(inst: &Inst) -> Vec<usize> {
    let n = inst.args.len();
    let name = inst.intrinsic().map_or("", |row| row.name);
    match (inst.op, name) {
        (Op::ICmp, _) | (Op::Call, "compare" | "compare_bool" | "setitem" | "delitem" | "call_ex") => {
            (0..n).rev().collect()
        }
        (Op::Call, "getslice" | "setslice") => vec![1, 2, 0, 3],
        _ => (0..n).collect(),
    }
}

struct Counter<'a> {
    f: &'a mut Function,
    ownership: &'a mut Vec<Ownership>,
    own_params: &'a [Vec<bool>],
    block: usize,
    /// Index of the last inst that mentions a value, edges included.
    last_use: HashMap<ValueId, usize>,
    /// Owned values, in order of definition.
    alive: Vec<ValueId>,
    /// Loaded values, borrowed from memory.
    loaded: Vec<ValueId>,
    out: Vec<Inst>,
    edge_blocks: HashMap<EdgeKey, BlockId>,
    /// On the edge in work this value is known not to be null.
    nonnull: Option<ValueId>,
}

impl<'a> Counter<'a> {
    fn new(
        f: &'a mut Function,
        ownership: &'a mut Vec<Ownership>,
        own_params: &'a [Vec<bool>],
        block: usize,
    ) -> Counter<'a> {
        let mut last_use = HashMap::new();
        for (i, inst) in f.blocks[block].insts.iter().enumerate() {
            for value in inst.args.iter().chain(inst.edges().flat_map(|e| &e.args)) {
                last_use.insert(*value, i);
            }
        }
        Counter {
            f,
            ownership,
            own_params,
            block,
            last_use,
            alive: Vec::new(),
            loaded: Vec::new(),
            out: Vec::new(),
            edge_blocks: HashMap::new(),
            nonnull: None,
        }
    }

    fn owned(&self, value: ValueId) -> Ownership {
        self.ownership[value.index()]
    }

    fn inc(&mut self, value: ValueId) {
        let op = if self.f.ty(value) == Ty::Opt { Op::XInc } else { Op::Inc };
        self.out.push(Inst::new(op, vec![], vec![value]));
    }

    fn dec(&mut self, value: ValueId, site: Option<u32>) {
        let op = if self.f.ty(value) == Ty::Opt { Op::XDec } else { Op::Dec };
        let mut inst = Inst::new(op, vec![], vec![value]);
        inst.site = site;
        self.out.push(inst);
    }

    fn kill(&mut self, value: ValueId) -> bool {
        match self.alive.iter().position(|v| *v == value) {
            Some(i) => {
                self.alive.remove(i);
                true
            }
            None => false,
        }
    }

    fn run(&mut self) -> Result<(), String> {
        let params: Vec<Param> = self.f.blocks[self.block].params.clone();
        for param in params {
            if self.owned(param.value) == Ownership::Own {
                if self.last_use.contains_key(&param.value) {
                    self.alive.push(param.value);
                } else {
                    self.dec(param.value, None);
                }
            }
        }
        let insts = std::mem::take(&mut self.f.blocks[self.block].insts);
        for (i, inst) in insts.into_iter().enumerate() {
            self.inst(i, inst)?;
        }
        if !self.alive.is_empty() {
            return Err(format!("b{}: values outlive their block", self.block));
        }
        self.f.blocks[self.block].insts = std::mem::take(&mut self.out);
        Ok(())
    }

    /// A loaded value is used behind inst `i`.
    fn in_use(&mut self, i: usize) -> bool {
        let last_use = &self.last_use;
        self.loaded.retain(|v| last_use.get(v).is_some_and(|last| *last > i));
        !self.loaded.is_empty()
    }

    /// Drops owned values whose last use is behind the walk.
    fn drop_ended(&mut self, by: usize, site: Option<u32>) {
        let ended: Vec<ValueId> = self
            .alive
            .iter()
            .copied()
            .filter(|v| self.last_use.get(v).is_some_and(|last| *last < by))
            .collect();
        for value in ended {
            self.kill(value);
            self.dec(value, site);
        }
    }

    fn inst(&mut self, i: usize, mut inst: Inst) -> Result<(), String> {
        if breaks(&inst) {
            self.drop_ended(i, inst.site);
        }
        match inst.op {
            Op::Release => {
                let value = inst.args[0];
                let last = self.last_use.get(&value) == Some(&i);
                if self.owned(value) == Ownership::Own && last {
                    self.kill(value);
                    self.dec(value, inst.site);
                }
                return Ok(());
            }
            Op::TakeAdd => self.take_add(i, &mut inst),
            Op::Yield => self.own_what_is_kept(&mut inst),
            _ => {}
        }
        let masked = inst.op.row().args.last() == Some(&ArgKind::MaskRest);
        if masked {
            self.mask(i, &mut inst);
        }
        self.take_operands(i, &inst)?;
        let keeps_on_error = inst.op == Op::TakeAdd;
        if inst.op == Op::ReturnGenerator {
            // What the edge passes moves into the generator, also when that fails.
            self.single_target(&inst);
            self.alive.clear();
        }
        if let Some(edge) = inst.error.take() {
            inst.error = Some(self.edge(edge, 0, None, true)?);
        }
        if keeps_on_error {
            self.kill(inst.args[0]);
        }
        match inst.op.row().shape {
            Shape::Plain => {
                let site = inst.site;
                let operands = inst.args.clone();
                let unboxed = (inst.arg_kind(0) == Some(ArgKind::Unbox)).then(|| inst.args[0]);
                let order = drop_order(&inst);
                let results = inst.results.clone();
                let dead_end = inst.raises() == pyaot_ir::Raises::Always;
                let is_load = inst.op == Op::Load;
                self.out.push(inst);
                let waits = self.in_use(i);
                for operand in order.into_iter().filter_map(|k| operands.get(k).copied()) {
                    let ends = self.last_use.get(&operand) == Some(&i) && unboxed != Some(operand);
                    if ends && !waits && !dead_end && self.kill(operand) {
                        self.dec(operand, site);
                    }
                }
                if let Some(value) = unboxed {
                    // An immediate from here on: uses that follow take no references.
                    self.kill(value);
                    self.ownership[value.index()] = Ownership::Static;
                }
                // Values that only an error edge wanted, or that waited.
                if dead_end {
                    self.alive.retain(|v| self.last_use.get(v) != Some(&i));
                } else if !waits {
                    self.drop_ended(i + 1, site);
                }
                if is_load {
                    self.loaded.extend(
                        results
                            .iter()
                            .filter(|v| self.ownership[v.index()] == Ownership::Borrow),
                    );
                }
                for result in results {
                    if self.owned(result) == Ownership::Own {
                        if self.last_use.contains_key(&result) {
                            self.alive.push(result);
                        } else {
                            self.dec(result, site);
                        }
                    }
                }
            }
            Shape::Ends(0) => {
                let left = std::mem::take(&mut self.alive);
                if inst.op != Op::Unreachable {
                    for value in left {
                        self.dec(value, inst.site);
                    }
                }
                self.out.push(inst);
            }
            Shape::Ends(1) => {
                self.single_target(&inst);
                self.alive.clear();
                self.out.push(inst);
            }
            // The other targets are given constants.
            Shape::EndsSwitch if inst.op == Op::ReturnGenerator => self.out.push(inst),
            Shape::Ends(_) | Shape::EndsSwitch | Shape::EndsResume => {
                let defined = usize::from(inst.op.row().shape == Shape::EndsResume);
                let null = if inst.op == Op::BrNull {
                    inst.args.first().copied()
                } else {
                    None
                };
                for (t, edge) in std::mem::take(&mut inst.targets).into_iter().enumerate() {
                    self.nonnull = null.filter(|_| t == 1);
                    let edge = self.edge(edge, defined, null.filter(|_| t == 0), false)?;
                    inst.targets.push(edge);
                }
                self.nonnull = None;
                self.alive.clear();
                self.out.push(inst);
            }
        }
        Ok(())
    }

    /// Where the local lives on, `a + b` cannot take its reference.
    fn take_add(&mut self, i: usize, inst: &mut Inst) {
        let (a, b) = (inst.args[0], inst.args[1]);
        let takes = self.owned(a) == Ownership::Own && self.last_use.get(&a) == Some(&i) && a != b;
        if takes {
            let on_error = inst.error.as_ref().is_some_and(|e| e.args.contains(&b));
            if self.owned(b) == Ownership::Own && self.last_use.get(&b) == Some(&i) && !on_error {
                let Some(Imm::Int(op)) = inst.imms.first_mut() else {
                    return;
                };
                *op |= i64::from(pyaot_abi::ADD_TAKES_BOTH);
            }
            return;
        }
        inst.op = Op::Call;
        if inst.imms == [Imm::Int(0)] {
            inst.imms = vec![row("add")];
        } else {
            let op = self.f.new_value(Ty::I32);
            self.ownership.push(Ownership::Raw);
            let mut konst = Inst::new(Op::I32, std::mem::take(&mut inst.imms), vec![]);
            konst.results.push(op);
            self.out.push(konst);
            inst.imms = vec![row("inplace_op")];
            inst.args.push(op);
        }
    }

    /// A heap frame keeps references only: borrowed values that it takes get one before the suspension.
    fn own_what_is_kept(&mut self, inst: &mut Inst) {
        let mut owned: HashMap<ValueId, ValueId> = HashMap::new();
        let mut targets = std::mem::take(&mut inst.targets);
        let mut error = inst.error.take();
        for (edge, defined) in targets
            .iter_mut()
            .map(|e| (e, 1))
            .chain(error.iter_mut().map(|e| (e, 0)))
        {
            let own = &self.own_params.get(edge.block.index()).map_or(&[][..], |o| &o[..]);
            for (k, arg) in edge.args.iter_mut().enumerate() {
                if self.ownership[arg.index()] != Ownership::Borrow || own.get(k + defined) != Some(&true) {
                    continue;
                }
                if let Some(copy) = owned.get(arg) {
                    *arg = *copy;
                    continue;
                }
                let copy = self.f.new_value(self.f.ty(*arg));
                self.ownership.push(Ownership::Own);
                let mut retain = Inst::new(Op::Retain, vec![], vec![*arg]);
                retain.results.push(copy);
                self.out.push(retain);
                self.alive.push(copy);
                owned.insert(*arg, copy);
                *arg = copy;
            }
        }
        inst.targets = targets;
        inst.error = error;
    }

    /// A call takes the temporaries that die with it.
    fn mask(&mut self, i: usize, inst: &mut Inst) {
        let mut mask = 0i64;
        for (k, arg) in inst.args.iter().enumerate().take(62) {
            let once = inst.args.iter().filter(|a| *a == arg).count() == 1;
            let on_error = inst.error.as_ref().is_some_and(|e| e.args.contains(arg));
            if once && !on_error && self.owned(*arg) == Ownership::Own && self.last_use.get(arg) == Some(&i) {
                mask |= 1 << k;
            }
        }
        if let Some(imm) = inst.imms.first_mut() {
            *imm = Imm::Int(mask);
        }
    }

    fn take_operands(&mut self, i: usize, inst: &Inst) -> Result<(), String> {
        let mut done: Vec<ValueId> = Vec::new();
        for (k, arg) in inst.args.iter().enumerate() {
            if inst.arg_kind(k) != Some(ArgKind::Own) || done.contains(arg) {
                continue;
            }
            done.push(*arg);
            let taken = (0..inst.args.len())
                .filter(|j| inst.args[*j] == *arg && inst.arg_kind(*j) == Some(ArgKind::Own))
                .count();
            match self.owned(*arg) {
                Ownership::Static | Ownership::Raw => {}
                Ownership::Borrow => {
                    for _ in 0..taken {
                        self.inc(*arg);
                    }
                }
                Ownership::Own => {
                    let also_read = inst.args.iter().filter(|a| *a == arg).count() > taken;
                    let on_edge = inst.edges().any(|e| e.args.contains(arg));
                    let keep = also_read || on_edge || self.last_use.get(arg) != Some(&i);
                    for _ in 0..taken - usize::from(!keep) {
                        self.inc(*arg);
                    }
                    if !keep && !self.kill(*arg) {
                        return Err(format!("%{} is taken after its end", arg.0));
                    }
                }
            }
        }
        Ok(())
    }

    /// What an edge must do: second references and drops.
    fn edge_work(&self, edge: &Edge, defined: usize, null: Option<ValueId>) -> (Vec<(ValueId, usize)>, Vec<ValueId>) {
        let own = self.own_params.get(edge.block.index());
        let mut incs: Vec<(ValueId, usize)> = Vec::new();
        for (k, arg) in edge.args.iter().enumerate() {
            let takes = own.is_none_or(|o| o.get(k + defined) == Some(&true));
            if !takes {
                continue;
            }
            match incs.iter_mut().find(|(v, _)| v == arg) {
                Some((_, n)) => *n += 1,
                None => incs.push((*arg, 1)),
            }
        }
        let mut drops = Vec::new();
        for value in self.alive.iter().rev() {
            match incs.iter_mut().find(|(v, _)| v == value) {
                Some((_, n)) => *n -= 1,
                None if null == Some(*value) => {}
                None => drops.push(*value),
            }
        }
        incs.retain(|(v, n)| *n > 0 && matches!(self.owned(*v), Ownership::Own | Ownership::Borrow));
        (incs, drops)
    }

    /// The work of an edge that is the only way on is done before it.
    fn single_target(&mut self, inst: &Inst) {
        let (incs, drops) = self.edge_work(&inst.targets[inst.targets.len() - 1], 0, None);
        for (value, n) in incs {
            for _ in 0..n {
                self.inc(value);
            }
        }
        for value in drops {
            self.dec(value, inst.site);
        }
    }

    /// The edge, led through a block of its own where it has work.
    fn edge(&mut self, edge: Edge, defined: usize, null: Option<ValueId>, cold: bool) -> Result<Edge, String> {
        let (incs, drops) = self.edge_work(&edge, defined, null);
        if incs.is_empty() && drops.is_empty() {
            return Ok(edge);
        }
        // Parameters of the block: every value that it mentions; static ones once for each use, since each use takes one.
        let mut passed: Vec<ValueId> = drops.clone();
        let mut places: Vec<usize> = Vec::with_capacity(edge.args.len());
        for value in &edge.args {
            let place = passed
                .iter()
                .position(|p| p == value)
                .filter(|_| self.owned(*value) != Ownership::Static);
            places.push(place.unwrap_or(passed.len()));
            if place.is_none() {
                passed.push(*value);
            }
        }
        let key_args = edge
            .args
            .iter()
            .map(|v| Some(*v).filter(|v| self.owned(*v) != Ownership::Raw))
            .collect();
        let key: EdgeKey = (edge.block, key_args, incs.clone(), drops.clone());
        if defined == 0
            && let Some(block) = self.edge_blocks.get(&key)
        {
            return Ok(Edge {
                block: *block,
                args: passed,
            });
        }
        let owned: Vec<(Ty, bool)> = passed
            .iter()
            .enumerate()
            .map(|(i, v)| {
                let holds = self.alive.contains(v) && null != Some(*v);
                let place = places.iter().position(|p| *p == i);
                let taken = place.is_some_and(|k| self.own_params[edge.block.index()].get(k + defined) == Some(&true));
                (
                    if self.nonnull == Some(*v) {
                        Ty::Any
                    } else {
                        self.f.ty(*v)
                    },
                    holds || self.owned(*v) == Ownership::Static && taken,
                )
            })
            .collect();
        let block = self.f.new_block();
        let mut b = Builder::new(self.f, block);
        let extra: Vec<ValueId> = (0..defined).map(|_| b.param(Ty::Any, true, None)).collect();
        let params: Vec<ValueId> = owned.iter().map(|(ty, own)| b.param(*ty, *own, None)).collect();
        let map = |v: ValueId| passed.iter().position(|p| *p == v).map_or(v, |i| params[i]);
        for (value, n) in &incs {
            let op = if b.function.ty(map(*value)) == Ty::Opt {
                Op::XInc
            } else {
                Op::Inc
            };
            for _ in 0..*n {
                b.none(op, vec![], vec![map(*value)]);
            }
        }
        for value in &drops {
            let op = if b.function.ty(map(*value)) == Ty::Opt {
                Op::XDec
            } else {
                Op::Dec
            };
            b.none(op, vec![], vec![map(*value)]);
        }
        let args = extra.iter().copied().chain(places.iter().map(|i| params[*i])).collect();
        b.jump(edge.block, args);
        self.f.block_mut(block).cold = cold;
        // Values made here are never asked for, but the table must cover them.
        self.ownership.resize(self.f.values.len(), Ownership::Raw);
        self.edge_blocks.insert(key, block);
        Ok(Edge { block, args: passed })
    }
}
