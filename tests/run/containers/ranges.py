# range, slice, enumerate, zip, map, filter, reversed, iter.
def t(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)

r = range(0, 20, 3)
print(r, list(r), len(r), r[2], r[-1], r[1:4], r[::-1], 6 in r, 7 in r, 6.0 in r, "a" in r, r.index(9), r.count(9), r.count(10))
print(range(3) == range(0, 3, 1), range(0) == range(5, 2), hash(range(3)), hash(range(0)), range(5, 0, -2), list(range(5, 0, -2)), bool(range(0)))
big = range(2**70, 2**70 + 10, 3)
print(big, list(big), len(big), big[2], big[-1], big[1:], 2**70 + 3 in big, big.index(2**70 + 6), list(reversed(big)))
print(range(2**100)[2**99], range(-2**63, 2**63)[-1], range(2**63)[::2**62])
t(len, range(2**70))
t(lambda: r[100])
t(lambda: r["a"])
t(range)
t(range, 1, 2, 0)
t(range, 1.5)
t(range, "a")
t(r.index, 1)
t(r.index, "x")
print(list(reversed(range(5))), r.start, r.stop, r.step)
it = iter(range(5))
print(next(it), it.__length_hint__(), it.__reduce__()[1:], list(it))
s = slice(1, 10, 2)
print(s, slice(5), s.start, s.stop, s.step, s.indices(5), slice(None, None, -1).indices(4), slice(-3, None).indices(10), hash(slice(1, 2, 3)), slice(1) == slice(1), slice(1) < slice(2))
t(s.indices, -1)
t(lambda: slice(1, 2, 0).indices(4))
t(lambda: [1][slice("a")])
print(slice(2**70, None, -1).indices(10), slice(-2**70).indices(2**80))
print(list(enumerate("abc")), list(enumerate("ab", 2**62)), list(enumerate("ab", start=2**61 - 1)))
t(enumerate)
t(enumerate, [], "a")
t(enumerate, 5)
print(list(zip()), list(zip("abc", range(5))), list(zip("ab", [1, 2], (3, 4))), list(zip([1], strict=True)))
t(lambda: list(zip([1], [], strict=True)))
t(lambda: list(zip([], [1], strict=True)))
t(lambda: list(zip([], [], [1], strict=True)))
t(lambda: list(zip([1, 2], [1, 2], [1], strict=True)))
t(zip, 1)
t(zip, foo=1)
print(list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(map(str, [1, 2])), list(map(abs, [-1], strict=True)))
t(map)
t(map, 1)
t(lambda: list(map(max, [1], [], strict=True)))
print(list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(filter(bool, [0, 2])))
t(filter, None)
print(list(reversed("abc")), list(reversed((1, 2))), list(reversed({1: 2, 3: 4})))
t(reversed, {1})
t(reversed, 5)
class Seq:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * 10
    def __len__(self):
        return 4
print(list(Seq()), list(reversed(Seq())), 20 in Seq(), list(zip(Seq(), Seq())), max(Seq()))
n = 0
def count():
    global n
    n += 1
    return n
print(list(iter(count, 5)))
t(iter, 1)
t(iter, 1, 2)
t(next, iter([]))
print(next(iter([]), "default"))
t(next, 5)
pairs = []
for p in enumerate("ab"):
    pairs.append(p)
print(pairs)
for k, v in {1: 2}.items():
    print(k, v)
