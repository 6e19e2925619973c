"""Subclasses of str with members in `__slots__`: the members stand behind texts of every width, with and without a dict."""
import copy
import gc
import pickle
import weakref


class Line(str):
    __slots__ = ("clean", "has_comments")

    def __new__(cls, val, *args, **kwargs):
        return super().__new__(cls, val)

    def __init__(self, val, prefixes=()):
        self.clean = val.strip()
        self.has_comments = any(p in val for p in prefixes)


for text in ("", "a", " b ", "seven77", "eight888", "nine99999", "ä#", "€uro # x", "\U0001f600 smile", "x" * 1000):
    line = Line(text, ("#",))
    print(len(line), ascii(line[:12]), ascii(line.clean[:12]), line.has_comments, line == text, hash(line) == hash(text))

line = Line("abc")
try:
    line.other = 1
except AttributeError as e:
    print(e)
try:
    line.__dict__
except AttributeError as e:
    print(e)
try:
    weakref.ref(line)
except TypeError as e:
    print(e)
del line.clean
try:
    line.clean
except AttributeError as e:
    print(e)
try:
    del line.clean
except AttributeError as e:
    print(e)
try:
    Line.clean.__get__("abc")
except TypeError as e:
    print(e)
print(Line.clean, Line.__slots__, Line.__itemsize__, Line.__dictoffset__, Line.__weakrefoffset__)


class Open(Line):
    """Has a dict, weak references and the members of its base."""


o = Open("text ", ("t",))
o.a = 1
for i in range(12):
    setattr(o, "name%d" % i, i)
print(o, o.clean, o.has_comments, o.__dict__, o.name11)
r = weakref.ref(o)
print(r() is o)
o.clean = [o]
del o
gc.collect()
print(r())


class Third(Open):
    __slots__ = ("third", "__private")

    def hide(self, v):
        self.__private = v
        return self.__private


t = Third("€€")
t.third = t
t.free = "in the dict"
print(t.hide(5), t.third is t, t.clean, t.has_comments, vars(t), [n for n in dir(t) if "private" in n])
t.clean, t.has_comments = t.has_comments, t.clean
print(t.clean, t.has_comments, t.third.free)


class Node(str):
    __slots__ = ("next", "__weakref__", "__dict__")


a, b = Node("a"), Node("b" * 50)
a.next, b.next = b, a
a.extra = "e"
dead = weakref.ref(a, lambda _: print("gone"))
print(a.next.next is a, a.__dict__, gc.is_tracked(a))
del a, b
gc.collect()
print(dead())


class Loud(str):
    __slots__ = ("what",)

    def __del__(self):
        print("del", self, self.what)


x = Loud("loud")
x.what = Loud("inner")
x.what.what = 3
del x

for make in (
    lambda: type("Two", (Line, Loud), {}),
    lambda: type("B", (bytes,), {"__slots__": ("a",)}),
    lambda: type("I", (int,), {"__slots__": ["a"]}),
    lambda: type("T", (tuple,), {"__slots__": "a"}),
    lambda: type("D", (str,), {"__slots__": ("__dict__", "__dict__")}),
):
    try:
        print(make())
    except TypeError as e:
        print(e)

c = copy.copy(t)
print(type(c), c, c.clean, c.third is t, c.free)
c = pickle.loads(pickle.dumps(Line(" p ", ("p",)))) if hasattr(pickle, "loads") else None
print(type(c), repr(c), c.clean, c.has_comments)


class Same(str):
    __slots__ = ("clean", "has_comments")


s = Same("s")
s.clean, s.has_comments = 1, 2
s.__class__ = Line
print(type(s), s.clean, s.has_comments)
try:
    s.__class__ = Open
except TypeError as e:
    print(e)
print({Line("k"): 1}["k"], "k" in {Line("k")}, "".join([Line("x"), Line("y")]), Line("up").upper(), type(Line("up") + "x"))
print(f"{Line('f'):>4}|{Line('f')!r}", "%s" % Line("p"), sorted([Line("b"), Line("a")]), str(Line("q")) == "q", type(str(Line("q"))))
lines = [Line(str(i) * (i % 9)) for i in range(2000)]
print(sum(len(l.clean) for l in lines))
del lines
