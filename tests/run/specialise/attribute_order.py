"""Attributes that one address serves for: instances that have them in another order, with gaps, partly or not at all."""
import copy
import pickle


class Point:
    def __init__(self, x, y, z, w=1.0):
        self.x = x
        self.y = y
        self.label = "p"
        self.z = z
        self.w = w


class Backwards:
    def __init__(self, x, y, z):
        self.z = z
        self.y = y
        self.x = x


class Sometimes:
    def __init__(self, a, b, c):
        self.a = a
        if b is not None:
            self.b = b
        self.c = c
        self.d = c


class Base:
    def __init__(self, m):
        self.m = m
        self.tag()
        self.n = m * 2

    def tag(self):
        pass


class Early(Base):
    def __init__(self, m):
        self.early = 0.5
        super().__init__(m)
        self.k = 3.0
        self.o = 4.0


class Tagged(Base):
    def tag(self):
        self.between = "tag"


class Slots:
    __slots__ = ("y", "x", "label", "z", "w")

    def __init__(self, x, y, z, w=2.0):
        self.x = x
        self.y = y
        self.label = "s"
        self.z = z
        self.w = w


def total(points):
    s = 0.0
    for p in points:
        s += p.x * 2.0 + p.y * 3.0 + p.z
    return s


def four(p):
    return p.x + p.y * 10.0 + p.z * 100.0 + p.w * 1000.0


def move(p, dx):
    p.x += dx
    p.y -= dx
    p.z = p.x * p.y
    return p.z


def some(s):
    return s.a + s.c * 2.0 + s.d * 4.0


def base(b):
    return b.m + b.n * 3.0


def early(e):
    return e.k * 2.0 + e.o + e.m


points = [Point(float(i), i / 4, 1.5) for i in range(4)]
print(total(points), [four(p) for p in points])
print(total([Backwards(1.0, 2.0, 3.0)] * 3), total(points + [Backwards(1.0, 2.0, 3.0)] + points))
print([move(p, 0.25) for p in points], [move(b, 1.0) for b in (Backwards(1.0, 2.0, 3.0), Backwards(4, 5, 6))])

p = Point(1.0, 2.0, 3.0)
del p.label
print(four(p), move(p, 1.0), p.__dict__)
p.label = "again"
print(four(p), move(p, 1.0), p.__dict__)
p = Point(1.0, 2.0, 3.0)
del p.x
try:
    four(p)
except AttributeError as e:
    print(e)
p.x = 7.0
print(four(p), move(p, 0.5), list(p.__dict__))

raw = Point.__new__(Point)
for name, value in [("w", 1.0), ("z", 2.0), ("y", 3.0), ("x", 4.0)]:
    setattr(raw, name, value)
print(four(raw), move(raw, 1.0), raw.__dict__)

p = Point(1.0, 2.0, 3.0)
q, r = copy.copy(p), pickle.loads(pickle.dumps(p))
q.x, r.x = 10.0, 20.0
print(four(p), four(q), four(r), move(q, 1.0), move(r, 1.0))
q.__dict__["y"] = 50.0
r.__dict__ = {"x": 1.0, "z": 2.0, "y": 3.0, "w": 4.0}
print(four(q), four(r), move(q, 1.0), move(r, 1.0), r.__dict__)

for s in [Sometimes(1.0, 2.0, 3.0), Sometimes(1.0, None, 3.0), Sometimes(1.0, "x", 5.0)] * 2:
    print(some(s), end=" ")
print()
for b in [Base(1.0), Tagged(2.0), Early(3.0), Base(4.0), Tagged(5.0)] * 2:
    print(base(b), end=" ")
print()
print([early(e) for e in (Early(1.0), Early(2.0))])

s = Slots(1.0, 2.0, 3.0)
print(four(s), move(s, 1.0), total([s, p, s]))
p = Point(1.0, 2.0, 3.0)
p.__class__ = Backwards
print(total([p]), move(p, 1.0), type(p).__name__)


class Watched(Point):
    def __setattr__(self, name, value):
        print("set", name, value)
        object.__setattr__(self, name, value)


w = Watched(1.0, 2.0, 3.0)
print(four(w), move(w, 1.0))


class Computed(Point):
    @property
    def y(self):
        return 100.0

    @y.setter
    def y(self, value):
        self.hidden = value


c = Computed(1.0, 2.0, 3.0)
print(four(c), move(c, 1.0), c.hidden)


def hooked(points):
    s = 0.0
    for i, p in enumerate(points):
        s += p.x + p.y
        if i == 2:
            Point.y = property(lambda self: 1000.0)
        s += p.x - p.y
    return s


points = [Point(float(i), 1.0, 2.0) for i in range(5)]
print(hooked(points))
del Point.y
print(total(points), four(points[4]))
many = [Point(1.0, 2.0, 3.0) for _ in range(3)]
for i in range(40):
    setattr(many[1], f"more{i}", i)
print([four(p) for p in many], [move(p, 1.0) for p in many])
