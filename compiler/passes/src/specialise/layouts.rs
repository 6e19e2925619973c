//! In which order instances get their attributes. In: the Raw `__init__` functions. Out: attributes that stand one behind the other in
//! whatever such an `__init__` has filled, so that one address serves for all of them.
//!
//! It is a guess: groups that are made by it ask the runtime for objects in this order.
use super::names::is_first_parameter;
use pyaot_abi::GROUP_NAMES;
use pyaot_ir::{CodeId, ConstId, Function, Inst, Op};
use std::collections::HashSet;

#[derive(Default)]
pub struct Layouts {
    /// Attributes that are stored one after the other, with the code that does it.
    runs: Vec<(CodeId, Vec<ConstId>)>,
}

impl Layouts {
    /// What an `__init__` stores to its first parameter. A run ends where other code may add attributes.
    pub fn note(&mut self, f: &Function, name_of: impl Fn(&Inst) -> Option<ConstId>) {
        let mut seen: HashSet<ConstId> = HashSet::new();
        let mut run: Vec<ConstId> = Vec::new();
        for (b, block) in f.blocks.iter().enumerate() {
            let mut always = None;
            for inst in &block.insts {
                let reads = matches!(inst.op, Op::SetLocal | Op::Release) || inst.calls("load_attr");
                if reads || !inst.args.iter().any(|v| is_first_parameter(block, *v)) {
                    continue;
                }
                let stored = inst.calls("store_attr") && is_first_parameter(block, inst.args[0]);
                match name_of(inst).filter(|_| stored) {
                    Some(name) if !seen.insert(name) => {}
                    Some(name) if *always.get_or_insert_with(|| is_on_all_ways(f, b)) => run.push(name),
                    _ => self.end(f.code, &mut run),
                }
            }
        }
        self.end(f.code, &mut run);
    }

    fn end(&mut self, code: CodeId, run: &mut Vec<ConstId>) {
        if run.len() > 1 {
            self.runs.push((code, std::mem::take(run)));
        }
        run.clear();
    }

    /// Instances that these functions fill have another order: that of `__slots__`.
    pub fn forget(&mut self, inits: &HashSet<CodeId>) {
        self.runs.retain(|(code, _)| !inits.contains(code));
    }

    /// The names in the order of their places, with None for a place between them; when all classes agree on it.
    pub fn of(&self, names: &[ConstId]) -> Option<Vec<Option<ConstId>>> {
        let mut found: Option<Vec<Option<ConstId>>> = None;
        for (_, run) in &self.runs {
            let places: Vec<usize> = run
                .iter()
                .enumerate()
                .filter(|(_, n)| names.contains(n))
                .map(|(i, _)| i)
                .collect();
            let (Some(first), Some(last)) = (places.first(), places.last()) else {
                continue;
            };
            if places.len() < 2 {
                continue;
            }
            let span: Vec<Option<ConstId>> = run[*first..=*last]
                .iter()
                .map(|name| names.contains(name).then_some(*name))
                .collect();
            if places.len() < names.len()
                || span.len() > GROUP_NAMES
                || found.as_ref().is_some_and(|have| *have != span)
            {
                return None;
            }
            found = Some(span);
        }
        found
    }
}

/// Every way through the function passes the block.
fn is_on_all_ways(f: &Function, block: usize) -> bool {
    let mut seen: HashSet<usize> = HashSet::from([block]);
    let mut work = vec![0];
    while let Some(b) = work.pop() {
        if !seen.insert(b) {
            continue;
        }
        for inst in &f.blocks[b].insts {
            if inst.op == Op::Ret {
                return false;
            }
            work.extend(inst.targets.iter().map(|edge| edge.block.index()));
        }
    }
    true
}
