//! The only `unsafe` of the compiler: address arithmetic of the builder, which inkwell marks unsafe because LLVM does not
//! check the indices, and two LLVM functions that inkwell lacks.
use crate::Error;
use inkwell::builder::Builder;
use inkwell::llvm_sys::core::LLVMSetPersonalityFn;
use inkwell::llvm_sys::support::LLVMParseCommandLineOptions;
use inkwell::values::{AsValueRef, FunctionValue, IntValue, PointerValue};
use std::ffi::{CString, c_char, c_int};

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

/// Functions of the hot bitcode never unwind, but rustc gives each a personality, which inlining would copy.
pub fn remove_personality(function: FunctionValue<'_>) {
    // SAFETY: the function belongs to a live module; the null personality is how LLVM says "none".
    unsafe { LLVMSetPersonalityFn(function.as_value_ref(), std::ptr::null_mut()) }
}

/// Sets LLVM's command line options, which hold for the whole process. Called once, before any other use of LLVM.
pub fn parse_arguments(arguments: &[&str]) {
    let texts: Vec<CString> = ["pyaot"]
        .iter()
        .chain(arguments)
        .filter_map(|text| CString::new(*text).ok())
        .collect();
    let words: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
    // SAFETY: the array holds as many NUL-terminated texts as it says; LLVM copies what it keeps.
    unsafe { LLVMParseCommandLineOptions(words.len() as c_int, words.as_ptr(), std::ptr::null()) }
}
