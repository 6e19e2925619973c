//! A function in the IR's text form, through every stage of the back end.
use pyaot_code::{CodeObject, Constant, PyStr};
use pyaot_llvm::{Form, Options, Unit};

/// `global x; x = a + 1`, with an error exit.
const TEXT: &str = r#"
module "m"
const 0 = str "x"
const 1 = int 1
const 2 = none
const 3 = tuple (0, 1, 2)
global 0 = 0
caches 2
code 0 "<module>" consts (2, 3) direct 0 resume - params 1 consumed 0 arity 1 free 0 slots 0

func "<module>" code 0 direct lowered locals 1 scratch 2 {
b0(%0: any, %1: any):
  enter[]() @0 !b2()
  %2: any = const[#1]()
  %3: any = call[add](%1, %2) @1 !b1()
  %4: ptr = global_addr[$0]()
  %5: opt = take[0](%4)
  store[0](%4, %3)
  xdec[](%5)
  %6: any = const[#2]()
  leave[]()
  ret[](%6)
b1() cold:
  leave[]()
  jump[]() -> b2()
b2() cold:
  %7: opt = null[]()
  ret[](%7)
}
"#;

fn code() -> CodeObject {
    CodeObject {
        argcount: 1,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 2,
        flags: 3,
        code: vec![0; 8],
        consts: vec![Constant::None, Constant::tuple(vec![])],
        names: vec![PyStr::from("x")],
        localsplusnames: vec![PyStr::from("a")],
        localspluskinds: vec![0x26],
        filename: PyStr::from("m.py"),
        name: PyStr::from("<module>"),
        qualname: PyStr::from("<module>"),
        firstlineno: 1,
        linetable: vec![0xf0, 0x03, 0x01, 0x01, 0x01],
        exceptiontable: vec![],
    }
}

fn compile(form: Form, opt_level: u8) -> Vec<u8> {
    let module = pyaot_ir::text::parse_module(TEXT).unwrap_or_else(|e| panic!("{e:?}"));
    let code = code();
    let unit = Unit {
        package: false,
        stdlib: false,
        text: false,
        filename: "m.py",
        source: None,
        code: &code,
        module: &module,
        part: pyaot_llvm::Part::Whole,
    };
    let options = Options {
        opt_level,
        debug: false,
        pie: false,
        sanitize: false,
        quick: false,
    };
    // At level 0 nothing is inlined, so the bitcode is not read.
    pyaot_llvm::compile(&unit, &options, &[], form).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn llvm_ir_is_what_the_snapshot_says() {
    insta::assert_snapshot!(String::from_utf8_lossy(&compile(Form::LlvmIr, 0)));
}

#[test]
fn machine_code_is_the_same_each_time() {
    let object = compile(Form::Object, 0);
    assert_eq!(&object[..4], b"\x7fELF");
    assert_eq!(object, compile(Form::Object, 0));
}
