use super::*;
use pyaot_ir::text::parse_module;

/// `f` is called with a text and a slice of it, `g` with a list of lists, `h` with a text.
const TEXT: &str = r#"
module "m"
const 0 = none
const 1 = int 0
const 2 = int 1
const 3 = str "abc"
const 4 = slice (2, 0, 0)
const 5 = str "f"
const 6 = str "g"
const 7 = str "h"
const 8 = str "a"
const 9 = str "later"
const 10 = str "x"
global 0 = 5
global 1 = 6
global 2 = 7
global 3 = 8
global 4 = 9
bound 0 = 1
bound 1 = 2
bound 2 = 3
caches 0
code 0 "<module>" consts (0, 1, 2, 3, 4) direct 0 resume - params 0 consumed 0 arity - free 0 slots 0
code 1 "f" consts (1) direct 1 resume - params 1 consumed 0 arity 1 free 0 slots 0 plain names (10) positional 1 posonly 0 kwonly 0
code 2 "g" consts (1) direct 2 resume - params 1 consumed 0 arity 1 free 0 slots 0 plain names (10) positional 1 posonly 0 kwonly 0
code 3 "h" consts (1) direct 3 resume - params 1 consumed 0 arity 1 free 0 slots 0 plain names (10) positional 1 posonly 0 kwonly 0

func "<module>" code 0 direct raw locals 0 scratch 0 cold {
b0(%0: any):
  enter @0
  %1: any = const[#3]
  store_global[$3](%1) @1
  %2: any = load_global[$0] @2
  %3: any = load_global[$3] @3
  %4: opt = null
  %5: any = call_python[0](%2, %4, %3) @4
  release(%5) @4
  %6: any = load_global[$0] @5
  %7: any = load_global[$3] @6
  %8: any = const[#4]
  %9: any = call[getitem](%7, %8) @7
  %10: any = call_python[0](%6, %4, %9) @8
  release(%10) @8
  %11: any = load_global[$1] @9
  %12: any = const[#2]
  %13: any = build[build_list](%12) @10
  %14: any = build[build_list](%13) @11
  %15: any = call_python[0](%11, %4, %14) @12
  release(%15) @12
  %16: any = load_global[$2] @13
  %17: any = call_python[0](%16, %4, %1) @14
  release(%17) @14
  LATER
  %19: any = const[#0]
  leave @16
  ret(%19) @16
}
"#;

/// A function that takes the first item of its argument.
const FUNCTION: &str = r#"
func "NAME" code CODE direct raw locals 1 scratch 0 {
b0(%0: any, %1: any local 0):
  enter @0
  jump @0 -> b1(%0, %1)
b1(%2: any, %3: any local 0):
  %4: any = const[#1]
  %5: any = call[getitem](%3, %4) @1
  leave @2
  ret(%5) @2
}
"#;

/// What the parameter of each function and its first item are.
fn found(later: &str) -> Vec<Vec<(u32, u16)>> {
    let mut text = TEXT.replace("LATER", later);
    for (code, name) in (1..).zip(["f", "g", "h"]) {
        text += &FUNCTION.replace("NAME", name).replace("CODE", &code.to_string());
    }
    let mut module = parse_module(&text).unwrap_or_else(|e| panic!("{e}"));
    let functions = std::mem::take(&mut module.functions);
    let kinds = of(&module, &functions);
    let of_code = |code: u32| {
        let mut all: Vec<(u32, u16)> = kinds[&CodeId(code)].iter().map(|(v, is)| (v.0, *is)).collect();
        all.sort();
        all
    };
    (1..4).map(of_code).collect()
}

#[test]
fn arguments_and_items() {
    assert_eq!(
        found(""),
        [
            vec![(3, STR), (5, STR)],
            vec![(3, LIST), (5, LIST)],
            vec![(3, STR), (5, STR)]
        ]
    );
}

#[test]
fn a_function_that_goes_elsewhere() {
    let later = "%18: any = load_global[$2] @15\n  store_global[$4](%18) @15";
    assert_eq!(found(later)[2], []);
}

#[test]
fn a_global_with_two_kinds() {
    let later = "%18: any = build[build_list](%12) @15\n  store_global[$3](%18) @15";
    assert_eq!(found(later)[0], []);
}
