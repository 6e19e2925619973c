"""Values of which the module's own code suggests a kind, and which are something else after all."""
import sys


def first(sequence):
    return sequence[0]


def length(sequence):
    total = 0
    for k in range(len(sequence)):
        total += len(str(sequence[k]))
    return total


def same(a, b):
    equal = 0
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] == b[j]:
                equal += 1
    return equal


# The calls that the module shows pass texts alone.
print(first("abc"), length("abc" * 3), same("abca", "cab"))


class Pretends:
    """Has items like a text, and keeps who asks."""

    def __init__(self, items):
        self.items = items
        self.asked = []

    def __len__(self):
        self.asked.append("len")
        return len(self.items)

    def __getitem__(self, k):
        self.asked.append(k)
        return self.items[k]


class Text(str):
    def __getitem__(self, k):
        return "<" + str.__getitem__(self, k) + ">"

    def __len__(self):
        return 2


names = sys.modules[__name__].__dict__
for value in [[1, 2.5, "x"], (10, 20), {0: "a", 1: "b"}, b"bytes", bytearray(b"xy"), range(5, 9), Text("hello")]:
    print(type(value).__name__, names["first"](value), names["length"](value), names["same"](value, value))
pretends = Pretends(["p", "q"])
print(names["first"](pretends), names["length"](pretends), names["same"](pretends, "pq"), pretends.asked)
for value in [None, 5, {}, set(), "", []]:
    for name in ["first", "length"]:
        try:
            print(name, repr(value), names[name](value))
        except Exception as e:
            print(name, repr(value), type(e).__name__, e)


def lcs(a, b):
    m, n = len(a), len(b)
    table = [[0] * (n + 1) for _ in range(m + 1)]
    for i in range(m):
        for j in range(n):
            if a[i] == b[j]:
                table[i + 1][j + 1] = table[i][j] + 1
            else:
                table[i + 1][j + 1] = max(table[i][j + 1], table[i + 1][j])
    return table[m][n]


print(lcs("ACGTTGCA" * 4, "TGCATGCC" * 3))
print(names["lcs"]([1, 2, "a", 3.0], (1.0, "a", 3, None)), names["lcs"](b"abc", [97, 99]), names["lcs"]("abc", ["a", "c"]))


def rows(table, k):
    table[k] = (1, 2, 3)
    return sum(row[1] for row in table), table[k][0], table[-1]


print(rows([[1, 2], [3, 4], [5, 6]], 1))
try:
    table = [[1, 2], [3, 4]]
    rows(table, 0)
    table[0][0] = 9
except TypeError as e:
    print(e)


def extremes(a, b, c):
    return min(a, b), max(a, b), min(a, b, c), max(c, b, a)


nan = float("nan")
for a, b, c in [
    (1, 2, 3),
    (2.5, 1.5, 2.0),
    (1, 1.0, True),
    (True, 1, 1.0),
    (10**20, 5, -(10**20)),
    ("b", "a", "c"),
    ((1, 2), (1,), (2,)),
    (nan, 1.0, 2.0),
    (1.0, nan, 2.0),
    (0.0, -0.0, 0),
    (-0.0, 0.0, 0),
    (2**60, 2**60 + 1, 2**61),
    (2**63 - 1, 2**63, 2**62),
    ([], [0], [0, 0]),
]:
    print(extremes(a, b, c))
for a, b, c in [(1, "a", 2), (None, 1, 2), (1j, 2j, 3j)]:
    try:
        print(extremes(a, b, c))
    except TypeError as e:
        print(e)


class Ordered:
    def __init__(self, rank):
        self.rank = rank

    def __lt__(self, other):
        print("lt", self.rank, other.rank)
        return self.rank < other.rank

    def __gt__(self, other):
        print("gt", self.rank, other.rank)
        return self.rank > other.rank


print([x.rank for x in extremes(Ordered(2), Ordered(1), Ordered(3))])


def loop_extremes(items):
    best = items[0]
    worst = items[0]
    for item in items:
        best = max(best, item)
        worst = min(worst, item)
    return best, worst


print(loop_extremes([3, 1, 2]), loop_extremes([1.5, 2.5]), loop_extremes([1, 2.5, True, 10**30]), loop_extremes(["x", "a"]))


def weigh(node):
    if node is None:
        return 0
    if isinstance(node, tuple):
        return weigh(node[0]) + weigh(node[1])
    return node


print(weigh((1, (2, (None, 4)))), weigh((1.5, 2)), weigh(("a", "b")), weigh(((True, False), True)), weigh((2**61, (2**61, 2**61))))
print(weigh(((10**20, 1), -(10**20))), weigh(True), weigh(2.5), weigh("text"), type(weigh((True, None))))


def pick(k, given):
    if k == 0:
        return 1
    if k == 1:
        return given[0]
    return pick(k - 1, given) + pick(k - 2, given)


for given in [[2], [2.5], [10**25], [True], (7,), {0: 8}]:
    print(pick(6, given), type(pick(1, given)).__name__)
try:
    pick(3, ["x"])
except TypeError as e:
    print(e)

shared = "text"


def of_global(k):
    return shared[k], len(shared)


print(of_global(1))
shared = [1, 2, 3]
print(of_global(1))
names["shared"] = {1: "one"}
print(of_global(1))


def memo(n, seen):
    if n in seen:
        return seen[n]
    if n < 2:
        return n
    seen[n] = memo(n - 1, seen) + memo(n - 2, seen)
    return seen[n]


print(memo(60, {}))


class Seen(dict):
    def __missing__(self, key):
        return key

    def __contains__(self, key):
        return key < 2 or dict.__contains__(self, key)


print(names["memo"](20, Seen()))
try:
    print(names["memo"](5, [None] * 3))
except Exception as e:
    print(type(e).__name__, e)
