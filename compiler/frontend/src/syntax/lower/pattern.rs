//! `match` patterns.

use ruff_python_ast as ruff;
use ruff_text_size::Ranged;

use super::super::ast::*;
use super::Lower;
use crate::diagnostic::Result;

impl Lower<'_> {
    pub(super) fn pattern(&mut self, pattern: &ruff::Pattern) -> Result<Pattern> {
        self.nested(|l| l.pattern_inner(pattern))
    }

    fn patterns(&mut self, patterns: &[ruff::Pattern]) -> Result<Vec<Pattern>> {
        patterns.iter().map(|p| self.pattern(p)).collect()
    }

    fn pattern_inner(&mut self, pattern: &ruff::Pattern) -> Result<Pattern> {
        let loc = self.loc(pattern.range());
        let kind = match pattern {
            ruff::Pattern::MatchValue(p) => PatternKind::MatchValue(self.boxed(&p.value)?),
            ruff::Pattern::MatchSingleton(p) => PatternKind::MatchSingleton(match p.value {
                ruff::Singleton::None => Constant::None,
                ruff::Singleton::True => Constant::Bool(true),
                ruff::Singleton::False => Constant::Bool(false),
            }),
            ruff::Pattern::MatchSequence(p) => PatternKind::MatchSequence(self.patterns(&p.patterns)?),
            ruff::Pattern::MatchMapping(p) => PatternKind::MatchMapping {
                keys: self.exprs(&p.keys)?,
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
                    kwd_attrs,
                    kwd_patterns,
                }
            }
            ruff::Pattern::MatchStar(p) => PatternKind::MatchStar(self.opt_ident(&p.name)),
            ruff::Pattern::MatchAs(p) => {
                let inner = match &p.pattern {
                    Some(inner) => Some(Box::new(self.pattern(inner)?)),
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
