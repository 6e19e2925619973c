"""Loops over numbers, attributes and items in which other code turns out to run after all, objects are the same, or values special."""
import gc
from math import sqrt


class Body:
    def __init__(self, x, v, m=1.0):
        self.x = x
        self.v = v
        self.m = m


def pairs(bodies, dt):
    n = len(bodies)
    for i in range(n):
        a = bodies[i]
        for j in range(i + 1, n):
            b = bodies[j]
            d = a.x - b.x
            q = dt / (1.0 + d * d * sqrt(d * d + 1.0))
            a.v -= d * b.m * q
            b.v += d * a.m * q
    for b in bodies:
        b.x += dt * b.v
    return [(round(b.x, 9), round(b.v, 9)) for b in bodies]


def total(bodies, a):
    s = 0.0
    for i in range(len(bodies)):
        b = bodies[i]
        a.x = a.x + 1.0
        s += a.x * b.x
        b.x = b.x - 0.5
        s += a.x
    return s, a.x


def dot(xs, ys, n):
    s = 0.0
    for k in range(n):
        s += xs[k] * ys[k]
    return s


def axpy(xs, ys, k, n):
    for i in range(n):
        ys[i] = ys[i] + k * xs[i]
    return ys


def local_state(f, *args):
    try:
        return f(*args)
    except Exception as e:
        tb = e.__traceback__
        while tb.tb_next:
            tb = tb.tb_next
        names = {k: v for k, v in sorted(tb.tb_frame.f_locals.items()) if isinstance(v, (int, float))}
        return type(e).__name__, str(e), tb.tb_lineno - f.__code__.co_firstlineno, names


def system(n=5):
    return [Body(i * 1.25, 0.5 - i / 3, 1.0 + i) for i in range(n)]


print(pairs(system(), 0.01))
same = system(3)
same[2] = same[0]
print(pairs(same, 0.01), pairs([same[1]] * 4, 0.5))
one = Body(1.0, 2.0)
print(total(system(), one), total([one] * 4, one), total([one, Body(2.0, 1.0), one], one))

for odd in (1, True, 10**30, 0.0, -0.0, 1e300, 1e-320, float("inf"), float("nan")):
    bodies = system(4)
    bodies[2].x = odd
    print(odd, pairs(bodies, 0.01), end=" ")
    bodies = system(4)
    bodies[1].v = odd
    print(pairs(bodies, 0.01))
    print(dot([1.0, 2.0, odd, 4.0], [0.5, 0.25, 2.0, odd], 4), axpy([1.0, odd, 3.0], [1.0, 2.0, odd], 2.0, 3))
print(axpy([1e200, 1e-200, 1.0], [1e308, 1e-308, 0.0], 1e108, 3), axpy([1, 2, 3], [None, 1, 2][1:] + [0], 2, 3))


class Odd:
    """A number that does something."""

    def __init__(self, value, action):
        self.value, self.action = value, action

    def __float__(self):
        return self.value

    def do(self, other):
        self.action()
        return self.value

    def __rsub__(self, other):
        return other - self.do(other)

    def __sub__(self, other):
        return self.do(other) - other

    def __mul__(self, other):
        return self.do(other) * other

    __rmul__ = __mul__

    def __add__(self, other):
        return self.do(other) + other

    __radd__ = __add__


def attempt(change, where="x", place=3):
    bodies = system(5)
    setattr(bodies[place], where, Odd(2.5, lambda: change(bodies)))
    return local_state(pairs, bodies, 0.25)


def to_int(bodies):
    bodies[0].x = 7


def to_text(bodies):
    bodies[0].v = "text"


def gone(bodies):
    del bodies[1].m


def other_class(bodies):
    class Other(Body):
        v = property(lambda self: 0.125, lambda self, value: None)

    bodies[1].__class__ = Other


def to_dict(bodies):
    bodies[0].__dict__["v"] = 100.0


def replaced(bodies):
    bodies[1] = Body(9.0, 9.0, 9.0)
    bodies[4] = bodies[1]


def shorter(bodies):
    del bodies[2:]


def computed(bodies):
    for i, b in enumerate(bodies[:3]):
        setattr(b, "xvm"[i], i)


def new_sqrt(bodies):
    global sqrt
    sqrt = lambda x: x * 0.5


real_sqrt = sqrt
for change in (to_int, to_text, gone, other_class, to_dict, replaced, shorter, computed, new_sqrt):
    for where, place in (("x", 3), ("v", 2), ("m", 4)):
        print(change.__name__, where, attempt(change, where, place))
        sqrt = real_sqrt
gc.collect()


class Ends:
    def __init__(self, action):
        self.action = action

    def __del__(self):
        self.action()


def last(items, a):
    s = 0.0
    for i in range(len(items)):
        b = items[i]
        s += a.x + b.x
        if i == 2:
            items[1] = b
        s -= a.x * 0.5
    return s


def ending(items, a, out):
    for i in range(len(items)):
        b = items[i]
        items[i] = 0.0
        out[i] = a.x + b.x
    return out


class Held(Body):
    def __del__(self):
        keep.x += 1000.0
        keep.__dict__


keep = Body(1.0, 1.0)
print(last([Held(float(i), 1.0) for i in range(5)], keep), keep.x)
keep = Body(1.0, 1.0)
print(ending([Held(float(i), 1.0) for i in range(5)], keep, [0.0] * 5), keep.x)
keep = Body(1.0, 1.0)
items = [Body(1.0, 1.0) for _ in range(6)]
for i in range(6):
    items[i].end = Ends(lambda: setattr(keep, "x", 5))
print(ending(items, keep, [0.0] * 6), keep.x)


def caught(xs, a):
    errors = 0
    for i in range(len(xs)):
        b = xs[i]
        try:
            a.v += a.x / b.x
        except ZeroDivisionError:
            errors += 1
            a.x += 1.0
        except AttributeError:
            errors += 100
        a.v -= 0.25
    return errors, a.x, a.v


print(caught([Body(1.0, 1.0), Body(0.0, 1.0), Body(2.0, 1.0), Body(0.0, 0.0), None, Body(4.0, 0.0)] * 2, Body(1.0, 0.0)))


def failing(xs, a):
    for i in range(10):
        b = xs[i]
        w = b.x * 2.0
        a.x += w
        z = 1.0 / (b.x - 3.0)
        a.v += z
    return a.x


print(local_state(failing, system(9), Body(0.0, 0.0)))
print(local_state(failing, [Body(float(i), 0.0) for i in range(5)], Body(0.0, 0.0)))
print(local_state(failing, [Body(1.0, 1.0), Body(2.0, 0.0), object()], Body(0.0, 0.0)))
print(local_state(dot, [1.0, 2.0], [1.0], 2), local_state(dot, [1.0, "a"], [1.0, 2.0], 2), local_state(dot, (1.0, 2), [3, 4.0], 2))


class Counter:
    def __init__(self):
        self.n = 0
        self.total = 0

    def run(self, limit):
        while self.n < limit:
            self.n += 1
            self.total += self.n * self.n
        return self.total


c = Counter()
print(c.run(10), c.run(1000), c.n, type(c.total))
c = Counter()
c.total = 2**61 - 5
print(c.run(5), c.run(20), c.total > 2**61)
c = Counter()
c.n = 2.5
print(c.run(10), c.n)
c.n = -(2**62)
print(c.run(-(2**62) + 4), c.n)


def grid(rows, n):
    for _ in range(3):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                rows[i][j] = (rows[i - 1][j] + rows[i + 1][j] + rows[i][j - 1] + rows[i][j + 1]) * 0.25
    return [round(sum(row), 6) for row in rows]


print(grid([[float(i * j % 7) for j in range(8)] for i in range(8)], 8))
print(grid([[i * j % 7 for j in range(8)] for i in range(8)], 8))
mixed = [[float(i + j) for j in range(6)] for i in range(6)]
mixed[2] = tuple(mixed[2])
print(local_state(grid, mixed, 6))
