//! Items that a running generator hands on without being left: what its consumer does with them (see [`Sink`]).
//!
//! In: the sink's address and an item. Out: 1 when it was taken, 0 when it is to be yielded.
use crate::number::from_f64;
use crate::*;
use pyaot_abi::{ListObject, Sink, sink_kind};

/// Appends where there is room.
#[inline(always)]
unsafe fn push(list: Value, v: Value) -> bool {
    // SAFETY: the sink's list is alive; there is room behind the items below the capacity.
    unsafe {
        let object = list.as_ptr::<ListObject>();
        let n = (*object).len.get();
        let room = n < (*object).capacity.get();
        if room {
            *(*object).items.get().add(n) = v;
            (*object).len.set(n + 1);
        }
        room
    }
}

/// The number replaces the best one if it is better.
#[inline(always)]
fn improve<T>(place: &core::cell::Cell<T>, n: T, better: bool) -> i32 {
    if better {
        place.set(n);
    }
    1
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sink_int(sink: i64, n: i64) -> i32 {
    // SAFETY: the sink of the generator that runs; its consumer waits for it.
    unsafe {
        let s = &*(sink as usize as *const Sink);
        match s.kind.get() {
            sink_kind::LIST if Value::fits_small(n) => {
                let v = Value::from_small(n);
                if push(s.container, v) {
                    return 1;
                }
                pyaot_sink_slow(sink, v)
            }
            sink_kind::FALSE => i32::from(n == 0),
            sink_kind::TRUE => i32::from(n != 0),
            sink_kind::SUM => match s.number.get().checked_add(n) {
                Some(sum) => improve(&s.number, sum, true),
                None => 0,
            },
            sink_kind::FLOAT_SUM => {
                s.add_float(n as f64);
                1
            }
            sink_kind::LEAST => improve(&s.number, n, n < s.number.get()),
            sink_kind::GREATEST => improve(&s.number, n, n > s.number.get()),
            sink_kind::SET if Value::fits_small(n) => pyaot_sink_slow(sink, Value::from_small(n)),
            _ => 0,
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sink_float(sink: i64, f: f64) -> i32 {
    // SAFETY: as above.
    unsafe {
        let s = &*(sink as usize as *const Sink);
        match s.kind.get() {
            sink_kind::LIST => {
                let v = from_f64(f);
                if v.is_small_float() && push(s.container, v) {
                    return 1;
                }
                let taken = pyaot_sink_slow(sink, v);
                release(v);
                taken
            }
            sink_kind::FALSE => i32::from(f == 0.0),
            sink_kind::TRUE => i32::from(f != 0.0),
            sink_kind::FLOAT_SUM => {
                s.add_float(f);
                1
            }
            sink_kind::LEAST_FLOAT => improve(&s.float, f, f < s.float.get()),
            sink_kind::GREATEST_FLOAT => improve(&s.float, f, f > s.float.get()),
            _ => 0,
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sink_bool(sink: i64, yes: i32) -> i32 {
    // SAFETY: as above.
    unsafe {
        let s = &*(sink as usize as *const Sink);
        match s.kind.get() {
            sink_kind::FALSE => 1 - yes,
            sink_kind::TRUE => yes,
            sink_kind::SUM => pyaot_sink_int(sink, i64::from(yes)),
            sink_kind::LIST | sink_kind::SET => {
                pyaot_sink_value(sink, if yes != 0 { Value::TRUE } else { Value::FALSE })
            }
            _ => 0,
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn pyaot_sink_value(sink: i64, v: Value) -> i32 {
    // SAFETY: as above.
    unsafe {
        let s = &*(sink as usize as *const Sink);
        match s.kind.get() {
            sink_kind::LIST if push(s.container, v) => {
                retain(v);
                return 1;
            }
            sink_kind::SUM if v.is_small_int() => {
                if let Some(sum) = s.number.get().checked_add(v.as_small()) {
                    s.number.set(sum);
                    return 1;
                }
            }
            _ => {}
        }
        pyaot_sink_slow(sink, v)
    }
}
