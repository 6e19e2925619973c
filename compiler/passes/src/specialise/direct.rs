//! Methods of built-in types, builtins and functions of native modules that have an intrinsic of their own: called without an array of
//! arguments, and with what is known of their results.
//!
//! In: an exact type and a method's name, a builtin's name, or a place in `pyaot_abi::NATIVES`, with the number of arguments. What has
//! no row here is called in the general way; what it does is the same.
use super::body::{Abs, Body};
use super::facts::{ANY, Fact, TypeIs};
use pyaot_abi::{DIRECT_BUILTINS, str_kind};
use pyaot_ir::builder::row;
use pyaot_ir::{Cond, Const, Imm, Inst, Op, Ty, ValueId};

/// How the result of an intrinsic stands for the call's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gives {
    Any,
    Type(TypeIs),
    /// None; the intrinsic gives a status.
    None,
    /// A bool.
    Flag,
}

/// An intrinsic that does a call's work.
#[derive(Clone, Copy, Debug)]
pub struct Direct {
    row: &'static str,
    /// A number that comes first.
    which: Option<i64>,
    /// Arguments left out, which are None.
    nones: usize,
    gives: Gives,
}

const fn plain(row: &'static str, gives: Gives) -> Direct {
    Direct {
        row,
        which: None,
        nones: 0,
        gives,
    }
}

/// A method of instances of exactly this type, with `n` positional arguments.
pub fn method(ty: TypeIs, name: &str, n: usize) -> Option<Direct> {
    Some(match (ty, name, n) {
        (TypeIs::Dict, "get", 2) => plain("dict_get", Gives::Any),
        (TypeIs::Dict, "get", 1) => Direct {
            nones: 1,
            ..plain("dict_get", Gives::Any)
        },
        (TypeIs::Dict, "setdefault", 2) => plain("dict_setdefault", Gives::Any),
        (TypeIs::Set, "add", 1) => plain("set_add", Gives::None),
        (TypeIs::Set, "discard", 1) => plain("set_discard", Gives::None),
        (TypeIs::List, "pop", 0) => plain("list_pop", Gives::Any),
        (TypeIs::Str, "isdigit" | "isalpha" | "isalnum" | "isspace" | "isupper" | "islower", 0) => Direct {
            which: str_kind::of(name),
            ..plain("str_is", Gives::Flag)
        },
        (TypeIs::Str, "replace", 2) => plain("str_replace", Gives::Type(TypeIs::Str)),
        (TypeIs::Str, "startswith", 1) => plain("str_startswith", Gives::Any),
        (TypeIs::Str, "endswith", 1) => plain("str_endswith", Gives::Any),
        (TypeIs::Str, name, 0) => {
            let which = str_kind::PLAIN.iter().position(|m| *m == name)?;
            let ty = if name == "split" { TypeIs::List } else { TypeIs::Str };
            Direct {
                which: Some(which as i64),
                ..plain("str_plain", Gives::Type(ty))
            }
        }
        (TypeIs::Str, name, 1) => {
            let which = str_kind::UNARY.iter().position(|m| *m == name)?;
            let gives = match name {
                "join" => Gives::Type(TypeIs::Str),
                "split" => Gives::Type(TypeIs::List),
                "partition" | "rpartition" => Gives::Type(TypeIs::Tuple),
                _ => Gives::Any,
            };
            Direct {
                which: Some(which as i64),
                ..plain("str_unary", gives)
            }
        }
        _ => return None,
    })
}

/// The call of a builtin with `n` positional arguments.
pub fn builtin(name: &str, n: usize) -> Option<Direct> {
    let which = DIRECT_BUILTINS.iter().position(|b| *b == name)? as i64;
    let gives = match (name, n) {
        ("list", 0 | 1) => Gives::Type(TypeIs::List),
        ("tuple", 0 | 1) => Gives::Type(TypeIs::Tuple),
        ("set", 0 | 1) => Gives::Type(TypeIs::Set),
        ("dict", 0) => Gives::Type(TypeIs::Dict),
        ("sorted", 1) => Gives::Type(TypeIs::List),
        (
            "str" | "int" | "float" | "bool" | "ord" | "chr" | "abs" | "sum" | "len" | "repr" | "reversed" | "any"
            | "all",
            1,
        ) => Gives::Any,
        ("isinstance" | "issubclass" | "divmod", 2) => Gives::Any,
        _ => return None,
    };
    let row = match n {
        0 => "builtin_0",
        1 => "builtin_1",
        _ => "builtin_2",
    };
    Some(Direct {
        which: Some(which),
        ..plain(row, gives)
    })
}

/// The call of a function of a native module.
pub fn native(place: usize, n: usize) -> Option<Direct> {
    Some(match (pyaot_abi::NATIVES.get(place)?, n) {
        (("_heapq", "heappush"), 2) => plain("heap_push", Gives::None),
        (("_heapq", "heappop"), 1) => plain("heap_pop", Gives::Any),
        _ => return None,
    })
}

impl Body<'_, '_> {
    /// The call of inst `inst` by an intrinsic, with these operands. Its callee need not be loaded.
    pub fn call_direct(&mut self, inst: &Inst, operands: &[ValueId], direct: Direct) -> Result<(), String> {
        let callee = self.env.get(&inst.args[0]).copied();
        let unloaded = callee.filter(|abs| matches!(abs.fact, Fact::Function(_) | Fact::Builtin(_) | Fact::Method));
        if unloaded.is_some() {
            self.env.remove(&inst.args[0]);
        }
        self.load_names()?;
        let mut args = Vec::new();
        if let Some(which) = direct.which {
            args.push(self.one(Op::I32, vec![Imm::Int(which)], vec![]));
        }
        for value in operands {
            args.push(self.boxed(*value)?);
        }
        let none = self.shared.module.add_const(Const::None);
        for _ in 0..direct.nones {
            args.push(self.one(Op::Const, vec![Imm::Const(none)], vec![]));
        }
        let raises = pyaot_abi::Intrinsic::find(direct.row).is_some_and(|r| r.error != pyaot_abi::Error::Never);
        let error = match raises {
            true => self.error_of(inst)?,
            false => None,
        };
        let found = self.b().push(Op::Call, vec![row(direct.row)], args, 1, Ty::Any, error);
        let word = found.first().copied().ok_or("a call without a result")?;
        self.effect();
        let abs = match direct.gives {
            Gives::Any => Abs::new(ANY, word),
            Gives::Type(ty) => Abs::new(Fact::Boxed(ty, 0), word),
            Gives::None => Abs::nothing(Fact::Const(none)),
            Gives::Flag => {
                let zero = self.one(Op::I32, vec![Imm::Int(0)], vec![]);
                let flag = self.icmp(Cond::Ne, word, zero);
                Abs::new(Fact::Bool, flag)
            }
        };
        if let Some(abs) = unloaded {
            self.env.insert(inst.args[0], abs);
        }
        self.env.insert(inst.results[0], abs);
        Ok(())
    }

    /// An op on an exact dict or set by the type's own intrinsic.
    pub fn container(&mut self, inst: &Inst, name: &str) -> Result<bool, String> {
        if name == "contains" && self.contains_character(inst)? {
            return Ok(true);
        }
        let row_name = match (self.fact(inst.args[0]), name) {
            (Fact::Boxed(TypeIs::Dict, _), "getitem") => "dict_getitem",
            (Fact::Boxed(TypeIs::Dict, _), "setitem") => "dict_setitem",
            (Fact::Boxed(TypeIs::Dict, _), "contains") => "dict_contains",
            (Fact::Boxed(TypeIs::Set, _), "contains") => "set_contains",
            (Fact::Boxed(TypeIs::Str | TypeIs::List | TypeIs::Tuple, _), "getslice") => "getslice",
            _ => return Ok(false),
        };
        let mut own = Inst::new(inst.op, vec![row(row_name)], inst.args.clone());
        own.results = inst.results.clone();
        own.error = inst.error.clone();
        own.site = inst.site;
        let fact = self.fact(inst.args[0]);
        self.copy(&own)?;
        if name == "getslice" {
            // A part of an exact sequence is one, too.
            let abs = self.abs(inst.results[0])?;
            self.env.insert(inst.results[0], Abs { fact, ..abs });
        }
        Ok(true)
    }
}
