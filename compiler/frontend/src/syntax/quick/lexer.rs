//! Tokens on demand. In: source text. Out: one token at a time with its line and column; `Bad` for whatever the quick
//! parser leaves to the other one, errors included.
//!
//! CPython: Parser/lexer/lexer.c.

use memchr::{memchr2, memchr3};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum T {
    Bad,
    Name,
    Number,
    Str,
    /// An f-string from its prefix to its closing quote.
    FStr,
    Newline,
    Indent,
    Dedent,
    End,
    LPar,
    RPar,
    LSqb,
    RSqb,
    LBrace,
    RBrace,
    Colon,
    Comma,
    Semi,
    Dot,
    Ellipsis,
    Arrow,
    Equal,
    ColonEqual,
    Plus,
    Minus,
    Star,
    Slash,
    DoubleSlash,
    DoubleStar,
    Percent,
    At,
    VBar,
    Amper,
    Circumflex,
    Tilde,
    LShift,
    RShift,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    EqEqual,
    NotEqual,
    PlusEqual,
    MinusEqual,
    StarEqual,
    SlashEqual,
    DoubleSlashEqual,
    DoubleStarEqual,
    PercentEqual,
    AtEqual,
    VBarEqual,
    AmperEqual,
    CircumflexEqual,
    LShiftEqual,
    RShiftEqual,
    False,
    None,
    True,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,
}

/// The bytes of a word of at most eight as one number.
const fn packed(word: &[u8]) -> u64 {
    let mut packed = 0;
    let mut i = 0;
    while i < word.len() {
        packed |= (word[i] as u64) << (8 * i);
        i += 1;
    }
    packed
}

fn keyword(word: &[u8]) -> T {
    const FALSE: u64 = packed(b"False");
    const NONE: u64 = packed(b"None");
    const TRUE: u64 = packed(b"True");
    const AND: u64 = packed(b"and");
    const AS: u64 = packed(b"as");
    const ASSERT: u64 = packed(b"assert");
    const ASYNC: u64 = packed(b"async");
    const AWAIT: u64 = packed(b"await");
    const BREAK: u64 = packed(b"break");
    const CLASS: u64 = packed(b"class");
    const CONTINUE: u64 = packed(b"continue");
    const DEF: u64 = packed(b"def");
    const DEL: u64 = packed(b"del");
    const ELIF: u64 = packed(b"elif");
    const ELSE: u64 = packed(b"else");
    const EXCEPT: u64 = packed(b"except");
    const FINALLY: u64 = packed(b"finally");
    const FOR: u64 = packed(b"for");
    const FROM: u64 = packed(b"from");
    const GLOBAL: u64 = packed(b"global");
    const IF: u64 = packed(b"if");
    const IMPORT: u64 = packed(b"import");
    const IN: u64 = packed(b"in");
    const IS: u64 = packed(b"is");
    const LAMBDA: u64 = packed(b"lambda");
    const NONLOCAL: u64 = packed(b"nonlocal");
    const NOT: u64 = packed(b"not");
    const OR: u64 = packed(b"or");
    const PASS: u64 = packed(b"pass");
    const RAISE: u64 = packed(b"raise");
    const RETURN: u64 = packed(b"return");
    const TRY: u64 = packed(b"try");
    const WHILE: u64 = packed(b"while");
    const WITH: u64 = packed(b"with");
    const YIELD: u64 = packed(b"yield");
    match packed(word) {
        FALSE => T::False,
        NONE => T::None,
        TRUE => T::True,
        AND => T::And,
        AS => T::As,
        ASSERT => T::Assert,
        ASYNC => T::Async,
        AWAIT => T::Await,
        BREAK => T::Break,
        CLASS => T::Class,
        CONTINUE => T::Continue,
        DEF => T::Def,
        DEL => T::Del,
        ELIF => T::Elif,
        ELSE => T::Else,
        EXCEPT => T::Except,
        FINALLY => T::Finally,
        FOR => T::For,
        FROM => T::From,
        GLOBAL => T::Global,
        IF => T::If,
        IMPORT => T::Import,
        IN => T::In,
        IS => T::Is,
        LAMBDA => T::Lambda,
        NONLOCAL => T::Nonlocal,
        NOT => T::Not,
        OR => T::Or,
        PASS => T::Pass,
        RAISE => T::Raise,
        RETURN => T::Return,
        TRY => T::Try,
        WHILE => T::While,
        WITH => T::With,
        YIELD => T::Yield,
        _ => T::Name,
    }
}

/// Line from 1, column in bytes from 0.
#[derive(Clone, Copy, Debug)]
pub struct Pos {
    pub line: i32,
    pub column: i32,
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: T,
    pub start: u32,
    pub end: u32,
    pub from: Pos,
    pub to: Pos,
}

/// Deepest indentation and nesting that is read here.
const MAX_INDENTS: usize = 90;
const MAX_BRACKETS: u32 = 150;
const MAX_FSTRINGS: u32 = 4;

const IDENT: u8 = 1;
const DIGIT: u8 = 2;

static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut b = 0;
    while b < 256 {
        let c = b as u8;
        if c.is_ascii_alphabetic() || c == b'_' {
            class[b] = IDENT;
        } else if c.is_ascii_digit() {
            class[b] = DIGIT;
        }
        b += 1;
    }
    class
};

/// Whether the two bytes are a letter of a Latin alphabet outside ASCII that NFKC leaves as it is.
fn is_plain_letter(first: u8, second: u8) -> bool {
    match first {
        // Not the multiplication and the division sign.
        0xc3 => !matches!(second, 0x97 | 0xb7),
        // Not the ligatures U+0132 and U+0133, nor letters with a dot or an apostrophe of their own.
        0xc4 => !matches!(second, 0xb2 | 0xb3 | 0xbf),
        0xc5 => !matches!(second, 0x80 | 0x89 | 0xbf),
        _ => false,
    }
}

/// Where the lexer stands; to go back, it is put back.
#[derive(Clone, Copy)]
pub struct Mark {
    at: usize,
    line: i32,
    line_start: usize,
    brackets: u32,
    is_line_start: bool,
}

pub struct Lexer<'a> {
    src: &'a [u8],
    mark: Mark,
    dedents: usize,
    indents: Vec<u32>,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Lexer<'a> {
        Lexer {
            src: text.as_bytes(),
            mark: Mark {
                at: 0,
                line: 1,
                line_start: 0,
                brackets: 0,
                is_line_start: true,
            },
            dedents: 0,
            indents: vec![0],
        }
    }

    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Only to a place in the same logical line.
    pub fn go_back(&mut self, mark: Mark) {
        self.mark = mark;
    }

    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.src.get(at).copied().unwrap_or(0)
    }

    fn pos(&self) -> Pos {
        Pos {
            line: self.mark.line,
            column: (self.mark.at - self.mark.line_start) as i32,
        }
    }

    pub fn next(&mut self) -> Token {
        if self.dedents > 0 {
            self.dedents -= 1;
            return self.empty(T::Dedent);
        }
        if self.mark.is_line_start
            && self.mark.brackets == 0
            && let Some(kind) = self.indentation()
        {
            return self.empty(kind);
        }
        loop {
            match self.byte(self.mark.at) {
                b' ' | b'\t' | 0x0c => self.mark.at += 1,
                b'\n' if self.mark.brackets > 0 => self.newline(),
                b'#' => {
                    let rest = &self.src[self.mark.at..];
                    self.mark.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                b'\\' => {
                    if self.byte(self.mark.at + 1) != b'\n' || self.mark.at + 2 >= self.src.len() {
                        return self.empty(T::Bad);
                    }
                    self.mark.at += 1;
                    self.newline();
                }
                _ => break,
            }
        }
        let start = self.mark.at;
        let from = self.pos();
        let kind = self.token();
        let to = self.pos();
        if kind == T::Newline && start < self.src.len() {
            self.newline();
            self.mark.is_line_start = true;
        }
        Token {
            kind,
            start: start as u32,
            end: self.mark.at as u32,
            from,
            to,
        }
    }

    fn newline(&mut self) {
        self.mark.at += 1;
        self.mark.line += 1;
        self.mark.line_start = self.mark.at;
    }

    fn empty(&self, kind: T) -> Token {
        Token {
            kind,
            start: self.mark.at as u32,
            end: self.mark.at as u32,
            from: self.pos(),
            to: self.pos(),
        }
    }

    /// Skips blank lines; `None` where the next token continues the block.
    fn indentation(&mut self) -> Option<T> {
        loop {
            let mut at = self.mark.at;
            while self.byte(at) == b' ' {
                at += 1;
            }
            let width = (at - self.mark.at) as u32;
            match self.byte(at) {
                b'\n' => {
                    self.mark.at = at;
                    self.newline();
                    continue;
                }
                b'#' => {
                    let rest = &self.src[at..];
                    match memchr::memchr(b'\n', rest) {
                        Some(end) => {
                            self.mark.at = at + end;
                            self.newline();
                            continue;
                        }
                        None => {
                            self.mark.at = self.src.len();
                            return self.at_end();
                        }
                    }
                }
                b'\t' | 0x0c | b'\\' | b'\r' => return Some(T::Bad),
                _ => {}
            }
            self.mark.at = at;
            if at >= self.src.len() {
                return self.at_end();
            }
            self.mark.is_line_start = false;
            let top = self.indents.last().copied().unwrap_or(0);
            if width == top {
                return None;
            }
            if width > top {
                if self.indents.len() >= MAX_INDENTS {
                    return Some(T::Bad);
                }
                self.indents.push(width);
                return Some(T::Indent);
            }
            while self.indents.last().is_some_and(|top| *top > width) {
                self.indents.pop();
                self.dedents += 1;
            }
            if self.indents.last() != Some(&width) {
                return Some(T::Bad);
            }
            self.dedents -= 1;
            return Some(T::Dedent);
        }
    }

    fn at_end(&mut self) -> Option<T> {
        if self.indents.len() > 1 {
            self.indents.pop();
            return Some(T::Dedent);
        }
        Some(T::End)
    }

    fn is_end(&self) -> bool {
        self.mark.at >= self.src.len()
    }

    fn token(&mut self) -> T {
        let start = self.mark.at;
        let b = self.byte(start);
        match CLASS[b as usize] {
            IDENT => return self.word(start),
            DIGIT => return self.number(start),
            _ => {}
        }
        let (next, third) = (self.byte(start + 1), self.byte(start + 2));
        let (kind, len) = match b {
            b'\n' => return T::Newline,
            0 if self.is_end() => {
                // The last line ends though no newline stands there.
                if self.mark.brackets > 0 {
                    return T::Bad;
                }
                self.mark.is_line_start = true;
                return T::Newline;
            }
            b'"' | b'\'' => return self.string(b, false),
            b'(' | b'[' | b'{' => {
                self.mark.brackets += 1;
                if self.mark.brackets > MAX_BRACKETS {
                    return T::Bad;
                }
                let kind = match b {
                    b'(' => T::LPar,
                    b'[' => T::LSqb,
                    _ => T::LBrace,
                };
                (kind, 1)
            }
            b')' | b']' | b'}' => {
                if self.mark.brackets == 0 {
                    return T::Bad;
                }
                self.mark.brackets -= 1;
                let kind = match b {
                    b')' => T::RPar,
                    b']' => T::RSqb,
                    _ => T::RBrace,
                };
                (kind, 1)
            }
            b':' if next == b'=' => (T::ColonEqual, 2),
            b':' => (T::Colon, 1),
            b',' => (T::Comma, 1),
            b';' => (T::Semi, 1),
            b'.' if next.is_ascii_digit() => return self.number(start),
            b'.' if next == b'.' && third == b'.' => (T::Ellipsis, 3),
            b'.' => (T::Dot, 1),
            b'=' if next == b'=' => (T::EqEqual, 2),
            b'=' => (T::Equal, 1),
            b'+' if next == b'=' => (T::PlusEqual, 2),
            b'+' => (T::Plus, 1),
            b'-' if next == b'>' => (T::Arrow, 2),
            b'-' if next == b'=' => (T::MinusEqual, 2),
            b'-' => (T::Minus, 1),
            b'*' if next == b'*' && third == b'=' => (T::DoubleStarEqual, 3),
            b'*' if next == b'*' => (T::DoubleStar, 2),
            b'*' if next == b'=' => (T::StarEqual, 2),
            b'*' => (T::Star, 1),
            b'/' if next == b'/' && third == b'=' => (T::DoubleSlashEqual, 3),
            b'/' if next == b'/' => (T::DoubleSlash, 2),
            b'/' if next == b'=' => (T::SlashEqual, 2),
            b'/' => (T::Slash, 1),
            b'%' if next == b'=' => (T::PercentEqual, 2),
            b'%' => (T::Percent, 1),
            b'@' if next == b'=' => (T::AtEqual, 2),
            b'@' => (T::At, 1),
            b'|' if next == b'=' => (T::VBarEqual, 2),
            b'|' => (T::VBar, 1),
            b'&' if next == b'=' => (T::AmperEqual, 2),
            b'&' => (T::Amper, 1),
            b'^' if next == b'=' => (T::CircumflexEqual, 2),
            b'^' => (T::Circumflex, 1),
            b'~' => (T::Tilde, 1),
            b'<' if next == b'<' && third == b'=' => (T::LShiftEqual, 3),
            b'<' if next == b'<' => (T::LShift, 2),
            b'<' if next == b'=' => (T::LessEqual, 2),
            b'<' if next == b'>' => return T::Bad,
            b'<' => (T::Less, 1),
            b'>' if next == b'>' && third == b'=' => (T::RShiftEqual, 3),
            b'>' if next == b'>' => (T::RShift, 2),
            b'>' if next == b'=' => (T::GreaterEqual, 2),
            b'>' => (T::Greater, 1),
            b'!' if next == b'=' => (T::NotEqual, 2),
            0x80.. if is_plain_letter(b, next) => return self.word(start),
            _ => return T::Bad,
        };
        self.mark.at += len;
        kind
    }

    fn word(&mut self, start: usize) -> T {
        let mut at = start;
        loop {
            while CLASS[self.byte(at) as usize] != 0 {
                at += 1;
            }
            if self.byte(at) < 0x80 {
                break;
            }
            if !is_plain_letter(self.byte(at), self.byte(at + 1)) {
                return T::Bad;
            }
            at += 2;
        }
        self.mark.at = at;
        let word = &self.src[start..at];
        match self.byte(at) {
            quote @ (b'"' | b'\'') if word.len() <= 2 => {
                let lower = |i: usize| word.get(i).map_or(0, |b| b.to_ascii_lowercase());
                return match (lower(0), lower(1)) {
                    (b'r' | b'b' | b'u', 0) | (b'r', b'b') | (b'b', b'r') => self.string(quote, false),
                    (b'f', 0) | (b'f', b'r') | (b'r', b'f') => self.string(quote, true),
                    _ => T::Bad,
                };
            }
            _ => {}
        }
        if matches!(word.len(), 2..=8) {
            keyword(word)
        } else {
            T::Name
        }
    }

    /// Numbers whose form is plain; others, and those that run into a word, are left to the other parser.
    fn number(&mut self, start: usize) -> T {
        let mut at = start;
        let digits = |at: &mut usize, ok: fn(&u8) -> bool| {
            let from = *at;
            loop {
                while self.src.get(*at).is_some_and(ok) {
                    *at += 1;
                }
                if *at > from && self.byte(*at) == b'_' && self.src.get(*at + 1).is_some_and(ok) {
                    *at += 1;
                    continue;
                }
                return *at > from;
            }
        };
        if self.byte(at) == b'0' && matches!(self.byte(at + 1) | 0x20, b'x' | b'o' | b'b') {
            let ok: fn(&u8) -> bool = match self.byte(at + 1) | 0x20 {
                b'x' => u8::is_ascii_hexdigit,
                b'o' => |b| matches!(b, b'0'..=b'7'),
                _ => |b| matches!(b, b'0' | b'1'),
            };
            at += 2;
            if !digits(&mut at, ok) {
                return T::Bad;
            }
        } else {
            let zeros = self.byte(at) == b'0' && matches!(self.byte(at + 1), b'0'..=b'9' | b'_');
            digits(&mut at, u8::is_ascii_digit);
            // A whole number has no zeros at its start, unless it is zero.
            let is_zero = self.src[start..at].iter().all(|b| matches!(b, b'0' | b'_'));
            let whole = at;
            if self.byte(at) == b'.' {
                at += 1;
                digits(&mut at, u8::is_ascii_digit);
            }
            if self.byte(at) | 0x20 == b'e' {
                let mut end = at + 1;
                if matches!(self.byte(end), b'+' | b'-') {
                    end += 1;
                }
                if !digits(&mut end, u8::is_ascii_digit) {
                    return T::Bad;
                }
                at = end;
            }
            if self.byte(at) | 0x20 == b'j' {
                at += 1;
            }
            if zeros && !is_zero && at == whole {
                return T::Bad;
            }
        }
        if CLASS[self.byte(at) as usize] != 0 || self.byte(at) >= 0x80 {
            return T::Bad;
        }
        self.mark.at = at;
        T::Number
    }

    /// A string whose opening quote stands at the current place.
    fn string(&mut self, quote: u8, is_fstring: bool) -> T {
        let ended = if is_fstring {
            self.fstring(quote, 1)
        } else {
            self.plain_string(quote)
        };
        match (ended, is_fstring) {
            (None, _) => T::Bad,
            (Some(()), true) => T::FStr,
            (Some(()), false) => T::Str,
        }
    }

    fn is_triple(&self, quote: u8) -> bool {
        self.byte(self.mark.at + 1) == quote && self.byte(self.mark.at + 2) == quote
    }

    fn plain_string(&mut self, quote: u8) -> Option<()> {
        let triple = self.is_triple(quote);
        self.mark.at += if triple { 3 } else { 1 };
        loop {
            let rest = self.src.get(self.mark.at..)?;
            self.mark.at += memchr3(quote, b'\\', b'\n', rest)?;
            match self.byte(self.mark.at) {
                b'\n' if !triple => return None,
                b'\n' => self.newline(),
                b'\\' => {
                    self.mark.at += 1;
                    match self.src.get(self.mark.at)? {
                        b'\n' => self.newline(),
                        _ => self.mark.at += 1,
                    }
                }
                _ if triple && !self.is_triple(quote) => self.mark.at += 1,
                _ => {
                    self.mark.at += if triple { 3 } else { 1 };
                    return Some(());
                }
            }
        }
    }

    /// Finds the end of an f-string: brackets and strings in its replacement fields are followed.
    fn fstring(&mut self, quote: u8, depth: u32) -> Option<()> {
        if depth > MAX_FSTRINGS {
            return None;
        }
        let triple = self.is_triple(quote);
        self.mark.at += if triple { 3 } else { 1 };
        loop {
            match *self.src.get(self.mark.at)? {
                b'\n' if !triple => return None,
                b'\n' => self.newline(),
                b'\\' => {
                    self.mark.at += 1;
                    match *self.src.get(self.mark.at)? {
                        b'\n' => self.newline(),
                        // Names of characters have braces of their own.
                        b'N' => return None,
                        b'{' | b'}' => {}
                        _ => self.mark.at += 1,
                    }
                }
                b'{' if self.byte(self.mark.at + 1) == b'{' => self.mark.at += 2,
                b'{' => {
                    self.mark.at += 1;
                    self.field(depth)?;
                }
                b if b == quote && (!triple || self.is_triple(quote)) => {
                    self.mark.at += if triple { 3 } else { 1 };
                    return Some(());
                }
                _ => self.mark.at += 1,
            }
        }
    }

    /// A replacement field, from behind its brace to behind the closing one.
    fn field(&mut self, depth: u32) -> Option<()> {
        let mut brackets = 0;
        loop {
            let b = *self.src.get(self.mark.at)?;
            match b {
                b'\n' => self.newline(),
                // Comments and backslashes are rare here.
                b'#' | b'\\' => return None,
                b'(' | b'[' | b'{' => {
                    brackets += 1;
                    self.mark.at += 1;
                }
                b'}' if brackets == 0 => {
                    self.mark.at += 1;
                    return Some(());
                }
                b')' | b']' | b'}' => {
                    brackets = if brackets == 0 { return None } else { brackets - 1 };
                    self.mark.at += 1;
                }
                b':' if brackets == 0 => {
                    self.mark.at += 1;
                    return self.format_spec(depth);
                }
                b'"' | b'\'' => self.plain_string(b)?,
                _ if CLASS[b as usize] == IDENT => {
                    let start = self.mark.at;
                    while CLASS[self.byte(self.mark.at) as usize] != 0 {
                        self.mark.at += 1;
                    }
                    let quote = self.byte(self.mark.at);
                    if matches!(quote, b'"' | b'\'') {
                        let word = &self.src[start..self.mark.at];
                        if word.iter().any(|b| matches!(b, b'f' | b'F' | b't' | b'T')) {
                            self.fstring(quote, depth + 1)?;
                        } else {
                            self.plain_string(quote)?;
                        }
                    }
                }
                _ => self.mark.at += 1,
            }
        }
    }

    fn format_spec(&mut self, depth: u32) -> Option<()> {
        loop {
            let rest = self.src.get(self.mark.at..)?;
            let next = memchr2(b'{', b'}', rest)?;
            if rest[..next].iter().any(|b| matches!(b, b'\n' | b'\\' | b'"' | b'\'')) {
                return None;
            }
            self.mark.at += next + 1;
            if rest[next] == b'}' {
                return Some(());
            }
            self.field(depth)?;
        }
    }
}
