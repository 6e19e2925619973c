//! The functions of `builtins`, in alphabetical order (CPython: Python/bltinmodule.c).
use crate::call::{self, Args, Bound, MethodDef, bound, noargs, one, raw, sig};
use crate::object::{Own, PyResult, Ref, Value};
use crate::typeobj::CompareOp;
use crate::types::generator::sink::{self, Best, Sink, next_beside, sink_for, sink_kind};
use crate::{exc, exec, istr, object_protocol as protocol, types};
use pyaot_abi::type_flag;

pub static FUNCTIONS: &[MethodDef] = &[
    crate::call::raw(
        sig!("__build_class__(func, name, /, *bases, [metaclass], **kwds)"),
        types::build_class::call,
    ),
    bound(
        sig!("__import__(name, globals=None, locals=None, fromlist=(), level=0)"),
        import,
    ),
    one(sig!("abs(number, /)"), |_, v| protocol::absolute(v)),
    one(sig!("aiter(async_iterable, /)"), |_, v| aiter(v)),
    one(sig!("all(iterable, /)"), |_, v| all(v)),
    bound(sig!("anext(aiterator, default=<unrepresentable>, /)"), anext),
    one(sig!("any(iterable, /)"), |_, v| any(v)),
    one(sig!("ascii(obj, /)"), |_, v| crate::format::ascii(v)),
    one(sig!("bin(number, /)"), |_, v| prefixed(v, 2)),
    one(sig!("callable(obj, /)"), |_, v| {
        Ok(Own::bool(v.ty().head.vectorcall.get().is_some()))
    }),
    one(sig!("chr(i, /)"), |_, v| chr(v)),
    bound(sig!("delattr(obj, name, /)"), |_, b| {
        let name = attribute_name(b.arg(1))?;
        protocol::set_attr(b.arg(0), name.r(), None)?;
        Ok(Own::none())
    }),
    bound(sig!("dir(object=None, /)"), |_, b| dir(b.get(0))),
    bound(sig!("divmod(x, y, /)"), |_, b| protocol::divmod(b.arg(0), b.arg(1))),
    bound(sig!("eval(source, /, globals=None, locals=None)"), |_, b| {
        super::texts::eval(b)
    }),
    bound(
        sig!("exec(source, /, globals=None, locals=None, *, closure=None)"),
        |_, b| super::texts::exec(b),
    ),
    bound(
        sig!("compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"),
        |_, _| no_runtime_code("compile"),
    ),
    bound(sig!("format(value, format_spec='', /)"), |_, b| match b.get(1) {
        Some(spec) if !spec.ty().has(type_flag::STR) => exc::type_error(format_args!(
            "format() argument 2 must be str, not {}",
            spec.ty().name()
        )),
        Some(spec) => crate::format::format(b.arg(0), Some(spec)),
        None => crate::format::format(b.arg(0), None),
    }),
    bound(sig!("getattr(object, name, default=None, /)"), getattr),
    noargs(sig!("globals()"), |_| match exec::frames::globals(0) {
        Some(d) => Ok(d.own()),
        None => exc::system_error(format_args!("globals() needs a running Python frame")),
    }),
    bound(sig!("hasattr(obj, name, /)"), |_, b| {
        let name = attribute_name(b.arg(1))?;
        Ok(Own::bool(protocol::get_attr_opt(b.arg(0), name.r())?.is_some()))
    }),
    one(sig!("hash(obj, /)"), |_, v| Ok(Own::int(protocol::hash(v)?))),
    one(sig!("hex(number, /)"), |_, v| prefixed(v, 16)),
    one(sig!("id(obj, /)"), |_, v| Ok(Own::uint(v.value().0))),
    bound(sig!("isinstance(obj, class_or_tuple, /)"), |_, b| {
        Ok(Own::bool(protocol::is_instance(b.arg(0), b.arg(1))?))
    }),
    bound(sig!("issubclass(cls, class_or_tuple, /)"), |_, b| {
        Ok(Own::bool(protocol::is_subclass(b.arg(0), b.arg(1))?))
    }),
    raw(sig!("iter(object, sentinel=None, /)"), |_, a| {
        a.no_keywords("iter")?;
        a.count("iter", 1, 2)?;
        let v = a.get(0).expect("count tested");
        match a.get(1) {
            None => protocol::iter(v),
            Some(_) if v.ty().head.vectorcall.get().is_none() => {
                exc::type_error(format_args!("iter(v, w): v must be callable"))
            }
            Some(sentinel) => types::iterators::sequence::callable_iterator(v, sentinel),
        }
    }),
    one(sig!("len(obj, /)"), |_, v| Ok(Own::usize(protocol::len(v)?))),
    noargs(sig!("locals()"), |_| locals()),
    raw(sig!("max(iterable, *[, default=obj, key=func])"), |_, a| {
        min_max(a, "max", CompareOp::Gt)
    }),
    raw(sig!("min(iterable, *[, default=obj, key=func])"), |_, a| {
        min_max(a, "min", CompareOp::Lt)
    }),
    bound(sig!("next(iterator, default=None, /)"), next),
    one(sig!("oct(number, /)"), |_, v| prefixed(v, 8)),
    one(sig!("ord(character, /)"), |_, v| ord(v)),
    bound(sig!("pow(base, exp, mod=None)"), |_, b| {
        protocol::power(b.arg(0), b.arg(1), b.get(2).unwrap_or(Ref::from_value(Value::NONE)))
    }),
    bound(
        sig!("print(*args, sep=' ', end='\\n', file=None, flush=False)"),
        |_, b| super::print::print(b),
    ),
    bound(sig!("input(prompt='', /)"), |_, b| super::print::input(b.get(0))),
    one(sig!("repr(obj, /)"), |_, v| protocol::repr(v)),
    bound(sig!("round(number, ndigits=None)"), |_, b| {
        round(b.arg(0), b.get_not_none(1))
    }),
    bound(sig!("setattr(obj, name, value, /)"), |_, b| {
        let name = attribute_name(b.arg(1))?;
        protocol::set_attr(b.arg(0), name.r(), Some(b.arg(2)))?;
        Ok(Own::none())
    }),
    raw(sig!("sorted(iterable, /, *, key=None, reverse=False)"), |_, a| {
        sorted(a)
    }),
    bound(sig!("sum(iterable, /, start=0)"), |_, b| sum(b.arg(0), b.get(1))),
    bound(sig!("vars(object=None, /)"), |_, b| match b.get(0) {
        None => locals(),
        Some(v) => match protocol::get_attr_opt(v, istr!("__dict__"))? {
            Some(d) => Ok(d),
            None => exc::type_error(format_args!("vars() argument must have __dict__ attribute")),
        },
    }),
];

fn import(_: Ref, b: &Bound) -> PyResult {
    if !b.arg(0).ty().has(type_flag::STR) {
        return exc::type_error(format_args!("module name must be a string"));
    }
    let level = b.get(4).map_or(Ok(0), types::int::as_isize)?;
    let none = Ref::from_value(Value::NONE);
    crate::entry::imports::import(b.arg(0), b.get(1), b.get(3).unwrap_or(none), level as i64)
}

#[cold]
fn no_runtime_code(name: &str) -> PyResult {
    exc::not_implemented_error(format_args!(
        "{name}() is not available in this executable: pyaot compiles ahead of time and links no interpreter"
    ))
}

fn attribute_name(name: Ref) -> PyResult {
    if !name.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "attribute name must be string, not '{}'",
            name.ty().name()
        ));
    }
    Ok(name.own())
}

fn aiter(v: Ref) -> PyResult {
    let Some(f) = v.ty().slots().am_aiter else {
        return exc::type_error(format_args!("'{}' object is not an async iterable", v.ty().name()));
    };
    let it = f(v)?;
    if it.r().ty().slots().am_anext.is_none() {
        return exc::type_error(format_args!(
            "aiter() returned not an async iterator of type '{}'",
            it.r().ty().name()
        ));
    }
    Ok(it)
}
fn anext(_: Ref, b: &Bound) -> PyResult {
    let it = b.arg(0);
    let Some(f) = it.ty().slots().am_anext else {
        return exc::type_error(format_args!("'{}' object is not an async iterator", it.ty().name()));
    };
    let awaitable = f(it)?;
    match b.get(1) {
        None => Ok(awaitable),
        Some(default) => types::generator::anext_with_default(awaitable, default),
    }
}

pub fn all(v: Ref) -> PyResult {
    let it = protocol::iter(v)?;
    let sink = sink_for(it.r(), sink_kind::TRUE, Value::NULL);
    while let Some(x) = next_beside(it.r(), &sink)? {
        if !protocol::truth(x.r())? {
            return Ok(Own::bool(false));
        }
    }
    Ok(Own::bool(true))
}
pub fn any(v: Ref) -> PyResult {
    let it = protocol::iter(v)?;
    let sink = sink_for(it.r(), sink_kind::FALSE, Value::NULL);
    while let Some(x) = next_beside(it.r(), &sink)? {
        if protocol::truth(x.r())? {
            return Ok(Own::bool(true));
        }
    }
    Ok(Own::bool(false))
}

/// `bin`, `oct`, `hex`.
fn prefixed(v: Ref, base: u32) -> PyResult {
    let i = protocol::index(v)?;
    let view = types::int::view(i.r());
    let digits = types::int::convert::digits(view, base)?;
    let mut out = Vec::with_capacity(digits.len() + 3);
    if view.is_negative() {
        out.push(b'-');
    }
    out.extend_from_slice(pyaot_text::int_text::prefix(base));
    out.extend_from_slice(&digits);
    types::str::from_ascii(&out)
}

pub(crate) fn chr(v: Ref) -> PyResult {
    let i = protocol::index(v)?;
    match types::int::convert::to_i64(i.r()) {
        Some(c) if (0..0x11_0000).contains(&c) => types::str::char_object(c as u32),
        _ => exc::value_error(format_args!("chr() arg not in range(0x110000)")),
    }
}
/// CPython: builtin_ord.
pub(crate) fn ord(v: Ref) -> PyResult {
    let n = if v.ty().has(type_flag::STR) {
        let n = types::str::len(v);
        if n == 1 {
            return Ok(Own::int(types::str::code_point(types::str::cast(v), 0) as i64));
        }
        n
    } else if v.ty().has(type_flag::BYTES) {
        let b = types::bytes::as_slice(v);
        if let [c] = b {
            return Ok(Own::int(*c as i64));
        }
        b.len()
    } else if v.ty().has(type_flag::BYTEARRAY) {
        let b = types::bytes::object_bytes(v)?;
        if let [c] = types::bytes::as_slice(b.r()) {
            return Ok(Own::int(*c as i64));
        }
        types::bytes::as_slice(b.r()).len()
    } else {
        return exc::type_error(format_args!(
            "ord() expected string of length 1, but {} found",
            v.ty().name()
        ));
    };
    exc::type_error(format_args!(
        "ord() expected a character, but string of length {n} found"
    ))
}

/// `dir()`: names of the calling frame's globals at module level; `dir(v)`: sorted `v.__dir__()`.
fn dir(v: Option<Ref>) -> PyResult {
    let names = match v {
        None => return sorted_names(locals()?.r()),
        Some(v) => match call::call_special(v, istr!("__dir__"), &[]) {
            Some(r) => types::list::from_iterable(r?.r())?,
            None => return exc::type_error(format_args!("object does not provide __dir__")),
        },
    };
    call::call_method(names.r(), istr!("sort"), &[])?;
    Ok(names)
}

/// `dir()` of a frame with this mapping of its locals.
pub fn sorted_names(mapping: Ref) -> PyResult {
    let names = types::list::from_iterable(mapping)?;
    call::call_method(names.r(), istr!("sort"), &[])?;
    Ok(names)
}

fn getattr(_: Ref, b: &Bound) -> PyResult {
    let name = attribute_name(b.arg(1))?;
    match b.get(2) {
        None => protocol::get_attr(b.arg(0), name.r()),
        Some(default) => Ok(protocol::get_attr_opt(b.arg(0), name.r())?.unwrap_or_else(|| default.own())),
    }
}

/// Module level: the globals. Functions keep their locals in registers; the compiler makes their dict where it sees the call.
fn locals() -> PyResult {
    match exec::frames::at(0) {
        Some((code, _)) if code.flags & 2 == 0 => Ok(exec::frames::globals(0).map_or(Own::none(), Ref::own)),
        _ => exc::runtime_error(format_args!(
            "locals() of a function is only available where it is called by that name"
        )),
    }
}

/// CPython: min_max.
fn min_max(a: &Args, name: &'static str, op: CompareOp) -> PyResult {
    let (mut key, mut default) = (None, None);
    const NAMES: &[&str] = &["key", "default"];
    if a.keyword_count() > NAMES.len() {
        return call::bind::too_many(name, NAMES.len(), 0, a.keyword_count());
    }
    for (k, v) in a.keywords() {
        match types::str::as_ascii(k) {
            Some("key") => key = Some(v).filter(|v| !v.is_none()),
            Some("default") => default = Some(v),
            _ => return call::bind::unexpected_keyword(name, NAMES, a),
        }
    }
    if a.pos().is_empty() {
        return exc::type_error(format_args!("{name} expected at least 1 argument, got 0"));
    }
    if a.len() > 1 && default.is_some() {
        return exc::type_error(format_args!(
            "Cannot specify a default for {name}() with multiple positional arguments"
        ));
    }
    let consider = |best: &mut Option<(Own, Own)>, item: Own| -> PyResult<()> {
        let value = match key {
            Some(f) => call::call1(f, item.r())?,
            None => item.clone(),
        };
        let better = match &*best {
            None => true,
            Some((_, b)) => {
                let (v, b) = (value.r(), b.r());
                let known = match op {
                    CompareOp::Lt => types::list::heap::quick_less(v.value(), b.value()),
                    _ => types::list::heap::quick_less(b.value(), v.value()),
                };
                match known {
                    Some(better) => better,
                    None => protocol::truth(protocol::compare(v, b, op)?.r())?,
                }
            }
        };
        if better {
            *best = Some((item, value));
        }
        Ok(())
    };
    let mut best: Option<(Own, Own)> = None;
    if a.len() > 1 {
        for v in a.iter() {
            consider(&mut best, v.own())?;
        }
    } else {
        let it = protocol::iter(a.get(0).expect("length tested"))?;
        let sink = Sink::new(sink_kind::NONE, Value::NULL);
        let keeps = key.is_none() && sink::reaches(it.r());
        loop {
            let next = next_beside(it.r(), &sink)?;
            if keeps && let Some(number) = sink.best() {
                best = Some((number.clone(), number));
            }
            let Some(item) = next else { break };
            consider(&mut best, item)?;
            if let (true, Some((_, value))) = (keeps, &best) {
                sink.keep_best(value.r(), op == CompareOp::Lt);
            }
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(d)) => Ok(d.own()),
        (None, None) => exc::value_error(format_args!("{name}() iterable argument is empty")),
    }
}

/// `next(it)`.
pub fn next_item(it: Ref) -> PyResult {
    let Some(f) = it.ty().slots().iternext else {
        return exc::type_error(format_args!("'{}' object is not an iterator", it.ty().name()));
    };
    match f(it)? {
        Some(v) => Ok(v),
        None => exc::stop_iteration(None),
    }
}

fn next(_: Ref, b: &Bound) -> PyResult {
    let it = b.arg(0);
    let Some(f) = it.ty().slots().iternext else {
        return exc::type_error(format_args!("'{}' object is not an iterator", it.ty().name()));
    };
    match (f(it), b.get(1)) {
        (Ok(Some(v)), _) => Ok(v),
        (Ok(None), Some(d)) => Ok(d.own()),
        (Ok(None), None) => exc::stop_iteration(None),
        (Err(_), Some(d)) if exc::raised_is(&exc::types::STOP_ITERATION) => {
            drop(exc::take());
            Ok(d.own())
        }
        (Err(e), _) => Err(e),
    }
}

fn round(v: Ref, ndigits: Option<Ref>) -> PyResult {
    let args = ndigits.map_or(vec![], |n| vec![n]);
    match call::call_special_optional(v, istr!("__round__"), &args) {
        Some(r) => r,
        None => exc::type_error(format_args!("type {} doesn't define __round__ method", v.ty().name())),
    }
}

fn sorted(a: &Args) -> PyResult {
    if a.len() != 1 {
        return exc::type_error(format_args!("sorted expected 1 argument, got {}", a.len()));
    }
    let list = types::list::from_iterable(a.get(0).expect("length tested"))?;
    let (all, _, names) = a.raw();
    let sort = protocol::get_attr(list.r(), istr!("sort"))?;
    call::call(sort.r(), &Args::new(&all[1..], 0, names))?;
    Ok(list)
}

/// CPython: builtin_sum_impl: exact ints in a machine word, floats with compensated summation, then generic addition.
pub(crate) fn sum(v: Ref, start: Option<Ref>) -> PyResult {
    let mut total = match start {
        None => Own::int(0),
        Some(s) => {
            if s.ty().has(type_flag::STR) {
                return exc::type_error(format_args!("sum() can't sum strings [use ''.join(seq) instead]"));
            }
            if s.ty().has(type_flag::BYTES) {
                return exc::type_error(format_args!("sum() can't sum bytes [use b''.join(seq) instead]"));
            }
            if s.ty().has(type_flag::BYTEARRAY) {
                return exc::type_error(format_args!("sum() can't sum bytearray [use b''.join(seq) instead]"));
            }
            s.own()
        }
    };
    let it = protocol::iter(v)?;
    if let Some(start) = total.r().small_int() {
        let sink = sink_for(it.r(), sink_kind::SUM, Value::NULL);
        sink.number.set(start);
        let rest = loop {
            let Some(x) = next_beside(it.r(), &sink)? else {
                return Ok(Own::int(sink.number.get()));
            };
            let is_true = || x.value().is_bool().then_some((x.value() == Value::TRUE) as i64);
            let sum = x
                .r()
                .small_int()
                .or_else(is_true)
                .and_then(|n| sink.number.get().checked_add(n));
            match sum {
                Some(sum) => sink.number.set(sum),
                None => break x,
            }
        };
        total = protocol::add(Own::int(sink.number.get()).r(), rest.r())?;
    }
    if total.r().is_exact::<types::float::FloatObject>() {
        return sum_floats(total, it);
    }
    while let Some(x) = protocol::next(it.r())? {
        total = protocol::add(total.r(), x.r())?;
    }
    Ok(total)
}
/// Neumaier summation, as CPython since 3.12.
fn sum_floats(total: Own, it: Own) -> PyResult {
    let sink = sink_for(it.r(), sink_kind::FLOAT_SUM, Value::NULL);
    sink.float.set(types::float::value(total.r()).unwrap_or(0.0));
    let close = || {
        let (sum, rest) = (sink.float.get(), sink.rest.get());
        Own::float(if rest != 0.0 && rest.is_finite() {
            sum + rest
        } else {
            sum
        })
    };
    loop {
        let Some(x) = next_beside(it.r(), &sink)? else {
            return Ok(close());
        };
        let number = match x.r().is_exact::<types::float::FloatObject>() {
            true => types::float::value(x.r()),
            // Ints too, of any size, also of subclasses.
            false => match types::int::view_opt(x.r()) {
                Some(_) => Some(types::int::convert::as_f64(x.r())?),
                None => None,
            },
        };
        if let Some(f) = number {
            sink.add_float(f);
            continue;
        }
        let mut total = protocol::add(close().r(), x.r())?;
        while let Some(x) = protocol::next(it.r())? {
            total = protocol::add(total.r(), x.r())?;
        }
        return Ok(total);
    }
}
