# Lists and tuples: slices, methods, comparisons, sorting, errors.
def t(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)

l = list(range(10))
print(l[2:5], l[::-2], l[-3:], l[5:2], l[100:], l[:-100], l[8:1:-3], l[-1], l[True])
l[2:4] = "abc"
print(l)
l[::2] = range(6)
print(l)
del l[1::3]
print(l)
l[3:3] = l
print(l, len(l))
l[:] = []
print(l)
def put(i, v):
    l[i] = v
def rem(i):
    del l[i]
t(put, 0, 1)
t(put, "a", 1)
t(put, slice(0, 5, 2), [1])
t(put, slice(0, 1), 5)
t(rem, 3)
t(lambda: l[0])
t(lambda: l["x"])
tup = (1, 2)
t(lambda: tup["x"])
t(lambda: (1, 2)[5])
l = [3, 1, 2]
print(l + [4], l * 2, 2 * l, l * 0, l * -1)
t(lambda: l + (1,))
t(lambda: l * "a")
t(lambda: l * 2**100)
t(lambda: [0] * 2**62)
l += (7, 8)
l *= 2
print(l, l.index(8), l.count(3), 8 in l, 9 in l)
t(l.index, 99)
t(l.index, 3, 1)
t(l.index, 3, 1, 3)
t(l.remove, 99)
l.remove(8)
l.insert(-100, "first")
l.insert(100, "last")
print(l, l.pop(), l.pop(0), l.pop(-2))
t([].pop)
t([1].pop, 5)
l.reverse()
print(l, l.copy(), l == l.copy(), l is l.copy())
l.extend(x for x in "xy")
l.extend(l)
print(l)
l.clear()
print(l, bool(l), [] == [], [1] < [1, 2], [2] > [1, 5], [1, "a"] == [1, "a"])
t(lambda: [None] < [1])
t(lambda: [] < 1)
l = [1, [2, [3]]]
l.append(l)
print(l)
print(sorted([3, 1, 2]), sorted("banana"), sorted([3, 1, 2], reverse=True), sorted(["bb", "a", "ccc"], key=len, reverse=True))
print(sorted([(1, "b"), (1, "a"), (0, "z")]), sorted([0.5, -1.0, 3.25]), sorted([True, 0, 2]))
words = "the quick brown fox jumps over the lazy dog".split()
words.sort(key=str.upper)
print(words)
pairs = [(i % 3, i) for i in range(12)]
pairs.sort(key=lambda p: p[0])
print(pairs)
pairs.sort(key=lambda p: p[0], reverse=True)
print(pairs)
t([1, "a"].sort)
t([3, 1].sort, 1)
class C:
    n = 0
    def __init__(self, v):
        self.v = v
    def __lt__(self, other):
        C.n += 1
        return self.v < other.v
data = [C((i * 7919) % 101) for i in range(200)]
data.sort()
print(C.n, [c.v for c in data][:10])
bad = [3, 2, 1]
def key(x):
    bad.append(0)
    return x
t(bad.sort, key=key)
a, *b, c = range(6)
print(a, b, c)
def un(n, v):
    if n == 2:
        a, b = v
    else:
        a, b, *c = v
for v in ([1], [1, 2, 3], (1,), {1: 2, 3: 4, 5: 6}, iter([1, 2, 3]), 5, "abc"):
    t(un, 2, v)
t(un, 3, [1])
x = (1, 2, 3)
print(x + (4,), x * 2, x[1:], x[::-1], x.index(2), x.count(1), hash((1, 2, 3)), hash(()), hash((1.5, "")) == hash((1.5, "")), x < (1, 3), x == (1, 2, 3))
t(x.index, 9)
t(lambda: x + [1])
t(hash, ([],))
print((1,), (), tuple("abc"), tuple([1, 2]), [*x, *"ab"], (*x, 5))
t(lambda: [*5])
t(tuple, 5)
t(list, 5)
it = iter([1, 2, 3])
print(next(it), it.__length_hint__(), it.__reduce__()[1:], list(it), it.__reduce__()[1:])
r = reversed([1, 2, 3])
print(next(r), r.__length_hint__(), list(r))
class Sub(list):
    pass
s = Sub([1, 2])
print(type(s + [3]), type(s[:]), s, type(s * 2), s == [1, 2])
class T(tuple):
    def __new__(cls, *a):
        return super().__new__(cls, a)
tt = T(1, 2)
print(tt, type(tt), type(tt[:]), type(tt + ()), tt == (1, 2))
