//! What CPython's grammar says about a source it refuses, found from the failing token and those around it. In: the
//! parser's first error and the index of the failing token. Out: the error of the `invalid_` rule that applies, or
//! plain "invalid syntax".
//!
//! CPython: Grammar/python.gram, the `invalid_` rules; Parser/action_helpers.c, Parser/pegen_errors.c.

use ruff_python_ast as ruff;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::TextRange;

use super::super::lower::escape_error;
use super::super::tokenizer::Kind;
use super::{Translate, expr_name, is_keyword};
use crate::Mode;
use crate::diagnostic::{Diagnostic, ErrorClass};

impl Translate<'_> {
    pub(super) fn grammar(&self, first: &ParseError, fi: usize) -> Box<Diagnostic> {
        let location = first.location;
        let (start, end) = (location.start().to_usize(), location.end().to_usize());
        let here = |message: &str| self.span(ErrorClass::SyntaxError, message, start, end);
        let at = |message: &str, i: usize| self.at_token(message, i);
        if let Some(d) = self.in_fstring(fi) {
            return d;
        }
        let head = self.statement_start(fi);
        if let Some(d) = self.in_parameters(fi) {
            return d;
        }
        if let Some(d) = self.keyword_argument(location) {
            return d;
        }
        let is_target = matches!(
            first.error,
            ParseErrorType::InvalidAssignmentTarget
                | ParseErrorType::InvalidAnnotatedAssignmentTarget
                | ParseErrorType::InvalidAugmentedAssignmentTarget
        );
        if is_target {
            let after = self.tokens.iter().position(|t| t.start >= end).unwrap_or(fi);
            let value = after + 1;
            let no_value = !self.starts_operand(value) && !matches!(self.tok(value), "-" | "+" | "*" | "yield");
            let annotated = matches!(first.error, ParseErrorType::InvalidAnnotatedAssignmentTarget);
            if self.mode == Mode::Eval || annotated && self.tok(after) == ":" && no_value {
                return at("invalid syntax", after);
            }
        }
        match &first.error {
            ParseErrorType::OtherError(message) if message.starts_with("Expected an indented block") => {
                return self.expected_block(fi);
            }
            ParseErrorType::OtherError(message) => {
                if let Some(d) = self.other(message, location, fi) {
                    return d;
                }
            }
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Colon,
                ..
            } => {
                let forced = matches!(self.tok(head), "def" | "try" | "finally" | "else")
                    || (self.tok(head) == "async" && self.tok(head + 1) == "def");
                if self.kind(fi) == Kind::Newline || forced && self.enclosing(fi).is_none() {
                    return at("expected ':'", fi);
                }
                if self.in_lambda(fi) {
                    return at("expected ':'", fi);
                }
            }
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Lpar,
                ..
            } if self.tok(head) == "def" => {
                return at("expected '('", fi);
            }
            ParseErrorType::ExpectedToken {
                expected: TokenKind::Else,
                ..
            } => {
                if let Some((body, _)) = self.conditional_before(fi) {
                    let end = self.tokens[fi - 1].end;
                    if self.tok(fi) != ":" {
                        return self.span(
                            ErrorClass::SyntaxError,
                            "expected 'else' after 'if' expression",
                            body,
                            end,
                        );
                    }
                }
            }
            ParseErrorType::InvalidStarredExpressionUsage => {
                let i = self.tokens.iter().position(|t| t.start >= start).unwrap_or(fi);
                let close = self.tokens.iter().position(|t| t.start >= end).unwrap_or(fi);
                if i > 0 && self.tok(i - 1) == "(" && self.tok(close) == ")" {
                    return here("cannot use starred expression here");
                }
                return at("invalid syntax", i);
            }
            ParseErrorType::PositionalAfterKeywordArgument => {
                return self.after_arguments("positional argument follows keyword argument", fi);
            }
            ParseErrorType::PositionalAfterKeywordUnpacking => {
                return self.after_arguments("positional argument follows keyword argument unpacking", fi);
            }
            ParseErrorType::InvalidArgumentUnpackingOrder => {
                let close = (fi..self.tokens.len()).find(|&i| self.tok(i) == ")").unwrap_or(fi);
                let comma = (0..fi).rev().find(|&i| self.tok(i) == ",").unwrap_or(fi);
                let message = "iterable argument unpacking follows keyword argument unpacking";
                let end = self.tokens.get(close).map_or(end, |t| t.end);
                let mut d = self.span(ErrorClass::SyntaxError, message, self.tokens[comma].start, end);
                d.end_offset -= 1;
                return d;
            }
            ParseErrorType::IterableUnpackingInComprehension => {
                return here("iterable unpacking cannot be used in comprehension");
            }
            ParseErrorType::NonDefaultParamAfterDefaultParam => {
                return here("parameter without a default follows parameter with a default");
            }
            ParseErrorType::ParamAfterVarKeywordParam => {
                let message = match self.tok(fi) {
                    _ if start == end => "invalid syntax",
                    _ => "arguments cannot follow var-keyword argument",
                };
                return here(message);
            }
            ParseErrorType::ExpectedKeywordParam => return here("named arguments must follow bare *"),
            ParseErrorType::VarParameterWithDefault => {
                let text = self.text(location);
                let what = if text.starts_with("**") {
                    "keyword"
                } else {
                    "positional"
                };
                let equals = (fi..self.tokens.len()).find(|&i| self.tok(i) == "=").unwrap_or(fi);
                return at(&format!("var-{what} argument cannot have default value"), equals);
            }
            ParseErrorType::EmptyTypeParams => {
                let close = (fi..self.tokens.len()).find(|&i| self.tok(i) == "]").unwrap_or(fi);
                return at("Type parameter list cannot be empty", close);
            }
            ParseErrorType::EmptyImportNames => {
                return at("Expected one or more names after 'import'", fi);
            }
            ParseErrorType::UnparenthesizedGeneratorExpression => {
                return here("Generator expression must be parenthesized");
            }
            ParseErrorType::InvalidAssignmentTarget => return self.target("assign to", location),
            ParseErrorType::InvalidDeleteTarget => return self.target("delete", location),
            ParseErrorType::InvalidNamedAssignmentTarget => {
                return here(&format!(
                    "cannot use assignment expressions with {}",
                    self.expr_name(location)
                ));
            }
            ParseErrorType::InvalidAnnotatedAssignmentTarget => {
                return match self.expr_name(location) {
                    "list" => here("only single target (not list) can be annotated"),
                    "tuple" => here("only single target (not tuple) can be annotated"),
                    _ => here("illegal target for annotation"),
                };
            }
            ParseErrorType::InvalidAugmentedAssignmentTarget => {
                let name = self.expr_name(location);
                return here(&format!("'{name}' is an illegal expression for augmented assignment"));
            }
            ParseErrorType::InvalidMatchPatternTarget => return here("cannot use '_' as a target"),
            ParseErrorType::ExpectedRealNumber => return here("real number required in complex literal"),
            ParseErrorType::ExpectedImaginaryNumber => return here("imaginary number required in complex literal"),
            ParseErrorType::Lexical(e) => {
                if let Some(d) = self.literal(e, location) {
                    return d;
                }
            }
            ParseErrorType::UnparenthesizedNamedExpression | ParseErrorType::UnparenthesizedTupleExpression => {}
            _ => {}
        }
        self.by_tokens(fi).unwrap_or_else(|| at("invalid syntax", fi))
    }

    /// `f(1=2)`: the left side of a keyword argument is no name.
    fn keyword_argument(&self, location: TextRange) -> Option<Box<Diagnostic>> {
        let i = self.tokens.iter().position(|t| t.start >= location.end().to_usize())?;
        let (open, at) = self.enclosing(i)?;
        if self.tok(i) != "=" || open != '(' || at == 0 || !self.ends_operand(at - 1) || location.is_empty() {
            return None;
        }
        let (left, name) = self.expr_before(i).unwrap_or((location, "expression"));
        let (start, end) = (left.start().to_usize(), self.tokens[i].end);
        let message = match name {
            "True" | "False" | "None" => format!("cannot assign to {name}"),
            _ => "expression cannot contain assignment, perhaps you meant \"==\"?".to_string(),
        };
        Some(self.span(ErrorClass::SyntaxError, message, start, end))
    }

    /// Misplaced `/` and `*` among parameters. CPython: invalid_parameters.
    fn in_parameters(&self, fi: usize) -> Option<Box<Diagnostic>> {
        if !matches!(self.tok(fi), "/" | "*" | "**") {
            return None;
        }
        let mut depth = 0;
        let mut first = None;
        for j in (0..fi).rev() {
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" if depth == 0 => {
                    let def = self.statement_start(j);
                    let is_def = self.tok(def) == "def" || self.tok(def) == "async" && self.tok(def + 1) == "def";
                    let after_name = j == def + 2 || j == def + 3 || j > 0 && self.tok(j - 1) == "]";
                    first = (is_def && after_name).then_some(j + 1);
                    break;
                }
                "(" | "[" | "{" if depth == 0 => return None,
                "(" | "[" | "{" => depth -= 1,
                "lambda" if depth == 0 => {
                    first = Some(j + 1);
                    break;
                }
                ":" if depth == 0 && self.in_lambda(fi) => return None,
                _ if self.kind(j) == Kind::Newline => return None,
                _ => {}
            }
        }
        let first = first?;
        let mut depth = 0;
        let (mut slash, mut star, mut double) = (false, false, false);
        for i in first..fi {
            match self.tok(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                token @ ("/" | "*" | "**") if depth == 0 && (i == first || self.tok(i - 1) == ",") => match token {
                    "/" => slash = true,
                    "*" => star = true,
                    _ => double = true,
                },
                _ => {}
            }
        }
        let starts = fi == first || self.tok(fi - 1) == ",";
        let message = match self.tok(fi) {
            _ if !starts => return None,
            _ if double => "arguments cannot follow var-keyword argument",
            "/" if slash => "/ may appear only once",
            "/" if star => "/ must be ahead of *",
            "/" if fi == first => "at least one argument must precede /",
            "*" if star => "* argument may appear only once",
            _ => return None,
        };
        Some(self.at_token(message, fi))
    }

    /// Whether token `fi` stands in the parameters or at the colon of a lambda.
    pub(super) fn in_lambda(&self, fi: usize) -> bool {
        let mut depth = 0;
        for j in (0..fi).rev() {
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth == 0 => return false,
                "(" | "[" | "{" => depth -= 1,
                ":" if depth == 0 => return false,
                "lambda" if depth == 0 => return true,
                _ if self.kind(j) == Kind::Newline => return false,
                _ => {}
            }
        }
        false
    }

    /// Start of `a if b` before token `fi`.
    fn conditional_before(&self, fi: usize) -> Option<(usize, usize)> {
        let mut depth = 0;
        for j in (0..fi).rev() {
            match self.tok(j) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth == 0 => return None,
                "(" | "[" | "{" => depth -= 1,
                "if" if depth == 0 => {
                    let (body, _) = self.expr_before(j)?;
                    return Some((body.start().to_usize(), j));
                }
                _ if self.kind(j) == Kind::Newline => return None,
                _ => {}
            }
        }
        None
    }

    /// Errors about the order of arguments reach from the offending argument to the closing parenthesis.
    fn after_arguments(&self, message: &str, fi: usize) -> Box<Diagnostic> {
        let mut depth = 0;
        for i in fi..self.tokens.len() {
            match self.tok(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return self.at_token(message, i),
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        self.at_token(message, fi)
    }

    /// What the failing token and those before it say. CPython: the `invalid_` rules of Grammar/python.gram.
    fn by_tokens(&self, fi: usize) -> Option<Box<Diagnostic>> {
        let err =
            |message: &str, start: usize, end: usize| Some(self.span(ErrorClass::SyntaxError, message, start, end));
        let head = self.statement_start(fi);
        let t = self.tokens.get(fi)?;
        let previous = fi.checked_sub(1).map_or("", |i| self.tok(i));
        // `print x` and `exec x`
        if matches!(previous, "print" | "exec")
            && fi >= 1
            && fi - 1 == head
            && (self.starts_operand(fi) || self.tok(fi) == "not")
            && self.tok(fi) != "("
        {
            let end = self.tokens[..]
                .get(fi..)?
                .iter()
                .position(|t| t.kind == Kind::Newline)
                .map(|n| fi + n);
            let end = end.map_or(t.end, |i| self.tokens[i - 1].end);
            return err(
                &format!("Missing parentheses in call to '{previous}'. Did you mean {previous}(...)?"),
                self.tokens[fi - 1].start,
                end,
            );
        }
        if self.tok(fi) == "=" && (self.mode != Mode::Eval || self.enclosing(fi).is_some()) {
            let in_call = matches!(self.enclosing(fi), Some(('(', open)) if open > 0 && self.ends_operand(open - 1));
            if let Some((left, name)) = self.expr_before(fi) {
                let (start, end) = (left.start().to_usize(), left.end().to_usize());
                if matches!(name, "True" | "False" | "None") && in_call {
                    return err(&format!("cannot assign to {name}"), start, t.end);
                }
                if in_call {
                    return err(
                        "expression cannot contain assignment, perhaps you meant \"==\"?",
                        start,
                        t.end,
                    );
                }
                if name == "name" {
                    if let Some((right, _)) = self.expr_after(fi + 1) {
                        return err(
                            "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
                            start,
                            right.end().to_usize(),
                        );
                    }
                } else if !matches!(
                    name,
                    "list" | "tuple" | "generator expression" | "True" | "None" | "False"
                ) {
                    return err(
                        &format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"),
                        start,
                        end,
                    );
                }
            }
        }
        if self.tok(fi) == "not" && fi > 0 && self.kind(fi - 1) == Kind::Op {
            let operators = [
                "+", "-", "*", "/", "//", "%", "@", "<<", ">>", "&", "^", "|", "**", "~", "<", ">", "==", "!=", "<=",
                ">=",
            ];
            if operators.contains(&previous) {
                let end = self.expr_after(fi).map_or(t.end, |(r, _)| r.end().to_usize());
                return err("'not' after an operator must be parenthesized", t.start, end);
            }
        }
        if self.tok(head) == "import" && self.tok(fi) == "from" {
            return err(
                "Did you mean to use 'from ... import ...' instead?",
                self.tokens[head].start,
                {
                    let mut i = fi;
                    while i + 1 < self.tokens.len() && self.kind(i + 1) != Kind::Newline {
                        i += 1;
                    }
                    self.tokens[i].end
                },
            );
        }
        if let Some(d) = self.part_of_string(fi) {
            return Some(d);
        }
        if let Some(d) = self.in_dict(fi) {
            return Some(d);
        }
        if matches!(self.tok(fi), "," | ")" | ":")
            && matches!(self.tok(head), "with" | "async")
            && let Some(target) = (head..fi).rev().find(|&i| self.tok(i) == "as").map(|i| i + 1)
            && target < fi
        {
            let (start, end) = (self.tokens[target].start, self.tokens[fi - 1].end);
            let name = self.expr_name(TextRange::new((start as u32).into(), (end as u32).into()));
            if !matches!(name, "name" | "attribute" | "subscript" | "list" | "tuple" | "starred") {
                return err(&format!("cannot assign to {name}"), start, end);
            }
        }
        // Two operands side by side inside brackets.
        if fi > 0
            && self.enclosing(fi).is_some()
            && self.ends_operand(fi - 1)
            && self.starts_operand(fi)
            && !(self.kind(fi) == Kind::String && self.kind(fi - 1) == Kind::Name)
            && let (Some((left, _)), Some((right, _))) = (self.expr_before(fi), self.expr_after(fi))
        {
            let name_string = self.kind(fi - 1) == Kind::Name && matches!(self.kind(fi), Kind::FStart | Kind::String);
            if !name_string {
                if matches!(self.kind(fi - 1), Kind::String | Kind::FEnd)
                    && self.kind(fi) == Kind::Name
                    && (fi + 1..self.tokens.len())
                        .take(1)
                        .any(|i| self.kind(i) == Kind::String)
                {
                    return err(
                        "invalid syntax. Is this intended to be part of the string?",
                        self.tokens[fi].start,
                        self.tokens[fi].end,
                    );
                }
                return err(
                    "invalid syntax. Perhaps you forgot a comma?",
                    left.start().to_usize(),
                    right.end().to_usize(),
                );
            }
        }
        None
    }

    /// A dict display that lacks a value or a colon. CPython: invalid_double_starred_kvpairs.
    fn in_dict(&self, fi: usize) -> Option<Box<Diagnostic>> {
        let (open, at) = self.enclosing(fi)?;
        if open != '{' || !matches!(self.tok(fi), "}" | ",") {
            return None;
        }
        let mut depth = 0;
        let (mut colons, mut item_colon) = (0, None);
        for i in at + 1..fi {
            match self.tok(i) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                ":" if depth == 0 => {
                    colons += 1;
                    item_colon = Some(i);
                }
                "," if depth == 0 => item_colon = None,
                _ => {}
            }
        }
        match item_colon {
            Some(colon) if colon + 1 == fi => {
                Some(self.at_token("expression expected after dictionary key and ':'", colon))
            }
            None if colons > 0 && self.ends_operand(fi - 1) => {
                let mut d = self.at_token("':' expected after dictionary key", fi - 1);
                (d.offset, d.end_offset) = (d.end_offset - 1, 0);
                d.lineno = d.end_lineno;
                Some(d)
            }
            _ => None,
        }
    }

    /// `"a" b "c"`: the quotes in a string end it.
    pub(super) fn part_of_string(&self, fi: usize) -> Option<Box<Diagnostic>> {
        let is_string = |i: usize| matches!(self.kind(i), Kind::String | Kind::FEnd);
        let stop = (fi..self.tokens.len())
            .find(|&i| self.kind(i) == Kind::Newline)
            .unwrap_or(self.tokens.len());
        let open = (fi.saturating_sub(1)..stop).find(|&i| is_string(i))?;
        let mut last = open + 1;
        let word = |i: usize| {
            self.kind(i) == Kind::Name && (!is_keyword(self.tok(i)) || matches!(self.tok(i), "None" | "True" | "False"))
                || self.kind(i) == Kind::Number
        };
        if !word(last) {
            return None;
        }
        while word(last) {
            last += 1;
        }
        if !matches!(self.kind(last), Kind::String | Kind::FStart) || last >= stop {
            return None;
        }
        Some(self.span(
            ErrorClass::SyntaxError,
            "invalid syntax. Is this intended to be part of the string?",
            self.tokens[open + 1].start,
            self.tokens[last - 1].end,
        ))
    }

    /// Literals that the tokenizer accepts and the parser refuses.
    fn literal(&self, e: &LexicalErrorType, location: TextRange) -> Option<Box<Diagnostic>> {
        let at = location.start().to_usize();
        let token = self
            .tokens
            .iter()
            .find(|t| matches!(t.kind, Kind::String | Kind::FMiddle) && t.start <= at && at <= t.end)?;
        let err = |message: String| Some(self.span(ErrorClass::SyntaxError, message, token.start, token.end));
        match e {
            LexicalErrorType::InvalidByteLiteral => err("bytes can only contain ASCII literal characters".to_string()),
            LexicalErrorType::UnicodeError
            | LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::StringError => {
                let literal = &self.source.text[token.start..token.end.min(self.source.text.len())];
                let (content, bytes) = if token.kind == Kind::FMiddle {
                    (literal, false)
                } else {
                    let prefix = literal.bytes().take_while(u8::is_ascii_alphabetic).count();
                    let body = &literal[prefix..];
                    let quotes = if body.starts_with("\"\"\"") || body.starts_with("'''") {
                        3
                    } else {
                        1
                    };
                    let bytes = literal[..prefix].contains(['b', 'B']);
                    (body.get(quotes..body.len().saturating_sub(quotes)).unwrap_or(""), bytes)
                };
                err(escape_error(content, bytes)?)
            }
            _ => None,
        }
    }

    fn other(&self, message: &str, location: TextRange, fi: usize) -> Option<Box<Diagnostic>> {
        let (start, end) = (location.start().to_usize(), location.end().to_usize());
        let err = |m: &str| Some(self.span(ErrorClass::SyntaxError, m, start, end));
        match message {
            m if m.starts_with("Only single target") => err(&m.replacen('O', "o", 1)),
            m if m.starts_with("Cannot have both 'except'") => {
                let i = (0..self.tokens.len()).find(|&i| self.tokens[i].start >= start && self.tok(i) == "except")?;
                let last = if self.tok(i + 1) == "*" { i + 1 } else { i };
                let message = "cannot have both 'except' and 'except*' on the same 'try'";
                Some(self.span(
                    ErrorClass::SyntaxError,
                    message,
                    self.tokens[i].start,
                    self.tokens[last].end,
                ))
            }
            m if m.contains("mix bytes and nonbytes") || m.contains("bytes literal cannot be mixed") => {
                err("cannot mix bytes and nonbytes literals")
            }
            m if m.contains("mixed with t-string") || m.contains("t-string") && m.contains("mix") => {
                err("cannot mix t-string literals with string or bytes literals")
            }
            m if m.starts_with("Expected `except` or `finally` after") => {
                let mut d = self.at_token("expected 'except' or 'finally' block", fi);
                if d.offset == 0 {
                    (d.offset, d.end_offset) = (self.last_line().1 + 1, -1);
                }
                Some(d)
            }
            _ => None,
        }
    }

    /// "expected an indented block after ..." names the statement whose block is missing.
    fn expected_block(&self, fi: usize) -> Box<Diagnostic> {
        let mut colon = fi;
        while colon > 0 && matches!(self.kind(colon - 1), Kind::Newline | Kind::Dedent | Kind::Indent) {
            colon -= 1;
        }
        let first = self.statement_start(colon);
        let second = self.tok(first + 1);
        let what = match self.tok(first) {
            "def" => "function definition",
            "class" => "class definition",
            "if" => "'if' statement",
            "elif" => "'elif' statement",
            "else" => "'else' statement",
            "for" => "'for' statement",
            "while" => "'while' statement",
            "with" => "'with' statement",
            "try" => "'try' statement",
            "except" if second == "*" => "'except*' statement",
            "except" => "'except' statement",
            "finally" => "'finally' statement",
            "match" => "'match' statement",
            "case" => "'case' statement",
            "async" => match second {
                "def" => "function definition",
                "for" => "'for' statement",
                _ => "'with' statement",
            },
            _ => "",
        };
        let line = self.tokens.get(first).map_or(1, |t| self.chars(t.start).0);
        let message = if what.is_empty() {
            "expected an indented block".to_string()
        } else {
            format!("expected an indented block after {what} on line {line}")
        };
        let mut next = fi;
        while matches!(self.kind(next), Kind::Newline) {
            next += 1;
        }
        let mut d = Diagnostic::new(ErrorClass::IndentationError, message);
        match self.tokens.get(next) {
            Some(t) if !matches!(t.kind, Kind::Dedent | Kind::EndMarker | Kind::Indent) => {
                (d.lineno, d.offset) = self.chars(t.start);
                (d.end_lineno, d.end_offset) = self.chars(t.end);
            }
            Some(t) if t.kind == Kind::Dedent && t.start < self.source.text.len() => {
                let (line, col) = self.source.position(t.start as u32);
                (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, col, line, -1);
            }
            _ => {
                let (line, len) = self.last_line();
                (d.lineno, d.offset, d.end_lineno, d.end_offset) = (line, len + 1, line, -1);
            }
        }
        d
    }

    fn target(&self, verb: &str, location: TextRange) -> Box<Diagnostic> {
        let name = self.expr_name(location);
        let (start, end) = (location.start().to_usize(), location.end().to_usize());
        let hint = match name {
            "literal"
            | "function call"
            | "expression"
            | "f-string expression"
            | "t-string expression"
            | "dict literal"
            | "set display"
            | "await expression"
            | "list comprehension"
            | "set comprehension"
            | "dict comprehension"
                if verb == "assign to" && self.single_assignment(end) && !self.has_word_operator(start, end) =>
            {
                " here. Maybe you meant '==' instead of '='?"
            }
            _ => "",
        };
        self.span(
            ErrorClass::SyntaxError,
            format!("cannot {verb} {name}{hint}"),
            start,
            end,
        )
    }

    /// Whether `not`, `and` or `or` stands in a range outside brackets: such an expression is no `bitwise_or`.
    fn has_word_operator(&self, start: usize, end: usize) -> bool {
        let mut depth = 0;
        (0..self.tokens.len())
            .filter(|&i| self.tokens[i].start >= start && self.tokens[i].end <= end)
            .any(|i| {
                match self.tok(i) {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth -= 1,
                    "not" | "and" | "or" if depth == 0 => return true,
                    _ => {}
                }
                false
            })
    }

    /// Whether the statement is `target = value` with one `=` right after byte `end`, and the target begins it.
    fn single_assignment(&self, end: usize) -> bool {
        let Some(i) = self.tokens.iter().position(|t| t.start >= end) else {
            return false;
        };
        let value = self.starts_operand(i + 1) || matches!(self.tok(i + 1), "-" | "+");
        if self.tok(i) != "=" || self.enclosing(i).is_some() || !value {
            return false;
        }
        let stop = (i + 1..self.tokens.len())
            .find(|&j| self.kind(j) == Kind::Newline)
            .unwrap_or(self.tokens.len());
        !(i + 1..stop).any(|j| matches!(self.tok(j), "=" | ":=") && self.enclosing(j).is_none())
    }

    /// CPython: Parser/pegen.c, _PyPegen_get_expr_name, from the text of the expression.
    fn expr_name(&self, range: TextRange) -> &'static str {
        let known = self.exprs.iter().find(|(r, _)| *r == range).map(|(_, name)| *name);
        known.unwrap_or_else(|| {
            let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Expression);
            let parsed = ruff_python_parser::parse_unchecked(self.text(range), options);
            match parsed.syntax() {
                ruff::Mod::Expression(m) => expr_name(&m.body),
                ruff::Mod::Module(_) => "expression",
            }
        })
    }
}
