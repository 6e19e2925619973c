//! Builder: appends insts to a block of a function; results and their types come from the op table.
use crate::function::{BlockId, Edge, Function, Imm, Inst, Param, ValueId, res_ty};
use crate::op::{Op, ResKind};
use crate::types::Ty;
use pyaot_abi::INTRINSICS;

/// Index of an intrinsic's row.
///
/// # Panics
/// When the table has no such row: the compiler and the table disagree, which a test of every caller shows.
pub fn row(name: &str) -> Imm {
    match INTRINSICS.iter().position(|r| r.name == name) {
        Some(i) => Imm::Row(i as u16),
        None => panic!("intrinsic table has no row {name}"),
    }
}

pub struct Builder<'a> {
    pub function: &'a mut Function,
    pub block: BlockId,
    /// Site of the insts that follow.
    pub site: Option<u32>,
}

impl<'a> Builder<'a> {
    pub fn new(function: &'a mut Function, block: BlockId) -> Builder<'a> {
        Builder {
            function,
            block,
            site: None,
        }
    }

    pub fn param(&mut self, ty: Ty, own: bool, local: Option<u32>) -> ValueId {
        let value = self.function.new_value(ty);
        let block = self.block;
        self.function.block_mut(block).params.push(Param { value, own, local });
        value
    }

    /// Appends; `n` results for ops with any number of them, `declared` for results whose type is declared.
    pub fn push(
        &mut self,
        op: Op,
        imms: Vec<Imm>,
        args: Vec<ValueId>,
        n: usize,
        declared: Ty,
        error: Option<Edge>,
    ) -> Vec<ValueId> {
        let mut inst = Inst::new(op, imms, args);
        inst.site = self.site;
        inst.error = error;
        let kinds = op.row().results;
        let count = match kinds {
            [.., ResKind::OwnRest] => n,
            [ResKind::Row] => usize::from(inst.res_kind(0).is_some()),
            _ => kinds.len(),
        };
        for i in 0..count {
            let ty = match inst.res_kind(i) {
                Some(ResKind::Same) => inst.args.first().map_or(declared, |a| self.function.ty(*a)),
                Some(kind) => res_ty(kind).unwrap_or(declared),
                None => declared,
            };
            let value = self.function.new_value(ty);
            inst.results.push(value);
        }
        let results = inst.results.clone();
        let block = self.block;
        self.function.block_mut(block).insts.push(inst);
        results
    }

    /// An op with one result.
    pub fn one(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>) -> ValueId {
        self.push(op, imms, args, 1, Ty::Any, None)[0]
    }

    /// An op without result.
    pub fn none(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>) {
        self.push(op, imms, args, 0, Ty::Any, None);
    }

    pub fn load(&mut self, ty: Ty, base: ValueId, offset: usize) -> ValueId {
        self.push(Op::Load, vec![Imm::Int(offset as i64)], vec![base], 1, ty, None)[0]
    }

    pub fn take(&mut self, ty: Ty, base: ValueId, offset: usize) -> ValueId {
        self.push(Op::Take, vec![Imm::Int(offset as i64)], vec![base], 1, ty, None)[0]
    }

    pub fn store(&mut self, base: ValueId, offset: usize, value: ValueId) {
        self.none(Op::Store, vec![Imm::Int(offset as i64)], vec![base, value]);
    }

    pub fn i32(&mut self, value: i64) -> ValueId {
        self.one(Op::I32, vec![Imm::Int(value)], vec![])
    }

    pub fn i64(&mut self, value: i64) -> ValueId {
        self.one(Op::I64, vec![Imm::Int(value)], vec![])
    }

    pub fn end(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>, targets: Vec<Edge>) {
        let mut inst = Inst::new(op, imms, args);
        inst.site = self.site;
        inst.targets = targets;
        let block = self.block;
        self.function.block_mut(block).insts.push(inst);
    }

    pub fn jump(&mut self, block: BlockId, args: Vec<ValueId>) {
        self.end(Op::Jump, vec![], vec![], vec![Edge { block, args }]);
    }
}
