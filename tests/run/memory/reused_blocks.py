"""A block that held an object with fields is used again for one that has none."""
class A:
    __slots__ = ("x",)
    def __init__(self):
        self.x = "old"
class B:
    def __init__(self):
        self.x = "old"
class Empty:
    __slots__ = ()
def get(o):
    return o.x
def look(kind):
    wrong = 0
    for i in range(1000):
        a = kind()
        get(a)
        del a
        e = Empty()
        try:
            get(e)
            wrong += 1
        except AttributeError:
            pass
    return wrong
print(look(A), look(B))
