//! Which generators can stand in a loop. In: a module at Raw. Out: for the code of each such generator its function, cut so that a block has at
//! most one end of a value, at its start, and steps of other iterators stand at the start of a block.
use crate::specialise::points;
use pyaot_ir::{
    Builder, CodeId, Edge, Function, GlobalId, Imm, Inst, Kind, Module, Op, Ownership, Param, Shape, Ty, ValueId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Insts of a generator up to which it is inlined.
const INSTS: usize = 200;

/// A generator's function.
pub struct GeneratorBody {
    /// Index of the function.
    pub index: usize,
    pub f: Function,
    /// Where it starts.
    pub start: usize,
    /// For each parameter of that block the argument (0: the function object) that it gets.
    pub takes: Vec<usize>,
    pub params: usize,
    /// Blocks that lead back to themselves without a suspension: their polls are made here, all others by the consumer.
    pub spins: BTreeSet<usize>,
}

#[derive(Default)]
pub struct Bodies {
    by_code: BTreeMap<CodeId, GeneratorBody>,
    bound: BTreeMap<GlobalId, CodeId>,
    /// Generators that a function does not inline.
    left_out: BTreeSet<(CodeId, CodeId)>,
    left: Left,
}

/// Blocks in a consumer's function that are left whatever is known of their values: consumer, generator, block.
pub type Left = BTreeSet<(CodeId, CodeId, usize)>;

impl Bodies {
    pub fn of(module: &Module, functions: &[Function], left: &Left) -> Bodies {
        let mut bodies = Bodies {
            left: left.clone(),
            bound: module.bound.clone(),
            ..Bodies::default()
        };
        for (index, f) in functions.iter().enumerate() {
            let info = &module.codes[f.code.index()];
            let fits = f.kind == Kind::Direct && info.makes_generator && info.plain_params && info.nfree == 0;
            if let Some(body) = fits.then(|| body_of(index, f)).flatten() {
                bodies.by_code.insert(f.code, body);
            }
        }
        bodies
    }

    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    pub fn get(&self, code: CodeId) -> Option<&GeneratorBody> {
        self.by_code.get(&code)
    }

    /// The generator that a `def` bound to the name.
    pub fn bound(&self, global: GlobalId) -> Option<CodeId> {
        self.bound.get(&global).copied()
    }

    pub fn is_for(&self, code: CodeId, consumer: CodeId) -> bool {
        self.by_code.contains_key(&code) && !self.left_out.contains(&(consumer, code))
    }

    pub fn is_left(&self, place: (CodeId, CodeId, usize)) -> bool {
        self.left.contains(&place)
    }

    /// The function mentions a generator.
    pub fn are_in(&self, f: &Function) -> bool {
        let mut insts = f.blocks.iter().flat_map(|b| &b.insts);
        insts.any(|i| match (i.op, i.imms.first()) {
            (Op::LoadGlobal, Some(Imm::Global(global))) => {
                self.bound(*global).is_some_and(|code| self.is_for(code, f.code))
            }
            (Op::CodeAddr, Some(Imm::Code(code))) => self.is_for(*code, f.code),
            _ => false,
        })
    }

    /// The consumer's function would be too large.
    pub fn leave_out(&mut self, consumer: CodeId, codes: BTreeSet<CodeId>) {
        self.left_out.extend(codes.into_iter().map(|code| (consumer, code)));
    }

    /// Pairs of consumer and generator that are of no use.
    pub fn refuse(&mut self, pairs: &BTreeSet<(CodeId, CodeId)>) {
        self.left_out.extend(pairs);
    }

    pub fn function_of(&self, code: CodeId) -> Option<(usize, &Function)> {
        self.by_code.get(&code).map(|body| (body.index, &body.f))
    }
}

/// A suspension goes on in the block.
pub fn is_resumed(f: &Function, block: usize) -> bool {
    let mut insts = f.blocks.iter().flat_map(|b| &b.insts);
    insts.any(|i| i.op.row().shape == Shape::EndsResume && i.targets.iter().any(|e| e.block.index() == block))
}

fn body_of(index: usize, f: &Function) -> Option<GeneratorBody> {
    let size: usize = f.blocks.iter().map(|b| b.insts.len()).sum();
    let mut insts = f.blocks.iter().flat_map(|b| &b.insts);
    // Handlers of its own, which run when it is closed.
    if size > INSTS || insts.any(|i| i.calls("push_exc_info") || i.op == Op::LoadSpecial) {
        return None;
    }
    let (start, takes) = start_of(f)?;
    let mut f = f.clone();
    give_function(&mut f)?;
    cut(&mut f);
    Some(GeneratorBody {
        index,
        start,
        takes,
        params: f.blocks[0].params.len(),
        spins: (0..f.blocks.len()).filter(|b| spins(&f, *b)).collect(),
        f,
    })
}

fn spins(f: &Function, block: usize) -> bool {
    let next = |b: usize| {
        let insts = f.blocks[b].insts.iter().filter(|i| i.op != Op::Yield);
        insts.flat_map(|i| &i.targets).map(|e| e.block.index())
    };
    let mut work: Vec<usize> = next(block).collect();
    let mut seen = BTreeSet::new();
    while let Some(b) = work.pop() {
        if b == block {
            return true;
        }
        if seen.insert(b) {
            work.extend(next(b));
        }
    }
    false
}

/// Where the body starts, and which argument each parameter of that block gets.
fn start_of(f: &Function) -> Option<(usize, Vec<usize>)> {
    let mut known: HashMap<ValueId, usize> = HashMap::new();
    known.extend(f.blocks[0].params.iter().enumerate().map(|(k, p)| (p.value, k)));
    let mut block = 0;
    for _ in 0..f.blocks.len() {
        let (last, rest) = f.blocks[block].insts.split_last()?;
        if rest.iter().any(|i| !matches!(i.op, Op::Enter | Op::SetLocal)) {
            return None;
        }
        let edge = last.targets.last()?;
        let args = edge.args.iter().map(|v| known.get(v).copied());
        let args: Vec<usize> = args.collect::<Option<_>>()?;
        match last.op {
            Op::ReturnGenerator => return Some((edge.block.index(), args)),
            Op::Jump => {
                let params = f.block(edge.block).params.iter().map(|p| p.value);
                known = params.zip(args).collect();
                block = edge.block.index();
            }
            _ => return None,
        }
    }
    None
}

/// The function object of a block, as its parameter.
fn function_in(f: &Function, block: usize) -> Option<ValueId> {
    let param = f.blocks[block].params.get(usize::from(is_resumed(f, block)))?;
    (!param.own && param.local.is_none()).then_some(param.value)
}

/// Every block is given the function object: an object that goes on at one has it.
fn give_function(f: &mut Function) -> Option<()> {
    let lacks: BTreeSet<usize> = (1..f.blocks.len()).filter(|b| function_in(f, *b).is_none()).collect();
    if lacks.iter().any(|b| is_resumed(f, *b)) {
        return None;
    }
    for block in &lacks {
        let value = f.new_value(Ty::Any);
        let param = Param {
            value,
            own: false,
            local: None,
        };
        f.blocks[*block].params.insert(0, param);
    }
    for block in 0..f.blocks.len() {
        let function = function_in(f, block);
        let edges = f.blocks[block].insts.iter_mut().flat_map(|i| i.edges_mut());
        for edge in edges.filter(|e| lacks.contains(&e.block.index())) {
            edge.args.insert(0, function?);
        }
    }
    Some(())
}

/// Cuts blocks before what ends a value, and before steps of iterators.
fn cut(f: &mut Function) {
    let mut b = 0;
    while b < f.blocks.len() {
        let insts = &f.blocks[b].insts;
        let sets_up = |i: &&Inst| points::is_constant(i) || i.op == Op::SetLocal;
        let begins = insts.iter().take_while(sets_up).count();
        let is_cut = |i: &Inst| i.op == Op::Release || i.calls("iter_next");
        let at = (begins + 1..insts.len()).find(|at| is_cut(&insts[*at]));
        if let Some(at) = at.filter(|_| !f.blocks[b].cold) {
            cut_at(f, b, at);
        }
        b += 1;
    }
}

/// The block's insts from `at` on become a block of their own.
fn cut_at(f: &mut Function, b: usize, at: usize) {
    let live = points::live(f, (b, at), is_resumed(f, b));
    let ownership = f.ownership();
    let rest = f.blocks[b].insts.split_off(at);
    let constants = f.blocks[b].insts.iter().filter(|i| points::is_constant(i));
    let constants: Vec<Inst> = constants.cloned().collect();
    let next = f.new_block();
    let mut map: HashMap<ValueId, ValueId> = HashMap::new();
    for value in &live.values {
        let slot = live.slots.iter().find(|(_, held)| held == value).map(|(slot, _)| *slot);
        let own = ownership[value.index()] == Ownership::Own;
        let ty = f.ty(*value);
        map.insert(*value, Builder::new(f, next).param(ty, own, slot));
    }
    let again: Vec<(u32, ValueId)> = live
        .slots
        .iter()
        .copied()
        .filter(|(slot, _)| f.block(next).params.iter().all(|p| p.local != Some(*slot)))
        .collect();
    let held = again
        .iter()
        .map(|(slot, value)| Inst::new(Op::SetLocal, vec![Imm::Int(i64::from(*slot))], vec![*value]));
    let wanted = |i: &Inst| {
        let uses =
            |other: &Inst| other.args.contains(&i.results[0]) || other.edges().any(|e| e.args.contains(&i.results[0]));
        rest.iter().any(uses) || again.iter().any(|(_, v)| *v == i.results[0])
    };
    let constants: Vec<Inst> = constants.into_iter().filter(wanted).collect();
    let insts: Vec<Inst> = constants.into_iter().chain(held).chain(rest).collect();
    for mut inst in insts {
        inst.map_uses(|v| map.get(&v).copied().unwrap_or(v));
        for place in &mut inst.results {
            let fresh = f.new_value(f.ty(*place));
            map.insert(*place, fresh);
            *place = fresh;
        }
        f.block_mut(next).insts.push(inst);
    }
    f.block_mut(next).cold = f.blocks[b].cold;
    let mut jump = Inst::new(Op::Jump, vec![], vec![]);
    jump.targets.push(Edge {
        block: next,
        args: live.values,
    });
    f.blocks[b].insts.push(jump);
}

/// The block's values are all Python values, so an object can go on at it.
pub fn has_values_only(f: &Function, block: usize) -> bool {
    f.blocks[block].params.iter().all(|p| f.ty(p.value).is_object())
}
