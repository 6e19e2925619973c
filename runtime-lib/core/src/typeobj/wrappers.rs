//! The dunder methods of slots: one row per name and slot, saying how the slot is called as a method and which function a Python
//! class puts into the slot when it defines the name.
//!
//! In: the slots of built-in types (their `__dict__` gets a wrapper descriptor for each row present), and the names that classes
//! define ([`super::update`] reads the same rows). Rows of one slot stand together; of rows with one name the first present wins.
use super::slot_functions as f;
use super::{CompareOp, Slots, TypeObject};
use crate::call::Args;
use crate::object::{Own, PyResult, Ref};
use crate::types::descr::WrapperDef;
use crate::types::str::StaticName;
use crate::{exc, object_protocol as protocol};

/// The word of the slot at a byte offset of the table; null = absent.
pub fn slot_word(s: &Slots, offset: usize) -> *const () {
    // SAFETY: the offset is that of a field of type `Option<fn>`, which is one nullable word.
    unsafe { *(s as *const Slots).cast::<u8>().add(offset).cast::<*const ()>() }
}

/// Stores a slot's word.
///
/// # Safety
/// `word` is null or came from a slot with the same offset (a row's `generic` has been checked against the field's type).
pub unsafe fn set_slot_word(s: &mut Slots, offset: usize, word: *const ()) {
    // SAFETY: by contract, as in `slot_word`.
    unsafe {
        (s as *mut Slots)
            .cast::<u8>()
            .add(offset)
            .cast::<*const ()>()
            .write(word)
    }
}

/// CPython: Objects/typeobject.c, check_num_args.
fn arity(args: &Args, n: usize) -> PyResult<()> {
    if args.len() == n {
        return Ok(());
    }
    exc::type_error(format_args!(
        "expected {n} argument{}, got {}",
        if n == 1 { "" } else { "s" },
        args.len()
    ))
}
/// One required and one optional argument.
fn one_or_two<'a>(args: &Args<'a>) -> PyResult<(Ref<'a>, Option<Ref<'a>>)> {
    match (args.get(0), args.len()) {
        (Some(a), 1..=2) => Ok((a, args.get(1))),
        _ => exc::type_error(format_args!("expected 1 or 2 arguments, got {}", args.len())),
    }
}
fn first<'a>(args: &Args<'a>) -> PyResult<Ref<'a>> {
    arity(args, 1)?;
    Ok(args.get(0).expect("arity tested"))
}
fn named_one<'a>(name: &str, args: &Args<'a>) -> PyResult<Ref<'a>> {
    match (args.get(0), args.len()) {
        (Some(a), 1) => Ok(a),
        _ => exc::type_error(format_args!("{name} expected 1 argument, got {}", args.len())),
    }
}
fn named_two<'a>(name: &str, args: &Args<'a>) -> PyResult<(Ref<'a>, Ref<'a>)> {
    match (args.get(0), args.get(1), args.len()) {
        (Some(a), Some(b), 2) => Ok((a, b)),
        _ => exc::type_error(format_args!("{name} expected 2 arguments, got {}", args.len())),
    }
}
fn none(_: ()) -> PyResult {
    Ok(Own::none())
}

/// A method of a built-in type may not be used to get around the check of a more derived built-in type
/// (CPython: Objects/typeobject.c, hackcheck).
fn hackcheck(this: Ref, func: *const (), what: &str) -> PyResult<()> {
    let mut t = Some(this.ty());
    while let Some(ty) = t {
        let own = ty.slots().setattro.map_or(core::ptr::null(), |s| s as *const ());
        if core::ptr::eq(own, func) {
            break;
        }
        if !core::ptr::eq(own, f::setattro as *const ()) {
            return exc::type_error(format_args!("can't apply this {what} to {} object", this.ty().name()));
        }
        t = ty.base();
    }
    Ok(())
}

/// Index argument of `__getitem__` over sq_item: negative ones count from the end.
fn item_index(owner: &TypeObject, this: Ref, i: Ref) -> PyResult<isize> {
    let i = protocol::index_isize(i, &exc::types::OVERFLOW_ERROR)?;
    if i < 0 {
        if let Some(len) = owner.slots().sq_length {
            return Ok(i + len(this)? as isize);
        }
    }
    Ok(i)
}

/// How a row calls its slot. Rows are made for present slots only.
macro_rules! invoke {
    (unary $s:ident) => {
        Some(|o, this, a| {
            arity(a, 0)?;
            (o.slots().$s.expect("present"))(this)
        })
    };
    (length $s:ident) => {
        Some(|o, this, a| {
            arity(a, 0)?;
            Ok(Own::usize((o.slots().$s.expect("present"))(this)?))
        })
    };
    (hash $s:ident) => {
        Some(|o, this, a| {
            arity(a, 0)?;
            Ok(Own::int((o.slots().$s.expect("present"))(this)?))
        })
    };
    (inquiry $s:ident) => {
        Some(|o, this, a| {
            arity(a, 0)?;
            Ok(Own::bool((o.slots().$s.expect("present"))(this)?))
        })
    };
    (left $s:ident) => {
        Some(|o, this, a| (o.slots().$s.expect("present"))(this, first(a)?))
    };
    (right $s:ident) => {
        Some(|o, this, a| (o.slots().$s.expect("present"))(first(a)?, this))
    };
    (power $s:ident) => {
        Some(|o, this, a| {
            let (b, c) = one_or_two(a)?;
            (o.slots().$s.expect("present"))(this, b, c.unwrap_or(Ref::from_value(crate::object::Value::NONE)))
        })
    };
    (rpower $s:ident) => {
        Some(|o, this, a| {
            let (b, c) = one_or_two(a)?;
            (o.slots().$s.expect("present"))(b, this, c.unwrap_or(Ref::from_value(crate::object::Value::NONE)))
        })
    };
    ((compare $op:ident) $s:ident) => {
        Some(|o, this, a| (o.slots().$s.expect("present"))(this, first(a)?, CompareOp::$op))
    };
    (call $s:ident) => {
        Some(|o, this, a| (o.slots().$s.expect("present"))(this, a))
    };
    (setattr $s:ident) => {
        Some(|o, this, a| {
            let (n, v) = named_two("__setattr__", a)?;
            let set = o.slots().$s.expect("present");
            hackcheck(this, set as *const (), "__setattr__")?;
            none(set(this, n, Some(v))?)
        })
    };
    (delattr $s:ident) => {
        Some(|o, this, a| {
            let n = first(a)?;
            let set = o.slots().$s.expect("present");
            hackcheck(this, set as *const (), "__delattr__")?;
            none(set(this, n, None)?)
        })
    };
    (next $s:ident) => {
        Some(|o, this, a| {
            arity(a, 0)?;
            match (o.slots().$s.expect("present"))(this)? {
                Some(v) => Ok(v),
                None => exc::stop_iteration(None),
            }
        })
    };
    (get $s:ident) => {
        Some(|o, this, a| {
            let (obj, ty) = one_or_two(a)?;
            let (obj, ty) = (Some(obj).filter(|r| !r.is_none()), ty.filter(|r| !r.is_none()));
            if obj.is_none() && ty.is_none() {
                return exc::type_error(format_args!("__get__(None, None) is invalid"));
            }
            (o.slots().$s.expect("present"))(this, obj, ty)
        })
    };
    (set $s:ident) => {
        Some(|o, this, a| {
            let (obj, v) = named_two("__set__", a)?;
            none((o.slots().$s.expect("present"))(this, obj, Some(v))?)
        })
    };
    (delete $s:ident) => {
        Some(|o, this, a| none((o.slots().$s.expect("present"))(this, first(a)?, None)?))
    };
    (init $s:ident) => {
        Some(|o, this, a| none((o.slots().$s.expect("present"))(this, a)?))
    };
    (del $s:ident) => {
        Some(|o, this, a| {
            arity(a, 0)?;
            (o.slots().$s.expect("present"))(this);
            Ok(Own::none())
        })
    };
    (setitem $s:ident) => {
        Some(|o, this, a| {
            let (k, v) = named_two("__setitem__", a)?;
            none((o.slots().$s.expect("present"))(this, k, Some(v))?)
        })
    };
    (delitem $s:ident) => {
        Some(|o, this, a| none((o.slots().$s.expect("present"))(this, first(a)?, None)?))
    };
    (contains $s:ident) => {
        Some(|o, this, a| Ok(Own::bool((o.slots().$s.expect("present"))(this, first(a)?)?)))
    };
    (index $s:ident) => {
        Some(|o, this, a| {
            let i = item_index(o, this, first(a)?)?;
            (o.slots().$s.expect("present"))(this, i)
        })
    };
    (repeat $s:ident) => {
        Some(|o, this, a| {
            let n = protocol::index_isize(first(a)?, &exc::types::OVERFLOW_ERROR)?;
            (o.slots().$s.expect("present"))(this, n)
        })
    };
    (setindex $s:ident) => {
        Some(|o, this, a| {
            let (k, v) = named_two("__setitem__", a)?;
            let i = item_index(o, this, k)?;
            none((o.slots().$s.expect("present"))(this, i, Some(v))?)
        })
    };
    (delindex $s:ident) => {
        Some(|o, this, a| {
            let i = item_index(o, this, first(a)?)?;
            none((o.slots().$s.expect("present"))(this, i, None)?)
        })
    };
    (buffer $s:ident) => {
        Some(|o, this, a| {
            super::python_buffer::call_getbuffer(o.slots().$s.expect("present"), this, named_one("__buffer__", a)?)
        })
    };
    (release $s:ident) => {
        // Whichever slot the method stands for: the view itself is told, and finds its exporter's.
        Some(|_, this, a| {
            none(super::python_buffer::call_releasebuffer(
                this,
                named_one("__release_buffer__", a)?,
            )?)
        })
    };
    (no $s:ident) => {
        None
    };
}
macro_rules! generic {
    ($s:ident, -) => {
        core::ptr::null()
    };
    ($s:ident, $f:ident) => {{
        // The field's type is checked here; the row keeps only the address.
        const CHECKED: Slots = Slots {
            $s: Some(f::$f),
            ..Slots::NONE
        };
        let _ = CHECKED;
        f::$f as *const ()
    }};
}
macro_rules! rows {
    ($($name:literal $slot:ident $how:tt $generic:tt $text:literal $doc:literal;)*) => {
        /// CPython: Objects/typeobject.c, slotdefs.
        pub static WRAPPERS: &[WrapperDef] = &[$(WrapperDef {
            name: $name,
            key: { static NAME: StaticName = StaticName::new($name); &NAME },
            text: $text,
            doc: $doc,
            offset: core::mem::offset_of!(Slots, $slot),
            generic: generic!($slot, $generic),
            invoke: invoke!($how $slot),
            keywords: matches!($name.as_bytes(), b"__call__" | b"__init__"),
        }),*];
    };
}

rows! {
    "__getattribute__" getattro left getattro "($self, name, /)" "Return getattr(self, name).";
    "__getattr__" getattro no getattr_hook "" "";
    "__setattr__" setattro setattr setattro "($self, name, value, /)" "Implement setattr(self, name, value).";
    "__delattr__" setattro delattr setattro "($self, name, /)" "Implement delattr(self, name).";
    "__repr__" repr unary repr "($self, /)" "Return repr(self).";
    "__hash__" hash hash hash "($self, /)" "Return hash(self).";
    "__call__" call call call "($self, /, *args, **kwargs)" "Call self as a function.";
    "__str__" str unary str "($self, /)" "Return str(self).";
    "__lt__" richcompare (compare Lt) richcompare "($self, value, /)" "Return self<value.";
    "__le__" richcompare (compare Le) richcompare "($self, value, /)" "Return self<=value.";
    "__eq__" richcompare (compare Eq) richcompare "($self, value, /)" "Return self==value.";
    "__ne__" richcompare (compare Ne) richcompare "($self, value, /)" "Return self!=value.";
    "__gt__" richcompare (compare Gt) richcompare "($self, value, /)" "Return self>value.";
    "__ge__" richcompare (compare Ge) richcompare "($self, value, /)" "Return self>=value.";
    "__iter__" iter unary iter "($self, /)" "Implement iter(self).";
    "__next__" iternext next iternext "($self, /)" "Implement next(self).";
    "__get__" descr_get get descr_get "($self, instance, owner=None, /)" "Return an attribute of instance, which is of type owner.";
    "__set__" descr_set set descr_set "($self, instance, value, /)" "Set an attribute of instance to value.";
    "__delete__" descr_set delete descr_set "($self, instance, /)" "Delete an attribute of instance.";
    "__init__" init init init "($self, /, *args, **kwargs)" "Initialize self.  See help(type(self)) for accurate signature.";
    "__new__" new no new "" "";
    "__del__" finalize del finalize "($self, /)" "Called when the instance is about to be destroyed.";
    "__buffer__" bf_getbuffer buffer bf_getbuffer "($self, flags, /)" "Return a buffer object that exposes the underlying memory of the object.";
    "__release_buffer__" bf_releasebuffer release bf_releasebuffer "($self, buffer, /)" "Release the buffer object that exposes the underlying memory of the object.";
    "__await__" am_await unary am_await "($self, /)" "Return an iterator to be used in await expression.";
    "__aiter__" am_aiter unary am_aiter "($self, /)" "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" am_anext unary am_anext "($self, /)" "Return a value or raise StopAsyncIteration.";
    "__add__" nb_add left nb_add "($self, value, /)" "Return self+value.";
    "__radd__" nb_add right nb_add "($self, value, /)" "Return value+self.";
    "__sub__" nb_subtract left nb_subtract "($self, value, /)" "Return self-value.";
    "__rsub__" nb_subtract right nb_subtract "($self, value, /)" "Return value-self.";
    "__mul__" nb_multiply left nb_multiply "($self, value, /)" "Return self*value.";
    "__rmul__" nb_multiply right nb_multiply "($self, value, /)" "Return value*self.";
    "__mod__" nb_remainder left nb_remainder "($self, value, /)" "Return self%value.";
    "__rmod__" nb_remainder right nb_remainder "($self, value, /)" "Return value%self.";
    "__divmod__" nb_divmod left nb_divmod "($self, value, /)" "Return divmod(self, value).";
    "__rdivmod__" nb_divmod right nb_divmod "($self, value, /)" "Return divmod(value, self).";
    "__pow__" nb_power power nb_power "($self, value, mod=None, /)" "Return pow(self, value, mod).";
    "__rpow__" nb_power rpower nb_power "($self, value, mod=None, /)" "Return pow(value, self, mod).";
    "__neg__" nb_negative unary nb_negative "($self, /)" "-self";
    "__pos__" nb_positive unary nb_positive "($self, /)" "+self";
    "__abs__" nb_absolute unary nb_absolute "($self, /)" "abs(self)";
    "__bool__" nb_bool inquiry nb_bool "($self, /)" "True if self else False";
    "__invert__" nb_invert unary nb_invert "($self, /)" "~self";
    "__lshift__" nb_lshift left nb_lshift "($self, value, /)" "Return self<<value.";
    "__rlshift__" nb_lshift right nb_lshift "($self, value, /)" "Return value<<self.";
    "__rshift__" nb_rshift left nb_rshift "($self, value, /)" "Return self>>value.";
    "__rrshift__" nb_rshift right nb_rshift "($self, value, /)" "Return value>>self.";
    "__and__" nb_and left nb_and "($self, value, /)" "Return self&value.";
    "__rand__" nb_and right nb_and "($self, value, /)" "Return value&self.";
    "__xor__" nb_xor left nb_xor "($self, value, /)" "Return self^value.";
    "__rxor__" nb_xor right nb_xor "($self, value, /)" "Return value^self.";
    "__or__" nb_or left nb_or "($self, value, /)" "Return self|value.";
    "__ror__" nb_or right nb_or "($self, value, /)" "Return value|self.";
    "__int__" nb_int unary nb_int "($self, /)" "int(self)";
    "__float__" nb_float unary nb_float "($self, /)" "float(self)";
    "__iadd__" nb_inplace_add left nb_inplace_add "($self, value, /)" "Return self+=value.";
    "__isub__" nb_inplace_subtract left nb_inplace_subtract "($self, value, /)" "Return self-=value.";
    "__imul__" nb_inplace_multiply left nb_inplace_multiply "($self, value, /)" "Return self*=value.";
    "__imod__" nb_inplace_remainder left nb_inplace_remainder "($self, value, /)" "Return self%=value.";
    "__ipow__" nb_inplace_power power nb_inplace_power "($self, value, /)" "Return self**=value.";
    "__ilshift__" nb_inplace_lshift left nb_inplace_lshift "($self, value, /)" "Return self<<=value.";
    "__irshift__" nb_inplace_rshift left nb_inplace_rshift "($self, value, /)" "Return self>>=value.";
    "__iand__" nb_inplace_and left nb_inplace_and "($self, value, /)" "Return self&=value.";
    "__ixor__" nb_inplace_xor left nb_inplace_xor "($self, value, /)" "Return self^=value.";
    "__ior__" nb_inplace_or left nb_inplace_or "($self, value, /)" "Return self|=value.";
    "__floordiv__" nb_floor_divide left nb_floor_divide "($self, value, /)" "Return self//value.";
    "__rfloordiv__" nb_floor_divide right nb_floor_divide "($self, value, /)" "Return value//self.";
    "__truediv__" nb_true_divide left nb_true_divide "($self, value, /)" "Return self/value.";
    "__rtruediv__" nb_true_divide right nb_true_divide "($self, value, /)" "Return value/self.";
    "__ifloordiv__" nb_inplace_floor_divide left nb_inplace_floor_divide "($self, value, /)" "Return self//=value.";
    "__itruediv__" nb_inplace_true_divide left nb_inplace_true_divide "($self, value, /)" "Return self/=value.";
    "__index__" nb_index unary nb_index "($self, /)" "Return self converted to an integer, if self is suitable for use as an index into a list.";
    "__matmul__" nb_matrix_multiply left nb_matrix_multiply "($self, value, /)" "Return self@value.";
    "__rmatmul__" nb_matrix_multiply right nb_matrix_multiply "($self, value, /)" "Return value@self.";
    "__imatmul__" nb_inplace_matrix_multiply left nb_inplace_matrix_multiply "($self, value, /)" "Return self@=value.";
    "__len__" mp_length length length "($self, /)" "Return len(self).";
    "__getitem__" mp_subscript left mp_subscript "($self, key, /)" "Return self[key].";
    "__setitem__" mp_ass_subscript setitem mp_ass_subscript "($self, key, value, /)" "Set self[key] to value.";
    "__delitem__" mp_ass_subscript delitem mp_ass_subscript "($self, key, /)" "Delete self[key].";
    "__len__" sq_length length length "($self, /)" "Return len(self).";
    "__add__" sq_concat left - "($self, value, /)" "Return self+value.";
    "__mul__" sq_repeat repeat - "($self, value, /)" "Return self*value.";
    "__rmul__" sq_repeat repeat - "($self, value, /)" "Return value*self.";
    "__getitem__" sq_item index sq_item "($self, key, /)" "Return self[key].";
    "__setitem__" sq_ass_item setindex sq_ass_item "($self, key, value, /)" "Set self[key] to value.";
    "__delitem__" sq_ass_item delindex sq_ass_item "($self, key, /)" "Delete self[key].";
    "__contains__" sq_contains contains sq_contains "($self, key, /)" "Return bool(key in self).";
    "__iadd__" sq_inplace_concat left - "($self, value, /)" "Implement self+=value.";
    "__imul__" sq_inplace_repeat repeat - "($self, value, /)" "Implement self*=value.";
}

/// Rows that stand for one slot.
pub fn groups() -> impl Iterator<Item = &'static [WrapperDef]> {
    WRAPPERS.chunk_by(|a, b| a.offset == b.offset)
}
