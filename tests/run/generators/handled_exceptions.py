"""What a generator handles is its own: it outlives the handler of whoever resumed it, and does not leak into that."""
import sys


def catching():
    try:
        yield sys.exception()
    except Exception as exc:
        yield sys.exception() is exc, exc.__context__
        yield sys.exception() is exc
        raise


def watching():
    while True:
        yield sys.exception()


def handling(x):
    try:
        raise KeyError(x)
    except KeyError:
        for i in range(3):
            try:
                yield i, sys.exception()
            except ValueError as v:
                yield "inner", sys.exception(), v.__context__
        yield from watching()


def finishing():
    try:
        yield 1
    finally:
        try:
            yield sys.exception()
        except LookupError as e:
            print("context", repr(e.__context__))


g = catching()
print(next(g))
try:
    raise ValueError("v")
except Exception as exc:
    print(g.throw(exc))
print(sys.exception(), next(g))
try:
    next(g)
except ValueError as e:
    print(repr(e), e.__context__)

w, h = watching(), handling(5)
print(next(w), next(h), sys.exception())
try:
    raise OSError("outside")
except OSError:
    print(repr(next(w)), next(h), repr(sys.exception()))
    try:
        raise RuntimeError("nested")
    except RuntimeError:
        print(repr(next(w)), h.throw(ValueError("thrown")), repr(sys.exception()))
    print(repr(next(w)), next(h), repr(sys.exception()))
print(next(w), next(h), next(h), sys.exception())

f = finishing()
next(f)
try:
    {}["a"]
except KeyError as e:
    print(repr(f.throw(ZeroDivisionError("z"))), repr(sys.exception()))
    try:
        f.throw(IndexError("i"))
    except Exception as e:
        print(repr(e), repr(e.__context__))


async def awaited():
    try:
        raise KeyError("in")
    except KeyError:
        await step()
        return sys.exception()


class step:
    def __await__(self):
        yield sys.exception()


c = awaited()
try:
    raise OSError("out")
except OSError:
    print(repr(c.send(None)))
try:
    c.send(None)
except StopIteration as e:
    print(repr(e.value), repr(e.__context__))


def reraising():
    try:
        yield
    except ValueError:
        yield
        try:
            raise
        except ValueError as e:
            yield repr(e)


r = reraising()
next(r)
try:
    raise ValueError("kept")
except ValueError as e:
    r.throw(e)
try:
    raise KeyError("other")
except KeyError:
    print(next(r), repr(sys.exception()))
r.close()


def outer():
    try:
        1 / 0
    except ZeroDivisionError:
        inner = watching()
        yield next(inner)
        yield next(inner)


print([repr(e) for e in outer()], sys.exception())
