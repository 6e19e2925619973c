//! `match` patterns.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::super::ast::*;
use super::Lower;
use crate::diagnostic::Result;

impl<'t> Lower<'_, 't> {
    pub(super) fn pattern(&mut self, pattern: &ruff::Pattern) -> Result<Pattern<'t>> {
        self.nested(|l| l.pattern_inner(pattern))
    }

    fn patterns(&mut self, patterns: &[ruff::Pattern]) -> Result<&'t [Pattern<'t>]> {
        let patterns = patterns.iter().map(|p| self.pattern(p)).collect::<Result<Vec<_>>>()?;
        Ok(self.nodes.list(&patterns))
    }

    fn pattern_inner(&mut self, pattern: &ruff::Pattern) -> Result<Pattern<'t>> {
        let loc = self.loc(pattern.range());
        let kind = match pattern {
            ruff::Pattern::MatchValue(p) => {
                let value = self.rewriting(false, |l| l.expr(&p.value))?;
                PatternKind::MatchValue(self.nodes.one(self.fold_pattern_constant(value)))
            }
            ruff::Pattern::MatchSingleton(p) => PatternKind::MatchSingleton(match p.value {
                ruff::Singleton::None => &Constant::None,
                ruff::Singleton::True => &Constant::Bool(true),
                ruff::Singleton::False => &Constant::Bool(false),
            }),
            ruff::Pattern::MatchSequence(p) => PatternKind::MatchSequence(self.patterns(&p.patterns)?),
            ruff::Pattern::MatchMapping(p) => PatternKind::MatchMapping {
                keys: {
                    let keys = self.rewriting(false, |l| l.exprs(&p.keys))?;
                    let keys: Vec<Expr> = keys.iter().map(|key| self.fold_pattern_constant(*key)).collect();
                    self.nodes.list(&keys)
                },
                patterns: self.patterns(&p.patterns)?,
                rest: self.opt_ident(&p.rest),
            },
            ruff::Pattern::MatchClass(p) => {
                let cls = self.boxed(&p.cls)?;
                let patterns = self.patterns(&p.arguments.patterns)?;
                let mut kwd_attrs = Vec::new();
                let mut kwd_patterns = Vec::new();
                for keyword in &p.arguments.keywords {
                    kwd_attrs.push(self.ident(&keyword.attr));
                    kwd_patterns.push(self.pattern(&keyword.pattern)?);
                }
                PatternKind::MatchClass {
                    cls,
                    patterns,
                    kwd_attrs: self.nodes.list(&kwd_attrs),
                    kwd_patterns: self.nodes.list(&kwd_patterns),
                }
            }
            ruff::Pattern::MatchStar(p) => PatternKind::MatchStar(self.opt_ident(&p.name)),
            ruff::Pattern::MatchAs(p) => {
                let inner = match &p.pattern {
                    Some(inner) => Some(self.nodes.one(self.pattern(inner)?)),
                    None => None,
                };
                PatternKind::MatchAs {
                    pattern: inner,
                    name: self.opt_ident(&p.name),
                }
            }
            ruff::Pattern::MatchOr(p) => PatternKind::MatchOr(self.patterns(&p.patterns)?),
        };
        Ok(Pattern { loc, kind })
    }
}
