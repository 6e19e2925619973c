//! From IR (stage Lowered) to machine code. The only crate that names inkwell.
//!
//! In: a [`Unit`] (one Python module: its code objects and its IR) and the bitcode of the hot intrinsics. Out: an object file,
//! assembly or LLVM IR text. The surprising decision: debug locations carry the bytecode instruction in their column, so that the
//! line table of the object doubles as the table from return address to traceback position.
#![deny(unsafe_code)]

mod constants;
pub mod content;
mod data;
mod debug;
pub mod elf;
mod function;
pub mod hot;
mod optimise;
#[allow(unsafe_code)]
mod raw;
mod static_object;
mod symbols;

pub use static_object::write as data_object;
pub use symbols::{
    code_names, code_symbol, code_symbol_of_function, direct_symbol, module_symbol, resume_symbol, version_symbol,
};

use inkwell::context::Context;
use inkwell::module::Linkage;
use pyaot_code::{CodeObject, Constant};
use std::fmt;

/// Something that must not happen; names what was being made.
#[derive(Debug)]
pub struct Error(pub String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

impl From<inkwell::builder::BuilderError> for Error {
    fn from(error: inkwell::builder::BuilderError) -> Error {
        Error(error.to_string())
    }
}

impl From<inkwell::support::LLVMString> for Error {
    fn from(error: inkwell::support::LLVMString) -> Error {
        Error(error.to_string())
    }
}

impl From<inkwell::values::InstructionValueError> for Error {
    fn from(error: inkwell::values::InstructionValueError) -> Error {
        Error(error.to_string())
    }
}

/// One Python module on its way to an object file.
pub struct Unit<'a> {
    pub package: bool,
    pub stdlib: bool,
    /// A text for `eval` or `exec`.
    pub text: bool,
    /// `__file__`.
    pub filename: &'a str,
    /// Source text, raw deflate, and its length before.
    pub source: Option<(&'a [u8], usize)>,
    pub code: &'a CodeObject,
    pub module: &'a pyaot_ir::Module,
    pub part: Part,
}

/// What of a module an object file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// All of it.
    Whole,
    /// Static data: code objects, cells, the module's root; see [`data_object`].
    Data,
    /// The functions of the IR that have blocks with insts. What it names of the rest it names by symbols, and locations are relative,
    /// so that it stays the same while other functions change.
    Functions,
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// 0 to 3.
    pub opt_level: u8,
    /// Full debug information instead of line tables only.
    pub debug: bool,
    pub pie: bool,
    /// Accesses to memory are checked by AddressSanitizer.
    pub sanitize: bool,
    /// All functions are compiled like light ones.
    pub quick: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Object,
    Assembly,
    /// LLVM IR after optimisation.
    LlvmIr,
}

/// Code objects of a module in pre-order, the order of `pyaot_ir::Module::codes`.
pub fn code_objects(root: &CodeObject) -> Vec<&CodeObject> {
    fn visit<'a>(code: &'a CodeObject, out: &mut Vec<&'a CodeObject>) {
        out.push(code);
        for constant in &code.consts {
            if let Constant::Code(inner) = constant {
                visit(inner, out);
            }
        }
    }
    let mut out = Vec::new();
    visit(root, &mut out);
    out
}

/// The code objects of `unit`, as many as the IR has.
fn checked_codes<'a>(unit: &Unit<'a>) -> Result<Vec<&'a CodeObject>, Error> {
    let codes = code_objects(unit.code);
    if codes.len() != unit.module.codes.len() {
        return Err(Error(format!(
            "{} code objects but {} in the IR of {}",
            codes.len(),
            unit.module.codes.len(),
            unit.module.name
        )));
    }
    Ok(codes)
}

/// Makes the machine code of `unit`. `hot` is LLVM bitcode.
pub fn compile(unit: &Unit<'_>, options: &Options, hot: &[u8], form: Form) -> Result<Vec<u8>, Error> {
    let emitted = |f: &pyaot_ir::Function| unit.part == Part::Whole || !f.is_declaration();
    let light = options.quick
        || unit
            .module
            .functions
            .iter()
            .filter(|f| emitted(f))
            .all(|f| f.light || f.cold);
    let machine = optimise::target_machine(options, light)?;
    let context = Context::create();
    let module = context.create_module(&unit.module.name);
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    module.set_source_file_name(unit.filename);
    let codes = checked_codes(unit)?;
    let names = symbols::code_names(&unit.module.name, &codes);
    let debug = debug::Debug::new(&context, &module, unit, options);
    let mut data = data::Data::new(&context, &module, unit, codes, &names)?;
    data.declare_functions()?;
    if options.opt_level > 0 && !light {
        hot::link(&context, &module, hot)?;
    }
    for (index, function) in unit.module.functions.iter().enumerate().filter(|(_, f)| emitted(f)) {
        function::emit(&mut data, &debug, index, function, options)
            .map_err(|e| Error(format!("{} in function {}", e.0, function.name)))?;
    }
    debug.finish();
    if options.sanitize {
        optimise::sanitize(&context, &module);
    }
    // The static data gets its content after the passes: it refers to every function and to itself, and the call graph would
    // follow that from each function anew.
    if unit.part == Part::Whole {
        let kept = data.keep_constants();
        optimise::run(&module, &machine, options, light)?;
        data.finish()?;
        // Nothing is written for a global that another object is said to have.
        kept.set_linkage(Linkage::AvailableExternally);
    } else {
        optimise::run(&module, &machine, options, light)?;
        data.make_internal();
    }
    optimise::write(&module, &machine, form)
}
