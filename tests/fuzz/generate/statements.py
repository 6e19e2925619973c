"""Statements: a body in the making (Scope) grows by their lines."""
from .shapes import CONDITION_ERRORS, PREFIX, TEXTS


class Statements:
    """The part of `Case` that appends statements to a scope."""

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
            self.loop(scope, r.between(1, 2) if self.small else r.between(2, 3))
        elif r.chance(50) and self.producers(scope):
            self.known_loop(scope)
        else:
            self.statement(scope)
        scope.indent -= 1
        scope.put("except Exception as e:")
        scope.put("    print(type(e).__name__, str(e)[:100])")

    def statement(self, scope):
        r = self.r
        deep = scope.indent > 2 or len(scope.lines) > 6 if self.small else scope.indent > 3 or len(scope.lines) > 40
        if self.chaos and r.chance(self.chaos):
            return self.disturb(scope)
        table = [
            (26, self.assign), (14, self.augment), (6, self.show), (8 if not deep else 0, self.branch),
            (12 if not deep and scope.rounds <= 8 else 0, self.loop_statement), (8 if not deep else 0, self.attempt),
            (12 if not deep and scope.rounds <= 8 and self.producers(scope) else 0, self.known_loop),
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
            self.mutate_list(scope, name)
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

    def mutate_list(self, scope, name):
        r = self.r
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
        what = r.pick(["break", "continue", "continue"]) if scope.continues else "break"
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
