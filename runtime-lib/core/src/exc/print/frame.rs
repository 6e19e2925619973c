//! One entry of a printed traceback: file, line, name, source lines with carets (CPython: Lib/traceback.py, format_frame_summary).
use super::anchors::{self, Form};
use super::source;
use super::theme::Theme;
use crate::types::traceback::Position;
use pyaot_abi::CodeObject;
use std::fmt::Write;

/// What the entry says, before its source lines.
pub struct Entry {
    pub file: String,
    pub line: Option<u32>,
    pub name: String,
    pub position: Position,
    pub code: &'static CodeObject,
}

impl Entry {
    pub fn same_place(&self, other: &Entry) -> bool {
        self.file == other.file && self.line == other.line && self.name == other.name
    }

    pub fn format(&self, theme: &Theme) -> String {
        let line = self.line.map_or("None".to_owned(), |l| l.to_string());
        let place = theme.place(&self.file, &line);
        let mut out = format!("{place}, in {}{}{}\n", theme.frame, self.name, theme.reset);
        if let Some(text) = self.source(theme) {
            out.push_str(&text);
        }
        out
    }

    fn source(&self, theme: &Theme) -> Option<String> {
        let all = source::lines(self.code)?;
        let first = self.line?;
        let last = self.position.end_line.unwrap_or(first).max(first);
        let original: Vec<Vec<char>> = (first..=last)
            .map(|n| {
                all.get((n as usize).wrapping_sub(1))
                    .map_or("", |l| l.trim_end())
                    .chars()
                    .collect()
            })
            .collect();
        if original.iter().all(Vec::is_empty) {
            return None;
        }
        let dedent = common_indent(&original);
        let lines: Vec<Vec<char>> = original.iter().map(|l| l[dedent.min(l.len())..].to_vec()).collect();
        let (Some(column), Some(end_column)) = (self.position.column, self.position.end_column) else {
            let text: String = original[0].iter().collect();
            return Some(format!("    {}\n", text.trim()));
        };
        let removed = original[0].len() - lines[0].len();
        let start = character_offset(&original[0], column as usize).saturating_sub(removed);
        let end = character_offset(original.last()?, end_column as usize).saturating_sub(removed);
        Some(indent(&underlined(&lines, start, end, theme)))
    }
}

/// Indentation that all lines share, lines of white space aside.
fn common_indent(lines: &[Vec<char>]) -> usize {
    let prefix = |l: &Vec<char>| l.iter().take_while(|c| matches!(c, ' ' | '\t')).count();
    let mut margin: Option<&[char]> = None;
    for l in lines.iter().filter(|l| !l.is_empty()) {
        let own = &l[..prefix(l)];
        margin = Some(match margin {
            None => own,
            Some(m) => {
                let n = m.iter().zip(own).take_while(|(a, b)| a == b).count();
                &m[..n]
            }
        });
    }
    margin.map_or(0, <[char]>::len)
}

/// Character index of a UTF-8 byte offset.
fn character_offset(line: &[char], bytes: usize) -> usize {
    let mut n = 0;
    for (i, c) in line.iter().enumerate() {
        if n >= bytes {
            return i;
        }
        n += c.len_utf8();
    }
    line.len()
}

/// Columns that the first `n` characters take on a terminal.
fn width(line: &[char], n: usize) -> usize {
    if line.iter().all(char::is_ascii) {
        return n;
    }
    line.iter()
        .take(n)
        .map(|c| if super::width::is_wide(*c) { 2 } else { 1 })
        .sum()
}

/// A place in the lines: line index and display column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(usize, usize);

fn underlined(lines: &[Vec<char>], start: usize, end: usize, theme: &Theme) -> String {
    let last = lines.len() - 1;
    let mut joined: Vec<char> = Vec::new();
    for (i, l) in lines.iter().enumerate() {
        if i > 0 {
            joined.push('\n');
        }
        joined.extend(l);
    }
    let tail = lines[last].len().saturating_sub(end);
    let stop = joined.len().saturating_sub(tail).max(start.min(joined.len()));
    let segment = &joined[start.min(joined.len())..stop];
    let found = anchors::find(segment);
    let place = |offset: usize| {
        let before = &segment[..offset];
        let line = before.iter().filter(|c| **c == '\n').count();
        let column = before.iter().rev().take_while(|c| **c != '\n').count() + if line == 0 { start } else { 0 };
        Place(line, width(&lines[line], column))
    };
    let range = found.map(|a| (place(a.start), place(a.end)));
    let carets = show_carets(lines, start, end, found.map(|a| a.form));
    let mut significant = vec![0, last];
    if let Some((a, b)) = range {
        for p in [a, b] {
            significant.extend(p.0.saturating_sub(1)..=(p.0 + 1).min(last));
        }
    }
    significant.sort_unstable();
    significant.dedup();
    let mut out = String::new();
    let show = |out: &mut String, i: usize| {
        if !carets {
            out.extend(&lines[i]);
            out.push('\n');
            return;
        }
        let spaces = lines[i].iter().take_while(|c| c.is_whitespace()).count();
        let total = if i == last {
            width(&lines[i], end.min(lines[i].len()))
        } else {
            width(&lines[i], lines[i].len())
        };
        let from = width(&lines[0], start.min(lines[0].len()));
        let mark = |column: usize| {
            let here = Place(i, column);
            if column < spaces || i == 0 && column < from {
                return ' ';
            }
            match range {
                Some((a, b)) if here >= a && here < b => '^',
                Some(_) => '~',
                None => '^',
            }
        };
        let marks: Vec<char> = (0..total).map(mark).collect();
        let (upper, lower) = theme.marked(&lines[i], &marks);
        let _ = writeln!(out, "{upper}\n{lower}");
    };
    for (n, &i) in significant.iter().enumerate() {
        if n > 0 {
            let gap = i - significant[n - 1];
            if gap == 2 {
                show(&mut out, i - 1);
            } else if gap > 2 {
                let _ = writeln!(out, "...<{} lines>...", gap - 1);
            }
        }
        show(&mut out, i);
    }
    out
}

/// Line and column (characters) of the start and the end of what the carets single out in a segment.
pub fn anchors_of(segment: &str) -> Option<[usize; 4]> {
    let all: Vec<char> = segment.chars().collect();
    let found = anchors::find(&all)?;
    let place = |offset: usize| {
        let before = &all[..offset.min(all.len())];
        let line = before.iter().filter(|c| **c == '\n').count();
        (line, before.iter().rev().take_while(|c| **c != '\n').count())
    };
    let ((a, b), (c, d)) = (place(found.start), place(found.end));
    Some([a, b, c, d])
}
/// Whether the range, from `start` in the first line to `end` in the last, is worth carets.
pub fn carets_help(lines: &[String], start: usize, end: usize) -> bool {
    let lines: Vec<Vec<char>> = lines.iter().map(|l| l.chars().collect()).collect();
    let Some(last) = lines.last() else { return false };
    let tail = last.len().saturating_sub(end);
    let joined: Vec<char> = lines.join(&'\n');
    let stop = joined.len().saturating_sub(tail).max(start.min(joined.len()));
    let form = anchors::find(&joined[start.min(joined.len())..stop]).map(|a| a.form);
    show_carets(&lines, start, end, form)
}

/// Carets help unless the whole line is meant; `return f(…)` and `x = f(…)` count as whole lines.
fn show_carets(lines: &[Vec<char>], start: usize, end: usize, form: Option<Form>) -> bool {
    let before: String = lines[0][..start.min(lines[0].len())].iter().collect();
    let last = lines.last().expect("at least one line");
    let after: String = last[end.min(last.len())..].iter().collect();
    if let Some(Form::Call { simple }) = form {
        let whole = after.is_empty();
        let returned = before.trim_end() == "return" && before.ends_with(' ') && simple;
        let assigned = before.trim_end().strip_suffix('=').is_some_and(|t| {
            let t = t.trim_end();
            !t.is_empty()
                && t.chars().all(|c| c.is_alphanumeric() || c == '_')
                && !t.starts_with(|c: char| c.is_ascii_digit())
        });
        if whole && (returned || assigned) {
            return false;
        }
    }
    form.is_some() || !before.trim_start().is_empty() || !after.trim_end().is_empty()
}

/// Four more spaces in front of every line, after taking away what all share.
fn indent(text: &str) -> String {
    let lines: Vec<Vec<char>> = text.lines().map(|l| l.chars().collect()).collect();
    let shown: Vec<Vec<char>> = lines
        .iter()
        .map(|l| {
            if l.iter().all(|c| c.is_whitespace()) {
                Vec::new()
            } else {
                l.clone()
            }
        })
        .collect();
    let margin = common_indent(&shown);
    let mut out = String::new();
    for l in shown {
        out.push_str("    ");
        out.extend(l.iter().skip(margin.min(l.len())));
        out.push('\n');
    }
    out
}
