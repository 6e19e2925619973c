use super::*;
use pyaot_text::unicode::normal::{Form, is_normalized, normalize};
use pyaot_text::{bytes_text as bt, case, repr, search, unicode as u};

fn fnv(items: impl Iterator<Item = u32>) -> String {
    let h = items.fold(0xcbf29ce484222325u64, |h, n| (h ^ n as u64).wrapping_mul(0x100000001b3));
    format!("{h:016x}")
}

#[test]
fn characters() {
    let all = 0..0x110000u32;
    let value = |v: Option<f64>| v.map_or(-1i32, |v| (v * 320.0).round_ties_even() as i64 as i32) as u32;
    check(include_str!("unicode.txt"), |f| {
        let test = |p: fn(u32) -> bool| fnv(all.clone().map(|c| p(c) as u32));
        let map = |p: fn(u32) -> u::Mapped| {
            fnv(all
                .clone()
                .flat_map(|c| p(c).as_slice().iter().copied().chain([u32::MAX]).collect::<Vec<_>>()))
        };
        let form = |form| {
            fnv(all.clone().flat_map(|c| {
                normalize(Units::Four(&[c]), form)
                    .units()
                    .iter()
                    .chain([u32::MAX])
                    .collect::<Vec<_>>()
            }))
        };
        let ours = match f[0] {
            "alpha" => test(u::is_alpha),
            "decimal" => test(u::is_decimal),
            "digit" => test(u::is_digit),
            "numeric" => test(u::is_numeric),
            "alnum" => test(u::is_alnum),
            "space" => test(u::is_space),
            "printable" => test(u::is_printable),
            "upper" => test(u::is_upper),
            "lower" => test(u::is_lower),
            "title" => test(u::is_title),
            "idstart" => test(u::is_identifier_start),
            "idcont" => test(u::is_xid_continue),
            "linebreak" => test(u::is_line_break),
            "srecased" => test(u::is_sre_cased),
            "srelower" => fnv(all.clone().map(u::simple_lower)),
            "decvalue" => fnv(all.clone().map(|c| value(u::decimal_value(c).map(f64::from)))),
            "digvalue" => fnv(all.clone().map(|c| value(u::digit_value(c).map(f64::from)))),
            "numvalue" => fnv(all.clone().map(|c| value(u::numeric_value(c)))),
            "combining" => fnv(all.clone().map(|c| u::normal::combining_class(c) as u32)),
            "tolower" => map(u::to_lower),
            "toupper" => map(u::to_upper),
            "totitle" => map(u::to_title),
            "tofolded" => map(u::to_folded),
            name => form(Form::from_name(name).unwrap()),
        };
        (ours, f[1].into())
    });
}

fn join(s: Units, ranges: impl IntoIterator<Item = (usize, usize)>) -> String {
    ranges
        .into_iter()
        .map(|(a, b)| enc(s.slice(a, b)))
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn cases() {
    check(include_str!("case.txt"), |f| {
        let text = dec(f[0]);
        let s = text.units();
        let tests = [
            case::is_alpha(s),
            case::is_decimal(s),
            case::is_digit(s),
            case::is_numeric(s),
            case::is_alnum(s),
            case::is_space(s),
            case::is_printable(s),
            case::is_upper(s),
            case::is_lower(s),
            case::is_title(s),
            case::is_identifier(s),
        ];
        let ours = [
            enc_buf(case::lower(s)),
            enc_buf(case::upper(s)),
            enc_buf(case::title(s)),
            enc_buf(case::capitalize(s)),
            enc_buf(case::swapcase(s)),
            enc_buf(case::casefold(s)),
            tests.iter().map(|&t| if t { '1' } else { '0' }).collect(),
            join(s, case::split_lines(s).map(|(a, b, _)| (a, b))),
            join(s, case::split_lines(s).map(|(a, _, c)| (a, c))),
            enc_buf(case::expand_tabs(s, 3).unwrap()),
        ];
        (ours.join("\t"), f[1..].join("\t"))
    });
}

#[test]
fn normal_forms() {
    check(include_str!("normal.txt"), |f| {
        let text = dec(f[0]);
        let ours: Vec<String> = [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd]
            .into_iter()
            .map(|form| {
                let n = normalize(text.units(), form);
                assert_eq!(is_normalized(text.units(), form), n.units().same(text.units()));
                enc_buf(n)
            })
            .collect();
        (ours.join("\t"), f[1..].join("\t"))
    });
}

#[test]
fn reprs() {
    check(include_str!("repr.txt"), |f| {
        let text = dec(f[0]);
        let s = text.units();
        let bytes = match s {
            Units::One(b) => enc_buf(repr::repr_bytes(b)),
            _ => "-".into(),
        };
        (
            format!("{}\t{}\t{bytes}", enc_buf(repr::repr(s)), enc_buf(repr::ascii(s))),
            f[1..].join("\t"),
        )
    });
}

#[test]
fn searches() {
    check(include_str!("search.txt"), |f| {
        let (h, n, t) = (dec(f[0]), dec(f[1]), dec(f[2]));
        let (h, n, t) = (h.units(), n.units(), t.units());
        let m = f[3]
            .parse::<isize>()
            .map_or(0, |m| if m < 0 { usize::MAX } else { m as usize });
        let place = |p: Option<usize>| p.map_or("-1".into(), |i| i.to_string());
        let cut = |(a, b): (usize, usize)| enc(h.slice(a, b));
        let bit = |b| if b { "1" } else { "0" };
        let replaced = match search::replace(h, n, t, m).unwrap() {
            Some(s) => enc(s.finish().units()),
            None => enc(h),
        };
        let mut ours = vec![place(search::find(h, n)), place(search::rfind(h, n))];
        ours.push(search::count(h, n, usize::MAX).to_string());
        ours.push(replaced);
        if n.is_empty() {
            ours.extend(["".into(), "".into()]);
        } else {
            ours.push(join(h, search::split(h, n, m)));
            ours.push(join(h, search::rsplit(h, n, m)));
        }
        ours.push(join(h, search::split_whitespace(h, m)));
        ours.push(join(h, search::rsplit_whitespace(h, m)));
        ours.push(cut(search::strip_whitespace(h, true, true)));
        ours.push(cut(search::strip_chars(h, n, true, true)));
        ours.push(cut(search::strip_chars(h, n, true, false)));
        ours.push(cut(search::strip_chars(h, n, false, true)));
        ours.push(format!(
            "{}{}",
            bit(search::starts_with(h, n)),
            bit(search::ends_with(h, n))
        ));
        if let (Units::One(b), true, true) = (h, h.is_ascii(), n.is_ascii()) {
            ours.push(join(h, search::split_whitespace_bytes(b, m)));
            ours.push(join(h, search::rsplit_whitespace_bytes(b, m)));
            ours.push(cut(search::strip_whitespace_bytes(b, true, true)));
            ours.push(join(h, case::split_lines_bytes(b).map(|(a, b, _)| (a, b))));
        }
        (ours.join("\t"), f[4..].join("\t"))
    });
}

#[test]
fn hostile_searches_stay_linear() {
    let mut hay = vec![0x3b1u16; 200_000];
    let mut needle = vec![0x3b1u16; 1000];
    needle[500] = 0x3b2;
    assert_eq!(search::find(Units::Two(&hay), Units::Two(&needle)), None);
    hay.extend_from_slice(&needle);
    assert_eq!(search::find(Units::Two(&hay), Units::Two(&needle)), Some(200_000));
    assert_eq!(search::rfind(Units::Two(&hay), Units::Two(&needle)), Some(200_000));
    assert_eq!(search::rfind(Units::Two(&hay[..200_100]), Units::Two(&needle)), None);
}

#[test]
fn bytes_methods() {
    check(include_str!("bytes.txt"), |f| {
        let text = dec(f[1]);
        if f[0] == "h" {
            let ours = match bt::from_hex(text.units(), true) {
                Ok(b) => enc_bytes(&b),
                Err(e) => format!("!V {}", enc_bytes(e.message().as_bytes())),
            };
            return (ours, f[2].into());
        }
        let Text::One(b) = text else { panic!() };
        let tests = [
            bt::is_alpha(&b),
            bt::is_digit(&b),
            bt::is_alnum(&b),
            bt::is_space(&b),
            bt::is_upper(&b),
            bt::is_lower(&b),
            bt::is_title(&b),
        ];
        let ours = [
            enc_bytes(&bt::title(&b)),
            enc_bytes(&bt::swapcase(&b)),
            enc_bytes(&bt::capitalize(&b)),
            tests.iter().map(|&t| if t { '1' } else { '0' }).collect(),
            f[6].into(),
            enc_bytes(&bt::hex(&b, None, 1).unwrap()),
            enc_bytes(&bt::hex(&b, Some(b':'), f[6].parse().unwrap()).unwrap()),
        ];
        (ours.join("\t"), f[2..].join("\t"))
    });
}
