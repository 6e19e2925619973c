//! Strs without a program: construction, growth in place, methods through the attribute protocol, errors.
use super::*;
use crate::call::call_method;
use crate::types::tuple;

fn s(t: &str) -> Own {
    Own::str(t)
}
fn text(v: PyResult) -> String {
    match v {
        Ok(v) => to_string_lossy(crate::object_protocol::repr(v.r()).unwrap().r()),
        Err(_) => message(),
    }
}
fn message() -> String {
    let e = exc::take().unwrap();
    let t = crate::object_protocol::str(e.r()).unwrap();
    format!("{}: {}", e.r().ty().name(), to_string_lossy(t.r()))
}
fn m(this: &Own, name: &str, args: &[&Own]) -> String {
    let args: Vec<Ref> = args.iter().map(|a| a.r()).collect();
    text(call_method(this.r(), intern(name).r(), &args))
}

#[test]
fn kinds_are_the_narrowest() {
    crate::init();
    for (t, kind_, ascii) in [
        ("ab", 0, true),
        ("aé", 0, false),
        ("a\u{1234}", 1, false),
        ("\u{1f600}b", 2, false),
    ] {
        let v = s(t);
        assert_eq!((kind(cast(v.r())), is_ascii(cast(v.r()))), (kind_, ascii), "{t}");
        assert_eq!(to_utf8(v.r()).unwrap(), t);
    }
    let wide = s("a\u{1234}b");
    assert_eq!(kind(cast(slice(wide.r(), 2, 3).unwrap().r())), 0);
    assert!(s("x").r().is(from_units(Units::One(b"x")).unwrap().r()));
}

#[test]
fn append_grows_in_place() {
    crate::init();
    let mut v = s("ab");
    let piece = s("cde\u{e9}");
    let mut moved = 0;
    for _ in 0..10_000 {
        let before = v.value().0;
        v = append(v, piece.r()).unwrap();
        moved += (v.value().0 != before) as usize;
    }
    assert_eq!(len(v.r()), 40_002);
    assert!(moved < 200, "{moved}");
    assert!(!is_ascii(cast(v.r())));
    let kept = v.clone();
    let longer = append(v, piece.r()).unwrap();
    assert_eq!((len(kept.r()), len(longer.r())), (40_002, 40_006));
    let wide = append(longer, s("\u{1234}").r()).unwrap();
    assert_eq!((kind(cast(wide.r())), len(wide.r())), (1, 40_007));
    assert_eq!(code_point(cast(wide.r()), 40_006), 0x1234);
}

#[test]
fn methods_and_their_errors() {
    crate::init();
    let (abc, one) = (s("abcabc"), Own::int(1));
    assert_eq!(m(&abc, "upper", &[]), "'ABCABC'");
    assert_eq!(m(&abc, "replace", &[&s("b"), &s("xy"), &one]), "'axycabc'");
    assert_eq!(m(&abc, "replace", &[&s("b"), &s("\u{e9}")]), "'aécaéc'");
    assert_eq!(m(&abc, "find", &[&s("c"), &Own::int(3)]), "5");
    assert_eq!(m(&abc, "index", &[&s("z")]), "ValueError: substring not found");
    assert_eq!(
        m(&abc, "find", &[&one]),
        "TypeError: find() argument 1 must be str, not int"
    );
    assert_eq!(m(&abc, "zfill", &[&Own::int(8)]), "'00abcabc'");
    assert_eq!(m(&s("-a"), "zfill", &[&Own::int(4)]), "'-00a'");
    assert_eq!(m(&abc, "center", &[&Own::int(9), &s("*")]), "'**abcabc*'");
    assert_eq!(m(&s(" x "), "strip", &[]), "'x'");
    assert_eq!(
        m(&s(", "), "join", &[&tuple::from_vec(vec![s("a"), s("é"), s("c")])]),
        "'a, é, c'"
    );
    assert_eq!(
        m(&s(""), "join", &[&tuple::from_vec(vec![s("a"), one.clone()])]),
        "TypeError: sequence item 1: expected str instance, int found"
    );
    assert_eq!(m(&s("é"), "encode", &[]), "b'\\xc3\\xa9'");
    assert_eq!(
        m(&s("é"), "encode", &[&s("ascii")]),
        "UnicodeEncodeError: 'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)"
    );
    assert_eq!(
        text(crate::codecs::decode_utf8(b"a\xff", None)),
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"
    );
    assert_eq!(
        text(crate::codecs::decode_utf8(b"a\xff", Some("replace"))),
        "'a\u{fffd}'"
    );
}

#[test]
fn templates() {
    crate::init();
    let t = |template: &str, args: Own| text(crate::format::percent::str_percent(s(template).r(), args.r()));
    let args = |v: Vec<Own>| tuple::from_vec(v);
    assert_eq!(
        t(
            "%s=%05d|%-4s|%x",
            args(vec![s("a"), Own::int(-42), s("b"), Own::int(255)])
        ),
        "'a=-0042|b   |ff'"
    );
    assert_eq!(t("%.2f %r", args(vec![Own::float(1.5), s("x")])), "\"1.50 'x'\"");
    assert_eq!(
        t("%d", s("a")),
        "TypeError: %d format: a real number is required, not str"
    );
    assert_eq!(
        t("%s %s", Own::int(1)),
        "TypeError: not enough arguments for format string"
    );
    assert_eq!(
        t("x", Own::int(1)),
        "TypeError: not all arguments converted during string formatting"
    );
    let f = s("{}-{0}");
    assert_eq!(
        m(&f, "format", &[&Own::int(1)]),
        "ValueError: cannot switch from automatic field numbering to manual field specification"
    );
    assert_eq!(
        m(
            &s("{:>4}|{!r:^5}|{:.1f}"),
            "format",
            &[&Own::int(7), &s("x"), &Own::float(2.25)]
        ),
        "\"   7| 'x' |2.2\""
    );
}

#[test]
fn bytes_and_bytearrays() {
    crate::init();
    use crate::types::{bytearray, bytes};
    let b = bytes::from_slice(b"a,b,,c").unwrap();
    assert_eq!(m(&b, "find", &[&Own::int(44)]), "1");
    assert_eq!(
        m(&b, "find", &[&s("x")]),
        "TypeError: argument should be integer or bytes-like object, not 'str'"
    );
    assert_eq!(m(&b, "hex", &[]), "'612c622c2c63'");
    assert_eq!(
        m(&b, "replace", &[&bytes::from_slice(b",").unwrap(), &bytes::empty()]),
        "b'abc'"
    );
    let a = bytearray::from_slice(b"hello").unwrap();
    assert_eq!(m(&a, "append", &[&Own::int(33)]), "None");
    assert_eq!(m(&a, "insert", &[&Own::int(0), &Own::int(39)]), "None");
    assert_eq!(text(Ok(a.clone())), "bytearray(b\"\\'hello!\")");
    assert_eq!(m(&a, "pop", &[&Own::int(0)]), "39");
    let hold = crate::buffer::contents(a.r()).unwrap();
    assert_eq!(
        m(&a, "append", &[&Own::int(33)]),
        "BufferError: Existing exports of data: object cannot be re-sized"
    );
    drop(hold);
    for i in 0..1000 {
        assert_eq!(m(&a, "append", &[&Own::int(i % 256)]), "None");
        if i % 3 == 0 {
            m(&a, "pop", &[&Own::int(0)]);
        }
    }
    assert_eq!(bytearray::as_slice(a.r()).len(), 1006 - 334);
    assert_eq!(m(&a, "clear", &[]), "None");
}

#[test]
fn memoryviews() {
    crate::init();
    use crate::types::{bytearray, bytes, memoryview, slice};
    let a = bytearray::from_slice(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
    let v = memoryview::from_object(a.r(), crate::buffer::request::FULL_RO).unwrap();
    assert_eq!(m(&v, "tolist", &[]), "[0, 1, 2, 3, 4, 5, 6, 7]");
    let wide = call_method(v.r(), crate::istr!("cast"), &[s("H").r()]).unwrap();
    assert_eq!(m(&wide, "tolist", &[]), "[256, 770, 1284, 1798]");
    let step = slice::new(Own::none(), Own::none(), Own::int(-3)).unwrap();
    let back = crate::object_protocol::get_item(v.r(), step.r()).unwrap();
    assert_eq!(m(&back, "tobytes", &[]), "b'\\x07\\x04\\x01'");
    assert_eq!(
        m(&a, "append", &[&Own::int(1)]),
        "BufferError: Existing exports of data: object cannot be re-sized"
    );
    for view in [&v, &wide, &back] {
        assert_eq!(m(view, "release", &[]), "None");
    }
    assert_eq!(
        m(&v, "tolist", &[]),
        "ValueError: operation forbidden on released memoryview object"
    );
    assert_eq!(m(&a, "append", &[&Own::int(1)]), "None");
    let b = bytes::from_slice(b"abcd").unwrap();
    let r = memoryview::from_object(b.r(), crate::buffer::request::FULL_RO).unwrap();
    assert_eq!(crate::object_protocol::hash(r.r()).unwrap(), bytes::hash(b.r()));
    assert!(crate::object_protocol::compare_bool(r.r(), b.r(), CompareOp::Eq).unwrap());
    assert_eq!(
        text(crate::object_protocol::set_item(r.r(), Own::int(0).r(), Some(Own::int(1).r())).map(|_| Own::none())),
        "TypeError: cannot modify read-only memory"
    );
}
