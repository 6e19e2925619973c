//! Methods of built-in types, which are the same in every program. In: a type and a name. Out: whether the type's instances have the
//! method, and what it gives.
use super::facts::TypeIs;

/// Methods of str.
const STR: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];
/// Methods of list.
const LIST: &[&str] = &[
    "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
];
/// Methods of tuple.
const TUPLE: &[&str] = &["count", "index"];
/// Methods of dict.
const DICT: &[&str] = &[
    "clear",
    "copy",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];
/// Methods of set.
const SET: &[&str] = &[
    "add",
    "clear",
    "copy",
    "difference",
    "difference_update",
    "discard",
    "intersection",
    "intersection_update",
    "isdisjoint",
    "issubset",
    "issuperset",
    "pop",
    "remove",
    "symmetric_difference",
    "symmetric_difference_update",
    "union",
    "update",
];

/// Methods of generator.
const GENERATOR: &[&str] = &["close", "send", "throw"];

/// Whether instances of exactly this type have the method.
pub fn has_method(ty: TypeIs, name: &str) -> bool {
    let all = match ty {
        TypeIs::Str => STR,
        TypeIs::List => LIST,
        TypeIs::Tuple => TUPLE,
        TypeIs::Dict => DICT,
        TypeIs::Set => SET,
        TypeIs::Generator => GENERATOR,
        TypeIs::Any => return false,
    };
    all.binary_search(&name).is_ok()
}

/// What a built-in type's method always gives, whatever the arguments.
pub fn result_type(ty: TypeIs, name: &str) -> Option<TypeIs> {
    match (ty, name) {
        (
            TypeIs::Str,
            "capitalize" | "casefold" | "center" | "expandtabs" | "format" | "join" | "ljust" | "lower" | "lstrip"
            | "removeprefix" | "removesuffix" | "replace" | "rjust" | "rstrip" | "strip" | "swapcase" | "title"
            | "translate" | "upper" | "zfill",
        ) => Some(TypeIs::Str),
        (TypeIs::Str, "split" | "rsplit" | "splitlines") | (TypeIs::List, "copy") => Some(TypeIs::List),
        (TypeIs::Str, "partition" | "rpartition") => Some(TypeIs::Tuple),
        (TypeIs::Dict, "copy") => Some(TypeIs::Dict),
        (TypeIs::Set, "copy" | "difference" | "intersection" | "symmetric_difference" | "union") => Some(TypeIs::Set),
        _ => None,
    }
}
