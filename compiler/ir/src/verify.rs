//! Verifier. In: a function (and the module's sizes). Out: the first broken invariant.
//!
//! - **V1** A block ends with a terminator and has no other; every function has an entry block.
//! - **V2** Immediates and operands have the number and kinds of the op's row.
//! - **V3** Results have the number and types of the op's row; a value has one definition.
//! - **V4** An edge names a block of the function and passes each of its parameters a value of its type
//!   (the first parameter of a `yield`'s target is defined by the op). No edge goes to the entry block.
//! - **V5** Before Lowered, a block uses only its own parameters and values, after their definition. At Lowered, and
//!   in `resume` functions (all of whose blocks use the generator), a use is dominated by its definition.
//! - **V6** The stage allows the op; `set_local` and local parameters exist at Raw only.
//! - **V7** Ops that cannot raise have no error edge; from Checked on, those that can have one.
//! - **V8** Ids (constants, globals, caches, codes, rows) exist in the module.
//! - **V9** An op that always raises is followed by `unreachable`.
//! - **V10** The entry block's parameters are those of the function's kind.
use crate::function::{BlockId, Edge, Function, Imm, Inst, Kind, Stage, ValueId, res_ty};
use crate::module::Module;
use crate::op::{ArgKind, ImmKind, Op, Raises, ResKind, Shape};
use crate::types::Ty;
use pyaot_abi::INTRINSICS;

/// A broken invariant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Number of the invariant.
    pub invariant: u32,
    pub block: BlockId,
    /// Index of the inst in the block.
    pub inst: Option<usize>,
    pub message: String,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "V{} in b{}", self.invariant, self.block.0)?;
        if let Some(i) = self.inst {
            write!(f, " inst {i}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Broken {}

struct Verifier<'a> {
    f: &'a Function,
    module: Option<&'a Module>,
    /// Block and position (0 = parameters, i + 1 = inst i) of each definition.
    defs: Vec<Option<(usize, usize)>>,
    /// Immediate dominators, at Lowered.
    doms: Option<Dominators>,
    block: usize,
    inst: Option<usize>,
}

/// Checks one function; ids are checked when the module is given.
pub fn verify_function(f: &Function, module: Option<&Module>) -> Result<(), Broken> {
    let mut v = Verifier {
        f,
        module,
        defs: vec![None; f.values.len()],
        doms: None,
        block: 0,
        inst: None,
    };
    v.run()
}

/// Checks every function of a module.
pub fn verify_module(module: &Module) -> Result<(), String> {
    for function in &module.functions {
        verify_function(function, Some(module))
            .map_err(|b| format!("{} ({}): {b}", function.name, function.stage.name()))?;
    }
    Ok(())
}

impl Verifier<'_> {
    fn fail<T>(&self, invariant: u32, message: impl Into<String>) -> Result<T, Broken> {
        Err(Broken {
            invariant,
            block: BlockId(self.block as u32),
            inst: self.inst,
            message: message.into(),
        })
    }

    fn check(&self, ok: bool, invariant: u32, message: impl FnOnce() -> String) -> Result<(), Broken> {
        if ok { Ok(()) } else { self.fail(invariant, message()) }
    }

    fn run(&mut self) -> Result<(), Broken> {
        let f = self.f;
        if f.blocks.is_empty() {
            return self.fail(1, "no entry block");
        }
        for b in 0..f.blocks.len() {
            self.block = b;
            self.inst = None;
            self.shape()?;
            self.define()?;
        }
        if f.stage == Stage::Lowered || f.kind == Kind::Resume {
            self.doms = Some(Dominators::new(f));
        }
        self.block = 0;
        self.inst = None;
        self.entry()?;
        for b in 0..f.blocks.len() {
            self.block = b;
            self.inst = None;
            self.check(
                f.stage == Stage::Raw || f.blocks[b].params.iter().all(|p| p.local.is_none()),
                6,
                || "local parameter".into(),
            )?;
            for (i, inst) in f.blocks[b].insts.iter().enumerate() {
                self.inst = Some(i);
                self.inst(inst, i)?;
            }
        }
        Ok(())
    }

    fn shape(&mut self) -> Result<(), Broken> {
        let insts = &self.f.blocks[self.block].insts;
        for (i, inst) in insts.iter().enumerate() {
            self.inst = Some(i);
            let last = i + 1 == insts.len();
            self.check(inst.op.is_terminator() == last, 1, || {
                format!("{} stands wrongly", inst.op.row().text)
            })?;
            if inst.raises() == Raises::Always {
                let next = insts.get(i + 1).map(|n| n.op);
                self.check(next == Some(Op::Unreachable), 9, || "no unreachable after it".into())?;
            }
        }
        self.inst = None;
        self.check(!insts.is_empty(), 1, || "empty block".into())
    }

    fn define(&mut self) -> Result<(), Broken> {
        let block = &self.f.blocks[self.block];
        let params = block.params.iter().map(|p| (p.value, 0));
        let results = block
            .insts
            .iter()
            .enumerate()
            .flat_map(|(i, inst)| inst.results.iter().map(move |r| (*r, i + 1)));
        for (value, at) in params.chain(results) {
            match self.defs.get_mut(value.index()) {
                None => return self.fail(3, format!("%{} has no type", value.0)),
                Some(Some(_)) => return self.fail(3, format!("%{} is defined twice", value.0)),
                Some(slot) => *slot = Some((self.block, at)),
            }
        }
        Ok(())
    }

    fn entry(&self) -> Result<(), Broken> {
        let params = &self.f.blocks[0].params;
        let tys: Vec<Ty> = params.iter().map(|p| self.f.ty(p.value)).collect();
        let ok = match self.f.kind {
            Kind::Direct => {
                tys.first() == Some(&Ty::Any)
                    && (tys[1..].iter().all(|t| *t == Ty::Any)
                        || self.f.stage == Stage::Lowered && tys[1..] == [Ty::Ptr])
            }
            Kind::Version(_) => tys.first() == Some(&Ty::Any),
            Kind::Resume => {
                tys == [Ty::Any, Ty::Opt] || self.f.stage != Stage::Lowered && tys.first() == Some(&Ty::Any)
            }
        };
        self.check(ok, 10, || "entry parameters".into())
    }

    fn use_value(&self, value: ValueId, at: usize) -> Result<Ty, Broken> {
        let Some(Some((block, def))) = self.defs.get(value.index()) else {
            return self.fail(5, format!("%{} is not defined", value.0));
        };
        let ok = if *block == self.block {
            *def <= at
        } else {
            self.doms.as_ref().is_some_and(|d| d.dominates(*block, self.block))
        };
        self.check(ok, 5, || format!("%{} is not visible here", value.0))?;
        Ok(self.f.ty(value))
    }

    fn inst(&self, inst: &Inst, i: usize) -> Result<(), Broken> {
        let row = inst.op.row();
        let stage = self.f.stage;
        self.check(row.stages.0 <= stage && stage <= row.stages.1, 6, || {
            format!("{} at stage {}", row.text, stage.name())
        })?;
        self.imms(inst)?;
        self.args(inst, i)?;
        self.results(inst)?;
        self.edges(inst, i)
    }

    fn imms(&self, inst: &Inst) -> Result<(), Broken> {
        let kinds = inst.op.row().imms;
        let open = kinds.last() == Some(&ImmKind::Ints);
        let ok = if open {
            inst.imms.len() + 1 >= kinds.len()
        } else {
            inst.imms.len() == kinds.len()
        };
        self.check(ok, 2, || "number of immediates".into())?;
        for (i, imm) in inst.imms.iter().enumerate() {
            let kind = kinds.get(i).or(kinds.last()).copied();
            let limit = |get: fn(&Module) -> usize| self.module.map_or(usize::MAX, get);
            let (wanted, exists) = match imm {
                Imm::Const(id) => (ImmKind::Const, id.index() < limit(|m| m.consts.len())),
                Imm::Int(_) => (
                    if kind == Some(ImmKind::Ints) {
                        ImmKind::Ints
                    } else {
                        ImmKind::Int
                    },
                    true,
                ),
                Imm::Float(_) => (ImmKind::Float, true),
                Imm::Row(id) => (ImmKind::Row, usize::from(*id) < INTRINSICS.len()),
                Imm::Global(id) => (ImmKind::Global, id.index() < limit(|m| m.globals.len())),
                Imm::Cache(id) => (ImmKind::Cache, id.index() < limit(|m| m.attr_caches as usize)),
                Imm::Code(id) => (ImmKind::Code, id.index() < limit(|m| m.codes.len())),
                Imm::Type(_) => (ImmKind::Type, true),
                Imm::Cond(_) => (ImmKind::Cond, true),
            };
            self.check(kind == Some(wanted), 2, || format!("immediate {i}"))?;
            self.check(exists, 8, || format!("immediate {i} does not exist"))?;
        }
        Ok(())
    }

    fn args(&self, inst: &Inst, at: usize) -> Result<(), Broken> {
        let ok = match inst.fixed_args() {
            Ok(n) => inst.args.len() == n,
            Err(n) => inst.args.len() >= n,
        };
        self.check(ok, 2, || format!("{} operands", inst.args.len()))?;
        for (i, arg) in inst.args.iter().enumerate() {
            let ty = self.use_value(*arg, at)?;
            let ok = match inst.arg_kind(i) {
                Some(ArgKind::Borrow | ArgKind::Own | ArgKind::OwnOnSuccess | ArgKind::Unbox) => ty.is_object(),
                Some(ArgKind::Word) => true,
                Some(ArgKind::Base) => ty == Ty::Ptr || ty.is_object(),
                Some(ArgKind::I1) => ty == Ty::I1,
                Some(ArgKind::I32) => ty == Ty::I32,
                Some(ArgKind::I64) => ty == Ty::I64,
                Some(ArgKind::F64) => ty == Ty::F64,
                Some(ArgKind::Ptr) => ty == Ty::Ptr,
                Some(ArgKind::Flag) => matches!(ty, Ty::I1 | Ty::I32),
                Some(
                    ArgKind::BorrowRest | ArgKind::OwnRest | ArgKind::Row | ArgKind::MaskRest | ArgKind::VersionRest,
                )
                | None => false,
            };
            self.check(ok, 2, || format!("operand {i} of type {}", ty.name()))?;
        }
        Ok(())
    }

    fn results(&self, inst: &Inst) -> Result<(), Broken> {
        let kinds = inst.op.row().results;
        let ok = match kinds {
            [.., ResKind::OwnRest] => true,
            [ResKind::Row] => inst.results.len() == usize::from(inst.res_kind(0).is_some()),
            _ => inst.results.len() == kinds.len(),
        };
        self.check(ok, 3, || "number of results".into())?;
        for (i, result) in inst.results.iter().enumerate() {
            let ty = self.f.ty(*result);
            let ok = match inst.res_kind(i) {
                Some(ResKind::Same) => inst.args.first().is_some_and(|a| self.f.ty(*a) == ty),
                Some(kind) => match res_ty(kind) {
                    Some(Ty::Any) => ty.is_object() && ty != Ty::Opt,
                    Some(wanted) => ty == wanted,
                    None => true,
                },
                None => false,
            };
            self.check(ok, 3, || format!("type {} of result {i}", ty.name()))?;
        }
        Ok(())
    }

    fn edges(&self, inst: &Inst, at: usize) -> Result<(), Broken> {
        let raises = inst.raises();
        self.check(inst.error.is_none() || raises != Raises::Never, 7, || {
            "error edge".into()
        })?;
        self.check(
            inst.error.is_some() || raises == Raises::Never || self.f.stage == Stage::Raw,
            7,
            || "no error edge".into(),
        )?;
        self.check(inst.targets.len() == Function::target_count(inst), 1, || {
            "number of targets".into()
        })?;
        if let Some(edge) = &inst.error {
            // An error edge sees no result of its inst.
            self.edge(edge, at, 0, None)?;
        }
        for (i, edge) in inst.targets.iter().enumerate() {
            let defined = usize::from(inst.op.row().shape == Shape::EndsResume);
            let nonnull = if inst.op == Op::BrNull && i == 1 {
                inst.args.first().copied()
            } else {
                None
            };
            self.edge(edge, at, defined, nonnull)?;
        }
        Ok(())
    }

    fn edge(&self, edge: &Edge, at: usize, defined: usize, nonnull: Option<ValueId>) -> Result<(), Broken> {
        let Some(block) = self.f.blocks.get(edge.block.index()) else {
            return self.fail(4, format!("no block b{}", edge.block.0));
        };
        self.check(edge.block.0 != 0, 4, || "edge to the entry block".into())?;
        self.check(edge.args.len() + defined == block.params.len(), 4, || {
            format!("{} arguments for b{}", edge.args.len(), edge.block.0)
        })?;
        for (arg, param) in edge.args.iter().zip(&block.params[defined..]) {
            let ty = self.use_value(*arg, at)?;
            let wanted = self.f.ty(param.value);
            let ok = ty.fits(wanted) || (nonnull == Some(*arg) && wanted == Ty::Any);
            self.check(ok, 4, || {
                format!(
                    "%{} of type {} for {} in b{}",
                    arg.0,
                    ty.name(),
                    wanted.name(),
                    edge.block.0
                )
            })?;
        }
        Ok(())
    }
}

/// Dominator tree of the reachable blocks (Cooper, Harvey, Kennedy).
pub struct Dominators {
    /// Position in reverse post-order; `None` = unreachable.
    order: Vec<Option<usize>>,
    idom: Vec<usize>,
}

impl Dominators {
    pub fn new(f: &Function) -> Dominators {
        let n = f.blocks.len();
        let succs: Vec<Vec<usize>> = f
            .blocks
            .iter()
            .map(|b| b.successors().map(BlockId::index).filter(|s| *s < n).collect())
            .collect();
        let mut post = Vec::with_capacity(n);
        let mut seen = vec![false; n];
        let mut stack = vec![(0usize, 0usize)];
        seen[0] = true;
        while let Some((block, next)) = stack.pop() {
            if let Some(&succ) = succs[block].get(next) {
                stack.push((block, next + 1));
                if !seen[succ] {
                    seen[succ] = true;
                    stack.push((succ, 0));
                }
            } else {
                post.push(block);
            }
        }
        let rpo: Vec<usize> = post.into_iter().rev().collect();
        let mut order = vec![None; n];
        for (i, block) in rpo.iter().enumerate() {
            order[*block] = Some(i);
        }
        let mut preds = vec![Vec::new(); rpo.len()];
        for (i, block) in rpo.iter().enumerate() {
            for succ in &succs[*block] {
                if let Some(s) = order[*succ] {
                    preds[s].push(i);
                }
            }
        }
        let undefined = usize::MAX;
        let mut idom = vec![undefined; rpo.len()];
        idom[0] = 0;
        let mut changed = true;
        while changed {
            changed = false;
            for i in 1..rpo.len() {
                let mut new = undefined;
                for &p in preds[i].iter().filter(|p| idom[**p] != undefined) {
                    new = if new == undefined { p } else { intersect(&idom, p, new) };
                }
                if new != idom[i] {
                    idom[i] = new;
                    changed = true;
                }
            }
        }
        Dominators { order, idom }
    }

    /// Every path to `b` goes through `a`. Unreachable blocks are dominated by all.
    pub fn dominates(&self, a: usize, b: usize) -> bool {
        let Some(mut at) = self.order[b] else { return true };
        let Some(a) = self.order[a] else { return false };
        while at > a {
            at = self.idom[at];
        }
        at == a
    }
}

fn intersect(idom: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while a > b {
            a = idom[a];
        }
        while b > a {
            b = idom[b];
        }
    }
    a
}
