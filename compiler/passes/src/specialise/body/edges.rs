//! Edges between versions, and the conversions that they need.
use super::{Abs, Body};
use crate::specialise::facts::{Fact, NOT_GROUP, WordTy};
use crate::specialise::points::Point;
use pyaot_abi::number_kind;
use pyaot_ir::{Builder, Const, Edge, Imm, Inst, Op, ValueId};

impl Body<'_, '_> {
    /// What stands for `value`, as a version wants it that was made for `want`. Converts in the current block.
    pub fn convert(&mut self, value: ValueId, want: Fact) -> Result<Vec<ValueId>, String> {
        let abs = self.abs(value)?;
        if abs.fact == want {
            return Ok(abs.parts.iter().flatten().copied().collect());
        }
        Ok(match (want, abs.fact) {
            (Fact::Boxed(..), _) | (Fact::Opt, _) => vec![self.boxed(value)?],
            (Fact::I64, Fact::Const(id)) => {
                let n = self.shared.int_const(id).ok_or("not an int")?;
                vec![self.i64(n)]
            }
            (Fact::UnreadFloat, Fact::F64) => vec![self.raw(value)?],
            (Fact::UnreadFloat, Fact::Unbound) => {
                let bits = Imm::Float(number_kind::UNBOUND_FLOAT);
                vec![self.one(Op::F64, vec![bits], vec![])]
            }
            (Fact::F64 | Fact::UnreadFloat, Fact::Const(id)) => {
                let bits = self.shared.float_const(id).ok_or("not a float")?;
                vec![self.one(Op::F64, vec![Imm::Float(bits)], vec![])]
            }
            (Fact::Bool, Fact::Const(id)) => {
                let yes = matches!(self.shared.module.constant(id), Const::True);
                vec![self.one(Op::I1, vec![Imm::Int(i64::from(yes))], vec![])]
            }
            (Fact::Word(WordTy::I32), Fact::Word(WordTy::I1) | Fact::Flag(_)) => {
                let flag = self.word(value)?;
                let one = self.one(Op::I32, vec![Imm::Int(1)], vec![]);
                let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
                vec![self.one(Op::Select, vec![], vec![one, zero, flag])]
            }
            (Fact::Char, Fact::Const(id)) => {
                let code = self.shared.char_const(id).ok_or("not a character")?;
                vec![self.i64(code)]
            }
            (Fact::Word(_), _) => vec![self.word(value)?],
            (Fact::Unread, have) => self.unread_parts(value, have)?,
            (want, have) => return Err(format!("{have:?} where {want:?} is wanted")),
        })
    }

    /// Bits and kind of a value that is not read again.
    fn unread_parts(&mut self, value: ValueId, fact: Fact) -> Result<Vec<ValueId>, String> {
        let (bits, kind) = match fact {
            Fact::Unbound => (self.i64(0), number_kind::UNBOUND),
            // Not the object that the same edge may have made of it for another place.
            Fact::I64 => (self.raw(value)?, number_kind::INT),
            Fact::Char => (self.raw(value)?, number_kind::CHAR),
            Fact::F64 | Fact::UnreadFloat => {
                let number = self.raw(value)?;
                (self.one(Op::F64Bits, vec![], vec![number]), number_kind::FLOAT)
            }
            _ => {
                let object = self.boxed(value)?;
                (self.one(Op::Bits, vec![], vec![object]), number_kind::WORD)
            }
        };
        let kind = self.one(Op::I32, vec![Imm::Int(i64::from(kind))], vec![]);
        Ok(vec![bits, kind])
    }

    fn raw(&self, value: ValueId) -> Result<ValueId, String> {
        self.abs(value)?.parts[0].ok_or_else(|| format!("%{} has no part", value.0))
    }

    /// Whether an edge can pass the value as it is.
    pub(super) fn passes(&self, value: ValueId, want: Fact) -> bool {
        let Ok(abs) = self.abs(value) else { return false };
        match (abs.fact, want) {
            (have, want) if have == want => true,
            (Fact::Boxed(..), Fact::Boxed(..) | Fact::Opt) => true,
            (Fact::Word(a), Fact::Word(b)) => a == b,
            _ => false,
        }
    }

    /// An edge to the version of a point for the current state. `values`: what the original edge passes; `None` for a point of the
    /// current block.
    pub fn edge(&mut self, point: Point, values: Option<&[ValueId]>, generic: bool) -> Result<Edge, String> {
        let live = self.live(point);
        let inside = values.is_none();
        let values = values.unwrap_or(&live.values).to_vec();
        let facts: Vec<Fact> = values.iter().map(|v| self.fact(*v)).collect();
        let carried = if self.carries && !inside {
            self.carried_to(point, &values)
        } else {
            None
        };
        let version = self.request(point, facts, generic, inside, carried);
        self.edge_to(version, &values, 0)
    }

    /// An edge to the start of a block: to a version, or from generic code to generic code, at loops by way of tests for versions.
    pub fn go(&mut self, block: usize, values: &[ValueId]) -> Result<Edge, String> {
        if self.is_inlined(block) {
            return self.edge((block, 0), Some(values), false);
        }
        if self.generic && self.headers.contains(&block) {
            self.prepare_return(block, values)?;
        }
        self.edge((block, 0), Some(values), self.generic)
    }

    /// `defined`: leading parameters of the target that the terminator gives.
    pub(super) fn edge_to(&mut self, version: usize, values: &[ValueId], defined: usize) -> Result<Edge, String> {
        let target = match self.returns_to.get(&version) {
            Some(tests) if self.generic => *tests,
            _ => self.versions[version].block,
        };
        let wants = self.versions[version].facts[defined..].to_vec();
        let carried = match &self.versions[version].carried {
            Some(carried) => self.carried_args(carried, values)?,
            None => Vec::new(),
        };
        let direct = values.iter().zip(&wants).all(|(v, want)| self.passes(*v, *want));
        if direct {
            let mut args = Vec::new();
            for value in values {
                args.extend(self.abs(*value)?.parts.iter().flatten());
            }
            args.extend(carried);
            return Ok(Edge { block: target, args });
        }
        // A block of its own makes the conversions.
        let cold = self.out.block(target).cold;
        let owns: Vec<bool> = self.out.block(target).params[defined..].iter().map(|p| p.own).collect();
        let mut args = Vec::new();
        let bridge = self.out.new_block();
        self.out.block_mut(bridge).cold = cold;
        let mut facts = Vec::new();
        let mut distinct: Vec<ValueId> = Vec::new();
        let mut place = 0;
        for (value, want) in values.iter().zip(&wants) {
            let abs = self.abs(*value)?;
            let own = want.parts().first().is_some_and(|t| t.is_object()) && owns.get(place) == Some(&true);
            place += want.parts().len();
            if distinct.contains(value) && abs.fact.parts().iter().all(|t| !t.is_object()) {
                continue;
            }
            distinct.push(*value);
            facts.push(abs.fact);
            for (k, ty) in abs.fact.parts().iter().enumerate() {
                args.push(abs.parts[k].ok_or("a part is missing")?);
                let own = ty.is_object() && (own || self.holds(*value, abs.fact));
                Builder::new(&mut self.out, bridge).param(*ty, own, None);
            }
        }
        let through = args.len();
        for number in &carried {
            args.push(*number);
            let ty = self.out.ty(*number);
            Builder::new(&mut self.out, bridge).param(ty, false, None);
        }
        let saved = (self.block, std::mem::take(&mut self.env));
        // The same Python value may be passed twice: each time it is a parameter of its own.
        self.block = bridge;
        let mut params = self.out.block(bridge).params.clone().into_iter();
        let mut entries: Vec<(ValueId, Abs)> = Vec::new();
        for (value, fact) in distinct.iter().zip(&facts) {
            let mut abs = Abs::nothing(*fact);
            for slot in abs.parts.iter_mut().take(fact.parts().len()) {
                *slot = params.next().map(|p| p.value);
            }
            entries.push((*value, abs));
        }
        // A method is made of its object, which stands behind it.
        for (value, abs) in entries.iter().rev() {
            self.env.insert(*value, *abs);
        }
        let mut out = Vec::new();
        let mut used = vec![false; entries.len()];
        for (value, want) in values.iter().zip(&wants) {
            let at = (0..entries.len())
                .find(|i| entries[*i].0 == *value && !used[*i])
                .or_else(|| (0..entries.len()).rfind(|i| entries[*i].0 == *value));
            if let Some(i) = at {
                used[i] = true;
                self.env.insert(*value, entries[i].1);
            }
            let parts = self.convert(*value, *want)?;
            out.extend(parts);
            if let (Some(i), Some(abs)) = (at, self.env.get(value)) {
                entries[i].1 = *abs;
            }
        }
        out.extend(self.out.block(bridge).params[through..].iter().map(|p| p.value));
        let site = std::mem::take(&mut self.site);
        self.end(
            Op::Jump,
            vec![],
            vec![],
            vec![Edge {
                block: target,
                args: out,
            }],
        );
        self.site = site;
        (self.block, self.env) = saved;
        Ok(Edge { block: bridge, args })
    }

    /// Where an exception of an inst goes.
    pub fn error_of(&mut self, inst: &Inst) -> Result<Option<Edge>, String> {
        let carries = std::mem::take(&mut self.carries);
        let edge = match &inst.error {
            Some(edge) => Some(self.target(edge)?),
            None => None,
        };
        self.carries = carries;
        Ok(edge)
    }

    /// The way out of a failed test of inst `i`: generic code. It starts at the first such test since the last effect, so that the
    /// tests of a stretch without effects share one way out; what the stretch computed is computed again.
    pub fn rare(&mut self, i: usize) -> Result<Edge, String> {
        if let Some((block, exit)) = &self.exit
            && *block == self.block
        {
            return Ok(exit.clone());
        }
        // A block of an inlined generator has no effect before its end.
        let i = if self.is_inlined(self.b) { 0 } else { i };
        let exit = self.edge((self.b, i), None, true)?;
        self.exit = Some((self.block, exit.clone()));
        Ok(exit)
    }

    /// What stands from here on is not to be done twice.
    pub fn effect(&mut self) {
        self.quiet_effect();
        self.forget_memory();
        self.quiet = false;
    }

    /// Objects may have changed.
    pub(super) fn forget_memory(&mut self) {
        self.tested.clear();
        self.fields.clear();
        self.natives.clear();
    }

    /// Likewise; nothing that ran can have changed a shape.
    pub fn quiet_effect(&mut self) {
        self.exit = None;
    }

    /// The way out of a failed type test of `value`: a version that knows of the failure.
    pub fn failed(&mut self, i: usize, value: ValueId, bit: u8) -> Result<Edge, String> {
        let is_left = self.is_inlined(self.b) && bit == NOT_GROUP;
        if is_left || !self.has_room((self.b, i)) {
            return self.rare(i);
        }
        let old = self.abs(value)?;
        if let Fact::Boxed(ty, not) = old.fact {
            self.env.insert(
                value,
                Abs {
                    fact: Fact::Boxed(ty, not | bit),
                    ..old
                },
            );
        }
        let edge = self.edge((self.b, i), None, false)?;
        self.env.insert(value, old);
        Ok(edge)
    }
}
