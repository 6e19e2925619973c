//! String literals, f-strings and t-strings; what is wrong inside them is raised as soon as they are matched.

use super::expressions::annotated_rhs;
use super::{Fail, Node, P, Parser, Rule, What, alt};
use crate::syntax::lower::escape_error;
use crate::syntax::tokenizer::Kind;

fn prefix(text: &str) -> &str {
    let end = text.find(['"', '\'']).unwrap_or(0);
    &text[..end]
}

fn is_bytes(text: &str) -> bool {
    prefix(text).contains(['b', 'B'])
}

fn is_template(text: &str) -> bool {
    prefix(text).contains(['t', 'T'])
}

fn is_raw(text: &str) -> bool {
    prefix(text).contains(['r', 'R'])
}

/// CPython: Parser/action_helpers.c, _PyPegen_constant_from_string
pub(super) fn string(p: &mut Parser<'_>) -> P {
    let node = p.kind(Kind::String)?;
    let text = p.toks[node.start].text;
    let quoted = &text[prefix(text).len()..];
    let quotes = if quoted.starts_with("\"\"\"") || quoted.starts_with("'''") {
        3
    } else {
        1
    };
    let content = quoted.get(quotes..quoted.len().saturating_sub(quotes)).unwrap_or("");
    if is_bytes(text) && !content.is_ascii() {
        return p.raise_at(&node, "bytes can only contain ASCII literal characters");
    }
    if !is_raw(text)
        && let Some(message) = escape_error(content, is_bytes(text))
    {
        return p.raise(&message);
    }
    Ok(node)
}

fn start(p: &mut Parser<'_>, template: bool) -> P {
    let t = p.peek()?;
    if t.kind == Kind::FStart && is_template(t.text) == template {
        p.kind(Kind::FStart)
    } else {
        Err(Fail::No)
    }
}

/// A literal part; its escapes are decoded unless the string is raw.
fn middle(p: &mut Parser<'_>, raw: bool) -> P {
    let node = p.kind(Kind::FMiddle)?;
    if !raw && let Some(message) = escape_error(p.toks[node.start].text, false) {
        return p.raise(&message);
    }
    Ok(node)
}

fn whole(p: &mut Parser<'_>, template: bool) -> P {
    let first = start(p, template)?;
    let raw = is_raw(p.toks[first.start].text);
    p.many0(|p| part(p, template, raw))?;
    p.kind(Kind::FEnd)?;
    let what = if template { What::TString } else { What::FString };
    Ok(p.node(what, first.start, Vec::new()))
}

pub(super) fn fstring(p: &mut Parser<'_>) -> P {
    p.memo(Rule::FString, |p| whole(p, false))
}

pub(super) fn tstring(p: &mut Parser<'_>) -> P {
    p.memo(Rule::TString, |p| whole(p, true))
}

fn part(p: &mut Parser<'_>, template: bool, raw: bool) -> P {
    alt!(p;
        { replacement_field(p, template, raw) }
        { middle(p, raw) }
    )
}

fn replacement_field(p: &mut Parser<'_>, template: bool, raw: bool) -> P {
    alt!(p;
        {
            let start = p.mark;
            p.t("{")?;
            annotated_rhs(p)?;
            p.opt(|p| p.t("="))?;
            p.opt(|p| conversion(p, template))?;
            p.opt(|p| format_spec(p, template, raw))?;
            p.t("}")?;
            p.other(start)
        }
        { invalid_replacement_field(p, template, raw) }
    )
}

/// CPython: Parser/action_helpers.c, _PyPegen_check_fstring_conversion
fn conversion(p: &mut Parser<'_>, template: bool) -> P {
    let letter = if template { 't' } else { 'f' };
    let mark = p.t("!")?;
    let name = p.name()?;
    if p.toks[mark.end].end != p.toks[name.start].start {
        let message = format!("{letter}-string: conversion type must come right after the exclamation mark");
        return p.raise_range(&mark, &name, &message);
    }
    let text = p.toks[name.start].text;
    if !matches!(text, "s" | "r" | "a") {
        let message = format!("{letter}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
        return p.raise_at(&name, &message);
    }
    Ok(name)
}

fn format_spec(p: &mut Parser<'_>, template: bool, raw: bool) -> P {
    let colon = p.t(":")?;
    p.many0(|p| spec_part(p, template, raw))?;
    Ok(colon)
}

fn spec_part(p: &mut Parser<'_>, template: bool, raw: bool) -> P {
    alt!(p;
        { middle(p, raw) }
        { replacement_field(p, template, raw) }
    )
}

fn invalid_replacement_field(p: &mut Parser<'_>, template: bool, raw: bool) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    let kind = if template { "t-string" } else { "f-string" };
    p.t("{")?;
    for sign in ["=", "!", ":", "}"] {
        if p.is(sign)? {
            let at = p.t(sign)?;
            return p.raise_at(&at, &format!("{kind}: valid expression required before '{sign}'"));
        }
    }
    if p.opt(annotated_rhs)?.is_none() {
        return p.raise_on_next(&format!("{kind}: expecting a valid expression after '{{'"));
    }
    let follows = |p: &mut Parser<'_>, texts: &[&str]| p.not(|p| p.any(texts)).is_err();
    if !follows(p, &["=", "!", ":", "}"]) {
        return match p.error {
            Some(_) => Err(Fail::Raised),
            None => p.raise_on_next(&format!("{kind}: expecting '=', or '!', or ':', or '}}'")),
        };
    }
    if p.opt(|p| p.t("="))?.is_some() && !follows(p, &["!", ":", "}"]) {
        return match p.error {
            Some(_) => Err(Fail::Raised),
            None => p.raise_on_next(&format!("{kind}: expecting '!', or ':', or '}}'")),
        };
    }
    if p.is("!")? {
        p.t("!")?;
        if p.is(":")? || p.is("}")? {
            return p.raise_on_next(&format!("{kind}: missing conversion character"));
        }
        if p.opt(|p| p.name())?.is_none() {
            return p.raise_on_next(&format!("{kind}: invalid conversion character"));
        }
    }
    if !p.is(":")? && !p.is("}")? {
        return p.raise_on_next(&format!("{kind}: expecting ':' or '}}'"));
    }
    if p.is(":")? {
        p.t(":")?;
        p.many0(|p| spec_part(p, template, raw))?;
        if !p.is("}")? {
            return p.raise_on_next(&format!("{kind}: expecting '}}', or format specs"));
        }
    }
    Err(Fail::No)
}

fn plain(p: &mut Parser<'_>) -> P {
    alt!(p;
        { fstring(p) }
        { string(p) }
    )
}

pub(super) fn strings(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Strings, |p| {
        alt!(p;
            { invalid_string_tstring_concat(p) }
            {
                let start = p.mark;
                let parts = p.many1(plain)?;
                concatenate(p, start, &parts)
            }
            {
                let start = p.mark;
                p.many1(tstring)?;
                Ok(p.node(What::TString, start, Vec::new()))
            }
        )
    })
}

/// CPython: Parser/action_helpers.c, _PyPegen_concatenate_strings
fn concatenate(p: &mut Parser<'_>, start: usize, parts: &[Node]) -> P {
    let bytes = parts
        .iter()
        .filter(|part| part.what == What::Other && is_bytes(p.toks[part.start].text))
        .count();
    if bytes > 0 && bytes < parts.len() {
        return p.raise("cannot mix bytes and nonbytes literals");
    }
    let formatted = parts.iter().any(|part| part.what == What::FString);
    let what = if formatted { What::FString } else { What::Literal };
    Ok(p.node(what, start, Vec::new()))
}

fn invalid_string_tstring_concat(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    const MESSAGE: &str = "cannot mix t-string literals with string or bytes literals";
    alt!(p;
        {
            let parts = p.many1(plain)?;
            let other = tstring(p)?;
            p.raise_range(&parts[parts.len() - 1], &other, MESSAGE)
        }
        {
            let parts = p.many1(tstring)?;
            let other = plain(p)?;
            p.raise_range(&parts[parts.len() - 1], &other, MESSAGE)
        }
    )
}
