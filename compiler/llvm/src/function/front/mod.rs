//! Functions that often return at once do so before they set up anything. In: Lowered IR. Out: a front of the function.
//!
//! What stands between a function's entry and a return without a call of the runtime (`if n < 2: return n`, `self.n += 1; return self.x`)
//! is a machine function of its own, in which no depth is counted and no registers are saved; on every other way it goes on to the
//! function proper, which makes its tests again. So a way has all its tests before its first effect. The recursion limit holds in both.
//! (LLVM lets all returns of a function be one, so it finds no such way by itself.) Small fronts are inlined into their callers: the call
//! that is left there is the one of the function proper, so no frame is missed.
mod memory;
mod plain;
mod resumed;
mod way;

use pyaot_ir::{Block, BlockId, CacheId, Function, Kind, Module, Op};
use std::collections::HashSet;

/// A function's front.
pub struct Front {
    pub ir: Function,
    /// The block that stands for the function proper.
    pub rest: BlockId,
    pub inlined: bool,
    /// Groups that it fills itself: those of code that belongs to another object.
    pub admits: HashSet<CacheId>,
}

/// `is_imported`: the function belongs to another object, which has its function proper.
pub fn of(module: &Module, f: &Function, is_imported: bool) -> Option<Front> {
    let starts = f.blocks[0].insts.first().is_some_and(|i| i.op == Op::Enter);
    if !starts || f.cold {
        return None;
    }
    match f.kind {
        Kind::Resume => resumed::of(f),
        Kind::Direct => plain::of(module, f, is_imported).0,
        Kind::Version(_) => {
            let (front, calls) = plain::of(module, f, is_imported);
            // Another object may find a way, where it has the code of more functions.
            front.or_else(|| (calls && !is_imported).then(|| empty(f)))
        }
    }
}

/// A front without a way.
fn empty(f: &Function) -> Front {
    let entry = Block {
        params: f.blocks[0].params.clone(),
        ..Block::default()
    };
    let ir = Function {
        values: f.values.clone(),
        blocks: vec![entry],
        ..f.without_blocks()
    };
    Front {
        ir,
        rest: BlockId(0),
        inlined: true,
        admits: HashSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyaot_ir::text::parse_module;

    /// `self.a = x; return g(self)` and its `g`, which gives `self.a` if it is an int.
    const TEXT: &str = r#"
module "m"
const 0 = str "a"
const 1 = str "b"
const 2 = tuple (0, 1)
const 3 = none
caches 8
code 0 "f" consts () direct 0 resume - params 3 consumed 0 arity 3 free 0 slots 0

func "f" code 0 version 0 lowered locals 2 scratch 0 {
b0(%0: any, %1: any, %2: any):
  enter @0 !b1()
  guard_group[~0, #2, 66](%1) @1 !b1()
  %3: ptr = group_slot[~0, 0, #2, 2](%1) @1
  %4: any = take[0](%3) @1
  inc(%2)
  store[0](%3, %2) @1
  dec(%4) @1
  %5: any = const[#3] @2
  %6: i64, %7: i32 = call_version[1, 0](%5, %1, %2) @2
  %8: opt = own_bits(%6) @2
  %9: any = raise_null(%8) @2 !b1()
  leave @3
  ret(%9) @3
b1() cold:
  %10: opt = null
  ret(%10)
}

func "f" code 0 version 1 lowered locals 2 scratch 0 {
b0(%0: any, %1: any, %2: any):
  enter @0 !b1()
  guard_group[~4, #2, 66](%1) @1 !b1()
  %3: ptr = group_slot[~4, 0, #2, 2](%1) @1
  %4: any = load[0](%3) @1
  %5: i64 = guard_int(%4) @1 !b1()
  inc(%4)
  leave @3
  ret(%4) @3
b1() cold:
  %10: opt = null
  ret(%10)
}
"#;

    #[test]
    fn a_way_leads_through_a_call_with_all_tests_before_its_store() -> Result<(), String> {
        let mut module = parse_module(TEXT).map_err(|e| format!("{e:?}"))?;
        module.versions = vec![0, 1];
        let front = of(&module, &module.functions[0], false).ok_or("no front")?;
        let ops: Vec<Op> = front.ir.blocks[0].insts.iter().map(|inst| inst.op).collect();
        let store = ops.iter().position(|op| *op == Op::Store).ok_or("no store")?;
        assert!(ops[..store].contains(&Op::GuardInt) && ops[..store].contains(&Op::DepthFree));
        assert!(!ops.contains(&Op::CallVersion));
        assert!(
            front.ir.blocks[0].insts[store..]
                .iter()
                .all(|inst| inst.error.is_none())
        );
        // The callee loads what was stored.
        assert_eq!(ops.iter().filter(|op| **op == Op::Load).count(), 1);
        Ok(())
    }

    #[test]
    fn a_version_whose_callee_is_elsewhere_can_still_be_gone_on_to() -> Result<(), String> {
        let mut module = parse_module(TEXT).map_err(|e| format!("{e:?}"))?;
        module.versions = vec![0, 1];
        module.functions[1].blocks.clear();
        let front = of(&module, &module.functions[0], false).ok_or("no front")?;
        assert!(front.ir.blocks[0].insts.is_empty());
        assert!(of(&module, &module.functions[0], true).is_none());
        Ok(())
    }
}
