"""Random programs: one case is a handful of classes and functions and a `caseN()` that uses them.

Programs end and stay small by construction. Callables have ranks and call only lower ones; loops have few rounds; whatever
makes ints longer adds a bounded number of bits; joined texts and lists are cut; what is wrong on purpose is never of a kind
that could grow. Everything else is free: overflow, missing names, wrong types, rebinding in the middle of a loop.
"""
from rand import Rand

EDGES = [2**31, 2**32, 2**53, 2**59, 2**60, 2**61, 2**62, 2**63, 2**64, 2**65, 10**18, 10**19]
FLOATS = ["0.0", "-0.0", "0.5", "1.5", "-2.25", "0.1", "1e-3", "3.0", "1e16", "9007199254740992.0", "4611686018427387904.0",
          "1e300", "-1e308", "5e-324", "2.2250738585072014e-308", "1e77", "1e-80", "float('inf')", "float('nan')", "7.75"]
TEXTS = ["''", "'a'", "'key'", "'Zebra'", "'x y'", "'12'", "'-7'", "'ß'", "'naïve'", "'\\u20ac5'", "'\\U0001f600!'", "'a,b,,c'", "'\\n'", "'tail '"]
# What stands where another kind is expected. None of these can be added to itself without end.
ALIENS = ["None", "1.5", "True", "set()", "{}", "1j", "range(3)", "int", "Ellipsis"]
METHODS = ["step", "value", "mix", "test"]
CONDITION_ERRORS = ["ZeroDivisionError", "ValueError", "KeyError", "IndexError", "TypeError", "AttributeError", "OverflowError",
                    "NameError", "UnboundLocalError", "ArithmeticError", "LookupError", "StopIteration", "RuntimeError", "Exception"]
KINDS = ["int", "float", "str", "bool", "ints", "dict", "tuple", "obj", "set"]
THEMES = {
    "ints": {"int": 12, "float": 1, "str": 1, "bool": 2, "ints": 2, "dict": 1, "tuple": 1, "obj": 1, "set": 0},
    "numbers": {"int": 6, "float": 8, "str": 0, "bool": 2, "ints": 1, "dict": 0, "tuple": 1, "obj": 1, "set": 0},
    "containers": {"int": 4, "float": 1, "str": 2, "bool": 1, "ints": 7, "dict": 6, "tuple": 3, "obj": 1, "set": 3},
    "objects": {"int": 5, "float": 2, "str": 1, "bool": 1, "ints": 2, "dict": 1, "tuple": 1, "obj": 9, "set": 0},
    "texts": {"int": 3, "float": 1, "str": 9, "bool": 1, "ints": 1, "dict": 2, "tuple": 1, "obj": 1, "set": 1},
    "all": {"int": 4, "float": 3, "str": 3, "bool": 2, "ints": 3, "dict": 3, "tuple": 2, "obj": 3, "set": 1},
}
PREFIX = {"int": "n", "float": "x", "str": "s", "bool": "b", "ints": "a", "dict": "d", "tuple": "t", "obj": "o", "set": "z"}


class Function:
    """What a caller knows: `kinds` of positional parameters, how many have defaults, keyword-only names, rank, result kind."""

    def __init__(self, name, kinds, defaults, keywords, rank, result, generator=False, free=0):
        self.name, self.kinds, self.defaults, self.keywords = name, kinds, defaults, keywords
        self.rank, self.result, self.generator, self.free = rank, result, generator, free


class Class:
    def __init__(self, name, fields, base, slots):
        self.name, self.fields, self.base, self.slots = name, fields, base, slots
        self.methods, self.has = {}, set()

    def every_field(self):
        return (self.base.every_field() if self.base else []) + self.fields


class Scope:
    """A function body in the making."""

    def __init__(self, case, rank, indent, owner=None):
        self.case, self.rank, self.indent, self.owner = case, rank, indent, owner
        self.lines = []
        self.names = {kind: [] for kind in KINDS}
        self.loops = 0
        self.rounds = 1
        self.generator = False
        self.counter = 0
        self.iterated = []
        self.inner = []
        self.result = None
        self.fixed = set()
        self.loop_variable = None
        self.writable = set()

    def fresh(self, prefix):
        self.counter += 1
        return "%s%d" % (prefix, self.counter)

    def put(self, text):
        self.lines.append("    " * self.indent + text)


class Case:
    """`text` is the whole source of case `number`; the same `seed` gives the same text."""

    def __init__(self, seed, number):
        self.r = Rand(seed)
        self.number = number
        r = self.r
        self.theme = THEMES[r.pick(sorted(THEMES))]
        self.ill = r.weighted([(55, 0), (30, 2), (15, 8)])
        self.chaos = r.weighted([(45, 0), (35, 8), (20, 22)])
        self.limit = r.pick([2**61, 2**62, 2**63, 2**64, 2**66, 10**30])
        self.functions = []
        self.classes = []
        self.globals = {"int": [], "ints": [], "dict": [], "float": []}
        self.used_rounds = 0
        self.lines = []
        self.make()
        self.text = "\n".join(self.lines) + "\n"

    def name(self, text):
        return "%s_%d" % (text, self.number)

    def emit(self, scope):
        self.lines += scope.lines

    # ---- declarations

    def make(self):
        r = self.r
        for kind in ("int", "ints", "dict", "float"):
            if r.chance(60):
                name = self.name("g" + PREFIX[kind])
                top = Scope(self, 0, 0)
                self.lines.append("%s = %s" % (name, self.literal(kind, top)))
                self.globals[kind].append(name)
        rank = 0
        for _ in range(r.weighted([(55, 0), (40, 1), (5, 2)]) + (1 if self.theme["obj"] > 5 else 0)):
            self.make_class()
        for i in range(r.weighted([(55, 1), (35, 2), (10, 3)])):
            rank = 10 + i
            self.make_function(rank)
        main = Scope(self, 100, 1)
        self.lines.append("def case%d():" % self.number)
        self.declare_globals(main)
        for kind in KINDS:
            if kind == "obj" and not self.classes:
                continue
            for _ in range(1 if self.theme[kind] < 6 else 2):
                if self.theme[kind] and (self.theme[kind] > 1 or r.chance(40)):
                    self.new_variable(main, kind)
        for _ in range(r.between(3, 5)):
            self.part(main)
        main.put("return (%s)" % "".join("%s, " % n for k in KINDS for n in main.names[k][:3]))
        self.emit(main)

    def declare_globals(self, scope):
        names = [n for group in self.globals.values() for n in group] + [f.name for f in self.functions if f.rank <= scope.rank]
        chosen = [n for n in names if self.r.chance(40)]
        scope.writable = set(chosen)
        if chosen:
            scope.put("global " + ", ".join(chosen))

    def make_class(self):
        r = self.r
        name = self.name("C%d" % len(self.classes))
        base = None
        candidates = [c for c in self.classes if not c.slots]
        if candidates and r.chance(60):
            base = r.pick(candidates)
        slots = r.chance(15)
        kinds = [r.weighted([(5, "int"), (3, "float"), (2, "ints"), (1, "str"), (1, "dict")]) for _ in range(r.between(1, 3))]
        taken = len(base.every_field()) if base else 0
        fields = [("f%d" % (taken + i), kind) for i, kind in enumerate(kinds)]
        c = Class(name, fields, base, slots)
        self.lines.append("class %s%s:" % (name, "(%s)" % base.name if base else ""))
        if slots:
            self.lines.append("    __slots__ = (%s,)" % ", ".join(repr(f) for f, _ in fields))
        else:
            if r.chance(50):
                self.lines.append("    shared = %s" % self.literal("int", Scope(self, 0, 0)))
        init = Scope(self, 1, 2)
        self.lines.append("    def __init__(self%s):" % "".join(", " + f for f, _ in c.every_field()))
        if base:
            form = r.below(3)
            inherited = ", ".join(f for f, _ in base.every_field())
            if form == 0:
                init.put("super().__init__(%s)" % inherited)
            elif form == 1:
                init.put("%s.__init__(self%s)" % (base.name, ", " + inherited if inherited else ""))
            else:
                for f, _ in base.every_field():
                    init.put("self.%s = %s" % (f, f))
        for f, _ in fields:
            init.put("self.%s = %s" % (f, f))
        if r.chance(8):
            init.put("if isinstance(%s, %s): raise ValueError('init', %s)" % (fields[0][0], r.pick(["float", "bool"]), fields[0][0]))
        self.emit(init)
        self.classes.append(c)
        for rank, method in enumerate(METHODS, 2):
            if r.chance(30) or (method == "step" and not base):
                kinds = [r.weighted([(5, "int"), (2, "float")]) for _ in range(rank % 2)]
                f = Function(method, kinds, 0, [], rank, "int")
                c.methods[method] = f
                scope = Scope(self, rank, 2, c)
                for i, kind in enumerate(kinds):
                    scope.names[kind].append("p%d" % i)
                style = r.weighted([(10, ""), (1, "@staticmethod"), (1, "@classmethod")]) if not kinds else ""
                scope.owner = None if style else c
                if style:
                    self.lines.append("    " + style)
                first = {"": "self", "@staticmethod": "", "@classmethod": "cls"}[style]
                self.lines.append("    def %s(%s):" % (method, ", ".join([first] * bool(first) + ["p%d" % i for i in range(len(kinds))])))
                self.declare_globals(scope)
                self.new_variable(scope, "int")
                self.block(scope, r.between(1, 2))
                scope.put("return " + self.expression(scope, "int", 2))
                self.emit(scope)
        first = fields[0][0]
        number = next((f for f, k in c.every_field() if k in ("int", "float")), None)
        if number and r.chance(25):
            c.has.add("prop")
            self.lines += ["    @property", "    def prop(self):", "        return self.%s" % number]
            if r.chance(60):
                c.has.add("prop=")
                self.lines += ["    @prop.setter", "    def prop(self, value):", "        self.%s = value" % number]
        if number and r.chance(20):
            c.has.add("+")
            self.lines += ["    def __add__(self, other):",
                           "        return self.%s + (other.%s if isinstance(other, %s) else other)" % (number, number, name)]
        if number and r.chance(12):
            c.has.add("==")
            self.lines += ["    def __eq__(self, other):",
                           "        return isinstance(other, %s) and self.%s == other.%s" % (name, number, number)]
            if r.chance(50):
                self.lines += ["    def __hash__(self):", "        return 7"]
        if number and r.chance(8):
            self.lines += ["    def __lt__(self, other):", "        return self.%s < other.%s" % (number, number)]
            c.has.add("<")
        if r.chance(14):
            c.has.add("[]")
            self.lines += ["    def __getitem__(self, index):", "        if index > %d: raise IndexError(index)" % r.between(0, 4),
                           "        return index * 2"]
            if r.chance(60):
                self.lines += ["    def __len__(self):", "        return %s" % r.pick(["3", "0", "5", "-1"])]
        if r.chance(12):
            c.has.add("iter")
            self.lines += ["    def __iter__(self):", "        for k in range(3):", "            yield k + 1"]
        if r.chance(15):
            self.lines += ["    def __bool__(self):", "        return %s" % r.pick(["True", "False", "1"])]
        if r.chance(15):
            c.has.add("call")
            self.lines += ["    def __call__(self, q=1):", "        return q"]
        if r.chance(15):
            c.has.add("with")
            self.lines += ["    def __enter__(self):", "        print('enter')", "        return self",
                           "    def __exit__(self, kind, value, tb):", "        print('exit', kind and kind.__name__)",
                           "        return %s" % r.pick(["False", "True", "kind is KeyError", "None"])]
        if r.chance(12):
            c.has.add("getattr")
            self.lines += ["    def __getattr__(self, name):", "        if name[0] == '_': raise AttributeError(name)",
                           "        return len(name)"]
        if r.chance(10):
            self.lines += ["    def __setattr__(self, name, value):", "        object.__setattr__(self, name, value)"]
        if r.chance(18):
            self.lines += ["    def __del__(self):", "        print('del %s', self.%s)" % (name, first)]
        if not base or r.chance(30):
            self.lines += ["    def __repr__(self):", "        return '<%s %%r>' %% (self.%s,)" % (name, first)]

    def make_function(self, rank):
        r = self.r
        name = self.name("f%d" % (rank - 10))
        kinds = [self.kind() for _ in range(r.between(0, 3))]
        kinds = [k for k in kinds if k != "obj" or self.classes]
        defaults = r.below(len(kinds) + 1) if kinds and r.chance(35) else 0
        keywords = [("k%d" % i, "int") for i in range(r.between(1, 2))] if r.chance(20) else []
        result = self.kind()
        if result == "obj" and not self.classes:
            result = "int"
        generator = r.chance(18)
        if generator:
            result = "int"
        f = Function(name, kinds, defaults, keywords, rank, result, generator)
        top = Scope(self, 0, 0)
        text = []
        for i, kind in enumerate(kinds):
            if i >= len(kinds) - defaults:
                text.append("p%d=%s" % (i, self.literal("int" if kind == "obj" else kind, top)))
            else:
                text.append("p%d" % i)
        star = r.chance(8)
        if star:
            text.append("*rest")
        elif keywords:
            text.append("*")
        text += ["%s=%s" % (k, self.literal(kind, top)) for k, kind in keywords]
        if r.chance(6):
            text.append("**more")
        if r.chance(4) and self.lines:
            self.lines.append("@staticmethod")
        self.lines.append("def %s(%s):" % (name, ", ".join(text)))
        scope = Scope(self, rank, 1)
        scope.generator = generator
        scope.result = result
        for i, kind in enumerate(kinds):
            scope.names[kind].append("p%d" % i)
        for k, kind in keywords:
            scope.names[kind].append(k)
        if star:
            scope.names["tuple"].append("rest")
        self.declare_globals(scope)
        recursive = not generator and kinds and kinds[0] == "int" and r.chance(35)
        for kind in ("int", self.kind()):
            if kind != "obj" or self.classes:
                self.new_variable(scope, kind)
        if recursive:
            scope.put("if p0 <= 0 or p0 > 9: return " + self.expression(scope, result, 1))
        if r.chance(20):
            self.make_closure(scope)
        self.block(scope, r.between(1, 2))
        if generator:
            self.loop(scope, 2, must_yield=True)
        if recursive:
            again = [("p0 - 1")] + [self.expression(scope, k, 1) for k in kinds[1:]]
            call = "%s(%s)" % (name, ", ".join(again))
            if result in ("int", "float") and r.chance(60):
                scope.put("return %s + %s" % (self.expression(scope, result, 1), call))
            else:
                scope.put("return " + call)
        else:
            scope.put("return " + self.expression(scope, result, 2))
        self.emit(scope)
        self.functions.append(f)

    def make_closure(self, scope):
        """A function inside a function that reads, and may write, a name of the outer one."""
        r = self.r
        name = scope.fresh("inner")
        outer = r.pick(scope.names["int"])
        inner = Scope(self, scope.rank - 1, scope.indent + 1)
        inner.names["int"] = ["q", outer]
        inner.writable = set()
        scope.put("def %s(q):" % name)
        if r.chance(55):
            inner.put("nonlocal " + outer)
            inner.put("%s = %s" % (outer, self.limited(inner, outer)))
            inner.put("%s += %s" % (outer, r.pick(["q & 1023", "1", "q % 7"])))
            inner.fixed.add(outer)
        else:
            inner.fixed.add(outer)
        inner.put("return " + self.expression(inner, "int", 2))
        scope.lines += inner.lines
        scope.inner.append(name)

    # ---- expressions

    def kind(self):
        return self.r.weighted([(self.theme[k], k) for k in KINDS])

    def edge(self):
        r = self.r
        value = r.pick(EDGES) + r.between(-2, 2)
        return str(-value if r.chance(35) else value)

    def literal(self, kind, scope):
        r = self.r
        if kind == "int":
            if r.chance(30):
                return self.edge()
            return str(r.between(-9, 30) if r.chance(80) else r.between(-100000, 100000))
        if kind == "float":
            return r.pick(FLOATS)
        if kind == "str":
            return r.pick(TEXTS)
        if kind == "bool":
            return r.pick(["True", "False"])
        if kind == "ints":
            return "[%s]" % ", ".join(self.literal("int" if r.chance(85) else "float", scope) for _ in range(r.between(0, 6)))
        if kind == "dict":
            keys = [r.pick([str(i), "'k%d'" % i]) for i in range(r.between(0, 4))]
            return "{%s}" % ", ".join("%s: %s" % (k, self.literal("int", scope)) for k in keys)
        if kind == "tuple":
            return "(%s)" % "".join(self.literal(r.pick(["int", "float", "bool"]), scope) + ", " for _ in range(r.between(0, 4)))
        if kind == "set":
            return "{%s}" % ", ".join(str(r.between(-5, 40)) for _ in range(r.between(1, 4)))
        return self.construct(scope)

    def construct(self, scope):
        c = self.r.pick(self.classes)
        return "%s(%s)" % (c.name, ", ".join(self.literal(k, scope) if self.r.chance(70) else self.expression(scope, k, 0)
                                            for _, k in c.every_field()))

    def variable(self, scope, kind):
        names = list(scope.names[kind])
        names += self.globals.get(kind, []) if self.r.chance(25) else []
        return self.r.pick(names) if names else None

    def expression(self, scope, kind, depth):
        """Source of an expression that mostly has `kind`."""
        r = self.r
        if kind == "obj" and not self.classes:
            kind = "int"
        if self.ill and kind != "obj" and r.chance(self.ill):
            return r.pick(ALIENS)
        if depth <= 0 or r.chance(25):
            name = self.variable(scope, kind)
            return name if name and r.chance(80) else self.literal(kind, scope)
        if r.chance(4):
            return "(%s if %s else %s)" % (self.expression(scope, kind, depth - 1), self.condition(scope, depth - 1),
                                           self.expression(scope, kind, depth - 1))
        call = self.call(scope, kind, depth) if r.chance(18) else None
        return call or getattr(self, "expression_" + kind)(scope, depth - 1)

    def call(self, scope, kind, depth):
        """A call whose result has `kind`, or None."""
        r = self.r
        options = [f for f in self.functions if f.rank < scope.rank and f.result == kind and not f.generator]
        if scope.rounds > 8:
            options = [f for f in options if f.rank < 12]
        if kind == "int" and scope.inner and r.chance(50):
            return "%s(%s)" % (r.pick(scope.inner), self.expression(scope, "int", 0))
        if options and r.chance(80):
            return self.call_of(r.pick(options), scope, depth)
        if kind == "int" and self.classes and (scope.names["obj"] or scope.owner):
            return self.method_call(scope, depth)
        return None

    def call_of(self, f, scope, depth):
        r = self.r
        count = len(f.kinds) - (r.below(f.defaults + 1) if f.defaults else 0)
        arguments = []
        for i, kind in enumerate(f.kinds[:count]):
            text = self.expression(scope, kind, depth - 1 if kind != "obj" else 0)
            if i == 0 and kind == "int":
                text = "(%s) & 7" % text if r.chance(50) else text
            arguments.append(text if i == 0 or r.chance(85) or i < count - 1 else "p%d=%s" % (i, text))
        for k, kind in f.keywords:
            if r.chance(50):
                arguments.append("%s=%s" % (k, self.expression(scope, kind, depth - 1)))
        if arguments and r.chance(4):
            return "%s(*(%s,))" % (f.name, ", ".join(arguments)) if not any("=" in a for a in arguments) else "%s(%s)" % (f.name, ", ".join(arguments))
        if r.chance(2):
            arguments.append(r.pick(["bad=1", "*[2]", "**{}", "**{'p0': 3}"]))
        return "%s(%s)" % (f.name, ", ".join(arguments))

    def method_call(self, scope, depth):
        r = self.r
        target = self.variable(scope, "obj") or "self"
        if scope.owner and r.chance(50):
            target = "self"
        found = [m for c in self.classes for m in c.methods.values() if m.rank < scope.rank]
        if not found:
            return None
        m = r.pick(found)
        if scope.owner and scope.owner.base and r.chance(15) and m.name in scope.owner.base.methods:
            target = "super()"
        return "%s.%s(%s)" % (target, m.name, ", ".join(self.expression(scope, k, depth - 1) for k in m.kinds))

    def expression_int(self, scope, depth):
        r = self.r
        e = lambda: self.expression(scope, "int", depth)
        choice = r.below(34)
        if choice < 6:
            return "(%s %s %s)" % (e(), r.pick(["+", "-"]), e())
        if choice < 8:
            return "(%s * %s)" % (e(), r.pick(["2", "3", "-1", "7", "10", "-4"]))
        if choice == 8:
            return "((%s * %s) & %s)" % (e(), e(), r.pick(["0xFFFFFFFF", "0x7FFFFFFFFFFFFFFF", "(1 << 62) - 1", "1023"]))
        if choice == 9:
            return "((%s & %s) * %s)" % (e(), r.pick(["0xFFFFFFFF", "(1 << 61) - 1", "15"]), e())
        if choice == 10:
            return "(%s * %s) %% %s" % (e(), e(), r.pick(["1000003", "97", "4611686018427387847", "-11"]))
        if choice == 11:
            return "(%s // %s)" % (e(), r.pick([e(), "3", "-7", "2", "0"]))
        if choice == 12:
            return "(%s %% %s)" % (e(), r.pick([e(), "5", "-3", "8"]))
        if choice == 13:
            return "(%s %s %s)" % (e(), r.pick(["&", "|", "^"]), e())
        if choice == 14:
            return "(%s << (%s & 7))" % (e(), e())
        if choice == 15:
            return "(%s >> %s)" % (e(), r.pick(["1", "3", "61", "(%s & 63)" % e(), e()]))
        if choice == 16:
            return "(%s%s)" % (r.pick(["-", "~", "+"]), e())
        if choice == 17:
            return "abs(%s)" % e()
        if choice == 18:
            return "%s(%s, %s)" % (r.pick(["min", "max"]), e(), e())
        if choice == 19:
            return "len(%s)" % self.expression(scope, r.pick(["ints", "str", "dict", "tuple", "set"]), 0)
        if choice == 20:
            return "%s[%s]" % (self.expression(scope, "ints", 0), r.pick(["0", "-1", "1", "2", "%s %% 5" % e()]))
        if choice == 21:
            return "%s.get(%s, %s)" % (self.expression(scope, "dict", 0), self.key(scope), e())
        if choice == 22:
            return "%s[%s]" % (self.expression(scope, "dict", 0), self.key(scope))
        if choice in (23, 24) and self.classes:
            return self.attribute(scope)
        if choice == 25:
            return "int(%s)" % r.pick([self.expression(scope, "float", depth), self.expression(scope, "str", 0), self.condition(scope, 0)])
        if choice == 26:
            return "sum(%s)" % r.pick([self.expression(scope, "ints", 0), "v & 255 for v in %s" % self.expression(scope, "ints", 0),
                                       "v for v in range(%s & 7)" % e()])
        if choice == 27:
            return "((%s & 15) ** (%s & 3))" % (e(), e())
        if choice == 28:
            return "divmod(%s, %s)[%d]" % (e(), e(), r.below(2))
        if choice == 29:
            return "(%s).bit_length()" % e()
        if choice == 30:
            return "(%s %s %s)" % (e(), r.pick(["and", "or"]), e())
        if choice == 31:
            return "round(%s)" % self.expression(scope, "float", depth)
        if choice == 32:
            return "pow(%s, %s & 31, %s)" % (e(), e(), r.pick(["1009", "2305843009213693951", "(%s | 1)" % e()]))
        if choice == 33:
            return "(%s + (%s))" % (e(), self.condition(scope, 0))
        return "(%s + %s)" % (e(), r.pick(["1", "4611686018427387904", "-4611686018427387904", "2305843009213693951"]))

    def key(self, scope):
        r = self.r
        return r.pick(["0", "1", "2", "'k0'", "'k1'", "'k2'", "%s & 3" % self.expression(scope, "int", 0)])

    def attribute(self, scope):
        r = self.r
        target = "self" if scope.owner and r.chance(70) else self.variable(scope, "obj")
        if target is None:
            return self.literal("int", scope)
        if target == "self":
            known = [f for f, k in scope.owner.every_field() if k == "int"] or ["f0"]
        else:
            known = ["f0", "f1"]
        c = r.pick(self.classes)
        return "%s.%s" % (target, r.weighted([(14, r.pick(known)), (1, "f2"), (1, "shared"), (3 if "prop" in c.has else 0, "prop")]))

    def expression_float(self, scope, depth):
        r = self.r
        e = lambda: self.expression(scope, "float" if r.chance(75) else "int", depth)
        choice = r.below(16)
        if choice < 7:
            operator = r.pick(["+", "-", "*", "+", "-"])
            return "(%s %s %s%s)" % (e(), operator, e(), " + 0.0" if operator == "*" else "")
        if choice < 9:
            return "(%s / %s)" % (e(), r.pick([e(), "2", "3.0", "0.5"]))
        if choice == 9:
            return "float(%s)" % r.pick([self.expression(scope, "int", depth), self.expression(scope, "str", 0)])
        if choice == 10:
            return "%s(%s, %s)" % (r.pick(["min", "max"]), e(), e())
        if choice == 11:
            return "(%s)%s" % (e(), r.pick([" ** 2.0", " ** 0.5", " // 2.0", " % 3.5", " // 0.1", " % -1.0"]))
        if choice == 12:
            return "(-%s)" % e()
        if choice == 13:
            return "abs(%s)" % e()
        if choice == 14:
            return "round(%s, %s)" % (e(), r.pick(["1", "2", "0", "-1"]))
        return "(%s * %s)" % (e(), r.pick(["0.5", "1.1", "2", "-1.0", "1e10"]))

    def expression_str(self, scope, depth):
        r = self.r
        s = lambda: self.expression(scope, "str", depth)
        n = lambda: self.expression(scope, "int", 0)
        choice = r.below(16)
        if choice < 3:
            return "(%s + %s)[%s]" % (s(), s(), r.pick([":20", ":9", "-8:", "1:12", ":10:2"]))
        if choice == 3:
            return "(%s * (%s & 3))[:24]" % (s(), n())
        if choice == 4:
            return "str(%s)[:30]" % self.expression(scope, r.pick(["int", "float", "ints", "bool", "tuple"]), depth)
        if choice == 5:
            return "f'{%s}|{%s!r}'[:40]" % (self.expression(scope, "int", 0), self.plain(scope))
        if choice == 6:
            return "f'{%s:%s}'[:40]" % (r.pick([self.variable(scope, "int") or "5", self.variable(scope, "float") or "0.5"]), r.pick(["5", "<4", ".2f", ",", "x", "e", "08.3g"]))
        if choice == 7:
            return "%s[%s]" % (s(), r.pick(["0", "-1", "%s %% 4" % n()]))
        if choice == 8:
            return "%s[%s]" % (s(), r.pick(["1:", ":-1", "::-1", "%s & 3:" % n(), "::2"]))
        if choice == 9:
            return "%s.%s" % (s(), r.pick(["upper()", "strip()", "lower()", "title()", "replace('a', 'b')", "zfill(4)", "ljust(3, '.')[:20]", "swapcase()"]))
        if choice == 10:
            return "%s.join([%s, %s])[:30]" % (r.pick(TEXTS), s(), s())
        if choice == 11:
            return "('%s' %% (%s,))[:30]" % (r.pick(["%d", "%s", "%r", "%5.1f", "%x", "%03d", "%s%%"]), r.pick([n(), self.expression(scope, "float", 0)]))
        if choice == 12:
            return "chr(%s & 255)" % n()
        if choice == 13:
            return "repr(%s)[:40]" % self.plain(scope)
        if choice == 14:
            return "(%s or %s)" % (s(), s())
        return "' '.join(str(v) for v in %s)[:30]" % self.expression(scope, "ints", 0)

    def plain(self, scope):
        kind = self.r.pick([k for k in KINDS if self.theme[k] and (k != "obj" or self.classes)])
        name = self.variable(scope, kind)
        return name or "None"

    def condition(self, scope, depth):
        r = self.r
        e = lambda kind: self.expression(scope, kind, depth - 1)
        choice = r.below(15)
        number = r.weighted([(5, "int"), (2, "float")])
        if choice < 6:
            return "%s %s %s" % (e(number), r.pick(["<", ">", "<=", ">=", "==", "!="]), e(number if r.chance(80) else "int"))
        if choice == 6:
            return "%s < %s <= %s" % (e("int"), e("int"), e("int"))
        if choice == 7:
            return "%s in %s" % (e("int"), self.expression(scope, r.pick(["ints", "dict", "set", "tuple"]), 0))
        if choice == 8:
            return "isinstance(%s, %s)" % (self.plain(scope), r.pick(["int", "float", "str", "(int, float)", "list", "bool", "dict"]))
        if choice == 9:
            return "%s is %s" % (self.plain(scope), r.pick(["None", "True", "None"]))
        if choice == 10:
            return "not %s" % self.plain(scope)
        if choice == 11:
            return "(%s %s %s)" % (self.condition(scope, depth - 1), r.pick(["and", "or"]), self.condition(scope, depth - 1)) if depth > 0 else "True"
        if choice == 12:
            return "%s %s %s" % (e("str"), r.pick(["==", "<", "in", "!="]), e("str"))
        if choice == 13:
            return "%s(v > %s for v in %s)" % (r.pick(["any", "all"]), self.expression(scope, "int", 0), self.expression(scope, "ints", 0))
        return self.expression(scope, "bool", 0)

    def expression_bool(self, scope, depth):
        return "(%s)" % self.condition(scope, depth)

    def expression_ints(self, scope, depth):
        r = self.r
        a = lambda: self.expression(scope, "ints", 0)
        choice = r.below(14)
        if choice < 2:
            return "[%s]" % ", ".join(self.expression(scope, "int" if r.chance(90) else "float", depth) for _ in range(r.between(0, 4)))
        if choice == 2:
            return "[v %s for v in %s]" % (r.pick(["+ 1", "* 2", "- 3", "// 2", "& 7", "/ 2", ">> 1"]), a())
        if choice == 3:
            return "[v for v in %s if %s]" % (a(), r.pick(["v > 2", "v % 2", "v", "v < %s" % self.expression(scope, "int", 0)]))
        if choice == 4:
            return "list(range(%s & 7))" % self.expression(scope, "int", depth)
        if choice == 5:
            return "%s[%s]" % (a(), r.pick(["1:", ":3", "::-1", "::2", "-2:", "%s & 3:" % self.expression(scope, "int", 0)]))
        if choice == 6:
            return "(%s + %s)[:14]" % (a(), a())
        if choice == 7:
            return "sorted(%s%s)" % (a(), r.pick(["", ", reverse=True", ", key=lambda v: -v", ", key=lambda v: v % 3"]))
        if choice == 8:
            return "[p + q for p, q in zip(%s, %s)]" % (a(), a())
        if choice == 9:
            return "[k * 2 + v for k, v in enumerate(%s)]" % a()
        if choice == 10:
            return "list(%s)[:14]" % r.pick(["reversed(%s)" % a(), "%s" % self.expression(scope, "tuple", 0), "map(abs, %s)" % a(),
                                           "filter(None, %s)" % a()])
        if choice == 11:
            generators = [f for f in self.functions if f.generator and f.rank < scope.rank]
            if generators:
                return "list(%s)[:14]" % self.call_of(r.pick(generators), scope, 1)
        if choice == 12:
            return "[*%s, %s][:12]" % (a(), self.expression(scope, "int", depth))
        return "(%s * %d)[:12]" % (a(), r.between(0, 3))

    def expression_dict(self, scope, depth):
        r = self.r
        choice = r.below(5)
        if choice == 0:
            return "{k: k * %d for k in range(%s & 7)}" % (r.between(1, 9), self.expression(scope, "int", depth))
        if choice == 1:
            return "{%s: %s, %s: %s}" % (self.key(scope), self.expression(scope, "int", depth), self.key(scope), self.expression(scope, "int", depth))
        if choice == 2:
            return "{**%s, %s: %s}" % (self.expression(scope, "dict", 0), self.key(scope), self.expression(scope, "int", depth))
        if choice == 3:
            return "dict(%s)" % self.expression(scope, "dict", 0)
        return "{v: k for k, v in %s.items()}" % self.expression(scope, "dict", 0)

    def expression_tuple(self, scope, depth):
        r = self.r
        choice = r.below(4)
        if choice == 0:
            return "tuple(%s)" % self.expression(scope, "ints", 0)
        if choice == 1:
            return "(%s + %s)[:8]" % (self.expression(scope, "tuple", 0), self.expression(scope, "tuple", 0))
        return "(%s, %s)" % (self.expression(scope, self.scalar(), depth), self.expression(scope, self.scalar(), depth))

    def scalar(self):
        return self.r.pick(["int", "int", "float", "bool"])

    def expression_set(self, scope, depth):
        r = self.r
        if r.chance(50):
            return "(%s %s %s)" % (self.expression(scope, "set", 0), r.pick(["|", "&", "-", "^"]), self.expression(scope, "set", 0))
        # The hash of a NaN is its address.
        return "{int(v) %% 16 for v in %s}" % self.expression(scope, "ints", 0)

    def expression_obj(self, scope, depth):
        return self.construct(scope)

    # ---- statements

    def new_variable(self, scope, kind):
        value = self.expression(scope, kind, 1) if self.r.chance(50) else self.literal(kind, scope)
        name = scope.fresh(PREFIX[kind])
        scope.put("%s = %s" % (name, value))
        scope.names[kind].append(name)
        return name

    def target(self, scope, kind):
        """A variable that may be assigned."""
        names = [n for n in scope.names[kind] if n not in scope.fixed and n not in scope.iterated]
        names += [n for n in self.globals.get(kind, []) if n in scope.writable]
        return self.r.pick(names) if names else self.new_variable(scope, kind)

    def limited(self, scope, name):
        return "%s if -%d < %s < %d else %s" % (name, self.limit, name, self.limit, self.literal("int", scope))

    def block(self, scope, count):
        before = len(scope.lines)
        for _ in range(count):
            self.statement(scope)
        if len(scope.lines) == before:
            scope.put("pass")

    def nested(self, scope, count):
        scope.indent += 1
        self.block(scope, count)
        scope.indent -= 1

    def part(self, scope):
        """A statement that mostly does not end the case when it fails."""
        r = self.r
        if not r.chance(75):
            return self.statement(scope)
        scope.put("try:")
        scope.indent += 1
        if r.chance(40):
            self.loop(scope, r.between(2, 3))
        else:
            self.statement(scope)
        scope.indent -= 1
        scope.put("except Exception as e:")
        scope.put("    print(type(e).__name__, str(e)[:100])")

    def statement(self, scope):
        r = self.r
        deep = scope.indent > 3 or len(scope.lines) > 40
        if self.chaos and r.chance(self.chaos):
            return self.disturb(scope)
        table = [
            (26, self.assign), (14, self.augment), (6, self.show), (8 if not deep else 0, self.branch),
            (12 if not deep and scope.rounds <= 8 else 0, self.loop_statement), (8 if not deep else 0, self.attempt),
            (8, self.mutate), (3, self.unpack), (2, self.fail), (3 if scope.loops else 0, self.leave),
            (5 if self.classes else 0, self.store_attribute), (2, self.walrus), (1, self.delete), (2 if not deep else 0, self.matching),
            (2 if not deep else 0, self.with_block), (3 if scope.generator else 0, self.give), (2, self.swap), (1, self.check),
            (2 if scope.rank > 50 and not deep else 0, self.drive_generator),
        ]
        r.weighted(table)(scope)

    def assign(self, scope):
        kind = self.kind()
        if kind == "obj" and not self.classes:
            kind = "int"
        name = self.target(scope, kind)
        if kind == "int" and scope.loops and self.r.chance(40):
            scope.put("%s = %s" % (name, self.limited(scope, name)))
        scope.put("%s = %s" % (name, self.expression(scope, kind, 3)))

    def augment(self, scope):
        r = self.r
        kind = r.weighted([(6, "int"), (self.theme["float"], "float"), (self.theme["str"] // 2, "str"), (self.theme["ints"] // 3, "ints")])
        name = self.target(scope, kind)
        if kind == "str":
            scope.put("if len(%s) > 40: %s = %s" % (name, name, self.literal("str", scope)))
            scope.put("%s += %s" % (name, r.pick(TEXTS)))
        elif kind == "ints":
            scope.put("if len(%s) < 20: %s += [%s]" % (name, name, self.expression(scope, "int", 1)))
        elif kind == "float":
            operator = r.pick(["+", "-", "*", "/"])
            value = self.expression(scope, r.pick(["float", "int"]), 1)
            scope.put("%s %s= %s" % (name, operator, value + " + 0.0" if operator == "*" else value))
        else:
            if r.chance(50):
                scope.put("%s = %s" % (name, self.limited(scope, name)))
            operator = r.pick(["+", "-", "+", "-", "*", "//", "%", "&", "|", "^", "<<", ">>"])
            if operator == "*":
                value = r.pick(["2", "3", "-5", "1000", "65536"])
            elif operator in ("<<", ">>"):
                value = r.pick(["1", "3", "(%s & 7)" % self.expression(scope, "int", 0)])
            elif operator in ("//", "%") and r.chance(70):
                value = r.pick(["3", "10", "-7", "1000003"])
            else:
                value = self.expression(scope, "int", 2)
            scope.put("%s %s= %s" % (name, operator, value))

    def show(self, scope):
        values = [self.expression(scope, self.kind(), 1) for _ in range(self.r.between(1, 2))]
        scope.put("print(%s)" % ", ".join(["'p%d'" % self.r.below(10)] + values))

    def branch(self, scope):
        r = self.r
        scope.put("if %s:" % self.condition(scope, 2))
        self.nested(scope, r.between(1, 2))
        if r.chance(20):
            scope.put("elif %s:" % self.condition(scope, 1))
            self.nested(scope, 1)
        if r.chance(45):
            scope.put("else:")
            self.nested(scope, r.between(1, 2))

    def loop_statement(self, scope):
        self.loop(scope, self.r.between(1, 3))

    def loop(self, scope, count, must_yield=False):
        r = self.r
        main = scope.rank > 50
        rounds = r.between(3, 24 if scope.loops == 0 else 4) if main else r.between(2, 4)
        variable = scope.fresh("i")
        iterated = None
        choice = r.below(16) if not must_yield else 0
        kind = "int"
        after = []
        if choice < 5:
            form = r.below(5)
            header = "for %s in range(%s):" % (variable, ["%d" % rounds, "%d" % rounds, "1, %d" % (rounds + 1), "%d, -1, -1" % (rounds - 1),
                                                          "%s & %d" % (self.expression(scope, "int", 1), 15 if main else 3)][form])
        elif choice < 7:
            iterated = self.variable(scope, "ints")
            header = "for %s in %s:" % (variable, iterated or "[1, 2.5, 3]")
        elif choice == 7:
            iterated = self.variable(scope, "ints")
            other = scope.fresh("j")
            header = "for %s, %s in enumerate(%s):" % (other, variable, iterated or "(4, 5, 6)")
            after.append(other)
        elif choice == 8:
            other = scope.fresh("j")
            header = "for %s, %s in zip(%s, %s):" % (variable, other, self.expression(scope, "ints", 1), self.expression(scope, "ints", 1))
            after.append(other)
        elif choice == 9:
            iterated = self.variable(scope, "ints")
            header = "for %s in reversed(%s):" % (variable, iterated or "[3, 2]")
        elif choice == 10:
            iterated = self.variable(scope, "dict")
            other = scope.fresh("k")
            header = "for %s, %s in %s.items():" % (other, variable, iterated or "{1: 2, 3: 4}")
        elif choice == 11:
            iterated = self.variable(scope, "str")
            header = "for %s in %s:" % (variable, iterated or "'hello'")
            kind = "str"
        elif choice == 12 and [f for f in self.functions if f.generator and f.rank < scope.rank]:
            f = r.pick([f for f in self.functions if f.generator and f.rank < scope.rank])
            header = "for %s in %s:" % (variable, self.call_of(f, scope, 1))
        elif choice == 13 and scope.names["obj"]:
            header = "for %s in %s:" % (variable, self.variable(scope, "obj"))
        elif choice == 14:
            header = "for %s in %s:" % (variable, self.expression(scope, r.pick(["tuple", "set"]), 0))
        else:
            scope.put("%s = 0" % variable)
            header = "while %s < %d%s:" % (variable, rounds, r.pick(["", "", " and " + self.condition(scope, 1)]))
        is_while = header.startswith("while")
        scope.put(header)
        scope.names[kind].append(variable)
        scope.names["int"] += after
        scope.fixed.update(after + [variable])
        scope.loops += 1
        saved = scope.rounds, scope.loop_variable, list(scope.iterated)
        scope.rounds *= rounds
        scope.loop_variable = variable
        if iterated and r.chance(60):
            scope.iterated.append(iterated)
        scope.indent += 1
        if is_while:
            scope.put("%s += 1" % variable)
        if must_yield:
            self.give(scope)
        self.block(scope, count)
        if self.chaos and r.chance(self.chaos):
            self.disturb_at(scope, variable)
        scope.indent -= 1
        scope.loops -= 1
        scope.rounds, scope.loop_variable, scope.iterated = saved
        if r.chance(8):
            scope.put("else:")
            self.nested(scope, 1)
        scope.fixed.difference_update(after)
        if not is_while and r.chance(80):
            # After a loop without rounds the name is unbound, which is what the rest of the cases are for.
            scope.names[kind].remove(variable)

    def attempt(self, scope):
        r = self.r
        scope.put("try:")
        self.nested(scope, r.between(1, 3))
        form = r.below(10)
        if form < 8:
            names = [r.pick(CONDITION_ERRORS) for _ in range(r.weighted([(7, 1), (3, 2)]))]
            bound = r.chance(50)
            scope.put("except %s%s:" % (names[0] if len(names) == 1 else "(%s)" % ", ".join(names), " as e" if bound else ""))
            scope.indent += 1
            if bound and r.chance(60):
                scope.put("print('caught', type(e).__name__, e)")
            if r.chance(10):
                scope.put("raise" if r.chance(50) else "raise RuntimeError('again') from %s" % ("e" if bound else "None"))
            self.block(scope, 1)
            scope.indent -= 1
            if r.chance(25):
                scope.put("except Exception as e:")
                scope.indent += 1
                scope.put("print('other', type(e).__name__, e)")
                scope.indent -= 1
            if r.chance(15):
                scope.put("else:")
                self.nested(scope, 1)
        if form >= 7:
            scope.put("finally:")
            self.nested(scope, 1)

    def mutate(self, scope):
        r = self.r
        kind = r.weighted([(5, "ints"), (4, "dict"), (1, "set")])
        name = self.variable(scope, kind)
        if name is None:
            return self.assign(scope)
        if kind == "ints":
            form = r.below(11)
            value = self.expression(scope, "int" if r.chance(90) else "float", 2)
            texts = ["if len(%s) < 24: %s.append(%s)" % (name, name, value), "if len(%s) < 24: %s.append(%s)" % (name, name, value),
                     "%s.pop()" % name, "%s[%s] = %s" % (name, r.pick(["0", "-1", "%s %% 4" % self.expression(scope, "int", 0)]), value),
                     "if len(%s) < 24: %s.insert(%s, %s)" % (name, name, r.pick(["0", "1", "-1"]), value), "%s.reverse()" % name,
                     "%s.sort()" % name, "del %s[%s]" % (name, r.pick(["0", "-1", ":1", "::2"])),
                     "%s[%s] = %s" % (name, r.pick(["1:2", ":0", ":", "::2"]), self.expression(scope, "ints", 0) + "[:6]"),
                     "if len(%s) < 12: %s.extend(%s)" % (name, name, self.expression(scope, "ints", 0) + "[:6]"),
                     "if %s: %s[0] %s= %s" % (name, name, r.pick(["+", "-", "^"]), self.expression(scope, "int", 1))]
            scope.put(texts[form])
        elif kind == "dict":
            value = self.expression(scope, "int", 2)
            key = self.key(scope)
            scope.put(r.pick(["%s[%s] = %s" % (name, key, value), "%s[%s] = %s" % (name, key, value), "%s.pop(%s, None)" % (name, key),
                              "del %s[%s]" % (name, key), "%s[%s] = %s.get(%s, 0) + 1" % (name, key, name, key),
                              "%s.setdefault(%s, %s)" % (name, key, value), "%s.update({%s: 1})" % (name, key),
                              "if %s in %s: %s[%s] += %s" % (key, name, name, key, r.pick(["1", "1.5", "4611686018427387903"]))]))
        else:
            scope.put(r.pick(["%s.add(%s & 31)" % (name, self.expression(scope, "int", 0)), "%s.discard(3)" % name, "%s |= {1, 2}" % name
                              if name not in scope.fixed and name in scope.names["set"] else "%s.discard(1)" % name]))

    def unpack(self, scope):
        r = self.r
        names = [self.target(scope, "int") for _ in range(r.between(2, 3))]
        form = r.below(4)
        if form == 0:
            value = ", ".join(self.expression(scope, "int", 1) for _ in names)
            scope.put("%s = %s" % (", ".join(names), value))
        elif form == 1:
            scope.put("%s = %s" % (", ".join(names), self.expression(scope, r.pick(["ints", "tuple"]), 0)))
        elif form == 2:
            scope.put("%s, *%s = %s" % (names[0], self.target(scope, "ints"), self.expression(scope, "ints", 0)))
        else:
            scope.put("%s = %s = %s" % (names[0], names[1], self.expression(scope, "int", 1)))

    def fail(self, scope):
        r = self.r
        error = r.pick(["ValueError", "KeyError", "IndexError", "ZeroDivisionError", "RuntimeError", "StopIteration"])
        scope.put("if %s: raise %s(%s)" % (self.condition(scope, 1), error, r.pick(["'boom'", self.plain(scope), "", "1, 2"])))

    def leave(self, scope):
        r = self.r
        what = r.pick(["break", "continue", "continue"])
        if not scope.generator and scope.result and r.chance(30):
            what = "return " + self.expression(scope, scope.result, 1)
        scope.put("if %s: %s" % (self.condition(scope, 1), what))

    def store_attribute(self, scope):
        r = self.r
        target = "self" if scope.owner and r.chance(70) else self.variable(scope, "obj")
        if target is None:
            return self.assign(scope)
        fields = scope.owner.every_field() if target == "self" else r.pick(self.classes).every_field()
        field, kind = r.pick(fields)
        if r.chance(10):
            field, kind = r.pick(["extra", "prop", "shared"]), "int"
        if kind in ("int", "float") and r.chance(60):
            if kind == "int":
                scope.put("if %s.%s > %d: %s.%s = %s" % (target, field, self.limit, target, field, self.literal("int", scope)))
            scope.put("%s.%s %s= %s" % (target, field, r.pick(["+", "-"]), self.expression(scope, kind, 1)))
        else:
            scope.put("%s.%s = %s" % (target, field, self.expression(scope, kind, 2)))

    def walrus(self, scope):
        name = self.target(scope, "int")
        if name in [n for group in self.globals.values() for n in group]:
            return self.assign(scope)
        scope.put("if (%s := %s) > %s:" % (name, self.expression(scope, "int", 2), self.expression(scope, "int", 0)))
        self.nested(scope, 1)

    def delete(self, scope):
        r = self.r
        kind = r.pick(["int", "ints", "obj"])
        names = [n for n in scope.names[kind] if n not in scope.fixed and n not in scope.iterated and not n.startswith("q")]
        if not names or len(names) < 2 and r.chance(80) or scope.inner:
            return self.show(scope)
        name = r.pick(names)
        scope.put("del %s" % name)
        if r.chance(60):
            scope.put("%s = %s" % (name, self.expression(scope, kind, 0)))

    def matching(self, scope):
        r = self.r
        scope.put("match %s:" % self.expression(scope, r.pick(["int", "ints", "tuple", "str", "dict"]), 1))
        scope.indent += 1
        taken = scope.fresh("m")
        for pattern in [r.pick(["0 | 1", "int(%s)" % taken, "[%s, *_]" % taken, "(%s, _)" % taken, "str()", "{'k0': %s}" % taken, "float()", "None",
                                "[]", "'a' | 'key'", "-1", "%s if %s == 2" % (taken, taken)]) for _ in range(r.between(1, 3))]:
            scope.put("case %s:" % pattern)
            scope.indent += 1
            if taken in pattern:
                scope.put("print('m', %s)" % taken)
            self.block(scope, 1)
            scope.indent -= 1
        scope.put("case _:")
        self.nested(scope, 1)
        scope.indent -= 1

    def with_block(self, scope):
        able = [c for c in self.classes if "with" in c.has]
        if not able:
            return self.assign(scope)
        c = self.r.pick(able)
        scope.put("with %s(%s):" % (c.name, ", ".join(self.literal(k, scope) for _, k in c.every_field())))
        self.nested(scope, self.r.between(1, 2))

    def give(self, scope):
        r = self.r
        if r.chance(20):
            scope.put("%s = yield %s" % (scope.fresh("y"), self.expression(scope, "int", 1)))
        elif r.chance(10):
            scope.put("yield from %s" % self.expression(scope, "ints", 0))
        else:
            scope.put("yield %s" % self.expression(scope, "int", 2))

    def swap(self, scope):
        r = self.r
        if r.chance(50) and len(scope.names["int"]) > 1:
            a, b = self.target(scope, "int"), self.target(scope, "int")
            scope.put("%s, %s = %s, %s" % (a, b, b, a))
        else:
            a = self.variable(scope, "ints")
            if a is None:
                return self.assign(scope)
            scope.put("%s[0], %s[-1] = %s[-1], %s[0]" % (a, a, a, a))

    def check(self, scope):
        scope.put("assert %s, %s" % (self.condition(scope, 1), self.plain(scope)))

    def drive_generator(self, scope):
        r = self.r
        generators = [f for f in self.functions if f.generator]
        if not generators:
            return self.assign(scope)
        name = scope.fresh("gen")
        scope.put("%s = %s" % (name, self.call_of(r.pick(generators), scope, 1)))
        scope.put("try:")
        scope.indent += 1
        for _ in range(r.between(1, 4)):
            scope.put(r.pick(["print('next', next({0}))", "print('next', next({0}, None))", "print('send', {0}.send(None))", "{0}.close()",
                              "{0}.throw(ValueError('in'))", "print('rest', list({0})[:9])"]).format(name))
        scope.indent -= 1
        scope.put("except Exception as e:")
        scope.put("    print('gen', type(e).__name__, e)")

    # ---- what rebinds and redefines

    def disturb_at(self, scope, variable):
        scope.put("if %s == %d:" % (variable, self.r.between(0, 9)))
        scope.indent += 1
        before = len(scope.lines)
        self.disturb(scope)
        if len(scope.lines) == before:
            scope.put("pass")
        scope.indent -= 1

    def disturb(self, scope):
        r = self.r
        functions = [f for f in self.functions if f.rank < scope.rank]
        if functions and (not self.classes or r.chance(45)):
            return self.disturb_function(scope, functions)
        if self.classes:
            return self.disturb_class(scope)
        return self.assign(scope)

    def replacement(self, scope, parameters):
        """A function of rank 0."""
        inner = Scope(self, 0, 0)
        inner.writable = set()
        return "lambda %s: %s" % (parameters, self.expression(inner, "int", 1))

    def disturb_function(self, scope, functions):
        r = self.r
        f = r.pick(functions)
        lower = [g for g in self.functions if g.rank <= f.rank and g is not f]
        other = r.pick(lower).name if lower else f.name
        parameters = ", ".join(["p%d=0" % i for i in range(len(f.kinds))] + ["*args", "**kw"])
        writable = f.name in scope.writable
        forms = [
            "globals()['%s'] = %s" % (f.name, r.pick([other, "(%s)" % self.replacement(scope, parameters)])),
            "%s.__defaults__ = %s" % (f.name, r.pick(["None", "(1,)", "(%s,)" % self.literal("int", scope), "(1, 2)", "(1.5, 'd', 3)"])),
            "%s.__kwdefaults__ = %s" % (f.name, r.pick(["None", "{'k0': 5}", "{'k0': 2.5, 'k1': 6}", "{}"])),
            "%s.__code__ = %s.__code__" % (f.name, other),
            "%s.__code__ = (%s).__code__" % (f.name, self.replacement(scope, parameters)),
        ]
        if writable:
            forms += ["%s = %s" % (f.name, other), "%s = %s" % (f.name, self.replacement(scope, parameters)), "del %s" % f.name,
                      "%s = %s" % (f.name, r.pick(["None", "5", "len", "int"]))]
        elif r.chance(30):
            forms = ["globals().pop('%s', None)" % f.name, "globals().update(%s=%s)" % (f.name, other)]
        scope.put(r.pick(forms))

    def disturb_class(self, scope):
        r = self.r
        c = r.pick(self.classes)
        target = self.variable(scope, "obj") or ("self" if scope.owner else None)
        method = r.pick(METHODS)
        forms = [
            "%s.%s = %s" % (c.name, method, self.replacement(scope, "self=None, *args")),
            "%s.%s = staticmethod(%s)" % (c.name, method, self.replacement(scope, "*args")),
            "%s.%s = property(%s)" % (c.name, method, self.replacement(scope, "self")),
            "%s.shared = %s" % (c.name, self.literal("int", scope)),
            "%s.%s = %s" % (c.name, r.pick([f for f, _ in c.every_field()]), self.literal("int", scope)),
            "%s.__getattr__ = lambda self, name: 3" % c.name,
            "%s.__add__ = lambda self, other: 4" % c.name,
            "%s.__eq__ = lambda self, other: True" % c.name,
            "%s.__bool__ = lambda self: False" % c.name,
            "%s.__len__ = lambda self: 2" % c.name,
            "%s.__getitem__ = lambda self, i: [7, 8][i]" % c.name,
            "%s.__repr__ = lambda self: 'new %s'" % (c.name, c.name),
            "%s.__init__ = lambda self, *args: None" % c.name,
            "%s.__setattr__ = lambda self, name, value: print('set', name)" % c.name,
            "%s.__getattribute__ = lambda self, name: object.__getattribute__(self, name)" % c.name,
            "if '%s' in vars(%s): del %s.%s" % (method, c.name, c.name, method),
            "setattr(%s, '%s', %s)" % (c.name, method, self.replacement(scope, "self, *args")),
            "%s.__class_getitem__ = None" % c.name,
        ]
        field = r.pick([f for f, _ in c.every_field()])
        if c.base or r.chance(30):
            forms.append("%s.__bases__ = (%s,)" % (c.name, r.pick([o.name for o in self.classes if o is not c] + ["object"])))
        if target:
            forms += [
                "%s.%s = %s" % (target, method, self.replacement(scope, "*args")),
                "%s.__class__ = %s" % (target, r.pick(self.classes).name),
                "%s.__class__ = %s" % (target, r.pick(self.classes).name),
                "%s.__dict__['%s'] = %s" % (target, field, self.literal(self.scalar(), scope)),
                "vars(%s)['%s'] = %s" % (target, method, self.replacement(scope, "*args")),
                "%s.__dict__.pop('%s', None)" % (target, field),
                "%s.__dict__ = {'%s': %s}" % (target, field, self.literal("int", scope)),
                "del %s.%s" % (target, field),
                "%s.%s = %s" % (target, field, self.expression(scope, self.scalar(), 1)),
                "%s.%s = %s" % (target, r.pick(["late", "shared"]), self.literal("int", scope)),
                "type(%s).%s = %s" % (target, method, self.replacement(scope, "self, *args")),
            ]
        scope.put(r.pick(forms))
