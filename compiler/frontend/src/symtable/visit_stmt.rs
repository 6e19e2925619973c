//! The first pass over statements, parameters, patterns and type parameters.

use super::{Block, Builder, def};
use crate::diagnostic::{Diagnostic, Result};
use crate::syntax::ast::*;

/// What a type parameter block is opened for.
#[derive(Clone, Copy)]
struct TypeParamOwner {
    has_defaults: bool,
    has_kwdefaults: bool,
    is_class: bool,
}

impl Builder<'_> {
    pub(super) fn visit_stmts(&mut self, body: &[Stmt]) -> Result<()> {
        body.iter().try_for_each(|s| self.visit_stmt(s))
    }

    fn enter_type_param_block(
        &mut self,
        name: Ident,
        params: &TypeParams,
        owner: TypeParamOwner,
        loc: Location,
    ) -> Result<()> {
        let in_class = self.cur().block == Block::Class;
        self.enter_block(name, Block::TypeParameters, Some(params.id), loc)?;
        if in_class {
            self.cur().can_see_class_scope = true;
            self.add_def(known::CLASSDICT, def::USE, loc)?;
        }
        if owner.is_class {
            for name in [known::DOT_TYPE_PARAMS, known::DOT_GENERIC_BASE] {
                self.add_def(name, def::LOCAL, loc)?;
                self.add_def(name, def::USE, loc)?;
            }
        }
        if owner.has_defaults {
            self.add_def(known::DOT_DEFAULTS, def::PARAM, loc)?;
        }
        if owner.has_kwdefaults {
            self.add_def(known::DOT_KWDEFAULTS, def::PARAM, loc)?;
        }
        Ok(())
    }

    fn visit_stmt(&mut self, s: &Stmt) -> Result<()> {
        match s.kind {
            StmtKind::FunctionDef(f) => self.visit_function(f, s.loc),
            StmtKind::ClassDef(c) => self.visit_class(c, s.loc),
            StmtKind::TypeAlias(t) => self.visit_type_alias(t, s.loc),
            StmtKind::Return(value) => self.visit_opt(value),
            StmtKind::Delete(targets) => self.visit_exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.visit_exprs(targets)?;
                self.visit_expr(value)
            }
            StmtKind::AnnAssign(a) => self.visit_annassign(a, s.loc),
            StmtKind::AugAssign { target, value, .. } => {
                self.visit_expr(target)?;
                self.visit_expr(value)
            }
            StmtKind::AsyncFor(f) => {
                self.require_coroutine("'async for' outside async function", s.loc)?;
                self.visit_for(f)
            }
            StmtKind::For(f) => self.visit_for(f),
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.visit_expr(test)?;
                self.conditional(|b| {
                    b.visit_stmts(body)?;
                    b.visit_stmts(orelse)
                })
            }
            StmtKind::Match { subject, cases } => {
                self.visit_expr(subject)?;
                self.conditional(|b| {
                    for case in cases {
                        b.visit_pattern(&case.pattern)?;
                        b.visit_opt(case.guard)?;
                        b.visit_stmts(case.body)?;
                    }
                    Ok(())
                })
            }
            StmtKind::Raise { exc, cause } => {
                self.visit_opt(exc)?;
                self.visit_opt(cause)
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => self.conditional(|b| {
                b.visit_stmts(t.body)?;
                for handler in t.handlers {
                    b.visit_opt(handler.typ)?;
                    if let Some(name) = handler.name {
                        b.add_def(name, def::LOCAL, handler.loc)?;
                    }
                    b.visit_stmts(handler.body)?;
                }
                b.visit_stmts(t.orelse)?;
                b.visit_stmts(t.finalbody)
            }),
            StmtKind::Assert { test, msg } => {
                self.visit_expr(test)?;
                self.visit_opt(msg)
            }
            StmtKind::Import(names) => names.iter().try_for_each(|a| self.visit_alias(a)),
            StmtKind::ImportFrom { module, names, level } => {
                names.iter().try_for_each(|a| self.visit_alias(a))?;
                self.check_import_from(module, level, s.loc)
            }
            StmtKind::Global(names) => {
                for name in names {
                    self.visit_global(*name, s.loc)?;
                }
                Ok(())
            }
            StmtKind::Nonlocal(names) => {
                for name in names {
                    self.visit_nonlocal(*name, s.loc)?;
                }
                Ok(())
            }
            StmtKind::Expr(value) => self.visit_expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
            StmtKind::AsyncWith(w) => {
                self.require_coroutine("'async with' outside async function", s.loc)?;
                self.visit_with(w)
            }
            StmtKind::With(w) => self.visit_with(w),
        }
    }

    fn require_coroutine(&mut self, message: &str, loc: Location) -> Result<()> {
        if self.allows_top_level_await() {
            self.cur().coroutine = true;
        }
        if self.cur().coroutine {
            Ok(())
        } else {
            Err(Diagnostic::syntax(loc, message))
        }
    }

    fn visit_for(&mut self, f: &For) -> Result<()> {
        self.visit_expr(f.target)?;
        self.visit_expr(f.iter)?;
        self.conditional(|b| {
            b.visit_stmts(f.body)?;
            b.visit_stmts(f.orelse)
        })
    }

    fn visit_with(&mut self, w: &With) -> Result<()> {
        self.conditional(|b| {
            for item in w.items {
                b.visit_expr(&item.context_expr)?;
                b.visit_opt(item.optional_vars)?;
            }
            b.visit_stmts(w.body)
        })
    }

    fn visit_function(&mut self, f: &FunctionDef, loc: Location) -> Result<()> {
        self.add_def(f.name, def::LOCAL, loc)?;
        self.visit_exprs(f.args.defaults)?;
        f.args
            .kw_defaults
            .iter()
            .flatten()
            .try_for_each(|e| self.visit_expr(e))?;
        self.visit_exprs(f.decorator_list)?;
        let generic = !f.type_params.params.is_empty();
        if generic {
            let owner = TypeParamOwner {
                // CPython asks whether there is a sequence of defaults, which also an empty one is.
                has_defaults: true,
                has_kwdefaults: f.args.kw_defaults.iter().any(Option::is_some),
                is_class: false,
            };
            self.enter_type_param_block(f.name, &f.type_params, owner, loc)?;
            self.visit_type_params(&f.type_params)?;
        }
        let entry = self.new_entry(f.name, Block::Function, Some(f.id));
        self.table.entries[entry].has_docstring = docstring(f.body).is_some();
        self.visit_annotations(&f.args, f.returns, loc)?;
        self.enter_existing_block(entry, true);
        if f.is_async {
            self.cur().coroutine = true;
        }
        self.visit_arguments(&f.args)?;
        self.visit_stmts(f.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    fn visit_class(&mut self, c: &ClassDef, loc: Location) -> Result<()> {
        self.add_def(c.name, def::LOCAL, loc)?;
        self.visit_exprs(c.decorator_list)?;
        let private = self.private;
        let generic = !c.type_params.params.is_empty();
        if generic {
            let owner = TypeParamOwner {
                has_defaults: false,
                has_kwdefaults: false,
                is_class: true,
            };
            self.enter_type_param_block(c.name, &c.type_params, owner, loc)?;
            self.private = Some(c.name);
            let set = self.table.mangled.len();
            self.table.mangled.push(Default::default());
            self.cur().mangled_names = Some(set);
            self.visit_type_params(&c.type_params)?;
        }
        self.visit_exprs(c.bases)?;
        self.check_keywords(c.keywords)?;
        c.keywords.iter().try_for_each(|k| self.visit_expr(&k.value))?;
        self.enter_block(c.name, Block::Class, Some(c.id), loc)?;
        self.private = Some(c.name);
        if generic {
            self.add_def(known::TYPE_PARAMS, def::LOCAL, loc)?;
            self.add_def(known::DOT_TYPE_PARAMS, def::USE, loc)?;
        }
        self.cur().has_docstring = docstring(c.body).is_some();
        self.visit_stmts(c.body)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        self.private = private;
        Ok(())
    }

    fn visit_type_alias(&mut self, t: &TypeAlias, loc: Location) -> Result<()> {
        self.visit_expr(t.name)?;
        let ExprKind::Name { id: name, .. } = t.name.kind else {
            return Err(Diagnostic::internal("symtable", "type alias without a name"));
        };
        let in_class = self.cur().block == Block::Class;
        let generic = !t.type_params.params.is_empty();
        if generic {
            let owner = TypeParamOwner {
                has_defaults: false,
                has_kwdefaults: false,
                is_class: false,
            };
            self.enter_type_param_block(name, &t.type_params, owner, loc)?;
            self.visit_type_params(&t.type_params)?;
        }
        self.enter_block(name, Block::TypeAlias, Some(t.id), loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def(known::CLASSDICT, def::USE, t.value.loc)?;
        }
        self.visit_expr(t.value)?;
        self.exit_block();
        if generic {
            self.exit_block();
        }
        Ok(())
    }

    fn visit_annassign(&mut self, a: &AnnAssign, loc: Location) -> Result<()> {
        self.cur().annotations_used = true;
        if let ExprKind::Name { id, .. } = a.target.kind {
            let cur = self.lookup(id);
            if cur & (def::GLOBAL | def::NONLOCAL) != 0 && self.cur().block != Block::Module && a.simple {
                let what = if cur & def::GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(Diagnostic::syntax(
                    loc,
                    format!("annotated name '{}' can't be {what}", self.text(id)),
                ));
            }
            if a.simple {
                self.add_def(id, def::ANNOT | def::LOCAL, a.target.loc)?;
            } else if a.value.is_some() {
                self.add_def(id, def::LOCAL, a.target.loc)?;
            }
        } else {
            self.visit_expr(a.target)?;
        }
        self.visit_annotation(a.annotation)?;
        self.visit_opt(a.value)
    }

    /// CPython: Python/symtable.c, symtable_visit_annotation.
    fn visit_annotation(&mut self, annotation: &Expr) -> Result<()> {
        let block = self.cur().block;
        let is_unevaluated = block == Block::Function;
        let cur = self.cur();
        // A module's annotations are read while it is still half executed, so all of them count as conditional.
        if (block == Block::Module || block == Block::Class && cur.in_conditional_block)
            && !cur.has_conditional_annotations
        {
            cur.has_conditional_annotations = true;
            self.add_def(known::CONDITIONAL_ANNOTATIONS, def::USE, annotation.loc)?;
        }
        let parent = self.cur_id();
        match self.table.entries[parent].annotation_block {
            None => {
                self.enter_block(known::ANNOTATE, Block::Annotation, None, annotation.loc)?;
                self.table.entries[parent].annotation_block = Some(self.cur_id());
                if block == Block::Class && !self.future.annotations {
                    self.cur().can_see_class_scope = true;
                    self.add_def(known::CLASSDICT, def::USE, annotation.loc)?;
                }
            }
            Some(existing) => self.enter_existing_block(existing, false),
        }
        if is_unevaluated {
            self.cur().in_unevaluated_annotation = true;
        }
        let result = self.visit_expr(annotation);
        if is_unevaluated {
            self.cur().in_unevaluated_annotation = false;
        }
        self.exit_block();
        result
    }

    fn visit_annotations(&mut self, args: &Arguments, returns: Option<&Expr>, loc: Location) -> Result<()> {
        let in_class = self.cur().can_see_class_scope || self.cur().block == Block::Class;
        self.enter_block(known::ANNOTATE, Block::Annotation, Some(args.id), loc)?;
        if in_class {
            self.cur().can_see_class_scope = true;
            self.add_def(known::CLASSDICT, def::USE, loc)?;
        }
        let all = args
            .posonlyargs
            .iter()
            .chain(args.args)
            .chain(args.vararg)
            .chain(args.kwarg)
            .chain(args.kwonlyargs)
            .filter_map(|a| a.annotation)
            .chain(returns);
        for annotation in all {
            self.cur().annotations_used = true;
            self.visit_expr(annotation)?;
        }
        self.exit_block();
        Ok(())
    }

    pub(super) fn visit_arguments(&mut self, args: &Arguments) -> Result<()> {
        for arg in args.posonlyargs.iter().chain(args.args).chain(args.kwonlyargs) {
            self.add_def(arg.arg, def::PARAM, arg.loc)?;
        }
        if let Some(arg) = args.vararg {
            self.add_def(arg.arg, def::PARAM, arg.loc)?;
            self.cur().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            self.add_def(arg.arg, def::PARAM, arg.loc)?;
            self.cur().varkeywords = true;
        }
        Ok(())
    }

    fn visit_alias(&mut self, a: &Alias) -> Result<()> {
        let name = a.asname.unwrap_or(a.name);
        if name == known::STAR {
            if self.cur().block != Block::Module {
                return Err(Diagnostic::syntax(a.loc, "import * only allowed at module level"));
            }
            return Ok(());
        }
        // `import a.b` binds `a`.
        let bytes = self.table.names.bytes(name);
        let store = match bytes.iter().position(|b| *b == b'.') {
            Some(end) => {
                let head = bytes[..end].to_vec();
                self.table.names.intern(&head)
            }
            None => name,
        };
        self.add_def(store, def::IMPORT, a.loc)
    }

    fn check_import_from(&self, module: Option<Ident>, level: u32, loc: Location) -> Result<()> {
        let fut = self.future.location;
        if level == 0
            && module.is_some_and(|m| m == known::FUTURE)
            && (loc.lineno > fut.lineno || (loc.lineno == fut.end_lineno && loc.col_offset > fut.end_col_offset))
        {
            return Err(Diagnostic::syntax(
                loc,
                "from __future__ imports must occur at the beginning of the file",
            ));
        }
        Ok(())
    }

    fn visit_global(&mut self, name: Ident, loc: Location) -> Result<()> {
        let cur = self.lookup(name);
        if cur & (def::PARAM | def::LOCAL | def::USE | def::ANNOT) != 0 {
            let message = if cur & def::PARAM != 0 {
                format!("name '{}' is parameter and global", self.text(name))
            } else if cur & def::USE != 0 {
                format!("name '{}' is used prior to global declaration", self.text(name))
            } else if cur & def::ANNOT != 0 {
                format!("annotated name '{}' can't be global", self.text(name))
            } else {
                format!("name '{}' is assigned to before global declaration", self.text(name))
            };
            return Err(Diagnostic::syntax(loc, message));
        }
        self.add_def(name, def::GLOBAL, loc)?;
        self.record_directive(name, loc);
        Ok(())
    }

    fn visit_nonlocal(&mut self, name: Ident, loc: Location) -> Result<()> {
        let cur = self.lookup(name);
        if cur & (def::PARAM | def::LOCAL | def::USE | def::ANNOT) != 0 {
            let message = if cur & def::PARAM != 0 {
                format!("name '{}' is parameter and nonlocal", self.text(name))
            } else if cur & def::USE != 0 {
                format!("name '{}' is used prior to nonlocal declaration", self.text(name))
            } else if cur & def::ANNOT != 0 {
                format!("annotated name '{}' can't be nonlocal", self.text(name))
            } else {
                format!("name '{}' is assigned to before nonlocal declaration", self.text(name))
            };
            return Err(Diagnostic::syntax(loc, message));
        }
        self.add_def(name, def::NONLOCAL, loc)?;
        self.record_directive(name, loc);
        Ok(())
    }

    fn visit_type_params(&mut self, params: &TypeParams) -> Result<()> {
        for tp in params.params {
            self.add_def(tp.name, def::TYPE_PARAM | def::LOCAL, tp.loc)?;
            let (bound, default) = match tp.kind {
                TypeParamKind::TypeVar => {
                    let is_tuple = tp
                        .bound
                        .as_ref()
                        .is_some_and(|b| matches!(b.kind, ExprKind::Tuple { .. }));
                    (
                        if is_tuple {
                            "a TypeVar constraint"
                        } else {
                            "a TypeVar bound"
                        },
                        "a TypeVar default",
                    )
                }
                TypeParamKind::TypeVarTuple => ("", "a TypeVarTuple default"),
                TypeParamKind::ParamSpec => ("", "a ParamSpec default"),
            };
            self.visit_bound_or_default(tp.bound, tp, tp.bound_id, bound)?;
            self.visit_bound_or_default(tp.default_value, tp, tp.default_id, default)?;
        }
        Ok(())
    }

    fn visit_bound_or_default(
        &mut self,
        e: Option<&Expr>,
        tp: &TypeParam,
        key: NodeId,
        scope_info: &'static str,
    ) -> Result<()> {
        if tp.name == known::CLASSDICT {
            let message = format!(
                "reserved name '{}' cannot be used for type parameter",
                self.text(tp.name)
            );
            return Err(Diagnostic::syntax(tp.loc, message));
        }
        let Some(e) = e else { return Ok(()) };
        let in_class = self.cur().can_see_class_scope;
        self.enter_block(tp.name, Block::TypeVariable, Some(key), e.loc)?;
        self.cur().can_see_class_scope = in_class;
        if in_class {
            self.add_def(known::CLASSDICT, def::USE, e.loc)?;
        }
        self.cur().scope_info = scope_info;
        self.visit_expr(e)?;
        self.exit_block();
        Ok(())
    }

    fn visit_pattern(&mut self, p: &Pattern) -> Result<()> {
        match p.kind {
            PatternKind::MatchValue(value) => self.visit_expr(value),
            PatternKind::MatchSingleton(_) => Ok(()),
            PatternKind::MatchSequence(patterns) | PatternKind::MatchOr(patterns) => self.visit_patterns(patterns),
            PatternKind::MatchStar(name) => match name {
                Some(name) => self.add_def(name, def::LOCAL, p.loc),
                None => Ok(()),
            },
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.visit_exprs(keys)?;
                self.visit_patterns(patterns)?;
                match rest {
                    Some(rest) => self.add_def(rest, def::LOCAL, p.loc),
                    None => Ok(()),
                }
            }
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_attrs,
                kwd_patterns,
            } => {
                self.visit_expr(cls)?;
                self.visit_patterns(patterns)?;
                for (attr, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.check_name(*attr, pattern.loc, Ctx::Store)?;
                }
                self.visit_patterns(kwd_patterns)
            }
            PatternKind::MatchAs { pattern, name } => {
                if let Some(pattern) = pattern {
                    self.visit_pattern(pattern)?;
                }
                match name {
                    Some(name) => self.add_def(name, def::LOCAL, p.loc),
                    None => Ok(()),
                }
            }
        }
    }

    fn visit_patterns(&mut self, patterns: &[Pattern]) -> Result<()> {
        patterns.iter().try_for_each(|p| self.visit_pattern(p))
    }
}
