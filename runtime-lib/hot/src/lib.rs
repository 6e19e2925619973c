//! The hot intrinsics: fast paths that the compiler inlines into the code it makes.
//!
//! In: value words. Out: the same results as the runtime's general functions, to which every path that is not fast falls
//! through (`*_slow`, `binary_op`). The crate is compiled twice: into the runtime archive, and as LLVM bitcode that the
//! compiler links into each module as `available_externally`. Therefore it has no statics, no private functions that stay
//! out of line, and no call that could panic: every undefined symbol of the bitcode is a row of the intrinsic table, a
//! type object or the thread state.
#![no_std]
// The functions are entries of the table, called with words that obey the table's ownership and type rules; the contract of
// every `unsafe` here is those rules.
#![allow(clippy::missing_safety_doc)]

pub mod attribute;
pub mod class;
pub mod container;
pub mod generator;
pub mod number;
pub mod reference;
pub mod sink;
pub mod text;

use pyaot_abi::{Header, ThreadState, TypeHead, Value};

unsafe extern "C" {
    pub static pyaot_type_bool: TypeHead;
    pub static pyaot_type_float: TypeHead;
    pub static pyaot_type_int: TypeHead;
    pub static pyaot_type_list: TypeHead;
    pub static pyaot_type_str: TypeHead;
    pub static pyaot_type_tuple: TypeHead;
    pub static pyaot_type_list_iterator: TypeHead;
    pub static pyaot_type_tuple_iterator: TypeHead;
    pub static pyaot_type_range_iterator: TypeHead;
    pub static pyaot_type_generator: TypeHead;
    pub static pyaot_type_function: TypeHead;
    static pyaot_thread: ThreadState;

    fn pyaot_dealloc(v: Value);
    fn pyaot_binary_op(a: Value, b: Value, op: i32) -> Value;
    fn pyaot_add_take_slow(a: Value, b: Value, op: i32) -> Value;
    fn pyaot_truth_slow(a: Value) -> i32;
    fn pyaot_compare_slow(a: Value, b: Value, op: i32) -> Value;
    fn pyaot_compare_bool_slow(a: Value, b: Value, op: i32) -> i32;
    fn pyaot_getitem_slow(a: Value, key: Value) -> Value;
    fn pyaot_setitem_slow(a: Value, key: Value, v: Value) -> i32;
    fn pyaot_iter_next_slow(it: Value) -> Value;
    fn pyaot_str_iterator_index(it: Value) -> i64;
    fn pyaot_generator_next_slow(g: Value) -> Value;
    fn pyaot_generator_send_slow(g: Value, v: Value) -> Value;
    fn pyaot_generator_returned(g: Value, v: Value) -> Value;
    fn pyaot_generator_stopped(g: Value, v: Value) -> Value;
    fn pyaot_generator_watched(g: Value);
    fn pyaot_sink_slow(sink: i64, v: Value) -> i32;
    fn pyaot_next_item_slow(it: Value) -> Value;
    fn pyaot_next_quiet_slow(it: Value) -> Value;
    fn pyaot_box_f64(f: f64) -> Value;
    fn pyaot_list_append(list: Value, v: Value) -> i32;
    fn pyaot_list_pop_slow(list: Value) -> Value;
    fn pyaot_unpack_sequence_slow(v: Value, out: *mut u8, n: i64) -> i32;
    fn pyaot_char_is_slow(which: i32, code: i64) -> i32;
    fn pyaot_new_int(i: i64) -> Value;
    fn pyaot_neg_slow(a: Value) -> Value;
    fn pyaot_load_attr_slow(obj: Value, name: Value, cache: *mut u8) -> Value;
    fn pyaot_load_method_slow(obj: Value, name: Value, cache: *mut u8, self_out: *mut u8) -> Value;
    fn pyaot_instance_admit(obj: Value, cls: Value, group: *mut u8) -> i32;
    fn pyaot_left_first_slow(a: Value, b: Value) -> i32;
    fn pyaot_store_attr_slow(obj: Value, name: Value, v: Value, cache: *mut u8) -> i32;
}

/// Exact type test for a word that is not null.
#[inline(always)]
pub(crate) fn has_type(v: Value, ty: *const TypeHead) -> bool {
    // SAFETY: a heap word that is not null points at an object's header.
    v.is_heap_nonnull() && unsafe { (*v.as_ptr::<Header>()).ty.get() } == ty
}

/// A second reference to `v`, which is not null.
#[inline(always)]
pub(crate) fn retain(v: Value) -> Value {
    if v.is_heap_nonnull() {
        // SAFETY: as in `has_type`. Immortal objects are counted too; see `IMMORTAL_REFCOUNT`.
        unsafe {
            let header = v.as_ptr::<Header>();
            (*header).refcount.set((*header).refcount.get().wrapping_add(1));
        }
    }
    v
}

/// Drops one reference of `v`, which is not null.
#[inline(always)]
pub(crate) fn release(v: Value) {
    if v.is_heap_nonnull() {
        // SAFETY: as in `has_type`; the reference that is dropped is the caller's own.
        unsafe {
            let header = v.as_ptr::<Header>();
            let count = (*header).refcount.get().wrapping_sub(1);
            (*header).refcount.set(count);
            if count == 0 {
                pyaot_dealloc(v);
            }
        }
    }
}
