//! Names and calls of compiled code.
use crate::call;
use crate::object::{Own, Ref, Value, decref, incref, to_abi, to_abi_status};
use crate::{builtins, types};
use pyaot_abi::{CodeObject, FunctionObject, ModuleStatic};

/// The name's cell is empty: builtins, else NameError.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_global(_module: *mut u8, name: Value, cell: *mut u8) -> Value {
    // SAFETY: the compiler passes the cell of the name.
    let v = unsafe { *cell.cast::<Value>() };
    if !v.is_null() {
        incref(v);
        return v;
    }
    let name = Ref::from_value(name);
    to_abi(builtins::lookup(name).and_then(|found| match found {
        Some(v) => Ok(v),
        None => super::names::not_defined(name),
    }))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_store_global(module: *mut u8, name: Value, cell: *mut u8, v: Value) -> i32 {
    // SAFETY: the compiler passes the cell of the name and the module's static data.
    unsafe {
        let cell = cell.cast::<Value>();
        if !(*cell).is_null() {
            decref(cell.replace(v));
            return 0;
        }
        let m = &*module.cast::<ModuleStatic>();
        to_abi_status(types::module::bind_cell(
            Ref::from_value(m.object.get()),
            Ref::from_value(name),
            cell,
            Own::from_value(v),
        ))
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call(callable: Value, args: *mut u8, nargsf: i64, kwnames: Value) -> Value {
    let callable = Ref::from_value(callable);
    match callable.ty().head.vectorcall.get() {
        // SAFETY: the vectorcall contract is the intrinsic's.
        Some(f) => unsafe { f(callable.value(), args.cast(), nargsf as u64, kwnames) },
        None => to_abi(call::not_callable(callable)),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_function_vectorcall(callable: Value, args: *mut u8, nargsf: i64, kwnames: Value) -> Value {
    // SAFETY: the vectorcall contract is the intrinsic's.
    unsafe { types::function::vectorcall(callable, args.cast(), nargsf as u64, kwnames) }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_make_function(code: *mut u8, module: *mut u8) -> Value {
    // SAFETY: static data of the compiler.
    let (code, m) = unsafe { (&*code.cast::<CodeObject>(), &*module.cast::<ModuleStatic>()) };
    to_abi(types::function::new(code, Ref::from_value(m.object.get())))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_make_function_like(code: *mut u8, function: Value) -> Value {
    // SAFETY: static data of the compiler; the compiler passes the running function.
    let (code, f) = unsafe {
        (
            &*code.cast::<CodeObject>(),
            Ref::from_value(function).cast::<FunctionObject>(),
        )
    };
    to_abi(types::function::new(code, Ref::from_value(f.module.get())))
}

/// A call as compiled code makes it; see the table for the array and the `owned` bits.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_call_python(callable: Value, args: *mut u8, n: i64, kwnames: Value, owned: i64) -> Value {
    let args = args.cast::<Value>();
    let (n, owned) = (n as usize, owned as u64);
    let keywords = if kwnames.is_null() {
        0
    } else {
        types::tuple::len(Ref::from_value(kwnames))
    };
    // SAFETY: the array holds self and n values.
    unsafe {
        let has_self = !(*args).is_null();
        let (first, count, offset) = if has_self {
            (args, n + 1, 0)
        } else {
            (args.add(1), n, pyaot_abi::ARGS_OFFSET)
        };
        let values = if has_self {
            (1u64 << (n + 1)) - 1
        } else {
            ((1u64 << n) - 1) << 1
        };
        let steal = if n < 62 && owned >> 1 & values == values {
            pyaot_abi::ARGS_STEAL
        } else {
            0
        };
        let nargsf = (count - keywords) as u64 | offset | steal;
        let r = pyaot_call(callable, first.cast(), nargsf as i64, kwnames);
        // What the callee left of the temporaries, last first.
        let mut rest = owned >> 1;
        while rest != 0 {
            let i = 63 - rest.leading_zeros() as usize;
            rest ^= 1 << i;
            decref(*args.add(i));
        }
        if owned & 1 != 0 {
            decref(callable);
        }
        r
    }
}
