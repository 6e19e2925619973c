//! `match` statements. Each routine takes the subject from the top of the stack and jumps to the pattern's failure
//! label if it does not match; captured values wait below `on_top` working values until the whole pattern matches.
//!
//! CPython: Python/codegen.c, codegen_match_inner, codegen_pattern.

use pyaot_code::opcode::nb;
use pyaot_code::{Constant, Opcode};

use super::{Compiler, NO_LOCATION};
use crate::diagnostic::Result;
use crate::instr::Label;
use crate::syntax::ast::*;

#[derive(Clone, Default)]
struct PatternContext {
    /// Names captured so far, in stack order.
    stores: Vec<Ident>,
    /// Whether a capture or wildcard may stand here.
    allow_irrefutable: bool,
    /// `fail_pop[n]` pops n values and fails.
    fail_pop: Vec<Label>,
    /// Values that must stay above the captured ones.
    on_top: usize,
}

fn is_wildcard(p: &Pattern) -> bool {
    matches!(
        p.kind,
        PatternKind::MatchAs {
            pattern: None,
            name: None
        }
    )
}

fn is_star_wildcard(p: &Pattern) -> bool {
    matches!(p.kind, PatternKind::MatchStar(None))
}

impl<'a> Compiler<'a, '_> {
    pub fn match_stmt(&mut self, subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>]) -> Result<()> {
        self.expr(subject)?;
        let end = self.new_label();
        let n = cases.len();
        let has_default = cases.last().is_some_and(|m| is_wildcard(&m.pattern)) && n > 1;
        let tested = n - usize::from(has_default);
        for (i, m) in cases[..tested].iter().enumerate() {
            let loc = m.pattern.loc;
            let last = i + 1 == tested;
            if !last {
                self.addop_i(loc, Opcode::COPY, 1);
            }
            let mut pc = PatternContext {
                allow_irrefutable: m.guard.is_some() || i + 1 == n,
                ..PatternContext::default()
            };
            self.pattern(&m.pattern, &mut pc)?;
            for &name in &pc.stores {
                self.nameop(loc, name, Ctx::Store)?;
            }
            if let Some(guard) = m.guard {
                self.ensure_fail_pop(&mut pc, 0);
                self.jump_if(guard, pc.fail_pop[0], false)?;
            }
            if !last {
                self.addop(Location::NEXT_LOCATION, Opcode::POP_TOP);
            }
            self.stmts(m.body)?;
            self.addop_j(NO_LOCATION, Opcode::JUMP, end);
            self.emit_and_reset_fail_pop(loc, &mut pc);
        }
        if has_default {
            let m = &cases[n - 1];
            let loc = m.pattern.loc;
            self.addop(loc, if n == 1 { Opcode::POP_TOP } else { Opcode::NOP });
            if let Some(guard) = m.guard {
                self.jump_if(guard, end, false)?;
            }
            self.stmts(m.body)?;
        }
        self.use_label(end);
        Ok(())
    }

    fn ensure_fail_pop(&mut self, pc: &mut PatternContext, n: usize) {
        while pc.fail_pop.len() <= n {
            let label = self.new_label();
            pc.fail_pop.push(label);
        }
    }

    fn jump_to_fail_pop(&mut self, loc: Location, pc: &mut PatternContext, opcode: Opcode) {
        let pops = pc.on_top + pc.stores.len();
        self.ensure_fail_pop(pc, pops);
        self.addop_j(loc, opcode, pc.fail_pop[pops]);
    }

    fn emit_and_reset_fail_pop(&mut self, loc: Location, pc: &mut PatternContext) {
        let labels = std::mem::take(&mut pc.fail_pop);
        for (pops, label) in labels.into_iter().enumerate().rev() {
            self.use_label(label);
            if pops > 0 {
                self.addop(loc, Opcode::POP_TOP);
            }
        }
    }

    fn rotate(&mut self, loc: Location, count: usize) {
        for n in (2..=count).rev() {
            self.addop_i(loc, Opcode::SWAP, n);
        }
    }

    fn duplicate_store<T>(&self, loc: Location, name: Ident) -> Result<T> {
        self.error(
            loc,
            format!("multiple assignments to name '{}' in pattern", self.text(name)),
        )
    }

    fn store_name(&mut self, loc: Location, name: Option<Ident>, pc: &mut PatternContext) -> Result<()> {
        let Some(name) = name else {
            self.addop(loc, Opcode::POP_TOP);
            return Ok(());
        };
        if pc.stores.contains(&name) {
            return self.duplicate_store(loc, name);
        }
        self.rotate(loc, pc.on_top + pc.stores.len() + 1);
        pc.stores.push(name);
        Ok(())
    }

    fn pattern(&mut self, p: &'a Pattern<'a>, pc: &mut PatternContext) -> Result<()> {
        match p.kind {
            PatternKind::MatchValue(value) => {
                if !matches!(
                    value.kind,
                    ExprKind::Constant { .. } | ExprKind::Attribute { .. } | ExprKind::JoinedStr(_)
                ) {
                    return self.error(p.loc, "patterns may only match literals and attribute lookups");
                }
                if matches!(value.kind, ExprKind::JoinedStr(_)) {
                    return self.error(value.loc, "patterns may only match literals and attribute lookups");
                }
                self.expr(value)?;
                self.addop_compare(p.loc, CmpOp::Eq);
                self.addop(p.loc, Opcode::TO_BOOL);
                self.jump_to_fail_pop(p.loc, pc, Opcode::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSingleton(value) => {
                self.load_const(p.loc, value.clone());
                self.addop_compare(p.loc, CmpOp::Is);
                self.jump_to_fail_pop(p.loc, pc, Opcode::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence(patterns) => self.pattern_sequence(p.loc, patterns, pc),
            PatternKind::MatchMapping { keys, patterns, rest } => self.pattern_mapping(p.loc, keys, patterns, rest, pc),
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => self.pattern_class(p.loc, cls, patterns, kwd_attrs, kwd_patterns, pc),
            PatternKind::MatchStar(name) => self.store_name(p.loc, name, pc),
            PatternKind::MatchAs { pattern, name } => self.pattern_as(p.loc, pattern, name, pc),
            PatternKind::MatchOr(patterns) => self.pattern_or(p.loc, patterns, pc),
        }
    }

    fn subpattern(&mut self, p: &'a Pattern<'a>, pc: &mut PatternContext) -> Result<()> {
        let before = std::mem::replace(&mut pc.allow_irrefutable, true);
        self.pattern(p, pc)?;
        pc.allow_irrefutable = before;
        Ok(())
    }

    fn pattern_as(
        &mut self,
        loc: Location,
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Ident>,
        pc: &mut PatternContext,
    ) -> Result<()> {
        let Some(pattern) = pattern else {
            if !pc.allow_irrefutable {
                let what = match name {
                    Some(name) => format!("name capture '{}'", self.text(name)),
                    None => "wildcard".to_string(),
                };
                return self.error(loc, format!("{what} makes remaining patterns unreachable"));
            }
            return self.store_name(loc, name, pc);
        };
        pc.on_top += 1;
        self.addop_i(loc, Opcode::COPY, 1);
        self.pattern(pattern, pc)?;
        pc.on_top -= 1;
        self.store_name(loc, name, pc)
    }

    fn pattern_unpack(&mut self, loc: Location, patterns: &[Pattern]) -> Result<()> {
        let n = patterns.len();
        let mut seen_star = false;
        for (i, p) in patterns.iter().enumerate() {
            if !matches!(p.kind, PatternKind::MatchStar(_)) {
                continue;
            }
            if seen_star {
                return self.error(loc, "multiple starred expressions in sequence pattern");
            }
            let after = n - i - 1;
            if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error(loc, "too many expressions in star-unpacking sequence pattern");
            }
            self.addop_i(loc, Opcode::UNPACK_EX, i + (after << 8));
            seen_star = true;
        }
        if !seen_star {
            self.addop_i(loc, Opcode::UNPACK_SEQUENCE, n);
        }
        Ok(())
    }

    fn sequence_unpack(&mut self, loc: Location, patterns: &'a [Pattern<'a>], pc: &mut PatternContext) -> Result<()> {
        self.pattern_unpack(loc, patterns)?;
        pc.on_top += patterns.len();
        for p in patterns {
            pc.on_top -= 1;
            self.subpattern(p, pc)?;
        }
        Ok(())
    }

    /// Like `sequence_unpack` where the star is a wildcard: items are fetched by index.
    fn sequence_subscr(
        &mut self,
        loc: Location,
        patterns: &'a [Pattern<'a>],
        star: usize,
        pc: &mut PatternContext,
    ) -> Result<()> {
        pc.on_top += 1;
        for (i, p) in patterns.iter().enumerate() {
            if is_wildcard(p) || i == star {
                continue;
            }
            self.addop_i(loc, Opcode::COPY, 1);
            if i < star {
                self.load_const(loc, Constant::Int(i as i64));
            } else {
                self.addop(loc, Opcode::GET_LEN);
                self.load_const(loc, Constant::Int((patterns.len() - i) as i64));
                self.addop_binary(loc, Operator::Sub, false);
            }
            self.addop_u(loc, Opcode::BINARY_OP, nb::SUBSCR);
            self.subpattern(p, pc)?;
        }
        pc.on_top -= 1;
        self.addop(loc, Opcode::POP_TOP);
        Ok(())
    }

    fn pattern_sequence(&mut self, loc: Location, patterns: &'a [Pattern<'a>], pc: &mut PatternContext) -> Result<()> {
        let size = patterns.len();
        let mut star = None;
        let mut only_wildcard = true;
        let mut star_wildcard = false;
        for (i, p) in patterns.iter().enumerate() {
            if matches!(p.kind, PatternKind::MatchStar(_)) {
                if star.is_some() {
                    return self.error(loc, "multiple starred names in sequence pattern");
                }
                star_wildcard = is_star_wildcard(p);
                only_wildcard &= star_wildcard;
                star = Some(i);
            } else {
                only_wildcard &= is_wildcard(p);
            }
        }
        pc.on_top += 1;
        self.addop(loc, Opcode::MATCH_SEQUENCE);
        self.jump_to_fail_pop(loc, pc, Opcode::POP_JUMP_IF_FALSE);
        let length = match star {
            None => Some((size, CmpOp::Eq)),
            Some(_) if size > 1 => Some((size - 1, CmpOp::GtE)),
            Some(_) => None,
        };
        if let Some((n, op)) = length {
            self.addop(loc, Opcode::GET_LEN);
            self.load_const(loc, Constant::Int(n as i64));
            self.addop_compare(loc, op);
            self.jump_to_fail_pop(loc, pc, Opcode::POP_JUMP_IF_FALSE);
        }
        pc.on_top -= 1;
        match star {
            _ if only_wildcard => {
                self.addop(loc, Opcode::POP_TOP);
                Ok(())
            }
            Some(star) if star_wildcard => self.sequence_subscr(loc, patterns, star, pc),
            _ => self.sequence_unpack(loc, patterns, pc),
        }
    }

    fn pattern_class(
        &mut self,
        loc: Location,
        cls: &'a Expr<'a>,
        patterns: &'a [Pattern<'a>],
        kwd_attrs: &'a [Ident],
        kwd_patterns: &'a [Pattern<'a>],
        pc: &mut PatternContext,
    ) -> Result<()> {
        for (i, attr) in kwd_attrs.iter().enumerate() {
            if let Some(j) = kwd_attrs[i + 1..].iter().position(|a| a == attr) {
                let at = kwd_patterns[i + 1 + j].loc;
                return self.error(
                    at,
                    format!("attribute name repeated in class pattern: {}", self.text(*attr)),
                );
            }
        }
        self.expr(cls)?;
        let names = kwd_attrs.iter().map(|name| self.name_constant(*name)).collect();
        self.load_const(loc, Constant::tuple(names));
        self.addop_i(loc, Opcode::MATCH_CLASS, patterns.len());
        self.addop_i(loc, Opcode::COPY, 1);
        self.load_none(loc);
        self.addop_i(loc, Opcode::IS_OP, 1);
        pc.on_top += 1;
        self.jump_to_fail_pop(loc, pc, Opcode::POP_JUMP_IF_FALSE);
        let n = patterns.len() + kwd_attrs.len();
        self.addop_i(loc, Opcode::UNPACK_SEQUENCE, n);
        pc.on_top = pc.on_top + n - 1;
        for p in patterns.iter().chain(kwd_patterns) {
            pc.on_top -= 1;
            if is_wildcard(p) {
                self.addop(loc, Opcode::POP_TOP);
            } else {
                self.subpattern(p, pc)?;
            }
        }
        Ok(())
    }

    fn pattern_mapping(
        &mut self,
        loc: Location,
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<Ident>,
        pc: &mut PatternContext,
    ) -> Result<()> {
        let size = keys.len();
        pc.on_top += 1;
        self.addop(loc, Opcode::MATCH_MAPPING);
        self.jump_to_fail_pop(loc, pc, Opcode::POP_JUMP_IF_FALSE);
        if size == 0 && rest.is_none() {
            pc.on_top -= 1;
            self.addop(loc, Opcode::POP_TOP);
            return Ok(());
        }
        if size > 0 {
            self.addop(loc, Opcode::GET_LEN);
            self.load_const(loc, Constant::Int(size as i64));
            self.addop_compare(loc, CmpOp::GtE);
            self.jump_to_fail_pop(loc, pc, Opcode::POP_JUMP_IF_FALSE);
        }
        let mut seen: Vec<&Constant> = Vec::new();
        for key in keys {
            match key.kind {
                ExprKind::Constant { value, .. } => {
                    if seen.iter().any(|s| same_key(s, value)) {
                        let repr = super::unparse::constant_repr(value).to_string_lossy();
                        return self.error(loc, format!("mapping pattern checks duplicate key ({repr})"));
                    }
                    seen.push(value);
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    return self.error(
                        loc,
                        "mapping pattern keys may only match literals and attribute lookups",
                    );
                }
            }
            self.expr(key)?;
        }
        self.addop_i(loc, Opcode::BUILD_TUPLE, size);
        self.addop(loc, Opcode::MATCH_KEYS);
        pc.on_top += 2;
        self.addop_i(loc, Opcode::COPY, 1);
        self.load_none(loc);
        self.addop_i(loc, Opcode::IS_OP, 1);
        self.jump_to_fail_pop(loc, pc, Opcode::POP_JUMP_IF_FALSE);
        self.addop_i(loc, Opcode::UNPACK_SEQUENCE, size);
        pc.on_top = pc.on_top + size - 1;
        for p in patterns {
            pc.on_top -= 1;
            self.subpattern(p, pc)?;
        }
        pc.on_top -= 2;
        if let Some(rest) = rest {
            self.addop_i(loc, Opcode::BUILD_MAP, 0);
            self.addop_i(loc, Opcode::SWAP, 3);
            self.addop_i(loc, Opcode::DICT_UPDATE, 2);
            self.addop_i(loc, Opcode::UNPACK_SEQUENCE, size);
            for n in (1..=size).rev() {
                self.addop_i(loc, Opcode::COPY, 1 + n);
                self.addop_i(loc, Opcode::SWAP, 2);
                self.addop(loc, Opcode::DELETE_SUBSCR);
            }
            self.store_name(loc, Some(rest), pc)
        } else {
            self.addop(loc, Opcode::POP_TOP);
            self.addop(loc, Opcode::POP_TOP);
            Ok(())
        }
    }

    fn pattern_or(&mut self, loc: Location, patterns: &'a [Pattern<'a>], pc: &mut PatternContext) -> Result<()> {
        let end = self.new_label();
        let size = patterns.len();
        let old = pc.clone();
        // The names of the first alternative: the others must bind the same, in the same order.
        let mut control: Vec<Ident> = Vec::new();
        for (i, alt) in patterns.iter().enumerate() {
            pc.stores = Vec::new();
            pc.allow_irrefutable = i + 1 == size && old.allow_irrefutable;
            pc.fail_pop = Vec::new();
            pc.on_top = 0;
            self.addop_i(alt.loc, Opcode::COPY, 1);
            self.pattern(alt, pc)?;
            let nstores = pc.stores.len();
            if i == 0 {
                control = pc.stores.clone();
            } else if nstores != control.len() {
                return self.error(loc, "alternative patterns bind different names");
            } else {
                for icontrol in (0..nstores).rev() {
                    let Some(istores) = pc.stores.iter().position(|n| *n == control[icontrol]) else {
                        return self.error(loc, "alternative patterns bind different names");
                    };
                    if icontrol != istores {
                        let rotations = istores + 1;
                        let rotated: Vec<Ident> = pc.stores.drain(..rotations).collect();
                        let at = icontrol - istores;
                        pc.stores.splice(at..at, rotated);
                        for _ in 0..rotations {
                            self.rotate(alt.loc, icontrol + 1);
                        }
                    }
                }
            }
            self.addop_j(alt.loc, Opcode::JUMP, end);
            self.emit_and_reset_fail_pop(alt.loc, pc);
        }
        *pc = old;
        self.addop(loc, Opcode::POP_TOP);
        self.jump_to_fail_pop(loc, pc, Opcode::JUMP);
        self.use_label(end);
        let nstores = control.len();
        let nrots = nstores + 1 + pc.on_top + pc.stores.len();
        for name in control {
            self.rotate(loc, nrots);
            if pc.stores.contains(&name) {
                return self.duplicate_store(loc, name);
            }
            pc.stores.push(name);
        }
        self.addop(loc, Opcode::POP_TOP);
        Ok(())
    }
}

/// Whether two literal keys are equal in Python.
fn same_key(a: &Constant, b: &Constant) -> bool {
    let number = |c: &Constant| match c {
        Constant::Int(n) => Some((*n as f64, 0.0)),
        Constant::Bool(b) => Some((f64::from(u8::from(*b)), 0.0)),
        Constant::Float(bits) => Some((f64::from_bits(*bits), 0.0)),
        Constant::Complex(re, im) => Some((f64::from_bits(*re), f64::from_bits(*im))),
        _ => None,
    };
    match (a, b) {
        (Constant::Int(a), Constant::Int(b)) => a == b,
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
    }
}
