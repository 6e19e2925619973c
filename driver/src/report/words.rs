//! Reasons in the user's words, and what to do about each.
use pyaot_passes::record::{Obstacle, Operand, Reason};

/// Looks up what an operand is called in the source.
pub type Name<'a> = &'a dyn Fn(Operand) -> Option<String>;

pub fn reason(reason: &Reason, name: Name) -> String {
    let quoted = |operand: &Operand| match name(*operand) {
        Some(text) => format!("`{text}`"),
        None => "a value".to_string(),
    };
    match reason {
        Reason::UnknownType(operands) => {
            let mut names: Vec<String> = operands.iter().map(quoted).collect();
            names.dedup();
            match &names[..] {
                [] => "the operands' types are not known here".into(),
                [one] => format!("the type of {one} is not known here"),
                many => format!("the types of {} are not known here", many.join(" and ")),
            }
        }
        Reason::Runtime(types) => match &types[..] {
            [] => "the runtime does it".into(),
            [one] => format!("the runtime does it for {one}"),
            many => format!("the runtime does it for {}", many.join(", ")),
        },
        Reason::MayBeRebound(name) => {
            format!("`{name}` may be rebound: not bound by exactly one `def` at module level")
        }
        Reason::Imported(name) => format!("`{name}` is imported: what it is, is seen when it is called"),
        Reason::Builtin(name) => format!("the builtin `{name}` is called by its usual entry"),
        Reason::BuiltinFor(builtin, operands) => match operands.first().and_then(|o| name(*o)) {
            Some(text) => format!("`{builtin}` has code of its own, but the type of `{text}` is not known here"),
            None => format!("`{builtin}` has code of its own, but not for these arguments"),
        },
        Reason::Class(name) => format!(
            "`{name}` is called as a class: its `__init__` is inherited from a builtin, or takes its arguments otherwise"
        ),
        Reason::NotDirect(name, obstacle) => match obstacle {
            Obstacle::Parameters => format!("`{name}` has `*`, `**` or keyword-only parameters"),
            Obstacle::Closure => format!("`{name}` uses variables of an enclosing function"),
            Obstacle::Generator => format!("`{name}` is a generator, a coroutine or needs its function object"),
            Obstacle::TooLarge => format!("`{name}` is too large for versions"),
            Obstacle::Arguments => {
                format!("this number of arguments does not fit `{name}` and its constant defaults")
            }
        },
        Reason::UnknownObject(operand) => format!("call of an unknown object: {}", quoted(operand)),
        Reason::Captured(name) => format!("call of an unknown object: the enclosing function's variable `{name}`"),
        Reason::UnknownMethod(name) => {
            format!("the object's class is not known here, and `{name}` is no plain method of this module's classes")
        }
        Reason::ManyMethods(name, n) => {
            format!("megamorphic call: {n} classes of this module define `{name}`, too many to be told apart")
        }
        Reason::Keywords => "the arguments are passed by keyword".into(),
        Reason::Unpacked => "the arguments are unpacked when the call is made".into(),
        Reason::Super => "`super()` looks the method up each time".into(),
        Reason::UnknownClass(attribute, operand) => {
            format!(
                "attribute `{attribute}` of an unknown class: the class of {} is asked for here",
                quoted(operand)
            )
        }
        Reason::AfterFailedTest => "only reached when a test of types has failed before".into(),
        Reason::Capped => "versions capped: this place or its function has as many versions as it may have".into(),
        Reason::RunsOnce => "module-level code is compiled small".into(),
        Reason::Rare => {
            "the function seems to run rarely, or other functions of a large program left no room: it is compiled small"
                .into()
        }
        Reason::TooLarge(size, limit) => {
            format!("the function is too large for versions: {size} operations, the limit is {limit}")
        }
        Reason::Level => "functions get versions for types from -O2 on".into(),
    }
}

pub fn hint(reason: &Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::UnknownType(_) => {
            "let its type show: arithmetic, a constant, `range`, `len`, or an argument of a direct call"
        }
        Reason::MayBeRebound(_) => "bind the name once, by a plain `def` at the top level of the module",
        Reason::Imported(_) => "keep it out of the innermost loop, or define a plain function for it in this module",
        Reason::Builtin(_) => "if the loop is hot, compute the same with operators, or move the call out of the loop",
        Reason::BuiltinFor(..) => {
            "pass a value whose type shows: arithmetic, a display such as `[…]`, or `str` methods"
        }
        Reason::Class(_) => "give the class a plain `__init__` and pass exactly its parameters by position",
        Reason::NotDirect(_, obstacle) => match obstacle {
            Obstacle::Parameters => "use plain positional parameters",
            Obstacle::Closure => "make it a module-level function and pass what it captures as arguments",
            Obstacle::Generator => "in a hot loop, collect the items in a list, or write the loop in place",
            Obstacle::TooLarge => "split the function",
            Obstacle::Arguments => "pass all arguments by position",
        },
        Reason::UnknownObject(_) | Reason::Captured(_) => {
            "call a function by its global name where you can, instead of through a variable"
        }
        Reason::UnknownMethod(_) => {
            "plain methods of classes of this module are called directly; keep other calls out of inner loops"
        }
        Reason::ManyMethods(..) => "give methods that mean different things different names",
        Reason::Keywords => "pass the arguments by position",
        Reason::Unpacked => "pass the arguments one by one",
        Reason::Super => "in a hot path, call the base class's method by name: `Base.method(self, …)`",
        Reason::UnknownClass(..) => "assign the attribute in `__init__`, always in the same order",
        Reason::Capped => "split the function, or let the variable have one type throughout",
        Reason::RunsOnce => "put the loop into a function",
        Reason::Rare => "build with -O3, which takes every function for a hot one",
        Reason::TooLarge(..) => "split the function",
        Reason::Level => "build with -O2 or -O3",
        Reason::Runtime(_) | Reason::AfterFailedTest => return None,
    })
}
