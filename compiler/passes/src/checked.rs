//! Error edges. In: Raw, where only insts of protected regions have one. Out: Checked, where every raising inst has one.
//!
//! Outside protected regions an error leaves the function: to a block that gives the content of the locals to `unwind` and
//! returns null. Such blocks are shared by the insts of one block between which no local changes.
use crate::Context;
use pyaot_ir::builder::row;
use pyaot_ir::{Block, BlockId, Builder, Edge, Function, Imm, Inst, Op, Ownership, Raises, Ty, ValueId};
use std::collections::HashMap;

/// Rows that raise an exception again: it has its traceback entry already.
/// CPython: Python/bytecodes.c, RERAISE, END_ASYNC_FOR, CLEANUP_THROW go to `exception_unwind`, past the traceback.
const RAISE_AGAIN: [&str; 3] = ["reraise", "end_async_for", "cleanup_throw"];

/// What a local variable holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
    Unbound,
    Value(ValueId),
    /// Bits and kind.
    Number(ValueId, ValueId),
}

pub fn run(f: &mut Function, cx: &mut Context) -> Result<(), String> {
    let ownership = f.ownership();
    // Free variables stand last; no value of the function stands for them.
    let nfree = cx.module.codes.get(f.code.index()).map_or(0, |c| c.nfree);
    let first_free = f.locals.saturating_sub(nfree) as usize;
    let mut bare: [Option<BlockId>; 2] = [None, None];
    let blocks = f.blocks.len();
    for b in 0..blocks {
        let mut exits: HashMap<Vec<Slot>, BlockId> = HashMap::new();
        let mut locals: Vec<Slot> = vec![Slot::Unbound; f.locals as usize];
        for param in &mut f.blocks[b].params {
            if let Some(local) = param.local.take() {
                *locals.get_mut(local as usize).ok_or("local out of range")? = Slot::Value(param.value);
            }
        }
        // Where a suspension goes on, what was sent stands before the parameter that is the function. (That is borrowed.)
        let sent = usize::from(f.blocks[b].params.first().is_some_and(|p| p.own));
        let function = f.blocks[b].params.get(sent).map(|p| p.value);
        let insts = std::mem::take(&mut f.blocks[b].insts);
        let mut out: Vec<Inst> = Vec::with_capacity(insts.len());
        let mut unbound: Vec<ValueId> = Vec::new();
        for mut inst in insts {
            if inst.op == Op::Unbound {
                unbound.extend(&inst.results);
            }
            if matches!(inst.op, Op::SetLocal | Op::SetNumber) {
                let Some(Imm::Int(slot)) = inst.imms.first() else {
                    return Err(format!("{} without a slot", inst.op.row().text));
                };
                let slot = locals.get_mut(*slot as usize).ok_or("local out of range")?;
                *slot = match inst.args[..] {
                    [bits, kind] => Slot::Number(bits, kind),
                    [value] if !unbound.contains(&value) => Slot::Value(value),
                    _ => Slot::Unbound,
                };
                continue;
            }
            if inst.error.is_none() && inst.raises() != Raises::Never {
                inst.error = Some(match inst.op {
                    Op::Enter => Edge {
                        block: bare_exit(f, &mut bare, false),
                        args: vec![],
                    },
                    Op::ReturnGenerator => Edge {
                        block: bare_exit(f, &mut bare, true),
                        args: vec![],
                    },
                    _ => {
                        let exit = match exits.get(&locals) {
                            Some(exit) => *exit,
                            None => {
                                let exit = unwind_block(f, &ownership, &locals, first_free);
                                exits.insert(locals.clone(), exit);
                                exit
                            }
                        };
                        let position = match inst.op {
                            Op::Propagate => inst.args[0],
                            _ => {
                                let again = RAISE_AGAIN.iter().any(|name| inst.calls(name));
                                let position = if again { -1 } else { i64::from(inst.site.unwrap_or(0)) };
                                let value = f.new_value(Ty::I32);
                                let mut pos = Inst::new(Op::I32, vec![Imm::Int(position)], vec![]);
                                pos.results.push(value);
                                out.push(pos);
                                value
                            }
                        };
                        let mut args = vec![position];
                        args.extend(function);
                        for slot in &locals {
                            match *slot {
                                Slot::Unbound => {}
                                Slot::Value(value) => args.push(value),
                                Slot::Number(bits, kind) => args.extend([bits, kind]),
                            }
                        }
                        Edge { block: exit, args }
                    }
                });
            }
            out.push(inst);
        }
        f.blocks[b].insts = out;
    }
    Ok(())
}

/// The exit of an error before the frame exists (`enter`), or of one after which only the depth is to be put back.
fn bare_exit(f: &mut Function, bare: &mut [Option<BlockId>; 2], leave: bool) -> BlockId {
    if let Some(block) = bare[usize::from(leave)] {
        return block;
    }
    let block = f.new_block();
    let mut b = Builder::new(f, block);
    if leave {
        b.none(Op::Leave, vec![], vec![]);
    }
    let null = b.one(Op::Null, vec![], vec![]);
    b.end(Op::Ret, vec![], vec![null], vec![]);
    f.block_mut(block).cold = true;
    bare[usize::from(leave)] = Some(block);
    block
}

/// Parameters: position, function, the bound locals; a local that the frame does not own stays borrowed.
fn unwind_block(f: &mut Function, ownership: &[Ownership], locals: &[Slot], first_free: usize) -> BlockId {
    let block = f.new_block();
    f.blocks[block.index()] = Block {
        cold: true,
        ..Block::default()
    };
    let mut b = Builder::new(f, block);
    let position = b.param(Ty::I32, false, None);
    let function = b.param(Ty::Any, false, None);
    let mut slots = vec![position];
    for (i, local) in locals.iter().enumerate() {
        slots.push(match *local {
            Slot::Value(value) => match b.function.ty(value) {
                ty @ (Ty::I64 | Ty::F64 | Ty::I1) => {
                    let raw = b.param(ty, false, None);
                    match ty {
                        Ty::I64 => b.one(Op::BoxInt, vec![], vec![raw]),
                        // It may be unbound.
                        Ty::F64 => {
                            let bits = b.one(Op::F64Bits, vec![], vec![raw]);
                            let kind = Imm::Int(i64::from(pyaot_abi::number_kind::FLOAT));
                            let kind = b.one(Op::I32, vec![kind], vec![]);
                            b.one(Op::Call, vec![row("box_number")], vec![bits, kind])
                        }
                        _ => b.one(Op::BoxBool, vec![], vec![raw]),
                    }
                }
                _ => {
                    let own = ownership.get(value.index()) == Some(&Ownership::Own);
                    b.param(Ty::Any, own, None)
                }
            },
            Slot::Number(..) => {
                let bits = b.param(Ty::I64, false, None);
                let kind = b.param(Ty::I32, false, None);
                b.one(Op::Call, vec![row("box_number")], vec![bits, kind])
            }
            Slot::Unbound if i >= first_free => {
                b.one(Op::LoadClosure, vec![Imm::Int((i - first_free) as i64)], vec![function])
            }
            Slot::Unbound => b.one(Op::Unbound, vec![], vec![]),
        });
    }
    b.none(Op::Unwind, vec![], slots);
    b.none(Op::Leave, vec![], vec![]);
    let null = b.one(Op::Null, vec![], vec![]);
    b.end(Op::Ret, vec![], vec![null], vec![]);
    block
}
