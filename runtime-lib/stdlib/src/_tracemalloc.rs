//! `_tracemalloc` of a process that does not trace allocations: the questions have their answers, tracing cannot be started
//! (`start` is absent).
use pyaot_core::prelude::*;
use pyaot_core::types::{list, module};

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("is_tracing($module, /)"), |_| Ok(Own::bool(false)))
        .doc("Return True if the tracemalloc module is tracing Python memory allocations."),
    noargs(sig!("stop($module, /)"), |_| Ok(Own::none())).doc("Stop tracing Python memory allocations."),
    noargs(sig!("clear_traces($module, /)"), |_| Ok(Own::none()))
        .doc("Clear traces of memory blocks allocated by Python."),
    noargs(sig!("reset_peak($module, /)"), |_| Ok(Own::none()))
        .doc("Set the peak size of memory blocks traced by tracemalloc to the current size."),
    noargs(sig!("get_traced_memory($module, /)"), |_| {
        tuple::pair(Own::int(0), Own::int(0))
    })
    .doc("Get the current size and peak size of memory blocks traced by tracemalloc."),
    noargs(sig!("get_tracemalloc_memory($module, /)"), |_| Ok(Own::int(0)))
        .doc("Get the memory usage in bytes of the tracemalloc module."),
    noargs(sig!("get_traceback_limit($module, /)"), |_| Ok(Own::int(1)))
        .doc("Get the maximum number of frames stored in the traceback of a trace."),
    noargs(sig!("_get_traces($module, /)"), |_| list::new())
        .doc("Get traces of all memory blocks allocated by Python."),
    one(sig!("_get_object_traceback($module, obj, /)"), |_, _| Ok(Own::none()))
        .doc("Get the traceback where the Python object obj was allocated."),
];

pub fn make() -> PyResult {
    let m = module::new("_tracemalloc")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}
