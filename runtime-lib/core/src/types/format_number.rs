//! `__format__` of int, float and complex: the mini-language of `pyaot_text::format_spec` over objects.
use crate::object::{PyResult, Ref};
use crate::types::int::{self, View};
use crate::{exc, object_protocol, types};
use pyaot_abi::type_flag;
use pyaot_text::format_spec::{self as fs, ErrorKind, FormatError, IntAs, Of, Spec};

/// Raises what the algorithms report.
#[cold]
pub fn raise<R>(e: FormatError) -> PyResult<R> {
    match e.kind {
        ErrorKind::Value => exc::raise_value(&exc::types::VALUE_ERROR, types::str::from_buf(e.text)?),
        ErrorKind::Overflow => exc::raise_value(&exc::types::OVERFLOW_ERROR, types::str::from_buf(e.text)?),
        ErrorKind::Memory => exc::memory_error(),
    }
}

/// The spec of `__format__`'s argument; `None` when it is empty.
pub fn spec_of(v: Ref, spec: Ref, of: Of) -> PyResult<Option<Spec>> {
    if !spec.ty().has(type_flag::STR) {
        return exc::type_error(format_args!(
            "__format__() argument must be str, not {}",
            spec.ty().name()
        ));
    }
    if types::str::len(spec) == 0 {
        return Ok(None);
    }
    match Spec::parse(types::str::units(spec), of, v.ty().name()) {
        Ok(s) => Ok(Some(s)),
        Err(e) => raise(e),
    }
}
fn finish(r: Result<pyaot_text::StrBuf, FormatError>) -> PyResult {
    match r {
        Ok(b) => types::str::from_buf(b),
        Err(e) => raise(e),
    }
}

/// CPython: Python/formatter_unicode.c, _PyLong_FormatAdvancedWriter.
pub fn format_int(i: Ref, spec: Ref) -> PyResult {
    let Some(spec) = spec_of(i, spec, Of::Int)? else {
        return object_protocol::str(i);
    };
    let name = i.ty().name();
    match fs::int_as(&spec, name) {
        Ok(IntAs::Digits(base)) => match int::view(i) {
            View::Small(v) => finish(fs::format_i64(v, &spec)),
            v => finish(fs::format_int(v.is_negative(), &int::convert::digits(v, base)?, &spec)),
        },
        Ok(IntAs::Char) => finish(fs::format_char(int::convert::to_i64(i), &spec)),
        Ok(IntAs::Float) => finish(fs::format_float(int::as_f64(i)?, &spec, name)),
        Err(e) => raise(e),
    }
}

/// CPython: _PyFloat_FormatAdvancedWriter.
pub fn format_float(f: Ref, spec: Ref) -> PyResult {
    let Some(spec) = spec_of(f, spec, Of::Float)? else {
        return object_protocol::str(f);
    };
    finish(fs::format_float(types::float::as_f64(f)?, &spec, f.ty().name()))
}

/// CPython: _PyComplex_FormatAdvancedWriter.
pub fn format_complex(c: Ref, spec: Ref) -> PyResult {
    let Some(spec) = spec_of(c, spec, Of::Complex)? else {
        return object_protocol::str(c);
    };
    let (re, im) = types::complex::of(c);
    finish(fs::format_complex(re, im, &spec, c.ty().name()))
}
