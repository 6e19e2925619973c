//! Calls of the builtins that read their caller's frame: `super()`, `locals()`, `vars()`, `dir()`.
//!
//! Compiled functions keep their locals in registers. Where the compiler sees a call without arguments of such a name it hands the
//! content of the local slots along; if the name is bound to something else, this is an ordinary call.
use crate::call::builtin::BuiltinFunction;
use crate::object::{Own, PyResult, Ref, Value, to_abi};
use crate::types::cell::CellObject;
use crate::{builtins, call, exc, types};
use pyaot_abi::CodeObject;

/// Bits of `co_localspluskinds`.
const CELL: u8 = 0x40;
const FREE: u8 = 0x80;
const CO_OPTIMIZED: u32 = 1;

struct Frame<'a> {
    code: &'static CodeObject,
    namespace: Option<Ref<'a>>,
    slots: &'a [Value],
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call_in_frame(
    callable: Value,
    code: *mut u8,
    namespace: Value,
    locals: *mut u8,
    n: i32,
) -> Value {
    // SAFETY: the compiler passes its static code object and an array of n words.
    let frame = unsafe {
        Frame {
            code: &*code.cast::<CodeObject>(),
            namespace: Ref::from_nullable(namespace),
            slots: core::slice::from_raw_parts(locals.cast::<Value>(), n.max(0) as usize),
        }
    };
    to_abi(call_in_frame(Ref::from_value(callable), &frame))
}

fn call_in_frame(callable: Ref, frame: &Frame) -> PyResult {
    if callable.is(types::super_::SUPER_TYPE.r()) {
        return frame.super_object(callable);
    }
    let name = callable.downcast_exact::<BuiltinFunction>().and_then(|f| {
        let known = builtins::functions::FUNCTIONS.as_ptr_range();
        known.contains(&core::ptr::from_ref(f.def)).then_some(f.def.sig.name)
    });
    match name {
        Some("locals" | "vars") => frame.locals(),
        Some("dir") => builtins::functions::sorted_names(frame.locals()?.r()),
        _ => call::call0(callable),
    }
}

impl Frame<'_> {
    fn kind(&self, slot: usize) -> u8 {
        let kinds = types::bytes::methods::data(Ref::from_value(self.code.localspluskinds));
        kinds.get(slot).copied().unwrap_or(0)
    }

    /// What a slot holds, cells looked through.
    fn content(&self, slot: usize) -> Option<Ref<'_>> {
        let word = *self.slots.get(slot)?;
        let value = match Ref::from_nullable(word)
            .filter(|_| word != Value::UNBOUND)?
            .downcast_exact::<CellObject>()
        {
            Some(cell) if self.kind(slot) & (CELL | FREE) != 0 => cell.value.get(),
            _ => word,
        };
        Ref::from_nullable(value).filter(|_| value != Value::UNBOUND)
    }

    /// A snapshot; the namespace of a class body itself. CPython: Objects/frameobject.c, _PyFrame_GetLocals.
    fn locals(&self) -> PyResult {
        if let Some(namespace) = self.namespace.filter(|_| self.code.flags & CO_OPTIMIZED == 0) {
            return Ok(namespace.own());
        }
        let dict = types::dict::new();
        let names = types::tuple::items(Ref::from_value(self.code.localsplusnames));
        for (slot, name) in names.iter().enumerate() {
            if let Some(value) = self.content(slot) {
                types::dict::set(dict.r(), Ref::from_value(*name), value)?;
            }
        }
        Ok(dict)
    }

    /// CPython: Objects/typeobject.c, super_init_without_args.
    fn super_object(&self, super_type: Ref) -> PyResult<Own> {
        if self.code.argcount == 0 {
            return exc::runtime_error(format_args!("super(): no arguments"));
        }
        let Some(this) = self.content(0) else {
            return exc::runtime_error(format_args!("super(): arg[0] deleted"));
        };
        let names = types::tuple::items(Ref::from_value(self.code.localsplusnames));
        let is_class = |(slot, name): (usize, &Value)| {
            self.kind(slot) & FREE != 0 && types::str::as_ascii(Ref::from_value(*name)) == Some("__class__")
        };
        let Some(slot) = names.iter().enumerate().position(is_class) else {
            return exc::runtime_error(format_args!("super(): __class__ cell not found"));
        };
        match self.content(slot) {
            Some(class) => call::call2(super_type, class, this),
            None => exc::runtime_error(format_args!("super(): empty __class__ cell")),
        }
    }
}
