//! Bytecode that no compiler makes is refused with an error, never with a panic.
use pyaot_code::{CodeObject, Constant};
use std::sync::Arc;

/// Linear congruential numbers: the same on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

fn damage(code: &CodeObject, numbers: &mut Numbers) -> CodeObject {
    let mut out = code.clone();
    for _ in 0..1 + numbers.next(3) {
        match numbers.next(6) {
            0 => out.code.truncate(numbers.next(out.code.len())),
            1 if !out.exceptiontable.is_empty() => {
                let at = numbers.next(out.exceptiontable.len());
                out.exceptiontable[at] = numbers.next(256) as u8;
            }
            2 => {
                out.localspluskinds.truncate(numbers.next(4));
            }
            _ if !out.code.is_empty() => {
                let at = numbers.next(out.code.len());
                out.code[at] = numbers.next(if at.is_multiple_of(2) { 130 } else { 256 }) as u8;
            }
            _ => {}
        }
    }
    out.consts = out
        .consts
        .iter()
        .map(|c| match c {
            Constant::Code(inner) => Constant::Code(Arc::new(damage(inner, numbers))),
            other => other.clone(),
        })
        .collect();
    out
}

#[test]
fn damaged_bytecode_is_an_error() {
    let mut numbers = Numbers(14);
    let (mut refused, mut compiled) = (0, 0);
    for name in ["calls", "loops", "handlers", "generators", "closures"] {
        let path = format!("{}/tests/code/{name}.pyc", env!("CARGO_MANIFEST_DIR"));
        let data = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let (_, code) = pyaot_code::marshal::read_pyc(&data).unwrap_or_else(|e| panic!("{path}: {e}"));
        for _ in 0..400 {
            let code = damage(&code, &mut numbers);
            match pyaot_lower::lower_module("damaged", &Arc::new(code)) {
                Err(_) => refused += 1,
                Ok(mut module) => {
                    module.specialise = numbers.next(2) == 0;
                    match pyaot_passes::run_all(&mut module) {
                        Ok(()) => compiled += 1,
                        Err(_) => refused += 1,
                    }
                }
            }
        }
    }
    assert!(refused > 100 && compiled > 0, "{refused} refused, {compiled} compiled");
}
