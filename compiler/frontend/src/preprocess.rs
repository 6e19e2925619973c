//! Rewrites of the tree before symtable: `__debug__`, `%` formats with a literal left side, negative and complex
//! numbers in patterns, docstrings under `-OO`; and the warnings about leaving a `finally` block. In: the tree, the
//! optimisation level. Out: the tree changed in place. The surprising decision: constants are folded by the
//! flowgraph, not here, as in CPython 3.14.
//!
//! CPython: Python/ast_preprocess.c.

use pyaot_code::PyStr;

use crate::diagnostic::{Warning, WarningCategory};
use crate::syntax::ast::*;

pub fn preprocess(module: &mut ModKind, optimize: u8, future_annotations: bool, warnings: &mut Vec<Warning>) {
    let mut p = Preprocess {
        optimize,
        future_annotations,
        contexts: Vec::new(),
        warnings,
    };
    match module {
        ModKind::Module(body) => p.body(body),
        ModKind::Interactive(body) => p.stmts(body),
        ModKind::Expression(e) => p.expr(e),
    }
}

/// What `return`, `break` and `continue` would leave first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Finally,
    Function,
    Loop,
}

struct Preprocess<'a> {
    optimize: u8,
    future_annotations: bool,
    contexts: Vec<Context>,
    warnings: &'a mut Vec<Warning>,
}

impl Preprocess<'_> {
    fn body(&mut self, stmts: &mut Vec<Stmt>) {
        let mut has_docstring = docstring(stmts).is_some();
        if has_docstring && self.optimize >= 2 {
            let removed = stmts.remove(0);
            if stmts.is_empty() {
                let Location { lineno, col_offset, .. } = removed.loc;
                let loc = Location::new(lineno, lineno, col_offset, col_offset + "pass".len() as i32);
                stmts.push(Stmt {
                    loc,
                    kind: StmtKind::Pass,
                });
            }
            has_docstring = false;
        }
        self.stmts(stmts);
        // A string that has become the first statement only now is no docstring.
        if !has_docstring
            && docstring(stmts).is_some()
            && let Some(first) = stmts.first_mut()
        {
            let loc = first.loc;
            if let StmtKind::Expr(value) = &mut first.kind {
                let inner = std::mem::replace(&mut **value, Expr::constant(loc, Constant::None));
                **value = Expr {
                    loc,
                    kind: ExprKind::JoinedStr(vec![inner]),
                };
            }
        }
    }

    fn stmts(&mut self, stmts: &mut [Stmt]) {
        stmts.iter_mut().for_each(|s| self.stmt(s));
    }

    fn within(&mut self, context: Context, f: impl FnOnce(&mut Self)) {
        if context != Context::Finally && self.contexts.is_empty() {
            return f(self);
        }
        self.contexts.push(context);
        f(self);
        self.contexts.pop();
    }

    fn leaving(&mut self, what: &str, loc: Location) {
        if self.contexts.last() == Some(&Context::Finally) {
            self.warnings.push(Warning {
                category: WarningCategory::SyntaxWarning,
                message: format!("'{what}' in a 'finally' block"),
                loc,
            });
        }
    }

    fn stmt(&mut self, s: &mut Stmt) {
        let loc = s.loc;
        match &mut s.kind {
            StmtKind::FunctionDef(f) => {
                self.type_params(&mut f.type_params);
                self.arguments(&mut f.args);
                self.within(Context::Function, |p| p.body(&mut f.body));
                self.exprs(&mut f.decorator_list);
                if !self.future_annotations {
                    self.opt(&mut f.returns);
                }
            }
            StmtKind::ClassDef(c) => {
                self.type_params(&mut c.type_params);
                self.exprs(&mut c.bases);
                c.keywords.iter_mut().for_each(|k| self.expr(&mut k.value));
                self.body(&mut c.body);
                self.exprs(&mut c.decorator_list);
            }
            StmtKind::Return(value) => {
                self.leaving("return", loc);
                self.opt(value);
            }
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.exprs(targets);
                self.expr(value);
            }
            StmtKind::TypeAlias(t) => {
                self.expr(&mut t.name);
                self.type_params(&mut t.type_params);
                self.expr(&mut t.value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign(a) => {
                self.expr(&mut a.target);
                if !self.future_annotations {
                    self.expr(&mut a.annotation);
                }
                self.opt(&mut a.value);
            }
            StmtKind::For(f) | StmtKind::AsyncFor(f) => {
                self.expr(&mut f.target);
                self.expr(&mut f.iter);
                self.within(Context::Loop, |p| p.stmts(&mut f.body));
                self.stmts(&mut f.orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.within(Context::Loop, |p| p.stmts(body));
                self.stmts(orelse);
            }
            StmtKind::If { test, body, orelse } => {
                self.expr(test);
                self.stmts(body);
                self.stmts(orelse);
            }
            StmtKind::With(w) | StmtKind::AsyncWith(w) => {
                for item in &mut w.items {
                    self.expr(&mut item.context_expr);
                    self.opt(&mut item.optional_vars);
                }
                self.stmts(&mut w.body);
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&mut case.pattern);
                    self.opt(&mut case.guard);
                    self.stmts(&mut case.body);
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.opt(exc);
                self.opt(cause);
            }
            StmtKind::Try(t) | StmtKind::TryStar(t) => {
                self.stmts(&mut t.body);
                for handler in &mut t.handlers {
                    self.opt(&mut handler.typ);
                    self.stmts(&mut handler.body);
                }
                self.stmts(&mut t.orelse);
                self.within(Context::Finally, |p| p.stmts(&mut t.finalbody));
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.opt(msg);
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Break => self.leaving("break", loc),
            StmtKind::Continue => self.leaving("continue", loc),
            StmtKind::Import(_)
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global(_)
            | StmtKind::Nonlocal(_)
            | StmtKind::Pass => {}
        }
    }

    fn exprs(&mut self, exprs: &mut [Expr]) {
        exprs.iter_mut().for_each(|e| self.expr(e));
    }

    fn opt(&mut self, e: &mut Option<Box<Expr>>) {
        if let Some(e) = e {
            self.expr(e);
        }
    }

    fn expr(&mut self, e: &mut Expr) {
        match &mut e.kind {
            ExprKind::BoolOp { values, .. } => self.exprs(values),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left);
                self.expr(right);
                if *op == Operator::Mod
                    && let ExprKind::Constant {
                        value: Constant::Str(format),
                        ..
                    } = &left.kind
                    && let ExprKind::Tuple { elts, .. } = &mut right.kind
                    && !elts.iter().any(Expr::is_starred)
                    && let Some(values) = optimize_format(&format.clone(), elts)
                {
                    e.kind = ExprKind::JoinedStr(values);
                }
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda(l) => {
                self.arguments(&mut l.args);
                self.expr(&mut l.body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test);
                self.expr(body);
                self.expr(orelse);
            }
            ExprKind::Dict { keys, values } => {
                keys.iter_mut().flatten().for_each(|k| self.expr(k));
                self.exprs(values);
            }
            ExprKind::Set(elts) | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::ListComp(c) | ExprKind::SetComp(c) | ExprKind::DictComp(c) | ExprKind::GeneratorExp(c) => {
                self.expr(&mut c.elt);
                if let Some(value) = &mut c.value {
                    self.expr(value);
                }
                for g in &mut c.generators {
                    self.expr(&mut g.target);
                    self.expr(&mut g.iter);
                    self.exprs(&mut g.ifs);
                }
            }
            ExprKind::Await(value) | ExprKind::YieldFrom(value) | ExprKind::NamedExpr { value, .. } => self.expr(value),
            ExprKind::Yield(value) => self.opt(value),
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left);
                self.exprs(comparators);
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func);
                self.exprs(args);
                keywords.iter_mut().for_each(|k| self.expr(&mut k.value));
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value);
                self.opt(format_spec);
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => self.exprs(values),
            ExprKind::Attribute { value, .. } | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value);
                self.expr(slice);
            }
            ExprKind::Slice { lower, upper, step } => {
                self.opt(lower);
                self.opt(upper);
                self.opt(step);
            }
            ExprKind::Name { id, ctx: Ctx::Load } if *id == "__debug__" => {
                e.kind = ExprKind::Constant {
                    value: Constant::Bool(self.optimize == 0),
                    u_prefix: false,
                };
            }
            ExprKind::Name { .. } | ExprKind::Constant { .. } => {}
        }
    }

    fn arguments(&mut self, a: &mut Arguments) {
        if !self.future_annotations {
            let all = a
                .posonlyargs
                .iter_mut()
                .chain(&mut a.args)
                .chain(a.vararg.as_deref_mut())
                .chain(&mut a.kwonlyargs)
                .chain(a.kwarg.as_deref_mut());
            all.for_each(|arg| self.opt(&mut arg.annotation));
        }
        a.kw_defaults.iter_mut().flatten().for_each(|e| self.expr(e));
        self.exprs(&mut a.defaults);
    }

    fn type_params(&mut self, params: &mut TypeParams) {
        for p in &mut params.params {
            self.opt(&mut p.bound);
            self.opt(&mut p.default_value);
        }
    }

    fn pattern(&mut self, p: &mut Pattern) {
        match &mut p.kind {
            PatternKind::MatchValue(value) => fold_pattern_constant(value),
            PatternKind::MatchSingleton(_) | PatternKind::MatchStar(_) => {}
            PatternKind::MatchSequence(patterns) | PatternKind::MatchOr(patterns) => {
                patterns.iter_mut().for_each(|p| self.pattern(p));
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                keys.iter_mut().for_each(fold_pattern_constant);
                patterns.iter_mut().for_each(|p| self.pattern(p));
            }
            PatternKind::MatchClass {
                cls,
                patterns,
                kwd_patterns,
                ..
            } => {
                self.expr(cls);
                patterns.iter_mut().chain(kwd_patterns).for_each(|p| self.pattern(p));
            }
            PatternKind::MatchAs { pattern, .. } => {
                if let Some(pattern) = pattern {
                    self.pattern(pattern);
                }
            }
        }
    }
}

/// `-1` and `1 + 2j` in patterns. CPython: fold_const_match_patterns.
fn fold_pattern_constant(e: &mut Expr) {
    let folded = match &mut e.kind {
        ExprKind::UnaryOp {
            op: UnaryOp::USub,
            operand,
        } => operand.as_constant().and_then(negative),
        ExprKind::BinOp { left, op, right } => {
            let sign = match op {
                Operator::Add => 1.0,
                Operator::Sub => -1.0,
                _ => return,
            };
            if right.as_constant().is_none() {
                return;
            }
            fold_pattern_constant(left);
            match (
                left.as_constant().and_then(as_complex),
                right.as_constant().and_then(as_complex),
            ) {
                (Some((a, None)), Some((b, Some(c)))) => Some(Constant::complex(
                    if sign > 0.0 { a + b } else { a - b },
                    // CPython 3.14 adds a real to a complex without touching the imaginary part.
                    if sign > 0.0 { c } else { -c },
                )),
                (Some((a, Some(b))), Some((c, Some(d)))) => Some(Constant::complex(
                    if sign > 0.0 { a + c } else { a - c },
                    if sign > 0.0 { b + d } else { b - d },
                )),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(value) = folded {
        e.kind = ExprKind::Constant { value, u_prefix: false };
    }
}

fn negative(c: &Constant) -> Option<Constant> {
    Some(match c {
        Constant::Int(n) => match n.checked_neg() {
            Some(n) => Constant::Int(n),
            None => Constant::int_from_limbs(false, vec![n.unsigned_abs()]),
        },
        Constant::BigInt(n) => Constant::int_from_limbs(!n.negative, n.limbs.clone()),
        Constant::Float(bits) => Constant::float(-f64::from_bits(*bits)),
        Constant::Complex(re, im) => Constant::complex(-f64::from_bits(*re), -f64::from_bits(*im)),
        _ => return None,
    })
}

/// Real part, and imaginary part of a complex.
fn as_complex(c: &Constant) -> Option<(f64, Option<f64>)> {
    match c {
        Constant::Int(n) => Some((*n as f64, None)),
        Constant::Float(bits) => Some((f64::from_bits(*bits), None)),
        Constant::Complex(re, im) => Some((f64::from_bits(*re), Some(f64::from_bits(*im)))),
        _ => None,
    }
}

/// The pieces of `format % elts`, taken out of `elts`; `None` leaves them untouched.
/// CPython: Python/ast_preprocess.c, optimize_format.
fn optimize_format(format: &PyStr, elts: &mut Vec<Expr>) -> Option<Vec<Expr>> {
    let fmt: Vec<u32> = format.code_points().collect();
    let percent = u32::from('%');
    let mut pieces: Vec<Piece> = Vec::new();
    let mut pos = 0;
    let mut count = 0;
    loop {
        let mut literal = Vec::new();
        while pos < fmt.len() {
            if fmt[pos] != percent {
                literal.push(fmt[pos]);
                pos += 1;
            } else if fmt.get(pos + 1) == Some(&percent) {
                literal.push(percent);
                pos += 2;
            } else {
                break;
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(PyStr::from_code_points(literal)?));
        }
        if pos >= fmt.len() {
            break;
        }
        if count >= elts.len() {
            return None;
        }
        pos += 1;
        pieces.push(parse_format(&fmt, &mut pos)?);
        count += 1;
    }
    if count < elts.len() {
        return None;
    }
    let mut args = std::mem::take(elts).into_iter();
    let pieces = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(Expr::constant(Location::NO_LOCATION, Constant::Str(text))),
        Piece::Field { conversion, spec } => {
            let value = args.next()?;
            let format_spec = spec.map(|s| Box::new(Expr::constant(Location::NO_LOCATION, Constant::str(s))));
            let loc = value.loc;
            let kind = ExprKind::FormattedValue {
                value: Box::new(value),
                conversion: Some(conversion),
                format_spec,
            };
            Some(Expr { loc, kind })
        }
    });
    Some(pieces.collect())
}

enum Piece {
    Literal(PyStr),
    Field { conversion: u8, spec: Option<String> },
}

/// One conversion specifier; only `%s`, `%r` and `%a` with width and precision are rewritten.
fn parse_format(fmt: &[u32], pos: &mut usize) -> Option<Piece> {
    const MAX_DIGITS: usize = 3;
    let mut next = || {
        let c = char::from_u32(*fmt.get(*pos)?).unwrap_or('\u{fffd}');
        *pos += 1;
        Some(c)
    };
    let mut left = false;
    let mut ch = loop {
        match next()? {
            '-' => left = true,
            '+' | ' ' | '#' | '0' => {}
            c => break c,
        }
    };
    let number = |ch: &mut char, next: &mut dyn FnMut() -> Option<char>| -> Option<u32> {
        let mut value = 0;
        let mut digits = 0;
        while let Some(d) = ch.to_digit(10) {
            value = value * 10 + d;
            *ch = next()?;
            digits += 1;
            if digits >= MAX_DIGITS {
                return None;
            }
        }
        Some(value)
    };
    let mut width = None;
    if ch.is_ascii_digit() {
        width = Some(number(&mut ch, &mut next)?);
    }
    let mut precision = None;
    if ch == '.' {
        ch = next()?;
        precision = Some(number(&mut ch, &mut next)?);
    }
    if !matches!(ch, 's' | 'r' | 'a') {
        return None;
    }
    let mut spec = String::new();
    if !left && width.is_some_and(|w| w > 0) {
        spec.push('>');
    }
    if let Some(width) = width {
        spec.push_str(&width.to_string());
    }
    if let Some(precision) = precision {
        spec.push_str(&format!(".{precision}"));
    }
    Some(Piece::Field {
        conversion: ch as u8,
        spec: (!spec.is_empty()).then_some(spec),
    })
}
