"""Small methods that call each other: what they store waits for all tests, and nothing is done twice."""
import sys
import weakref


class Node:
    def __init__(self, name):
        self.name = name
        self.before = self
        self.after = self
        self.hits = 0

    def unlink(self):
        self.before.after = self.after
        self.after.before = self.before

    def push(self, other):
        first = self.after
        other.before = self
        other.after = first
        self.after = first.before = other

    def touch(self):
        self.hits += 1
        return self.hits

    def swap(self, other):
        self.name, other.name = other.name, self.name
        return self.name + other.name

    def set_both(self, other, value):
        self.hits = value
        other.hits = value + 1
        return self.hits


def names(node):
    out = []
    at = node.after
    while at is not node:
        out.append(at.name)
        at = at.after
    return out


def links():
    root = Node("root")
    nodes = [Node(c) for c in "abcd"]
    for node in nodes:
        root.push(node)
    print(names(root))
    for node in nodes[1:3]:
        node.unlink()
        root.push(node)
    nodes[3].unlink()
    print(names(root), nodes[3].before.name)
    alone = Node("alone")
    for _ in range(3):
        alone.unlink()
    print(alone.before is alone, alone.after is alone, sys.getrefcount(alone) - sys.getrefcount(Node("x")))
    for a, b in ((nodes[0], nodes[1]), (nodes[0], nodes[0])):
        for value in (1, 2**61 - 1, 2**70, 1.5, True):
            print(a.set_both(b, value), a.hits, b.hits)
    print(nodes[0].swap(nodes[1]), nodes[0].swap(nodes[0]))


class Part:
    def __init__(self, whole):
        self.whole = whole
        self.level = 0

    def step(self):
        return self.whole.add(self)


class Whole:
    def __init__(self):
        self.count = 0
        self.last = None
        self.parts = [None] * 4

    def add(self, part):
        self.count += 1
        part.level = self.count
        return self.keep(part)

    def keep(self, part):
        self.parts[part.level % 4] = part
        self.last = part
        return self.parts[0]

    def at(self, index):
        return self.parts[index]


def counted():
    whole = Whole()
    part, other = Part(whole), Part(whole)
    for _ in range(5):
        part.step()
        other.step()
    print(whole.count, part.level, other.level, whole.at(1) is part, whole.at(-1) is part)
    # Big ints, and an attribute that turns into something else.
    whole.count = 2**61 - 2
    for _ in range(3):
        print(part.step() is other, whole.count, part.level)
    whole.count = 1.25
    try:
        part.step()
    except TypeError as e:
        print(type(e).__name__, e, whole.count, part.level)
    whole.count = 0
    # What fails in the middle has done what stands before it, once.
    del whole.parts
    try:
        part.step()
    except AttributeError as e:
        print(e, whole.count, part.level)
        tb = e.__traceback__
        while tb:
            print(tb.tb_frame.f_code.co_name, tb.tb_lineno)
            tb = tb.tb_next
    for parts in ({0: 0, 1: 1, 2: 2, 3: 3}, "abcd", (1, 2), [5, 6, 7, 8]):
        whole.parts = parts
        try:
            print(part.step(), whole.count, part.level)
        except (TypeError, IndexError) as e:
            print(type(e).__name__, e, whole.count, part.level)
        for index in (1, -1, 9, "x"):
            try:
                item = whole.at(index)
                print(type(item) if item is part else item)
            except (LookupError, TypeError) as e:
                print(type(e).__name__, e)


class Noisy:
    def __init__(self, name, owner):
        self.name = name
        self.owner = owner

    def __del__(self):
        owner = self.owner
        held = owner and owner.item
        print("del", self.name, held.name if isinstance(held, Noisy) else held, sys._getframe(1).f_code.co_name)


class Owner:
    item = None

    def __init__(self):
        self.item = None
        self.old = None
        self.count = 0

    def replace(self, item):
        self.item = item
        self.count += 1
        return self.count

    def shift(self, item):
        self.old = self.item
        self.item = item

    def drop(self):
        self.item = None
        return self.note()

    def note(self):
        self.count += 10
        return self.count


class Sub(Owner):
    def note(self):
        self.count += 100
        return self.count


def finalisers():
    for owner in (Owner(), Sub(), Owner()):
        kept = Noisy("kept", owner)
        print(owner.replace(kept), owner.replace(Noisy("one", owner)), owner.replace(kept), owner.replace(3))
        print(owner.replace(Noisy("two", owner)), owner.drop())
        owner.shift(kept)
        owner.shift(Noisy("three", owner))
        owner.shift(None)
        owner.shift(None)
        kept.owner = None
        del kept
        print(owner.drop())
    owner = Owner()
    ref = weakref.ref(owner, lambda _: print("gone"))
    owner.shift(owner)
    owner.drop()
    owner.shift(None)
    owner.shift(None)
    del owner
    print(ref())


def patched():
    owner = Owner()
    for k in range(6):
        if k == 2:
            Owner.note = lambda self: "patched"
        if k == 3:
            owner.note = lambda: "own"
        if k == 4:
            del owner.note
            Owner.note.__code__ = (lambda self: ("code", self.count)).__code__
        if k == 5:
            owner.__class__ = Sub
        print(owner.drop(), owner.count)


class Deep:
    def __init__(self, inner):
        self.inner = inner
        self.n = 0

    def get(self):
        self.n += 1
        return self.inner.more()

    def more(self):
        self.n += 1
        return self.least()

    def least(self):
        self.n += 1
        return self.n


def depth(k, deep):
    if k:
        return depth(k - 1, deep)
    return deep.get()


def limits():
    deep = Deep(Deep(None))
    deep.get()
    found = []
    base = len_of_stack()
    sys.setrecursionlimit(base + 60)
    for k in range(50, 64):
        try:
            depth(k, deep)
            found.append("ok")
        except RecursionError:
            found.append((deep.n, deep.inner.n))
    sys.setrecursionlimit(1000)
    print(found)


def len_of_stack():
    frame, n = sys._getframe(), 0
    while frame:
        frame, n = frame.f_back, n + 1
    return n


total = 0
latest = None


def count_global(value):
    global total, latest
    total += 1
    latest = value
    return total


def globals_and_cells():
    global total
    n = 0

    def bump(by):
        nonlocal n
        n += by
        return n

    for value in (1, "x", [1], None):
        print(count_global(value), latest, bump(2), n)
    total = 2**61 - 1
    print(count_global(0), total, bump(2**61), bump(2**61), bump(0.5))
    total = 1.5
    print(count_global(0), total)


class Float:
    def __init__(self):
        self.value = 0.0
        self.writes = 0

    def write(self, value):
        if value < -1.0:
            raise ValueError("low")
        self.value = value
        self.writes += 1
        return self

    def write_twice(self, value):
        self.write(value)
        return self.write(value + 1).value


def floats():
    f = Float()
    for value in (1.0, 2, 1e300, 2**70, True, -2, float("nan")):
        try:
            print(f.write_twice(value), f.writes)
        except ValueError as e:
            print(e, f.value, f.writes)
    f.writes = 0.5
    print(f.write_twice(1.5), f.writes)


class Slots:
    __slots__ = ("a", "b", "c")

    def fill(self, a, b):
        self.a = a
        self.b = b
        self.c = a
        return self.both()

    def both(self):
        return self.a, self.b

    def turn(self):
        self.a, self.b = self.b, self.a
        return self.a


def slots():
    s = Slots()
    for pair in ((1, 2), ("x", s), (s, s), (None, 1.5)):
        s.fill(*pair)
        print(s.turn() is pair[1], s.both()[1] is pair[0])
        try:
            del s.a
            s.turn()
        except AttributeError as e:
            print(e, s.b is pair[0])


def main():
    for part in (links, counted, finalisers, patched, limits, globals_and_cells, floats, slots):
        print("--", part.__name__)
        part()


main()
