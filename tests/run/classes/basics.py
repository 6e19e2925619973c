class Base:
    """Doc of Base."""
    kind = "base"

    def __init__(self, name):
        self.name = name

    def hello(self):
        return f"{self.kind} {self.name}"

    @classmethod
    def make(cls, name):
        return cls(name)

    @staticmethod
    def plus(a, b):
        return a + b

    @property
    def upper(self):
        return self.name.upper()

    @upper.setter
    def upper(self, value):
        self.name = value.lower()

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"

    def __eq__(self, other):
        return isinstance(other, Base) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def __lt__(self, other):
        return self.name < other.name

    def __add__(self, other):
        return Base(self.name + getattr(other, "name", str(other)))

    def __radd__(self, other):
        return Base(str(other) + self.name)

    def __getitem__(self, i):
        return self.name[i]

    def __len__(self):
        return len(self.name)

    def __contains__(self, x):
        return x in self.name

    def __call__(self, *args):
        return self.name, args

    def __bool__(self):
        return self.name != ""


class Left(Base):
    kind = "left"

    def hello(self):
        return "L" + super().hello()


class Right(Base):
    def hello(self):
        return "R" + super().hello()


class Both(Left, Right):
    pass


b = Both.make("bee")
print(b, b.hello(), [c.__name__ for c in Both.__mro__], Both.plus(1, 2))
b.upper = "CEE"
print(b.upper, b.name, b + "x", 1 + b, b[0], len(b), "e" in b, b(1, 2), bool(Base("")), not b)
print(b == Both("cee"), b != Base("d"), {b: 1}[Base("cee")], sorted([Base("z"), Base("a")]), max(Base("z"), Base("a")))
print(Base.__doc__, Base.__name__, Both.__bases__, isinstance(b, Right), issubclass(Left, Right))
print(sorted(vars(b)), b.__class__, b.__dict__)
for attempt in (lambda: b.missing, lambda: Base(), lambda: b < 3, lambda: Both.nothing, lambda: setattr(3, "x", 1)):
    try:
        attempt()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)


class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


s = Slots()
s.b = 2
print(s.a + s.b)
try:
    s.c = 3
except AttributeError as error:
    print(error)
del s.a
try:
    s.a
except AttributeError as error:
    print(error)


class Meta(type):
    def __new__(mcs, name, bases, namespace, **kwargs):
        cls = super().__new__(mcs, name, bases, namespace)
        cls.tag = kwargs.get("tag", "none")
        return cls

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)

    def __call__(cls, *args):
        print("making", cls.__name__)
        return super().__call__(*args)

    @classmethod
    def __prepare__(mcs, name, bases, **kwargs):
        return {"prepared": True}


class WithMeta(metaclass=Meta, tag="t"):
    pass


print(WithMeta().prepared, WithMeta.tag, type(WithMeta))


class Descriptor:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner):
        return self if obj is None else getattr(obj, self.name, 0)

    def __set__(self, obj, value):
        setattr(obj, self.name, value * 2)


class Uses:
    x = Descriptor()

    def __getattr__(self, name):
        if name.startswith("dyn"):
            return name[3:]
        raise AttributeError(name)


u = Uses()
u.x = 21
print(u.x, u.dynamic, hasattr(u, "other"), type(Uses.x).__name__)


class Registry:
    seen = []

    def __init_subclass__(cls, **kwargs):
        Registry.seen.append((cls.__name__, kwargs))


class One(Registry, key=1):
    pass


print(Registry.seen)
counts = {}
for i in range(1000):
    o = Base("n%d" % (i % 7))
    o.extra = i
    counts[o] = counts.get(o, 0) + o.extra
print(sorted((k.name, v) for k, v in counts.items()))
