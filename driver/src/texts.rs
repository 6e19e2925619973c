//! Texts that the program will hand to `eval` or `exec`, told from its code objects.
//!
//! In: one code object (without those nested in it). Out: names of the modules that hold the compiled texts: kind, colon, text.
//! Constant texts are one kind, also by the name of a variable or made with `%` from a template and the items of a constant list.
//! `collections.namedtuple` (and `typing.NamedTuple`, which calls it) makes `__new__` from source; where a call has constant field
//! names, that source is known; so is the source of the methods of a dataclass (`dataclass_text`). The surprising decision: nothing is proved. A name `namedtuple` may be anybody's; a text that is
//! never asked for costs a few hundred bytes, and one that was not foreseen raises an error that says so.
use crate::dataclass_text::{Class, Options, Spec, annotate_function};
use crate::finder::Found;
use pyaot_code::opcode::nb;
use pyaot_code::{CodeObject, Constant, Opcode};
use std::collections::HashMap;
use std::rc::Rc;

/// What is known of an entry of the operand stack.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Other,
    Str(String),
    /// One of several strs: what a loop over constants binds, and what `%` makes of it.
    OneOf(Vec<String>),
    Seq(Vec<Entry>),
    /// Index of a code constant.
    Code(u32),
    /// Something called `namedtuple`.
    NamedTuple,
    /// Something called `NamedTuple`.
    TypedNamedTuple,
    /// Something called `eval` or `exec`.
    Run(&'static str),
    Bool(bool),
    /// A class made by a statement or by `namedtuple`.
    Class(Rc<Class>),
    /// Something called `dataclass`, and that with arguments.
    Dataclass,
    DataclassOf(Options),
    /// Something called `field`, and what it gives.
    Field,
    FieldOf(Spec),
}

/// The texts of the calls in `code`.
pub fn foreseen(code: &CodeObject) -> Vec<String> {
    walk(code).0
}

/// The texts of the calls, and what the names hold at the end.
fn walk(code: &CodeObject) -> (Vec<String>, HashMap<&str, Entry>) {
    let mut stack: Vec<Entry> = Vec::new();
    let mut variables: HashMap<&str, Entry> = HashMap::new();
    let mut out = Vec::new();
    for instruction in code.instructions().unwrap_or_default() {
        let oparg = instruction.oparg;
        let text = |index: u32| code.names.get(index as usize).and_then(|n| n.to_str());
        let name = |index: u32| named(text(index));
        let variable = |index: u32| named(code.localsplusnames.get(index as usize).and_then(|n| n.to_str()));
        match instruction.opcode {
            Opcode::LOAD_CONST => stack.push(constant(code, oparg)),
            Opcode::LOAD_NAME => {
                let known = text(oparg).and_then(|name| variables.get(name)).cloned();
                stack.push(known.filter(|e| *e != Entry::Other).unwrap_or_else(|| name(oparg)));
            }
            Opcode::STORE_NAME => {
                let value = stack.pop().unwrap_or(Entry::Other);
                if let Some(name) = text(oparg) {
                    variables.insert(name, value);
                }
            }
            Opcode::BINARY_OP if oparg == nb::ADD => {
                let sum = match take(&mut stack, 2).as_deref() {
                    Some([Entry::Seq(a), Entry::Seq(b)]) => Entry::Seq(a.iter().chain(b).cloned().collect()),
                    _ => Entry::Other,
                };
                stack.push(sum);
            }
            Opcode::GET_ITER => {}
            Opcode::FOR_ITER => {
                let item = match stack.last() {
                    Some(Entry::Seq(items)) if items.len() <= MAX_CHOICES => items.iter().map(as_text).collect(),
                    _ => None,
                };
                stack.push(item.map_or(Entry::Other, Entry::OneOf));
            }
            Opcode::BINARY_OP if oparg == REMAINDER => {
                let operands = take(&mut stack, 2);
                stack.push(operands.map_or(Entry::Other, |o| percent(&o[0], &o[1])));
            }
            Opcode::LOAD_GLOBAL => {
                stack.push(name(oparg >> 1));
                if oparg & 1 == 1 {
                    stack.push(Entry::Other);
                }
            }
            Opcode::LOAD_ATTR => {
                let of = stack.pop();
                stack.push(match (of, text(oparg >> 1)) {
                    (Some(Entry::Class(class)), Some("_fields")) => match &class.tuple_fields {
                        Some(fields) => Entry::Seq(fields.iter().cloned().map(Entry::Str).collect()),
                        None => Entry::Other,
                    },
                    _ => name(oparg >> 1),
                });
                if oparg & 1 == 1 {
                    stack.push(Entry::Other);
                }
            }
            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW | Opcode::LOAD_FAST_CHECK | Opcode::LOAD_DEREF => {
                stack.push(variable(oparg));
            }
            Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW | Opcode::LOAD_FAST_LOAD_FAST => {
                stack.push(variable(oparg >> 4));
                stack.push(variable(oparg & 15));
            }
            Opcode::PUSH_NULL | Opcode::LOAD_SMALL_INT | Opcode::LOAD_BUILD_CLASS => stack.push(Entry::Other),
            Opcode::BUILD_LIST | Opcode::BUILD_TUPLE => {
                let items = take(&mut stack, oparg as usize);
                stack.push(items.map_or(Entry::Other, Entry::Seq));
            }
            Opcode::IMPORT_NAME => {
                take(&mut stack, 2);
                stack.push(Entry::Other);
            }
            Opcode::IMPORT_FROM => stack.push(name(oparg)),
            Opcode::LIST_APPEND if oparg == 1 => {
                let item = stack.pop();
                if let (Some(Entry::Seq(list)), Some(item)) = (stack.last_mut(), item) {
                    list.push(item);
                }
            }
            Opcode::LIST_EXTEND if oparg == 1 => {
                let more = stack.pop();
                match (stack.last_mut(), more) {
                    (Some(Entry::Seq(list)), Some(Entry::Seq(more))) => list.extend(more),
                    (Some(list), _) => *list = Entry::Other,
                    (None, _) => {}
                }
            }
            Opcode::BINARY_OP | Opcode::COMPARE_OP | Opcode::IS_OP | Opcode::CONTAINS_OP => {
                take(&mut stack, 2);
                stack.push(Entry::Other);
            }
            Opcode::BUILD_SET | Opcode::BUILD_STRING | Opcode::BUILD_SLICE => {
                take(&mut stack, oparg as usize);
                stack.push(Entry::Other);
            }
            Opcode::BUILD_MAP => {
                take(&mut stack, 2 * oparg as usize);
                stack.push(Entry::Other);
            }
            Opcode::MAKE_FUNCTION | Opcode::NOP | Opcode::RESUME => {}
            Opcode::SET_FUNCTION_ATTRIBUTE => {
                let function = stack.pop().unwrap_or(Entry::Other);
                stack.pop();
                stack.push(function);
            }
            Opcode::CALL | Opcode::CALL_KW => {
                let keywords = (instruction.opcode == Opcode::CALL_KW).then(|| stack.pop()).flatten();
                let arguments = take(&mut stack, oparg as usize);
                let callee = take(&mut stack, 2);
                let mut result = Entry::Other;
                if let (Some(arguments), Some(callee)) = (arguments, callee) {
                    let texts;
                    (texts, result) = match (&callee[..], oparg) {
                        // A decorator's argument stands where methods have their object.
                        ([decorator, class @ Entry::Class(_)], 0) => {
                            call(code, decorator, std::slice::from_ref(class), None)
                        }
                        _ => call(code, &callee[0], &arguments, keywords.as_ref()),
                    };
                    out.extend(texts);
                }
                stack.push(result);
            }
            _ => stack.clear(),
        }
    }
    (out, variables)
}

/// CPython's number of `%` among the binary operators.
const REMAINDER: u32 = 6;
/// A loop over more constants than this makes no texts.
const MAX_CHOICES: usize = 256;

/// `template % value` where one `%s` is all that the template asks for.
fn percent(template: &Entry, value: &Entry) -> Entry {
    let (Entry::Str(template), Entry::Str(_) | Entry::OneOf(_)) = (template, value) else {
        return Entry::Other;
    };
    let parts: Vec<&str> = template.split("%s").collect();
    if parts.len() != 2 || parts.iter().any(|part| part.contains('%')) {
        return Entry::Other;
    }
    let fill = |value: &String| parts.join(value);
    match value {
        Entry::Str(value) => Entry::Str(fill(value)),
        Entry::OneOf(values) => Entry::OneOf(values.iter().map(fill).collect()),
        _ => Entry::Other,
    }
}

fn named(name: Option<&str>) -> Entry {
    match name {
        Some("namedtuple" | "_namedtuple") => Entry::NamedTuple,
        Some("NamedTuple" | "_NamedTuple") => Entry::TypedNamedTuple,
        Some("eval") => Entry::Run("eval"),
        Some("exec") => Entry::Run("exec"),
        Some("dataclass" | "_dataclass") => Entry::Dataclass,
        Some("field" | "_field") => Entry::Field,
        _ => Entry::Other,
    }
}

fn constant(code: &CodeObject, index: u32) -> Entry {
    fn known(constant: &Constant) -> Entry {
        match constant {
            Constant::Str(s) => s.to_str().map_or(Entry::Other, |s| Entry::Str(s.to_string())),
            Constant::Bool(b) => Entry::Bool(*b),
            Constant::Tuple(items) => Entry::Seq(items.iter().map(known).collect()),
            _ => Entry::Other,
        }
    }
    match code.consts.get(index as usize) {
        Some(Constant::Code(_)) => Entry::Code(index),
        Some(constant) => known(constant),
        None => Entry::Other,
    }
}

/// The top `n` entries; `None` when not all of them are known to be there.
fn take(stack: &mut Vec<Entry>, n: usize) -> Option<Vec<Entry>> {
    match stack.len().checked_sub(n) {
        Some(at) => Some(stack.split_off(at)),
        None => {
            stack.clear();
            None
        }
    }
}

/// The texts behind one call, and what it gives.
fn call(code: &CodeObject, callee: &Entry, arguments: &[Entry], keywords: Option<&Entry>) -> (Vec<String>, Entry) {
    let texts = |texts: Vec<String>| (texts, Entry::Other);
    match (callee, arguments) {
        (Entry::Run(kind), _) => {
            return texts(match argument(arguments, keywords, 0, "source") {
                Some(Entry::Str(text)) if *kind == "eval" => {
                    vec![format!("eval:{}", text.trim_start_matches([' ', '\t']))]
                }
                Some(Entry::Str(text)) => vec![format!("exec:{text}")],
                Some(Entry::OneOf(texts)) => texts.iter().map(|text| format!("{kind}:{text}")).collect(),
                _ => Vec::new(),
            });
        }
        (Entry::Dataclass, [Entry::Class(class)]) => return decorated(class, Options::default()),
        (Entry::DataclassOf(options), [Entry::Class(class)]) => return decorated(class, *options),
        (Entry::Dataclass, _) => {
            let mut options = Options::default();
            let known = named_arguments(arguments, keywords).and_then(|all| {
                all.into_iter().try_for_each(|(name, value)| match value {
                    Entry::Bool(b) => options.set(name, *b),
                    _ => None,
                })
            });
            return (Vec::new(), known.map_or(Entry::Other, |()| Entry::DataclassOf(options)));
        }
        (Entry::Field, _) => {
            let mut spec = Spec::default();
            let known = named_arguments(arguments, keywords).and_then(|all| {
                all.into_iter().try_for_each(|(name, value)| match value {
                    Entry::Bool(b) => spec.set(name, Some(*b)),
                    _ => spec.set(name, None),
                })
            });
            return (Vec::new(), known.map_or(Entry::Other, |()| Entry::FieldOf(spec)));
        }
        // Most decorators give the class that they get.
        (_, [class @ Entry::Class(_)]) if keywords.is_none() => return (Vec::new(), class.clone()),
        _ => {}
    }
    let fields = match callee {
        Entry::NamedTuple => {
            let fields = argument(arguments, keywords, 1, "field_names");
            fields.and_then(|fields| match fields {
                Entry::Str(text) => Some(text.replace(',', " ").split_whitespace().map(str::to_string).collect()),
                Entry::Seq(items) => items.iter().map(as_text).collect(),
                _ => None,
            })
        }
        Entry::TypedNamedTuple => argument(arguments, keywords, 1, "fields").and_then(|fields| match fields {
            Entry::Seq(items) => items
                .iter()
                .map(|item| match item {
                    Entry::Seq(pair) => pair.first().and_then(as_text),
                    _ => None,
                })
                .collect(),
            _ => None,
        }),
        // The class statement: body, name, bases.
        _ => match arguments {
            [Entry::Code(body), Entry::Str(_), bases @ ..] if bases.contains(&Entry::TypedNamedTuple) => {
                match code.consts.get(*body as usize) {
                    Some(Constant::Code(body)) => Some(annotated(body)),
                    _ => None,
                }
            }
            _ => None,
        },
    };
    let class = match (&fields, arguments) {
        (Some(fields), _) => Class::tuple(fields.clone()),
        (None, [Entry::Code(body), Entry::Str(_), bases @ ..]) => match code.consts.get(*body as usize) {
            Some(Constant::Code(body)) => class_statement(body, bases),
            _ => return texts(Vec::new()),
        },
        _ => return texts(Vec::new()),
    };
    let mut out = Vec::new();
    if let Some(fields) = fields {
        let renamed = rename(&fields);
        out.push(lambda(&fields));
        if renamed != fields {
            out.push(lambda(&renamed));
        }
    }
    (out, Entry::Class(Rc::new(class)))
}

fn decorated(class: &Class, options: Options) -> (Vec<String>, Entry) {
    let (class, text) = class.decorated(options);
    (vec![format!("exec:{text}")], Entry::Class(Rc::new(class)))
}

fn class_statement(body: &CodeObject, bases: &[Entry]) -> Class {
    let bases: Vec<Rc<Class>> = bases
        .iter()
        .filter_map(|base| match base {
            Entry::Class(class) => Some(class.clone()),
            _ => None,
        })
        .collect();
    let names = walk(body).1;
    let stored = names.iter().map(|(name, value)| match value {
        Entry::FieldOf(spec) => (*name, Some(*spec)),
        _ => (*name, None),
    });
    Class::new(body, stored, &bases)
}

/// The arguments by name; `None` when some have none.
fn named_arguments<'a>(arguments: &'a [Entry], keywords: Option<&'a Entry>) -> Option<Vec<(&'a str, &'a Entry)>> {
    let names: &[Entry] = match keywords {
        Some(Entry::Seq(names)) => names,
        Some(_) => return None,
        None => &[],
    };
    if names.len() != arguments.len() {
        return None;
    }
    let pairs = names.iter().zip(arguments).map(|(name, value)| match name {
        Entry::Str(name) => Some((name.as_str(), value)),
        _ => None,
    });
    pairs.collect()
}

fn as_text(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Str(s) => Some(s.clone()),
        _ => None,
    }
}

fn argument<'a>(arguments: &'a [Entry], keywords: Option<&Entry>, at: usize, name: &str) -> Option<&'a Entry> {
    let names: &[Entry] = match keywords {
        Some(Entry::Seq(names)) => names,
        Some(_) => return None,
        None => &[],
    };
    let positional = arguments.len().checked_sub(names.len())?;
    if at < positional {
        return arguments.get(at);
    }
    let i = names.iter().position(|n| matches!(n, Entry::Str(s) if s == name))?;
    arguments.get(positional + i)
}

/// Names that a class body annotates, in order, as its `__annotate__` stores them.
fn annotated(body: &CodeObject) -> Vec<String> {
    let mut out = Vec::new();
    let Some(inner) = annotate_function(body) else {
        return out;
    };
    let instructions = inner.instructions().unwrap_or_default();
    for pair in instructions.windows(2) {
        if pair[0].opcode == Opcode::LOAD_CONST
            && pair[1].opcode == Opcode::STORE_SUBSCR
            && let Some(Constant::Str(s)) = inner.consts.get(pair[0].oparg as usize)
            && let Some(name) = s.to_str()
        {
            out.push(name.to_string());
        }
    }
    out
}

/// CPython: Lib/collections/__init__.py, namedtuple with `rename`.
fn rename(fields: &[String]) -> Vec<String> {
    let is_identifier = |name: &str| {
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.starts_with(|c: char| !c.is_numeric())
    };
    let fits = |name: &str| is_identifier(name) && !pyaot_frontend::is_keyword(name) && !name.starts_with('_');
    fields
        .iter()
        .enumerate()
        .map(|(i, name)| {
            if fits(name) && !fields[..i].contains(name) {
                name.clone()
            } else {
                format!("_{i}")
            }
        })
        .collect()
}

/// The source of `__new__` (CPython: Lib/collections/__init__.py, namedtuple).
fn lambda(fields: &[String]) -> String {
    let mut list = fields.join(", ");
    if fields.len() == 1 {
        list.push(',');
    }
    format!("eval:lambda _cls, {list}: _tuple_new(_cls, ({list}))")
}

/// The module that holds a text. One that is no Python (a field name that `namedtuple` will refuse) is left out, like a library module.
pub fn module(name: String) -> Found {
    Found {
        name,
        path: None,
        package: false,
        stdlib: true,
        filename: "<string>".to_string(),
    }
}

/// Kind and source of a module that holds a text.
pub fn of_name(module: &str) -> Option<(pyaot_frontend::Mode, &str)> {
    match module.split_once(':')? {
        ("eval", text) => Some((pyaot_frontend::Mode::Eval, text)),
        ("exec", text) => Some((pyaot_frontend::Mode::Exec, text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let compiled = pyaot_frontend::compile(
            source.as_bytes(),
            "t.py",
            pyaot_frontend::Mode::Exec,
            0,
            pyaot_frontend::Flags::default(),
        )
        .unwrap();
        foreseen(&compiled.code)
    }

    #[test]
    fn calls_of_namedtuple_with_constant_fields() {
        let two = ["eval:lambda _cls, x, y: _tuple_new(_cls, (x, y))"];
        assert_eq!(texts("P = namedtuple('P', 'x, y')"), two);
        assert_eq!(texts("P = collections.namedtuple('P', ('x', 'y'), defaults=[1])"), two);
        assert_eq!(texts("P = namedtuple('P', ['x', 'y'])"), two);
        assert_eq!(texts("P = namedtuple(typename='P', field_names=['x', 'y'])"), two);
        assert_eq!(texts("P = NamedTuple('P', [('x', int), ('y', list[int])])"), two);
        assert_eq!(texts("class P(NamedTuple):\n    x: int\n    y: 'T' = 3\n"), two);
        assert_eq!(
            texts("P = namedtuple('P', 'x')"),
            ["eval:lambda _cls, x,: _tuple_new(_cls, (x,))"]
        );
        assert_eq!(texts("P = namedtuple('P', names)"), Vec::<String>::new());
    }

    #[test]
    fn fields_of_another_class() {
        let source = "A = namedtuple('A', 'x')\nclass B(A): pass\nC = namedtuple('C', ('w',) + B._fields)\n";
        assert_eq!(texts(source)[1], "eval:lambda _cls, w, x: _tuple_new(_cls, (w, x))");
    }

    #[test]
    fn methods_of_dataclasses() {
        let source = "@dataclass(repr=False, eq=False)\nclass A:\n    x: int\n    y: list = field(default_factory=list)\n    z: ClassVar[int] = 3\n";
        let init = "def __create_fn__(__dataclass_HAS_DEFAULT_FACTORY__,__dataclass_builtins_object__,__dataclass_dflt_y__):\n \
                    def __init__(self,x,y=__dataclass_HAS_DEFAULT_FACTORY__):\n  self.x=x\n  \
                    self.y=__dataclass_dflt_y__() if y is __dataclass_HAS_DEFAULT_FACTORY__ else y\n return (__init__,)";
        assert_eq!(texts(source), [format!("exec:{init}")]);
    }

    #[test]
    fn constant_texts() {
        assert_eq!(texts("eval(' 1 + 1')"), ["eval:1 + 1"]);
        assert_eq!(texts("exec('x = 1\\n', {})"), ["exec:x = 1\n"]);
        assert_eq!(texts("f(eval('a', {'a': g(1)}), eval('b'))"), ["eval:a", "eval:b"]);
        assert_eq!(texts("eval(text)"), Vec::<String>::new());
        let aliased = "from collections import namedtuple as nt\nA = nt('A', 'x')";
        assert_eq!(texts(aliased), ["eval:lambda _cls, x,: _tuple_new(_cls, (x,))"]);
        assert_eq!(texts("t = 'pass'\nexec(t)"), ["exec:pass"]);
        let made = texts("t = 'def %s(): pass'\nfor n in ['a', 'b', 'c', 'd']:\n    exec(t % n, {})");
        assert_eq!(made, ["a", "b", "c", "d"].map(|n| format!("exec:def {n}(): pass")));
    }

    #[test]
    fn bad_names_are_foreseen_renamed() {
        let found = texts("P = namedtuple('P', 'a class a', rename=True)");
        assert!(found.contains(&"eval:lambda _cls, a, _1, _2: _tuple_new(_cls, (a, _1, _2))".to_string()));
    }
}
