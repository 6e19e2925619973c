"""Merges into empty and other dicts, growth with entries taken out, loops over views and iterators."""


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 7

    def __eq__(self, other):
        print("eq", self.n, other.n)
        return self.n == other.n

    def __repr__(self):
        return f"K{self.n}"


def indexed(items):
    out = {}
    for i, x in enumerate(items):
        out[x] = i
    return out


def swapped(d):
    out = {}
    for k, v in d.items():
        out[v] = k
    return out


def both(a, b):
    out = {}
    for x, y in zip(a, b):
        out[x] = y
    return out


def backwards(items):
    out = []
    for x in reversed(items):
        out.append(x)
    return out


def values(d):
    total = 0
    for v in d.values():
        total += v
    for k in d.keys():
        total += len(k)
    return total


class Strange(dict):
    def items(self):
        return [["a", 1], ("b", 2), "cd"]

    def values(self):
        return [1, 2, 3]

    def keys(self):
        return ("x", "yy")


def main():
    d = {"k%d" % i: i for i in range(60)}
    for i in range(0, 60, 7):
        del d["k%d" % i]
    e = {**d}
    assert list(e) == list(d) and e == d
    e = {**d, **{"k1": "one", "new": 2}}
    print(len(e), list(e)[:3], list(e)[-2:], e["k1"])
    e = dict(d, extra=1)
    print(len(e), list(e)[-1])
    e = {}
    e.update(d)
    e.update({i: i for i in range(5)})
    print(len(e), [k for k in e if type(k) is int])
    # Numbers that are equal, and keys with code of their own.
    print({**{1: "a", 2.0: "b"}, **{True: "c", 2: "d"}})
    a = {Key(1): 1, Key(2): 2}
    del a[next(iter(a))]
    a["text"] = 3
    print("merge")
    print({**a, **{Key(2): "two"}})
    print(indexed(d)["k59"], indexed("hello"), indexed(range(3)), indexed([]), indexed(iter([None, 1.5])))
    print(swapped({"a": 1, "b": 2}), both("ab", [1, 2, 3]), both(range(2), "xy"))
    print(backwards([1, 2, 3]), backwards((1, 2)), backwards("ab"), backwards(range(3)), backwards({"a": 1, "b": 2}))
    print(values({"a": 1, "bb": 2}), values(Strange()), swapped(Strange()))
    global enumerate, zip, reversed
    enumerate = lambda items: [[i * 2, x] for i, x in zip(range(9), items)]
    print(indexed("abc"))
    zip = lambda a, b: (("p", "q"),)
    print(both("ab", "cd"))
    reversed = sorted
    print(backwards([3, 1, 2]))
    del enumerate, zip, reversed
    print(indexed("abc"), both("ab", "cd"), backwards([3, 1, 2]))
    big = {}
    for i in range(5000):
        big[i] = str(i)
        if i % 3 == 0:
            del big[i // 2]
            big[i // 2] = "again"
    copy = {**big}
    assert copy == big and list(copy) == list(big) and all(copy[k] == v for k, v in big.items())
    print(len(big), sum(v == "again" for v in big.values()), list(big)[:5])
    try:
        for i, x in enumerate(big):
            big["new"] = i
    except RuntimeError as error:
        print(error)


main()
