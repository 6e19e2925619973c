//! Lines of a SyntaxError: place, source text, caret (CPython: Lib/traceback.py, _format_syntax_error).
use crate::object::{Ref, Value, field};
use crate::types;
use core::cell::Cell;
use pyaot_abi::type_flag;
use std::fmt::Write;

/// `fields` are those of SyntaxError: msg, filename, lineno, offset, text, end_lineno, end_offset, …
pub fn format(class: &str, fields: &[Cell<Value>], out: &mut String) {
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
            let _ = writeln!(out, "  File \"{file}\", line {line}");
        }
        (None, Some(file)) => suffix = format!(" ({file})"),
        (None, None) => {}
    }
    if let Some(text) = text_of(4) {
        let right: Vec<char> = text.trim_end_matches('\n').chars().collect();
        let spaces = right.iter().take_while(|c| matches!(c, ' ' | '\n' | '\x0c')).count();
        let left: String = right[spaces..].iter().collect();
        let _ = writeln!(out, "    {left}");
        if let Some(offset) = int_of(3) {
            let same_line = int_of(5).is_none() || int_of(5) == int_of(2);
            let end = if same_line {
                int_of(6).filter(|e| *e != 0).unwrap_or(offset)
            } else {
                right.len() as i64 + 1
            };
            let end = if offset == end || end == -1 { offset + 1 } else { end };
            let column = offset - 1 - spaces as i64;
            let end_column = end - 1 - spaces as i64;
            if column >= 0 {
                let lead: String = left
                    .chars()
                    .take(column as usize)
                    .map(|c| if c.is_whitespace() { c } else { ' ' })
                    .collect();
                let lead = format!("{lead:<width$}", width = column as usize);
                let _ = writeln!(out, "    {lead}{}", "^".repeat((end_column - column).max(0) as usize));
            }
        }
    }
    let msg = text_of(0)
        .filter(|m| !m.is_empty())
        .unwrap_or_else(|| "<no detail available>".to_owned());
    let _ = writeln!(out, "{class}: {msg}{suffix}");
}
