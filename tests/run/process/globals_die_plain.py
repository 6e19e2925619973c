"""Globals of a module without functions but those of a class."""
class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n, end="; ")
class O: pass
a = 5
z = [D("l1"), D("l2")]
o = O(); o.d = D("attr"); o.e = O(); o.e.d = D("deep")
t = (D("t1"), D("t2"))
b = D("b"); b.sub = D("b.sub"); b.sub.sub = D("b.sub.sub")
l3 = [D("l3"), 5]
