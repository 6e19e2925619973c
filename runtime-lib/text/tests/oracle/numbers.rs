use super::*;
use pyaot_text::float::{self, Flags};
use pyaot_text::{hash, int_text};

fn num(s: &str) -> i64 {
    s.parse().unwrap()
}

/// Magnitude limbs of a decimal number of any size.
fn limbs(s: &str) -> (bool, Vec<u64>) {
    let (neg, digits) = s.strip_prefix('-').map_or((false, s), |d| (true, d));
    let mut out = vec![0u64];
    for d in digits.bytes() {
        let mut carry = (d - b'0') as u128;
        for l in out.iter_mut() {
            let v = *l as u128 * 10 + carry;
            *l = v as u64;
            carry = v >> 64;
        }
        if carry > 0 {
            out.push(carry as u64);
        }
    }
    (neg, out)
}

#[test]
fn floats() {
    check(include_str!("float.txt"), |f| match f[0] {
        "r" => (float::repr(float(f[1])).as_str().into(), f[2].into()),
        "h" => (float::float_hex(float(f[1])), f[2].into()),
        "R" => (float::complex_repr(float(f[1]), float(f[2])), f[3].into()),
        "f" => {
            let flags = Flags {
                alt: f[4] == "#",
                ..Flags::default()
            };
            let text = float::format(float(f[1]), f[2].as_bytes()[0], f[3].parse().unwrap(), flags).unwrap();
            (String::from_utf8(text).unwrap(), f[5].into())
        }
        "n" => {
            let ours = float::round_digits(float(f[1]), num(f[2]));
            (
                ours.map_or(
                    "!O rounded\\20;value\\20;too\\20;large\\20;to\\20;represent".into(),
                    bits,
                ),
                f[3].into(),
            )
        }
        "p" => {
            let text = dec(f[1]);
            let ascii = int_text::to_ascii_number(text.units());
            (
                float::parse_float(int_text::trim(&ascii)).map_or("!".into(), bits),
                f[2].into(),
            )
        }
        "c" => {
            let text = dec(f[1]);
            let ascii = int_text::to_ascii_number(text.units());
            let ours = float::parse_complex(&ascii);
            (
                ours.map_or("!".into(), |(a, b)| format!("{} {}", bits(a), bits(b))),
                f[2].into(),
            )
        }
        "x" => {
            let Text::One(text) = dec(f[1]) else { panic!() };
            let ours = match float::parse_hex(&text) {
                Ok(x) => bits(x),
                Err(float::HexError::Invalid) => "!V".into(),
                Err(float::HexError::TooLarge) => "!O".into(),
            };
            (ours, f[2].into())
        }
        other => panic!("{other}"),
    });
}

#[test]
fn ints() {
    check(include_str!("int.txt"), |f| {
        let text = dec(f[0]);
        let base = f[1].parse().unwrap();
        let ascii = int_text::to_ascii_number(text.units());
        let Some(int) = int_text::parse_int(&ascii, base) else {
            return ("!".into(), f[2].into());
        };
        if let Some(v) = int.to_i64() {
            if base == 10
                && let Some(small) = int_text::parse_small_decimal(&ascii)
            {
                assert_eq!(small, v);
            }
            let mut buf = [0; 21];
            return (
                String::from_utf8(int_text::decimal_i64(v, &mut buf).to_vec()).unwrap(),
                f[2].into(),
            );
        }
        let (neg, want) = limbs(f[2]);
        let mut have = vec![0u64];
        for c in int.digits {
            let mut carry = (c as char).to_digit(36).unwrap() as u128;
            for l in have.iter_mut() {
                let v = *l as u128 * int.base as u128 + carry;
                *l = v as u64;
                carry = v >> 64;
            }
            if carry > 0 {
                have.push(carry as u64);
            }
        }
        (format!("{} {have:?}", int.negative), format!("{neg} {want:?}"))
    });
    assert_eq!(int_text::prefixed_i64(i64::MIN, 16), b"-0x8000000000000000");
    assert_eq!(int_text::radix_u64(0, 2), b"0");
    assert_eq!(int_text::decimal_i64(i64::MIN, &mut [0; 21]), b"-9223372036854775808");
}

#[test]
fn hashes() {
    let list = |s: &str| s.split(',').filter(|s| !s.is_empty()).map(num).collect::<Vec<_>>();
    check(include_str!("hash.txt"), |f| {
        let ours = match f[0] {
            "s" => hash::bytes_with_key(dec(f[2]).units().bytes(), hash::key_of_seed(f[1].parse().unwrap())),
            "i" => {
                let (neg, l) = limbs(f[1]);
                let h = hash::int_limbs(neg, &l);
                if let Ok(v) = f[1].parse::<i64>() {
                    assert_eq!(hash::int(v), h);
                }
                h
            }
            "f" => hash::float(float(f[1]), 0),
            "t" => hash::tuple(list(f[1])),
            "z" => hash::frozenset(list(f[1]), list(f[1]).len()),
            "c" => hash::complex(num(f[1]), num(f[2])),
            other => panic!("{other}"),
        };
        (ours.to_string(), f[f.len() - 1].into())
    });
    assert_eq!(hash::parse_seed(Some("random")), Ok(hash::Seed::Random));
    assert_eq!(hash::parse_seed(Some("42")), Ok(hash::Seed::Fixed(42)));
    assert!(hash::parse_seed(Some("-1")).is_err() && hash::parse_seed(Some("4294967296")).is_err());
}
