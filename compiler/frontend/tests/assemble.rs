//! The flowgraph and the assembler alone: from the instruction sequence that CPython's codegen makes of `module.py`
//! to the code object that CPython makes of it.
//!
//! `module.seq.txt` has an instruction a line (opcode, oparg or -9, line, end line, columns; jumps go to the index of
//! an instruction), `module.bin` is the marshalled pair of codegen's constants and the finished code object. Both are
//! recorded with CPython's `_testinternalcapi.compiler_codegen`.

use std::sync::Arc;

use pyaot_code::dis::{DisOptions, dis};
use pyaot_code::marshal::loads;
use pyaot_code::{CodeObject, Constant, Opcode, PyStr};
use pyaot_frontend::assemble::optimize_and_assemble;
use pyaot_frontend::instr::{InstructionSequence, Label, Location, UnitMetadata};
use pyaot_frontend::names::Names;

const SEQUENCE: &str = include_str!("data/module.seq.txt");
const EXPECTED: &[u8] = include_bytes!("data/module.bin");

fn expected() -> (Arc<[Constant]>, Arc<CodeObject>) {
    let Ok(Constant::Tuple(pair)) = loads(EXPECTED) else {
        panic!("module.bin")
    };
    let (Constant::Tuple(consts), Constant::Code(code)) = (&pair[0], &pair[1]) else {
        panic!("module.bin")
    };
    (consts.clone(), code.clone())
}

fn sequence() -> InstructionSequence {
    let mut seq = InstructionSequence::new();
    for (at, line) in (0..).zip(SEQUENCE.lines()) {
        let row: Vec<i32> = line.split(' ').map(|field| field.parse().expect("a number")).collect();
        seq.use_label(Label(at));
        let opcode = Opcode::from_number(row[0] as u16).expect("an opcode");
        seq.addop(opcode, row[1].max(0), Location::new(row[2], row[3], row[4], row[5]));
    }
    seq
}

fn unit(names: &mut Names, name: &str) -> UnitMetadata {
    UnitMetadata {
        name: Some(names.intern(name.as_bytes())),
        firstlineno: 1,
        ..UnitMetadata::default()
    }
}

#[test]
fn module_is_cpythons() {
    let (consts, code) = expected();
    let mut names = Names::new();
    let mut intern = |name: &PyStr| names.intern(name.as_bytes());
    let code_names = code.names.iter().map(&mut intern).collect();
    let varnames: Vec<_> = code.varnames().map(&mut intern).collect();
    let mut unit = unit(&mut names, "<module>");
    consts.iter().for_each(|value| {
        unit.consts.add(value.clone());
    });
    unit.names = code_names;
    for name in varnames {
        unit.varnames.add(name);
        unit.fasthidden.set(name, false);
    }
    let mine = optimize_and_assemble(&mut unit, sequence(), code.flags, &code.filename, &names).expect("a code object");
    let text = |code: &CodeObject| {
        dis(
            code,
            DisOptions {
                show_positions: true,
                ..DisOptions::default()
            },
        )
    };
    if let (Ok(mine), Ok(theirs)) = (text(&mine), text(&code))
        && let Some((mine, theirs)) = mine.lines().zip(theirs.lines()).find(|(mine, theirs)| mine != theirs)
    {
        panic!("ours    {mine}\nCPython {theirs}");
    }
    assert_eq!(mine, *code);
}

/// Codegen that is wrong gets an internal error with a name, not a panic.
#[test]
fn malformed_sequences_are_internal_errors() {
    let none = Location::NO_LOCATION;
    let assemble = |build: &dyn Fn(&mut InstructionSequence)| {
        let mut seq = InstructionSequence::new();
        build(&mut seq);
        let mut names = Names::new();
        let mut unit = unit(&mut names, "f");
        let result = optimize_and_assemble(&mut unit, seq, 0, &PyStr::from("f.py"), &names);
        result.expect_err("malformed").to_string()
    };
    let unplaced = assemble(&|seq| {
        let label = seq.new_label();
        seq.addop_j(Opcode::JUMP, label, none);
    });
    assert_eq!(
        unplaced,
        "internal error in _PyCfg_FromInstructionSequence: target 1 out of range"
    );
    let underflow = assemble(&|seq| {
        seq.addop(Opcode::POP_TOP, 0, none);
        seq.addop(Opcode::RETURN_VALUE, 0, none);
    });
    assert_eq!(
        underflow,
        "internal error in calculate_stackdepth: Invalid CFG, stack underflow"
    );
    let block = assemble(&|seq| {
        seq.addop(Opcode::POP_BLOCK, 0, none);
        seq.addop(Opcode::RETURN_VALUE, 0, none);
    });
    assert_eq!(
        block,
        "internal error in label_exception_targets: POP_BLOCK without block"
    );
    let constant = assemble(&|seq| {
        seq.addop(Opcode::LOAD_CONST, 7, none);
        seq.addop(Opcode::RETURN_VALUE, 0, none);
    });
    assert_eq!(constant, "internal error in get_const_value: no constant 7");
}
