"""Several attributes of one object behind one test: shapes that change between the reads, slots, properties, descriptors."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Swapped:
    def __init__(self, x, y):
        self.y = y
        self.x = x


class Slotted:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Computed:
    def __init__(self, x, y):
        self.x = x
        self._y = y

    @property
    def y(self):
        return self._y * 10

    @y.setter
    def y(self, value):
        self._y = value * 3


class Dynamic:
    def __init__(self, x, y):
        self.x = x

    def __getattr__(self, name):
        return len(name) * 100

    def __setattr__(self, name, value):
        object.__setattr__(self, name, (value, name)[0])


class Wide:
    def __init__(self, x, y):
        for i in range(20):
            setattr(self, "a%d" % i, i)
        self.x = x
        self.y = y


class Sub(Point):
    y = "class"


def total(p):
    return p.x * 2 + p.y - p.x


def move(p, dx, dy):
    p.x += dx
    p.y += dy
    p.x = p.x + p.y
    return p.x, p.y


def mixed(p, other):
    p.x = other
    p.y = p.x
    old = p.x
    p.x = None
    return old is p.y, p.x


for turn in range(3):
    for kind in (Point, Swapped, Slotted, Computed, Dynamic, Wide, Sub):
        p = kind(3, 4)
        print(turn, kind.__name__, total(p), move(p, 1, 2), move(p, 0.5, 2.5), mixed(p, "text"), mixed(p, 7))

for bad in (None, 5, 2.5, "text", [], Point):
    try:
        print(total(bad))
    except AttributeError as e:
        print(e)

s = Slotted(1, 2)
del s.y
for f in (total, lambda p: move(p, 1, 1)):
    try:
        print(f(s))
    except AttributeError as e:
        print("slot", e)

p = Point(1, 2)
del p.x
try:
    total(p)
except AttributeError as e:
    print(e)
p.x = 10
print(total(p), p.__dict__)
print(total(p), move(p, 1, 1), p.__dict__)
p.__dict__ = {"x": 5, "y": 6}
print(total(p), move(p, 1, 1), p.__dict__)


class Killer:
    """Changes another object when it dies."""

    def __init__(self, act):
        self.act = act

    def __del__(self):
        self.act()


def replace(p):
    p.x = 1
    p.y = p.x + 1
    return p.x, p.y


def drop_dict():
    q.__dict__.clear()


def to_slots():
    q.__class__ = Sub


for act in (lambda: q.__dict__.update(x=50), lambda: setattr(q, "extra", 1), to_slots, drop_dict):
    q = Point(0, 0)
    replace(q)
    q.x = Killer(act)
    try:
        print(replace(q), q.__dict__, type(q).__name__)
    except AttributeError as e:
        print("gone", e)


class Late:
    def __init__(self):
        self.a = 1
        self.b = 2


def both(o):
    return o.a + o.b * 10


o = Late()
print([both(o) for _ in range(3)])
Late.a = property(lambda self: 1000)
print([both(o) for _ in range(3)])
del Late.a
print([both(o) for _ in range(3)])
Late.__getattribute__ = lambda self, name: 7
print([both(o) for _ in range(3)])
del Late.__getattribute__
print([both(o) for _ in range(3)])


def floats(p, n):
    for i in range(n):
        p.x = p.x * 1.5 + p.y
        p.y = p.y - 0.25
    return p.x, p.y


print(floats(Point(1.0, 2.0), 10), floats(Point(1, 2), 10), floats(Slotted(1.0, 1e300), 5), floats(Point(1e-300, 0.0), 3))
print(floats(Computed(1.0, 2.0), 4))


def ints(p, n):
    for _ in range(n):
        p.x = p.x * p.x + p.y
        p.y = p.y + p.x
    return p.x, p.y


print(ints(Point(3, 1), 3), ints(Point(3, 1), 7), ints(Point(True, False), 4))


class Held:
    def __del__(self):
        print("del", self.name)


def hold(p, names):
    for name in names:
        h = Held()
        h.name = name
        p.x = h
        p.y = p.x.name
        print("held", p.y)
        del h
        p.x = 0


hold(Point(0, 0), ["one", "two"])
hold(Slotted(0, 0), ["three"])
