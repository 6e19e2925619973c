//! The match statement and its patterns.

use super::expressions::{expression, named_expression, star_named_expression, star_named_expressions};
use super::statements::{block, empty_block, no_colon};
use super::strings::strings;
use super::{Fail, Node, P, Parser, Rule, alt};
use crate::syntax::tokenizer::Kind;

pub(super) fn match_stmt(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let word = p.t("match")?;
            subject(p)?;
            p.t(":")?;
            p.newline()?;
            p.kind(Kind::Indent)?;
            p.many1(case_block)?;
            p.kind(Kind::Dedent)?;
            Ok(word)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t("match")?;
            subject(p)?;
            no_colon(p)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.t("match")?;
            subject(p)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block("'match' statement", &a)
        }
    )
}

fn subject(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let node = star_named_expression(p)?;
            p.t(",")?;
            p.opt(star_named_expressions)?;
            Ok(node)
        }
        { named_expression(p) }
    )
}

fn case_head(p: &mut Parser<'_>) -> P {
    let word = p.t("case")?;
    patterns(p)?;
    p.opt(|p| {
        p.t("if")?;
        named_expression(p)
    })?;
    Ok(word)
}

fn case_block(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            case_head(p)?;
            no_colon(p)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = case_head(p)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block("'case' statement", &a)
        }
        {
            case_head(p)?;
            p.t(":")?;
            block(p)
        }
    )
}

fn patterns(p: &mut Parser<'_>) -> P {
    alt!(p;
        { open_sequence_pattern(p) }
        { pattern(p) }
    )
}

fn pattern(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let start = p.mark;
            or_pattern(p)?;
            p.t("as")?;
            pattern_capture_target(p)?;
            p.other(start)
        }
        { invalid_as_pattern(p) }
        { or_pattern(p) }
    )
}

fn invalid_as_pattern(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    or_pattern(p)?;
    p.t("as")?;
    if p.is("_")? {
        let a = p.t("_")?;
        return p.raise_at(&a, "cannot use '_' as a target");
    }
    let a = expression(p)?;
    p.raise_at(&a, &format!("cannot use {} as pattern target", a.what.name()))
}

fn or_pattern(p: &mut Parser<'_>) -> P {
    p.memo(Rule::OrPattern, |p| {
        let start = p.mark;
        p.list("|", closed_pattern)?;
        p.other(start)
    })
}

fn closed_pattern(p: &mut Parser<'_>) -> P {
    p.memo(Rule::ClosedPattern, |p| {
        alt!(p;
            { literal(p) }
            { pattern_capture_target(p) }
            { p.t("_") }
            { value_pattern(p) }
            { p.t("(")?; let node = pattern(p)?; p.t(")")?; Ok(node) }
            { p.t("[")?; p.opt(maybe_sequence_pattern)?; p.t("]") }
            { p.t("(")?; p.opt(open_sequence_pattern)?; p.t(")") }
            { mapping_pattern(p) }
            { class_pattern(p) }
        )
    })
}

fn signed(p: &mut Parser<'_>) -> P {
    p.opt(|p| p.any(&["+", "-"]))?;
    p.kind(Kind::Number)
}

/// A number, a complex number, a string or a constant. CPython: literal_pattern, literal_expr
fn literal(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let node = signed(p)?;
            p.not(|p| p.any(&["+", "-"]))?;
            Ok(node)
        }
        { complex_number(p) }
        { strings(p) }
        { p.any(&["None", "True", "False"]) }
    )
}

/// CPython: Parser/action_helpers.c, _PyPegen_ensure_real, _PyPegen_ensure_imaginary
fn complex_number(p: &mut Parser<'_>) -> P {
    let is_imaginary = |p: &Parser<'_>, node: &Node| p.toks[node.start].text.ends_with(['j', 'J']);
    let real = signed(p)?;
    if is_imaginary(p, &real) {
        return p.raise_at(&real, "real number required in complex literal");
    }
    p.any(&["+", "-"])?;
    let imaginary = p.kind(Kind::Number)?;
    if !is_imaginary(p, &imaginary) {
        return p.raise_at(&imaginary, "imaginary number required in complex literal");
    }
    Ok(imaginary)
}

fn not_a_reference(p: &mut Parser<'_>) -> P<()> {
    p.not(|p| p.any(&[".", "(", "="]))
}

fn pattern_capture_target(p: &mut Parser<'_>) -> P {
    p.not(|p| p.t("_"))?;
    let node = p.name()?;
    not_a_reference(p)?;
    Ok(node)
}

/// Names with dots, at least one dot if `dotted`.
fn attr(p: &mut Parser<'_>, dotted: bool) -> P {
    let node = p.name()?;
    let step = |p: &mut Parser<'_>| {
        p.t(".")?;
        p.name()
    };
    if dotted {
        p.many1(step)?;
    } else {
        p.many0(step)?;
    }
    Ok(node)
}

fn value_pattern(p: &mut Parser<'_>) -> P {
    let node = attr(p, true)?;
    not_a_reference(p)?;
    Ok(node)
}

fn open_sequence_pattern(p: &mut Parser<'_>) -> P {
    let node = maybe_star_pattern(p)?;
    p.t(",")?;
    p.opt(maybe_sequence_pattern)?;
    Ok(node)
}

fn maybe_sequence_pattern(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.list(",", maybe_star_pattern)?;
    p.opt(|p| p.t(","))?;
    p.other(start)
}

fn maybe_star_pattern(p: &mut Parser<'_>) -> P {
    alt!(p;
        { p.t("*")?; pattern_capture_target(p) }
        { p.t("*")?; p.t("_") }
        { pattern(p) }
    )
}

fn mapping_pattern(p: &mut Parser<'_>) -> P {
    let rest = |p: &mut Parser<'_>| {
        p.t("**")?;
        pattern_capture_target(p)?;
        p.opt(|p| p.t(","))
    };
    alt!(p;
        { p.t("{")?; p.t("}") }
        { p.t("{")?; rest(p)?; p.t("}") }
        {
            p.t("{")?;
            p.list(",", key_value_pattern)?;
            p.t(",")?;
            rest(p)?;
            p.t("}")
        }
        {
            p.t("{")?;
            p.list(",", key_value_pattern)?;
            p.opt(|p| p.t(","))?;
            p.t("}")
        }
    )
}

fn key_value_pattern(p: &mut Parser<'_>) -> P {
    key(p)?;
    p.t(":")?;
    pattern(p)
}

fn key(p: &mut Parser<'_>) -> P {
    alt!(p;
        { literal(p) }
        { attr(p, true) }
    )
}

fn keyword_pattern(p: &mut Parser<'_>) -> P {
    p.name()?;
    p.t("=")?;
    pattern(p)
}

fn class_pattern(p: &mut Parser<'_>) -> P {
    let open = |p: &mut Parser<'_>| {
        attr(p, false)?;
        p.t("(")
    };
    let close = |p: &mut Parser<'_>| {
        p.opt(|p| p.t(","))?;
        p.t(")")
    };
    alt!(p;
        { open(p)?; p.t(")") }
        { open(p)?; p.list(",", pattern)?; close(p) }
        { open(p)?; p.list(",", keyword_pattern)?; close(p) }
        {
            open(p)?;
            p.list(",", pattern)?;
            p.t(",")?;
            p.list(",", keyword_pattern)?;
            close(p)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            open(p)?;
            p.opt(|p| {
                p.list(",", pattern)?;
                p.t(",")
            })?;
            p.list(",", keyword_pattern)?;
            p.t(",")?;
            let a = p.list(",", pattern)?;
            p.raise_range(&a[0], &a[a.len() - 1], "positional patterns follow keyword patterns")
        }
    )
}
