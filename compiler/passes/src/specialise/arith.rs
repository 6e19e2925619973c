//! Operators, comparisons and truth of raw numbers.
//!
//! In: the operands of an op of the original. Out: true when the op is done; else it is to be copied, and guards that were made
//! for it have only told more about its operands. Ints are exact in 64 bits or leave to generic code; floats compute as C does,
//! which is what CPython does with them.
use super::body::{Abs, Body};
use super::facts::{Fact, NOT_FLOAT, NOT_INT, NOT_NUMBER, TypeIs, WordTy};
use pyaot_ir::builder::row;
use pyaot_ir::{Cond, Const, Imm, Inst, Op, ValueId};

/// A raw number.
#[derive(Clone, Copy, Debug)]
pub enum Num {
    I(ValueId),
    F(ValueId),
}

/// Among kinds of numbers, of which none has this bit: True and False count as 1 and 0.
const BOOLS: u8 = 1 << 7;

/// Ints up to here convert to floats exactly.
const EXACT: i64 = 1 << 53;

impl Body<'_, '_> {
    pub fn const_int(&self, value: ValueId) -> Option<i64> {
        match self.fact(value) {
            Fact::Const(id) => self.shared.int_const(id),
            _ => None,
        }
    }

    /// Whether the value may turn out to be a number.
    pub fn may_be_number(&self, value: ValueId, kinds: u8) -> bool {
        match self.fact(value) {
            Fact::I64 => kinds & NOT_INT != 0,
            Fact::F64 => kinds & NOT_FLOAT != 0,
            Fact::Bool => kinds & BOOLS != 0,
            Fact::Const(id) => {
                kinds & NOT_INT != 0 && self.shared.int_const(id).is_some()
                    || kinds & NOT_FLOAT != 0 && self.shared.float_const(id).is_some()
            }
            Fact::Boxed(TypeIs::Any, not) => {
                kinds & !not & !BOOLS != 0 && self.hints.get(value) == 0 && !self.hints.is_object(value)
            }
            _ => false,
        }
    }

    /// Nothing tells what the value may be.
    fn is_unknown(&self, value: ValueId) -> bool {
        matches!(self.fact(value), Fact::Boxed(TypeIs::Any, not) if not & NOT_NUMBER == 0)
    }

    fn is_float(&self, value: ValueId) -> bool {
        match self.fact(value) {
            Fact::F64 => true,
            Fact::Const(id) => self.shared.float_const(id).is_some(),
            _ => false,
        }
    }

    fn is_int(&self, value: ValueId) -> bool {
        match self.fact(value) {
            Fact::I64 => true,
            Fact::Const(id) => self.shared.int_const(id).is_some(),
            _ => false,
        }
    }

    /// The raw number that a value is, or is guessed and tested to be, among `kinds`. A failed test leaves to point `i`.
    pub fn number(&mut self, i: usize, value: ValueId, kinds: u8, floats_first: bool) -> Result<Option<Num>, String> {
        let abs = self.abs(value)?;
        match abs.fact {
            Fact::I64 if kinds & NOT_INT != 0 => Ok(abs.parts[0].map(Num::I)),
            Fact::F64 if kinds & NOT_FLOAT != 0 => Ok(abs.parts[0].map(Num::F)),
            Fact::Bool if kinds & BOOLS != 0 => {
                let flag = abs.parts[0].ok_or("a part is missing")?;
                let (one, zero) = (self.i64(1), self.i64(0));
                Ok(Some(Num::I(self.one(Op::Select, vec![], vec![one, zero, flag]))))
            }
            Fact::Const(id) => {
                if let Some(n) = self.shared.int_const(id).filter(|_| kinds & NOT_INT != 0) {
                    return Ok(Some(Num::I(self.i64(n))));
                }
                match self.shared.float_const(id).filter(|_| kinds & NOT_FLOAT != 0) {
                    Some(bits) => Ok(Some(Num::F(self.one(Op::F64, vec![Imm::Float(bits)], vec![])))),
                    None => Ok(None),
                }
            }
            Fact::Boxed(TypeIs::Any, not) => {
                let kinds = match self.shared.has_floats {
                    true => kinds & !BOOLS,
                    false => kinds & !BOOLS & !NOT_FLOAT,
                };
                let order = if floats_first || self.leans_to_floats() {
                    [NOT_FLOAT, NOT_INT]
                } else {
                    [NOT_INT, NOT_FLOAT]
                };
                let Some(kind) = order.into_iter().find(|k| kinds & k & !not != 0) else {
                    return Ok(None);
                };
                let part = abs.parts[0].ok_or("a part is missing")?;
                if self.objects && not & NOT_NUMBER == 0 {
                    // One test tells the instances of classes from numbers (but for those that are objects).
                    let exit = self.failed(i, value, NOT_NUMBER)?;
                    let heap = self.one(Op::IsHeap, vec![], vec![part]);
                    let immediate = self.one(Op::Not, vec![], vec![heap]);
                    self.guarded(Op::Guard, vec![], vec![immediate], exit);
                }
                let exit = match kinds & !not & !kind {
                    0 if !self.guesses => self.rare(i)?,
                    _ => self.failed(i, value, kind)?,
                };
                let (op, fact) = if kind == NOT_INT {
                    (Op::GuardInt, Fact::I64)
                } else {
                    (Op::GuardFloat, Fact::F64)
                };
                let raw = self
                    .guarded(op, vec![], vec![part], exit)
                    .ok_or("a guard without result")?;
                self.redefine(value, Abs::new(fact, raw))?;
                Ok(Some(if kind == NOT_INT { Num::I(raw) } else { Num::F(raw) }))
            }
            _ => Ok(None),
        }
    }

    /// There are floats here, or what was taken for an int is none: numbers of one stretch are mostly alike.
    pub fn leans_to_floats(&self) -> bool {
        self.env.values().any(|abs| match abs.fact {
            Fact::F64 => true,
            Fact::Boxed(TypeIs::Any, not) => not & NOT_NUMBER == NOT_INT,
            _ => false,
        })
    }

    pub fn icmp(&mut self, cond: Cond, a: ValueId, b: ValueId) -> ValueId {
        self.one(Op::ICmp, vec![Imm::Cond(cond)], vec![a, b])
    }

    /// Goes on only when the flag is set.
    pub fn require(&mut self, i: usize, flag: ValueId) -> Result<(), String> {
        let exit = self.rare(i)?;
        self.guarded(Op::Guard, vec![], vec![flag], exit);
        Ok(())
    }

    pub fn to_float(&mut self, n: Num) -> ValueId {
        match n {
            Num::F(v) => v,
            Num::I(v) => self.one(Op::ToF64, vec![], vec![v]),
        }
    }

    fn define(&mut self, result: ValueId, n: Num) {
        let abs = match n {
            Num::I(v) => Abs::new(Fact::I64, v),
            Num::F(v) => Abs::new(Fact::F64, v),
        };
        self.env.insert(result, abs);
    }

    /// Both operands as numbers, as far as guesses go.
    fn operands(&mut self, i: usize, a: ValueId, b: ValueId, kinds: u8) -> Result<Option<(Num, Num)>, String> {
        if !self.may_be_number(a, kinds) || !self.may_be_number(b, kinds) {
            return Ok(None);
        }
        let floats = kinds & NOT_FLOAT != 0
            && (self.is_float(a) || self.is_float(b) || self.floats_first && !self.is_int(a) && !self.is_int(b));
        let Some(x) = self.number(i, a, kinds, floats)? else {
            return Ok(None);
        };
        let floats = matches!(x, Num::F(_)) || floats && !matches!(x, Num::I(_));
        match self.number(i, b, kinds, floats)? {
            Some(y) => Ok(Some((x, y))),
            None => Ok(None),
        }
    }

    pub fn binary(&mut self, i: usize, name: &str, a: ValueId, b: ValueId, result: ValueId) -> Result<bool, String> {
        let kinds = match name {
            "add" | "sub" | "mul" => NOT_INT | NOT_FLOAT | BOOLS,
            "truediv" => NOT_INT | NOT_FLOAT,
            _ => NOT_INT,
        };
        if name == "pow" {
            return self.power(i, a, b, result);
        }
        let Some((x, y)) = self.operands(i, a, b, kinds)? else {
            return Ok(false);
        };
        let value = match (x, y) {
            (Num::I(x), Num::I(y)) => match name {
                "add" | "sub" | "mul" => {
                    let op = match name {
                        "add" => Op::AddFits,
                        "sub" => Op::SubFits,
                        _ => Op::MulFits,
                    };
                    let exit = self.rare(i)?;
                    Num::I(self.guarded(op, vec![], vec![x, y], exit).ok_or("no result")?)
                }
                "and" => Num::I(self.one(Op::IAnd, vec![], vec![x, y])),
                "or" => Num::I(self.one(Op::IOr, vec![], vec![x, y])),
                "xor" => Num::I(self.one(Op::IXor, vec![], vec![x, y])),
                "truediv" => Num::F(self.divide_ints(i, (a, x), (b, y))?),
                "floordiv" => Num::I(self.floor_divide(i, x, y, self.const_int(b))?),
                "mod" => Num::I(self.modulo(i, x, y, self.const_int(b))?),
                "lshift" => Num::I(self.shift_left(i, x, y, self.const_int(b))?),
                "rshift" => {
                    match self.const_int(b) {
                        Some(0..=63) => {}
                        Some(_) => return Ok(false),
                        None => {
                            let limit = self.i64(64);
                            let fits = self.icmp(Cond::Ult, y, limit);
                            self.require(i, fits)?;
                        }
                    }
                    Num::I(self.one(Op::IShr, vec![], vec![x, y]))
                }
                _ => return Ok(false),
            },
            (x, y) => {
                let (x, y) = (self.to_float(x), self.to_float(y));
                let op = match name {
                    "add" => Op::FAdd,
                    "sub" => Op::FSub,
                    "mul" => Op::FMul,
                    "truediv" => {
                        let zero = self.one(Op::F64, vec![Imm::Float(0)], vec![]);
                        let fine = self.one(Op::FCmp, vec![Imm::Cond(Cond::Ne)], vec![y, zero]);
                        self.require(i, fine)?;
                        Op::FDiv
                    }
                    _ => return Ok(false),
                };
                Num::F(self.one(op, vec![], vec![x, y]))
            }
        };
        self.define(result, value);
        Ok(true)
    }

    /// Small powers of ints, and powers of floats.
    fn power(&mut self, i: usize, a: ValueId, b: ValueId, result: ValueId) -> Result<bool, String> {
        let small = self.const_int(b).filter(|n| (2..=3).contains(n));
        let is_float = |v: ValueId| self.is_float(v) || self.floats_first && !self.is_int(v);
        let kinds = match small {
            _ if is_float(a) || is_float(b) => NOT_FLOAT,
            Some(_) => NOT_INT | NOT_FLOAT,
            None => return Ok(false),
        };
        if !self.may_be_number(a, kinds) || small.is_none() && !self.may_be_number(b, NOT_INT | NOT_FLOAT) {
            return Ok(false);
        }
        let Some(base) = self.number(i, a, kinds, kinds == NOT_FLOAT)? else {
            return Ok(false);
        };
        match (base, small) {
            (Num::I(x), Some(n)) => {
                let mut value = x;
                for _ in 1..n {
                    let exit = self.rare(i)?;
                    value = self
                        .guarded(Op::MulFits, vec![], vec![value, x], exit)
                        .ok_or("no result")?;
                }
                self.define(result, Num::I(value));
                Ok(true)
            }
            (Num::I(_), None) => Ok(false),
            (Num::F(x), _) => {
                let floats = self.is_float(b) || small.is_none() && !self.is_int(b);
                let Some(power) = self.number(i, b, NOT_INT | NOT_FLOAT, floats)? else {
                    return Ok(false);
                };
                let exact = match power {
                    Num::F(_) => true,
                    Num::I(_) => self.const_int(b).is_some_and(|n| n.abs() <= EXACT),
                };
                if !exact {
                    return Ok(false);
                }
                let y = self.to_float(power);
                let value = self.one(Op::Call, vec![row("float_pow")], vec![x, y]);
                // What is not finite may have to be an error, or a complex number.
                let rest = self.one(Op::FSub, vec![], vec![value, value]);
                let zero = self.one(Op::F64, vec![Imm::Float(0)], vec![]);
                let finite = self.one(Op::FCmp, vec![Imm::Cond(Cond::Eq)], vec![rest, zero]);
                self.require(i, finite)?;
                self.define(result, Num::F(value));
                Ok(true)
            }
        }
    }

    /// Both convert exactly, so the quotient of the floats is the rounded quotient of the ints.
    fn divide_ints(&mut self, i: usize, a: (ValueId, ValueId), b: (ValueId, ValueId)) -> Result<ValueId, String> {
        for (value, raw) in [a, b] {
            if self.const_int(value).is_some_and(|n| n.abs() <= EXACT) {
                continue;
            }
            let limit = self.i64(EXACT);
            let moved = self.one(Op::IAdd, vec![], vec![raw, limit]);
            let twice = self.i64(2 * EXACT);
            let fits = self.icmp(Cond::Ult, moved, twice);
            self.require(i, fits)?;
        }
        if self.const_int(b.0).is_none_or(|n| n == 0) {
            let zero = self.i64(0);
            let fine = self.icmp(Cond::Ne, b.1, zero);
            self.require(i, fine)?;
        }
        let (x, y) = (self.to_float(Num::I(a.1)), self.to_float(Num::I(b.1)));
        Ok(self.one(Op::FDiv, vec![], vec![x, y]))
    }

    /// Not 0, which raises, nor -1, which may overflow.
    fn plain_divisor(&mut self, i: usize, y: ValueId, known: Option<i64>) -> Result<(), String> {
        if known.is_some_and(|n| !(-1..=0).contains(&n)) {
            return Ok(());
        }
        let one = self.i64(1);
        let moved = self.one(Op::IAdd, vec![], vec![y, one]);
        // y is neither -1 nor 0 when y + 1, unsigned, is above 1.
        let above = self.icmp(Cond::Ult, one, moved);
        self.require(i, above)
    }

    fn floor_divide(&mut self, i: usize, x: ValueId, y: ValueId, known: Option<i64>) -> Result<ValueId, String> {
        if let Some(n) = known.filter(|n| *n > 0 && n & (n - 1) == 0) {
            let bits = self.i64(i64::from(n.trailing_zeros()));
            return Ok(self.one(Op::IShr, vec![], vec![x, bits]));
        }
        self.plain_divisor(i, y, known)?;
        let quotient = self.one(Op::IDiv, vec![], vec![x, y]);
        let product = self.one(Op::IMul, vec![], vec![quotient, y]);
        let rest = self.one(Op::ISub, vec![], vec![x, product]);
        let down = self.wrong_sign(rest, y, known);
        // `down` is -1 or 0.
        Ok(self.one(Op::IAdd, vec![], vec![quotient, down]))
    }

    fn modulo(&mut self, i: usize, x: ValueId, y: ValueId, known: Option<i64>) -> Result<ValueId, String> {
        if let Some(n) = known.filter(|n| *n > 0 && n & (n - 1) == 0) {
            let mask = self.i64(n - 1);
            return Ok(self.one(Op::IAnd, vec![], vec![x, mask]));
        }
        self.plain_divisor(i, y, known)?;
        let rest = self.one(Op::IRem, vec![], vec![x, y]);
        let wrong = self.wrong_sign(rest, y, known);
        let more = self.one(Op::IAnd, vec![], vec![wrong, y]);
        Ok(self.one(Op::IAdd, vec![], vec![rest, more]))
    }

    /// -1 when the remainder is not 0 and its sign is not the divisor's, else 0.
    fn wrong_sign(&mut self, rest: ValueId, y: ValueId, known: Option<i64>) -> ValueId {
        let bits = self.i64(63);
        if known.is_some_and(|n| n > 0) {
            return self.one(Op::IShr, vec![], vec![rest, bits]);
        }
        let differ = self.one(Op::IXor, vec![], vec![rest, y]);
        let sign = self.one(Op::IShr, vec![], vec![differ, bits]);
        let zero = self.i64(0);
        let some = self.icmp(Cond::Ne, rest, zero);
        self.one(Op::Select, vec![], vec![sign, zero, some])
    }

    fn shift_left(&mut self, i: usize, x: ValueId, y: ValueId, known: Option<i64>) -> Result<ValueId, String> {
        if !known.is_some_and(|n| (0..=62).contains(&n)) {
            let limit = self.i64(63);
            let fits = self.icmp(Cond::Ult, y, limit);
            self.require(i, fits)?;
        }
        let shifted = self.one(Op::IShl, vec![], vec![x, y]);
        let back = self.one(Op::IShr, vec![], vec![shifted, y]);
        let same = self.icmp(Cond::Eq, back, x);
        self.require(i, same)?;
        Ok(shifted)
    }

    pub fn unary(&mut self, i: usize, name: &str, inst: &Inst) -> Result<bool, String> {
        let (a, result) = (inst.args[0], inst.results[0]);
        let kinds = if name == "invert" { NOT_INT } else { NOT_INT | NOT_FLOAT };
        if !self.may_be_number(a, kinds) {
            return Ok(false);
        }
        let floats = self.is_float(a) || self.floats_first;
        let Some(n) = self.number(i, a, kinds, floats)? else {
            return Ok(false);
        };
        let value = match (name, n) {
            ("neg", Num::I(x)) => {
                let zero = self.i64(0);
                let exit = self.rare(i)?;
                Num::I(
                    self.guarded(Op::SubFits, vec![], vec![zero, x], exit)
                        .ok_or("no result")?,
                )
            }
            ("neg", Num::F(x)) => Num::F(self.one(Op::FNeg, vec![], vec![x])),
            ("invert", Num::I(x)) => {
                let ones = self.i64(-1);
                Num::I(self.one(Op::IXor, vec![], vec![x, ones]))
            }
            ("pos", n) => n,
            _ => return Ok(false),
        };
        self.define(result, value);
        Ok(true)
    }

    /// A flag, or the bool that it stands for.
    pub fn define_flag(&mut self, inst: &Inst, flag: ValueId) {
        let fact = if self.f.ty(inst.results[0]).is_object() {
            Fact::Bool
        } else {
            Fact::Word(WordTy::I1)
        };
        self.env.insert(inst.results[0], Abs::new(fact, flag));
    }

    pub fn compare(&mut self, i: usize, inst: &Inst) -> Result<bool, String> {
        let (a, b) = (inst.args[0], inst.args[1]);
        let cond = match self.int_of(inst.args[2]) {
            Some(0) => Cond::Lt,
            Some(1) => Cond::Le,
            Some(2) => Cond::Eq,
            Some(3) => Cond::Ne,
            Some(4) => Cond::Gt,
            Some(5) => Cond::Ge,
            _ => return Ok(false),
        };
        if self.compare_characters(inst, cond)? {
            return Ok(true);
        }
        // Anything is compared for equality.
        self.guesses = matches!(cond, Cond::Eq | Cond::Ne) && self.is_unknown(a) && self.is_unknown(b);
        let operands = self.operands(i, a, b, NOT_INT | NOT_FLOAT);
        self.guesses = false;
        let Some((x, y)) = operands? else {
            return Ok(false);
        };
        let flag = match (x, y) {
            (Num::I(x), Num::I(y)) => self.icmp(cond, x, y),
            (Num::F(x), Num::F(y)) => self.one(Op::FCmp, vec![Imm::Cond(cond)], vec![x, y]),
            (x, y) => {
                // A float and an int are compared exactly; only small constants convert for sure.
                let exact = |v: ValueId, n: &Num| match n {
                    Num::F(_) => true,
                    Num::I(_) => self.const_int(v).is_some_and(|n| n.abs() <= EXACT),
                };
                if !exact(a, &x) || !exact(b, &y) {
                    return Ok(false);
                }
                let (x, y) = (self.to_float(x), self.to_float(y));
                self.one(Op::FCmp, vec![Imm::Cond(cond)], vec![x, y])
            }
        };
        self.define_flag(inst, flag);
        Ok(true)
    }

    /// What objects say when they are compared is True or False most of the time, which matters where a number is wanted next.
    pub fn counted_comparison(&mut self, i: usize, result: ValueId) -> Result<(), String> {
        let (Fact::Boxed(TypeIs::Any, _), [Some(word), _]) = (self.fact(result), self.abs(result)?.parts) else {
            return Ok(());
        };
        if !self.wants_number(self.b, i + 1, result, 0) {
            return Ok(());
        }
        let bits = self.one(Op::Bits, vec![], vec![word]);
        let [no, yes] = [false, true].map(|b| pyaot_abi::Value::from_bool(b).0 as i64);
        let without = self.i64(!(no ^ yes));
        let kind = self.one(Op::IAnd, vec![], vec![bits, without]);
        let no = self.i64(no);
        let is_bool = self.icmp(Cond::Eq, kind, no);
        self.require(i + 1, is_bool)?;
        let flag = self.icmp(Cond::Ne, bits, no);
        self.none(Op::Release, vec![], vec![word]);
        self.env.insert(result, Abs::new(Fact::Bool, flag));
        Ok(())
    }

    pub fn truth(&mut self, inst: &Inst) -> Result<bool, String> {
        let abs = self.abs(inst.args[0])?;
        let flag = match (abs.fact, abs.parts[0]) {
            (Fact::I64, Some(x)) => {
                let zero = self.i64(0);
                self.icmp(Cond::Ne, x, zero)
            }
            (Fact::F64, Some(x)) => {
                let zero = self.one(Op::F64, vec![Imm::Float(0)], vec![]);
                self.one(Op::FCmp, vec![Imm::Cond(Cond::Ne)], vec![x, zero])
            }
            (Fact::Bool, Some(x)) => x,
            (Fact::Boxed(TypeIs::List | TypeIs::Tuple | TypeIs::Str, _), Some(x)) => {
                let n = self.b().load(pyaot_ir::Ty::I64, x, super::access::LENGTH);
                let zero = self.i64(0);
                self.icmp(Cond::Ne, n, zero)
            }
            (Fact::Char, _) => {
                self.env.insert(inst.results[0], Abs::nothing(Fact::Flag(true)));
                return Ok(true);
            }
            (Fact::Const(id), _) => {
                let known = match self.shared.module.constant(id) {
                    Const::None | Const::False => false,
                    Const::True => true,
                    Const::Int(n) => *n != 0,
                    Const::Str(text) => !text.is_empty(),
                    _ => return Ok(false),
                };
                self.env.insert(inst.results[0], Abs::nothing(Fact::Flag(known)));
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.define_flag(inst, flag);
        Ok(true)
    }

    /// `is`, and the tests for a bool that jumps make. Of machine words: as it is.
    pub fn identity(&mut self, inst: &Inst) -> Result<super::body::Next, String> {
        use super::body::Next;
        let [a, b] = inst.args[..] else {
            return Err("icmp of not two".into());
        };
        let Some(Imm::Cond(cond @ (Cond::Eq | Cond::Ne))) = inst.imms.first().copied() else {
            return self.copy(inst);
        };
        if !self.f.ty(a).is_object() || !self.f.ty(b).is_object() {
            return self.copy(inst);
        }
        let (x, y) = (self.abs(a)?, self.abs(b)?);
        let constant = |fact: Fact| match fact {
            Fact::Const(id) => Some(self.shared.module.constant(id).clone()),
            _ => None,
        };
        let result = inst.results[0];
        let known = match (x.fact, y.fact, constant(x.fact), constant(y.fact)) {
            (Fact::Bool, _, _, Some(c @ (Const::True | Const::False)))
            | (_, Fact::Bool, Some(c @ (Const::True | Const::False)), _) => {
                let flag = if x.fact == Fact::Bool { x.parts[0] } else { y.parts[0] };
                let flag = flag.ok_or("a part is missing")?;
                let same = (c == Const::True) == (cond == Cond::Eq);
                let flag = if same {
                    flag
                } else {
                    self.one(Op::Not, vec![], vec![flag])
                };
                self.env.insert(result, Abs::new(Fact::Word(WordTy::I1), flag));
                return Ok(Next::On);
            }
            (Fact::I64, Fact::I64, ..) => {
                let flag = self.icmp(cond, x.parts[0].ok_or("no part")?, y.parts[0].ok_or("no part")?);
                self.env.insert(result, Abs::new(Fact::Word(WordTy::I1), flag));
                return Ok(Next::On);
            }
            (Fact::I64 | Fact::F64 | Fact::Bool, _, _, Some(Const::None))
            | (_, Fact::I64 | Fact::F64 | Fact::Bool, Some(Const::None), _) => Some(false),
            (Fact::Boxed(ty, _), _, _, Some(Const::None)) if ty != TypeIs::Any => Some(false),
            (_, _, Some(Const::None), Some(Const::None))
            | (_, _, Some(Const::True), Some(Const::True))
            | (_, _, Some(Const::False), Some(Const::False)) => Some(true),
            (_, _, Some(Const::None | Const::True | Const::False), Some(_))
            | (_, _, Some(_), Some(Const::None | Const::True | Const::False)) => Some(false),
            _ => None,
        };
        match known {
            Some(same) => {
                let yes = same == (cond == Cond::Eq);
                self.env.insert(result, Abs::nothing(Fact::Flag(yes)));
                Ok(Next::On)
            }
            None => {
                let (p, q) = (self.boxed(a)?, self.boxed(b)?);
                let flag = self.icmp(cond, p, q);
                self.env.insert(result, Abs::new(Fact::Word(WordTy::I1), flag));
                Ok(Next::On)
            }
        }
    }
}
