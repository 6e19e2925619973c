//! Proof of ownership. In: Counted IR (closed blocks). Out: the first place where references do not balance.
//!
//! Blocks are closed, so each is walked alone with the number of references it holds of every value: an owned parameter or
//! result starts with one, `inc` adds one, `dec` and operands that take subtract one; at every way out each owned parameter of
//! the target takes one and nothing may be left. A read of an owned value needs at least one. The proof trusts only the op table
//! and the parameters' flags, not the counting pass.
//!
//! What is loaded from memory and given to a block that does not own it is alive as long as nothing is freed: it must not be
//! mentioned behind an inst that may free an object, in whatever block that is.
use crate::Context;
use crate::borrow::{Shared, breaks};
use pyaot_ir::{ArgKind, Edge, Function, Op, Ownership, ValueId};
use std::collections::{HashMap, HashSet};

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    certify(f)?;
    certify_loaded(f)
}

/// Block parameters that stand for loaded values.
fn lent_params(f: &Function) -> HashSet<ValueId> {
    let insts = || f.blocks.iter().flat_map(|b| &b.insts);
    let is_object = |v: &ValueId| f.ty(*v).is_object();
    let loads = insts()
        .filter(|i| i.op == Op::Load)
        .flat_map(|i| i.results.iter().copied());
    let mut known: HashSet<ValueId> = loads.filter(is_object).collect();
    let mut lent = HashSet::new();
    loop {
        let before = known.len();
        for edge in insts().flat_map(|i| i.edges()) {
            let params = &f.blocks[edge.block.index()].params;
            let skip = params.len().saturating_sub(edge.args.len());
            for (arg, param) in edge.args.iter().zip(&params[skip..]) {
                if !param.own && known.contains(arg) && is_object(&param.value) {
                    known.insert(param.value);
                    lent.insert(param.value);
                }
            }
        }
        if known.len() == before {
            return lent;
        }
    }
}

fn certify_loaded(f: &Function) -> Result<(), String> {
    let lent = lent_params(f);
    if lent.is_empty() {
        return Ok(());
    }
    for (b, block) in f.blocks.iter().enumerate() {
        // Values that are alive only if nothing has been freed.
        let mut short: HashSet<ValueId> = block
            .params
            .iter()
            .map(|p| p.value)
            .filter(|v| lent.contains(v))
            .collect();
        let mut gone: HashSet<ValueId> = HashSet::new();
        let mut shared = Shared::default();
        for (i, inst) in block.insts.iter().enumerate() {
            let at = |v: &ValueId| format!("b{b} inst {i} ({}): %{} may have been freed", inst.op.row().text, v.0);
            let passed = inst.edges().flat_map(|e| {
                let params = &f.blocks[e.block.index()].params;
                let skip = params.len().saturating_sub(e.args.len());
                e.args
                    .iter()
                    .zip(&params[skip..])
                    .filter(|(_, p)| !p.own || lent.contains(&p.value))
                    .map(|(v, _)| v)
            });
            if let Some(v) = inst
                .args
                .iter()
                .filter(|v| lent.contains(v))
                .chain(passed)
                .find(|v| gone.contains(v))
            {
                return Err(at(v));
            }
            if matches!(inst.op, Op::Inc | Op::XInc) {
                short.remove(&inst.args[0]);
            }
            let frees = match inst.op {
                Op::Dec | Op::XDec => !shared.gives_back(inst.args[0]),
                _ => breaks(inst),
            };
            if frees {
                if let Some(v) = inst.args.iter().find(|v| short.contains(v)) {
                    return Err(at(v));
                }
                gone.extend(short.drain());
                shared.forget();
            }
            shared.learn(inst);
            if inst.op == Op::Load {
                short.extend(inst.results.iter().copied().filter(|v| f.ty(*v).is_object()));
            }
        }
    }
    Ok(())
}

pub fn certify(f: &Function) -> Result<(), String> {
    let mut ownership = f.ownership();
    for (b, block) in f.blocks.iter().enumerate() {
        let mut held: HashMap<ValueId, i64> = HashMap::new();
        for param in block
            .params
            .iter()
            .filter(|p| ownership[p.value.index()] == Ownership::Own)
        {
            held.insert(param.value, 1);
        }
        for (i, inst) in block.insts.iter().enumerate() {
            let at = |message: String| format!("b{b} inst {i} ({}): {message}", inst.op.row().text);
            match inst.op {
                Op::Inc | Op::XInc => {
                    read(&ownership, &held, inst.args[0]).map_err(at)?;
                    *held.entry(inst.args[0]).or_default() += 1;
                    continue;
                }
                _ => {}
            }
            for (k, arg) in inst.args.iter().enumerate() {
                match inst.arg_kind(k) {
                    Some(ArgKind::Own) => take(&ownership, &mut held, *arg).map_err(at)?,
                    Some(ArgKind::Borrow | ArgKind::OwnOnSuccess | ArgKind::Base | ArgKind::Word | ArgKind::Unbox) => {
                        // An operand that the same inst takes is read by a reference of its own.
                        read(&ownership, &held, *arg).map_err(at)?;
                    }
                    _ => {}
                }
            }
            let moved = match inst.op {
                // Both ways of a failed or finished creation leave nothing behind.
                Op::ReturnGenerator => {
                    let start = inst.targets.last().ok_or("no start").map_err(|e| at(e.into()))?;
                    leave(f, &ownership, &held, start, 0, None).map_err(at)?;
                    continue;
                }
                _ => 0,
            };
            if let Some(edge) = &inst.error {
                leave(f, &ownership, &held, edge, moved, None).map_err(at)?;
            }
            if inst.op == Op::TakeAdd {
                take(&ownership, &mut held, inst.args[0]).map_err(at)?;
            }
            // The word is an immediate from here on.
            if inst.arg_kind(0) == Some(ArgKind::Unbox) {
                held.remove(&inst.args[0]);
                ownership[inst.args[0].index()] = Ownership::Static;
            }
            for result in &inst.results {
                if ownership[result.index()] == Ownership::Own {
                    held.insert(*result, 1);
                }
            }
            match inst.op.row().shape {
                pyaot_ir::Shape::Plain => {}
                pyaot_ir::Shape::Ends(0) => {
                    if matches!(inst.op, Op::Ret | Op::RetRaw)
                        && let Some((value, n)) = held.iter().filter(|(_, n)| **n != 0).min_by_key(|(v, _)| **v)
                    {
                        return Err(at(format!("%{} has {n} references left", value.0)));
                    }
                }
                pyaot_ir::Shape::Ends(_) | pyaot_ir::Shape::EndsSwitch | pyaot_ir::Shape::EndsResume => {
                    let defined = usize::from(inst.op.row().shape == pyaot_ir::Shape::EndsResume);
                    for (t, edge) in inst.targets.iter().enumerate() {
                        let null = if inst.op == Op::BrNull && t == 0 {
                            inst.args.first().copied()
                        } else {
                            None
                        };
                        leave(f, &ownership, &held, edge, defined, null).map_err(at)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn read(ownership: &[Ownership], held: &HashMap<ValueId, i64>, value: ValueId) -> Result<(), String> {
    if ownership[value.index()] == Ownership::Own && held.get(&value).copied().unwrap_or(0) < 1 {
        return Err(format!("%{} is used after its last reference", value.0));
    }
    Ok(())
}

fn take(ownership: &[Ownership], held: &mut HashMap<ValueId, i64>, value: ValueId) -> Result<(), String> {
    match ownership[value.index()] {
        Ownership::Static | Ownership::Raw => Ok(()),
        Ownership::Own | Ownership::Borrow => {
            let n = held.entry(value).or_default();
            *n -= 1;
            if *n < 0 {
                Err(format!("%{} is taken without a reference", value.0))
            } else {
                Ok(())
            }
        }
    }
}

/// Every way out of a block uses up what is held.
fn leave(
    f: &Function,
    ownership: &[Ownership],
    held: &HashMap<ValueId, i64>,
    edge: &Edge,
    defined: usize,
    null: Option<ValueId>,
) -> Result<(), String> {
    let mut held = held.clone();
    let params = f.blocks.get(edge.block.index()).map_or(&[][..], |b| &b.params[..]);
    for (arg, param) in edge.args.iter().zip(params.iter().skip(defined)) {
        if param.own {
            take(ownership, &mut held, *arg).map_err(|m| format!("to b{}: {m}", edge.block.0))?;
        } else if ownership[arg.index()] == Ownership::Own {
            return Err(format!(
                "to b{}: %{} is lent to a block that outlives it",
                edge.block.0, arg.0
            ));
        }
    }
    if let Some(null) = null {
        held.insert(null, 0);
    }
    match held.iter().filter(|(_, n)| **n != 0).min_by_key(|(v, _)| **v) {
        Some((value, n)) => Err(format!("to b{}: %{} has {n} references left", edge.block.0, value.0)),
        None => Ok(()),
    }
}
