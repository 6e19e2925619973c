//! Expressions back to source text, for annotations that are kept as strings.
//!
//! CPython: Python/ast_unparse.c.

use pyaot_code::{Constant, PyStr};

use crate::names::Names;
use crate::syntax::ast::*;

/// Binding strength of the place an expression stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Level(u8);

const TUPLE: Level = Level(0);
const TEST: Level = Level(1);
const OR: Level = Level(2);
const AND: Level = Level(3);
const NOT: Level = Level(4);
const CMP: Level = Level(5);
const EXPR: Level = Level(6);
const BXOR: Level = Level(7);
const BAND: Level = Level(8);
const SHIFT: Level = Level(9);
const ARITH: Level = Level(10);
const TERM: Level = Level(11);
const FACTOR: Level = Level(12);
const POWER: Level = Level(13);
const AWAIT: Level = Level(14);
const ATOM: Level = Level(15);

impl Level {
    fn above(self) -> Level {
        Level(self.0 + 1)
    }
}

pub fn unparse(e: &Expr, names: &Names) -> PyStr {
    let mut u = Unparse { out: Vec::new(), names };
    u.expr(e, TEST);
    PyStr::from_surrogatepass(&u.out).unwrap_or_else(|| PyStr::from(""))
}

/// `repr()` of a constant.
pub fn constant_repr(value: &Constant) -> PyStr {
    let mut out = Vec::new();
    repr(&mut out, value);
    PyStr::from_surrogatepass(&out).unwrap_or_else(|| PyStr::from(""))
}

struct Unparse<'n> {
    out: Vec<u8>,
    names: &'n Names,
}

impl<'n> Unparse<'n> {
    fn inner(&self) -> Unparse<'n> {
        Unparse {
            out: Vec::new(),
            names: self.names,
        }
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn name(&mut self, name: Ident) {
        self.out.extend_from_slice(self.names.bytes(name));
    }

    fn parens(&mut self, wanted: bool, f: impl FnOnce(&mut Self)) {
        if wanted {
            self.push("(");
        }
        f(self);
        if wanted {
            self.push(")");
        }
    }

    fn list(&mut self, elts: &[Expr], level: Level) {
        for (i, e) in elts.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.expr(e, level);
        }
    }

    fn expr(&mut self, e: &Expr, level: Level) {
        match e.kind {
            ExprKind::BoolOp { op, values } => {
                let (text, pr) = match op {
                    BoolOp::And => (" and ", AND),
                    BoolOp::Or => (" or ", OR),
                };
                self.parens(level > pr, |u| {
                    for (i, v) in values.iter().enumerate() {
                        if i > 0 {
                            u.push(text);
                        }
                        u.expr(v, pr.above());
                    }
                });
            }
            ExprKind::BinOp { left, op, right } => {
                let (text, pr) = binop(op);
                let right_assoc = op == Operator::Pow;
                self.parens(level > pr, |u| {
                    u.expr(left, if right_assoc { pr.above() } else { pr });
                    u.push(text);
                    u.expr(right, if right_assoc { pr } else { pr.above() });
                });
            }
            ExprKind::UnaryOp { op, operand } => {
                let (text, pr) = match op {
                    UnaryOp::Invert => ("~", FACTOR),
                    UnaryOp::Not => ("not ", NOT),
                    UnaryOp::UAdd => ("+", FACTOR),
                    UnaryOp::USub => ("-", FACTOR),
                };
                self.parens(level > pr, |u| {
                    u.push(text);
                    u.expr(operand, pr);
                });
            }
            ExprKind::Lambda(l) => self.parens(level > TEST, |u| {
                let a = &l.args;
                // CPython puts the blank for positional parameters only: `lambda*args: 1`.
                let positional = !a.posonlyargs.is_empty() || !a.args.is_empty();
                u.push(if positional { "lambda " } else { "lambda" });
                u.args(a);
                u.push(": ");
                u.expr(&l.body, TEST);
            }),
            ExprKind::IfExp { test, body, orelse } => self.parens(level > TEST, |u| {
                u.expr(body, TEST.above());
                u.push(" if ");
                u.expr(test, TEST.above());
                u.push(" else ");
                u.expr(orelse, TEST);
            }),
            ExprKind::Dict(Dict { keys, values }) => {
                self.push("{");
                for (i, (key, value)) in keys.iter().zip(*values).enumerate() {
                    if i > 0 {
                        self.push(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, TEST);
                            self.push(": ");
                            self.expr(value, TEST);
                        }
                        None => {
                            self.push("**");
                            self.expr(value, EXPR);
                        }
                    }
                }
                self.push("}");
            }
            ExprKind::Set(elts) => {
                self.push("{");
                self.list(elts, TEST);
                self.push("}");
            }
            ExprKind::GeneratorExp(c) => self.comp(c, "(", ")"),
            ExprKind::ListComp(c) => self.comp(c, "[", "]"),
            ExprKind::SetComp(c) | ExprKind::DictComp(c) => self.comp(c, "{", "}"),
            ExprKind::Yield(value) => match value {
                None => self.push("(yield)"),
                Some(value) => {
                    self.push("(yield ");
                    self.expr(value, TEST);
                    self.push(")");
                }
            },
            ExprKind::YieldFrom(value) => {
                self.push("(yield from ");
                self.expr(value, TEST);
                self.push(")");
            }
            ExprKind::Await(value) => self.parens(level > AWAIT, |u| {
                u.push("await ");
                u.expr(value, ATOM);
            }),
            ExprKind::Compare(Compare { left, ops, comparators }) => self.parens(level > CMP, |u| {
                u.expr(left, CMP.above());
                for (op, right) in ops.iter().zip(*comparators) {
                    u.push(cmpop(*op));
                    u.expr(right, CMP.above());
                }
            }),
            ExprKind::Call(Call { func, args, keywords }) => {
                self.expr(func, ATOM);
                if let (
                    [
                        arg @ Expr {
                            kind: ExprKind::GeneratorExp(_),
                            ..
                        },
                    ],
                    [],
                ) = (args, keywords)
                {
                    return self.expr(arg, TEST);
                }
                self.push("(");
                self.list(args, TEST);
                for (i, k) in keywords.iter().enumerate() {
                    if i > 0 || !args.is_empty() {
                        self.push(", ");
                    }
                    match k.arg {
                        Some(arg) => {
                            self.name(arg);
                            self.push("=");
                        }
                        None => self.push("**"),
                    }
                    self.expr(&k.value, TEST);
                }
                self.push(")");
            }
            ExprKind::JoinedStr(values) => self.fstring("f", values),
            ExprKind::TemplateStr(values) => self.fstring("t", values),
            ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => {
                let mut inner = self.inner();
                inner.fstring_element(e);
                self.out.push(b'f');
                repr_str(&mut self.out, &inner.out);
            }
            ExprKind::Constant { value, u_prefix } => match value {
                Constant::Ellipsis => self.push("..."),
                _ => {
                    if u_prefix {
                        self.push("u");
                    }
                    let start = self.out.len();
                    repr(&mut self.out, value);
                    if matches!(value, Constant::Float(_) | Constant::Complex(..)) {
                        let text = String::from_utf8_lossy(&self.out[start..]).replace("inf", "1e309");
                        self.out.truncate(start);
                        self.push(&text);
                    }
                }
            },
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, ATOM);
                let int = matches!(value.as_constant(), Some(Constant::Int(_) | Constant::BigInt(_)));
                self.push(if int { " ." } else { "." });
                self.name(attr);
            }
            ExprKind::Starred { value, .. } => {
                self.push("*");
                self.expr(value, EXPR);
            }
            ExprKind::Name { id, .. } => self.name(id),
            ExprKind::List { elts, .. } => {
                self.push("[");
                self.list(elts, TEST);
                self.push("]");
            }
            ExprKind::Tuple { elts, .. } => {
                if elts.is_empty() {
                    return self.push("()");
                }
                self.parens(level > TUPLE, |u| {
                    u.list(elts, TEST);
                    if elts.len() == 1 {
                        u.push(",");
                    }
                });
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, TEST);
                }
                self.push(":");
                if let Some(upper) = upper {
                    self.expr(upper, TEST);
                }
                if let Some(step) = step {
                    self.push(":");
                    self.expr(step, TEST);
                }
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, ATOM);
                self.push("[");
                self.expr(slice, TUPLE);
                self.push("]");
            }
            ExprKind::NamedExpr { target, value } => self.parens(level > TUPLE, |u| {
                u.expr(target, ATOM);
                u.push(" := ");
                u.expr(value, ATOM);
            }),
        }
    }

    fn comp(&mut self, c: &Comp, open: &str, close: &str) {
        self.push(open);
        self.expr(&c.elt, TEST);
        if let Some(value) = &c.value {
            self.push(": ");
            self.expr(value, TEST);
        }
        for g in c.generators {
            self.push(if g.is_async { " async for " } else { " for " });
            self.expr(&g.target, TUPLE);
            self.push(" in ");
            self.expr(&g.iter, TEST.above());
            for condition in g.ifs {
                self.push(" if ");
                self.expr(condition, TEST.above());
            }
        }
        self.push(close);
    }

    fn args(&mut self, a: &Arguments) {
        let mut first = true;
        let positional = a.posonlyargs.len() + a.args.len();
        let without_default = positional - a.defaults.len();
        let comma = |u: &mut Self, first: &mut bool| {
            if !std::mem::replace(first, false) {
                u.push(", ");
            }
        };
        for (i, arg) in a.posonlyargs.iter().chain(a.args).enumerate() {
            comma(self, &mut first);
            self.name(arg.arg);
            if i >= without_default {
                self.push("=");
                self.expr(&a.defaults[i - without_default], TEST);
            }
            if !a.posonlyargs.is_empty() && i + 1 == a.posonlyargs.len() {
                self.push(", /");
            }
        }
        if a.vararg.is_some() || !a.kwonlyargs.is_empty() {
            comma(self, &mut first);
            self.push("*");
            if let Some(arg) = a.vararg {
                self.name(arg.arg);
            }
        }
        for (arg, default) in a.kwonlyargs.iter().zip(a.kw_defaults) {
            comma(self, &mut first);
            self.name(arg.arg);
            if let Some(default) = default {
                self.push("=");
                self.expr(default, TEST);
            }
        }
        if let Some(arg) = a.kwarg {
            comma(self, &mut first);
            self.push("**");
            self.name(arg.arg);
        }
    }

    fn fstring(&mut self, prefix: &str, values: &[Expr]) {
        let mut body = self.inner();
        values.iter().for_each(|v| body.fstring_element(v));
        self.push(prefix);
        repr_str(&mut self.out, &body.out);
    }

    fn fstring_element(&mut self, e: &Expr) {
        match e.kind {
            ExprKind::Constant {
                value: Constant::Str(text),
                ..
            } => {
                for &b in text.as_bytes() {
                    self.out.push(b);
                    if matches!(b, b'{' | b'}') {
                        self.out.push(b);
                    }
                }
            }
            ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                values.iter().for_each(|v| self.fstring_element(v));
            }
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            } => {
                let mut inner = self.inner();
                inner.expr(value, TEST.above());
                self.replacement(&inner.out, conversion, format_spec);
            }
            ExprKind::Interpolation {
                str: Constant::Str(text),
                conversion,
                format_spec,
                ..
            } => {
                self.replacement(text.as_bytes(), conversion, format_spec);
            }
            _ => {}
        }
    }

    fn replacement(&mut self, text: &[u8], conversion: Option<u8>, format_spec: Option<&Expr>) {
        self.push(if text.starts_with(b"{") { "{ " } else { "{" });
        self.out.extend_from_slice(text);
        if let Some(conversion) = conversion {
            self.out.extend_from_slice(&[b'!', conversion]);
        }
        if let Some(spec) = format_spec {
            self.push(":");
            self.fstring_element(spec);
        }
        self.push("}");
    }
}

fn binop(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", ARITH),
        Operator::Sub => (" - ", ARITH),
        Operator::Mult => (" * ", TERM),
        Operator::MatMult => (" @ ", TERM),
        Operator::Div => (" / ", TERM),
        Operator::Mod => (" % ", TERM),
        Operator::LShift => (" << ", SHIFT),
        Operator::RShift => (" >> ", SHIFT),
        Operator::BitOr => (" | ", EXPR),
        Operator::BitXor => (" ^ ", BXOR),
        Operator::BitAnd => (" & ", BAND),
        Operator::FloorDiv => (" // ", TERM),
        Operator::Pow => (" ** ", POWER),
    }
}

fn cmpop(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}

fn repr(out: &mut Vec<u8>, value: &Constant) {
    out.extend_from_slice(pyaot_code::repr::repr(value).as_bytes());
}

/// `repr()` of a string, given as `surrogatepass` UTF-8.
fn repr_str(out: &mut Vec<u8>, bytes: &[u8]) {
    if let Some(text) = PyStr::from_surrogatepass(bytes) {
        repr(out, &Constant::Str(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let text = |value: &Constant| constant_repr(value).to_string_lossy();
        assert_eq!(text(&Constant::float(1e16)), "1e+16");
        assert_eq!(text(&Constant::float(1e-5)), "1e-05");
        assert_eq!(text(&Constant::complex(1.0, -2.5)), "(1-2.5j)");
        assert_eq!(
            text(&Constant::int_from_limbs(false, vec![0, 1])),
            "18446744073709551616"
        );
    }
}
