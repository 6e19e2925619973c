//! Printing of exceptions: traceback, chain, notes, groups, syntax errors (CPython: Lib/traceback.py, TracebackException.format).
use super::group;
use super::types::{self as t, BaseException, own_fields};
use crate::exc::records;
use crate::object::{Own, Ref, field};
use crate::types::traceback::{FrameObject, TracebackObject, line_of, positions_at};
use crate::{istr, object_protocol as protocol, types};
use pyaot_abi::type_flag;
use std::fmt::Write;

pub mod anchors;
pub mod frame;
pub mod source;
pub mod suggest;
mod syntax_error;
pub mod theme;
mod width;

use frame::Entry;
use theme::{PLAIN, Theme};

const MAX_GROUP_WIDTH: usize = 15;
const MAX_GROUP_DEPTH: usize = 10;
/// Entries of one repeated place that are shown.
const REPEATS: usize = 3;

/// The whole report of an exception, with its chain.
pub fn format(e: Ref) -> String {
    format_with(e, &PLAIN)
}
pub fn format_with(e: Ref, theme: &'static Theme) -> String {
    let mut p = Printer {
        theme,
        out: String::new(),
        depth: 0,
        need_close: false,
        seen: Vec::new(),
    };
    p.exception(e);
    p.out
}

fn cast(e: Ref<'_>) -> &BaseException {
    // SAFETY: the caller passes an exception.
    unsafe { e.cast() }
}

struct Printer {
    theme: &'static Theme,
    out: String,
    /// Nesting of exception groups.
    depth: usize,
    need_close: bool,
    /// Exceptions that were met, so that a loop of causes ends.
    seen: Vec<u64>,
}

impl Printer {
    fn indent(&self) -> String {
        " ".repeat(2 * self.depth)
    }
    /// Writes text with the group's margin in front of every line.
    fn emit(&mut self, text: &str, margin: char) {
        let mut prefix = self.indent();
        if self.depth > 0 {
            prefix.push(margin);
            prefix.push(' ');
        }
        for line in text.split_inclusive('\n') {
            self.out.push_str(&prefix);
            self.out.push_str(line);
        }
    }

    fn exception(&mut self, e: Ref) {
        let mut chain: Vec<(Option<&str>, Own)> = Vec::new();
        self.seen.push(e.value().0);
        let mut at = Some(e.own());
        while let Some(e) = at.take() {
            let b = cast(e.r());
            let next = if let Some(c) = field(&b.cause) {
                Some((
                    "\nThe above exception was the direct cause of the following exception:\n\n",
                    c,
                ))
            } else {
                field(&b.context).filter(|_| !b.suppress_context.get()).map(|c| {
                    (
                        "\nDuring handling of the above exception, another exception occurred:\n\n",
                        c,
                    )
                })
            };
            let next = next.filter(|(_, c)| !self.seen.contains(&c.value().0));
            at = next.map(|(_, c)| {
                self.seen.push(c.value().0);
                c.own()
            });
            chain.push((next.map(|(m, _)| m), e));
        }
        for (message, e) in chain.into_iter().rev() {
            if let Some(m) = message {
                self.emit(m, '|');
            }
            if group::is_group(e.r()) {
                self.group(e.r())
            } else {
                self.single(e.r())
            }
        }
    }

    fn single(&mut self, e: Ref) {
        let tb = records::traceback(e);
        if let Some(tb) = tb {
            self.emit("Traceback (most recent call last):\n", '|');
            let stack = stack(entries(tb), self.theme);
            self.emit(&stack, '|');
        }
        let text = exception_lines(e, tb, self.theme);
        self.emit(&text, '|');
    }

    fn group(&mut self, e: Ref) {
        if self.depth > MAX_GROUP_DEPTH {
            return self.emit(&format!("... (max_group_depth is {MAX_GROUP_DEPTH})\n"), '|');
        }
        let top = self.depth == 0;
        if top {
            self.depth = 1;
        }
        let tb = records::traceback(e);
        if let Some(tb) = tb {
            self.emit(
                "Exception Group Traceback (most recent call last):\n",
                if top { '+' } else { '|' },
            );
            let stack = stack(entries(tb), self.theme);
            self.emit(&stack, '|');
        }
        let text = exception_lines(e, tb, self.theme);
        self.emit(&text, '|');
        let nested = group::exceptions(e);
        let shown = nested.len().min(MAX_GROUP_WIDTH + 1);
        self.need_close = false;
        for (i, x) in nested.iter().take(shown).enumerate() {
            let last = i == shown - 1;
            if last {
                self.need_close = true;
            }
            let truncated = i >= MAX_GROUP_WIDTH;
            let title = if truncated {
                "...".to_owned()
            } else {
                (i + 1).to_string()
            };
            let line = format!(
                "{}{}+---------------- {title} ----------------\n",
                self.indent(),
                if i == 0 { "+-" } else { "  " }
            );
            self.out.push_str(&line);
            self.depth += 1;
            if truncated {
                let more = nested.len() - MAX_GROUP_WIDTH;
                self.emit(
                    &format!("and {more} more exception{}\n", if more > 1 { "s" } else { "" }),
                    '|',
                );
            } else {
                self.exception(x.r());
            }
            if last && self.need_close {
                let line = format!("{}+------------------------------------\n", self.indent());
                self.out.push_str(&line);
                self.need_close = false;
            }
            self.depth -= 1;
        }
        if top {
            self.depth = 0;
        }
    }
}

/// The entries of a traceback, repeated ones counted.
pub fn stack_text(tb: Ref) -> String {
    stack(entries(tb), &PLAIN)
}
fn stack(all: Vec<Entry>, theme: &Theme) -> String {
    let mut out = String::new();
    let mut last: Option<Entry> = None;
    let mut count = 0;
    let repeated = |out: &mut String, count: usize| {
        if count > REPEATS {
            let n = count - REPEATS;
            let _ = writeln!(
                out,
                "  [Previous line repeated {n} more time{}]",
                if n > 1 { "s" } else { "" }
            );
        }
    };
    for entry in all {
        if !last.as_ref().is_some_and(|l| l.same_place(&entry)) {
            repeated(&mut out, count);
            count = 0;
        }
        count += 1;
        if count <= REPEATS {
            out.push_str(&entry.format(theme));
        }
        last = Some(entry);
    }
    repeated(&mut out, count);
    out
}

fn entries(tb: Ref) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut at = Some(tb);
    while let Some(x) = at {
        // SAFETY: links of a traceback are tracebacks.
        let tb = unsafe { x.cast::<TracebackObject>() };
        if let Some(f) = field(&tb.frame) {
            // SAFETY: the field holds a frame.
            let code = unsafe { f.cast::<FrameObject>() }.code;
            let position = positions_at(code, tb.position.get()).unwrap_or_default();
            all.push(Entry {
                file: types::str::to_string_lossy(Ref::from_value(code.filename.get())),
                line: position.line.or_else(|| line_of(tb)),
                name: types::str::to_string_lossy(Ref::from_value(code.name.get())),
                position,
                code,
            });
        }
        at = field(&tb.next);
    }
    all
}

/// `__module__.__qualname__` of the class, the module left out for builtins and `__main__`.
pub fn class_name(e: Ref) -> String {
    let text = |name: Ref| {
        let v = protocol::get_attr_opt(e.ty().r(), name).ok().flatten()?;
        v.r()
            .ty()
            .has(type_flag::STR)
            .then(|| types::str::to_string_lossy(v.r()))
    };
    let qualname = text(istr!("__qualname__")).unwrap_or_else(|| e.ty().name().to_owned());
    match text(istr!("__module__")) {
        Some(m) if m == "builtins" || m == "__main__" => qualname,
        Some(m) => format!("{m}.{qualname}"),
        None => format!("<unknown>.{qualname}"),
    }
}

fn safe_str(v: Ref, what: &str) -> String {
    match protocol::str(v) {
        Ok(s) => types::str::to_string_lossy(s.r()),
        Err(_) => {
            drop(super::take());
            format!("<{what} str() failed>")
        }
    }
}

/// The last lines: class and message (or the syntax error's lines), notes.
pub fn exception_only(e: Ref, tb: Option<Ref>) -> String {
    exception_lines(e, tb, &PLAIN)
}
fn exception_lines(e: Ref, tb: Option<Ref>, theme: &Theme) -> String {
    let class = class_name(e);
    let mut out = String::new();
    if e.is_instance_of(&t::SYNTAX_ERROR) {
        syntax_error::format(&class, own_fields(e), theme, &mut out);
    } else {
        let text = safe_str(e, "exception") + &suggest::suffix(e, tb);
        out.push_str(&theme.final_line(&class, &text));
    }
    notes(e, &mut out);
    out
}

fn notes(e: Ref, out: &mut String) {
    let notes = match protocol::get_attr_opt(e, istr!("__notes__")) {
        Ok(Some(n)) => n,
        Ok(None) => return,
        Err(_) => {
            let error = super::take().map_or(String::new(), |e| {
                protocol::repr(e.r()).map_or("<__notes__ repr() failed>".to_owned(), |r| {
                    types::str::to_string_lossy(r.r())
                })
            });
            let _ = writeln!(out, "Ignored error getting __notes__: {error}");
            return;
        }
    };
    let is_list = notes.r().ty().has(type_flag::LIST) || notes.r().ty().has(type_flag::TUPLE);
    if is_list {
        let Ok(list) = types::list::from_iterable(notes.r()) else {
            return drop(super::take());
        };
        // SAFETY: the list is ours.
        let items: Vec<Own> = unsafe { types::list::items(list.r().cast()) }
            .iter()
            .map(|v| Ref::from_value(*v).own())
            .collect();
        for n in items {
            for line in safe_str(n.r(), "note").split('\n') {
                let _ = writeln!(out, "{line}");
            }
        }
    } else if !notes.r().is_none() {
        let text = match protocol::repr(notes.r()) {
            Ok(r) => types::str::to_string_lossy(r.r()),
            Err(_) => {
                drop(super::take());
                "<__notes__ repr() failed>".to_owned()
            }
        };
        let _ = writeln!(out, "{text}");
    }
}

/// "Exception ignored in: …" for errors that nobody can catch (CPython: Python/errors.c, write_unraisable_exc_file). The source lines come
/// without carets, as CPython prints them from C.
pub fn unraisable_text(message: Option<&str>, object: Option<Ref>, e: Ref) -> String {
    let mut out = String::new();
    match (message, object) {
        (m, Some(o)) => {
            let _ = writeln!(out, "{}: {}", m.unwrap_or("Exception ignored in"), safe_repr(o));
        }
        (Some(m), None) => {
            let _ = writeln!(out, "{m}:");
        }
        (None, None) => {}
    }
    if let Some(tb) = records::traceback(e) {
        out.push_str("Traceback (most recent call last):\n");
        let mut all = entries(tb);
        for entry in &mut all {
            entry.position.column = None;
        }
        out.push_str(&stack(all, &PLAIN));
    }
    out.push_str(&exception_only(e, None));
    out
}

/// `repr(o)`, or a text that says that it failed.
pub fn safe_repr(o: Ref) -> String {
    match protocol::repr(o) {
        Ok(r) => types::str::to_string_lossy(r.r()),
        Err(_) => {
            drop(super::take());
            "<object repr() failed>".to_owned()
        }
    }
}
