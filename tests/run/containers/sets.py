# Sets: CPython's iteration order, methods, operators, errors.
def t(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)

s = {5, 3, 1, 100, 64, 8, -1, 2**40, 17}
print(s, len(s))
for i in range(0, 60, 7):
    s.add(i)
print(s)
for i in (5, 3, 64, 21):
    s.discard(i)
for i in range(200, 210):
    s.add(i)
print(s, list(s))
print(s.pop(), s.pop(), len(s))
r = 12345
q = set()
order = []
for i in range(3000):
    r = (r * 1103515245 + 12345) % 2**31
    v = r % 500
    if r & 1024:
        q.add(v)
    else:
        q.discard(v)
    if i % 250 == 0:
        order.append(list(q))
for o in order:
    print(o)
a, b = set(range(10)), set(range(5, 15))
print(a | b, a & b, a - b, a ^ b, a < b, a <= a, a > {1}, a == set(range(10)), a != b)
print(a.union([99], (98,)), a.intersection(range(3)), a.difference([1], [2]), a.symmetric_difference([1, 50]))
print(a.isdisjoint([77]), a.issubset(range(20)), a.issuperset([1, 2]))
a |= {20}
a &= set(range(0, 30, 2))
a ^= {0, 1}
a -= {2}
print(a)
a.update([1, 2], {3: 4})
a.intersection_update(range(10))
a.difference_update([1])
a.symmetric_difference_update([2, 3, 77])
print(a)
t(a.remove, 12345)
t(set().pop)
t(lambda: {[]})
t(a.add, [])
t(lambda: [] in a)
print({1} in {frozenset({1})}, frozenset({1}) in {frozenset([1])})
t(lambda: {1} | [1])
t(lambda: {1} < [1])
t(hash, set())
print(hash(frozenset([1, 2, 3])), hash(frozenset()), hash(frozenset(range(50))))
print(frozenset(), frozenset([3, 1]), set(), repr({1}), {1.0, 1, True}, frozenset("a") | {"b"} == {"a", "b"})
print(type(frozenset([1]) | {2}), type({2} | frozenset([1])))
class S(set):
    pass
print(S([1, 2]), type(S([1]) | {2}), type(S([1]).copy()), S([1]) == {1})
def grow():
    s = {1}
    for i in s:
        s.add(i + 1)
t(grow)
it = iter({1, 2, 3})
print(next(it), it.__length_hint__(), it.__reduce__()[1])
print({x * x for x in range(10)}, {*range(3), *"a"}, {c for c in "a"})
e = set(range(100))
for i in range(95):
    e.remove(i)
print(e)
e.add(0)
print(e, set(e), e.copy(), set(list(e)))
