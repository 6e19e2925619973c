//! `_random`: the Mersenne Twister MT19937 (Matsumoto and Nishimura), state and streams as CPython's Modules/_randommodule.c.
use pyaot_core::prelude::*;
use pyaot_core::typeobj;
use pyaot_core::types::{int, module};

pub fn make() -> PyResult {
    typeobj::ready(&RANDOM_TYPE);
    let m = module::new("_random")?;
    module::add(m.r(), "Random", RANDOM_TYPE.own())?;
    Ok(m)
}

const N: usize = 624;
const M: usize = 397;

#[repr(C)]
struct Random {
    header: Header,
    index: Cell<usize>,
    state: core::cell::UnsafeCell<[u32; N]>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for Random {
    fn type_object() -> &'static TypeObject {
        &RANDOM_TYPE
    }
}

static RANDOM_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "_random.Random",
    basic_size: size_of::<Random>(),
    flags: type_flag::BASETYPE,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("random()"), |r| {
            let r = of(r);
            let (a, b) = (r.next() >> 5, r.next() >> 6);
            Ok(Own::float(
                (a as f64 * 67108864.0 + b as f64) * (1.0 / 9007199254740992.0),
            ))
        }),
        bound(sig!("seed(n=None, /)"), |r, b| {
            seed(of(r), b.get(0))?;
            Ok(Own::none())
        }),
        noargs(sig!("getstate()"), getstate),
        one(sig!("setstate(state, /)"), setstate),
        one(sig!("getrandbits(k, /)"), getrandbits),
    ],
    ..TypeDef::NEW
});

fn of(r: Ref<'_>) -> &Random {
    // SAFETY: methods receive instances.
    unsafe { r.cast() }
}

impl Random {
    #[allow(clippy::mut_from_ref)]
    fn words(&self) -> &mut [u32; N] {
        // SAFETY: short-lived, under the GIL; nothing runs while it is held.
        unsafe { &mut *self.state.get() }
    }
    /// The next 32 random bits.
    fn next(&self) -> u32 {
        let mt = self.words();
        let mut i = self.index.get();
        if i >= N {
            for k in 0..N {
                let y = mt[k] & 0x8000_0000 | mt[(k + 1) % N] & 0x7fff_ffff;
                mt[k] = mt[(k + M) % N] ^ y >> 1 ^ if y & 1 != 0 { 0x9908_b0df } else { 0 };
            }
            i = 0;
        }
        let mut y = mt[i];
        self.index.set(i + 1);
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }
    fn init_genrand(&self, s: u32) {
        let mt = self.words();
        mt[0] = s;
        for i in 1..N {
            mt[i] = 1812433253u32
                .wrapping_mul(mt[i - 1] ^ mt[i - 1] >> 30)
                .wrapping_add(i as u32);
        }
        self.index.set(N);
    }
    fn init_by_array(&self, key: &[u32]) {
        self.init_genrand(19650218);
        let mt = self.words();
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            mt[i] = (mt[i] ^ (mt[i - 1] ^ mt[i - 1] >> 30).wrapping_mul(1664525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                mt[0] = mt[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            mt[i] = (mt[i] ^ (mt[i - 1] ^ mt[i - 1] >> 30).wrapping_mul(1566083941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                mt[0] = mt[N - 1];
                i = 1;
            }
        }
        mt[0] = 0x8000_0000;
    }
}

fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let r = alloc::object_of(cls, |header| Random {
        header,
        index: Cell::new(N),
        state: core::cell::UnsafeCell::new([0; N]),
    })?;
    seed(of(r.r()), args.get(0))?;
    Ok(r)
}
fn init(r: Ref, args: &Args) -> PyResult<()> {
    if core::ptr::eq(r.ty(), &RANDOM_TYPE) {
        args.no_keywords("Random")?;
    }
    args.count("Random", 0, 1)?;
    seed(of(r), args.get(0))
}

/// None: the system's randomness; ints by their magnitude; others by their hash.
fn seed(r: &Random, v: Option<Ref>) -> PyResult<()> {
    let v = v.filter(|v| !v.is_none());
    let Some(v) = v else {
        let mut key = [0u32; N];
        // SAFETY: the buffer's size is given.
        let n = unsafe { libc::getrandom(key.as_mut_ptr().cast(), size_of_val(&key), 0) };
        if n < 0 {
            return exc::os_error::raise_errno(exc::os_error::last_errno(), None, None);
        }
        r.init_by_array(&key);
        return Ok(());
    };
    let limbs: Vec<u64> = match int::view_opt(v) {
        Some(int::View::Small(i)) => vec![i.unsigned_abs()],
        Some(int::View::Big(_, l)) => l.to_vec(),
        None => vec![protocol::hash(v)? as u64],
    };
    let mut key: Vec<u32> = limbs.iter().flat_map(|l| [*l as u32, (*l >> 32) as u32]).collect();
    while key.len() > 1 && key.last() == Some(&0) {
        key.pop();
    }
    r.init_by_array(&key);
    Ok(())
}

fn getstate(r: Ref) -> PyResult {
    let r = of(r);
    let mut items: Vec<Own> = r.words().iter().map(|w| Own::int(*w as i64)).collect();
    items.push(Own::usize(r.index.get()));
    tuple::try_from_vec(items)
}
fn setstate(r: Ref, state: Ref) -> PyResult {
    if !state.ty().has(type_flag::TUPLE) {
        return exc::type_error(format_args!("state vector must be a tuple"));
    }
    let items = tuple::items(state);
    if items.len() != N + 1 {
        return exc::value_error(format_args!("state vector is the wrong size"));
    }
    let mut words = [0u32; N];
    for (w, v) in words.iter_mut().zip(items) {
        *w = int::as_i64(Ref::from_value(*v))? as u32;
    }
    let index = int::as_i64(Ref::from_value(items[N]))?;
    if !(0..=N as i64).contains(&index) {
        return exc::value_error(format_args!("invalid state"));
    }
    *of(r).words() = words;
    of(r).index.set(index as usize);
    Ok(Own::none())
}

fn getrandbits(r: Ref, k: Ref) -> PyResult {
    let k = int::as_i64(k)?;
    if k < 0 {
        return exc::value_error(format_args!("number of bits must be non-negative"));
    }
    let r = of(r);
    if k == 0 {
        return Ok(Own::int(0));
    }
    if k <= 32 {
        return Ok(Own::int((r.next() >> (32 - k)) as i64));
    }
    let words = (k as usize).div_ceil(32);
    let mut limbs = Vec::new();
    if limbs.try_reserve_exact(words.div_ceil(2)).is_err() {
        return exc::memory_error();
    }
    limbs.resize(words.div_ceil(2), 0u64);
    let mut left = k;
    for i in 0..words {
        let mut w = r.next();
        if left < 32 {
            w >>= 32 - left;
        }
        limbs[i / 2] |= (w as u64) << (i % 2 * 32);
        left -= 32;
    }
    int::from_limbs(false, &limbs)
}
