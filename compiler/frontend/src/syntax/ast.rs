//! The syntax tree that symtable and codegen read: CPython's node kinds and source positions, without spans of the
//! parser. In: the parser's tree (through `lower`). Out: `ModKind`. Two surprising decisions. It is a second tree,
//! because what decides code objects (decorated `def` positions, nested `elif`, merged f-string pieces, folded constant
//! tuples, rewritten `%` formats) differs from the parser's tree in almost every node family. And its nodes are plain
//! data in an arena (`Nodes`) that is given back as a whole.
//!
//! CPython: Parser/Python.asdl.

pub use crate::instr::Location;
pub use crate::names::{Ident, known};
pub use pyaot_code::Constant;

/// Where the nodes of one tree lie. The room is kept for the next tree of the same thread, up to a bound.
pub struct Nodes {
    nodes: bumpalo::Bump,
    constants: typed_arena::Arena<Constant>,
}

thread_local! {
    static SPARE: std::cell::RefCell<Option<bumpalo::Bump>> = const { std::cell::RefCell::new(None) };
}

/// Bytes that are kept at most.
const MAX_SPARE: usize = 8 << 20;

impl Drop for Nodes {
    fn drop(&mut self) {
        let mut nodes = std::mem::take(&mut self.nodes);
        if nodes.allocated_bytes() <= MAX_SPARE {
            nodes.reset();
            // A thread that ends has no place for it.
            let _ = SPARE.try_with(|spare| spare.borrow_mut().replace(nodes));
        }
    }
}

impl Nodes {
    pub fn new() -> Nodes {
        let spare = SPARE.try_with(|spare| spare.borrow_mut().take());
        Nodes {
            nodes: spare.ok().flatten().unwrap_or_default(),
            constants: typed_arena::Arena::new(),
        }
    }

    pub fn one<T: Copy>(&self, node: T) -> &T {
        self.nodes.alloc(node)
    }

    pub fn list<T: Copy>(&self, nodes: &[T]) -> &[T] {
        self.nodes.alloc_slice_copy(nodes)
    }

    pub fn constant(&self, value: Constant) -> &Constant {
        self.constants.alloc(value)
    }
}

/// Names a node that opens a scope (or several), so that symtable and codegen agree on the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(pub u32);

#[derive(Clone, Copy, Debug)]
pub enum ModKind<'t> {
    Module(&'t [Stmt<'t>]),
    Interactive(&'t [Stmt<'t>]),
    Expression(&'t Expr<'t>),
}

#[derive(Clone, Copy, Debug)]
pub struct Stmt<'t> {
    pub loc: Location,
    pub kind: StmtKind<'t>,
}

#[derive(Clone, Copy, Debug)]
pub struct FunctionDef<'t> {
    pub id: NodeId,
    pub name: Ident,
    pub args: Arguments<'t>,
    pub body: &'t [Stmt<'t>],
    pub decorator_list: &'t [Expr<'t>],
    pub returns: Option<&'t Expr<'t>>,
    pub type_params: TypeParams<'t>,
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct ClassDef<'t> {
    pub id: NodeId,
    pub name: Ident,
    pub bases: &'t [Expr<'t>],
    pub keywords: &'t [Keyword<'t>],
    pub body: &'t [Stmt<'t>],
    pub decorator_list: &'t [Expr<'t>],
    pub type_params: TypeParams<'t>,
}

#[derive(Clone, Copy, Debug)]
pub struct TypeAlias<'t> {
    pub id: NodeId,
    pub name: &'t Expr<'t>,
    pub type_params: TypeParams<'t>,
    pub value: &'t Expr<'t>,
}

#[derive(Clone, Copy, Debug)]
pub struct AnnAssign<'t> {
    pub target: &'t Expr<'t>,
    pub annotation: &'t Expr<'t>,
    pub value: Option<&'t Expr<'t>>,
    pub simple: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct For<'t> {
    pub target: &'t Expr<'t>,
    pub iter: &'t Expr<'t>,
    pub body: &'t [Stmt<'t>],
    pub orelse: &'t [Stmt<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct With<'t> {
    pub items: &'t [WithItem<'t>],
    pub body: &'t [Stmt<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct Try<'t> {
    pub body: &'t [Stmt<'t>],
    pub handlers: &'t [ExceptHandler<'t>],
    pub orelse: &'t [Stmt<'t>],
    pub finalbody: &'t [Stmt<'t>],
}

#[derive(Clone, Copy, Debug)]
pub enum StmtKind<'t> {
    FunctionDef(&'t FunctionDef<'t>),
    ClassDef(&'t ClassDef<'t>),
    Return(Option<&'t Expr<'t>>),
    Delete(&'t [Expr<'t>]),
    Assign {
        targets: &'t [Expr<'t>],
        value: &'t Expr<'t>,
    },
    TypeAlias(&'t TypeAlias<'t>),
    AugAssign {
        target: &'t Expr<'t>,
        op: Operator,
        value: &'t Expr<'t>,
    },
    AnnAssign(&'t AnnAssign<'t>),
    For(&'t For<'t>),
    AsyncFor(&'t For<'t>),
    While {
        test: &'t Expr<'t>,
        body: &'t [Stmt<'t>],
        orelse: &'t [Stmt<'t>],
    },
    If {
        test: &'t Expr<'t>,
        body: &'t [Stmt<'t>],
        orelse: &'t [Stmt<'t>],
    },
    With(&'t With<'t>),
    AsyncWith(&'t With<'t>),
    Match {
        subject: &'t Expr<'t>,
        cases: &'t [MatchCase<'t>],
    },
    Raise {
        exc: Option<&'t Expr<'t>>,
        cause: Option<&'t Expr<'t>>,
    },
    Try(&'t Try<'t>),
    TryStar(&'t Try<'t>),
    Assert {
        test: &'t Expr<'t>,
        msg: Option<&'t Expr<'t>>,
    },
    Import(&'t [Alias]),
    ImportFrom {
        module: Option<Ident>,
        names: &'t [Alias],
        level: u32,
    },
    Global(&'t [Ident]),
    Nonlocal(&'t [Ident]),
    Expr(&'t Expr<'t>),
    Pass,
    Break,
    Continue,
}

#[derive(Clone, Copy, Debug)]
pub struct Expr<'t> {
    pub loc: Location,
    pub kind: ExprKind<'t>,
}

#[derive(Clone, Copy, Debug)]
pub struct Lambda<'t> {
    pub id: NodeId,
    pub args: Arguments<'t>,
    pub body: Expr<'t>,
}

#[derive(Clone, Copy, Debug)]
pub struct Comp<'t> {
    pub id: NodeId,
    /// The element, or the key of a dict comprehension.
    pub elt: Expr<'t>,
    /// The value of a dict comprehension.
    pub value: Option<Expr<'t>>,
    pub generators: &'t [Comprehension<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct Dict<'t> {
    /// Absent before `**mapping`.
    pub keys: &'t [Option<Expr<'t>>],
    pub values: &'t [Expr<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct Compare<'t> {
    pub left: Expr<'t>,
    pub ops: &'t [CmpOp],
    pub comparators: &'t [Expr<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct Call<'t> {
    pub func: Expr<'t>,
    pub args: &'t [Expr<'t>],
    pub keywords: &'t [Keyword<'t>],
}

/// Four words and a place: what needs more stands behind a reference.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind<'t> {
    BoolOp {
        op: BoolOp,
        values: &'t [Expr<'t>],
    },
    NamedExpr {
        target: &'t Expr<'t>,
        value: &'t Expr<'t>,
    },
    BinOp {
        left: &'t Expr<'t>,
        op: Operator,
        right: &'t Expr<'t>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: &'t Expr<'t>,
    },
    Lambda(&'t Lambda<'t>),
    IfExp {
        test: &'t Expr<'t>,
        body: &'t Expr<'t>,
        orelse: &'t Expr<'t>,
    },
    Dict(&'t Dict<'t>),
    Set(&'t [Expr<'t>]),
    ListComp(&'t Comp<'t>),
    SetComp(&'t Comp<'t>),
    DictComp(&'t Comp<'t>),
    GeneratorExp(&'t Comp<'t>),
    Await(&'t Expr<'t>),
    Yield(Option<&'t Expr<'t>>),
    YieldFrom(&'t Expr<'t>),
    Compare(&'t Compare<'t>),
    Call(&'t Call<'t>),
    FormattedValue {
        value: &'t Expr<'t>,
        conversion: Option<u8>,
        format_spec: Option<&'t Expr<'t>>,
    },
    Interpolation {
        value: &'t Expr<'t>,
        str: &'t Constant,
        conversion: Option<u8>,
        format_spec: Option<&'t Expr<'t>>,
    },
    JoinedStr(&'t [Expr<'t>]),
    TemplateStr(&'t [Expr<'t>]),
    /// `u_prefix` records a `u"..."` literal, which `unparse` must repeat.
    Constant {
        value: &'t Constant,
        u_prefix: bool,
    },
    Attribute {
        value: &'t Expr<'t>,
        attr: Ident,
        ctx: Ctx,
    },
    Subscript {
        value: &'t Expr<'t>,
        slice: &'t Expr<'t>,
        ctx: Ctx,
    },
    Starred {
        value: &'t Expr<'t>,
        ctx: Ctx,
    },
    Name {
        id: Ident,
        ctx: Ctx,
    },
    List {
        elts: &'t [Expr<'t>],
        ctx: Ctx,
    },
    Tuple {
        elts: &'t [Expr<'t>],
        ctx: Ctx,
    },
    Slice {
        lower: Option<&'t Expr<'t>>,
        upper: Option<&'t Expr<'t>>,
        step: Option<&'t Expr<'t>>,
    },
}

impl<'t> Expr<'t> {
    pub fn as_constant(&self) -> Option<&'t Constant> {
        match self.kind {
            ExprKind::Constant { value, .. } => Some(value),
            _ => None,
        }
    }

    pub fn is_starred(&self) -> bool {
        matches!(self.kind, ExprKind::Starred { .. })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ctx {
    Load,
    Store,
    Del,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Clone, Copy, Debug)]
pub struct Comprehension<'t> {
    pub target: Expr<'t>,
    pub iter: Expr<'t>,
    pub ifs: &'t [Expr<'t>],
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct ExceptHandler<'t> {
    pub loc: Location,
    pub typ: Option<&'t Expr<'t>>,
    pub name: Option<Ident>,
    pub body: &'t [Stmt<'t>],
}

/// `id` keys the annotation scope of the signature.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'t> {
    pub id: NodeId,
    pub posonlyargs: &'t [Arg<'t>],
    pub args: &'t [Arg<'t>],
    pub vararg: Option<&'t Arg<'t>>,
    pub kwonlyargs: &'t [Arg<'t>],
    /// One entry per keyword-only argument.
    pub kw_defaults: &'t [Option<Expr<'t>>],
    pub kwarg: Option<&'t Arg<'t>>,
    pub defaults: &'t [Expr<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct Arg<'t> {
    pub loc: Location,
    pub arg: Ident,
    pub annotation: Option<&'t Expr<'t>>,
}

/// `arg` is absent for `**value`.
#[derive(Clone, Copy, Debug)]
pub struct Keyword<'t> {
    pub loc: Location,
    pub arg: Option<Ident>,
    pub value: Expr<'t>,
}

#[derive(Clone, Copy, Debug)]
pub struct Alias {
    pub loc: Location,
    pub name: Ident,
    pub asname: Option<Ident>,
}

#[derive(Clone, Copy, Debug)]
pub struct WithItem<'t> {
    pub context_expr: Expr<'t>,
    pub optional_vars: Option<&'t Expr<'t>>,
}

#[derive(Clone, Copy, Debug)]
pub struct MatchCase<'t> {
    pub pattern: Pattern<'t>,
    pub guard: Option<&'t Expr<'t>>,
    pub body: &'t [Stmt<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct Pattern<'t> {
    pub loc: Location,
    pub kind: PatternKind<'t>,
}

#[derive(Clone, Copy, Debug)]
#[expect(clippy::enum_variant_names, reason = "CPython's names")]
pub enum PatternKind<'t> {
    MatchValue(&'t Expr<'t>),
    MatchSingleton(&'t Constant),
    MatchSequence(&'t [Pattern<'t>]),
    MatchMapping {
        keys: &'t [Expr<'t>],
        patterns: &'t [Pattern<'t>],
        rest: Option<Ident>,
    },
    MatchClass {
        cls: &'t Expr<'t>,
        patterns: &'t [Pattern<'t>],
        kwd_attrs: &'t [Ident],
        kwd_patterns: &'t [Pattern<'t>],
    },
    MatchStar(Option<Ident>),
    MatchAs {
        pattern: Option<&'t Pattern<'t>>,
        name: Option<Ident>,
    },
    MatchOr(&'t [Pattern<'t>]),
}

/// `id` keys the scope of the parameters; it is unused when `params` is empty.
#[derive(Clone, Copy, Debug)]
pub struct TypeParams<'t> {
    pub id: NodeId,
    pub params: &'t [TypeParam<'t>],
}

#[derive(Clone, Copy, Debug)]
pub struct TypeParam<'t> {
    pub loc: Location,
    pub kind: TypeParamKind,
    pub name: Ident,
    pub bound: Option<&'t Expr<'t>>,
    pub default_value: Option<&'t Expr<'t>>,
    pub bound_id: NodeId,
    pub default_id: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeParamKind {
    TypeVar,
    TypeVarTuple,
    ParamSpec,
}

const _: () = assert!(size_of::<Expr<'_>>() == 48);

/// The docstring expression of a body. CPython: Python/ast.c, _PyAST_GetDocString.
pub fn docstring<'t>(body: &[Stmt<'t>]) -> Option<&'t Expr<'t>> {
    match body.first()?.kind {
        StmtKind::Expr(e) => match e.kind {
            ExprKind::Constant {
                value: Constant::Str(_),
                ..
            } => Some(e),
            _ => None,
        },
        _ => None,
    }
}
