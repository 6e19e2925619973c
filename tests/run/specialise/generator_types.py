"""Generators known by their functions: rebinding, monkey-patching, sends at every state, values of StopIteration."""
import sys


def count(n):
    i = 0
    while i < n:
        got = yield i
        if got is not None:
            i = got
        else:
            i += 1
    return "end"


def total(n):
    s = 0
    for v in count(n):
        s += v
    return s


def sends(n):
    g = count(n)
    out = [next(g)]
    try:
        out.append(g.send(5))
        out.append(g.send(None))
        while True:
            out.append(next(g))
    except StopIteration as e:
        out.append(e.value)
    for again in range(2):
        try:
            next(g)
        except StopIteration as e:
            out.append((e.value, e.args))
    try:
        g.send(1)
    except StopIteration as e:
        out.append(e.value)
    return out


def fresh_send():
    g = count(3)
    try:
        g.send(1)
    except TypeError as e:
        print(e)
    print(next(g), g.gi_suspended)


def selfish():
    def inner():
        try:
            yield next(me)
        except ValueError as e:
            yield str(e)
        try:
            yield me.send(2)
        except ValueError as e:
            yield str(e)
    me = inner()
    return list(me)


def consumer(make, n):
    out = []
    for v in make(n):
        out.append(v)
    return out


def mixed(n):
    out = []
    for k in range(3):
        for v in count(n):
            out.append(v)
        if k == 0:
            globals()["count"] = lambda n: [7] * n
        elif k == 1:
            globals()["count"] = original
    return out


original = count


def patched(n):
    total = 0
    for v in count(n):
        total += v
        if v == 2:
            original.__code__ = other.__code__
    original.__code__ = code
    return total


def other(n):
    yield 100
    yield 200


code = original.__code__


def nested(n):
    return sum(x * y for x in (a + 1 for a in range(n)) for y in count(x))


def raising(n):
    for v in count(n):
        yield v
        if v == 2:
            raise KeyError(v)


def catches():
    out = []
    for v in (10, 20):
        try:
            for w in raising(5):
                out.append(w)
        except KeyError as e:
            out.append(repr(e))
            tb = e.__traceback__
            while tb:
                out.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
                tb = tb.tb_next
    return out


def depth(n):
    if n:
        yield from depth(n - 1)
    yield n
    if n == 3:
        f = sys._getframe()
        while f.f_code.co_name == "depth":
            print("at", f.f_lineno, f.f_locals.get("n") is not None or True)
            f = f.f_back


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def keeps(a, b):
    local = Loud("local")
    yield 1
    del local
    yield 2
    b = None
    yield 3
    return Loud("result")


def lifetimes():
    g = keeps(Loud("a"), Loud("b"))
    for v in g:
        print("item", v)
    print("loop over")
    g = keeps(Loud("c"), Loud("d"))
    next(g)
    next(g)
    del g
    print("deleted")
    h = keeps(Loud("e"), Loud("f"))
    del h
    print("never started")


def breaks(n):
    for v in count(n):
        if v == 3:
            break
    else:
        return "exhausted"
    return v


def types_change():
    def mixed():
        yield 1
        yield 2.5
        yield "s"
        yield 1 << 70
        yield None
        yield True
    out = []
    for v in mixed():
        try:
            out.append(v * 2 + 1)
        except TypeError as e:
            out.append(str(e))
    return out


print(total(10), sends(8))
fresh_send()
print(selfish())
print(consumer(count, 4), consumer(lambda n: (i * i for i in range(n)), 4), consumer(range, 3))
print(mixed(3))
print(patched(5), patched(5))
print(nested(6))
print(catches())
print(list(depth(4)))
lifetimes()
print(breaks(2), breaks(9))
print(types_change())
