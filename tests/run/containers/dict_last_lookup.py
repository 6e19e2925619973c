"""Lookups that follow each other: the entry found last may have gone, moved or be another one."""


class Noisy:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 2

    def __eq__(self, other):
        print("eq", self.n, getattr(other, "n", other))
        return isinstance(other, Noisy) and self.n == other.n


class Shrinks:
    """Its __eq__ changes the dict that is searched."""

    def __init__(self, d):
        self.d = d

    def __hash__(self):
        return hash("a")

    def __eq__(self, other):
        self.d.pop("b", None)
        return False


def count(words):
    d = {}
    for w in words:
        if w in d:
            d[w] += 1
        else:
            d[w] = 1
    return d


def histogram(items):
    d = {}
    for x in items:
        d[x] = d.get(x, 0) + 1
    return d


def main():
    print(count(("a" * (i % 5) + chr(97 + i % 3)) for i in range(50)))
    print(count(chr(228 + i % 3) + "x" for i in range(20)))
    print(count(chr(0x4e00 + i % 3) * 2 for i in range(20)))
    print(count(chr(0x1f600 + i % 2) * 2 for i in range(20)))
    print(histogram([1, True, 1.0, 2, 2.0, 0, False, -0.0, 0.0, "1", None, None]))
    print(histogram([float("nan")] * 3)[1:] if False else len(histogram([float("nan"), float("nan")])))

    # The entry found last is deleted, and added again at another place.
    d = {"a": 1, "b": 2, "c": 3}
    print(d["b"])
    del d["b"]
    print("b" in d, d.get("b"), d.setdefault("b", 7), list(d))
    print(d["b"], d.pop("b"), "b" in d)
    d.clear()
    print("a" in d, d.get("a"))
    d["a"] = 5
    print(d["a"], list(d.items()))

    # Equal texts that are different objects.
    key = "".join(["k", "e", "y"])
    d = {"key": 1}
    print(d[key], "".join(["ke", "y"]) in d)
    d[key] += 1
    print(d)

    # The entry behind the last one.
    d = {i: i * i for i in range(10)}
    total = 0
    for k in d:
        total += d[k]
    print(total)
    for k in list(d):
        if k % 3:
            del d[k]
        else:
            d[k] = -k
    print(d)
    for k in list(d)[::-1]:
        print(d.pop(k), end=" ")
    print(d)

    # Copies and growth.
    d = {}
    for i in range(100):
        d[i] = i
        e = dict(d)
        e[i] += 1000
        assert d[i] == i and e[i] == 1000 + i
    print(sum(d.values()), d.popitem(), d.popitem(), 99 in d, 97 in d)

    # Keys with code of their own.
    d = {Noisy(0): "zero", Noisy(2): "two", Noisy(1): "one"}
    k = Noisy(2)
    print(d[k], d[k])
    d[k] = "TWO"
    print(k in d, d.get(Noisy(4)))
    d = {"b": 1}
    s = Shrinks(d)
    d[s] = 2
    d["b"] = 3
    print("a" in d, "b" in d, len(d))
    try:
        d[[]]
    except TypeError as e:
        print(e)
    try:
        d["missing"]
    except KeyError as e:
        print("KeyError", e)

    class Counts(dict):
        def __missing__(self, key):
            print("missing", key)
            return 10

    c = Counts()
    c["x"] += 1
    c["x"] += 1
    print(c, c["y"], "y" in c)
    try:
        for k in c:
            c[k + "!"] = 1
    except RuntimeError as e:
        print(e)


main()
