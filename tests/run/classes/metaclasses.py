"""Metaclasses, hooks of class creation, descriptors, type parameters."""


class Meta(type):
    def __prepare__(name, bases, **kw):
        print("prepare", name, bases, kw)
        return {"prepared": True}

    def __new__(meta, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")), kw)
        return super().__new__(meta, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        print("init", name, kw)
        super().__init__(name, bases, ns)

    def __call__(cls, *args, **kw):
        print("call", cls.__name__, args, kw)
        return super().__call__(*args, **kw)

    def __instancecheck__(cls, o):
        return o == "magic" or super().__instancecheck__(o)

    def __subclasscheck__(cls, c):
        return c is int or super().__subclasscheck__(c)

    def __getattr__(cls, n):
        return "meta " + n

    def __len__(cls):
        return 42

    def __iter__(cls):
        return iter([1, 2])

    def __contains__(cls, v):
        return v == 9

    @property
    def prop(cls):
        return cls.__name__


class A(metaclass=Meta, flag=1):
    def __init__(self, *a, **k):
        self.a, self.k = a, k


class B(A, other=2):
    pass


b = B(1, x=2)
print(b.a, b.k, B.prepared, B.foo, len(B), list(B), 9 in B, B.prop)
print(isinstance("magic", A), isinstance(b, A), isinstance(3, A), issubclass(int, A), issubclass(B, A), issubclass(str, A))
try:
    b.prop
except AttributeError as e:
    print(e)


class Plugin:
    registry = {}

    def __init_subclass__(cls, /, key=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry[key] = cls

    def __class_getitem__(cls, item):
        return cls.__name__, item


class P1(Plugin, key="one"):
    pass


class P2(P1, key="two"):
    pass


print(sorted(Plugin.registry), P2[int, str])


class Field:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return getattr(obj, self.name, "unset")

    def __set__(self, obj, v):
        setattr(obj, self.name, v)

    def __delete__(self, obj):
        delattr(obj, self.name)


class Rec:
    x = Field()
    y = Field()

    def __init__(self, x):
        self.x = x


r = Rec(5)
print(r.x, r.y, vars(r), type(Rec.x).__name__)
del r.x
print(r.x, vars(r))


class Lazy:
    def __init__(self, f):
        self.f = f

    def __get__(self, obj, owner):
        v = obj.__dict__[self.f.__name__] = self.f(obj)
        return v


class UsesLazy:
    @Lazy
    def value(self):
        print("computing")
        return 7


u = UsesLazy()
print(u.value, u.value)


class Entries:
    def __mro_entries__(self, bases):
        return (dict,)


class FromEntries(Entries()):
    pass


print(FromEntries.__bases__, len(FromEntries.__orig_bases__))


class X:
    def f(self):
        return "X"


class Y(X):
    def f(self):
        return "Y" + super().f()


class Z(X):
    def f(self):
        return "Z" + super().f()


class W(Y, Z):
    def f(self):
        return "W" + super().f()

    @classmethod
    def c(cls):
        return cls.__name__

    @staticmethod
    def s(a, b=2):
        return a, b


class V(W):
    @classmethod
    def c(cls):
        return "V+" + super().c()


print(W().f(), V.c(), V().c(), W.s(1), W().s(3, 4), [c.__name__ for c in V.__mro__])


class Single:
    instance = None

    def __new__(cls, *a):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
            print("made")
        return cls.instance

    def __init__(self, *a):
        print("init", a)


print(Single(1) is Single(2))


class NotAnInstance:
    def __new__(cls):
        return 3

    def __init__(self):
        print("never")


print(NotAnInstance())


def outer():
    n = 0

    class Inner:
        m = n

        def get(self):
            return n, __class__.__name__

    n = 5
    return Inner


I = outer()
print(I().get(), I.m, I.__qualname__)


class Temp:
    def __init__(self, c):
        self._c = c

    @property
    def c(self):
        "degrees"
        return self._c

    @c.setter
    def c(self, v):
        if v < 0:
            raise ValueError("cold")
        self._c = v

    @c.deleter
    def c(self):
        print("deleted")


t = Temp(3)
t.c = 4
del t.c
print(t.c, Temp.c.__doc__)
try:
    t.c = -1
except ValueError as e:
    print(e)


def show(v):
    match v:
        case {"k": [a, b, *rest], **others}:
            return "map", a, b, rest, others
        case [x, y]:
            return "pair", x, y
        case Temp(c=c) if c > 3:
            return "temp", c
        case int(n) | float(n):
            return "number", n
        case "a" | "b" as s:
            return "text", s
        case None:
            return "none"
        case _:
            return "other"


for v in ({"k": (1, 2, 3), "z": 1}, [1, 2], (1, 2, 3), t, 5, 2.5, "a", None, "zz"):
    print(show(v))


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


match Point(1, 2):
    case Point(0, _):
        print("zero")
    case Point(1, y=yy):
        print("one", yy)


class Copyable:
    def __init__(self):
        self.v = 1


print(type("Dyn", (X,), {"f": lambda self: "dyn"})().f())
print(sorted(n for n in dir(Point(1, 2)) if not n.startswith("__")))
