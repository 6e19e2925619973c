"""Globals of a module that has functions: a last collection runs the finalisers, breadth first."""
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
a = D("a"); _private = D("_private"); b = D("b"); __c = D("__c")
lst = [D("l1"), D("l2")]
dct = {"k": D("v")}
def f(x=D("default")): pass
def gen():
    try: yield 1
    finally: print("gen closed")
g = gen(); next(g)
cyc = D("cycle"); cyc.self = cyc
