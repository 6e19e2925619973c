"""Exceptions whose __init__ only calls the next one and stores: what is patched, subclassed, overridden or looked at in between."""
import gc
import sys
import traceback
import weakref


class AppError(Exception):
    def __init__(self, code, detail):
        super().__init__(detail)
        self.code = code


class Missing(AppError):
    pass


class Both(AppError):
    def __init__(self, code, detail):
        self.first = [code]
        super().__init__(code, detail)
        self.last = {}


class Bare(Exception):
    def __init__(self, a, b):
        self.a = a
        self.b = b


class Constant(ValueError):
    def __init__(self, what):
        super().__init__("constant", 7)
        self.what = what
        self.me = self


class Silent(Exception):
    def __init__(self):
        super().__init__()


class Stopped(StopIteration):
    def __init__(self, n):
        super().__init__(n)
        self.n = n


class Exits(SystemExit):
    def __init__(self, n):
        super().__init__(n)
        self.code = n + 1


class Named(Exception):
    def __init__(self, a):
        super().__init__(a)
        self.args = (a, a)


def show(e):
    print(type(e).__name__, e.args, sorted(e.__dict__), str(e), repr(e))


def make(n):
    try:
        raise Missing(n, "text")
    except AppError as e:
        show(e)
        return e


def others():
    for kind in (lambda: Both(1, 2), lambda: Bare(3, 4), lambda: Constant(5), lambda: Silent(), lambda: Stopped(6),
                 lambda: Exits(7), lambda: Named(8)):
        try:
            raise kind()
        except BaseException as e:
            show(e)
    e = Both(1, 2)
    print(e.first, e.last, e.code if hasattr(e, "code") else "no code")
    e = Constant(5)
    print(e.me is e, e.what)
    e.me = None
    print(Stopped(6).value, Exits(7).code)


def twice(n):
    return Missing(n, n), Bare(n, n)


def loop():
    found = []
    for i in range(6):
        a, b = twice(i)
        found.append((a.code, a.args, b.a, b.args))
        if i == 1:
            def patched(self, code, detail):
                self.code = -code
            AppError.__init__ = patched
    print(found)


def original(self, code, detail):
    Exception.__init__(self, detail)
    self.code = code


def with_property():
    class Late(Exception):
        def __init__(self, code):
            super().__init__(code)
            self.code = code
    one = Late(1)
    Late.code = property(lambda self: "property", lambda self, v: self.__dict__.__setitem__("hidden", v))
    two = Late(2)
    print(one.code, two.code, two.__dict__)
    del Late.code
    print(one.code, two.__dict__, Late(3).code)


class Sub(Missing):
    pass


def between():
    class Middle(Exception):
        def __init__(self, *args):
            print("middle", args)
            super().__init__(*args)

    class Mixed(AppError, Middle):
        pass

    show(Mixed(1, 2))
    Sub.__bases__ = (Mixed,)
    show(Sub(3, 4))
    Sub.__bases__ = (Missing,)
    show(Sub(3, 4))


def shadowed():
    class Other:
        def __init__(self, *args):
            pass

        def __getattr__(self, name):
            return lambda *args: print("other", name, args)

    global super
    super = lambda *a: Other()
    try:
        show(Missing(9, 9))
    finally:
        del super
    show(Missing(9, 9))


class Closed(Exception):
    def __init__(self, a):
        super().__init__(a)
        self.a = a


def cell():
    show(Closed(1))
    place = Closed.__init__.__closure__[0]
    place.cell_contents = Exception
    show(Closed(2))
    place.cell_contents = int
    try:
        Closed(3)
    except TypeError as e:
        print("TypeError", str(e)[:40])
    place.cell_contents = Closed
    show(Closed(4))


def setattr_():
    class Noted(Exception):
        def __init__(self, a):
            super().__init__(a)
            self.a = a
    Noted(1)
    Noted.__setattr__ = lambda self, name, value: print("set", name, value)
    print(Noted(2).__dict__)
    del Noted.__setattr__
    print(Noted(3).__dict__)


def new():
    class Made(Exception):
        def __init__(self, a):
            super().__init__(a)
            self.a = a
    print(Made(1).args)

    def made(cls, *args):
        print("new", args)
        return Exception.__new__(cls, "other")
    Made.__new__ = made
    print(Made(2).args)
    Made.__new__ = lambda cls, *args: 5
    print(Made(3))


def on_globals():
    def both(n):
        b, m = Bare(n, n), Missing(n, n)
        return b.a, b.b, sorted(b.__dict__), b.args, m.code, m.args, sorted(m.__dict__)
    print(both(1))
    setattr(Bare, "a", property(lambda self: "property", lambda self, v: print("set", v)))
    print(both(2))
    delattr(Bare, "a")
    print(both(3))
    setattr(AppError, "__setattr__", lambda self, name, v: object.__setattr__(self, name, [v]))
    print(both(4))
    delattr(AppError, "__setattr__")
    print(both(5))
    setattr(Missing, "__new__", lambda cls, *args: Exception.__new__(cls, "made"))
    setattr(Bare, "__new__", lambda cls, *args: Exception.__new__(cls, "made"))
    print(both(6))
    delattr(Missing, "__new__")
    delattr(Bare, "__new__")
    print(both(7))
    setattr(Missing, "__init__", lambda self, code, detail: setattr(self, "code", "own"))
    print(both(8))
    delattr(Missing, "__init__")
    print(both(9))
    code = AppError.__init__.__code__
    AppError.__init__.__code__ = Closed.__init__.__code__
    try:
        print(both(10))
    except TypeError as e:
        print(e)
    AppError.__init__.__code__ = code
    print(both(11))


class Ends:
    def __del__(self):
        print("end of content")


def finalisers():
    e = Bare(Ends(), 1)
    r = weakref.ref(e)
    e.a = None
    print("emptied")
    del e
    print(r() is None)
    try:
        raise Missing(Ends(), None) from KeyError("cause")
    except Missing as e:
        print(e.__cause__, e.__suppress_context__)
    print("handled")
    a = Bare(None, None)
    a.a = a
    r = weakref.ref(a)
    del a
    gc.collect()
    print(r() is None)


def wrong():
    for f in (lambda: Missing(1), lambda: Missing(1, 2, 3), lambda: Silent(1), lambda: Missing(code=1, detail=2)):
        try:
            print(f().args)
        except TypeError as e:
            print(e)


def deep(n):
    if n == 0:
        raise Missing(n, "deep")
    try:
        return deep(n - 1)
    finally:
        n = 0


def many():
    total = 0
    for i in range(3000):
        try:
            deep(i % 7)
        except Missing as e:
            total += e.code + len(e.args)
            if i == 2999:
                traceback.print_exc(file=sys.stdout)
                frames = [f.f_locals.get("n") for f, _ in traceback.walk_tb(e.__traceback__)]
                print(frames)
    print(total)


def big(n):
    e = Missing(n * 2 ** 61, n * 1.5)
    return e.code, e.args


make(3)
others()
print(big(3), big(-1))
init = AppError.__init__
loop()
AppError.__init__ = original
show(Missing(1, 2))
AppError.__init__ = init
show(make(4))
with_property()
between()
shadowed()
cell()
setattr_()
new()
on_globals()
finalisers()
wrong()
many()
