//! Expressions, calls, comprehensions and assignment targets.

use super::calls::*;
use super::parameters::lambda_params;
use super::strings::strings;
use super::{Fail, Node, P, Parser, Rule, What, alt};
use crate::syntax::tokenizer::Kind;

pub(super) fn eval(p: &mut Parser<'_>) -> P {
    let node = expressions(p)?;
    p.many0(|p| p.newline())?;
    p.kind(Kind::EndMarker)?;
    Ok(node)
}

/// `item (',' item)* [',']`: a tuple as soon as there is a comma.
pub(super) fn tuple_of(p: &mut Parser<'_>, item: fn(&mut Parser<'_>) -> P) -> P {
    let start = p.mark;
    let first = item(p)?;
    let mut items = vec![first];
    let mut commas = 0;
    while let Some(next) = p.opt(|p| {
        p.t(",")?;
        item(p)
    })? {
        items.push(next);
        commas += 1;
    }
    if p.opt(|p| p.t(","))?.is_some() {
        commas += 1;
    }
    match (commas, items.pop()) {
        (0, Some(only)) => Ok(only),
        (_, Some(last)) => {
            items.push(last);
            Ok(p.node(What::Tuple, start, items))
        }
        (_, None) => Err(Fail::No),
    }
}

pub(super) fn expressions(p: &mut Parser<'_>) -> P {
    tuple_of(p, expression)
}

pub(super) fn star_expressions(p: &mut Parser<'_>) -> P {
    tuple_of(p, star_expression)
}

pub(super) fn annotated_rhs(p: &mut Parser<'_>) -> P {
    alt!(p;
        { yield_expr(p) }
        { star_expressions(p) }
    )
}

pub(super) fn yield_expr(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.t("yield")?;
    if p.is("from")? {
        p.t("from")?;
        expression(p)?;
    } else {
        p.opt(star_expressions)?;
    }
    Ok(p.node(What::Yield, start, Vec::new()))
}

pub(super) fn starred(p: &mut Parser<'_>, value: fn(&mut Parser<'_>) -> P) -> P {
    let start = p.mark;
    p.t("*")?;
    let value = value(p)?;
    Ok(p.node(What::Starred, start, vec![value]))
}

pub(super) fn star_expression(p: &mut Parser<'_>) -> P {
    p.memo(Rule::StarExpression, |p| {
        alt!(p;
            { starred(p, bitwise_or) }
            { expression(p) }
        )
    })
}

pub(super) fn star_named_expression(p: &mut Parser<'_>) -> P {
    alt!(p;
        { starred(p, bitwise_or) }
        { named_expression(p) }
    )
}

pub(super) fn star_named_expressions(p: &mut Parser<'_>) -> P<Vec<Node>> {
    let items = p.list(",", star_named_expression)?;
    p.opt(|p| p.t(","))?;
    Ok(items)
}

pub(super) fn assignment_expression(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.name()?;
    p.t(":=")?;
    expression(p)?;
    Ok(p.node(What::NamedExpr, start, Vec::new()))
}

pub(super) fn named_expression(p: &mut Parser<'_>) -> P {
    p.memo(Rule::NamedExpression, |p| {
        alt!(p;
            { assignment_expression(p) }
            { invalid_named_expression(p) }
            { expression_not_walrus(p) }
        )
    })
}

pub(super) fn expression_not_walrus(p: &mut Parser<'_>) -> P {
    let node = expression(p)?;
    p.not(|p| p.t(":="))?;
    Ok(node)
}

pub(super) fn invalid_named_expression(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    p.memo(Rule::InvalidNamedExpression, |p| {
        let not_assigned = |p: &mut Parser<'_>| p.not(|p| p.any(&["=", ":="]));
        alt!(p;
            {
                let a = expression(p)?;
                p.t(":=")?;
                expression(p)?;
                p.raise_at(&a, &format!("cannot use assignment expressions with {}", a.what.name()))
            }
            {
                let a = p.name()?;
                p.t("=")?;
                let b = bitwise_or(p)?;
                not_assigned(p)?;
                p.raise_range(&a, &b, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?")
            }
            {
                p.not(list)?;
                p.not(tuple)?;
                p.not(genexp)?;
                p.not(|p| p.any(&["True", "None", "False"]))?;
                let a = bitwise_or(p)?;
                p.t("=")?;
                bitwise_or(p)?;
                not_assigned(p)?;
                let message = format!("cannot assign to {} here. Maybe you meant '==' instead of '='?", a.what.name());
                p.raise_at(&a, &message)
            }
        )
    })
}

pub(super) fn expression(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Expression, |p| {
        alt!(p;
            { invalid_expression(p) }
            { invalid_legacy_expression(p) }
            { if_expression(p) }
            { disjunction(p) }
            { lambdef(p) }
        )
    })
}

pub(super) fn if_expression(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    disjunction(p)?;
    p.t("if")?;
    disjunction(p)?;
    p.t("else")?;
    expression(p)?;
    Ok(p.node(What::IfExp, start, Vec::new()))
}

/// As `expression`, with no `invalid_` rule below it.
pub(super) fn expression_without_invalid(p: &mut Parser<'_>) -> P {
    let before = std::mem::replace(&mut p.invalid, false);
    let result = (|| {
        alt!(p;
            { if_expression(p) }
            { disjunction(p) }
            { lambdef(p) }
        )
    })();
    p.invalid = before;
    result
}

pub(super) fn soft_keyword(p: &mut Parser<'_>) -> P {
    p.any(&["_", "case", "match", "type"])
}

pub(super) fn is_legacy(p: &Parser<'_>, node: &Node) -> bool {
    node.what == What::Name && node.start == node.end && matches!(p.toks[node.start].text, "print" | "exec")
}

pub(super) fn invalid_expression(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            p.kind(Kind::String)?;
            let words = p.many1(|p| {
                p.not(|p| p.kind(Kind::String))?;
                expression_without_invalid(p)
            })?;
            p.kind(Kind::String)?;
            let message = "invalid syntax. Is this intended to be part of the string?";
            p.raise_range(&words[0], &words[words.len() - 1], message)
        }
        {
            p.not(|p| {
                alt!(p;
                    { p.name()?; p.kind(Kind::String) }
                    { soft_keyword(p) }
                )
            })?;
            let a = disjunction(p)?;
            let b = expression_without_invalid(p)?;
            if is_legacy(p, &a) || p.toks[p.mark - 1].level == 0 {
                return Err(Fail::No);
            }
            p.raise_range(&a, &b, "invalid syntax. Perhaps you forgot a comma?")
        }
        {
            let a = disjunction(p)?;
            p.t("if")?;
            let b = disjunction(p)?;
            p.not(|p| p.any(&["else", ":"]))?;
            p.raise_range(&a, &b, "expected 'else' after 'if' expression")
        }
        {
            disjunction(p)?;
            p.t("if")?;
            disjunction(p)?;
            p.t("else")?;
            p.not(expression)?;
            p.raise_on_next("expected expression after 'else', but statement is given")
        }
        {
            let a = p.any(&["pass", "break", "continue"])?;
            p.t("if")?;
            disjunction(p)?;
            p.t("else")?;
            super::statements::simple_stmt(p)?;
            p.raise_at(&a, "expected expression before 'if', but statement is given")
        }
        {
            let a = p.t("lambda")?;
            p.opt(lambda_params)?;
            let b = p.t(":")?;
            p.look(|p| p.kind(Kind::FMiddle))?;
            let letter = if p.in_template() { "t" } else { "f" };
            let message = format!("{letter}-string: lambda expressions are not allowed without parentheses");
            p.raise_range(&a, &b, &message)
        }
    )
}

impl Parser<'_> {
    /// Whether the innermost string with replacement fields around the position is a t-string.
    fn in_template(&self) -> bool {
        let mut closed = 0;
        for t in self.toks[..self.mark].iter().rev() {
            match t.kind {
                Kind::FEnd => closed += 1,
                Kind::FStart if closed > 0 => closed -= 1,
                Kind::FStart => return t.text.starts_with(['t', 'T']) || t.text[1..].starts_with(['t', 'T']),
                _ => {}
            }
        }
        false
    }
}

pub(super) fn invalid_legacy_expression(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    let a = p.name()?;
    p.not(|p| p.t("("))?;
    let b = star_expressions(p)?;
    if !is_legacy(p, &a) {
        return Err(Fail::No);
    }
    let word = p.toks[a.start].text;
    let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
    p.raise_range(&a, &b, &message)
}

/// `operand (operator operand)*`
pub(super) fn chain(p: &mut Parser<'_>, operators: &[&str], operand: fn(&mut Parser<'_>) -> P) -> P {
    let start = p.mark;
    let mut left = operand(p)?;
    while p
        .opt(|p| {
            p.any(operators)?;
            operand(p)
        })?
        .is_some()
    {
        left = p.node(What::Operation, start, Vec::new());
    }
    Ok(left)
}

pub(super) fn disjunction(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Disjunction, |p| chain(p, &["or"], conjunction))
}

pub(super) fn conjunction(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Conjunction, |p| chain(p, &["and"], inversion))
}

pub(super) fn inversion(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Inversion, |p| {
        alt!(p;
            {
                let start = p.mark;
                p.t("not")?;
                inversion(p)?;
                Ok(p.node(What::Operation, start, Vec::new()))
            }
            { comparison(p) }
        )
    })
}

pub(super) fn comparison(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Comparison, |p| {
        let start = p.mark;
        let left = bitwise_or(p)?;
        let mut first_is_in = None;
        while let Some(is_in) = p.opt(|p| {
            let is_in = compare_op(p)?;
            bitwise_or(p)?;
            Ok(is_in)
        })? {
            first_is_in.get_or_insert(is_in);
        }
        match first_is_in {
            Some(is_in) => Ok(p.node(What::Compare(is_in), start, vec![left])),
            None => Ok(left),
        }
    })
}

/// Whether the operator is `in`.
pub(super) fn compare_op(p: &mut Parser<'_>) -> P<bool> {
    if p.is("not")? {
        p.t("not")?;
        p.t("in")?;
        return Ok(false);
    }
    if p.is("is")? {
        p.t("is")?;
        p.opt(|p| p.t("not"))?;
        return Ok(false);
    }
    let op = p.any(&["==", "!=", "<>", "<=", "<", ">=", ">", "in"])?;
    let t = p.toks[op.start];
    let is_barrys = p.report.refuses_not_equal(t.start);
    match t.text {
        "!=" if is_barrys => p.raise("with Barry as BDFL, use '<>' instead of '!='"),
        "<>" if !is_barrys => p.raise("invalid syntax.  Maybe you meant '!=' instead of '<>'?"),
        text => Ok(text == "in"),
    }
}

pub(super) fn bitwise_or(p: &mut Parser<'_>) -> P {
    p.memo(Rule::BitwiseOr, |p| chain(p, &["|"], bitwise_xor))
}

pub(super) fn bitwise_xor(p: &mut Parser<'_>) -> P {
    p.memo(Rule::BitwiseXor, |p| chain(p, &["^"], bitwise_and))
}

pub(super) fn bitwise_and(p: &mut Parser<'_>) -> P {
    p.memo(Rule::BitwiseAnd, |p| chain(p, &["&"], shift_expr))
}

pub(super) fn shift_expr(p: &mut Parser<'_>) -> P {
    p.memo(Rule::ShiftExpr, |p| {
        p.opt(invalid_arithmetic)?;
        chain(p, &["<<", ">>"], sum)
    })
}

pub(super) fn invalid_arithmetic(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    sum(p)?;
    p.any(&["+", "-", "*", "/", "%", "//", "@"])?;
    let a = p.t("not")?;
    let b = inversion(p)?;
    p.raise_range(&a, &b, "'not' after an operator must be parenthesized")
}

pub(super) fn sum(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Sum, |p| chain(p, &["+", "-"], term))
}

pub(super) fn term(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Term, |p| {
        p.opt(invalid_factor)?;
        chain(p, &["*", "/", "//", "%", "@"], factor)
    })
}

pub(super) fn invalid_factor(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    p.any(&["+", "-", "~"])?;
    let a = p.t("not")?;
    let b = factor(p)?;
    p.raise_range(&a, &b, "'not' after an operator must be parenthesized")
}

pub(super) fn factor(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Factor, |p| {
        let start = p.mark;
        if p.opt(|p| p.any(&["+", "-", "~"]))?.is_some() {
            factor(p)?;
            return Ok(p.node(What::Operation, start, Vec::new()));
        }
        let base = await_primary(p)?;
        match p.opt(|p| {
            p.t("**")?;
            factor(p)
        })? {
            Some(_) => Ok(p.node(What::Operation, start, Vec::new())),
            None => Ok(base),
        }
    })
}

pub(super) fn await_primary(p: &mut Parser<'_>) -> P {
    p.memo(Rule::AwaitPrimary, |p| {
        alt!(p;
            {
                let start = p.mark;
                p.t("await")?;
                primary(p)?;
                Ok(p.node(What::Await, start, Vec::new()))
            }
            { primary(p) }
        )
    })
}

/// What follows a primary: attribute, call or subscript.
pub(super) fn trailer(p: &mut Parser<'_>) -> P<What> {
    alt!(p;
        { p.t(".")?; p.name()?; Ok(What::Attribute) }
        { genexp(p)?; Ok(What::Call) }
        { p.t("(")?; p.opt(arguments)?; p.t(")")?; Ok(What::Call) }
        { p.t("[")?; slices(p)?; p.t("]")?; Ok(What::Subscript) }
    )
}

pub(super) fn primary(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Primary, |p| {
        let start = p.mark;
        let mut node = atom(p)?;
        while let Some(what) = p.opt(trailer)? {
            node = p.node(what, start, Vec::new());
        }
        Ok(node)
    })
}

pub(super) fn slices(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Slices, |p| {
        alt!(p;
            {
                let node = slice(p)?;
                p.not(|p| p.t(","))?;
                Ok(node)
            }
            {
                let start = p.mark;
                let items = p.list(",", |p| {
                    alt!(p;
                        { slice(p) }
                        { starred_expression(p) }
                    )
                })?;
                p.opt(|p| p.t(","))?;
                Ok(p.node(What::Tuple, start, items))
            }
        )
    })
}

pub(super) fn slice(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let start = p.mark;
            p.opt(expression)?;
            p.t(":")?;
            p.opt(expression)?;
            p.opt(|p| {
                p.t(":")?;
                p.opt(expression)
            })?;
            p.other(start)
        }
        { named_expression(p) }
    )
}

pub(super) fn atom(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Atom, |p| {
        let t = p.peek()?;
        let start = p.mark;
        let constant = match t.text {
            "True" => Some(What::True),
            "False" => Some(What::False),
            "None" => Some(What::None),
            "..." => Some(What::Ellipsis),
            _ => None,
        };
        if let Some(what) = constant
            && matches!(t.kind, Kind::Name | Kind::Op)
        {
            p.mark += 1;
            return Ok(p.node(what, start, Vec::new()));
        }
        match (t.kind, t.text) {
            (Kind::Name, _) => p.name(),
            (Kind::String | Kind::FStart, _) => strings(p),
            (Kind::Number, _) => p.kind(Kind::Number),
            (Kind::Op, "(") => alt!(p;
                { tuple(p) }
                { group(p) }
                { genexp(p) }
            ),
            (Kind::Op, "[") => alt!(p;
                { list(p) }
                { listcomp(p) }
            ),
            (Kind::Op, "{") => alt!(p;
                { dict(p) }
                { set(p) }
                { dictcomp(p) }
                { setcomp(p) }
            ),
            _ => Err(Fail::No),
        }
    })
}

pub(super) fn group(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            p.t("(")?;
            let node = alt_yield_or_named(p)?;
            p.t(")")?;
            Ok(node)
        }
        { invalid_group(p) }
    )
}

pub(super) fn alt_yield_or_named(p: &mut Parser<'_>) -> P {
    alt!(p;
        { yield_expr(p) }
        { named_expression(p) }
    )
}

pub(super) fn invalid_group(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            p.t("(")?;
            let a = starred_expression(p)?;
            p.t(")")?;
            p.raise_at(&a, "cannot use starred expression here")
        }
        {
            p.t("(")?;
            let a = p.t("**")?;
            expression(p)?;
            p.t(")")?;
            p.raise_at(&a, "cannot use double starred expression here")
        }
    )
}

pub(super) fn lambdef(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.t("lambda")?;
    p.opt(lambda_params)?;
    p.t(":")?;
    expression(p)?;
    Ok(p.node(What::Lambda, start, Vec::new()))
}

pub(super) fn list(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.t("[")?;
    let items = p.opt(star_named_expressions)?.unwrap_or_default();
    p.t("]")?;
    Ok(p.node(What::List, start, items))
}

pub(super) fn tuple(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.t("(")?;
    let items = p.opt(|p| {
        let mut items = vec![star_named_expression(p)?];
        p.t(",")?;
        items.append(&mut p.opt(star_named_expressions)?.unwrap_or_default());
        Ok(items)
    })?;
    p.t(")")?;
    Ok(p.node(What::Tuple, start, items.unwrap_or_default()))
}

pub(super) fn set(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.t("{")?;
    star_named_expressions(p)?;
    p.t("}")?;
    Ok(p.node(What::Set, start, Vec::new()))
}

pub(super) fn dict(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let start = p.mark;
            p.t("{")?;
            p.opt(|p| {
                p.list(",", double_starred_kvpair)?;
                p.opt(|p| p.t(","))
            })?;
            p.t("}")?;
            Ok(p.node(What::Dict, start, Vec::new()))
        }
        {
            p.t("{")?;
            invalid_double_starred_kvpairs(p)
        }
    )
}

pub(super) fn double_starred_kvpair(p: &mut Parser<'_>) -> P {
    alt!(p;
        { p.t("**")?; bitwise_or(p) }
        { kvpair(p) }
    )
}

pub(super) fn kvpair(p: &mut Parser<'_>) -> P {
    expression(p)?;
    p.t(":")?;
    expression(p)
}

const NO_VALUE: &str = "expression expected after dictionary key and ':'";
const STARRED_VALUE: &str = "cannot use a starred expression in a dictionary value";

pub(super) fn invalid_double_starred_kvpairs(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            p.list(",", double_starred_kvpair)?;
            p.t(",")?;
            invalid_kvpair(p)
        }
        {
            expression(p)?;
            p.t(":")?;
            let a = p.t("*")?;
            bitwise_or(p)?;
            p.raise_from(&a, STARRED_VALUE)
        }
        {
            expression(p)?;
            let a = p.t(":")?;
            p.look(|p| p.any(&["}", ","]))?;
            p.raise_at(&a, NO_VALUE)
        }
    )
}

pub(super) fn invalid_kvpair(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let a = expression(p)?;
            p.not(|p| p.t(":"))?;
            let (first, last) = (p.toks[a.start].start, p.toks[a.end].end);
            let mut error = p.report.span(
                crate::diagnostic::ErrorClass::SyntaxError,
                "':' expected after dictionary key",
                first,
                last,
            );
            (error.offset, error.end_offset) = (error.end_offset - 1, 0);
            p.set(error)
        }
        {
            expression(p)?;
            p.t(":")?;
            let a = p.t("*")?;
            bitwise_or(p)?;
            p.raise_from(&a, STARRED_VALUE)
        }
        {
            expression(p)?;
            let a = p.t(":")?;
            p.look(|p| p.any(&["}", ","]))?;
            p.raise_at(&a, NO_VALUE)
        }
    )
}
