//! What a Python class has in its slots: functions that look the dunder method up on the type and call it
//! (CPython: Objects/typeobject.c, slot_tp_repr and its family).
pub use super::python_buffer::{getbuffer as bf_getbuffer, releasebuffer as bf_releasebuffer};
use super::{CompareOp, Slots, TypeObject};
use crate::call::{self, Args};
use crate::object::{Own, PyResult, Raised, Ref, Value};
use crate::object_protocol as protocol;
use crate::{exc, istr, types};
use pyaot_abi::type_flag;

/// A special method of the object's type, and whether the object goes in front of the arguments
/// (CPython: lookup_method).
#[inline]
pub fn lookup_method(obj: Ref, name: Ref) -> PyResult<Option<(Own, bool)>> {
    let ty = obj.ty();
    let Some(d) = ty.lookup(name) else { return Ok(None) };
    let d = d.own();
    if d.r().ty().has(type_flag::METHOD_DESCRIPTOR) {
        return Ok(Some((d, true)));
    }
    match d.r().ty().slots().descr_get {
        Some(get) => Ok(Some((get(d.r(), Some(obj), Some(ty.r()))?, false))),
        None => Ok(Some((d, false))),
    }
}

/// As [`lookup_method`], where a method whose `__get__` raises AttributeError counts as absent (CPython: lookup_maybe_method).
#[inline]
pub fn lookup_optional(obj: Ref, name: Ref) -> PyResult<Option<(Own, bool)>> {
    match lookup_method(obj, name) {
        Err(Raised) if exc::raised_is(&exc::types::ATTRIBUTE_ERROR) => {
            drop(exc::take());
            Ok(None)
        }
        found => found,
    }
}

/// A special method that is a Python function with just these parameters, called straight.
#[inline]
fn call_function(args: &[Ref], name: Ref) -> Option<PyResult> {
    let method = args[0].ty().lookup(name)?;
    let f = method.downcast_exact::<pyaot_abi::FunctionObject>()?;
    if f.fast_arity.get() != args.len() as u32 {
        return None;
    }
    // The function may be replaced while it runs.
    let held = method.own();
    let words = args.as_ptr().cast::<Value>().cast_mut();
    // SAFETY: a slice of `Ref` is one of words; a direct entry of so many parameters takes none of them.
    let r = unsafe { types::function::call_direct(held.value(), f.direct.get(), words, args.len()) };
    Some(Own::from_abi(r))
}

/// Calls special method `name` of `args[0]`'s type with the rest; `None` when the type has none.
#[inline]
pub fn call_maybe(args: &[Ref], name: Ref) -> PyResult<Option<Own>> {
    call_found(lookup_method, args, name)
}
/// As [`call_maybe`], with [`lookup_optional`].
#[inline]
fn call_optional(args: &[Ref], name: Ref) -> PyResult<Option<Own>> {
    call_found(lookup_optional, args, name)
}
#[inline(always)]
fn call_found(
    lookup: impl Fn(Ref, Ref) -> PyResult<Option<(Own, bool)>>,
    args: &[Ref],
    name: Ref,
) -> PyResult<Option<Own>> {
    // The method may be one that comes back here without a Python function in between.
    exc::recursion_guard("")?;
    if let Some(r) = call_function(args, name) {
        return r.map(Some);
    }
    match lookup(args[0], name)? {
        Some((f, true)) => call::call(f.r(), &Args::positional(args)).map(Some),
        Some((f, false)) => call::call(f.r(), &Args::positional(&args[1..])).map(Some),
        None => Ok(None),
    }
}
/// Like [`call_maybe`]; AttributeError naming the method when there is none.
pub fn call_method(args: &[Ref], name: Ref) -> PyResult {
    match call_maybe(args, name)? {
        Some(v) => Ok(v),
        None => exc::raise_value(&exc::types::ATTRIBUTE_ERROR, name.own()),
    }
}
fn call_or_not_implemented(args: &[Ref], name: Ref) -> PyResult {
    Ok(call_optional(args, name)?.unwrap_or_else(Own::not_implemented))
}

/// Runs `f` with `first` in front of the arguments.
pub fn with_first<R>(first: Ref, args: &Args, f: impl FnOnce(&Args) -> R) -> R {
    let (all, nargs, kwnames) = args.raw();
    let mut small = [Value::NULL; 12];
    if all.len() < small.len() {
        small[0] = first.value();
        small[1..=all.len()].copy_from_slice(all);
        return f(&Args::new(&small[..=all.len()], nargs + 1, kwnames));
    }
    let mut joined = Vec::with_capacity(all.len() + 1);
    joined.push(first.value());
    joined.extend_from_slice(all);
    f(&Args::new(&joined, nargs + 1, kwnames))
}

// ---- text, hash, truth ----

pub fn repr(v: Ref) -> PyResult {
    match call_optional(&[v], istr!("__repr__"))? {
        Some(r) => Ok(r),
        None => types::object::default_repr(v),
    }
}
pub fn str(v: Ref) -> PyResult {
    match call_maybe(&[v], istr!("__str__"))? {
        Some(r) => Ok(r),
        None => protocol::repr(v),
    }
}
pub fn hash(v: Ref) -> PyResult<i64> {
    let method = lookup_optional(v, istr!("__hash__"))?;
    let Some((f, unbound)) = method.filter(|(f, _)| !f.r().is_none()) else {
        return protocol::unhashable(v);
    };
    let r = if unbound {
        call::call1(f.r(), v)
    } else {
        call::call0(f.r())
    }?;
    if !r.r().ty().has(type_flag::INT) {
        return exc::type_error(format_args!("__hash__ method should return an integer"));
    }
    let h = match protocol::int_as_i64(r.r()) {
        Some(h) => h,
        None => protocol::hash(r.r())?,
    };
    Ok(if h == -1 { -2 } else { h })
}
pub fn nb_bool(v: Ref) -> PyResult<bool> {
    if let Some(r) = call_optional(&[v], istr!("__bool__"))? {
        if !r.value().is_bool() {
            return exc::type_error(format_args!(
                "__bool__ should return bool, returned {}",
                r.r().ty().name()
            ));
        }
        return Ok(r.value() == Value::TRUE);
    }
    match lookup_optional(v, istr!("__len__"))? {
        Some(_) => Ok(length(v)? != 0),
        None => Ok(true),
    }
}

// ---- calls, construction ----

pub fn call(v: Ref, args: &Args) -> PyResult {
    // `__call__` may be another object with a `__call__`.
    exc::recursion_guard(" while calling a Python object")?;
    match lookup_method(v, istr!("__call__"))? {
        Some((f, true)) => with_first(v, args, |a| call::call(f.r(), a)),
        Some((f, false)) => call::call(f.r(), args),
        None => exc::raise_value(&exc::types::ATTRIBUTE_ERROR, istr!("__call__").own()),
    }
}
pub fn init(v: Ref, args: &Args) -> PyResult<()> {
    let r = match lookup_method(v, istr!("__init__"))? {
        Some((f, true)) => with_first(v, args, |a| call::call(f.r(), a))?,
        Some((f, false)) => call::call(f.r(), args)?,
        None => return exc::raise_value(&exc::types::ATTRIBUTE_ERROR, istr!("__init__").own()),
    };
    check_init_result(r.r())
}
pub fn check_init_result(r: Ref) -> PyResult<()> {
    if r.is_none() {
        return Ok(());
    }
    exc::type_error(format_args!("__init__() should return None, not '{}'", r.ty().name()))
}
pub fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let f = protocol::get_attr(cls.r(), istr!("__new__"))?;
    with_first(cls.r(), args, |a| call::call(f.r(), a))
}
pub fn finalize(v: Ref) {
    // A finaliser runs between any two steps: the exception on its way must survive it.
    let raised = exc::take();
    match lookup_method(v, istr!("__del__")) {
        Ok(Some((f, unbound))) => {
            let r = if unbound {
                call::call1(f.r(), v)
            } else {
                call::call0(f.r())
            };
            if r.is_err() {
                exc::unraisable::write("Exception ignored while calling deallocator", Some(f.r()));
            }
        }
        Ok(None) => {}
        // CPython: slot_tp_finalize puts the exception back that was there before.
        Err(Raised) => drop(exc::take()),
    }
    if let Some(e) = raised {
        let _ = exc::restore::<()>(e);
    }
}

// ---- attributes, descriptors ----

pub fn getattro(v: Ref, name: Ref) -> PyResult {
    call_method(&[v, name], istr!("__getattribute__"))
}
/// `__getattribute__`, then `__getattr__` when that raised AttributeError.
pub fn getattr_hook(v: Ref, name: Ref) -> PyResult {
    let found = match v.ty().lookup(istr!("__getattribute__")) {
        Some(d) if types::descr::wrapper_owner(d).is_some_and(|o| core::ptr::eq(o, &types::object::OBJECT_TYPE)) => {
            protocol::generic_find_attr(v, name)
        }
        _ => getattro(v, name).map(Some),
    };
    match exc::swallow(found, &exc::types::ATTRIBUTE_ERROR)?.flatten() {
        Some(v) => Ok(v),
        None => call_method(&[v, name], istr!("__getattr__")),
    }
}
pub fn setattro(v: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
    match value {
        Some(x) => call_method(&[v, name, x], istr!("__setattr__")),
        None => call_method(&[v, name], istr!("__delattr__")),
    }
    .map(drop)
}
pub fn descr_get(d: Ref, obj: Option<Ref>, owner: Option<Ref>) -> PyResult {
    let none = Ref::from_value(Value::NONE);
    match d.ty().lookup(istr!("__get__")) {
        // `__get__` is looked up without binding: it is called with the descriptor itself.
        Some(f) => {
            let f = f.own();
            call::call3(f.r(), d, obj.unwrap_or(none), owner.unwrap_or(none))
        }
        None => Ok(d.own()),
    }
}
pub fn descr_set(d: Ref, obj: Ref, v: Option<Ref>) -> PyResult<()> {
    match v {
        Some(v) => call_method(&[d, obj, v], istr!("__set__")),
        None => call_method(&[d, obj], istr!("__delete__")),
    }
    .map(drop)
}

// ---- comparison ----

fn compare_name(op: CompareOp) -> Ref<'static> {
    match op {
        CompareOp::Lt => istr!("__lt__"),
        CompareOp::Le => istr!("__le__"),
        CompareOp::Eq => istr!("__eq__"),
        CompareOp::Ne => istr!("__ne__"),
        CompareOp::Gt => istr!("__gt__"),
        CompareOp::Ge => istr!("__ge__"),
    }
}
pub fn richcompare(a: Ref, b: Ref, op: CompareOp) -> PyResult {
    match lookup_optional(a, compare_name(op))? {
        Some((f, true)) => call::call2(f.r(), a, b),
        Some((f, false)) => call::call1(f.r(), b),
        None => Ok(Own::not_implemented()),
    }
}

// ---- iteration ----

pub fn iter(v: Ref) -> PyResult {
    match v.ty().lookup(istr!("__iter__")) {
        Some(f) if f.is_none() => protocol::not_iterable(v),
        Some(_) => match call_optional(&[v], istr!("__iter__"))? {
            Some(it) => Ok(it),
            None => protocol::not_iterable(v),
        },
        None if v.ty().lookup(istr!("__getitem__")).is_some() => types::seq_iter::new(v),
        None => protocol::not_iterable(v),
    }
}
/// StopIteration passes as it is: it may carry a value.
pub fn iternext(v: Ref) -> PyResult<Option<Own>> {
    call_method(&[v], istr!("__next__")).map(Some)
}
fn async_method(v: Ref, name: Ref, what: &str) -> PyResult {
    match call_optional(&[v], name)? {
        Some(r) => Ok(r),
        None => exc::attribute_error(format_args!("object {} does not have {what} method", v.ty().name())),
    }
}
pub fn am_await(v: Ref) -> PyResult {
    async_method(v, istr!("__await__"), "__await__")
}
pub fn am_aiter(v: Ref) -> PyResult {
    async_method(v, istr!("__aiter__"), "__aiter__")
}
pub fn am_anext(v: Ref) -> PyResult {
    async_method(v, istr!("__anext__"), "__anext__")
}

// ---- containers ----

/// `__len__`, checked (CPython: slot_sq_length).
pub fn length(v: Ref) -> PyResult<usize> {
    let r = call_method(&[v], istr!("__len__"))?;
    protocol::check_length(r.r())
}
pub fn mp_subscript(v: Ref, key: Ref) -> PyResult {
    call_method(&[v, key], istr!("__getitem__"))
}
pub fn mp_ass_subscript(v: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    match value {
        Some(x) => call_method(&[v, key, x], istr!("__setitem__")),
        None => call_method(&[v, key], istr!("__delitem__")),
    }
    .map(drop)
}
pub fn sq_item(v: Ref, i: isize) -> PyResult {
    mp_subscript(v, Own::int(i as i64).r())
}
pub fn sq_ass_item(v: Ref, i: isize, value: Option<Ref>) -> PyResult<()> {
    mp_ass_subscript(v, Own::int(i as i64).r(), value)
}
pub fn sq_contains(v: Ref, item: Ref) -> PyResult<bool> {
    match lookup_optional(v, istr!("__contains__"))? {
        Some((f, _)) if f.r().is_none() => {
            exc::type_error(format_args!("'{}' object is not a container", v.ty().name()))
        }
        Some((f, unbound)) => {
            let r = if unbound {
                call::call2(f.r(), v, item)
            } else {
                call::call1(f.r(), item)
            }?;
            protocol::truth(r.r())
        }
        None => protocol::contains_by_iteration(v, item),
    }
}

// ---- numbers ----

/// One binary slot of two operands of which at least one is an instance of a Python class
/// (CPython: Objects/typeobject.c, SLOT1BINFULL).
#[inline]
fn binary(
    a: Ref,
    b: Ref,
    has: fn(&Slots) -> bool,
    name: Ref,
    reflected: Ref,
    call: impl Fn(Ref, Ref, Ref) -> PyResult,
) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let mut do_other = !core::ptr::eq(ta, tb) && has(tb.slots());
    if has(ta.slots()) {
        if do_other && tb.is_subtype(ta) && overloaded(ta, tb, reflected) {
            let r = call(b, a, reflected)?;
            if !r.r().is_not_implemented() {
                return Ok(r);
            }
            do_other = false;
        }
        let r = call(a, b, name)?;
        if !r.r().is_not_implemented() || core::ptr::eq(ta, tb) {
            return Ok(r);
        }
    }
    if do_other {
        return call(b, a, reflected);
    }
    Ok(Own::not_implemented())
}
/// The right operand's type has a reflected method of its own (CPython: method_is_overloaded).
fn overloaded(left: &TypeObject, right: &TypeObject, name: Ref) -> bool {
    match (right.lookup(name), left.lookup(name)) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(r), Some(l)) => !r.is(l),
    }
}

macro_rules! unary_slots {
    ($($slot:ident $name:literal;)*) => {
        $(pub fn $slot(v: Ref) -> PyResult {
            call_method(&[v], istr!($name))
        })*
    };
}
unary_slots! {
    nb_negative "__neg__";
    nb_positive "__pos__";
    nb_absolute "__abs__";
    nb_invert "__invert__";
    nb_int "__int__";
    nb_float "__float__";
    nb_index "__index__";
}

macro_rules! binary_slots {
    ($($slot:ident $name:literal $reflected:literal;)*) => {
        $(pub fn $slot(a: Ref, b: Ref) -> PyResult {
            binary(
                a,
                b,
                |s| s.$slot.is_some_and(|f| core::ptr::eq(f as *const (), $slot as *const ())),
                istr!($name),
                istr!($reflected),
                |x, y, n| call_or_not_implemented(&[x, y], n),
            )
        })*
    };
}
binary_slots! {
    nb_add "__add__" "__radd__";
    nb_subtract "__sub__" "__rsub__";
    nb_multiply "__mul__" "__rmul__";
    nb_remainder "__mod__" "__rmod__";
    nb_divmod "__divmod__" "__rdivmod__";
    nb_lshift "__lshift__" "__rlshift__";
    nb_rshift "__rshift__" "__rrshift__";
    nb_and "__and__" "__rand__";
    nb_xor "__xor__" "__rxor__";
    nb_or "__or__" "__ror__";
    nb_floor_divide "__floordiv__" "__rfloordiv__";
    nb_true_divide "__truediv__" "__rtruediv__";
    nb_matrix_multiply "__matmul__" "__rmatmul__";
}

/// The reflected method of a binary operator by its NB_* number.
pub fn reflected_name(op: i32) -> Ref<'static> {
    use crate::object_protocol::nb;
    match op {
        nb::ADD => istr!("__radd__"),
        nb::AND => istr!("__rand__"),
        nb::FLOOR_DIVIDE => istr!("__rfloordiv__"),
        nb::LSHIFT => istr!("__rlshift__"),
        nb::MATRIX_MULTIPLY => istr!("__rmatmul__"),
        nb::MULTIPLY => istr!("__rmul__"),
        nb::REMAINDER => istr!("__rmod__"),
        nb::OR => istr!("__ror__"),
        nb::POWER => istr!("__rpow__"),
        nb::RSHIFT => istr!("__rrshift__"),
        nb::SUBTRACT => istr!("__rsub__"),
        nb::TRUE_DIVIDE => istr!("__rtruediv__"),
        _ => istr!("__rxor__"),
    }
}

/// Two-argument pow is like the other operators; with a modulus the methods get it too (CPython: slot_nb_power, 3.14).
pub fn nb_power(a: Ref, b: Ref, m: Ref) -> PyResult {
    binary(
        a,
        b,
        |s| {
            s.nb_power
                .is_some_and(|f| core::ptr::eq(f as *const (), nb_power as *const ()))
        },
        istr!("__pow__"),
        istr!("__rpow__"),
        |x, y, n| {
            if m.is_none() {
                call_or_not_implemented(&[x, y], n)
            } else {
                call_or_not_implemented(&[x, y, m], n)
            }
        },
    )
}

macro_rules! inplace_slots {
    ($($slot:ident $name:literal;)*) => {
        $(pub fn $slot(a: Ref, b: Ref) -> PyResult {
            call_method(&[a, b], istr!($name))
        })*
    };
}
inplace_slots! {
    nb_inplace_add "__iadd__";
    nb_inplace_subtract "__isub__";
    nb_inplace_multiply "__imul__";
    nb_inplace_remainder "__imod__";
    nb_inplace_lshift "__ilshift__";
    nb_inplace_rshift "__irshift__";
    nb_inplace_and "__iand__";
    nb_inplace_xor "__ixor__";
    nb_inplace_or "__ior__";
    nb_inplace_floor_divide "__ifloordiv__";
    nb_inplace_true_divide "__itruediv__";
    nb_inplace_matrix_multiply "__imatmul__";
}
pub fn nb_inplace_power(a: Ref, b: Ref, _m: Ref) -> PyResult {
    call_method(&[a, b], istr!("__ipow__"))
}
