//! The codec registry: search functions, their answers by normalised name, and error handlers by name.
//! CPython: Python/codecs.c. The package `encodings` registers its search function when it is imported, which happens at the first
//! look-up.
use super::handlers;
use crate::call::{Args, call, call1};
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::types::{bytes, str as str_, tuple};
use crate::{istr, object_protocol};
use core::cell::{Cell, RefCell};

struct State {
    search: RefCell<Vec<Own>>,
    found: RefCell<Vec<(String, Own)>>,
    errors: RefCell<Vec<(String, Own)>>,
    /// `encodings` was asked for.
    imported: Cell<bool>,
}
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State {
    search: RefCell::new(Vec::new()),
    found: RefCell::new(Vec::new()),
    errors: RefCell::new(Vec::new()),
    imported: Cell::new(false),
};

/// Whether the package `encodings` can be had: where it was left out of the executable, the built-in encodings stand in for it.
pub fn has_encodings() -> bool {
    prepare();
    !STATE.search.borrow().is_empty()
}

fn prepare() {
    if !STATE.imported.replace(true) && crate::import::import_module("encodings").is_err() {
        drop(exc::take());
    }
}

/// `codecs.register(f)`.
pub fn register(f: Ref) -> PyResult<()> {
    if f.ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("argument must be callable"));
    }
    STATE.search.borrow_mut().push(f.own());
    Ok(())
}
/// `codecs.unregister(f)`.
pub fn unregister(f: Ref) {
    let gone = {
        let mut search = STATE.search.borrow_mut();
        let at = search.iter().position(|g| g.r().is(f));
        at.map(|i| (search.remove(i), STATE.found.take()))
    };
    drop(gone);
}

/// CPython: Python/codecs.c, normalizestring: lower case, and anything but letters, digits and dots becomes one underscore.
fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// `codecs.lookup(name)`: the tuple of a codec.
pub fn lookup(name: &str) -> PyResult {
    prepare();
    let key = normalize(name);
    if let Some((_, codec)) = STATE.found.borrow().iter().find(|(n, _)| *n == key) {
        return Ok(codec.clone());
    }
    let argument = Own::str(&key);
    let mut i = 0;
    loop {
        let Some(f) = STATE.search.borrow().get(i).cloned() else {
            return exc::lookup_error(format_args!("unknown encoding: {name}"));
        };
        i += 1;
        let codec = call1(f.r(), argument.r())?;
        if codec.r().is_none() {
            continue;
        }
        if !codec.r().ty().has(pyaot_abi::type_flag::TUPLE) || tuple::len(codec.r()) != 4 {
            return exc::type_error(format_args!("codec search functions must return 4-tuples"));
        }
        STATE.found.borrow_mut().push((key, codec.clone()));
        return Ok(codec);
    }
}

/// A codec that is no text encoding is refused by str.encode and bytes.decode; `alternate` names what to use instead.
fn lookup_text(name: &str, alternate: &str) -> PyResult {
    let codec = lookup(name)?;
    if !codec.r().is_exact::<tuple::TupleObject>() {
        if let Some(flag) = object_protocol::get_attr_opt(codec.r(), istr!("_is_text_encoding"))? {
            if !object_protocol::truth(flag.r())? {
                return exc::lookup_error(format_args!(
                    "'{name}' is not a text encoding; use {alternate} to handle arbitrary codecs"
                ));
            }
        }
    }
    Ok(codec)
}

/// Calls function `which` (0 encode, 1 decode) of a codec and gives the first item of its answer.
fn run(codec: Ref, which: usize, object: Ref, errors: Option<&str>) -> PyResult {
    let f = tuple::get(codec, which).own();
    let r = match errors {
        Some(e) => {
            let e = Own::str(e);
            call(f.r(), &Args::positional(&[object, e.r()]))
        }
        None => call1(f.r(), object),
    }?;
    if !r.r().ty().has(pyaot_abi::type_flag::TUPLE) || tuple::len(r.r()) != 2 {
        return exc::type_error(format_args!(
            "{} must return a tuple (object, integer)",
            if which == 0 { "encoder" } else { "decoder" }
        ));
    }
    Ok(tuple::get(r.r(), 0).own())
}

/// CPython adds a note that names the codec to errors of arbitrary codecs: "encoding with 'hex' codec failed".
fn noted(r: PyResult, what: &str, name: &str) -> PyResult {
    if r.is_err() {
        let e = exc::take();
        if let Some(e) = e {
            let note = Own::str(&format!("{what} with '{name}' codec failed"));
            if object_protocol::get_attr_opt(e.r(), istr!("add_note"))?.is_some() {
                drop(crate::call::call_method(e.r(), istr!("add_note"), &[note.r()])?);
            }
            return exc::restore(e);
        }
    }
    r
}

/// `codecs.encode(object, name, errors)`.
pub fn encode(object: Ref, name: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup(name)?;
    noted(run(codec.r(), 0, object, errors), "encoding", name)
}
/// `codecs.decode(object, name, errors)`.
pub fn decode(object: Ref, name: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup(name)?;
    noted(run(codec.r(), 1, object, errors), "decoding", name)
}

/// `s.encode(name, errors)` through the registry.
pub fn encode_text(s: Ref, name: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup_text(name, "codecs.encode()")?;
    let r = noted(run(codec.r(), 0, s, errors), "encoding", name)?;
    if bytes::is_bytes(r.r()) {
        return Ok(r);
    }
    if crate::types::bytearray::is_bytearray(r.r()) {
        return bytes::from_slice(crate::types::bytearray::as_slice(r.r()));
    }
    exc::type_error(format_args!(
        "'{name}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        r.r().ty().full_name()
    ))
}
/// `b.decode(name, errors)` through the registry.
pub fn decode_text(b: Ref, name: &str, errors: Option<&str>) -> PyResult {
    let codec = lookup_text(name, "codecs.decode()")?;
    let r = noted(run(codec.r(), 1, b, errors), "decoding", name)?;
    if str_::is_str(r.r()) {
        return Ok(r);
    }
    exc::type_error(format_args!(
        "'{name}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        r.r().ty().full_name()
    ))
}

// ---- error handlers ----

/// `codecs.register_error(name, handler)`.
pub fn register_error(name: &str, handler: Ref) -> PyResult<()> {
    if handler.ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("handler must be callable"));
    }
    let old = {
        let mut all = STATE.errors.borrow_mut();
        match all.iter_mut().find(|(n, _)| n == name) {
            Some((_, h)) => Some(core::mem::replace(h, handler.own())),
            None => {
                all.push((name.to_owned(), handler.own()));
                None
            }
        }
    };
    drop(old);
    Ok(())
}
/// `_codecs._unregister_error(name)`: false when there is none.
pub fn unregister_error(name: &str) -> PyResult<bool> {
    if handlers::FUNCTIONS.iter().any(|(n, _)| *n == name) {
        return exc::value_error(format_args!("cannot un-register built-in error handler '{name}'"));
    }
    let mut all = STATE.errors.borrow_mut();
    let Some(i) = all.iter().position(|(n, _)| n == name) else {
        return Ok(false);
    };
    let gone = all.remove(i);
    drop(all);
    drop(gone);
    Ok(true)
}
/// `codecs.lookup_error(name)`.
pub fn lookup_error(name: &str) -> PyResult {
    if let Some((_, h)) = STATE.errors.borrow().iter().find(|(n, _)| n == name) {
        return Ok(h.clone());
    }
    match handlers::FUNCTIONS.iter().find(|(n, _)| *n == name) {
        Some((_, def)) => {
            let f = crate::call::builtin::new(def, None, None)?;
            register_error(name, f.r())?;
            Ok(f)
        }
        None => exc::lookup_error(format_args!("unknown error handler name '{name}'")),
    }
}

/// A handler that is looked up at the first error.
pub struct Lazy<'a> {
    name: &'a str,
    handler: Option<Own>,
}
pub fn lookup_error_lazy(name: &str) -> Lazy<'_> {
    Lazy { name, handler: None }
}
impl Lazy<'_> {
    pub fn get(&mut self) -> PyResult<Ref<'_>> {
        let handler = match self.handler.take() {
            Some(h) => h,
            None => lookup_error(self.name)?,
        };
        Ok(self.handler.insert(handler).r())
    }
}
