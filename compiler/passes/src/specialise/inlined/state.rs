//! Where a walk stands. In: nothing. Out: [`State`], and its canonical form, by which equal states are one block.
use pyaot_ir::{CodeId, ValueId};
use std::collections::{BTreeMap, HashMap};

/// What stands for a value of an original function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Val {
    /// A value of the result.
    Plain(ValueId),
    /// Likewise: what a generator has yielded, of which it is asked next whether it is null.
    Item(ValueId),
    /// The constant None.
    NoneConst,
    /// The null word: a generator has ended.
    Null,
    /// Something without an object.
    Ref(u32),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Thing {
    /// A generator that waits at the start of a block, with the values of its parameters.
    Generator(CodeId, usize, Vec<Val>),
    /// One that is being run in a frame.
    Running,
    /// One that has ended, with its function.
    Finished(CodeId, Val),
    Tuple(Vec<Val>),
    /// Its parts have gone elsewhere.
    Gone,
}

/// A function that is being run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// `None`: the consumer.
    pub code: Option<CodeId>,
    pub block: usize,
    pub at: usize,
    /// The values that are wanted from there on.
    pub values: Vec<(ValueId, Val)>,
    /// The generator that it is.
    pub this: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// Each waits for the next one's item.
    pub frames: Vec<Frame>,
    pub things: BTreeMap<u32, Thing>,
}

/// A place for a value of the result in a state.
pub enum Place {
    /// A value of the frame's function.
    Frame(usize, ValueId),
    /// A value that a thing holds; of a generator the parameter of the block.
    Thing(Option<(CodeId, usize, usize)>),
}

impl State {
    pub fn fresh(&self) -> u32 {
        self.things.keys().next_back().map_or(0, |id| id + 1)
    }

    /// The state in its canonical form, in which `plain` gives the values of the result; and the key of the form.
    pub fn canonical(&self, plain: &mut dyn FnMut(ValueId, Place, bool) -> ValueId) -> (State, Vec<u32>) {
        let mut form = Form {
            from: self,
            to: State::default(),
            ids: HashMap::new(),
            key: Vec::new(),
            plain,
        };
        for (k, frame) in self.frames.iter().enumerate() {
            let this = if k == 0 { 0 } else { form.id(frame.this) };
            let code = frame.code.map_or(0, |code| code.0 + 1);
            form.key
                .extend([u32::MAX, code, frame.block as u32, frame.at as u32, this]);
            let mut values = Vec::with_capacity(frame.values.len());
            for (value, val) in &frame.values {
                let new = form.val(*val, || Place::Frame(k, *value));
                values.push((*value, new));
            }
            form.to.frames.push(Frame {
                values,
                this,
                ..frame.clone()
            });
        }
        (form.to, form.key)
    }

    /// Every value of the state that is not behind a thing in use.
    pub fn vals_mut(&mut self) -> impl Iterator<Item = &mut Val> {
        let framed = self.frames.iter_mut().flat_map(|f| f.values.iter_mut().map(|(_, v)| v));
        let held = self.things.values_mut().flat_map(|thing| match thing {
            Thing::Generator(_, _, vals) | Thing::Tuple(vals) => vals.iter_mut(),
            Thing::Finished(_, function) => std::slice::from_mut(function).iter_mut(),
            _ => [].iter_mut(),
        });
        framed.chain(held)
    }
}

struct Form<'a> {
    from: &'a State,
    to: State,
    ids: HashMap<u32, u32>,
    key: Vec<u32>,
    plain: &'a mut dyn FnMut(ValueId, Place, bool) -> ValueId,
}

impl Form<'_> {
    fn val(&mut self, val: Val, place: impl Fn() -> Place) -> Val {
        match val {
            Val::Plain(v) => {
                self.key.push(1);
                Val::Plain((self.plain)(v, place(), false))
            }
            Val::Item(v) => {
                self.key.push(2);
                Val::Item((self.plain)(v, place(), true))
            }
            Val::NoneConst => {
                self.key.push(3);
                val
            }
            Val::Null => {
                self.key.push(4);
                val
            }
            Val::Ref(id) => {
                self.key.push(5);
                Val::Ref(self.id(id))
            }
        }
    }

    /// The new number of a thing, which is described where it is met first.
    fn id(&mut self, old: u32) -> u32 {
        if let Some(new) = self.ids.get(&old) {
            self.key.push(*new);
            return *new;
        }
        let new = self.ids.len() as u32 + 1;
        self.ids.insert(old, new);
        let thing = match self.from.things.get(&old) {
            Some(Thing::Generator(code, point, vals)) => {
                self.key.extend([6, code.0, *point as u32]);
                let vals = vals.iter().enumerate();
                let vals = vals
                    .map(|(k, v)| self.val(*v, || Place::Thing(Some((*code, *point, k)))))
                    .collect();
                Thing::Generator(*code, *point, vals)
            }
            Some(Thing::Tuple(vals)) => {
                self.key.extend([7, vals.len() as u32]);
                Thing::Tuple(vals.iter().map(|v| self.val(*v, || Place::Thing(None))).collect())
            }
            Some(Thing::Finished(code, function)) => {
                self.key.extend([8, code.0]);
                Thing::Finished(*code, self.val(*function, || Place::Thing(None)))
            }
            Some(Thing::Running) => {
                self.key.push(9);
                Thing::Running
            }
            Some(Thing::Gone) | None => {
                self.key.push(10);
                Thing::Gone
            }
        };
        self.to.things.insert(new, thing);
        new
    }
}
