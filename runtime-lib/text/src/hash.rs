//! The hashes that Python programs see: str and bytes (SipHash-1-3 under the process's key), numbers (modulo 2^61-1),
//! tuples, frozensets, pointers. All of them never give -1, which CPython keeps for errors.
//! The key is made once at start from PYTHONHASHSEED and kept here; nothing is hashed before `init`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Bits and modulus of number hashes (sys.hash_info.modulus), and the hash of infinity.
pub const BITS: u32 = 61;
pub const MODULUS: u64 = (1 << BITS) - 1;
pub const INF: i64 = 314159;
/// sys.hash_info.imag.
pub const IMAG: u64 = 1000003;

static K0: AtomicU64 = AtomicU64::new(0);
static K1: AtomicU64 = AtomicU64::new(0);

/// The key for a numeric PYTHONHASHSEED; 0 switches randomisation off (key of zeros).
/// CPython: Python/bootstrap_hash.c, lcg_urandom.
pub fn key_of_seed(seed: u32) -> [u64; 2] {
    if seed == 0 {
        return [0, 0];
    }
    let mut bytes = [0u8; 16];
    let mut x = seed;
    for b in &mut bytes {
        x = x.wrapping_mul(214013).wrapping_add(2531011);
        *b = (x >> 16) as u8;
    }
    key_of_bytes(&bytes)
}

/// The key made of 16 random bytes.
pub fn key_of_bytes(b: &[u8; 16]) -> [u64; 2] {
    let (lo, hi) = (u128::from_le_bytes(*b) as u64, (u128::from_le_bytes(*b) >> 64) as u64);
    [lo, hi]
}

/// What PYTHONHASHSEED asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    Random,
    Fixed(u32),
}

/// Reads PYTHONHASHSEED (None or empty: random). An error is CPython's fatal "PYTHONHASHSEED must be "random" or an
/// integer in range [0; 4294967295]".
pub fn parse_seed(text: Option<&str>) -> Result<Seed, &'static str> {
    match text {
        None | Some("") | Some("random") => Ok(Seed::Random),
        Some(t) => {
            let digits = t.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
            let digits = digits.strip_prefix('+').unwrap_or(digits);
            match digits.parse::<u32>() {
                Ok(n) if digits.as_bytes()[0].is_ascii_digit() => Ok(Seed::Fixed(n)),
                _ => Err("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"),
            }
        }
    }
}

/// Sets the process's key.
pub fn init(key: [u64; 2]) {
    K0.store(key[0], Relaxed);
    K1.store(key[1], Relaxed);
}

#[inline]
fn not_error(h: i64) -> i64 {
    if h == -1 { -2 } else { h }
}

/// The hash of str units or bytes (`Units::bytes`); empty data is 0.
#[inline]
pub fn bytes(data: &[u8]) -> i64 {
    bytes_with_key(data, [K0.load(Relaxed), K1.load(Relaxed)])
}

/// As `bytes`, with an explicit key.
#[inline]
pub fn bytes_with_key(data: &[u8], key: [u64; 2]) -> i64 {
    if data.is_empty() {
        return 0;
    }
    not_error(sip13(data, key) as i64)
}

/// SipHash-1-3 (Aumasson, Bernstein; CPython: Python/pyhash.c, siphash13).
#[inline]
fn sip13(data: &[u8], [k0, k1]: [u64; 2]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    #[inline(always)]
    fn round(v: &mut [u64; 4]) {
        v[0] = v[0].wrapping_add(v[1]);
        v[2] = v[2].wrapping_add(v[3]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].rotate_left(32).wrapping_add(v[3]);
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].rotate_left(32);
    }
    let (words, rest) = data.as_chunks::<8>();
    for word in words {
        let m = u64::from_le_bytes(*word);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    // The last bytes, and the length in the highest one.
    let mut last = (data.len() as u64) << 56;
    let n = rest.len();
    if n >= 4 {
        let low = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]);
        let high = u32::from_le_bytes([rest[n - 4], rest[n - 3], rest[n - 2], rest[n - 1]]);
        last |= u64::from(low) | u64::from(high) << (8 * (n - 4));
    } else {
        for (i, b) in rest.iter().enumerate() {
            last |= u64::from(*b) << (8 * i);
        }
    }
    v[3] ^= last;
    round(&mut v);
    v[0] ^= last;
    v[2] ^= 0xff;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[cfg(test)]
mod sip_tests {
    use siphasher::sip::SipHasher13;
    use std::hash::Hasher;

    #[test]
    fn sip13_is_that_of_the_library() {
        let data: Vec<u8> = (0..70).map(|i| (i * 37) as u8).collect();
        for n in 0..data.len() {
            let mut h = SipHasher13::new_with_keys(3, 1 << 63 | 5);
            h.write(&data[..n]);
            assert_eq!(super::sip13(&data[..n], [3, 1 << 63 | 5]), h.finish(), "{n}");
        }
    }
}

/// The hash of an int that fits a word.
#[inline]
pub fn int(v: i64) -> i64 {
    let m = v.unsigned_abs();
    if m < MODULUS {
        return not_error(v);
    }
    let r = (m % MODULUS) as i64;
    not_error(if v < 0 { -r } else { r })
}

/// The hash of a big int from its magnitude in 64-bit limbs, least significant first.
pub fn int_limbs(negative: bool, limbs: &[u64]) -> i64 {
    // 2^64 = 2^3 modulo 2^61-1.
    let mut r: u64 = 0;
    for &limb in limbs.iter().rev() {
        r = ((r as u128 * 8 + limb as u128) % MODULUS as u128) as u64;
    }
    not_error(if negative { -(r as i64) } else { r as i64 })
}

/// The hash of a float; a NaN hashes by the identity of its object, which the caller gives as `nan`.
pub fn float(x: f64, nan: i64) -> i64 {
    if x.is_nan() {
        return nan;
    }
    if x.is_infinite() {
        return if x > 0.0 { INF } else { -INF };
    }
    if x.abs() < 9.2e18 && x == x.trunc() {
        return int(x as i64);
    }
    // |x| = m * 2^e with an integral m; 2^61 = 1 modulo 2^61-1, so the power is a rotation of 61 bits.
    let bits = x.to_bits();
    let (mut m, mut e) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
    if e == 0 {
        e = 1
    } else {
        m |= 1 << 52
    }
    let rot = (e - 1075).rem_euclid(61) as u32;
    let r = if rot == 0 {
        m
    } else {
        ((m << rot) & MODULUS) | (m >> (61 - rot))
    };
    let r = if r == MODULUS { 0 } else { r as i64 };
    not_error(if x < 0.0 { -r } else { r })
}

/// The hash of a complex from the hashes of its parts.
pub fn complex(real: i64, imag: i64) -> i64 {
    not_error((real as u64).wrapping_add(IMAG.wrapping_mul(imag as u64)) as i64)
}

const PRIME_1: u64 = 11400714785074694791;
const PRIME_2: u64 = 14029467366897019727;
const PRIME_5: u64 = 2870177450012600261;

/// The hash of a tuple, fed with the hashes of its items in order. CPython: Objects/tupleobject.c, tuple_hash.
#[derive(Clone, Copy)]
pub struct Tuple {
    acc: u64,
    len: u64,
}

impl Default for Tuple {
    fn default() -> Self {
        Tuple::new()
    }
}

impl Tuple {
    #[inline]
    pub fn new() -> Tuple {
        Tuple { acc: PRIME_5, len: 0 }
    }
    #[inline]
    pub fn add(&mut self, item: i64) {
        self.acc = self
            .acc
            .wrapping_add((item as u64).wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
        self.len += 1;
    }
    #[inline]
    pub fn finish(self) -> i64 {
        let acc = self.acc.wrapping_add(self.len ^ PRIME_5 ^ 3527539);
        if acc == u64::MAX { 1546275796 } else { acc as i64 }
    }
}

/// The hash of a tuple whose item hashes are known.
pub fn tuple(items: impl IntoIterator<Item = i64>) -> i64 {
    let mut t = Tuple::new();
    items.into_iter().for_each(|h| t.add(h));
    t.finish()
}

/// The hash of a frozenset (and of `collections.abc.Set._hash`'s C twin) from its element hashes in any order.
/// `len` is the number of elements. CPython: Objects/setobject.c, frozenset_hash.
pub fn frozenset(items: impl IntoIterator<Item = i64>, len: usize) -> i64 {
    let mut h: u64 = 0;
    for x in items {
        let x = x as u64;
        h ^= ((x ^ 89869747) ^ (x << 16)).wrapping_mul(3644798167);
    }
    h ^= (len as u64).wrapping_add(1).wrapping_mul(1927868237);
    h ^= (h >> 11) ^ (h >> 25);
    h = h.wrapping_mul(69069).wrapping_add(907133923);
    if h == u64::MAX { 590923713 } else { h as i64 }
}

/// The hash of an address (default object hash, and what a NaN's object gives).
#[inline]
pub fn pointer(address: usize) -> i64 {
    not_error((address as u64).rotate_right(4) as i64)
}
