"""`__class__`, `__bases__` and metaclasses: objects change their class while code that knew it is running."""


class A:
    kind = "a"

    def __init__(self):
        self.x = 1
        self.y = 2.5

    def who(self):
        return "A", self.x


class B:
    kind = "b"

    def who(self):
        return "B", self.y

    def more(self):
        return "more"


class Slotted:
    __slots__ = ("x",)


def loop(o):
    out = []
    for i in range(6):
        out.append((o.who(), o.kind))
        if i == 1:
            o.__class__ = B
        if i == 3:
            o.__class__ = A
    return out


print(loop(A()))


class Turning:
    def __init__(self):
        self.n = 0

    def step(self):
        self.n += 1
        if self.n == 3:
            self.__class__ = Turned
        return self.name()

    def name(self):
        return "turning"


class Turned(Turning):
    def name(self):
        return "turned %d" % self.n


def steps():
    o = Turning()
    return [o.step() for _ in range(5)]


print(steps())


def many(objects):
    out = []
    for i, o in enumerate(objects):
        out.append(o.who()[0])
        for other in objects[i + 1:]:
            other.__class__ = B if i % 2 else A
    return out


print(many([A() for _ in range(6)]))
try:
    A().__class__ = Slotted
except TypeError as e:
    print(e)
try:
    A().__class__ = int
except TypeError as e:
    print(e)
try:
    A().__class__ = 5
except TypeError as e:
    print(e)


class Left:
    def side(self):
        return "left"


class Right:
    def side(self):
        return "right"


class Child(Left):
    def call(self):
        return self.side()


def rebase():
    child = Child()
    out = []
    for i in range(6):
        out.append((child.call(), isinstance(child, Left)))
        if i == 1:
            Child.__bases__ = (Right,)
        if i == 3:
            Child.__bases__ = (Left, Right)
    return out


print(rebase())


class Grand(Child):
    def call(self):
        return super().call() + "!"


def rebase_below():
    g = Grand()
    out = []
    for i in range(5):
        out.append(g.call())
        if i == 0:
            Child.__bases__ = (Right,)
        if i == 2:
            Grand.__bases__ = (Other,)
    return out


class Other:
    def call(self):
        return "other"


print(rebase_below())
try:
    Child.__bases__ = ()
except TypeError as e:
    print(e)
try:
    Child.__bases__ = (Grand2 := type("Grand2", (Child,), {}),)
except TypeError as e:
    print(e)


class Meta(type):
    def __call__(cls, *args):
        made = super().__call__(*args)
        made.by = "meta"
        return made

    def describe(cls):
        return "described " + cls.__name__


class Plain:
    def __init__(self, v=0):
        self.v = v


class Managed(Plain, metaclass=Meta):
    pass


def construct(n):
    out = []
    for i in range(n):
        o = Managed(i)
        out.append((o.v, getattr(o, "by", None)))
        if i == 1:
            del Meta.__call__
        if i == 2:
            Meta.__call__ = lambda cls, *args: Plain("replaced")
    return out


print(construct(5), Managed.describe())


class Counted:
    made = 0

    def __new__(cls, *args):
        Counted.made += 1
        return super().__new__(cls)

    def __init__(self, v):
        self.v = v


def make(n):
    out = []
    for i in range(n):
        o = Counted(i)
        out.append(getattr(o, "v", "none"))
        if i == 1:
            Counted.__init__ = lambda self, v: setattr(self, "v", v * 100)
        if i == 3:
            Counted.__new__ = lambda cls, v: "not an instance"
    return out, Counted.made


print(make(6))


class Simple:
    def __init__(self, a):
        self.a = a


def simple(n):
    out = []
    for i in range(n):
        try:
            out.append(Simple(i).a)
        except Exception as e:
            out.append(type(e).__name__)
        if i == 1:
            def init(self, a):
                self.a = -a
            Simple.__init__ = init
        if i == 2:
            del Simple.__init__
        if i == 3:
            Simple.__init__ = lambda self, a: 5
        if i == 4:
            Simple.__init__ = lambda self, a: setattr(self, "a", "last")
    return out


print(simple(7))


class First:
    def __init__(self):
        self.v = 1


class Second:
    def __init__(self):
        self.v = 2


def classes_rebound(n):
    global First
    kept = First
    out = []
    for i in range(n):
        out.append(First().v)
        if i == 1:
            First = Second
        if i == 2:
            First = lambda: kept()
        if i == 3:
            del First
            First = kept
    return out


print(classes_rebound(6))
