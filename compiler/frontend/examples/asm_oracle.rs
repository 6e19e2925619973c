use pyaot_code::{Constant, Opcode, marshal};
use pyaot_frontend::{assemble, instr::*};
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    let show: usize = std::env::args().nth(2).map_or(3, |s| s.parse().unwrap());
    let (mut n, mut same, mut err, mut shown, mut ann) = (0, 0, 0, 0, 0);
    for i in 0.. {
        let Ok(text) = std::fs::read_to_string(format!("{dir}/{i}.txt")) else {
            break;
        };
        let bin = std::fs::read(format!("{dir}/{i}.bin")).unwrap();
        let (consts, co) = match marshal::loads(&bin) {
            Ok(Constant::Tuple(t)) => {
                let (Constant::Tuple(a), Constant::Code(b)) = (t[0].clone(), t[1].clone()) else {
                    panic!()
                };
                (a, b)
            }
            other => {
                println!("{i} {:?}", other.err());
                continue;
            }
        };
        let mut lines = text.lines();
        let path = lines.next().unwrap();
        let rows: Vec<Vec<i32>> = lines
            .map(|l| l.split(' ').map(|x| x.parse().unwrap()).collect())
            .collect();
        let mut seq = InstructionSequence::new();
        for (at, r) in rows.iter().enumerate() {
            seq.use_label(Label(at as i32));
            let op = Opcode::from_number(r[0] as u16).unwrap();
            seq.addop(
                op,
                if r[1] == -9 { 0 } else { r[1] },
                Location::new(r[2], r[3], r[4], r[5]),
            );
        }
        let mut unit = UnitMetadata {
            name: Some(co.name.clone()),
            firstlineno: co.firstlineno,
            ..Default::default()
        };
        for c in consts.iter() {
            unit.consts.add(c.clone());
        }
        unit.names = co.names.iter().cloned().collect();
        unit.varnames = co.varnames().cloned().collect();
        unit.cellvars = co.cellvars().cloned().collect();
        for (nm, k) in co.localsplusnames.iter().zip(&co.localspluskinds) {
            if k & 0x10 != 0 {
                unit.fasthidden.insert(nm.clone(), false);
            }
        }
        n += 1;
        match assemble::optimize_and_assemble(&mut unit, seq, co.flags, &co.filename) {
            Err(e) => {
                err += 1;
                println!("{path} {i}: {e}")
            }
            Ok(mine) if mine == *co => same += 1,
            Ok(mine) => {
                let a = mine.instructions().unwrap();
                let b = co.instructions().unwrap();
                if b.iter().any(|x| x.opcode == Opcode::SETUP_ANNOTATIONS)
                    || co.names.iter().any(|n| n == "__annotate__")
                    || co
                        .consts
                        .iter()
                        .any(|c| matches!(c, Constant::Code(c) if c.name == "__annotate__"))
                {
                    ann += 1;
                    continue;
                }
                shown += 1;
                if shown > show {
                    continue;
                }
                println!(
                    "DIFF {i} {path} code {} consts {} lt {} et {} ss {}/{}",
                    mine.code == co.code,
                    mine.consts == co.consts,
                    mine.linetable == co.linetable,
                    mine.exceptiontable == co.exceptiontable,
                    mine.stacksize,
                    co.stacksize
                );
                let (pa, pb) = (mine.positions(), co.positions());
                let k = (0..a.len().max(b.len())).find(|&k| {
                    a.get(k).map(|x| (x.opcode, x.oparg, pa[x.offset as usize / 2]))
                        != b.get(k).map(|x| (x.opcode, x.oparg, pb[x.offset as usize / 2]))
                });
                if let Some(k) = k {
                    for j in k.saturating_sub(4)..k + 6 {
                        println!(
                            "  {:?} | {:?}",
                            a.get(j)
                                .map(|x| (x.offset, x.opcode, x.oparg, pa[x.offset as usize / 2].line)),
                            b.get(j)
                                .map(|x| (x.offset, x.opcode, x.oparg, pb[x.offset as usize / 2].line))
                        )
                    }
                }
                if mine.exceptiontable != co.exceptiontable {
                    println!("{:?}\n{:?}", mine.exception_entries(), co.exception_entries())
                }
            }
        }
    }
    println!("{n} units, {same} same, {err} errors, {ann} with annotations differ");
}
