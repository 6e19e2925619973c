"""Statements that rebind or redefine what was already called: functions, methods, classes, attributes."""
from .shapes import METHODS, Scope


class Disturbances:
    """The part of `Case` that takes back what compiled code may have assumed."""

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
