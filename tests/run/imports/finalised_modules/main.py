"""Finalisers of the globals of several modules with functions. Which objects CPython's collector finds first depends on when it ran
before, so it is kept from running until the end."""
import gc

gc.disable()
import sys
import a, b, plain
from hook import D

m = a.A("m")
n = b.B("n")
late = []
for i in range(3):
    late.append(a.A(i))
crossed = a.A("crossed")
crossed.other = b.B("crossed.other")
b.B.attribute = a.A("attribute of a class")


def gen():
    x = D("in a generator")
    try:
        yield x
    finally:
        print("generator closed")


g = gen()
next(g)


def outer():
    y = D("in a cell")

    def inner():
        return y

    return inner


closure = outer()
cycle = a.A("cycle")
cycle.self = cycle


def fm():
    return m


print([name for name in sys.modules if name in ("__main__", "a", "b", "hook", "plain")])
gc.enable()
