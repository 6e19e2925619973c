//! The walk over one consumer. In: its function, and the generators that can be inlined. Out: its function with loops over them.
use super::bodies::{Bodies, GeneratorBody, has_values_only, is_resumed};
use super::state::{Frame, Place, State, Thing, Val};
use crate::specialise::{MAX_INSTS, points};
use pyaot_ir::builder::row;
use pyaot_ir::{BlockId, Builder, CodeId, Edge, Function, Imm, Inst, Module, Op, Ownership, Shape, Ty, ValueId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Functions that are run in one another at a place.
const DEPTH: usize = 7;
/// What a function may grow by, in insts and blocks.
const GROWTH: usize = 1200;
const BLOCKS: usize = 500;

/// Nothing is inlined in the function: it would be too large, or has code of another form than lowering makes.
#[derive(PartialEq, Eq, Debug)]
pub struct GivenUp;

/// Why the walk over a block ends before its end.
pub(super) enum Stop {
    /// What comes is not light: the generators get their objects.
    Leave,
    GiveUp,
}

pub(super) type R<T> = Result<T, Stop>;

/// What is decided of the call at which a block begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decided {
    Nothing,
    /// The callee is the function that was expected.
    Known,
    Other,
}

pub struct Walk<'m> {
    pub(super) module: &'m mut Module,
    pub(super) bodies: &'m Bodies,
    pub(super) f: &'m Function,
    own: Vec<Ownership>,
    resumed: HashSet<usize>,
    pub out: Function,
    blocks: HashMap<Vec<u32>, BlockId>,
    work: Vec<(State, BlockId, Decided)>,
    most: usize,
    /// Blocks of generators at which objects go on.
    pub entries: BTreeSet<(CodeId, usize)>,
    entered: BTreeSet<CodeId>,
    /// Blocks of generators that are not left, at least once.
    passed: BTreeSet<(CodeId, usize)>,
    // ---- of the block being made ----
    pub(super) block: BlockId,
    pub(super) state: State,
    /// Values of the function that is run last.
    pub(super) env: HashMap<ValueId, Val>,
    pub(super) decided: Decided,
    /// Values that end with the block.
    pub(super) ending: Vec<ValueId>,
    leaves_to: Option<Edge>,
    /// What has been given an object.
    pub(super) made: HashMap<u32, ValueId>,
}

impl<'m> Walk<'m> {
    pub fn new(module: &'m mut Module, bodies: &'m Bodies, f: &'m Function) -> Walk<'m> {
        let insts = f.blocks.iter().flat_map(|b| &b.insts);
        let resumes = insts.filter(|i| i.op.row().shape == Shape::EndsResume);
        let resumed = resumes.flat_map(|i| &i.targets).map(|e| e.block.index()).collect();
        let size: usize = f.blocks.iter().map(|b| b.insts.len()).sum();
        Walk {
            module,
            bodies,
            f,
            own: f.ownership(),
            resumed,
            out: Function {
                values: Vec::new(),
                blocks: Vec::new(),
                ..f.clone()
            },
            blocks: HashMap::new(),
            work: Vec::new(),
            most: size + GROWTH,
            entries: BTreeSet::new(),
            entered: BTreeSet::new(),
            passed: BTreeSet::new(),
            block: BlockId(0),
            state: State::default(),
            env: HashMap::new(),
            decided: Decided::Nothing,
            ending: Vec::new(),
            leaves_to: None,
            made: HashMap::new(),
        }
    }

    /// Whether a generator has been inlined.
    pub fn run(&mut self) -> Result<bool, GivenUp> {
        let params = self.f.blocks[0].params.iter().map(|p| (p.value, Val::Plain(p.value)));
        let frame = Frame {
            code: None,
            block: 0,
            at: 0,
            values: params.collect(),
            this: 0,
        };
        let state = State {
            frames: vec![frame],
            ..State::default()
        };
        self.go(&state, Decided::Nothing, 0);
        while let Some((state, block, decided)) = self.work.pop() {
            let all: usize = self.out.blocks.iter().map(|b| b.insts.len()).sum();
            // (Ways out become little code.)
            let hot = self.out.blocks.iter().filter(|b| !b.cold);
            let insts: usize = hot.map(|b| b.insts.len()).sum();
            if insts > self.most || all > MAX_INSTS || self.out.blocks.len() > self.f.blocks.len() * 3 + BLOCKS {
                return Err(GivenUp);
            }
            match self.make(state, block, decided) {
                Ok(()) => {}
                Err(Stop::Leave) => {
                    let edge = self.leaves_to.take().ok_or(GivenUp)?;
                    self.end(Op::Jump, vec![], vec![], vec![edge]);
                }
                Err(Stop::GiveUp) => return Err(GivenUp),
            }
        }
        self.out.renumber();
        Ok(!self.entered.is_empty())
    }

    pub fn entered(&self) -> BTreeSet<CodeId> {
        self.entered.clone()
    }

    /// Generators that get objects before they have gone from one suspension to the next, or to the end; each with the consumer.
    pub fn useless(&self) -> impl Iterator<Item = (CodeId, CodeId)> {
        let useless = self.entered.iter().filter(|code| !self.is_useful(**code));
        useless.map(|code| (self.f.code, *code))
    }

    fn is_useful(&self, code: CodeId) -> bool {
        let Some(body) = self.bodies.get(code) else {
            return false;
        };
        let passes = |b: usize| self.passed.contains(&(code, b));
        let mut work: Vec<usize> = (0..body.f.blocks.len()).filter(|b| is_resumed(&body.f, *b)).collect();
        let mut seen: BTreeSet<usize> = work.iter().copied().collect();
        while let Some(b) = work.pop() {
            let Some(last) = body.f.blocks[b].insts.last().filter(|_| passes(b)) else {
                continue;
            };
            if matches!(last.op, Op::Yield | Op::Ret) {
                return true;
            }
            work.extend(last.targets.iter().map(|e| e.block.index()).filter(|b| seen.insert(*b)));
        }
        false
    }

    // ---- blocks ----

    pub(super) fn function(&self, code: Option<CodeId>) -> &'m Function {
        match code.and_then(|code| self.bodies.get(code)) {
            Some(body) => &body.f,
            None => self.f,
        }
    }

    pub(super) fn body(&self, code: CodeId) -> R<&'m GeneratorBody> {
        self.bodies.get(code).ok_or(Stop::GiveUp)
    }

    /// Type, whether it is owned, and the consumer's local variable, of a place.
    fn param_of(&self, state: &State, place: &Place, is_item: bool) -> (Ty, bool, Option<u32>) {
        match place {
            _ if is_item => (Ty::Any, true, None),
            Place::Thing(None) => (Ty::Any, true, None),
            Place::Thing(Some((code, point, k))) => {
                let f = self.function(Some(*code));
                let ty = f.ty(f.blocks[*point].params[*k].value);
                (ty, ty.is_object(), None)
            }
            Place::Frame(k, value) => {
                let frame = &state.frames[*k];
                let f = self.function(frame.code);
                let ty = f.ty(*value);
                if *k > 0 {
                    return (ty, ty.is_object(), None);
                }
                let own = ty.is_object() && self.own[value.index()] == Ownership::Own;
                (ty, own, self.slot_of(frame, *value))
            }
        }
    }

    fn slots(&self, frame: &Frame) -> Vec<Option<ValueId>> {
        points::slots_at(self.f, frame.block, frame.at)
    }

    fn slot_of(&self, frame: &Frame, value: ValueId) -> Option<u32> {
        let slots = self.slots(frame);
        slots
            .iter()
            .position(|held| *held == Some(value))
            .map(|slot| slot as u32)
    }

    /// An edge to the block of a state; without what its first `given` arguments are.
    pub(super) fn go(&mut self, state: &State, decided: Decided, given: usize) -> Edge {
        let mut args = Vec::new();
        let (form, mut key) = state.canonical(&mut |value, _, _| {
            args.push(value);
            value
        });
        key.push(decided as u32);
        args.drain(..given);
        if let Some(block) = self.blocks.get(&key) {
            return Edge { block: *block, args };
        }
        let block = self.out.new_block();
        let form = self.with_params(&form, block);
        self.blocks.insert(key, block);
        self.work.push((form, block, decided));
        Edge { block, args }
    }

    /// The state over parameters of a block of its own.
    pub(super) fn with_params(&mut self, state: &State, block: BlockId) -> State {
        let mut params = Vec::new();
        let first = self.out.values.len();
        let (form, _) = state.canonical(&mut |_, place, is_item| {
            params.push(self.param_of(state, &place, is_item));
            ValueId((first + params.len() - 1) as u32)
        });
        for (ty, own, local) in params {
            Builder::new(&mut self.out, block).param(ty, own, local);
        }
        form
    }

    fn make(&mut self, state: State, block: BlockId, decided: Decided) -> R<()> {
        let Some(frame) = state.frames.last() else {
            return Err(Stop::GiveUp);
        };
        let (code, b, at) = (frame.code, frame.block, frame.at);
        self.block = block;
        self.decided = decided;
        self.ending.clear();
        self.leaves_to = None;
        self.made.clear();
        self.env = frame.values.iter().copied().collect();
        self.state = state;
        let f = self.function(code);
        let is_inlined = self.is_inlined();
        self.out.block_mut(block).cold = !is_inlined && f.blocks[b].cold;
        if is_inlined {
            let args = self.out.block(block).params.iter().map(|p| p.value).collect();
            let aside = self.objects()?;
            let edge = Edge { block: aside, args };
            self.leaves_to = Some(edge.clone());
            let code = code.ok_or(Stop::GiveUp)?;
            let imms = vec![Imm::Code(code), Imm::Int(b as i64)];
            self.b().push(Op::Inlined, imms, vec![], 0, Ty::Any, Some(edge));
            if self.bodies.is_left((self.f.code, code, b)) {
                return Err(Stop::Leave);
            }
        }
        self.hold_twice();
        // Constants first: the branch on an item follows the step that gives it.
        let (before, rest) = f.blocks[b].insts.split_at(at);
        let uses = |v: ValueId| {
            let mut rest = rest.iter();
            rest.any(|n| n.args.contains(&v) || n.edges().any(|e| e.args.contains(&v)))
        };
        for inst in before.iter().filter(|n| points::is_constant(n) && uses(n.results[0])) {
            self.val(inst.results[0])?;
        }
        for (i, inst) in f.blocks[b].insts.iter().enumerate().skip(at) {
            let ended = match is_inlined {
                true => self.inlined(i, inst)?,
                false => self.plain_inst(i, inst)?,
            };
            if ended {
                self.passed.extend(code.map(|code| (code, b)));
                return Ok(());
            }
        }
        Err(Stop::GiveUp)
    }

    /// Values that two local variables of the consumer hold.
    fn hold_twice(&mut self) {
        let frame = &self.state.frames[0];
        let held: Vec<(usize, ValueId)> = self
            .slots(frame)
            .iter()
            .enumerate()
            .filter_map(|(slot, v)| Some((slot, (*v)?)))
            .collect();
        let given: HashSet<u32> = self
            .out
            .block(self.block)
            .params
            .iter()
            .filter_map(|p| p.local)
            .collect();
        let values: HashMap<ValueId, Val> = frame.values.iter().copied().collect();
        for (slot, value) in held {
            if given.contains(&(slot as u32)) {
                continue;
            }
            let now = match values.get(&value) {
                Some(Val::Plain(now)) => Some(*now),
                Some(_) => None,
                None => self.constant(self.f, value),
            };
            if let Some(now) = now {
                self.b().none(Op::SetLocal, vec![Imm::Int(slot as i64)], vec![now]);
            }
        }
    }

    pub(super) fn is_inlined(&self) -> bool {
        self.state.frames.len() > 1
    }

    // ---- emitting ----

    pub(super) fn b(&mut self) -> Builder<'_> {
        let frame = &self.state.frames[0];
        let site = self.f.blocks[frame.block].insts.get(frame.at).and_then(|i| i.site);
        let mut b = Builder::new(&mut self.out, self.block);
        b.site = site;
        b
    }

    pub(super) fn end(&mut self, op: Op, imms: Vec<Imm>, args: Vec<ValueId>, targets: Vec<Edge>) {
        self.b().end(op, imms, args, targets);
    }

    /// A constant of an original function, made here.
    fn constant(&mut self, f: &Function, value: ValueId) -> Option<ValueId> {
        let insts = f.blocks.iter().flat_map(|b| &b.insts);
        let mut made = insts.filter(|i| i.results.first() == Some(&value) && points::is_constant(i));
        let inst = made.next()?;
        let (op, imms) = (inst.op, inst.imms.clone());
        Some(self.b().one(op, imms, vec![]))
    }

    pub(super) fn val(&mut self, value: ValueId) -> R<Val> {
        if let Some(val) = self.env.get(&value) {
            return Ok(*val);
        }
        let code = self.state.frames.last().and_then(|f| f.code);
        let f = self.function(code);
        let made = self.constant(f, value).ok_or(Stop::GiveUp)?;
        self.env.insert(value, Val::Plain(made));
        Ok(Val::Plain(made))
    }

    /// A value of the result for one of the function that is run.
    pub(super) fn plain(&mut self, value: ValueId) -> R<ValueId> {
        let val = self.val(value)?;
        self.object(val)
    }

    // ---- edges ----

    /// The state at the start of a block of the function that is run, which `args` are passed to behind the first `given`.
    pub(super) fn state_at(&mut self, edge: &Edge, given: usize) -> R<State> {
        let code = self.state.frames.last().and_then(|f| f.code);
        let f = self.function(code);
        if self.is_inlined() && !has_values_only(f, edge.block.index()) {
            return Err(Stop::Leave);
        }
        let mut values = Vec::new();
        for (k, param) in f.block(edge.block).params.iter().enumerate() {
            let val = match k.checked_sub(given) {
                // A place for what the terminator gives.
                None => Val::Plain(ValueId(u32::MAX)),
                Some(k) => match self.val(edge.args[k])? {
                    Val::Item(v) => Val::Plain(v),
                    val => val,
                },
            };
            values.push((param.value, val));
        }
        let mut state = self.state.clone();
        if let Some(frame) = state.frames.last_mut() {
            (frame.block, frame.at, frame.values) = (edge.block.index(), 0, values);
        }
        Ok(state)
    }

    pub(super) fn edge(&mut self, edge: &Edge, given: usize) -> R<Edge> {
        let state = self.state_at(edge, given)?;
        Ok(self.go(&state, Decided::Nothing, given))
    }

    /// The state before inst `i` of the consumer's block.
    pub(super) fn state_before(&mut self, i: usize) -> R<State> {
        let b = self.state.frames[0].block;
        let live = points::live(self.f, (b, i), self.resumed.contains(&b));
        let mut values = Vec::new();
        for value in &live.values {
            values.push((*value, self.val(*value)?));
        }
        let mut state = self.state.clone();
        let frame = &mut state.frames[0];
        (frame.at, frame.values) = (i, values);
        Ok(state)
    }

    // ---- generators ----

    /// The consumer or a generator asks for the next item of one without object: its body goes on here.
    pub(super) fn enter(&mut self, i: usize, id: u32) -> R<()> {
        let Some(Thing::Generator(code, point, vals)) = self.state.things.get(&id).cloned() else {
            return Err(Stop::GiveUp);
        };
        if self.state.frames.len() >= DEPTH {
            return Err(if self.is_inlined() { Stop::Leave } else { Stop::GiveUp });
        }
        let mut state = match self.is_inlined() {
            // (Its block begins with the step.)
            true => self.state.clone(),
            false => self.state_before(i)?,
        };
        let f = self.function(Some(code));
        let params = f.blocks[point].params.iter().map(|p| p.value);
        state.things.insert(id, Thing::Running);
        state.frames.push(Frame {
            code: Some(code),
            block: point,
            at: 0,
            values: params.zip(vals).collect(),
            this: id,
        });
        self.entered.insert(code);
        let edge = self.go(&state, Decided::Nothing, 0);
        self.end(Op::Jump, vec![], vec![], vec![edge]);
        Ok(())
    }

    /// The generator that is run gives `item` to whoever waits for it, as `thing`.
    pub(super) fn give(&mut self, item: Val, thing: Thing) -> R<()> {
        let Some(frame) = self.state.frames.pop() else {
            return Err(Stop::GiveUp);
        };
        self.state.things.insert(frame.this, thing);
        let Some(waiting) = self.state.frames.last() else {
            return Err(Stop::GiveUp);
        };
        self.env = waiting.values.iter().copied().collect();
        let f = self.function(waiting.code);
        let insts = &f.blocks[waiting.block].insts;
        let step = insts[waiting.at..].iter().position(|i| i.calls("iter_next"));
        let step = waiting.at + step.ok_or(Stop::GiveUp)?;
        let (next, branch) = (&insts[step], &insts[step + 1]);
        if branch.op != Op::BrNull || branch.args != next.results {
            return Err(Stop::GiveUp);
        }
        self.env.insert(next.results[0], item);
        let target = &branch.targets[usize::from(item != Val::Null)];
        let edge = self.edge(target, 0)?;
        self.end(Op::Jump, vec![], vec![], vec![edge]);
        Ok(())
    }

    /// The code that a call makes a generator of, with what it is given; and whether the callee is to be tested.
    pub(super) fn generator_call(&self, i: usize, inst: &Inst) -> Option<(CodeId, Vec<ValueId>, bool)> {
        let frame = self.state.frames.last()?;
        let f = self.function(frame.code);
        let insts = &f.blocks[frame.block].insts;
        let maker = |value: ValueId| insts[..i].iter().find(|n| n.results.first() == Some(&value));
        let callee = maker(*inst.args.first()?)?;
        let (code, is_tested) = match (callee.op, callee.imms.first()) {
            (Op::LoadGlobal, Some(Imm::Global(global))) => (self.bodies.bound(*global)?, true),
            _ if callee.calls("make_function") => match maker(callee.args[0])?.imms.first() {
                Some(Imm::Code(code)) => (*code, false),
                _ => return None,
            },
            _ => return None,
        };
        let this = inst.args[1];
        let is_null = maker(this).is_some_and(|n| n.op == Op::Null);
        let mut args = vec![inst.args[0]];
        args.extend((!is_null).then_some(this));
        args.extend(&inst.args[2..]);
        let body = self.bodies.get(code)?;
        let is_running = self.state.frames.iter().any(|f| f.code == Some(code));
        let fits = body.params == args.len() && self.bodies.is_for(code, self.f.code) && !is_running;
        fits.then_some((code, args, is_tested))
    }

    /// A generator that waits at its start.
    pub(super) fn new_generator(&mut self, inst: &Inst, code: CodeId, args: &[ValueId]) -> R<()> {
        let body = self.body(code)?;
        let mut vals = Vec::new();
        for k in &body.takes {
            vals.push(self.val(args[*k])?);
        }
        let id = self.state.fresh();
        self.state.things.insert(id, Thing::Generator(code, body.start, vals));
        self.env.insert(inst.results[0], Val::Ref(id));
        Ok(())
    }

    /// A test of the callee: 1 when it is a function of this code.
    pub(super) fn is_function_of(&mut self, callee: ValueId, code: CodeId) -> R<ValueId> {
        let callee = self.plain(callee)?;
        let mut b = self.b();
        let code = b.one(Op::CodeAddr, vec![Imm::Code(code)], vec![]);
        Ok(b.one(Op::Call, vec![row("is_function_of")], vec![callee, code]))
    }
}
