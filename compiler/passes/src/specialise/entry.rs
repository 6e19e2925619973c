//! Direct entries that call a version. In: a Raw function, the version's number and what it returns. Out: a Lowered function.
use super::Result_;
use pyaot_ir::builder::row;
use pyaot_ir::{Block, BlockId, Builder, Edge, Function, Imm, Op, Stage, Ty, ValueId};

/// The entry has no Python frame of its own: the version counts the depth.
pub fn calling(f: &Function, version: u32, result: Result_) -> Function {
    let mut out = Function {
        values: Vec::new(),
        blocks: vec![Block::default()],
        stage: Stage::Lowered,
        scratch: 0,
        ..f.without_blocks()
    };
    let mut taken = 0i64;
    let mut b = Builder::new(&mut out, BlockId(0));
    let mut operands: Vec<ValueId> = Vec::new();
    for param in &f.blocks[0].params {
        taken |= i64::from(param.own) << operands.len();
        operands.push(b.param(Ty::Any, param.own, None));
    }
    let imms = vec![Imm::Int(i64::from(version)), Imm::Int(taken)];
    let word = b.push(Op::CallVersion, imms, operands, 2, Ty::Any, None);
    if result == Result_::Boxed {
        let value = b.one(Op::OwnBits, vec![], vec![word[0]]);
        b.end(Op::Ret, vec![], vec![value], vec![]);
        return out;
    }
    let failed = out.new_block();
    let mut b = Builder::new(&mut out, failed);
    let null = b.one(Op::Null, vec![], vec![]);
    b.end(Op::Ret, vec![], vec![null], vec![]);
    out.block_mut(failed).cold = true;
    let mut b = Builder::new(&mut out, BlockId(0));
    let kind = b.i32(i64::from(result == Result_::F64));
    let error = Edge {
        block: failed,
        args: vec![],
    };
    let operands = vec![word[0], word[1], kind];
    let value = b.push(Op::Call, vec![row("box_result")], operands, 1, Ty::Any, Some(error))[0];
    b.end(Op::Ret, vec![], vec![value], vec![]);
    out
}
