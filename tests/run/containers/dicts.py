# Dicts: order, methods, errors, mutation during iteration and during lookup.
def t(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)

d = {}
for i in range(20):
    d[i * 37 % 11] = i
print(d, len(d), list(d), list(reversed(d)))
del d[4]
d[4] = "again"
print(d.popitem(), d.pop(3), d.pop(99, None), d.get(7), d.get(99), d.get(99, 1), d.setdefault(50), d.setdefault(0, 5))
t(d.pop, 99)
t({}.popitem)
t({}.pop, [])
t(lambda: d[[]])
t(lambda: {[]: 1})
print({1: "a", 1.0: "b", True: "c"}, {0: 1, -0.0: 2, False: 3})
print(dict(a=1, b=2), dict([("x", 1), ["y", 2]], z=3), dict({"k": "v"}, w=1), dict.fromkeys("abc"), dict.fromkeys([1, 2], 0))
t(dict, 1)
t(dict, 1, 2)
t(dict, [1])
t(dict, [(1, 2, 3)])
a = {"a": 1, "b": 2}
b = {"b": 3, "c": 4}
print(a | b, b | a)
a |= b
print(a)
a |= [("z", 26)]
print(a)
t(lambda: a | [])
print({1: 2} == {1: 2.0}, {1: 2} != {1: 3}, {1: 2} == 1)
t(lambda: {1: 2} < {1: 3})

def grow():
    d = {1: 2}
    for k in d:
        d[k + 1] = 0
def keys_changed():
    d = {1: 2}
    for k in d:
        del d[1]
        d[1] = 1
t(grow)
t(keys_changed)

class Loud:
    def __init__(self, h, name):
        self.h, self.name = h, name
    def __hash__(self):
        return self.h
    def __eq__(self, other):
        print("eq", self.name, getattr(other, "name", other))
        return self is other
    def __repr__(self):
        return self.name
x, y, z, w = Loud(1, "x"), Loud(1, "y"), Loud(9, "z"), Loud(1, "w")
m = {x: 1, y: 2, z: 3}
print(w in m, m[y], m)
del m[x]
print(w in m, len(m))

class Evil:
    def __init__(self, target):
        self.target = target
    def __hash__(self):
        return 5
    def __eq__(self, other):
        self.target.clear()
        return True
e = {}
k = Evil(e)
e[k] = 1
t(lambda: (Evil({}) in e, len(e)))
print(len(e))

class Missing(dict):
    def __missing__(self, key):
        return f"no {key}"
mm = Missing(a=1)
print(mm["a"], mm["b"], mm, mm.get("b"), mm | {}, type(mm | {}))
s = {}
s["self"] = s
print(s)
print({1: {2: [3, {4}]}})
ks, vs, it = a.keys(), a.values(), a.items()
print(ks, vs, it, len(ks), "a" in ks, ("a", 1) in it, 26 in vs)
print(sorted(ks & {"a", "q"}), sorted(ks | ["q"]), sorted(ks - ["a"]), sorted(ks ^ {"a", "q"}))
print(ks == {"a", "b", "c", "z"}, ks <= {"a", "b", "c", "z", "y"}, ks.isdisjoint(["n"]), it & [("a", 1)])
print(list(reversed(a.items())), list(reversed(a.values())))
i1 = iter(a)
print(next(i1), i1.__length_hint__(), i1.__reduce__()[1], list(i1), i1.__length_hint__())
big = {i: i for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
print(sum(big), len(big), next(iter(big)))
while big:
    big.pop(next(iter(big)))
print(big)
def f(**kw):
    return kw
print(f(**{"a": 1}, **{"b": 2}))
t(lambda: f(**{"a": 1}, **{"a": 2}))
t(lambda: f(**{1: 2}))
t(lambda: f(**5))
t(lambda: {**5})
print({**a, "q": 0})
