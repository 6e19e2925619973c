//! Statements.

use super::calls::{arguments, invalid_for_target};
use super::expressions::*;
use super::parameters::{params, type_params};
use super::patterns::match_stmt;
use super::targets::*;
use super::{Fail, P, Parser, Rule, Targets, alt};
use crate::syntax::tokenizer::Kind;

pub(super) fn file(p: &mut Parser<'_>) -> P {
    p.opt(statements)?;
    p.kind(Kind::EndMarker)
}

pub(super) fn interactive(p: &mut Parser<'_>) -> P {
    alt!(p;
        { compound_stmt(p)?; p.newline() }
        { simple_stmts(p) }
        { p.newline() }
        { p.kind(Kind::EndMarker) }
    )
}

fn statements(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.many1(statement)?;
    p.other(start)
}

fn statement(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let start = p.mark;
            let node = compound_stmt(p)?;
            p.register_stmt(start);
            Ok(node)
        }
        { simple_stmts(p) }
    )
}

fn simple_stmts(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            let node = simple_stmt(p)?;
            p.not(|p| p.t(";"))?;
            p.newline()?;
            Ok(node)
        }
        {
            let start = p.mark;
            p.list(";", simple_stmt)?;
            p.opt(|p| p.t(";"))?;
            p.newline()?;
            p.other(start)
        }
    )
}

pub(super) fn simple_stmt(p: &mut Parser<'_>) -> P {
    p.memo(Rule::SimpleStmt, |p| {
        let start = p.mark;
        let keyword = |p: &mut Parser<'_>, word: &str| p.look(|p| p.t(word));
        alt!(p;
            { assignment(p) }
            { keyword(p, "type")?; type_alias(p) }
            { p.look(|p| p.any(&["import", "from"]))?; import_stmt(p) }
            { star_expressions(p) }
            { p.t("return")?; p.opt(star_expressions)?; p.other(start) }
            { p.t("raise")?; raise_rest(p) }
            { p.t("pass") }
            { keyword(p, "del")?; del_stmt(p) }
            { yield_expr(p) }
            { p.t("assert")?; assert_rest(p) }
            { p.t("break") }
            { p.t("continue") }
            { p.any(&["global", "nonlocal"])?; p.list(",", Parser::name)?; p.other(start) }
        )
    })
}

fn compound_stmt(p: &mut Parser<'_>) -> P {
    let starts = |p: &mut Parser<'_>, words: &[&str]| p.look(|p| p.any(words));
    alt!(p;
        { starts(p, &["def", "@", "async"])?; function_def(p) }
        { starts(p, &["if"])?; if_stmt(p) }
        { starts(p, &["class", "@"])?; class_def(p) }
        { starts(p, &["with", "async"])?; with_stmt(p) }
        { starts(p, &["for", "async"])?; for_stmt(p) }
        { starts(p, &["try"])?; try_stmt(p) }
        { starts(p, &["while"])?; while_stmt(p) }
        { match_stmt(p) }
    )
}

const AUGMENTED: [&str; 13] = [
    "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//=",
];

fn assignment(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    let value = |p: &mut Parser<'_>| {
        p.t(":")?;
        expression(p)?;
        p.opt(|p| {
            p.t("=")?;
            annotated_rhs(p)
        })
    };
    let target = |p: &mut Parser<'_>| {
        let node = star_targets(p)?;
        p.t("=")?;
        Ok(node)
    };
    if p.opt(|p| {
        p.name()?;
        value(p)
    })?
    .is_some()
    {
        return p.other(start);
    }
    if p.opt(|p| {
        parenthesized_or_part(p)?;
        value(p)
    })?
    .is_some()
    {
        return p.other(start);
    }
    if p.opt(|p| {
        p.many1(target)?;
        annotated_rhs(p)?;
        p.not(|p| p.t("="))
    })?
    .is_some()
    {
        return p.other(start);
    }
    if p.opt(|p| {
        single_target(p)?;
        p.any(&AUGMENTED)
    })?
    .is_some()
    {
        annotated_rhs(p)?;
        return p.other(start);
    }
    invalid_assignment(p)
}

fn parenthesized_or_part(p: &mut Parser<'_>) -> P {
    alt!(p;
        { p.t("(")?; let node = single_target(p)?; p.t(")")?; Ok(node) }
        { single_subscript_attribute_target(p) }
    )
}

fn invalid_ann_assign_target(p: &mut Parser<'_>) -> P {
    alt!(p;
        { list(p) }
        { tuple(p) }
        { p.t("(")?; let node = invalid_ann_assign_target(p)?; p.t(")")?; Ok(node) }
    )
}

fn invalid_assignment(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    let target = |p: &mut Parser<'_>| {
        star_targets(p)?;
        p.t("=")
    };
    alt!(p;
        {
            let a = invalid_ann_assign_target(p)?;
            p.t(":")?;
            expression(p)?;
            p.raise_at(&a, &format!("only single target (not {}) can be annotated", a.what.name()))
        }
        {
            let a = star_named_expression(p)?;
            p.t(",")?;
            p.many0(star_named_expressions)?;
            p.t(":")?;
            expression(p)?;
            p.raise_at(&a, "only single target (not tuple) can be annotated")
        }
        {
            let a = expression(p)?;
            p.t(":")?;
            expression(p)?;
            p.raise_at(&a, "illegal target for annotation")
        }
        {
            p.many0(target)?;
            let a = star_expressions(p)?;
            p.t("=")?;
            p.raise_invalid_target(Targets::Star, &a)
        }
        {
            p.many0(target)?;
            let a = yield_expr(p)?;
            p.t("=")?;
            p.raise_at(&a, "assignment to yield expression not possible")
        }
        {
            let a = star_expressions(p)?;
            p.any(&AUGMENTED)?;
            annotated_rhs(p)?;
            let name = a.what.name();
            p.raise_at(&a, &format!("'{name}' is an illegal expression for augmented assignment"))
        }
    )
}

fn raise_rest(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.opt(|p| {
        expression(p)?;
        p.opt(|p| {
            p.t("from")?;
            expression(p)
        })
    })?;
    p.other(start)
}

fn assert_rest(p: &mut Parser<'_>) -> P {
    let node = expression(p)?;
    p.opt(|p| {
        p.t(",")?;
        expression(p)
    })?;
    Ok(node)
}

fn del_stmt(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            p.t("del")?;
            let node = del_targets(p)?;
            p.look(|p| if p.is(";")? { p.t(";") } else { p.newline() })?;
            Ok(node)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t("del")?;
            let a = star_expressions(p)?;
            p.raise_invalid_target(Targets::Del, &a)
        }
    )
}

fn type_alias(p: &mut Parser<'_>) -> P {
    p.t("type")?;
    p.name()?;
    p.opt(type_params)?;
    p.t("=")?;
    expression(p)
}

// Imports

fn dotted_name(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.list(".", Parser::name)?;
    p.other(start)
}

fn import_stmt(p: &mut Parser<'_>) -> P {
    alt!(p;
        { invalid_import(p) }
        {
            let start = p.mark;
            p.t("import")?;
            p.list(",", dotted_as_name)?;
            p.other(start)
        }
        {
            let start = p.mark;
            p.t("from")?;
            p.many0(|p| p.any(&[".", "..."]))?;
            dotted_name(p)?;
            p.t("import")?;
            import_from_targets(p)?;
            p.other(start)
        }
        {
            let start = p.mark;
            p.t("from")?;
            p.many1(|p| p.any(&[".", "..."]))?;
            p.t("import")?;
            import_from_targets(p)?;
            p.other(start)
        }
    )
}

const NO_NAMES: &str = "Expected one or more names after 'import'";

fn invalid_import(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            let a = p.t("import")?;
            p.list(",", dotted_name)?;
            p.t("from")?;
            dotted_name(p)?;
            p.raise_from(&a, "Did you mean to use 'from ... import ...' instead?")
        }
        {
            p.t("import")?;
            let a = p.newline()?;
            p.raise_from(&a, NO_NAMES)
        }
    )
}

/// What `as` is followed by is no plain name.
fn invalid_alias(p: &mut Parser<'_>) -> P {
    p.t("as")?;
    p.not(|p| {
        p.name()?;
        if p.peek()?.kind == Kind::Newline {
            p.newline()
        } else {
            p.any(&[",", ")", ";"])
        }
    })?;
    let a = expression(p)?;
    p.raise_at(&a, &format!("cannot use {} as import target", a.what.name()))
}

fn alias(p: &mut Parser<'_>, name: fn(&mut Parser<'_>) -> P) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            name(p)?;
            invalid_alias(p)
        }
        {
            let node = name(p)?;
            p.opt(|p| {
                p.t("as")?;
                p.name()
            })?;
            Ok(node)
        }
    )
}

fn dotted_as_name(p: &mut Parser<'_>) -> P {
    alias(p, dotted_name)
}

fn import_from_as_name(p: &mut Parser<'_>) -> P {
    alias(p, |p| p.name())
}

fn import_from_targets(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    alt!(p;
        {
            p.t("(")?;
            p.list(",", import_from_as_name)?;
            p.opt(|p| p.t(","))?;
            p.t(")")
        }
        {
            p.list(",", import_from_as_name)?;
            p.not(|p| p.t(","))?;
            p.other(start)
        }
        { p.t("*") }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.list(",", import_from_as_name)?;
            p.t(",")?;
            p.newline()?;
            p.raise("trailing comma not allowed without surrounding parentheses")
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.newline()?;
            p.raise_from(&a, NO_NAMES)
        }
    )
}

// Blocks

pub(super) fn block(p: &mut Parser<'_>) -> P {
    p.memo(Rule::Block, |p| {
        alt!(p;
            {
                p.newline()?;
                p.kind(Kind::Indent)?;
                let node = statements(p)?;
                p.kind(Kind::Dedent)?;
                Ok(node)
            }
            { simple_stmts(p) }
            {
                if !p.invalid {
                    return Err(Fail::No);
                }
                empty_block(p)?;
                p.raise_indentation("expected an indented block")
            }
        )
    })
}

/// The end of a line without a block behind it.
pub(super) fn empty_block(p: &mut Parser<'_>) -> P<()> {
    p.newline()?;
    p.not(|p| p.kind(Kind::Indent))
}

/// The end of a line where a colon should stand.
pub(super) fn no_colon(p: &mut Parser<'_>) -> P {
    p.newline()?;
    p.raise("expected ':'")
}

fn decorators(p: &mut Parser<'_>) -> P {
    let start = p.mark;
    p.many1(|p| {
        p.t("@")?;
        named_expression(p)?;
        p.newline()
    })?;
    p.other(start)
}

fn class_def(p: &mut Parser<'_>) -> P {
    alt!(p;
        { decorators(p)?; class_def_raw(p) }
        { class_def_raw(p) }
    )
}

fn class_head(p: &mut Parser<'_>) -> P {
    let word = p.t("class")?;
    p.name()?;
    p.opt(type_params)?;
    p.opt(|p| {
        p.t("(")?;
        p.opt(arguments)?;
        p.t(")")
    })?;
    Ok(word)
}

fn class_def_raw(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            class_head(p)?;
            no_colon(p)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = class_head(p)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block("class definition", &a)
        }
        {
            class_head(p)?;
            p.t(":")?;
            block(p)
        }
    )
}

fn function_def(p: &mut Parser<'_>) -> P {
    alt!(p;
        { decorators(p)?; function_def_raw(p) }
        { function_def_raw(p) }
    )
}

fn returns(p: &mut Parser<'_>) -> P<()> {
    p.opt(|p| {
        p.t("->")?;
        expression(p)
    })?;
    Ok(())
}

fn function_def_raw(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.opt(|p| p.t("async"))?;
            let a = p.t("def")?;
            p.name()?;
            p.opt(type_params)?;
            p.t("(")?;
            p.opt(params)?;
            p.t(")")?;
            returns(p)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block("function definition", &a)
        }
        {
            // In the second pass these two have to be there.
            let sign = |p: &mut Parser<'_>, text: &str| if p.invalid { p.force(text) } else { p.t(text) };
            p.opt(|p| p.t("async"))?;
            p.t("def")?;
            p.name()?;
            p.opt(type_params)?;
            sign(p, "(")?;
            p.opt(params)?;
            p.t(")")?;
            returns(p)?;
            sign(p, ":")?;
            block(p)
        }
    )
}

// if, while, for, with

fn else_block(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.t("else")?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block("'else' statement", &a)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t("else")?;
            p.t(":")?;
            block(p)?;
            p.t("elif")?;
            p.raise("'elif' block follows an 'else' block")
        }
        {
            p.t("else")?;
            p.force(":")?;
            block(p)
        }
    )
}

/// `if`, `elif` or `while` with its test and block.
fn tested(p: &mut Parser<'_>, word: &str, statement: &str) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            p.t(word)?;
            named_expression(p)?;
            no_colon(p)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.t(word)?;
            named_expression(p)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block(statement, &a)
        }
        {
            p.t(word)?;
            named_expression(p)?;
            p.t(":")?;
            block(p)
        }
    )
}

fn if_stmt(p: &mut Parser<'_>) -> P {
    let node = tested(p, "if", "'if' statement")?;
    // A chain of any length: each `elif` is tried where the one before it ended.
    while p.opt(|p| tested(p, "elif", "'elif' statement"))?.is_some() {}
    p.opt(else_block)?;
    Ok(node)
}

fn while_stmt(p: &mut Parser<'_>) -> P {
    let node = tested(p, "while", "'while' statement")?;
    p.opt(else_block)?;
    Ok(node)
}

fn for_stmt(p: &mut Parser<'_>) -> P {
    let head = |p: &mut Parser<'_>| {
        p.opt(|p| p.t("async"))?;
        let word = p.t("for")?;
        star_targets(p)?;
        p.t("in")?;
        Ok(word)
    };
    if p.invalid {
        p.opt(|p| {
            head(p)?;
            star_expressions(p)?;
            no_colon(p)
        })?;
        p.opt(|p| {
            let a = head(p)?;
            star_expressions(p)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block::<()>("'for' statement", &a)
        })?;
    }
    if p.opt(head)?.is_some() {
        // What follows `in` decides; nothing else is tried.
        star_expressions(p)?;
        p.t(":")?;
        let node = block(p)?;
        p.opt(else_block)?;
        return Ok(node);
    }
    invalid_for_target(p)
}

fn with_item(p: &mut Parser<'_>) -> P {
    let ends = |p: &mut Parser<'_>| p.look(|p| p.any(&[",", ")", ":"]));
    alt!(p;
        {
            let node = expression(p)?;
            p.t("as")?;
            star_target(p)?;
            ends(p)?;
            Ok(node)
        }
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            expression(p)?;
            p.t("as")?;
            let a = expression(p)?;
            ends(p)?;
            p.raise_invalid_target(Targets::Star, &a)
        }
        { expression(p) }
    )
}

/// The items of `with`, as its `invalid_` rules take them.
fn loose_items(p: &mut Parser<'_>, parenthesized: bool) -> P<()> {
    let item: fn(&mut Parser<'_>) -> P = if parenthesized { expressions } else { expression };
    if parenthesized {
        p.t("(")?;
    }
    p.list(",", |p| {
        item(p)?;
        p.opt(|p| {
            p.t("as")?;
            star_target(p)
        })
    })?;
    if parenthesized {
        p.opt(|p| p.t(","))?;
        p.t(")")?;
    }
    Ok(())
}

fn with_word(p: &mut Parser<'_>) -> P {
    p.opt(|p| p.t("async"))?;
    p.t("with")
}

fn with_stmt(p: &mut Parser<'_>) -> P {
    if p.invalid {
        for parenthesized in [false, true] {
            p.opt(|p| {
                let a = with_word(p)?;
                loose_items(p, parenthesized)?;
                p.t(":")?;
                empty_block(p)?;
                p.no_block::<()>("'with' statement", &a)
            })?;
        }
    }
    alt!(p;
        {
            with_word(p)?;
            p.t("(")?;
            p.list(",", with_item)?;
            p.opt(|p| p.t(","))?;
            p.t(")")?;
            p.t(":")?;
            block(p)
        }
        {
            with_word(p)?;
            p.list(",", with_item)?;
            p.t(":")?;
            block(p)
        }
        { invalid_with_stmt(p) }
    )
}

fn invalid_with_stmt(p: &mut Parser<'_>) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            with_word(p)?;
            loose_items(p, false)?;
            let a = p.t(",")?;
            p.t(":")?;
            p.raise_at(&a, "the last 'with' item has a trailing comma")
        }
        { with_word(p)?; loose_items(p, false)?; no_colon(p) }
        { with_word(p)?; loose_items(p, true)?; no_colon(p) }
    )
}

// try

fn try_stmt(p: &mut Parser<'_>) -> P {
    if p.invalid {
        invalid_try_stmt(p)?;
    }
    let finish = |p: &mut Parser<'_>| {
        p.opt(else_block)?;
        p.opt(finally_block)
    };
    alt!(p;
        { try_head(p)?; finally_block(p) }
        {
            let node = try_head(p)?;
            p.many1(except_block)?;
            finish(p)?;
            Ok(node)
        }
        {
            let node = try_head(p)?;
            p.many1(except_star_block)?;
            finish(p)?;
            Ok(node)
        }
    )
}

fn try_head(p: &mut Parser<'_>) -> P {
    p.t("try")?;
    p.force(":")?;
    block(p)
}

fn name_after_as(p: &mut Parser<'_>) -> P {
    p.t("as")?;
    p.name()
}

const BOTH_KINDS: &str = "cannot have both 'except' and 'except*' on the same 'try'";

fn invalid_try_stmt(p: &mut Parser<'_>) -> P<()> {
    p.opt(|p| {
        let a = p.t("try")?;
        p.t(":")?;
        empty_block(p)?;
        p.no_block::<()>("'try' statement", &a)
    })?;
    p.opt(|p| {
        p.t("try")?;
        p.t(":")?;
        block(p)?;
        p.not(|p| p.any(&["except", "finally"]))?;
        p.raise::<()>("expected 'except' or 'finally' block")
    })?;
    p.opt(|p| {
        p.t("try")?;
        p.t(":")?;
        p.many0(block)?;
        p.many1(except_block)?;
        let a = p.t("except")?;
        let b = p.t("*")?;
        expression(p)?;
        p.opt(name_after_as)?;
        p.t(":")?;
        p.raise_range::<()>(&a, &b, BOTH_KINDS)
    })?;
    p.opt(|p| {
        p.t("try")?;
        p.t(":")?;
        p.many0(block)?;
        p.many1(except_star_block)?;
        let a = p.t("except")?;
        p.opt(|p| {
            expression(p)?;
            p.opt(name_after_as)
        })?;
        p.t(":")?;
        p.raise_at::<()>(&a, BOTH_KINDS)
    })?;
    Ok(())
}

/// `except`, or `except *`.
fn except_word(p: &mut Parser<'_>, star: bool) -> P {
    let word = p.t("except")?;
    if star {
        p.t("*")?;
    }
    Ok(word)
}

fn except_block(p: &mut Parser<'_>) -> P {
    handler(p, false)
}

fn except_star_block(p: &mut Parser<'_>) -> P {
    handler(p, true)
}

fn handler(p: &mut Parser<'_>, star: bool) -> P {
    if p.invalid {
        let statement = if star {
            "'except*' statement"
        } else {
            "'except' statement"
        };
        p.opt(|p| {
            let a = except_word(p, star)?;
            expression(p)?;
            p.opt(name_after_as)?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block::<()>(statement, &a)
        })?;
        if !star {
            p.opt(|p| {
                let a = except_word(p, star)?;
                p.t(":")?;
                empty_block(p)?;
                p.no_block::<()>(statement, &a)
            })?;
        }
    }
    alt!(p;
        { except_word(p, star)?; expression(p)?; p.t(":")?; block(p) }
        { except_word(p, star)?; expression(p)?; name_after_as(p)?; p.t(":")?; block(p) }
        { except_word(p, star)?; expressions(p)?; p.t(":")?; block(p) }
        {
            if star {
                return Err(Fail::No);
            }
            p.t("except")?;
            p.t(":")?;
            block(p)
        }
        { invalid_except_stmt(p, star) }
    )
}

fn invalid_except_stmt(p: &mut Parser<'_>, star: bool) -> P {
    if !p.invalid {
        return Err(Fail::No);
    }
    alt!(p;
        {
            except_word(p, star)?;
            let a = expression(p)?;
            p.t(",")?;
            expressions(p)?;
            name_after_as(p)?;
            p.t(":")?;
            p.raise_from(&a, "multiple exception types must be parenthesized when using 'as'")
        }
        {
            except_word(p, star)?;
            expression(p)?;
            p.opt(name_after_as)?;
            no_colon(p)
        }
        {
            except_word(p, star)?;
            if !star {
                return no_colon(p);
            }
            if p.peek()?.kind == Kind::Newline {
                p.newline()?;
            } else {
                p.t(":")?;
            }
            p.raise("expected one or more exception types")
        }
        {
            except_word(p, star)?;
            expression(p)?;
            p.t("as")?;
            let a = expression(p)?;
            p.t(":")?;
            block(p)?;
            let word = if star { "except*" } else { "except" };
            p.raise_at(&a, &format!("cannot use {word} statement with {}", a.what.name()))
        }
    )
}

fn finally_block(p: &mut Parser<'_>) -> P {
    alt!(p;
        {
            if !p.invalid {
                return Err(Fail::No);
            }
            let a = p.t("finally")?;
            p.t(":")?;
            empty_block(p)?;
            p.no_block("'finally' statement", &a)
        }
        {
            p.t("finally")?;
            p.force(":")?;
            block(p)
        }
    )
}
