# The module weakref.
import gc
import weakref


class C:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"C({self.n})"

    def m(self):
        return self.n


a, b = C(1), C(2)
d = weakref.WeakValueDictionary(a=a, b=b)
print(dict(d), len(d), "a" in d, d.get("z"), sorted(d.keys()))
k = weakref.WeakKeyDictionary()
k[a] = "one"
k[b] = "two"
s = weakref.WeakSet([a, b])
print(len(k), len(s), a in s, k[a], sorted(k.values()))
m = weakref.WeakMethod(a.m)
print(m()(), m() == a.m)
f = weakref.finalize(b, print, "finalised", 2, flush=True)
print(f.alive, f.peek()[2:])
del b
print(dict(d), len(k), len(s), f.alive, f())
r = weakref.ref(a, lambda w: print("dead", w() is None))
p = weakref.proxy(a)
print(r() is a, p.n, p.m(), weakref.getweakrefcount(a) > 1)
del a
gc.collect()
print(r(), m(), len(d), len(k), len(s))
try:
    p.n
except ReferenceError as e:
    print(e)
x = C(3)
g = weakref.finalize(x, print, "at exit")
g.atexit = True
s = weakref.WeakSet([x])
s |= weakref.WeakSet()
print(s == {x}, s.copy() == s, weakref.ref(x) == weakref.ref(x), hash(weakref.ref(x)) == hash(x))
