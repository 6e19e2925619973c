"""Instance attributes appear, disappear, change kind and hide class attributes; class attributes change under instances."""


class P:
    shared = 10

    def __init__(self, x, y):
        self.x = x
        self.y = y


def sums(points):
    s = 0
    for p in points:
        s += p.x + p.y
    return s


points = [P(i, i * 2) for i in range(4)]
print(sums(points))
points[2].x = 1.5
print(sums(points))
points[1].x = 2**62
print(sums(points))
points[3].y = "text"
try:
    sums(points)
except TypeError as e:
    print(e)
points[3].y = True
del points[0].x
try:
    sums(points)
except AttributeError as e:
    print(e)
P.x = 1000
print(sums(points))
del P.x
points[0].x = None
try:
    sums(points)
except TypeError as e:
    print(e)
points[0].__dict__["x"] = 3
points[0].__dict__["new"] = 4
print(sums(points), points[0].new, sorted(vars(points[0])))
points[0].__dict__ = {"x": 1, "y": 1}
print(sums(points), vars(points[0]))
points[0].__dict__.clear()
try:
    sums(points)
except AttributeError as e:
    print(e)
vars(points[0]).update(y=1, x=2)
print(sums(points), list(vars(points[0])))


def shared(p, n):
    out = []
    for i in range(n):
        out.append(p.shared)
        if i == 0:
            P.shared = 11
        if i == 1:
            p.shared = "own"
        if i == 2:
            P.shared = property(lambda self: "property")
        if i == 3:
            del P.shared
        if i == 4:
            del p.shared
            P.shared = 12
    return out


print(shared(P(1, 2), 7))


class Acc:
    def __init__(self):
        self.total = 0

    def add(self, v):
        self.total += v
        return self.total


def accumulate(values):
    a = Acc()
    return [a.add(v) for v in values]


print(accumulate([1, 2, 2**61, 2**61, 2**62, 2**64, -(2**65)]))
print(accumulate([1, 0.5, 2**60, True, 1j]))
print(accumulate([2**61 - 1, 1, -1, -(2**62), -(2**62)]))


class Watched:
    def __init__(self):
        self.v = 0


def watched(n):
    w = Watched()
    log = []
    for i in range(n):
        w.v = i
        log.append(w.v)
        if i == 1:
            Watched.__setattr__ = lambda self, name, value: log.append((name, value))
        if i == 3:
            del Watched.__setattr__
        if i == 4:
            Watched.v = property(lambda self: "read", lambda self, value: log.append(("written", value)))
        if i == 6:
            del Watched.v
    return log


print(watched(9))


class WithSlots:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


def slots(n):
    o = WithSlots(0)
    out = []
    for i in range(n):
        try:
            o.a = o.a + i
            o.b = o.a * 2
            out.append(o.b)
        except AttributeError as e:
            out.append(str(e))
            o.a = 100
        if i == 2:
            del o.a
    return out


print(slots(6))


class Prop:
    def __init__(self):
        self._v = 1

    @property
    def v(self):
        return self._v

    @v.setter
    def v(self, value):
        self._v = value * 2


def props(n):
    o = Prop()
    out = []
    for i in range(n):
        try:
            o.v = i
            out.append(o.v)
        except AttributeError as e:
            out.append(str(e))
        if i == 1:
            Prop.v = property(lambda self: "read only")
        if i == 2:
            Prop.v = 5
        if i == 4:
            del Prop.v
    return out, vars(o)


print(props(7))


class Order:
    def __init__(self, first):
        if first:
            self.a = 1
            self.b = 2
        else:
            self.b = 20
            self.a = 10


def orders():
    s = []
    for i in range(6):
        o = Order(i % 2)
        s.append((o.a, o.b, list(vars(o))))
        o.c = i
        s.append(o.c + o.a)
    return s


print(orders())
