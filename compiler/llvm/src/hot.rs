//! Links the bitcode of the hot intrinsics into a module, as bodies that may be inlined but are never emitted.
//!
//! rustc's choice of processor, stack probes and PLT use is removed: the functions must be inlinable into ours.
use crate::{Error, raw};
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::{Linkage, Module};

pub fn link<'ctx>(context: &'ctx Context, module: &Module<'ctx>, bitcode: &[u8]) -> Result<(), Error> {
    let hot = parse(context, bitcode)?;
    hot.set_source_file_name("hot");
    module.link_in_module(hot)?;
    let enum_kinds = ["nonlazybind", "uwtable"].map(Attribute::get_named_enum_kind_id);
    for function in module.get_functions() {
        let name = function.get_name().to_string_lossy().into_owned();
        if !name.starts_with("pyaot_") || function.count_basic_blocks() == 0 {
            continue;
        }
        function.set_linkage(Linkage::AvailableExternally);
        raw::remove_personality(function);
        for key in ["probe-stack", "target-cpu", "target-features"] {
            function.remove_string_attribute(AttributeLoc::Function, key);
        }
        for kind in enum_kinds {
            function.remove_enum_attribute(AttributeLoc::Function, kind);
        }
    }
    Ok(())
}

fn parse<'ctx>(context: &'ctx Context, bitcode: &[u8]) -> Result<Module<'ctx>, Error> {
    let buffer = MemoryBuffer::create_from_memory_range_copy(bitcode, "hot");
    Module::parse_bitcode_from_buffer(&buffer, context).map_err(|e| Error(format!("hot bitcode: {e}")))
}

/// Symbols that the bitcode needs from elsewhere; a test compares them with the intrinsic table.
pub fn undefined_symbols(bitcode: &[u8]) -> Result<Vec<String>, Error> {
    let context = Context::create();
    let module = parse(&context, bitcode)?;
    let functions = module
        .get_functions()
        .filter(|f| f.count_basic_blocks() == 0)
        .map(|f| f.get_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("llvm."));
    let globals = module
        .get_globals()
        .filter(|g| g.is_declaration())
        .map(|g| g.get_name().to_string_lossy().into_owned());
    Ok(functions
        .chain(globals)
        .filter(|name| name != "rust_eh_personality")
        .collect())
}
