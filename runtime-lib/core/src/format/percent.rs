//! `str % args` and `bytes % args`. The template parser and the layout are `pyaot_text::percent`'s; here arguments are fetched and
//! converted. CPython: Objects/unicode_format.c, PyUnicode_Format; Objects/bytesobject.c, _PyBytes_FormatEx.
use crate::buffer;
use crate::call::convert::{self, IntValue};
use crate::exc;
use crate::object::{Own, PyResult, Ref};
use crate::object_protocol;
use crate::types::{bytearray, bytes, float, int, str as str_, tuple};
use pyaot_abi::type_flag;
use pyaot_text::float::Flags;
use pyaot_text::percent::{self as pc, Amount, Directive, Piece};
use pyaot_text::{NoMemory, StrBuf, Units};

/// Where the values come from.
struct Arguments<'a> {
    all: Ref<'a>,
    /// `all` is the one value instead of a tuple of them.
    single: bool,
    /// Items taken so far.
    taken: usize,
    /// The mapping for `%(key)s`, if `all` can be one.
    mapping: bool,
    /// The value of the last key.
    keyed: Option<Own>,
    /// `keyed` is the only value now, and it has been used.
    keyed_used: bool,
    what: &'static str,
}

impl<'a> Arguments<'a> {
    fn new(all: Ref<'a>, text: bool) -> Arguments<'a> {
        let is_tuple = all.ty().has(type_flag::TUPLE);
        let is_text = if text {
            str_::is_str(all)
        } else {
            all.ty().has(type_flag::BYTES | type_flag::BYTEARRAY | type_flag::STR)
        };
        Arguments {
            all,
            single: !is_tuple,
            taken: 0,
            mapping: all.ty().slots().mp_subscript.is_some() && !is_tuple && !is_text,
            keyed: None,
            keyed_used: false,
            what: if text { "string" } else { "bytes" },
        }
    }
    fn need_mapping(&self) -> PyResult<()> {
        if self.mapping {
            return Ok(());
        }
        exc::type_error(format_args!("format requires a mapping"))
    }
    fn key(&mut self, key: Own) -> PyResult<()> {
        self.keyed = Some(object_protocol::get_item(self.all, key.r())?);
        self.keyed_used = false;
        Ok(())
    }
    fn next(&mut self) -> PyResult {
        let missing = || exc::type_error(format_args!("not enough arguments for format string"));
        if let Some(v) = &self.keyed {
            if core::mem::replace(&mut self.keyed_used, true) {
                return missing();
            }
            return Ok(v.clone());
        }
        let i = self.taken;
        self.taken += 1;
        if self.single {
            return if i == 0 { Ok(self.all.own()) } else { missing() };
        }
        match tuple::items(self.all).get(i) {
            Some(v) => Ok(Ref::from_value(*v).own()),
            None => missing(),
        }
    }
    fn finish(&self) -> PyResult<()> {
        let left = if self.single {
            self.taken == 0
        } else {
            self.taken < tuple::len(self.all)
        };
        if left && !self.mapping && self.keyed.is_none() {
            return exc::type_error(format_args!(
                "not all arguments converted during {} formatting",
                self.what
            ));
        }
        Ok(())
    }
    /// A `*` amount.
    fn star(&mut self) -> PyResult<Own> {
        let v = self.next()?;
        if !v.r().ty().has(type_flag::INT) {
            return exc::type_error(format_args!("* wants int"));
        }
        Ok(v)
    }
}

fn memory<T>(r: Result<T, NoMemory>) -> PyResult<T> {
    match r {
        Ok(v) => Ok(v),
        Err(NoMemory) => exc::memory_error(),
    }
}

/// Width and precision; a negative `*` width asks for left adjustment.
fn amounts(args: &mut Arguments, d: &mut Directive) -> PyResult<(Option<usize>, Option<usize>)> {
    let width = match d.width {
        Amount::None => None,
        Amount::Given(n) => Some(n as usize),
        Amount::Star => {
            let v = args.star()?;
            let n = match convert::int_value(v.r()) {
                IntValue::Fits(n) => n as isize,
                _ => return exc::overflow_error(format_args!("Python int too large to convert to C ssize_t")),
            };
            d.flags.left |= n < 0;
            Some(n.unsigned_abs())
        }
    };
    let precision = match d.precision {
        Amount::None => None,
        Amount::Given(n) => Some(n as usize),
        Amount::Star if d.error.is_some() && d.conversion == 0 => None,
        Amount::Star => {
            let v = args.star()?;
            Some(convert::c_int(v.r())?.max(0) as usize)
        }
    };
    Ok((width, precision))
}

fn wrong_type<R>(conversion: u32, v: Ref) -> PyResult<R> {
    let c = char::from_u32(conversion).unwrap_or('?');
    let what = if matches!(c, 'o' | 'x' | 'X') {
        "an integer"
    } else {
        "a real number"
    };
    exc::type_error(format_args!(
        "%{c} format: {what} is required, not {}",
        v.ty().full_name()
    ))
}

/// The text of an integer conversion (CPython: mainformatlong).
fn integer(v: Ref, d: &Directive, precision: Option<usize>) -> PyResult<Vec<u8>> {
    let hex = matches!(char::from_u32(d.conversion), Some('o' | 'x' | 'X'));
    let owned;
    let i = if v.ty().has(type_flag::INT) {
        v
    } else {
        let s = v.ty().slots();
        if s.nb_int.is_none() && s.nb_index.is_none() && s.nb_float.is_none() {
            return wrong_type(d.conversion, v);
        }
        let r = if hex {
            int::index(v)
        } else if s.nb_int.is_none() && s.nb_index.is_none() {
            return wrong_type(d.conversion, v);
        } else {
            int::methods::convert_object(v)
        };
        owned = match r {
            Ok(i) => i,
            Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) => {
                drop(exc::take());
                return wrong_type(d.conversion, v);
            }
            Err(e) => return Err(e),
        };
        owned.r()
    };
    let base = pc::radix(d.conversion);
    let view = int::view(i);
    let digits = match view {
        int::View::Small(n) if base == 10 => pyaot_text::int_text::decimal_u64(n.unsigned_abs(), &mut [0; 20]).to_vec(),
        _ => int::convert::digits(view, base)?,
    };
    memory(pc::int_text(
        view.is_negative(),
        &digits,
        d.conversion,
        d.flags.alt,
        precision,
    ))
}

fn float_text(x: f64, d: &Directive, precision: Option<usize>) -> PyResult<Vec<u8>> {
    let flags = Flags {
        alt: d.flags.alt,
        ..Flags::default()
    };
    memory(pyaot_text::float::format(
        x,
        d.conversion as u8,
        precision.unwrap_or(6),
        flags,
    ))
}

fn key_range(d: &Directive) -> (usize, usize) {
    d.key.unwrap_or((0, 0))
}

/// `template % args` for str; `template` may be an instance of a subclass.
pub fn str_percent(template: Ref, args: Ref) -> PyResult {
    if let Some(r) = super::fast::percent(template, args) {
        return r;
    }
    let text = str_::units(template);
    let mut a = Arguments::new(args, true);
    let mut out = StrBuf::with_capacity(text.len() + 16);
    for piece in pc::parse(text) {
        let mut d = match piece {
            Piece::Literal(start, end) => {
                out.push_units(text.slice(start, end));
                continue;
            }
            Piece::Directive(d) => d,
        };
        if d.key.is_some() {
            a.need_mapping()?;
            if d.error == Some(pc::ParseError::IncompleteKey) {
                return exc::value_error(format_args!("{}", pc::ParseError::IncompleteKey.message()));
            }
            let (start, end) = key_range(&d);
            let key = str_::slice(template, start, end)?;
            a.key(key)?;
        }
        let (width, precision) = amounts(&mut a, &mut d)?;
        if let Some(e) = d.error {
            return exc::value_error(format_args!("{}", e.message()));
        }
        let c = char::from_u32(d.conversion).unwrap_or('\0');
        if c == '%' {
            out.push('%' as u32);
            continue;
        }
        let v = a.next()?;
        let v = v.r();
        match c {
            's' | 'r' | 'a' => {
                if c == 's' && width.is_none() && precision.is_none() && super::push_simple(v, &mut out) {
                    continue;
                }
                let t = super::convert(v, c as u8)?;
                let u = str_::units(t.r());
                let u = match precision {
                    Some(p) if p < u.len() => u.slice(0, p),
                    _ => u,
                };
                memory(pc::lay_out(u, d.conversion, d.flags, width, false, &mut out))?;
            }
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' => {
                let t = integer(v, &d, precision)?;
                memory(pc::lay_out(
                    Units::One(&t),
                    d.conversion,
                    d.flags,
                    width,
                    true,
                    &mut out,
                ))?;
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let t = float_text(float::as_f64(v)?, &d, precision)?;
                memory(pc::lay_out(
                    Units::One(&t),
                    d.conversion,
                    d.flags,
                    width,
                    true,
                    &mut out,
                ))?;
            }
            'c' => {
                let c = [character(v)?];
                memory(pc::lay_out(
                    Units::Four(&c),
                    d.conversion,
                    d.flags,
                    width,
                    false,
                    &mut out,
                ))?;
            }
            _ => return exc::value_error(format_args!("{}", pc::unsupported(&d))),
        }
    }
    a.finish()?;
    str_::from_buf(out)
}

/// CPython: Objects/unicode_format.c, formatchar.
fn character(v: Ref) -> PyResult<u32> {
    if str_::is_str(v) {
        return match str_::single_char(v) {
            Some(c) => Ok(c),
            None => exc::type_error(format_args!(
                "%c requires an int or a unicode character, not a string of length {}",
                str_::len(v)
            )),
        };
    }
    if !convert::is_index(v) {
        return exc::type_error(format_args!(
            "%c requires an int or a unicode character, not {}",
            crate::types::type_::fully_qualified_name(v.ty())?
        ));
    }
    match convert::int_value(convert::index_object(v)?.r()) {
        IntValue::Fits(i @ 0..=0x10ffff) => Ok(i as u32),
        _ => exc::overflow_error(format_args!("%c arg not in range(0x110000)")),
    }
}

/// `template % args` for bytes and bytearray; the result has the template's kind.
pub fn bytes_percent(template: Ref, args: Ref) -> PyResult {
    let is_bytes = bytes::is_bytes(template);
    // A bytearray could change while conversions run.
    let hold = buffer::contents(template)?;
    let text = Units::One(&hold);
    let mut a = Arguments::new(args, false);
    let mut out = StrBuf::with_capacity(text.len() + 16);
    for piece in pc::parse(text) {
        let mut d = match piece {
            Piece::Literal(start, end) => {
                out.push_units(text.slice(start, end));
                continue;
            }
            Piece::Directive(d) => d,
        };
        if d.key.is_some() {
            a.need_mapping()?;
            if d.error == Some(pc::ParseError::IncompleteKey) {
                return exc::value_error(format_args!("{}", pc::ParseError::IncompleteKey.message()));
            }
            let (start, end) = key_range(&d);
            a.key(bytes::from_slice(&hold[start..end])?)?;
        }
        let (width, precision) = amounts(&mut a, &mut d)?;
        if let Some(e) = d.error {
            return exc::value_error(format_args!("{}", e.message()));
        }
        let c = char::from_u32(d.conversion).unwrap_or('\0');
        if c == '%' {
            out.push('%' as u32);
            continue;
        }
        let v = a.next()?;
        let v = v.r();
        let cut = |n: usize| precision.map_or(n, |p| p.min(n));
        match c {
            'r' | 'a' => {
                let t = super::ascii(v)?;
                let u = str_::units(t.r());
                memory(pc::lay_out(
                    u.slice(0, cut(u.len())),
                    d.conversion,
                    d.flags,
                    width,
                    false,
                    &mut out,
                ))?;
            }
            's' | 'b' => {
                let t = content(v)?;
                let u = Units::One(&t[..cut(t.len())]);
                memory(pc::lay_out(u, d.conversion, d.flags, width, false, &mut out))?;
            }
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' => {
                let t = integer(v, &d, precision)?;
                memory(pc::lay_out(
                    Units::One(&t),
                    d.conversion,
                    d.flags,
                    width,
                    true,
                    &mut out,
                ))?;
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let x = match float::as_f64(v) {
                    Ok(x) => x,
                    Err(_) if exc::raised_is(&exc::types::TYPE_ERROR) => {
                        drop(exc::take());
                        return exc::type_error(format_args!("float argument required, not {}", v.ty().full_name()));
                    }
                    Err(e) => return Err(e),
                };
                let t = float_text(x, &d, precision)?;
                memory(pc::lay_out(
                    Units::One(&t),
                    d.conversion,
                    d.flags,
                    width,
                    true,
                    &mut out,
                ))?;
            }
            'c' => {
                let c = [byte(v)?];
                memory(pc::lay_out(
                    Units::One(&c),
                    d.conversion,
                    d.flags,
                    width,
                    false,
                    &mut out,
                ))?;
            }
            _ => return exc::value_error(format_args!("{}", pc::unsupported(&d))),
        }
    }
    a.finish()?;
    // Everything that was pushed is a byte.
    match out.units() {
        Units::One(b) if is_bytes => bytes::from_slice(b),
        Units::One(b) => bytearray::from_slice(b),
        _ => exc::system_error(format_args!("bytes formatting produced text")),
    }
}

/// CPython: Objects/bytesobject.c, byte_converter.
fn byte(v: Ref) -> PyResult<u8> {
    if v.ty().has(type_flag::BYTES | type_flag::BYTEARRAY) {
        let s = bytes::methods::data(v);
        return match s {
            [c] => Ok(*c),
            _ => exc::type_error(format_args!(
                "%c requires an integer in range(256) or a single byte, not a {} object of length {}",
                v.ty().full_name(),
                s.len()
            )),
        };
    }
    if convert::is_index(v) {
        return match convert::int_value(convert::index_object(v)?.r()) {
            IntValue::Fits(i @ 0..=255) => Ok(i as u8),
            _ => exc::overflow_error(format_args!("%c arg not in range(256)")),
        };
    }
    exc::type_error(format_args!(
        "%c requires an integer in range(256) or a single byte, not {}",
        crate::types::type_::fully_qualified_name(v.ty())?
    ))
}

/// CPython: Objects/bytesobject.c, format_obj.
fn content(v: Ref) -> PyResult<buffer::Contents> {
    if v.ty().has(type_flag::BYTES | type_flag::BYTEARRAY) {
        return buffer::contents(v);
    }
    if let Some(b) = bytes::source::dunder_bytes(v) {
        return buffer::contents(b?.r());
    }
    if buffer::supports(v) {
        return buffer::full_contents(v);
    }
    exc::type_error(format_args!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        v.ty().full_name()
    ))
}
