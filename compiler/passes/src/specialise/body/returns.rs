//! The way back from generic code. In: a loop's header and its versions. Out: tests of the objects that generic code has, which
//! lead to the version whose facts hold.
use super::{Abs, Body};
use crate::specialise::facts::{Fact, TypeIs};
use pyaot_abi::{RangeIterObject, SeqIterObject, sequence_kind};
use pyaot_ir::builder::row;
use pyaot_ir::{BlockId, Builder, Cond, Const, Edge, Imm, Op, Ty, ValueId};
use std::mem::offset_of;

/// Versions that are tried in turn.
const TRIED: usize = 2;

impl Body<'_, '_> {
    /// Generic code goes to the header of a loop with these values.
    pub(super) fn prepare_return(&mut self, block: usize, values: &[ValueId]) -> Result<(), String> {
        let facts: Vec<Fact> = values.iter().map(|v| self.fact(*v)).collect();
        let from = self.request((block, 0), facts, true, false, None);
        if self.returns_to.contains_key(&from) {
            return Ok(());
        }
        let have = self.versions[from].facts.clone();
        let all = self.at.get(&(block, 0)).cloned().unwrap_or_default();
        let mut found: Vec<(usize, usize)> = all
            .into_iter()
            .filter(|v| !self.versions[*v].generic && self.versions[*v].carried.is_none())
            .filter(|v| self.can_test(&have, &self.versions[*v].facts))
            .map(|v| (self.versions[v].facts.iter().filter(|f| f.is_better()).count(), v))
            .collect();
        // The most that is known first; of two alike, the one made later, which is not for a first pass.
        found.sort();
        let mut otherwise = self.versions[from].block;
        for (_, version) in found.into_iter().rev().take(TRIED).rev() {
            otherwise = self.test_facts(from, version, otherwise)?;
        }
        self.returns_to.insert(from, otherwise);
        Ok(())
    }

    fn can_test(&self, have: &[Fact], want: &[Fact]) -> bool {
        have.iter().zip(want).all(|(have, want)| {
            have == want
                || matches!(have, Fact::Boxed(..))
                    && match want {
                        Fact::Boxed(..) => true,
                        Fact::RangeIter(_) | Fact::SeqIter(TypeIs::List | TypeIs::Tuple | TypeIs::Str) => true,
                        Fact::Char | Fact::I64 | Fact::F64 | Fact::Bool | Fact::Unread | Fact::UnreadFloat => true,
                        Fact::Const(id) => matches!(self.shared.module.constant(*id), Const::None),
                        _ => false,
                    }
        })
    }

    /// A block in the place of version `from` that goes to `version` if its facts hold, else on to a block like it.
    fn test_facts(&mut self, from: usize, version: usize, otherwise: BlockId) -> Result<BlockId, String> {
        let live = self.live(self.versions[from].point);
        let (have, want) = (self.versions[from].facts.clone(), self.versions[version].facts.clone());
        let model = self.versions[from].block;
        let block = self.out.new_block();
        self.out.block_mut(block).cold = true;
        for param in self.out.block(model).params.clone() {
            let ty = self.out.ty(param.value);
            Builder::new(&mut self.out, block).param(ty, param.own, None);
        }
        let saved = (self.block, std::mem::take(&mut self.env), self.site.take());
        self.enter(block, 0, &live.values, &have);
        let args: Vec<ValueId> = self.out.block(block).params.iter().map(|p| p.value).collect();
        let exit = Edge { block: otherwise, args };
        for ((value, have), want) in live.values.iter().zip(&have).zip(&want) {
            if have != want {
                self.test_fact(*value, *want, &exit)?;
            }
        }
        let edge = self.edge_to(version, &live.values, 0)?;
        self.end(Op::Jump, vec![], vec![], vec![edge]);
        (self.block, self.env, self.site) = saved;
        Ok(block)
    }

    /// Tests of a value that lead to `exit`, and what it is behind them.
    fn test_fact(&mut self, value: ValueId, want: Fact, exit: &Edge) -> Result<(), String> {
        self.test_value(value, want, exit, false)
    }

    /// Likewise; `is_parameter`: it is an iterator that is also a generator expression's parameter.
    pub fn test_value(&mut self, value: ValueId, want: Fact, exit: &Edge, is_parameter: bool) -> Result<(), String> {
        let word = self.boxed(value)?;
        let known = match want {
            Fact::I64 | Fact::F64 | Fact::UnreadFloat => {
                let op = if want == Fact::I64 {
                    Op::GuardInt
                } else {
                    Op::GuardFloat
                };
                let raw = self.guarded(op, vec![], vec![word], exit.clone()).ok_or("no result")?;
                Abs::new(want, raw)
            }
            Fact::Char => {
                let code = self.one(Op::Call, vec![row("char_code")], vec![word]);
                let zero = self.i64(0);
                let found = self.icmp(Cond::Ge, code, zero);
                self.guarded(Op::Guard, vec![], vec![found], exit.clone());
                Abs::new(want, code)
            }
            Fact::Bool => {
                let yes = self.is_constant(word, Const::True);
                let no = self.is_constant(word, Const::False);
                let either = self.one(Op::Select, vec![], vec![yes, no, yes]);
                self.guarded(Op::Guard, vec![], vec![either], exit.clone());
                Abs::new(want, yes)
            }
            Fact::Const(_) => {
                let none = self.is_constant(word, Const::None);
                self.guarded(Op::Guard, vec![], vec![none], exit.clone());
                Abs::nothing(want)
            }
            Fact::Unread => {
                let heap = self.one(Op::IsHeap, vec![], vec![word]);
                let immediate = self.one(Op::Not, vec![], vec![heap]);
                self.guarded(Op::Guard, vec![], vec![immediate], exit.clone());
                let bits = self.one(Op::Bits, vec![], vec![word]);
                let kind = i64::from(pyaot_abi::number_kind::WORD);
                let kind = self.one(Op::I32, vec![Imm::Int(kind)], vec![]);
                Abs::pair(want, bits, kind)
            }
            Fact::SeqIter(ty) => {
                let kind = match ty {
                    TypeIs::Tuple => sequence_kind::TUPLE,
                    TypeIs::List => sequence_kind::LIST,
                    _ => sequence_kind::STR,
                };
                let kind = kind | if is_parameter { sequence_kind::PARAMETER } else { 0 };
                let kind = self.one(Op::I32, vec![Imm::Int(i64::from(kind))], vec![]);
                let index = self.one(Op::Call, vec![row("sequence_iterator_index")], vec![word, kind]);
                let zero = self.i64(0);
                let found = self.icmp(Cond::Ge, index, zero);
                self.guarded(Op::Guard, vec![], vec![found], exit.clone());
                let sequence = self.b().load(Ty::Any, word, offset_of!(SeqIterObject, seq));
                let sequence = self.one(Op::Retain, vec![], vec![sequence]);
                self.none(Op::Keep, vec![], vec![word]);
                Abs::pair(want, sequence, index)
            }
            Fact::RangeIter(step) => {
                let asked = self.i64(if is_parameter { 0 } else { step });
                let fits = self.one(Op::Call, vec![row("range_iterator_fits")], vec![word, asked]);
                self.guarded(Op::Guard, vec![], vec![fits], exit.clone());
                let step = self.i64(step);
                let next = self.b().load(Ty::I64, word, offset_of!(RangeIterObject, next));
                let steps = self.b().load(Ty::I64, word, offset_of!(RangeIterObject, remaining));
                let way = self.one(Op::IMul, vec![], vec![steps, step]);
                let stop = self.one(Op::IAdd, vec![], vec![next, way]);
                Abs::pair(want, next, stop)
            }
            Fact::Boxed(ty, _) => {
                if ty != TypeIs::Any {
                    self.guarded(Op::GuardType, vec![Imm::Type(ty.ty())], vec![word], exit.clone());
                }
                Abs::new(want, word)
            }
            _ => return Err(format!("no test for {want:?}")),
        };
        self.env.insert(value, known);
        Ok(())
    }

    fn is_constant(&mut self, word: ValueId, constant: Const) -> ValueId {
        let id = self.shared.module.add_const(constant);
        let constant = self.one(Op::Const, vec![Imm::Const(id)], vec![]);
        self.icmp(Cond::Eq, word, constant)
    }
}
