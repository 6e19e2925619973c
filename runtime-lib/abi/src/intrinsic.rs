//! THE intrinsic table: every function of the runtime that compiled code calls, symbol `pyaot_NAME`.
//!
//! The compiler makes declarations from [`INTRINSICS`]; the runtime checks its bodies against the same rows with
//! [`for_each_intrinsic!`](crate::for_each_intrinsic). A row without its result, error and effect does not compile.
use crate::Value;

/// How an argument is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    /// A value that the caller keeps alive.
    Borrow,
    /// A value whose reference the callee takes, also when it raises.
    Own,
    /// Raw machine words.
    Ptr,
    I32,
    I64,
    F64,
}

/// What a call gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ret {
    /// An owned value.
    Own,
    /// A value kept alive by something else (an argument, static data).
    Borrow,
    Void,
    /// 0 or 1; with `Error::Negative` also -1.
    I32,
    I64,
    F64,
    Ptr,
}

/// How an error shows. The exception is in the thread state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    Never,
    /// The null word.
    Null,
    /// A negative result.
    Negative,
    /// Always: the function does not return normally (its result is void).
    Always,
    /// The null word means "exhausted" when no exception is in the thread state (iteration).
    NullOrEnd,
}

/// Flag in the `op` of `add_take`.
pub const ADD_TAKES_BOTH: i32 = 0x100;

/// What the call may do besides its result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Reads at most immutable data.
    Pure,
    /// May allocate, change its arguments or the thread state; runs no Python code.
    Quiet,
    /// May run any Python code.
    Foreign,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Intrinsic {
    /// Without the `pyaot_` prefix.
    pub name: &'static str,
    pub args: &'static [Arg],
    pub ret: Ret,
    pub error: Error,
    pub effect: Effect,
    /// The body stands in the crate `hot` and is inlined from its bitcode.
    pub hot: bool,
}

impl Intrinsic {
    pub fn find(name: &str) -> Option<&'static Intrinsic> {
        INTRINSICS.iter().find(|row| row.name == name)
    }
}

/// Rust type of an argument kind.
#[macro_export]
macro_rules! arg_type {
    (Borrow) => { $crate::Value };
    (Own) => { $crate::Value };
    (Ptr) => { *mut u8 };
    (I32) => { i32 };
    (I64) => { i64 };
    (F64) => { f64 };
}

/// Rust type of a result kind.
#[macro_export]
macro_rules! ret_type {
    (Own) => { $crate::Value };
    (Borrow) => { $crate::Value };
    (Void) => { () };
    (I32) => { i32 };
    (I64) => { i64 };
    (F64) => { f64 };
    (Ptr) => { *mut u8 };
}

/// Calls `$callback!` with all rows: `{hot|cold} NAME(arg: Kind, …) -> Ret, Error, Effect;`.
#[macro_export]
macro_rules! for_each_intrinsic {
    ($callback:ident) => {
        $callback! {
            // ---- references ----
            /// Drops one reference of a heap object whose count may reach zero. Runs finalisers.
            hot release(v: Own) -> Void, Never, Foreign;
            /// Frees a heap object whose count has reached zero.
            cold dealloc(v: Own) -> Void, Never, Foreign;
            /// Asynchronous work at a loop back-edge: signals, GIL, collection, pending calls.
            cold poll() -> I32, Negative, Foreign;
            /// Function entry when `depth >= limit`: RecursionError or asynchronous work.
            cold stack_poll() -> I32, Negative, Foreign;

            // ---- operators (BINARY_OP, UNARY_*, COMPARE_OP) ----
            hot add(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot sub(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot mul(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            cold matmul(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot truediv(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot floordiv(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot mod(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            cold pow(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot lshift(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot rshift(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot and(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot or(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            hot xor(a: Borrow, b: Borrow) -> Own, Null, Foreign;
            /// The out-of-line rest of the hot operators; `op` is CPython's NB_* number (BINARY_OP's oparg, in-place from 13).
            cold binary_op(a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            /// In-place operators: `op` is CPython's NB_INPLACE_* number (from 13).
            hot inplace_op(a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            /// `a + b` (`op` 0) or `a += b` (`op` 13) where `a` is a local variable that is overwritten next: on success the reference of `a`
            /// is taken, on error it is left. A str that nobody else holds may grow in place (linear string building). With ADD_TAKES_BOTH in
            /// `op` the reference of `b` is taken, too, always and before that of `a`.
            hot add_take(a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            cold add_take_slow(a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            hot neg(a: Borrow) -> Own, Null, Foreign;
            cold neg_slow(a: Borrow) -> Own, Null, Foreign;
            cold pos(a: Borrow) -> Own, Null, Foreign;
            cold invert(a: Borrow) -> Own, Null, Foreign;
            /// Truth value.
            hot truth(a: Borrow) -> I32, Negative, Foreign;
            cold truth_slow(a: Borrow) -> I32, Negative, Foreign;
            /// Rich comparison; `op` is 0..=5 for < <= == != > >=. The result may be any object.
            hot compare(a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            cold compare_slow(a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            /// Rich comparison and truth of its result (COMPARE_OP with the to-bool bit).
            hot compare_bool(a: Borrow, b: Borrow, op: I32) -> I32, Negative, Foreign;
            cold compare_bool_slow(a: Borrow, b: Borrow, op: I32) -> I32, Negative, Foreign;
            /// `item in container`.
            cold contains(container: Borrow, item: Borrow) -> I32, Negative, Foreign;

            // ---- subscripts ----
            hot getitem(a: Borrow, key: Borrow) -> Own, Null, Foreign;
            cold getitem_slow(a: Borrow, key: Borrow) -> Own, Null, Foreign;
            hot setitem(a: Borrow, key: Borrow, v: Own) -> I32, Negative, Foreign;
            cold setitem_slow(a: Borrow, key: Borrow, v: Own) -> I32, Negative, Foreign;
            cold delitem(a: Borrow, key: Borrow) -> I32, Negative, Foreign;
            /// BINARY_SLICE, STORE_SLICE.
            cold getslice(a: Borrow, start: Borrow, stop: Borrow) -> Own, Null, Foreign;
            cold setslice(a: Borrow, start: Borrow, stop: Borrow, v: Borrow) -> I32, Negative, Foreign;
            /// `len(v)` as an int object (GET_LEN).
            cold get_len(v: Borrow) -> Own, Null, Foreign;

            // ---- attributes; `name` is an interned str, `cache` an AttrCache ----
            hot load_attr(obj: Borrow, name: Borrow, cache: Ptr) -> Own, Null, Foreign;
            cold load_attr_slow(obj: Borrow, name: Borrow, cache: Ptr) -> Own, Null, Foreign;
            /// Method load: writes the owned `self` (or the null word) to `*self_out` and returns the callable. Takes `obj`.
            hot load_method(obj: Own, name: Borrow, cache: Ptr, self_out: Ptr) -> Own, Null, Foreign;
            cold load_method_slow(obj: Own, name: Borrow, cache: Ptr, self_out: Ptr) -> Own, Null, Foreign;
            hot store_attr(obj: Borrow, name: Borrow, v: Own, cache: Ptr) -> I32, Negative, Foreign;
            cold store_attr_slow(obj: Borrow, name: Borrow, v: Own, cache: Ptr) -> I32, Negative, Foreign;
            /// Whether the group of these names (a tuple) is for objects like `obj`, perhaps from now on. `stores`: they are stored, too.
            cold group_admit(obj: Borrow, names: Borrow, stores: I32, group: Ptr) -> I32, Never, Quiet;
            /// What a group finds by a name (`kind` is one of `pyaot_abi::found`), remembered in the group; null when there is no such thing.
            cold method_admit(obj: Borrow, name: Borrow, kind: I32, group: Ptr) -> Ptr, Never, Quiet;
            /// `isinstance` where it is a matter of types alone, remembered in the site's group: 0 or 1; else -1.
            hot instance_of(obj: Borrow, cls: Borrow, group: Ptr) -> I32, Never, Quiet;
            cold instance_admit(obj: Borrow, cls: Borrow, group: Ptr) -> I32, Never, Quiet;
            /// Whether the method of the left operand's class goes first: the type of `b` is no subclass of that of `a`.
            hot left_first(a: Borrow, b: Borrow) -> I32, Never, Quiet;
            cold left_first_slow(a: Borrow, b: Borrow) -> I32, Never, Quiet;
            /// The rest of an operator after the left operand's method gave NotImplemented (`op` as for `binary_op`), or the right one's
            /// (`reflected`).
            cold binary_rest(a: Borrow, b: Borrow, op: I32, reflected: I32) -> Own, Null, Foreign;
            /// A comparison whose method gave `result`, and the truth of it.
            cold compare_rest(result: Own, a: Borrow, b: Borrow, op: I32) -> Own, Null, Foreign;
            cold compare_truth(result: Own, a: Borrow, b: Borrow, op: I32) -> I32, Negative, Foreign;
            /// Whether calls of a class make a plain object and run the `__init__` with this code; remembered in the group.
            cold class_admit(cls: Borrow, code: Ptr, group: Ptr) -> I32, Never, Quiet;
            /// The same for classes of exceptions whose `__new__` is BaseException's.
            cold exception_class_admit(cls: Borrow, code: Ptr, group: Ptr) -> I32, Never, Quiet;
            /// `BaseException.__new__` with so many arguments, of an admitted class.
            cold exception_new_0(cls: Borrow) -> Own, Null, Quiet;
            cold exception_new_1(cls: Borrow, a: Borrow) -> Own, Null, Quiet;
            cold exception_new_2(cls: Borrow, a: Borrow, b: Borrow) -> Own, Null, Quiet;
            /// A new instance of a class that a group has admitted.
            cold new_plain(cls: Borrow) -> Own, Null, Quiet;
            /// A new instance of a class whose `__init__` has this code and does nothing but store to attributes of these names, with
            /// room for them at the group's offsets; null when the class is none such.
            cold new_filled(cls: Borrow, code: Ptr, names: Borrow, group: Ptr) -> Own, Null, Quiet;
            /// The same for exceptions whose `__init__` calls BaseException's and stores; `which` and the arguments are in `entry::filled_exceptions`.
            cold exception_filled(cls: Borrow, code: Ptr, names: Borrow, group: Ptr, which: I32, a: Borrow, b: Borrow) -> Own, Null, Quiet;
            /// Raises when `__init__` gave this instead of None.
            cold init_result(result: Borrow) -> I32, Negative, Quiet;
            /// Calls the method of the exact type of `obj` with an array of n values; `cache` is the site's.
            cold call_exact(obj: Borrow, name: Borrow, args: Ptr, n: I64, cache: Ptr) -> Own, Null, Foreign;
            /// The same method as an object.
            cold exact_method(obj: Borrow, name: Borrow) -> Own, Never, Quiet;
            cold delete_attr(obj: Borrow, name: Borrow) -> I32, Negative, Foreign;
            /// LOAD_SUPER_ATTR with the real `super`: `super_global` is the loaded global; `method` != 0 asks for the method form.
            cold load_super_attr(super_global: Borrow, cls: Borrow, obj: Borrow, name: Borrow, two_args: I32) -> Own, Null, Foreign;
            cold load_super_method(super_global: Borrow, cls: Borrow, obj: Own, name: Borrow, two_args: I32, self_out: Ptr) -> Own, Null, Foreign;
            /// LOAD_SPECIAL: `which` is CPython's SPECIAL___ENTER__ … number. Like `load_method`.
            /// Whether `super().__init__` of this object is `BaseException.__init__`.
            cold super_init_is_plain(super_global: Borrow, cls: Borrow, obj: Borrow) -> I32, Never, Quiet;
            /// `BaseException.__init__` with so many arguments.
            cold exception_init_0(exc: Borrow) -> Void, Never, Foreign;
            cold exception_init_1(exc: Borrow, a: Borrow) -> Void, Never, Foreign;
            cold exception_init_2(exc: Borrow, a: Borrow, b: Borrow) -> Void, Never, Foreign;
            cold load_special(obj: Own, which: I32, self_out: Ptr) -> Own, Null, Foreign;

            // ---- names; `module` is a ModuleStatic, `cell` the name's cell in it ----
            /// The cell's value; an empty cell: builtins, else NameError (or the deleted state).
            cold load_global(module: Ptr, name: Borrow, cell: Ptr) -> Own, Null, Foreign;
            cold store_global(module: Ptr, name: Borrow, cell: Ptr, v: Own) -> I32, Negative, Foreign;
            cold delete_global(module: Ptr, name: Borrow, cell: Ptr) -> I32, Negative, Foreign;
            /// Class bodies: namespace mapping, then the module's global, then builtins.
            cold load_name(namespace: Borrow, module: Ptr, name: Borrow, cell: Ptr) -> Own, Null, Foreign;
            cold store_name(namespace: Borrow, name: Borrow, v: Own) -> I32, Negative, Foreign;
            cold delete_name(namespace: Borrow, name: Borrow) -> I32, Negative, Foreign;
            cold load_from_dict_or_deref(namespace: Borrow, name: Borrow, cell_object: Borrow, is_free: I32) -> Own, Null, Foreign;
            /// Like those above, but through the `__globals__` of `function` (annotation, alias and default scopes, texts of `eval`).
            cold load_function_global(function: Borrow, name: Borrow) -> Own, Null, Foreign;
            cold store_function_global(function: Borrow, name: Borrow, v: Own) -> I32, Negative, Foreign;
            cold delete_function_global(function: Borrow, name: Borrow) -> I32, Negative, Foreign;
            cold load_function_name(namespace: Borrow, function: Borrow, name: Borrow) -> Own, Null, Foreign;
            /// Module `__dict__` (LOAD_LOCALS at module level, `globals()` is a runtime function).
            cold module_dict(module: Ptr) -> Borrow, Never, Quiet;
            cold setup_annotations(namespace: Borrow) -> I32, Negative, Foreign;
            cold build_class() -> Own, Null, Foreign;
            /// LOAD_COMMON_CONSTANT.
            cold common_constant(which: I32) -> Borrow, Never, Quiet;
            cold import_name(module: Ptr, name: Borrow, fromlist: Borrow, level: Borrow) -> Own, Null, Foreign;
            cold import_from(module_object: Borrow, name: Borrow) -> Own, Null, Foreign;
            /// CALL_INTRINSIC_1 INTRINSIC_IMPORT_STAR; `namespace` is the target dict.
            cold import_star(module_object: Borrow, namespace: Borrow) -> I32, Negative, Foreign;

            // ---- cells and closures ----
            cold make_cell(v: Own) -> Own, Null, Quiet;
            /// NameError "cannot access free variable …" or UnboundLocalError "cannot access local variable …".
            cold raise_unbound_deref(name: Borrow, is_free: I32) -> Void, Always, Quiet;
            cold raise_unbound_local(name: Borrow) -> Void, Always, Quiet;

            // ---- calls ----
            /// `args[-1]` exists when `nargsf` has ARGS_OFFSET. The array's owned values that the callee did not take are left in place.
            cold call(callable: Borrow, args: Ptr, nargsf: I64, kwnames: Borrow) -> Own, Null, Foreign;
            /// CALL and CALL_KW as compiled code makes them: `args[0]` is self or the null word, `args[1..=n]` the positional and then the keyword
            /// values. Bit 0 of `owned`: the reference of `callable` is taken; bit i + 1: that of `args[i]`. What the callee leaves of these is
            /// released, last argument first, then self, then the callable, before this returns (also on error).
            cold call_python(callable: Borrow, args: Ptr, n: I64, kwnames: Borrow, owned: I64) -> Own, Null, Foreign;
            /// A call without arguments of something that is bound to the name `super`, `locals`, `vars` or `dir`: the builtins of these names read
            /// the calling frame. `namespace` is that of a class body or the null word; `locals[0..n]` is the (borrowed) content of the
            /// local variable slots.
            cold call_in_frame(callable: Borrow, code: Ptr, namespace: Borrow, locals: Ptr, n: I32) -> Own, Null, Foreign;
            /// CALL_FUNCTION_EX: `kwargs` may be the null word; `args` is any iterable.
            cold call_ex(callable: Borrow, args: Borrow, kwargs: Borrow) -> Own, Null, Foreign;
            /// Generic entry of functions whose code the compiler made: binds arguments, calls the direct entry.
            cold function_vectorcall(callable: Borrow, args: Ptr, nargsf: I64, kwnames: Borrow) -> Own, Null, Foreign;
            /// MAKE_FUNCTION; `code` is static data.
            cold make_function(code: Ptr, module: Ptr) -> Own, Null, Quiet;
            /// MAKE_FUNCTION with the globals of the running function.
            cold make_function_like(code: Ptr, function: Borrow) -> Own, Null, Quiet;
            /// SET_FUNCTION_ATTRIBUTE; `which` is the oparg bit (1 defaults, 2 kwdefaults, 4 annotations, 8 closure, 16 annotate).
            cold set_function_attribute(function: Borrow, v: Own, which: I32) -> Void, Never, Quiet;

            // ---- construction; arrays hold owned values, which the new object takes ----
            cold build_tuple(items: Ptr, n: I64) -> Own, Null, Quiet;
            cold build_pair(a: Own, b: Own) -> Own, Null, Quiet;
            cold build_list(items: Ptr, n: I64) -> Own, Null, Quiet;
            cold build_set(items: Ptr, n: I64) -> Own, Null, Foreign;
            /// `items` holds n pairs: key, value, key, value …
            cold build_map(items: Ptr, n: I64) -> Own, Null, Foreign;
            cold build_string(items: Ptr, n: I64) -> Own, Null, Quiet;
            cold build_slice(start: Own, stop: Own, step: Own) -> Own, Null, Quiet;
            cold build_template(strings: Borrow, interpolations: Borrow) -> Own, Null, Quiet;
            cold build_interpolation(v: Borrow, text: Borrow, conversion: I32, spec: Borrow) -> Own, Null, Quiet;
            hot list_push(list: Borrow, v: Own) -> I32, Negative, Quiet;
            cold list_append(list: Borrow, v: Own) -> I32, Negative, Quiet;
            cold list_extend(list: Borrow, iterable: Borrow) -> I32, Negative, Foreign;
            cold list_to_tuple(list: Borrow) -> Own, Null, Quiet;
            cold set_add(set: Borrow, v: Own) -> I32, Negative, Foreign;
            cold set_update(set: Borrow, iterable: Borrow) -> I32, Negative, Foreign;
            cold map_add(map: Borrow, key: Own, v: Own) -> I32, Negative, Foreign;
            cold dict_update(map: Borrow, other: Borrow) -> I32, Negative, Foreign;
            /// `**` in a call with no other keywords: the operand where that is a dict, else a dict of its items.
            cold keywords_of(other: Borrow, callable: Borrow) -> Own, Null, Foreign;
            /// `**` in a call: duplicate keys raise TypeError naming `callable`.
            cold dict_merge(map: Borrow, other: Borrow, callable: Borrow) -> I32, Negative, Foreign;
            /// A frozenset constant: made from the static tuple at the first use, kept in `*cell`.
            cold const_frozenset(cell: Ptr, items: Borrow) -> Borrow, Null, Foreign;
            /// Writes n owned items to `out`, leftmost first.
            hot unpack_sequence(v: Borrow, out: Ptr, n: I64) -> I32, Negative, Foreign;
            cold unpack_sequence_slow(v: Borrow, out: Ptr, n: I64) -> I32, Negative, Foreign;
            /// Writes before + 1 + after owned items.
            cold unpack_ex(v: Borrow, out: Ptr, before: I64, after: I64) -> I32, Negative, Foreign;

            // ---- methods of exact built-in types, builtins and native functions, called without an array of arguments ----
            cold dict_getitem(d: Borrow, key: Borrow) -> Own, Null, Foreign;
            cold dict_setitem(d: Borrow, key: Borrow, v: Own) -> I32, Negative, Foreign;
            cold dict_contains(d: Borrow, key: Borrow) -> I32, Negative, Foreign;
            cold dict_get(d: Borrow, key: Borrow, default: Borrow) -> Own, Null, Foreign;
            cold dict_setdefault(d: Borrow, key: Borrow, default: Borrow) -> Own, Null, Foreign;
            cold set_contains(set: Borrow, key: Borrow) -> I32, Negative, Foreign;
            cold set_discard(set: Borrow, v: Borrow) -> I32, Negative, Foreign;
            hot list_pop(list: Borrow) -> Own, Null, Quiet;
            cold list_pop_slow(list: Borrow) -> Own, Null, Quiet;
            /// `which` is a place in `str_kind::NAMES`.
            cold str_is(which: I32, text: Borrow) -> I32, Never, Pure;
            /// `which` is a place in `str_kind::PLAIN`, and in `str_kind::UNARY`.
            cold str_plain(which: I32, text: Borrow) -> Own, Null, Quiet;
            cold str_unary(which: I32, text: Borrow, a: Borrow) -> Own, Null, Foreign;
            cold str_replace(text: Borrow, old: Borrow, new: Borrow) -> Own, Null, Foreign;
            cold str_startswith(text: Borrow, prefix: Borrow) -> Own, Null, Foreign;
            cold str_endswith(text: Borrow, suffix: Borrow) -> Own, Null, Foreign;
            cold heap_push(heap: Borrow, item: Borrow) -> I32, Negative, Foreign;
            cold heap_pop(heap: Borrow) -> Own, Null, Foreign;
            /// `which` is a place in `DIRECT_BUILTINS`.
            cold builtin_0(which: I32) -> Own, Null, Foreign;
            cold builtin_1(which: I32, a: Borrow) -> Own, Null, Foreign;
            cold builtin_2(which: I32, a: Borrow, b: Borrow) -> Own, Null, Foreign;

            // ---- text ----
            /// CONVERT_VALUE: 1 str, 2 repr, 3 ascii.
            cold convert_value(v: Borrow, which: I32) -> Own, Null, Foreign;
            cold format_simple(v: Borrow) -> Own, Null, Foreign;
            cold format_with_spec(v: Borrow, spec: Borrow) -> Own, Null, Foreign;

            // ---- iteration ----
            cold get_iter(v: Borrow) -> Own, Null, Foreign;
            cold get_yield_from_iter(v: Borrow, in_coroutine: I32) -> Own, Null, Foreign;
            hot iter_next(it: Borrow) -> Own, NullOrEnd, Foreign;
            cold iter_next_slow(it: Borrow) -> Own, NullOrEnd, Foreign;
            /// The same for an exact generator.
            hot generator_next(g: Borrow) -> Own, NullOrEnd, Foreign;
            cold generator_next_slow(g: Borrow) -> Own, NullOrEnd, Foreign;
            /// `next(it)` of builtins: raises StopIteration at the end.
            hot next_item(it: Borrow) -> Own, Null, Foreign;
            cold next_item_slow(it: Borrow) -> Own, Null, Foreign;
            /// `next(it)`, `int(v)` and `a[key]` whose StopIteration, ValueError or KeyError would be dropped unseen: null without an
            /// exception where it would be raised and no other code has run.
            hot next_quiet(it: Borrow) -> Own, NullOrEnd, Foreign;
            cold next_quiet_slow(it: Borrow) -> Own, NullOrEnd, Foreign;
            cold int_quiet(v: Borrow) -> Own, NullOrEnd, Foreign;
            cold getitem_quiet(a: Borrow, key: Borrow) -> Own, NullOrEnd, Foreign;
            /// `int(v)` of builtins.
            cold int_of(v: Borrow) -> Own, Null, Foreign;
            /// The next item; when it is a pair that the iterator makes (items of a dict, `enumerate`, `zip`), its first item, and the second
            /// one in `*second`, which is null otherwise.
            cold iter_next_pair(it: Borrow, second: Ptr) -> Own, NullOrEnd, Foreign;
            cold new_pair(a: Own, b: Own) -> Own, Never, Quiet;
            cold get_aiter(v: Borrow) -> Own, Null, Foreign;
            cold get_anext(v: Borrow) -> Own, Null, Foreign;
            /// `where_` is GET_AWAITABLE's oparg.
            cold get_awaitable(v: Borrow, where_: I32) -> Own, Null, Foreign;

            // ---- generators ----
            /// A generator's body begins to run in the machine frame at `base`: the suspension at which it goes on.
            hot generator_enter(g: Borrow, base: Ptr) -> I32, Never, Quiet;
            /// It is left: suspended, or finished.
            hot generator_leave(g: Borrow) -> Void, Never, Quiet;
            /// The same for a body that handles no exceptions itself.
            hot generator_enter_plain(g: Borrow, base: Ptr) -> I32, Never, Quiet;
            hot generator_leave_plain(g: Borrow) -> Void, Never, Quiet;
            /// The same for one of which somebody has a frame object.
            cold generator_watched(g: Borrow) -> Void, Never, Quiet;
            /// Whether the sink of the running generator takes an item.
            hot sink_int(sink: I64, n: I64) -> I32, Never, Quiet;
            hot sink_float(sink: I64, f: F64) -> I32, Never, Quiet;
            hot sink_bool(sink: I64, yes: I32) -> I32, Never, Quiet;
            hot sink_value(sink: I64, v: Borrow) -> I32, Never, Quiet;
            cold sink_slow(sink: I64, v: Borrow) -> I32, Never, Quiet;
            /// The next item of an exact generator that is true, that is false; other items are passed over.
            cold generator_next_true(g: Borrow) -> Own, NullOrEnd, Foreign;
            cold generator_next_false(g: Borrow) -> Own, NullOrEnd, Foreign;
            /// The next item that was not appended to the list.
            cold generator_next_listed(g: Borrow, list: Borrow) -> Own, NullOrEnd, Foreign;
            /// `g.send(v)` of an exact generator.
            hot generator_send(g: Borrow, v: Own) -> Own, Null, Foreign;
            cold generator_send_slow(g: Borrow, v: Own) -> Own, Null, Foreign;
            /// What a body that did not yield gave to `send` becomes StopIteration; null: it raised.
            cold generator_returned(g: Borrow, v: Own) -> Own, Null, Foreign;
            /// A body that did not yield gave `v` (null: it raised). Gives null.
            cold generator_stopped(g: Borrow, v: Own) -> Own, NullOrEnd, Foreign;
            /// RETURN_GENERATOR: `function` gives code and names; `slots[0..n]` are owned.
            cold make_generator(function: Borrow, slots: Ptr, n: I64) -> Own, Null, Quiet;
            /// The generator of code `items[1]` and function `items[2]` (which may have other code by now) that goes on at the suspension
            /// `items[0]` (-1: that has ended) with `items[3..n]`; owned.
            cold build_generator(items: Ptr, n: I64) -> Own, Null, Quiet;
            /// Whether `function` is a Python function with this code.
            hot is_function_of(function: Borrow, code: Ptr) -> I32, Never, Quiet;
            /// Whether two texts (exact str objects) are equal.
            hot str_equal(a: Borrow, b: Borrow) -> I32, Never, Quiet;
            /// SEND: returns the yielded value with `*done = 0`, or the result with `*done = 1`; null = error. Takes `v`.
            cold send(receiver: Borrow, v: Own, done: Ptr) -> Own, Null, Foreign;
            /// CLEANUP_THROW: takes the raised exception: a StopIteration gives its value (owned), else re-raises.
            cold cleanup_throw(exc: Borrow) -> Own, Null, Quiet;
            /// END_ASYNC_FOR: 0 when `exc` is StopAsyncIteration, else re-raises it.
            cold end_async_for(exc: Borrow) -> I32, Negative, Quiet;
            /// INTRINSIC_STOPITERATION_ERROR and INTRINSIC_ASYNC_GEN_WRAP.
            cold stopiteration_error(exc: Borrow) -> Own, Null, Quiet;
            cold async_gen_wrap(v: Own) -> Own, Null, Quiet;

            // ---- exceptions ----
            /// RAISE_VARARGS: `exc` and `cause` may be the null word (bare raise: both).
            cold raise(exc: Own, cause: Own) -> Void, Always, Foreign;
            /// Bare `raise`: raises the handled exception again and gives -1, or raises RuntimeError ("No active exception to reraise") and gives `position`.
            cold raise_again(position: I32) -> I32, Never, Quiet;
            /// RERAISE: puts `exc` back as the raised exception.
            cold reraise(exc: Own) -> Void, Always, Quiet;
            /// Handler entry: takes the raised exception out of the thread state after adding this frame to its traceback (not when `position` is
            /// -1: the exception was raised again and has its entry).
            cold catch(code: Ptr, position: I32) -> Own, Never, Quiet;
            /// PUSH_EXC_INFO: makes `exc` the handled one, returns the previous (owned). `pop_exc_info` takes it back.
            cold push_exc_info(exc: Borrow) -> Own, Never, Quiet;
            cold pop_exc_info(previous: Own) -> Void, Never, Foreign;
            cold check_exc_match(exc: Borrow, ty: Borrow) -> I32, Negative, Foreign;
            /// CHECK_EG_MATCH: writes owned rest and match to `out[0..2]` (None when empty).
            cold check_eg_match(exc: Borrow, ty: Borrow, out: Ptr) -> I32, Negative, Foreign;
            cold prep_reraise_star(orig: Borrow, list: Borrow) -> Own, Null, Foreign;
            /// An exception leaves the frame: adds a traceback entry; `locals[0..n]` (owned, n = co_nlocalsplus, UNBOUND and the null word
            /// allowed) move into the frame object of that entry. Called once on the error exit of a function. `position` -1 as for `catch`.
            cold unwind(code: Ptr, position: I32, locals: Ptr, n: I32) -> Void, Never, Foreign;
            /// `__traceback__`.
            cold traceback_of(exc: Borrow) -> Own, Never, Quiet;
            /// WITH_EXCEPT_START.
            cold with_except_start(exit: Borrow, exit_self: Borrow, exc: Borrow) -> Own, Null, Foreign;

            // ---- match statement ----
            cold match_class(subject: Borrow, cls: Borrow, nargs: I64, names: Borrow) -> Own, Null, Foreign;
            cold match_keys(subject: Borrow, keys: Borrow) -> Own, Null, Foreign;
            cold match_mapping(subject: Borrow) -> I32, Never, Quiet;
            cold match_sequence(subject: Borrow) -> I32, Never, Quiet;

            // ---- the other CALL_INTRINSIC_1 and _2 functions, by CPython's number ----
            cold call_intrinsic_1(which: I32, v: Borrow) -> Own, Null, Foreign;
            cold call_intrinsic_2(which: I32, a: Borrow, b: Borrow) -> Own, Null, Foreign;

            // ---- boxed numbers, for the fast paths' slow ends ----
            cold box_f64(f: F64) -> Own, Null, Quiet;
            cold box_i64(i: I64) -> Own, Null, Quiet;
            /// The object of a raw number; a small int or self-tagged float is not asked for.
            cold new_int(i: I64) -> Own, Never, Quiet;
            cold new_float(f: F64) -> Own, Never, Quiet;
            /// The C library's `pow`; a finite result is Python's.
            cold float_pow(x: F64, y: F64) -> F64, Never, Pure;
            /// The item of a str at an index inside it.
            cold str_item(text: Borrow, index: I64) -> Own, Null, Quiet;
            /// Its code.
            hot str_code(text: Borrow, index: I64) -> I64, Never, Pure;
            /// The code of an exact str of one character; -1 for anything else.
            cold char_code(v: Borrow) -> I64, Never, Pure;
            /// The str of one character.
            cold char_of(code: I64) -> Own, Never, Quiet;
            /// `str_is` of a str of one character.
            hot char_is(which: I32, code: I64) -> I32, Never, Pure;
            cold char_is_slow(which: I32, code: I64) -> I32, Never, Pure;
            /// The result of a version as an object: its word when the flag is 1, else an int or float of these bits.
            hot box_result(word: I64, flag: I32, is_float: I32) -> Own, Null, Quiet;
            /// What a local variable holds that was kept as bits and one of `number_kind`.
            cold box_number(bits: I64, kind: I32) -> Own, Never, Quiet;
            /// Iterators that compiled code has kept without an object.
            cold new_range_iterator(next: I64, stop: I64, step: I64) -> Own, Never, Quiet;
            /// Index of an iterator that nobody else holds and that is not at its end; else -1. `kind` is of `sequence_kind`.
            hot sequence_iterator_index(it: Borrow, kind: I32) -> I64, Never, Quiet;
            cold str_iterator_index(it: Borrow) -> I64, Never, Quiet;
            /// 1 for a range iterator with this step that nobody else holds, and whose numbers are far from the ends of 64 bits.
            cold range_iterator_fits(it: Borrow, step: I64) -> I32, Never, Quiet;
            cold new_sequence_iterator(sequence: Own, index: I64) -> Own, Never, Quiet;
            /// Free memory of the size class of `n` bytes (refill of the inlined pop).
            cold alloc_slow(n: I64) -> Ptr, Null, Quiet;
        }
    };
}

macro_rules! rows {
    ($($(#[$doc:meta])* $heat:ident $name:ident ( $($arg:ident : $kind:ident),* ) -> $ret:ident, $err:ident, $eff:ident;)*) => {
        /// All rows, in table order.
        pub static INTRINSICS: &[Intrinsic] = &[
            $(Intrinsic {
                name: stringify!($name),
                args: &[$(Arg::$kind),*],
                ret: Ret::$ret,
                error: Error::$err,
                effect: Effect::$eff,
                hot: is_hot!($heat),
            }),*
        ];
        $(const _: Option<unsafe extern "C" fn($($crate::arg_type!($kind)),*) -> $crate::ret_type!($ret)> = None;)*
    };
}
macro_rules! is_hot {
    (hot) => {
        true
    };
    (cold) => {
        false
    };
}
for_each_intrinsic!(rows);

const _: usize = core::mem::size_of::<Value>();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_errors_fit_results() {
        for (i, row) in INTRINSICS.iter().enumerate() {
            assert!(INTRINSICS[i + 1..].iter().all(|r| r.name != row.name), "{}", row.name);
            let ok = match row.error {
                Error::Never => true,
                Error::Null | Error::NullOrEnd => matches!(row.ret, Ret::Own | Ret::Borrow | Ret::Ptr),
                Error::Negative => matches!(row.ret, Ret::I32 | Ret::I64),
                Error::Always => row.ret == Ret::Void,
            };
            assert!(ok, "{}", row.name);
        }
    }
}
