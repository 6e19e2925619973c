"""Items of generators that consumers take without leaving the body: sum, any, all, min, max, list, set, tuple, sorted, join, dict."""
import builtins
import math
import sys
import traceback


class Num:
    """Adds and compares, and looks at the generator meanwhile."""

    def __init__(self, n, peek=None):
        self.n = n
        self.peek = peek

    def __radd__(self, other):
        if self.peek:
            self.peek()
        return other + self.n

    def __lt__(self, other):
        return self.n < (other.n if isinstance(other, Num) else other)

    def __gt__(self, other):
        return self.n > (other.n if isinstance(other, Num) else other)

    def __bool__(self):
        print("bool", self.n)
        return self.n != 0

    def __repr__(self):
        return f"Num({self.n})"


class Dies:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies", self.name)


def gen(items):
    for x in items:
        got = yield x
        if got is not None:
            print("got", got)


def numbers():
    for items in (
        [1, 2, 3],
        [],
        [True, False, 2],
        [1.5, 2, True, 0.1],
        [1, 0.1, 0.2, 0.3, -1],
        [2**61, 2**61, 2**61, 2**61],
        [2**62, -(2**62), 2**63, 5],
        [1e16, 1.0, -1e16, 1],
        [math.inf, -math.inf],
        [math.nan, 1],
        [-0.0],
        [-0.0, 0.0],
        [1, 2.5, 10**30, 3],
        [2.5, 10**400 // 10**399, 7],
        [3, 1, 2, 2.5, -1.5, 7],
        [0.0, -0.0, 0],
        [math.nan, 2.0, 1.0],
        [2.0, math.nan, 1.0],
        [True, 0, 1],
    ):
        results = []
        for f in (sum, any, all, min, max, list, tuple, sorted):
            for source in ((x for x in items), (x for x in tuple(items)), gen(items), iter(items), dict.fromkeys(items).keys()):
                try:
                    results.append(repr(f(source)))
                except Exception as e:
                    results.append(f"{type(e).__name__}: {e}")
        print(items[:2], results)
    print(sum((x * 2 for x in range(10)), 5), sum((x / 2 for x in range(10)), 0.5), sum(([x] for x in range(3)), []))
    print(sum(1 for _ in range(1000)), sum(2**60 for _ in range(20)), sum(x > 3 for x in range(10)))
    print(min((abs(x - 5) for x in range(10)), default=3), max((x for x in []), default="none"))
    print(min((x for x in "hello"), key=ord), max(x % 7 for x in range(100)), max(x * 0.5 for x in range(100)))
    print(min(str(x) for x in range(5, 15)), max((x, -x) for x in range(5)))
    for bad in ((x for x in ["a", "b"]), (x for x in [1, "b"]), (x for x in [1.0, "b"])):
        for f in (sum, min):
            try:
                print(f(bad))
            except (TypeError, ValueError) as e:
                print(f.__name__, e)


def objects():
    g = None

    def peek():
        print("  running", g.gi_running, "next", next(g, "end"))

    g = (x for x in [1, 2, Num(3, peek), 4, 5, 6])
    print(sum(g))
    g = gen([1.5, 2, Num(3, peek), 4, 5, 6])
    print(sum(g))
    print(any(Num(x) for x in (0, 0, 1, 5)), all(Num(x) for x in (1, 1, 0, 5)))
    print(min(Num(x) if x % 2 else x for x in (5, 2, 3, 1)), max(Num(x) for x in (5, 2, 9, 1)))
    print(any(x for x in ([], "", 0, 0.0, None, (), {}, set(), b"", 0j)), all(x for x in ([1], "a", 1, 0.5, (1,), {1: 2}, {1}, 1j)))


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        print("eq", self.n)
        return isinstance(other, Key) and self.n == other.n


def containers():
    print(sorted(set(x % 7 for x in range(30))), len(set(Key(x % 3) if x > 4 else x for x in range(9))))
    try:
        set([x] for x in range(3))
    except TypeError as e:
        print(e)
    print(frozenset(c for c in "aab") == frozenset("ab"), {1, 2}.union(x for x in (2, 3)))
    print(tuple(x * x for x in range(5)), tuple(gen("abc")), list(gen(range(3))), [*gen("xy"), *(x for x in range(2))])
    print("".join(c.upper() for c in "abc"), "-".join(str(x) for x in range(4)), "".join(x for x in ["a", "bc"]))
    try:
        "".join(x for x in ["a", 1])
    except TypeError as e:
        print(e)
    print(dict((x, x * x) for x in range(4)), dict([x, str(x)] for x in "ab"), dict(zip("ab", (1, 2))), dict(enumerate("xy")))
    print(dict(x for x in ["ab", "cd"]), dict({1: 2}.items()), dict(gen([(1, 2), [3, 4]])))
    for pairs in ([(1, 2), (3,)], [(1, 2), 3], [[1, 2, 3]], [([], 1)]):
        try:
            dict(p for p in pairs)
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e, getattr(e, "__notes__", None))
    grown = [1, 2, 3]
    grown.extend(x * 10 for x in grown if len(grown) < 9)
    print(grown)

    def clears(items):
        for x in range(4):
            items.clear()
            yield x

    items = [7, 8]
    items.extend(clears(items))
    print(items)
    items = [1]
    items += (x for x in range(20))
    print(items)
    print(sorted((x * 7 % 5 for x in range(6)), reverse=True), sorted((str(x) for x in range(9, 12)), key=int))


def early():
    def guarded():
        try:
            for x in range(5):
                yield x
        finally:
            print("closed")

    print(any(x == 2 for x in guarded()), all(guarded()), any(guarded()))
    print(any(guarded()) and max(guarded()))
    print(any([Dies(f"item {x}"), x][1] == 1 for x in range(3)))

    def holds():
        kept = Dies("local")
        yield 0
        yield 1
        yield 2

    print(any(holds()), "after")
    print(tuple(holds()), "after")
    g = holds()
    print(next(g), any(g), next(g), list(g), list(g))
    g = (x for x in range(10))
    print(3 in g, sum(g), sum(g), list(g))
    it = (x for x in range(6))
    print([sum(x for x in it if x < 3 or next(it, 0)), list(it)])


def where():
    def body():
        f = sys._getframe(1)
        return f"{f.f_code.co_name}:{f.f_lineno - f.f_code.co_firstlineno}:{f.f_back.f_code.co_name}"

    print(list(body() for _ in range(3)))
    print(sorted({body() for _ in range(2)}), max(body() for _ in range(2)))
    g = None
    g = (g.gi_running for _ in range(3))
    print(list(g), g.gi_frame, g.gi_running)

    def again():
        yield 1
        yield next(me)

    me = again()
    try:
        list(me)
    except ValueError as e:
        print(e)


def fail(n):
    return 1 // n


def raising():
    for f in (sum, any, all, min, list, set, tuple, sorted):
        try:
            f(fail(x) - 1 if f in (any, sum) else fail(x)
              for x in (1, 1, 0))
        except ZeroDivisionError:
            print(f.__name__, [(e.name, e.lineno) for e in traceback.extract_tb(sys.exc_info()[2])])
    try:
        any(x.missing for x in range(3))
    except AttributeError:
        traceback.print_exc(file=sys.stdout)
    try:
        print(tuple(next(iter([])) for _ in range(2)))
    except RuntimeError as e:
        print(e, repr(e.__cause__))
    try:
        sum(x for x in [1, 2, [3]])
    except TypeError:
        traceback.print_exc(file=sys.stdout)

    def deep(n):
        return sum(deep(n - 1) for _ in range(1)) + 1 if n else 0

    print(deep(100))
    try:
        deep(100000)
    except RecursionError as e:
        print("RecursionError")

    def raises():
        yield 1
        yield 2
        raise KeyError("end")

    for f in (sum, list, any, all, max, tuple, set):
        try:
            print(f.__name__, f(raises()))
        except KeyError as e:
            print(f.__name__, e)

    def catches():
        try:
            yield 1
            yield 1 // 0
        except ZeroDivisionError as e:
            yield str(e)
        yield 3

    print(list(catches()), tuple(x for x in catches()))
    try:
        raise ValueError("outer")
    except ValueError:
        print(list(repr(sys.exc_info()[1]) for _ in range(2)), list(catches()), repr(sys.exc_info()[1]))


def delegates():
    def inner(n):
        x = yield n
        print("inner got", x)
        yield n + 1
        return n + 2

    def outer():
        yield 0
        r = yield from inner(1)
        yield r
        yield from [10, 11]
        yield from (x for x in (20, 21))

    print(list(outer()), sum(outer()), tuple(outer()))
    print(sum(sum(y for y in range(x)) for x in range(6)), [any(y > x for y in range(3)) for x in range(4)])
    print(max(max(y * x for y in (1, 2)) for x in (3, 1)))


def mixed(items):
    return [sum(x for x in items), max(x for x in items), tuple(x for x in items), any(x for x in items)]


def changing():
    for items in ([1, 2], (3, 4), {5: 1, 6: 2}, {7, 8}, range(3), iter([1, 2]), [1, 2.5], "ab", gen([4, 5])):
        try:
            print(mixed(items))
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)
    items = [1, 2, 3]

    def grow(x):
        if len(items) < 6:
            items.append(x * 10)
        return x

    print(sum(grow(x) for x in items), items)
    d = {1: 1, 2: 2}

    def add(x):
        d[x + 10] = x
        return x

    for f in (sum, list, any, max):
        try:
            print(f(add(x) for x in d))
        except RuntimeError as e:
            print(f.__name__, e)

    class Adds:
        def __radd__(self, other):
            d[object()] = 1
            return other

    d = {1: 1, 2: 2, 3: Adds(), 4: 4}
    try:
        print(sum(d.values()))
    except RuntimeError as e:
        print(e)
    items = [1, 2, Adds(), 3]
    print(sum(items), sum(tuple(items)))
    g = (x for x in items)
    print(next(g), sum(g))


def rebound():
    global sum
    print(sum(x for x in (1, 2)))
    sum = lambda items: ["mine", *items]
    print(sum(x for x in (1, 2)))
    del sum
    kept = builtins.sum, builtins.any, builtins.tuple
    builtins.sum = lambda items: "patched"
    builtins.any = lambda items: "any"
    builtins.tuple = lambda items: "tuple"
    print(sum(x for x in (1, 2)), any(x for x in (1, 2)), tuple(x for x in (1, 2)))
    builtins.sum, builtins.any, builtins.tuple = kept
    print(sum(x for x in (1, 2)), any(x for x in (1, 2)), tuple(x for x in (1, 2)))


def loops():
    def find(items):
        for x in items:
            if x:
                return x
        return "none"

    print(find(x for x in (0, 0, 3)), find(gen([0, "", 5])), find(x for x in []))
    total = 0
    for a, b in ((x, y) for x, y in {"a": 1, "b": 2}.items()):
        total += b
    print(total, sum(b for a, b in {"a": 1, "b": 2}.items()), list(a + b for a, b in zip("ab", "cd")))
    print([i + x for i, x in enumerate([5, 6])], sum(i * x for i, x in enumerate([5, 6])), list(b for a, b in ([1, 2], "xy", (3, 4))))
    try:
        list(b for a, b in [(1, 2), (3,)])
    except ValueError as e:
        print(e)


for _ in range(2):
    numbers()
    objects()
    containers()
    early()
    where()
    raising()
    delegates()
    changing()
    rebound()
    loops()


def picked(n):
    for i in range(n):
        yield [-5, 30, 2**60, 15][i % 4]
        if i == 100: continue


print([list(picked(n)) for n in (0, 3, 6)], sum(picked(9)))
