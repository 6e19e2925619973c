//! Functions that often return at once do so before they set up anything. In: Lowered IR. Out: a front of the function.
//!
//! What stands between a function's entry and a return without a call or an effect (`if n < 2: return n`) is a machine function of its
//! own, in which no depth is counted and no registers are saved; on every other way it goes on to the function proper, which makes its
//! tests again. The recursion limit holds in both. (LLVM lets all returns of a function be one, so it finds no such way by itself.)
use pyaot_ir::{Block, BlockId, Builder, Edge, Function, Inst, Kind, Op, ValueId};
use std::collections::HashMap;

/// Insts that are made twice, and blocks in a row.
const INSTS: usize = 16;
const BLOCKS: usize = 4;

/// The front, and its block that stands for the function proper.
pub fn of(f: &Function) -> Option<(Function, BlockId)> {
    let starts = f.blocks[0].insts.first().is_some_and(|i| i.op == Op::Enter);
    if !starts || f.cold || f.kind == Kind::Resume || !leaves(f, 0, &mut 0, 0) {
        return None;
    }
    let mut front = Function {
        blocks: vec![Block::default(), Block::default()],
        scratch: 0,
        ..f.clone()
    };
    front.blocks[0].params = f.blocks[0].params.clone();
    let rest = BlockId(1);
    let mut copy = Copy {
        f,
        front: &mut front,
        rest,
        map: HashMap::new(),
    };
    copy.block(BlockId(0), BlockId(0), 0);
    Some((front, rest))
}

/// An inst that a way before `enter` may hold.
fn is_light(inst: &Inst) -> bool {
    match inst.op {
        Op::Enter | Op::Leave => true,
        // These have slow paths that call the runtime.
        Op::BoxInt | Op::BoxFloat | Op::FMath | Op::FrameAddr | Op::ScratchAddr => false,
        Op::Guard | Op::GuardInt | Op::GuardFloat | Op::GuardGlobal | Op::AddFits | Op::SubFits | Op::MulFits => true,
        Op::Load => true,
        op => op.row().effect == pyaot_ir::op::OpEffect::Pure,
    }
}

/// Some way from the block ends in a return and has only light insts.
fn leaves(f: &Function, block: usize, insts: &mut usize, depth: usize) -> bool {
    let block = &f.blocks[block];
    *insts += block.insts.len();
    let Some((last, rest)) = block.insts.split_last() else {
        return false;
    };
    if *insts > INSTS || depth >= BLOCKS || !rest.iter().all(is_light) {
        return false;
    }
    match last.op {
        Op::Ret | Op::RetRaw => true,
        Op::Br | Op::BrNull | Op::Jump => last
            .targets
            .iter()
            .any(|edge| leaves(f, edge.block.index(), &mut insts.clone(), depth + 1)),
        _ => false,
    }
}

struct Copy<'f> {
    f: &'f Function,
    front: &'f mut Function,
    rest: BlockId,
    map: HashMap<ValueId, ValueId>,
}

impl Copy<'_> {
    fn to_rest(&self) -> Edge {
        Edge {
            block: self.rest,
            args: vec![],
        }
    }

    /// Copies a block that leaves to the end of `to`.
    fn block(&mut self, from: BlockId, to: BlockId, depth: usize) {
        for inst in &self.f.block(from).insts {
            if matches!(inst.op, Op::Enter | Op::Leave) {
                continue;
            }
            let mut new = inst.clone();
            new.map_uses(|v| self.map.get(&v).copied().unwrap_or(v));
            new.error = inst.error.as_ref().map(|_| self.to_rest());
            for result in &mut new.results {
                let fresh = self.front.new_value(self.f.ty(*result));
                self.map.insert(*result, fresh);
                *result = fresh;
            }
            match inst.op {
                Op::Ret | Op::RetRaw => return self.ret(new, to),
                Op::Br | Op::BrNull | Op::Jump => {
                    for edge in &mut new.targets {
                        *edge = self.edge(edge, depth);
                    }
                    self.front.block_mut(to).insts.push(new);
                    return;
                }
                _ => self.front.block_mut(to).insts.push(new),
            }
        }
    }

    fn edge(&mut self, edge: &Edge, depth: usize) -> Edge {
        if !leaves(self.f, edge.block.index(), &mut 0, depth + 1) {
            return self.to_rest();
        }
        let block = self.front.new_block();
        for (param, arg) in self.f.block(edge.block).params.iter().zip(&edge.args) {
            self.map.insert(param.value, *arg);
        }
        self.block(edge.block, block, depth + 1);
        Edge { block, args: vec![] }
    }

    fn ret(&mut self, ret: Inst, to: BlockId) {
        let leaf = self.front.new_block();
        let rest = self.to_rest();
        let mut b = Builder::new(self.front, to);
        b.site = ret.site;
        let free = b.one(Op::DepthFree, vec![], vec![]);
        let done = Edge {
            block: leaf,
            args: vec![],
        };
        b.end(Op::Br, vec![], vec![free], vec![done, rest]);
        self.front.block_mut(leaf).insts.push(ret);
    }
}
