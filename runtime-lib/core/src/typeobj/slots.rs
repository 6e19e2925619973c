//! The slot table of a type: what CPython keeps in tp_*, nb_*, sq_*, mp_*, am_* and bf_* fields, in one flat struct.
//!
//! One macro lists every slot; inheritance and the mapping between slots and dunder methods are made from the list.
use super::TypeObject;
use crate::call::Args;
use crate::object::{Header, Own, PyResult, Ref, Value};

/// Rich comparison operators, numbered as in CPython.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}
impl CompareOp {
    pub const ALL: [CompareOp; 6] = [
        CompareOp::Lt,
        CompareOp::Le,
        CompareOp::Eq,
        CompareOp::Ne,
        CompareOp::Gt,
        CompareOp::Ge,
    ];
    pub fn from_i32(i: i32) -> CompareOp {
        CompareOp::ALL[i as usize]
    }
    pub fn swapped(self) -> CompareOp {
        use CompareOp::*;
        match self {
            Lt => Gt,
            Le => Ge,
            Eq => Eq,
            Ne => Ne,
            Gt => Lt,
            Ge => Le,
        }
    }
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
    pub fn dunder(self) -> &'static str {
        ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"][self as usize]
    }
    /// The operator's answer for an ordering.
    pub fn test(self, o: core::cmp::Ordering) -> bool {
        use core::cmp::Ordering::*;
        match self {
            CompareOp::Lt => o == Less,
            CompareOp::Le => o != Greater,
            CompareOp::Eq => o == Equal,
            CompareOp::Ne => o != Equal,
            CompareOp::Gt => o == Greater,
            CompareOp::Ge => o != Less,
        }
    }
}

pub type UnaryFn = fn(Ref) -> PyResult;
pub type BinaryFn = fn(Ref, Ref) -> PyResult;
pub type TernaryFn = fn(Ref, Ref, Ref) -> PyResult;
/// Visits every value that the object owns.
pub type Visitor<'a> = &'a mut dyn FnMut(Value);
/// What the buffer protocol gives out. Memory stays valid until `releasebuffer`.
pub struct BufferView {
    pub ptr: *mut u8,
    pub len: usize,
    pub readonly: bool,
    pub item_size: usize,
    /// struct-module format; "B" for plain bytes.
    pub format: String,
    /// Items per dimension; one dimension `len / item_size` by default.
    pub shape: Vec<isize>,
    pub strides: Vec<isize>,
    /// The exporter, kept alive; None when nobody wants the memory back.
    pub object: Own,
}

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $ty:ty,)*) => {
        /// All slots of a type; `None` = the type does not have the operation.
        #[derive(Clone, Copy)]
        pub struct Slots {
            $($(#[$doc])* pub $name: Option<$ty>,)*
        }
        impl Slots {
            pub const NONE: Slots = Slots { $($name: None,)* };
            /// Takes every slot that `self` lacks from `base`, except the grouped ones handled by [`inherit`].
            fn take_missing(&mut self, base: &Slots) {
                $(if self.$name.is_none() { self.$name = base.$name; })*
            }
        }
    };
}

slots! {
    repr: UnaryFn,
    str: UnaryFn,
    hash: fn(Ref) -> PyResult<i64>,
    call: fn(Ref, &Args) -> PyResult,
    getattro: BinaryFn,
    /// `None` deletes.
    setattro: fn(Ref, Ref, Option<Ref>) -> PyResult<()>,
    richcompare: fn(Ref, Ref, CompareOp) -> PyResult,
    iter: UnaryFn,
    /// `Ok(None)` = exhausted.
    iternext: fn(Ref) -> PyResult<Option<Own>>,
    /// (descriptor, instance, owner)
    descr_get: fn(Ref, Option<Ref>, Option<Ref>) -> PyResult,
    descr_set: fn(Ref, Ref, Option<Ref>) -> PyResult<()>,
    init: fn(Ref, &Args) -> PyResult<()>,
    /// `cls` is the type to instantiate.
    new: fn(&'static TypeObject, &Args) -> PyResult,
    /// `__del__`; errors are reported by the caller as unraisable.
    finalize: fn(Ref),
    /// Every owned value field, `__dict__` and shape slots excluded (the generic part does them).
    traverse: fn(Ref, Visitor),
    /// Drops owned values to break a cycle; the object stays usable.
    clear: fn(Ref),
    /// Drops the content of an object that nobody refers to (its fields; memory and shape slots are freed by the caller).
    dealloc: unsafe fn(*mut Header),
    am_await: UnaryFn,
    am_aiter: UnaryFn,
    am_anext: UnaryFn,
    nb_add: BinaryFn,
    nb_subtract: BinaryFn,
    nb_multiply: BinaryFn,
    nb_remainder: BinaryFn,
    nb_divmod: BinaryFn,
    /// The third operand is None for two-argument pow.
    nb_power: TernaryFn,
    nb_negative: UnaryFn,
    nb_positive: UnaryFn,
    nb_absolute: UnaryFn,
    nb_bool: fn(Ref) -> PyResult<bool>,
    nb_invert: UnaryFn,
    nb_lshift: BinaryFn,
    nb_rshift: BinaryFn,
    nb_and: BinaryFn,
    nb_xor: BinaryFn,
    nb_or: BinaryFn,
    nb_int: UnaryFn,
    nb_float: UnaryFn,
    nb_inplace_add: BinaryFn,
    nb_inplace_subtract: BinaryFn,
    nb_inplace_multiply: BinaryFn,
    nb_inplace_remainder: BinaryFn,
    nb_inplace_power: TernaryFn,
    nb_inplace_lshift: BinaryFn,
    nb_inplace_rshift: BinaryFn,
    nb_inplace_and: BinaryFn,
    nb_inplace_xor: BinaryFn,
    nb_inplace_or: BinaryFn,
    nb_floor_divide: BinaryFn,
    nb_true_divide: BinaryFn,
    nb_inplace_floor_divide: BinaryFn,
    nb_inplace_true_divide: BinaryFn,
    nb_index: UnaryFn,
    nb_matrix_multiply: BinaryFn,
    nb_inplace_matrix_multiply: BinaryFn,
    sq_length: fn(Ref) -> PyResult<usize>,
    sq_concat: BinaryFn,
    sq_repeat: fn(Ref, isize) -> PyResult,
    /// Negative indices have been made positive by adding the length, where there is a length.
    sq_item: fn(Ref, isize) -> PyResult,
    sq_ass_item: fn(Ref, isize, Option<Ref>) -> PyResult<()>,
    sq_contains: fn(Ref, Ref) -> PyResult<bool>,
    sq_inplace_concat: BinaryFn,
    sq_inplace_repeat: fn(Ref, isize) -> PyResult,
    mp_length: fn(Ref) -> PyResult<usize>,
    mp_subscript: BinaryFn,
    mp_ass_subscript: fn(Ref, Ref, Option<Ref>) -> PyResult<()>,
    /// The request is a set of bits of `buffer::request`; BufferError when the exporter cannot fulfil it.
    bf_getbuffer: fn(Ref, i32) -> PyResult<BufferView>,
    bf_releasebuffer: fn(Ref, &mut BufferView),
}

/// Slot inheritance from one base (CPython: Objects/typeobject.c, inherit_slots): getattro, hash with richcompare, and the rest
/// one by one.
pub fn inherit(ty: &TypeObject, base: &TypeObject) {
    let own = ty.slots_mut();
    let (hash, compare) = (own.hash, own.richcompare);
    own.take_missing(base.slots());
    // A type that defines one of hash and richcompare inherits neither.
    if hash.is_some() != compare.is_some() {
        own.hash = hash;
        own.richcompare = compare;
        if hash.is_some() {
            own.richcompare = base.slots().richcompare;
        }
    }
}
