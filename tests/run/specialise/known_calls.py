"""Methods, classes and functions of math that are called where the code is known, and what changes them in between."""
import math
from math import sqrt, fabs, log as ln


class Shape:
    def __init__(self, size):
        self.size = size

    def area(self):
        return 0

    def scaled(self, by):
        return self.area() * by


class Square(Shape):
    def area(self):
        return self.size * self.size


class Circle(Shape):
    def area(self):
        return math.pi * self.size * self.size


class Named(Shape):
    def __init__(self, size, name):
        super().__init__(size)
        self.name = name

    def area(self):
        return self.name


class Slim:
    __slots__ = ("size",)

    def __init__(self, size):
        self.size = size

    def area(self):
        return -self.size

    def scaled(self, by):
        return by


def total(shapes, by):
    out = []
    for s in shapes:
        out.append(s.scaled(by))
    return out


shapes = [Shape(1), Square(3), Circle(0.5), Named(2, "n"), Slim(4)]
for _ in range(3):
    print(total(shapes, 2))
Square.area = lambda self: "patched"
print(total(shapes, 2))
shapes[1].area = lambda: "own"
print(total(shapes, 1))
shapes[0].__class__ = Square
print(total(shapes, 1))
del Square.area
del shapes[1].area
print(total(shapes, 3))


def other(self, by):
    return "code", by


Shape.scaled.__code__ = other.__code__
print(total(shapes, 3))


class Getter:
    def __getattr__(self, name):
        return lambda by: (name, by)


class Callable:
    def __call__(self, by):
        return by + 1


class Field:
    def __init__(self):
        self.scaled = Callable()


print(total([Getter(), Field(), *shapes], 5))
for bad in (1, None, "text", object()):
    try:
        total([bad], 1)
    except AttributeError as e:
        print(e)


class Raises:
    def scaled(self, by):
        raise ValueError(by)


class TakesMore:
    def scaled(self, by, more=10):
        return by, more


class TakesTwo:
    def scaled(self, by, more):
        return by, more


try:
    total([Slim(1), TakesMore(), Raises()], 9)
except ValueError as e:
    print("raised", e)
try:
    total([TakesTwo()], 9)
except TypeError as e:
    print(e)


class Deleter:
    def scaled(self, by):
        del Deleter.scaled
        return by * 100


print(total([Deleter()], 2))
try:
    total([Deleter()], 2)
except AttributeError as e:
    print(e)


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __del__(self):
        gone.append(self.x)


gone = []


def make(n):
    last = None
    for i in range(n):
        last = Point(i, last)
        last.y = None
    return last.x


print(make(4), gone)


def first(self, x, y):
    self.x = (x, y)


def second(self, x, y):
    self.x = x
    return y


def build(n):
    out = []
    for i in range(n):
        if i == 2:
            Point.__init__ = first
        if i == 4:
            Point.__init__.__code__ = second.__code__
        try:
            out.append(Point(i, None if i < 5 else 7).x)
        except TypeError as e:
            out.append(str(e))
    return out


print(build(7), len(gone))


class Counted:
    made = 0

    def __new__(cls, *args):
        Counted.made += 1
        return object.__new__(cls)

    def __init__(self, a):
        self.a = a


print([Counted(i).a for i in range(3)], Counted.made)


class Base:
    def __init__(self, a, b):
        self.sum = a + b


class Derived(Base):
    pass


def sums():
    return [Derived(i, 1).sum for i in range(3)]


print(sums())
try:
    Derived(1)
except TypeError as e:
    print(e)
try:
    Derived(1, "a")
except TypeError as e:
    print(e)


class Failing:
    def __init__(self, n):
        self.n = n
        if n == 2:
            raise KeyError(n)


def failing():
    found = []
    for i in range(4):
        try:
            found.append(Failing(i).n)
        except KeyError as e:
            found.append(e.args)
    return found


print(failing())


def roots(values):
    out = []
    for v in values:
        try:
            out.append((sqrt(v), fabs(v), round(math.sin(v), 12), round(math.cos(v), 12), round(math.atan(v), 12)))
        except (ValueError, TypeError) as e:
            out.append(str(e))
    return out


nan, inf = float("nan"), float("inf")
print(roots([4, 2.0, 0.0, -0.0, -1.0, 10**40, "a", True, nan, inf, -inf, 1e-310, 2**63 - 1]))


def logs(values):
    out = []
    for v in values:
        try:
            out.append((round(ln(v), 12), round(math.exp(v), 9)))
        except (ValueError, OverflowError) as e:
            out.append(str(e))
    return out


print(logs([1.0, 2, 0.5, 0.0, -1, 700.0, 710.0, inf, 3]))
math.sin = lambda x: "replaced"


def sines(values):
    return [math.sin(v) for v in values]


print(sines([1.0, 2.0]))
sqrt = abs
print(roots([-9.0])[:0] or sqrt(-9.0))
