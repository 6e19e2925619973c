//! Generators in the loops that consume them. In: a module at Raw. Out: the same at Raw, where a loop over a call of a known function with
//! `yield` holds the generator's body: `yield` is a jump to the loop's body, which jumps back to where the generator goes on.
//!
//! The walk is a partial evaluation over values that have no object: generators (where they go on, with what), and tuples that they yield.
//! A block of the result stands for a place of each function that is being run there (the consumer, a generator that it waits for, one that
//! this waits for) and for what their values are. The blocks of a generator only compute: whatever runs other code, may raise or is asked to
//! poll leaves through the edge of the `inlined` op that such a block begins with. There the generator's object is made, as one that goes on
//! at this block ([`pyaot_abi::GENERATOR_BLOCKS`]), and the loop steps through it as through any other. So frames, tracebacks, and
//! what `close` and finalisers see are those of real generators; nothing is done twice, since a block has no effect before its end.
mod bodies;
mod body;
mod objects;
mod state;
mod walk;

use bodies::Bodies;
pub use bodies::Left;
use pyaot_ir::{BlockId, Builder, CodeId, Edge, Function, Imm, Kind, Module, Op};
use std::collections::{BTreeMap, BTreeSet};
use walk::Walk;

/// Blocks of each generator at which an object may have to go on.
type Entries = BTreeMap<CodeId, BTreeSet<usize>>;

/// What stands in which consumer.
type Pairs = BTreeSet<(CodeId, CodeId)>;

/// A module in which generators are inlined.
pub struct Inlined {
    pub functions: Vec<Function>,
    /// Consumers, each with a generator that stands in it.
    pub pairs: Pairs,
}

/// Inlines in all functions that are to be specialised, if there is anything to inline. `left`: blocks that are not worth it.
pub fn run(module: &mut Module, functions: &[Function], left: &Left) -> Option<Inlined> {
    let mut bodies = Bodies::of(module, functions, left);
    if bodies.is_empty() {
        return None;
    }
    // What is of no use, or too large, is left out, until nothing is.
    loop {
        let found = walk_all(module, functions, &bodies);
        for (consumer, codes) in found.large {
            bodies.leave_out(consumer, codes);
        }
        if found.useless.is_empty() {
            let made = made(module, functions, &bodies, &found.entries);
            return (!found.pairs.is_empty()).then_some(Inlined {
                functions: made,
                pairs: found.pairs,
            });
        }
        bodies.refuse(&found.useless);
    }
}

#[derive(Default)]
struct Found {
    entries: Entries,
    pairs: Pairs,
    useless: Pairs,
    large: Vec<(CodeId, BTreeSet<CodeId>)>,
}

fn walk_all(module: &mut Module, functions: &[Function], bodies: &Bodies) -> Found {
    let mut found = Found::default();
    for f in functions.iter().filter(|f| is_consumer(f) && bodies.are_in(f)) {
        let mut walk = Walk::new(module, bodies, f);
        match walk.run() {
            Ok(true) => {
                found.useless.extend(walk.useless());
                found
                    .pairs
                    .extend(walk.entered().into_iter().map(|code| (f.code, code)));
                for (code, block) in &walk.entries {
                    found.entries.entry(*code).or_default().insert(*block);
                }
            }
            Ok(false) => {}
            Err(_) => found.large.push((f.code, walk.entered())),
        }
    }
    found
}

/// The functions with what is inlined, and with places to go on in the generators.
fn made(module: &mut Module, functions: &[Function], bodies: &Bodies, entries: &Entries) -> Vec<Function> {
    let mut made = functions.to_vec();
    for (code, blocks) in entries {
        if let Some((index, body)) = bodies.function_of(*code) {
            made[index] = with_entries(body, blocks);
        }
    }
    for f in made.iter_mut().filter(|f| is_consumer(f) && bodies.are_in(f)) {
        let consumer = f.clone();
        let mut walk = Walk::new(module, bodies, &consumer);
        if walk.run() == Ok(true) {
            *f = walk.out;
        }
    }
    made
}

fn is_consumer(f: &Function) -> bool {
    f.kind == Kind::Direct && !f.once && !f.light && !f.is_declaration()
}

/// The generator's function, whose object may also go on at these blocks.
fn with_entries(f: &Function, blocks: &BTreeSet<usize>) -> Function {
    let mut f = f.clone();
    let creator = f
        .blocks
        .iter()
        .position(|b| b.terminator().is_some_and(|t| t.op == Op::ReturnGenerator));
    let Some(creator) = creator else { return f };
    let Some(mut inst) = f.blocks[creator].insts.pop() else {
        return f;
    };
    let function = inst.args[0];
    let start = inst.targets.pop();
    for block in blocks {
        // Nothing goes this way here: the object has the values.
        let params = f.blocks[*block].params.len();
        let resumes = bodies::is_resumed(&f, *block);
        let mut b = Builder::new(&mut f, BlockId(creator as u32));
        let nothing = b.one(Op::Unbound, vec![], vec![]);
        let mut args = vec![nothing; params];
        if let Some(place) = args.get_mut(usize::from(resumes)) {
            *place = function;
        }
        inst.imms.push(Imm::Int(*block as i64));
        inst.targets.push(Edge {
            block: BlockId(*block as u32),
            args,
        });
    }
    inst.targets.extend(start);
    f.blocks[creator].insts.push(inst);
    f
}

#[cfg(test)]
mod tests;
