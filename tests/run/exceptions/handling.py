def f(n):
    try:
        if n == 0:
            return "plain"
        if n == 1:
            raise ValueError("one")
        if n == 2:
            raise KeyError("two")
        if n == 3:
            return 1 / 0
        [][n]
    except ValueError as e:
        return f"value {e}"
    except (KeyError, IndexError) as e:
        return f"lookup {e!r}"
    else:
        return "else"
    finally:
        print("finally", n, end="; ")


for i in range(3):
    print(f(i))
try:
    f(3)
except ZeroDivisionError as e:
    print("outer", e, e.__context__)
print(f(4))


def nested():
    try:
        try:
            raise ValueError("inner")
        except ValueError as e:
            raise TypeError("outer") from e
    except TypeError as e:
        print(repr(e), repr(e.__cause__), e.__suppress_context__)
    try:
        try:
            raise ValueError("inner")
        except ValueError:
            raise TypeError("implicit")
    except TypeError as e:
        print(repr(e.__context__), e.__cause__)


nested()


def loop():
    out = []
    for i in range(6):
        try:
            if i == 1:
                continue
            if i == 4:
                break
            out.append(i)
        finally:
            out.append(-i)
    else:
        out.append("never")
    return out


print(loop())


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value, traceback is not None)
        return self.swallow


with Manager("a") as a, Manager("b", True):
    print(a.name)
    raise RuntimeError("swallowed")
try:
    with Manager("c"):
        raise RuntimeError("passed on")
except RuntimeError as e:
    print(e)


class Custom(Exception):
    def __init__(self, code, *args):
        super().__init__(*args)
        self.code = code

    def __str__(self):
        return f"[{self.code}] " + super().__str__()


try:
    raise Custom(7, "text")
except Exception as e:
    e.add_note("a note")
    print(e, e.args, e.code, e.__notes__)
try:
    raise
except RuntimeError as e:
    print(e)
try:
    raise 3
except TypeError as e:
    print(e)
try:
    assert 1 > 2, "message"
except AssertionError as e:
    print(repr(e))


def returns():
    for x in (1, 2):
        try:
            return x
        finally:
            if x == 1:
                print("cleanup")


print(returns())
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [KeyError(3), ValueError(4)])])
except* ValueError as g:
    print(g, g.exceptions)
except* (TypeError, KeyError) as g:
    print(repr(g))


def deep(n):
    return deep(n + 1) + 1


try:
    deep(0)
except RecursionError as e:
    print(e)
import sys
print(sys.exc_info())
