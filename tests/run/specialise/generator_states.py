"""Bodies that handle no exceptions, and those that do: what is handled around them, who runs, and generators that end in all ways."""
import sys


def plain(n):
    for i in range(n):
        yield repr(sys.exc_info()[1])


def handling(n):
    for i in range(n):
        try:
            raise KeyError(i)
        except KeyError:
            yield repr(sys.exc_info()[1])
        yield repr(sys.exc_info()[1])


def outer(inner):
    try:
        raise ValueError("outer")
    except ValueError:
        for v in inner:
            yield v, repr(sys.exc_info()[1])
        yield from plain(1)


def contexts():
    g = plain(3)
    print(next(g))
    try:
        raise OSError("around")
    except OSError:
        print(next(g))
        print(list(outer(handling(1))))
        h = handling(2)
        print(next(h))
        print(repr(sys.exc_info()[1]))
    print(next(g), next(h), repr(sys.exc_info()[1]))


def again():
    yield 1
    raise


def bare():
    g = again()
    next(g)
    try:
        raise KeyError("handled by the caller")
    except KeyError:
        try:
            next(g)
        except KeyError as e:
            print("again", e)
    g = again()
    next(g)
    try:
        next(g)
    except RuntimeError as e:
        print(e)


def raising(n):
    yield n
    raise IndexError(n)


def chained():
    g = raising(1)
    next(g)
    try:
        try:
            raise ValueError("first")
        except ValueError:
            next(g)
    except IndexError as e:
        print(repr(e), repr(e.__context__))
    print(list(g), g.gi_frame)


def thrown():
    g = plain(3)
    next(g)
    try:
        g.throw(KeyError("in"))
    except KeyError as e:
        print(e, [f for f in frames(e.__traceback__)])
    g = plain(2)
    try:
        g.throw(KeyError("before"))
    except KeyError as e:
        print(e, [f for f in frames(e.__traceback__)])
    g = plain(2)
    next(g)
    g.close()
    print(list(g))


def frames(tb):
    while tb is not None:
        yield tb.tb_frame.f_code.co_name
        tb = tb.tb_next


def itself():
    def run():
        yield 1
        try:
            next(g)
        except ValueError as e:
            yield str(e)

    g = run()
    print(list(g))

    def plainly():
        yield 1
        next(h)

    h = plainly()
    next(h)
    try:
        next(h)
    except ValueError as e:
        print(e)


def delegating(n):
    if n:
        got = yield from delegating(n - 1)
        yield got, n
    else:
        yield "bottom"
    return n


def tree(lo, hi):
    if lo < hi:
        mid = (lo + hi) // 2
        yield from tree(lo, mid)
        yield mid
        yield from tree(mid + 1, hi)


class Gone:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def holding(name):
    held = Gone(name)
    yield 1
    yield held.name


def ends():
    list(holding("list"))
    for v in holding("loop"):
        pass
    print("looped")
    g = holding("dropped")
    next(g)
    del g
    g = holding("unstarted")
    del g
    for v in holding("broken"):
        break
    print("end")
    g = holding("closed")
    next(g)
    g.close()
    print("closed", list(g))


def pairs(n):
    for i in range(n):
        yield i, Gone(i)


def tuples():
    for a, b in pairs(3):
        print(a, b.name)
    print([t for t in zip("abc", range(3), [1.5, None, ()])], list(zip(*[range(2)] * 7)), list(zip([1], (), "x")))
    for i, (a, b, c) in enumerate(zip("xy", [1, 2], (None, "z"))):
        print(i, a, b, c)

    def stops(n):
        yield n
        raise LookupError(n)

    try:
        for row in zip([1, 2], stops(1), [3, 4]):
            print(row)
    except LookupError as e:
        print("lookup", e)
    it = iter([1, 2, 3, 4, 5])
    for a, b in zip(it, it):
        print(a, b)
    grown = [1, 2]
    for i, v in enumerate(grown, (1 << 60) - 1):
        if len(grown) < 4:
            grown.append(v * 10)
        print(i, v)
    for a, b in zip(grown, [Gone("x"), "y", 2.5]):
        print(a, type(b).__name__)
    kept = list(zip([1, 2], [3, 4]))
    it = zip([1, 2, 3], [4, 5, 6, 7])
    kept.append(next(it))
    for a, b in it:
        kept.append((a, b))
    print(kept, list(it))
    deep = None
    for i in range(100000):
        deep = (deep, i)
    del deep
    print("deep")


def main():
    contexts()
    bare()
    chained()
    thrown()
    itself()
    print(list(delegating(4)), list(tree(0, 9)))
    ends()
    tuples()


main()
