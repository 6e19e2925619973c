//! The syntax tree that symtable and codegen read: CPython's node kinds and source positions, owned, without spans of
//! the parser. In: the parser's tree (through `lower`). Out: `Module`. The surprising decision: it is a second tree,
//! because what decides code objects (decorated `def` positions, nested `elif`, merged f-string pieces, folded constant
//! tuples, rewritten `%` formats) differs from the parser's tree in almost every node family.
//!
//! CPython: Parser/Python.asdl.

pub use crate::instr::Location;
pub use pyaot_code::Constant;

/// An identifier, NFKC-normalised. Private names are not mangled here.
pub type Ident = pyaot_code::PyStr;

/// Names a node that opens a scope (or several), so that symtable and codegen agree on the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(pub u32);

#[derive(Debug)]
pub enum ModKind {
    Module(Vec<Stmt>),
    Interactive(Vec<Stmt>),
    Expression(Box<Expr>),
}

#[derive(Debug)]
pub struct Stmt {
    pub loc: Location,
    pub kind: StmtKind,
}

#[derive(Debug)]
pub struct FunctionDef {
    pub id: NodeId,
    pub name: Ident,
    pub args: Arguments,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub returns: Option<Box<Expr>>,
    pub type_params: TypeParams,
    pub is_async: bool,
}

#[derive(Debug)]
pub struct ClassDef {
    pub id: NodeId,
    pub name: Ident,
    pub bases: Vec<Expr>,
    pub keywords: Vec<Keyword>,
    pub body: Vec<Stmt>,
    pub decorator_list: Vec<Expr>,
    pub type_params: TypeParams,
}

#[derive(Debug)]
pub struct TypeAlias {
    pub id: NodeId,
    pub name: Box<Expr>,
    pub type_params: TypeParams,
    pub value: Box<Expr>,
}

#[derive(Debug)]
pub struct AnnAssign {
    pub target: Box<Expr>,
    pub annotation: Box<Expr>,
    pub value: Option<Box<Expr>>,
    pub simple: bool,
}

#[derive(Debug)]
pub struct For {
    pub target: Box<Expr>,
    pub iter: Box<Expr>,
    pub body: Vec<Stmt>,
    pub orelse: Vec<Stmt>,
}

#[derive(Debug)]
pub struct With {
    pub items: Vec<WithItem>,
    pub body: Vec<Stmt>,
}

#[derive(Debug)]
pub struct Try {
    pub body: Vec<Stmt>,
    pub handlers: Vec<ExceptHandler>,
    pub orelse: Vec<Stmt>,
    pub finalbody: Vec<Stmt>,
}

#[derive(Debug)]
pub enum StmtKind {
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Return(Option<Box<Expr>>),
    Delete(Vec<Expr>),
    Assign {
        targets: Vec<Expr>,
        value: Box<Expr>,
    },
    TypeAlias(Box<TypeAlias>),
    AugAssign {
        target: Box<Expr>,
        op: Operator,
        value: Box<Expr>,
    },
    AnnAssign(AnnAssign),
    For(For),
    AsyncFor(For),
    While {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    If {
        test: Box<Expr>,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    With(With),
    AsyncWith(With),
    Match {
        subject: Box<Expr>,
        cases: Vec<MatchCase>,
    },
    Raise {
        exc: Option<Box<Expr>>,
        cause: Option<Box<Expr>>,
    },
    Try(Try),
    TryStar(Try),
    Assert {
        test: Box<Expr>,
        msg: Option<Box<Expr>>,
    },
    Import(Vec<Alias>),
    ImportFrom {
        module: Option<Ident>,
        names: Vec<Alias>,
        level: u32,
    },
    Global(Vec<Ident>),
    Nonlocal(Vec<Ident>),
    Expr(Box<Expr>),
    Pass,
    Break,
    Continue,
}

#[derive(Debug)]
pub struct Expr {
    pub loc: Location,
    pub kind: ExprKind,
}

#[derive(Debug)]
pub struct Lambda {
    pub id: NodeId,
    pub args: Arguments,
    pub body: Expr,
}

#[derive(Debug)]
pub struct Comp {
    pub id: NodeId,
    /// The element, or the key of a dict comprehension.
    pub elt: Expr,
    /// The value of a dict comprehension.
    pub value: Option<Expr>,
    pub generators: Vec<Comprehension>,
}

#[derive(Debug)]
pub enum ExprKind {
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: Operator,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Lambda(Box<Lambda>),
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    Dict {
        keys: Vec<Option<Expr>>,
        values: Vec<Expr>,
    },
    Set(Vec<Expr>),
    ListComp(Box<Comp>),
    SetComp(Box<Comp>),
    DictComp(Box<Comp>),
    GeneratorExp(Box<Comp>),
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
    Compare {
        left: Box<Expr>,
        ops: Vec<CmpOp>,
        comparators: Vec<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Expr>,
        keywords: Vec<Keyword>,
    },
    FormattedValue {
        value: Box<Expr>,
        conversion: Option<u8>,
        format_spec: Option<Box<Expr>>,
    },
    Interpolation {
        value: Box<Expr>,
        str: Constant,
        conversion: Option<u8>,
        format_spec: Option<Box<Expr>>,
    },
    JoinedStr(Vec<Expr>),
    TemplateStr(Vec<Expr>),
    /// `u_prefix` records a `u"..."` literal, which `unparse` must repeat.
    Constant {
        value: Constant,
        u_prefix: bool,
    },
    Attribute {
        value: Box<Expr>,
        attr: Ident,
        ctx: Ctx,
    },
    Subscript {
        value: Box<Expr>,
        slice: Box<Expr>,
        ctx: Ctx,
    },
    Starred {
        value: Box<Expr>,
        ctx: Ctx,
    },
    Name {
        id: Ident,
        ctx: Ctx,
    },
    List {
        elts: Vec<Expr>,
        ctx: Ctx,
    },
    Tuple {
        elts: Vec<Expr>,
        ctx: Ctx,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
}

impl Expr {
    pub fn constant(loc: Location, value: Constant) -> Expr {
        Expr {
            loc,
            kind: ExprKind::Constant { value, u_prefix: false },
        }
    }

    pub fn as_constant(&self) -> Option<&Constant> {
        match &self.kind {
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

#[derive(Debug)]
pub struct Comprehension {
    pub target: Expr,
    pub iter: Expr,
    pub ifs: Vec<Expr>,
    pub is_async: bool,
}

#[derive(Debug)]
pub struct ExceptHandler {
    pub loc: Location,
    pub typ: Option<Box<Expr>>,
    pub name: Option<Ident>,
    pub body: Vec<Stmt>,
}

/// `id` keys the annotation scope of the signature.
#[derive(Debug)]
pub struct Arguments {
    pub id: NodeId,
    pub posonlyargs: Vec<Arg>,
    pub args: Vec<Arg>,
    pub vararg: Option<Box<Arg>>,
    pub kwonlyargs: Vec<Arg>,
    /// One entry per keyword-only argument.
    pub kw_defaults: Vec<Option<Expr>>,
    pub kwarg: Option<Box<Arg>>,
    pub defaults: Vec<Expr>,
}

#[derive(Debug)]
pub struct Arg {
    pub loc: Location,
    pub arg: Ident,
    pub annotation: Option<Box<Expr>>,
}

/// `arg` is absent for `**value`.
#[derive(Debug)]
pub struct Keyword {
    pub loc: Location,
    pub arg: Option<Ident>,
    pub value: Expr,
}

#[derive(Debug)]
pub struct Alias {
    pub loc: Location,
    pub name: Ident,
    pub asname: Option<Ident>,
}

#[derive(Debug)]
pub struct WithItem {
    pub context_expr: Expr,
    pub optional_vars: Option<Box<Expr>>,
}

#[derive(Debug)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Box<Expr>>,
    pub body: Vec<Stmt>,
}

#[derive(Debug)]
pub struct Pattern {
    pub loc: Location,
    pub kind: PatternKind,
}

#[derive(Debug)]
#[expect(clippy::enum_variant_names, reason = "CPython's names")]
pub enum PatternKind {
    MatchValue(Box<Expr>),
    MatchSingleton(Constant),
    MatchSequence(Vec<Pattern>),
    MatchMapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Ident>,
    },
    MatchClass {
        cls: Box<Expr>,
        patterns: Vec<Pattern>,
        kwd_attrs: Vec<Ident>,
        kwd_patterns: Vec<Pattern>,
    },
    MatchStar(Option<Ident>),
    MatchAs {
        pattern: Option<Box<Pattern>>,
        name: Option<Ident>,
    },
    MatchOr(Vec<Pattern>),
}

/// `id` keys the scope of the parameters; it is unused when `params` is empty.
#[derive(Debug)]
pub struct TypeParams {
    pub id: NodeId,
    pub params: Vec<TypeParam>,
}

#[derive(Debug)]
pub struct TypeParam {
    pub loc: Location,
    pub kind: TypeParamKind,
    pub name: Ident,
    pub bound: Option<Box<Expr>>,
    pub default_value: Option<Box<Expr>>,
    pub bound_id: NodeId,
    pub default_id: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeParamKind {
    TypeVar,
    TypeVarTuple,
    ParamSpec,
}

/// The docstring expression of a body. CPython: Python/ast.c, _PyAST_GetDocString.
pub fn docstring(body: &[Stmt]) -> Option<&Expr> {
    match &body.first()?.kind {
        StmtKind::Expr(e) => match &e.kind {
            ExprKind::Constant {
                value: Constant::Str(_),
                ..
            } => Some(e),
            _ => None,
        },
        _ => None,
    }
}
