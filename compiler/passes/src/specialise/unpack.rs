//! Unpacking of tuples: the items are read where they stand, as raw numbers where numbers are wanted next. Pairs that the iterator of a
//! loop would make only for that (items of a dict, `enumerate`, `zip`) are not made.
use super::access::{LENGTH, TUPLE_ITEMS};
use super::body::{Abs, Body, Next};
use super::facts::{ANY, Fact, NOT_FLOAT, NOT_INT, NOT_TUPLE, TypeIs};
use super::hints;
use pyaot_ir::{Builder, Cond, Const, Edge, Imm, Inst, Op, Ty, ValueId};

impl Body<'_, '_> {
    pub fn unpack(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let value = inst.args[0];
        let abs = self.abs(value)?;
        match abs.fact {
            Fact::Pair if inst.results.len() == 2 => {
                for (result, part) in inst.results.iter().zip(abs.parts.iter().flatten()) {
                    self.env.insert(*result, Abs::new(ANY, *part));
                }
                // There is no tuple left to be released.
                let none = self.shared.module.add_const(Const::None);
                self.env.insert(value, Abs::nothing(Fact::Const(none)));
                for result in &inst.results {
                    if self.wants_number(self.b, i + 1, *result, 0) {
                        let order = self.floats_first;
                        self.number(i + 1, *result, NOT_INT | NOT_FLOAT, order)?;
                    }
                }
                return Ok(Next::On);
            }
            Fact::Boxed(TypeIs::Tuple, _) => {}
            Fact::Boxed(TypeIs::Any, not)
                if not & NOT_TUPLE == 0 && self.hints.get(value) & !hints::TUPLE == 0 && self.has_room((self.b, i)) =>
            {
                let exit = self.failed(i, value, NOT_TUPLE)?;
                let part = abs.parts[0].ok_or("a part is missing")?;
                self.guarded(Op::GuardType, vec![Imm::Type(Ty::Tuple)], vec![part], exit);
                let fact = Fact::Boxed(TypeIs::Tuple, 0);
                self.env.insert(value, Abs { fact, ..abs });
            }
            _ => return self.copy(inst),
        }
        let tuple = abs.parts[0].ok_or("a part is missing")?;
        let n = self.b().load(Ty::I64, tuple, LENGTH);
        let wanted = self.i64(inst.results.len() as i64);
        let same = self.icmp(Cond::Eq, n, wanted);
        self.require(i, same)?;
        for (k, result) in inst.results.iter().enumerate() {
            let item = self.b().load(Ty::Any, tuple, TUPLE_ITEMS + 8 * k);
            self.env.insert(*result, Abs::new(ANY, item));
        }
        let mut others: Vec<ValueId> = Vec::new();
        for result in &inst.results {
            let order = self.floats_first;
            if !self.wants_number(self.b, i + 1, *result, 0)
                || self.number(i + 1, *result, NOT_INT | NOT_FLOAT, order)?.is_none()
            {
                others.push(*result);
            }
        }
        for result in others {
            let item = self.abs(result)?.parts[0].ok_or("a part is missing")?;
            let owned = self.one(Op::Retain, vec![], vec![item]);
            self.env.insert(result, Abs::new(self.fact(result), owned));
        }
        self.none(Op::Keep, vec![], vec![tuple]);
        Ok(Next::On)
    }

    /// The branch on the next item of an iterator, and what it passes on.
    fn branch_of(&self, i: usize, inst: &Inst) -> Option<&Inst> {
        let f = self.f;
        let next = f.blocks[self.b].insts.get(i + 1)?;
        (next.op == Op::BrNull && next.args == inst.results).then_some(next)
    }

    /// The iterator likely makes pairs, of which the loop's body takes the items at once.
    pub fn makes_pairs(&self, i: usize, inst: &Inst) -> bool {
        // (What a generator expression steps through is its caller's.)
        let given = self.is_generator && !self.shared.names.over_lists.contains(&self.f.code);
        if self.hints.get(inst.args[0]) & hints::PAIRS == 0 && !given {
            return false;
        }
        let Some(branch) = self.branch_of(i, inst) else {
            return false;
        };
        let (f, more) = (self.f, &branch.targets[1]);
        let block = &f.blocks[more.block.index()];
        let mut places = (0..more.args.len()).filter(|k| more.args[*k] == inst.results[0]);
        let (Some(place), None) = (places.next(), places.next()) else {
            return false;
        };
        let item = block.params.get(place).map(|p| p.value);
        let first = block
            .insts
            .iter()
            .find(|n| item.is_some_and(|item| n.args.contains(&item)));
        first.is_some_and(|n| n.op == Op::UnpackSequence && n.results.len() == 2)
    }

    /// The step of such an iterator; the branch on its result follows.
    pub fn next_pair(&mut self, i: usize, inst: &Inst) -> Result<Next, String> {
        let item = inst.results[0];
        let branch = self.branch_of(i, inst).ok_or("iter_next without its branch")?.clone();
        let (end, more) = (&branch.targets[0], &branch.targets[1]);
        let iterator = self.boxed(inst.args[0])?;
        self.load_names()?;
        let found = self.b().push(Op::NextPair, vec![], vec![iterator], 2, Ty::Opt, None);
        self.effect();
        self.env.insert(item, Abs::nothing(Fact::Null));
        let done = self.target(end)?;
        self.env.remove(&item);
        let mut kept: Vec<ValueId> = more.args.iter().copied().filter(|v| *v != item).collect();
        kept.sort();
        kept.dedup();
        kept.retain(|v| self.env.contains_key(v));
        let mut on: Edge = self.split(&kept, false)?;
        on.args.extend(&found);
        let first = Builder::new(&mut self.out, on.block).param(Ty::Any, true, None);
        let second = Builder::new(&mut self.out, on.block).param(Ty::Opt, true, None);
        let block = on.block;
        self.end(Op::BrNull, vec![], vec![found[0]], vec![done, on]);
        let (env, slots) = (self.env.clone(), self.slots.clone());
        self.land(block, 0, &kept, &env)?;
        self.set_held(&slots)?;
        self.env.insert(item, Abs::new(ANY, first));
        let single = self.edge((more.block.index(), 0), Some(&more.args), true)?;
        self.env.insert(item, Abs::pair(Fact::Pair, first, second));
        let pair = self.target(more)?;
        self.end(Op::BrNull, vec![], vec![second], vec![single, pair]);
        Ok(Next::Ended)
    }
}
