//! Which part of a source segment the carets single out: the operator of a binary operation, the brackets of a subscript or call.
//!
//! In: the segment of an instruction, an expression. Out: its outermost form, found by a tokeniser and the precedence of the operators
//! outside brackets; anything that is none of the three gives nothing (CPython's Lib/traceback.py parses the segment instead).

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Binary,
    Subscript,
    /// `simple` = the callee is a plain name.
    Call {
        simple: bool,
    },
}

/// Half-open range of character offsets in the segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Anchors {
    pub form: Form,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    /// Name, number, string: an operand.
    Atom {
        name: bool,
    },
    Open(char),
    Close,
    Dot,
    /// Precedence class of a binary operator; `unary` when it may also be one.
    Operator {
        level: u8,
        unary: bool,
        power: bool,
    },
    Tilde,
    Await,
    /// Anything of lower precedence than binary operators: the segment's outermost form is not one of ours.
    Lower,
}

struct Item {
    token: Token,
    start: usize,
    end: usize,
}

/// Tokens outside brackets; a bracket pair is two items. `None` when brackets or strings do not match.
fn tokens(s: &[char]) -> Option<Vec<Item>> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < s.len() {
        let c = s[i];
        if c.is_whitespace() || c == '\\' {
            i += 1;
            continue;
        }
        if c == '#' {
            while i < s.len() && s[i] != '\n' {
                i += 1;
            }
            continue;
        }
        let start = i;
        let token = if c == '"' || c == '\'' {
            i = skip_string(s, i)?;
            Token::Atom { name: false }
        } else if c.is_alphabetic() || c == '_' || c as u32 > 127 {
            while i < s.len() && (s[i].is_alphanumeric() || s[i] == '_' || s[i] as u32 > 127) {
                i += 1;
            }
            let word: String = s[start..i].iter().collect();
            if i < s.len()
                && (s[i] == '"' || s[i] == '\'')
                && word.len() <= 2
                && word.chars().all(|c| "rRbBuUfFtT".contains(c))
            {
                i = skip_string(s, i)?;
                Token::Atom { name: false }
            } else {
                match word.as_str() {
                    "and" | "or" | "not" | "if" | "else" | "lambda" | "in" | "is" | "for" | "yield" | "async" => {
                        Token::Lower
                    }
                    // A statement is no expression.
                    "raise" | "return" | "del" | "assert" | "import" | "from" | "with" | "while" | "class" | "def"
                    | "global" | "nonlocal" | "try" | "except" | "as" => Token::Lower,
                    "await" => Token::Await,
                    _ => Token::Atom { name: true },
                }
            }
        } else if c.is_ascii_digit() || c == '.' && s.get(i + 1).is_some_and(char::is_ascii_digit) {
            i += 1;
            while i < s.len()
                && (s[i].is_alphanumeric()
                    || s[i] == '_'
                    || s[i] == '.'
                    || matches!(s[i], '+' | '-') && matches!(s[i - 1], 'e' | 'E') && !is_hex(&s[start..i]))
            {
                i += 1;
            }
            Token::Atom { name: false }
        } else if "([{".contains(c) {
            out.push(Item {
                token: Token::Open(c),
                start,
                end: start + 1,
            });
            i = matching(s, i)?;
            out.push(Item {
                token: Token::Close,
                start: i,
                end: i + 1,
            });
            i += 1;
            continue;
        } else {
            let two = s.get(i + 1).copied().unwrap_or(' ');
            let (token, n) = match (c, two) {
                ('*', '*') => (
                    Token::Operator {
                        level: 9,
                        unary: false,
                        power: true,
                    },
                    2,
                ),
                ('/', '/') => (operator(8), 2),
                ('<', '<') | ('>', '>') => (operator(6), 2),
                (':', '=') | ('=', '=') | ('!', '=') | ('<', '=') | ('>', '=') => (Token::Lower, 2),
                ('*' | '/' | '%' | '@', _) => (operator(8), 1),
                ('+' | '-', _) => (
                    Token::Operator {
                        level: 7,
                        unary: true,
                        power: false,
                    },
                    1,
                ),
                ('&', _) => (operator(5), 1),
                ('^', _) => (operator(4), 1),
                ('|', _) => (operator(3), 1),
                ('~', _) => (Token::Tilde, 1),
                ('.', _) => (Token::Dot, 1),
                _ => (Token::Lower, 1),
            };
            i += n;
            token
        };
        out.push(Item { token, start, end: i });
    }
    Some(out)
}
fn operator(level: u8) -> Token {
    Token::Operator {
        level,
        unary: false,
        power: false,
    }
}
fn is_hex(s: &[char]) -> bool {
    s.len() > 1 && s[0] == '0' && matches!(s[1], 'x' | 'X')
}

/// Index behind a string literal that starts at a quote.
fn skip_string(s: &[char], i: usize) -> Option<usize> {
    let q = s[i];
    let triple = s.get(i + 1) == Some(&q) && s.get(i + 2) == Some(&q);
    let mut j = if triple { i + 3 } else { i + 1 };
    while j < s.len() {
        if s[j] == '\\' {
            j += 2;
        } else if s[j] != q {
            j += 1;
        } else if !triple {
            return Some(j + 1);
        } else if s.get(j + 1) == Some(&q) && s.get(j + 2) == Some(&q) {
            return Some(j + 3);
        } else {
            j += 1;
        }
    }
    None
}

/// Index of the bracket that closes the one at `i`.
fn matching(s: &[char], i: usize) -> Option<usize> {
    let (mut depth, mut j) = (0, i);
    while j < s.len() {
        match s[j] {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(j);
                }
            }
            '"' | '\'' => {
                j = skip_string(s, j)?;
                continue;
            }
            '#' => {
                while j < s.len() && s[j] != '\n' {
                    j += 1;
                }
            }
            _ => {}
        }
        j += 1;
    }
    None
}

/// The outermost form of the expression in `segment`.
pub fn find(segment: &[char]) -> Option<Anchors> {
    let items = tokens(segment)?;
    // A parenthesised expression has the form of its content; positions stay those of the segment.
    let mut range = &items[..];
    if range.is_empty() || range.iter().any(|t| t.token == Token::Lower) {
        return None;
    }
    // Binary operators: those that follow an operand.
    let mut best: Option<(u8, usize)> = None;
    let mut operand = false;
    let mut leading_unary = false;
    for (i, item) in range.iter().enumerate() {
        match item.token {
            Token::Operator { level, power, .. } if operand => {
                let better = match best {
                    None => true,
                    // Left-associative: the rightmost of the lowest level; `**` is right-associative.
                    Some((l, _)) => level < l || level == l && !power,
                };
                if better {
                    best = Some((level, i));
                }
                operand = false;
            }
            Token::Operator { unary: true, .. } | Token::Tilde => leading_unary |= i == 0,
            Token::Operator { .. } => return None,
            Token::Atom { .. } | Token::Close => operand = true,
            Token::Open(_) | Token::Dot | Token::Await | Token::Lower => {}
        }
    }
    if let Some((level, i)) = best {
        // `-a ** b` is a negation.
        if level == 9 && leading_unary {
            return None;
        }
        return Some(Anchors {
            form: Form::Binary,
            start: range[i].start,
            end: range[i].end,
        });
    }
    if leading_unary || range[0].token == Token::Await {
        return None;
    }
    let last = range.last()?;
    if last.token != Token::Close || range.len() < 2 {
        return None;
    }
    let open = &range[range.len() - 2];
    let Token::Open(c) = open.token else { return None };
    range = &range[..range.len() - 2];
    // A bracket that starts the expression is a tuple, list, set or parentheses.
    let callee = range.last()?;
    if !matches!(callee.token, Token::Atom { .. } | Token::Close) {
        return None;
    }
    let form = match c {
        '[' => Form::Subscript,
        '(' => Form::Call {
            simple: range.len() == 1 && callee.token == Token::Atom { name: true },
        },
        _ => return None,
    };
    Some(Anchors {
        form,
        start: open.start,
        end: last.end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(s: &str) -> Option<(Form, String)> {
        let chars: Vec<char> = s.chars().collect();
        find(&chars).map(|a| (a.form, chars[a.start..a.end].iter().collect()))
    }

    #[test]
    fn outermost_forms() {
        let op = |t: &str| Some((Form::Binary, t.to_owned()));
        assert_eq!(show("a + b"), op("+"));
        assert_eq!(show("a // b"), op("//"));
        assert_eq!(show("a + b * c"), op("+"));
        assert_eq!(show("a - b - c").unwrap().1, "-");
        assert_eq!(show("f(x)[1] + 'a + b'"), op("+"));
        assert_eq!(show("2 ** -1"), op("**"));
        assert_eq!(show("-a ** b"), None);
        assert_eq!(show("a < b"), None);
        assert_eq!(show("x.y"), None);
        assert_eq!(show("raise E(1)"), None);
        assert_eq!(show("import_(1)").unwrap().1, "(1)");
        assert_eq!(
            show("f(1, 2)"),
            Some((Form::Call { simple: true }, "(1, 2)".to_owned()))
        );
        assert_eq!(show("a.f()"), Some((Form::Call { simple: false }, "()".to_owned())));
        assert_eq!(show("d['k'][0]"), Some((Form::Subscript, "[0]".to_owned())));
        assert_eq!(show("await f()"), None);
        assert_eq!(show("(1, 2)"), None);
        assert_eq!(show("1e-5 * x"), op("*"));
    }
}
