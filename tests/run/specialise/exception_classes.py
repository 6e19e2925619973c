# Exceptions made by classes with an __init__ of their own, while those classes change.
import gc
import sys


class Base(Exception):
    def __init__(self, code, detail):
        super().__init__(detail)
        self.code = code


class Left(Base):
    pass


class Right(Base):
    def __init__(self, code):
        super().__init__(code, "right")
        self.extra = [code]


class Bare(Exception):
    def __init__(self):
        super().__init__()


class Two(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.sum = a + b


class Three(Exception):
    def __init__(self, a, b, c):
        super().__init__(a, b, c)


class Fails(Exception):
    def __init__(self, what):
        super().__init__(what)
        raise RuntimeError("in init of " + what)


class Returns(Exception):
    def __init__(self, what):
        super().__init__(what)
        return what


class Slotted(Exception):
    __slots__ = ("a", "b")

    def __init__(self, a):
        super().__init__(a)
        self.a = a


class Plain:
    def __init__(self, a):
        super().__init__()
        self.a = a


class Sub(Plain):
    def __init__(self, a):
        super().__init__(a + 1)


class Mixed(Plain, Exception):
    def __init__(self, a):
        super().__init__(a)


class Key(KeyError):
    def __init__(self, k):
        super().__init__(k)


class Stop(StopIteration):
    def __init__(self, v):
        super().__init__(v)


def make(kind, i):
    if kind == 0:
        raise Left(i, "detail")
    if kind == 1:
        raise Right(i)
    if kind == 2:
        raise Bare()
    if kind == 3:
        raise Two(i, i * 2)
    if kind == 4:
        raise Three(i, "b", None)
    if kind == 5:
        raise Fails("f")
    if kind == 6:
        raise Returns("r")
    if kind == 7:
        raise Slotted(i)
    if kind == 8:
        return Sub(i).a
    if kind == 9:
        raise Key(i)
    if kind == 10:
        raise Stop(i)
    if kind == 11:
        raise Mixed(i)
    raise Left(i)


def show(e):
    names = sorted(e.__dict__)
    return type(e).__name__, e.args, str(e), [(n, getattr(e, n)) for n in names], repr(e.__context__), repr(e.__cause__)


def run(kinds, n):
    for kind in kinds:
        for i in range(n):
            try:
                print(kind, make(kind, i))
            except Exception as e:
                if i == n - 1:
                    print(kind, show(e))
                tb = e.__traceback__
                lines = []
                while tb is not None:
                    lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
                    tb = tb.tb_next
                if i == 0:
                    print(lines)


run(range(13), 3)


def hot(n):
    seen = {}
    for i in range(n):
        try:
            make(i % 4, i)
        except Base as e:
            seen[type(e).__name__] = seen.get(type(e).__name__, 0) + e.code
        except Exception as e:
            seen[type(e).__name__] = seen.get(type(e).__name__, 0) + len(e.args)
    return seen


print(hot(100))

# Somebody changes what the classes do.
original = Base.__init__


def other(self, code, detail):
    Exception.__init__(self, "other", detail)
    self.code = -code


def changing(n):
    out = []
    for i in range(n):
        if i == 3:
            Base.__init__ = other
        if i == 5:
            Base.__init__ = original
        if i == 7:
            Left.__init__ = lambda self, *a: None
        if i == 9:
            del Left.__init__
        if i == 11:
            Left.__new__ = lambda cls, *a: Exception.__new__(cls, "from new")
        if i == 13:
            del Left.__new__
        try:
            raise Left(i, "d")
        except Left as e:
            out.append((e.args, getattr(e, "code", None)))
    return out


print(*changing(18), sep="\n")


class First(Exception):
    pass


class Between(Exception):
    def __init__(self, *args):
        super().__init__("between", *args)


class Deep(First):
    def __init__(self, code):
        super().__init__(code, "deep")


def rebased(n):
    out = []
    for i in range(n):
        if i == 2:
            Deep.__bases__ = (Between,)
        if i == 4:
            Deep.__bases__ = (First,)
        try:
            raise Deep(i)
        except Deep as e:
            out.append(e.args)
    return out


print(*rebased(6), sep="\n")

real_super = super


def fake():
    global super
    out = []

    class Fake:
        def __init__(self, *a):
            out.append(a)

        def __call__(self, *a):
            return self

    for i in range(4):
        if i == 2:
            super = Fake
        try:
            raise Right(i)
        except Exception as e:
            out.append((type(e).__name__, e.args, getattr(e, "code", None)))
    del super
    return out


print(*fake(), sep="\n")


# What a frame of a constructor holds, and what dies when.
class Noisy:
    def __del__(self):
        print("noisy ends", sys.exception())


class Holds(Exception):
    def __init__(self, thing):
        super().__init__(thing)
        self.thing = thing
        super().__init__("replaced")


def holds():
    try:
        raise Holds(Noisy())
    except Holds as e:
        print(e.args)
        e.thing = None
        print("gone")
    e = Holds(Noisy())
    e.args = (1, 2, 3)
    print(e.args, e)
    e.args = [4]
    print(e.args, e.args is e.args)
    e.args = ()
    print(repr(e))


holds()


def cyclic():
    e = Holds(Noisy())
    e.args = (e,)
    e.thing.me = e
    del e
    print("cycle left")
    gc.collect()
    print("collected")


cyclic()


class Metaclass(type):
    def __call__(cls, *args):
        print("metaclass call")
        return super().__call__(*args)


class Ruled(Exception, metaclass=Metaclass):
    def __init__(self, a):
        super().__init__(a, a)


def ruled():
    for i in range(2):
        try:
            raise Ruled(i)
        except Ruled as e:
            print(e.args)


ruled()


def changed_class():
    for i in range(3):
        e = Left(i, "x")
        e.__class__ = Slotless if i else Right
        print(type(e).__name__, e.args, e.code)
        del e
    fresh = [Left(i, "y") for i in range(5)] + [Slotless(1, 2, 3, 4, 5) for _ in range(5)]
    print([(f.args, len(f.__dict__)) for f in fresh])


class Slotless(Exception):
    def __init__(self, *a):
        self.a = self.b = self.c = self.d = self.e = self.f = self.g = self.h = self.i = a


changed_class()
