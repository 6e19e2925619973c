//! Names and calls of compiled code.
use crate::call;
use crate::object::{Own, Ref, Value, decref, incref, to_abi, to_abi_status};
use crate::{builtins, exc, types};
use pyaot_abi::{CodeObject, FunctionObject, GlobalCell, ModuleStatic, guard, type_flag};

/// The name's cell is empty: builtins, else NameError.
#[unsafe(no_mangle)]
pub extern "C" fn pyaot_load_global(_module: *mut u8, name: Value, cell: *mut u8) -> Value {
    // SAFETY: the compiler passes the cell of the name.
    let cell = unsafe { &*cell.cast::<GlobalCell>() };
    for v in [cell.value.get(), cell.builtin.get()] {
        if !v.is_null() {
            incref(v);
            return v;
        }
    }
    let name = Ref::from_value(name);
    to_abi(builtins::lookup(name).and_then(|found| match found {
        Some(v) => {
            builtins::cache(cell, name, v.r());
            Ok(v)
        }
        None => super::names::not_defined(name),
    }))
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_store_global(module: *mut u8, name: Value, cell: *mut u8, v: Value) -> i32 {
    // SAFETY: the compiler passes the cell of the name and the module's static data.
    unsafe {
        let global = &*cell.cast::<GlobalCell>();
        if !global.value.get().is_null() {
            decref(global.value.replace(v));
            return 0;
        }
        if global.guard.get() == guard::BUILTIN {
            global.guard.set(guard::BROKEN);
        }
        let m = &*module.cast::<ModuleStatic>();
        to_abi_status(types::module::bind_cell(
            Ref::from_value(m.object.get()),
            Ref::from_value(name),
            cell.cast(),
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
    // SAFETY: the array holds self and n values.
    if let Some(r) = unsafe { call_function(callable, args, n, kwnames, owned) } {
        return r;
    }
    // SAFETY: as above.
    if let Some(r) = unsafe { construct(callable, args, n, kwnames, owned) } {
        return r;
    }
    // SAFETY: as above.
    if let Some(r) = unsafe { call_builtin(callable, args, n, kwnames, owned) } {
        return r;
    }
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
        drop_owned(callable, args, owned);
        r
    }
}

/// What the callee left of the temporaries, last first.
#[inline(always)]
unsafe fn drop_owned(callable: Value, args: *mut Value, owned: u64) {
    let mut rest = owned >> 1;
    while rest != 0 {
        let i = 63 - rest.leading_zeros() as usize;
        rest ^= 1 << i;
        // SAFETY: bit i + 1 says that the array holds a reference there.
        decref(unsafe { *args.add(i) });
    }
    if owned & 1 != 0 {
        decref(callable);
    }
}

/// The call of a Python function with just its parameters, or without some that have defaults, straight to the direct entry;
/// `None` for everything else.
///
/// # Safety
/// As for [`pyaot_call_python`].
#[inline(always)]
unsafe fn call_function(callable: Value, args: *mut Value, n: usize, kwnames: Value, mut owned: u64) -> Option<Value> {
    let f = Ref::from_value(callable).downcast_exact::<FunctionObject>()?;
    if !kwnames.is_null() {
        return None;
    }
    // SAFETY: the array holds self (or the null word) and n values; a function's code outlives it.
    unsafe {
        let skip = usize::from((*args).is_null());
        let total = n + 1 - skip;
        if f.fast_arity.get() != total as u32 {
            let code = &*f.code.get();
            let params = code.argcount as usize;
            let plain = params <= pyaot_abi::MAX_REGISTER_PARAMS as usize
                && code.nparams == code.argcount
                && !f.direct.get().is_null();
            if !plain || total > params {
                return None;
            }
            if total < params {
                return call_with_defaults(f, code, args, (skip, total), owned);
            }
            if code.consumed == 0 {
                return None;
            }
            take_consumed(code, args, (skip, total), &mut owned);
        }
        let r = types::function::call_direct(callable, f.direct.get(), args.add(skip), total);
        drop_owned(callable, args, owned);
        Some(r)
    }
}

/// An instance of a class whose `__init__` is a Python function with just these parameters.
#[inline(always)]
unsafe fn construct(callable: Value, args: *mut Value, n: usize, kwnames: Value, owned: u64) -> Option<Value> {
    let class = Ref::from_value(callable);
    // SAFETY: the array holds self (or the null word) and n values.
    if !core::ptr::eq(class.ty(), &types::type_::TYPE_TYPE) || !kwnames.is_null() || unsafe { !(*args).is_null() } {
        return None;
    }
    let ty = types::type_::cast(class);
    let is_exception = ty.has(type_flag::BASE_EXC);
    // SAFETY: as above.
    let words = unsafe { core::slice::from_raw_parts(args.add(1), n) };
    if is_exception && let Some(made) = exc::types::construct(ty, words) {
        // SAFETY: as above.
        unsafe { drop_owned(callable, args, owned) };
        return Some(to_abi(made));
    }
    let init = types::type_::constructor(ty)?;
    if init.fast_arity.get() != n as u32 + 1 || ty.has(type_flag::ABSTRACT) {
        return None;
    }
    let made = match is_exception {
        true => exc::types::make(ty, words),
        false => types::object::new_plain(ty),
    };
    let Ok(instance) = made else {
        // SAFETY: as above.
        unsafe { drop_owned(callable, args, owned) };
        return Some(Value::NULL);
    };
    // The function may replace itself while it runs.
    let function = Ref::from_object(init).own();
    // SAFETY: as above; the place of self is the array's.
    let r = unsafe {
        *args = instance.r().value();
        let r = types::function::call_direct(function.r().value(), init.direct.get(), args, n + 1);
        *args = Value::NULL;
        drop_owned(callable, args, owned);
        r
    };
    let done = Own::from_abi(r).and_then(|r| crate::typeobj::slot_functions::check_init_result(r.r()));
    Some(to_abi(done.map(|()| instance)))
}

/// Consumed parameters become the callee's: a temporary moves, anything else gets a reference.
#[inline(always)]
unsafe fn take_consumed(code: &CodeObject, args: *mut Value, (skip, total): (usize, usize), owned: &mut u64) {
    let mut consumed = code.consumed & ((1 << total) - 1);
    while consumed != 0 {
        let i = skip + consumed.trailing_zeros() as usize;
        consumed &= consumed - 1;
        if *owned >> (i + 1) & 1 != 0 {
            *owned &= !(1 << (i + 1));
        } else {
            // SAFETY: the array holds `skip + total` values.
            incref(unsafe { *args.add(i) });
        }
    }
}

/// The last parameters get their defaults; `None` when there are too few of them.
#[inline(never)]
unsafe fn call_with_defaults(
    f: &FunctionObject,
    code: &CodeObject,
    args: *mut Value,
    (skip, total): (usize, usize),
    mut owned: u64,
) -> Option<Value> {
    let defaults = types::tuple::items(Ref::from_nullable(f.defaults.get())?);
    let params = code.argcount as usize;
    let first = (total + defaults.len()).checked_sub(params)?;
    let missing = &defaults[first..];
    let mut slots = [Value::NULL; pyaot_abi::MAX_REGISTER_PARAMS as usize];
    let callable = Value::from_ptr(f);
    // SAFETY: as for `call_function`.
    unsafe {
        take_consumed(code, args, (skip, total), &mut owned);
        for (i, slot) in slots[..total].iter_mut().enumerate() {
            *slot = *args.add(skip + i);
        }
        // The callee may replace the function's defaults while it uses them.
        for (slot, value) in slots[total..params].iter_mut().zip(missing) {
            incref(*value);
            *slot = *value;
        }
        let r = types::function::call_direct(callable, f.direct.get(), slots.as_mut_ptr(), params);
        for (i, value) in slots.iter().enumerate().take(params).skip(total) {
            if code.consumed >> i & 1 == 0 {
                decref(*value);
            }
        }
        drop_owned(callable, args, owned);
        Some(r)
    }
}

/// The call of a function or method of the runtime with positional arguments; `None` for everything else.
///
/// # Safety
/// As for [`pyaot_call_python`].
#[inline(always)]
unsafe fn call_builtin(callable: Value, args: *mut Value, n: usize, kwnames: Value, owned: u64) -> Option<Value> {
    if !kwnames.is_null() {
        return None;
    }
    let c = Ref::from_value(callable);
    // SAFETY: the array holds self (or the null word) and n values.
    unsafe {
        let (def, this) = match Ref::from_nullable(*args) {
            Some(this) => match types::descr::method_body(c, this) {
                Some(def) => (def, this),
                None => {
                    let words = core::slice::from_raw_parts(args.add(1), n);
                    let r = types::descr::call_wrapper(c, this, words)?;
                    drop_owned(callable, args, owned);
                    return Some(to_abi(r));
                }
            },
            None => call::builtin::body(c)?,
        };
        let r = to_abi(def.invoke_positional(this, core::slice::from_raw_parts(args.add(1), n)));
        drop_owned(callable, args, owned);
        Some(r)
    }
}
