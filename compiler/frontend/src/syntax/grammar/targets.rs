//! Targets of assignments and of `del`.

use super::calls::{arguments, genexp};
use super::expressions::{atom, slices};
use super::{Fail, P, Parser, Rule, What, alt};

pub(super) fn star_targets(p: &mut Parser<'_>) -> P {
    p.memo(Rule::StarTargets, |p| {
        alt!(p;
            {
                let node = star_target(p)?;
                p.not(|p| p.t(","))?;
                Ok(node)
            }
            {
                let start = p.mark;
                let items = p.list(",", star_target)?;
                p.opt(|p| p.t(","))?;
                Ok(p.node(What::Tuple, start, items))
            }
        )
    })
}

pub(super) fn star_target(p: &mut Parser<'_>) -> P {
    p.memo(Rule::StarTarget, |p| {
        alt!(p;
            {
                let start = p.mark;
                p.t("*")?;
                p.not(|p| p.t("*"))?;
                let value = star_target(p)?;
                Ok(p.node(What::Starred, start, vec![value]))
            }
            { target_with_star_atom(p) }
        )
    })
}

pub(super) fn target_with_star_atom(p: &mut Parser<'_>) -> P {
    p.memo(Rule::TargetWithStarAtom, |p| {
        alt!(p;
            { single_subscript_attribute_target(p) }
            { star_atom(p) }
        )
    })
}

pub(super) fn star_atom(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    alt!(p;
        { p.name() }
        {
            p.t("(")?;
            let node = target_with_star_atom(p)?;
            p.t(")")?;
            Ok(node)
        }
        {
            p.t("(")?;
            p.opt(|p| {
                if p.list(",", star_target)?.len() == 1 {
                    p.t(",").map(Some)
                } else {
                    p.opt(|p| p.t(","))
                }
            })?;
            p.t(")")?;
            Ok(p.node(What::Tuple, start, Vec::new()))
        }
        {
            p.t("[")?;
            p.opt(|p| {
                p.list(",", star_target)?;
                p.opt(|p| p.t(","))
            })?;
            p.t("]")?;
            Ok(p.node(What::List, start, Vec::new()))
        }
    )
}

pub(super) fn single_target(p: &mut Parser<'_>) -> P {
    alt!(p;
        { single_subscript_attribute_target(p) }
        { p.name() }
        {
            p.t("(")?;
            let node = single_target(p)?;
            p.t(")")?;
            Ok(node)
        }
    )
}

pub(super) fn t_lookahead(p: &mut Parser<'_>) -> P {
    p.any(&["(", "[", "."])
}

pub(super) fn single_subscript_attribute_target(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    alt!(p;
        {
            t_primary(p)?;
            p.t(".")?;
            p.name()?;
            p.not(t_lookahead)?;
            Ok(p.node(What::Attribute, start, Vec::new()))
        }
        {
            t_primary(p)?;
            p.t("[")?;
            slices(p)?;
            p.t("]")?;
            p.not(t_lookahead)?;
            Ok(p.node(What::Subscript, start, Vec::new()))
        }
    )
}

pub(super) fn t_primary(p: &mut Parser<'_>) -> P {
    p.memo(Rule::TPrimary, |p| {
        let start = p.mark;
        let mut node = atom(p)?;
        p.look(t_lookahead)?;
        while let Some(what) = p.opt(|p| {
            let what = t_trailer(p)?;
            p.look(t_lookahead)?;
            Ok(what)
        })? {
            node = p.node(what, start, Vec::new());
        }
        Ok(node)
    })
}

pub(super) fn t_trailer(p: &mut Parser<'_>) -> P<What> {
    alt!(p;
        { p.t(".")?; p.name()?; Ok(What::Attribute) }
        { p.t("[")?; slices(p)?; p.t("]")?; Ok(What::Subscript) }
        { genexp(p)?; Ok(What::Call) }
        { p.t("(")?; p.opt(arguments)?; p.t(")")?; Ok(What::Call) }
    )
}

pub(super) fn del_targets(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.list(",", del_target)?;
    p.opt(|p| p.t(","))?;
    p.other(start)
}

pub(super) fn del_target(p: &mut Parser<'_>) -> P {
    p.memo(Rule::DelTarget, |p| {
        alt!(p;
            { single_subscript_attribute_target(p) }
            { p.name() }
            { p.t("(")?; let node = del_target(p)?; p.t(")")?; Ok(node) }
            { let start = p.mark; p.t("(")?; p.opt(del_targets)?; p.t(")")?; p.other(start) }
            { let start = p.mark; p.t("[")?; p.opt(del_targets)?; p.t("]")?; p.other(start) }
        )
    })
}
