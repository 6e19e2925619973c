//! The opcode table of CPython 3.14 (`.pyc` magic 3627): the single place that states numbers, names, flags, inline
//! cache sizes and stack effects.
//!
//! In: the rows below. Out: `Opcode`, its queries, and the operand tables (`BinaryOp`, intrinsics, …).
//! Only opcodes that a code object can hold in un-quickened form have a row, followed by the pseudo-opcodes that live
//! between codegen and the assembler (numbers from 256). Specialised and instrumented forms exist only inside a
//! running CPython and never reach a file, so a byte that names one is a decoding error.
//! Facts: CPython Include/internal/pycore_opcode_metadata.h and pycore_opcode_utils.h.

#![allow(non_camel_case_types)]

/// Flags of one row; the bits are those of CPython's `HAS_*_FLAG`.
mod flag {
    pub const NONE: u16 = 0;
    pub const ARG: u16 = 1;
    pub const CONST: u16 = 2;
    pub const NAME: u16 = 4;
    pub const JUMP: u16 = 8;
    pub const FREE: u16 = 16;
    pub const LOCAL: u16 = 32;
    pub const EVAL_BREAK: u16 = 64;
    pub const ERROR: u16 = 256;
    pub const ESCAPES: u16 = 512;
    pub const PURE: u16 = 2048;
    /// Of ours, from here on.
    pub const BLOCK_PUSH: u16 = 4096;
    pub const SCOPE_EXIT: u16 = 8192;
    pub const UNCONDITIONAL: u16 = 16384;
}

struct Row {
    opcode: Opcode,
    name: &'static str,
    flags: u16,
    caches: u8,
}

macro_rules! opcodes {
    ($( $name:ident = $number:literal, $($flag:ident)|+, $caches:literal, $popped:expr, $pushed:expr; )*) => {
        /// An opcode or pseudo-opcode; the discriminant is CPython's number.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Opcode { $( $name = $number, )* }

        const ROWS: &[Row] = &[ $( Row {
            opcode: Opcode::$name, name: stringify!($name), flags: $(flag::$flag)|+, caches: $caches,
        }, )* ];

        impl Opcode {
            /// All opcodes in numeric order.
            pub const ALL: &'static [Opcode] = &[ $( Opcode::$name, )* ];

            /// Number of stack items that the instruction takes, CPython `_PyOpcode_num_popped`.
            #[inline]
            pub fn popped(self, oparg: u32) -> i64 {
                let a = i64::from(oparg);
                match self { $( Opcode::$name => { let f: fn(i64) -> i64 = $popped; f(a) }, )* }
            }

            /// Number of stack items that the instruction leaves, CPython `_PyOpcode_num_pushed`.
            #[inline]
            pub fn pushed(self, oparg: u32) -> i64 {
                let a = i64::from(oparg);
                match self { $( Opcode::$name => { let f: fn(i64) -> i64 = $pushed; f(a) }, )* }
            }
        }
    };
}

// name = number, flags, cache units, popped, pushed (functions of the oparg)
opcodes! {
    CACHE = 0, NONE, 0, |_| 0, |_| 0;
    BINARY_SLICE = 1, ERROR | ESCAPES, 0, |_| 3, |_| 1;
    BUILD_TEMPLATE = 2, ERROR | ESCAPES, 0, |_| 2, |_| 1;
    CALL_FUNCTION_EX = 4, EVAL_BREAK | ERROR | ESCAPES, 0, |_| 4, |_| 1;
    CHECK_EG_MATCH = 5, ERROR | ESCAPES, 0, |_| 2, |_| 2;
    CHECK_EXC_MATCH = 6, ERROR | ESCAPES, 0, |_| 2, |_| 2;
    CLEANUP_THROW = 7, ERROR | ESCAPES, 0, |_| 3, |_| 2;
    DELETE_SUBSCR = 8, ERROR | ESCAPES, 0, |_| 2, |_| 0;
    END_FOR = 9, ESCAPES, 0, |_| 1, |_| 0;
    END_SEND = 10, ESCAPES | PURE, 0, |_| 2, |_| 1;
    EXIT_INIT_CHECK = 11, ERROR | ESCAPES, 0, |_| 1, |_| 0;
    FORMAT_SIMPLE = 12, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    FORMAT_WITH_SPEC = 13, ERROR | ESCAPES, 0, |_| 2, |_| 1;
    GET_AITER = 14, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    GET_ANEXT = 15, ERROR | ESCAPES, 0, |_| 1, |_| 2;
    GET_ITER = 16, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    GET_LEN = 18, ERROR | ESCAPES, 0, |_| 1, |_| 2;
    GET_YIELD_FROM_ITER = 19, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    INTERPRETER_EXIT = 20, ESCAPES, 0, |_| 1, |_| 0;
    LOAD_BUILD_CLASS = 21, ERROR | ESCAPES, 0, |_| 0, |_| 1;
    LOAD_LOCALS = 22, ERROR | ESCAPES, 0, |_| 0, |_| 1;
    MAKE_FUNCTION = 23, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    MATCH_KEYS = 24, ERROR | ESCAPES, 0, |_| 2, |_| 3;
    MATCH_MAPPING = 25, NONE, 0, |_| 1, |_| 2;
    MATCH_SEQUENCE = 26, NONE, 0, |_| 1, |_| 2;
    NOP = 27, PURE, 0, |_| 0, |_| 0;
    NOT_TAKEN = 28, PURE, 0, |_| 0, |_| 0;
    POP_EXCEPT = 29, ESCAPES, 0, |_| 1, |_| 0;
    POP_ITER = 30, ESCAPES | PURE, 0, |_| 1, |_| 0;
    POP_TOP = 31, ESCAPES | PURE, 0, |_| 1, |_| 0;
    PUSH_EXC_INFO = 32, NONE, 0, |_| 1, |_| 2;
    PUSH_NULL = 33, PURE, 0, |_| 0, |_| 1;
    RETURN_GENERATOR = 34, ERROR | ESCAPES, 0, |_| 0, |_| 1;
    RETURN_VALUE = 35, ESCAPES, 0, |_| 1, |_| 1;
    SETUP_ANNOTATIONS = 36, ERROR | ESCAPES, 0, |_| 0, |_| 0;
    STORE_SLICE = 37, ERROR | ESCAPES, 0, |_| 4, |_| 0;
    STORE_SUBSCR = 38, ERROR | ESCAPES, 1, |_| 3, |_| 0;
    TO_BOOL = 39, ERROR | ESCAPES, 3, |_| 1, |_| 1;
    UNARY_INVERT = 40, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    UNARY_NEGATIVE = 41, ERROR | ESCAPES, 0, |_| 1, |_| 1;
    UNARY_NOT = 42, PURE, 0, |_| 1, |_| 1;
    WITH_EXCEPT_START = 43, ERROR | ESCAPES, 0, |_| 5, |_| 6;
    BINARY_OP = 44, ARG | ERROR | ESCAPES, 5, |_| 2, |_| 1;
    BUILD_INTERPOLATION = 45, ARG | ERROR | ESCAPES, 0, |a| 2 + (a & 1), |_| 1;
    BUILD_LIST = 46, ARG | ERROR | ESCAPES, 0, |a| a, |_| 1;
    BUILD_MAP = 47, ARG | ERROR | ESCAPES, 0, |a| a * 2, |_| 1;
    BUILD_SET = 48, ARG | ERROR | ESCAPES, 0, |a| a, |_| 1;
    BUILD_SLICE = 49, ARG | ERROR, 0, |a| a, |_| 1;
    BUILD_STRING = 50, ARG | ERROR, 0, |a| a, |_| 1;
    BUILD_TUPLE = 51, ARG | ERROR, 0, |a| a, |_| 1;
    CALL = 52, ARG | EVAL_BREAK | ERROR | ESCAPES, 3, |a| 2 + a, |_| 1;
    CALL_INTRINSIC_1 = 53, ARG | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    CALL_INTRINSIC_2 = 54, ARG | ERROR | ESCAPES, 0, |_| 2, |_| 1;
    CALL_KW = 55, ARG | ERROR | ESCAPES, 3, |a| 3 + a, |_| 1;
    COMPARE_OP = 56, ARG | ERROR | ESCAPES, 1, |_| 2, |_| 1;
    CONTAINS_OP = 57, ARG | ERROR | ESCAPES, 1, |_| 2, |_| 1;
    CONVERT_VALUE = 58, ARG | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    COPY = 59, ARG | PURE, 0, |a| a, |a| a + 1;
    COPY_FREE_VARS = 60, ARG, 0, |_| 0, |_| 0;
    DELETE_ATTR = 61, ARG | NAME | ERROR | ESCAPES, 0, |_| 1, |_| 0;
    DELETE_DEREF = 62, ARG | FREE | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    DELETE_FAST = 63, ARG | LOCAL | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    DELETE_GLOBAL = 64, ARG | NAME | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    DELETE_NAME = 65, ARG | NAME | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    DICT_MERGE = 66, ARG | ERROR | ESCAPES, 0, |a| a + 4, |a| a + 3;
    DICT_UPDATE = 67, ARG | ERROR | ESCAPES, 0, |a| a + 1, |a| a;
    END_ASYNC_FOR = 68, ARG | JUMP | ERROR | ESCAPES, 0, |_| 2, |_| 0;
    EXTENDED_ARG = 69, ARG, 0, |_| 0, |_| 0;
    FOR_ITER = 70, ARG | JUMP | ERROR | ESCAPES, 1, |_| 1, |_| 2;
    GET_AWAITABLE = 71, ARG | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    IMPORT_FROM = 72, ARG | NAME | ERROR | ESCAPES, 0, |_| 1, |_| 2;
    IMPORT_NAME = 73, ARG | NAME | ERROR | ESCAPES, 0, |_| 2, |_| 1;
    IS_OP = 74, ARG, 0, |_| 2, |_| 1;
    JUMP_BACKWARD = 75, ARG | JUMP | EVAL_BREAK | ERROR | ESCAPES, 1, |_| 0, |_| 0;
    JUMP_BACKWARD_NO_INTERRUPT = 76, ARG | JUMP, 0, |_| 0, |_| 0;
    JUMP_FORWARD = 77, ARG | JUMP, 0, |_| 0, |_| 0;
    LIST_APPEND = 78, ARG | ERROR, 0, |a| a + 1, |a| a;
    LIST_EXTEND = 79, ARG | ERROR | ESCAPES, 0, |a| a + 1, |a| a;
    LOAD_ATTR = 80, ARG | NAME | ERROR | ESCAPES, 9, |_| 1, |a| 1 + (a & 1);
    LOAD_COMMON_CONSTANT = 81, ARG, 0, |_| 0, |_| 1;
    LOAD_CONST = 82, ARG | CONST, 0, |_| 0, |_| 1;
    LOAD_DEREF = 83, ARG | LOCAL | ERROR | ESCAPES, 0, |_| 0, |_| 1;
    LOAD_FAST = 84, ARG | LOCAL | PURE, 0, |_| 0, |_| 1;
    LOAD_FAST_AND_CLEAR = 85, ARG | LOCAL, 0, |_| 0, |_| 1;
    LOAD_FAST_BORROW = 86, ARG | LOCAL | PURE, 0, |_| 0, |_| 1;
    LOAD_FAST_BORROW_LOAD_FAST_BORROW = 87, ARG | LOCAL, 0, |_| 0, |_| 2;
    LOAD_FAST_CHECK = 88, ARG | LOCAL | ERROR | ESCAPES, 0, |_| 0, |_| 1;
    LOAD_FAST_LOAD_FAST = 89, ARG | LOCAL, 0, |_| 0, |_| 2;
    LOAD_FROM_DICT_OR_DEREF = 90, ARG | FREE | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    LOAD_FROM_DICT_OR_GLOBALS = 91, ARG | NAME | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    LOAD_GLOBAL = 92, ARG | NAME | ERROR | ESCAPES, 4, |_| 0, |a| 1 + (a & 1);
    LOAD_NAME = 93, ARG | NAME | ERROR | ESCAPES, 0, |_| 0, |_| 1;
    LOAD_SMALL_INT = 94, ARG, 0, |_| 0, |_| 1;
    LOAD_SPECIAL = 95, ARG | ERROR | ESCAPES, 0, |_| 1, |_| 2;
    LOAD_SUPER_ATTR = 96, ARG | NAME | ERROR | ESCAPES, 1, |_| 3, |a| 1 + (a & 1);
    MAKE_CELL = 97, ARG | FREE | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    MAP_ADD = 98, ARG | ERROR | ESCAPES, 0, |a| a + 2, |a| a;
    MATCH_CLASS = 99, ARG | ERROR | ESCAPES, 0, |_| 3, |_| 1;
    POP_JUMP_IF_FALSE = 100, ARG | JUMP, 1, |_| 1, |_| 0;
    POP_JUMP_IF_NONE = 101, ARG | JUMP, 1, |_| 1, |_| 0;
    POP_JUMP_IF_NOT_NONE = 102, ARG | JUMP, 1, |_| 1, |_| 0;
    POP_JUMP_IF_TRUE = 103, ARG | JUMP, 1, |_| 1, |_| 0;
    RAISE_VARARGS = 104, ARG | ERROR | ESCAPES, 0, |a| a, |_| 0;
    RERAISE = 105, ARG | ERROR | ESCAPES, 0, |a| 1 + a, |a| a;
    SEND = 106, ARG | JUMP | ERROR | ESCAPES, 1, |_| 2, |_| 2;
    SET_ADD = 107, ARG | ERROR | ESCAPES, 0, |a| a + 1, |a| a;
    SET_FUNCTION_ATTRIBUTE = 108, ARG | ERROR | ESCAPES, 0, |_| 2, |_| 1;
    SET_UPDATE = 109, ARG | ERROR | ESCAPES, 0, |a| a + 1, |a| a;
    STORE_ATTR = 110, ARG | NAME | ERROR | ESCAPES, 4, |_| 2, |_| 0;
    STORE_DEREF = 111, ARG | FREE | ESCAPES, 0, |_| 1, |_| 0;
    STORE_FAST = 112, ARG | LOCAL | ESCAPES, 0, |_| 1, |_| 0;
    STORE_FAST_LOAD_FAST = 113, ARG | LOCAL | ESCAPES, 0, |_| 1, |_| 1;
    STORE_FAST_STORE_FAST = 114, ARG | LOCAL | ESCAPES, 0, |_| 2, |_| 0;
    STORE_GLOBAL = 115, ARG | NAME | ERROR | ESCAPES, 0, |_| 1, |_| 0;
    STORE_NAME = 116, ARG | NAME | ERROR | ESCAPES, 0, |_| 1, |_| 0;
    SWAP = 117, ARG | PURE, 0, |a| a, |a| a;
    UNPACK_EX = 118, ARG | ERROR | ESCAPES, 0, |_| 1, |a| 1 + (a & 0xFF) + (a >> 8);
    UNPACK_SEQUENCE = 119, ARG | ERROR | ESCAPES, 1, |_| 1, |a| a;
    YIELD_VALUE = 120, ARG | ESCAPES, 0, |_| 1, |_| 1;
    RESUME = 128, ARG | EVAL_BREAK | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    ANNOTATIONS_PLACEHOLDER = 256, PURE, 0, |_| 0, |_| 0;
    JUMP = 257, ARG | JUMP | EVAL_BREAK | ERROR | ESCAPES, 0, |_| 0, |_| 0;
    JUMP_IF_FALSE = 258, ARG | JUMP | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    JUMP_IF_TRUE = 259, ARG | JUMP | ERROR | ESCAPES, 0, |_| 1, |_| 1;
    JUMP_NO_INTERRUPT = 260, ARG | JUMP, 0, |_| 0, |_| 0;
    LOAD_CLOSURE = 261, ARG | LOCAL | PURE, 0, |_| 0, |_| 1;
    POP_BLOCK = 262, PURE, 0, |_| 0, |_| 0;
    SETUP_CLEANUP = 263, PURE | ARG, 0, |_| 0, |_| 2;
    SETUP_FINALLY = 264, PURE | ARG, 0, |_| 0, |_| 1;
    SETUP_WITH = 265, PURE | ARG, 0, |_| 0, |_| 1;
    STORE_FAST_MAYBE_NULL = 266, ARG | LOCAL | ESCAPES, 0, |_| 1, |_| 0;
}

/// Index of each opcode's row by number; 0xff where no opcode has that number.
const INDEX: [u8; 267] = {
    let mut index = [0xff; 267];
    let mut i = 0;
    while i < ROWS.len() {
        index[ROWS[i].opcode as usize] = i as u8;
        i += 1;
    }
    index
};

/// Flags by number, so that a question costs one load.
const FLAG_TABLE: [u16; 267] = {
    let mut flags = [0; 267];
    let mut i = 0;
    while i < ROWS.len() {
        let opcode = ROWS[i].opcode;
        let derived = match opcode {
            Opcode::SETUP_FINALLY | Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP => flag::BLOCK_PUSH,
            Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE => flag::SCOPE_EXIT,
            Opcode::JUMP
            | Opcode::JUMP_NO_INTERRUPT
            | Opcode::JUMP_FORWARD
            | Opcode::JUMP_BACKWARD
            | Opcode::JUMP_BACKWARD_NO_INTERRUPT => flag::UNCONDITIONAL,
            _ => 0,
        };
        flags[opcode as usize] = ROWS[i].flags | derived;
        i += 1;
    }
    flags
};

static FLAGS: [u16; 267] = FLAG_TABLE;

static CACHES: [u8; 267] = {
    let mut caches = [0; 267];
    let mut i = 0;
    while i < ROWS.len() {
        caches[ROWS[i].opcode as usize] = ROWS[i].caches;
        i += 1;
    }
    caches
};

impl Opcode {
    /// The opcode with that number, pseudo-opcodes included; `None` for a free, specialised or instrumented number.
    #[inline]
    pub fn from_number(number: u16) -> Option<Opcode> {
        match INDEX.get(usize::from(number)) {
            None | Some(0xff) => None,
            Some(&row) => Some(ROWS[usize::from(row)].opcode),
        }
    }

    /// The opcode that a byte of `co_code` names.
    #[inline]
    pub fn from_byte(byte: u8) -> Option<Opcode> {
        Self::from_number(u16::from(byte))
    }

    pub fn from_name(name: &str) -> Option<Opcode> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.opcode)
    }

    #[inline]
    fn row(self) -> &'static Row {
        &ROWS[usize::from(INDEX[self as usize])]
    }

    #[inline]
    fn has(self, flag: u16) -> bool {
        FLAGS[self as usize] & flag != 0
    }

    #[inline]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    #[inline]
    pub fn number(self) -> u16 {
        self as u16
    }

    /// Number of 16-bit inline cache units after the instruction.
    #[inline]
    pub fn caches(self) -> usize {
        usize::from(CACHES[self as usize])
    }

    #[inline]
    pub fn has_arg(self) -> bool {
        self.has(flag::ARG)
    }

    /// The oparg is an index into `co_consts`.
    #[inline]
    pub fn has_const(self) -> bool {
        self.has(flag::CONST)
    }

    /// The oparg (shifted for some opcodes) is an index into `co_names`.
    #[inline]
    pub fn has_name(self) -> bool {
        self.has(flag::NAME)
    }

    #[inline]
    pub fn has_jump(self) -> bool {
        self.has(flag::JUMP)
    }

    /// The oparg is an index of a cell or free variable.
    #[inline]
    pub fn has_free(self) -> bool {
        self.has(flag::FREE)
    }

    /// The oparg is (or packs two) indices into `co_localsplusnames`.
    #[inline]
    pub fn has_local(self) -> bool {
        self.has(flag::LOCAL)
    }

    /// As `has_eval_break`, for tables that are made at compile time.
    pub const fn table_eval_break(self) -> bool {
        FLAG_TABLE[self as usize] & flag::EVAL_BREAK != 0
    }

    /// As `is_terminator`, for tables that are made at compile time.
    pub const fn table_terminator(self) -> bool {
        FLAG_TABLE[self as usize] & (flag::JUMP | flag::SCOPE_EXIT) != 0
    }

    /// The instruction polls for signals and pending calls.
    #[inline]
    pub fn has_eval_break(self) -> bool {
        self.has(flag::EVAL_BREAK)
    }

    /// The instruction can raise.
    #[inline]
    pub fn has_error(self) -> bool {
        self.has(flag::ERROR)
    }

    /// The instruction can run foreign code.
    #[inline]
    pub fn has_escapes(self) -> bool {
        self.has(flag::ESCAPES)
    }

    #[inline]
    pub fn is_pure(self) -> bool {
        self.has(flag::PURE)
    }

    /// Lives only between codegen and the assembler.
    #[inline]
    pub fn is_pseudo(self) -> bool {
        self as u16 >= 256
    }

    /// `SETUP_*`: CPython `IS_BLOCK_PUSH_OPCODE`.
    #[inline]
    pub fn is_block_push(self) -> bool {
        self.has(flag::BLOCK_PUSH)
    }

    /// The oparg of the pseudo form is a label: CPython `HAS_TARGET`.
    #[inline]
    pub fn has_target(self) -> bool {
        self.has(flag::JUMP | flag::BLOCK_PUSH)
    }

    /// Must be last in its basic block: CPython `IS_TERMINATOR_OPCODE`.
    #[inline]
    pub fn is_terminator(self) -> bool {
        self.has(flag::JUMP | flag::SCOPE_EXIT)
    }

    /// Emitted by the assembler only: CPython `IS_ASSEMBLER_OPCODE`.
    #[inline]
    pub fn is_assembler(self) -> bool {
        matches!(
            self,
            Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    #[inline]
    pub fn is_backward_jump(self) -> bool {
        matches!(self, Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT)
    }

    #[inline]
    pub fn is_unconditional_jump(self) -> bool {
        self.has(flag::UNCONDITIONAL)
    }

    #[inline]
    pub fn is_conditional_jump(self) -> bool {
        matches!(
            self,
            Opcode::POP_JUMP_IF_FALSE
                | Opcode::POP_JUMP_IF_TRUE
                | Opcode::POP_JUMP_IF_NONE
                | Opcode::POP_JUMP_IF_NOT_NONE
        )
    }

    /// Control never passes the instruction: CPython `IS_SCOPE_EXIT_OPCODE`.
    #[inline]
    pub fn is_scope_exit(self) -> bool {
        self.has(flag::SCOPE_EXIT)
    }
}

impl std::fmt::Display for Opcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// `BINARY_OP` operands: index is the oparg, CPython `_opcode.get_nb_ops()`.
pub const NB_OPS: [(&str, &str); 27] = [
    ("NB_ADD", "+"),
    ("NB_AND", "&"),
    ("NB_FLOOR_DIVIDE", "//"),
    ("NB_LSHIFT", "<<"),
    ("NB_MATRIX_MULTIPLY", "@"),
    ("NB_MULTIPLY", "*"),
    ("NB_REMAINDER", "%"),
    ("NB_OR", "|"),
    ("NB_POWER", "**"),
    ("NB_RSHIFT", ">>"),
    ("NB_SUBTRACT", "-"),
    ("NB_TRUE_DIVIDE", "/"),
    ("NB_XOR", "^"),
    ("NB_INPLACE_ADD", "+="),
    ("NB_INPLACE_AND", "&="),
    ("NB_INPLACE_FLOOR_DIVIDE", "//="),
    ("NB_INPLACE_LSHIFT", "<<="),
    ("NB_INPLACE_MATRIX_MULTIPLY", "@="),
    ("NB_INPLACE_MULTIPLY", "*="),
    ("NB_INPLACE_REMAINDER", "%="),
    ("NB_INPLACE_OR", "|="),
    ("NB_INPLACE_POWER", "**="),
    ("NB_INPLACE_RSHIFT", ">>="),
    ("NB_INPLACE_SUBTRACT", "-="),
    ("NB_INPLACE_TRUE_DIVIDE", "/="),
    ("NB_INPLACE_XOR", "^="),
    ("NB_SUBSCR", "[]"),
];

macro_rules! numbered {
    ($( $(#[$doc:meta])* $table:ident { $( $name:ident = $value:literal ),* $(,)? } )*) => {
        $( $(#[$doc])* pub mod $table { $( pub const $name: u32 = $value; )* } )*
    };
}

numbered! {
    /// Opargs of `BINARY_OP`.
    nb {
        ADD = 0, AND = 1, FLOOR_DIVIDE = 2, LSHIFT = 3, MATRIX_MULTIPLY = 4, MULTIPLY = 5, REMAINDER = 6, OR = 7,
        POWER = 8, RSHIFT = 9, SUBTRACT = 10, TRUE_DIVIDE = 11, XOR = 12, INPLACE_ADD = 13, INPLACE_AND = 14,
        INPLACE_FLOOR_DIVIDE = 15, INPLACE_LSHIFT = 16, INPLACE_MATRIX_MULTIPLY = 17, INPLACE_MULTIPLY = 18,
        INPLACE_REMAINDER = 19, INPLACE_OR = 20, INPLACE_POWER = 21, INPLACE_RSHIFT = 22, INPLACE_SUBTRACT = 23,
        INPLACE_TRUE_DIVIDE = 24, INPLACE_XOR = 25, SUBSCR = 26,
    }
    /// Opargs of `CALL_INTRINSIC_1`.
    intrinsic1 {
        INVALID = 0, PRINT = 1, IMPORT_STAR = 2, STOPITERATION_ERROR = 3, ASYNC_GEN_WRAP = 4, UNARY_POSITIVE = 5,
        LIST_TO_TUPLE = 6, TYPEVAR = 7, PARAMSPEC = 8, TYPEVARTUPLE = 9, SUBSCRIPT_GENERIC = 10, TYPEALIAS = 11,
    }
    /// Opargs of `CALL_INTRINSIC_2`.
    intrinsic2 {
        INVALID = 0, PREP_RERAISE_STAR = 1, TYPEVAR_WITH_BOUND = 2, TYPEVAR_WITH_CONSTRAINTS = 3,
        SET_FUNCTION_TYPE_PARAMS = 4, SET_TYPEPARAM_DEFAULT = 5,
    }
    /// Opargs of `LOAD_COMMON_CONSTANT`.
    common_constant {
        ASSERTIONERROR = 0, NOTIMPLEMENTEDERROR = 1, BUILTIN_TUPLE = 2, BUILTIN_ALL = 3, BUILTIN_ANY = 4,
    }
    /// Opargs of `LOAD_SPECIAL`.
    special { ENTER = 0, EXIT = 1, AENTER = 2, AEXIT = 3 }
    /// Opargs of `SET_FUNCTION_ATTRIBUTE`.
    function_attribute { DEFAULTS = 1, KWDEFAULTS = 2, ANNOTATIONS = 4, CLOSURE = 8, ANNOTATE = 16 }
    /// Opargs of `RESUME`; the location is in the low two bits.
    resume { AT_FUNC_START = 0, AFTER_YIELD = 1, AFTER_YIELD_FROM = 2, AFTER_AWAIT = 3, LOCATION_MASK = 3, DEPTH1_MASK = 4 }
    /// Opargs of `CONVERT_VALUE`.
    convert_value { NONE = 0, STR = 1, REPR = 2, ASCII = 3 }
}

/// Names of `CALL_INTRINSIC_1` opargs as `dis` prints them.
pub const INTRINSIC_1_NAMES: [&str; 12] = [
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];

/// Names of `CALL_INTRINSIC_2` opargs as `dis` prints them.
pub const INTRINSIC_2_NAMES: [&str; 6] = [
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];

/// Method names that `LOAD_SPECIAL` opargs stand for.
pub const SPECIAL_METHOD_NAMES: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];

/// Builtins that `LOAD_COMMON_CONSTANT` opargs stand for.
pub const COMMON_CONSTANT_NAMES: [&str; 5] = ["AssertionError", "NotImplementedError", "tuple", "all", "any"];

/// Comparison operators; `COMPARE_OP` has the index in its oparg from bit 5 upwards, bit 4 asks for a bool result.
pub const CMP_OP: [&str; 6] = ["<", "<=", "==", "!=", ">", ">="];
