//! The abstract grammar of Python 3.14: every node class with its fields (CPython: Parser/Python.asdl). `?` is optional, `*` a list.

pub enum Kind {
    /// Alternatives with a common base class.
    Sum,
    /// A class by itself.
    Product,
}
pub struct Rule {
    pub name: &'static str,
    pub kind: Kind,
    /// Nodes have `lineno`, `col_offset`, `end_lineno`, `end_col_offset`; the last two may be left out when `optional_end` is set.
    pub located: bool,
    pub optional_end: bool,
    /// Constructors; the one of a product repeats its name.
    pub constructors: &'static [&'static str],
}
use Kind::{Product, Sum};

const fn sum(name: &'static str, constructors: &'static [&'static str]) -> Rule {
    Rule {
        name,
        kind: Sum,
        located: false,
        optional_end: false,
        constructors,
    }
}
const fn product(name: &'static str, constructor: &'static [&'static str]) -> Rule {
    Rule {
        name,
        kind: Product,
        located: false,
        optional_end: false,
        constructors: constructor,
    }
}
const fn located(rule: Rule, optional_end: bool) -> Rule {
    Rule {
        located: true,
        optional_end,
        ..rule
    }
}

pub static RULES: &[Rule] = &[
    sum(
        "mod",
        &[
            "Module(stmt* body, type_ignore* type_ignores)",
            "Interactive(stmt* body)",
            "Expression(expr body)",
            "FunctionType(expr* argtypes, expr returns)",
        ],
    ),
    located(
        sum(
            "stmt",
            &[
                "FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)",
                "AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)",
                "ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)",
                "Return(expr? value)",
                "Delete(expr* targets)",
                "Assign(expr* targets, expr value, string? type_comment)",
                "TypeAlias(expr name, type_param* type_params, expr value)",
                "AugAssign(expr target, operator op, expr value)",
                "AnnAssign(expr target, expr annotation, expr? value, int simple)",
                "For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
                "AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
                "While(expr test, stmt* body, stmt* orelse)",
                "If(expr test, stmt* body, stmt* orelse)",
                "With(withitem* items, stmt* body, string? type_comment)",
                "AsyncWith(withitem* items, stmt* body, string? type_comment)",
                "Match(expr subject, match_case* cases)",
                "Raise(expr? exc, expr? cause)",
                "Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
                "TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
                "Assert(expr test, expr? msg)",
                "Import(alias* names)",
                "ImportFrom(identifier? module, alias* names, int? level)",
                "Global(identifier* names)",
                "Nonlocal(identifier* names)",
                "Expr(expr value)",
                "Pass",
                "Break",
                "Continue",
            ],
        ),
        true,
    ),
    located(
        sum(
            "expr",
            &[
                "BoolOp(boolop op, expr* values)",
                "NamedExpr(expr target, expr value)",
                "BinOp(expr left, operator op, expr right)",
                "UnaryOp(unaryop op, expr operand)",
                "Lambda(arguments args, expr body)",
                "IfExp(expr test, expr body, expr orelse)",
                "Dict(expr?* keys, expr* values)",
                "Set(expr* elts)",
                "ListComp(expr elt, comprehension* generators)",
                "SetComp(expr elt, comprehension* generators)",
                "DictComp(expr key, expr value, comprehension* generators)",
                "GeneratorExp(expr elt, comprehension* generators)",
                "Await(expr value)",
                "Yield(expr? value)",
                "YieldFrom(expr value)",
                "Compare(expr left, cmpop* ops, expr* comparators)",
                "Call(expr func, expr* args, keyword* keywords)",
                "FormattedValue(expr value, int conversion, expr? format_spec)",
                "Interpolation(expr value, constant str, int conversion, expr? format_spec)",
                "JoinedStr(expr* values)",
                "TemplateStr(expr* values)",
                "Constant(constant value, string? kind)",
                "Attribute(expr value, identifier attr, expr_context ctx)",
                "Subscript(expr value, expr slice, expr_context ctx)",
                "Starred(expr value, expr_context ctx)",
                "Name(identifier id, expr_context ctx)",
                "List(expr* elts, expr_context ctx)",
                "Tuple(expr* elts, expr_context ctx)",
                "Slice(expr? lower, expr? upper, expr? step)",
            ],
        ),
        true,
    ),
    sum("expr_context", &["Load", "Store", "Del"]),
    sum("boolop", &["And", "Or"]),
    sum(
        "operator",
        &[
            "Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd",
            "FloorDiv",
        ],
    ),
    sum("unaryop", &["Invert", "Not", "UAdd", "USub"]),
    sum(
        "cmpop",
        &["Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"],
    ),
    product(
        "comprehension",
        &["comprehension(expr target, expr iter, expr* ifs, int is_async)"],
    ),
    located(
        sum(
            "excepthandler",
            &["ExceptHandler(expr? type, identifier? name, stmt* body)"],
        ),
        true,
    ),
    product(
        "arguments",
        &[
            "arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)",
        ],
    ),
    located(
        product("arg", &["arg(identifier arg, expr? annotation, string? type_comment)"]),
        true,
    ),
    located(product("keyword", &["keyword(identifier? arg, expr value)"]), true),
    located(product("alias", &["alias(identifier name, identifier? asname)"]), true),
    product("withitem", &["withitem(expr context_expr, expr? optional_vars)"]),
    product("match_case", &["match_case(pattern pattern, expr? guard, stmt* body)"]),
    located(
        sum(
            "pattern",
            &[
                "MatchValue(expr value)",
                "MatchSingleton(constant value)",
                "MatchSequence(pattern* patterns)",
                "MatchMapping(expr* keys, pattern* patterns, identifier? rest)",
                "MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)",
                "MatchStar(identifier? name)",
                "MatchAs(pattern? pattern, identifier? name)",
                "MatchOr(pattern* patterns)",
            ],
        ),
        false,
    ),
    sum("type_ignore", &["TypeIgnore(int lineno, string tag)"]),
    located(
        sum(
            "type_param",
            &[
                "TypeVar(identifier name, expr? bound, expr? default_value)",
                "ParamSpec(identifier name, expr? default_value)",
                "TypeVarTuple(identifier name, expr? default_value)",
            ],
        ),
        false,
    ),
];
