//! Raising and handling.
//!
//! The landing block of a handler (see `frame`) has already taken the exception; here it is an ordinary stack value.
use crate::frame::{Frame, R, Slot};
use pyaot_ir::Op;

impl Frame<'_> {
    fn unreachable(&mut self) {
        self.b().end(Op::Unreachable, vec![], vec![], vec![]);
        self.ended = true;
    }

    pub fn raise_varargs(&mut self, n: u32) -> R {
        match n {
            0 => {
                let position = self.i32(i64::from(self.site()));
                let position = self.call1("raise_again", vec![position])?;
                let error = self.handler_edge(0)?.map(|mut edge| {
                    edge.args.pop();
                    edge.args.push(position);
                    edge
                });
                self.b()
                    .push(Op::Propagate, vec![], vec![position], 0, pyaot_ir::Ty::Any, error);
            }
            1 => {
                let exc = self.pop_value()?;
                self.keep_stack();
                let cause = self.null();
                self.call("raise", vec![exc, cause])?;
            }
            2 => {
                let args = self.pop_values(2)?;
                self.keep_stack();
                self.call("raise", args)?;
            }
            _ => return self.fail("RAISE_VARARGS with more than two operands"),
        }
        self.unreachable();
        Ok(())
    }

    /// What lies on the stack, such as the iterators of loops, lives until the exception takes it off, though nothing else uses it.
    /// The last comes off first.
    fn keep_stack(&mut self) {
        let values: Vec<_> = self
            .stack
            .iter()
            .rev()
            .filter_map(|slot| match slot {
                Slot::Val(value) => Some(*value),
                _ => None,
            })
            .collect();
        for value in values {
            self.b().none(Op::Keep, vec![], vec![value]);
        }
    }

    /// CPython: Python/bytecodes.c, RERAISE: no new traceback entry. What lies under the exception is dropped.
    pub fn reraise(&mut self) -> R {
        let exc = self.pop_value()?;
        self.call_at("reraise", vec![exc], -1)?;
        self.unreachable();
        Ok(())
    }

    pub fn push_exc_info(&mut self) -> R {
        let exc = self.pop_value()?;
        let previous = self.call1("push_exc_info", vec![exc])?;
        self.push_value(previous);
        self.push_value(exc);
        Ok(())
    }

    pub fn pop_except(&mut self) -> R {
        let previous = self.pop_value()?;
        self.call("pop_exc_info", vec![previous])?;
        Ok(())
    }

    pub fn check_exc_match(&mut self) -> R {
        let ty = self.pop_value()?;
        let exc = self.peek_value(1)?;
        let flag = self.call1("check_exc_match", vec![exc, ty])?;
        self.push(Slot::Flag(flag));
        Ok(())
    }

    pub fn check_eg_match(&mut self) -> R {
        let args = self.pop_values(2)?;
        let results = self.raising(Op::CheckEgMatch, vec![], args, 2)?;
        self.push_value(results[0]);
        self.push_value(results[1]);
        Ok(())
    }

    /// Stack: exit function, its self or null, lasti, previous exception, exception.
    pub fn with_except_start(&mut self) -> R {
        let exc = self.peek_value(1)?;
        let exit = self.peek_value(5)?;
        let at = self.peek(4)?;
        let this = match self.stack[at] {
            Slot::Null => self.null(),
            Slot::Opt(v) => v,
            slot => self.value(slot)?,
        };
        let result = self.call1("with_except_start", vec![exit, this, exc])?;
        self.push_value(result);
        Ok(())
    }
}
