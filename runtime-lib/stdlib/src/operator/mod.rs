//! `_operator`: the operators as functions; `getters` has attrgetter, itemgetter and methodcaller.
use pyaot_core::call::{MethodDef, convert};
use pyaot_core::object_protocol::nb;
use pyaot_core::prelude::*;
use pyaot_core::typeobj::ready;
use pyaot_core::types::range::arith;
use pyaot_core::types::{iterators, module};

mod getters;

pub fn make() -> PyResult {
    let m = module::new("_operator")?;
    for ty in [
        &getters::ATTRGETTER_TYPE,
        &getters::ITEMGETTER_TYPE,
        &getters::METHODCALLER_TYPE,
    ] {
        ready(ty);
        module::add(m.r(), ty.name(), ty.own())?;
    }
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}

macro_rules! binary {
    ($name:literal, $doc:literal, $f:expr) => {{
        fn run(_: Ref, b: &Bound) -> PyResult {
            let f: fn(Ref, Ref) -> PyResult = $f;
            f(b.arg(0), b.arg(1))
        }
        bound(sig!($name), run).doc($doc)
    }};
}
macro_rules! unary {
    ($name:literal, $doc:literal, $f:expr) => {{
        fn run(_: Ref, v: Ref) -> PyResult {
            let f: fn(Ref) -> PyResult = $f;
            f(v)
        }
        one(sig!($name), run).doc($doc)
    }};
}
fn op(a: Ref, b: Ref, which: i32) -> PyResult {
    protocol::binary_op(a, b, which)
}
fn inplace(a: Ref, b: Ref, which: i32) -> PyResult {
    protocol::binary_op(a, b, which + nb::INPLACE)
}
fn cmp(a: Ref, b: Ref, which: CompareOp) -> PyResult {
    protocol::compare(a, b, which)
}

static FUNCTIONS: &[MethodDef] = &[
    binary!("add($module, a, b, /)", "Same as a + b.", |a, b| op(a, b, nb::ADD)),
    binary!("sub($module, a, b, /)", "Same as a - b.", |a, b| op(a, b, nb::SUBTRACT)),
    binary!("mul($module, a, b, /)", "Same as a * b.", |a, b| op(a, b, nb::MULTIPLY)),
    binary!("matmul($module, a, b, /)", "Same as a @ b.", |a, b| op(a, b, nb::MATRIX_MULTIPLY)),
    binary!("floordiv($module, a, b, /)", "Same as a // b.", |a, b| op(a, b, nb::FLOOR_DIVIDE)),
    binary!("truediv($module, a, b, /)", "Same as a / b.", |a, b| op(a, b, nb::TRUE_DIVIDE)),
    binary!("mod($module, a, b, /)", "Same as a % b.", |a, b| op(a, b, nb::REMAINDER)),
    binary!("pow($module, a, b, /)", "Same as a ** b.", |a, b| op(a, b, nb::POWER)),
    binary!("lshift($module, a, b, /)", "Same as a << b.", |a, b| op(a, b, nb::LSHIFT)),
    binary!("rshift($module, a, b, /)", "Same as a >> b.", |a, b| op(a, b, nb::RSHIFT)),
    binary!("and_($module, a, b, /)", "Same as a & b.", |a, b| op(a, b, nb::AND)),
    binary!("xor($module, a, b, /)", "Same as a ^ b.", |a, b| op(a, b, nb::XOR)),
    binary!("or_($module, a, b, /)", "Same as a | b.", |a, b| op(a, b, nb::OR)),
    binary!("iadd($module, a, b, /)", "Same as a += b.", |a, b| inplace(a, b, nb::ADD)),
    binary!("isub($module, a, b, /)", "Same as a -= b.", |a, b| inplace(a, b, nb::SUBTRACT)),
    binary!("imul($module, a, b, /)", "Same as a *= b.", |a, b| inplace(a, b, nb::MULTIPLY)),
    binary!("imatmul($module, a, b, /)", "Same as a @= b.", |a, b| inplace(a, b, nb::MATRIX_MULTIPLY)),
    binary!("ifloordiv($module, a, b, /)", "Same as a //= b.", |a, b| inplace(a, b, nb::FLOOR_DIVIDE)),
    binary!("itruediv($module, a, b, /)", "Same as a /= b.", |a, b| inplace(a, b, nb::TRUE_DIVIDE)),
    binary!("imod($module, a, b, /)", "Same as a %= b.", |a, b| inplace(a, b, nb::REMAINDER)),
    binary!("ipow($module, a, b, /)", "Same as a **= b.", |a, b| inplace(a, b, nb::POWER)),
    binary!("ilshift($module, a, b, /)", "Same as a <<= b.", |a, b| inplace(a, b, nb::LSHIFT)),
    binary!("irshift($module, a, b, /)", "Same as a >>= b.", |a, b| inplace(a, b, nb::RSHIFT)),
    binary!("iand($module, a, b, /)", "Same as a &= b.", |a, b| inplace(a, b, nb::AND)),
    binary!("ixor($module, a, b, /)", "Same as a ^= b.", |a, b| inplace(a, b, nb::XOR)),
    binary!("ior($module, a, b, /)", "Same as a |= b.", |a, b| inplace(a, b, nb::OR)),
    binary!("lt($module, a, b, /)", "Same as a < b.", |a, b| cmp(a, b, CompareOp::Lt)),
    binary!("le($module, a, b, /)", "Same as a <= b.", |a, b| cmp(a, b, CompareOp::Le)),
    binary!("eq($module, a, b, /)", "Same as a == b.", |a, b| cmp(a, b, CompareOp::Eq)),
    binary!("ne($module, a, b, /)", "Same as a != b.", |a, b| cmp(a, b, CompareOp::Ne)),
    binary!("ge($module, a, b, /)", "Same as a >= b.", |a, b| cmp(a, b, CompareOp::Ge)),
    binary!("gt($module, a, b, /)", "Same as a > b.", |a, b| cmp(a, b, CompareOp::Gt)),
    binary!("is_($module, a, b, /)", "Same as a is b.", |a, b| Ok(Own::bool(a.is(b)))),
    binary!("is_not($module, a, b, /)", "Same as a is not b.", |a, b| Ok(Own::bool(!a.is(b)))),
    unary!("is_none($module, a, /)", "Same as a is None.", |a| Ok(Own::bool(a.is_none()))),
    unary!("is_not_none($module, a, /)", "Same as a is not None.", |a| Ok(Own::bool(!a.is_none()))),
    unary!("truth($module, a, /)", "Return True if a is true, False otherwise.", |a| Ok(Own::bool(protocol::truth(a)?))),
    unary!("not_($module, a, /)", "Same as not a.", |a| Ok(Own::bool(!protocol::truth(a)?))),
    unary!("neg($module, a, /)", "Same as -a.", protocol::negative),
    unary!("pos($module, a, /)", "Same as +a.", protocol::positive),
    unary!("inv($module, a, /)", "Same as ~a.", protocol::invert),
    unary!("invert($module, a, /)", "Same as ~a.", protocol::invert),
    unary!("abs($module, a, /)", "Same as abs(a).", protocol::absolute),
    unary!("index($module, a, /)", "Same as a.__index__()", |a| {
        let n = convert::index_object(a)?;
        // Instances of subclasses of int become plain ints.
        if n.value().is_small_int() { Ok(n) } else { arith::add(n.r(), Own::int(0).r()) }
    }),
    binary!("concat($module, a, b, /)", "Same as a + b, for a and b sequences.", |a, b| concat(a, b, false)),
    binary!("iconcat($module, a, b, /)", "Same as a += b, for a and b sequences.", |a, b| concat(a, b, true)),
    binary!("contains($module, a, b, /)", "Same as b in a (note reversed operands).", |a, b| {
        Ok(Own::bool(protocol::contains(a, b)?))
    }),
    binary!("getitem($module, a, b, /)", "Same as a[b].", protocol::get_item),
    binary!("delitem($module, a, b, /)", "Same as del a[b].", |a, b| {
        protocol::set_item(a, b, None)?;
        Ok(Own::none())
    }),
    bound(sig!("setitem($module, a, b, c, /)"), |_, b| {
        protocol::set_item(b.arg(0), b.arg(1), Some(b.arg(2)))?;
        Ok(Own::none())
    })
    .doc("Same as a[b] = c."),
    binary!("countOf($module, a, b, /)", "Return the number of items in a which are, or which equal, b.", count_of),
    binary!("indexOf($module, a, b, /)", "Return the first index of b in a.", index_of),
    bound(sig!("length_hint($module, obj, default=0, /)"), |_, b| {
        let default = match b.get(1) {
            Some(v) if !v.ty().has(type_flag::INT) => {
                return exc::type_error(format_args!(
                    "'{}' object cannot be interpreted as an integer",
                    v.ty().full_name()
                ));
            }
            Some(v) => convert::index(v)?,
            None => 0,
        };
        let n = iterators::length_hint(b.arg(0), default as usize)?;
        Ok(Own::int(n as i64))
    })
    .doc("Return an estimate of the number of items in obj.\n\nThis is useful for presizing containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount.\nThe result will be an integer >= 0."),
    raw(sig!("call($module, obj, /, *args, **kwargs)"), |_, args| {
        let Some(f) = args.get(0) else {
            return exc::type_error(format_args!("call expected at least 1 argument, got 0"));
        };
        call(f, &args.rest())
    })
    .doc("Same as obj(*args, **kwargs)."),
    binary!("_compare_digest($module, a, b, /)", "Return 'a == b'.\n\nThis function uses an approach designed to prevent\ntiming analysis, making it appropriate for cryptography.\n\na and b must both be of the same type: either str (ASCII only),\nor any bytes-like object.\n\nNote: If a and b are of different lengths, or if an error occurs,\na timing attack could theoretically reveal information about the\ntypes and lengths of a and b--but not their values.", compare_digest),
];

/// CPython: PySequence_Concat, PySequence_InPlaceConcat.
fn concat(a: Ref, b: Ref, in_place: bool) -> PyResult {
    let s = a.ty().slots();
    if let Some(f) = s.sq_inplace_concat.filter(|_| in_place).or(s.sq_concat) {
        return f(a, b);
    }
    if is_sequence(a) && is_sequence(b) {
        let r = op(a, b, if in_place { nb::ADD + nb::INPLACE } else { nb::ADD });
        if r.is_ok() || !exc::raised_is(&exc::types::TYPE_ERROR) {
            return r;
        }
        drop(exc::take());
    }
    exc::type_error(format_args!("'{}' object can't be concatenated", a.ty().full_name()))
}
fn is_sequence(v: Ref) -> bool {
    !v.ty().has(type_flag::DICT) && v.ty().slots().sq_item.is_some()
}
fn count_of(a: Ref, v: Ref) -> PyResult {
    let mut n = 0;
    iterators::for_each(a, |item| {
        n += protocol::equal(item.r(), v)? as usize;
        Ok(())
    })?;
    Ok(Own::usize(n))
}
fn index_of(a: Ref, v: Ref) -> PyResult {
    let it = protocol::iter(a)?;
    let mut i = 0;
    while let Some(item) = iterators::next(it.r())? {
        if protocol::equal(item.r(), v)? {
            return Ok(Own::usize(i));
        }
        i += 1;
    }
    exc::value_error(format_args!("sequence.index(x): x not in sequence"))
}
/// Equality of two byte strings in a time that depends on their lengths only.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let differ = a
        .iter()
        .zip(b)
        .fold((a.len() != b.len()) as u8, |d, (x, y)| d | (x ^ y));
    core::hint::black_box(differ) == 0
}
fn compare_digest(a: Ref, b: Ref) -> PyResult {
    if a.ty().has(type_flag::STR) && b.ty().has(type_flag::STR) {
        return match (str_::as_ascii(a), str_::as_ascii(b)) {
            (Some(x), Some(y)) => Ok(Own::bool(same_bytes(x.as_bytes(), y.as_bytes()))),
            _ => exc::type_error(format_args!(
                "comparing strings with non-ASCII characters is not supported"
            )),
        };
    }
    use pyaot_core::buffer;
    if !buffer::supports(a) || !buffer::supports(b) {
        return exc::type_error(format_args!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.ty().full_name(),
            b.ty().full_name()
        ));
    }
    let (x, y) = (buffer::contents(a)?, buffer::contents(b)?);
    Ok(Own::bool(same_bytes(&x, &y)))
}
