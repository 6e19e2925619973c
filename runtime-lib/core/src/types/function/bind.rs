//! Arguments of a call become the parameter slots of a Python function, with CPython's TypeErrors
//! (CPython: Python/ceval.c, initialize_locals).
use super::{CO_VARARGS, CO_VARKEYWORDS, FunctionObject, call_direct};
use crate::exc;
use crate::object::{Own, PyResult, Ref, Value, field, incref};
use crate::object_protocol as protocol;
use crate::types::{dict, str as str_, tuple};
use pyaot_abi::{ARGS_MASK, ARGS_STEAL, CodeObject, type_flag};

/// Slots of most functions stand on the stack.
const STACK_SLOTS: usize = 32;

/// `n` null words for the time of `f`.
#[inline]
pub fn with_slots<R>(n: usize, f: impl FnOnce(&mut [Value]) -> R) -> R {
    const FEW: usize = 6;
    if n <= FEW {
        let mut slots = [Value::NULL; FEW];
        f(&mut slots[..n])
    } else if n <= STACK_SLOTS {
        let mut slots = [Value::NULL; STACK_SLOTS];
        f(&mut slots[..n])
    } else {
        f(&mut vec![Value::NULL; n])
    }
}

fn text(v: Ref) -> String {
    str_::to_string_lossy(v)
}

struct Binding<'a> {
    function: &'a FunctionObject,
    code: &'a CodeObject,
    /// Names of the parameters.
    names: &'a [Value],
    argcount: usize,
    /// Positional and keyword-only parameters.
    total: usize,
}

/// # Safety
/// The vectorcall contract; `f` is the function behind `callable` and has machine code.
pub unsafe fn bind_and_call(
    callable: Value,
    f: &FunctionObject,
    code: &CodeObject,
    args: *mut Value,
    nargsf: u64,
    kwnames: Value,
) -> PyResult {
    let n = code.nparams as usize;
    let b = Binding::of(f, code);
    with_slots(n, |slots| {
        let given = (nargsf & ARGS_MASK) as usize;
        let kwnames = Ref::from_nullable(kwnames);
        let all = given + kwnames.map_or(0, tuple::len);
        // SAFETY: the vectorcall contract.
        let values = if all == 0 {
            &[][..]
        } else {
            unsafe { core::slice::from_raw_parts(args, all) }
        };
        // What this function makes itself and drops after the call.
        let mut made = Made::default();
        let keywords = match kwnames {
            Some(names) => Keywords::Names(names, &values[given..]),
            None => Keywords::None,
        };
        b.fill(slots, &values[..given], keywords, &mut made)?;
        if nargsf & ARGS_STEAL != 0 && code.flags & CO_VARARGS != 0 {
            // The tuple of the rest has references of its own.
            for i in b.argcount..given {
                // SAFETY: argument i is in the array.
                crate::object::decref(unsafe { args.add(i).replace(Value::NULL) });
            }
        }
        for i in 0..n.min(64) {
            if code.consumed >> i & 1 == 0 {
                continue;
            }
            let v = slots[i];
            // An argument that the caller gives up moves to the callee; everything else is counted.
            if nargsf & ARGS_STEAL != 0 && i < given && i < b.argcount {
                // SAFETY: argument i is in the array.
                unsafe { args.add(i).write(Value::NULL) };
            } else if !made.give(v) {
                incref(v);
            }
        }
        // SAFETY: all parameters are there.
        let r = unsafe { call_direct(callable, f.direct.get(), slots.as_mut_ptr(), n) };
        drop(made);
        Own::from_abi(r)
    })
}

impl<'a> Binding<'a> {
    fn of(function: &'a FunctionObject, code: &'a CodeObject) -> Binding<'a> {
        Binding {
            function,
            code,
            names: tuple::items(Ref::from_value(code.localsplusnames)),
            argcount: code.argcount as usize,
            total: (code.argcount + code.kwonlyargcount) as usize,
        }
    }
    fn qualname(&self) -> String {
        text(Ref::from_value(self.function.qualname.get()))
    }
    fn name(&self, i: usize) -> Ref<'_> {
        Ref::from_value(self.names[i])
    }
    /// Slots are borrowed words; what is made here is kept alive by `made`.
    fn fill(&self, slots: &mut [Value], values: &[Value], keywords: Keywords, made: &mut Made) -> PyResult<()> {
        let (argcount, total, given) = (self.argcount, self.total, values.len());
        let mut at = total;
        let taken = given.min(argcount);
        slots[..taken].copy_from_slice(&values[..taken]);
        let star = self.code.flags & CO_VARARGS != 0;
        if star {
            let rest = tuple::from_words(&values[taken..given])?;
            slots[at] = rest.value();
            made.keep(rest);
            at += 1;
        }
        let mut kwdict = None;
        if self.code.flags & CO_VARKEYWORDS != 0 {
            let d = dict::new();
            slots[at] = d.value();
            kwdict = Some(d.clone());
            made.keep(d);
        }
        let kwdict = kwdict.as_ref().map(Own::r);
        match keywords {
            Keywords::None => {}
            Keywords::Names(names, values) => {
                for (k, v) in tuple::items(names).iter().zip(values) {
                    self.keyword(slots, Ref::from_value(*k), *v, kwdict, &keywords)?;
                }
            }
            Keywords::Pairs(pairs) => {
                for (k, v) in pairs {
                    self.keyword(slots, k.r(), v.value(), kwdict, &keywords)?;
                }
            }
        }
        if given > argcount && !star {
            return self.too_many(slots, given);
        }
        if given < argcount {
            let defaults = field(&self.function.defaults).map_or(&[][..], tuple::items);
            let first_default = argcount.saturating_sub(defaults.len());
            if (given..first_default).any(|i| slots[i].is_null()) {
                return self.missing(slots, 0..first_default, "positional");
            }
            let skip = defaults.len().saturating_sub(argcount);
            for (i, d) in defaults[skip..].iter().enumerate() {
                let slot = &mut slots[first_default + i];
                if slot.is_null() {
                    *slot = *d;
                }
            }
        }
        if total > argcount {
            let mut missing = false;
            for i in argcount..total {
                if !slots[i].is_null() {
                    continue;
                }
                match field(&self.function.kwdefaults) {
                    // The callee may change the dict: the value is held for the time of the call.
                    Some(d) => match dict::get(d, self.name(i))? {
                        Some(v) => {
                            slots[i] = v.value();
                            made.keep(v);
                        }
                        None => missing = true,
                    },
                    None => missing = true,
                }
            }
            if missing {
                return self.missing(slots, argcount..total, "keyword-only");
            }
        }
        Ok(())
    }

    fn keyword(&self, slots: &mut [Value], key: Ref, v: Value, kwdict: Option<Ref>, all: &Keywords) -> PyResult<()> {
        if !key.ty().has(type_flag::STR) {
            return exc::type_error(format_args!("{}() keywords must be strings", self.qualname()));
        }
        let posonly = self.code.posonlyargcount as usize;
        let names = &self.names[..self.total];
        let same = |n: &Value| str_::equal(Ref::from_value(*n), key);
        let found = names[posonly..]
            .iter()
            .position(|n| *n == key.value())
            .or_else(|| names[posonly..].iter().position(same))
            .map(|i| i + posonly);
        match found {
            Some(i) if slots[i].is_null() => {
                slots[i] = v;
                Ok(())
            }
            Some(_) => exc::type_error(format_args!(
                "{}() got multiple values for argument '{}'",
                self.qualname(),
                text(key)
            )),
            None => match kwdict {
                Some(d) => dict::set(d, key, Ref::from_value(v)),
                None => self.unexpected(key, all),
            },
        }
    }

    #[cold]
    fn unexpected(&self, key: Ref, all: &Keywords) -> PyResult<()> {
        let posonly = self.code.posonlyargcount as usize;
        let passed: Vec<String> = self.names[..posonly]
            .iter()
            .map(|n| text(Ref::from_value(*n)))
            .filter(|n| match all {
                Keywords::None => false,
                Keywords::Names(names, _) => tuple::items(*names).iter().any(|k| text(Ref::from_value(*k)) == *n),
                Keywords::Pairs(pairs) => pairs.iter().any(|(k, _)| text(k.r()) == *n),
            })
            .collect();
        if !passed.is_empty() {
            return exc::type_error(format_args!(
                "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                self.qualname(),
                passed.join(", ")
            ));
        }
        let names: Vec<String> = self.names[posonly..self.total]
            .iter()
            .map(|n| text(Ref::from_value(*n)))
            .collect();
        let wanted = text(key);
        let hint = match pyaot_text::levenshtein::suggest(names.iter().map(|n| n.as_bytes()), wanted.as_bytes()) {
            Some(i) => format!(". Did you mean '{}'?", names[i]),
            None => String::new(),
        };
        exc::type_error(format_args!(
            "{}() got an unexpected keyword argument '{wanted}'{hint}",
            self.qualname()
        ))
    }

    /// CPython: too_many_positional.
    #[cold]
    fn too_many(&self, slots: &[Value], given: usize) -> PyResult<()> {
        let keyword_only = slots[self.argcount..self.total].iter().filter(|v| !v.is_null()).count();
        let defaults = field(&self.function.defaults).map_or(0, tuple::len);
        let s = |n: usize| if n == 1 { "" } else { "s" };
        let (takes, plural) = if defaults > 0 {
            (
                // (Below zero where there are more defaults than parameters.)
                format!(
                    "from {} to {}",
                    self.argcount as isize - defaults as isize,
                    self.argcount
                ),
                "s",
            )
        } else {
            (self.argcount.to_string(), s(self.argcount))
        };
        let extra = if keyword_only > 0 {
            format!(
                " positional argument{} (and {keyword_only} keyword-only argument{})",
                s(given),
                s(keyword_only)
            )
        } else {
            String::new()
        };
        exc::type_error(format_args!(
            "{}() takes {takes} positional argument{plural} but {given}{extra} {} given",
            self.qualname(),
            if given == 1 && keyword_only == 0 { "was" } else { "were" }
        ))
    }

    /// CPython: missing_arguments, format_missing.
    #[cold]
    fn missing(&self, slots: &[Value], range: core::ops::Range<usize>, kind: &str) -> PyResult<()> {
        let mut names = Vec::new();
        for i in range {
            let default = kind == "keyword-only"
                && match field(&self.function.kwdefaults) {
                    Some(d) => dict::get(d, self.name(i))?.is_some(),
                    None => false,
                };
            if slots[i].is_null() && !default {
                names.push(text(protocol::repr(self.name(i))?.r()));
            }
        }
        let list = match &names[..] {
            [a] => a.clone(),
            [a, b] => format!("{a} and {b}"),
            [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
            [] => String::new(),
        };
        exc::type_error(format_args!(
            "{}() missing {} required {kind} argument{}: {list}",
            self.qualname(),
            names.len(),
            if names.len() == 1 { "" } else { "s" }
        ))
    }
}

/// The arguments by keyword.
#[derive(Clone, Copy)]
enum Keywords<'a> {
    None,
    /// A tuple of names, and their values.
    Names(Ref<'a>, &'a [Value]),
    /// Names that are strs, and values.
    Pairs(&'a [(Own, Own)]),
}

/// Calls an exact Python function with keywords that the caller keeps alive.
pub fn call_with_pairs(callable: Ref, positional: &[Value], pairs: &[(Own, Own)]) -> PyResult {
    // SAFETY: the caller passes a function; its code lives as long as it does.
    let (f, code) = unsafe {
        let f = &*callable.value().as_ptr::<FunctionObject>();
        (f, &*f.code.get())
    };
    if f.direct.get().is_null() {
        return super::no_machine_code(code);
    }
    let n = code.nparams as usize;
    let b = Binding::of(f, code);
    with_slots(n, |slots| {
        let mut made = Made::default();
        b.fill(slots, positional, Keywords::Pairs(pairs), &mut made)?;
        for (i, v) in slots.iter().enumerate().take(64) {
            if code.consumed >> i & 1 != 0 && !made.give(*v) {
                incref(*v);
            }
        }
        // SAFETY: all parameters are there.
        let r = unsafe { call_direct(callable.value(), f.direct.get(), slots.as_mut_ptr(), n) };
        drop(made);
        Own::from_abi(r)
    })
}

/// Values that live until the call is over.
#[derive(Default)]
struct Made {
    few: [Option<Own>; 2],
    more: Vec<Own>,
}
impl Made {
    /// The callee takes the reference of something that was made.
    fn give(&mut self, v: Value) -> bool {
        if !v.is_heap() {
            return false;
        }
        let place = self.few.iter_mut().find(|f| f.as_ref().is_some_and(|f| f.value() == v));
        let given = place.and_then(Option::take);
        given.map(Own::into_value).is_some()
    }
    fn keep(&mut self, v: Own) {
        if !v.value().is_heap() {
            return;
        }
        match self.few.iter_mut().find(|f| f.is_none()) {
            Some(f) => *f = Some(v),
            None => self.more.push(v),
        }
    }
}

/// Calls the function with exactly its parameter slots, borrowed (class bodies, module code).
pub fn call_with_slots(callable: Ref, f: &FunctionObject, slots: &mut [Value]) -> PyResult {
    // SAFETY: the function outlives the call.
    let code = unsafe { &*f.code.get() };
    if f.direct.get().is_null() {
        return super::no_machine_code(code);
    }
    for (i, v) in slots.iter().enumerate().take(64) {
        if code.consumed >> i & 1 != 0 {
            incref(*v);
        }
    }
    // SAFETY: the caller passes the slots that the code has.
    Own::from_abi(unsafe { call_direct(callable.value(), f.direct.get(), slots.as_mut_ptr(), slots.len()) })
}
