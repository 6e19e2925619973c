use super::*;
use pyaot_ir::GlobalId;
use pyaot_ir::text::parse_module;

/// `count(n)` yields the ints below `n`, `total(n)` adds them.
const TEXT: &str = r#"
module "m"
const 0 = none
const 1 = int 0
const 2 = int 1
const 3 = str "n"
const 4 = str "count"
global 0 = 4
caches 0
code 0 "count" consts () direct 0 resume - params 1 consumed 0 arity 1 free 0 slots 0 plain generator names (3) positional 1 posonly 0 kwonly 0
code 1 "total" consts () direct 1 resume - params 1 consumed 0 arity 1 free 0 slots 0 plain names (3) positional 1 posonly 0 kwonly 0

func "count" code 0 direct raw locals 2 scratch 0 {
b0(%0: any, %1: any local 0):
  enter @0
  jump @0 -> b1(%0, %1)
b1(%2: any, %3: own any local 0):
  return_generator(%2) @0 -> b2(%2, %3)
b2(%4: any, %5: own any local 0):
  check_raised @0
  %6: any = const[#1]
  set_local[1](%6) @4
  jump @5 -> b3(%4, %5, %6)
b3(%7: any, %8: own any local 0, %9: own any local 1):
  %10: i32 = i32[0]
  %11: i32 = call[compare_bool](%9, %8, %10) @6
  br(%11) @8 -> b4(%7, %8, %9), b6(%7, %8, %9)
b4(%12: any, %13: own any local 0, %14: own any local 1):
  yield[0](%14) @12 -> b5(%12, %13, %14)
b5(%15: own any, %16: any, %17: own any local 0, %18: own any local 1):
  release(%15) @14
  %19: any = const[#2]
  %20: any = take_add[13](%18, %19) @17
  set_local[1](%20) @23
  poll @24
  jump @24 -> b3(%16, %17, %20)
b6(%21: any, %22: own any local 0, %23: own any local 1):
  %24: any = const[#0]
  release(%23)
  release(%22)
  leave
  ret(%24)
}

func "total" code 1 direct raw locals 3 scratch 0 {
b0(%0: any, %1: any local 0):
  enter @0
  jump @0 -> b1(%0, %1)
b1(%2: any, %3: any local 0):
  %4: any = const[#1]
  set_local[1](%4) @2
  %5: any = load_global[$0] @3
  %6: opt = null
  %7: any = call_python[0](%5, %6, %3) @9
  %8: any = call[get_iter](%7) @13
  %9: any = unbound
  jump @14 -> b2(%2, %3, %4, %9, %8)
b2(%10: any, %11: any local 0, %12: own any local 1, %13: own any local 2, %14: own any):
  %15: opt = call[iter_next](%14) @14
  br_null(%15) @14 -> b3(%10, %11, %12, %13, %14), b4(%10, %11, %12, %13, %14, %15)
b3(%16: any, %17: any local 0, %18: own any local 1, %19: own any local 2, %20: own any):
  check_raised @14
  release(%20) @28
  release(%19)
  leave
  ret(%18)
b4(%21: any, %22: any local 0, %23: own any local 1, %24: own any local 2, %25: own any, %26: own any):
  set_local[2](%26) @16
  release(%24) @16
  %27: any = take_add[13](%23, %26) @18
  set_local[1](%27) @24
  poll @25
  jump @25 -> b2(%21, %22, %27, %26, %25)
}
"#;

fn inlined(left: &Left) -> Result<(Module, Option<Inlined>), String> {
    let mut module = parse_module(TEXT).map_err(|e| format!("{e:?}"))?;
    module.bound.insert(GlobalId(0), CodeId(0));
    let functions = std::mem::take(&mut module.functions);
    let made = run(&mut module, &functions, left);
    Ok((module, made))
}

/// Blocks that are reached from `from` without a way out.
fn reached(f: &Function, from: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::from([from]);
    let mut work = vec![from];
    while let Some(b) = work.pop() {
        for edge in f.blocks[b].insts.iter().flat_map(|i| &i.targets) {
            if all.insert(edge.block.index()) {
                work.push(edge.block.index());
            }
        }
    }
    all
}

#[test]
fn the_loop_holds_the_body_of_the_generator() -> Result<(), String> {
    let (mut module, made) = inlined(&Left::new())?;
    let made = made.ok_or("nothing is inlined")?;
    assert_eq!(made.pairs, Pairs::from([(CodeId(1), CodeId(0))]));
    let total = &made.functions[1];
    let first = |b: usize| total.blocks[b].insts.first().map(|i| i.op);
    let start = (0..total.blocks.len()).find(|b| first(*b) == Some(Op::Inlined));
    let hot = reached(total, start.ok_or("no block of the generator")?);
    let insts = || hot.iter().flat_map(|b| &total.blocks[*b].insts);
    assert!(insts().all(|i| !i.calls("iter_next") && i.op != Op::Build));
    // Both additions, and one poll: the consumer's.
    assert_eq!(insts().filter(|i| i.op == Op::TakeAdd).count(), 2);
    assert_eq!(insts().filter(|i| i.op == Op::Poll).count(), 1);
    module.functions = made.functions;
    pyaot_ir::verify_module(&module)
}

#[test]
fn every_block_of_the_generator_has_a_way_to_an_object() -> Result<(), String> {
    let (_, made) = inlined(&Left::new())?;
    let made = made.ok_or("nothing is inlined")?;
    let mut numbers = BTreeSet::new();
    for inst in made.functions[1].blocks.iter().filter_map(|b| b.insts.first()) {
        if let (Op::Inlined, [_, Imm::Int(block)]) = (inst.op, &inst.imms[..]) {
            let edge = inst.error.as_ref().ok_or("no way out")?;
            let aside = made.functions[1].block(edge.block);
            assert!(aside.cold && aside.insts.iter().any(|i| i.op == Op::Build));
            numbers.insert(*block);
        }
    }
    // At all but the start an object goes on by its number.
    let mut creators = made.functions[0].blocks.iter().filter_map(|b| b.terminator());
    let creator = creators.find(|t| t.op == Op::ReturnGenerator).ok_or("no creator")?;
    let entries: BTreeSet<i64> = creator
        .imms
        .iter()
        .filter_map(|imm| match imm {
            Imm::Int(n) => Some(*n),
            _ => None,
        })
        .collect();
    numbers.remove(&2);
    assert_eq!(entries, numbers);
    Ok(())
}

#[test]
fn what_does_not_come_to_the_next_suspension_is_not_inlined() -> Result<(), String> {
    let left = Left::from([(CodeId(1), CodeId(0), 5)]);
    let (_, made) = inlined(&left)?;
    assert!(made.is_none());
    Ok(())
}
