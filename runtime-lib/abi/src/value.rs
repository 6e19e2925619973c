//! The 64-bit value word. The only place that knows the encoding.
//!
//! | low bits | meaning |
//! |---|---|
//! | `000` | heap pointer; the null word means "error raised" or "absent" |
//! | `01` (two bits) | small int: 62 bits, `word = i << 2 | 1` |
//! | `100` | immediate: None, False, True, Ellipsis, NotImplemented, UNBOUND, cell references |
//! | `.1.` (bit 1) | float, `word = rotl(bits, 4) + 3` |
//!
//! Invariant V1 (canonical): an int that fits 62 bits and a float whose encoded word has bit 1 set are never boxed, unless
//! they are instances of a subclass. So word equality is value equality for small ints.

/// One Python value, or the null word.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value(pub u64);

/// Smallest and largest small int.
pub const SMALL_MIN: i64 = -(1 << 61);
pub const SMALL_MAX: i64 = (1 << 61) - 1;

const CELL_REF_TAG: u64 = 0xFC;

impl Value {
    /// "Error raised" as a result, "absent" as an argument.
    pub const NULL: Value = Value(0);
    pub const NONE: Value = Value(0x04);
    pub const FALSE: Value = Value(0x0C);
    pub const TRUE: Value = Value(0x1C);
    pub const ELLIPSIS: Value = Value(0x14);
    pub const NOT_IMPLEMENTED: Value = Value(0x24);
    /// Content of a local variable or cell that is not bound.
    pub const UNBOUND: Value = Value(0x2C);

    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }
    /// A counted or static heap object (not null).
    #[inline(always)]
    pub const fn is_heap(self) -> bool {
        self.0 & 7 == 0 && self.0 != 0
    }
    /// Like [`Value::is_heap`] where the null word cannot occur.
    #[inline(always)]
    pub const fn is_heap_nonnull(self) -> bool {
        self.0 & 7 == 0
    }
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.0 & 3 == 1
    }
    #[inline(always)]
    pub const fn is_small_float(self) -> bool {
        self.0 & 2 != 0
    }
    #[inline(always)]
    pub const fn is_immediate(self) -> bool {
        self.0 & 7 == 4
    }
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 & !0x10 == 0x0C
    }
    #[inline(always)]
    pub const fn from_bool(b: bool) -> Value {
        Value(0x0C | (b as u64) << 4)
    }
    /// `i` must lie in `SMALL_MIN..=SMALL_MAX`.
    #[inline(always)]
    pub const fn from_small(i: i64) -> Value {
        Value((i as u64) << 2 | 1)
    }
    #[inline(always)]
    pub const fn fits_small(i: i64) -> bool {
        i >= SMALL_MIN && i <= SMALL_MAX
    }
    #[inline(always)]
    pub const fn as_small(self) -> i64 {
        self.0 as i64 >> 2
    }
    /// The word of `f` if `f` has an immediate form.
    #[inline(always)]
    pub const fn try_from_f64(f: f64) -> Option<Value> {
        if f.is_nan() {
            return None;
        }
        let v = f.to_bits().rotate_left(4).wrapping_add(3);
        if v & 2 != 0 { Some(Value(v)) } else { None }
    }
    /// Defined for words with [`Value::is_small_float`].
    #[inline(always)]
    pub const fn as_small_f64(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(3).rotate_right(4))
    }
    #[inline(always)]
    pub const fn as_ptr<T>(self) -> *mut T {
        self.0 as *mut T
    }
    #[inline(always)]
    pub fn from_ptr<T>(p: *const T) -> Value {
        Value(p as u64)
    }
    /// Internal word of a module dict's entry: the value lives in the module's cell at `p`. Never reaches Python code.
    #[inline(always)]
    pub fn cell_ref(p: *const Value) -> Value {
        Value((p as u64) << 8 | CELL_REF_TAG)
    }
    #[inline(always)]
    pub const fn is_cell_ref(self) -> bool {
        self.0 & 0xFF == CELL_REF_TAG
    }
    #[inline(always)]
    pub const fn as_cell_ref(self) -> *mut Value {
        (self.0 >> 8) as *mut Value
    }
}

impl core::fmt::Debug for Value {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Value({:#x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_tagged_for_exactly_the_documented_exponents() {
        for exponent in 0..2048u64 {
            for sign in [0u64, 1] {
                for mantissa in [0u64, 1, 0xF_FFFF_FFFF_FFFF, 0x8_0000_0000_0000] {
                    let f = f64::from_bits(sign << 63 | exponent << 52 | mantissa);
                    let group = exponent >> 8;
                    let expect = !f.is_nan() && matches!(group, 0 | 3 | 4 | 7);
                    match Value::try_from_f64(f) {
                        Some(v) => {
                            assert!(expect, "exponent {exponent}");
                            assert!(v.is_small_float() && !v.is_small_int() && !v.is_heap() && !v.is_immediate());
                            assert_eq!(v.as_small_f64().to_bits(), f.to_bits());
                        }
                        None => assert!(!expect, "exponent {exponent}"),
                    }
                }
            }
        }
    }

    #[test]
    fn small_ints_round_trip() {
        for i in [0, 1, -1, 42, SMALL_MIN, SMALL_MAX] {
            let v = Value::from_small(i);
            assert!(v.is_small_int() && !v.is_small_float() && !v.is_heap() && !v.is_immediate());
            assert_eq!(v.as_small(), i);
        }
        assert!(!Value::fits_small(SMALL_MAX + 1) && !Value::fits_small(SMALL_MIN - 1));
    }

    #[test]
    fn immediates_are_distinct_and_uncounted() {
        let all = [
            Value::NONE,
            Value::FALSE,
            Value::TRUE,
            Value::ELLIPSIS,
            Value::NOT_IMPLEMENTED,
            Value::UNBOUND,
        ];
        for (i, v) in all.iter().enumerate() {
            assert!(v.is_immediate() && !v.is_heap() && !v.is_cell_ref());
            assert!(all[i + 1..].iter().all(|w| w != v));
        }
        assert_eq!(Value::from_bool(true), Value::TRUE);
        assert_eq!(Value::from_bool(false), Value::FALSE);
    }
}
