# One test of an object's attributes serves several blocks, until something in between changes the object, its class or the name.
import sys

LIMIT, STEP = 3, 1
SCALE = 2


class Box:
    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.flag = False
        self.other = None


class Wide(Box):
    def __init__(self, a, b):
        self.extra = 0
        super().__init__(a, b)
        self.more = 1


class Swapped:
    def __init__(self, a, b):
        self.other = None
        self.flag = True
        self.b = b
        self.a = a


class Members:
    __slots__ = ("a", "b", "flag", "other")

    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.flag = False
        self.other = None


def sum_up(box, n):
    total = 0
    if box.a is not None:
        total += box.a
    for i in range(n):
        if i < LIMIT:
            total += box.b * STEP
        else:
            total -= box.a * SCALE
        if box.flag:
            total += 100
    if box.other is None:
        return total + box.a
    return total, box.other


def all_sums():
    out = []
    for box in [Box(1, 2), Wide(3, 4), Swapped(5, 6), Members(7, 8), Box(1.5, 2.5), Wide(2**70, 1)] * 3:
        out.append(sum_up(box, 5))
    return out


print(all_sums())
LIMIT = 2.5
STEP = True
print(all_sums())
LIMIT = 10**30
SCALE = 0.5
print(all_sums())
LIMIT, STEP, SCALE = 3, 1, 2
globals()["STEP"] = 10
print(sum_up(Box(1, 2), 5))
del STEP
try:
    print(sum_up(Box(1, 2), 5))
except NameError as e:
    print(e)
STEP = "x"
try:
    print(sum_up(Box(1, 2), 5))
except TypeError as e:
    print(e)
import builtins

builtins.STEP = 7
del STEP
print(sum_up(Box(1, 2), 5))
del builtins.STEP
STEP = 1


# The object changes between the blocks.
class Changes:
    def __init__(self, what):
        self.what = what

    def __del__(self):
        self.what()


class Holder:
    def __init__(self):
        self.a = 1
        self.b = 2
        self.c = 3
        self.old = None
        self.flag = True

    def run(self):
        first = self.a
        if self.b:
            self.old = None
        try:
            second = self.c if self.flag else -1
        except AttributeError as e:
            return first, str(e)
        if first:
            return first, second, self.b
        return self.c

    def call(self, f):
        if self.a:
            f(self)
        if self.flag:
            return self.b, self.c
        return self.c, self.b


class Reordered:
    def __init__(self):
        self.flag = "yes"
        self.old = None
        self.c = 30
        self.b = 20
        self.a = 10


def try_changes():
    for name in ("none", "del", "class", "dict", "value", "flag"):
        h = Holder()

        def change():
            if name == "del":
                del h.c
            elif name == "class":
                h.__class__ = Reordered
                h.zzz = 1
            elif name == "dict":
                h.__dict__ = {"c": "new c", "flag": 1, "b": "new b", "a": 0}
            elif name == "value":
                h.c = 99
            elif name == "flag":
                h.flag = []

        h.old = Changes(change)
        print(name, h.run())
        h = Holder()
        try:
            print(name, h.call(lambda h: change()))
        except AttributeError as e:
            print(e)


for _ in range(2):
    try_changes()


def same_variable(kinds):
    out = []
    box = None
    for kind in kinds:
        box = kind(1, 2)
        if box.a:
            out.append(box.b)
            box = Swapped(box.b, box.a)
            if box.flag:
                out.append((box.a, box.b))
        box.flag = kind is Box
        while box.flag:
            out.append(box.other)
            box.flag = False
    return out


print(same_variable([Box, Wide, Swapped, Members, Box]))


def recursive(box, n):
    if box.a is None:
        return 0
    if n and box.flag:
        return 1
    rest = recursive([Members(n, 1), Box(n, 2), Swapped(n, 3), Wide(n, 4)][n % 4], n - 1) if n else 0
    if box.other is None:
        return rest + box.b
    return box.a


print([recursive(Box(i, i), i) for i in range(12)])


def flags(box):
    out = []
    for value in (True, False, 0, 1, None, "", "x", [], 2.0):
        setattr(box, "flag", value)
        out.append("yes" if box.flag else "no")
        if not box.flag:
            out.append(0)
    return out


print(flags(Box(1, 2)) == flags(Members(1, 2)) == flags(Swapped(1, 2)), flags(Wide(1, 2)))


class Lazy:
    def __init__(self):
        self.loaded = False

    def data(self):
        if not self.loaded:
            self.items = [1, 2]
            self.loaded = True
        return self.items


class Eager(Lazy):
    def __init__(self):
        self.loaded = True
        self.items = "eager"


print([(lambda l: (l.data(), l.data()))(k()) for k in (Lazy, Eager, Lazy)])
box = Box(1, 2)
del box.flag
try:
    sum_up(box, 1)
except AttributeError as e:
    print(e, e.__traceback__.tb_next.tb_lineno)
m = Members(1, 2)
del m.other
try:
    sum_up(m, 1)
except AttributeError as e:
    print(e, e.__traceback__.tb_next.tb_lineno)
