//! Dict operations that need no compiled program.
use super::*;

fn int(i: i64) -> Own {
    Own::int(i)
}

#[test]
fn stores_finds_and_removes() {
    crate::init();
    let d = new();
    for i in 0..1000 {
        set_own(d.r(), int(i * 7).r(), int(i)).unwrap();
    }
    assert_eq!(len(d.r()), 1000);
    for i in 0..1000 {
        let v = get(d.r(), int(i * 7).r()).unwrap().unwrap();
        assert_eq!(v.r().small_int(), Some(i));
    }
    for i in 0..500 {
        assert!(delete(d.r(), int(i * 14).r()).unwrap());
    }
    assert!(!delete(d.r(), int(0).r()).unwrap());
    assert_eq!(len(d.r()), 500);
    assert_eq!(keys(d.r())[0].r().small_int(), Some(7));
}

#[test]
fn equal_numbers_are_one_key() {
    crate::init();
    let d = new();
    set_own(d.r(), int(1).r(), int(10)).unwrap();
    set_own(d.r(), Own::bool(true).r(), int(11)).unwrap();
    set_own(d.r(), Own::float(1.0).r(), int(12)).unwrap();
    assert_eq!(len(d.r()), 1);
    assert_eq!(get(d.r(), int(1).r()).unwrap().unwrap().r().small_int(), Some(12));
    set_own(d.r(), Own::float(0.0).r(), int(1)).unwrap();
    assert!(contains(d.r(), Own::float(-0.0).r()).unwrap());
    assert!(contains(d.r(), int(0).r()).unwrap());
}

#[test]
fn str_keys_are_found_by_text() {
    crate::init();
    let d = new();
    set_str(d.r(), "alpha", int(1)).unwrap();
    assert_eq!(
        get(d.r(), Own::str("alpha").r()).unwrap().unwrap().r().small_int(),
        Some(1)
    );
    // A key that is neither str nor immediate turns the table general.
    let t = crate::types::tuple::from_vec(vec![int(1), int(2)]);
    set_own(d.r(), t.r(), int(2)).unwrap();
    assert_eq!(get_str(d.r(), "alpha").unwrap().r().small_int(), Some(1));
    let same = crate::types::tuple::from_vec(vec![int(1), int(2)]);
    assert_eq!(get(d.r(), same.r()).unwrap().unwrap().r().small_int(), Some(2));
    let (k, _) = pop_last(d.r()).unwrap();
    assert!(k.r().is(t.r()));
    let c = copy(d.r()).unwrap();
    assert_eq!(len(c.r()), 1);
    clear(d.r());
    assert_eq!((len(d.r()), len(c.r())), (0, 1));
}

#[test]
fn values_of_a_module_live_in_its_cells() {
    crate::init();
    let name = crate::types::str::intern("cell_name");
    // SAFETY: null words.
    let cells: &'static mut [GlobalCell] = Box::leak(vec![unsafe { core::mem::zeroed() }].into_boxed_slice());
    let names: &'static [Value] = Box::leak(vec![name.value()].into_boxed_slice());
    let owner: &'static ModuleStatic = Box::leak(Box::new(ModuleStatic {
        cells: cells.as_mut_ptr(),
        cell_names: names.as_ptr(),
        cell_count: 1,
        // SAFETY: plain words and null pointers.
        ..unsafe { core::mem::zeroed() }
    }));
    let d = new();
    set_owner(d.r(), owner).unwrap();
    set_own(d.r(), name.r(), int(5)).unwrap();
    // SAFETY: the leaked cell.
    unsafe {
        assert_eq!((*owner.cells).value.get(), Value::from_small(5));
        assert_eq!((*owner.cells).guard.get(), guard::BROKEN);
        (*owner.cells).value.set(Value::from_small(6));
    }
    assert_eq!(get(d.r(), name.r()).unwrap().unwrap().r().small_int(), Some(6));
    assert!(delete(d.r(), name.r()).unwrap());
    // SAFETY: the leaked cell.
    assert!(unsafe { (*owner.cells).value.get().is_null() });
    assert_eq!(len(d.r()), 0);
}
