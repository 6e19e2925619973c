//! The only `unsafe` of the compiler: address arithmetic of the builder, which inkwell marks unsafe because LLVM does not
//! check the indices.
use crate::Error;
use inkwell::builder::Builder;
use inkwell::values::{IntValue, PointerValue};

/// `base` plus a number of bytes.
pub fn offset<'ctx>(
    builder: &Builder<'ctx>,
    base: PointerValue<'ctx>,
    bytes: IntValue<'ctx>,
) -> Result<PointerValue<'ctx>, Error> {
    // The byte type comes from the pointer's own context.
    let byte = base.get_type().get_context().i8_type();
    // SAFETY: one index into a byte-typed address is always well formed; whether the address is valid is the IR's affair.
    Ok(unsafe { builder.build_gep(byte, base, &[bytes], "") }?)
}
