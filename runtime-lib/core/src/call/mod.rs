//! Calling: argument views, signatures and their binding, method tables, built-in functions.
//!
//! Everything callable is called through its type's `vectorcall` (abi). Built-in functions state their parameters once, as a
//! [`Signature`] made by `sig!`; [`bind`] unpacks, and `__text_signature__` prints the same text.
use crate::object::{Own, PyResult, Raised, Ref, Value, to_abi};
use crate::typeobj::slot_functions;
use crate::{exc, types};
pub use pyaot_abi::{ARGS_MASK, ARGS_OFFSET, ARGS_STEAL, Vectorcall};
pub use pyaot_macros::sig;

pub mod bind;
pub mod builtin;
pub mod convert;

pub use bind::{Bound, bind};

/// One parameter of a built-in function.
pub struct Param {
    pub name: &'static str,
    pub required: bool,
}

/// The parameters of a built-in function, `self` left out.
pub struct Signature {
    pub name: &'static str,
    pub params: &'static [Param],
    /// How many of `params` are positional-only.
    pub pos_only: usize,
    /// How many may be given by position (the rest is keyword-only).
    pub positional: usize,
    /// How many positional ones are required.
    pub required: usize,
    /// There is a `*args`; the extra positionals are in [`Bound::star`].
    pub star: bool,
    /// There is a `**kwargs`.
    pub kwargs: bool,
    /// `(a, b=1, /)`.
    pub text: &'static str,
}

/// Arguments of a call, borrowed from the caller.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    all: &'a [Value],
    nargs: usize,
    kwnames: Option<Ref<'a>>,
}

impl<'a> Args<'a> {
    pub const EMPTY: Args<'static> = Args {
        all: &[],
        nargs: 0,
        kwnames: None,
    };

    /// # Safety
    /// The vectorcall contract: `args` holds nargs + len(kwnames) live values.
    #[inline(always)]
    pub unsafe fn from_abi(args: *const Value, nargsf: u64, kwnames: Value) -> Args<'a> {
        let nargs = (nargsf & ARGS_MASK) as usize;
        let kwnames = Ref::from_nullable(kwnames).filter(|k| types::tuple::len(*k) > 0);
        let total = nargs + kwnames.map_or(0, types::tuple::len);
        // SAFETY: by contract; an empty call may pass a dangling pointer.
        let all = if total == 0 {
            &[]
        } else {
            unsafe { core::slice::from_raw_parts(args, total) }
        };
        Args { all, nargs, kwnames }
    }
    /// Positional arguments only. A slice of `Ref` has the layout of a slice of words.
    #[inline(always)]
    pub fn positional(args: &'a [Ref<'a>]) -> Args<'a> {
        // SAFETY: `Ref` is a transparent word.
        let all = unsafe { core::slice::from_raw_parts(args.as_ptr().cast::<Value>(), args.len()) };
        Args {
            all,
            nargs: args.len(),
            kwnames: None,
        }
    }
    /// `all` holds `nargs` positionals, then one value per name in the tuple `kwnames`.
    pub fn new(all: &'a [Value], nargs: usize, kwnames: Option<Ref<'a>>) -> Args<'a> {
        Args { all, nargs, kwnames }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.nargs
    }
    /// No argument at all, where `len` counts positional ones only: `pos().is_empty()` asks for those.
    pub fn is_empty(&self) -> bool {
        self.nargs == 0 && self.kwnames.is_none()
    }
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Ref<'a>> {
        if i < self.nargs {
            Some(Ref::from_value(self.all[i]))
        } else {
            None
        }
    }
    #[inline(always)]
    pub fn pos(&self) -> &'a [Value] {
        &self.all[..self.nargs]
    }
    pub fn iter(&self) -> impl Iterator<Item = Ref<'a>> + use<'a> {
        self.pos().iter().map(|v| Ref::from_value(*v))
    }
    pub fn has_keywords(&self) -> bool {
        self.kwnames.is_some()
    }
    pub fn keyword_count(&self) -> usize {
        self.all.len() - self.nargs
    }
    /// (name, value) pairs.
    pub fn keywords(&self) -> impl Iterator<Item = (Ref<'a>, Ref<'a>)> + use<'a> {
        let names: &'a [Value] = match self.kwnames {
            // SAFETY: the names tuple lives as long as the call.
            Some(k) => unsafe { core::mem::transmute::<&[Value], &'a [Value]>(types::tuple::items(k)) },
            None => &[],
        };
        names
            .iter()
            .zip(&self.all[self.nargs..])
            .map(|(n, v)| (Ref::from_value(*n), Ref::from_value(*v)))
    }
    /// Without the first positional argument.
    pub fn rest(&self) -> Args<'a> {
        Args {
            all: &self.all[1..],
            nargs: self.nargs - 1,
            kwnames: self.kwnames,
        }
    }
    /// All words, keyword values included, and the names tuple: for forwarding.
    pub fn raw(&self) -> (&'a [Value], usize, Option<Ref<'a>>) {
        (self.all, self.nargs, self.kwnames)
    }
    /// TypeError "NAME() takes no keyword arguments" if there are any.
    pub fn no_keywords(&self, name: &str) -> PyResult<()> {
        if self.has_keywords() {
            exc::type_error(format_args!("{name}() takes no keyword arguments"))
        } else {
            Ok(())
        }
    }
    /// Checks the number of positionals as `_PyArg_CheckPositional` does.
    pub fn count(&self, name: &str, min: usize, max: usize) -> PyResult<()> {
        bind::check_positional(name, self.nargs, min, max)
    }
}

/// Body of a built-in function; the first argument is `self` (for functions of a module: the module).
#[derive(Clone, Copy)]
pub enum MethodFn {
    NoArgs(fn(Ref) -> PyResult),
    One(fn(Ref, Ref) -> PyResult),
    /// Arguments bound by the signature.
    Bound(fn(Ref, &Bound) -> PyResult),
    /// Arguments as they come.
    Raw(fn(Ref, &Args) -> PyResult),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MethodKind {
    Instance,
    /// `self` is the class.
    Class,
    /// `self` is None.
    Static,
}

/// One row of a method table.
pub struct MethodDef {
    pub sig: &'static Signature,
    pub call: MethodFn,
    pub kind: MethodKind,
    pub doc: &'static str,
}

impl MethodDef {
    pub const fn class(mut self) -> MethodDef {
        self.kind = MethodKind::Class;
        self
    }
    pub const fn static_(mut self) -> MethodDef {
        self.kind = MethodKind::Static;
        self
    }
    pub const fn doc(mut self, doc: &'static str) -> MethodDef {
        self.doc = doc;
        self
    }
    pub fn name(&self) -> &'static str {
        self.sig.name
    }
}

pub const fn noargs(sig: &'static Signature, f: fn(Ref) -> PyResult) -> MethodDef {
    MethodDef {
        sig,
        call: MethodFn::NoArgs(f),
        kind: MethodKind::Instance,
        doc: "",
    }
}
pub const fn one(sig: &'static Signature, f: fn(Ref, Ref) -> PyResult) -> MethodDef {
    MethodDef {
        sig,
        call: MethodFn::One(f),
        kind: MethodKind::Instance,
        doc: "",
    }
}
pub const fn bound(sig: &'static Signature, f: fn(Ref, &Bound) -> PyResult) -> MethodDef {
    MethodDef {
        sig,
        call: MethodFn::Bound(f),
        kind: MethodKind::Instance,
        doc: "",
    }
}
pub const fn raw(sig: &'static Signature, f: fn(Ref, &Args) -> PyResult) -> MethodDef {
    MethodDef {
        sig,
        call: MethodFn::Raw(f),
        kind: MethodKind::Instance,
        doc: "",
    }
}

impl MethodDef {
    /// The name in errors: with the type that has the method, or the module of the function (CPython: _PyObject_FunctionStr).
    #[cold]
    fn qualified_name(&self, this: Ref) -> String {
        let name = self.sig.name;
        if let Some(ty) = this.downcast::<crate::typeobj::TypeObject>() {
            return format!("{}.{name}", ty.name());
        }
        if this.ty().is_subtype(&types::module::MODULE_TYPE) {
            let module = types::dict::get_str_static(types::module::dict(this), crate::istr!("__name__"));
            return match module.map(|m| types::str::to_string_lossy(m)) {
                Some(m) if m != "builtins" => format!("{m}.{name}"),
                _ => name.to_owned(),
            };
        }
        let has = |t: &&'static crate::typeobj::TypeObject| {
            t.def.is_some_and(|d| d.methods.iter().any(|m| core::ptr::eq(m, self)))
        };
        match this.ty().mro().find(has) {
            Some(ty) => format!("{}.{name}", ty.name()),
            None => name.to_owned(),
        }
    }
    /// Like [`MethodDef::invoke`], for positional arguments only.
    #[inline(always)]
    pub fn invoke_positional(&self, this: Ref, args: &[Value]) -> PyResult {
        match (self.call, args) {
            (MethodFn::NoArgs(f), []) => f(this),
            (MethodFn::One(f), [a]) => f(this, Ref::from_value(*a)),
            _ => self.invoke(this, &Args::new(args, args.len(), None)),
        }
    }
    /// Runs the body: arity and keyword errors are CPython's for the kind of function.
    #[inline]
    pub fn invoke(&self, this: Ref, args: &Args) -> PyResult {
        match self.call {
            MethodFn::NoArgs(f) => {
                if !args.is_empty() {
                    return bind::no_args_error(&self.qualified_name(this), args);
                }
                f(this)
            }
            MethodFn::One(f) => match (args.len(), args.has_keywords()) {
                (1, false) => f(this, args.get(0).expect("length tested")),
                _ => bind::one_arg_error(&self.qualified_name(this), args),
            },
            MethodFn::Bound(f) => {
                if args.has_keywords() && self.sig.pos_only == self.sig.params.len() && !self.sig.kwargs {
                    return exc::type_error(format_args!(
                        "{}() takes no keyword arguments",
                        self.qualified_name(this)
                    ));
                }
                bind(self.sig, args, |b| f(this, b))
            }
            MethodFn::Raw(f) => f(this, args),
        }
    }
}

/// Calls anything with the given arguments (CPython: PyObject_Vectorcall).
#[inline]
pub fn call(callable: Ref, args: &Args) -> PyResult {
    match callable.ty().head.vectorcall.get() {
        Some(f) => {
            // SAFETY: the words live through the call; without STEAL the callee leaves the array alone.
            let r = unsafe {
                f(
                    callable.value(),
                    args.all.as_ptr().cast_mut(),
                    args.nargs as u64,
                    args.kwnames.map_or(Value::NULL, Ref::value),
                )
            };
            Own::from_abi(r)
        }
        None => not_callable(callable),
    }
}
/// For a module with a function of its own name: what was meant (CPython: Objects/call.c, object_is_not_callable).
fn module_function(callable: Ref) -> PyResult<String> {
    if !core::ptr::eq(callable.ty(), &types::module::MODULE_TYPE) {
        return Ok(String::new());
    }
    let name = match types::dict::get(types::module::dict(callable), crate::istr!("__name__"))? {
        Some(n) if n.r().ty().has(pyaot_abi::type_flag::STR) => n,
        _ => return Ok(String::new()),
    };
    let function = exc::swallow(
        crate::object_protocol::get_attr_opt(callable, name.r()),
        &exc::types::BASE_EXCEPTION,
    )?
    .flatten();
    Ok(match function {
        Some(f) if f.r().ty().head.vectorcall.get().is_some() => {
            let name = types::str::to_string_lossy(name.r());
            format!(". Did you mean: '{name}.{name}(...)'?")
        }
        _ => String::new(),
    })
}

#[cold]
pub fn not_callable(callable: Ref) -> PyResult {
    let suggestion = module_function(callable)?;
    exc::type_error(format_args!(
        "'{}' object is not callable{suggestion}",
        callable.ty().full_name()
    ))
}
pub fn call0(callable: Ref) -> PyResult {
    call(callable, &Args::EMPTY)
}
pub fn call1(callable: Ref, a: Ref) -> PyResult {
    call(callable, &Args::positional(&[a]))
}
pub fn call2(callable: Ref, a: Ref, b: Ref) -> PyResult {
    call(callable, &Args::positional(&[a, b]))
}
pub fn call3(callable: Ref, a: Ref, b: Ref, c: Ref) -> PyResult {
    call(callable, &Args::positional(&[a, b, c]))
}
/// `obj.name(*args)`; `name` is interned.
pub fn call_method(obj: Ref, name: Ref, args: &[Ref]) -> PyResult {
    let method = crate::object_protocol::get_attr(obj, name)?;
    call(method.r(), &Args::positional(args))
}
/// Calls the special method `name` found on the type, `None` if the type has none (CPython: lookup_maybe_method + call).
pub fn call_special(obj: Ref, name: Ref, args: &[Ref]) -> Option<PyResult> {
    call_found(slot_functions::lookup_method(obj, name), obj, args)
}
/// As [`call_special`], where a method whose `__get__` raises AttributeError counts as absent
/// (CPython: Objects/typeobject.c, _PyObject_MaybeCallSpecialNoArgs).
pub fn call_special_optional(obj: Ref, name: Ref, args: &[Ref]) -> Option<PyResult> {
    call_found(slot_functions::lookup_optional(obj, name), obj, args)
}
fn call_found(found: PyResult<Option<(Own, bool)>>, obj: Ref, args: &[Ref]) -> Option<PyResult> {
    match found {
        Ok(Some((f, true))) => {
            let mut all = Vec::with_capacity(args.len() + 1);
            all.push(obj);
            all.extend_from_slice(args);
            Some(call(f.r(), &Args::positional(&all)))
        }
        Ok(Some((f, false))) => Some(call(f.r(), &Args::positional(args))),
        Ok(None) => None,
        Err(e) => Some(Err(e)),
    }
}

/// `vectorcall` of types whose instances are called through the `call` slot.
pub unsafe extern "C" fn slot_call_vectorcall(callable: Value, args: *mut Value, nargsf: u64, kwnames: Value) -> Value {
    let callable = Ref::from_value(callable);
    // SAFETY: the vectorcall contract.
    let args = unsafe { Args::from_abi(args, nargsf, kwnames) };
    to_abi(match callable.ty().slots().call {
        Some(f) => f(callable, &args),
        None => not_callable(callable),
    })
}

/// The `call` slot of types whose instances have an entry of their own.
pub fn call_through_vectorcall(callable: Ref, args: &Args) -> PyResult {
    call(callable, args)
}

const _: () = assert!(size_of::<Result<Own, Raised>>() == 8);
