"""Methods of dicts, sets, lists and strs, builtins and heapq called directly: what may change under them, and their errors."""
import heapq
import traceback
from heapq import heappop, heappush


class Key:
    log = []

    def __init__(self, n, h=None):
        self.n = n
        self.h = n if h is None else h

    def __hash__(self):
        Key.log.append(("hash", self.n))
        return self.h

    def __eq__(self, other):
        Key.log.append(("eq", self.n, other.n if isinstance(other, Key) else other))
        return isinstance(other, Key) and self.n == other.n

    def __repr__(self):
        return f"K{self.n}"


def last_line(f, *args):
    try:
        return f(*args)
    except Exception:
        return traceback.format_exc().splitlines()[-1]


def lookups(d, keys):
    out = []
    for k in keys:
        out.append(d.get(k))
        out.append(d.get(k, "none"))
        out.append(k in d)
        try:
            out.append(d[k])
        except KeyError as e:
            out.append(("missing", e.args))
    return out


def known():
    d = {1: "int", 2.5: "float", "s": "str", (1, 2): "tuple", None: "none"}
    keys = [1, 1.0, True, 2.5, "s", "".join(["s"]), (1, 2), None, 2, -1, 10**30, "t", float("nan"), Key(1)]
    print(lookups(d, keys))
    print(last_line(d.get, []), last_line(lambda: [] in d), last_line(lambda: d[{}]))
    d[1] = 3
    d[1.0] = 4
    d[True] += 5
    print(d, list(d))
    e = {}
    for i in range(40):
        e[i * 7 % 13] = e.get(i * 7 % 13, 0) + i
        e.setdefault(i % 5 + 100, []).append(i)
    print(e)
    print(e.setdefault("new", 1), e.setdefault("new", 2), last_line(e.setdefault, [], 1))


def probing():
    Key.log.clear()
    d = {Key(1, 5): 1, Key(2, 5): 2, 5: "five"}
    print(d.get(Key(2, 5)), d.get(5), Key(3, 5) in d, d[Key(1, 5)])
    s = set()
    s.add(Key(1, 3))
    s.add(Key(1, 3))
    s.add(Key(2, 3))
    s.discard(Key(2, 3))
    print(Key(1, 3) in s, 3 in s, len(s))
    print(Key.log)


class Missing(dict):
    def __missing__(self, key):
        return f"<{key}>"


class Loud(dict):
    def __getitem__(self, key):
        return ("get", key)

    def get(self, key, default=None):
        return ("got", key, default)

    def __contains__(self, key):
        return True

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, ("set", value))


class Counting(list):
    def pop(self):
        return "popped"

    def append(self, item):
        list.append(self, ("appended", item))


def pops(stack):
    out = []
    stack.append(1)
    stack.append("two")
    while len(out) < 4:
        try:
            out.append(stack.pop())
        except IndexError as e:
            out.append(str(e))
    return out, list(stack)


class Item:
    made = 0

    def __init__(self, rank, name):
        self.rank, self.name = rank, name

    def __lt__(self, other):
        Item.made += 1
        return self.rank < other.rank

    def __repr__(self):
        return f"{self.name}{self.rank}"


def heaps(items):
    heap = []
    for item in items:
        heapq.heappush(heap, item)
    out = []
    while heap:
        out.append(heapq.heappop(heap))
    return out


class Shrinks:
    def __init__(self, heap):
        self.heap = heap

    def __lt__(self, other):
        self.heap.clear()
        return False


def shrinking():
    heap = [1]
    heap.append(Shrinks(heap))
    return last_line(heappush, heap, Shrinks(heap)), last_line(heapq.heappop, [])


def texts(words):
    out = []
    for w in words:
        out.append((w.isdigit(), w.isalpha(), w.isalnum(), w.isspace(), w.isupper(), w.islower()))
        out.append((w.startswith("a"), w.endswith("b"), w.startswith(("x", "a"))))
    return out


def builtins_of(v):
    return [last_line(f, v) for f in (lambda v: str(v), lambda v: int(v), lambda v: float(v), lambda v: bool(v),
            lambda v: list(v), lambda v: tuple(v), lambda v: sorted(set(v)), lambda v: ord(v), lambda v: chr(v),
            lambda v: abs(v), lambda v: sum(v), lambda v: len(v), lambda v: repr(v), lambda v: isinstance(v, int),
            lambda v: divmod(v, 3), lambda v: isinstance(v, 3))]


def pairs(rows):
    total = 0
    seen = []
    for a, b in rows:
        total += a
        seen.append(b)
    return total, seen


def unpacking():
    print(pairs([(1, 2), (3, 4)]), pairs([[1, "x"], (2.5, "y")]), pairs({(1, 1): 0}), pairs([(i, i) for i in range(3)]))
    print(last_line(pairs, [(1, 2, 3)]), last_line(pairs, [(1,)]), last_line(pairs, [5]), pairs([("ab")[:2] and (1, "b")]))

    class Died:
        def __init__(self, name):
            self.name = name

        def __del__(self):
            print("died", self.name)

    def swap(pair):
        a, b = pair
        del pair
        print("swapped")
        return a

    print(swap((Died("a"), Died("b"))).name)


def make(kind):
    if kind:
        return {}
    return {1: 2}


def typed(kind):
    d = make(kind)
    d[3] = 4
    return d


def rebound():
    global len, str
    before = (len([1]), str(5))
    len = lambda v: "my len"
    str = lambda v: "my str"
    after = (len([1]), str(5))
    del len, str
    return before, after, len([1, 2]), str(6)


def replaced():
    out = [heaps([3, 1, 2])]
    old = heapq.heappush
    heapq.heappush = lambda heap, item: heap.append(("pushed", item))
    try:
        out.append(last_line(heaps, [3, 1, 2]))
    finally:
        heapq.heappush = old
    out.append(heaps([2, 1]))
    return out


def main():
    known()
    probing()
    print(lookups(Missing(a=1), ["a", "b"]), lookups(Loud(a=1), ["a", "b"]))
    for d in (Missing(), Loud(), {}):
        d["k"] = 1
        print(dict.items(d))
    print(pops([]), pops(Counting()), pops([0] * 20))
    print(heaps([5, 2, 9, 1]), heaps([2.5, 1, True, 10**40]), heaps([(2, "b"), (1, "z"), (2, "a"), (1, "z", 0), ()]))
    print(heaps([Item(3, "c"), Item(1, "a"), Item(2, "b")]), Item.made)
    print(heaps([(1, Item(2, "x")), (1, Item(1, "y")), (0.0, 1), (-0.0, 0)]), Item.made)
    print(heaps(["b", "a", "é", "\U0001f600", "aa", ""]), last_line(heaps, [1, "a"]), last_line(heaps, [(1, "a"), (1, 2)]))
    print(shrinking(), last_line(heappush, (), 1), last_line(heappop, 3))
    nan = float("nan")
    print(heaps([nan, 1.0, nan]) is not None, heaps([(nan, 2), (nan, 1)]))
    print(texts(["a", "1", "", "aB", " \t\x1f", "é", "²", "A", "\x00", "ab", "Ⅷ", "ß"]))
    for v in (5, -2.5, "12", "a", [1, 2], None, True, 10**25, b"x", {1: 2}):
        print(builtins_of(v))
    unpacking()
    print(typed(0), typed(1), rebound(), replaced())
    d = {}
    print(type(dict()), type(list()), set(), tuple(), dict(a=1), list("ab"), isinstance(d, (int, dict)))


main()
