//! Small things that later stages need not see. In and out: Lowered IR.
//!
//! Merges a block into the only one that jumps to it, lets equal cold blocks be one, and drops pure insts without uses.
use crate::Context;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Block, BlockId, Function, Op, ValueId};
use std::collections::HashMap;
use std::fmt::Write;

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    merge(f);
    f.renumber();
    twins(f);
    f.renumber();
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
        loop {
            let Some(last) = f.blocks[b].insts.last() else { break };
            if last.op != Op::Jump {
                break;
            }
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
