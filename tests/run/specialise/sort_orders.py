"""Sorts of keys of one kind, and of keys that only look like that: the order, stability, errors, and which comparisons are made."""
import random


class Text(str):
    def __lt__(self, other):
        return str.__gt__(self, other)


class Counted:
    made = 0

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        Counted.made += 1
        return self.n < other.n


def merged(items, less):
    """A stable order, one item at a time."""
    out = []
    for x in items:
        i = len(out)
        while i and less(x, out[i - 1]):
            i -= 1
        out.insert(i, x)
    return out


def check(name, items):
    got = sorted(items)
    wanted = merged(items, lambda a, b: a < b)
    same = all(a is b or repr(a) == repr(b) for a, b in zip(got, wanted)) and len(got) == len(wanted)
    keyed = sorted(enumerate(items), key=lambda p: p[1])
    stable = [i for i, _ in keyed] == [i for i, _ in merged(enumerate(items), lambda a, b: a[1] < b[1])]
    back = sorted(enumerate(items), key=lambda p: p[1], reverse=True)
    stable_back = [i for i, _ in back] == [i for i, _ in merged(enumerate(items), lambda a, b: a[1] > b[1])]
    print(name, same, stable, stable_back, got[:3])


random.seed(5)
for n in (0, 1, 2, 5, 40, 300):
    ints = [random.randrange(-20, 20) for _ in range(n)]
    check("ints", ints)
    check("wide ints", [x * 2**55 + x for x in ints])
    check("large ints", [x * 2**61 for x in ints])
    check("bools", [x > 0 for x in ints])
    check("ints and bools", [x > 0 if x % 3 else x for x in ints])
    check("floats", [x / 4 for x in ints])
    check("zeros", [random.choice([0.0, -0.0, 1.0, -1.0]) for _ in ints])
    check("far floats", [x * 1e300 * (1e-300 if x % 2 else 1.0) for x in ints])
    check("infinite", [random.choice([float("inf"), -float("inf"), x / 2]) for x in ints])
    check("ints and floats", [x if x % 2 else x / 2 for x in ints])
    check("texts", ["t%d" % x for x in ints])
    check("long texts", ["commonprefix" + "x" * (x % 5) + str(x) for x in ints])
    check("short texts", [random.choice(["", "a", "a\0", "a\0\0", "ab", "\0", "abcdefgh", "abcdefgh\0", "b"]) for _ in ints])
    check("latin", [random.choice(["é", "e", "z", "ÿ", "\x80", "\x7f"]) * (abs(x) % 4) for x in ints])
    check("wide texts", [random.choice(["é", "€", "😀", "\uffff", "z", "\U00010000"]) * (abs(x) % 4) + "a" for x in ints])
    check("subclass", [Text("s%d" % x) for x in ints])
    check("some of a subclass", [Text("s%d" % x) if x % 4 == 0 else "s%d" % x for x in ints])
    check("pairs", [(x % 3, "p%d" % x) for x in ints])
    check("texts first", [("p%d" % (x % 4), -x, x / 2) for x in ints])
    check("lengths", [tuple(range(x % 4)) for x in ints])
    check("mixed columns", [(x % 3, x if x % 2 else x / 2) for x in ints])
    check("nested", [((x % 3, x), "a") for x in ints])
    check("zeros in pairs", [(0, random.choice([0.0, -0.0]), x) for x in ints])
    check("ascending", sorted(ints))
    check("descending", sorted(ints, reverse=True))
    check("lists", [[x % 3, x] for x in ints])

nan = float("nan")
print(sorted([3.0, nan, 1.0, 2.0, nan, 0.0]), sorted([nan, 1.0]), sorted([1.0, nan, 0.5], reverse=True))
print(sorted([(1.0, 2), (nan, 1), (0.5, 3)]), sorted([(1, nan), (1, 2.0), (1, 1.0)]))
for bad in ([1, "a"], [("a", 1), ("a", "b")], [(1, None), (1, None), (1, 2)], ["a", None], [(1,), 2], [1j, 2j], [None, None]):
    try:
        print(sorted(bad))
    except TypeError as e:
        print(e)
items = [(i % 3, Counted(i)) for i in range(60)]
random.shuffle(items)
print([p[1].n for p in sorted(items)][:5], Counted.made)
items = [5, 3, 8]
try:
    items.sort(key=lambda x: items.append(x) or x)
except ValueError as e:
    print(e, items)


def failing(x):
    if x == 8:
        raise KeyError(x)
    return x


try:
    items.sort(key=failing)
except KeyError as e:
    print("KeyError", e, items)
words = ["b", "a", "c"]
words.sort(key=str.upper, reverse=True)
print(words, min(words), max(words, key=lambda w: (len(w), w)))
print(sorted({"b": 1, "a": 2, "c": 1}.items(), key=lambda p: (-p[1], p[0])), sorted({"b": 2, "a": 1}, key={"b": 2, "a": 1}.get))
