//! What a Python str is to this crate: code points in units of one, two or four bytes (Latin-1, UCS-2 without surrogate
//! pairs, UCS-4); lone surrogates are ordinary. `Units` borrows such text, `StrBuf` builds it.
//! Built text has the narrowest kind that holds it, as CPython's has, as long as it only grows.

/// A code unit: `u8`, `u16` or `u32`.
pub trait Unit: Copy + Eq + Ord + Default + Into<u32> + 'static {
    const MAX: u32;
    /// The unit for a code point that is known to fit.
    fn from_cp(c: u32) -> Self;
    #[inline(always)]
    fn cp(self) -> u32 {
        self.into()
    }
    fn units(s: &[Self]) -> Units<'_>;
    fn text(v: Vec<Self>) -> Text;
}
macro_rules! unit {
    ($t:ty, $max:expr, $v:ident) => {
        impl Unit for $t {
            const MAX: u32 = $max;
            #[inline(always)]
            fn from_cp(c: u32) -> Self {
                c as $t
            }
            #[inline(always)]
            fn units(s: &[Self]) -> Units<'_> {
                Units::$v(s)
            }
            #[inline(always)]
            fn text(v: Vec<Self>) -> Text {
                Text::$v(v)
            }
        }
    };
}
unit!(u8, 0xff, One);
unit!(u16, 0xffff, Two);
unit!(u32, 0x10ffff, Four);

/// Borrowed text.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Runs `$body` with `$s` bound to the slice of whichever unit width the text has.
#[macro_export]
macro_rules! with_units {
    ($u:expr, $s:ident => $body:expr) => {
        match $u {
            $crate::Units::One($s) => $body,
            $crate::Units::Two($s) => $body,
            $crate::Units::Four($s) => $body,
        }
    };
}

impl<'a> Units<'a> {
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, s => s.len())
    }

    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Bytes per unit: 1, 2 or 4.
    #[inline]
    pub fn kind(self) -> usize {
        match self {
            Units::One(_) => 1,
            Units::Two(_) => 2,
            Units::Four(_) => 4,
        }
    }

    /// The code point at `i`; panics past the end like slice indexing.
    #[inline]
    pub fn get(self, i: usize) -> u32 {
        with_units!(self, s => s[i].cp())
    }

    /// The part `range` of the text.
    #[inline]
    pub fn slice(self, start: usize, end: usize) -> Units<'a> {
        match self {
            Units::One(s) => Units::One(&s[start..end]),
            Units::Two(s) => Units::Two(&s[start..end]),
            Units::Four(s) => Units::Four(&s[start..end]),
        }
    }

    /// True when every code point is below 0x80.
    #[inline]
    pub fn is_ascii(self) -> bool {
        match self {
            Units::One(s) => s.is_ascii(),
            Units::Two(s) => s.iter().all(|&c| c < 0x80),
            Units::Four(s) => s.iter().all(|&c| c < 0x80),
        }
    }

    #[inline]
    pub fn iter(self) -> UnitsIter<'a> {
        UnitsIter {
            text: self,
            at: 0,
            end: self.len(),
        }
    }

    /// The units as bytes in native order: what str hashing reads.
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Units::One(s) => s,
            // SAFETY: any initialised u16/u32 slice is valid as bytes of the same extent; u8 has no alignment.
            Units::Two(s) => unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 2) },
            // SAFETY: as above.
            Units::Four(s) => unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 4) },
        }
    }

    /// A Rust string with U+FFFD for lone surrogates: for diagnostics only.
    pub fn to_string_lossy(self) -> String {
        self.iter().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()
    }

    /// Equality of code points, whatever the kinds.
    pub fn same(self, other: Units) -> bool {
        self.len() == other.len()
            && match (self, other) {
                (Units::One(a), Units::One(b)) => a == b,
                (Units::Two(a), Units::Two(b)) => a == b,
                (Units::Four(a), Units::Four(b)) => a == b,
                _ => self.iter().eq(other.iter()),
            }
    }

    /// An upper bound of its code points: 0x7f, 0xff, 0xffff or 0x10ffff.
    pub fn widest(self) -> u32 {
        match self {
            Units::One(s) if s.is_ascii() => 0x7f,
            Units::One(_) => 0xff,
            Units::Two(_) => 0xffff,
            Units::Four(_) => 0x10ffff,
        }
    }

    /// Lexicographic order by code points.
    pub fn compare(self, other: Units) -> std::cmp::Ordering {
        match (self, other) {
            (Units::One(a), Units::One(b)) => a.cmp(b),
            (Units::Two(a), Units::Two(b)) => a.cmp(b),
            (Units::Four(a), Units::Four(b)) => a.cmp(b),
            _ => self.iter().cmp(other.iter()),
        }
    }
}

impl<'a> From<&'a [u8]> for Units<'a> {
    fn from(s: &'a [u8]) -> Self {
        Units::One(s)
    }
}

/// Iterator over code points.
#[derive(Clone)]
pub struct UnitsIter<'a> {
    text: Units<'a>,
    at: usize,
    end: usize,
}

impl Iterator for UnitsIter<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.at == self.end {
            return None;
        }
        self.at += 1;
        Some(self.text.get(self.at - 1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.at, Some(self.end - self.at))
    }
}
impl DoubleEndedIterator for UnitsIter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.at == self.end {
            return None;
        }
        self.end -= 1;
        Some(self.text.get(self.end))
    }
}
impl ExactSizeIterator for UnitsIter<'_> {}

/// Owned text in one of the three widths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Text {
    #[inline]
    pub fn units(&self) -> Units<'_> {
        match self {
            Text::One(v) => Units::One(v),
            Text::Two(v) => Units::Two(v),
            Text::Four(v) => Units::Four(v),
        }
    }
}

/// Memory that cannot be had: MemoryError.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// Asks for room before something large is built, so that it becomes a MemoryError and not the end of the process.
/// Small sizes are not asked for.
pub(crate) fn room_for(bytes: usize) -> Result<(), NoMemory> {
    if bytes > 1 << 20 && Vec::<u8>::new().try_reserve_exact(bytes).is_err() {
        Err(NoMemory)
    } else {
        Ok(())
    }
}

/// A growing text: starts with one-byte units and widens when a code point asks for it.
#[derive(Clone, Debug)]
pub struct StrBuf {
    text: Text,
    /// All code points or-ed together: the limits 0x80, 0x100 and 0x10000 are powers of two, so this decides the kind.
    bits: u32,
}

impl Default for StrBuf {
    fn default() -> Self {
        StrBuf::new()
    }
}

impl StrBuf {
    #[inline]
    pub fn new() -> StrBuf {
        StrBuf {
            text: Text::One(Vec::new()),
            bits: 0,
        }
    }

    #[inline]
    pub fn with_capacity(n: usize) -> StrBuf {
        StrBuf {
            text: Text::One(Vec::with_capacity(n)),
            bits: 0,
        }
    }

    /// Takes over units; `bits` is all of them or-ed together (or more).
    pub(crate) fn from_units<T: Unit>(v: Vec<T>, bits: u32) -> StrBuf {
        StrBuf { text: T::text(v), bits }
    }

    /// Room for `n` characters as wide as `widest`, or the news that there is none.
    pub fn try_with_capacity(n: usize, widest: u32) -> Result<StrBuf, NoMemory> {
        macro_rules! room {
            ($v:ident) => {{
                let mut v = Vec::new();
                v.try_reserve_exact(n).map_err(|_| NoMemory)?;
                Text::$v(v)
            }};
        }
        let text = match widest {
            0..0x100 => room!(One),
            0x100..0x10000 => room!(Two),
            _ => room!(Four),
        };
        Ok(StrBuf { text, bits: 0 })
    }

    /// Takes over bytes that are ASCII (the caller's promise, checked in debug builds).
    #[inline]
    pub fn from_ascii(v: Vec<u8>) -> StrBuf {
        debug_assert!(v.is_ascii());
        StrBuf {
            text: Text::One(v),
            bits: 0x7f,
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.units().len()
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn units(&self) -> Units<'_> {
        self.text.units()
    }

    /// Bytes per unit so far.
    #[inline]
    pub fn kind(&self) -> usize {
        self.units().kind()
    }

    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.bits < 0x80
    }

    /// The upper bound that CPython calls maxchar: 0x7f, 0xff, 0xffff or 0x10ffff.
    pub fn max_char(&self) -> u32 {
        match self.bits {
            0..0x80 => 0x7f,
            0x80..0x100 => 0xff,
            0x100..0x10000 => 0xffff,
            _ => 0x10ffff,
        }
    }

    #[cold]
    fn widen(&mut self, c: u32) {
        self.text = match &self.text {
            Text::One(v) if c < 0x10000 => {
                let mut w = Vec::with_capacity(v.capacity().max(8));
                w.extend(v.iter().map(|&x| x as u16));
                Text::Two(w)
            }
            Text::One(v) => {
                let mut w = Vec::with_capacity(v.capacity().max(8));
                w.extend(v.iter().map(|&x| x as u32));
                Text::Four(w)
            }
            Text::Two(v) => {
                let mut w = Vec::with_capacity(v.capacity().max(8));
                w.extend(v.iter().map(|&x| x as u32));
                Text::Four(w)
            }
            Text::Four(_) => return,
        };
    }

    #[inline]
    fn make_room_for(&mut self, c: u32) {
        self.bits |= c;
        let wide = match self.text {
            Text::One(_) => c < 0x100,
            Text::Two(_) => c < 0x10000,
            Text::Four(_) => true,
        };
        if !wide {
            self.widen(c);
        }
    }

    /// Appends one code point (0 ..= 0x10ffff, surrogates included).
    #[inline]
    pub fn push(&mut self, c: u32) {
        self.make_room_for(c);
        match &mut self.text {
            Text::One(v) => v.push(c as u8),
            Text::Two(v) => v.push(c as u16),
            Text::Four(v) => v.push(c),
        }
    }

    /// Appends `n` copies of a code point.
    pub fn push_repeat(&mut self, c: u32, n: usize) {
        if n == 0 {
            return;
        }
        self.make_room_for(c);
        match &mut self.text {
            Text::One(v) => v.resize(v.len() + n, c as u8),
            Text::Two(v) => v.resize(v.len() + n, c as u16),
            Text::Four(v) => v.resize(v.len() + n, c),
        }
    }

    /// Appends bytes that are Latin-1 code points.
    #[inline]
    pub fn push_latin1(&mut self, s: &[u8]) {
        if let Text::One(v) = &mut self.text {
            v.extend_from_slice(s);
            self.bits |= if s.is_ascii() { 0 } else { 0x80 };
        } else {
            self.push_units(Units::One(s));
        }
    }

    /// Widens for a character that `extend_with` could not append.
    pub(crate) fn widen_for(&mut self, c: u32) {
        self.make_room_for(c);
    }

    /// Lets `f` append units of the present width, and takes account of what it appended.
    pub(crate) fn extend_with<R>(&mut self, f: impl FnOnce(&mut Text) -> R) -> R {
        let start = self.len();
        let r = f(&mut self.text);
        self.bits |= match &self.text {
            Text::One(v) if v[start..].is_ascii() => 0,
            Text::One(_) => 0x80,
            Text::Two(v) => v[start..].iter().fold(0, |m, &c| m | c) as u32,
            Text::Four(v) => v[start..].iter().fold(0, |m, &c| m | c),
        };
        r
    }

    /// Appends Latin-1 characters to a text that has only such.
    pub(crate) fn extend_one(&mut self, chars: impl Iterator<Item = u8>) {
        if let Text::One(v) = &mut self.text {
            let start = v.len();
            v.extend(chars);
            self.bits |= if v[start..].is_ascii() { 0 } else { 0x80 };
        } else {
            chars.for_each(|c| self.push(c as u32));
        }
    }

    /// Appends Rust text.
    #[inline]
    pub fn push_str(&mut self, s: &str) {
        if s.is_ascii() {
            return self.push_latin1(s.as_bytes());
        }
        // The lead bytes tell how wide the characters are: below 0xC4 stands U+0000 ..= U+00FF, from 0xF0 on U+10000 and up.
        match s.bytes().max().unwrap_or(0) {
            0xf0.. => self.make_room_for(0x10000),
            0xc4.. => self.make_room_for(0x100),
            _ => self.make_room_for(0x80),
        }
        match &mut self.text {
            Text::One(v) => extend_from(v, s),
            Text::Two(v) => extend_from(v, s),
            Text::Four(v) => extend_from(v, s),
        }
    }

    /// Appends text of any kind.
    pub fn push_units(&mut self, s: Units) {
        if let (Text::One(_), Units::One(s)) = (&self.text, s) {
            return self.push_latin1(s);
        }
        let bits = with_units!(s, s => s.iter().fold(0u32, |m, &c| m | c.cp()));
        self.make_room_for(bits.min(0x10ffff));
        match &mut self.text {
            Text::One(v) => match s {
                Units::One(s) => v.extend_from_slice(s),
                Units::Two(s) => v.extend(s.iter().map(|&c| c as u8)),
                Units::Four(s) => v.extend(s.iter().map(|&c| c as u8)),
            },
            Text::Two(v) => match s {
                Units::One(s) => v.extend(s.iter().map(|&c| c as u16)),
                Units::Two(s) => v.extend_from_slice(s),
                Units::Four(s) => v.extend(s.iter().map(|&c| c as u16)),
            },
            Text::Four(v) => match s {
                Units::One(s) => v.extend(s.iter().map(|&c| c as u32)),
                Units::Two(s) => v.extend(s.iter().map(|&c| c as u32)),
                Units::Four(s) => v.extend_from_slice(s),
            },
        }
    }

    /// Shortens the text; the kind stays, so `finish` is what makes it minimal again.
    pub fn truncate(&mut self, n: usize) {
        match &mut self.text {
            Text::One(v) => v.truncate(n),
            Text::Two(v) => v.truncate(n),
            Text::Four(v) => v.truncate(n),
        }
        self.bits = with_units!(self.text.units(), s => s.iter().fold(0u32, |m, &c| m | c.cp()));
    }

    /// The same text in its narrowest kind.
    pub(crate) fn minimal(self) -> StrBuf {
        let bits = self.bits;
        StrBuf {
            text: self.finish(),
            bits,
        }
    }

    /// The text in its narrowest kind.
    pub fn finish(self) -> Text {
        match self.text {
            Text::Two(v) if self.bits < 0x100 => Text::One(v.iter().map(|&c| c as u8).collect()),
            Text::Four(v) if self.bits < 0x100 => Text::One(v.iter().map(|&c| c as u8).collect()),
            Text::Four(v) if self.bits < 0x10000 => Text::Two(v.iter().map(|&c| c as u16).collect()),
            t => t,
        }
    }
}

/// Decodes a str whose characters are known to fit.
fn extend_from<T: Unit>(v: &mut Vec<T>, s: &str) {
    v.reserve(s.len() / 2);
    for c in s.chars() {
        v.push(T::from_cp(c as u32));
    }
}

impl From<&str> for StrBuf {
    fn from(s: &str) -> StrBuf {
        let mut b = StrBuf::with_capacity(s.len());
        b.push_str(s);
        b
    }
}

impl std::fmt::Write for StrBuf {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_and_narrows() {
        let mut b = StrBuf::new();
        b.push_str("ab");
        assert_eq!((b.kind(), b.max_char()), (1, 0x7f));
        b.push(0xe9);
        assert_eq!((b.kind(), b.max_char()), (1, 0xff));
        b.push(0xd800);
        assert_eq!((b.kind(), b.max_char()), (2, 0xffff));
        b.push_repeat(0x1f600, 2);
        assert_eq!((b.kind(), b.len(), b.max_char()), (4, 6, 0x10ffff));
        b.truncate(3);
        assert_eq!(b.finish(), Text::One(vec![b'a', b'b', 0xe9]));
    }
}
