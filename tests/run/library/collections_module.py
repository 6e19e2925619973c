# The module collections: named tuples, counters, chained maps, user containers, ordered dicts, deques.
import collections
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


Point = namedtuple("Point", "x y", defaults=[7])
p = Point(1)
print(p, p.x, p[1], p._asdict(), p._replace(y=2), Point._fields, Point._field_defaults)
print(Point._make([4, 5]), Point.__doc__, Point.x.__doc__, p == (1, 7), hash(p) == hash((1, 7)))
attempt(Point, 1, 2, 3)
attempt(Point)
attempt(p._replace, z=3)
match p:
    case Point(x, y):
        print("matched", x, y)


class Sub(Point):
    __slots__ = ()

    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5


print(Sub(3, 4).norm(), repr(Sub(3, 4)))
attempt(namedtuple, "A", "class x")
attempt(namedtuple, "A", "a a")
print(namedtuple("A", "class x _y", rename=True)._fields)

c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], sorted(c.elements())[:4], c.total())
c.update(a=3)
c.subtract("aab")
print(c, c + Counter(a=1), c - Counter(a=2), c & Counter(a=2, b=9), c | Counter(z=1), +c, -Counter(q=-2))
print(Counter(a=1) <= Counter(a=2), Counter(a=1) == Counter(a=1, b=0))

m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 5
print(m, m["b"], len(m), sorted(m), m.parents, m.new_child({"a": 9})["a"])
attempt(m.__getitem__, "q")
attempt(m.pop, "b")

d = defaultdict(list)
d["x"].append(1)
print(d, d.default_factory, "y" in d)
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
print(o, o.popitem(last=False), list(reversed(o)), o == OrderedDict(a=1, c=3), o == dict(a=1, c=3))

q = deque([1, 2, 3], maxlen=3)
q.append(4)
q.rotate(1)
print(q, q.maxlen, list(reversed(q)), q.count(4), q.index(3))


class Upper(UserDict):
    def __setitem__(self, k, v):
        super().__setitem__(k.upper(), v)


u = Upper(a=1)
u["b"] = 2
print(u, u.data, len(u), "A" in u, UserList([3, 1, 2]) + [4], sorted(UserList([3, 1])), UserString("abc").upper() + "d")
print(isinstance([], collections.abc.Sequence), isinstance({}, collections.abc.Mapping), isinstance(3, collections.abc.Hashable))
