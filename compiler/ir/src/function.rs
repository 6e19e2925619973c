//! Functions, blocks, insts. In: nothing. Out: the data structures and the queries that read the op table for an inst.
//!
//! Surprising decision: blocks own their insts in plain vectors, and values are numbers into one vector of types;
//! passes rebuild blocks instead of patching lists, and [`Function::renumber`] makes numbers dense again, so that
//! equal functions print equally.
use crate::op::{self, ArgKind, Op, Raises, ResKind, Shape};
use crate::types::{Cond, Ownership, Ty};
use pyaot_abi::{INTRINSICS, Intrinsic};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(pub u32);
        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}
ids! {
    /// A value of one function.
    ValueId
    /// A block of one function; 0 is the entry.
    BlockId
    /// Index into [`crate::Module::consts`].
    ConstId
    /// Index into [`crate::Module::codes`]: pre-order over the code objects of a module.
    CodeId
    /// Index into [`crate::Module::globals`].
    GlobalId
    /// Number of an attribute cache of the module.
    CacheId
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    Raw,
    Checked,
    Counted,
    Lowered,
}

impl Stage {
    pub const ALL: &'static [Stage] = &[Stage::Raw, Stage::Checked, Stage::Counted, Stage::Lowered];

    pub fn name(self) -> &'static str {
        match self {
            Stage::Raw => "raw",
            Stage::Checked => "checked",
            Stage::Counted => "counted",
            Stage::Lowered => "lowered",
        }
    }
}

/// What calls the function, see the crate's documentation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    Direct,
    Resume,
    /// A version of the direct entry for certain types of its parameters, which compiled code of the same module calls.
    Version(u32),
}

/// An immediate.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Imm {
    Const(ConstId),
    Int(i64),
    Float(u64),
    /// Index into `pyaot_abi::INTRINSICS`.
    Row(u16),
    Global(GlobalId),
    Cache(CacheId),
    Code(CodeId),
    Type(Ty),
    Cond(Cond),
}

/// A jump to a block with the values of its parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Edge {
    pub block: BlockId,
    pub args: Vec<ValueId>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Inst {
    pub op: Op,
    pub imms: Vec<Imm>,
    pub args: Vec<ValueId>,
    pub results: Vec<ValueId>,
    /// Index of the bytecode instruction (byte offset / 2).
    pub site: Option<u32>,
    /// Where the inst goes when it raises. At Raw only inside protected regions.
    pub error: Option<Edge>,
    pub targets: Vec<Edge>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param {
    pub value: ValueId,
    pub own: bool,
    /// Raw: the local variable slot whose content this is.
    pub local: Option<u32>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Block {
    pub params: Vec<Param>,
    pub insts: Vec<Inst>,
    /// Reached only when something raised.
    pub cold: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// For people and for symbols: the qualified name.
    pub name: String,
    pub code: CodeId,
    pub kind: Kind,
    pub stage: Stage,
    /// Module and class bodies: compact code instead of inline fast paths, except in loops.
    pub once: bool,
    /// Compact throughout: a body that runs once and has no loop.
    pub cold: bool,
    /// Calls of the runtime instead of inline fast paths, and the quick way through the back end: library code and what runs rarely,
    /// whose size is compile time.
    pub light: bool,
    /// Local variable slots (co_nlocalsplus).
    pub locals: u32,
    /// Words of scratch memory.
    pub scratch: u32,
    /// Versions: the result is a word and a flag. 0: the word is what `ret_raw` gave. 1: it is a value, or null for a raised exception.
    pub raw_result: bool,
    pub values: Vec<Ty>,
    pub blocks: Vec<Block>,
}

impl Inst {
    pub fn new(op: Op, imms: Vec<Imm>, args: Vec<ValueId>) -> Inst {
        Inst {
            op,
            imms,
            args,
            results: Vec::new(),
            site: None,
            error: None,
            targets: Vec::new(),
        }
    }

    /// The intrinsic of a `call` or `build`.
    pub fn intrinsic(&self) -> Option<&'static Intrinsic> {
        match self.imms.first() {
            Some(Imm::Row(row)) => INTRINSICS.get(usize::from(*row)),
            _ => None,
        }
    }

    pub fn calls(&self, name: &str) -> bool {
        self.op == Op::Call && self.intrinsic().is_some_and(|row| row.name == name)
    }

    pub fn raises(&self) -> Raises {
        match self.op.row().raises {
            Raises::Row => self.intrinsic().map_or(Raises::Never, |row| op::raises(row.error)),
            other => other,
        }
    }

    pub fn effect(&self) -> op::OpEffect {
        match self.op.row().effect {
            op::OpEffect::Row => self
                .intrinsic()
                .map_or(op::OpEffect::Foreign, |row| op::effect(row.effect)),
            other => other,
        }
    }

    /// Kind of operand `i`.
    pub fn arg_kind(&self, i: usize) -> Option<ArgKind> {
        let row = self.op.row();
        if row.args == [ArgKind::Row] {
            return self.intrinsic()?.args.get(i).map(|a| op::arg_kind(*a));
        }
        if self.op == Op::TakeAdd && i == 1 {
            let both =
                matches!(self.imms.first(), Some(Imm::Int(op)) if op & i64::from(pyaot_abi::ADD_TAKES_BOTH) != 0);
            return Some(if both { ArgKind::Own } else { ArgKind::Borrow });
        }
        let kind = match row.args.get(i) {
            Some(kind) => *kind,
            None => *row.args.last()?,
        };
        let rest = i + 1 >= row.args.len();
        match kind {
            ArgKind::BorrowRest if rest => Some(ArgKind::Borrow),
            ArgKind::OwnRest if rest => Some(ArgKind::Own),
            ArgKind::MaskRest if rest => Some(if self.mask_bit(i) {
                ArgKind::Own
            } else {
                ArgKind::Borrow
            }),
            ArgKind::VersionRest if rest => {
                let own = matches!(self.imms.get(1), Some(Imm::Int(mask)) if i < 63 && mask >> i & 1 == 1);
                Some(if own { ArgKind::Own } else { ArgKind::Word })
            }
            kind if i < row.args.len() => Some(kind),
            _ => None,
        }
    }

    /// Bit `i` of the mask of a call: operand `i` is taken. Operands past 62 are never taken.
    pub fn mask_bit(&self, i: usize) -> bool {
        match self.imms.first() {
            Some(Imm::Int(mask)) => i < 63 && mask >> i & 1 == 1,
            _ => false,
        }
    }

    /// Operands `i` by which the reference of a Python value is taken.
    pub fn takes(&self, i: usize) -> bool {
        matches!(self.arg_kind(i), Some(ArgKind::Own | ArgKind::OwnOnSuccess))
    }

    /// Number of operands, where it is fixed.
    pub fn fixed_args(&self) -> Result<usize, usize> {
        let row = self.op.row();
        match row.args.last() {
            Some(ArgKind::Row) => Ok(self.intrinsic().map_or(0, |r| r.args.len())),
            Some(ArgKind::BorrowRest | ArgKind::OwnRest | ArgKind::MaskRest | ArgKind::VersionRest) => {
                Err(row.args.len() - 1)
            }
            _ => Ok(row.args.len()),
        }
    }

    /// Kind of result `i`.
    pub fn res_kind(&self, i: usize) -> Option<ResKind> {
        match *self.op.row().results.get(i).or(self.op.row().results.last())? {
            ResKind::Row => {
                let row = self.intrinsic()?;
                if i > 0 { None } else { op::res_kind(row.ret, row.error) }
            }
            ResKind::OwnRest => Some(ResKind::Own),
            kind if i < self.op.row().results.len() => Some(kind),
            _ => None,
        }
    }

    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.error.iter().chain(&self.targets)
    }

    pub fn edges_mut(&mut self) -> impl Iterator<Item = &mut Edge> {
        self.error.iter_mut().chain(&mut self.targets)
    }

    /// Applies `f` to every used value.
    pub fn map_uses(&mut self, mut f: impl FnMut(ValueId) -> ValueId) {
        for arg in &mut self.args {
            *arg = f(*arg);
        }
        for edge in self.edges_mut() {
            for arg in &mut edge.args {
                *arg = f(*arg);
            }
        }
    }
}

/// Type of a result of kind `kind`; `None` when it is declared or that of an operand.
pub fn res_ty(kind: ResKind) -> Option<Ty> {
    match kind {
        ResKind::Own | ResKind::Borrow | ResKind::Static | ResKind::OwnRest => Some(Ty::Any),
        ResKind::OwnOpt | ResKind::StaticOpt => Some(Ty::Opt),
        ResKind::I1 => Some(Ty::I1),
        ResKind::I32 => Some(Ty::I32),
        ResKind::I64 => Some(Ty::I64),
        ResKind::F64 => Some(Ty::F64),
        ResKind::Ptr => Some(Ty::Ptr),
        ResKind::Same | ResKind::Declared | ResKind::DeclaredOwn | ResKind::Row => None,
    }
}

/// Ownership of a result.
pub fn res_ownership(kind: ResKind, ty: Ty) -> Ownership {
    if !ty.is_object() {
        return Ownership::Raw;
    }
    match kind {
        ResKind::Own | ResKind::OwnOpt | ResKind::OwnRest | ResKind::DeclaredOwn => Ownership::Own,
        ResKind::Static | ResKind::StaticOpt => Ownership::Static,
        ResKind::Borrow | ResKind::Declared | ResKind::Same | ResKind::Row => Ownership::Borrow,
        ResKind::I1 | ResKind::I32 | ResKind::I64 | ResKind::F64 | ResKind::Ptr => Ownership::Raw,
    }
}

impl Block {
    /// The terminator, if the block is complete.
    pub fn terminator(&self) -> Option<&Inst> {
        self.insts.last().filter(|inst| inst.op.is_terminator())
    }

    /// All blocks that the block may go to, error edges included, in text order.
    pub fn successors(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.insts.iter().flat_map(|inst| inst.edges().map(|edge| edge.block))
    }
}

impl Function {
    /// Stands for a function that is compiled elsewhere: it has parameters, but no insts.
    pub fn is_declaration(&self) -> bool {
        self.blocks.iter().all(|b| b.insts.is_empty())
    }

    /// Its head, without values and blocks.
    pub fn without_blocks(&self) -> Function {
        Function {
            name: self.name.clone(),
            code: self.code,
            kind: self.kind,
            stage: self.stage,
            once: self.once,
            cold: self.cold,
            light: self.light,
            locals: self.locals,
            scratch: self.scratch,
            raw_result: self.raw_result,
            values: Vec::new(),
            blocks: Vec::new(),
        }
    }

    pub fn ty(&self, value: ValueId) -> Ty {
        self.values[value.index()]
    }

    pub fn new_value(&mut self, ty: Ty) -> ValueId {
        self.values.push(ty);
        ValueId(self.values.len() as u32 - 1)
    }

    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block::default());
        BlockId(self.blocks.len() as u32 - 1)
    }

    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    pub fn block_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.index()]
    }

    /// Ownership of every value, by its definition.
    pub fn ownership(&self) -> Vec<Ownership> {
        let mut out = vec![Ownership::Raw; self.values.len()];
        for block in &self.blocks {
            for param in &block.params {
                out[param.value.index()] = match (self.ty(param.value).is_object(), param.own) {
                    (false, _) => Ownership::Raw,
                    (true, true) => Ownership::Own,
                    (true, false) => Ownership::Borrow,
                };
            }
            for inst in &block.insts {
                for (i, result) in inst.results.iter().enumerate() {
                    if let Some(kind) = inst.res_kind(i) {
                        out[result.index()] = res_ownership(kind, self.ty(*result));
                    }
                }
            }
        }
        out
    }

    /// Drops unreachable blocks and numbers blocks (in order of first mention from the entry) and values (in order of
    /// definition) densely.
    pub fn renumber(&mut self) {
        let mut order = Vec::new();
        let mut block_map = vec![None; self.blocks.len()];
        // Depth-first preorder in which the hot successors come first; error edges go behind them.
        let mut stack = vec![BlockId(0)];
        let mut cold_stack: Vec<BlockId> = Vec::new();
        while let Some(id) = stack.pop().or_else(|| cold_stack.pop()) {
            if block_map[id.index()].is_some() {
                continue;
            }
            block_map[id.index()] = Some(BlockId(order.len() as u32));
            order.push(id);
            let block = &self.blocks[id.index()];
            let targets: Vec<BlockId> = block
                .insts
                .iter()
                .flat_map(|i| i.targets.iter().map(|e| e.block))
                .collect();
            stack.extend(targets.into_iter().rev());
            let errors: Vec<BlockId> = block
                .insts
                .iter()
                .filter_map(|i| i.error.as_ref().map(|e| e.block))
                .collect();
            cold_stack.extend(errors.into_iter().rev());
        }
        let mut old: Vec<Block> = std::mem::take(&mut self.blocks);
        self.blocks = order.iter().map(|id| std::mem::take(&mut old[id.index()])).collect();
        let mut value_map: Vec<Option<ValueId>> = vec![None; self.values.len()];
        let mut values = Vec::new();
        for block in &self.blocks {
            let defs = block
                .params
                .iter()
                .map(|p| p.value)
                .chain(block.insts.iter().flat_map(|i| i.results.iter().copied()));
            for value in defs {
                value_map[value.index()] = Some(ValueId(values.len() as u32));
                values.push(self.values[value.index()]);
            }
        }
        // A use without a definition keeps an id past the end, which the verifier reports.
        let missing = ValueId(u32::MAX);
        for block in &mut self.blocks {
            for param in &mut block.params {
                param.value = value_map[param.value.index()].unwrap_or(missing);
            }
            for inst in &mut block.insts {
                for result in &mut inst.results {
                    *result = value_map[result.index()].unwrap_or(missing);
                }
                inst.map_uses(|v| value_map.get(v.index()).copied().flatten().unwrap_or(missing));
                for edge in inst.edges_mut() {
                    if let Some(new) = block_map[edge.block.index()] {
                        edge.block = new;
                    }
                }
            }
        }
        self.values = values;
    }

    /// Number of targets that a terminator must have.
    pub fn target_count(inst: &Inst) -> usize {
        match inst.op.row().shape {
            Shape::Plain => 0,
            Shape::Ends(n) => n,
            Shape::EndsSwitch => inst.imms.len() + 1,
            Shape::EndsResume => 1,
        }
    }
}
