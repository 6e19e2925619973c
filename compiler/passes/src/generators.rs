//! Splits generators. In: Counted code with `return_generator` and `yield`. Out: the creating function, and a `resume` function
//! with a switch over the suspension.
//!
//! A suspension keeps the distinct owned values that its two edges (resumed, thrown into) name, and behind these, where nobody else
//! looks, the raw numbers; constants are made again, and the function object is read from the generator. Suspension 0 is the start.
use crate::Context;
use pyaot_abi::{GENERATOR_BLOCKS, GENERATOR_DELEGATING, GENERATOR_FINISHED, GeneratorObject};
use pyaot_ir::builder::row;
use pyaot_ir::{BlockId, Builder, Edge, Function, Imm, Inst, Kind, Op, Ownership, Ty, ValueId};
use std::collections::HashMap;
use std::mem::offset_of;

const FUNCTION: usize = offset_of!(GeneratorObject, function);
const STATE: usize = offset_of!(GeneratorObject, state);
const LIVE: usize = offset_of!(GeneratorObject, live);
const FLAGS: usize = offset_of!(GeneratorObject, flags);
const POSITION: usize = offset_of!(GeneratorObject, position);
const SINK: usize = offset_of!(GeneratorObject, sink);
const SLOTS: usize = offset_of!(GeneratorObject, slots);

pub fn run(f: &mut Function, cx: &mut Context) -> Result<(), String> {
    let creator = f
        .blocks
        .iter()
        .position(|b| b.terminator().is_some_and(|t| t.op == Op::ReturnGenerator));
    let Some(creator) = creator else { return Ok(()) };
    let mut resume = f.clone();
    resume.kind = Kind::Resume;
    let slots = split_resume(&mut resume, creator)?;
    split_direct(f, creator)?;
    if let Some(info) = cx.module.codes.get_mut(f.code.index()) {
        info.frame_slots = slots as u32;
    }
    cx.made.push(resume);
    Ok(())
}

fn split_direct(f: &mut Function, creator: usize) -> Result<(), String> {
    let Some(inst) = f.blocks[creator].insts.pop() else {
        return Err("empty block".into());
    };
    let function = inst.args[0];
    let args = inst
        .targets
        .last()
        .map_or(&[][..], |start| start.args.get(1..).unwrap_or_default());
    let args: Vec<ValueId> = args.to_vec();
    f.scratch = f.scratch.max(args.len().max(1) as u32);
    let mut b = Builder::new(f, BlockId(creator as u32));
    b.site = inst.site;
    let frame = b.one(Op::ScratchAddr, vec![Imm::Int(0)], vec![]);
    for (i, arg) in args.iter().enumerate() {
        b.store(frame, 8 * i, *arg);
    }
    let n = b.i64(args.len() as i64);
    let generator = b.push(
        Op::Call,
        vec![row("make_generator")],
        vec![function, frame, n],
        1,
        Ty::Any,
        inst.error,
    )[0];
    b.none(Op::Leave, vec![], vec![]);
    b.end(Op::Ret, vec![], vec![generator], vec![]);
    Ok(())
}

/// Makes `f` the resuming function; the largest number of slots.
fn split_resume(f: &mut Function, creator: usize) -> Result<usize, String> {
    let ownership = f.ownership();
    let start = match f.blocks[creator].insts.last() {
        Some(inst) => inst.clone(),
        None => return Err("empty block".into()),
    };
    // The entry is rebuilt in place of block 0, which only the creating function needs.
    let old_blocks = f.blocks.len();
    f.blocks[0] = pyaot_ir::Block::default();
    let mut b = Builder::new(f, BlockId(0));
    let generator = b.param(Ty::Any, false, None);
    let sent = b.param(Ty::Opt, true, None);
    let insts = f.blocks.iter().flat_map(|b| &b.insts);
    let rows = match insts.into_iter().any(|i| i.calls("push_exc_info")) {
        true => ("generator_enter", "generator_leave"),
        false => ("generator_enter_plain", "generator_leave_plain"),
    };
    let mut splitter = Splitter {
        rows,
        f,
        ownership,
        generator,
        sent,
        cases: Vec::new(),
        others: Vec::new(),
        max: 0,
    };
    for (k, edge) in start.targets.iter().enumerate() {
        splitter.start(&start, edge, start.imms.get(k));
    }
    for block in 1..old_blocks {
        splitter.sinks(block);
        splitter.suspensions(block)?;
    }
    splitter.entry();
    let max = splitter.max;
    finish_returns(f, generator, old_blocks, rows.1);
    Ok(max)
}

struct Splitter<'a> {
    /// What the body does when it is entered and left: less if it handles no exceptions.
    rows: (&'static str, &'static str),
    f: &'a mut Function,
    ownership: Vec<Ownership>,
    generator: ValueId,
    sent: ValueId,
    cases: Vec<BlockId>,
    /// Blocks at which objects go on that were made elsewhere, with their numbers.
    others: Vec<(i64, BlockId)>,
    max: usize,
}

impl Splitter<'_> {
    /// Reads the kept values back; the map from old values to new ones.
    fn reload(&mut self, block: BlockId, kept: &[ValueId]) -> HashMap<ValueId, ValueId> {
        let generator = self.generator;
        let tys: Vec<Ty> = kept.iter().map(|v| self.f.ty(*v)).collect();
        let mut b = Builder::new(self.f, block);
        let mut map = HashMap::new();
        for (i, (value, ty)) in kept.iter().zip(tys).enumerate() {
            let new = match ty.is_object() {
                true => b.take(ty, generator, SLOTS + 8 * i),
                false => b.load(ty, generator, SLOTS + 8 * i),
            };
            map.insert(*value, new);
        }
        map
    }

    /// Argument of an edge in the resumed block.
    fn resumed(
        &mut self,
        block: BlockId,
        value: ValueId,
        map: &mut HashMap<ValueId, ValueId>,
        defs: &HashMap<ValueId, Inst>,
    ) -> ValueId {
        if let Some(new) = map.get(&value) {
            return *new;
        }
        let new = match defs.get(&value) {
            Some(inst) => {
                let new = self.f.new_value(self.f.ty(value));
                let mut copy = inst.clone();
                copy.results = vec![new];
                self.f.block_mut(block).insts.push(copy);
                new
            }
            // The only borrowed value that a block of a generator passes on is its function.
            None => {
                let generator = self.generator;
                Builder::new(self.f, block).load(Ty::Any, generator, FUNCTION)
            }
        };
        map.insert(value, new);
        new
    }

    /// Where the generator starts, or (`number`) a block at which an object goes on: the slots hold the arguments but for the function.
    fn start(&mut self, inst: &Inst, edge: &Edge, number: Option<&Imm>) {
        let block = self.f.new_block();
        self.max = self.max.max(edge.args.len().saturating_sub(1));
        let (generator, sent) = (self.generator, self.sent);
        let mut b = Builder::new(self.f, block);
        let function = b.load(Ty::Any, generator, FUNCTION);
        let mut args = Vec::new();
        for value in &edge.args {
            let taken = args.len() - usize::from(args.contains(&function));
            args.push(match *value == inst.args[0] {
                true => function,
                false => b.take(Ty::Any, generator, SLOTS + 8 * taken),
            });
        }
        b.none(Op::XDec, vec![], vec![sent]);
        b.jump(edge.block, args);
        match number {
            Some(Imm::Int(number)) => self.others.push((i64::from(GENERATOR_BLOCKS) + number, block)),
            _ => self.cases.push(block),
        }
    }

    /// The generator says where its items go.
    fn sinks(&mut self, block: usize) {
        let generator = self.generator;
        for inst in &mut self.f.blocks[block].insts {
            if inst.op == Op::Sink {
                (inst.op, inst.imms, inst.args) = (Op::Load, vec![Imm::Int(SINK as i64)], vec![generator]);
            }
        }
    }

    /// Rewrites the suspension that ends a block.
    fn suspensions(&mut self, block: usize) -> Result<(), String> {
        if self.f.blocks[block].terminator().is_none_or(|t| t.op != Op::Yield) {
            return Ok(());
        }
        let Some(inst) = self.f.blocks[block].insts.pop() else {
            return Err("empty block".into());
        };
        let mut defs = HashMap::new();
        for def in &self.f.blocks[block].insts {
            if def.args.is_empty() && def.op.row().effect == pyaot_ir::op::OpEffect::Pure {
                for result in &def.results {
                    defs.insert(*result, def.clone());
                }
            }
        }
        let flags = match inst.imms.first() {
            Some(Imm::Int(flags)) => *flags,
            _ => 0,
        };
        let error = inst.error.clone().ok_or("a suspension without an error edge")?;
        let target = inst.targets[0].clone();
        let mut kept: Vec<ValueId> = Vec::new();
        let mut raw: Vec<ValueId> = Vec::new();
        for value in error.args.iter().chain(&target.args) {
            if !self.f.ty(*value).is_object() {
                if !defs.contains_key(value) && !raw.contains(value) {
                    raw.push(*value);
                }
                continue;
            }
            let kept_here = match self.ownership.get(value.index()) {
                Some(Ownership::Own) => true,
                // What was computed without references, as a boxed flag.
                Some(Ownership::Static) => !defs.contains_key(value),
                _ => false,
            };
            if kept_here && !kept.contains(value) {
                kept.push(*value);
            }
        }
        if flags & i64::from(GENERATOR_DELEGATING) != 0 {
            // The runtime finds the delegate in the last slot.
            let delegate = *target.args.last().ok_or("a delegation without its delegate")?;
            kept.retain(|v| *v != delegate);
            kept.push(delegate);
        }
        let live = kept.len();
        kept.extend(raw);
        self.max = self.max.max(kept.len());
        let state = self.cases.len() as i64;
        let generator = self.generator;
        let mut b = Builder::new(self.f, BlockId(block as u32));
        b.site = inst.site;
        for (i, value) in kept.iter().enumerate() {
            b.store(generator, SLOTS + 8 * i, *value);
        }
        for (offset, value) in [
            (STATE, state),
            (LIVE, live as i64),
            (POSITION, i64::from(inst.site.unwrap_or(0))),
            (FLAGS, flags),
        ] {
            let value = b.i32(value);
            b.store(generator, offset, value);
        }
        b.none(Op::Call, vec![row(self.rows.1)], vec![generator]);
        b.none(Op::Leave, vec![], vec![]);
        b.end(Op::Ret, vec![], vec![inst.args[0]], vec![]);

        let resumed = self.f.new_block();
        let mut map = self.reload(resumed, &kept);
        let sent = self.sent;
        let error_args = error
            .args
            .iter()
            .map(|v| self.resumed(resumed, *v, &mut map, &defs))
            .collect();
        let mut target_args = vec![sent];
        target_args.extend(
            target
                .args
                .iter()
                .map(|v| self.resumed(resumed, *v, &mut map, &defs))
                .collect::<Vec<_>>(),
        );
        let targets = vec![
            Edge {
                block: error.block,
                args: error_args,
            },
            Edge {
                block: target.block,
                args: target_args,
            },
        ];
        let mut b = Builder::new(self.f, resumed);
        b.site = inst.site;
        b.end(Op::BrNull, vec![], vec![sent], targets);
        self.cases.push(resumed);
        Ok(())
    }

    fn entry(&mut self) {
        let (generator, sent, cases) = (self.generator, self.sent, self.cases.clone());
        let failed = self.f.new_block();
        let mut b = Builder::new(self.f, failed);
        b.none(Op::XDec, vec![], vec![sent]);
        let null = b.one(Op::Null, vec![], vec![]);
        b.end(Op::Ret, vec![], vec![null], vec![]);
        self.f.block_mut(failed).cold = true;
        let wrong = self.f.new_block();
        Builder::new(self.f, wrong).end(Op::Unreachable, vec![], vec![], vec![]);
        let mut b = Builder::new(self.f, BlockId(0));
        b.site = Some(0);
        b.push(
            Op::Enter,
            vec![],
            vec![],
            0,
            Ty::Any,
            Some(Edge {
                block: failed,
                args: vec![],
            }),
        );
        let frame = b.one(Op::FrameAddr, vec![], vec![]);
        let state = b.one(Op::Call, vec![row(self.rows.0)], vec![generator, frame]);
        let numbered = (0..).zip(cases).chain(std::mem::take(&mut self.others));
        let (imms, mut targets): (Vec<Imm>, Vec<Edge>) = numbered
            .map(|(n, block)| (Imm::Int(n), Edge { block, args: vec![] }))
            .unzip();
        targets.push(Edge {
            block: wrong,
            args: vec![],
        });
        b.end(Op::Switch, imms, vec![state], targets);
    }
}

/// A return ends the generator: no slot is live, and it is finished. Blocks past `old_blocks` are the splitter's own.
fn finish_returns(f: &mut Function, generator: ValueId, old_blocks: usize, leave: &'static str) {
    for block in 1..old_blocks {
        let ret = match f.blocks[block].insts.last() {
            Some(inst) if inst.op == Op::Ret => inst.clone(),
            _ => continue,
        };
        // The suspension's own returns have stored their state.
        let suspends = f.blocks[block]
            .insts
            .iter()
            .any(|i| i.op == Op::Store && i.imms == [Imm::Int(STATE as i64)] && i.args[0] == generator);
        if suspends {
            continue;
        }
        f.blocks[block].insts.pop();
        let mut b = Builder::new(f, BlockId(block as u32));
        let finished = b.i32(i64::from(GENERATOR_FINISHED as i32));
        b.store(generator, STATE, finished);
        // A front has left it as it was.
        let none = b.i32(0);
        b.store(generator, LIVE, none);
        b.none(Op::Call, vec![row(leave)], vec![generator]);
        f.blocks[block].insts.push(ret);
    }
}
