//! One line an opcode. In: an instruction. Out: a call of the function that lowers its family's opcode.
use crate::frame::{Frame, R};
use pyaot_code::{Instruction, Opcode};

impl Frame<'_> {
    pub fn instruction(&mut self, instr: &Instruction) -> R {
        let arg = instr.oparg;
        let slot = arg as usize;
        match instr.opcode {
            Opcode::CACHE | Opcode::NOP | Opcode::NOT_TAKEN | Opcode::RESUME | Opcode::EXTENDED_ARG => Ok(()),
            Opcode::COPY_FREE_VARS => Ok(()),

            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => self.load_fast(slot),
            Opcode::LOAD_FAST_CHECK => self.load_fast_check(slot),
            Opcode::LOAD_FAST_AND_CLEAR => self.load_fast_and_clear(slot),
            Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                self.load_fast(slot >> 4)?;
                self.load_fast(slot & 15)
            }
            Opcode::STORE_FAST => self.store_fast(slot),
            Opcode::STORE_FAST_LOAD_FAST => {
                self.store_fast(slot >> 4)?;
                self.load_fast(slot & 15)
            }
            Opcode::STORE_FAST_STORE_FAST => {
                self.store_fast(slot >> 4)?;
                self.store_fast(slot & 15)
            }
            Opcode::DELETE_FAST => self.delete_fast(slot),
            Opcode::MAKE_CELL => self.make_cell(slot),
            Opcode::LOAD_DEREF => self.load_deref(slot),
            Opcode::STORE_DEREF => self.store_deref(slot),
            Opcode::DELETE_DEREF => self.delete_deref(slot),

            Opcode::LOAD_CONST => self.load_const(slot),
            Opcode::LOAD_SMALL_INT => self.load_small_int(arg),
            Opcode::LOAD_COMMON_CONSTANT => self.load_common_constant(arg),
            Opcode::PUSH_NULL => self.push_null(),
            Opcode::POP_TOP | Opcode::POP_ITER | Opcode::END_FOR => self.pop_top(),
            Opcode::COPY => self.copy(slot),
            Opcode::SWAP => self.swap(slot),

            Opcode::BINARY_OP => self.binary_op(arg),
            Opcode::UNARY_NEGATIVE => self.unary("neg"),
            Opcode::UNARY_INVERT => self.unary("invert"),
            Opcode::UNARY_NOT => self.unary_not(),
            Opcode::TO_BOOL => self.to_bool(),
            Opcode::COMPARE_OP => self.compare_op(arg),
            Opcode::CONTAINS_OP => self.contains_op(arg),
            Opcode::IS_OP => self.is_op(arg),
            Opcode::BINARY_SLICE => self.binary_slice(),
            Opcode::STORE_SLICE => self.store_slice(),
            Opcode::STORE_SUBSCR => self.store_subscr(),
            Opcode::DELETE_SUBSCR => self.delete_subscr(),
            Opcode::GET_LEN => self.get_len(),

            Opcode::LOAD_ATTR => self.load_attr(arg),
            Opcode::STORE_ATTR => self.store_attr(arg),
            Opcode::DELETE_ATTR => self.delete_attr(arg),
            Opcode::LOAD_SUPER_ATTR => self.load_super_attr(arg),
            Opcode::LOAD_SPECIAL => self.load_special(arg),

            Opcode::CALL => self.call_positional(slot),
            Opcode::CALL_KW => self.call_kw(slot),
            Opcode::CALL_FUNCTION_EX => self.call_function_ex(),
            Opcode::CALL_INTRINSIC_1 => self.call_intrinsic_1(arg),
            Opcode::CALL_INTRINSIC_2 => self.call_intrinsic_2(arg),
            Opcode::MAKE_FUNCTION => self.make_function(),
            Opcode::SET_FUNCTION_ATTRIBUTE => self.set_function_attribute(arg),

            Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => self.jump(instr),
            Opcode::JUMP_BACKWARD => self.jump_backward(instr),
            Opcode::POP_JUMP_IF_TRUE => self.pop_jump_if(instr, true),
            Opcode::POP_JUMP_IF_FALSE => self.pop_jump_if(instr, false),
            Opcode::POP_JUMP_IF_NONE => self.pop_jump_if_none(instr, true),
            Opcode::POP_JUMP_IF_NOT_NONE => self.pop_jump_if_none(instr, false),
            Opcode::GET_ITER => self.get_iter(),
            Opcode::FOR_ITER => self.for_iter(),
            Opcode::RETURN_VALUE => self.return_value(),

            Opcode::RAISE_VARARGS => self.raise_varargs(arg),
            Opcode::RERAISE => self.reraise(),
            Opcode::PUSH_EXC_INFO => self.push_exc_info(),
            Opcode::POP_EXCEPT => self.pop_except(),
            Opcode::CHECK_EXC_MATCH => self.check_exc_match(),
            Opcode::CHECK_EG_MATCH => self.check_eg_match(),
            Opcode::WITH_EXCEPT_START => self.with_except_start(),

            Opcode::RETURN_GENERATOR => self.return_generator(),
            Opcode::YIELD_VALUE => self.yield_value(arg),
            Opcode::SEND => self.send(),
            Opcode::END_SEND => self.end_send(),
            Opcode::GET_YIELD_FROM_ITER => self.get_yield_from_iter(),
            Opcode::GET_AWAITABLE => self.get_awaitable(arg),
            Opcode::GET_AITER => self.get_aiter(),
            Opcode::GET_ANEXT => self.get_anext(),
            Opcode::END_ASYNC_FOR => self.end_async_for(),
            Opcode::CLEANUP_THROW => self.cleanup_throw(),

            Opcode::BUILD_TUPLE => self.build("build_tuple", slot),
            Opcode::BUILD_LIST => self.build("build_list", slot),
            Opcode::BUILD_SET => self.build("build_set", slot),
            Opcode::BUILD_STRING => self.build("build_string", slot),
            Opcode::BUILD_MAP => self.build_map(slot),
            Opcode::BUILD_SLICE => self.build_slice(arg),
            Opcode::BUILD_TEMPLATE => self.build_template(),
            Opcode::BUILD_INTERPOLATION => self.build_interpolation(arg),
            Opcode::LIST_APPEND => self.add_to("list_append", slot),
            Opcode::LIST_EXTEND => self.add_to("list_extend", slot),
            Opcode::SET_ADD => self.add_to("set_add", slot),
            Opcode::SET_UPDATE => self.add_to("set_update", slot),
            Opcode::DICT_UPDATE => self.add_to("dict_update", slot),
            Opcode::MAP_ADD => self.map_add(slot),
            Opcode::DICT_MERGE => self.dict_merge(slot),
            Opcode::UNPACK_SEQUENCE => self.unpack_sequence(slot),
            Opcode::UNPACK_EX => self.unpack_ex(arg),
            Opcode::CONVERT_VALUE => self.convert_value(arg),
            Opcode::FORMAT_SIMPLE => self.unary("format_simple"),
            Opcode::FORMAT_WITH_SPEC => self.format_with_spec(),

            Opcode::MATCH_CLASS => self.match_class(arg),
            Opcode::MATCH_KEYS => self.match_keys(),
            Opcode::MATCH_MAPPING => self.match_test("match_mapping"),
            Opcode::MATCH_SEQUENCE => self.match_test("match_sequence"),

            Opcode::IMPORT_NAME => self.import_name(arg),
            Opcode::IMPORT_FROM => self.import_from(arg),

            Opcode::LOAD_GLOBAL => self.load_global(arg),
            Opcode::STORE_GLOBAL => self.store_global(arg),
            Opcode::DELETE_GLOBAL => self.delete_global(arg),
            Opcode::LOAD_NAME => self.load_name(arg),
            Opcode::STORE_NAME => self.store_name(arg),
            Opcode::DELETE_NAME => self.delete_name(arg),
            Opcode::LOAD_LOCALS => self.load_locals(),
            Opcode::LOAD_FROM_DICT_OR_DEREF => self.load_from_dict_or_deref(slot),
            Opcode::LOAD_FROM_DICT_OR_GLOBALS => self.load_from_dict_or_globals(arg),
            Opcode::LOAD_BUILD_CLASS => self.load_build_class(),
            Opcode::SETUP_ANNOTATIONS => self.setup_annotations(),

            // Never in a code object: the first two are made inside CPython's own frames, the rest lives before the assembler.
            Opcode::INTERPRETER_EXIT
            | Opcode::EXIT_INIT_CHECK
            | Opcode::ANNOTATIONS_PLACEHOLDER
            | Opcode::JUMP
            | Opcode::JUMP_IF_FALSE
            | Opcode::JUMP_IF_TRUE
            | Opcode::JUMP_NO_INTERRUPT
            | Opcode::LOAD_CLOSURE
            | Opcode::POP_BLOCK
            | Opcode::SETUP_CLEANUP
            | Opcode::SETUP_FINALLY
            | Opcode::SETUP_WITH
            | Opcode::STORE_FAST_MAYBE_NULL => self.fail(format!("opcode {} in a code object", instr.opcode.name())),
        }
    }
}
