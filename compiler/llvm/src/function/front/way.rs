//! What is known on a way through a function to a return, and what it will have done.
use pyaot_ir::{BlockId, Edge, Function, GlobalId, Imm, Inst, Op, ValueId};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What stands at an address: what differs in kind or name stands elsewhere.
#[derive(Clone, PartialEq)]
pub(super) enum Place {
    /// The attribute of an object.
    Slot(ValueId, Vec<u8>),
    Item,
    /// A field of a global variable's cell.
    Global(GlobalId, i64),
    /// A field of a built-in type.
    Field(ValueId, i64),
}

impl Place {
    /// The same place is equal; items are told apart by nothing.
    pub fn is_one(&self) -> bool {
        *self != Place::Item
    }

    pub fn may_be(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Slot(_, a), Place::Slot(_, b)) => a == b,
            (Place::Item, Place::Item) => true,
            (Place::Global(a, m), Place::Global(b, n)) => a == b && m == n,
            (Place::Field(_, a), Place::Field(_, b)) => a == b,
            _ => false,
        }
    }
}

/// A function that a way is in.
#[derive(Clone)]
pub(super) struct Frame<'m> {
    pub f: &'m Function,
    /// Its values in the front.
    pub map: HashMap<ValueId, ValueId>,
    pub back: Option<Rc<Back<'m>>>,
    pub levels: i64,
    /// It belongs to another object.
    pub is_imported: bool,
}

/// Where a way goes on behind a return.
pub(super) struct Back<'m> {
    pub frame: Frame<'m>,
    pub block: BlockId,
    pub at: usize,
    pub results: Vec<ValueId>,
}

#[derive(Clone)]
pub(super) struct Way<'m> {
    pub frame: Frame<'m>,
    pub block: BlockId,
    pub at: usize,
    /// Functions that it has been in at a time.
    pub most: i64,
    /// It leads through blocks that rarely run.
    pub is_rare: bool,
    pub insts: usize,
    pub branches: usize,
    pub stores: Vec<(Place, Inst)>,
    /// References that it takes, less those that it gives back.
    pub counts: Vec<(ValueId, i64)>,
    /// Values that were taken from memory, of which the reference goes; and those of which it takes references.
    pub taken: HashSet<ValueId>,
    pub held: HashSet<ValueId>,
    pub contents: Vec<(Place, ValueId)>,
    /// Values that have no count.
    pub immediates: HashSet<ValueId>,
    /// What was computed or tested, with the results.
    pub made: HashMap<(Op, Vec<Imm>, Vec<ValueId>), Vec<ValueId>>,
    /// Flags that a branch has decided.
    pub decided: HashMap<ValueId, bool>,
}

impl<'m> Way<'m> {
    /// A way that begins.
    pub fn new(f: &'m Function, is_imported: bool) -> Way<'m> {
        let frame = Frame {
            f,
            map: HashMap::new(),
            back: None,
            levels: 1,
            is_imported,
        };
        Way {
            frame,
            block: BlockId(0),
            at: 0,
            most: 1,
            is_rare: false,
            insts: 0,
            branches: 0,
            stores: Vec::new(),
            counts: Vec::new(),
            taken: HashSet::new(),
            held: HashSet::new(),
            contents: Vec::new(),
            immediates: HashSet::new(),
            made: HashMap::new(),
            decided: HashMap::new(),
        }
    }

    pub fn count(&mut self, value: ValueId, by: i64) {
        if self.immediates.contains(&value) {
            return;
        }
        match self.counts.iter_mut().find(|(v, _)| *v == value) {
            Some((_, n)) => *n += by,
            None => self.counts.push((value, by)),
        }
    }

    pub fn known(&self, value: ValueId) -> ValueId {
        self.frame.map.get(&value).copied().unwrap_or(value)
    }

    pub fn name(&mut self, results: &[ValueId], values: &[ValueId]) {
        self.frame
            .map
            .extend(results.iter().copied().zip(values.iter().copied()));
    }

    pub fn go_to(&mut self, edge: &Edge) {
        let args: Vec<ValueId> = edge.args.iter().map(|a| self.known(*a)).collect();
        let params = self.frame.f.block(edge.block).params.iter().map(|p| p.value);
        let params: Vec<ValueId> = params.collect();
        self.name(&params, &args);
        (self.block, self.at) = (edge.block, 0);
    }

    /// It stores what it takes attributes of, and so likely where objects stood before.
    pub fn stores_objects(&self) -> bool {
        let is_object = |value: ValueId| {
            let mut tests = self.made.keys().filter(|(op, ..)| *op == Op::GuardGroup);
            tests.any(|(_, _, args)| args[0] == value)
        };
        self.stores.iter().any(|(_, store)| is_object(store.args[1]))
    }
}
