//! Exceptions that a handler only passes on. In and out: Counted.
//!
//! An exception that is raised again goes to its handler without being put down for the thread in between: a handler's entry that adds no
//! frame to the traceback takes what `reraise` gives away. Where nothing happens between the entry of a handler and the end of the function
//! (`finally: n = 0`), the function is left by the exception as if it had no handler, and where nothing runs between
//! `push_exc_info` and `pop_exc_info`, nobody can see what is being handled.
use crate::Context;
use pyaot_ir::op::OpEffect;
use pyaot_ir::{BlockId, Edge, Function, Imm, Inst, Op, ValueId};
use std::collections::HashMap;

/// Insts that are copied for one exception.
const INSTS: usize = 32;

pub fn run(f: &mut Function, _: &mut Context) -> Result<(), String> {
    let mut handles = false;
    for block in &f.blocks {
        handles |= block.insts.iter().any(|i| i.calls("catch"));
    }
    if !handles {
        return Ok(());
    }
    for b in 0..f.blocks.len() {
        // One handler may pass on to the next.
        for _ in 0..4 {
            if !goes_on(f, b) {
                break;
            }
        }
        unseen(&mut f.blocks[b].insts);
    }
    for b in 0..f.blocks.len() {
        leaves(f, b);
    }
    Ok(())
}

fn is_pure(inst: &Inst) -> bool {
    inst.effect() == OpEffect::Pure && inst.error.is_none() && inst.targets.is_empty() && !inst.op.is_terminator()
}

/// A walk along a way, whose insts are copied with names of their own.
struct Way {
    names: HashMap<ValueId, ValueId>,
    insts: Vec<Inst>,
}

impl Way {
    fn known(&self, value: ValueId) -> ValueId {
        self.names.get(&value).copied().unwrap_or(value)
    }

    fn copy(&mut self, f: &mut Function, inst: &Inst) {
        let mut new = inst.clone();
        new.map_uses(|v| self.known(v));
        for result in &mut new.results {
            let fresh = f.new_value(f.ty(*result));
            self.names.insert(*result, fresh);
            *result = fresh;
        }
        self.insts.push(new);
    }

    /// The edge with arguments of the copy is taken.
    fn enter(&mut self, f: &Function, edge: &Edge) {
        let params = &f.block(edge.block).params;
        let args: Vec<ValueId> = edge.args.iter().map(|a| self.known(*a)).collect();
        self.names.extend(params.iter().map(|p| p.value).zip(args));
    }
}

/// The int that a value is, if one of these insts makes it.
fn int_of(insts: &[Inst], value: ValueId) -> Option<i64> {
    let made = insts.iter().find(|i| i.results.first() == Some(&value))?;
    match (made.op, made.imms.first()) {
        (Op::I32, Some(Imm::Int(n))) => Some(*n),
        _ => None,
    }
}

/// The end of a block that raises an exception again: place of the inst and the exception.
fn raises_again(insts: &[Inst]) -> Option<(usize, ValueId)> {
    let [.., raise, end] = insts else { return None };
    let fits = raise.calls("reraise") && end.op == Op::Unreachable;
    fits.then(|| (insts.len() - 2, raise.args[0]))
}

/// `reraise` with a handler that adds nothing to the traceback becomes what stands behind the handler's entry.
fn goes_on(f: &mut Function, b: usize) -> bool {
    let Some((at, exception)) = raises_again(&f.blocks[b].insts) else {
        return false;
    };
    let Some(mut edge) = f.blocks[b].insts[at].error.clone() else {
        return false;
    };
    let mut way = Way {
        names: HashMap::new(),
        insts: f.blocks[b].insts[..at].to_vec(),
    };
    let mut caught = false;
    for _ in 0..4 {
        way.enter(f, &edge);
        let mut next = None;
        for inst in f.block(edge.block).insts.clone() {
            if way.insts.len() > at + INSTS {
                return false;
            }
            if inst.calls("catch") && !caught {
                if int_of(&way.insts, way.known(inst.args[1])).is_none_or(|n| n >= 0) {
                    return false;
                }
                way.names.insert(inst.results[0], exception);
                caught = true;
            } else if inst.op == Op::Jump && !caught {
                next = inst.targets.first().cloned();
            } else if caught || is_pure(&inst) {
                way.copy(f, &inst);
            } else {
                return false;
            }
        }
        match next {
            Some(to) => edge = to,
            None => break,
        }
    }
    if caught {
        f.blocks[b].insts = way.insts;
    }
    caught
}

/// What is being handled changes for nobody.
fn unseen(insts: &mut Vec<Inst>) {
    let mut i = 0;
    while i < insts.len() {
        if insts[i].calls("push_exc_info") {
            let previous = insts[i].results[0];
            let used =
                |inst: &Inst| inst.args.contains(&previous) || inst.edges().any(|edge| edge.args.contains(&previous));
            let pop = insts.iter().skip(i + 1).position(|inst| !is_pure(inst));
            let pop = pop
                .map(|n| i + 1 + n)
                .filter(|j| insts[*j].calls("pop_exc_info") && used(&insts[*j]));
            if let Some(j) = pop
                && insts.iter().filter(|inst| used(inst)).count() == 1
            {
                insts.remove(j);
                insts.remove(i);
                continue;
            }
        }
        i += 1;
    }
}

/// A handler's entry behind which the function is left by the exception at once.
fn leaves(f: &mut Function, b: usize) {
    let Some(at) = f.blocks[b].insts.iter().position(|i| i.calls("catch")) else {
        return;
    };
    let (exception, position) = (f.blocks[b].insts[at].results[0], f.blocks[b].insts[at].args[1]);
    let mut way = Way {
        names: HashMap::new(),
        insts: f.blocks[b].insts[..at].to_vec(),
    };
    let mut rest = f.blocks[b].insts[at + 1..].to_vec();
    let mut pushed: Option<ValueId> = None;
    for _ in 0..6 {
        let mut next = None;
        for inst in &rest {
            if way.insts.len() > at + INSTS {
                return;
            }
            let first = inst.args.first().map(|v| way.known(*v));
            if inst.op == Op::Jump {
                next = inst.targets.first().cloned();
            } else if inst.calls("push_exc_info") && first == Some(exception) && pushed.is_none() {
                pushed = Some(inst.results[0]);
                way.names.insert(inst.results[0], inst.results[0]);
            } else if inst.calls("pop_exc_info") && pushed.is_some() && first == pushed {
                pushed = None;
            } else if inst.calls("reraise") && first == Some(exception) && pushed.is_none() {
                if let Some(edge) = &inst.error {
                    exit(f, b, way, edge, exception, position);
                }
                return;
            } else if is_pure(inst) || matches!(inst.op, Op::Inc | Op::XInc) {
                way.copy(f, inst);
            } else {
                return;
            }
        }
        let Some(edge) = next else { return };
        way.enter(f, &edge);
        rest = f.block(edge.block).insts.clone();
    }
}

/// The end of the way: the function is left with the position of the handler's entry.
fn exit(f: &mut Function, b: usize, mut way: Way, edge: &Edge, exception: ValueId, position: ValueId) {
    let to = f.block(edge.block);
    let Some(unwind) = to.insts.iter().find(|i| i.op == Op::Unwind) else {
        return;
    };
    let Some(place) = to.params.iter().position(|p| Some(&p.value) == unwind.args.first()) else {
        return;
    };
    let mut args: Vec<ValueId> = edge.args.iter().map(|v| way.known(*v)).collect();
    let again = int_of(&way.insts, args[place]).is_some_and(|n| n < 0);
    if !again || args.contains(&exception) {
        return;
    }
    args[place] = position;
    let mut jump = Inst::new(Op::Jump, vec![], vec![]);
    jump.targets = vec![Edge {
        block: BlockId(edge.block.index() as u32),
        args,
    }];
    way.insts.push(jump);
    f.blocks[b].insts = way.insts;
}
