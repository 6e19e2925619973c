//! Binding of call arguments to a [`Signature`], with the messages of CPython's argument parsers (Python/getargs.c).
use super::{Args, Signature};
use crate::object::{Own, PyResult, Ref, Value};
use crate::{exc, types};

/// Arguments in parameter order.
pub struct Bound<'a> {
    /// One word per parameter, null when not given.
    values: &'a [Value],
    /// Extra positionals of a `*args` parameter.
    pub star: &'a [Value],
    /// Dict of a `**kwargs` parameter; `None` when no extra keyword was given.
    pub kwargs: Option<Ref<'a>>,
}

impl<'a> Bound<'a> {
    /// The argument, or `None` when it was left out.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<Ref<'a>> {
        Ref::from_nullable(self.values[i])
    }
    /// A required argument.
    #[inline(always)]
    pub fn arg(&self, i: usize) -> Ref<'a> {
        Ref::from_value(self.values[i])
    }
    /// The argument unless it was left out or is None.
    pub fn get_not_none(&self, i: usize) -> Option<Ref<'a>> {
        self.get(i).filter(|r| !r.is_none())
    }
}

const MAX_PARAMS: usize = 24;
/// Parameters of the functions whose arguments are laid out without looking at names.
const FEW_PARAMS: usize = 6;

/// Binds `args` and runs `f`.
#[inline]
pub fn bind<R>(sig: &'static Signature, args: &Args, f: impl FnOnce(&Bound) -> PyResult<R>) -> PyResult<R> {
    let n = args.len();
    if !args.has_keywords() && n == sig.params.len() && n == sig.positional && !sig.star {
        return f(&Bound {
            values: args.pos(),
            star: &[],
            kwargs: None,
        });
    }
    let few = sig.params.len() <= FEW_PARAMS && sig.params.len() == sig.positional;
    if few && !args.has_keywords() && n >= sig.required && n <= sig.positional {
        let mut values = [Value::NULL; FEW_PARAMS];
        values[..n].copy_from_slice(args.pos());
        return f(&Bound {
            values: &values[..sig.params.len()],
            star: &[],
            kwargs: None,
        });
    }
    let mut values = [Value::NULL; MAX_PARAMS];
    let values = &mut values[..sig.params.len()];
    let extra = place(sig, args, values)?;
    f(&Bound {
        values,
        star: &args.pos()[n.min(sig.positional)..],
        kwargs: extra.as_ref().map(Own::r),
    })
}

/// Puts the arguments where their parameters are; gives the dict of the other keywords, if there are any.
#[inline(never)]
fn place(sig: &'static Signature, args: &Args, values: &mut [Value]) -> PyResult<Option<Own>> {
    let given = args.len();
    let taken = given.min(sig.positional);
    values[..taken].copy_from_slice(&args.pos()[..taken]);
    let star = &args.pos()[taken..];
    // Positional-only functions without keywords have their own wording.
    let only_positional = sig.pos_only == sig.params.len() && !sig.kwargs;
    if only_positional && args.has_keywords() {
        return exc::type_error(format_args!("{}() takes no keyword arguments", sig.name));
    }
    if only_positional && !sig.star {
        check_positional(sig.name, given, sig.required, sig.positional)?;
    } else if args.has_keywords() && !sig.star && !sig.kwargs && given + args.keyword_count() > sig.params.len() {
        return too_many(sig.name, sig.params.len(), given, args.keyword_count());
    } else if !star.is_empty() && !sig.star {
        return too_many_positional(sig, given, args.keyword_count());
    }
    let mut unknown = false;
    let mut extra: Option<Own> = None;
    for (name, value) in args.keywords() {
        let text = types::str::to_string_lossy(name);
        match sig.params.iter().skip(sig.pos_only).position(|p| p.name == text) {
            Some(i) => {
                let i = i + sig.pos_only;
                if !values[i].is_null() {
                    return exc::type_error(format_args!(
                        "argument for {}() given by name ('{}') and position ({})",
                        sig.name,
                        text,
                        i + 1
                    ));
                }
                values[i] = value.value();
            }
            None if sig.kwargs => {
                let dict = match extra.take() {
                    Some(d) => d,
                    None => types::dict::new(),
                };
                types::dict::set(dict.r(), name, value)?;
                extra = Some(dict);
            }
            None => unknown = true,
        }
    }
    for (i, p) in sig.params.iter().enumerate() {
        if p.required && values[i].is_null() {
            return missing(sig, i, given);
        }
    }
    if unknown {
        let names: Vec<&str> = sig.params[sig.pos_only..].iter().map(|p| p.name).collect();
        return unexpected_keyword(sig.name, &names, args);
    }
    Ok(extra)
}

/// CPython: Python/getargs.c, _PyArg_CheckPositional.
pub fn check_positional(name: &str, given: usize, min: usize, max: usize) -> PyResult<()> {
    let s = |n: usize| if n == 1 { "" } else { "s" };
    if given < min {
        let word = if min < max { "at least " } else { "" };
        return exc::type_error(format_args!(
            "{name} expected {word}{min} argument{}, got {given}",
            s(min)
        ));
    }
    if given > max {
        let word = if min < max { "at most " } else { "" };
        return exc::type_error(format_args!(
            "{name} expected {word}{max} argument{}, got {given}",
            s(max)
        ));
    }
    Ok(())
}

#[cold]
fn too_many_positional<R>(sig: &Signature, given: usize, keywords: usize) -> PyResult<R> {
    let max = sig.positional;
    let total = sig.params.len();
    if max == 0 {
        return exc::type_error(format_args!("{}() takes no positional arguments", sig.name));
    }
    let (word, limit) = if total == max {
        ("at most", total)
    } else {
        (if sig.required < max { "at most" } else { "exactly" }, max)
    };
    if total == max {
        let given = given + keywords;
        exc::type_error(format_args!(
            "{}() takes {word} {limit} argument{} ({given} given)",
            sig.name,
            if limit == 1 { "" } else { "s" }
        ))
    } else {
        exc::type_error(format_args!(
            "{}() takes {word} {limit} positional argument{} ({given} given)",
            sig.name,
            if limit == 1 { "" } else { "s" }
        ))
    }
}

/// More arguments than parameters; `positional` of them without a name.
#[cold]
pub fn too_many<R>(name: &str, limit: usize, positional: usize, keywords: usize) -> PyResult<R> {
    exc::type_error(format_args!(
        "{name}() takes at most {limit} {}argument{} ({} given)",
        if positional == 0 { "keyword " } else { "" },
        if limit == 1 { "" } else { "s" },
        positional + keywords
    ))
}

/// The first keyword of `args` that is none of `names` (CPython: Python/getargs.c, error_unexpected_keyword_arg).
#[cold]
pub fn unexpected_keyword<R>(function: &str, names: &[&str], args: &Args) -> PyResult<R> {
    for (keyword, _) in args.keywords() {
        let mut known = false;
        for name in names {
            // A str of a subclass may have an `__eq__` that says yes.
            known = known || crate::object_protocol::equal(keyword, Own::str(name).r())?;
        }
        if known {
            continue;
        }
        let text = types::str::to_string_lossy(keyword);
        let hint = match pyaot_text::levenshtein::suggest(names.iter().map(|n| n.as_bytes()), text.as_bytes()) {
            Some(i) => format!(". Did you mean '{}'?", names[i]),
            None => String::new(),
        };
        return exc::type_error(format_args!(
            "{function}() got an unexpected keyword argument '{text}'{hint}"
        ));
    }
    exc::type_error(format_args!("invalid keyword argument for {function}()"))
}

#[cold]
fn missing<R>(sig: &Signature, i: usize, given: usize) -> PyResult<R> {
    if i < sig.pos_only {
        let word = if sig.required < sig.positional {
            "at least"
        } else {
            "exactly"
        };
        return exc::type_error(format_args!(
            "{}() takes {word} {} positional argument{} ({given} given)",
            sig.name,
            sig.required,
            if sig.required == 1 { "" } else { "s" }
        ));
    }
    exc::type_error(format_args!(
        "{}() missing required argument '{}' (pos {})",
        sig.name,
        sig.params[i].name,
        i + 1
    ))
}

#[cold]
pub fn no_args_error(name: &str, args: &Args) -> PyResult {
    if args.has_keywords() {
        return exc::type_error(format_args!("{name}() takes no keyword arguments"));
    }
    exc::type_error(format_args!("{name}() takes no arguments ({} given)", args.len()))
}

#[cold]
pub fn one_arg_error(name: &str, args: &Args) -> PyResult {
    if args.has_keywords() {
        return exc::type_error(format_args!("{name}() takes no keyword arguments"));
    }
    exc::type_error(format_args!(
        "{name}() takes exactly one argument ({} given)",
        args.len()
    ))
}
