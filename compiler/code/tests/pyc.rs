//! `.pyc` files: what CPython wrote is read, written back equal, and disassembled as CPython does; damage is refused.

use std::sync::Arc;

use pyaot_code::dis::{DisOptions, dis};
use pyaot_code::marshal::{PycError, PycKind, dumps, dumps_plain, graph, loads, read_pyc, write_pyc};
use pyaot_code::{CodeObject, Constant, Opcode};

/// `sampler.py` compiled by CPython 3.14 (checked hash), with its `dis` text (`-O -P`, addresses as `0x0`).
const SAMPLER: &[u8] = include_bytes!("data/sampler.pyc");
const SAMPLER_DIS: &str = include_str!("data/sampler.dis.txt");

fn sampler() -> CodeObject {
    read_pyc(SAMPLER).expect("CPython's file").1
}

#[test]
fn disassembly_is_cpythons() {
    let options = DisOptions {
        show_offsets: true,
        show_positions: true,
        ..DisOptions::default()
    };
    assert_eq!(dis(&sampler(), options).expect("valid code"), SAMPLER_DIS);
}

#[test]
fn written_back_byte_for_byte() {
    let (kind, code) = read_pyc(SAMPLER).expect("CPython's file");
    assert!(matches!(kind, PycKind::Hash { check: true, .. }));
    let code = Arc::new(code);
    let written = write_pyc(kind, &code);
    assert_eq!(written, SAMPLER);
    assert_eq!(read_pyc(&written), Ok((kind, (*code).clone())));
    let value = Constant::Code(code);
    assert_eq!(loads(&dumps_plain(&value)), Ok(value.clone()));
    assert_eq!(loads(&dumps(&value)), Ok(value));
}

#[test]
fn ints_of_all_sizes() {
    for bits in (0..200).step_by(23) {
        for negative in [false, true] {
            let limbs = vec![u64::MAX; bits / 64]
                .into_iter()
                .chain([1 << (bits % 64)])
                .collect();
            let value = Constant::int_from_limbs(negative, limbs);
            assert_eq!(loads(&dumps(&value)), Ok(value));
        }
    }
    assert_eq!(
        Constant::int_from_limbs(true, vec![1 << 63, 0]),
        Constant::Int(i64::MIN)
    );
}

#[test]
fn headers() {
    let message = |data: &[u8]| read_pyc(data).expect_err("damaged").to_string();
    assert_eq!(message(b"abc"), "not a .pyc file: 3 bytes, the header alone has 16");
    assert_eq!(
        message(&[0; 20]),
        "not a .pyc file: it does not start with a Python magic number"
    );
    let mut old = SAMPLER.to_vec();
    old[..2].copy_from_slice(&3571u16.to_le_bytes());
    assert_eq!(
        message(&old),
        "made by another Python version (magic number 3571, CPython 3.14 writes 3627)"
    );
    let mut flags = SAMPLER.to_vec();
    flags[4] = 9;
    assert_eq!(read_pyc(&flags), Err(PycError::WrongFlags(9)));
    assert_eq!(read_pyc(&[&SAMPLER[..16], b"N"].concat()), Err(PycError::NotCode));
    assert_eq!(
        message(&[&SAMPLER[..16], b"[\0\0\0\0"].concat()),
        "damaged: a code object cannot hold a list at byte 16"
    );
}

#[test]
fn nesting_is_bounded() {
    let deep = |n: usize, tag: &[u8]| [tag.repeat(n), b"N".to_vec()].concat();
    for tag in [&b")\x01"[..], b"[\x01\0\0\0", b">\x01\0\0\0", b"(\x01\0\0\0"] {
        assert!(graph::load(&deep(1999, tag)).is_ok());
        let refused = graph::load(&deep(2000, tag)).expect_err("too deep");
        assert_eq!(refused.message, "recursion limit exceeded");
        assert!(graph::load(&deep(1_000_000, tag)).is_err());
    }
    let tuple = b")\x01";
    let value = loads(&deep(1999, tuple)).expect("deep, but not too deep");
    assert_eq!(dumps_plain(&value), deep(1999, tuple));
}

/// Data of all types, as CPython 3.14 writes them, with the lists, dicts and tuples that contain themselves.
#[test]
fn all_types_survive() {
    let texts: [&[u8]; 11] = [
        b"N",
        b"T",
        b"F",
        b".",
        b"S",
        b"[\x02\0\0\0i\x01\0\0\0z\x01a",
        b"{Z\x01ai\x01\0\0\0Z\x01bN0",
        b"<\x01\0\0\0y\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0?",
        b":Ni\x05\0\0\0l\xfd\xff\xff\xff\x01\0\0\0\x04\0",
        b"\xdb\x01\0\0\0r\0\0\0\0",
        b"\xa9\x01r\0\0\0\0",
    ];
    for text in texts {
        let read = graph::load(text).expect("CPython's data");
        assert_eq!(read.length, text.len());
        assert_eq!(
            graph::dump(&read).expect("not deep"),
            text,
            "{:?}",
            String::from_utf8_lossy(text)
        );
    }
    assert_eq!(
        loads(b"\xa9\x01r\0\0\0\0").expect_err("no constant").message,
        "a code object cannot hold a tuple that contains itself"
    );
    // References that stand for 2^40 objects.
    let mut bomb = b")\x02".repeat(40);
    bomb.iter_mut().step_by(2).for_each(|tag| *tag |= 0x80);
    bomb.push(b'N');
    bomb.extend(
        (0..40u32)
            .rev()
            .flat_map(|n| [vec![b'r'], (n + 1).to_le_bytes().to_vec()].concat()),
    );
    assert!(loads(&bomb).is_err());
    let sampler = graph::load(&SAMPLER[16..]).expect("CPython's file");
    let written = graph::dump(&sampler).expect("not deep");
    assert_eq!(loads(&written), loads(&SAMPLER[16..]));
}

#[test]
fn sizes_are_not_believed() {
    for tag in *b"su(>la" {
        assert!(loads(&[tag, 0xff, 0xff, 0xff, 0x7f, 0]).is_err());
        assert!(loads(&[tag, 0xff, 0xff, 0xff, 0xff, 0]).is_err());
    }
    // A tuple that refers to itself.
    assert!(loads(b"\xa9\x01r\0\0\0\0").is_err());
    assert!(graph::load(b"\xbe\x01\0\0\0r\0\0\0\0").is_err());
}

/// Uses everything a damaged code object offers; nothing may panic.
fn exercise(value: &Constant) {
    match value {
        Constant::Code(code) => {
            let _ = dis(
                code,
                DisOptions {
                    show_caches: true,
                    show_positions: true,
                    ..DisOptions::default()
                },
            );
            let _ = (code.nlocals(), code.positions(), code.exception_entries());
            code.consts.iter().for_each(exercise);
        }
        Constant::Tuple(items) => items.iter().for_each(exercise),
        Constant::FrozenSet(items) => items.iter().for_each(exercise),
        _ => {}
    }
}

#[test]
fn damaged_files_are_errors() {
    for cut in (0..SAMPLER.len()).step_by(23) {
        assert!(read_pyc(&SAMPLER[..cut]).is_err(), "cut at {cut}");
    }
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let body = &SAMPLER[16..];
    for _ in 0..1_500 {
        let mut data = body.to_vec();
        for _ in 0..=random(4) {
            let at = random(data.len());
            match random(4) {
                0 => data[at] = random(256) as u8,
                1 => data[at] ^= 1 << random(8),
                2 => drop(data.remove(at)),
                _ => data.insert(at, random(256) as u8),
            }
        }
        if let Ok(value) = loads(&data) {
            exercise(&value);
            assert_eq!(loads(&dumps(&value)).as_ref(), Ok(&value));
        }
        if let Ok(read) = graph::load(&data) {
            let written = graph::dump(&read).expect("as deep as what was read");
            let again = graph::load(&written).expect("our own");
            assert_eq!(graph::dump(&again).expect("as deep"), written);
        }
    }
}

#[test]
fn opcode_table() {
    for &opcode in Opcode::ALL {
        assert_eq!(Opcode::from_number(opcode.number()), Some(opcode));
        assert_eq!(Opcode::from_name(opcode.name()), Some(opcode));
    }
    assert_eq!(Opcode::LOAD_ATTR.caches(), 9);
    assert_eq!((Opcode::CALL.popped(3), Opcode::CALL.pushed(3)), (5, 1));
    assert_eq!(
        (Opcode::UNPACK_EX.popped(0x0201), Opcode::UNPACK_EX.pushed(0x0201)),
        (1, 4)
    );
    assert_eq!(Opcode::from_byte(17), None);
}
