//! The wrapper of `functools.lru_cache`. The cache is a dict in order of use, the longest unused entry first.
use crate::native_type::kept;
use pyaot_core::call::{Args, convert};
use pyaot_core::object::alloc;
use pyaot_core::prelude::*;
use pyaot_core::types::method;

#[repr(C)]
pub struct LruCache {
    header: Header,
    function: Cell<Value>,
    cache: Cell<Value>,
    cache_info_type: Cell<Value>,
    /// `__dict__` or null.
    dict: Cell<Value>,
    /// `None` = without bound.
    maxsize: Option<usize>,
    typed: bool,
    hits: Cell<u64>,
    misses: Cell<u64>,
}
// SAFETY: `repr(C)` with a header; subclasses extend the layout.
unsafe impl Object for LruCache {
    fn type_object() -> &'static TypeObject {
        &LRU_CACHE_TYPE
    }
}
pub static LRU_CACHE_TYPE: TypeObject = TypeObject::builtin(&TypeDef {
    name: "functools._lru_cache_wrapper",
    basic_size: size_of::<LruCache>(),
    flags: type_flag::GC | type_flag::BASETYPE | type_flag::WEAKREFABLE | type_flag::METHOD_DESCRIPTOR,
    dict_offset: core::mem::offset_of!(LruCache, dict),
    doc: "Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize\n",
    slots: Slots {
        new: Some(new),
        call: Some(call_cached),
        descr_get: Some(|w, obj, _| match obj {
            None => Ok(w.own()),
            Some(o) => method::new(w, o),
        }),
        traverse: Some(|w, visit| fields(cast(w)).iter().for_each(|c| visit(c.get()))),
        dealloc: Some(|p| {
            // SAFETY: called once for a dead instance.
            fields(unsafe { &*p.cast::<LruCache>() })
                .iter()
                .for_each(|c| decref(c.get()));
        }),
        ..Slots::NONE
    },
    methods: &[
        noargs(sig!("cache_info($self, /)"), cache_info).doc("Report cache statistics"),
        noargs(sig!("cache_clear($self, /)"), |w| {
            let this = cast(w);
            this.hits.set(0);
            this.misses.set(0);
            dict::clear(kept(&this.cache).r());
            Ok(Own::none())
        })
        .doc("Clear the cache and cache statistics"),
        noargs(sig!("__reduce__($self, /)"), |w| {
            protocol::get_attr(w, pyaot_core::istr!("__qualname__"))
        }),
        noargs(sig!("__copy__($self, /)"), |w| Ok(w.own())),
        one(sig!("__deepcopy__($self, memo, /)"), |w, _| Ok(w.own())),
    ],
    getset: &[getset(
        "__dict__",
        pyaot_core::types::object::get_dict,
        pyaot_core::types::object::set_dict,
    )],
    ..TypeDef::NEW
});
fn cast(w: Ref<'_>) -> &LruCache {
    // SAFETY: slots and methods of this type receive its instances.
    unsafe { w.cast() }
}
fn fields(w: &LruCache) -> [&Cell<Value>; 4] {
    [&w.function, &w.cache, &w.cache_info_type, &w.dict]
}
/// CPython: lru_cache_new.
fn new(cls: &'static TypeObject, args: &Args) -> PyResult {
    pyaot_core::call::bind(
        sig!("lru_cache(user_function, maxsize, typed, cache_info_type)"),
        args,
        |b| {
            if b.arg(0).ty().head.vectorcall.get().is_none() {
                return exc::type_error(format_args!("the first argument must be callable"));
            }
            let maxsize = match b.arg(1) {
                v if v.is_none() => None,
                v if convert::is_index(v) => Some(convert::index(v)?.max(0) as usize),
                _ => return exc::type_error(format_args!("maxsize should be integer or None")),
            };
            let typed = protocol::truth(b.arg(2))?;
            let cache = dict::try_new()?;
            alloc::object_of(cls, |header| LruCache {
                header,
                function: Cell::new(b.arg(0).own().into_value()),
                cache: Cell::new(cache.into_value()),
                cache_info_type: Cell::new(b.arg(3).own().into_value()),
                dict: Cell::new(Value::NULL),
                maxsize,
                typed,
                hits: Cell::new(0),
                misses: Cell::new(0),
            })
        },
    )
}
/// What stands between positional and keyword arguments in a key: an object of its own.
fn keyword_mark() -> PyResult {
    struct Kept(Cell<Value>);
    // SAFETY: the GIL guards it.
    unsafe impl Sync for Kept {}
    static KEPT: Kept = Kept(Cell::new(Value::NULL));
    if KEPT.0.get().is_null() {
        KEPT.0
            .set(pyaot_core::call::call0(pyaot_core::types::object::OBJECT_TYPE.r())?.into_value());
    }
    Ok(Ref::from_value(KEPT.0.get()).own())
}
/// CPython: lru_cache_make_key.
fn make_key(args: &Args, typed: bool) -> PyResult {
    if !typed && !args.has_keywords() {
        if let Some(only) = args.get(0).filter(|_| args.len() == 1) {
            let simple = only.value().is_small_int()
                || only.is_exact::<str_::StrObject>()
                || only.is_exact::<pyaot_core::types::int::IntObject>();
            if simple && !only.value().is_bool() {
                return Ok(only.own());
            }
        }
        return tuple::from_words(args.pos());
    }
    let mut parts: Vec<Own> = args.iter().map(Ref::own).collect();
    if args.has_keywords() {
        parts.push(keyword_mark()?);
        for (k, v) in args.keywords() {
            parts.push(k.own());
            parts.push(v.own());
        }
    }
    if typed {
        parts.extend(args.iter().map(|v| v.ty().own()));
        parts.extend(args.keywords().map(|(_, v)| v.ty().own()));
    }
    tuple::try_from_vec(parts)
}
fn count(c: &Cell<u64>) {
    c.set(c.get() + 1);
}
/// CPython: bounded_lru_cache_wrapper, infinite_lru_cache_wrapper, uncached_lru_cache_wrapper.
fn call_cached(w: Ref, args: &Args) -> PyResult {
    let this = cast(w);
    let function = kept(&this.function);
    if this.maxsize == Some(0) {
        count(&this.misses);
        return call(function.r(), args);
    }
    let cache = kept(&this.cache);
    let key = make_key(args, this.typed)?;
    let hash = protocol::hash(key.r())?;
    if let Some(v) = dict::get_with_hash(cache.r(), key.r(), hash)? {
        count(&this.hits);
        if this.maxsize.is_some() {
            dict::move_to_end(cache.r(), key.r(), true)?;
        }
        return Ok(v);
    }
    count(&this.misses);
    let v = call(function.r(), args)?;
    let Some(maxsize) = this.maxsize else {
        dict::set_with_hash(cache.r(), key.r(), hash, v.clone())?;
        return Ok(v);
    };
    // The call may have stored the same key.
    if dict::contains_with_hash(cache.r(), key.r(), hash)? {
        return Ok(v);
    }
    let mut oldest = None;
    if dict::len(cache.r()) >= maxsize {
        oldest = dict::pop_first(cache.r());
    }
    dict::set_with_hash(cache.r(), key.r(), hash, v.clone())?;
    drop(oldest);
    Ok(v)
}
fn cache_info(w: Ref) -> PyResult {
    let this = cast(w);
    let size = dict::len(kept(&this.cache).r());
    let maxsize = this.maxsize.map_or_else(Own::none, Own::usize);
    let numbers = [
        Own::uint(this.hits.get()),
        Own::uint(this.misses.get()),
        maxsize,
        Own::usize(size),
    ];
    let refs: Vec<Ref> = numbers.iter().map(Own::r).collect();
    call(kept(&this.cache_info_type).r(), &Args::positional(&refs))
}
