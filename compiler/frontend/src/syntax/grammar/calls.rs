//! Comprehensions and the arguments of calls.

use super::expressions::*;
use super::targets::star_targets;
use super::{Fail, Node, P, Parser, Rule, Targets, What, alt};

// Comprehensions; the node of the clauses is their last item

pub(super) fn for_if_clauses(p: &mut Parser<'_>) -> P {
    p.memo(Rule::ForIfClauses, |p| {
        let mut clauses = p.many1(for_if_clause)?;
        clauses.pop().ok_or(Fail::No)
    })
}

pub(super) fn for_if_clause(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    let head = |p: &mut Parser<'_>| {
        p.opt(|p| p.t("async"))?;
        p.t("for")?;
        star_targets(p)?;
        p.t("in")
    };
    if p.opt(head)?.is_some() {
        // What follows `in` decides; nothing else is tried.
        let mut last = disjunction(p)?;
        while let Some(test) = p.opt(|p| {
            p.t("if")?;
            disjunction(p)
        })? {
            last = test;
        }
        return Ok(last);
    }
    p.mark = start;
    alt!(p;
        { invalid_for_if_clause(p) }
        { invalid_for_target(p) }
    )
}

pub(super) fn invalid_for_if_clause(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    p.opt(|p| p.t("async"))?;
    p.t("for")?;
    p.list(",", bitwise_or)?;
    p.opt(|p| p.t(","))?;
    p.not(|p| p.t("in"))?;
    p.raise("'in' expected after for-loop variables")
}

pub(super) fn invalid_for_target(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    p.opt(|p| p.t("async"))?;
    p.t("for")?;
    let a = star_expressions(p)?;
    p.raise_invalid_target(Targets::For, &a)
}

pub(super) fn comprehension(
    p: &mut Parser<'_>,
    open: &str,
    close: &str,
    what: What,
    item: fn(&mut Parser<'_>) -> P,
) -> P {
    alt!(p;
        {
            let start = p.mark;
            p.t(open)?;
            item(p)?;
            for_if_clauses(p)?;
            p.t(close)?;
            Ok(p.node(what, start, Vec::new()))
        }
        { invalid_comprehension(p) }
    )
}

pub(super) fn listcomp(p: &mut Parser<'_>) -> P {
    comprehension(p, "[", "]", What::ListComp, named_expression)
}

pub(super) fn setcomp(p: &mut Parser<'_>) -> P {
    comprehension(p, "{", "}", What::SetComp, named_expression)
}

pub(super) fn genexp(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Genexp, |p| {
        comprehension(p, "(", ")", What::Generator, walrus_or_expression)
    })
}

pub(super) fn walrus_or_expression(p: &mut Parser<'_>) -> P {
    alt!(p;
        { assignment_expression(p) }
        { expression_not_walrus(p) }
    )
}

pub(super) fn dictcomp(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let start = p.mark;
            p.t("{")?;
            kvpair(p)?;
            for_if_clauses(p)?;
            p.t("}")?;
            Ok(p.node(What::DictComp, start, Vec::new()))
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t("{")?;
            let a = p.t("**")?;
            bitwise_or(p)?;
            for_if_clauses(p)?;
            p.t("}")?;
            p.raise_at(&a, "dict unpacking cannot be used in dict comprehension")
        }
    )
}

pub(super) fn invalid_comprehension(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    const TARGET: &str = "did you forget parentheses around the comprehension target?";
    alt!(p;
        {
            p.any(&["[", "(", "{"])?;
            let a = starred_expression(p)?;
            for_if_clauses(p)?;
            p.raise_at(&a, "iterable unpacking cannot be used in comprehension")
        }
        {
            p.any(&["[", "{"])?;
            let a = star_named_expression(p)?;
            p.t(",")?;
            let b = star_named_expressions(p)?;
            for_if_clauses(p)?;
            p.raise_range(&a, &b[b.len() - 1], TARGET)
        }
        {
            p.any(&["[", "{"])?;
            let a = star_named_expression(p)?;
            let b = p.t(",")?;
            for_if_clauses(p)?;
            p.raise_range(&a, &b, TARGET)
        }
    )
}

// Arguments of a call; their node holds the positional and then the keyword arguments

pub(super) fn arguments(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Arguments, |p| {
        alt!(p;
            {
                let node = args(p)?;
                p.opt(|p| p.t(","))?;
                p.look(|p| p.t(")"))?;
                Ok(node)
            }
            { invalid_arguments(p) }
        )
    })
}

pub(super) fn positional(p: &mut Parser<'_>) -> P {
    alt!(p;
        { starred_expression(p) }
        {
            let node = walrus_or_expression(p)?;
            p.not(|p| p.t("="))?;
            Ok(node)
        }
    )
}

pub(super) fn args(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Args, |p| {
        let start = p.mark;
        alt!(p;
            {
                let mut items = p.list(",", positional)?;
                if let Some(keywords) = p.opt(|p| {
                    p.t(",")?;
                    kwargs(p)
                })? {
                    items.extend(keywords.items.iter().cloned());
                }
                Ok(p.node(What::Other, start, items))
            }
            { kwargs(p) }
        )
    })
}

pub(super) fn kwargs(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Kwargs, |p| {
        let start = p.mark;
        alt!(p;
            {
                let mut items = p.list(",", kwarg_or_starred)?;
                p.t(",")?;
                items.append(&mut p.list(",", kwarg_or_double_starred)?);
                Ok(p.node(What::Other, start, items))
            }
            {
                let items = p.list(",", kwarg_or_starred)?;
                Ok(p.node(What::Other, start, items))
            }
            {
                let items = p.list(",", kwarg_or_double_starred)?;
                Ok(p.node(What::Other, start, items))
            }
        )
    })
}

pub(super) fn keyword(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.name()?;
    p.t("=")?;
    expression(p)?;
    Ok(p.node(What::Keyword(false), start, Vec::new()))
}

pub(super) fn kwarg_or_starred(p: &mut Parser<'_>) -> P {
    alt!(p;
        { invalid_kwarg(p) }
        { keyword(p) }
        { starred_expression(p) }
    )
}

pub(super) fn kwarg_or_double_starred(p: &mut Parser<'_>) -> P {
    alt!(p;
        { invalid_kwarg(p) }
        { keyword(p) }
        {
            let start = p.mark;
            p.t("**")?;
            expression(p)?;
            Ok(p.node(What::Keyword(true), start, Vec::new()))
        }
    )
}

pub(super) fn starred_expression(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.t("*")?;
            expression(p)?;
            p.t("=")?;
            let b = expression(p)?;
            p.raise_range(&a, &b, "cannot assign to iterable argument unpacking")
        }
        { starred(p, expression) }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t("*")?;
            p.raise("Invalid star expression")
        }
    )
}

const MAYBE_EQUALS: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
const PARENTHESIZE: &str = "Generator expression must be parenthesized";

pub(super) fn keyword_of_comprehension(p: &mut Parser<'_>) -> P {
    let a = p.name()?;
    let b = p.t("=")?;
    expression(p)?;
    for_if_clauses(p)?;
    p.raise_range(&a, &b, MAYBE_EQUALS)
}

pub(super) fn invalid_kwarg(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            let a = p.any(&["True", "False", "None"])?;
            let b = p.t("=")?;
            let word = p.toks[a.start].text;
            p.raise_range(&a, &b, &format!("cannot assign to {word}"))
        }
        { keyword_of_comprehension(p) }
        {
            p.not(|p| {
                p.name()?;
                p.t("=")
            })?;
            let a = expression(p)?;
            let b = p.t("=")?;
            p.raise_range(&a, &b, "expression cannot contain assignment, perhaps you meant \"==\"?")
        }
        {
            let a = p.t("**")?;
            expression(p)?;
            p.t("=")?;
            let b = expression(p)?;
            p.raise_range(&a, &b, "cannot assign to keyword argument unpacking")
        }
    )
}

pub(super) fn invalid_arguments(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            alt_args_kwargs(p)?;
            let a = p.t(",")?;
            p.list(",", |p| {
                starred_expression(p)?;
                p.not(|p| p.t("="))
            })?;
            p.raise_from(&a, "iterable argument unpacking follows keyword argument unpacking")
        }
        {
            let a = expression(p)?;
            let b = for_if_clauses(p)?;
            p.t(",")?;
            p.opt(|p| {
                alt!(p;
                    { args(p) }
                    { expression(p)?; for_if_clauses(p) }
                )
            })?;
            p.raise_range(&a, &b, PARENTHESIZE)
        }
        { keyword_of_comprehension(p) }
        {
            p.opt(|p| {
                args(p)?;
                p.t(",")
            })?;
            let a = p.name()?;
            let b = p.t("=")?;
            p.look(|p| p.any(&[",", ")"]))?;
            p.raise_range(&a, &b, "expected argument value expression")
        }
        {
            let a = args(p)?;
            let b = for_if_clauses(p)?;
            let is_keyword = |node: &Node| matches!(node.what, What::Keyword(_));
            let positional: Vec<&Node> = a.items.iter().filter(|node| !is_keyword(node)).collect();
            match positional.last() {
                Some(last) if positional.len() > 1 => p.raise_range(last, &b, PARENTHESIZE),
                _ => Err(Fail::No),
            }
        }
        {
            args(p)?;
            p.t(",")?;
            let a = expression(p)?;
            let b = for_if_clauses(p)?;
            p.raise_range(&a, &b, PARENTHESIZE)
        }
        {
            let a = args(p)?;
            p.t(",")?;
            args(p)?;
            let unpacks = a.items.iter().any(|node| node.what == What::Keyword(true));
            let message = if unpacks {
                "positional argument follows keyword argument unpacking"
            } else {
                "positional argument follows keyword argument"
            };
            p.raise(message)
        }
    )
}

pub(super) fn alt_args_kwargs(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            p.list(",", positional)?;
            p.t(",")?;
            kwargs(p)
        }
        { kwargs(p) }
    )
}
