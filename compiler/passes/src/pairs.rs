//! References that a function takes and gives back while somebody else holds the object all the time. In and out: Lowered IR.
//!
//! A pair around insts that end nothing goes away, and so does one of a parameter that the caller keeps alive around anything that
//! does not leave the function in between. What is taken at the end of a block is taken in the blocks behind it instead, where some of
//! them give it back at once.
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Function, Inst, Kind, Op, ValueId};
use std::collections::HashSet;

/// Blocks in a row that are looked at for the end of a reference.
const DEPTH: usize = 8;

pub fn run(f: &mut Function) {
    let kept: HashSet<ValueId> = match f.kind {
        Kind::Resume => HashSet::new(),
        _ => f.blocks[0].params.iter().filter(|p| !p.own).map(|p| p.value).collect(),
    };
    let mut ways_in = vec![0u32; f.blocks.len()];
    ways_in[0] = 1;
    for edge in f.blocks.iter().flat_map(|b| &b.insts).flat_map(|i| i.edges()) {
        ways_in[edge.block.index()] += 1;
    }
    for b in 0..f.blocks.len() {
        within(&mut f.blocks[b].insts, &kept);
        sink(f, b, &ways_in, &kept);
    }
}

fn is_pair(a: &Inst, b: &Inst) -> bool {
    matches!((a.op, b.op), (Op::Inc, Op::Dec) | (Op::XInc, Op::XDec)) && a.args == b.args
}

/// No object can end in the inst, and it goes on behind itself.
fn is_harmless(inst: &Inst) -> bool {
    let op = inst.op;
    let quiet = matches!(op, Op::Load | Op::GroupSlot | Op::Inc | Op::XInc) || inst.effect() == OpEffect::Pure;
    quiet && inst.error.is_none() && inst.targets.is_empty() && !matches!(op, Op::Ret | Op::RetRaw | Op::Unreachable)
}

fn within(insts: &mut Vec<Inst>, kept: &HashSet<ValueId>) {
    let mut i = 0;
    while i < insts.len() {
        if matches!(insts[i].op, Op::Inc | Op::XInc)
            && let Some(j) = end_of(insts, i, kept)
        {
            insts.remove(j);
            insts.remove(i);
            i = i.saturating_sub(1);
        } else {
            i += 1;
        }
    }
}

/// Where the reference that inst `i` takes is given back.
fn end_of(insts: &[Inst], i: usize, kept: &HashSet<ValueId>) -> Option<usize> {
    let value = insts[i].args[0];
    let kept = kept.contains(&value);
    for (j, inst) in insts.iter().enumerate().skip(i + 1) {
        if is_pair(&insts[i], inst) {
            return Some(j);
        }
        let again = matches!(inst.op, Op::Inc | Op::XInc) && inst.args[0] == value;
        let goes_on = inst.error.is_none() && inst.targets.is_empty();
        if again || !(is_harmless(inst) || kept && goes_on) {
            return None;
        }
    }
    None
}

fn sink(f: &mut Function, b: usize, ways_in: &[u32], kept: &HashSet<ValueId>) {
    let insts = &f.blocks[b].insts;
    let Some(last) = insts
        .last()
        .filter(|last| matches!(last.op, Op::Br | Op::BrLikely | Op::BrNull))
    else {
        return;
    };
    let targets: Vec<usize> = last.targets.iter().map(|e| e.block.index()).collect();
    let alone = |t: &usize| *t > b && ways_in[*t] == 1;
    if last.error.is_some() || !targets.iter().all(alone) {
        return;
    }
    let start = insts[..insts.len() - 1]
        .iter()
        .rposition(|inst| !is_harmless(inst))
        .map_or(0, |at| at + 1);
    let mut moved: Vec<Inst> = Vec::new();
    for at in (start..insts.len() - 1).rev() {
        let inst = &f.blocks[b].insts[at];
        let takes = matches!(inst.op, Op::Inc | Op::XInc);
        let is_kept = takes && kept.contains(&inst.args[0]);
        if takes && targets.iter().any(|t| pays(f, *t, inst, ways_in, is_kept, 0)) {
            moved.push(f.blocks[b].insts.remove(at));
        }
    }
    for inst in moved {
        for target in &targets {
            f.blocks[*target].insts.insert(0, inst.clone());
        }
    }
}

/// The reference is given back before anything else ends, on some way from the start of the block; `is_kept`: the caller keeps the
/// object alive, so others may end.
fn pays(f: &Function, block: usize, taken: &Inst, ways_in: &[u32], is_kept: bool, depth: usize) -> bool {
    for inst in &f.blocks[block].insts {
        if is_pair(taken, inst) {
            return true;
        }
        if is_harmless(inst) || is_kept && inst.error.is_none() && inst.targets.is_empty() {
            continue;
        }
        let branches = matches!(inst.op, Op::Br | Op::BrLikely | Op::BrNull) && inst.error.is_none() && depth < DEPTH;
        return branches
            && inst
                .targets
                .iter()
                .all(|e| ways_in[e.block.index()] == 1 && e.block.index() > block)
            && inst
                .targets
                .iter()
                .any(|e| pays(f, e.block.index(), taken, ways_in, is_kept, depth + 1));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyaot_ir::{Edge, Imm};

    #[test]
    fn a_pair_stays_where_an_object_may_end() {
        let inc = Inst::new(Op::Inc, vec![], vec![ValueId(5)]);
        let dec = Inst::new(Op::Dec, vec![], vec![ValueId(5)]);
        let other = Inst::new(Op::Dec, vec![], vec![ValueId(6)]);
        let load = Inst::new(Op::Load, vec![Imm::Int(0)], vec![ValueId(5)]);
        let mut insts = vec![inc.clone(), load.clone(), dec.clone()];
        within(&mut insts, &HashSet::new());
        assert_eq!(insts.len(), 1);
        let mut insts = vec![inc.clone(), other.clone(), dec.clone()];
        within(&mut insts, &HashSet::new());
        assert_eq!(insts.len(), 3);
        within(&mut insts, &HashSet::from([ValueId(5)]));
        assert_eq!(insts.len(), 1);
        let mut leaves = other;
        leaves.error = Some(Edge {
            block: pyaot_ir::BlockId(1),
            args: vec![],
        });
        let mut insts = vec![inc, leaves, dec];
        within(&mut insts, &HashSet::from([ValueId(5)]));
        assert_eq!(insts.len(), 3);
    }
}
