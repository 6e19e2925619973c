//! Which versions there are. In: a point and the facts with which it is reached. Out: the version that is gone to, made if it must be.
use super::carried::Carried;
use super::{Body, Version};
use crate::specialise::came::Likely;
use crate::specialise::facts::{ANY, Fact, NOT_NUMBER, TypeIs};
use crate::specialise::points::{self, Live, Point};
use pyaot_ir::{BlockId, Builder, Const, Ownership, Ty, ValueId};
use std::collections::HashSet;
use std::rc::Rc;

/// Versions of a block's start, before they are joined.
const BLOCK_VERSIONS: usize = 4;
/// Versions of one point inside a block.
const POINT_VERSIONS: usize = 4;
/// Likewise in an inlined generator, where one version more is better than an object.
const INLINED_VERSIONS: usize = 8;
/// Insts that the versions inside one block may have together, were they as long as what is left of it.
const INNER_INSTS: usize = 80;
/// A function that has grown by this factor (and by the insts of a small one) gets no versions that can be avoided.
pub(super) const GROWTH: usize = 2;
/// Likewise of one that generators stand in.
pub(super) const GROWTH_INLINED: usize = 3;
const GROWTH_FREE: usize = 150;

impl Body<'_, '_> {
    pub fn live(&mut self, point: Point) -> Rc<Live> {
        if let Some(live) = self.live.get(&point) {
            return live.clone();
        }
        let live = Rc::new(points::live(self.f, point, self.resumed.contains(&point.0)));
        self.live.insert(point, live.clone());
        live
    }

    /// The version of a point for these facts, or one that takes them. `inside`: asked for by the same block.
    pub(super) fn request(
        &mut self,
        point: Point,
        mut facts: Vec<Fact>,
        generic: bool,
        inside: bool,
        carried: Option<Carried>,
    ) -> usize {
        let start = point.1 == 0 && !inside;
        let live = self.live(point);
        for (fact, value) in facts.iter_mut().zip(&live.values) {
            if *fact == Fact::Make {
                *fact = Fact::unknown(self.f.ty(*value));
            }
        }
        if generic {
            for (fact, value) in facts.iter_mut().zip(&live.values) {
                *fact = self.general(*fact, *value);
            }
        } else if start && self.ways_in[point.0] > 1 {
            for (fact, value) in facts.iter_mut().zip(&live.values) {
                *fact = match self.unread.contains(value) {
                    true => self.unread_fact(*fact, *value),
                    false => self.widened(*fact, *value),
                };
            }
        }
        let all = self.at.get(&point).cloned().unwrap_or_default();
        let same: Vec<usize> = all
            .into_iter()
            .filter(|v| self.versions[*v].generic == generic)
            .collect();
        let mut carried = carried.filter(|_| start && !generic && !self.is_large());
        if let Some(carried) = &mut carried {
            let is_used = |k: usize| matches!(facts[k], Fact::Boxed(..)) && !self.unread.contains(&live.values[k]);
            carried.retain(is_used);
        }
        let carried = match self.with_carried(&same, &facts, carried, self.is_quiet_header(point)) {
            Ok(found) => return found,
            Err(carried) => carried,
        };
        let full = if start {
            let plain = same.iter().filter(|v| self.versions[**v].facts != facts);
            let kinds: HashSet<&Vec<Fact>> = plain.map(|v| &self.versions[*v].facts).collect();
            let known = same.iter().any(|v| self.versions[*v].facts == facts);
            !known && (kinds.len() >= BLOCK_VERSIONS || self.is_large() && !kinds.is_empty())
        } else {
            !self.has_room(point)
        };
        if generic || !full {
            return self.version(point, facts, generic, inside, carried);
        }
        let same: Vec<usize> = same
            .into_iter()
            .filter(|v| self.versions[*v].carried.is_none())
            .collect();
        // A version that knows less would make the failed test again.
        if !start {
            return self.request(point, facts, true, true, None);
        }
        let takes = |wanted: &[Fact]| facts.iter().zip(wanted).all(|(have, want)| have.fits(*want));
        if let Some(found) = same.iter().rev().find(|v| takes(&self.versions[**v].facts)) {
            return *found;
        }
        // What all versions agree on is kept; past that nothing but iterators without objects, and pairs, which the next op takes apart.
        // So does what no op reads: it would be an object in all versions of the next round.
        let few = same.len() < BLOCK_VERSIONS + 4;
        let general = |fact: Fact, value: ValueId| match fact {
            Fact::Pair => fact,
            Fact::Unread | Fact::UnreadFloat if few => fact,
            _ => self.general(fact, value),
        };
        let agreed: Vec<Fact> = facts
            .iter()
            .enumerate()
            .map(
                |(i, fact)| match same.iter().all(|v| self.versions[*v].facts[i] == *fact) {
                    true => *fact,
                    false => general(*fact, live.values[i]),
                },
            )
            .collect();
        let most: Vec<Fact> = facts.iter().zip(&live.values).map(|(f, v)| general(*f, *v)).collect();
        let joined = if same.len() < BLOCK_VERSIONS + 2 { agreed } else { most };
        match same.iter().find(|v| self.versions[**v].facts == joined) {
            Some(found) => *found,
            None => self.version(point, joined, false, false, None),
        }
    }

    pub(super) fn block_of(&self, version: usize) -> BlockId {
        self.versions[version].block
    }

    /// What a version takes.
    pub(super) fn wants(&self, version: usize) -> &[Fact] {
        &self.versions[version].facts
    }

    /// The version of these facts that wants no more of the objects than is known; else what a new one may want, so that a few do.
    fn with_carried(
        &self,
        same: &[usize],
        facts: &[Fact],
        carried: Option<Carried>,
        is_header: bool,
    ) -> Result<usize, Option<Carried>> {
        let all = same.iter().copied().filter(|v| self.versions[*v].facts == facts);
        let all: Vec<(usize, Option<&Carried>)> = all.map(|v| (v, self.versions[v].carried.as_ref())).collect();
        let Some(known) = carried else {
            let plain = all.iter().find(|(_, wanted)| wanted.is_none());
            return plain.map(|(v, _)| *v).ok_or(None);
        };
        let wanted = all.iter().filter_map(|(v, wanted)| Some((*v, (*wanted)?)));
        let wanted: Vec<(usize, &Carried)> = wanted.filter(|(_, wanted)| wanted.again == known.again).collect();
        let fitting = wanted.iter().filter(|(_, wanted)| wanted.is_within(&known));
        let best = fitting.max_by_key(|(_, wanted)| wanted.size());
        // Inside a loop a header that knows more has blocks of its own.
        let is_full = is_header || wanted.len() > 2;
        let is_enough = |wanted: &Carried| wanted.size() == known.size() || is_full;
        if let Some((v, wanted)) = best
            && is_enough(wanted)
        {
            return Ok(*v);
        }
        Err(Some(match wanted[..] {
            [] => known,
            [(_, other)] if is_header => known.meet(other),
            _ if is_full => Carried::nothing(known.again),
            _ => known,
        }))
    }

    /// Whether one more version may begin at a point inside a block.
    pub fn has_room(&self, point: Point) -> bool {
        let versions = self
            .at
            .get(&point)
            .map_or(0, |all| all.iter().filter(|v| !self.versions[**v].generic).count());
        let inner = *self.inner.get(&point.0).unwrap_or(&0);
        let most = if self.is_inlined(point.0) {
            INLINED_VERSIONS
        } else {
            POINT_VERSIONS
        };
        versions < most && inner < INNER_INSTS && !self.is_large()
    }

    fn is_large(&self) -> bool {
        match self.shared.is_large {
            true => self.grown > self.size / 2 + GROWTH_FREE / 2,
            false => self.grown > self.growth * self.size + GROWTH_FREE,
        }
    }

    /// Without what the versions of generic code are not told apart by.
    pub(super) fn general(&self, fact: Fact, value: ValueId) -> Fact {
        match fact {
            Fact::RangeIter(_) | Fact::SeqIter(_) | Fact::Range(_) | Fact::Opt | Fact::Word(_) => fact,
            _ => Fact::unknown(self.f.ty(value)),
        }
    }

    /// Where ways meet, what no op reads makes no difference unless it is to be released.
    fn unread_fact(&mut self, fact: Fact, value: ValueId) -> Fact {
        let likely = self.shared.comes(self.f.code, value, fact);
        match fact {
            Fact::Unread => fact,
            // Versions for each variable that is still unbound in a first pass of a loop would double the code again and again.
            _ if likely == Likely::Object => self.general(fact, value),
            Fact::Unbound if likely == Likely::Float => Fact::UnreadFloat,
            _ if likely == Likely::Float && self.shared.is_float(fact) => Fact::UnreadFloat,
            Fact::UnreadFloat => Fact::Unread,
            Fact::I64 | Fact::F64 | Fact::Bool | Fact::Char | Fact::Unbound | Fact::Const(_) => Fact::Unread,
            Fact::Boxed(..) => ANY,
            _ => self.widened(fact, value),
        }
    }

    /// Where ways meet, constants are their types.
    pub(super) fn widened(&self, fact: Fact, value: ValueId) -> Fact {
        match fact {
            Fact::Const(id) => match self.shared.module.constant(id) {
                Const::Int(_) => Fact::I64,
                Const::Float(_) => Fact::F64,
                Const::True | Const::False => Fact::Bool,
                Const::None => fact,
                _ => Fact::Boxed(TypeIs::Any, NOT_NUMBER),
            },
            Fact::Flag(_) | Fact::Make => Fact::unknown(self.f.ty(value)),
            Fact::Null => Fact::Opt,
            Fact::Function(_) | Fact::Builtin(_) | Fact::Unbound => self.general(fact, value),
            fact if self.f.ty(value) == Ty::Opt && !fact.is_virtual() => Fact::Opt,
            fact => fact.at_merge(),
        }
    }

    pub(super) fn version(
        &mut self,
        point: Point,
        facts: Vec<Fact>,
        generic: bool,
        inside: bool,
        carried: Option<Carried>,
    ) -> usize {
        let live = self.live(point);
        let block = self.out.new_block();
        self.out.block_mut(block).cold = self.f.blocks[point.0].cold || generic;
        for (value, fact) in live.values.iter().zip(&facts) {
            let own = self.owned(*value);
            for (k, ty) in fact.parts().iter().enumerate() {
                let own = ty.is_object() && (own || k == 0 && matches!(fact, Fact::SeqIter(_)));
                Builder::new(&mut self.out, block).param(*ty, own, None);
            }
        }
        if let Some(carried) = &carried {
            self.carried_params(block, carried);
        }
        let index = self.versions.len();
        let rest = self.f.blocks[point.0].insts.len() - point.1;
        if !generic {
            self.grown += rest;
        }
        if inside && !generic {
            *self.inner.entry(point.0).or_default() += rest;
        }
        self.versions.push(Version {
            point,
            facts,
            block,
            generic,
            carried,
        });
        self.at.entry(point).or_default().push(index);
        match generic {
            true => self.generic_work.push(index),
            false => self.work.push(index),
        }
        index
    }

    pub fn is_owned(&self, value: ValueId) -> bool {
        self.owned(value)
    }

    pub(super) fn owned(&self, value: ValueId) -> bool {
        self.own[value.index()] == Ownership::Own
    }

    /// A block that is given the value as it is holds a reference of it.
    pub fn holds(&self, value: ValueId, fact: Fact) -> bool {
        self.owned(value) || matches!(fact, Fact::SeqIter(_))
    }
}
