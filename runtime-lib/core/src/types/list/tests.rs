//! List operations that need no compiled program.
use super::slices::delete_stepped;
use super::*;
use crate::types::slice::Bounds;

fn ints(items: &[i64]) -> Own {
    from_vec(items.iter().map(|i| Own::int(*i)).collect()).unwrap()
}
fn values(l: Ref) -> Vec<i64> {
    snapshot(l).iter().map(|v| v.r().small_int().unwrap()).collect()
}

#[test]
fn growth_is_that_of_cpython() {
    crate::init();
    let l = new().unwrap();
    let mut capacities = Vec::new();
    for i in 0..50 {
        append(l.r(), Own::int(i)).unwrap();
        let c = cast(l.r()).capacity.get();
        if capacities.last() != Some(&c) {
            capacities.push(c);
        }
    }
    assert_eq!(capacities, [4, 8, 16, 24, 32, 40, 52]);
}

#[test]
fn ranges_are_replaced_and_deleted() {
    crate::init();
    let l = ints(&[0, 1, 2, 3, 4, 5]);
    replace_range(l.r(), 1, 3, vec![Own::int(9)]).unwrap();
    assert_eq!(values(l.r()), [0, 9, 3, 4, 5]);
    let step = Bounds {
        start: 4,
        stop: -1,
        step: -2,
        count: 3,
    };
    delete_stepped(l.r(), step).unwrap();
    assert_eq!(values(l.r()), [9, 4]);
    insert(l.r(), 1, Own::int(7)).unwrap();
    assert_eq!(remove_at(l.r(), 0).r().small_int(), Some(9));
    assert_eq!(values(l.r()), [7, 4]);
}

#[test]
fn sorts_numbers_and_texts() {
    crate::init();
    let l = ints(&[3, 1, 2]);
    sort::sort(l.r(), None, false).unwrap();
    assert_eq!(values(l.r()), [1, 2, 3]);
    sort::sort(l.r(), None, true).unwrap();
    assert_eq!(values(l.r()), [3, 2, 1]);
    let texts = from_vec(["b", "a", "é", "aa"].map(Own::str).into()).unwrap();
    sort::sort(texts.r(), None, false).unwrap();
    let out: Vec<String> = snapshot(texts.r())
        .iter()
        .map(|s| crate::types::str::to_string_lossy(s.r()))
        .collect();
    assert_eq!(out, ["a", "aa", "b", "é"]);
}
