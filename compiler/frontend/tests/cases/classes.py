"""Classes: bases, private names, annotations, generics."""
class Empty: ...
class Base(metaclass=type): "doc only"
class Derived(Base, *[], key=1, **{}):
    __slots__ = ("a", "__private")
    x: int
    y: "str" = ""
    if x:
        z: list[int] = []
        w.v: int
    (parenthesised): int = 3
    def __init__(self, __a, b):
        self.__a = __a
        self.b: int = b
        self.b, self.c[0], *self.d = b
        super().__init__()
        super(Derived, self).other
        super().__class__
    comp = [__a for __a in range(3) if __a]
    lam = [lambda: i for i in range(3)]
    @property
    def __mangled(self): return self.__private__, self.__x
class Generic[T: int = bool, *Ts = *tuple[int], **P = [int]](Base):
    def method[U: (int, str)](self, a: U = 1, *, b: T = None) -> T:
        type Alias[V] = dict[U, V]
        return Alias
    type Inner = T
type Simple = int | Simple
module_annotation: Generic[int] = 1
for target in ():
    conditional: target
