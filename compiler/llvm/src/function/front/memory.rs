//! Loads and stores of ways: a store waits for the end, a load sees what the way has stored.
use super::plain::Maker;
use super::way::{Place, Way};
use pyaot_ir::{BlockId, Cond, Const, Imm, Inst, Op, ValueId};

impl<'m> Maker<'m> {
    /// The attribute that a `group_slot` is the address of.
    pub(super) fn slot_name(&self, inst: &Inst) -> Option<Vec<u8>> {
        let (Some(Imm::Int(place)), Some(Imm::Const(names))) = (inst.imms.get(1), inst.imms.get(2)) else {
            return None;
        };
        let Const::Tuple(names) = self.module.constant(*names) else {
            return None;
        };
        match self.module.constant(*names.get(*place as usize)?) {
            Const::Str(name) => Some(name.to_vec()),
            _ => None,
        }
    }

    /// What a load or store reaches.
    fn place(&self, way: &Way<'m>, inst: &Inst) -> Option<Place> {
        let address = way.known(inst.args[0]);
        let Some(Imm::Int(offset)) = inst.imms.first() else {
            return None;
        };
        match self.places.get(&address) {
            Some(Place::Global(global, at)) => Some(Place::Global(*global, at + offset)),
            Some(place) => (*offset == 0).then(|| place.clone()),
            None => self
                .front
                .ty(address)
                .is_object()
                .then_some(Place::Field(address, *offset)),
        }
    }

    pub(super) fn load(&mut self, way: &mut Way<'m>, inst: &Inst, to: BlockId) -> bool {
        let place = self.place(way, inst);
        let is_taken = inst.op == Op::Take;
        let known = way.contents.iter().find(|(p, _)| Some(p) == place.as_ref());
        if let Some((_, content)) = known {
            let content = *content;
            way.name(&inst.results, &[content]);
            way.taken.extend(is_taken.then_some(content));
            return true;
        }
        if !self.is_apart(way, place.as_ref(), to) {
            return false;
        }
        let mut load = inst.clone();
        load.op = Op::Load;
        self.copy(way, &load, to);
        let value = way.known(inst.results[0]);
        way.taken.extend(is_taken.then_some(value));
        way.contents
            .extend(place.filter(Place::is_one).map(|place| (place, value)));
        true
    }

    /// Nothing that the way has stored is at the place of a load, as far as is known or tests tell.
    fn is_apart(&mut self, way: &mut Way<'m>, place: Option<&Place>, to: BlockId) -> bool {
        let Some(place) = place else {
            return way.stores.is_empty();
        };
        let mut others: Vec<ValueId> = Vec::new();
        for (stored, _) in way.stores.iter().filter(|(p, _)| p.may_be(place)) {
            match (stored, place) {
                (Place::Slot(other, _), Place::Slot(..)) if !others.contains(other) => others.push(*other),
                (Place::Slot(..), Place::Slot(..)) => {}
                _ => return false,
            }
        }
        let Place::Slot(object, _) = place else { return true };
        if others.contains(object) {
            return false;
        }
        for other in others {
            let differ = self.one(way, to, Op::ICmp, vec![Imm::Cond(Cond::Ne)], vec![*object, other]);
            self.test(way, to, Op::Guard, differ);
        }
        true
    }

    pub(super) fn store(&mut self, way: &mut Way<'m>, inst: &Inst) -> bool {
        let Some(place) = self.place(way, inst) else {
            return false;
        };
        let mut new = inst.clone();
        new.map_uses(|v| way.known(v));
        way.contents.retain(|(p, _)| !p.may_be(&place));
        if place.is_one() {
            way.contents.push((place.clone(), new.args[1]));
        }
        way.stores.push((place, new));
        true
    }
}
