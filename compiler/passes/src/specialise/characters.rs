//! Texts of one character without an object: items of a str, and what is asked of them.
//!
//! In: operands of which one is a `Fact::Char`. Out: the op on codes, or false when it is to be copied over objects. The order of texts
//! of one character is that of their codes; the object is made where Python code may see it.
use super::arith::Num;
use super::body::{Abs, Body, Next};
use super::facts::{Fact, NOT_INT};
use pyaot_abi::str_kind;
use pyaot_ir::builder::row;
use pyaot_ir::{Cond, Const, ConstId, Imm, Inst, Op, ValueId};

impl Body<'_, '_> {
    /// The code of the character at an index inside an exact str.
    pub fn character_at(&mut self, text: ValueId, index: ValueId) -> ValueId {
        let code = self.one(Op::Call, vec![row("str_code")], vec![text, index]);
        self.none(Op::Keep, vec![], vec![text]);
        code
    }

    /// The code that a value is, if it is a text of one character.
    fn character(&mut self, value: ValueId) -> Result<Option<ValueId>, String> {
        let abs = self.abs(value)?;
        Ok(match abs.fact {
            Fact::Char => abs.parts[0],
            Fact::Const(id) => self.shared.char_const(id).map(|code| self.i64(code)),
            _ => None,
        })
    }

    pub fn compare_characters(&mut self, inst: &Inst, cond: Cond) -> Result<bool, String> {
        let (a, b) = (inst.args[0], inst.args[1]);
        if self.fact(a) != Fact::Char && self.fact(b) != Fact::Char {
            return Ok(false);
        }
        if let (Some(x), Some(y)) = (self.character(a)?, self.character(b)?) {
            let flag = self.icmp(cond, x, y);
            self.define_flag(inst, flag);
            return Ok(true);
        }
        Ok(false)
    }

    /// `character in text` for a constant ASCII text, or a constant tuple of texts of one ASCII character.
    pub fn contains_character(&mut self, inst: &Inst) -> Result<bool, String> {
        let (container, item) = (inst.args[0], inst.args[1]);
        let (Fact::Const(id), Fact::Char) = (self.fact(container), self.fact(item)) else {
            return Ok(false);
        };
        let Some(codes) = self.codes_in(id) else {
            return Ok(false);
        };
        let mut words = [0u64; 2];
        for code in codes {
            words[code as usize >> 6] |= 1 << (code & 63);
        }
        let code = self.abs(item)?.parts[0].ok_or("a part is missing")?;
        let half = self.i64(64);
        let low = self.icmp(Cond::Ult, code, half);
        let [below, above] = words.map(|w| self.i64(w as i64));
        let word = self.one(Op::Select, vec![], vec![below, above, low]);
        let mask = self.i64(63);
        let place = self.one(Op::IAnd, vec![], vec![code, mask]);
        let bits = self.one(Op::IShr, vec![], vec![word, place]);
        let one = self.i64(1);
        let bit = self.one(Op::IAnd, vec![], vec![bits, one]);
        let zero = self.i64(0);
        let limit = self.i64(128);
        let ascii = self.icmp(Cond::Ult, code, limit);
        let bit = self.one(Op::Select, vec![], vec![bit, zero, ascii]);
        let flag = self.icmp(Cond::Ne, bit, zero);
        let one = self.one(Op::I32, vec![Imm::Int(1)], vec![]);
        let none = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        let word = self.one(Op::Select, vec![], vec![one, none, flag]);
        let fact = Fact::unknown(self.f.ty(inst.results[0]));
        self.env.insert(inst.results[0], Abs::new(fact, word));
        Ok(true)
    }

    fn codes_in(&self, id: ConstId) -> Option<Vec<u8>> {
        match self.shared.module.constant(id) {
            Const::Str(text) => text.is_ascii().then(|| text.clone()),
            Const::Tuple(items) => {
                let codes = items.iter().map(|id| self.shared.char_const(*id).filter(|c| *c < 128));
                codes.map(|c| c.map(|c| c as u8)).collect()
            }
            _ => None,
        }
    }

    // ---- methods and builtins ----

    pub fn has_character_method(&self, name: &str, arguments: usize) -> bool {
        arguments == 0 && (str_kind::of(name).is_some() || matches!(name, "lower" | "upper"))
    }

    /// `lower` and `upper`. Those of other characters than ASCII may be longer.
    fn other_case(&mut self, i: usize, inst: &Inst, code: ValueId, first: u8) -> Result<Next, String> {
        let limit = self.i64(128);
        let ascii = self.icmp(Cond::Ult, code, limit);
        self.require(i, ascii)?;
        let first = self.i64(i64::from(first));
        let place = self.one(Op::ISub, vec![], vec![code, first]);
        let letters = self.i64(26);
        let changes = self.icmp(Cond::Ult, place, letters);
        let bit = self.i64(32);
        let other = self.one(Op::IXor, vec![], vec![code, bit]);
        let code = self.one(Op::Select, vec![], vec![other, code, changes]);
        self.env.insert(inst.results[0], Abs::new(Fact::Char, code));
        Ok(Next::On)
    }

    /// `isdigit` and its like.
    pub fn character_method(&mut self, i: usize, inst: &Inst, name: ConstId, this: ValueId) -> Result<Next, String> {
        let first = match self.shared.module.constant(name) {
            Const::Str(text) if text == b"lower" => Some(b'A'),
            Const::Str(text) if text == b"upper" => Some(b'a'),
            _ => None,
        };
        if let Some(first) = first {
            let code = self.abs(this)?.parts[0].ok_or("a part is missing")?;
            return self.other_case(i, inst, code, first);
        }
        let which = match self.shared.module.constant(name) {
            Const::Str(text) => std::str::from_utf8(text).ok().and_then(str_kind::of),
            _ => None,
        };
        let which = which.ok_or("not a method of characters")?;
        let which = self.one(Op::I32, vec![Imm::Int(which)], vec![]);
        let code = self.abs(this)?.parts[0].ok_or("a part is missing")?;
        let found = self.one(Op::Call, vec![row("char_is")], vec![which, code]);
        let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
        let flag = self.icmp(Cond::Ne, found, zero);
        self.env.insert(inst.results[0], Abs::new(Fact::Bool, flag));
        Ok(Next::On)
    }

    /// Whether a builtin takes or gives a character here.
    pub fn fits_character(&self, name: &str, arguments: &[ValueId]) -> bool {
        match (name, arguments) {
            ("ord" | "len" | "str", [v]) => self.fact(*v) == Fact::Char,
            ("chr", [v]) => self.fact(*v) == Fact::I64,
            _ => false,
        }
    }

    /// Its call; false when it is to be made in another way.
    pub fn call_character(&mut self, i: usize, name: &str, value: ValueId, inst: &Inst) -> Result<bool, String> {
        let abs = match name {
            "len" => Abs::new(Fact::I64, self.i64(1)),
            "str" => self.abs(value)?,
            "ord" => {
                let code = self.abs(value)?.parts[0].ok_or("a part is missing")?;
                Abs::new(Fact::I64, code)
            }
            _ => {
                let Some(Num::I(code)) = self.number(i, value, NOT_INT, false)? else {
                    return Ok(false);
                };
                let limit = self.i64(0x11_0000);
                let inside = self.icmp(Cond::Ult, code, limit);
                self.require(i, inside)?;
                Abs::new(Fact::Char, code)
            }
        };
        self.env.insert(inst.results[0], Abs { boxed: None, ..abs });
        Ok(true)
    }
}
