"""What a program can see of calls that may be inlined: frames, recursion, order of evaluation, lifetimes, defaults."""
import sys


def where():
    return sys._getframe().f_back.f_code.co_name


def small():
    return where()


def outer():
    return [small() for _ in range(2)], where()


print(outer())


def order(log):
    def a(x):
        log.append(("a", x))
        return x

    def b(x, y=a(0), *, z=None):
        log.append(("b", x, y))
        return x
    return b(a(1), a(2), z=a(3)) + b(a(4))


log = []
print(order(log), log)


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)

    def same(self):
        return self


def argument(x):
    print("in", x.name)
    x = None
    print("rebound")


def passed():
    argument(Loud("temporary"))
    kept = Loud("kept")
    argument(kept)
    print("still", kept.name)
    Loud("chain").same().same()
    print("end")


passed()


def locals_released():
    a = Loud("a")
    b = Loud("b")
    a = Loud("a2")
    del b
    print("before return")
    return 1


print(locals_released())


def depth(n):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


limit = sys.getrecursionlimit()
print(0 < limit - depth(0) < 20)


def mutual_a(n):
    return mutual_b(n - 1) if n else "a"


def mutual_b(n):
    return mutual_a(n - 1) if n else "b"


print(mutual_a(10), mutual_a(11))


def default(x, acc=[]):
    acc.append(x)
    return acc


def defaults():
    for i in range(3):
        default(i)
    return default(9, [8]), default(3)


print(defaults())


def keyword(a, b, c=3, *rest, d=4, **more):
    return a, b, c, rest, d, more


def keywords():
    out = []
    for i in range(2):
        out.append(keyword(1, 2))
        out.append(keyword(b=i, a=2))
        out.append(keyword(1, 2, 3, 4, 5, d=i, e=6))
        out.append(keyword(*[1, 2], **{"c": i}))
        for call in (lambda: keyword(), lambda: keyword(1, a=2), lambda: keyword(1, 2, **{"a": 1}), lambda: small(1), lambda: small(x=1)):
            try:
                call()
            except TypeError as e:
                out.append(str(e))
    return out


for line in keywords():
    print(line)


class Arith:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        if isinstance(other, int):
            return Arith(self.v + other)
        if isinstance(other, Arith):
            return Arith(self.v + other.v)
        return NotImplemented

    def __radd__(self, other):
        return ("radd", other)

    def __eq__(self, other):
        return self.v == other.v

    def __lt__(self, other):
        return self.v < other.v

    def __bool__(self):
        return self.v > 2

    def __len__(self):
        return self.v

    def __call__(self, k):
        return self.v * k

    def __getitem__(self, i):
        if i >= self.v:
            raise IndexError
        return i

    def __contains__(self, x):
        return x == self.v


def operators(n):
    out = []
    a = Arith(0)
    for i in range(n):
        a = a + i
        out.append((a.v, bool(a), a == Arith(1), a < Arith(3), len(a), a(10), list(a), i in a, i + a))
        if i == 2:
            Arith.__add__ = lambda self, other: Arith(self.v * 2)
        if i == 3:
            del Arith.__bool__
            Arith.__eq__ = lambda self, other: "equal"
            Arith.__call__ = lambda self, k: k
        if i == 4:
            del Arith.__add__
            break
    try:
        a + 1
    except TypeError as e:
        out.append(str(e))
    return out


for line in operators(6):
    print(line)


class Sub(Arith):
    def __radd__(self, other):
        return "sub radd"


print(Arith(1).v, 5 + Sub(1), Arith.__radd__(Arith(1), 2))


def tuples(n):
    def pair(i):
        return i, -i
    s = 0
    for i in range(n):
        a, b = pair(i)
        t = pair(i)
        s += a * 2 + b + len(t)
        t += (1,)
        s += t[2]
    try:
        a, b, c = pair(1)
    except ValueError as e:
        print(e)
    try:
        (a,) = pair(1)
    except ValueError as e:
        print(e)
    return s


print(tuples(5))


def identity(n):
    out = []
    for i in range(n):
        t = (i, i)
        u = t
        out.append((t is u, (i, i) is t, [t] == [(i, i)]))
    m = [].append
    out.append((m is m, [].append == [].append))
    return out


print(identity(2))
