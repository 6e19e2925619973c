//! Target machine, pass pipeline, and the written form.
//!
//! Levels 2 and 3 have a pipeline of their own: the passes of LLVM's that find something in code full of type tests, once each
//! ([`USUAL`]). The other levels are LLVM's without the vectorisers. Light code (the library, what runs rarely) is mostly calls: it
//! gets a few cheap passes and the quick instruction selector, but always the good register allocator, without which it would be
//! twice as large.
use crate::{Error, Form, Options, raw};
use inkwell::OptimizationLevel;
use inkwell::context::Context;
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::{CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine, TargetTriple};
use std::sync::Once;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";
const CPU: &str = "x86-64";

/// What the quick pipeline runs.
const LIGHT: &str = "function(simplifycfg,early-cse,simplifycfg)";

/// What own code gets from level 2 on. Against `default<O2>` it takes 45 % of the time, and the programs of the benchmarks execute as many
/// instructions (between 1.7 % fewer and 0.1 % more). Unless told otherwise, `instcombine` in a text ends the process where one round
/// leaves it something to do.
const USUAL: &str = "always-inline,cgscc(inline),function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,\
    jump-threading,correlated-propagation,simplifycfg,loop-mssa(loop-rotate,licm),loop(indvars),gvn,\
    instcombine<no-verify-fixpoint>,dse,simplifycfg)";

/// Settings for the whole process.
const LLVM_ARGUMENTS: &[&str] = &[
    "-regalloc=greedy",
    "-optimize-regalloc",
    // Error exits merge hundreds of constant positions: their live ranges are corrected once, not after each.
    "-late-remat-update-threshold=1",
    // Saves the work on locations of variables, which the debug information lacks.
    "-experimental-debug-variable-locations=false",
    // Zones between the static data of a module would change its layout, which the runtime knows.
    "-asan-globals=0",
];

/// `light`: for code whose size is compile time.
pub fn target_machine(options: &Options, light: bool) -> Result<TargetMachine, Error> {
    static INITIALISED: Once = Once::new();
    INITIALISED.call_once(|| {
        Target::initialize_x86(&InitializationConfig::default());
        raw::parse_arguments(LLVM_ARGUMENTS);
    });
    let triple = TargetTriple::create(TRIPLE);
    let target = Target::from_triple(&triple)?;
    let level = match options.opt_level {
        0 => OptimizationLevel::None,
        _ if light => OptimizationLevel::None,
        1 => OptimizationLevel::Less,
        2 => OptimizationLevel::Default,
        _ => OptimizationLevel::Aggressive,
    };
    let relocation = if options.pie { RelocMode::PIC } else { RelocMode::Static };
    target
        .create_target_machine(&triple, CPU, "", level, relocation, CodeModel::Default)
        .ok_or_else(|| Error(format!("LLVM has no target machine for {TRIPLE}")))
}

/// Has every access of the functions to memory checked: those that are inlined, and those that stay.
pub fn sanitize(context: &Context, module: &Module<'_>) {
    for function in module.get_functions().filter(|f| f.count_basic_blocks() > 0) {
        crate::function::add_attribute(context, function, "sanitize_address");
    }
}

/// `light` as for [`target_machine`].
pub fn run(module: &Module<'_>, machine: &TargetMachine, options: &Options, light: bool) -> Result<(), Error> {
    if cfg!(debug_assertions) || options.opt_level == 0 {
        module.verify()?;
    }
    let settings = PassBuilderOptions::create();
    settings.set_loop_vectorization(false);
    settings.set_loop_slp_vectorization(false);
    settings.set_loop_interleaving(false);
    let passes = match options.opt_level {
        0 => "default<O0>",
        _ if light => LIGHT,
        1 => "default<O1>",
        _ => USUAL,
    };
    module.run_passes(passes, machine, settings)?;
    if options.sanitize {
        module.run_passes("asan", machine, PassBuilderOptions::create())?;
    }
    Ok(())
}

pub fn write(module: &Module<'_>, machine: &TargetMachine, form: Form) -> Result<Vec<u8>, Error> {
    Ok(match form {
        Form::LlvmIr => module.print_to_string().to_bytes().to_vec(),
        Form::Object => machine
            .write_to_memory_buffer(module, FileType::Object)?
            .as_slice()
            .to_vec(),
        Form::Assembly => machine
            .write_to_memory_buffer(module, FileType::Assembly)?
            .as_slice()
            .to_vec(),
    })
}
