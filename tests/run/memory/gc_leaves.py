"""Automatic collections leave objects without containers apart: cycles around them die, finalisers and weak references see it."""
import gc
import weakref


class Leaf:
    def __init__(self, n):
        self.n = n
        self.text = "leaf %d" % n


class Slots:
    __slots__ = ("n", "other")

    def __init__(self, n):
        self.n = n


class Node:
    alive = 0

    def __init__(self, n):
        Node.alive += 1
        self.leaf = Leaf(n)
        self.slots = Slots(n)
        self.pair = (n, "text")
        self.me = self

    def __del__(self):
        Node.alive -= 1


class Watched:
    gone = 0

    def __init__(self):
        self.n = 1

    def __del__(self):
        Watched.gone += 1


def main():
    keep = []
    for i in range(30000):
        node = Node(i)
        if i % 1000 == 0:
            keep.append(node)
    node = None
    print("collected on the way:", Node.alive < 15000)
    gc.collect()
    print(Node.alive, [k.leaf.text for k in keep[:3]], keep[5].pair, keep[7].slots.n)

    # A leaf that becomes part of a cycle later.
    leaves = [Leaf(i) for i in range(20000)]
    slots = [Slots(i) for i in range(20000)]
    refs = [weakref.ref(x) for x in leaves[:10]]
    for a, b in zip(leaves, slots):
        a.other = b
        b.other = a
    print(sum(r() is not None for r in refs))
    a = b = None
    leaves = slots = None
    gc.collect()
    print(sum(r() is not None for r in refs))

    # Leaves in cycles of lists; the leaf has a finaliser.
    for i in range(20000):
        l = [Watched()]
        l.append(l)
    l = None
    gc.collect()
    print(Watched.gone)

    # Tuples of plain things and tuples of containers.
    ring = []
    for i in range(20000):
        inner = []
        inner.append((i, "x", inner))
        ring.append((i, "y"))
    inner = None
    print(gc.collect() >= 0, len(ring), ring[777])

    # A class that only its instance keeps.
    def make():
        class C:
            pass
        C.it = C()
        return weakref.ref(C)

    r = make()
    for i in range(20000):
        x = [i]
    gc.collect()
    print(r())
    # What gc.collect counts is not affected.
    gc.collect()
    a = Leaf(1)
    a.me = [a, Leaf(2), (1, 2)]
    del a
    print(gc.collect(0) > 0)


main()
