//! Consumers that take the items of a generator without leaving its body (see [`Sink`]).
use super::{Step, enter, of};
use crate::object::{Own, PyResult, Ref, Value};
use crate::types::{dict, float, int, iterators, list, set, str, tuple};
use crate::{exc, object_protocol as protocol};
use pyaot_abi::{GENERATOR_BUSY, GENERATOR_DELEGATING, GENERATOR_RUNNING, GeneratorObject};
pub use pyaot_abi::{Sink, sink_kind};

/// The next item of an iterator that its body did not give to the sink; `None` at the end. Somebody keeps the iterator alive.
///
/// The sink is known to the generator only while that runs, when nobody else can resume it.
#[inline]
pub fn next_beside(it: Ref, sink: &Sink) -> PyResult<Option<Own>> {
    if it.is_exact::<GeneratorObject>() {
        let o = of(it);
        if o.state.get() < GENERATOR_RUNNING && o.flags.get() & (GENERATOR_DELEGATING | GENERATOR_BUSY) == 0 {
            o.sink.set(sink);
            let step = enter(it, o, Value::NONE);
            o.sink.set(core::ptr::null());
            return match step {
                Ok(Step::Yielded(v)) => Ok(Some(v)),
                Ok(Step::Returned(_)) => Ok(None),
                Err(raised) => Err(raised),
            };
        }
    }
    match sink.kind.get() {
        sink_kind::NONE => {}
        // The loops that are met most have code of their own.
        sink_kind::SUM => pass(it, |v| take_int(sink, sink_kind::SUM, v)),
        sink_kind::LIST => pass(it, |v| {
            list::push_within(Ref::from_value(sink.container), v) || take(sink, v)
        }),
        sink_kind::SET => pass(it, |v| {
            set::add_quickly(Ref::from_value(sink.container), v) || take(sink, v)
        }),
        _ => pass(it, |v| take(sink, v)),
    }
    iterators::next(it)
}

/// A sink for the items of an iterator; it takes nothing where the iterator would not give it any.
pub fn sink_for(it: Ref, kind: u32, container: Value) -> Sink {
    Sink::new(if reaches(it) { kind } else { sink_kind::NONE }, container)
}

/// Whether the iterator gives items to sinks.
pub fn reaches(it: Ref) -> bool {
    it.is_exact::<GeneratorObject>()
        || iterators::sequence::passes(it)
        || iterators::dict::passes(it)
        || iterators::range::passes(it)
        || str::passes_characters(it)
}

/// Steps over the items of iterators of built-in types that `taken` takes.
#[inline(always)]
fn pass(it: Ref, mut taken: impl FnMut(Ref) -> bool) {
    iterators::sequence::pass(it, &mut taken);
    iterators::dict::pass(it, &mut taken);
    iterators::range::pass(it, &mut taken);
    str::pass_characters(it, &mut taken);
}

/// The best of numbers that are compared one by one.
pub trait Best {
    /// What the sink has kept.
    fn best(&self) -> Option<Own>;
    /// Numbers like `v` that are better, less or greater ones, are taken from here on.
    fn keep_best(&self, v: Ref, least: bool);
}

impl Best for Sink {
    fn best(&self) -> Option<Own> {
        match self.kind.get() {
            sink_kind::LEAST | sink_kind::GREATEST => Some(Own::int(self.number.get())),
            sink_kind::LEAST_FLOAT | sink_kind::GREATEST_FLOAT => Some(Own::float(self.float.get())),
            _ => None,
        }
    }

    fn keep_best(&self, v: Ref, least: bool) {
        let kinds = match (
            v.small_int(),
            v.is_exact::<float::FloatObject>().then(|| float::value(v)),
        ) {
            (Some(n), _) => {
                self.number.set(n);
                [sink_kind::GREATEST, sink_kind::LEAST]
            }
            (None, Some(Some(f))) => {
                self.float.set(f);
                [sink_kind::GREATEST_FLOAT, sink_kind::LEAST_FLOAT]
            }
            _ => [sink_kind::NONE; 2],
        };
        self.kind.set(kinds[usize::from(least)]);
    }
}

/// Whether comparing and hashing it runs no other code, nor its end.
fn is_plain_key(v: Ref) -> bool {
    !v.value().is_heap() || v.is_exact::<str::StrObject>() || v.is_exact::<int::IntObject>()
}

/// The truth of objects of built-in types, which runs no other code.
fn quiet_truth(v: Ref) -> Option<bool> {
    let plain = !v.value().is_heap()
        || v.is_exact::<str::StrObject>()
        || v.is_exact::<int::IntObject>()
        || v.is_exact::<float::FloatObject>()
        || v.is_exact::<list::ListObject>()
        || v.is_exact::<tuple::TupleObject>()
        || v.is_exact::<dict::DictObject>();
    plain.then(|| protocol::truth(v)).and_then(Result::ok)
}

#[inline(never)]
fn take(sink: &Sink, v: Ref) -> bool {
    let container = || Ref::from_value(sink.container);
    let kind = sink.kind.get();
    let taken = match kind {
        sink_kind::LIST => list::append(container(), v.own()),
        sink_kind::SET if is_plain_key(v) => set::add(container(), v),
        sink_kind::FALSE => return quiet_truth(v) == Some(false),
        sink_kind::TRUE => return quiet_truth(v) == Some(true),
        sink_kind::SUM | sink_kind::LEAST | sink_kind::GREATEST => return take_int(sink, kind, v),
        _ => return take_float(sink, kind, v),
    };
    // What fails here fails again for the consumer.
    if taken.is_err() {
        drop(exc::take());
    }
    taken.is_ok()
}

#[inline(always)]
fn take_int(sink: &Sink, kind: u32, v: Ref) -> bool {
    let Some(n) = v.small_int() else { return false };
    let old = sink.number.get();
    let new = match kind {
        sink_kind::SUM => old.checked_add(n),
        sink_kind::LEAST => Some(old.min(n)),
        _ => Some(old.max(n)),
    };
    if let Some(new) = new {
        sink.number.set(new);
    }
    new.is_some()
}

fn take_float(sink: &Sink, kind: u32, v: Ref) -> bool {
    if !v.is_exact::<float::FloatObject>() {
        return false;
    }
    let Some(f) = float::value(v) else { return false };
    let better = match kind {
        sink_kind::FLOAT_SUM => {
            sink.add_float(f);
            return true;
        }
        sink_kind::LEAST_FLOAT => f < sink.float.get(),
        sink_kind::GREATEST_FLOAT => f > sink.float.get(),
        _ => return false,
    };
    if better {
        sink.float.set(f);
    }
    true
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sink_slow(sink: i64, v: Value) -> i32 {
    // SAFETY: the sink of the generator that runs, whose consumer waits for it.
    let sink = unsafe { &*(sink as usize as *const Sink) };
    i32::from(take(sink, Ref::from_value(v)))
}
