"""Keyword, star and default arguments of known functions: matched at compile time, changed at any moment."""
import sys


def box(width, height=2, depth=1, *, scale=1, offset=0):
    return width * height * depth * scale + offset


def only(a, /, b, *, c):
    return a, b, c


def rest(first, *more, last="z", **named):
    return first, more, last, named


def total(*numbers):
    s = 0
    for n in numbers:
        s += n
    return s


def rebinds(*args, **kw):
    args = args + (1,)
    kw["x"] = len(args)
    return args, kw


def mutable(a, acc=[]):
    acc.append(a)
    return len(acc)


class Logger:
    LEVEL = 1

    def __init__(self, name="root", level=2):
        self.name = name
        self.level = level
        self.lines = 0

    def log(self, message, level=1, **extra):
        if level >= self.level:
            self.lines += len(message) + len(extra)
        return self.lines

    def many(self, *args, sep="-"):
        return sep.join(args)

    @classmethod
    def make(cls, name, *, level=3):
        return cls(name=name, level=level)

    @staticmethod
    def join(*parts, sep=""):
        return sep.join(parts)


def boxes():
    out = []
    for i in range(6):
        out.append((box(i), box(2, depth=i, scale=3), box(1, 2, offset=i), box(depth=2, width=i), box(i, 2, 3, scale=0.5)))
        if i == 1:
            box.__defaults__ = (5, 7)
        if i == 2:
            box.__kwdefaults__ = {"scale": 10, "offset": 100}
        if i == 3:
            box.__kwdefaults__["scale"] = 1000
        if i == 4:
            box.__kwdefaults__ = None
            try:
                box(1)
            except TypeError as e:
                out.append(str(e))
            box.__kwdefaults__ = {"scale": 1, "offset": 0}
    print(*out, sep="\n")


def errors():
    calls = [
        lambda: box(),
        lambda: box(1, 2, 3, 4),
        lambda: box(1, width=2),
        lambda: box(1, heigth=2),
        lambda: only(1, 2, 3),
        lambda: only(a=1, b=2, c=3),
        lambda: only(1, b=2),
        lambda: rest(),
        lambda: rest(1, first=2),
        lambda: total(x=1),
        lambda: Logger().log(level=1),
        lambda: Logger().many(1, sep=2, other=3),
    ]
    for k in range(2):
        for call in calls:
            try:
                print(call())
            except TypeError as e:
                print(e)


def stars():
    for i in range(4):
        print(rest(i), rest(i, 2, 3), rest(i, last=i), rest(i, 5, k=i, j="j"), only(i, 2, c=3), only(i, b=i, c=i))
        print(total(), total(i), total(i, 2.5, True), rebinds(), rebinds(i, a=i))
        print(mutable(i), mutable(i, acc=[1, 2]), mutable(acc=[], a=3))
        a, b = rest(i, i)[1], rest(i, i)[1]
        print(a is b, a == b)


def methods():
    logger = Logger(level=1)
    for i in range(6):
        print(logger.log("tick", code=i, level=2), logger.log("x"), logger.log(message="ab", level=i))
        print(logger.many("a", "b"), logger.many("a", sep="+"), Logger.join("a", "b", sep="/"), Logger.make("n").level)
        print(Logger.make("n", level=i).level, Logger.many(logger, "q"))
        if i == 1:
            Logger.log.__defaults__ = (0,)
        if i == 2:
            Logger.many.__kwdefaults__["sep"] = "#"
        if i == 3:
            Logger.log = lambda self, *a, **k: (len(a), sorted(k))
        if i == 4:
            logger.many = lambda *a, **k: "own"


class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def keeps(*args, **kw):
    print("in", len(args), sorted(kw))
    args = None
    print("still", sys._getframe().f_code.co_name)


def order():
    keeps(Loud(1), Loud(2), k=Loud(3))
    print("after")
    x = Loud(4)
    keeps(x, k=x)
    del x
    print("gone")


def raises(*args, **kw):
    raise ValueError(args, kw)


def tracebacks():
    for i in range(2):
        try:
            raises(i, k=i)
        except ValueError as e:
            tb = e.__traceback__.tb_next
            print(e, tb.tb_frame.f_code.co_name, tb.tb_frame.f_locals)


def rebound():
    global total
    for i in range(4):
        print(total(1, i), box(1, offset=i))
        if i == 1:
            total = lambda *a: "new"
        if i == 2:
            globals()["box"] = lambda *a, **k: sorted(k)


def forwarding():
    def outer(function, *args, **kwargs):
        return function(*args, **kwargs)

    d = {"last": 1, "other": 2}
    for i in range(3):
        print(outer(rest, i, **d), outer(rest, i, 2, last=3), rest(*(i, 2), **d), outer(only, 1, b=2, c=i))
        try:
            outer(only, 1, **{"a": 3, "b": 2, "c": 4})
        except TypeError as e:
            print(e)
        try:
            outer(box, **{"wide": 3})
        except TypeError as e:
            print(e)
        d["first"] = 9
        try:
            rest(*(), **d)
            rest(1, **d)
        except TypeError as e:
            print(e)
        del d["first"]


boxes()
errors()
stars()
methods()
order()
tracebacks()
rebound()
forwarding()
