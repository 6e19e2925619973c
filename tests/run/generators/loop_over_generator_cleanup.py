"""finally, with and GeneratorExit in generators that a loop leaves: the moment of each step, and what it can do."""
import gc
import sys


class Note:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name, end="; ")
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, end="; ")
        return self.swallow


def tidy(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("finally", i if n else None, end="; ")


def guarded(n, name, swallow=False):
    with Note(name, swallow):
        for i in range(n):
            yield i
    print("after with", end="; ")


def sees_exit(n):
    for i in range(n):
        try:
            yield i
        except GeneratorExit:
            print("GeneratorExit", i, end="; ")
            raise


def returns_at_exit(n):
    try:
        for i in range(n):
            yield i
    except GeneratorExit:
        print("returns", end="; ")
        return


def refuses(n):
    try:
        for i in range(n):
            yield i
    except GeneratorExit:
        yield "again"


def fails_at_exit(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("fails", end="; ")
        1 / 0


def through(values):
    try:
        for x in values:
            yield x
    finally:
        print("through", end="; ")


def by_delegation(values):
    try:
        yield from values
    finally:
        print("delegation", end="; ")


def handles(n):
    """What the loop's body raises never comes in here."""
    for i in range(n):
        try:
            yield i
        except ValueError:
            print("wrong", end="; ")
        finally:
            print("round", i, end="; ")


def show(title):
    print("\n%s:" % title, end=" ")


def consume(make, n, stop):
    for x in make(n):
        print("body", x, end="; ")
        if x == stop:
            break
    print("after", end="; ")


def leave(make, n, stop):
    for x in make(n):
        if x == stop:
            return "returned"
    return "ended"


def fail(make, n, stop):
    try:
        for x in make(n):
            if x == stop:
                raise ValueError(x)
        print("not raised", end="; ")
    except ValueError as e:
        print("caught", e, e.__context__, end="; ")
    finally:
        print("outer finally", end="; ")


def direct():
    for x in tidy(3):
        if x == 1:
            break
    print("after", end="; ")
    for x in guarded(3, "g"):
        if x == 1:
            break
    print("after", end="; ")
    for x in through(by_delegation(through(tidy(4)))):
        if x == 2:
            break
    print("after", end="; ")
    try:
        for x in handles(3):
            print("body", x, end="; ")
            if x == 1:
                raise ValueError
    except ValueError:
        print("caught", end="; ")


def in_handler():
    """The generator's own handling of exceptions beside the consumer's."""
    def looks():
        for i in range(2):
            yield sys.exception()
            try:
                raise KeyError(i)
            except KeyError:
                yield sys.exception()
    try:
        raise IndexError("consumer's")
    except IndexError:
        for e in looks():
            print(repr(e), repr(sys.exception()), end="; ")
    for e in looks():
        print(repr(e), repr(sys.exception()), end="; ")


def nested_cleanup():
    for x in tidy(3):
        try:
            for y in guarded(3, "inner%d" % x):
                if y == x:
                    break
                if x == 2:
                    return "left"
        finally:
            print("body's finally", end="; ")


def collected():
    """A generator in a cycle is closed by the collector, one in a loop is not."""
    def cycle():
        me = it
        try:
            yield 1
            yield 2
        finally:
            print("collected", end="; ")
    it = cycle()
    for x in it:
        break
    it = None
    print("before", end="; ")
    gc.collect()
    print("after", end="; ")
    for x in tidy(2):
        gc.collect()
        print("body", x, end="; ")


class Del:
    def __del__(self):
        print("del", repr(sys.exception()), end="; ")


def held_by_failure(n):
    held = Del()
    for i in range(n):
        yield i
        if i == 1:
            raise KeyError(i)


gc.disable()
for make in (tidy, sees_exit, returns_at_exit, handles, lambda n: guarded(n, "w"), lambda n: through(tidy(n)), lambda n: by_delegation(tidy(n))):
    show("consumed")
    consume(make, 3, 1)
    consume(make, 2, 9)
    consume(make, 0, 0)
    print(leave(make, 3, 1), leave(make, 1, 5), end="; ")
    fail(make, 3, 1)
    fail(make, 2, 7)
for test in (direct, in_handler, nested_cleanup, collected):
    show(test.__name__)
    test()
show("swallowed")
for x in guarded(3, "s", True):
    break
sys.unraisablehook = lambda info: print("unraisable", repr(info.exc_value), end="; ")
for make in (refuses, fails_at_exit):
    show(make.__name__)
    consume(make, 3, 1)
    fail(make, 3, 1)
    print(leave(make, 3, 1), end="; ")
    try:
        print(leave(make, 2, 7), end="; ")
    except ZeroDivisionError as e:
        print(e, end="; ")
show("held")
try:
    for x in held_by_failure(3):
        pass
except KeyError as e:
    print("caught", e, end="; ")
print("after")
