"""Class values, properties, static and class methods, isinstance: changed at any moment."""
import sys


class Counter:
    total = 0
    step = 2
    names = []
    LIMIT = 10

    def __init__(self, name):
        self.name = name
        self.count = 0

    def hit(self):
        self.count += self.step
        Counter.total += 1
        if self.count > self.LIMIT:
            self.count = 0
        return self.count

    @classmethod
    def make(cls, name):
        return cls(name)

    @classmethod
    def kind(cls):
        return cls.__name__, cls.step

    @staticmethod
    def twice(x):
        return x * 2

    @property
    def size(self):
        return self.count + 100

    @size.setter
    def size(self, value):
        if value < 0:
            raise ValueError("negative")
        self.count = value


class Fast(Counter):
    step = 5


def class_values():
    a, b = Counter("a"), Fast("b")
    out = []
    for i in range(12):
        out.append((a.hit(), b.hit(), Counter.total))
        if i == 3:
            Counter.step = 3
        if i == 5:
            Fast.step = 1.5
        if i == 6:
            a.step = 100
        if i == 7:
            del a.step
        if i == 8:
            del Fast.step
        if i == 9:
            Counter.step = True
        if i == 10:
            Counter.LIMIT = property(lambda self: 2)
    Counter.LIMIT = 10
    Counter.step = 2
    print(out)


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, Holder.value is not None)


class Descriptor:
    def __get__(self, instance, owner):
        return "got", instance is None


class Holder:
    value = None
    other = Noisy("first")

    def read(self):
        return self.value, self.other.name


def replaced_values():
    h = Holder()
    for i in range(8):
        print(h.read())
        Holder.value = i
        Holder.other = Noisy(str(i))
    Holder.value = plain = Noisy("plain")
    for i in range(4):
        r = h.value
        print(r.name if isinstance(r, Noisy) else r, Holder.value is plain)
        if i == 1:
            Noisy.__get__ = Descriptor.__get__
        if i == 2:
            del Noisy.__get__
    Holder.value = None


class Meta(type):
    @property
    def magic(cls):
        return "meta"


class Special(metaclass=Meta):
    magic = 1
    plain = 2

    def read(self):
        return self.magic, self.plain


def metaclass():
    s = Special()
    for i in range(3):
        print(Special.magic, Special.plain, s.read(), s.magic)
        Special.plain += 1
    Meta.plain = property(lambda cls: "late")
    print(Special.plain, s.plain)


def methods_of_classes():
    out = []
    c = Counter("x")
    for i in range(8):
        out.append((Counter.make("m").name, Counter.kind(), Fast.kind(), Counter.twice(i), c.twice(i), Counter.hit(c)))
        if i == 2:
            Counter.twice = staticmethod(lambda x: x * 3)
        if i == 3:
            Counter.twice = lambda *a: len(a)
        if i == 4:
            c.twice = lambda x: "own"
        if i == 5:
            Fast.kind = classmethod(lambda cls: "new")
        if i == 6:
            del Fast.kind
            Counter.hit = lambda self: "hit"
    print(*out, sep="\n")


def properties():
    c = Counter("p")
    out = []
    for i in range(10):
        c.size = i
        out.append(c.size)
        try:
            if i == 5:
                c.size = -1
        except ValueError as e:
            out.append(str(e))
        if i == 6:
            Counter.size = Counter.size.getter(lambda self: "other")
        if i == 7:
            Counter.size = property(lambda self: 7)
        if i == 8:
            del Counter.size
        if i == 7:
            try:
                c.size = 3
            except AttributeError as e:
                out.append(str(e))
            Counter.size = property(lambda self: 7, lambda self, v: out.append(("set", v)))
    print(out, c.__dict__)


class Broken:
    @property
    def bad(self):
        return self.missing

    @bad.setter
    def bad(self, value):
        raise KeyError(value)


def tracebacks():
    b = Broken()
    for i in range(2):
        try:
            b.bad
        except AttributeError as e:
            tb = e.__traceback__
            names = []
            while tb:
                names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
                tb = tb.tb_next
            print(e, names)
        try:
            b.bad = 3
        except KeyError as e:
            print(repr(e))


class Shape:
    pass


class Square(Shape):
    pass


class Liar:
    @property
    def __class__(self):
        return Square


class AnyShape(type):
    def __instancecheck__(cls, obj):
        return obj == 3


class Odd(metaclass=AnyShape):
    pass


def kinds(x):
    out = []
    if isinstance(x, Square):
        out.append("square")
    if isinstance(x, Shape):
        out.append("shape")
    if isinstance(x, int):
        out.append("int")
    if isinstance(x, float):
        out.append("float")
    if isinstance(x, str):
        out.append("str")
    if isinstance(x, bool):
        out.append("bool")
    if isinstance(x, Odd):
        out.append("odd")
    if isinstance(x, (list, Shape)):
        out.append("list or shape")
    return out


class Base:
    pass


class Other(Base):
    pass


class SubInt(int):
    pass


def instances():
    things = [Shape(), Square(), Liar(), Odd(), 3, 3.5, True, None, "x", [], 1 << 80, SubInt(3), float("nan"), Shape, ...]
    for k in range(3):
        print([kinds(t) for t in things])
    o = Square()
    out = []
    for i in range(6):
        out.append((isinstance(o, Shape), isinstance(o, Square), isinstance(o, Other)))
        if i == 1:
            o.__class__ = Other
        if i == 2:
            Other.__bases__ = (Shape,)
        if i == 3:
            Other.__bases__ = (Base,)
    print(out)
    globals()["isinstance"] = lambda a, b: "mine"
    print(kinds(3))
    del globals()["isinstance"]
    print(kinds(3))
    try:
        isinstance(3, 4)
    except TypeError as e:
        print(e)


def frames():
    class Looker:
        @property
        def where(self):
            f = sys._getframe()
            return f.f_code.co_name, f.f_back.f_code.co_name

        @staticmethod
        def static():
            return sys._getframe(1).f_code.co_name

    x = Looker()
    for i in range(3):
        print(x.where, x.static(), Looker.static())


class Dead:
    counter = 0

    def __init__(self):
        Dead.counter += 1

    @property
    def me(self):
        return self

    def __del__(self):
        Dead.counter -= 1


def finalisers():
    for i in range(4):
        d = Dead()
        d.me.me
        print(Dead.counter, d.counter)
    del d
    print(Dead.counter)


class_values()
replaced_values()
metaclass()
methods_of_classes()
properties()
tracebacks()
instances()
frames()
finalisers()
