//! `gc`: the cyclic collector's controls (CPython: Modules/gcmodule.c).
use pyaot_core::gc::{self, STATE, collect};
use pyaot_core::istr;
use pyaot_core::object::{Header, alloc, flag};
use pyaot_core::prelude::*;
use pyaot_core::types::{int, list, module};

pub fn make() -> PyResult {
    let m = module::new("gc")?;
    module::add_functions(m.r(), FUNCTIONS)?;
    let garbage = list::new()?;
    *STATE.garbage.borrow_mut() = Some(garbage.clone());
    module::add(m.r(), "garbage", garbage)?;
    let callbacks = list::new()?;
    CALLBACKS.0.set(callbacks.clone().into_value());
    STATE.hook.set(Some(run_callbacks));
    module::add(m.r(), "callbacks", callbacks)?;
    for (name, v) in [
        ("DEBUG_STATS", 1),
        ("DEBUG_COLLECTABLE", 2),
        ("DEBUG_UNCOLLECTABLE", 4),
        ("DEBUG_SAVEALL", 32),
        ("DEBUG_LEAK", 38),
    ] {
        module::add(m.r(), name, Own::int(v))?;
    }
    Ok(m)
}

struct Held(Cell<Value>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Held {}
/// `gc.callbacks`.
static CALLBACKS: Held = Held(Cell::new(Value::NULL));
struct Flags(Cell<i64>);
// SAFETY: the GIL guards it.
unsafe impl Sync for Flags {}
static DEBUG: Flags = Flags(Cell::new(0));

static FUNCTIONS: &[MethodDef] = &[
    noargs(sig!("enable()"), |_| {
        STATE.enabled.set(true);
        Ok(Own::none())
    }),
    noargs(sig!("disable()"), |_| {
        STATE.enabled.set(false);
        Ok(Own::none())
    }),
    noargs(sig!("isenabled()"), |_| Ok(Own::bool(STATE.enabled.get()))),
    bound(sig!("collect(generation=2)"), |_, b| {
        let g = b.get(0).map_or(Ok(2), int::as_isize)?;
        if !(0..=2).contains(&g) {
            return exc::value_error(format_args!("invalid generation"));
        }
        Ok(Own::usize(gc::run(g as u32)))
    }),
    noargs(sig!("get_debug()"), |_| Ok(Own::int(DEBUG.0.get()))),
    one(sig!("set_debug(flags, /)"), |_, v| {
        let f = int::as_i64(v)?;
        DEBUG.0.set(f);
        STATE.save_all.set(f & 32 != 0);
        Ok(Own::none())
    }),
    raw(sig!("set_threshold(threshold0, [threshold1, [threshold2]])"), |_, a| {
        a.no_keywords("set_threshold")?;
        a.count("set_threshold", 1, 3)?;
        for (i, v) in a.iter().enumerate() {
            STATE.thresholds[i].set(int::as_isize(v)? as i64);
        }
        Ok(Own::none())
    }),
    noargs(sig!("get_threshold()"), |_| {
        tuple::try_from_vec(STATE.thresholds.iter().map(|t| Own::int(t.get())).collect())
    }),
    noargs(sig!("get_count()"), |_| {
        let young = alloc::YOUNG_COUNT.0.get().max(0);
        tuple::try_from_vec(vec![
            Own::int(young),
            Own::int(STATE.counts[0].get()),
            Own::int(STATE.counts[1].get()),
        ])
    }),
    noargs(sig!("get_stats()"), |_| {
        let all = list::new()?;
        for s in &STATE.stats {
            let d = dict::new();
            for (name, c) in ["collections", "collected", "uncollectable"].iter().zip(s) {
                dict::set(d.r(), str_::intern(name).r(), Own::uint(c.get()).r())?;
            }
            list::append(all.r(), d)?;
        }
        Ok(all)
    }),
    bound(sig!("get_objects(generation=None)"), |_, b| {
        let wanted = b.get_not_none(0).map(int::as_isize).transpose()?;
        if let Some(g) = wanted {
            if g >= 3 {
                return exc::value_error(format_args!(
                    "generation must be less than the number of available generations (3)"
                ));
            }
            if g < 0 {
                return exc::value_error(format_args!("generation cannot be negative"));
            }
        }
        let mut found = Vec::new();
        alloc::for_each_container(2, |p| {
            // SAFETY: enumerated objects are live.
            let h = unsafe { &*p };
            if h.flags.get() & (flag::DYING | flag::IMMORTAL) == 0
                && wanted.is_none_or(|g| collect::generation(h) as isize == g)
            {
                found.push(Ref::from_value(Value::from_ptr(p)).own());
            }
        });
        let out = list::new()?;
        for o in found {
            list::append(out.r(), o)?;
        }
        Ok(out)
    }),
    one(sig!("is_tracked(obj, /)"), |_, v| {
        Ok(Own::bool(is_container(v) && !only_atoms(v)))
    }),
    one(sig!("is_finalized(obj, /)"), |_, v| {
        Ok(Own::bool(
            v.header().is_some_and(|h| h.flags.get() & flag::FINALIZED != 0),
        ))
    }),
    raw(sig!("get_referents(*objs)"), |_, a| {
        a.no_keywords("get_referents")?;
        let mut found = Vec::new();
        for v in a.iter().filter(|v| is_container(*v)) {
            gc::visit_children(v.value().as_ptr(), &mut |c| {
                if !c.is_null() && c != Value::UNBOUND {
                    found.push(Ref::from_value(c).own());
                }
            });
        }
        let out = list::new()?;
        for o in found {
            list::append(out.r(), o)?;
        }
        Ok(out)
    }),
    raw(sig!("get_referrers(*objs)"), |_, a| {
        a.no_keywords("get_referrers")?;
        let targets: Vec<Value> = a.iter().map(Ref::value).collect();
        let mut found: Vec<*mut Header> = Vec::new();
        alloc::for_each_container(2, |p| {
            let mut hit = false;
            gc::visit_children(p, &mut |c| hit |= targets.contains(&c));
            if hit {
                found.push(p);
            }
        });
        let out = list::new()?;
        for p in found {
            list::append(out.r(), Ref::from_value(Value::from_ptr(p)).own())?;
        }
        Ok(out)
    }),
    noargs(sig!("freeze()"), |_| {
        alloc::for_each_container(2, |p| {
            // SAFETY: enumerated objects are live.
            let h = unsafe { &*p };
            h.flags.set(h.flags.get() | flag::GENERATION_MASK);
        });
        Ok(Own::none())
    }),
    noargs(sig!("unfreeze()"), |_| {
        alloc::for_each_container(2, |p| {
            // SAFETY: enumerated objects are live.
            let h = unsafe { &*p };
            if h.flags.get() & flag::GENERATION_MASK == flag::GENERATION_MASK {
                h.flags
                    .set(h.flags.get() & !flag::GENERATION_MASK | 2 << flag::GENERATION_SHIFT);
            }
        });
        Ok(Own::none())
    }),
    noargs(sig!("get_freeze_count()"), |_| {
        let mut n = 0;
        alloc::for_each_container(2, |p| {
            // SAFETY: enumerated objects are live.
            n += (unsafe { &*p }.flags.get() & flag::GENERATION_MASK == flag::GENERATION_MASK) as usize;
        });
        Ok(Own::usize(n))
    }),
];

fn is_container(v: Ref) -> bool {
    v.header().is_some() && v.ty().has(type_flag::GC)
}
/// CPython untracks tuples of atoms lazily; the answer is the same.
fn only_atoms(v: Ref) -> bool {
    v.ty().has(type_flag::TUPLE)
        && !v.ty().is_heap()
        && tuple::items(v)
            .iter()
            .all(|c| !is_container(Ref::from_value(*c)) || only_atoms(Ref::from_value(*c)))
}

/// Calls `gc.callbacks` with (phase, info).
fn run_callbacks(phase: &str, generation: u32, collected: usize) {
    let Some(callbacks) = Ref::from_nullable(CALLBACKS.0.get()).and_then(|c| c.downcast::<list::ListObject>()) else {
        return;
    };
    // SAFETY: the list is copied before anything runs.
    let all: Vec<Own> = unsafe { list::items(callbacks) }
        .iter()
        .map(|v| Ref::from_value(*v).own())
        .collect();
    if all.is_empty() {
        return;
    }
    let saved = exc::take();
    for f in all {
        let call = || -> PyResult {
            let info = dict::new();
            dict::set(info.r(), istr!("generation"), Own::int(generation as i64).r())?;
            dict::set(info.r(), istr!("collected"), Own::usize(collected).r())?;
            dict::set(info.r(), istr!("uncollectable"), Own::int(0).r())?;
            pyaot_core::call::call2(f.r(), Own::str(phase).r(), info.r())
        };
        if call().is_err() {
            pyaot_core::exec::write_unraisable("Exception ignored while calling GC callback", Some(f));
        }
    }
    if let Some(e) = saved {
        let _ = exc::restore::<()>(e);
    }
}
