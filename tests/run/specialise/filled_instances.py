# Classes whose __init__ only stores: instances are made with their attributes, until somebody changes what that means.
import gc
import sys
import weakref


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ("left", "right", "__weakref__")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Mixed:
    __slots__ = ("first", "__dict__")
    default = 5

    def __init__(self, first, second):
        self.second = second
        self.first = first
        self.items = []
        self.table = {}
        self.me = self
        self.none = None


class Many:
    def __init__(self, a):
        self.a0 = a
        self.a1 = a
        self.a2 = a
        self.a3 = a
        self.a4 = a
        self.a5 = a
        self.a6 = a
        self.a7 = a
        self.a8 = a
        self.a9 = a
        self.b0 = a
        self.b1 = a
        self.b2 = a
        self.b3 = a
        self.b4 = a
        self.b5 = 16


class Twice:
    def __init__(self, a, b):
        self.a = a
        self.a = b


class Shared:
    def __init__(self):
        self.a = self.b = []


def make_point(a, b):
    return Point(a, b)


def make_slotted(a, b):
    return Slotted(a, b)


def make_mixed(a, b):
    return Mixed(a, b)


def make_many(a):
    return Many(a)


for i in range(3):
    p = make_point(i, i + 0.5)
    print(p.x, p.y, list(p.__dict__.items()), p.__dict__ is p.__dict__)
    s = make_slotted(p, [i])
    print(s.left is p, s.right, weakref.ref(s)() is s)
    m = make_mixed(i, "s" * i)
    print(m.first, m.second, m.items, m.table, m.me is m, m.none, m.default, list(m.__dict__))
    m.items.append(i)
    print(make_mixed(1, 2).items, vars(make_many(i)) == {**vars(Many(i))}, len(vars(make_many(i))))
    print(Twice(1, i).a, (lambda s: s.a is s.b)(Shared()))


# The arguments are evaluated before, in order, and their references are the instance's alone.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def noisy(name):
    return make_point(Noisy(name + "1"), Noisy(name + "2"))


n = noisy("a")
print(sys.getrefcount(n.x) - sys.getrefcount(n.y))
del n
n = noisy("b")
n.x = None
print("x gone")
del n


def fails(a):
    return Point(a, 1 // a)


for value in (1, 0, 2):
    try:
        print(fails(value).y)
    except ZeroDivisionError as e:
        print(e, e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_next)
try:
    make_point(1)
except TypeError as e:
    print(e)
try:
    Point(1)
except TypeError as e:
    print(e)


# Rebinding between the load of the class and the call.
def swap():
    global Point
    Point = Slotted
    return "swapped"


def late(a):
    return Point(a, swap())


OldPoint = Point
print(type(late(1)).__name__, type(late(1)).__name__)
Point = OldPoint
print(type(late(3)).__name__)
Point = OldPoint


def gone(a):
    global Point
    kept = Point
    del Point
    try:
        return make_point(a, a)
    except NameError as e:
        return str(e)
    finally:
        Point = kept


print(gone(1), make_point(1, 2).y)


# Changes of the class.
def try_all(what):
    p = make_point(1, 2)
    print(what, type(p).__name__, sorted((k, v) for k, v in vars(p).items()), p.x)


def other_init(self, x, y):
    self.x = y
    self.y = x
    self.z = 0


try_all("plain")
old = Point.__init__
Point.__init__ = other_init
try_all("init")
Point.__init__ = old
try_all("back")
old_code = old.__code__
old.__code__ = other_init.__code__
try_all("code")
old.__code__ = old_code
try_all("code back")


def setattr_(self, name, value):
    object.__setattr__(self, name, ("set", value))


Point.__setattr__ = setattr_
try_all("setattr")
del Point.__setattr__
try_all("no setattr")


class Descr:
    def __set__(self, obj, value):
        obj.__dict__["_x"] = value

    def __get__(self, obj, cls=None):
        return "got"


Point.x = Descr()
try_all("descriptor")
del Point.x
try_all("no descriptor")
Point.x = "class value"
try_all("class value")
del Point.x


class WithNew:
    def __init__(self, x):
        self.x = x


def make_new(x):
    return WithNew(x)


print(make_new(1).x)
WithNew.__new__ = lambda cls, *args: (print("new", args), object.__new__(cls))[1]
print(make_new(2).x)


class Sub(Point):
    pass


def make_sub(a, b):
    return Sub(a, b)


print(vars(make_sub(1, 2)), type(make_sub(3, 4)).__name__)
Sub.__init__ = other_init
print(vars(make_sub(1, 2)))


class Meta(type):
    def __call__(cls, *args):
        print("called", cls.__name__)
        return super().__call__(*args)


class Made(metaclass=Meta):
    def __init__(self, a):
        self.a = a


def make_made(a):
    return Made(a)


print(make_made(4).a, make_made(5).a)


# Finalisers, weak references, resurrection, __class__, cycles.
class Ends:
    kept = []

    def __init__(self, a):
        self.a = a


def make_ends(a):
    return Ends(a)


make_ends(1)
Ends.__del__ = lambda self: print("ends", self.a)
make_ends(2)


def come_back(self):
    print("comes back", self.a)
    Ends.kept.append(self)


Ends.__del__ = come_back
make_ends(3)
print([e.a for e in Ends.kept])
del Ends.__del__
Ends.kept.clear()
make_ends(4)
w = weakref.ref(make_ends(5), lambda r: print("dead"))
print(w())
e = make_ends(6)
w = weakref.ref(e, lambda r: print("dead"))
del e
e = make_ends(7)
e.__class__ = Point
print(type(e).__name__, e.a)
del e
gc.collect()
before = len([o for o in gc.get_objects() if type(o) is Ends])
c = make_ends(None)
c.a = c
print(gc.get_referrers(c) != [], before)
w = weakref.ref(c)
del c
gc.collect()
print(w())


# Long chains end without recursion.
def chain(n):
    top = None
    for i in range(n):
        top = Slotted(top, None)
    return top


top = chain(200000)
del top
top = None
for i in range(200000):
    top = Point(top, i)
del top
s = Slotted(1, 2)
del s.left
try:
    s.left
except AttributeError as e:
    print(e)


def many(n):
    total = 0
    for i in range(n):
        total += make_point(i, 1).x + make_slotted(i, 2).right + make_many(3).b5
    return total


print(many(20000))
