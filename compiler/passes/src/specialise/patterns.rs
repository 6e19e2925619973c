//! The tests that patterns make of their subjects.
use super::access::LENGTH;
use super::body::{Abs, Body};
use super::facts::{Fact, NOT_LIST, NOT_TUPLE, TypeIs};
use super::hints;
use pyaot_ir::{Const, Imm, Inst, Op, Ty, ValueId};

impl Body<'_, '_> {
    /// Tuple or list: known, or guessed and tested in that order.
    fn tuple_or_list(&mut self, i: usize, value: ValueId) -> Result<Option<TypeIs>, String> {
        let abs = self.abs(value)?;
        let not = match abs.fact {
            Fact::Boxed(ty @ (TypeIs::List | TypeIs::Tuple), _) => return Ok(Some(ty)),
            Fact::Boxed(TypeIs::Any, not) => not,
            _ => return Ok(None),
        };
        let hint = self.hints.get(value);
        let possible = |bit: u8, kind: u16| not & bit == 0 && (hint == 0 || hint & kind != 0);
        let (ty, bit) = if possible(NOT_TUPLE, hints::TUPLE) {
            (TypeIs::Tuple, NOT_TUPLE)
        } else if possible(NOT_LIST, hints::LIST) {
            (TypeIs::List, NOT_LIST)
        } else {
            return Ok(None);
        };
        let exit = self.failed(i, value, bit)?;
        let part = abs.parts[0].ok_or("a part is missing")?;
        self.guarded(Op::GuardType, vec![Imm::Type(ty.ty())], vec![part], exit);
        let fact = Fact::Boxed(ty, 0);
        self.env.insert(value, Abs { fact, ..abs });
        Ok(Some(ty))
    }

    /// `match_sequence` and `match_mapping`.
    pub fn match_kind(&mut self, i: usize, inst: &Inst, mapping: bool) -> Result<bool, String> {
        let value = inst.args[0];
        let known = match self.fact(value) {
            Fact::Boxed(TypeIs::Dict, _) => Some(mapping),
            Fact::Boxed(TypeIs::Str | TypeIs::Set, _) | Fact::I64 | Fact::F64 | Fact::Bool => Some(false),
            Fact::Boxed(TypeIs::List | TypeIs::Tuple, _) => Some(!mapping),
            Fact::Const(id) => match self.shared.module.constant(id) {
                Const::None | Const::True | Const::False | Const::Int(_) | Const::Float(_) | Const::Str(_) => {
                    Some(false)
                }
                _ => None,
            },
            _ if mapping => None,
            _ => self.tuple_or_list(i, value)?.map(|_| true),
        };
        let Some(known) = known else { return Ok(false) };
        self.env.insert(inst.results[0], Abs::nothing(Fact::Flag(known)));
        Ok(true)
    }

    /// GET_LEN.
    pub fn length(&mut self, inst: &Inst) -> Result<bool, String> {
        match self.fact(inst.args[0]) {
            Fact::Boxed(TypeIs::List | TypeIs::Tuple | TypeIs::Str, _) => {
                let object = self.boxed(inst.args[0])?;
                let n = self.b().load(Ty::I64, object, LENGTH);
                self.env.insert(inst.results[0], Abs::new(Fact::I64, n));
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
