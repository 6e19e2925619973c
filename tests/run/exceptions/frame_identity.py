"""A frame has one object from the first look at it until it is left."""
import gc
import sys


def same():
    f = sys._getframe()
    print(f is sys._getframe(), f.f_lineno)
    print(f.f_lineno, f.f_back is sys._getframe(1))
    return f


def activations():
    a, b = same(), same()
    print(a is b, a.f_code is b.f_code, a.f_back is b.f_back, a.f_back is sys._getframe())


def caught():
    try:
        raise ValueError
    except ValueError as e:
        tb = e.__traceback__
        print("caught", tb.tb_frame is sys._getframe(), tb.tb_lineno, tb.tb_frame.f_lineno)
        first = tb.tb_frame
    try:
        {}["x"]
    except KeyError as e:
        print("again", e.__traceback__.tb_frame is first, first is sys._getframe())
        print(first.f_back.f_code.co_name)


def looked_at_first():
    f = sys._getframe()
    try:
        inner(f)
    except ZeroDivisionError as e:
        tb = e.__traceback__
        print("first", tb.tb_frame is f, tb.tb_next.tb_frame.f_code.co_name, tb.tb_next.tb_frame is seen)
    return 42, 1.5


def inner(outer):
    global seen
    seen = sys._getframe()
    print(seen.f_back is outer)
    1 / 0


def deep(n):
    if n == 0:
        f, names = sys._getframe(), []
        while f:
            names.append(f.f_code.co_name)
            f = f.f_back
        return names
    return deep(n - 1)


def numbers(n):
    """Results of every kind come out of watched functions."""
    sys._getframe()
    if n == 0:
        return 7
    return numbers(n - 1) + 1


def floats(x):
    sys._getframe()
    return x * 0.5


def gen():
    f = sys._getframe()
    yield f
    yield sys._getframe() is f
    try:
        yield 1
    except ValueError as e:
        yield e.__traceback__.tb_frame is f
    yield f.f_back.f_code.co_name


def generators():
    g = gen()
    f = next(g)
    print("generator", f is g.gi_frame, g.gi_frame is g.gi_frame, f.f_back, f.f_generator is g)
    print(next(g), next(g), f.f_lineno, g.gi_frame.f_lineno)
    print(g.throw(ValueError), next(g))
    try:
        f.clear()
    except RuntimeError as e:
        print(e)
    try:
        sys._getframe().clear()
    except RuntimeError as e:
        print(e)
    print(list(g), g.gi_frame, f.f_generator)
    f.clear()
    h = gen()
    frame = h.gi_frame
    print(frame is h.gi_frame, next(h) is frame)


def delegated():
    def outer():
        yield from innermost()

    def innermost():
        frame = sys._getframe(1)
        try:
            yield
        except ValueError:
            yield sys._getframe(1) is frame, frame is g.gi_frame

    g = outer()
    next(g)
    print("delegated", g.throw(ValueError))


def collected():
    """Frames do not stay alive."""
    class Token:
        pass
    import weakref
    t = Token()
    r = weakref.ref(t)
    try:
        raise ValueError(t)
    except ValueError as e:
        sys._getframe()
        e.__traceback__.tb_frame
    del t
    gc.collect()
    return r() is None


def recursion():
    def f(n):
        sys._getframe() if n % 50 == 0 else None
        return f(n + 1)
    try:
        f(0)
    except RecursionError as e:
        print(type(e).__name__)


f = same()
print(f.f_back is sys._getframe())
activations()
caught()
print(looked_at_first())
print(deep(5))
print(numbers(30), floats(3.0))
generators()
delegated()
print(collected())
recursion()
try:
    raise OSError
except OSError as e:
    print(e.__traceback__.tb_frame is sys._getframe(), sys._getframe().f_back)
print([sys._getframe().f_code.co_name for _ in range(2)], [same() is same() for _ in range(1)])
