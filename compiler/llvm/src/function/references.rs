//! Reference counts: the inline paths of taking and giving back a reference.
use super::*;

impl<'ctx> Body<'ctx, '_, '_> {
    /// What is known of a value's representation.
    pub(super) fn always_heap(&self, id: ValueId) -> bool {
        if self.objects.contains(&id) {
            return true;
        }
        match self.ir.ty(id) {
            Ty::Str | Ty::Bytes | Ty::List | Ty::Tuple | Ty::Dict | Ty::Set | Ty::Function | Ty::Generator => true,
            Ty::Any | Ty::Opt | Ty::None | Ty::Bool | Ty::Int | Ty::Float => false,
            Ty::I1 | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Ptr => false,
        }
    }

    /// Runs `then` in a block of its own when the word is a heap object (`nullable`: and not null).
    pub(super) fn if_heap(
        &mut self,
        word: IntValue<'ctx>,
        nullable: bool,
        then: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (next, yes) = (self.new_block(), self.new_block());
        let bits = self.builder.build_and(word, self.data.i64(7), "")?;
        let mut heap = self.is_zero(bits)?;
        if nullable {
            let some = self
                .builder
                .build_int_compare(IntPredicate::NE, word, self.data.i64(0), "")?;
            heap = self.builder.build_and(heap, some, "")?;
        }
        self.builder.build_conditional_branch(heap, yes, next)?;
        self.builder.position_at_end(yes);
        then(self)?;
        self.builder.build_unconditional_branch(next)?;
        self.builder.position_at_end(next);
        Ok(())
    }

    pub(super) fn count_address(&self, word: IntValue<'ctx>) -> Result<PointerValue<'ctx>, Error> {
        let object = self.builder.build_int_to_ptr(word, self.data.ptr_type(), "")?;
        self.at(object, offset_of!(Header, refcount) as i64)
    }

    pub(super) fn inc_heap(&mut self, word: IntValue<'ctx>) -> Result<(), Error> {
        let place = self.count_address(word)?;
        let i32_type = self.data.context.i32_type();
        let count = self.builder.build_load(i32_type, place, "")?;
        self.tag(count.as_instruction_value(), "count")?;
        let one = i32_type.const_int(1, false);
        let more = self.builder.build_int_add(count.into_int_value(), one, "")?;
        let store = self.builder.build_store(place, more)?;
        self.tag(Some(store), "count")?;
        Ok(())
    }

    fn dec_heap(&mut self, word: IntValue<'ctx>, is_shared: bool) -> Result<(), Error> {
        let place = self.count_address(word)?;
        let i32_type = self.data.context.i32_type();
        let count = self.builder.build_load(i32_type, place, "")?;
        self.tag(count.as_instruction_value(), "count")?;
        let one = i32_type.const_int(1, false);
        let less = self.builder.build_int_sub(count.into_int_value(), one, "")?;
        let store = self.builder.build_store(place, less)?;
        self.tag(Some(store), "count")?;
        if is_shared {
            return Ok(());
        }
        let (dead, next) = (self.new_block(), self.new_block());
        let zero = self.is_zero(less)?;
        let branch = self.builder.build_conditional_branch(zero, dead, next)?;
        self.weigh_even(branch)?;
        self.builder.position_at_end(dead);
        self.call_named("dealloc", &[word.into()])?;
        self.builder.build_unconditional_branch(next)?;
        self.builder.position_at_end(next);
        Ok(())
    }

    /// Objects die often enough that the call may not be treated as cold, rarely enough to stand aside.
    pub(super) fn weigh_even(&self, branch: InstructionValue<'ctx>) -> Result<(), Error> {
        self.weigh_as(branch, 1, 3)
    }

    pub(super) fn inc(&mut self, inst: &Inst, nullable: bool) -> Result<(), Error> {
        let word = self.int(inst, 0)?;
        if self.always_heap(inst.args[0]) && !nullable {
            return self.inc_heap(word);
        }
        if self.cold && !nullable {
            let kind = self
                .data
                .context
                .i32_type()
                .const_int(pyaot_abi::number_kind::WORD as u64, false);
            self.call_named("box_number", &[word.into(), kind.into()])?;
            return Ok(());
        }
        self.if_heap(word, nullable, |body| body.inc_heap(word))
    }

    pub(super) fn dec(&mut self, inst: &Inst, nullable: bool) -> Result<(), Error> {
        let word = self.int(inst, 0)?;
        let is_shared = self.is_front || self.shared == Some(inst.args[0]);
        if self.cold {
            self.call_named("release", &[word.into()])?;
            return Ok(());
        }
        if self.always_heap(inst.args[0]) && !nullable {
            return self.dec_heap(word, is_shared);
        }
        self.if_heap(word, nullable, |body| body.dec_heap(word, is_shared))
    }

    /// A truth test at the start of these insts, with the reference that is taken before and given back behind it: True and False, which
    /// attributes and results mostly are, need neither. How many insts that were; 0 when they begin with something else.
    pub(super) fn truth(&mut self, insts: &[Inst]) -> Result<usize, Error> {
        let test = |at: usize| insts.get(at).filter(|i| i.calls("truth"));
        let (first, inst) = match (test(0), test(1)) {
            (Some(inst), _) => (0, inst),
            (_, Some(inst)) if insts[0].op == Op::Inc && insts[0].args == inst.args => (1, inst),
            _ => return Ok(0),
        };
        let behind = insts.get(first + 1).filter(|i| i.op == Op::Dec && i.args == inst.args);
        if first == 1 && behind.is_none() {
            return Ok(0);
        }
        let word = self.int(inst, 0)?;
        let number = |n: u64| self.data.context.i32_type().const_int(n, false);
        let (yes, no) = (number(1), number(0));
        let mut ways = Vec::new();
        let (next, slow, maybe) = (self.new_block(), self.new_block(), self.new_block());
        for (constant, answer, otherwise) in [(Value::TRUE, yes, maybe), (Value::FALSE, no, slow)] {
            let is = self
                .builder
                .build_int_compare(IntPredicate::EQ, word, self.data.i64(constant.0), "")?;
            ways.push((answer, self.current()?));
            self.builder.build_conditional_branch(is, next, otherwise)?;
            self.builder.position_at_end(otherwise);
        }
        if first == 1 {
            self.inc(&insts[0], false)?;
        }
        self.site = inst.site;
        self.locate(inst.site);
        self.call(inst)?;
        let answer = self.value(inst.results[0])?.into_int_value();
        if let Some(behind) = behind {
            self.site = behind.site;
            self.locate(behind.site);
            self.dec(behind, false)?;
        }
        ways.push((answer, self.current()?));
        self.builder.build_unconditional_branch(next)?;
        self.builder.position_at_end(next);
        let phi = self.builder.build_phi(self.data.context.i32_type(), "")?;
        for (answer, from) in &ways {
            phi.add_incoming(&[(answer, *from)]);
        }
        self.define(inst, 0, phi.as_basic_value());
        Ok(first + 1 + usize::from(behind.is_some()))
    }
}
