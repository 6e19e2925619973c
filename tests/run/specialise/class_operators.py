"""Operators of classes: NotImplemented, subclasses, patched methods, exceptions."""


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if isinstance(other, Vec):
            return Vec(self.x + other.x, self.y + other.y)
        return NotImplemented

    def __radd__(self, other):
        return "radd", other

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __eq__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return self.x - other.x

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __setitem__(self, i, v):
        if i:
            self.y = v
        else:
            self.x = v

    def __repr__(self):
        return "Vec(%r, %r)" % (self.x, self.y)


class Sub(Vec):
    def __radd__(self, other):
        return "sub first"

    def __eq__(self, other):
        return "sub eq"


class Right:
    def __repr__(self):
        return "Right()"

    def __radd__(self, other):
        return "right", type(other).__name__

    def __eq__(self, other):
        return "right eq"


class Iadd(Vec):
    def __iadd__(self, other):
        self.x += 1000
        return self


def add(a, b):
    return a + b


def eq(a, b):
    return a == b


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e)


def pairs():
    values = [Vec(1, 2), Sub(3, 4), Right(), 1, 2.5, None, "s", [1], 1 << 70]
    for k in range(2):
        for a in values:
            print([attempt(add, a, b) for b in values if not isinstance(a, (Right, str, list)) or b is not a])
        for a in values:
            print([attempt(eq, a, b) for b in values])


def loops():
    p, v = Vec(0.0, 0.0), Vec(1.0, 0.5)
    for i in range(20):
        p = p + v * 0.5
        v = 0.9 * v - p
        if p == v:
            print("same")
        if i == 10:
            old = Vec.__add__
            Vec.__add__ = lambda a, b: Vec(7.0, 7.0)
        if i == 12:
            Vec.__add__ = old
        if i == 14:
            p.__add__ = lambda b: 3
    print(round(p.x, 6), round(p.y, 6), -v != p, (-p).x == -p.x)


def inplace():
    a = Vec(1, 2)
    b = a
    a += Vec(1, 1)
    print(a, b, a is b)
    c = Iadd(1, 2)
    d = c
    c += Vec(1, 1)
    print(c, d, c is d)
    for i in range(3):
        a += Vec(i, i)
        c += a
    print(a, c)
    try:
        a += 3
    except TypeError as e:
        print(e)
    print(a)


def items():
    v = Vec(1, 2)
    s = 0
    for i in range(6):
        s += v[0] + v[1]
        v[i & 1] = s
        v[0] += 1
    print(s, v)
    try:
        v[2]
    except IndexError as e:
        print(e)
    for i in range(3):
        if i == 1:
            Vec.__getitem__ = lambda self, i: "patched"
        print(v[0])
    print(Vec(1, 1) < Vec(2, 2), Vec(1, 1) < Vec(1, 1))
    if Vec(1, 1) < Vec(1, 1):
        print("less")
    if Vec(1, 1) < Vec(3, 1):
        print("less")


class Loud:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Loud(self.n + other.n)

    def __del__(self):
        print("gone", self.n)


def temporaries():
    x = Loud(1)
    x = x + Loud(10)
    print("then")
    x = x + x
    print("end")
    y = x + Loud(100) + Loud(1000)
    print(y.n)


class Fails:
    def __add__(self, other):
        if other > 1:
            raise ValueError(other)
        return self

    def __eq__(self, other):
        raise KeyError(other)


def failures():
    f = Fails()
    for i in range(4):
        try:
            f = f + i
            print("fine", type(f).__name__)
        except ValueError as e:
            print("caught", e, type(f).__name__, e.__traceback__.tb_next.tb_frame.f_code.co_name)
    try:
        if f == 2:
            print("no")
    except KeyError as e:
        print(repr(e))


pairs()
loops()
inplace()
items()
temporaries()
failures()
