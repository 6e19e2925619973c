//! References to Python values: [`Own`] holds a reference and drops it, [`Ref`] borrows one, [`Value`] is the raw word of the ABI.
//!
//! `PyResult<Own>` is one word: the null word is the error, with the exception in the thread state. Layout structs come from
//! `pyaot_abi`; [`Object`] ties each to its type object.
use crate::typeobj::TypeObject;
use core::marker::PhantomData;
use core::mem::ManuallyDrop;
use core::num::NonZeroU64;
pub use pyaot_abi::{Header, Value, flag};

pub mod alloc;
pub mod blocks;
pub mod instance_dict;

/// Proof that an exception is in the thread state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised;

/// Result of anything that can raise.
pub type PyResult<T = Own> = Result<T, Raised>;

/// An owned reference.
#[repr(transparent)]
pub struct Own(NonZeroU64);

/// A borrowed reference: something else keeps the value alive for `'a`.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Ref<'a>(NonZeroU64, PhantomData<&'a Own>);

/// A heap layout with the type object of its exact instances.
///
/// # Safety
/// The struct is `repr(C)`, begins with [`Header`], and every instance of the type or of a subclass has this layout.
pub unsafe trait Object: Sized + 'static {
    fn type_object() -> &'static TypeObject;
}

/// Adds one reference to the object behind `v`, if there is one (the null word is allowed).
#[inline(always)]
pub fn incref(v: Value) {
    if v.is_heap() {
        // SAFETY: a heap word points to a live header.
        let h = unsafe { &*v.as_ptr::<Header>() };
        h.refcount.set(h.refcount.get().wrapping_add(1));
    }
}

/// Drops one reference (the null word is allowed); runs the deallocation when it was the last.
#[inline(always)]
pub fn decref(v: Value) {
    if !v.is_null() {
        decref_nonnull(v);
    }
}

#[inline(always)]
fn decref_nonnull(v: Value) {
    if v.is_heap_nonnull() {
        // SAFETY: a heap word points to a live header.
        let h = unsafe { &*v.as_ptr::<Header>() };
        let n = h.refcount.get().wrapping_sub(1);
        h.refcount.set(n);
        if n == 0 {
            crate::gc::dealloc(v);
        }
    }
}

impl Own {
    /// Takes over a reference that the caller owns. `v` is not null.
    #[inline(always)]
    pub fn from_value(v: Value) -> Own {
        debug_assert!(!v.is_null());
        // SAFETY: not null by contract.
        Own(unsafe { NonZeroU64::new_unchecked(v.0) })
    }
    /// `None` for the null word.
    #[inline(always)]
    pub fn from_nullable(v: Value) -> Option<Own> {
        NonZeroU64::new(v.0).map(Own)
    }
    /// The result of a call at the ABI: null means raised.
    #[inline(always)]
    pub fn from_abi(v: Value) -> PyResult {
        NonZeroU64::new(v.0).map(Own).ok_or(Raised)
    }
    /// Gives the reference up to the caller of this function.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        Value(ManuallyDrop::new(self).0.get())
    }
    #[inline(always)]
    pub fn r(&self) -> Ref<'_> {
        Ref(self.0, PhantomData)
    }
    /// The raw word, still owned by `self`.
    #[inline(always)]
    pub fn value(&self) -> Value {
        Value(self.0.get())
    }
    #[inline(always)]
    pub fn none() -> Own {
        Own::from_value(Value::NONE)
    }
    #[inline(always)]
    pub fn bool(b: bool) -> Own {
        Own::from_value(Value::from_bool(b))
    }
    #[inline(always)]
    pub fn not_implemented() -> Own {
        Own::from_value(Value::NOT_IMPLEMENTED)
    }
    /// Any machine integer.
    #[inline(always)]
    pub fn int(i: i64) -> Own {
        if Value::fits_small(i) {
            Own::from_value(Value::from_small(i))
        } else {
            crate::types::int::big_from_i128(i as i128)
        }
    }
    pub fn uint(i: u64) -> Own {
        if i <= pyaot_abi::value::SMALL_MAX as u64 {
            Own::from_value(Value::from_small(i as i64))
        } else {
            crate::types::int::big_from_i128(i as i128)
        }
    }
    #[inline(always)]
    pub fn usize(i: usize) -> Own {
        Own::uint(i as u64)
    }
    #[inline(always)]
    pub fn float(f: f64) -> Own {
        match Value::try_from_f64(f) {
            Some(v) => Own::from_value(v),
            None => crate::types::float::boxed(f),
        }
    }
    /// A new str. Raises nothing: running out of memory for a short text ends the process like any Rust allocation.
    pub fn str(s: &str) -> Own {
        crate::types::str::from_str(s)
    }
    /// A newly allocated object whose header was made by [`alloc`].
    #[inline(always)]
    pub fn from_ptr<T: Object>(p: *mut T) -> Own {
        Own::from_value(Value::from_ptr(p))
    }
}

impl Clone for Own {
    #[inline(always)]
    fn clone(&self) -> Own {
        incref(self.value());
        Own(self.0)
    }
}
impl Drop for Own {
    #[inline(always)]
    fn drop(&mut self) {
        decref_nonnull(Value(self.0.get()));
    }
}
impl core::fmt::Debug for Own {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.r().fmt(f)
    }
}
impl core::fmt::Debug for Ref<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "<{} {:#x}>", self.ty().name(), self.0)
    }
}

impl<'a> Ref<'a> {
    /// `v` is not null and stays alive for `'a`.
    #[inline(always)]
    pub fn from_value(v: Value) -> Ref<'a> {
        debug_assert!(!v.is_null());
        // SAFETY: not null by contract.
        Ref(unsafe { NonZeroU64::new_unchecked(v.0) }, PhantomData)
    }
    #[inline(always)]
    pub fn from_nullable(v: Value) -> Option<Ref<'a>> {
        NonZeroU64::new(v.0).map(|v| Ref(v, PhantomData))
    }
    /// A reference to an object that lives for `'a`.
    #[inline(always)]
    pub fn from_object<T: Object>(o: &'a T) -> Ref<'a> {
        Ref::from_value(Value::from_ptr(o))
    }
    #[inline(always)]
    pub fn value(self) -> Value {
        Value(self.0.get())
    }
    #[inline(always)]
    pub fn own(self) -> Own {
        incref(self.value());
        Own(self.0)
    }
    /// CPython's `is`.
    #[inline(always)]
    pub fn is(self, other: Ref<'_>) -> bool {
        self.0 == other.0
    }
    #[inline(always)]
    pub fn is_none(self) -> bool {
        self.value() == Value::NONE
    }
    #[inline(always)]
    pub fn is_not_implemented(self) -> bool {
        self.value() == Value::NOT_IMPLEMENTED
    }
    /// The object's type; immediates have one too.
    #[inline]
    pub fn ty(self) -> &'static TypeObject {
        let v = self.value();
        if v.is_heap_nonnull() {
            // SAFETY: heap word, live header; types outlive their instances (an instance holds a reference to a heap type).
            unsafe { &*(*v.as_ptr::<Header>()).ty.get().cast::<TypeObject>() }
        } else {
            crate::typeobj::immediate_type(v)
        }
    }
    #[inline(always)]
    pub fn header(self) -> Option<&'a Header> {
        let v = self.value();
        // SAFETY: heap word, alive for 'a.
        v.is_heap_nonnull().then(|| unsafe { &*v.as_ptr::<Header>() })
    }
    /// Exact type test.
    #[inline(always)]
    pub fn is_exact<T: Object>(self) -> bool {
        match self.header() {
            Some(h) => core::ptr::eq(h.ty.get().cast::<TypeObject>(), T::type_object()),
            None => core::ptr::eq(self.ty(), T::type_object()),
        }
    }
    /// Type or subclass test (real MRO, no `__class__`).
    #[inline]
    pub fn is_instance_of(self, ty: &TypeObject) -> bool {
        self.ty().is_subtype(ty)
    }
    /// The layout of `T` if the object is an instance of it or of a subclass. Never for immediates.
    #[inline]
    pub fn downcast<T: Object>(self) -> Option<&'a T> {
        let h = self.header()?;
        // SAFETY: the type test makes the layout that of T.
        let ty = unsafe { &*h.ty.get().cast::<TypeObject>() };
        if core::ptr::eq(ty, T::type_object()) || ty.is_subtype(T::type_object()) {
            Some(unsafe { &*self.value().as_ptr::<T>() })
        } else {
            None
        }
    }
    /// Like `downcast` for exact instances only.
    #[inline(always)]
    pub fn downcast_exact<T: Object>(self) -> Option<&'a T> {
        // SAFETY: the type test makes the layout that of T.
        (self.value().is_heap_nonnull() && self.is_exact::<T>()).then(|| unsafe { &*self.value().as_ptr::<T>() })
    }
    /// The layout of `T` without a test in release builds.
    ///
    /// # Safety
    /// The object is an instance of `T`'s type or of a subclass, and not an immediate.
    #[inline(always)]
    pub unsafe fn cast<T: Object>(self) -> &'a T {
        debug_assert!(
            self.downcast::<T>().is_some(),
            "cast of {self:?} to {}",
            T::type_object().name()
        );
        // SAFETY: by contract.
        unsafe { &*self.value().as_ptr::<T>() }
    }
    /// Small int's value; `None` for big ints and other types (bool included only by `index_i64`).
    #[inline(always)]
    pub fn small_int(self) -> Option<i64> {
        let v = self.value();
        v.is_small_int().then(|| v.as_small())
    }
}

/// Reads a field that owns a value: `None` when it holds the null word.
#[inline(always)]
pub fn field<'a>(cell: &'a core::cell::Cell<Value>) -> Option<Ref<'a>> {
    Ref::from_nullable(cell.get())
}
/// Replaces the content of a field that owns a value and drops the old content afterwards.
#[inline(always)]
pub fn set_field(cell: &core::cell::Cell<Value>, v: Option<Own>) {
    let old = cell.replace(v.map_or(Value::NULL, Own::into_value));
    decref(old);
}

/// `Own` or null for the ABI.
#[inline(always)]
pub fn to_abi(r: PyResult) -> Value {
    match r {
        Ok(v) => v.into_value(),
        Err(Raised) => Value::NULL,
    }
}
/// 0 or -1 for the ABI.
#[inline(always)]
pub fn to_abi_status(r: PyResult<()>) -> i32 {
    match r {
        Ok(()) => 0,
        Err(Raised) => -1,
    }
}
/// 0, 1 or -1 for the ABI.
#[inline(always)]
pub fn to_abi_bool(r: PyResult<bool>) -> i32 {
    match r {
        Ok(b) => b as i32,
        Err(Raised) => -1,
    }
}
