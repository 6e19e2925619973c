//! `pyaot_lower`: the only bridge from code objects to the IR (stage Raw).
//!
//! In: the code object of a module with all code objects in its constants. Out: a [`Module`] with one function per code
//! object. Bytecode is interpreted abstractly: the stack and the local variables become SSA values and block parameters.
//! Surprising decision: a load of a local is no operation at all; stack entries and locals may name the same value, and the
//! counting pass finds out who owns it (see `pyaot_ir`).
#![forbid(unsafe_code)]

mod analysis;
mod attr;
mod binary;
mod build;
mod call;
mod consts;
mod control;
mod dispatch;
mod exceptions;
mod frame;
mod generators;
mod imports;
mod locals;
mod matching;
mod names;
mod stack;

use pyaot_code::{CodeObject, Constant, co};
use pyaot_ir::{CodeId, CodeInfo, Module, Signature};
use std::sync::Arc;

/// A code object that cannot be lowered: it is damaged, or not what a compiler makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LowerError {
    /// Qualified name of the code object.
    pub code: String,
    /// Byte offset of the instruction.
    pub offset: Option<u32>,
    pub message: String,
}

impl std::fmt::Display for LowerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot compile the bytecode of {}", self.code)?;
        if let Some(offset) = self.offset {
            write!(f, " at offset {offset}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for LowerError {}

/// All code objects of a module in pre-order; the position is the [`CodeId`].
pub fn code_objects(root: &Arc<CodeObject>) -> Vec<Arc<CodeObject>> {
    let mut out = Vec::new();
    let mut stack = vec![root.clone()];
    while let Some(code) = stack.pop() {
        for constant in code.consts.iter().rev() {
            if let Constant::Code(inner) = constant {
                stack.push(inner.clone());
            }
        }
        out.push(code);
    }
    out
}

/// Number of code objects in `code` and its constants.
fn tree_size(code: &CodeObject) -> u32 {
    let mut size = 0;
    let mut stack = vec![code];
    while let Some(code) = stack.pop() {
        size += 1;
        stack.extend(code.consts.iter().filter_map(|c| match c {
            Constant::Code(inner) => Some(&**inner),
            _ => None,
        }));
    }
    size
}

/// Lowers a module. `name` is its dotted name.
pub fn lower_module(name: &str, root: &Arc<CodeObject>) -> Result<Module, LowerError> {
    lower(name, root, false)
}

/// Lowers the code of a text that the program will hand to `eval` or `exec`. Its root takes the namespace of the local names, like
/// a class body; all its code reads and writes globals through the running function.
pub fn lower_text(name: &str, root: &Arc<CodeObject>) -> Result<Module, LowerError> {
    lower(name, root, true)
}

fn lower(name: &str, root: &Arc<CodeObject>, text: bool) -> Result<Module, LowerError> {
    let mut module = Module::new(name);
    let codes = code_objects(root);
    for (i, code) in codes.iter().enumerate() {
        let info = describe(&mut module, CodeId(i as u32), code, i == 0 && !text);
        module.codes.push(info);
    }
    for (i, code) in codes.iter().enumerate() {
        let function = frame::lower_code(&mut module, CodeId(i as u32), code, text)?;
        module.codes[i].direct = Some(module.functions.len() as u32);
        module.functions.push(function);
    }
    Ok(module)
}

/// Whether the code is the body of a class: it runs in a namespace instead of fast locals.
fn is_class_body(code: &CodeObject, is_module: bool) -> bool {
    !is_module && code.flags & co::OPTIMIZED == 0
}

fn is_generator(code: &CodeObject) -> bool {
    code.flags & (co::GENERATOR | co::COROUTINE | co::ASYNC_GENERATOR) != 0
}

fn signature(module: &mut Module, code: &CodeObject) -> Signature {
    let names = code.localsplusnames.iter().take(analysis::param_slots(code) as usize);
    Signature {
        names: names.map(|name| module.add_str(&name.to_string_lossy())).collect(),
        positional: code.argcount,
        posonly: code.posonlyargcount,
        kwonly: code.kwonlyargcount,
        star: code.flags & co::VARARGS != 0,
        keywords: code.flags & co::VARKEYWORDS != 0,
    }
}

fn describe(module: &mut Module, id: CodeId, code: &CodeObject, is_module: bool) -> CodeInfo {
    let mut next = id.0 + 1;
    let mut consts = Vec::with_capacity(code.consts.len());
    for constant in &code.consts {
        consts.push(consts::add(module, constant, CodeId(next)));
        if let Constant::Code(inner) = constant {
            next += tree_size(inner);
        }
    }
    let class = is_class_body(code, is_module);
    let nparams = analysis::param_slots(code);
    let consumed = analysis::consumed_params(code);
    let plain_params =
        !class && !is_module && code.kwonlyargcount == 0 && code.flags & (co::VARARGS | co::VARKEYWORDS) == 0;
    let simple = plain_params && consumed == 0 && nparams <= pyaot_abi::MAX_REGISTER_PARAMS;
    CodeInfo {
        name: code.qualname.to_string_lossy(),
        consts,
        direct: None,
        resume: None,
        nparams: if class { 1 } else { nparams },
        consumed,
        plain_params,
        makes_generator: code.flags & co::GENERATOR != 0,
        fast_arity: simple.then_some(nparams),
        nfree: code.freevars().count() as u32,
        frame_slots: 0,
        signature: if class || is_module {
            Signature::default()
        } else {
            signature(module, code)
        },
    }
}
