//! Exceptions that would be dropped unseen. In: a call or subscript in a `try` whose handler names the class of what it may raise and
//! does nothing with it. Out: an intrinsic that gives null instead of raising, and a way past the handler's test.
//!
//! `try: x = next(it)` / `except StopIteration: pass` is the model. The exception would be raised, caught, compared with the class
//! and dropped, and no other code runs in between, so nobody can tell that it was never made. The intrinsics do so only where their
//! own work runs no other code either (`entry::quiet` of the runtime); everything else they raise, and `check_raised` passes on.
use super::body::{Abs, Body};
use super::facts::{ANY, Fact, TypeIs};
use super::points::{self, Point};
use pyaot_abi::guard;
use pyaot_ir::builder::row;
use pyaot_ir::{Builder, GlobalId, Imm, Inst, Op, Ty, ValueId};
use std::collections::HashMap;

/// What a quiet intrinsic leaves out.
#[derive(Clone, Copy)]
pub enum Quiet {
    Next,
    Int,
    GetItem,
}

impl Quiet {
    fn row(self) -> &'static str {
        match self {
            Quiet::Next => "next_quiet",
            Quiet::Int => "int_quiet",
            Quiet::GetItem => "getitem_quiet",
        }
    }

    /// Classes that catch it.
    fn classes(self) -> &'static [&'static str] {
        match self {
            Quiet::Next => &["StopIteration", "Exception", "BaseException"],
            Quiet::Int => &["ValueError", "Exception", "BaseException"],
            Quiet::GetItem => &["KeyError", "LookupError", "Exception", "BaseException"],
        }
    }
}

/// Where a handler goes on that only drops the exception.
pub struct Handler {
    /// The place behind its end, and what is wanted there.
    point: Point,
    values: Vec<ValueId>,
    /// The class, where the handler names one.
    class: Option<GlobalId>,
}

/// What a value of the handler's blocks is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A value at the place of the raise.
    Of(ValueId),
    Exception,
    /// What was handled before.
    Previous,
    Class,
    Matches,
}

impl Body<'_, '_> {
    /// The handler of an inst, if it drops what `quiet` leaves out.
    pub fn quiet_handler(&mut self, inst: &Inst, quiet: Quiet) -> Option<Handler> {
        let f = self.f;
        let edge = inst.error.as_ref().filter(|_| !self.is_generator && self.guards)?;
        let mut marks: HashMap<ValueId, Mark> = HashMap::new();
        let enter = |marks: &mut HashMap<ValueId, Mark>, block: usize, args: &[ValueId], outside: bool| {
            let found: Vec<(ValueId, Option<Mark>)> = f.blocks[block]
                .params
                .iter()
                .zip(args)
                .map(|(p, a)| {
                    (
                        p.value,
                        if outside {
                            Some(Mark::Of(*a))
                        } else {
                            marks.get(a).copied()
                        },
                    )
                })
                .collect();
            marks.extend(found.into_iter().filter_map(|(v, mark)| Some((v, mark?))));
        };
        let mut block = edge.block.index();
        enter(&mut marks, block, &edge.args, true);
        let mut class = None;
        // The landing, the test, and what follows it.
        for _ in 0..4 {
            let mut next = None;
            for (k, inst) in f.blocks[block].insts.iter().enumerate() {
                let of = |v: ValueId| marks.get(&v).copied();
                match inst.op {
                    _ if points::is_constant(inst) => {}
                    Op::Call if inst.calls("catch") => {
                        marks.insert(inst.results[0], Mark::Exception);
                    }
                    Op::Call if inst.calls("push_exc_info") && of(inst.args[0]) == Some(Mark::Exception) => {
                        marks.insert(inst.results[0], Mark::Previous);
                    }
                    Op::LoadGlobal if class.is_none() => {
                        let Some(Imm::Global(global)) = inst.imms.first().copied() else {
                            return None;
                        };
                        let name = self.shared.unbound.get(&global)?;
                        if !quiet.classes().contains(&name.as_str()) {
                            return None;
                        }
                        class = Some(global);
                        marks.insert(inst.results[0], Mark::Class);
                    }
                    Op::Call
                        if inst.calls("check_exc_match")
                            && of(inst.args[0]) == Some(Mark::Exception)
                            && of(inst.args[1]) == Some(Mark::Class) =>
                    {
                        marks.insert(inst.results[0], Mark::Matches);
                    }
                    Op::Release if matches!(of(inst.args[0]), Some(Mark::Exception | Mark::Class)) => {}
                    Op::Jump => next = inst.targets.first(),
                    Op::Br if of(inst.args[0]) == Some(Mark::Matches) => next = inst.targets.first(),
                    Op::Call if inst.calls("pop_exc_info") && of(inst.args[0]) == Some(Mark::Previous) => {
                        let point = (block, k + 1);
                        let live = self.live(point);
                        let values = live.values.iter().map(|v| match marks.get(v) {
                            Some(Mark::Of(value)) => Some(*value),
                            _ => None,
                        });
                        return Some(Handler {
                            point,
                            values: values.collect::<Option<_>>()?,
                            class,
                        });
                    }
                    _ => return None,
                }
            }
            let edge = next?;
            block = edge.block.index();
            enter(&mut marks, block, &edge.args, false);
        }
        None
    }

    /// The inst by a quiet intrinsic over `operands`; its result as an object.
    pub fn quietly(
        &mut self,
        i: usize,
        inst: &Inst,
        quiet: Quiet,
        handler: &Handler,
        operands: &[ValueId],
    ) -> Result<Abs, String> {
        if let Some(class) = handler.class {
            self.test_global(i, class, guard::BUILTIN)?;
        }
        // The callee itself need not be loaded.
        let callee = match inst.op {
            Op::CallPython => self.env.remove(&inst.args[0]),
            _ => None,
        };
        self.load_names()?;
        if let Some(abs) = callee {
            self.env.insert(inst.args[0], abs);
        }
        let words = operands.iter().map(|v| self.boxed(*v)).collect::<Result<Vec<_>, _>>()?;
        let found = self.b().push(Op::Call, vec![row(quiet.row())], words, 1, Ty::Opt, None)[0];
        self.effect();
        let result = inst.results[0];
        let live = self.live((self.b, i + 1));
        let mut kept: Vec<ValueId> = live.values.iter().copied().filter(|v| *v != result).collect();
        kept.extend(inst.edges().flat_map(|e| &e.args).chain(&handler.values).copied());
        kept.sort();
        kept.dedup();
        kept.retain(|v| self.env.contains_key(v));
        let slots = self.slots.clone();
        let env = self.env.clone();
        let none = self.split(&kept, true)?;
        let mut some = self.split(&kept, false)?;
        let value = Builder::new(&mut self.out, some.block).param(Ty::Any, true, None);
        some.args.push(found);
        let (none_block, some_block) = (none.block, some.block);
        self.end(Op::BrNull, vec![], vec![found], vec![none, some]);
        self.land(none_block, 0, &kept, &env)?;
        self.set_held(&slots)?;
        let error = self.error_of(inst)?;
        self.b().push(Op::CheckRaised, vec![], vec![], 0, Ty::Any, error);
        let on = self.edge(handler.point, Some(&handler.values), false)?;
        self.end(Op::Jump, vec![], vec![], vec![on]);
        self.land(some_block, 0, &kept, &env)?;
        self.set_held(&slots)?;
        Ok(Abs::new(ANY, value))
    }

    /// A subscript that is no list's, as far as is known; false when nothing was done.
    pub fn getitem_quietly(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let unknown = matches!(self.fact(inst.args[0]), Fact::Boxed(TypeIs::Any | TypeIs::Dict, _));
        if !unknown {
            return Ok(false);
        }
        let Some(handler) = self.quiet_handler(inst, Quiet::GetItem) else {
            return Ok(false);
        };
        let abs = self.quietly(i, inst, Quiet::GetItem, &handler, &inst.args)?;
        self.env.insert(inst.results[0], abs);
        Ok(true)
    }
}
