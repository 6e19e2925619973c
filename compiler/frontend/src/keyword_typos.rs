//! `Did you mean 'for'?`: the keyword that the printed form of an "invalid syntax" suggests. In: the diagnostic and the
//! bytes of its file. Out: the place and the message to print instead. The surprising decision: only the printed form
//! changes, never the exception, because CPython does it while it formats a traceback; so it reads the file anew, as
//! UTF-8 whatever its cookie says, cuts it into lines as `str.splitlines` does, and tries each keyword by compiling.
//!
//! CPython: Lib/traceback.py, TracebackException._find_keyword_typos; Lib/codeop.py, _maybe_compile;
//! Lib/textwrap.py, dedent; Lib/difflib.py, get_close_matches; Python/suggestions.c, _Py_CalculateSuggestions.

use crate::diagnostic::Diagnostic;
use crate::syntax::{KEYWORDS, names_of_text};
use crate::{Flags, Mode, compile};

/// Longest code that is searched, in characters.
const MAX_CODE: usize = 1024;
/// Names that are looked at, and keywords that are tried for each.
const MAX_NAMES: usize = 10;
const MAX_MATCHES: usize = 3;

/// What is printed in place of an "invalid syntax".
pub(crate) struct Typo {
    pub text: String,
    /// Characters, from 1.
    pub offset: i32,
    pub end_offset: i32,
    pub message: String,
}

/// `None`: the error is printed as it is.
pub(crate) fn find(d: &Diagnostic, file: &[u8]) -> Option<Typo> {
    if d.message != "invalid syntax" && !d.message.contains("Perhaps you forgot a comma") {
        return None;
    }
    let grammar = d.grammar?;
    let in_file = std::str::from_utf8(file).ok();
    // Where the file cannot be read as text, the line of the error is all there is.
    let (line, end_line, text) = match in_file {
        Some(text) => (
            usize::try_from(grammar.last_stmt).ok()?,
            usize::try_from(d.lineno).ok()?,
            text,
        ),
        None => (0, 1, d.text.as_deref()?),
    };
    let lines = split_lines(text);
    let end = end_line.min(lines.len());
    let start = line.saturating_sub(1).min(end);
    let code = dedent(&lines[start..end]);
    if code.chars().count() > MAX_CODE {
        return None;
    }
    let error_lines: Vec<&str> = code.split('\n').collect();
    let mut left = MAX_NAMES;
    for name in names_of_text(&code) {
        let before = &code[..name.start];
        let row = before.matches('\n').count();
        let row_of_error = if line == 0 { end_line } else { end_line + 1 - line };
        if in_file.is_some() && row + 1 != row_of_error {
            continue;
        }
        let wrong = &code[name.clone()];
        if KEYWORDS.contains(&wrong) {
            continue;
        }
        left = left.checked_sub(1)?;
        for keyword in matches(wrong) {
            let changed = format!("{before}{keyword}{}", &code[name.end..]);
            if !is_command(&changed)? {
                continue;
            }
            let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
            let text = error_lines[row];
            let offset = text[..column].chars().count() as i32 + 1;
            return Some(Typo {
                text: text.to_string(),
                offset,
                end_offset: offset + wrong.chars().count() as i32,
                message: format!("invalid syntax. Did you mean '{keyword}'?"),
            });
        }
    }
    None
}

/// Whether the text is a program or the start of one; `None` if compiling it ends in another way than a SyntaxError.
fn is_command(code: &str) -> Option<bool> {
    let flags = Flags {
        ignore_cookie: true,
        ..Flags::default()
    };
    let run = |code: &str| compile(code.as_bytes(), "<input>", Mode::Exec, 0, flags);
    let first = match run(code) {
        Ok(_) => return Some(true),
        Err(d) => d,
    };
    if !first.class.is_syntax_error() {
        return None;
    }
    if first.grammar.is_none() {
        return Some(false);
    }
    Some(match run(&format!("{code}\n")) {
        Ok(_) => true,
        Err(d) => d.grammar.is_some_and(|grammar| grammar.incomplete),
    })
}

/// The keywords to try for a name, best first.
fn matches(name: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = nearest(name).into_iter().collect();
    let chars: Vec<char> = name.chars().collect();
    let ratio = |keyword: &str| {
        let keyword: Vec<char> = keyword.chars().collect();
        2.0 * matching(&keyword, &chars) as f64 / (keyword.len() + chars.len()) as f64
    };
    let mut close: Vec<(f64, &'static str)> = KEYWORDS.iter().map(|keyword| (ratio(keyword), *keyword)).collect();
    close.retain(|(ratio, _)| *ratio >= 0.5);
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(a.1)));
    found.extend(close.into_iter().take(MAX_MATCHES).map(|(_, keyword)| keyword));
    found.truncate(MAX_MATCHES);
    found
}

/// The keyword with the least edit distance, if that is small enough.
fn nearest(name: &str) -> Option<&'static str> {
    let mut best: Option<(usize, &'static str)> = None;
    for keyword in KEYWORDS {
        let most = (name.len() + keyword.len() + 3) * MOVE_COST / 6;
        let distance = distance(name.as_bytes(), keyword.as_bytes());
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, keyword));
        }
    }
    best.map(|(_, keyword)| keyword)
}

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

/// Edit distance in which a letter of the other case costs less.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).map(|i| i * MOVE_COST).collect();
    for (j, y) in b.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (j + 1) * MOVE_COST;
        for (i, x) in a.iter().enumerate() {
            let substitute = diagonal
                + match x {
                    _ if x == y => 0,
                    _ if x.eq_ignore_ascii_case(y) => CASE_COST,
                    _ => MOVE_COST,
                };
            diagonal = row[i + 1];
            row[i + 1] = substitute.min(row[i].min(diagonal) + MOVE_COST);
        }
    }
    row[a.len()]
}

/// Characters in the matching blocks of two texts: those of the longest common piece (the first such in `a`, then in
/// `b`), and of what lies left and right of it. CPython: Lib/difflib.py, SequenceMatcher.get_matching_blocks
fn matching(a: &[char], b: &[char]) -> usize {
    let (mut length, mut at_a, mut at_b) = (0, 0, 0);
    for i in 0..a.len() {
        for j in 0..b.len() {
            let same = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
            if same > length {
                (length, at_a, at_b) = (same, i, j);
            }
        }
    }
    if length == 0 {
        return 0;
    }
    length + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + length..], &b[at_b + length..])
}

/// CPython: Objects/unicodeobject.c, str.splitlines
fn split_lines(text: &str) -> Vec<&str> {
    const ENDS: [char; 10] = [
        '\n', '\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}',
    ];
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(ENDS) {
        lines.push(&rest[..at]);
        let end = rest[at..].chars().next().map_or(1, char::len_utf8);
        rest = &rest[at + end..];
        if text[..text.len() - rest.len()].ends_with('\r') {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// CPython: Objects/unicodeobject.c, str.isspace
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The lines joined, without the blanks that all of them start with; blank lines are empty.
fn dedent(lines: &[&str]) -> String {
    let is_blank = |line: &str| line.chars().all(is_space);
    let filled = || lines.iter().copied().filter(|line| !is_blank(line));
    let margin = match (filled().min(), filled().max()) {
        (Some(first), Some(last)) => {
            let same = |(a, b): &(u8, u8)| a == b && matches!(a, b' ' | b'\t');
            first.bytes().zip(last.bytes()).take_while(same).count()
        }
        _ => 0,
    };
    let cut: Vec<&str> = lines
        .iter()
        .map(|line| if is_blank(line) { "" } else { &line[margin..] })
        .collect();
    cut.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_to_try() {
        assert_eq!(matches("fro"), ["from", "from", "for"]);
        assert_eq!(matches("whlie")[0], "while");
        assert_eq!(matches("x"), Vec::<&str>::new());
    }

    #[test]
    fn lines() {
        assert_eq!(split_lines("a\r\nb\x0cc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(dedent(&["  a", "", "    b", " "]), "a\n\n  b\n");
    }
}
