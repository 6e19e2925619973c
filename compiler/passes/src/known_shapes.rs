//! Tests of shapes whose answer is known. In and out: Lowered IR.
//!
//! An object that has passed the test of a group of attributes passes it again until other code may have run, in whatever block that
//! is. A group's offsets may change when it meets another object, so it answers for one value at a time.
use pyaot_ir::op::OpEffect;
use pyaot_ir::{Function, Imm, Inst, Op, ValueId};
use std::collections::{HashMap, HashSet};

/// Test of a group, of a value.
type Test = (u32, ValueId);
type Known = HashSet<Test>;

/// Whether a test went away.
pub fn run(f: &mut Function) -> bool {
    let mut counts: HashMap<Test, u32> = HashMap::new();
    for test in f.blocks.iter().flat_map(|b| &b.insts).filter_map(test_of) {
        *counts.entry(test).or_default() += 1;
    }
    counts.retain(|_, n| *n > 1);
    if counts.is_empty() {
        return false;
    }
    // What is known at the start of each block; `None` until a way to it is seen.
    let mut known: Vec<Option<Known>> = vec![None; f.blocks.len()];
    known[0] = Some(Known::new());
    let mut work = vec![0];
    while let Some(b) = work.pop() {
        let Some(mut now) = known[b].clone() else { continue };
        for inst in &f.blocks[b].insts {
            let error = inst.error.iter().map(|edge| match ends_all(inst) {
                true => (edge, Known::new()),
                false => (edge, now.clone()),
            });
            let error: Vec<_> = error.collect();
            step(inst, &counts, &mut now);
            let targets = inst.targets.iter().map(|e| (e, now.clone()));
            for (edge, given) in error.into_iter().chain(targets) {
                let place = &mut known[edge.block.index()];
                let met = match place {
                    Some(have) => have.intersection(&given).copied().collect(),
                    None => given,
                };
                if place.as_ref() != Some(&met) {
                    *place = Some(met);
                    work.push(edge.block.index());
                }
            }
        }
    }
    let mut changed = false;
    for (block, known) in f.blocks.iter_mut().zip(known) {
        let Some(mut now) = known else { continue };
        block.insts.retain(|inst| {
            let answered = test_of(inst).is_some_and(|test| now.contains(&test));
            step(inst, &counts, &mut now);
            changed |= answered;
            !answered
        });
    }
    changed
}

fn test_of(inst: &Inst) -> Option<Test> {
    match (inst.op, inst.imms.first()) {
        (Op::GuardGroup, Some(Imm::Cache(cache))) => Some((cache.0, inst.args[0])),
        _ => None,
    }
}

fn step(inst: &Inst, counts: &HashMap<Test, u32>, now: &mut Known) {
    if let Some(test) = test_of(inst) {
        now.retain(|known| known.0 != test.0 || *known == test);
        if counts.contains_key(&test) {
            now.insert(test);
        }
    } else if ends_all(inst) {
        now.clear();
    }
}

/// Other code may run in the inst, or a shape change.
fn ends_all(inst: &Inst) -> bool {
    match inst.op {
        op if op.is_test() => false,
        Op::BoxInt | Op::BoxFloat | Op::Load | Op::Take | Op::Store | Op::Inc | Op::XInc | Op::Leave => false,
        _ => inst.effect() != OpEffect::Pure && inst.targets.is_empty() || inst.error.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyaot_ir::CacheId;

    fn guard(cache: u32, value: u32) -> Inst {
        let imms = vec![Imm::Cache(CacheId(cache)), Imm::Int(0)];
        Inst::new(Op::GuardGroup, imms, vec![ValueId(value)])
    }

    #[test]
    fn a_group_answers_for_one_value_until_other_code_runs() {
        let counts = HashMap::from([((4, ValueId(1)), 2), ((4, ValueId(2)), 2), ((8, ValueId(1)), 2)]);
        let mut now = Known::new();
        step(&guard(4, 1), &counts, &mut now);
        step(&guard(8, 1), &counts, &mut now);
        assert_eq!(now.len(), 2);
        step(&guard(4, 2), &counts, &mut now);
        assert_eq!(now, Known::from([(4, ValueId(2)), (8, ValueId(1))]));
        step(&Inst::new(Op::Dec, vec![], vec![ValueId(7)]), &counts, &mut now);
        assert!(now.is_empty());
    }
}
