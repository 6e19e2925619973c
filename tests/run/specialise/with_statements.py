"""`with` over one class of the program, whose `__exit__` leaves its traceback alone: versions of it, and what they may not change."""
import sys
import traceback


class Guard:
    def __init__(self, mode="log", result=None):
        self.log = []
        self.mode = mode
        self.result = result

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, kind, exc, tb):
        self.log.append(kind.__name__ if kind is not None else None)
        if self.mode == "raise" and kind is KeyError:
            raise RuntimeError("in exit")
        if self.mode == "again" and exc is not None:
            raise
        if self.mode == "rebind":
            self.kept = kind
            kind = exc = tb = None
            return True
        if self.mode == "result":
            return self.result
        if self.mode == "inner":
            try:
                raise_value("inside")
            except ValueError as e:
                return e.__context__ is exc
        return kind is not None and issubclass(kind, ValueError)

    def __del__(self):
        if self.mode == "del":
            print("gone")


def work(guard, n):
    total = 0
    for i in range(n):
        with guard as g:
            total += len(g.log)
            if i % 3 == 0:
                raise_value(i)
    return total


def raise_value(i):
    raise ValueError(i)


def patched():
    """Another `__exit__`, and another `__enter__`, half way through the loop."""
    guard = Guard()
    seen = []

    def other_exit(self, kind, exc, tb):
        seen.append((kind and kind.__name__, exc and exc.args, tb is not None))
        return True

    old = Guard.__exit__, Guard.__enter__
    for i in range(6):
        if i == 3:
            Guard.__exit__ = other_exit
        if i == 4:
            Guard.__enter__ = lambda self: "other"
        with guard as g:
            seen.append(g is guard or g)
            if i % 2:
                raise ValueError(i)
    Guard.__exit__, Guard.__enter__ = old
    print(seen)


def patched_inside():
    """The method is loaded before the body runs."""
    guard = Guard()
    old = Guard.__exit__
    try:
        for i in range(3):
            with guard:
                if i == 1:
                    Guard.__exit__ = lambda self, *rest: print("new exit", rest[0])
                if i == 2:
                    raise ValueError("passes")
    except ValueError as e:
        print("caught", e)
    Guard.__exit__ = old
    print(guard.log)


def patched_code():
    guard = Guard()
    old = Guard.__exit__.__code__

    def other(self, kind, exc, tb):
        print("code", kind, exc)
        return True

    for i in range(3):
        with guard:
            if i == 1:
                Guard.__exit__.__code__ = other.__code__
            raise ValueError(i)
    Guard.__exit__.__code__ = old
    print(guard.log)


def failing():
    """Raises in `__exit__` itself, whose frame shows what the parameters were."""
    for i in range(3):
        try:
            with Guard("raise"):
                if i == 1:
                    raise KeyError("first")
                if i == 2:
                    raise IndexError("second")
        except RuntimeError as e:
            frame = e.__traceback__.tb_next.tb_frame
            names = frame.f_locals
            print(frame.f_code.co_name, sorted(names), names["kind"], names["tb"] is e.__context__.__traceback__)
            print(type(names["tb"]).__name__, e.__context__.args)
            print(names["tb"].tb_lineno - failing.__code__.co_firstlineno)
        except IndexError as e:
            print("not swallowed", e, e.__traceback__.tb_next)


def again():
    for i in range(2):
        try:
            with Guard("again") as one:
                if i:
                    raise OSError("again", one.mode)
        except OSError as e:
            print("again", e.args, e.__context__, [f.name for f in traceback.extract_tb(e.__traceback__)])


def rebinds():
    r = Guard("rebind")
    for i in range(4):
        with r:
            if i & 1:
                raise StopIteration(i)
    print(r.kept, r.log)


class Odd:
    def __bool__(self):
        print("asked")
        return True


class Bad:
    def __bool__(self):
        raise TypeError("no truth")


def truths():
    for result in (1, 0, "", "x", 0.0, 2.5, None, [], Odd(), Bad()):
        try:
            with Guard("result", result):
                raise LookupError(type(result).__name__)
            print("swallowed", type(result).__name__)
        except LookupError as e:
            print("passed on", e)
        except TypeError as e:
            print("error", e, "/", repr(e.__context__))


def nested(depth, out):
    with Guard() as outer, Guard("rebind") as inner:
        if depth == 0:
            raise KeyError("bottom")
        nested(depth - 1, out)
        out.append((depth, outer.log, inner.log))
        return depth
    out.append(("behind", outer.log, inner.log))


def leaves(guard):
    for i in range(5):
        with guard:
            if i == 1:
                continue
            if i == 3:
                break
    return guard.log


def returns(guard, i):
    with guard:
        if i:
            return i
        raise ValueError
    return "end"


def finalised():
    for i in range(2):
        with Guard("del"):
            if i:
                raise ValueError
        print("after", i)


def in_generator(guard):
    for i in range(3):
        with guard:
            yield i


def generators():
    guard = Guard()
    print(list(in_generator(guard)), guard.log)
    g = in_generator(guard)
    next(g)
    print(g.throw(ValueError("thrown")), guard.log)
    g.close()
    print(guard.log)


def handled():
    """`sys.exc_info` before, within and behind."""
    guard = Guard()
    try:
        raise KeyError("outer")
    except KeyError:
        for i in range(2):
            with guard:
                print(repr(sys.exc_info()[1]))
                if i:
                    raise ValueError("inner")
            print(repr(sys.exc_info()[1]))
    print(sys.exc_info())
    with Guard("inner"):
        raise KeyError("context")
    print("context seen")


def subclasses():
    def quiet(self, kind, exc, tb):
        print("quiet", kind, tb is exc.__traceback__)
        return True

    other = type("Other", (Guard,), {"__exit__": quiet})
    late = type("Late", (), {})
    own = Guard()
    own.__exit__ = lambda *rest: print("never")
    for manager in (Guard(), other(), own, late(), Guard()):
        try:
            with manager:
                raise ValueError(type(manager).__name__)
        except TypeError as e:
            print(e)
    own.__class__ = other
    with own:
        raise OSError("as other")


def main():
    guard = Guard()
    print(work(guard, 8), guard.log)
    patched()
    patched_inside()
    patched_code()
    failing()
    again()
    rebinds()
    truths()
    out = []
    print(nested(2, out), out)
    print(leaves(Guard()), returns(Guard(), 0), returns(Guard(), 7))
    finalised()
    generators()
    handled()
    subclasses()


main()
