# Objects die where CPython lets them die.
import gc
import weakref


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def scope():
    a = Noisy("a")
    b = Noisy("b")
    print("in scope")


scope()
x = Noisy("x1")
x = Noisy("x2")
print("rebound")
del x
print("deleted")


def argument(n):
    print("argument", n.name)


argument(Noisy("temp"))
print("after call")
items = [Noisy("i0"), Noisy("i1")]
items.pop()
print("popped")
items.clear()
d = {"k": Noisy("v")}
d["k"] = None
Noisy("unused")
print("before loop")
for i in range(2):
    n = Noisy(f"loop{i}")
print("after loop")


def early():
    n = Noisy("early")
    return 1


early()


def raising():
    n = Noisy("raising")
    raise ValueError


try:
    raising()
except ValueError:
    print("caught")
print("after except")


class Node:
    def __del__(self):
        print("node", self.n)


def cycle():
    a, b = Node(), Node()
    a.n, b.n = "a", "b"
    a.other, b.other = b, a


gc.disable()
cycle()
print("collecting")
print(gc.collect() > 0)
r = weakref.ref(n)
print(r() is n)
del n
print(r())
w = Noisy("w")
weakref.finalize(w, print, "finalizer")
del w


class Resurrect:
    saved = None

    def __del__(self):
        Resurrect.saved = self


Resurrect()
print(type(Resurrect.saved).__name__)
chain = None
for i in range(200000):
    chain = (chain, i)
del chain
t = Noisy("tuple"), 1
(t, u) = (None, 2)
print("end")
last = Noisy("at exit")
