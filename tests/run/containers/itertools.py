# itertools and the native halves of collections, functools, operator, heapq, bisect.
from itertools import *
from _collections import deque, defaultdict, OrderedDict
import _functools as functools, _operator as operator, _heapq as heapq, _bisect as bisect
def t(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)

print(list(accumulate([1, 2, 3])), list(accumulate([1, 2, 3], operator.mul, initial=10)))
print(list(batched("abcdefg", 3)), list(chain("ab", [1])), list(chain.from_iterable(["ab", "c"])))
print(list(combinations("abcd", 2)), list(combinations_with_replacement("abc", 2)), list(permutations([1, 2, 3], 2)), list(permutations("abc")))
print(list(product("ab", range(2))), list(product([1, 2], repeat=2)), list(product()))
print(list(compress("abcdef", [1, 0, 1, 0, 1])), list(islice(count(3, 2), 4)), list(islice("abcdefg", 1, None, 2)), list(islice(cycle("ab"), 5)))
print(list(dropwhile(lambda x: x < 3, [1, 3, 1])), list(takewhile(lambda x: x < 3, [1, 3, 1])), list(filterfalse(None, [0, 1])))
print([(k, list(g)) for k, g in groupby("aabccc")], [(k, len(list(g))) for k, g in groupby([1, 3, 2, 4], key=lambda x: x % 2)])
print(list(pairwise("abcd")), list(repeat(5, 3)), list(starmap(pow, [(2, 3), (3, 2)])), list(zip_longest("abc", [1], fillvalue="-")))
a, b = tee(iter([1, 2, 3]))
print(next(a), list(b), list(a))
print(count(5), count(1, 2), repeat(1), repeat(1, 2))
t(lambda: list(batched([1, 2, 3], 2, strict=True)))
t(combinations, [1], -1)
t(islice, [], -1)
t(islice, [], 1, 2, 0)
t(product, [1], repeat=-1)
t(count, "a")
t(repeat(1).__length_hint__)
t(lambda: next(count(2**62 - 1)))
d = deque([1, 2, 3], maxlen=3)
d.append(4)
d.appendleft(0)
print(d, d[0], d[-1], len(d), list(reversed(d)), 3 in d, d.maxlen)
d = deque("abcdef")
d.rotate(2)
print(d, d.index("a"), d.count("b"))
d.insert(2, "x")
d.remove("c")
del d[0]
d[0] = "first"
d.extendleft([1, 2])
d.reverse()
print(d, d + deque([9]), d * 2 == d + d, d < deque("z"), d.pop(), d.popleft(), d.copy() == d)
t(deque().pop)
t(deque, [], -1)
t(lambda: deque()[0])
def mutate():
    d = deque([1, 2])
    for i in d:
        d.append(1)
t(mutate)
dd = defaultdict(list)
dd["a"].append(1)
print(dd, dd["b"], dict(dd), dd.copy(), defaultdict(int, x=1) | {"y": 2})
t(lambda: defaultdict(None)["a"])
t(defaultdict, 5)
od = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
od.move_to_end("a")
print(od, list(reversed(od)), od.popitem(last=False), od.popitem())
od["z"] = 26
od.move_to_end("z", last=False)
print(od, od == {"a": 1, "z": 26}, od == OrderedDict(a=1, z=26), od.keys(), list(od.items()))
t(OrderedDict().popitem)
t(od.move_to_end, "q")
print(functools.reduce(operator.add, [1, 2, 3]), functools.reduce(lambda a, b: a * b, [1, 2, 3], 10))
t(functools.reduce, operator.add, [])
p = functools.partial(print, 1, sep="-")
p(2, 3)
print(functools.partial(int, base=2)("101"), functools.partial(functools.partial(max, 1), 5)())
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
print(operator.itemgetter(1, 0)("ab"), operator.attrgetter("real")(5), operator.methodcaller("upper")("x"), operator.itemgetter(1), operator.add(1, 2), operator.countOf([1, 2, 1], 1), operator.length_hint([1, 2]))
h = [5, 3, 8, 1, 9, 2]
heapq.heapify(h)
print(h, [heapq.heappop(h) for _ in range(3)], heapq.heappushpop(h, 0), heapq.heapreplace(h, 7), h)
l = [1, 3, 3, 5]
print(bisect.bisect_left(l, 3), bisect.bisect_right(l, 3), bisect.bisect_left(l, 4))
bisect.insort_right(l, 4)
print(l)
