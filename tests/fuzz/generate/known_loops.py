"""Generators that `def` binds and loops that consume them: counting, walking over lists, chains of stages, and whatever a body does meanwhile.

A producer ends by itself whatever its arguments are: numbers of rounds are cut where they are used. A stage is a producer
whose first argument is what it loops over, mostly another producer.
"""
from .shapes import CONDITION_ERRORS, Function, Scope


class KnownLoops:
    """The part of `Case` that makes producers and loops over them."""

    def make_producers(self, count):
        """Producers of ranks between those of methods and of functions, the first of them no stage."""
        for i in range(count):
            self.make_producer(6 + i, stage=i > 0 and self.r.chance(60))

    def producers(self, scope, stage=False):
        return [f for f in self.functions if f.yields and f.stage == stage and f.rank < scope.rank]

    def make_producer(self, rank, stage):
        r = self.r
        f = Function(self.name("g%d" % (rank - 6)), [], 0, [], rank, "int", generator=True)
        f.stage = stage
        f.kinds = ["ints"] if stage else [r.weighted([(6, "int"), (5, "ints"), (1, "str"), (1, "float")])]
        f.kinds += [r.weighted([(5, "int"), (2, "float"), (2, "ints")]) for _ in range(r.weighted([(4, 0), (4, 1), (1, 2)]))]
        f.yields = r.weighted([(6, "item"), (3, "pair")])
        top = Scope(self, 0, 0)
        defaults = r.below(len(f.kinds)) if r.chance(30) else 0
        f.defaults = defaults
        plain = len(f.kinds) - defaults
        self.lines.append("def %s(%s):" % (f.name, ", ".join(
            "p%d" % i if i < plain else "p%d=%s" % (i, self.literal(kind, top)) for i, kind in enumerate(f.kinds))))
        scope = Scope(self, rank, 1)
        scope.generator = True
        for i, kind in enumerate(f.kinds):
            # What a stage loops over is mostly no list.
            if i or not stage or r.chance(15):
                scope.names[kind].append("p%d" % i)
        if stage:
            scope.fixed.add("p0")
        self.declare_globals(scope)
        for _ in range(r.weighted([(3, 0), (5, 1), (2, 2)])):
            self.new_variable(scope, r.weighted([(5, "int"), (1, "float")]))
        if r.chance(12):
            self.yield_of(scope, f, self.literal("int", scope))
        if r.chance(12):
            scope.put("try:")
            scope.indent += 1
            self.producing_loop(scope, f)
            scope.indent -= 1
            scope.put(r.pick(["finally:", "finally:", "except %s:" % r.pick(CONDITION_ERRORS)]))
            scope.put("    print('left', %s)" % self.plain(scope))
        else:
            self.producing_loop(scope, f)
        if r.chance(15):
            self.yield_of(scope, f, self.expression(scope, "int", 1))
        if r.chance(10):
            scope.put("return " + self.expression(scope, "int", 1))
        self.emit(scope)
        self.functions.append(f)

    def producing_loop(self, scope, f):
        r = self.r
        x = scope.fresh("x")
        kind = f.kinds[0]
        after = ""
        if f.stage or kind == "ints":
            form = r.below(10)
            if form == 0:
                header = "for %s, y in enumerate(p0):" % x
                scope.names["int"].append("y")
            elif form == 1:
                header = "for %s, y in zip(p0, %s):" % (x, r.pick(["p0", self.expression(scope, "ints", 1)]))
                scope.names["int"].append("y")
            elif form == 2 and not f.stage:
                scope.put("%s = 0" % x)
                header, after = "while %s < len(p0):" % x, "%s += 1" % x
            elif form == 3 and not f.stage:
                header = "for %s in range(len(p0)):" % x
            else:
                header = "for %s in p0:" % x
        elif kind == "str":
            header = "for %s in map(ord, p0):" % x if r.chance(40) else "for %s in p0:" % x
        elif kind == "int" and r.chance(15):
            # Calls of itself, at most six deep.
            scope.put("if 0 < p0 < 6:")
            scope.put("    for %s in %s(p0 - 1%s):" % (x, f.name, "".join(", p%d" % i for i in range(1, len(f.kinds)))))
            scope.put("        yield %s" % x)
            header = "for %s in range(2):" % x
        elif kind == "int" and r.chance(25):
            # Grows until it is large: the numbers leave their size.
            grown = scope.fresh("n")
            scope.put("%s, %s = %s" % (x, grown, r.pick(["0, 1", "1, 2", "1, 1", "2, 3"])))
            header = "while %s < %d:" % (x, r.pick([20, 1000, 2**31, 2**62, 2**63, 2**66]))
            after = "%s, %s = %s" % (x, grown, r.pick(["%s, %s + %s" % (grown, x, grown), "%s * 3 + 1, %s" % (grown, x), "%s + %s + 1, %s * 2" % (grown, x, grown)]))
            scope.fixed.add(grown)
        else:
            cut = kind == "float" or r.chance(50)
            if cut:
                scope.put("if not 0 <= p0 < %d: p0 = %d" % (r.between(6, 12), r.between(0, 6)))
                scope.fixed.add("p0")
            end = "p0" if cut else "(p0 & 7)"
            form = r.below(5 if kind == "int" else 3)
            if form < 2:
                scope.put("%s = %s" % (x, r.pick(["0", "1", "-2", "0.5", "True"])))
                header, after = "while %s < %s:" % (x, end), "%s += %s" % (x, r.pick(["1", "1", "2", "1.5"]))
            elif form == 2:
                scope.put("%s = %s" % (x, end))
                header, after = "while %s > 0:" % x, "%s -= 1" % x
            elif form == 3:
                base = self.edge()
                header = "for %s in range(%s, %s + %s%s):" % (x, base, base, end, r.pick(["", ", 2"]))
            else:
                header = "for %s in range(%s):" % (x, end)
        scope.put(header)
        scope.names["int"].append(x)
        scope.fixed.add(x)
        saved = scope.loops, scope.rounds
        # A `continue` must not leave out what ends the loop.
        scope.loops, scope.rounds, scope.continues = scope.loops + 1, scope.rounds * 8, not after
        scope.indent += 1
        self.producing_body(scope, f, x, after)
        scope.indent -= 1
        scope.loops, scope.rounds = saved
        scope.continues = True

    def producing_body(self, scope, f, x, after):
        """`after` moves the loop on: it stands at the end, or right behind the first `yield`."""
        r = self.r
        early = after and r.chance(30)
        steps = r.weighted([(6, 1), (5, 2), (2, 3)])
        given = r.below(steps)
        for i in range(steps):
            if i == given:
                if r.chance(25):
                    scope.put("if %s:" % self.condition_on(scope, x))
                    scope.indent += 1
                    self.yield_of(scope, f, self.produced(scope, x))
                    scope.indent -= 1
                elif r.chance(6):
                    scope.put("try:")
                    scope.indent += 1
                    self.yield_of(scope, f, self.produced(scope, x))
                    scope.indent -= 1
                    scope.put("finally:")
                    scope.put("    print('round', %s)" % x)
                else:
                    self.yield_of(scope, f, self.produced(scope, x))
                if early:
                    scope.put(after)
                continue
            r.weighted([
                (6, lambda: self.keep_state(scope, x)), (3, lambda: scope.put("if %s: return" % self.condition_on(scope, x))),
                (4 if scope.continues else 0, lambda: scope.put("if %s: continue" % self.condition_on(scope, x))), (2, lambda: self.fail(scope)),
                (2, lambda: self.yield_of(scope, f, self.produced(scope, x))), (5, lambda: self.statement(scope)),
                (1, lambda: scope.put("if %s: break" % self.condition_on(scope, x))),
            ])()
        if after and not early:
            scope.put(after)

    def condition_on(self, scope, x):
        """A condition that some rounds of a loop meet and others do not."""
        r = self.r
        if r.chance(30):
            return self.condition(scope, 1)
        return r.pick(["%s %% 3 == 1", "%s & 1", "%s > 3", "%s < 5", "%s", "not %s", "%s == 2", "%s %% 2", "%s >= 1.5",
                       "%%s < %s" % self.expression(scope, "int", 0)]).replace("%s", x).replace("%%", "%")

    def keep_state(self, scope, x):
        name = self.target(scope, "int")
        scope.put("%s = %s" % (name, self.limited(scope, name)))
        scope.put("%s %s= %s" % (name, self.r.pick(["+", "-", "^", "+"]), x))

    def produced(self, scope, x):
        r = self.r
        form = r.below(12)
        if form < 4:
            return x
        if form < 7:
            return "%s %s %s" % (x, r.pick(["+", "-", "+"]), self.expression(scope, "int", 0))
        if form == 7:
            return "%s * %s" % (x, r.pick([x, "3", "-1", "1000003"]))
        if form == 8:
            return "%s %s %s" % (x, r.pick(["%", "//", "/", "&"]), r.pick(["3", "7", self.expression(scope, "int", 0)]))
        if form == 9:
            return self.expression(scope, "float", 1)
        return self.expression(scope, "int", 1)

    def yield_of(self, scope, f, value):
        if f.yields == "pair" and not self.r.chance(3):
            value = "%s, %s" % (value, self.expression(scope, self.r.pick(["int", "int", "float"]), 0))
        scope.put("yield " + value)

    def production(self, scope):
        """Source of a generator made on the spot, mostly of one producer, and what it yields; None without producers."""
        r = self.r
        found = self.producers(scope)
        if not found:
            return None
        f = r.pick(found)
        text, yields = self.call_of(f, scope, 1), f.yields
        stages = self.producers(scope, stage=True)
        for _ in range(r.weighted([(5, 0), (4, 1), (2, 2)]) if stages else 0):
            f = r.pick(stages)
            more = [self.expression(scope, kind, 0) for kind in f.kinds[1:len(f.kinds) - (r.below(f.defaults + 1))]]
            text, yields = "%s(%s)" % (f.name, ", ".join([text] + more)), f.yields
        if r.chance(10):
            text = "(v %s for v in %s)" % (r.pick(["", "", "* 2", "+ 1", "if v else 0"]), text)
        return text, yields

    def known_loop(self, scope):
        """A loop over a production, its body, and what comes after it."""
        r = self.r
        made = self.production(scope)
        if made is None:
            return self.loop_statement(scope)
        text, yields = made
        kept = None
        if r.chance(12):
            kept = scope.fresh("it")
            scope.put("%s = %s" % (kept, text))
        total = self.target(scope, "int")
        guarded = r.chance(35)
        if guarded:
            scope.put("try:")
            scope.indent += 1
        x, y = scope.fresh("x"), None
        header = kept or text
        if r.chance(6):
            header = r.pick(["zip(%s, range(5))", "enumerate(%s)", "iter(%s)", "zip(%s, [1, 2.5, 3])"]) % header
            yields = "item" if header.startswith("iter") else "pair"
        if yields == "pair" and r.chance(85):
            y = scope.fresh("y")
        scope.put("for %s in %s:" % (x if y is None else "%s, %s" % (x, y), header))
        bound = [x] if y is None else [x, y]
        scope.names["int"] += bound
        scope.fixed.update(bound + [total])
        saved = scope.loops, scope.rounds, scope.loop_variable
        scope.loops, scope.rounds, scope.loop_variable = scope.loops + 1, scope.rounds * 8, x
        scope.indent += 1
        self.consuming_body(scope, bound, total, text, kept)
        scope.indent -= 1
        scope.loops, scope.rounds, scope.loop_variable = saved
        scope.fixed.difference_update(bound + [total])
        if r.chance(10):
            scope.put("else:")
            scope.put("    " + "print('else', %s)" % total)
        if guarded:
            scope.indent -= 1
            scope.put("except Exception as e:")
            scope.put("    print('loop', type(e).__name__, str(e)[:80], %s)" % total)
        if kept and r.chance(60):
            scope.put(r.pick(["print(list(%s)[:9])", "print(next(%s, 'none'))", "%s.close()", "%s = None"]) % kept)
        if r.chance(70):
            for name in bound:
                scope.names["int"].remove(name)

    def consuming_body(self, scope, bound, total, text, kept):
        r = self.r
        x = bound[0]
        lists = [n for n in scope.names["ints"] if n in text]
        small = scope.loops > 2 or scope.rank < 50 and scope.loops > 1
        table = [
            (8, lambda: self.accumulate(scope, total, r.pick(bound))), (2, lambda: self.leave(scope)),
            (3, lambda: scope.put("if %s: %s" % (self.condition_on(scope, x), self.departure(scope)))), (2, lambda: self.fail(scope)),
            (7, lambda: self.statement(scope)), (4 if lists else 0, lambda: self.mutate_list(scope, r.pick(lists))),
            (2 + self.chaos // 4, lambda: self.disturb_producer(scope, x)), (0 if small else 2, lambda: self.again(scope, text, total)),
            (0 if small else 1, lambda: self.known_loop(scope)), (1, lambda: scope.put("%s = %s" % (x, self.expression(scope, "int", 1)))),
            (1, lambda: scope.put("del %s" % r.pick(bound))), (1 if kept else 0, lambda: scope.put("%s = next(%s, %s)" % (total, kept, total))),
            (2 if scope.generator else 0, lambda: scope.put("yield %s" % x)), (1, lambda: scope.put("print('round', %s)" % ", ".join(bound))),
        ]
        if r.chance(75):
            self.accumulate(scope, total, r.pick(bound))
        for _ in range(r.weighted([(5, 1), (4, 2), (0 if self.small else 3, 3)])):
            r.weighted(table)()

    def accumulate(self, scope, total, x):
        r = self.r
        if r.chance(35):
            scope.put("%s = %s" % (total, self.limited(scope, total)))
        scope.put("%s %s= %s" % (total, r.pick(["+", "+", "-", "^"]), r.pick([x, x, "%s & 255" % x, "%s + 1" % x])))

    def again(self, scope, text, total):
        """A loop over the same production inside of the loop over it."""
        z = scope.fresh("z")
        scope.put("for %s in %s:" % (z, text))
        scope.put("    %s" % self.r.pick(["if %s == %s: break" % (z, scope.loop_variable), "%s = %s" % (total, z), "pass",
                                          "if %s is None: return" % z if not scope.result else "if not %s: continue" % z]))

    def disturb_producer(self, scope, x):
        """Rebinds or changes a producer in the middle of the loop, mostly so that calls of it give something to loop over."""
        r = self.r
        scope.put("if %s == %d:" % (x if r.chance(60) else r.pick(scope.names["int"]), r.between(1, 6)))
        scope.indent += 1
        able = [f for f in self.functions if f.yields and f.rank < scope.rank]
        f, other = r.pick(able), r.pick(able)
        if r.chance(30):
            self.disturb_function(scope, able)
        else:
            # Of lower rank, so that calls still end.
            other = other if other.rank < f.rank else f
            scope.put(r.pick([
                "globals()['%s'] = lambda *args, **more: %s" % (f.name, r.pick(["[1, 2.5, 3]", "iter((4, 2**62))", "range(3)", "'ab'", "[(1, 2)]"])),
                "globals()['%s'] = %s" % (f.name, other.name), "%s.__code__ = %s.__code__" % (f.name, other.name),
                "%s.__defaults__ = (%s,)" % (f.name, ", ".join(self.literal(r.pick(["int", "float"]), scope) for _ in f.kinds)),
                "globals().update(%s=%s)" % (f.name, other.name), "%s.__name__ = 'renamed'" % f.name,
            ]))
        scope.indent -= 1

    def departure(self, scope):
        r = self.r
        if scope.result and not scope.generator and r.chance(25):
            return "return " + self.expression(scope, scope.result, 0)
        return r.pick(["break", "break", "continue", "continue", "raise ValueError(%s)" % scope.loop_variable])
