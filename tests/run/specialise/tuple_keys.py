"""Tuples as keys of dicts: nested, of mixed numbers, with items whose hash and equality run code."""


class Key:
    def __init__(self, v, log):
        self.v, self.log = v, log

    def __hash__(self):
        self.log.append(("hash", self.v))
        return hash(self.v)

    def __eq__(self, other):
        self.log.append(("eq", self.v, getattr(other, "v", other)))
        return self.v == getattr(other, "v", other)


class Bad:
    def __hash__(self):
        raise ValueError("no hash")


class Text(str):
    def __eq__(self, other):
        return str.__eq__(self, other.lower() if isinstance(other, str) else other)

    __hash__ = str.__hash__


class Tup(tuple):
    def __eq__(self, other):
        print("Tup.__eq__")
        return tuple.__eq__(self, other)

    __hash__ = tuple.__hash__


def fill(n):
    d = {}
    for i in range(n):
        for j in range(5):
            d[i, j] = d.get((i, j - 1), 0) + i
    return d


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


def main():
    d = fill(300)
    print(len(d), d[299, 4], (3, 5) in d, (2**61 - 1, 0) in d, sum(d.values()))
    n = {(2**61 - 1, -1): "m", (2**61, -2): "n", (-(2**61), 0): "o", (2**61 - 2, 5): "p", (2**70, 1): "big"}
    for key in list(n):
        print(n[key], hash(key))
    print(n.get((0, -2)), n[2**70, 1])
    print({(1, 2): "int"}[1.0, 2], {(True, 0): "b"}[1, 0.0], {(0.0, -0.0): "z"}[0, 0], (1.5, 2) in {(1.5, 2): 0})
    print({(): 1, ((),): 2, ((), ()): 3}[(), ()], {("a", ("b", 1)): 4}["a", ("b", 1)])
    nan = float("nan")
    print((nan, 1) in {(nan, 1): 0}, (float("nan"), 1) in {(nan, 1): 0})
    log = []
    e = {(Key(1, log), "x"): "first"}
    print(e[Key(1, log), "x"], e.get((Key(2, log), "x")), log)
    attempt(lambda: {(1, Bad()): 2})
    attempt(lambda: d[1, []])
    attempt(lambda: d[1, 99])
    t = {(Text("abc"), 1): "text"}
    print(t.get(("abc", 1)), t.get(("ABC", 1)))
    u = {Tup((1, 2)): "sub", (3, 4): "plain"}
    print(u[1, 2], u[Tup((3, 4))])
    mixed = {1: "int", "s": "str", (1,): "tuple", 1.5: "float", None: "none"}
    mixed[1, 2] = "pair"
    del mixed[(1,)]
    print([mixed.get(k) for k in (1, "s", (1,), 1.5, None, (1, 2), (True, 2.0))])
    deep = ()
    for _ in range(100):
        deep = (deep, "é", "x" * 20)
    print({deep: "deep"}[deep], deep in {deep[0]: 1})
    for i in range(0, 300, 3):
        del d[i, 0]
    print(len(d), (3, 0) in d, (4, 0) in d, [k for k in d][:4])


main()
