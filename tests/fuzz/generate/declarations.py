"""Globals, classes, functions, closures and the body of the case."""
from .shapes import Class, Function, KINDS, METHODS, PREFIX, Scope


class Declarations:
    """The part of `Case` that makes whole definitions."""

    def make(self):
        r = self.r
        for kind in ("int", "ints", "dict", "float"):
            if r.chance(25 if self.small else 60):
                name = self.name("g" + PREFIX[kind])
                top = Scope(self, 0, 0)
                self.lines.append("%s = %s" % (name, self.literal(kind, top)))
                self.globals[kind].append(name)
        if self.small:
            producers = r.weighted([(8, 0), (3, 1), (2, 2), (1, 3)])
            kinds = r.weighted([(3, (0, 1)), (1 + self.theme["obj"] // 3, (1, 0)), (4, (0, 0))]) if not producers else (0, r.below(2))
        else:
            producers = r.weighted([(45, 0), (20, 1), (20, 2), (15, 3)])
            kinds = r.weighted([(55, 0), (40, 1), (5, 2)]) + (1 if self.theme["obj"] > 5 else 0), None
        for _ in range(kinds[0]):
            self.make_class()
        self.make_producers(producers)
        for i in range(kinds[1] if self.small else r.weighted([(55, 1), (35, 2), (10, 3)])):
            self.make_function(10 + i)
        main = Scope(self, 100, 1)
        self.lines.append("def case%d():" % self.number)
        self.declare_globals(main)
        for kind in KINDS:
            if kind == "obj" and not self.classes:
                continue
            for _ in range(1 if self.theme[kind] < 6 or self.small else 2):
                if self.small and r.chance(75):
                    continue
                if self.theme[kind] and (self.theme[kind] > 1 or r.chance(40)):
                    self.new_variable(main, kind)
        if self.small:
            self.use(main)
        else:
            for _ in range(r.between(3, 5)):
                self.part(main)
        main.put("return (%s)" % "".join("%s, " % n for k in KINDS for n in main.names[k][:3]))
        self.emit(main)

    def use(self, main):
        """The one statement of a small case: around a call of what was defined, or any."""
        r = self.r
        name = main.fresh("i")
        if not self.functions and not self.classes:
            self.loop(main, r.between(1, 2)) if r.chance(60) else self.part(main)
            return
        main.put("for %s in range(%d):" % (name, r.between(2, 12)))
        main.names["int"].append(name)
        main.fixed.add(name)
        main.loops, main.rounds, main.indent = 1, 8, main.indent + 1
        if self.functions and self.functions[-1].yields:
            self.known_loop(main)
        elif self.functions:
            f = self.functions[-1]
            call = self.call_of(f, main, 1)
            main.put("print(%s)" % ("list(%s)[:9]" % call if f.generator else call))
        else:
            main.put("o = %s" % self.construct(main))
            main.names["obj"].append("o")
            main.put("print(o, %s)" % (self.method_call(main, 1) or "o.f0"))
        if r.chance(70):
            self.statement(main)
        if self.chaos and r.chance(self.chaos * 2):
            self.disturb_at(main, name)
        main.loops, main.rounds, main.indent = 0, 1, main.indent - 1

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
        count = r.between(1, 2 if self.small else 3)
        kinds = [r.weighted([(5, "int"), (3, "float"), (2, "ints"), (1, "str"), (1, "dict")]) for _ in range(count)]
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
            if r.chance(0 if self.small else 30) or (method == "step" and not base):
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
                self.block(scope, 1 if self.small else r.between(1, 2))
                scope.put("return " + self.expression(scope, "int", 2))
                self.emit(scope)
        self.special_methods(c)
        if (not base or r.chance(30)) and not (self.small and r.chance(60)):
            self.lines += ["    def __repr__(self):", "        return '<%s %%r>' %% (self.%s,)" % (name, fields[0][0])]

    def special_methods(self, c):
        r = self.r
        if self.small and r.chance(70):
            return
        name, first = c.name, c.fields[0][0]
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

    def make_function(self, rank):
        r = self.r
        name = self.name("f%d" % (rank - 10))
        producers = self.producers(Scope(self, rank, 1))
        kinds = [self.kind() if not producers or r.chance(40) else r.pick(["int", "ints"]) for _ in range(r.between(0, 3))]
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
        for kind in ("int",) if self.small else ("int", self.kind()):
            if kind != "obj" or self.classes:
                self.new_variable(scope, kind)
        if recursive:
            scope.put("if p0 <= 0 or p0 > 9: return " + self.expression(scope, result, 1))
        if r.chance(20):
            self.make_closure(scope)
        if producers and r.chance(95 if self.small else 70):
            self.known_loop(scope)
        else:
            self.block(scope, 1 if self.small else r.between(1, 2))
        if generator:
            self.loop(scope, 1 if self.small else 2, must_yield=True)
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
