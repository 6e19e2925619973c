//! `atexit`: callbacks at the end of the process, last registered first (CPython: Modules/atexitmodule.c).
use pyaot_core::call;
use pyaot_core::prelude::*;
use pyaot_core::types::{self, module};

struct Callback {
    function: Own,
    args: Vec<Own>,
    /// Values of the keywords stand behind the positional ones.
    kwnames: Option<Own>,
}
struct State(RefCell<Vec<Option<Callback>>>);
// SAFETY: the GIL guards it.
unsafe impl Sync for State {}
static STATE: State = State(RefCell::new(Vec::new()));

fn invoke(c: &Callback) -> PyResult {
    let words: Vec<Value> = c.args.iter().map(Own::value).collect();
    let keywords = c.kwnames.as_ref().map_or(0, |k| types::tuple::len(k.r()));
    call::call(
        c.function.r(),
        &Args::new(&words, words.len() - keywords, c.kwnames.as_ref().map(Own::r)),
    )
}

/// Runs and forgets all callbacks; errors go to `sys.unraisablehook`.
pub fn run() {
    loop {
        let last = STATE.0.borrow_mut().pop();
        let Some(last) = last else { return };
        let Some(c) = last else { continue };
        if invoke(&c).is_err() {
            exc::unraisable::write("Exception ignored in atexit callback", Some(c.function.r()));
        }
    }
}

fn register(a: &Args) -> PyResult {
    let Some(f) = a.get(0) else {
        return exc::type_error(format_args!("register() takes at least 1 argument (0 given)"));
    };
    if f.ty().head.vectorcall.get().is_none() {
        return exc::type_error(format_args!("the first argument must be callable"));
    }
    let (all, _, kwnames) = a.raw();
    let callback = Callback {
        function: f.own(),
        args: all[1..].iter().map(|v| Ref::from_value(*v).own()).collect(),
        kwnames: kwnames.map(Ref::own),
    };
    STATE.0.borrow_mut().push(Some(callback));
    Ok(f.own())
}

fn unregister(f: Ref) -> PyResult {
    let mut i = 0;
    loop {
        let candidate = match STATE.0.borrow().get(i) {
            None => return Ok(Own::none()),
            Some(c) => c.as_ref().map(|c| c.function.clone()),
        };
        if let Some(c) = candidate
            && protocol::equal(c.r(), f)?
        {
            let old = STATE.0.borrow_mut().get_mut(i).and_then(Option::take);
            drop(old);
        }
        i += 1;
    }
}

static FUNCTIONS: &[MethodDef] = &[
    raw(sig!("register(func, /, *args, **kwargs)"), |_, a| register(a)),
    one(sig!("unregister(func, /)"), |_, f| unregister(f)),
    noargs(sig!("_clear()"), |_| {
        let old = STATE.0.take();
        drop(old);
        Ok(Own::none())
    }),
    noargs(sig!("_run_exitfuncs()"), |_| {
        run();
        Ok(Own::none())
    }),
    noargs(sig!("_ncallbacks()"), |_| {
        Ok(Own::usize(STATE.0.borrow().iter().flatten().count()))
    }),
];

pub fn make() -> PyResult {
    let m = module::new("atexit")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    Ok(m)
}
