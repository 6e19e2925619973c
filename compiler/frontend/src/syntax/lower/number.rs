//! Number literals: whole numbers of any size, within CPython's limit on decimal digits.

use ruff_python_ast as ruff;
use ruff_text_size::TextRange;

use super::super::ast::Constant;
use super::Lower;
use crate::diagnostic::{Diagnostic, Result};

/// CPython: Include/internal/pycore_long.h, _PY_LONG_DEFAULT_MAX_STR_DIGITS.
const MAX_STR_DIGITS: usize = 4300;

impl Lower<'_, '_> {
    pub(super) fn number(&self, number: &ruff::Number, range: TextRange) -> Result<Constant> {
        Ok(match number {
            ruff::Number::Float(value) => Constant::float(*value),
            ruff::Number::Complex { real, imag } => Constant::complex(*real, *imag),
            ruff::Number::Int(value) => match value.as_u64() {
                Some(value) => Constant::int_from_limbs(false, vec![value]),
                None => return self.big_int(&value.to_string(), range),
            },
        })
    }

    /// A literal as it is written.
    pub(in crate::syntax) fn number_text(&self, text: &str, range: TextRange) -> Result<Constant> {
        let plain: std::borrow::Cow<'_, str> = if text.contains('_') {
            text.replace('_', "").into()
        } else {
            text.into()
        };
        let bytes = plain.as_bytes();
        let radix = match (bytes.first(), bytes.get(1)) {
            (Some(b'0'), Some(b'x' | b'X')) => Some(16),
            (Some(b'0'), Some(b'o' | b'O')) => Some(8),
            (Some(b'0'), Some(b'b' | b'B')) => Some(2),
            _ => None,
        };
        if let Some(radix) = radix {
            return match u64::from_str_radix(&plain[2..], radix) {
                Ok(value) if value <= i64::MAX as u64 => Ok(Constant::Int(value as i64)),
                Ok(value) => Ok(Constant::int_from_limbs(false, vec![value])),
                Err(_) => self.big_int(&plain, range),
            };
        }
        let float = |text: &str| {
            text.parse::<f64>()
                .map_err(|_| Diagnostic::internal("syntax", "a number that is none"))
        };
        if let Some(imaginary) = plain.strip_suffix(['j', 'J']) {
            return Ok(Constant::complex(0.0, float(imaginary)?));
        }
        if bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E')) {
            return Ok(Constant::float(float(&plain)?));
        }
        match plain.parse::<u64>() {
            Ok(value) if value <= i64::MAX as u64 => Ok(Constant::Int(value as i64)),
            Ok(value) => Ok(Constant::int_from_limbs(false, vec![value])),
            Err(_) => self.big_int(&plain, range),
        }
    }

    fn big_int(&self, digits: &str, range: TextRange) -> Result<Constant> {
        let digits: String = digits.chars().filter(|c| *c != '_').collect();
        let bits = match digits.get(..2) {
            Some("0x" | "0X") => 4,
            Some("0o" | "0O") => 3,
            Some("0b" | "0B") => 1,
            _ => {
                if digits.len() > MAX_STR_DIGITS {
                    let mut d = Diagnostic::syntax(
                        self.loc(range),
                        format!(
                            "Exceeds the limit ({MAX_STR_DIGITS} digits) for integer string conversion: value has {} \
                             digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal \
                             for huge integer literals to avoid decimal conversion limits.",
                            digits.len()
                        ),
                    );
                    d.end_offset = d.offset;
                    return Err(d);
                }
                return Ok(Constant::int_from_limbs(false, decimal_limbs(&digits)));
            }
        };
        let mut limbs = vec![0u64; (digits.len() * bits).div_ceil(64) + 1];
        for (i, c) in digits[2..].bytes().rev().enumerate() {
            let value = u64::from(char::from(c).to_digit(16).unwrap_or(0));
            let at = i * bits;
            limbs[at / 64] |= value << (at % 64);
            if at % 64 + bits > 64 {
                limbs[at / 64 + 1] |= value >> (64 - at % 64);
            }
        }
        Ok(Constant::int_from_limbs(false, limbs))
    }
}

/// Decimal digits to limbs, eighteen digits a step.
fn decimal_limbs(digits: &str) -> Vec<u64> {
    let mut limbs: Vec<u64> = Vec::new();
    let bytes = digits.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let n = if at == 0 && !bytes.len().is_multiple_of(18) {
            bytes.len() % 18
        } else {
            18
        };
        let chunk = bytes[at..at + n].iter().fold(0u64, |v, b| v * 10 + u64::from(b - b'0'));
        let mut carry = u128::from(chunk);
        let scale = 10u128.pow(n as u32);
        for limb in &mut limbs {
            let v = u128::from(*limb) * scale + carry;
            *limb = v as u64;
            carry = v >> 64;
        }
        if carry != 0 {
            limbs.push(carry as u64);
        }
        at += n;
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limbs() {
        assert_eq!(decimal_limbs("18446744073709551616"), vec![0, 1]);
        assert_eq!(decimal_limbs("340282366920938463463374607431768211456"), vec![0, 0, 1]);
    }
}
