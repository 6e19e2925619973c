//! `_opcode`: facts about the instructions of CPython's bytecode, from the compiler's table (CPython: Modules/_opcode.c).
use pyaot_code::opcode::{INTRINSIC_1_NAMES, INTRINSIC_2_NAMES, NB_OPS, Opcode, SPECIAL_METHOD_NAMES};
use pyaot_core::call::convert;
use pyaot_core::prelude::*;
use pyaot_core::types::{code, list, module};

fn number(b: &Bound, i: usize) -> PyResult<i32> {
    convert::c_int(b.arg(i))
}
fn base(n: i32) -> Option<Opcode> {
    u16::try_from(n).ok().and_then(Opcode::from_number)
}

/// What a query says of an instruction; the bits of [`VARIANTS`].
#[derive(Clone, Copy)]
enum Has {
    Arg = 1,
    Const = 2,
    Free = 8,
    Jump = 16,
    Local = 32,
    Name = 64,
}

/// Specialised and instrumented instructions, and reserved numbers: first and last number with their flags. They never stand in a
/// code object, but `opcode` has lists of them.
const VARIANTS: &[(u16, u16, u8)] = &[
    (3, 3, 32),
    (17, 17, 0),
    (129, 142, 0),
    (143, 153, 1),
    (154, 154, 0),
    (155, 171, 1),
    (172, 176, 17),
    (177, 178, 1),
    (179, 179, 65),
    (180, 188, 1),
    (189, 189, 65),
    (190, 191, 3),
    (192, 193, 1),
    (194, 195, 65),
    (196, 196, 0),
    (197, 197, 1),
    (198, 199, 0),
    (200, 200, 65),
    (201, 208, 0),
    (209, 211, 1),
    (234, 236, 0),
    (237, 237, 17),
    (238, 238, 0),
    (239, 239, 1),
    (240, 240, 0),
    (241, 245, 1),
    (246, 246, 0),
    (247, 247, 1),
    (248, 248, 17),
    (249, 249, 65),
    (250, 251, 1),
    (252, 252, 0),
    (253, 253, 1),
    (254, 254, 0),
    (255, 255, 1),
];

/// What an instrumented instruction stands for; its stack effect is the same.
fn instrumented(n: i32) -> Option<Opcode> {
    const FIRST: i32 = 234;
    const NAMES: [&str; 20] = [
        "END_FOR",
        "POP_ITER",
        "END_SEND",
        "FOR_ITER",
        "NOP",
        "JUMP_FORWARD",
        "NOT_TAKEN",
        "POP_JUMP_IF_TRUE",
        "POP_JUMP_IF_FALSE",
        "POP_JUMP_IF_NONE",
        "POP_JUMP_IF_NOT_NONE",
        "RESUME",
        "RETURN_VALUE",
        "YIELD_VALUE",
        "END_ASYNC_FOR",
        "LOAD_SUPER_ATTR",
        "CALL",
        "CALL_KW",
        "CALL_FUNCTION_EX",
        "JUMP_BACKWARD",
    ];
    let i = usize::try_from(n.checked_sub(FIRST)?).ok()?;
    Opcode::from_name(NAMES.get(i)?)
}

fn flags(n: i32) -> Option<u8> {
    if let Some(op) = base(n) {
        let all = [
            (Has::Arg, op.has_arg()),
            (Has::Const, op.has_const()),
            (Has::Free, op.has_free()),
            (Has::Jump, op.has_jump()),
            (Has::Local, op.has_local()),
            (Has::Name, op.has_name()),
        ];
        let set = all.iter().filter(|(_, yes)| *yes);
        return Some(set.fold(0, |bits, (h, _)| bits | *h as u8));
    }
    let n = u16::try_from(n).ok()?;
    VARIANTS.iter().find(|(a, b, _)| (*a..=*b).contains(&n)).map(|r| r.2)
}
fn query(b: &Bound, h: Has) -> PyResult {
    Ok(Own::bool(flags(number(b, 0)?).is_some_and(|f| f & h as u8 != 0)))
}

/// CPython: Python/compile.c, PyCompile_OpcodeStackEffectWithJump.
fn stack_effect(_: Ref, b: &Bound) -> PyResult {
    let op = number(b, 0)?;
    let oparg = match b.get_not_none(1) {
        Some(v) => convert::c_int(v)?,
        None => 0,
    };
    let jump = match b.get(2) {
        None => None,
        Some(v) if v.is_none() => None,
        Some(v) if v.value() == Value::TRUE => Some(true),
        Some(v) if v.value() == Value::FALSE => Some(false),
        Some(_) => return exc::value_error(format_args!("stack_effect: jump must be False, True or None")),
    };
    let invalid = || exc::value_error(format_args!("invalid opcode or oparg"));
    // RESERVED, INSTRUMENTED_LINE and ENTER_EXECUTOR do nothing to the stack.
    if matches!(op, 17 | 254 | 255) {
        return Ok(Own::int(0));
    }
    let Some(op) = base(op).or_else(|| instrumented(op)) else {
        return invalid();
    };
    let (popped, pushed) = (op.popped(oparg as u32), op.pushed(oparg as u32));
    if popped < 0 || pushed < 0 {
        return invalid();
    }
    if op.is_block_push() && jump == Some(false) {
        return Ok(Own::int(0));
    }
    Ok(Own::int(pushed - popped))
}

fn strings(names: &[&str]) -> PyResult {
    list::from_vec(names.iter().map(|n| Own::str(n)).collect())
}

static FUNCTIONS: &[MethodDef] = &[
    bound(sig!("stack_effect($module, opcode, oparg=None, /, *, jump=None)"), stack_effect)
        .doc("Compute the stack effect of the opcode."),
    bound(sig!("is_valid($module, /, opcode)"), |_, b| Ok(Own::bool(flags(number(b, 0)?).is_some())))
        .doc("Return True if opcode is valid, False otherwise."),
    bound(sig!("has_arg($module, /, opcode)"), |_, b| query(b, Has::Arg))
        .doc("Return True if the opcode uses its oparg, False otherwise."),
    bound(sig!("has_const($module, /, opcode)"), |_, b| query(b, Has::Const))
        .doc("Return True if the opcode accesses a constant, False otherwise."),
    bound(sig!("has_name($module, /, opcode)"), |_, b| query(b, Has::Name))
        .doc("Return True if the opcode accesses an attribute by name, False otherwise."),
    bound(sig!("has_jump($module, /, opcode)"), |_, b| query(b, Has::Jump))
        .doc("Return True if the opcode has a jump target, False otherwise."),
    bound(sig!("has_free($module, /, opcode)"), |_, b| query(b, Has::Free))
        .doc("Return True if the opcode accesses a free variable, False otherwise.\n\nNote that 'free' in this context refers to names in the current scope\nthat are referenced by inner scopes or names that are referenced\nfrom this scope."),
    bound(sig!("has_local($module, /, opcode)"), |_, b| query(b, Has::Local))
        .doc("Return True if the opcode accesses a local variable, False otherwise."),
    bound(sig!("has_exc($module, /, opcode)"), |_, b| {
        Ok(Own::bool(base(number(b, 0)?).is_some_and(Opcode::is_block_push)))
    })
    .doc("Return True if the opcode sets an exception handler, False otherwise."),
    noargs(sig!("get_specialization_stats($module, /)"), |_| Ok(Own::none())).doc("Return the specialization stats"),
    noargs(sig!("get_nb_ops($module, /)"), |_| {
        let mut all = Vec::new();
        for (name, symbol) in NB_OPS {
            all.push(tuple::pair(Own::str(name), Own::str(symbol))?);
        }
        list::from_vec(all)
    })
    .doc("Return array of symbols of binary ops.\n\nIndexed by the BINARY_OP oparg value."),
    noargs(sig!("get_intrinsic1_descs($module, /)"), |_| strings(&INTRINSIC_1_NAMES))
        .doc("Return a list of names of the unary intrinsics."),
    noargs(sig!("get_intrinsic2_descs($module, /)"), |_| strings(&INTRINSIC_2_NAMES))
        .doc("Return a list of names of the binary intrinsics."),
    noargs(sig!("get_special_method_names($module, /)"), |_| strings(&SPECIAL_METHOD_NAMES))
        .doc("Return a list of special method names."),
    bound(sig!("get_executor($module, /, code, offset)"), |_, b| {
        if !b.arg(0).is_instance_of(&code::CODE_TYPE) {
            return exc::type_error(format_args!(
                "expected a code object, not '{}'",
                b.arg(0).ty().name()
            ));
        }
        number(b, 1)?;
        exc::value_error(format_args!("no executor at given byte offset"))
    })
    .doc("Return the executor object at offset in code if exists, None otherwise."),
];

pub fn make() -> PyResult {
    let m = module::new("_opcode")?;
    module::add(m.r(), "__doc__", Own::str("Opcode support module."))?;
    module::add_functions(m.r(), FUNCTIONS)?;
    // Nothing is specialised while it runs.
    module::add(m.r(), "ENABLE_SPECIALIZATION", Own::int(0))?;
    module::add(m.r(), "ENABLE_SPECIALIZATION_FT", Own::int(0))?;
    Ok(m)
}
