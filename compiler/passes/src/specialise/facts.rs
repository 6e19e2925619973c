//! What a context knows of a value. In: nothing. Out: [`Fact`], and how facts are made more general.
//!
//! A fact is permanent: it says what a word is, never what memory holds. Numbers have a representation of their own, so a fact
//! also says in how many and which raw values a version's block gets the value (none for what is made again on the spot).
use pyaot_ir::{ConstId, GlobalId, Ty};

/// Tests that a value has failed.
pub const NOT_INT: u8 = 1;
pub const NOT_FLOAT: u8 = 2;
pub const NOT_LIST: u8 = 4;
pub const NOT_TUPLE: u8 = 8;
pub const NOT_STR: u8 = 16;
/// Of a group of attributes.
pub const NOT_GROUP: u8 = 32;
pub const NOT_DICT: u8 = 64;
pub const NOT_SET: u8 = 128;
pub const NOT_NUMBER: u8 = NOT_INT | NOT_FLOAT;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Fact {
    /// A Python value of this type (`any` when unknown) that failed these tests.
    Boxed(TypeIs, u8),
    /// A Python value or null.
    Opt,
    /// An int of 64 bits as it is.
    I64,
    F64,
    /// A bool as one bit.
    Bool,
    /// A machine value of the original code.
    Word(WordTy),
    Const(ConstId),
    Null,
    Unbound,
    /// What a local variable holds that is only released or shown in a traceback: bits, and one of `pyaot_abi::number_kind`.
    Unread,
    /// Likewise, of what was never anything but a float or unbound: its bits, or `UNBOUND_FLOAT`.
    UnreadFloat,
    /// A known truth value of the machine.
    Flag(bool),
    /// An address or number made by an op without operands.
    Make,
    /// The function that is bound to the name, not loaded yet.
    Function(GlobalId),
    /// The builtin of that name, not loaded yet.
    Builtin(GlobalId),
    /// A method of a built-in type whose exact instance is called with it, not loaded yet.
    Method,
    /// `range(a, b, step)` of which only the iterator will be asked: a and b.
    Range(i64),
    /// Its iterator: the next item and the end.
    RangeIter(i64),
    /// Iterator over an exact list or tuple: the sequence and an index.
    SeqIter(TypeIs),
    /// A str of one character: its code.
    Char,
    /// A tuple of two that is not made yet: its items.
    Pair,
}

/// Types that a fact can name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum TypeIs {
    Any,
    Str,
    List,
    Tuple,
    Dict,
    Set,
    Generator,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum WordTy {
    I1,
    I32,
    I64,
    F64,
    Ptr,
}

pub const ANY: Fact = Fact::Boxed(TypeIs::Any, 0);

impl TypeIs {
    pub fn ty(self) -> Ty {
        match self {
            TypeIs::Any => Ty::Any,
            TypeIs::Str => Ty::Str,
            TypeIs::List => Ty::List,
            TypeIs::Tuple => Ty::Tuple,
            TypeIs::Dict => Ty::Dict,
            TypeIs::Set => Ty::Set,
            TypeIs::Generator => Ty::Generator,
        }
    }
}

impl WordTy {
    pub fn of(ty: Ty) -> WordTy {
        match ty {
            Ty::I1 => WordTy::I1,
            Ty::I32 => WordTy::I32,
            Ty::F64 => WordTy::F64,
            Ty::Ptr => WordTy::Ptr,
            _ => WordTy::I64,
        }
    }
}

impl Fact {
    /// The fact of a value of the original code of which nothing is known.
    pub fn unknown(ty: Ty) -> Fact {
        match ty {
            Ty::Opt => Fact::Opt,
            ty if ty.is_object() => ANY,
            ty => Fact::Word(WordTy::of(ty)),
        }
    }

    /// Types of the values that stand for it.
    pub fn parts(self) -> &'static [Ty] {
        match self {
            Fact::Boxed(..) => &[Ty::Any],
            Fact::Opt => &[Ty::Opt],
            Fact::I64 | Fact::Char => &[Ty::I64],
            Fact::F64 | Fact::UnreadFloat => &[Ty::F64],
            Fact::Bool => &[Ty::I1],
            Fact::Word(WordTy::I1) => &[Ty::I1],
            Fact::Word(WordTy::I32) => &[Ty::I32],
            Fact::Word(WordTy::I64) => &[Ty::I64],
            Fact::Word(WordTy::F64) => &[Ty::F64],
            Fact::Word(WordTy::Ptr) => &[Ty::Ptr],
            Fact::Range(_) | Fact::RangeIter(_) => &[Ty::I64, Ty::I64],
            Fact::SeqIter(_) => &[Ty::Any, Ty::I64],
            Fact::Pair => &[Ty::Any, Ty::Any],
            Fact::Unread => &[Ty::I64, Ty::I32],
            Fact::Const(_)
            | Fact::Null
            | Fact::Unbound
            | Fact::Flag(_)
            | Fact::Make
            | Fact::Function(_)
            | Fact::Method
            | Fact::Builtin(_) => &[],
        }
    }

    /// Something better is known than that it is an object.
    pub fn is_better(self) -> bool {
        let number = matches!(self, Fact::I64 | Fact::F64 | Fact::Bool | Fact::Char);
        number || matches!(self, Fact::Unread | Fact::UnreadFloat) || self.is_virtual()
    }

    /// An iterator that has no object.
    pub fn is_virtual(self) -> bool {
        matches!(self, Fact::Range(_) | Fact::RangeIter(_) | Fact::SeqIter(_))
    }

    /// What versions at a place where ways meet are told apart by: failed tests count only when no number is left.
    pub fn at_merge(self) -> Fact {
        let Fact::Boxed(ty, not) = self else { return self };
        match ty {
            TypeIs::Any if not & NOT_NUMBER != NOT_NUMBER => ANY,
            TypeIs::Any => Fact::Boxed(TypeIs::Any, NOT_NUMBER),
            _ => Fact::Boxed(ty, 0),
        }
    }

    /// A value with fact `self` may stand, perhaps converted, where a version was made for `wanted`.
    pub fn fits(self, wanted: Fact) -> bool {
        if self == wanted {
            return true;
        }
        match wanted {
            Fact::Boxed(TypeIs::Str, 0) if self == Fact::Char => true,
            Fact::Boxed(ty, not) => match self {
                Fact::Boxed(mine, failed) => (ty == TypeIs::Any || mine == ty) && failed & not == not,
                Fact::Opt | Fact::Null | Fact::Word(_) | Fact::Flag(_) | Fact::Make => false,
                _ => ty == TypeIs::Any && not == 0,
            },
            Fact::Opt => matches!(
                self,
                Fact::Boxed(..) | Fact::Null | Fact::I64 | Fact::F64 | Fact::Bool | Fact::Char | Fact::Const(_)
            ),
            Fact::Word(_) => matches!(self, Fact::Word(_) | Fact::Flag(_) | Fact::Make),
            Fact::UnreadFloat => matches!(self, Fact::F64 | Fact::Unbound),
            Fact::Unread => matches!(
                self,
                Fact::UnreadFloat | Fact::I64 | Fact::F64 | Fact::Bool | Fact::Char | Fact::Unbound | Fact::Const(_)
            ),
            _ => false,
        }
    }
}
