//! Parameters of functions and of lambdas, and type parameters. The two kinds of parameter lists differ in what ends
//! them and in annotations only, so each rule takes the kind.

use super::expressions::{expression, star_expression};
use super::{Fail, Node, P, Parser, Rule, What, alt};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Def,
    Lambda,
}

impl Kind {
    /// What ends the list.
    fn end(self) -> &'static str {
        match self {
            Kind::Def => ")",
            Kind::Lambda => ":",
        }
    }
}

pub(super) fn params(p: &mut Parser<'_>) -> P {
    any_params(p, Kind::Def)
}

pub(super) fn lambda_params(p: &mut Parser<'_>) -> P {
    any_params(p, Kind::Lambda)
}

fn any_params(p: &mut Parser<'_>, kind: Kind) -> P {
    alt!(p;
        { invalid_parameters(p, kind) }
        { parameters(p, kind) }
    )
}

fn parameters(p: &mut Parser<'_>, kind: Kind) -> P {
    let start = p.mark;
    let etc = |p: &mut Parser<'_>| p.opt(|p| star_etc(p, kind));
    alt!(p;
        {
            slash_no_default(p, kind)?;
            p.many0(|p| no_default(p, kind))?;
            p.many0(|p| with_default(p, kind))?;
            etc(p)?;
            p.other(start)
        }
        {
            slash_with_default(p, kind)?;
            p.many0(|p| with_default(p, kind))?;
            etc(p)?;
            p.other(start)
        }
        {
            p.many1(|p| no_default(p, kind))?;
            p.many0(|p| with_default(p, kind))?;
            etc(p)?;
            p.other(start)
        }
        {
            p.many1(|p| with_default(p, kind))?;
            etc(p)?;
            p.other(start)
        }
        { star_etc(p, kind) }
    )
}

fn slash(p: &mut Parser<'_>, kind: Kind) -> P {
    p.t("/")?;
    ends(p, kind)
}

/// The comma behind a parameter, or the end of the list, which is left.
fn ends(p: &mut Parser<'_>, kind: Kind) -> P {
    let start = p.mark;
    if p.is(",")? {
        return p.t(",");
    }
    p.look(|p| p.t(kind.end()))?;
    p.other(start)
}

fn slash_no_default(p: &mut Parser<'_>, kind: Kind) -> P {
    p.many1(|p| no_default(p, kind))?;
    slash(p, kind)
}

fn slash_with_default(p: &mut Parser<'_>, kind: Kind) -> P {
    p.many0(|p| no_default(p, kind))?;
    p.many1(|p| with_default(p, kind))?;
    slash(p, kind)
}

fn param(p: &mut Parser<'_>, kind: Kind) -> P {
    let start = p.mark;
    p.name()?;
    if kind == Kind::Def {
        p.opt(|p| {
            p.t(":")?;
            expression(p)
        })?;
    }
    p.other(start)
}

fn default(p: &mut Parser<'_>) -> P {
    alt!(p;
        { p.t("=")?; expression(p) }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.t("=")?;
            p.look(|p| p.any(&[")", ","]))?;
            p.raise_at(&a, "expected default value expression")
        }
    )
}

fn no_default(p: &mut Parser<'_>, kind: Kind) -> P {
    let node = param(p, kind)?;
    ends(p, kind)?;
    Ok(node)
}

fn with_default(p: &mut Parser<'_>, kind: Kind) -> P {
    let node = param(p, kind)?;
    default(p)?;
    ends(p, kind)?;
    Ok(node)
}

fn maybe_default(p: &mut Parser<'_>, kind: Kind) -> P {
    let node = param(p, kind)?;
    p.opt(default)?;
    ends(p, kind)?;
    Ok(node)
}

fn star_etc(p: &mut Parser<'_>, kind: Kind) -> P {
    let start = p.mark;
    let rest = |p: &mut Parser<'_>| {
        p.many0(|p| maybe_default(p, kind))?;
        p.opt(|p| kwds(p, kind))
    };
    alt!(p;
        { invalid_star_etc(p, kind) }
        {
            p.t("*")?;
            no_default(p, kind)?;
            rest(p)?;
            p.other(start)
        }
        {
            if kind == Kind::Lambda {
                return Err(Fail::No);
            }
            p.t("*")?;
            p.name()?;
            p.t(":")?;
            star_expression(p)?;
            ends(p, kind)?;
            rest(p)?;
            p.other(start)
        }
        {
            p.t("*")?;
            p.t(",")?;
            maybe_default(p, kind)?;
            rest(p)?;
            p.other(start)
        }
        { kwds(p, kind) }
    )
}

fn kwds(p: &mut Parser<'_>, kind: Kind) -> P {
    alt!(p;
        { invalid_kwds(p, kind) }
        { p.t("**")?; no_default(p, kind) }
    )
}

fn any_slash(p: &mut Parser<'_>, kind: Kind) -> P {
    alt!(p;
        { slash_no_default(p, kind) }
        { slash_with_default(p, kind) }
    )
}

fn comma_or_param(p: &mut Parser<'_>, kind: Kind) -> P {
    alt!(p;
        { p.t(",") }
        { no_default(p, kind) }
    )
}

fn invalid_parameters(p: &mut Parser<'_>, kind: Kind) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            let a = p.t("/")?;
            p.t(",")?;
            p.raise_at(&a, "at least one argument must precede /")
        }
        {
            any_slash(p, kind)?;
            p.many0(|p| maybe_default(p, kind))?;
            let a = p.t("/")?;
            p.raise_at(&a, "/ may appear only once")
        }
        {
            p.opt(|p| slash_no_default(p, kind))?;
            p.many0(|p| no_default(p, kind))?;
            some_defaults(p, kind)?;
            let a = no_default(p, kind)?;
            p.raise_at(&a, "parameter without a default follows parameter with a default")
        }
        {
            p.many0(|p| no_default(p, kind))?;
            let a = p.t("(")?;
            match kind {
                Kind::Def => p.many1(|p| no_default(p, kind))?,
                Kind::Lambda => p.list(",", |p| p.name())?,
            };
            p.opt(|p| p.t(","))?;
            let b = p.t(")")?;
            let what = match kind {
                Kind::Def => "Function",
                Kind::Lambda => "Lambda expression",
            };
            p.raise_range(&a, &b, &format!("{what} parameters cannot be parenthesized"))
        }
        {
            p.opt(|p| any_slash(p, kind))?;
            p.many0(|p| maybe_default(p, kind))?;
            p.t("*")?;
            comma_or_param(p, kind)?;
            p.many0(|p| maybe_default(p, kind))?;
            let a = p.t("/")?;
            p.raise_at(&a, "/ must be ahead of *")
        }
        {
            p.many1(|p| maybe_default(p, kind))?;
            p.t("/")?;
            let a = p.t("*")?;
            p.raise_at(&a, "expected comma between / and *")
        }
    )
}

/// CPython: invalid_parameters_helper
fn some_defaults(p: &mut Parser<'_>, kind: Kind) -> P {
    let start = p.mark;
    alt!(p;
        { slash_with_default(p, kind) }
        { p.many1(|p| with_default(p, kind))?; p.other(start) }
    )
}

fn invalid_star_etc(p: &mut Parser<'_>, kind: Kind) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    const BARE: &str = "named arguments must follow bare *";
    alt!(p;
        {
            let a = p.t("*")?;
            if p.is(",")? {
                p.t(",")?;
                p.any(&[kind.end(), "**"])?;
            } else {
                p.t(kind.end())?;
            }
            match kind {
                Kind::Def => p.raise_at(&a, BARE),
                Kind::Lambda => p.raise(BARE),
            }
        }
        {
            p.t("*")?;
            param(p, kind)?;
            let a = p.t("=")?;
            p.raise_at(&a, "var-positional argument cannot have default value")
        }
        {
            p.t("*")?;
            comma_or_param(p, kind)?;
            p.many0(|p| maybe_default(p, kind))?;
            let a = p.t("*")?;
            comma_or_param(p, kind)?;
            p.raise_at(&a, "* argument may appear only once")
        }
    )
}

fn invalid_kwds(p: &mut Parser<'_>, kind: Kind) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    const FOLLOW: &str = "arguments cannot follow var-keyword argument";
    alt!(p;
        {
            p.t("**")?;
            param(p, kind)?;
            let a = p.t("=")?;
            p.raise_at(&a, "var-keyword argument cannot have default value")
        }
        {
            p.t("**")?;
            param(p, kind)?;
            p.t(",")?;
            let a = param(p, kind)?;
            p.raise_at(&a, FOLLOW)
        }
        {
            p.t("**")?;
            param(p, kind)?;
            p.t(",")?;
            let a = p.any(&["*", "**", "/"])?;
            p.raise_at(&a, FOLLOW)
        }
    )
}

// Type parameters

pub(super) fn type_params(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t("[")?;
            let a = p.t("]")?;
            p.raise_from(&a, "Type parameter list cannot be empty")
        }
        {
            p.t("[")?;
            p.list(",", type_param)?;
            p.opt(|p| p.t(","))?;
            p.t("]")
        }
    )
}

fn type_param(p: &mut Parser<'_>) -> P {
    p.memo(Rule::TypeParam, |p| {
        let value = |p: &mut Parser<'_>| {
            p.t("=")?;
            expression(p)
        };
        alt!(p;
            {
                let node = p.name()?;
                p.opt(|p| {
                    p.t(":")?;
                    expression(p)
                })?;
                p.opt(value)?;
                Ok(node)
            }
            { invalid_type_param(p) }
            {
                p.t("*")?;
                let node = p.name()?;
                p.opt(|p| {
                    p.t("=")?;
                    star_expression(p)
                })?;
                Ok(node)
            }
            {
                p.t("**")?;
                let node = p.name()?;
                p.opt(value)?;
                Ok(node)
            }
        )
    })
}

fn invalid_type_param(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    let star = p.any(&["*", "**"])?;
    p.name()?;
    let colon: Node = p.t(":")?;
    let bound = expression(p)?;
    let what = if bound.what == What::Tuple {
        "constraints"
    } else {
        "bound"
    };
    let kind = if p.toks[star.start].text == "*" {
        "TypeVarTuple"
    } else {
        "ParamSpec"
    };
    p.raise_from(&colon, &format!("cannot use {what} with {kind}"))
}
