//! Operators, comparisons, subscripts.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::{Cond, Imm, Op};

/// NB_SUBSCR and the first in-place number. CPython: Include/opcode.h.
const NB_ADD: u32 = 0;
const NB_INPLACE_ADD: u32 = 13;
const NB_SUBSCR: u32 = 26;

/// Intrinsics of the operators that have one, by NB_* number.
const OPERATORS: [&str; 13] = [
    "add", "and", "floordiv", "lshift", "matmul", "mul", "mod", "or", "pow", "rshift", "sub", "truediv", "xor",
];

impl Frame<'_> {
    pub fn binary_op(&mut self, op: u32) -> R {
        let b = self.pop_value()?;
        let a = self.pop_value()?;
        let result = match op {
            NB_SUBSCR => self.call1("getitem", vec![a, b])?,
            NB_ADD | NB_INPLACE_ADD => {
                if let Some(slot) = self.next_store_overwrites(a) {
                    let result = self.raising(Op::TakeAdd, vec![Imm::Int(i64::from(op))], vec![a, b], 1)?[0];
                    self.locals[slot] = None;
                    result
                } else if op == NB_ADD {
                    self.call1("add", vec![a, b])?
                } else {
                    let op = self.i32(i64::from(op));
                    self.call1("inplace_op", vec![a, b, op])?
                }
            }
            _ => match OPERATORS.get(op as usize) {
                Some(name) => self.call1(name, vec![a, b])?,
                None if op < NB_SUBSCR => {
                    let op = self.i32(i64::from(op));
                    self.call1("inplace_op", vec![a, b, op])?
                }
                None => return self.fail("unknown operator"),
            },
        };
        self.push_value(result);
        Ok(())
    }

    /// An intrinsic of one borrowed operand.
    pub fn unary(&mut self, name: &str) -> R {
        let v = self.pop_value()?;
        let result = self.call1(name, vec![v])?;
        self.push_value(result);
        Ok(())
    }

    /// Truth of the top entry, which is a bool.
    pub fn pop_flag(&mut self) -> R<pyaot_ir::ValueId> {
        match self.pop()? {
            Slot::Flag(v) => Ok(v),
            slot => {
                let value = self.value(slot)?;
                let yes = self.konst_of(pyaot_ir::Const::True);
                Ok(self.pure(Op::ICmp, vec![Imm::Cond(Cond::Eq)], vec![value, yes]))
            }
        }
    }

    pub fn unary_not(&mut self) -> R {
        let flag = self.pop_flag()?;
        let result = self.pure(Op::Not, vec![], vec![flag]);
        self.push(Slot::Flag(result));
        Ok(())
    }

    pub fn to_bool(&mut self) -> R {
        let at = self.peek(1)?;
        if matches!(self.stack[at], Slot::Flag(_)) {
            return Ok(());
        }
        let v = self.pop_value()?;
        let flag = self.call1("truth", vec![v])?;
        self.push(Slot::Flag(flag));
        Ok(())
    }

    pub fn compare_op(&mut self, arg: u32) -> R {
        let b = self.pop_value()?;
        let a = self.pop_value()?;
        let op = self.i32(i64::from(arg >> 5));
        // Bit 4: the result is wanted as a bool. CPython: Python/codegen.c, codegen_addcompare.
        if arg & 16 != 0 {
            let flag = self.call1("compare_bool", vec![a, b, op])?;
            self.push(Slot::Flag(flag));
        } else {
            let result = self.call1("compare", vec![a, b, op])?;
            self.push_value(result);
        }
        Ok(())
    }

    fn push_flag(&mut self, flag: pyaot_ir::ValueId, invert: bool) {
        let flag = if invert {
            self.pure(Op::Not, vec![], vec![flag])
        } else {
            flag
        };
        self.push(Slot::Flag(flag));
    }

    pub fn contains_op(&mut self, arg: u32) -> R {
        let container = self.pop_value()?;
        let item = self.pop_value()?;
        let flag = self.call1("contains", vec![container, item])?;
        self.push_flag(flag, arg & 1 == 1);
        Ok(())
    }

    pub fn is_op(&mut self, arg: u32) -> R {
        let b = self.pop_value()?;
        let a = self.pop_value()?;
        let flag = self.pure(
            Op::ICmp,
            vec![Imm::Cond(if arg & 1 == 1 { Cond::Ne } else { Cond::Eq })],
            vec![a, b],
        );
        self.push(Slot::Flag(flag));
        Ok(())
    }

    pub fn binary_slice(&mut self) -> R {
        let args = self.pop_values(3)?;
        let result = self.call1("getslice", args)?;
        self.push_value(result);
        Ok(())
    }

    pub fn store_slice(&mut self) -> R {
        let args = self.pop_values(4)?;
        self.call("setslice", vec![args[1], args[2], args[3], args[0]])?;
        Ok(())
    }

    pub fn store_subscr(&mut self) -> R {
        let args = self.pop_values(3)?;
        self.call("setitem", vec![args[1], args[2], args[0]])?;
        Ok(())
    }

    pub fn delete_subscr(&mut self) -> R {
        let args = self.pop_values(2)?;
        self.call("delitem", args)?;
        Ok(())
    }

    pub fn get_len(&mut self) -> R {
        let v = self.peek_value(1)?;
        let len = self.call1("get_len", vec![v])?;
        self.push_value(len);
        Ok(())
    }
}
