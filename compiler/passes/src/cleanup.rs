//! Small things that later stages need not see. In and out: Lowered IR.
//!
//! Merges a block into the only one that jumps to it, lets equal cold blocks and equal ends of cold blocks be one, and drops
//! pure insts without uses.
use crate::Context;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Block, BlockId, Edge, Function, Imm, Inst, Op, Param, Ty, ValueId};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    merge(f);
    f.renumber();
    twins(f);
    release_tails(f);
    unwind_tails(f);
    f.renumber();
    crate::pairs::run(f);
    if crate::known_shapes::run(f) {
        f.renumber();
    }
    dead(f);
    Ok(())
}

fn merge(f: &mut Function) {
    let mut ways_in = vec![0u32; f.blocks.len()];
    for block in &f.blocks {
        for edge in block.insts.iter().flat_map(|i| i.edges()) {
            ways_in[edge.block.index()] += 1;
        }
    }
    let mut map: HashMap<ValueId, ValueId> = HashMap::new();
    for b in 0..f.blocks.len() {
        while let Some(last) = f.blocks[b].insts.last().filter(|last| last.op == Op::Jump) {
            let target = last.targets[0].block.index();
            if target == b || target == 0 || ways_in[target] != 1 || f.blocks[target].insts.is_empty() {
                break;
            }
            let Some(jump) = f.blocks[b].insts.pop() else { break };
            let next = std::mem::take(&mut f.blocks[target]);
            for (param, arg) in next.params.iter().zip(&jump.targets[0].args) {
                map.insert(param.value, *arg);
            }
            f.blocks[b].insts.extend(next.insts);
            ways_in[target] = 0;
        }
    }
    // Emptied blocks are unreachable; renumbering drops them.
    if map.is_empty() {
        return;
    }
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
}

/// Error exits of different blocks are often the same code.
fn twins(f: &mut Function) {
    // A second round finds blocks that differed only in where they go; more gain next to nothing.
    for _ in 0..2 {
        let mut first: HashMap<String, BlockId> = HashMap::new();
        let mut same: HashMap<BlockId, BlockId> = HashMap::new();
        let shared = outside_uses(f);
        for (b, block) in f.blocks.iter().enumerate().skip(1) {
            let defines = block
                .params
                .iter()
                .map(|p| p.value)
                .chain(block.insts.iter().flat_map(|i| i.results.iter().copied()));
            if !block.cold || defines.clone().any(|v| shared[v.index()]) {
                continue;
            }
            let local: HashMap<ValueId, usize> = defines.enumerate().map(|(i, v)| (v, i)).collect();
            let id = BlockId(b as u32);
            let other = *first.entry(shape(f, block, &local)).or_insert(id);
            if other != id {
                same.insert(id, other);
            }
        }
        if same.is_empty() {
            return;
        }
        for inst in f.blocks.iter_mut().flat_map(|b| &mut b.insts) {
            for edge in inst.edges_mut() {
                edge.block = same.get(&edge.block).copied().unwrap_or(edge.block);
            }
        }
        f.renumber();
    }
}

/// Values that blocks other than their own use.
fn outside_uses(f: &Function) -> Vec<bool> {
    let mut home = vec![0; f.values.len()];
    for (b, block) in f.blocks.iter().enumerate() {
        for value in block
            .params
            .iter()
            .map(|p| p.value)
            .chain(block.insts.iter().flat_map(|i| i.results.iter().copied()))
        {
            home[value.index()] = b;
        }
    }
    let mut out = vec![false; f.values.len()];
    for (b, block) in f.blocks.iter().enumerate() {
        for inst in &block.insts {
            for value in inst.args.iter().chain(inst.edges().flat_map(|e| &e.args)) {
                out[value.index()] |= home[value.index()] != b;
            }
        }
    }
    out
}

/// The block as text in which its own values are numbered from its start; sites of quiet ops do not matter.
fn shape(f: &Function, block: &Block, local: &HashMap<ValueId, usize>) -> String {
    let mut out = String::new();
    let name = |v: &ValueId| match local.get(v) {
        Some(i) => format!("p{i}"),
        None => format!("%{}", v.0),
    };
    for param in &block.params {
        let _ = write!(out, "{} ", f.ty(param.value).name());
    }
    for inst in &block.insts {
        let _ = write!(out, "\n{:?}{:?}", inst.op, inst.imms);
        if inst.effect() == OpEffect::Foreign {
            let _ = write!(out, "@{:?}", inst.site);
        }
        for value in inst.args.iter().chain(&inst.results) {
            let _ = write!(out, " {}", name(value));
        }
        for edge in inst.edges() {
            let _ = write!(out, " b{}:", edge.block.0);
            for value in &edge.args {
                let _ = write!(out, " {}", name(value));
            }
        }
    }
    out
}

/// An argument of a jump in a shared tail: the tail's own parameter, or a value that is the same in all.
#[derive(Clone, PartialEq, Eq, Hash)]
enum TailArg {
    Param(usize),
    Value(ValueId),
}

/// Error edges release what is alive, one value more for each deeper stack: their ends are shared, a block for each release.
/// Without this the releases of a function grow with the square of its stack depth.
fn release_tails(f: &mut Function) {
    type Key = (Op, ValueId, BlockId, Vec<TailArg>, Vec<Ty>);
    let mut tails: HashMap<Key, BlockId> = HashMap::new();
    let mut same: HashMap<BlockId, BlockId> = HashMap::new();
    for b in 1..f.blocks.len() {
        let Some((releases, jump)) = releases_and_jump(&f.blocks[b]) else {
            continue;
        };
        let params: Vec<ValueId> = f.blocks[b].params.iter().map(|p| p.value).collect();
        if releases.iter().any(|(_, v)| params.contains(v)) || params.iter().any(|p| !jump.args.contains(p)) {
            continue;
        }
        let types: Vec<Ty> = params.iter().map(|p| f.ty(*p)).collect();
        let mut target = jump.block;
        let place = |v: &ValueId| match params.iter().position(|p| p == v) {
            Some(i) => TailArg::Param(i),
            None => TailArg::Value(*v),
        };
        let mut args: Vec<TailArg> = jump.args.iter().map(place).collect();
        for (op, value) in releases.into_iter().rev() {
            let key = (op, value, target, args.clone(), types.clone());
            target = match tails.get(&key) {
                Some(block) => *block,
                None => {
                    let block = release_tail(f, op, value, target, &args, &types);
                    tails.insert(key, block);
                    block
                }
            };
            args = (0..types.len()).map(TailArg::Param).collect();
        }
        same.insert(BlockId(b as u32), target);
    }
    for inst in f.blocks.iter_mut().flat_map(|b| &mut b.insts) {
        for edge in inst.edges_mut() {
            edge.block = same.get(&edge.block).copied().unwrap_or(edge.block);
        }
    }
}

/// The content of a cold block that only releases values and goes on.
fn releases_and_jump(block: &Block) -> Option<(Vec<(Op, ValueId)>, Edge)> {
    let (last, rest) = block.insts.split_last()?;
    if !block.cold || last.op != Op::Jump || rest.is_empty() {
        return None;
    }
    let quiet = |i: &Inst| matches!(i.op, Op::Dec | Op::XDec) && i.site.is_none() && i.error.is_none();
    rest.iter().all(quiet).then(|| {
        let releases = rest.iter().map(|i| (i.op, i.args[0])).collect();
        (releases, last.targets[0].clone())
    })
}

fn release_tail(f: &mut Function, op: Op, value: ValueId, target: BlockId, args: &[TailArg], types: &[Ty]) -> BlockId {
    let params: Vec<ValueId> = types.iter().map(|ty| f.new_value(*ty)).collect();
    let mut jump = Inst::new(Op::Jump, vec![], vec![]);
    jump.targets.push(Edge {
        block: target,
        args: args
            .iter()
            .map(|arg| match arg {
                TailArg::Param(i) => params[*i],
                TailArg::Value(v) => *v,
            })
            .collect(),
    });
    let block = f.new_block();
    *f.block_mut(block) = Block {
        params: params
            .iter()
            .map(|value| Param {
                value: *value,
                own: false,
                local: None,
            })
            .collect(),
        insts: vec![Inst::new(op, vec![], vec![value]), jump],
        cold: true,
    };
    block
}

/// What an error exit hands to `unwind` as the content of a local.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Local {
    /// A value from before, given a second reference by this op.
    Value(ValueId, Option<Op>),
    Constant(Op, Vec<Imm>),
}

/// An error exit taken apart: what only this block can do, the locals it stores by offset, the position, and its end.
struct Exit {
    block: usize,
    own: Vec<Inst>,
    locals: Vec<(i64, Local)>,
    position: ValueId,
    slots: Vec<Imm>,
    end: Vec<Inst>,
    end_key: (Vec<Imm>, Vec<Imm>),
}

/// Blocks that hand the locals to `unwind` differ in few of them. Their stores become chains with shared ends, the locals that
/// differ most in front; then come the call, the depth and the null result, once.
fn unwind_tails(f: &mut Function) {
    let exits: Vec<Exit> = (1..f.blocks.len()).filter_map(|b| exit(f, b)).collect();
    let mut kinds: HashMap<i64, HashSet<&Local>> = HashMap::new();
    for (slot, local) in exits.iter().flat_map(|e| &e.locals) {
        kinds.entry(*slot).or_default().insert(local);
    }
    let rank: HashMap<i64, (std::cmp::Reverse<usize>, i64)> = kinds
        .iter()
        .map(|(slot, set)| (*slot, (std::cmp::Reverse(set.len()), *slot)))
        .collect();
    let mut ends: HashMap<(Vec<Imm>, Vec<Imm>, Vec<Imm>), BlockId> = HashMap::new();
    let mut stores: HashMap<(i64, Local, BlockId), BlockId> = HashMap::new();
    for mut exit in exits {
        let key = (exit.end_key.0, exit.slots.clone(), exit.end_key.1);
        let mut target = match ends.get(&key) {
            Some(tail) => *tail,
            None => {
                let tail = unwind_tail(f, &key.0, &key.1, &key.2, exit.end);
                ends.insert(key, tail);
                tail
            }
        };
        exit.locals.sort_by_key(|(slot, _)| rank[slot]);
        for (slot, local) in exit.locals.into_iter().rev() {
            let key = (slot, local, target);
            target = match stores.get(&key) {
                Some(block) => *block,
                None => {
                    let block = store_tail(f, slot, &key.1, &exit.slots, target);
                    stores.insert(key, block);
                    block
                }
            };
        }
        let block = &mut f.blocks[exit.block];
        block.insts = exit.own;
        block.insts.push(jump_with(target, exit.position));
    }
}

fn jump_with(block: BlockId, arg: ValueId) -> Inst {
    let mut jump = Inst::new(Op::Jump, vec![], vec![]);
    jump.targets.push(Edge { block, args: vec![arg] });
    jump
}

/// Block `b` as an error exit, if it has that form.
fn exit(f: &Function, b: usize) -> Option<Exit> {
    let insts = &f.blocks[b].insts;
    let (rest, [call, leave, null, ret]) = insts.split_last_chunk::<4>()?;
    let ends = call.calls("unwind") && leave.op == Op::Leave && null.op == Op::Null && ret.op == Op::Ret;
    if !ends || !f.blocks[b].cold || ret.args != null.results {
        return None;
    }
    let defs: HashMap<ValueId, &Inst> = rest
        .iter()
        .flat_map(|i| i.results.iter().map(move |r| (*r, i)))
        .collect();
    let made_here = |value: ValueId, op: Op| defs.get(&value).filter(|d| d.op == op).map(|d| d.imms.clone());
    let slots_value = call.args[2];
    let slots = made_here(slots_value, Op::ScratchAddr)?;
    let end_key = (
        made_here(call.args[0], Op::CodeAddr)?,
        made_here(call.args[3], Op::I32)?,
    );
    let params: Vec<ValueId> = f.blocks[b].params.iter().map(|p| p.value).collect();
    let mut own: Vec<Inst> = Vec::new();
    let mut retains: Vec<(ValueId, Op)> = Vec::new();
    let mut locals = Vec::new();
    for inst in rest {
        match inst.op {
            Op::Inc | Op::XInc if !defs.contains_key(&inst.args[0]) && !params.contains(&inst.args[0]) => {
                retains.push((inst.args[0], inst.op));
            }
            Op::Store if inst.args[0] == slots_value => {
                let (value, Some(Imm::Int(offset))) = (inst.args[1], inst.imms.first()) else {
                    return None;
                };
                let local = match defs.get(&value) {
                    Some(def) if matches!(def.op, Op::Unbound | Op::Const | Op::Null) => {
                        Local::Constant(def.op, def.imms.clone())
                    }
                    None if !params.contains(&value) => {
                        let retain = retains
                            .iter()
                            .position(|(v, _)| *v == value)
                            .map(|i| retains.remove(i).1);
                        Local::Value(value, retain)
                    }
                    _ => {
                        own.push(inst.clone());
                        continue;
                    }
                };
                locals.push((*offset, local));
            }
            _ => own.push(inst.clone()),
        }
    }
    for (value, op) in retains {
        own.push(Inst::new(op, vec![], vec![value]));
    }
    Some(Exit {
        block: b,
        own,
        locals,
        position: call.args[1],
        slots,
        end: insts[insts.len() - 4..].to_vec(),
        end_key,
    })
}

/// A block that stores one local and goes on with the position.
fn store_tail(f: &mut Function, slot: i64, local: &Local, slots: &[Imm], target: BlockId) -> BlockId {
    let position = f.new_value(Ty::I32);
    let mut insts = Vec::with_capacity(4);
    let mut made = |f: &mut Function, op: Op, imms: Vec<Imm>, ty: Ty| {
        let value = f.new_value(ty);
        let mut inst = Inst::new(op, imms, vec![]);
        inst.results.push(value);
        insts.push(inst);
        value
    };
    let base = made(f, Op::ScratchAddr, slots.to_vec(), Ty::Ptr);
    let value = match local {
        Local::Constant(op, imms) => {
            let ty = if *op == Op::Null { Ty::Opt } else { Ty::Any };
            made(f, *op, imms.clone(), ty)
        }
        Local::Value(value, retain) => {
            insts.extend(retain.map(|op| Inst::new(op, vec![], vec![*value])));
            *value
        }
    };
    insts.push(Inst::new(Op::Store, vec![Imm::Int(slot)], vec![base, value]));
    insts.push(jump_with(target, position));
    cold_block(f, position, insts)
}

/// A cold block whose parameter is a position.
fn cold_block(f: &mut Function, position: ValueId, insts: Vec<Inst>) -> BlockId {
    let block = f.new_block();
    *f.block_mut(block) = Block {
        params: vec![Param {
            value: position,
            own: false,
            local: None,
        }],
        insts,
        cold: true,
    };
    block
}

fn unwind_tail(f: &mut Function, code: &[Imm], slots: &[Imm], count: &[Imm], mut end: Vec<Inst>) -> BlockId {
    let mut insts = Vec::with_capacity(7);
    let mut made = |f: &mut Function, op: Op, imms: &[Imm], ty: Ty| {
        let value = f.new_value(ty);
        let mut inst = Inst::new(op, imms.to_vec(), vec![]);
        inst.results.push(value);
        insts.push(inst);
        value
    };
    let code = made(f, Op::CodeAddr, code, Ty::Ptr);
    let slots = made(f, Op::ScratchAddr, slots, Ty::Ptr);
    let count = made(f, Op::I32, count, Ty::I32);
    let position = f.new_value(Ty::I32);
    let null = f.new_value(Ty::Opt);
    end[0].args = vec![code, position, slots, count];
    end[2].results = vec![null];
    end[3].args = vec![null];
    insts.append(&mut end);
    cold_block(f, position, insts)
}

/// A second reference that is dropped at once: the first one keeps the value alive.
fn dead(f: &mut Function) {
    let mut uses = vec![0u32; f.values.len()];
    for inst in f.blocks.iter().flat_map(|b| &b.insts) {
        for value in inst.args.iter().chain(inst.edges().flat_map(|e| &e.args)) {
            uses[value.index()] += 1;
        }
    }
    for block in f.blocks.iter_mut().rev() {
        let mut insts = std::mem::take(&mut block.insts);
        insts.reverse();
        insts.retain(|inst| {
            let unused = inst.results.iter().all(|r| uses[r.index()] == 0);
            let removable = inst.op.row().effect == OpEffect::Pure && !inst.results.is_empty() || inst.op == Op::Load;
            if unused && removable {
                for value in &inst.args {
                    uses[value.index()] -= 1;
                }
                return false;
            }
            true
        });
        insts.reverse();
        block.insts = insts;
    }
}
