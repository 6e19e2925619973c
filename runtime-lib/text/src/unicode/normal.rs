//! The normalisation forms NFC, NFD, NFKC and NFKD (unicodedata.normalize; NFKC for identifiers).
//! Decompositions are stored fully expanded, so one look-up decomposes a character; Hangul is computed.

use super::normal_tables as t;
use crate::units::{StrBuf, Units};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl Form {
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFD" => Form::Nfd,
            "NFKC" => Form::Nfkc,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }
    fn compat(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }
    fn composed(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }
}

const S_BASE: u32 = 0xac00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11a7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = 11172;

/// unicodedata.combining.
pub fn combining_class(c: u32) -> u8 {
    if !(0x300..=0x10ffff).contains(&c) {
        return 0;
    }
    let block = t::CCC_INDEX[(c >> t::CCC_SHIFT) as usize] as usize;
    t::CCC_DATA[(block << t::CCC_SHIFT) + (c as usize & ((1 << t::CCC_SHIFT) - 1))]
}

fn row(c: u32, compat: bool) -> u32 {
    if !(0xa0..=0x10ffff).contains(&c) {
        return 0;
    }
    let block = t::DECOMP_INDEX[(c >> t::DECOMP_SHIFT) as usize] as usize;
    let r = t::ROWS[t::DECOMP_DATA[(block << t::DECOMP_SHIFT) + (c as usize & ((1 << t::DECOMP_SHIFT) - 1))] as usize];
    if compat { r.1 } else { r.0 }
}

fn decompose(c: u32, compat: bool, out: &mut Vec<u32>) {
    if (S_BASE..S_BASE + S_COUNT).contains(&c) {
        let s = c - S_BASE;
        out.extend([
            L_BASE + s / (V_COUNT * T_COUNT),
            V_BASE + s % (V_COUNT * T_COUNT) / T_COUNT,
        ]);
        if !s.is_multiple_of(T_COUNT) {
            out.push(T_BASE + s % T_COUNT);
        }
        return;
    }
    let r = row(c, compat);
    let (start, len) = (((r & 0x7fff_ffff) >> 5) as usize, (r & 31) as usize);
    if len == 0 {
        out.push(c);
        return;
    }
    out.extend(t::POOL[start..start + len].iter().map(|&u| match u {
        0xd800..0xe000 => t::BEYOND[(u - 0xd800) as usize],
        _ => u as u32,
    }));
}

fn compose(a: u32, b: u32) -> Option<u32> {
    if (L_BASE..L_BASE + L_COUNT).contains(&a) && (V_BASE..V_BASE + V_COUNT).contains(&b) {
        return Some(S_BASE + ((a - L_BASE) * V_COUNT + (b - V_BASE)) * T_COUNT);
    }
    if (S_BASE..S_BASE + S_COUNT).contains(&a)
        && (a - S_BASE).is_multiple_of(T_COUNT)
        && (T_BASE + 1..T_BASE + T_COUNT).contains(&b)
    {
        return Some(a + (b - T_BASE));
    }
    let i = t::PAIRS.binary_search_by(|p| (p.0, p.1).cmp(&(a, b))).ok()?;
    Some(t::PAIRS[i].2)
}

/// True when the text is in the form for sure: no character decomposes or could join with its left neighbour, and
/// combining marks stand in order. (A false answer only means that `normalize` has to look.)
fn quick_check(s: Units, form: Form) -> bool {
    let mut last = 0u8;
    for c in s.iter() {
        if c < 0xa0 {
            last = 0;
            continue;
        }
        let ccc = combining_class(c);
        if ccc != 0 && last > ccc {
            return false;
        }
        last = ccc;
        let hangul = (S_BASE..S_BASE + S_COUNT).contains(&c);
        if form.composed() {
            let i = t::JOINS_BACK.partition_point(|r| r.0 <= c);
            if i > 0 && c <= t::JOINS_BACK[i - 1].1 {
                return false;
            }
            let r = row(c, form.compat());
            if !hangul && r != 0 && r >> 31 == 0 {
                return false;
            }
        } else if hangul || row(c, form.compat()) & 31 != 0 {
            return false;
        }
    }
    true
}

/// True when `normalize` would change nothing, found without building anything in the usual cases.
pub fn is_normalized(s: Units, form: Form) -> bool {
    if quick_check(s, form) {
        return true;
    }
    normalize(s, form).units().same(s)
}

/// The text in a normalisation form.
pub fn normalize(s: Units, form: Form) -> StrBuf {
    let mut out = StrBuf::with_capacity(s.len());
    if quick_check(s, form) {
        out.push_units(s);
        return out;
    }
    let mut chars: Vec<u32> = Vec::with_capacity(s.len() + s.len() / 2);
    for c in s.iter() {
        decompose(c, form.compat(), &mut chars);
    }
    // Canonical order: stable sort of each run of marks.
    let mut i = 0;
    while i < chars.len() {
        if combining_class(chars[i]) == 0 {
            i += 1;
            continue;
        }
        let start = i;
        while i < chars.len() && combining_class(chars[i]) != 0 {
            i += 1;
        }
        chars[start..i].sort_by_key(|&c| combining_class(c));
    }
    if form.composed() {
        let mut starter: Option<usize> = None;
        let mut last_class = 0u8;
        let mut kept = 0;
        for i in 0..chars.len() {
            let c = chars[i];
            let ccc = combining_class(c);
            if let Some(s) = starter
                // Blocked when something of the same or a higher class stands between (0: a starter between).
                && (kept == s + 1 || (last_class != 0 && last_class < ccc))
                && let Some(joined) = compose(chars[s], c)
            {
                chars[s] = joined;
                continue;
            }
            if ccc == 0 {
                starter = Some(kept);
            }
            last_class = ccc;
            chars[kept] = c;
            kept += 1;
        }
        chars.truncate(kept);
    }
    out.push_units(Units::Four(&chars));
    out
}
