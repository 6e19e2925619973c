"""Equality in inlined generators: of None, texts, numbers and objects that define it."""


class E:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"E({self.n})"

    def __eq__(self, other):
        print("eq", self.n, other)
        return True


def changes(values):
    last = None
    for value in values:
        if value != last:
            yield value
        last = value


def named(rows, key):
    for name, w in rows:
        if name == key:
            yield w


def nones(vs):
    for v in vs:
        if v == None:
            yield 1
        if None != v:
            yield 2


def run(f, *a):
    out = []
    for x in f(*a):
        out.append(x if not isinstance(x, E) else x.n)
    print(out)


for k in range(2):
    run(changes, [1, 1, 2, 2, 3, 1])
    run(changes, [1.5, 1.5, 2, 2.0, True, 1, None, None, "a", "a", "b"])
    run(changes, [E(1), E(2), 3, E(4)])
    run(named, [("a", 1), ("b", 2), ("a", 3), ("ab", 4), (1, 5), (None, 6)], "a")
    run(named, [("é", 1), ("ab", 2), ("abc", 3), ("ab", 4)], "a" + "b"[:1])
    run(named, [(E(7), 1), ("b", 2)], "b")
    run(named, [(1, 1), (2, 2)], 2)
    run(nones, [None, 1, 2.5, "a", [], E(9), True])
