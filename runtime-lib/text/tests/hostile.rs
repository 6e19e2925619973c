//! No input makes this crate panic, and searches agree with the obvious way. Random, with a fixed seed.

use pyaot_text::codec::{self, Encoding, Handler, Order};
use pyaot_text::format_spec::{self as fs, Of, Spec};
use pyaot_text::{StrBuf, Text, Units, case, float, format_string as tpl, int_text, percent, repr, search};

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn text(&mut self, pool: &[u32], most: usize) -> Text {
        let mut b = StrBuf::new();
        for _ in 0..self.below(most + 1) {
            b.push(pool[self.below(pool.len())]);
        }
        b.finish()
    }
}

fn pool(s: &str, more: &[u32]) -> Vec<u32> {
    s.chars().map(|c| c as u32).chain(more.iter().copied()).collect()
}

const ODD: [u32; 9] = [0, 0x7f, 0xe9, 0x660, 0x20ac, 0xd800, 0xdfff, 0x1f600, 0x10ffff];

#[test]
fn templates_and_numbers() {
    let mut r = Rng(0x9e3779b97f4a7c15);
    let specs = pool("<>=^+- z#0019,_.bcdeEfFgGnosxX%", &ODD);
    let percents = pool("%%%()*-+ #0123.hlLdiouxXeEfFgGcrsa", &ODD);
    let markup = pool("{}{}[].!:a0r", &ODD);
    let numbers = pool("0123456789abfxoBXj+-._ eEpPinfty()\n", &ODD);
    let floats = [0.0, -0.0, 1.5, -1e300, 5e-324, f64::NAN, f64::NEG_INFINITY, 123456.789];
    for i in 0..40_000 {
        let t = r.text(&specs, 9);
        let x = floats[i % floats.len()];
        for of in [Of::Str, Of::Int, Of::Float, Of::Complex] {
            if let Ok(s) = Spec::parse(t.units(), of, "T") {
                if s.width > 5000 || s.precision > 5000 {
                    continue;
                }
                let _ = fs::format_str(t.units(), &s, "T");
                if let Ok(fs::IntAs::Digits(_)) = fs::int_as(&s, "T") {
                    let _ = fs::format_i64(i as i64 - 20_000, &s);
                }
                let _ = fs::format_char(Some(i as i64), &s);
                let _ = fs::format_float(x, &s, "T");
                let _ = fs::format_complex(x, -x, &s, "T");
            }
        }
        let t = r.text(&percents, 9);
        for p in percent::parse(t.units()) {
            if let percent::Piece::Directive(d) = p {
                let _ = percent::unsupported(&d);
                let mut out = StrBuf::new();
                let _ = percent::lay_out(t.units(), d.conversion, d.flags, Some(9), i % 2 == 0, &mut out);
            }
        }
        let t = r.text(&markup, 9);
        for step in tpl::Markup::new(t.units()).flatten() {
            if let Some(field) = step.field
                && let Ok((_, accesses)) = tpl::split_field_name(t.units(), field.name)
            {
                accesses.for_each(drop);
            }
        }
        let t = r.text(&numbers, 12);
        let ascii = int_text::to_ascii_number(t.units());
        for base in [0, 2, 10, 16, 36] {
            let _ = int_text::parse_int(&ascii, base).map(|n| n.to_i64());
        }
        let _ = (
            float::parse_float(int_text::trim(&ascii)),
            float::parse_complex(&ascii),
            float::parse_hex(&ascii),
        );
        let bits = f64::from_bits((r.below(usize::MAX) as u64).rotate_left(17));
        let _ = (
            float::repr(bits),
            float::float_hex(bits),
            float::round_digits(bits, r.below(700) as i64 - 350),
        );
        let _ = float::format(bits, b"eEfFgG"[r.below(6)], r.below(40), float::Flags::default());
    }
}

#[test]
fn codecs() {
    let mut r = Rng(0x2545f4914f6cdd1d);
    let encodings = [
        Encoding::Utf8,
        Encoding::Latin1,
        Encoding::Ascii,
        Encoding::Utf16(Order::Detect),
        Encoding::Utf16(Order::Big),
        Encoding::Utf32(Order::Little),
        Encoding::Utf7,
        Encoding::UnicodeEscape,
        Encoding::RawUnicodeEscape,
    ];
    let handlers = [
        Handler::Strict,
        Handler::Ignore,
        Handler::Replace,
        Handler::BackslashReplace,
        Handler::SurrogateEscape,
        Handler::SurrogatePass,
        Handler::XmlCharRefReplace,
    ];
    let bytes = pool(
        "ab+-\\xuUN{}0179AGE",
        &[
            0x80, 0xbf, 0xc2, 0xd8, 0xdc, 0xe2, 0xed, 0xa0, 0xf0, 0x9f, 0xf4, 0xff, 0,
        ],
    );
    let chars = pool("ab+-\\~", &ODD);
    for _ in 0..20_000 {
        let Text::One(input) = r.text(&bytes, 14) else { panic!() };
        let text = r.text(&chars, 8);
        for e in encodings {
            let h = handlers[r.below(handlers.len())];
            for last in [true, false] {
                if let Ok((out, state)) = codec::decode(&input, e, h, last, &|_| None) {
                    assert!(state.pos <= input.len() && (!last || state.pos == input.len()));
                    let (kind, out) = (out.kind(), out.finish());
                    assert!(kind == out.units().kind() || e == Encoding::Utf7);
                }
            }
            if let Ok(b) = codec::encode(text.units(), e, h, &|_| None)
                && matches!(h, Handler::Strict | Handler::SurrogatePass)
                && e != Encoding::RawUnicodeEscape
            {
                let pass = Handler::SurrogatePass;
                let back = codec::decode(&b, e, pass, true, &|_| None).unwrap().0;
                let same = back.units().same(text.units());
                // UTF-16 and UTF-7 join a pair of surrogates.
                let pair = text
                    .units()
                    .iter()
                    .zip(text.units().iter().skip(1))
                    .any(|p| p == (0xd800, 0xdfff));
                assert!(same || pair, "{e:?} {text:?} {b:?}");
            }
        }
        let _ = (
            repr::repr(text.units()),
            repr::ascii(text.units()),
            repr::repr_bytes(&input),
        );
    }
}

#[test]
fn searches_agree_with_the_obvious_way() {
    let mut r = Rng(88172645463325252);
    for round in 0..30_000 {
        let wide = [0x61, 0x62, 0x3b1, 0x1f600];
        let pool = &wide[..2 + round % 3];
        let (h, n) = (r.text(pool, 30), r.text(pool, 6));
        let (hay, needle): (Vec<u32>, Vec<u32>) = (h.units().iter().collect(), n.units().iter().collect());
        let hits: Vec<usize> = (0..=hay.len()).filter(|&i| hay[i..].starts_with(&needle)).collect();
        assert_eq!(search::find(h.units(), n.units()), hits.first().copied());
        assert_eq!(search::rfind(h.units(), n.units()), hits.last().copied());
        if !needle.is_empty() {
            let parts = search::split(h.units(), n.units(), usize::MAX);
            assert_eq!(parts.len(), search::count(h.units(), n.units(), usize::MAX) + 1);
            let back = search::replace(h.units(), n.units(), Units::One(b""), usize::MAX).unwrap();
            let left: usize = parts.iter().map(|p| p.1 - p.0).sum();
            assert_eq!(back.map_or(hay.len(), |b| b.len()), left);
        }
        let _ = (case::title(h.units()), case::expand_tabs(h.units(), 3));
    }
}
