//! What the parameters that no op reads hold: locals that a loop binds anew before it reads them. In: facts, as versions are asked for.
//! Out: what such a parameter is likely to be in the next round.
//!
//! A float that is not bound yet has bits of its own, so a loop over floats passes on one word for such a local, without its kind.
use super::Shared;
use super::facts::Fact;
use pyaot_ir::{CodeId, ValueId};
use std::collections::HashMap;

const OBJECT: u8 = 1;
const FLOAT: u8 = 2;
const OTHER: u8 = 4;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Likely {
    /// Always an object, so that there are no versions for those in which it is still unbound.
    Object,
    Float,
    Number,
}

pub fn likely(came: u8) -> Likely {
    match came & (FLOAT | OTHER) {
        0 if came & OBJECT != 0 => Likely::Object,
        FLOAT => Likely::Float,
        _ => Likely::Number,
    }
}

pub fn of(all: &HashMap<CodeId, HashMap<ValueId, u8>>, code: CodeId, value: ValueId) -> u8 {
    all.get(&code).and_then(|all| all.get(&value)).copied().unwrap_or(0)
}

impl Shared<'_> {
    pub fn is_float(&self, fact: Fact) -> bool {
        match fact {
            Fact::F64 | Fact::UnreadFloat => true,
            Fact::Const(id) => self.float_const(id).is_some(),
            _ => false,
        }
    }

    /// A parameter that no op reads is given a value of this fact; what it is likely to be.
    pub fn comes(&mut self, code: CodeId, value: ValueId, fact: Fact) -> Likely {
        let kind = match fact {
            Fact::Boxed(..) => OBJECT,
            Fact::Unbound | Fact::Unread => 0,
            fact if self.is_float(fact) => FLOAT,
            _ => OTHER,
        };
        if kind != 0 {
            *self.coming.entry(code).or_default().entry(value).or_default() |= kind;
        }
        likely(of(&self.came, code, value))
    }
}
