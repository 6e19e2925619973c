//! The source that the decorator `dataclass` will hand to `exec` for a class statement (CPython: Lib/dataclasses.py, _process_class).
//!
//! In: what `texts` has read from the class body and the decorator's arguments. Out: the text, exactly as the library will make it, and
//! the fields, for classes derived from this one. Bases from other modules are taken to have no fields; where that is wrong, the
//! text is another one and `exec` says that it was not foreseen.
use pyaot_code::{CodeObject, Constant, Opcode};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::rc::Rc;

/// The arguments of `dataclass(…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    init: bool,
    repr: bool,
    eq: bool,
    order: bool,
    unsafe_hash: bool,
    frozen: bool,
    kw_only: bool,
    slots: bool,
}
impl Default for Options {
    fn default() -> Options {
        Options {
            init: true,
            repr: true,
            eq: true,
            order: false,
            unsafe_hash: false,
            frozen: false,
            kw_only: false,
            slots: false,
        }
    }
}
impl Options {
    /// `None` for a name that is unknown.
    pub fn set(&mut self, name: &str, value: bool) -> Option<()> {
        *match name {
            "init" => &mut self.init,
            "repr" => &mut self.repr,
            "eq" => &mut self.eq,
            "order" => &mut self.order,
            "unsafe_hash" => &mut self.unsafe_hash,
            "frozen" => &mut self.frozen,
            "kw_only" => &mut self.kw_only,
            "slots" => &mut self.slots,
            "match_args" | "weakref_slot" => return Some(()),
            _ => return None,
        } = value;
        Some(())
    }
}

/// The arguments of `field(…)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spec {
    default: bool,
    factory: bool,
    init: bool,
    repr: bool,
    compare: bool,
    hash: Option<bool>,
    kw_only: Option<bool>,
}
impl Default for Spec {
    fn default() -> Spec {
        Spec {
            default: false,
            factory: false,
            init: true,
            repr: true,
            compare: true,
            hash: None,
            kw_only: None,
        }
    }
}
impl Spec {
    /// `value` is the argument where it is a constant bool.
    pub fn set(&mut self, name: &str, value: Option<bool>) -> Option<()> {
        match name {
            "default" => self.default = true,
            "default_factory" => self.factory = true,
            "init" => self.init = value?,
            "repr" => self.repr = value?,
            "compare" => self.compare = value?,
            "hash" => self.hash = value,
            "kw_only" => self.kw_only = Some(value?),
            "metadata" | "doc" => {}
            _ => return None,
        }
        Some(())
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Plain,
    InitVar,
    ClassVar,
    /// The mark `_: KW_ONLY`.
    KwOnly,
}

#[derive(Clone, Debug, PartialEq)]
struct Field {
    name: String,
    spec: Spec,
    kind: Kind,
    kw_only: bool,
}
impl Field {
    fn is_parameter(&self) -> bool {
        self.spec.init && matches!(self.kind, Kind::Plain | Kind::InitVar)
    }
}

/// What a class statement makes, as far as it can be read from its body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Class {
    /// Fields of the named tuple that it is or derives from.
    pub tuple_fields: Option<Vec<String>>,
    /// Names bound in the body.
    own: BTreeSet<String>,
    /// Attributes, inherited ones included.
    attributes: BTreeSet<String>,
    /// `field(…)` values of the body.
    specs: Vec<(String, Spec)>,
    annotations: Vec<(String, Kind)>,
    /// Fields as a dataclass, inherited ones first.
    fields: Vec<Field>,
}

impl Class {
    pub fn tuple(fields: Vec<String>) -> Class {
        Class {
            tuple_fields: Some(fields),
            ..Class::default()
        }
    }
    /// `stored`: the names that the body binds, with the arguments of `field` where it is called.
    pub fn new<'a>(
        body: &CodeObject,
        stored: impl Iterator<Item = (&'a str, Option<Spec>)>,
        bases: &[Rc<Class>],
    ) -> Class {
        let mut class = Class {
            annotations: annotations(body),
            tuple_fields: bases.iter().find_map(|b| b.tuple_fields.clone()),
            ..Class::default()
        };
        for base in bases.iter().rev() {
            class.attributes.extend(base.attributes.iter().cloned());
            for f in &base.fields {
                put(&mut class.fields, f.clone());
            }
        }
        for (name, spec) in stored {
            class.own.insert(name.to_string());
            class.attributes.insert(name.to_string());
            class.specs.extend(spec.map(|s| (name.to_string(), s)));
        }
        class
    }

    /// The class after the decorator, and the text that it runs.
    pub fn decorated(&self, options: Options) -> (Class, String) {
        let mut class = self.clone();
        let mut kw_only = options.kw_only;
        for (name, kind) in &self.annotations {
            if *kind == Kind::KwOnly {
                kw_only = true;
                continue;
            }
            let spec = match self.specs.iter().find(|(n, _)| n == name) {
                Some((_, spec)) => *spec,
                None => Spec {
                    default: self.attributes.contains(name),
                    ..Spec::default()
                },
            };
            if !spec.default {
                class.attributes.remove(name);
            }
            let field = Field {
                name: name.clone(),
                spec,
                kind: *kind,
                kw_only: spec.kw_only.unwrap_or(kw_only),
            };
            put(&mut class.fields, field);
        }
        let text = class.text(options);
        (class, text)
    }

    fn text(&self, o: Options) -> String {
        let mut made = Functions::default();
        if o.init {
            self.init(o, &mut made);
        }
        let plain: Vec<&Field> = self.fields.iter().filter(|f| f.kind == Kind::Plain).collect();
        if o.repr {
            let parts: Vec<String> = plain
                .iter()
                .filter(|f| f.spec.repr)
                .map(|f| format!("{0}={{self.{0}!r}}", f.name))
                .collect();
            made.local("__dataclasses_recursive_repr");
            let body = format!("  return f\"{{self.__class__.__qualname__}}({})\"", parts.join(", "));
            made.add(Some("@__dataclasses_recursive_repr()"), "__repr__", "self", &body);
        }
        let compared: Vec<&Field> = plain.iter().copied().filter(|f| f.spec.compare).collect();
        if o.eq {
            let terms: Vec<String> = compared
                .iter()
                .map(|f| format!("self.{0}==other.{0}", f.name))
                .collect();
            let terms = if terms.is_empty() {
                "True".to_string()
            } else {
                terms.join(" and ")
            };
            let body = format!(
                "  if self is other:\n   return True\n  if other.__class__ is self.__class__:\n   return {terms}\n  return NotImplemented"
            );
            made.add(None, "__eq__", "self,other", &body);
        }
        if o.order {
            let (mine, others) = (tuple_of("self", &compared), tuple_of("other", &compared));
            for (name, operator) in [("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")] {
                let body = format!(
                    "  if other.__class__ is self.__class__:\n   return {mine}{operator}{others}\n  return NotImplemented"
                );
                made.add(None, name, "self,other", &body);
            }
        }
        if o.frozen {
            made.local("__class__");
            made.local("FrozenInstanceError");
            let mut condition = "type(self) is __class__".to_string();
            if !plain.is_empty() {
                let names: Vec<String> = plain.iter().map(|f| format!("'{}'", f.name)).collect();
                write!(condition, " or name in {{{}}}", names.join(", ")).expect("a string takes everything");
            }
            for (name, arguments, verb, call) in [
                ("__setattr__", "self,name,value", "assign to", "name, value"),
                ("__delattr__", "self,name", "delete", "name"),
            ] {
                let body = format!(
                    "  if {condition}:\n   raise FrozenInstanceError(f\"cannot {verb} field {{name!r}}\")\n  super(__class__, self).{name}({call})"
                );
                made.add(None, name, arguments, &body);
            }
        }
        // An explicit `__hash__` is kept where nothing asks for another.
        let explicit = self.own.contains("__hash__");
        if o.unsafe_hash || (o.eq && o.frozen && !explicit) {
            let hashed: Vec<&Field> = plain
                .iter()
                .copied()
                .filter(|f| f.spec.hash.unwrap_or(f.spec.compare))
                .collect();
            made.add(
                None,
                "__hash__",
                "self",
                &format!("  return hash({})", tuple_of("self", &hashed)),
            );
        }
        made.text()
    }

    fn init(&self, o: Options, made: &mut Functions) {
        made.local("__dataclass_HAS_DEFAULT_FACTORY__");
        made.local("__dataclass_builtins_object__");
        let this = match self.fields.iter().any(|f| f.name == "self") {
            true => "__dataclass_self__",
            false => "self",
        };
        let initialised = || {
            self.fields
                .iter()
                .filter(|f| matches!(f.kind, Kind::Plain | Kind::InitVar))
        };
        let mut lines = Vec::new();
        for f in initialised() {
            let (name, s) = (&f.name, &f.spec);
            let default = format!("__dataclass_dflt_{name}__");
            let value = match (s.factory, s.init) {
                (true, true) => format!("{default}() if {name} is __dataclass_HAS_DEFAULT_FACTORY__ else {name}"),
                (true, false) => format!("{default}()"),
                (false, true) => name.clone(),
                (false, false) if o.slots && s.default => default.clone(),
                (false, false) => continue,
            };
            if s.factory || s.default {
                made.local(&default);
            }
            if f.kind == Kind::InitVar {
                continue;
            }
            lines.push(match o.frozen {
                true => format!("  __dataclass_builtins_object__.__setattr__({this},'{name}',{value})"),
                false => format!("  {this}.{name}={value}"),
            });
        }
        if self.attributes.contains("__post_init__") {
            let arguments: Vec<&str> = initialised()
                .filter(|f| f.kind == Kind::InitVar)
                .map(|f| f.name.as_str())
                .collect();
            lines.push(format!("  {this}.__post_init__({})", arguments.join(",")));
        }
        if lines.is_empty() {
            lines.push("  pass".to_string());
        }
        let parameter = |f: &Field| match (f.spec.default, f.spec.factory) {
            (true, _) => format!("{0}=__dataclass_dflt_{0}__", f.name),
            (false, true) => format!("{}=__dataclass_HAS_DEFAULT_FACTORY__", f.name),
            (false, false) => f.name.clone(),
        };
        let mut parameters = vec![this.to_string()];
        parameters.extend(initialised().filter(|f| f.is_parameter() && !f.kw_only).map(parameter));
        if initialised().any(|f| f.is_parameter() && f.kw_only) {
            parameters.push("*".to_string());
            parameters.extend(initialised().filter(|f| f.is_parameter() && f.kw_only).map(parameter));
        }
        made.add(None, "__init__", &parameters.join(","), &lines.join("\n"));
    }
}

/// A field takes the place of one of the same name.
fn put(fields: &mut Vec<Field>, field: Field) {
    match fields.iter_mut().find(|f| f.name == field.name) {
        Some(old) => *old = field,
        None => fields.push(field),
    }
}
fn tuple_of(object: &str, fields: &[&Field]) -> String {
    if fields.is_empty() {
        return "()".to_string();
    }
    let parts: Vec<String> = fields.iter().map(|f| format!("{object}.{}", f.name)).collect();
    format!("({},)", parts.join(","))
}

/// CPython: Lib/dataclasses.py, _FuncBuilder.
#[derive(Default)]
struct Functions {
    locals: Vec<String>,
    names: Vec<&'static str>,
    source: Vec<String>,
}
impl Functions {
    fn local(&mut self, name: &str) {
        if !self.locals.iter().any(|l| l == name) {
            self.locals.push(name.to_string());
        }
    }
    fn add(&mut self, decorator: Option<&str>, name: &'static str, parameters: &str, body: &str) {
        let decorator = decorator.map_or(String::new(), |d| format!(" {d}\n"));
        self.source
            .push(format!("{decorator} def {name}({parameters}):\n{body}"));
        self.names.push(name);
    }
    fn text(&self) -> String {
        let names = match self.names.is_empty() {
            true => "()".to_string(),
            false => format!("({},)", self.names.join(",")),
        };
        format!(
            "def __create_fn__({}):\n{}\n return {names}",
            self.locals.join(","),
            self.source.join("\n")
        )
    }
}

/// The annotations of a class body, in order, and what the type says of the field: `ClassVar`, `InitVar` and `KW_ONLY` by name.
fn annotations(body: &CodeObject) -> Vec<(String, Kind)> {
    if let Some(inner) = annotate_function(body) {
        return stored_items(inner, None);
    }
    // `from __future__ import annotations`: the body stores texts.
    stored_items(body, Some("__annotations__"))
}
/// The code of the class's `__annotate__`. Methods with annotations have one, too; the class's is made last.
pub fn annotate_function(body: &CodeObject) -> Option<&CodeObject> {
    if !body.names.iter().any(|n| n.to_str() == Some("__annotate_func__")) {
        return None;
    }
    body.consts.iter().rev().find_map(|constant| match constant {
        Constant::Code(inner) if inner.name.to_str() == Some("__annotate__") => Some(&**inner),
        _ => None,
    })
}
/// Items that a code object stores in the namespace of that name, or in any.
fn stored_items(code: &CodeObject, namespace: Option<&str>) -> Vec<(String, Kind)> {
    let mut out = Vec::new();
    // The name that the type of the next item begins with.
    let mut first: Option<String> = None;
    let mut before = [None, None];
    for i in code.instructions().unwrap_or_default() {
        let name = |index: u32| code.names.get(index as usize).and_then(|n| n.to_str());
        let text = |index: u32| match code.consts.get(index as usize) {
            Some(Constant::Str(s)) => s.to_str(),
            _ => None,
        };
        match i.opcode {
            Opcode::LOAD_NAME | Opcode::LOAD_FROM_DICT_OR_GLOBALS => {
                first = first.or(name(i.oparg).map(str::to_string));
            }
            Opcode::LOAD_GLOBAL => first = first.or(name(i.oparg >> 1).map(str::to_string)),
            Opcode::LOAD_ATTR if first.as_deref().is_some_and(|f| f == "typing" || f == "dataclasses") => {
                first = name(i.oparg >> 1).map(str::to_string);
            }
            Opcode::LOAD_CONST if namespace.is_some() => first = first.or(text(i.oparg).map(str::to_string)),
            Opcode::STORE_NAME => first = None,
            Opcode::STORE_SUBSCR => {
                let fits = match (namespace, before[0]) {
                    (None, _) => true,
                    (Some(wanted), Some((Opcode::LOAD_NAME, n))) => name(n) == Some(wanted),
                    _ => false,
                };
                if fits
                    && let Some((Opcode::LOAD_CONST, key)) = before[1]
                    && let Some(key) = text(key)
                {
                    out.push((key.to_string(), kind_of(first.as_deref().unwrap_or(""))));
                }
                first = None;
            }
            _ => {}
        }
        before = [before[1], Some((i.opcode, i.oparg))];
    }
    out
}
fn kind_of(type_name: &str) -> Kind {
    let plain = type_name
        .strip_prefix("typing.")
        .or(type_name.strip_prefix("dataclasses."));
    let word = plain.unwrap_or(type_name).split('[').next().unwrap_or("");
    match word {
        "ClassVar" => Kind::ClassVar,
        "InitVar" => Kind::InitVar,
        "KW_ONLY" => Kind::KwOnly,
        _ => Kind::Plain,
    }
}
