//! Construction and unpacking of containers, and formatted text.
use crate::frame::{Frame, R};
use pyaot_code::Opcode;
use pyaot_ir::builder::row;
use pyaot_ir::{Const, Imm, Inst, Op, ValueId};

impl Frame<'_> {
    pub fn build(&mut self, name: &str, n: usize) -> R {
        let items = self.pop_values(n)?;
        let result = self.raising(Op::Build, vec![row(name)], items, 1)?[0];
        self.push_value(result);
        Ok(())
    }

    pub fn build_map(&mut self, pairs: usize) -> R {
        match pairs.checked_mul(2) {
            Some(n) => self.build("build_map", n),
            None => self.fail("stack underflow"),
        }
    }

    pub fn build_slice(&mut self, n: u32) -> R {
        let step = match n {
            2 => self.konst_of(Const::None),
            3 => self.pop_value()?,
            _ => return self.fail("BUILD_SLICE of neither two nor three"),
        };
        let mut args = self.pop_values(2)?;
        args.push(step);
        let result = self.call1("build_slice", args)?;
        self.push_value(result);
        Ok(())
    }

    pub fn build_template(&mut self) -> R {
        let args = self.pop_values(2)?;
        let result = self.call1("build_template", args)?;
        self.push_value(result);
        Ok(())
    }

    /// Bit 0: a format spec is on the stack; above bit 1: the conversion.
    pub fn build_interpolation(&mut self, arg: u32) -> R {
        let spec = if arg & 1 == 1 {
            self.pop_value()?
        } else {
            self.konst_of(Const::Str(Vec::new()))
        };
        let args = self.pop_values(2)?;
        let conversion = self.i32(i64::from(arg >> 2));
        let result = self.call1("build_interpolation", vec![args[0], args[1], conversion, spec])?;
        self.push_value(result);
        Ok(())
    }

    /// An intrinsic that adds the top value to the container `depth` places below it.
    pub fn add_to(&mut self, name: &str, depth: usize) -> R {
        let item = self.pop_value()?;
        let container = self.peek_value(depth)?;
        self.call(name, vec![container, item])?;
        Ok(())
    }

    pub fn map_add(&mut self, depth: usize) -> R {
        let pair = self.pop_values(2)?;
        let map = self.peek_value(depth)?;
        self.call("map_add", vec![map, pair[0], pair[1]])?;
        Ok(())
    }

    /// The callable, for the message, is three places below the dict. CPython: Python/bytecodes.c, DICT_MERGE.
    pub fn dict_merge(&mut self, depth: usize) -> R {
        let other = self.pop_value()?;
        let map = self.peek_value(depth)?;
        let callable = self.peek_value(depth.saturating_add(3))?;
        if depth == 1 && self.takes_keywords_alone(map) {
            self.pop_value()?;
            let keywords = self.call1("keywords_of", vec![other, callable])?;
            self.push_value(keywords);
            return Ok(());
        }
        self.call("dict_merge", vec![map, other, callable])?;
        Ok(())
    }

    /// The dict is a new one that nothing but the call that follows would read: its making is undone.
    fn takes_keywords_alone(&mut self, map: ValueId) -> bool {
        let next = self.flow.instrs.get(self.index + 1).map(|i| i.opcode);
        let plain = next == Some(Opcode::CALL_FUNCTION_EX) && !self.flow.leaders.contains(&(self.index + 1));
        let insts = &mut self.f.block_mut(self.block).insts;
        let made = insts
            .iter()
            .position(|n| n.op == Op::Build && n.results == [map] && n.args.is_empty());
        let Some(made) = made.filter(|_| plain) else {
            return false;
        };
        let used = |n: &Inst| n.args.contains(&map) || n.edges().any(|e| e.args.contains(&map));
        if insts.iter().any(used) {
            return false;
        }
        insts.remove(made);
        true
    }

    /// A damaged operand must not ask for memory without end.
    fn check_room(&self, n: usize) -> R {
        if n > self.code.stacksize as usize + 1 {
            self.fail("more items than the stack holds")
        } else {
            Ok(())
        }
    }

    pub fn unpack_sequence(&mut self, n: usize) -> R {
        self.check_room(n)?;
        let v = self.pop_value()?;
        let items = self.raising(Op::UnpackSequence, vec![], vec![v], n)?;
        for item in items.into_iter().rev() {
            self.push_value(item);
        }
        Ok(())
    }

    pub fn unpack_ex(&mut self, arg: u32) -> R {
        let (before, after) = (arg & 0xff, arg >> 8);
        self.check_room((before + 1 + after) as usize)?;
        let v = self.pop_value()?;
        let imms = vec![Imm::Int(i64::from(before)), Imm::Int(i64::from(after))];
        let items = self.raising(Op::UnpackEx, imms, vec![v], (before + 1 + after) as usize)?;
        for item in items.into_iter().rev() {
            self.push_value(item);
        }
        Ok(())
    }

    pub fn convert_value(&mut self, which: u32) -> R {
        let v = self.pop_value()?;
        let which = self.i32(i64::from(which));
        let result = self.call1("convert_value", vec![v, which])?;
        self.push_value(result);
        Ok(())
    }

    pub fn format_with_spec(&mut self) -> R {
        let args = self.pop_values(2)?;
        let result = self.call1("format_with_spec", args)?;
        self.push_value(result);
        Ok(())
    }
}
