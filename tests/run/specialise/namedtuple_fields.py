"""Fields of namedtuples read again and again, while classes, getters and instances change."""
import copy
import gc
import pickle
from collections import namedtuple
from typing import NamedTuple

Point = namedtuple("Point", "x y")
Wide = namedtuple("Wide", "a b c d e", defaults=(4, 5))


class Named(NamedTuple):
    x: int
    y: int = 7

    def total(self):
        return self.x + self.y


class Sub(Point):
    def __new__(cls, x, y, extra=None):
        made = super().__new__(cls, x, y)
        made.extra = extra
        return made


class Slotted(Point):
    __slots__ = ()

    @property
    def y(self):
        return -Point.y.__get__(self)


def read(p):
    return p.x, p.y


def total(points):
    s = 0
    for p in points:
        s += p.x * 10 + p.y
    return s


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


def main():
    points = [Point(i, i + 1) for i in range(50)]
    print(total(points), total([Named(1), Named(2, 3)]), total([Sub(1, 2), Slotted(3, 4)]))
    print(total([*points, Named(1), Sub(5, 6, "z"), Slotted(7, 8)]))
    wide = Wide(1, 2, 3)
    print(wide.a, wide.d, wide.e, wide._replace(c=30), wide._asdict())

    # Too few items: the getter of the second finds none, in this class from now on.
    short = tuple.__new__(Point, (1,))
    attempt(read, short)
    print(total(points))
    attempt(total, [*points, short])
    attempt(read, tuple.__new__(Sub, ()))
    attempt(read, Sub(3, 4))
    attempt(total, [Sub(3, 4), tuple.__new__(Sub, (1,))])
    attempt(lambda: read(Point._make([1, 2])))
    attempt(lambda: Point._make([1]))
    long = tuple.__new__(Wide, range(9))
    print(long.a, long.e, len(long))

    # Getters on other classes, and for items that are not there.
    Named.z = type(Point.x)(2, "third")
    attempt(lambda: Named(1, 2).z)
    print(tuple.__new__(Named, (1, 2, 3)).z)
    class Other:
        x = Point.x
    attempt(lambda: Other().x)
    class Bag(tuple):
        first = Point.x
        second = Point.y
    bags = [Bag((1, 2)), Bag((3, 4, 5))]
    print([b.second for b in bags])
    attempt(lambda: [b.second for b in [*bags, Bag("q")]])
    attempt(lambda: Bag().first)

    # Stores are refused; a new value of the class is seen.
    def put(p):
        p.x = 5
    attempt(put, points[0])
    def take(p):
        del p.x
    attempt(take, points[0])
    for k in range(3):
        if k == 1:
            Named.x = property(lambda self: "changed")
        if k == 2:
            del Named.x
        attempt(lambda: Named(4, 5).x)
    attempt(Named(4, 5).total)

    # __class__ of an instance with fewer items.
    class Pair(tuple):
        __slots__ = ()
    class Triple(Pair):
        __slots__ = ()
        third = type(Point.x)(2, "")
    t = Triple("abc")
    print(t.third)
    p = Pair("ab")
    def change(o, cls):
        o.__class__ = cls
        return o.third
    attempt(change, p, Triple)
    attempt(lambda: Triple("xyz").third)

    print(copy.copy(points[3]), pickle.loads(pickle.dumps(points[3])) == points[3], sorted(points, reverse=True)[0])
    held = Point(Loud("one"), Loud("two"))
    name = held.x.name
    del held
    gc.collect()
    print(name)


main()
