"""Unpacking of instances of subclasses of tuple and list, with and without an `__iter__` of their own; tuples of many sizes."""
from collections import OrderedDict, namedtuple
from itertools import combinations, permutations, product

Pair = namedtuple("Pair", "a b")


class Plain(tuple):
    pass


class Own(tuple):
    def __iter__(self):
        print("iter", end=" ")
        return reversed(tuple(tuple.__iter__(self)))


class Items(list):
    pass


def split(v):
    a, b = v
    return a, b


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


def total(pairs):
    s = 0
    for a, b in pairs:
        s += a * b
    return s


def main():
    for v in [(1, 2), Pair(3, 4), Plain([5, 6]), Own([7, 8]), Items([9, 10]), "xy", {1: 2, 3: 4}]:
        attempt(split, v)
    for v in [(1,), Plain([1]), Plain([1, 2, 3]), Own("abc"), Pair._make([1, 2]), Items("abc"), 5]:
        attempt(split, v)
    print(total([Pair(i, i + 1) for i in range(100)]), total([Plain((1, 2)), (3, 4), Own((5, 6))]))
    for k in range(3):
        if k == 1:
            Plain.__iter__ = lambda self: iter("zz")
        if k == 2:
            del Plain.__iter__
        attempt(split, Plain([5, 6]))
    for n in (0, 1, 2, 7, 8, 9, 12):
        print(n, next(combinations(range(20), n)), len(next(product("ab", repeat=n))), next(permutations(range(n)), None))
    print(sum(a * b for a, b in combinations(range(20), 2)))

    recent = OrderedDict.fromkeys("abcd")
    for key in "dabdd":
        recent.move_to_end(key)
        print(list(recent), end=" ")
    recent.move_to_end("d", last=False)
    print(list(recent), end=" ")
    recent.popitem()
    recent.move_to_end("a")
    print(list(recent), list(reversed(recent)))
    attempt(recent.move_to_end, "q")

    d = {"k%d" % i: i for i in range(5)}
    def grow():
        for k, v in d.items():
            d[k + "x"] = v
    def change():
        for i, (k, v) in enumerate(d.items()):
            del d[k]
            d[k + "y"] = v
            if i > 20:
                break
    def swap():
        out = []
        for k, v in d.items():
            d[k] = [v]
            out.append((k, v))
        return out
    attempt(swap)
    attempt(grow)
    attempt(change)
    kept = [pair for pair in d.items()]
    print(kept == list(d.items()), kept[0] is not kept[1])


main()
