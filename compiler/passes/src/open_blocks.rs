//! Opens blocks. In: Lowered IR whose blocks mostly use only their parameters. Out: the same with values of dominating blocks
//! in place of parameters that always receive the same value.
//!
//! Optimistic: a parameter starts as "any value", and becomes itself once two of its arguments differ. An argument that is the
//! same for every way in has a definition on every path, so it dominates. Constants are compared by what they are, since closed
//! blocks make their own; the parameter then becomes a constant made in its block.
use crate::Context;
use pyaot_ir::{Function, Inst, Op, ValueId};
use std::collections::HashMap;

/// What a parameter is known to be.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Known {
    Unvisited,
    Value(ValueId),
    /// The constant that this value's definition makes.
    Same(ValueId),
    Itself,
}

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    let mut known: Vec<Known> = vec![Known::Value(ValueId(0)); f.values.len()];
    // Constants by content: the first definition stands for all equal ones.
    let mut constants: HashMap<ValueId, ValueId> = HashMap::new();
    let mut by_text: HashMap<(Op, Vec<pyaot_ir::Imm>), ValueId> = HashMap::new();
    let mut defs: HashMap<ValueId, Inst> = HashMap::new();
    for block in &f.blocks {
        for inst in block.insts.iter().filter(|i| is_constant(i)) {
            let value = inst.results[0];
            let first = *by_text.entry((inst.op, inst.imms.clone())).or_insert(value);
            constants.insert(value, first);
            if first == value {
                defs.insert(value, inst.clone());
            }
        }
    }
    for (i, k) in known.iter_mut().enumerate() {
        let value = ValueId(i as u32);
        *k = match constants.get(&value) {
            Some(first) => Known::Same(*first),
            None => Known::Value(value),
        };
    }
    for block in f.blocks.iter().skip(1) {
        for param in &block.params {
            known[param.value.index()] = Known::Unvisited;
        }
    }
    solve(f, &mut known);
    rewrite(f, &known, &defs);
    Ok(())
}

/// Evaluates every parameter from all its arguments, again when one of them changed, until nothing does. Blocks stand in an
/// order in which most definitions come first, so an argument seldom looks different only because it is out of date.
fn solve(f: &Function, known: &mut [Known]) {
    let mut arguments: Vec<Vec<ValueId>> = vec![Vec::new(); f.values.len()];
    let mut users: Vec<Vec<ValueId>> = vec![Vec::new(); f.values.len()];
    for edge in f.blocks.iter().flat_map(|b| &b.insts).flat_map(|i| i.edges()) {
        let params = &f.blocks[edge.block.index()].params;
        for (arg, param) in edge.args.iter().zip(params) {
            // A loop passes the same argument on many edges.
            if arguments[param.value.index()].last() != Some(arg) {
                arguments[param.value.index()].push(*arg);
                users[arg.index()].push(param.value);
            }
        }
    }
    let params: Vec<ValueId> = f
        .blocks
        .iter()
        .skip(1)
        .flat_map(|b| b.params.iter().map(|p| p.value))
        .collect();
    let mut stale = vec![true; f.values.len()];
    for round in 0.. {
        let mut again = false;
        for param in &params {
            let old = known[param.index()];
            if !std::mem::take(&mut stale[param.index()]) || old == Known::Itself {
                continue;
            }
            let mut new = evaluate(f, known, *param, &arguments[param.index()]);
            if new == old {
                continue;
            }
            if old != Known::Unvisited && round >= MAX_ROUNDS {
                new = Known::Itself;
            }
            known[param.index()] = new;
            forget(known, &mut stale, &users, *param, old);
            again = true;
        }
        if !again {
            return;
        }
    }
}

/// After so many rounds a parameter that changes once more keeps itself.
const MAX_ROUNDS: usize = 64;

/// Parameters that were `old` because `changed` was are evaluated anew: in a loop one that is out of date would differ from
/// one that is not.
fn forget(known: &mut [Known], stale: &mut [bool], users: &[Vec<ValueId>], changed: ValueId, old: Known) {
    let mut work = vec![changed];
    while let Some(value) = work.pop() {
        for user in &users[value.index()] {
            stale[user.index()] = true;
            if old != Known::Unvisited && known[user.index()] == old {
                known[user.index()] = Known::Unvisited;
                work.push(*user);
            }
        }
    }
}

/// What all arguments of a parameter agree on.
fn evaluate(f: &Function, known: &[Known], param: ValueId, arguments: &[ValueId]) -> Known {
    let mut joined = Known::Unvisited;
    for arg in arguments {
        let new = match known[arg.index()] {
            Known::Itself => Known::Value(*arg),
            other => other,
        };
        joined = match (joined, new) {
            (old, Known::Unvisited) => old,
            (old, Known::Value(v)) if v == param => old,
            (Known::Unvisited, new) => new,
            (old, new) if old == new => old,
            _ => return Known::Itself,
        };
    }
    match joined {
        // A null-tested value changes its type on the way; it keeps its parameter.
        Known::Value(v) | Known::Same(v) if !f.ty(v).fits(f.ty(param)) => Known::Itself,
        joined => joined,
    }
}

fn is_constant(inst: &Inst) -> bool {
    use pyaot_ir::op::OpEffect;
    inst.args.is_empty()
        && inst.results.len() == 1
        && inst.op.row().effect == OpEffect::Pure
        && !inst.op.is_terminator()
}

fn rewrite(f: &mut Function, known: &[Known], defs: &HashMap<ValueId, Inst>) {
    let dropped = |v: ValueId| {
        matches!(known[v.index()], Known::Value(w) if w != v) || matches!(known[v.index()], Known::Same(_))
    };
    let keep: Vec<Vec<bool>> = f
        .blocks
        .iter()
        .enumerate()
        .map(|(b, block)| block.params.iter().map(|p| b == 0 || !dropped(p.value)).collect())
        .collect();
    let mut map: HashMap<ValueId, ValueId> = HashMap::new();
    for b in 1..f.blocks.len() {
        let params = std::mem::take(&mut f.blocks[b].params);
        let mut made = Vec::new();
        for (param, keep) in params.iter().zip(&keep[b]) {
            if *keep {
                f.blocks[b].params.push(*param);
                continue;
            }
            match known[param.value.index()] {
                Known::Same(first) => {
                    if let Some(def) = defs.get(&first) {
                        let mut copy = def.clone();
                        copy.results = vec![param.value];
                        made.push(copy);
                    }
                }
                Known::Value(value) => {
                    map.insert(param.value, value);
                }
                Known::Unvisited | Known::Itself => {}
            }
        }
        f.blocks[b].insts.splice(0..0, made);
    }
    let resolve = |mut v: ValueId| {
        while let Some(next) = map.get(&v) {
            v = *next;
        }
        v
    };
    for block in &mut f.blocks {
        for inst in &mut block.insts {
            let resumes = usize::from(inst.op.row().shape == pyaot_ir::Shape::EndsResume);
            for edge in inst.edges_mut() {
                let keep = &keep[edge.block.index()];
                let mut i = resumes;
                edge.args.retain(|_| {
                    i += 1;
                    keep.get(i - 1).copied().unwrap_or(true)
                });
            }
            inst.map_uses(resolve);
        }
    }
}
