//! Code objects are CPython's, on programs recorded in `programs.bin` (made by `tests/identity`: two written by hand,
//! the others random). The whole standard library is compared by `./x identity`.

use pyaot_code::Constant;
use pyaot_code::dis::{DisOptions, dis};
use pyaot_code::marshal::loads;
use pyaot_frontend::{Flags, Mode, compile};

const PROGRAMS: &[u8] = include_bytes!("data/programs.bin");

/// The next length-prefixed part.
fn part(data: &mut &'static [u8]) -> Option<&'static [u8]> {
    let (length, rest) = data.split_first_chunk()?;
    let (part, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
    *data = rest;
    Some(part)
}

#[test]
fn recorded_programs() {
    let mut data = PROGRAMS;
    let mut programs = 0;
    while let (Some(path), Some(source), Some(code)) = (part(&mut data), part(&mut data), part(&mut data)) {
        let path = std::str::from_utf8(path).expect("a path");
        let Ok(Constant::Code(theirs)) = loads(code) else {
            panic!("{path}: programs.bin is damaged")
        };
        let mine = match compile(source, path, Mode::Exec, 0, Flags::default()) {
            Ok(compiled) => compiled.code,
            Err(error) => panic!("{path}: {error}"),
        };
        if mine != *theirs {
            let text = |code| {
                dis(
                    code,
                    DisOptions {
                        show_positions: true,
                        ..DisOptions::default()
                    },
                )
                .expect("valid code")
            };
            let (mine, theirs) = (text(&mine), text(&theirs));
            let differs = mine.lines().zip(theirs.lines()).find(|(mine, theirs)| mine != theirs);
            panic!("{path}: {differs:#?}\n{}", String::from_utf8_lossy(source));
        }
        programs += 1;
    }
    assert!(programs > 50);
}
