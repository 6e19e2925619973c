//! The format mini-language: `Spec` parses `[[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]`,
//! and format_str, format_int, format_float and format_complex apply it. Errors carry CPython's texts.
//! Locale-dependent 'n' is formatted for the C locale, which has neither grouping nor another decimal point.

use crate::float::{self, Flags};
use crate::int_text;
use crate::unicode;
use crate::units::{NoMemory, StrBuf, Units, room_for};

/// Which exception a failed format raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Value,
    Overflow,
    Memory,
}

/// A failed format: the class and the text of the exception (surrogates of the spec may stand in it).
#[derive(Clone, Debug)]
pub struct FormatError {
    pub kind: ErrorKind,
    pub text: StrBuf,
}

fn value_error(text: &str) -> FormatError {
    FormatError {
        kind: ErrorKind::Value,
        text: StrBuf::from(text),
    }
}

impl From<NoMemory> for FormatError {
    fn from(_: NoMemory) -> FormatError {
        FormatError {
            kind: ErrorKind::Memory,
            text: StrBuf::new(),
        }
    }
}

/// A parsed format spec. Zero stands for "not given" in `sign`, `ty`, `thousands`, `frac_thousands`; -1 in the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub fill: u32,
    /// One of `<`, `>`, `=`, `^`.
    pub align: u8,
    pub sign: u8,
    pub no_neg_zero: bool,
    pub alt: bool,
    pub width: isize,
    pub thousands: u8,
    pub precision: isize,
    pub frac_thousands: u8,
    /// The presentation type.
    pub ty: u32,
}

/// Whose `__format__` it is: decides the default type and alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Str,
    Int,
    Float,
    Complex,
}

fn is_align(c: u32) -> bool {
    matches!(char::from_u32(c), Some('<' | '>' | '=' | '^'))
}

/// The type character as error texts show it.
fn shown(c: u32) -> String {
    match c {
        33..128 => (c as u8 as char).to_string(),
        _ => format!("\\x{c:x}"),
    }
}

fn unknown_type(ty: u32, type_name: &str) -> FormatError {
    value_error(&format!(
        "Unknown format code '{}' for object of type '{type_name}'",
        shown(ty)
    ))
}

struct Reader<'a> {
    text: Units<'a>,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u32 {
        if self.at < self.text.len() {
            self.text.get(self.at)
        } else {
            u32::MAX
        }
    }
    fn eat(&mut self, c: u8) -> bool {
        let hit = self.peek() == c as u32;
        self.at += hit as usize;
        hit
    }
    /// Decimal digits of any script; None when there are none.
    fn number(&mut self) -> Result<Option<isize>, FormatError> {
        let (mut n, start) = (0isize, self.at);
        while self.at < self.text.len() {
            let Some(d) = unicode::decimal_value(self.peek()) else {
                break;
            };
            let next = n.checked_mul(10).and_then(|n| n.checked_add(d as isize));
            n = next.ok_or_else(|| value_error("Too many decimal digits in format string"))?;
            self.at += 1;
        }
        Ok((self.at > start).then_some(n))
    }
    /// `,` or `_` or nothing.
    fn grouping(&mut self) -> Result<u8, FormatError> {
        let mut found = 0;
        if self.eat(b',') {
            found = b',';
        }
        if self.peek() == b'_' as u32 {
            if found != 0 {
                return Err(value_error("Cannot specify both ',' and '_'."));
            }
            self.at += 1;
            found = b'_';
        }
        if self.peek() == b',' as u32 && found == b'_' {
            return Err(value_error("Cannot specify both ',' and '_'."));
        }
        Ok(found)
    }
}

impl Spec {
    /// Parses a spec; `type_name` is the name of the object's type, for error texts.
    pub fn parse(text: Units, of: Of, type_name: &str) -> Result<Spec, FormatError> {
        let (default_type, default_align) = match of {
            Of::Str => (b's', b'<'),
            Of::Int => (b'd', b'>'),
            Of::Float | Of::Complex => (0, b'>'),
        };
        let mut s = Spec {
            fill: 32,
            align: default_align,
            sign: 0,
            no_neg_zero: false,
            alt: false,
            width: -1,
            thousands: 0,
            precision: -1,
            frac_thousands: 0,
            ty: default_type as u32,
        };
        let mut r = Reader { text, at: 0 };
        let (mut fill_given, mut align_given) = (false, false);
        if text.len() >= 2 && is_align(text.get(1)) {
            (s.fill, s.align, r.at) = (text.get(0), text.get(1) as u8, 2);
            (fill_given, align_given) = (true, true);
        } else if !text.is_empty() && is_align(text.get(0)) {
            (s.align, r.at) = (text.get(0) as u8, 1);
            align_given = true;
        }
        if let 0x20 | 0x2b | 0x2d = r.peek() {
            s.sign = r.peek() as u8;
            r.at += 1;
        }
        s.no_neg_zero = r.eat(b'z');
        s.alt = r.eat(b'#');
        if !fill_given && r.eat(b'0') {
            s.fill = b'0' as u32;
            if !align_given && default_align == b'>' {
                s.align = b'=';
            }
        }
        s.width = r.number()?.unwrap_or(-1);
        s.thousands = r.grouping()?;
        if r.eat(b'.') {
            let precision = r.number()?;
            s.precision = precision.unwrap_or(-1);
            s.frac_thousands = r.grouping()?;
            if precision.is_none() && s.frac_thousands == 0 {
                return Err(value_error("Format specifier missing precision"));
            }
        }
        if text.len() - r.at > 1 {
            let mut t = StrBuf::from("Invalid format specifier '");
            t.push_units(text);
            t.push_str(&format!("' for object of type '{type_name}'"));
            return Err(FormatError {
                kind: ErrorKind::Value,
                text: t,
            });
        }
        if r.at < text.len() {
            s.ty = r.peek();
        }
        let bad_grouping = |sep: u8| {
            Err(value_error(&format!(
                "Cannot specify '{}' with '{}'.",
                sep as char,
                shown(s.ty)
            )))
        };
        if s.thousands != 0 {
            match char::from_u32(s.ty) {
                Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => {}
                Some('b' | 'o' | 'x' | 'X') if s.thousands == b'_' => {}
                _ => return bad_grouping(s.thousands),
            }
        }
        if s.ty == 'n' as u32 && s.frac_thousands != 0 {
            return bad_grouping(s.frac_thousands);
        }
        Ok(s)
    }

    /// Room for the width and precision that the spec asks for, before anything of that size is made.
    fn check_memory(&self) -> Result<(), NoMemory> {
        let n = self.width.max(self.precision).max(0) as usize;
        room_for(if self.fill < 0x100 { n } else { n.saturating_mul(4) })
    }

    /// Padding (left, right) of `n` characters; `=` counts as `<`.
    fn padding(&self, n: usize) -> (usize, usize) {
        let missing = (self.width.max(0) as usize).saturating_sub(n);
        match self.align {
            b'>' => (missing, 0),
            b'^' => (missing / 2, missing - missing / 2),
            _ => (0, missing),
        }
    }
}

/// str.__format__ with a non-empty spec. CPython: Python/formatter_unicode.c, format_string_internal.
pub fn format_str(value: Units, spec: &Spec, type_name: &str) -> Result<StrBuf, FormatError> {
    if spec.ty != 's' as u32 {
        return Err(unknown_type(spec.ty, type_name));
    }
    let refuse = |what: &str| Err(value_error(&format!("{what} not allowed in string format specifier")));
    match spec.sign {
        0 => {}
        b' ' => return refuse("Space"),
        _ => return refuse("Sign"),
    }
    if spec.no_neg_zero {
        return refuse("Negative zero coercion (z)");
    }
    if spec.alt {
        return refuse("Alternate form (#)");
    }
    if spec.align == b'=' {
        return refuse("'=' alignment");
    }
    let value = if spec.precision >= 0 && (spec.precision as usize) < value.len() {
        value.slice(0, spec.precision as usize)
    } else {
        value
    };
    let (left, right) = spec.padding(value.len());
    spec.check_memory()?;
    let mut out = StrBuf::with_capacity(value.len() + left + right);
    out.push_repeat(spec.fill, left);
    out.push_units(value);
    out.push_repeat(spec.fill, right);
    Ok(out)
}

/// What int.__format__ has to supply for a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntAs {
    /// Digits in this base, to `format_int`.
    Digits(u32),
    /// The value as a code point, to `format_char`.
    Char,
    /// The value as a float, to `format_float` (OverflowError "int too large to convert to float" where it does not fit).
    Float,
}

/// Checks the spec for an int and says what is needed of the value.
pub fn int_as(spec: &Spec, type_name: &str) -> Result<IntAs, FormatError> {
    let base = match char::from_u32(spec.ty) {
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => return Ok(IntAs::Float),
        Some('b') => 2,
        Some('o') => 8,
        Some('x' | 'X') => 16,
        Some('d' | 'n') => 10,
        Some('c') => 0,
        _ => return Err(unknown_type(spec.ty, type_name)),
    };
    if spec.precision >= 0 {
        return Err(value_error("Precision not allowed in integer format specifier"));
    }
    if spec.no_neg_zero {
        return Err(value_error(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    if base != 0 {
        return Ok(IntAs::Digits(base));
    }
    if spec.sign != 0 {
        return Err(value_error("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alt {
        return Err(value_error(
            "Alternate form (#) not allowed with integer format specifier 'c'",
        ));
    }
    Ok(IntAs::Char)
}

/// An int in the base that `int_as` named: `digits` are lowercase and have neither sign nor prefix.
pub fn format_int(negative: bool, digits: &[u8], spec: &Spec) -> Result<StrBuf, FormatError> {
    let upper = spec.ty == 'X' as u32;
    let base = match char::from_u32(spec.ty) {
        Some('b') => 2,
        Some('o') => 8,
        Some('x' | 'X') => 16,
        _ => 10,
    };
    let prefix = if spec.alt { int_text::prefix(base) } else { b"" };
    spec.check_memory()?;
    let mut out = StrBuf::with_capacity(digits.len() + 8);
    number(
        &Parts {
            negative,
            prefix,
            int: digits,
            ..Parts::default()
        },
        spec,
        if base == 10 { 3 } else { 4 },
        upper,
        &mut out,
    );
    Ok(out)
}

/// A word-sized int under any spec that `int_as` answers with `Digits`.
pub fn format_i64(v: i64, spec: &Spec) -> Result<StrBuf, FormatError> {
    let base = match char::from_u32(spec.ty) {
        Some('b') => 2,
        Some('o') => 8,
        Some('x' | 'X') => 16,
        _ => 10,
    };
    if base == 10 {
        return format_int(v < 0, int_text::decimal_u64(v.unsigned_abs(), &mut [0; 20]), spec);
    }
    format_int(v < 0, &int_text::radix_u64(v.unsigned_abs(), base), spec)
}

/// Presentation type 'c'. `value` is the int, or None when it does not fit a C long.
pub fn format_char(value: Option<i64>, spec: &Spec) -> Result<StrBuf, FormatError> {
    let overflow = |text: &str| {
        Err(FormatError {
            kind: ErrorKind::Overflow,
            text: StrBuf::from(text),
        })
    };
    let Some(v) = value else {
        return overflow("Python int too large to convert to C long");
    };
    if !(0..=0x10ffff).contains(&v) {
        return overflow("%c arg not in range(0x110000)");
    }
    spec.check_memory()?;
    // An '=' alignment puts the padding before the character too.
    let spec = &Spec {
        align: if spec.align == b'=' { b'>' } else { spec.align },
        ..*spec
    };
    let (left, right) = spec.padding(1);
    let mut out = StrBuf::with_capacity(1 + left + right);
    out.push_repeat(spec.fill, left);
    out.push(v as u32);
    out.push_repeat(spec.fill, right);
    Ok(out)
}

/// A number taken apart: `int`, then '.', `frac`, then `rest` (exponent, percent sign, or "nan").
#[derive(Default)]
struct Parts<'a> {
    negative: bool,
    prefix: &'a [u8],
    int: &'a [u8],
    dot: bool,
    frac: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(text: &'a [u8]) -> Parts<'a> {
        let (negative, text) = if text.first() == Some(&b'-') {
            (true, &text[1..])
        } else {
            (false, text)
        };
        let digits = |s: &[u8]| s.iter().position(|c| !c.is_ascii_digit()).unwrap_or(s.len());
        let (int, tail) = text.split_at(digits(text));
        let dot = tail.first() == Some(&b'.');
        let tail = &tail[dot as usize..];
        let (frac, rest) = if dot {
            tail.split_at(digits(tail))
        } else {
            (&tail[..0], tail)
        };
        Parts {
            negative,
            prefix: b"",
            int,
            dot,
            frac,
            rest,
        }
    }
}

/// Digits with separators every `size` from the right, with leading zeros up to `min_width` characters.
/// CPython: Objects/stringlib (InsertThousandsGrouping).
fn group(digits: &[u8], min_width: isize, sep: u8, size: usize, out: &mut Vec<u8>) {
    let mut min_width = min_width.max(0);
    if sep == 0 {
        out.resize(out.len() + (min_width as usize).saturating_sub(digits.len()), b'0');
        out.extend_from_slice(digits);
        return;
    }
    let start = out.len();
    let mut left = digits.len();
    loop {
        let len = size.min(left.max(min_width as usize).max(1));
        let taken = left.min(len);
        out.extend(digits[left - taken..left].iter().rev());
        out.resize(out.len() + len - taken, b'0');
        left -= taken;
        min_width -= len as isize;
        if left == 0 && min_width <= 0 {
            break;
        }
        out.push(sep);
        min_width = (min_width - 1).max(0);
    }
    out[start..].reverse();
}

/// Lays a number out under `spec`. CPython: Python/formatter_unicode.c, calc_number_widths and fill_number.
fn number(p: &Parts, spec: &Spec, group_size: usize, upper: bool, out: &mut StrBuf) {
    let sign = match (p.negative, spec.sign) {
        (true, _) => Some(b'-'),
        (false, s @ (b'+' | b' ')) => Some(s),
        _ => None,
    };
    let mut frac = Vec::new();
    let frac = if spec.frac_thousands != 0 && p.frac.len() > 3 {
        for (i, chunk) in p.frac.chunks(3).enumerate() {
            if i > 0 {
                frac.push(spec.frac_thousands);
            }
            frac.extend_from_slice(chunk);
        }
        &frac[..]
    } else {
        p.frac
    };
    let other = sign.is_some() as usize + p.prefix.len() + p.dot as usize + frac.len() + p.rest.len();
    let zero_fill = spec.fill == b'0' as u32 && spec.align == b'=';
    let min_width = if zero_fill { spec.width - other as isize } else { 0 };
    let mut grouped = Vec::new();
    let int = if p.int.is_empty() || (spec.thousands == 0 && min_width <= p.int.len() as isize) {
        p.int
    } else {
        group(p.int, min_width, spec.thousands, group_size, &mut grouped);
        &grouped[..]
    };
    let missing = (spec.width.max(0) as usize).saturating_sub(other + int.len());
    let (left, middle, right) = match spec.align {
        b'<' => (0, 0, missing),
        b'^' => (missing / 2, 0, missing - missing / 2),
        b'=' => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    out.push_repeat(spec.fill, left);
    if let Some(s) = sign {
        out.push(s as u32);
    }
    if upper {
        out.push_latin1(&p.prefix.to_ascii_uppercase());
    } else {
        out.push_latin1(p.prefix);
    }
    out.push_repeat(spec.fill, middle);
    if upper {
        out.push_latin1(&int.to_ascii_uppercase())
    } else {
        out.push_latin1(int)
    }
    if p.dot {
        out.push(b'.' as u32);
    }
    out.push_latin1(frac);
    out.push_latin1(p.rest);
    out.push_repeat(spec.fill, right);
}

/// (code, precision, dot_zero) of float::format for a spec; the precision is known to fit a C int.
fn float_code(spec: &Spec, plain: bool) -> Result<(u8, usize, bool), FormatError> {
    if spec.precision > i32::MAX as isize {
        return Err(value_error("precision too big"));
    }
    spec.check_memory()?;
    let (code, default, dot_zero) = match spec.ty {
        0 if spec.precision < 0 => (b'r', 0, !plain),
        0 => (b'g', 0, !plain),
        0x6e => (b'g', 6, false),
        0x25 => (b'f', 6, false),
        c => (c as u8, 6, false),
    };
    Ok((
        code,
        if spec.precision < 0 {
            default
        } else {
            spec.precision as usize
        },
        dot_zero,
    ))
}

/// float.__format__ with a non-empty spec. CPython: Python/formatter_unicode.c, format_float_internal.
pub fn format_float(x: f64, spec: &Spec, type_name: &str) -> Result<StrBuf, FormatError> {
    let percent = spec.ty == '%' as u32;
    if !matches!(
        char::from_u32(spec.ty),
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')
    ) {
        return Err(unknown_type(spec.ty, type_name));
    }
    let (code, precision, dot_zero) = float_code(spec, false)?;
    let flags = Flags {
        alt: spec.alt,
        dot_zero,
        no_neg_zero: spec.no_neg_zero,
        sign: false,
    };
    let mut text = float::format(if percent { x * 100.0 } else { x }, code, precision, flags)?;
    if percent {
        text.push(b'%');
    }
    if matches!(spec.sign, 0 | b'-') && spec.width < 0 && spec.thousands == 0 && spec.frac_thousands == 0 {
        return Ok(StrBuf::from_ascii(text));
    }
    let mut out = StrBuf::with_capacity(text.len() + 8);
    number(&Parts::of(&text), spec, 3, false, &mut out);
    Ok(out)
}

/// complex.__format__ with a non-empty spec. CPython: Python/formatter_unicode.c, format_complex_internal.
pub fn format_complex(re: f64, im: f64, spec: &Spec, type_name: &str) -> Result<StrBuf, FormatError> {
    if !matches!(
        char::from_u32(spec.ty),
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')
    ) {
        return Err(unknown_type(spec.ty, type_name));
    }
    if spec.precision > i32::MAX as isize {
        return Err(value_error("precision too big"));
    }
    if spec.fill == b'0' as u32 {
        return Err(value_error("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == b'=' {
        return Err(value_error(
            "'=' alignment flag is not allowed in complex format specifier",
        ));
    }
    let (code, precision, _) = float_code(spec, true)?;
    let skip_re = spec.ty == 0 && re == 0.0 && re.is_sign_positive();
    let parens = spec.ty == 0 && !skip_re;
    let flags = Flags {
        alt: spec.alt,
        dot_zero: false,
        no_neg_zero: spec.no_neg_zero,
        sign: false,
    };
    let part_spec = Spec {
        fill: 0,
        align: b'<',
        width: -1,
        ..*spec
    };
    let mut body = StrBuf::new();
    if parens {
        body.push(b'(' as u32);
    }
    let mut im_spec = part_spec;
    if !skip_re {
        number(
            &Parts::of(&float::format(re, code, precision, flags)?),
            &part_spec,
            3,
            false,
            &mut body,
        );
        im_spec.sign = b'+';
    }
    number(
        &Parts::of(&float::format(im, code, precision, flags)?),
        &im_spec,
        3,
        false,
        &mut body,
    );
    body.push(b'j' as u32);
    if parens {
        body.push(b')' as u32);
    }
    let (left, right) = spec.padding(body.len());
    let mut out = StrBuf::with_capacity(body.len() + left + right);
    out.push_repeat(spec.fill, left);
    out.push_units(body.units());
    out.push_repeat(spec.fill, right);
    Ok(out)
}
