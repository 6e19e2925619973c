"""What is thrown through `yield from` finds the outer generators on the frame stack."""
import sys
import traceback
import types


def names():
    f, out = sys._getframe(1), []
    while f:
        out.append(f"{f.f_code.co_name}:{f.f_lineno}")
        f = f.f_back
    return out


def inner():
    while True:
        try:
            yield 1
        except ValueError as e:
            print("inner got", e, names())
        except GeneratorExit:
            print("inner exits", names())
            return


def middle():
    print("middle")
    yield from inner()


def outer():
    yield 0
    yield from middle()


def drive():
    g = outer()
    next(g)
    next(g)
    print(g.throw(ValueError("one")))
    print(g.throw(ValueError("two")))
    next(g)
    g.close()
    g = outer()
    next(g), next(g)
    try:
        g.throw(GeneratorExit)
    except GeneratorExit as e:
        print("GeneratorExit", [x.name for x in traceback.extract_tb(e.__traceback__)])
    g = outer()
    next(g), next(g)
    try:
        g.throw(KeyError("passes"))
    except KeyError as e:
        print([f"{x.name}:{x.lineno}" for x in traceback.extract_tb(e.__traceback__)])


class Iterator:
    """A delegate that is no generator."""

    def __iter__(self):
        return self

    def __next__(self):
        return "next"

    def throw(self, *args):
        print("Iterator.throw", names())
        return "thrown"

    def close(self):
        print("Iterator.close", names())


def over():
    yield from Iterator()


def drive_iterator():
    g = over()
    next(g)
    print(g.throw(ValueError))
    g.close()


class Awaitable:
    def __await__(self):
        try:
            yield "suspended"
        except ValueError:
            print("awaitable", names())
        return "done"


async def leaf():
    return await Awaitable()


async def branch():
    return await leaf()


@types.coroutine
def old_style():
    return (yield from branch())


def drive_coroutines():
    c = branch()
    c.send(None)
    try:
        c.throw(ValueError("x"))
    except StopIteration as e:
        print(e.value)
    c = old_style()
    c.send(None)
    try:
        c.throw(ValueError("x"))
    except StopIteration as e:
        print(e.value)


def nested():
    """A thrower inside of a generator that is itself thrown into."""
    try:
        yield "a"
    except ValueError:
        g = outer()
        next(g), next(g)
        g.throw(ValueError("nested"))
        print("nested", names())
        yield "b"


def around():
    yield from nested()


drive()
drive_iterator()
drive_coroutines()
g = around()
next(g)
print(g.throw(ValueError))
