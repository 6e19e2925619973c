//! printf-style formatting (`str % args`, `bytes % args`): the template parser and the layout of one converted value.
//! The parser stops at a directive that is wrong, but hands out what stood before the mistake (`Directive::error`):
//! the caller first looks up the key and fetches the `*` arguments, as CPython does, and then raises.

use crate::int_text;
use crate::units::{NoMemory, StrBuf, Unit, Units, room_for};
use crate::with_units;

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    None,
    /// `*`: taken from the arguments.
    Star,
    Given(isize),
}

/// ValueError texts of the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    IncompleteKey,
    Incomplete,
    WidthTooBig,
    PrecisionTooBig,
}

impl ParseError {
    pub fn message(self) -> &'static str {
        match self {
            ParseError::IncompleteKey => "incomplete format key",
            ParseError::Incomplete => "incomplete format",
            ParseError::WidthTooBig => "width too big",
            ParseError::PrecisionTooBig => "precision too big",
        }
    }
}

/// Flags of a directive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PercentFlags {
    pub left: bool,
    pub sign: bool,
    pub blank: bool,
    pub alt: bool,
    pub zero: bool,
}

/// One `%…` directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Mapping key as a range of the template. (With `IncompleteKey` it only says that a mapping is required: that
    /// TypeError comes before the ValueError; all other errors come after the look-up.)
    pub key: Option<(usize, usize)>,
    pub flags: PercentFlags,
    pub width: Amount,
    pub precision: Amount,
    /// The conversion character and its index in the template.
    pub conversion: u32,
    pub index: usize,
    pub error: Option<ParseError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text of the template as it is.
    Literal(usize, usize),
    /// A directive. (`%%` is a literal percent sign; '%' after flags or a width is an unsupported conversion.)
    Directive(Directive),
}

/// The pieces of a template.
pub struct Pieces<'a> {
    text: Units<'a>,
    at: usize,
}

pub fn parse(text: Units<'_>) -> Pieces<'_> {
    Pieces { text, at: 0 }
}

impl Pieces<'_> {
    fn peek(&self) -> Option<u32> {
        (self.at < self.text.len()).then(|| self.text.get(self.at))
    }

    fn amount(&mut self, limit: isize, error: ParseError) -> Result<Amount, ParseError> {
        if self.peek() == Some(b'*' as u32) {
            self.at += 1;
            return Ok(Amount::Star);
        }
        let (start, mut n) = (self.at, 0isize);
        while let Some(c @ 0x30..=0x39) = self.peek() {
            let d = c as isize - 0x30;
            if n > (limit - d) / 10 {
                return Err(error);
            }
            n = n * 10 + d;
            self.at += 1;
        }
        Ok(if self.at == start {
            Amount::None
        } else {
            Amount::Given(n)
        })
    }

    /// CPython: Objects/unicode_format.c, unicode_format_arg_parse.
    fn directive(&mut self) -> Directive {
        let mut d = Directive {
            key: None,
            flags: PercentFlags::default(),
            width: Amount::None,
            precision: Amount::None,
            conversion: 0,
            index: self.at,
            error: None,
        };
        if let Err(e) = self.fill_directive(&mut d) {
            d.error = Some(e);
            self.at = self.text.len();
        }
        d
    }

    fn fill_directive(&mut self, d: &mut Directive) -> Result<(), ParseError> {
        if self.peek() == Some(b'(' as u32) {
            self.at += 1;
            let start = self.at;
            let mut depth = 1;
            while depth > 0 {
                match self.peek().and_then(char::from_u32) {
                    None if self.at >= self.text.len() => {
                        d.key = Some((start, start));
                        return Err(ParseError::IncompleteKey);
                    }
                    Some('(') => depth += 1,
                    Some(')') => depth -= 1,
                    _ => {}
                }
                self.at += 1;
            }
            d.key = Some((start, self.at - 1));
        }
        while let Some(c) = self.peek() {
            match char::from_u32(c) {
                Some('-') => d.flags.left = true,
                Some('+') => d.flags.sign = true,
                Some(' ') => d.flags.blank = true,
                Some('#') => d.flags.alt = true,
                Some('0') => d.flags.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        d.width = self.amount(isize::MAX, ParseError::WidthTooBig)?;
        if self.peek() == Some(b'.' as u32) {
            self.at += 1;
            d.precision = match self.amount(i32::MAX as isize, ParseError::PrecisionTooBig)? {
                Amount::None => Amount::Given(0),
                p => p,
            };
        }
        if let Some(0x68 | 0x6c | 0x4c) = self.peek() {
            self.at += 1;
        }
        d.index = self.at;
        d.conversion = self.peek().ok_or(ParseError::Incomplete)?;
        self.at += 1;
        Ok(())
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;
    fn next(&mut self) -> Option<Piece> {
        let (start, n) = (self.at, self.text.len());
        if start == n {
            return None;
        }
        let end = with_units!(self.text, s => {
            s[start..].iter().position(|c| c.cp() == b'%' as u32).map_or(n, |i| start + i)
        });
        if end > start {
            self.at = end;
            return Some(Piece::Literal(start, end));
        }
        self.at = start + 1;
        if self.peek() == Some(b'%' as u32) {
            self.at += 1;
            return Some(Piece::Literal(start + 1, start + 2));
        }
        Some(Piece::Directive(self.directive()))
    }
}

/// ValueError text for a conversion character that does not exist.
pub fn unsupported(d: &Directive) -> String {
    let c = d.conversion;
    let shown = if (31..=126).contains(&c) { c as u8 as char } else { '?' };
    format!("unsupported format character '{shown}' (0x{c:x}) at index {}", d.index)
}

/// Base of an integer conversion: d i u 10, o 8, x X 16.
pub fn radix(conversion: u32) -> u32 {
    match char::from_u32(conversion) {
        Some('o') => 8,
        Some('x' | 'X') => 16,
        _ => 10,
    }
}

/// The text of an int before padding: sign, prefix under '#', zeros up to the precision, digits.
/// CPython: Objects/unicode_format.c, _PyUnicode_FormatLong.
pub fn int_text(
    negative: bool,
    digits: &[u8],
    conversion: u32,
    alt: bool,
    precision: Option<usize>,
) -> Result<Vec<u8>, NoMemory> {
    let zeros = precision.unwrap_or(0).saturating_sub(digits.len());
    room_for(zeros)?;
    let mut out = Vec::with_capacity(digits.len() + zeros + 3);
    if negative {
        out.push(b'-');
    }
    if alt {
        out.extend_from_slice(int_text::prefix(radix(conversion)));
    }
    out.resize(out.len() + zeros, b'0');
    out.extend_from_slice(digits);
    if conversion == b'X' as u32 {
        out.make_ascii_uppercase();
    }
    Ok(out)
}

/// Lays out a converted value: `text` is padded to `width` (None: not given). `numeric` is true for the integer and
/// float conversions, whose sign and base prefix stand before zero padding.
/// CPython: Objects/unicode_format.c, unicode_format_arg_output.
pub fn lay_out(
    text: Units,
    conversion: u32,
    flags: PercentFlags,
    width: Option<usize>,
    numeric: bool,
    out: &mut StrBuf,
) -> Result<(), NoMemory> {
    let mut start = 0;
    let mut sign = 0u32;
    if numeric && !text.is_empty() {
        match text.get(0) {
            c @ (0x2b | 0x2d) => (sign, start) = (c, 1),
            _ if flags.sign => sign = b'+' as u32,
            _ if flags.blank => sign = b' ' as u32,
            _ => {}
        }
    }
    let prefix_len = if numeric && flags.alt && matches!(char::from_u32(conversion), Some('x' | 'X' | 'o')) {
        2.min(text.len() - start)
    } else {
        0
    };
    let prefix = text.slice(start, start + prefix_len);
    let body = text.slice(start + prefix_len, text.len());
    let used = (sign != 0) as usize + prefix_len + body.len();
    let missing = width.unwrap_or(0).saturating_sub(used);
    room_for(missing.saturating_add(out.len()).saturating_mul(out.kind()))?;
    let zero = numeric && flags.zero && !flags.left;
    if !zero && !flags.left {
        out.push_repeat(32, missing);
    }
    if sign != 0 {
        out.push(sign);
    }
    out.push_units(prefix);
    if zero {
        out.push_repeat(b'0' as u32, missing);
    }
    out.push_units(body);
    if flags.left {
        out.push_repeat(32, missing);
    }
    Ok(())
}
