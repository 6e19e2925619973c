//! Points of the original function at which a version may begin. In: a Raw function. Out: for a block and the index of an inst,
//! the values that are wanted from there on, and what the local variable slots hold.
use pyaot_ir::{Edge, Function, Imm, Inst, Op, Ownership, Shape, Ty, ValueId};
use std::collections::HashSet;

/// Block and inst of the original function.
pub type Point = (usize, usize);

/// What a version that begins at a point is given.
pub struct Live {
    pub values: Vec<ValueId>,
    /// Slot and content; slots that hold nothing are left out.
    pub slots: Vec<(u32, ValueId)>,
}

/// Values that are made again wherever they are wanted.
pub fn is_constant(inst: &Inst) -> bool {
    matches!(
        inst.op,
        Op::Const
            | Op::Null
            | Op::Unbound
            | Op::I1
            | Op::I32
            | Op::I64
            | Op::F64
            | Op::GlobalAddr
            | Op::CacheAddr
            | Op::CodeAddr
            | Op::ModuleAddr
            | Op::ConstCellAddr
            | Op::TypeAddr
    )
}

/// Blocks that an edge goes back to.
pub fn loop_headers(f: &Function) -> HashSet<usize> {
    back_edges(f).into_iter().map(|(_, header)| header).collect()
}

/// Edges that go back: from, to.
pub fn back_edges(f: &Function) -> HashSet<(usize, usize)> {
    let mut headers = HashSet::new();
    // Neither seen, on the way here, nor done.
    let mut state = vec![0u8; f.blocks.len()];
    let successors = |b: usize| -> Vec<usize> {
        let insts = f.blocks[b].insts.iter();
        insts.flat_map(|i| i.edges()).map(|e| e.block.index()).collect()
    };
    let mut stack = vec![(0, successors(0))];
    state[0] = 1;
    while let Some((b, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) if state[next] == 0 => {
                state[next] = 1;
                stack.push((next, successors(next)));
            }
            Some(next) if state[next] == 1 => {
                headers.insert((*b, next));
            }
            Some(_) => {}
            None => {
                state[*b] = 2;
                stack.pop();
            }
        }
    }
    headers
}

/// Edges of an inst, each with the number of parameters that the op itself gives its target.
pub fn edges(inst: &Inst) -> impl Iterator<Item = (&Edge, usize)> {
    let given = usize::from(inst.op.row().shape == Shape::EndsResume);
    let error = inst.error.iter().map(|e| (e, 0));
    inst.targets.iter().map(move |e| (e, given)).chain(error)
}

/// What edges of the function pass, with the parameters that it becomes.
pub fn passed(f: &Function) -> Vec<(ValueId, ValueId)> {
    let insts = f.blocks.iter().flat_map(|b| &b.insts);
    let pairs = insts.flat_map(edges).flat_map(|(edge, given)| {
        let params = f.blocks[edge.block.index()].params.iter().skip(given);
        edge.args.iter().copied().zip(params.map(|p| p.value))
    });
    pairs.collect()
}

/// The ownership of every value when the parameters that come raw are the function's own: objects made of them may need a
/// reference, which a borrowed value has no room for. (Other numbers of borrowed values were immediates.)
pub fn ownership(f: &Function, raw: impl Iterator<Item = bool>) -> Vec<Ownership> {
    let mut own = f.ownership();
    for (param, _) in f.blocks[0].params.iter().zip(raw).filter(|(_, raw)| *raw) {
        own[param.value.index()] = Ownership::Own;
    }
    let passed = passed(f);
    loop {
        let mut changed = false;
        for (arg, param) in &passed {
            if own[arg.index()] == Ownership::Own && own[param.index()] == Ownership::Borrow {
                own[param.index()] = Ownership::Own;
                changed = true;
            }
        }
        if !changed {
            return own;
        }
    }
}

/// The slots before inst `at` of block `b`.
pub fn slots_at(f: &Function, b: usize, at: usize) -> Vec<Option<ValueId>> {
    let mut slots: Vec<Option<ValueId>> = vec![None; f.locals as usize];
    let block = &f.blocks[b];
    for param in &block.params {
        if let Some(slot) = param.local.and_then(|l| slots.get_mut(l as usize)) {
            *slot = Some(param.value);
        }
    }
    let mut unbound: HashSet<ValueId> = HashSet::new();
    for inst in &block.insts[..at] {
        step(inst, &mut slots, &mut unbound);
    }
    slots
}

/// Parameters that no op reads, directly or as parameters of other blocks: they are only released, or shown in a traceback.
/// `resumed`: blocks in which a suspension goes on.
pub fn unread(f: &Function, resumed: &HashSet<usize>) -> HashSet<ValueId> {
    let mut read: HashSet<ValueId> = HashSet::new();
    for (b, block) in f.blocks.iter().enumerate() {
        // The function object.
        read.extend(block.params.get(usize::from(resumed.contains(&b))).map(|p| p.value));
        for inst in block
            .insts
            .iter()
            .filter(|i| !matches!(i.op, Op::SetLocal | Op::Release) && !is_way_out(i))
        {
            read.extend(&inst.args);
        }
    }
    let passed = passed(f);
    loop {
        let before = read.len();
        for (arg, param) in passed.iter().rev() {
            if read.contains(param) {
                read.insert(*arg);
            }
        }
        if read.len() == before {
            break;
        }
    }
    let params = f.blocks.iter().flat_map(|b| &b.params);
    params
        .map(|p| p.value)
        .filter(|v| f.ty(*v) == Ty::Any && !read.contains(v))
        .collect()
}

/// An inlined generator gets an object: what it holds is passed on as by a traceback.
fn is_way_out(inst: &Inst) -> bool {
    inst.op == Op::Build && inst.intrinsic().is_some_and(|row| row.name == "build_generator")
}

/// What an inst does to the slots.
pub fn step(inst: &Inst, slots: &mut [Option<ValueId>], unbound: &mut HashSet<ValueId>) {
    match (inst.op, inst.imms.first()) {
        (Op::Unbound, _) => unbound.extend(&inst.results),
        (Op::SetLocal, Some(Imm::Int(slot))) => {
            if let Some(place) = slots.get_mut(*slot as usize) {
                *place = inst.args.first().copied().filter(|v| !unbound.contains(v));
            }
        }
        // Its local is overwritten next; until then the slot's reference is gone.
        (Op::TakeAdd, _) => {
            for place in slots.iter_mut().filter(|s| **s == Some(inst.args[0])) {
                *place = None;
            }
        }
        _ => {}
    }
}

/// `resumed`: a suspension goes on in the block, so what was sent stands before the function object.
pub fn live(f: &Function, (b, at): Point, resumed: bool) -> Live {
    let block = &f.blocks[b];
    let slots = slots_at(f, b, at);
    let slots: Vec<(u32, ValueId)> = slots
        .into_iter()
        .enumerate()
        .filter_map(|(i, v)| Some((i as u32, v?)))
        .collect();
    if at == 0 {
        return Live {
            values: block.params.iter().map(|p| p.value).collect(),
            slots,
        };
    }
    let mut used: HashSet<ValueId> = slots.iter().map(|(_, v)| *v).collect();
    // An inlined generator is left with what its block was given.
    let start = block.insts.iter().take(1).filter(|i| i.op == Op::Inlined);
    for inst in start.chain(&block.insts[at..]) {
        used.extend(&inst.args);
        used.extend(inst.edges().flat_map(|e| &e.args));
    }
    // The checked pass reads the closure of the function object, which it expects as the first parameter.
    let function = block.params.get(usize::from(resumed)).map(|p| p.value);
    used.extend(function);
    let others = block.params.iter().map(|p| p.value).filter(|v| Some(*v) != function);
    let params = function.into_iter().chain(others);
    let results = block.insts[..at]
        .iter()
        .filter(|i| !is_constant(i))
        .flat_map(|i| i.results.iter().copied());
    Live {
        values: params.chain(results).filter(|v| used.contains(v)).collect(),
        slots,
    }
}
