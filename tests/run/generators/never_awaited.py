"""Coroutines and async generator methods that nobody awaits; the order in which containers are traversed."""
import gc
async def ag():
    yield 1
async def co(): pass
def f():
    a = ag()
    a.asend(None)
    a.athrow(ValueError)
    a.aclose()
    co()
f()
print(gc.get_referents([1, "a"]), gc.get_referents((1, "a")), gc.get_referents({1: "b"}))
class D:
    def __init__(s, n): s.n = n
    def __del__(s): print("del", s.n)
l = [D(1), D(2), (D(3), D(4))]; l.append(l); del l; gc.collect()
