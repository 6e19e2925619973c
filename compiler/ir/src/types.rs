//! Types of values. In: nothing. Out: [`Ty`], [`Ownership`], [`Cond`].
//!
//! `opt` is the only type that may hold the null word; an exact type promises more than `any` and may stand wherever
//! `any` is asked for.

/// Type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// A Python value word, not null. Local variables may hold the UNBOUND word.
    Any,
    /// A Python value word or the null word.
    Opt,
    None,
    Bool,
    Int,
    Float,
    Str,
    Bytes,
    List,
    Tuple,
    Dict,
    Set,
    Function,
    Generator,
    /// One bit.
    I1,
    I32,
    I64,
    F64,
    Ptr,
}

impl Ty {
    pub const ALL: &'static [Ty] = &[
        Ty::Any,
        Ty::Opt,
        Ty::None,
        Ty::Bool,
        Ty::Int,
        Ty::Float,
        Ty::Str,
        Ty::Bytes,
        Ty::List,
        Ty::Tuple,
        Ty::Dict,
        Ty::Set,
        Ty::Function,
        Ty::Generator,
        Ty::I1,
        Ty::I32,
        Ty::I64,
        Ty::F64,
        Ty::Ptr,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Ty::Any => "any",
            Ty::Opt => "opt",
            Ty::None => "none",
            Ty::Bool => "bool",
            Ty::Int => "int",
            Ty::Float => "float",
            Ty::Str => "str",
            Ty::Bytes => "bytes",
            Ty::List => "list",
            Ty::Tuple => "tuple",
            Ty::Dict => "dict",
            Ty::Set => "set",
            Ty::Function => "function",
            Ty::Generator => "generator",
            Ty::I1 => "i1",
            Ty::I32 => "i32",
            Ty::I64 => "i64",
            Ty::F64 => "f64",
            Ty::Ptr => "ptr",
        }
    }

    pub fn from_name(name: &str) -> Option<Ty> {
        Ty::ALL.iter().copied().find(|t| t.name() == name)
    }

    /// A Python value word (possibly null): the types that have ownership.
    pub fn is_object(self) -> bool {
        match self {
            Ty::Any
            | Ty::Opt
            | Ty::None
            | Ty::Bool
            | Ty::Int
            | Ty::Float
            | Ty::Str
            | Ty::Bytes
            | Ty::List
            | Ty::Tuple
            | Ty::Dict
            | Ty::Set
            | Ty::Function
            | Ty::Generator => true,
            Ty::I1 | Ty::I32 | Ty::I64 | Ty::F64 | Ty::Ptr => false,
        }
    }

    /// A value of type `self` may stand where `wanted` is asked for.
    pub fn fits(self, wanted: Ty) -> bool {
        self == wanted
            || (wanted == Ty::Opt && self.is_object())
            || (wanted == Ty::Any && self.is_object() && self != Ty::Opt)
    }
}

/// Who ends the reference that a value stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ownership {
    /// Whoever holds the value: one consuming use on every path.
    Own,
    /// Somebody else, later than the last use here.
    Borrow,
    /// Nobody: immediates and immortal constants.
    Static,
    /// Not a Python value.
    Raw,
}

/// Condition of a comparison; signed for integers, ordered for floats (`ne` is unordered, as in Python).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cond {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Unsigned below.
    Ult,
}

impl Cond {
    pub const ALL: &'static [Cond] = &[Cond::Eq, Cond::Ne, Cond::Lt, Cond::Le, Cond::Gt, Cond::Ge, Cond::Ult];

    pub fn name(self) -> &'static str {
        match self {
            Cond::Eq => "eq",
            Cond::Ne => "ne",
            Cond::Lt => "lt",
            Cond::Le => "le",
            Cond::Gt => "gt",
            Cond::Ge => "ge",
            Cond::Ult => "ult",
        }
    }

    pub fn from_name(name: &str) -> Option<Cond> {
        Cond::ALL.iter().copied().find(|c| c.name() == name)
    }
}
