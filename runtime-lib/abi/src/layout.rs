//! Object layouts that compiled code reads or that the compiler writes as static data. Everything is `repr(C)`.
//!
//! Fields that change after creation are `Cell`s (same layout as the bare field), so that shared references are sound.
//! Static objects are immortal by [`IMMORTAL_REFCOUNT`] and the `IMMORTAL` flag: counts are changed without a test, and the
//! deallocator puts the count back when it meets the flag.
use crate::Value;
use core::cell::Cell;

/// First 16 bytes of every heap object. Every heap object has at least 24 readable bytes: attribute sites read the word at
/// offset 16 before they know the type.
#[repr(C)]
pub struct Header {
    pub refcount: Cell<u32>,
    pub flags: Cell<u32>,
    pub ty: Cell<*const TypeHead>,
}

pub const IMMORTAL_REFCOUNT: u32 = 0xC000_0000;

// SAFETY: the GIL guards every object; static objects are reached only by the thread that holds it.
unsafe impl Sync for Header {}
unsafe impl Sync for TypeHead {}
unsafe impl Sync for ThreadState {}
unsafe impl Sync for AttrCache {}
unsafe impl Sync for GlobalCell {}

/// Bits of [`Header::flags`]. The upper 16 bits belong to the type.
pub mod flag {
    pub const IMMORTAL: u32 = 1 << 0;
    /// `__del__` (or a generator's close) has run.
    pub const FINALIZED: u32 = 1 << 1;
    /// The object has entries in the weak reference table.
    pub const WEAKREFS: u32 = 1 << 2;
    /// The collector looks at the object (containers whose type may be part of a cycle).
    pub const TRACKED: u32 = 1 << 3;
    /// Generation of the collector, two bits.
    pub const GENERATION_SHIFT: u32 = 4;
    pub const GENERATION_MASK: u32 = 3 << 4;
    /// Scratch bits of a running collection.
    pub const GC_MARK: u32 = 1 << 6;
    pub const GC_REACHABLE: u32 = 1 << 7;
    /// The slot is on a free list (the page enumeration skips it).
    pub const FREE: u32 = 1 << 8;
    /// The object has a block of its own from malloc instead of a page slot.
    pub const LARGE: u32 = 1 << 9;
    /// The object is being deallocated.
    pub const DYING: u32 = 1 << 10;
    /// First bit that a type may use.
    pub const TYPE_SHIFT: u32 = 16;

    /// str: bytes per code unit, as its power of two (0, 1, 2), two bits.
    pub const STR_KIND_SHIFT: u32 = 16;
    pub const STR_KIND_MASK: u32 = 3 << 16;
    /// str: all code points below 128 (kind is 0 then).
    pub const STR_ASCII: u32 = 1 << 18;
    pub const STR_INTERNED: u32 = 1 << 19;
}

/// The part of a type object that compiled code reads; the runtime's `TypeObject` begins with it.
#[repr(C)]
pub struct TypeHead {
    pub header: Header,
    /// [`type_flag`] bits.
    pub flags: Cell<u64>,
    /// Changes whenever an attribute of the type or of a base changes; 0 = no valid version.
    pub version: Cell<u32>,
    /// Bytes of an instance without its variable part.
    pub basic_size: Cell<u32>,
    pub item_size: Cell<u32>,
    /// Byte offset of the instance's shape pointer; 0 = instances have no attributes of their own, `u32::MAX` = behind the variable part.
    pub shape_offset: Cell<u32>,
    /// Calls an instance; null when instances are not callable.
    pub vectorcall: Cell<Option<Vectorcall>>,
}

/// Generic entry of a callable. `args[0..nargs]` are positional, then one value per name in `kwnames` (a tuple or the null word).
/// `nargsf` is the number of positional arguments plus [`ARGS_STEAL`] and [`ARGS_OFFSET`].
pub type Vectorcall = unsafe extern "C" fn(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value;
/// The callee may take arguments out of the array, leaving the null word; what it leaves is the caller's to release.
pub const ARGS_STEAL: u64 = 1 << 63;
/// `args[-1]` exists and may be overwritten during the call (its old content must be put back).
pub const ARGS_OFFSET: u64 = 1 << 62;
pub const ARGS_MASK: u64 = ARGS_OFFSET - 1;

pub mod type_flag {
    pub const HEAP: u64 = 1 << 0;
    pub const BASETYPE: u64 = 1 << 1;
    /// The type's attributes cannot change.
    pub const IMMUTABLE: u64 = 1 << 2;
    /// Instances take part in cyclic collection.
    pub const GC: u64 = 1 << 3;
    /// Freeing an instance can run no Python code (int, str, …).
    pub const QUIET_DEALLOC: u64 = 1 << 4;
    pub const READY: u64 = 1 << 5;
    pub const SEQUENCE: u64 = 1 << 6;
    pub const MAPPING: u64 = 1 << 7;
    pub const ABSTRACT: u64 = 1 << 8;
    pub const METHOD_DESCRIPTOR: u64 = 1 << 9;
    pub const DISALLOW_INSTANTIATION: u64 = 1 << 10;
    pub const MATCH_SELF: u64 = 1 << 11;
    /// Instances can be weakly referenced.
    pub const WEAKREFABLE: u64 = 1 << 12;
    pub const HAS_FINALIZER: u64 = 1 << 13;
    pub const READYING: u64 = 1 << 14;
    pub const INT: u64 = 1 << 24;
    pub const LIST: u64 = 1 << 25;
    pub const TUPLE: u64 = 1 << 26;
    pub const BYTES: u64 = 1 << 27;
    pub const STR: u64 = 1 << 28;
    pub const DICT: u64 = 1 << 29;
    pub const BASE_EXC: u64 = 1 << 30;
    pub const TYPE: u64 = 1 << 31;
    pub const FLOAT: u64 = 1 << 32;
    pub const BYTEARRAY: u64 = 1 << 33;
    pub const SET: u64 = 1 << 34;
    pub const FROZENSET: u64 = 1 << 35;
    pub const COMPLEX: u64 = 1 << 36;
}

/// State of the running thread, in static memory (`pyaot_thread`); swapped when the GIL changes hands.
#[repr(C)]
pub struct ThreadState {
    /// Python frames on the stack.
    pub depth: Cell<u32>,
    /// Function entry calls `pyaot_stack_poll` when `depth >= limit`; an asynchronous request sets it to 0.
    pub limit: Cell<u32>,
    /// The raised exception; null when none. Owned.
    pub raised: Cell<Value>,
    /// The exception that the running generator, or else the code outside of generators, is handling; NONE when none. Owned.
    pub handled: Cell<Value>,
    /// What the callers of the running generator are handling (CPython's exc_info stack); null outside of generators.
    pub callers: Cell<*const CallerHandles>,
}

/// `handled` and `callers` of whoever resumed a generator, in its object while that runs.
#[repr(C)]
pub struct CallerHandles {
    pub handled: Cell<Value>,
    pub callers: Cell<*const CallerHandles>,
}

#[repr(C)]
pub struct FloatObject {
    pub header: Header,
    pub value: f64,
}

/// Big int: magnitude in `len.abs()` 64-bit limbs, least significant first, sign of `len`. Instances of int subclasses may hold small values.
#[repr(C)]
pub struct IntObject {
    pub header: Header,
    pub len: Cell<i64>,
    pub limbs: [u64; 0],
}

/// `len` code points in units of 1, 2 or 4 bytes (see [`flag`]), then one NUL unit. `hash` is -1 until asked for.
#[repr(C)]
pub struct StrObject {
    pub header: Header,
    pub len: Cell<usize>,
    pub hash: Cell<i64>,
    pub data: [u8; 0],
}

/// `len` bytes and a NUL. `hash` is -1 until asked for.
#[repr(C)]
pub struct BytesObject {
    pub header: Header,
    pub len: Cell<usize>,
    pub hash: Cell<i64>,
    pub data: [u8; 0],
}

/// `hash` is -1 until asked for.
#[repr(C)]
pub struct TupleObject {
    pub header: Header,
    pub len: Cell<usize>,
    pub hash: Cell<i64>,
    pub items: [Value; 0],
}

#[repr(C)]
pub struct ListObject {
    pub header: Header,
    pub len: Cell<usize>,
    pub capacity: Cell<usize>,
    pub items: Cell<*mut Value>,
}

/// Iterator over an exact list or tuple. `seq` is the null word once exhausted.
#[repr(C)]
pub struct SeqIterObject {
    pub header: Header,
    pub index: Cell<usize>,
    pub seq: Cell<Value>,
}

/// Iterator over a range all of whose values are small ints.
#[repr(C)]
pub struct RangeIterObject {
    pub header: Header,
    pub next: Cell<i64>,
    pub step: i64,
    pub remaining: Cell<u64>,
}

#[repr(C)]
pub struct ComplexObject {
    pub header: Header,
    pub real: f64,
    pub imag: f64,
}

/// `value` is UNBOUND when the cell is empty.
#[repr(C)]
pub struct CellObject {
    pub header: Header,
    pub value: Cell<Value>,
}

#[repr(C)]
pub struct SliceObject {
    pub header: Header,
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

/// Instance of a Python class without a built-in base: shape, then the overflow array or materialised dict, then inline slots.
#[repr(C)]
pub struct InstanceObject {
    pub header: Header,
    /// Address of the instance's `Shape` (runtime-internal) plus [`SHAPE_TAG`] and its colour, see [`shape_index`].
    pub shape: Cell<u64>,
    /// Null; or, by its low bit: 0 = overflow array of values, 1 = the `__dict__` object (a view over the slots, or a real dict).
    pub extra: Cell<u64>,
    pub slots: [Value; 0],
}

/// Marks the shape word, so that no other object's word at the same offset (a length, a pointer) can equal it: an inline
/// attribute test compares that word without testing the type first.
pub const SHAPE_TAG: u64 = 0xFFFE << 48;

#[repr(C)]
pub struct MethodObject {
    pub header: Header,
    pub function: Cell<Value>,
    pub instance: Cell<Value>,
}

/// A Python function. `fast_arity` is the parameter count when a call with exactly that many positional arguments may go
/// straight to `direct` with borrowed arguments in registers, else `NO_FAST_ARITY`.
#[repr(C)]
pub struct FunctionObject {
    pub header: Header,
    /// See [`DirectEntry`].
    pub direct: Cell<*const u8>,
    pub fast_arity: Cell<u32>,
    pub version: Cell<u32>,
    pub code: Cell<*const CodeObject>,
    /// The module object whose cells the function reads.
    pub module: Cell<Value>,
    /// Tuple of cells or the null word.
    pub closure: Cell<Value>,
    /// Tuple or the null word.
    pub defaults: Cell<Value>,
    /// Dict or the null word.
    pub kwdefaults: Cell<Value>,
    pub name: Cell<Value>,
    pub qualname: Cell<Value>,
    pub doc: Cell<Value>,
    /// The `__module__` value, may be any object.
    pub module_name: Cell<Value>,
    /// `__annotate__` function, None, or the null word.
    pub annotate: Cell<Value>,
    /// `__annotations__` dict once made, or the null word.
    pub annotations: Cell<Value>,
    /// Tuple of type parameters or the null word.
    pub type_params: Cell<Value>,
    /// `__dict__`, or the null word.
    pub dict: Cell<Value>,
}
pub const NO_FAST_ARITY: u32 = u32::MAX;

/// `direct(function, p0, …, pN-1) -> Value`: all parameter slots (positional, keyword-only, `*args` tuple, `**kwargs` dict, in
/// CPython's fast-local order) in registers when `N <= MAX_REGISTER_PARAMS`, else `direct(function, pointer to the N slots)`.
/// Parameters are borrowed, except those in [`CodeObject::consumed`], which the callee owns. The body of a class (code without
/// CO_OPTIMIZED that is not a module's) has one parameter slot, its namespace, though `argcount` is 0; a module's code has none.
pub const MAX_REGISTER_PARAMS: u32 = 8;

/// Code object, static data made by the compiler (or allocated by the runtime for `code.replace`).
#[repr(C)]
pub struct CodeObject {
    pub header: Header,
    /// See [`MAX_REGISTER_PARAMS`]; null when the code has no machine code.
    pub direct: *const u8,
    /// Generators: `resume(generator, sent) -> Value`, see [`GeneratorObject`]; else null.
    pub resume: *const u8,
    /// Bit i: parameter slot i is consumed. Slots past 63 are never consumed (their function takes a copy at entry).
    pub consumed: u64,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub flags: u32,
    /// All parameter slots, `*args` and `**kwargs` included.
    pub nparams: u32,
    pub nlocalsplus: u32,
    pub stacksize: u32,
    pub firstlineno: u32,
    /// Value slots of the heap frame of a generator.
    pub frame_slots: u32,
    /// For `make_function`: parameter count when a function without defaults, cells among its parameters and other extras may be
    /// called straight, see [`FunctionObject::fast_arity`]; else `NO_FAST_ARITY`.
    pub fast_arity: u32,
    pub name: Cell<Value>,
    pub qualname: Cell<Value>,
    pub filename: Cell<Value>,
    /// Tuples of str, bytes, bytes, bytes, bytes.
    pub localsplusnames: Value,
    pub localspluskinds: Value,
    pub code: Value,
    pub linetable: Value,
    pub exceptiontable: Value,
    /// Tuple; a frozenset constant is the null word here until someone reads `co_consts` (see `const_cells`).
    pub consts: Cell<Value>,
    pub names: Value,
    pub module: *const ModuleStatic,
    /// Cells of constants that are made at run time, one per item of `consts` (null pointer when there is none).
    pub const_cells: *mut Value,
}

/// A global variable of a compiled module. Code that relies on what a name is bound to tests `guard` for one value.
#[repr(C)]
pub struct GlobalCell {
    /// Null word = not bound.
    pub value: Cell<Value>,
    /// One of [`guard`].
    pub guard: Cell<u64>,
    /// The builtin of this name while `value` is null (borrowed), or the null word: not looked up yet.
    pub builtin: Cell<Value>,
}

/// States of [`GlobalCell::guard`].
pub mod guard {
    /// Nothing is known.
    pub const NONE: u64 = 0;
    /// The name is bound by the one `def` or `class` statement that binds it, and what that made is unchanged.
    pub const BOUND: u64 = 1;
    /// It was bound otherwise since; for good.
    pub const BROKEN: u64 = 2;
    /// The name is not bound in the module and means the builtin that the process started with.
    pub const BUILTIN: u64 = 3;
    /// The cell belongs to the builtins' own namespace.
    pub const NAMESPACE: u64 = 4;
    /// At the start: no code of the module binds the name, so that it is looked up among the builtins before the module runs.
    pub const FREE: u64 = 5;
}

/// What the bits are of a local variable that compiled code keeps in two words.
pub mod number_kind {
    pub const UNBOUND: i32 = 0;
    pub const INT: i32 = 1;
    /// The bits of a float; [`UNBOUND_FLOAT`] when there is none.
    pub const FLOAT: i32 = 2;
    /// An immediate or immortal object's word.
    pub const WORD: i32 = 3;
    /// The code of a str of one character.
    pub const CHAR: i32 = 4;
    /// The traceback of the exception that is being handled.
    pub const TRACEBACK: i32 = 5;
    /// A signalling NaN: no operation has such a result, and objects that hold one are not kept as bits.
    pub const UNBOUND_FLOAT: u64 = 0x7FF4_0000_0000_0BAD;
}

/// What the compiler knows of one module.
#[repr(C)]
pub struct ModuleStatic {
    /// Dotted name, str.
    pub name: Value,
    pub code: *const CodeObject,
    /// Global variable cells. `cell_names[i]` is the (interned) str of `cells[i]`, sorted as the compiler likes.
    pub cells: *mut GlobalCell,
    pub cell_names: *const Value,
    pub cell_count: u32,
    /// Bit 0: package. Bit 1: standard library.
    pub flags: u32,
    /// `__file__`, str.
    pub file: Value,
    /// Source text, raw deflate, `source_len` compressed bytes; null when left out.
    pub source: *const u8,
    pub source_len: usize,
    pub source_raw_len: usize,
    /// The module object once created, else null.
    pub object: Cell<Value>,
}
pub const MODULE_PACKAGE: u32 = 1;
pub const MODULE_STDLIB: u32 = 2;
/// Code of a text for `eval` or `exec`: its globals are those of the function that runs.
pub const MODULE_TEXT: u32 = 4;

/// The root of the static data that the driver links in, symbol `pyaot_program`.
#[repr(C)]
pub struct ProgramStatic {
    pub abi_revision: u32,
    pub module_count: u32,
    /// All compiled modules, sorted by name (code point order).
    pub modules: *const *mut ModuleStatic,
    /// The script, runs as `__main__`.
    pub main: *mut ModuleStatic,
    /// Interned static strings: `[start, end)` array of words.
    pub interned_start: *const Value,
    pub interned_end: *const Value,
    /// Return address table: array of [`FunctionMap`].
    pub maps_start: *const FunctionMap,
    pub maps_end: *const FunctionMap,
    /// `-W` and `-X` options of the build as NUL-terminated strings, each after its letter; an empty string ends them.
    pub options: *const u8,
    /// Optimisation level (`sys.flags.optimize`), `-X dev` and the like as bits in `build_flags`.
    pub optimize: u32,
    pub build_flags: u32,
    /// Addresses of the rows (`pyaot_native.NAME`) of the native modules that the program can import.
    pub native: *const *const u8,
    pub native_count: u64,
}

/// Machine code of one Python function, for finding frames by return address.
#[repr(C)]
pub struct FunctionMap {
    pub start: *const u8,
    pub size: u32,
    /// Rows: code offset from `start`, ascending; the row holds up to the next one.
    pub row_count: u32,
    pub rows: *const FunctionMapRow,
    pub code: *const CodeObject,
}
#[repr(C)]
pub struct FunctionMapRow {
    pub offset: u32,
    /// Index of the instruction (byte offset / 2) in `co_code`.
    pub position: u32,
}

/// Generator, coroutine and async generator objects: a heap frame. `resume(self, sent)` runs to the next suspension; `sent` is the
/// owned value of `send` (None to start), or the null word to raise the exception in the thread state at the suspension point.
/// It returns the yielded value with `state` = the new suspension, or the returned value with `state` = FINISHED, or null (error, FINISHED).
#[repr(C)]
pub struct GeneratorObject {
    pub header: Header,
    pub code: *const CodeObject,
    pub function: Value,
    /// Suspension number: 0 = not started, `GENERATOR_RUNNING`, `GENERATOR_FINISHED`, else numbered from 1 by the compiler.
    pub state: Cell<u32>,
    /// Live slots at this suspension: `slots[0..live]` are owned values (UNBOUND and immediates allowed).
    pub live: Cell<u32>,
    /// Instruction index of the suspension (or of the start).
    pub position: Cell<u32>,
    /// Of the suspension: [`GENERATOR_DELEGATING`], [`GENERATOR_PROTECTED`]; the runtime adds [`GENERATOR_BUSY`].
    pub flags: Cell<u32>,
    /// The runtime's own: [`GENERATOR_WATCHED`] and others that compiled code does not read.
    pub marks: Cell<u32>,
    /// Generators before `end`.
    pub waiting: Cell<u32>,
    /// Address of the machine frame while it runs, see `CallerHandles` for the rest of what a resumption notes.
    pub base: Cell<usize>,
    pub caller: CallerHandles,
    /// exc_info stack entry of the generator while it is suspended: the exception it is handling, NONE when none.
    pub handled: Cell<Value>,
    pub name: Cell<Value>,
    pub qualname: Cell<Value>,
    /// Runtime-internal (async generator hooks, coroutine origin), null when unused.
    pub extra: Cell<Value>,
    /// Of delegations, see the runtime's `chain`, all borrowed. While it runs: the generator whose resumption went straight to it.
    /// When it has finished: what the one that delegates to it is to be given (owned). Else null.
    pub via: Cell<Value>,
    /// The one that delegates to it, once its chain has been looked at.
    pub delegator: Cell<Value>,
    /// The last generator that its delegations lead to, as of this epoch.
    pub end: Cell<Value>,
    pub epoch: Cell<u64>,
    /// While it runs: who takes its items without leaving it, null when nobody does.
    pub sink: Cell<*const Sink>,
    pub slots: [Value; 0],
}

/// What a consumer does with items, so that a generator's body does it and goes on: it runs no other code and cannot fail. An item that
/// the sink does not take is yielded.
#[repr(C)]
pub struct Sink {
    /// One of [`sink_kind`].
    pub kind: Cell<u32>,
    /// The sum, or the best so far.
    pub number: Cell<i64>,
    pub float: Cell<f64>,
    /// What the float sum lacks (CPython: Python/bltinmodule.c, cs_add).
    pub rest: Cell<f64>,
    /// The list or set, borrowed.
    pub container: Value,
}

/// Of which sequence an iterator is asked to be.
pub mod sequence_kind {
    pub const TUPLE: i32 = 0;
    pub const LIST: i32 = 1;
    pub const STR: i32 = 2;
    /// It is a generator expression's parameter too, which holds it a second time.
    pub const PARAMETER: i32 = 4;
}

pub mod sink_kind {
    /// Takes nothing.
    pub const NONE: u32 = 0;
    /// Appends to a list.
    pub const LIST: u32 = 1;
    /// Passes over what is false, and over what is true.
    pub const FALSE: u32 = 2;
    pub const TRUE: u32 = 3;
    /// Adds ints to `number`.
    pub const SUM: u32 = 4;
    /// Adds floats and ints to `float` and `rest`.
    pub const FLOAT_SUM: u32 = 5;
    /// The least, or greatest, of ints.
    pub const LEAST: u32 = 6;
    pub const GREATEST: u32 = 7;
    /// The same of floats.
    pub const LEAST_FLOAT: u32 = 8;
    pub const GREATEST_FLOAT: u32 = 9;
    /// Adds to a set.
    pub const SET: u32 = 10;
}

impl Sink {
    pub const fn new(kind: u32, container: Value) -> Sink {
        Sink {
            kind: Cell::new(kind),
            number: Cell::new(0),
            float: Cell::new(0.0),
            rest: Cell::new(0.0),
            container,
        }
    }

    /// Neumaier's sum: what a step loses is kept apart.
    #[inline(always)]
    pub fn add_float(&self, f: f64) {
        let total = self.float.get();
        let sum = total + f;
        let (large, small) = if total.abs() >= f.abs() { (total, f) } else { (f, total) };
        self.rest.set(self.rest.get() + ((large - sum) + small));
        self.float.set(sum);
    }
}
pub const GENERATOR_FINISHED: u32 = u32::MAX;
/// States from here on cannot be resumed.
pub const GENERATOR_RUNNING: u32 = u32::MAX - 1;
/// From here on suspensions are blocks of the generator's function at which an object was made to go on.
pub const GENERATOR_BLOCKS: u32 = 1 << 16;
/// The suspension is a `yield from` or `await`, and the delegate is `slots[live - 1]`.
pub const GENERATOR_DELEGATING: u32 = 1;
/// The suspension stands inside a protected region.
pub const GENERATOR_PROTECTED: u32 = 2;
/// Counts as running although it is suspended: something is thrown into its delegate.
pub const GENERATOR_BUSY: u32 = 4;
/// Somebody has a frame object of it.
pub const GENERATOR_WATCHED: u32 = 1;

/// Inline cache of one attribute site, in static data, all zero at start. The runtime fills it and, when the type changes,
/// clears it; so code that finds its key needs no further test.
#[repr(C)]
pub struct AttrCache {
    /// Shape word that the entry is for (objects whose shape stands at offset 16). [`SHAPE_TAG`] alone, which no object has, when the
    /// entry is for a type. 0 only when the entry is empty; then `offset` is 0 and `value` null, too.
    pub shape: Cell<u64>,
    /// Type that the entry is for when instances have no shape, or null.
    pub ty: Cell<*const TypeHead>,
    /// Loads and stores: byte offset of the slot in the instance; 0 = `value` is the (borrowed) result.
    pub offset: Cell<u32>,
    /// Runtime-internal: refills so far.
    pub refills: Cell<u32>,
    /// Borrowed class attribute; for method loads a function to be called with the instance first.
    pub value: Cell<Value>,
    /// Stores that add an attribute at `offset`: the shape word after the store; else equal to `shape`.
    pub next_shape: Cell<u64>,
}

/// What a stretch of code knows of objects by one test of a shape word (or of a type); all zero at start. Groups stand in the
/// place of [`GROUP_CACHES`] entries each among a module's [`AttrCache`]s, and are cleared like them.
#[repr(C)]
pub struct Group {
    /// Shape words or types of the objects, each at its [`group_index`]. Of a group by shapes ([`BY_SHAPE`]): the
    /// [`shape_key`] of each shape word, at its [`shape_index`].
    pub keys: [Cell<u64>; GROUP_KEYS],
    /// Shape word or type of the last objects that the group is not for.
    pub refused: Cell<u64>,
    /// Where objects have the word that is a key: 16 for shapes, 8 for types whose instances have no shape; 0 when there is none.
    pub place: Cell<u32>,
    /// By which bits the keys are told apart; chosen so that each has a place of its own.
    pub shift: Cell<u32>,
    /// Runtime-internal: refills so far.
    pub refills: Cell<u32>,
    /// Runtime-internal: the place of `spare` that is taken next.
    pub next_spare: Cell<u32>,
    /// Of a group by shapes: keys whose place another has.
    pub spare: [Cell<u64>; GROUP_SPARES],
    /// The key that came last, which is tried before the others; 0 when there is none.
    pub latest: Cell<u64>,
}
/// What the test of an [`AttrGroup`] asks for.
pub mod wanted {
    /// The attributes are stored, too.
    pub const STORES: i32 = 1;
    /// They stand one behind the other in the order of the names; None is a gap.
    pub const IN_ORDER: i32 = 2;
}
/// Attributes that are read and stored.
#[repr(C)]
pub struct AttrGroup {
    pub head: Group,
    /// Byte offset of each attribute, in the order of the names; the same for all keys.
    pub offsets: [Cell<u32>; GROUP_NAMES],
}
/// A method that is called, or another thing of a class.
#[repr(C)]
pub struct MethodGroup {
    pub head: Group,
    /// For each key the borrowed Python function; of a [`found::VALUE`] its place.
    pub functions: [Cell<Value>; GROUP_KEYS],
    /// Likewise of the spare keys.
    pub spare_functions: [Cell<Value>; GROUP_SPARES],
}
/// What a [`MethodGroup`] finds by a name.
pub mod found {
    /// A function that is called with the object first; of a class: as it is.
    pub const METHOD: i32 = 0;
    /// The function of a `staticmethod`.
    pub const STATIC: i32 = 1;
    /// The function of a `classmethod`.
    pub const CLASS: i32 = 2;
    /// Getter and setter of a property.
    pub const GETTER: i32 = 3;
    pub const SETTER: i32 = 4;
    /// A function of the object's class, whatever attributes the object has itself: what operators call. Keys are types.
    pub const SPECIAL: i32 = 5;
    /// What loading the attribute gives: the offset of its slot in the object when below [`OFFSETS`], else the address of a word that holds
    /// the class's value, or null.
    pub const VALUE: i32 = 6;
    /// The operand itself is the class, and its address the key.
    pub const OF_CLASS: i32 = 16;
    /// The class has no in-place form of the operator.
    pub const NOT_INPLACE: i32 = 32;
    pub const OFFSETS: u64 = 1 << 16;
}
/// Functions of native modules whose calls compiled code makes itself: module and name, and the function of C's library for those that
/// are one, of a float, finite where it does not raise ([`FLOAT_NATIVES`]). Their objects stand in the runtime's `pyaot_natives` in this order.
pub const NATIVES: [(&str, &str); 10] = [
    ("math", "sqrt"),
    ("math", "fabs"),
    ("math", "sin"),
    ("math", "cos"),
    ("math", "tan"),
    ("math", "atan"),
    ("math", "exp"),
    ("math", "log"),
    ("_heapq", "heappush"),
    ("_heapq", "heappop"),
];
/// The first of [`NATIVES`] are functions of floats.
pub const FLOAT_NATIVES: usize = 8;
/// Builtins that the intrinsics `builtin_0`, `builtin_1` and `builtin_2` call, by place.
pub const DIRECT_BUILTINS: [&str; 21] = [
    "str",
    "int",
    "float",
    "bool",
    "list",
    "tuple",
    "set",
    "dict",
    "ord",
    "chr",
    "abs",
    "sum",
    "len",
    "repr",
    "isinstance",
    "divmod",
    "sorted",
    "reversed",
    "any",
    "all",
    "issubclass",
];
/// What the intrinsic `str_is` asks of a text.
pub mod str_kind {
    /// Methods of the intrinsics `str_plain` and `str_unary`, by place.
    pub const PLAIN: [&str; 8] = [
        "lower",
        "upper",
        "split",
        "strip",
        "lstrip",
        "rstrip",
        "capitalize",
        "title",
    ];
    pub const UNARY: [&str; 8] = [
        "join",
        "split",
        "find",
        "partition",
        "rpartition",
        "index",
        "rfind",
        "count",
    ];
    pub const NAMES: [&str; 6] = ["isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower"];
    /// Where a name stands.
    pub const fn place(names: &[&str], name: &str) -> i32 {
        let mut i = 0;
        while i < names.len() {
            let (a, b) = (names[i].as_bytes(), name.as_bytes());
            let mut k = 0;
            while k < a.len() && k < b.len() && a[k] == b[k] {
                k += 1;
            }
            if k == a.len() && k == b.len() {
                return i as i32;
            }
            i += 1;
        }
        -1
    }
    /// The number of a method.
    pub fn of(method: &str) -> Option<i64> {
        NAMES.iter().position(|n| *n == method).map(|i| i as i64)
    }
}
/// Added to what a group is told of its use (whether it stores; [`found`]): only objects whose shape stands at offset 16 are in it.
pub const BY_SHAPE: i32 = 64;
pub const GROUP_KEYS: usize = 8;
pub const GROUP_SPARES: usize = 2;
/// What a group by shapes has of a shape word. No object has the word of which this is 0, the key of an empty place: it is no length that
/// memory has room for, no address, and as a float a NaN that no operation gives.
pub const fn shape_key(word: u64) -> u64 {
    word.wrapping_add(SHAPE_KEY)
}
pub const SHAPE_KEY: u64 = 0x7abc_def1;
/// The place of a shape word among [`GROUP_KEYS`]: the shape's colour. Classes have colours in turn, so that a few of them seldom share one.
pub const fn shape_index(word: u64) -> usize {
    (word & (GROUP_KEYS as u64 - 1)) as usize
}
/// The place of a key among [`GROUP_KEYS`].
pub const fn group_index(key: u64, shift: u32) -> usize {
    let bits = key >> shift;
    ((bits ^ bits >> GROUP_FOLD) & (GROUP_KEYS as u64 - 1)) as usize
}
pub const GROUP_FOLD: u32 = 3;
/// Names in a group.
pub const GROUP_NAMES: usize = 16;
pub const GROUP_CACHES: u32 = 5;
// SAFETY: as for `AttrCache`: the GIL guards groups.
unsafe impl Sync for Group {}
// SAFETY: likewise.
unsafe impl Sync for AttrGroup {}
// SAFETY: likewise.
unsafe impl Sync for MethodGroup {}

const _: () = assert!(core::mem::size_of::<AttrGroup>() <= GROUP_CACHES as usize * core::mem::size_of::<AttrCache>());
const _: () = assert!(core::mem::size_of::<MethodGroup>() <= GROUP_CACHES as usize * core::mem::size_of::<AttrCache>());
const _: () = assert!(core::mem::size_of::<Header>() == 16);
const _: () = assert!(core::mem::size_of::<AttrCache>() == 40);
const _: () = assert!(core::mem::size_of::<GlobalCell>() == 24);
