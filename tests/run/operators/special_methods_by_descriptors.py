"""Special methods that are properties: an AttributeError of theirs means that there is none, where CPython asks politely."""
import operator, math
def make(name, exc):
    def get(self): raise exc("get " + name)
    return type("T", (), {name: property(get)})
cases = {
 "__add__": lambda o: o + 1, "__radd__": lambda o: 1 + o, "__iadd__": lambda o: operator.iadd(o, 1), "__neg__": lambda o: -o,
 "__getitem__": lambda o: o[0], "__setitem__": lambda o: operator.setitem(o, 0, 1), "__delitem__": lambda o: operator.delitem(o, 0),
 "__contains__": lambda o: 1 in o, "__iter__": lambda o: iter(o), "__next__": lambda o: next(o), "__call__": lambda o: o(),
 "__len__": lambda o: len(o), "__bool__": lambda o: bool(o), "__int__": lambda o: int(o), "__index__": lambda o: operator.index(o),
 "__float__": lambda o: float(o), "__hash__": lambda o: hash(o), "__eq__": lambda o: o == 1, "__ne__": lambda o: o != 1, "__lt__": lambda o: o < 1,
 "__gt__": lambda o: 1 < o, "__repr__": lambda o: repr(o)[:0], "__str__": lambda o: str(o), "__format__": lambda o: format(o), "__enter__": lambda o: exec_with(o),
 "__getattr__": lambda o: o.x, "__setattr__": lambda o: setattr(o, "x", 1), "__delattr__": lambda o: delattr(o, "x"), "__getattribute__": lambda o: o.x,
 "__get__": lambda o: getdesc(o), "__set__": lambda o: setdesc(o), "__init__": lambda o: type(o)(), "__new__": lambda o: type(o)(), "__del__": lambda o: None,
 "__reversed__": lambda o: reversed(o), "__abs__": lambda o: abs(o), "__round__": lambda o: round(o), "__trunc__": lambda o: math.trunc(o), "__complex__": lambda o: complex(o), "__bytes__": lambda o: bytes(o), "__dir__": lambda o: dir(o), "__length_hint__": lambda o: operator.length_hint(o), "__pow__": lambda o: o ** 2, "__rpow__": lambda o: 2 ** o, "__ipow__": lambda o: operator.ipow(o, 2), "__matmul__": lambda o: o @ 1, "__divmod__": lambda o: divmod(o, 1), "__rdivmod__": lambda o: divmod(1, o), "__await__": lambda o: o.__await__, "__aiter__": lambda o: aiter(o), "__instancecheck__": lambda o: isinstance(1, o), "__subclasscheck__": lambda o: issubclass(int, o), "__missing__": lambda o: None, "__sizeof__": lambda o: __import__("sys").getsizeof(o), "__reduce_ex__": lambda o: __import__("copy").copy(o),
}
def exec_with(o):
    with o: pass
def getdesc(o):
    class H: d = o
    return H().d is o
def setdesc(o):
    class H: d = o
    H().d = 5
for name, f in cases.items():
    for exc in (AttributeError, ValueError):
        try:
            o = object.__new__(make(name, exc))
            r = f(o)
            print(name, exc.__name__, "->", "object" if not isinstance(r, (int, bool, type(NotImplemented), type(None), str)) else r)
        except BaseException as e:
            print(name, exc.__name__, "!", type(e).__name__, e)
