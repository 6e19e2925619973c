//! Lines of a SyntaxError: place, source text, caret (CPython: Lib/traceback.py, _format_syntax_error).
use super::theme::Theme;
use crate::object::{Ref, Value, field};
use crate::types;
use core::cell::Cell;
use pyaot_abi::type_flag;
use std::fmt::Write;

/// `fields` are those of SyntaxError: msg, filename, lineno, offset, text, end_lineno, end_offset, …
pub fn format(class: &str, fields: &[Cell<Value>], theme: &Theme, out: &mut String) {
    let get = |i: usize| field(&fields[i]).filter(|v| !v.is_none());
    let text_of = |i: usize| {
        get(i)
            .filter(|v| v.ty().has(type_flag::STR))
            .map(types::str::to_string_lossy)
    };
    let int_of = |i: usize| get(i).and_then(Ref::small_int);
    let mut suffix = String::new();
    match (get(2), text_of(1)) {
        (Some(line), file) => {
            let line = crate::object_protocol::str(line).map_or(String::new(), |s| types::str::to_string_lossy(s.r()));
            let file = file.filter(|f| !f.is_empty()).unwrap_or_else(|| "<string>".to_owned());
            let _ = writeln!(out, "{}", theme.place(&file, &line));
        }
        (None, Some(file)) => suffix = format!(" ({file})"),
        (None, None) => {}
    }
    if let Some(text) = text_of(4) {
        let right: Vec<char> = text.trim_end_matches('\n').chars().collect();
        let spaces = right.iter().take_while(|c| matches!(c, ' ' | '\n' | '\x0c')).count();
        let left = &right[spaces..];
        let mut carets = None;
        if let Some(offset) = int_of(3) {
            let same_line = int_of(5).is_none() || int_of(5) == int_of(2);
            let past = right.len() as i64 + 1;
            let end = if same_line {
                int_of(6).filter(|e| *e != 0).unwrap_or(offset)
            } else {
                past
            };
            let length = text.chars().count() as i64;
            let within = |at: i64| if length > 0 && at > length { past } else { at };
            let (offset, end) = (within(offset), within(end));
            let end = if offset >= end || end < 0 { offset + 1 } else { end };
            let column = offset - 1 - spaces as i64;
            if column >= 0 {
                carets = Some((column as usize, (end - offset) as usize));
            }
        }
        match carets {
            None => {
                let _ = writeln!(out, "    {}", left.iter().collect::<String>());
            }
            Some((column, n)) => {
                let column_in = column.min(left.len());
                let end = (column_in + n).min(left.len());
                let part = |from: usize, to: usize| left[from..to].iter().collect::<String>();
                let (colour, reset) = (theme.error_highlight, theme.reset);
                let (before, inside, after) = (part(0, column_in), part(column_in, end), part(end, left.len()));
                let _ = writeln!(out, "    {before}{colour}{inside}{reset}{after}");
                // Tabs stay, so that the carets stand where they should.
                let lead: String = left[..column_in]
                    .iter()
                    .map(|c| if c.is_whitespace() { *c } else { ' ' })
                    .collect();
                let _ = writeln!(out, "    {lead}{colour}{}{reset}", "^".repeat(n));
            }
        }
    }
    let msg = text_of(0)
        .filter(|m| !m.is_empty())
        .unwrap_or_else(|| "<no detail available>".to_owned());
    let reset = theme.reset;
    let _ = writeln!(
        out,
        "{}{class}{reset}: {}{msg}{reset}{suffix}",
        theme.class, theme.message
    );
}
