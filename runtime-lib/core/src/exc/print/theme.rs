//! Colours of a printed exception (CPython: Lib/_colorize.py, class Traceback).

/// Escape sequences in front of each part, and the one that ends it; all empty where nothing is coloured.
pub struct Theme {
    pub class: &'static str,
    pub message: &'static str,
    pub filename: &'static str,
    pub line_no: &'static str,
    pub frame: &'static str,
    /// Under `^`.
    pub error_highlight: &'static str,
    /// Under `~`.
    pub error_range: &'static str,
    pub reset: &'static str,
}

pub static PLAIN: Theme = Theme {
    class: "",
    message: "",
    filename: "",
    line_no: "",
    frame: "",
    error_highlight: "",
    error_range: "",
    reset: "",
};

const MAGENTA: &str = "\x1b[35m";
pub static COLOURED: Theme = Theme {
    class: "\x1b[1;35m",
    message: MAGENTA,
    filename: MAGENTA,
    line_no: MAGENTA,
    frame: MAGENTA,
    error_highlight: "\x1b[1;31m",
    error_range: "\x1b[31m",
    reset: "\x1b[0m",
};

impl Theme {
    /// Last line of an exception (CPython: Lib/traceback.py, _format_final_exc_line).
    pub fn final_line(&self, class: &str, text: &str) -> String {
        let reset = self.reset;
        if text.is_empty() {
            return format!("{}{class}{reset}\n", self.class);
        }
        format!("{}{class}{reset}: {}{text}{reset}\n", self.class, self.message)
    }

    /// `File "…", line n`, without the name of the function.
    pub fn place(&self, file: &str, line: &str) -> String {
        let reset = self.reset;
        format!(
            "  File {}\"{file}\"{reset}, line {}{line}{reset}",
            self.filename, self.line_no
        )
    }

    /// A source line and the line of marks under it, both coloured where the marks are.
    pub fn marked(&self, line: &[char], marks: &[char]) -> (String, String) {
        let (mut upper, mut lower) = (String::new(), String::new());
        let n = line.len().max(marks.len());
        let mut at = 0;
        while at < n {
            let mark = marks.get(at).copied();
            let end = (at..n).find(|i| marks.get(*i).copied() != mark).unwrap_or(n);
            let colour = match mark {
                Some('^') => self.error_highlight,
                Some('~') => self.error_range,
                _ => "",
            };
            let reset = if colour.is_empty() { "" } else { self.reset };
            for (out, part) in [(&mut upper, line), (&mut lower, marks)] {
                out.push_str(colour);
                out.extend(part.iter().skip(at).take(end - at));
                out.push_str(reset);
            }
            at = end;
        }
        (upper, lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_colour_both_lines() {
        let chars = |s: &str| s.chars().collect::<Vec<_>>();
        let (upper, lower) = COLOURED.marked(&chars("a+bc"), &chars("~^~"));
        assert_eq!(upper, "\x1b[31ma\x1b[0m\x1b[1;31m+\x1b[0m\x1b[31mb\x1b[0mc");
        assert_eq!(lower, "\x1b[31m~\x1b[0m\x1b[1;31m^\x1b[0m\x1b[31m~\x1b[0m");
        assert_eq!(PLAIN.marked(&chars("ab"), &chars(" ^")), ("ab".into(), " ^".into()));
    }
}
