"""Source texts of expressions, by the kind that they mostly have."""
from .shapes import ALIENS, EDGES, FLOATS, KINDS, TEXTS


class Expressions:
    """The part of `Case` that returns texts of expressions."""

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
        if self.small and depth > 1:
            depth = 2 if r.chance(30) else 1
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
