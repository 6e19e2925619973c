//! Printing of uncaught and unraisable exceptions to standard error.
use super::types::BaseException;
use crate::object::{Own, Ref, field};
use crate::types::traceback::{FrameObject, TracebackObject, line_of};
use crate::{object_protocol, types};
use std::fmt::Write;

/// The whole report of an exception, with its chain.
pub fn format(e: Ref) -> String {
    let mut out = String::new();
    chain(e, &mut out, &mut Vec::new());
    out
}

fn cast(e: Ref<'_>) -> &BaseException {
    // SAFETY: the caller passes an exception.
    unsafe { e.cast() }
}

fn chain(e: Ref, out: &mut String, seen: &mut Vec<u64>) {
    seen.push(e.value().0);
    let b = cast(e);
    if let Some(cause) = field(&b.cause) {
        if !seen.contains(&cause.value().0) {
            chain(cause, out, seen);
            out.push_str("\nThe above exception was the direct cause of the following exception:\n\n");
        }
    } else if let Some(context) = field(&b.context).filter(|_| !b.suppress_context.get()) {
        if !seen.contains(&context.value().0) {
            chain(context, out, seen);
            out.push_str("\nDuring handling of the above exception, another exception occurred:\n\n");
        }
    }
    one(e, out);
}

fn one(e: Ref, out: &mut String) {
    let mut at = field(&cast(e).traceback);
    if at.is_some() {
        out.push_str("Traceback (most recent call last):\n");
    }
    while let Some(t) = at {
        // SAFETY: the field holds a traceback.
        let t = unsafe { t.cast::<TracebackObject>() };
        if let Some(f) = field(&t.frame) {
            // SAFETY: the field holds a frame.
            let code = unsafe { f.cast::<FrameObject>() }.code;
            let _ = writeln!(
                out,
                "  File \"{}\", line {}, in {}",
                types::str::to_string_lossy(Ref::from_value(code.filename.get())),
                line_of(t).unwrap_or(0),
                types::str::to_string_lossy(Ref::from_value(code.qualname.get()))
            );
        }
        at = field(&t.next);
    }
    let name = e.ty().full_name();
    match object_protocol::str(e) {
        Ok(text) if types::str::len(text.r()) == 0 => {
            let _ = writeln!(out, "{name}");
        }
        Ok(text) => {
            let _ = writeln!(out, "{name}: {}", types::str::to_string_lossy(text.r()));
        }
        Err(_) => {
            drop(super::take());
            let _ = writeln!(out, "{name}: <exception str() failed>");
        }
    }
}

/// "Exception ignored in: …" for errors that nobody can catch.
pub fn unraisable(message: &str, object: Option<Own>, e: Own) {
    let mut out = String::new();
    match object {
        Some(o) => {
            let text = object_protocol::repr(o.r()).map_or("<object repr() failed>".to_owned(), |r| {
                types::str::to_string_lossy(r.r())
            });
            let _ = writeln!(out, "{message}: {text}");
        }
        None => {
            let _ = writeln!(out, "{message}:");
        }
    }
    drop(super::take());
    one(e.r(), &mut out);
    eprint!("{out}");
}
