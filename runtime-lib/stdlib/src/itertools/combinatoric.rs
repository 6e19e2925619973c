//! Iterators over selections from a pool: product, permutations, combinations.
use super::{alloc, convert, itself, kept, native_type};
use pyaot_core::call::bind;
use pyaot_core::prelude::*;

/// The items of `pool` at `indices`.
fn select(pool: Ref, indices: &[usize]) -> PyResult<Option<Own>> {
    tuple::from_refs(indices.iter().map(|&i| tuple::get(pool, i))).map(Some)
}
fn size_argument(v: Ref) -> PyResult<usize> {
    match convert::index(v)? {
        r if r < 0 => exc::value_error(format_args!("r must be non-negative")),
        r => Ok(r as usize),
    }
}

/// Where an iteration stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Start,
    Running,
    Done,
}

// ---- product ----

native_type! {
    struct Product, PRODUCT_TYPE, "itertools.product" { pools } { indices: RefCell<Vec<usize>>, stage: Cell<Stage> }
    flags: type_flag::BASETYPE,
    doc: "Cartesian product of input iterables.  Equivalent to nested for-loops.\n\nFor example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).\nThe leftmost iterators are in the outermost for-loop, so the output tuples\ncycle in a manner similar to an odometer (with the rightmost element changing\non every iteration).\n\nTo compute the product of an iterable with itself, specify the number\nof repetitions with the optional repeat keyword argument. For example,\nproduct(A, repeat=4) means the same as product(A, A, A, A).\n\nproduct('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)\nproduct((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...",
    slots: { new: Some(product_new), iter: Some(itself), iternext: Some(product_next) }, methods: &[], getset: &[]
}
fn product_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    let mut repeat = 1;
    if args.keyword_count() > 1 {
        return pyaot_core::call::bind::too_many("product", 1, 0, args.keyword_count());
    }
    for (name, v) in args.keywords() {
        if str_::as_ascii(name) != Some("repeat") {
            return pyaot_core::call::bind::unexpected_keyword("product", &["repeat"], args);
        }
        repeat = convert::index(v)?;
    }
    if repeat < 0 {
        return exc::value_error(format_args!("repeat argument cannot be negative"));
    }
    let n = if repeat == 0 { 0 } else { args.len() };
    let Some(total) = n.checked_mul(repeat as usize).filter(|t| *t <= isize::MAX as usize / 8) else {
        return exc::overflow_error(format_args!("repeat argument too large"));
    };
    let mut pools = Vec::new();
    let mut indices = Vec::new();
    if pools.try_reserve_exact(total).is_err() || indices.try_reserve_exact(total).is_err() {
        return exc::memory_error();
    }
    for v in args.iter().take(n) {
        pools.push(tuple::from_iterable(v)?);
    }
    for i in n..total {
        pools.push(pools[i - n].clone());
    }
    indices.resize(total, 0);
    let pools = tuple::try_from_vec(pools)?;
    Product::make(cls, Some(pools), RefCell::new(indices), Cell::new(Stage::Start))
}
fn product_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Product::cast(it);
    let pools = kept(&this.pools);
    let n = tuple::len(pools.r());
    let mut indices = this.indices.borrow_mut();
    match this.stage.get() {
        Stage::Done => return Ok(None),
        Stage::Start => {
            if (0..n).any(|i| tuple::len(tuple::get(pools.r(), i)) == 0) {
                this.stage.set(Stage::Done);
                return Ok(None);
            }
            this.stage.set(Stage::Running);
        }
        Stage::Running => {
            let mut i = n;
            loop {
                if i == 0 {
                    this.stage.set(Stage::Done);
                    return Ok(None);
                }
                i -= 1;
                indices[i] += 1;
                if indices[i] < tuple::len(tuple::get(pools.r(), i)) {
                    break;
                }
                indices[i] = 0;
            }
        }
    }
    let chosen = indices
        .iter()
        .enumerate()
        .map(|(i, &k)| tuple::get(tuple::get(pools.r(), i), k));
    tuple::from_refs(chosen).map(Some)
}

// ---- combinations ----

native_type! {
    struct Combinations, COMBINATIONS_TYPE, "itertools.combinations" { pool } { indices: RefCell<Vec<usize>>, stage: Cell<Stage> }
    flags: type_flag::BASETYPE,
    doc: "Return successive r-length combinations of elements in the iterable.\n\ncombinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)",
    slots: { new: Some(combinations_new), iter: Some(itself), iternext: Some(combinations_next) }, methods: &[], getset: &[]
}
fn combinations_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("combinations(iterable, r)"), args, |b| {
        let r = convert::index(b.arg(1))?;
        let pool = tuple::from_iterable(b.arg(0))?;
        let r = size_argument(Own::int(r as i64).r())?;
        let stage = if r > tuple::len(pool.r()) {
            Stage::Done
        } else {
            Stage::Start
        };
        let indices = if stage == Stage::Done {
            Vec::new()
        } else {
            (0..r).collect()
        };
        Combinations::make(cls, Some(pool), RefCell::new(indices), Cell::new(stage))
    })
}
fn combinations_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Combinations::cast(it);
    let pool = kept(&this.pool);
    let n = tuple::len(pool.r());
    let mut indices = this.indices.borrow_mut();
    let r = indices.len();
    match this.stage.get() {
        Stage::Done => return Ok(None),
        Stage::Start => this.stage.set(Stage::Running),
        Stage::Running => {
            let Some(i) = (0..r).rev().find(|&i| indices[i] != i + n - r) else {
                this.stage.set(Stage::Done);
                return Ok(None);
            };
            indices[i] += 1;
            for k in i + 1..r {
                indices[k] = indices[k - 1] + 1;
            }
        }
    }
    select(pool.r(), &indices)
}

native_type! {
    struct Replacement, REPLACEMENT_TYPE, "itertools.combinations_with_replacement" { pool } { indices: RefCell<Vec<usize>>, stage: Cell<Stage> }
    flags: type_flag::BASETYPE,
    doc: "Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.\n\ncombinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')",
    slots: { new: Some(replacement_new), iter: Some(itself), iternext: Some(replacement_next) }, methods: &[], getset: &[]
}
fn replacement_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("combinations_with_replacement(iterable, r)"), args, |b| {
        let r = convert::index(b.arg(1))?;
        let pool = tuple::from_iterable(b.arg(0))?;
        let r = size_argument(Own::int(r as i64).r())?;
        let mut indices = Vec::new();
        if indices.try_reserve_exact(r).is_err() {
            return exc::memory_error();
        }
        indices.resize(r, 0);
        let stage = if tuple::len(pool.r()) == 0 && r > 0 {
            Stage::Done
        } else {
            Stage::Start
        };
        Replacement::make(cls, Some(pool), RefCell::new(indices), Cell::new(stage))
    })
}
fn replacement_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Replacement::cast(it);
    let pool = kept(&this.pool);
    let n = tuple::len(pool.r());
    let mut indices = this.indices.borrow_mut();
    match this.stage.get() {
        Stage::Done => return Ok(None),
        Stage::Start => this.stage.set(Stage::Running),
        Stage::Running => {
            let Some(i) = (0..indices.len()).rev().find(|&i| indices[i] != n - 1) else {
                this.stage.set(Stage::Done);
                return Ok(None);
            };
            let v = indices[i] + 1;
            indices[i..].fill(v);
        }
    }
    select(pool.r(), &indices)
}

// ---- permutations ----

native_type! {
    struct Permutations, PERMUTATIONS_TYPE, "itertools.permutations" { pool } { indices: RefCell<Vec<usize>>, cycles: RefCell<Vec<usize>>, stage: Cell<Stage> }
    flags: type_flag::BASETYPE,
    doc: "Return successive r-length permutations of elements in the iterable.\n\npermutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)",
    slots: { new: Some(permutations_new), iter: Some(itself), iternext: Some(permutations_next) }, methods: &[], getset: &[]
}
fn permutations_new(cls: &'static TypeObject, args: &Args) -> PyResult {
    bind(sig!("permutations(iterable, r=None)"), args, |b| {
        let pool = tuple::from_iterable(b.arg(0))?;
        let n = tuple::len(pool.r());
        let r = match b.get_not_none(1) {
            None => n,
            Some(v) if !v.ty().has(type_flag::INT) => return exc::type_error(format_args!("Expected int as r")),
            Some(v) => size_argument(v)?,
        };
        let stage = if r > n { Stage::Done } else { Stage::Start };
        let cycles = if r > n {
            Vec::new()
        } else {
            (0..r).map(|i| n - i).collect()
        };
        Permutations::make(
            cls,
            Some(pool),
            RefCell::new((0..n).collect()),
            RefCell::new(cycles),
            Cell::new(stage),
        )
    })
}
fn permutations_next(it: Ref) -> PyResult<Option<Own>> {
    let this = Permutations::cast(it);
    let pool = kept(&this.pool);
    let (mut indices, mut cycles) = (this.indices.borrow_mut(), this.cycles.borrow_mut());
    let (n, r) = (indices.len(), cycles.len());
    match this.stage.get() {
        Stage::Done => return Ok(None),
        Stage::Start => this.stage.set(Stage::Running),
        Stage::Running => {
            let mut i = r;
            loop {
                if i == 0 {
                    this.stage.set(Stage::Done);
                    return Ok(None);
                }
                i -= 1;
                cycles[i] -= 1;
                if cycles[i] == 0 {
                    indices[i..].rotate_left(1);
                    cycles[i] = n - i;
                } else {
                    indices.swap(i, n - cycles[i]);
                    break;
                }
            }
        }
    }
    select(pool.r(), &indices[..r])
}
