use super::*;
use pyaot_text::{levenshtein, sort};

struct Fnv(u64);
impl Fnv {
    fn new() -> Fnv {
        Fnv(0xcbf29ce484222325)
    }
    fn add(&mut self, n: u64) {
        self.0 = (self.0 ^ (n & 0xffffffff)).wrapping_mul(0x100000001b3);
    }
}

/// The same numbers as record.py makes.
fn values(pattern: &str, seed: u64, n: i64) -> Vec<i64> {
    let mut x = seed;
    (0..n)
        .map(|i| {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let y = (x >> 33) as i64;
            match pattern {
                "random" => y % 1000000,
                "few" => y % 4,
                "ascending" => i * 2 + if y % 1000 == 0 { 5 } else { 0 },
                "descending" => (-i).div_euclid(3),
                "saw" if y % 5 == 0 => i,
                "saw" => (i % 37) * if i % 2 == 1 { 1 } else { -1 },
                "blocks" => (i * 7919 / 100) % 50 + i / 400 * 10,
                "swapped" if y % 50 == 0 => y % (n + 1),
                "swapped" => i,
                _ => 1,
            }
        })
        .collect()
}

#[test]
fn sorts() {
    check(include_str!("sort.txt"), |f| {
        let num = |i: usize| f[i].parse::<i64>().unwrap();
        let mut items: Vec<(i64, u64)> = values(f[0], num(1) as u64, num(2)).into_iter().zip(0..).collect();
        let (limit, odd) = (num(3), num(4));
        let (mut count, mut log, mut last) = (0, Fnv::new(), Fnv::new());
        let result = sort::sort(&mut items, |a, b| {
            if count == limit {
                return Err(());
            }
            count += 1;
            log.add(a.1);
            log.add(b.1);
            Ok((a.0 < b.0) ^ (odd != 0 && count % odd == 0))
        });
        if limit < 0 && odd == 0 {
            assert!(result.is_ok() && items.is_sorted());
        }
        items.iter().for_each(|i| last.add(i.1));
        (format!("{count} {:016x} {:016x}", log.0, last.0), f[5..].join(" "))
    });
}

#[test]
fn suggestions() {
    let utf8 = |s: &str| dec(s).units().to_string_lossy().into_bytes();
    check(include_str!("suggest.txt"), |f| {
        let names: Vec<Vec<u8>> = f[1].split(',').map(utf8).collect();
        let got = levenshtein::suggest(names.iter().map(|n| &n[..]), &utf8(f[0]));
        (
            got.map_or("-".into(), |i| f[1].split(',').nth(i).unwrap().into()),
            f[2].into(),
        )
    });
}
