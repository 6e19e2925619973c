//! Rewrites of expressions: `%` formats with a literal left side, negative and complex numbers in patterns. The
//! surprising decision: other constants are folded by the flowgraph, not here, as in CPython 3.14.
//!
//! CPython: Python/ast_preprocess.c.

use pyaot_code::PyStr;

use super::Lower;
use crate::syntax::ast::*;

/// `-1` and `1 + 2j` in patterns. CPython: fold_const_match_patterns.
impl<'t> Lower<'_, 't> {
    pub(in crate::syntax) fn fold_pattern_constant(&self, e: Expr<'t>) -> Expr<'t> {
        match folded_constant(&e) {
            Some(value) => self.constant(e.loc, value),
            None => e,
        }
    }
}

fn folded_constant(e: &Expr) -> Option<Constant> {
    match e.kind {
        ExprKind::UnaryOp {
            op: UnaryOp::USub,
            operand,
        } => operand.as_constant().and_then(negative),
        ExprKind::BinOp { left, op, right } => {
            let sign = match op {
                Operator::Add => 1.0,
                Operator::Sub => -1.0,
                _ => return None,
            };
            right.as_constant()?;
            let folded_left = folded_constant(left);
            match (
                folded_left.as_ref().or(left.as_constant()).and_then(as_complex),
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

/// The pieces of a format for that many values; `None` where it is left to run.
/// CPython: Python/ast_preprocess.c, optimize_format.
fn format_pieces(format: &PyStr, values: usize) -> Option<Vec<Piece>> {
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
        if count >= values {
            return None;
        }
        pos += 1;
        pieces.push(parse_format(&fmt, &mut pos)?);
        count += 1;
    }
    if count < values {
        return None;
    }
    Some(pieces)
}

impl<'t> Lower<'_, 't> {
    /// `format % elts` as the pieces of an f-string, where it can be.
    pub(super) fn optimized_format(&self, format: &PyStr, elts: &'t [Expr<'t>]) -> Option<ExprKind<'t>> {
        if elts.iter().any(Expr::is_starred) {
            return None;
        }
        let mut args = elts.iter();
        let mut values = Vec::new();
        for piece in format_pieces(format, elts.len())? {
            values.push(match piece {
                Piece::Literal(text) => self.constant(Location::NO_LOCATION, Constant::Str(text)),
                Piece::Field { conversion, spec } => {
                    let value = args.next()?;
                    let format_spec =
                        spec.map(|s| self.nodes.one(self.constant(Location::NO_LOCATION, Constant::str(s))));
                    let kind = ExprKind::FormattedValue {
                        value,
                        conversion: Some(conversion),
                        format_spec,
                    };
                    Expr { loc: value.loc, kind }
                }
            });
        }
        Some(ExprKind::JoinedStr(self.nodes.list(&values)))
    }
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
