//! Small things that later stages need not see. In and out: Lowered IR.
//!
//! Merges a block into the only one that jumps to it, and drops pure insts without uses.
use crate::Context;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Function, Op, ValueId};
use std::collections::HashMap;

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    merge(f);
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
