"""Writes random valid Python programs.

Usage: python3.14 generate.py OUT COUNT [SEED]

Program N is OUT/N.py. A program is a random tree, printed with `ast.unparse` and then disturbed at its tokens (line
breaks inside brackets, extra blanks, comments, continuation lines, semicolons). What CPython refuses to compile is
thrown away and made again, so that every file is valid.
"""

import ast
import io
import os
import random
import sys
import tokenize
import warnings

NAMES = ["a", "b", "c", "x", "y", "self", "é", "名", "ℌ", "__p", "_", "__class__", "i", "all", "any", "tuple", "f2"]
ATTRS = ["real", "m", "__p", "é", "__name__", "append"]
INTS = [0, 1, 2, 7, 255, 256, -1, 2**31, 2**63, 10**30, 7**600]
FLOATS = [0.0, 1.5, 1e300, 1e-5, 2.0, 5e-324, 1e16, 123456789.123]
TEXTS = ["", "a", "it's", 'q"', "é日", "\n\t", "\ud800", "{}", "%s", "x" * 90, "long " * 900, "\U0001f40d\x00"]
BYTES = [b"", b"ab", b"\x00\xff'"]
BINARY = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Pow, ast.LShift, ast.RShift, ast.BitOr, ast.BitXor,
          ast.BitAnd, ast.FloorDiv, ast.MatMult]
COMPARE = [ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn]


# `ast.unparse` asks statements with a possible type comment for their line.
for kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.For, ast.AsyncFor, ast.With, ast.AsyncWith, ast.Assign):
    kind.lineno = 0


class Generator:
    def __init__(self, rng):
        self.rng = rng
        # What the innermost scope is: module, class, def or async; and whether a loop or an except* is open.
        self.scope = ["module"]
        self.loops = [0]
        self.depth = 0

    # Choice

    def one_in(self, n):
        return self.rng.randrange(n) == 0

    def pick(self, items):
        return self.rng.choice(items)

    def some(self, make, low=0, high=3):
        return [make() for _ in range(self.rng.randint(low, high))]

    def name(self):
        return self.pick(NAMES)

    def load(self, name=None):
        return ast.Name(name or self.name(), ast.Load())

    # Expressions

    def constant(self):
        kind = self.rng.randrange(10)
        if kind < 4:
            value = self.pick(INTS)
        elif kind < 5:
            value = self.pick(FLOATS)
        elif kind < 7:
            value = self.pick(TEXTS)
        elif kind < 8:
            value = self.pick(BYTES)
        else:
            value = self.pick([None, True, False, ..., 2j])
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
        return ast.Constant(value)

    def expr(self):
        self.depth += 1
        try:
            if self.depth > 6 or self.one_in(3):
                return self.constant() if self.one_in(2) else self.load()
            kind = self.pick(EXPRESSIONS)
            if kind in LARGE and not self.one_in(8):
                kind = "e_call"
            return getattr(self, kind)()
        finally:
            self.depth -= 1

    def e_bool(self):
        return ast.BoolOp(self.pick([ast.And, ast.Or])(), self.some(self.expr, 2, 4))

    def e_named(self):
        return ast.NamedExpr(ast.Name(self.name(), ast.Store()), self.expr())

    def e_bin(self):
        return ast.BinOp(self.expr(), self.pick(BINARY)(), self.expr())

    def e_fold(self):
        return ast.BinOp(self.constant(), self.pick(BINARY)(), self.constant())

    def e_unary(self):
        return ast.UnaryOp(self.pick([ast.Not, ast.USub, ast.UAdd, ast.Invert])(), self.expr())

    def e_lambda(self):
        args = self.arguments(False)
        self.enter("def")
        body = self.expr()
        self.leave()
        return ast.Lambda(args, body)

    def e_if(self):
        return ast.IfExp(self.expr(), self.expr(), self.expr())

    def e_dict(self):
        keys = [None if self.one_in(4) else self.expr() for _ in range(self.size())]
        return ast.Dict(keys, [self.expr() for _ in keys])

    def size(self):
        return self.pick([0, 1, 2, 3, 3, 4, 16, 31]) if self.one_in(6) else self.rng.randint(0, 3)

    def items(self):
        n = self.size()
        make = self.constant if self.one_in(2) else self.element
        return [make() for _ in range(n)]

    def element(self):
        return ast.Starred(self.expr(), ast.Load()) if self.one_in(5) else self.expr()

    def e_set(self):
        return ast.Set(self.items() or [self.expr()])

    def e_list(self):
        return ast.List(self.items(), ast.Load())

    def e_tuple(self):
        return ast.Tuple(self.items(), ast.Load())

    def comprehension(self):
        is_async = self.scope[-1] == "async" and self.one_in(4)
        return ast.comprehension(self.target(), self.expr(), self.some(self.expr, 0, 2), int(is_async))

    def e_comp(self):
        generators = self.some(self.comprehension, 1, 2)
        kind = self.rng.randrange(4)
        if kind == 0:
            return ast.DictComp(self.expr(), self.expr(), generators)
        return [ast.ListComp, ast.SetComp, ast.GeneratorExp][kind - 1](self.expr(), generators)

    def e_all_any(self):
        argument = ast.GeneratorExp(self.expr(), self.some(self.comprehension, 1, 2))
        return ast.Call(self.load(self.pick(["all", "any", "tuple", "list"])), [argument], [])

    def e_deep(self):
        """One construct nested many times."""
        node = self.load()
        kind = self.rng.randrange(9)
        for _ in range(self.pick([3, 10, 30, 60])):
            node = [
                lambda: ast.UnaryOp(self.pick([ast.Not, ast.USub, ast.Invert])(), node),
                lambda: ast.Attribute(node, self.pick(ATTRS), ast.Load()),
                lambda: ast.Tuple([node], ast.Load()),
                lambda: ast.Call(node, [], []),
                lambda: ast.BinOp(node, ast.Add(), self.constant()),
                lambda: ast.IfExp(self.load(), self.constant(), node),
                lambda: ast.Subscript(node, self.constant(), ast.Load()),
                lambda: ast.List([node], ast.Load()),
                lambda: ast.BoolOp(self.pick([ast.And, ast.Or])(), [self.load(), node]),
            ][kind]()
        return node

    def e_wide(self):
        """More items than one instruction takes."""
        n = self.pick([16, 17, 31, 40]) if self.rng.randrange(8) else 300
        kind = self.rng.randrange(6)
        if kind == 0:
            return ast.Dict([self.constant() for _ in range(n)], [self.load() for _ in range(n)])
        if kind == 1:
            keywords = [ast.keyword("k%d" % i, self.load()) for i in range(n)]
            return ast.Call(self.pick([self.load, self.e_attribute])(), [], keywords)
        if kind == 2:
            return ast.Call(self.load(), [self.load() for _ in range(n)], [])
        if kind == 3:
            return ast.JoinedStr([ast.FormattedValue(self.load(), -1) for _ in range(n)])
        if kind == 4:
            return ast.Compare(self.load(), [ast.In()], [ast.Set([ast.Constant(i * 3) for i in range(n)])])
        return ast.Tuple([self.e_nested_constant() for _ in range(n)], ast.Load())

    def e_nested_constant(self):
        node = self.constant()
        for _ in range(self.rng.randrange(4)):
            node = ast.Tuple([node, self.constant()], ast.Load())
        return node

    def e_await(self):
        return ast.Await(self.expr()) if self.scope[-1] == "async" else self.expr()

    def e_yield(self):
        if self.scope[-1] not in ("def", "async"):
            return self.expr()
        if self.scope[-1] == "def" and self.one_in(2):
            return ast.YieldFrom(self.expr())
        return ast.Yield(None if self.one_in(3) else self.expr())

    def e_compare(self):
        ops = self.some(lambda: self.pick(COMPARE)(), 1, 3)
        return ast.Compare(self.expr(), ops, [self.expr() for _ in ops])

    def e_call(self):
        function = self.e_attribute() if self.one_in(2) else self.expr()
        if self.one_in(12):
            function = ast.Attribute(ast.Call(self.load("super"), [], []), self.pick(ATTRS), ast.Load())
        names = self.rng.sample(["k", "é", "b", "sep"], self.rng.randint(0, 2))
        keywords = [ast.keyword(None if self.one_in(5) else name, self.expr()) for name in names]
        args = self.items() if self.one_in(3) else self.some(self.element)
        return ast.Call(function, args, keywords)

    def values(self, make):
        values = []
        for _ in range(self.rng.randint(0, 4)):
            if self.one_in(2):
                values.append(ast.Constant(self.pick([t for t in TEXTS if t != "\ud800"])))
            else:
                values.append(make())
        return values

    def format_spec(self):
        if self.one_in(2):
            return None
        return ast.JoinedStr([ast.Constant(">"), ast.FormattedValue(self.load(), -1)][: self.rng.randint(0, 2)])

    def e_fstring(self):
        make = lambda: ast.FormattedValue(self.expr(), self.pick([-1, -1, 115, 114, 97]), self.format_spec())
        return ast.JoinedStr(self.values(make))

    def e_tstring(self):
        def make():
            value = self.expr()
            return ast.Interpolation(value, ast.unparse(value), self.pick([-1, 114]), self.format_spec())
        return ast.TemplateStr(self.values(make))

    def e_percent(self):
        text = self.pick(["%s", "%r-%d", "%5.2s%%", "%a %s", "a%"])
        return ast.BinOp(ast.Constant(text), ast.Mod(), ast.Tuple(self.some(self.expr, 1, 2), ast.Load()))

    def e_attribute(self):
        return ast.Attribute(self.expr(), self.pick(ATTRS), ast.Load())

    def e_subscript(self):
        return ast.Subscript(self.expr(), self.index(), ast.Load())

    def index(self):
        make = self.constant if self.one_in(3) else self.expr
        part = lambda: None if self.one_in(2) else make()
        if self.one_in(2):
            return ast.Slice(part(), part(), None if self.one_in(2) else make())
        if self.one_in(4):
            return ast.Tuple([self.index(), self.element()], ast.Load())
        return make()

    # Targets

    def target(self, depth=0):
        kind = self.rng.randrange(8)
        if kind == 0 and depth < 2:
            targets = [self.target(depth + 1) for _ in range(self.rng.randint(1, 3))]
            if self.one_in(3):
                at = self.rng.randrange(len(targets))
                targets[at] = ast.Starred(targets[at], ast.Store())
            return self.pick([ast.Tuple, ast.List])(targets, ast.Store())
        if kind == 1:
            return ast.Attribute(self.expr(), self.pick(ATTRS), ast.Store())
        if kind == 2:
            return ast.Subscript(self.expr(), self.index(), ast.Store())
        return ast.Name(self.name(), ast.Store())

    # Functions and classes

    def enter(self, scope):
        self.scope.append(scope)
        self.loops.append(0)

    def leave(self):
        self.scope.pop()
        self.loops.pop()

    def arguments(self, annotated):
        names = self.rng.sample([n for n in NAMES if n != "ℌ"], self.rng.randint(0, 5))
        arg = lambda: ast.arg(names.pop(), self.expr() if annotated and self.one_in(3) else None)
        posonly = [arg() for _ in range(self.rng.randint(0, 2)) if names]
        args = [arg() for _ in range(self.rng.randint(0, 2)) if names]
        defaults = [self.expr() for _ in range(self.rng.randint(0, len(posonly) + len(args)))]
        vararg = arg() if names and self.one_in(3) else None
        kwonly = [arg() for _ in range(self.rng.randint(0, 2)) if names]
        kw_defaults = [None if self.one_in(2) else self.expr() for _ in kwonly]
        kwarg = arg() if names and self.one_in(3) else None
        return ast.arguments(posonly, args, vararg, kwonly, kw_defaults, kwarg, defaults)

    def type_params(self):
        if not self.one_in(6):
            return []
        make = {
            "T": lambda: ast.TypeVar("T", self.expr() if self.one_in(2) else None, None),
            "P": lambda: ast.ParamSpec("P", None),
            "Ts": lambda: ast.TypeVarTuple("Ts", None),
            "D": lambda: ast.TypeVar("D", None, self.expr()),
        }
        chosen = self.rng.randint(1, 4)
        return [make[name]() for name in list(make)[:chosen]]

    def function(self):
        is_async = self.one_in(4)
        decorators = self.some(self.expr, 0, 1)
        params = self.type_params()
        args = self.arguments(True)
        returns = self.expr() if self.one_in(4) else None
        self.enter("async" if is_async else "def")
        body = self.docstring() + self.body()
        self.leave()
        kind = ast.AsyncFunctionDef if is_async else ast.FunctionDef
        return kind(self.name(), args, body, decorators, returns, None, params)

    def class_(self):
        keywords = [ast.keyword("metaclass", self.expr())] if self.one_in(5) else []
        bases = self.some(self.element, 0, 2)
        decorators = self.some(self.expr, 0, 1)
        params = self.type_params()
        self.enter("class")
        body = self.docstring() + self.body()
        self.leave()
        return ast.ClassDef(self.name(), bases, keywords, body, decorators, params)

    def docstring(self):
        return [ast.Expr(ast.Constant(self.pick(["doc", "  two\n    lines\n", ""])))] if self.one_in(4) else []

    # Statements

    def body(self, low=1, high=4):
        return self.some(self.statement, low, high)

    def statement(self):
        self.depth += 1
        try:
            if self.depth > 4 or self.one_in(2):
                kind = self.pick(SIMPLE)
                if kind == "s_many_names" and not self.one_in(6):
                    kind = "s_assign"
                return getattr(self, kind)()
            return getattr(self, self.pick(COMPOUND))()
        finally:
            self.depth -= 1

    def s_expr(self):
        return ast.Expr(self.expr())

    def s_assign(self):
        return ast.Assign(self.some(self.target, 1, 2), self.expr())

    def s_swap(self):
        names = self.rng.sample(NAMES[:6], self.rng.randint(2, 4))
        stores = [ast.Name(name, ast.Store()) for name in names]
        self.rng.shuffle(names)
        loads = [self.load(name) for name in names]
        return ast.Assign([ast.Tuple(stores, ast.Store())], ast.Tuple(loads, ast.Load()))

    def s_aug(self):
        target = self.target(2)
        return ast.AugAssign(target, self.pick(BINARY)(), self.expr())

    def s_ann(self):
        target = self.target(2)
        value = self.expr() if self.one_in(2) else None
        return ast.AnnAssign(target, self.expr(), value, int(isinstance(target, ast.Name) and not self.one_in(4)))

    def s_return(self):
        if self.scope[-1] not in ("def", "async"):
            return ast.Pass()
        return ast.Return(None if self.one_in(4) else self.expr())

    def s_delete(self):
        def bare(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Starred):
                    return ast.Name("x", ast.Del())
                if hasattr(inner, "ctx") and isinstance(inner.ctx, ast.Store):
                    inner.ctx = ast.Del()
            return node
        return ast.Delete([bare(self.target()) for _ in range(self.rng.randint(1, 2))])

    def s_raise(self):
        if self.one_in(3):
            return ast.Raise()
        return ast.Raise(self.expr(), self.expr() if self.one_in(3) else None)

    def s_assert(self):
        return ast.Assert(self.expr(), self.expr() if self.one_in(2) else None)

    def s_import(self):
        alias = lambda: ast.alias(self.pick(["os", "os.path", "a.b.c", "é"]), self.name() if self.one_in(2) else None)
        if self.one_in(2):
            return ast.Import(self.some(alias, 1, 2))
        plain = lambda: ast.alias(self.name(), self.name() if self.one_in(2) else None)
        return ast.ImportFrom(self.pick(["os", "a.b", None]), self.some(plain, 1, 3), self.rng.randint(1, 2))

    def s_scope(self):
        names = self.rng.sample(NAMES[:5], self.rng.randint(1, 2))
        return ast.Global(names) if self.one_in(2) else ast.Nonlocal(names)

    def s_import_all(self):
        if len(self.scope) > 1:
            return ast.Pass()
        return ast.ImportFrom("os", [ast.alias("*")], 0)

    def s_many_names(self):
        """Names and constants beyond one byte."""
        names = ["n%d" % i for i in range(self.pick([20, 20, 20, 270]))]
        values = [ast.Constant(1000 + i) for i in range(len(names))]
        targets = [ast.Name(name, ast.Store()) for name in names]
        if self.one_in(2):
            return ast.If(self.load(), [ast.Assign([t], v) for t, v in zip(targets, values)], [])
        return ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(values[::-1], ast.Load()))

    def s_pass(self):
        return ast.Pass()

    def s_loop_exit(self):
        return self.pick([ast.Break, ast.Continue])() if self.loops[-1] else ast.Pass()

    def s_type(self):
        return ast.TypeAlias(ast.Name(self.name(), ast.Store()), self.type_params(), self.expr())

    def loop_body(self):
        self.loops[-1] += 1
        body = self.body()
        self.loops[-1] -= 1
        return body

    def orelse(self):
        return self.body(1, 2) if self.one_in(3) else []

    def c_if(self):
        return ast.If(self.expr(), self.body(), self.orelse())

    def c_const_if(self):
        return ast.If(self.constant(), self.body(), self.orelse())

    def c_elif(self):
        node = ast.If(self.expr(), self.body(1, 1), self.orelse())
        for _ in range(self.pick([1, 3, 20])):
            node = ast.If(self.load(), self.body(1, 1), [node])
        return node

    def c_deep(self):
        """Blocks in blocks; CPython allows twenty that can be left."""
        node = self.s_expr()
        for _ in range(self.pick([2, 6, 15])):
            kind = self.rng.randrange(5)
            if kind == 0:
                node = ast.With([ast.withitem(self.load(), None)], [node])
            elif kind == 1:
                node = ast.For(self.target(), self.load(), [node], self.orelse())
            elif kind == 2:
                node = ast.Try([node], [], [], self.body(1, 1))
            elif kind == 3:
                node = ast.While(self.load(), [node, ast.Break()], [])
            else:
                node = ast.If(self.load(), [node], [])
        return node

    def c_while(self):
        test = self.constant() if self.one_in(3) else self.expr()
        return ast.While(test, self.loop_body(), self.orelse())

    def c_for(self):
        kind = ast.AsyncFor if self.scope[-1] == "async" and self.one_in(2) else ast.For
        return kind(self.target(), self.expr(), self.loop_body(), self.orelse())

    def c_with(self):
        kind = ast.AsyncWith if self.scope[-1] == "async" and self.one_in(2) else ast.With
        item = lambda: ast.withitem(self.expr(), self.target() if self.one_in(2) else None)
        return kind(self.some(item, 1, 2), self.body())

    def c_try(self):
        star = self.one_in(3)
        handler = lambda: ast.ExceptHandler(self.expr(), self.name() if self.one_in(2) else None, self.body())
        if star:
            loops, self.loops[-1] = self.loops[-1], 0
            handlers = self.some(handler, 1, 2)
            self.loops[-1] = loops
        else:
            handlers = self.some(handler, 0, 2)
            if self.one_in(3):
                handlers.append(ast.ExceptHandler(None, None, self.body()))
        final = self.body() if not handlers or self.one_in(3) else []
        orelse = self.orelse() if handlers else []
        return (ast.TryStar if star else ast.Try)(self.body(), handlers, orelse, final)

    def pattern(self, depth=0):
        kind = self.rng.randrange(9 if depth < 3 else 4)
        capture = lambda: None if self.one_in(2) else "p%d" % self.rng.randrange(1000)
        inner = lambda: self.pattern(depth + 1)
        if kind == 0:
            return ast.MatchSingleton(self.pick([None, True, False]))
        if kind == 1:
            return ast.MatchValue(self.pick([ast.Constant(1), ast.Constant("a"), self.e_dotted()]))
        if kind in (2, 3):
            return ast.MatchAs(None, capture())
        if kind == 4:
            patterns = self.some(inner, 0, 3)
            if self.one_in(2):
                patterns.insert(self.rng.randint(0, len(patterns)), ast.MatchStar(capture()))
            return ast.MatchSequence(patterns)
        if kind == 5:
            keys = self.rng.sample([ast.Constant("k"), ast.Constant(1), self.e_dotted()], self.rng.randint(0, 2))
            return ast.MatchMapping(keys, [inner() for _ in keys], capture())
        if kind == 6:
            attrs = self.rng.sample(["x", "y", "é"], self.rng.randint(0, 2))
            return ast.MatchClass(self.e_dotted(), self.some(inner, 0, 2), attrs, [inner() for _ in attrs])
        if kind == 7:
            return ast.MatchOr(self.some(lambda: ast.MatchValue(self.constant_key()), 2, 3))
        return ast.MatchAs(inner(), "p%d" % self.rng.randrange(1000))

    def constant_key(self):
        return ast.Constant(self.pick([0, 3, "s", b"b", 2.5]))

    def e_dotted(self):
        return ast.Attribute(self.load(), self.pick(ATTRS), ast.Load())

    def c_match(self):
        case = lambda: ast.match_case(self.pattern(), self.expr() if self.one_in(4) else None, self.body(1, 2))
        return ast.Match(self.expr(), self.some(case, 1, 4))

    def top_level(self):
        if self.one_in(60):
            # Jumps that need EXTENDED_ARG.
            body = [self.s_assign() for _ in range(self.pick([20, 60, 150]))]
            if self.one_in(3):
                return ast.Try(body, [ast.ExceptHandler(self.load(), None, self.body())], [], self.body())
            if self.one_in(2):
                return ast.For(self.target(), self.expr(), body, self.orelse())
            return ast.While(self.expr(), body, [])
        return self.statement()


LARGE = ("e_deep", "e_wide")
EXPRESSIONS = [name for name in vars(Generator) if name.startswith("e_")]
SIMPLE = [name for name in vars(Generator) if name.startswith("s_")]
COMPOUND = [name for name in vars(Generator) if name.startswith("c_")] + ["function"] * 3 + ["class_"] * 2
OPENING, CLOSING = set("([{"), set(")]}")


def disturb(source, rng):
    """The same program in another layout."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return source
    lines = source.splitlines(keepends=True)
    edits = []
    brackets = text = 0
    for token in tokens:
        name = tokenize.tok_name[token.type]
        if name in ("FSTRING_START", "TSTRING_START"):
            text += 1
        elif name in ("FSTRING_END", "TSTRING_END"):
            text -= 1
        elif token.type == tokenize.OP and not text:
            brackets += (token.string in OPENING) - (token.string in CLOSING)
            if token.string in ".!:" or rng.randrange(12):
                continue
            row, column = token.end
            if brackets > 0:
                edits.append((row, column, rng.choice(["\n", "  ", " \t", " # note\n ", "\n\n  \t", "\f"])))
            else:
                edits.append((row, column, rng.choice(["  ", " \t", " \\\n  "])))
    for row, column, insert in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + insert + line[column:]
    out = "".join(lines)
    if rng.randrange(3) == 0:
        out = join_lines(out, rng)
    if rng.randrange(8) == 0:
        # Blank lines, comments and form feeds between statements.
        parts = out.split("\n\n")
        out = rng.choice(["\n\f\n", "\n  # note\n", "\n\n\n\t\n"]).join(parts)
    if rng.randrange(4) == 0:
        out = out.replace("    ", "\t")
    if rng.randrange(6) == 0:
        out = out.replace("\n", "\r\n")
    return out


def join_lines(source, rng):
    """Simple statements of one block side by side."""
    lines = source.split("\n")
    simple = lambda line: line and not line.rstrip().endswith((":", "\\", ",")) and line.isascii()
    out = lines[:1]
    for line in lines[1:]:
        indent = len(line) - len(line.lstrip(" "))
        same = len(out[-1]) - len(out[-1].lstrip(" ")) == indent
        word = line.strip().split(" ")[0].rstrip("(:")
        opens = word in ("if", "while", "for", "with", "try", "def", "class", "match", "case", "async", "else",
                         "elif", "except", "finally") or word.startswith("@")
        if same and simple(out[-1]) and simple(line) and not opens and rng.randrange(3) == 0:
            out[-1] += rng.choice([";", " ; ", ";\t"]) + line.strip()
        else:
            out.append(line)
    return "\n".join(out)


def accepted(source):
    try:
        compile(source, "program.py", "exec")
    except (SyntaxError, ValueError, RecursionError, UnicodeError, TypeError):
        return False
    return True


def program(rng):
    # Statement by statement, so that one that CPython refuses does not cost the whole program.
    start = Generator(rng).docstring()
    if rng.randrange(8) == 0:
        start.append(ast.ImportFrom("__future__", [ast.alias("annotations")], 0))
    source = ast.unparse(ast.Module(start, [])) + "\n"
    pieces = []
    for _ in range(rng.randint(1, 8)):
        for _ in range(8):
            try:
                piece = ast.unparse(Generator(rng).top_level()) + "\n"
            except (ValueError, RecursionError, UnicodeError):
                continue
            if accepted(piece):
                pieces.append(piece)
                break
    # What is valid alone may clash with what stands before it, as `global x` does with an assignment to x.
    if accepted(source + "".join(pieces)):
        source += "".join(pieces)
    else:
        for piece in pieces:
            source = source + piece if accepted(source + piece) else source
    other = disturb(source, rng)
    for text in (other, source):
        try:
            data = text.encode()
        except UnicodeError:
            continue
        if accepted(data):
            return data
    return b"pass\n"


def main():
    out, count, *seed = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    warnings.simplefilter("ignore")
    base = int(seed[0]) if seed else 0
    for number in range(int(count)):
        rng = random.Random(base * 1_000_003 + number)
        with open(os.path.join(out, f"{number}.py"), "wb") as file:
            file.write(program(rng))


main()
