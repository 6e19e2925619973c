use super::*;
use pyaot_text::format_spec::{self as fs, ErrorKind, FormatError, IntAs, Of, Spec};
use pyaot_text::format_string as tpl;
use pyaot_text::percent::{self, Amount, Piece};
use pyaot_text::{float, int_text};

fn shown(r: Result<StrBuf, FormatError>) -> String {
    match r {
        Ok(s) => enc_buf(s),
        Err(e) => {
            let class = match e.kind {
                ErrorKind::Value => 'V',
                ErrorKind::Overflow => 'O',
                ErrorKind::Memory => 'M',
            };
            format!("!{class} {}", enc(e.text.units()))
        }
    }
}

/// Digits of a decimal number of any size in another base.
fn digits(s: &str, base: u32) -> Vec<u8> {
    let mut num: Vec<u32> = s.bytes().map(|c| (c - b'0') as u32).collect();
    let mut out = Vec::new();
    while !num.is_empty() {
        let mut rem = 0;
        for d in num.iter_mut() {
            let v = rem * 10 + *d;
            *d = v / base;
            rem = v % base;
        }
        out.push(char::from_digit(rem, base).unwrap() as u8);
        let lead = num.iter().position(|&d| d != 0).unwrap_or(num.len());
        num.drain(..lead);
    }
    out.reverse();
    out
}

fn format_int(value: &str, spec: Units) -> Result<StrBuf, FormatError> {
    let spec = Spec::parse(spec, Of::Int, "int")?;
    let (neg, magnitude) = value.strip_prefix('-').map_or((false, value), |v| (true, v));
    match fs::int_as(&spec, "int")? {
        IntAs::Digits(base) => {
            let big = fs::format_int(neg, &digits(magnitude, base), &spec);
            if let Ok(v) = value.parse::<i64>() {
                assert_eq!(shown(fs::format_i64(v, &spec)), shown(big.clone()));
            }
            big
        }
        IntAs::Char => fs::format_char(value.parse().ok(), &spec),
        IntAs::Float => fs::format_float(value.parse().unwrap(), &spec, "int"),
    }
}

#[test]
fn specs() {
    check(include_str!("format.txt"), |f| {
        let text = dec(f[2]);
        let spec = text.units();
        let ours = match f[0] {
            "s" => Spec::parse(spec, Of::Str, "str").and_then(|s| fs::format_str(dec(f[1]).units(), &s, "str")),
            "i" => format_int(f[1], spec),
            "f" => Spec::parse(spec, Of::Float, "float").and_then(|s| fs::format_float(float(f[1]), &s, "float")),
            "c" => {
                let (re, im) = f[1].split_once(' ').unwrap();
                Spec::parse(spec, Of::Complex, "complex")
                    .and_then(|s| fs::format_complex(float(re), float(im), &s, "complex"))
            }
            other => panic!("{other}"),
        };
        (shown(ours), f[3].into())
    });
}

/// What core does with a template and one argument.
fn percent_format(template: Units, arg: &str) -> Result<StrBuf, String> {
    let mut out = StrBuf::new();
    for piece in percent::parse(template) {
        let d = match piece {
            Piece::Literal(a, b) => {
                out.push_units(template.slice(a, b));
                continue;
            }
            Piece::Directive(d) => d,
        };
        if d.key.is_some() {
            return Err("format requires a mapping".into());
        }
        if let Some(e) = d.error {
            return Err(e.message().into());
        }
        if arg.is_empty() {
            return Err("not enough arguments for format string".into());
        }
        let given = |a| match a {
            Amount::Given(n) => Some(n as usize),
            _ => None,
        };
        let (width, precision) = (given(d.width), given(d.precision));
        let conversion = char::from_u32(d.conversion).unwrap();
        let (kind, value) = arg.split_once(':').unwrap();
        match conversion {
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' => {
                assert_eq!(kind, "i");
                let (neg, mag) = value.strip_prefix('-').map_or((false, value), |v| (true, v));
                let text = percent::int_text(
                    neg,
                    &digits(mag, percent::radix(d.conversion)),
                    d.conversion,
                    d.flags.alt,
                    precision,
                )
                .unwrap();
                percent::lay_out(Units::One(&text), d.conversion, d.flags, width, true, &mut out).unwrap();
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let flags = float::Flags {
                    alt: d.flags.alt,
                    ..Default::default()
                };
                let text = float::format(float(value), conversion as u8, precision.unwrap_or(6), flags).unwrap();
                percent::lay_out(Units::One(&text), d.conversion, d.flags, width, true, &mut out).unwrap();
            }
            's' | 'r' | 'a' | 'c' => {
                let text = dec(value);
                let text = match conversion {
                    'r' => pyaot_text::repr::repr(text.units()).finish(),
                    'a' => pyaot_text::repr::ascii(text.units()).finish(),
                    _ => text,
                };
                let n = if conversion == 'c' {
                    usize::MAX
                } else {
                    precision.unwrap_or(usize::MAX)
                };
                let cut = text.units().slice(0, n.min(text.units().len()));
                percent::lay_out(cut, d.conversion, d.flags, width, false, &mut out).unwrap();
            }
            _ => return Err(percent::unsupported(&d)),
        }
    }
    Ok(out)
}

#[test]
fn percent_templates() {
    check(include_str!("percent.txt"), |f| {
        let template = dec(f[0]);
        let ours = match percent_format(template.units(), f[1]) {
            Ok(s) => enc(s.finish().units()),
            Err(e) if e.starts_with("format requires") || e.starts_with("not enough") => {
                format!("!T {}", enc_bytes(e.as_bytes()))
            }
            Err(e) => format!("!V {}", enc_bytes(e.as_bytes())),
        };
        (ours, f[2].into())
    });
    assert_eq!(int_text::prefix(16), b"0x");
}

#[test]
fn format_templates() {
    check(include_str!("template.txt"), |f| {
        let text = dec(f[1]);
        let t = text.units();
        let part = |(a, b): (usize, usize)| enc(t.slice(a, b));
        let mut out = Vec::new();
        if f[0] == "t" {
            for step in tpl::Markup::new(t) {
                out.push(match step {
                    Err(e) => format!("!{}", enc_bytes(e.0.as_bytes())),
                    Ok(tpl::Step { literal, field: None }) => part(literal),
                    Ok(tpl::Step {
                        literal,
                        field: Some(x),
                    }) => {
                        let conv = if x.conversion == 0 {
                            String::new()
                        } else {
                            enc(Units::Four(&[x.conversion]))
                        };
                        format!("{}|{}|{}|{conv}", part(literal), part(x.name), part(x.spec))
                    }
                });
            }
            return (out.join("&"), f[2].into());
        }
        match tpl::split_field_name(t, (0, t.len())) {
            Err(e) => out.push(format!("!{}", enc_bytes(e.0.as_bytes()))),
            Ok((first, rest)) => {
                out.push(match first {
                    tpl::First::Empty => "s".into(),
                    tpl::First::Index(n) => format!("i{n}"),
                    tpl::First::Name(r) => format!("s{}", part(r)),
                });
                for a in rest {
                    out.push(match a {
                        Err(e) => format!("!{}", enc_bytes(e.0.as_bytes())),
                        Ok(tpl::Access::Attribute(r)) => format!(".s{}", part(r)),
                        Ok(tpl::Access::Index(n)) => format!("[i{n}"),
                        Ok(tpl::Access::Key(r)) => format!("[s{}", part(r)),
                    });
                }
            }
        }
        (out.join("&"), f[2].into())
    });
}

#[test]
fn what_cannot_be_had_is_an_error() {
    let huge = Spec::parse(Units::One(b">9223372036854775807"), Of::Float, "float").unwrap();
    assert_eq!(
        fs::format_float(1.5, &huge, "float").unwrap_err().kind,
        ErrorKind::Memory
    );
    let huge = Spec::parse(Units::One(b"09223372036854775807,d"), Of::Int, "int").unwrap();
    assert_eq!(fs::format_i64(1, &huge).unwrap_err().kind, ErrorKind::Memory);
    let mut out = StrBuf::new();
    let text = Units::One(b"5");
    assert!(percent::lay_out(text, 100, Default::default(), Some(isize::MAX as usize), true, &mut out).is_err());

    assert!(pyaot_text::case::expand_tabs(Units::One(b"\t\t"), isize::MAX).is_err());
}
