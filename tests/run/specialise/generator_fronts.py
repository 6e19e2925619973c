"""Suspensions that are gone between without more ado: numbers that grow, other types, throws, closes, frames, recursion limits."""
import gc
import sys
import traceback


def averager():
    total = 0
    count = 0
    result = None
    while True:
        v = yield result
        total += v
        count += 1
        result = total // count


def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1


def doubling(x):
    while True:
        yield x
        x += x


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def floats(x, step):
    while x < 4:
        got = yield x
        if got is not None:
            step = got
        x += step


def squares(src):
    for v in src:
        yield v * v


def caught(n):
    total = 0
    for i in range(n):
        try:
            total += yield i * 2
        except ValueError as e:
            total += 100
            yield ("caught", i, total, e.args)
    return total


def swaps(a, b):
    while True:
        a, b = b, a
        got = yield a
        if got:
            b = got


class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("end of", self.n)

    def __add__(self, other):
        return Noisy(self.n + other)


def holds():
    held = None
    while True:
        held = yield held and held.n


def returns(x, n):
    yield n
    yield n + 1
    return x


def ranges(n, step):
    for i in range(n):
        yield i * 2
    for i in range(n, -n, step):
        got = yield i
        if got:
            n = got


def lists(items):
    for x in items:
        for y in (1, 2):
            yield x * y
    for x in items:
        yield x


def texts(text):
    for c in text:
        yield c
        yield ord(c)


def finished():
    kept = []
    for i in range(200):
        g = returns([i], i)
        first = next(g) + next(g)
        try:
            next(g)
        except StopIteration as e:
            kept.append(e.value)
        del g
        kept.append(first)
    gc.collect()
    print(kept[-4:], len(kept))
    g = returns(Noisy("returned"), 1)
    next(g), next(g)
    try:
        next(g)
    except StopIteration as e:
        print("value", e.value.n)
    del g
    print("given back")


def iterators():
    print(list(ranges(4, -1)), list(ranges(0, -1)), list(ranges(2, -3)))
    g = ranges(3, -1)
    print([next(g) for _ in range(4)], g.send(7), list(g))
    g = ranges(2 ** 62, -1)
    print(next(g), next(g), g.close())
    items = [1, 2.5, "c"]
    g = lists(items)
    print(next(g), next(g), next(g))
    items.append(4)
    print(list(g))
    items.clear()
    print(list(lists(items)), list(lists((Noisy("item").n, 3))), list(lists("ab")), list(lists({5: 6})))
    g = lists([Noisy("in a list"), 1])
    try:
        next(g)
    except TypeError as e:
        print(e)
        del e
    print("after the list")
    g = lists([[Noisy("deep")], 1])
    print(len(next(g)))
    g.close()
    print("closed")
    print(list(texts("a\u1234\U00012345")))
    g = texts("abc")
    print(next(g), next(g))
    try:
        g.throw(ValueError("thrown"))
    except ValueError as e:
        print(sorted(e.__traceback__.tb_next.tb_frame.f_locals.items()))
    print(list(x for x in range(5)), sum(x * x for x in range(10)), [*(x for x in range(3, 6))])
    g = (x + 1 for x in range(4))
    print(next(g), next(g), list(g), list(g))
    print(list(x for x in range(0)), list(x for x in range(5, 2)), list(x for x in range(2 ** 63, 2 ** 63 + 2)))
    made = [(x for x in it) for it in (range(3), [7, 8], iter(range(2)), "xy")]
    print([list(g) for g in made])
    it = iter(range(6))
    g = (x for x in it)
    print(next(g), next(it), list(g), list(it))


def over(n):
    return sum(y for y in range(n)), max(y % 7 for y in range(n)), any(y > n for y in range(n))


def shadowed_range():
    global range
    range = lambda n: iter([n, n + 1])
    try:
        print(over(3), list(x for x in range(5)))
    finally:
        del range
    print(over(3), over(100))


def run_averager(values):
    a = averager()
    print(next(a), [a.send(v) for v in values])
    return a


def wrong():
    a = run_averager([1, 2])
    try:
        a.send("text")
    except TypeError as e:
        traceback.print_exc(file=sys.stdout)
        tb = e.__traceback__.tb_next
        print(sorted(tb.tb_frame.f_locals.items()))
    try:
        a.send(1)
    except StopIteration as e:
        print("stopped", e.value)


def thrown():
    g = caught(4)
    print(next(g), g.send(1), g.throw(ValueError("x")), next(g))
    try:
        g.send(None)
    except TypeError as e:
        print(e)
    g = caught(2)
    print(next(g), g.send(5))
    try:
        g.send(6)
    except StopIteration as e:
        print("returned", e.value)
    a = averager()
    next(a), a.send(4)
    try:
        a.throw(KeyError("thrown"))
    except KeyError as e:
        frame = e.__traceback__.tb_next.tb_frame
        print(sorted(frame.f_locals.items()))
    n = numbers(5)
    print(next(n), next(n), n.close(), list(n))
    f = floats(0.5, 0.25)
    print(next(f), next(f), f.send(1.5), next(f))
    try:
        f.throw(ZeroDivisionError)
    except ZeroDivisionError as e:
        frame = e.__traceback__.tb_next.tb_frame
        print(sorted(frame.f_locals.items()))


def watched():
    a = averager()
    next(a)
    frame = a.gi_frame
    print(frame.f_lineno - frame.f_code.co_firstlineno, a.gi_running, a.gi_suspended)
    print([a.send(v) for v in (3, 5, 10 ** 30)], a.gi_frame is frame)
    n = numbers(3)
    print(n.gi_suspended, next(n), n.gi_suspended, list(n), n.gi_frame)


def reentered():
    def runs_itself():
        i = 0
        while True:
            yield i
            i += 1
            next(g)
    g = runs_itself()
    print(next(g))
    try:
        next(g)
    except ValueError as e:
        print(e)


def limits():
    old = sys.getrecursionlimit()
    a = averager()
    next(a)

    def down(n):
        if n == 0:
            return a.send(7)
        return down(n - 1)

    def depth():
        f, n = sys._getframe(), 0
        while f:
            f, n = f.f_back, n + 1
        return n
    sys.setrecursionlimit(depth() + 40)
    try:
        for n in range(20, 60):
            try:
                down(n)
            except RecursionError:
                print("limit at", n)
                break
    finally:
        sys.setrecursionlimit(old)
    try:
        print(a.send(9))
    except StopIteration:
        print("ended")


def mixed():
    print(list(squares(numbers(5))))
    print(list(squares([1, 2.5, True, 2 ** 40, 2 ** 70])))
    d = doubling(2 ** 58)
    print([next(d) for _ in range(8)])
    d = doubling(1.5)
    print([next(d) for _ in range(4)])
    d = doubling("a")
    print([next(d) for _ in range(4)])
    f = fibonacci()
    print([next(f) for _ in range(100)][-3:])
    s = swaps(1, "b")
    print([s.send(v) for v in (None, None, 3.5, None, 2 ** 80, None, None)])
    print(list(numbers(2.5)), list(numbers(True)), sum(numbers(1000)), max(numbers(70)))
    print(run_averager([2 ** 62, 2 ** 62, -2 ** 63, 1.5, 2]).gi_suspended)
    print(list(numbers(0)), list(numbers(-1)))


def finalisers():
    h = holds()
    next(h)
    print(h.send(Noisy(1)))
    print(h.send(Noisy(2)))
    print(h.send(5) if False else "kept")
    del h
    gc.collect()
    d = doubling(0)
    for i, x in enumerate(d):
        if i == 3:
            break
    print(x)
    del d


def long():
    a = averager()
    next(a)
    last = 0
    for v in range(20000):
        last = a.send(v)
    print(last)
    total = 0
    for v in numbers(20000):
        total += v
    print(total, sum(x * 2 for x in (y + 1 for y in range(5000)) if x % 3))


mixed()
wrong()
thrown()
watched()
finished()
iterators()
shadowed_range()
reentered()
limits()
finalisers()
long()
