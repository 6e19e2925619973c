//! Generators, coroutines, async generators.
//!
//! A suspension is a terminator; the resumed block checks what came back. The split into creating and resuming function
//! is a pass.
use crate::frame::{Frame, R, Slot};
use pyaot_code::co;
use pyaot_ir::{Const, Imm, Op};

impl Frame<'_> {
    pub fn return_generator(&mut self) -> R {
        let function = self.function;
        let (edge, _, kinds) = self.fresh(false)?;
        let block = edge.block;
        self.b().end(Op::ReturnGenerator, vec![], vec![function], vec![edge]);
        self.continue_in(block, false, &kinds);
        // `throw` before the first `send` raises here.
        self.raising(Op::CheckRaised, vec![], vec![], 0)?;
        self.push_const(Const::None);
        Ok(())
    }

    pub fn yield_value(&mut self, arg: u32) -> R {
        let value = self.pop_value()?;
        let position = i64::from(self.site());
        // `throw` leaves a sent value on the stack as `send` does; CLEANUP_THROW counts on it.
        self.push_const(Const::None);
        let error = self.handler_edge(position)?;
        self.pop()?;
        let mut flags = 0;
        if error.is_some() {
            flags |= i64::from(pyaot_abi::GENERATOR_PROTECTED);
        }
        if arg & 1 == 1 {
            flags |= i64::from(pyaot_abi::GENERATOR_DELEGATING);
        }
        let (edge, sent, kinds) = self.fresh(true)?;
        let block = edge.block;
        let mut b = self.b();
        b.end(Op::Yield, vec![Imm::Int(flags)], vec![value], vec![edge]);
        let at = self.block;
        if let Some(inst) = self.f.block_mut(at).insts.last_mut() {
            inst.error = error;
        }
        self.continue_in(block, true, &kinds);
        self.stack.extend(sent.map(Slot::Val));
        Ok(())
    }

    pub fn send(&mut self) -> R {
        let value = self.pop_value()?;
        let receiver = self.peek_value(1)?;
        let results = self.raising(Op::Send, vec![], vec![receiver, value], 2)?;
        let Some(done) = self.flow.successors(self.index).and_then(|s| s.first().copied()) else {
            return self.fail("jump out of the code");
        };
        self.push_value(results[0]);
        let finished = self.edge_to(done)?;
        let yielded = self.edge_to(self.index + 1)?;
        self.b().end(Op::Br, vec![], vec![results[1]], vec![finished, yielded]);
        self.ended = true;
        Ok(())
    }

    pub fn end_send(&mut self) -> R {
        let value = self.pop()?;
        self.pop_top()?;
        self.push(value);
        Ok(())
    }

    pub fn get_yield_from_iter(&mut self) -> R {
        let v = self.pop_value()?;
        let coroutine = self.code.flags & (co::COROUTINE | co::ITERABLE_COROUTINE) != 0;
        let coroutine = self.i32(i64::from(coroutine));
        let result = self.call1("get_yield_from_iter", vec![v, coroutine])?;
        self.push_value(result);
        Ok(())
    }

    pub fn get_awaitable(&mut self, arg: u32) -> R {
        let v = self.pop_value()?;
        let place = self.i32(i64::from(arg));
        let result = self.call1("get_awaitable", vec![v, place])?;
        self.push_value(result);
        Ok(())
    }

    pub fn get_aiter(&mut self) -> R {
        self.unary("get_aiter")
    }

    pub fn get_anext(&mut self) -> R {
        let v = self.peek_value(1)?;
        let result = self.call1("get_anext", vec![v])?;
        self.push_value(result);
        Ok(())
    }

    /// Stack: async iterator, exception.
    pub fn end_async_for(&mut self) -> R {
        let exc = self.peek_value(1)?;
        self.call_at("end_async_for", vec![exc], -1)?;
        self.pop_top()?;
        self.pop_top()
    }

    /// Stack: delegate, last sent value, exception; leaves None and the value of the StopIteration.
    pub fn cleanup_throw(&mut self) -> R {
        let exc = self.peek_value(1)?;
        let Some(value) = self.call_at("cleanup_throw", vec![exc], -1)? else {
            return self.fail("cleanup_throw has no result");
        };
        for _ in 0..3 {
            self.pop_top()?;
        }
        self.push_const(Const::None);
        self.push_value(value);
        Ok(())
    }
}
