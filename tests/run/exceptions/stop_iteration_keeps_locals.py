"""What the frame of a generator holds that StopIteration leaves lives as long as the exception that it becomes."""
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def inner():
    try:
        yield 1
        yield 2
    finally:
        print("left")


def stop(given):
    for x in zip(given):
        yield x
        raise StopIteration("boom")


def stop_in_try(given):
    try:
        for x in given:
            yield x
            if x:
                raise StopIteration("boom")
    except RuntimeError:
        print("caught")


def looked_at(given):
    local = Noisy("local")
    try:
        for x in given:
            yield x
            raise StopIteration("boom")
    finally:
        print("looked", type(sys.exc_info()[1]).__name__, sys.exc_info()[1].__traceback__.tb_lineno > 0, local.name)


def many(a, b, c, d, e):
    yield a
    raise StopIteration(b)


def of_call(given):
    yield 1
    next(iter(()))


def other(given):
    for x in given:
        yield x
        raise ValueError("boom")


for f in stop, stop_in_try, looked_at, of_call, other:
    print(f.__name__)
    try:
        for v in f(inner()):
            pass
    except Exception as e:
        print("loop", type(e).__name__, e, type(e.__cause__).__name__)
        where = (e.__cause__ or e).__traceback__
        while where.tb_next:
            where = where.tb_next
        print(where.tb_frame.f_code.co_name, sorted(where.tb_frame.f_locals), where.tb_frame.f_locals["given"].gi_frame is None)
        del where
    print("after")
try:
    list(many(*[Noisy(k) for k in range(5)]))
except RuntimeError as e:
    print("loop", e)
print("after")
try:
    list(many(Noisy("a"), 2, Noisy("c"), None, Noisy("e")))
except RuntimeError as e:
    kept = e
    print("kept", e)
print(sorted(kept.__cause__.__traceback__.tb_frame.f_locals))
kept = None
print("after")


async def coroutine(given):
    raise StopIteration(given.name)


try:
    coroutine(Noisy("given")).send(None)
except RuntimeError as e:
    print("loop", e)
print("end")
