"""collections.Counter over mappings and keys of all kinds."""
from collections import Counter, defaultdict


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        if self.n == 3:
            raise ValueError("three")
        return self.n == other.n

    def __repr__(self):
        return f"Key({self.n})"


class Loud(Counter):
    def __setitem__(self, key, value):
        print("set", key, value)
        super().__setitem__(key, value)


class Got(Counter):
    def get(self, key, default=None):
        print("get", key)
        return super().get(key, default)


class Missing(Counter):
    def __missing__(self, key):
        return 100


def main():
    print(Counter("abracadabra").most_common())
    c = Counter([1, 1.0, True, 2, "2", (1, 2), (1, 2)])
    print(c)
    c.update(["2", 2])
    print(c)
    c = Counter(a=(1 << 61) - 1, b=1.5, d=True)
    c.update("abd")
    print(c)
    c.update("a")
    print(c)
    c = Counter()
    c["x"] = "text"
    try:
        c.update("x")
    except TypeError as e:
        print(e)
    Loud("aab")
    Got("aab")
    m = Missing("aab")
    print(m["z"], m)
    print(Counter([Key(1), Key(2), Key(1)]))
    try:
        Counter([Key(3), Key(3)])
    except ValueError as e:
        print("ValueError", e)
    try:
        Counter([[]])
    except TypeError as e:
        print(e)
    d = defaultdict(int)
    for w in "one two two three three three".split():
        d[w] += 1
    print(dict(d))


main()
