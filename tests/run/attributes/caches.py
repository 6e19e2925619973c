"""Attribute sites see every change of classes and instances."""


def get(o):
    return o.x


def call(o):
    return o.m()


def put(o, v):
    o.x = v


class A:
    x = "class"

    def m(self):
        return "A.m"


class B(A):
    pass


a, b = A(), B()
for _ in range(3):
    print(get(a), get(b), call(a), call(b))
A.x = "changed"
A.m = lambda self: "new m"
print(get(a), get(b), call(a), call(b))
B.x = "B"
B.m = lambda self: "B.m"
print(get(a), get(b), call(a), call(b))
put(a, 1)
print(get(a), get(b))
del a.x
print(get(a))
a.m = lambda: "own"
print(call(a), call(b))
del a.m
print(call(a))
A.x = property(lambda self: "prop", lambda self, v: print("set", v))
a.__dict__["x"] = "hidden"
print(get(a), get(b))
put(a, 5)
del A.x
print(get(a))
for _ in range(3):
    print(get(a))


class S:
    __slots__ = ("x", "y")

    def m(self):
        return self.x


s = S()
for i in range(3):
    put(s, i)
    print(get(s), call(s))
try:
    get(S())
except AttributeError as e:
    print(e)
for o in (a, b, s):
    put(o, o.__class__.__name__)
print([get(o) for o in (a, b, s)] * 2)


class C:
    def m(self):
        return "C.m"


b2 = B()
b2.x = 10
print(call(b2), get(b2))
b2.__class__ = C
print(call(b2), get(b2), type(b2).__name__)


class G:
    def __getattr__(self, n):
        return "dynamic " + n


g = G()
print(get(g), g.other)
g.x = 3
print(get(g))


class H:
    def __getattribute__(self, n):
        return "all " + n


print(get(H()), H().foo)
H.__getattribute__ = object.__getattribute__
try:
    get(H())
except AttributeError as e:
    print(e)


class W:
    def __setattr__(self, n, v):
        object.__setattr__(self, n, v * 2)


w = W()
put(w, 4)
print(get(w))
del W.__setattr__
put(w, 4)
print(get(w))


class Many:
    def __init__(self):
        for i in range(40):
            setattr(self, f"a{i}", i)


m = Many()
print(m.a0, m.a3, m.a4, m.a39, sum(vars(m).values()))
m.a39 = "last"
del m.a0
print(m.a1, m.a39, len(m.__dict__), list(m.__dict__)[:3])
m.__dict__ = {"a1": "replaced"}
print(m.a1, hasattr(m, "a2"))
m.a2 = 7
print(m.__dict__)
del m.__dict__
print(m.__dict__)
m.z = 1
print(m.__dict__)


class Base1:
    def m(self):
        return 1


class Base2:
    def m(self):
        return 2


class D(Base1):
    pass


d = D()
print(call(d))
D.__bases__ = (Base2,)
print(call(d), D.__mro__)


class L(list):
    def m(self):
        return len(self)


lst = L([1, 2])
lst.x = "on a list"
print(call(lst), get(lst), lst, lst.__dict__)


class I(int):
    pass


i = I(10**30)
i.x = "on an int"
print(get(i), i + 1, i.__dict__)


class Tu(tuple):
    pass


t = Tu((1, 2, 3))
t.x = "on a tuple"
print(get(t), t, t.__dict__)


class E(Exception):
    pass


e = E("boom")
e.x = "on an exception"
print(get(e), repr(e), e.__dict__)
