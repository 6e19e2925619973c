"""Loops over items of dicts, enumerate and zip, whose pairs are not made: errors, finalisers, changes in the middle."""
import traceback


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def total(d):
    out = []
    for k, v in d.items():
        out.append((k, v))
    return out


def values(d):
    s = 0
    for k, v in d.items():
        s += v
    return s


def changed(d):
    try:
        for k, v in d.items():
            d[k + 100] = v
    except RuntimeError as e:
        return str(e)


def replaced(d):
    for k, v in d.items():
        d[k] = None
        print("loop", k)
        v = None
        print("after", k)
    print("end")


def odd(x):
    try:
        for a, b in x:
            print(a, b)
    except Exception as e:
        print(type(e).__name__, e)


def numbered(xs, start=0):
    out = []
    for i, x in enumerate(xs, start):
        out.append(i * 2)
        out.append(x)
    return out


def dot(a, b):
    s = 0
    for x, y in zip(a, b):
        s += x * y
    return s


def strictly(a, b):
    try:
        for x, y in zip(a, b, strict=True):
            print(x, y)
    except ValueError as e:
        print(e)


def failing():
    yield 1
    yield 2
    raise KeyError("in the middle")


def nested(rows):
    out = []
    for i, (a, b) in enumerate(rows):
        for k, (c, d) in zip("xy", {"p": (1, 2), "q": (3, 4)}.items()):
            out.append((i, a, b, k, c, d))
    return out


class Items(dict):
    def items(self):
        return [("own", 1), ["two", 2], "ab"]


class Odd:
    def items(self):
        return iter([(1, 2, 3)])


def finder(d, wanted):
    for k, v in d.items():
        if v == wanted:
            return k
    else:
        return "none"


def shown():
    for i, x in enumerate([1, 0]):
        1 / x


def as_generator(d):
    for k, v in d.items():
        yield v, k


def main():
    print(total({}), total({1: 2, "a": [3]}), values({1: 2, 3: 4.5}), values({1: 10**30}))
    print(changed({1: 1}), changed({}))
    replaced({1: Noisy("a"), 2: Noisy("b")})
    for x in ({1: 2}.items(), enumerate("ab"), zip("ab", [1, 2, 3]), zip("ab"), zip("a", "b", "c"), Odd().items(), 5):
        odd(x)
    print(numbered("ab"), numbered([1.5, 2], 10**20), numbered([], 3), numbered({5: 6}, -1), numbered([2**61 - 1] * 2, 2**61 - 1))
    print(dot([1, 2], [3, 4, 5]), dot([1.5, 2], (3, 4)), dot(range(5), range(5)), dot([2**40] * 2, [2**40] * 2))
    strictly([1, 2], [3])
    strictly([1], [3, 4])
    try:
        for i, x in enumerate(failing()):
            print(i, x)
    except KeyError as e:
        print("KeyError", e)
    print(nested([(1, 2), "ab"]))
    print(total(Items()), finder({1: 2, 3: 4}, 4), finder({}, 4))
    for i, n in enumerate([Noisy("c"), Noisy("d")]):
        print("at", i)
        n = i
        print("left", i)
    try:
        shown()
    except ZeroDivisionError:
        print(traceback.format_exc())
    print(list(as_generator({1: 2})), [a + b for a, b in zip([1, 2], [3, 4])], {k: v for k, v in {1: 2}.items()})
    e = enumerate("xyz")
    for i, c in e:
        print(i, c, next(e, None))


main()
