"""Exceptions that handlers only pass on: tracebacks, locals, contexts and what is being handled are CPython's."""
import sys
import traceback


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        e = sys.exception()
        print("end of", self.name, "handling", type(e).__name__)


def plain(n):
    if n == 0:
        raise ValueError("plain")
    try:
        return plain(n - 1)
    finally:
        n = -n


def drops(n, held):
    try:
        if n == 0:
            raise KeyError("drops")
        drops(n - 1, Noisy(n))
    finally:
        held = None


def nested(n):
    try:
        try:
            try:
                return 1 // n
            finally:
                n += 1
        finally:
            n += 1
    finally:
        n += 1


def looks(n):
    try:
        return 1 // n
    finally:
        print("handling", sys.exception())


def wrong_class(n):
    try:
        return [][n]
    except KeyError:
        n = 1
    except (TypeError, AttributeError):
        n = 2


def chains(n):
    try:
        try:
            return {}[n]
        finally:
            1 // n
    finally:
        n = None


def again(n):
    try:
        return {}[n]
    except KeyError:
        n += 1
        raise


def other(n):
    try:
        return {}[n]
    except KeyError:
        raise IndexError(n) from None


def generator(n):
    try:
        yield n
        yield 1 // n
    finally:
        n = "done"


def in_loop(n):
    caught = 0
    for i in range(n):
        try:
            try:
                if i % 3 == 0:
                    raise ValueError(i)
            finally:
                caught += 1
        except ValueError as e:
            caught += e.args[0]
    return caught


def frames(e):
    found = []
    for frame, line in traceback.walk_tb(e.__traceback__):
        found.append((frame.f_code.co_name, line - frame.f_code.co_firstlineno, sorted(frame.f_locals.items(), key=str)))
    return found


def run(f, *args):
    try:
        f(*args)
    except Exception as e:
        print(f.__name__, type(e).__name__, e, type(e.__context__).__name__, e.__suppress_context__)
        for entry in frames(e)[1:]:
            print("   ", entry)
        traceback.print_exc(file=sys.stdout)
    print("after", sys.exception())


def frame_of_handler():
    f = sys._getframe()
    try:
        nested(0)
    except ZeroDivisionError as e:
        print(e.__traceback__.tb_frame is f, e.__traceback__.tb_next.tb_frame.f_code.co_name)


def identity():
    try:
        raise ValueError
    except ValueError as e:
        print(e.__traceback__.tb_frame is sys._getframe())


identity()
run(plain, 3)
run(drops, 2, None)
run(nested, 0)
run(looks, 0)
run(wrong_class, 0)
run(chains, 0)
run(again, 1)
run(other, 1)
run(lambda: list(generator(0)))
print(in_loop(1000))
frame_of_handler()
for _ in range(3):
    try:
        plain(2)
    except ValueError as e:
        first = e
print(len(frames(first)))
