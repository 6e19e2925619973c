"""Methods of classes are replaced, added, deleted and hidden while loops call them."""


class Base:
    def name(self):
        return "base"

    def call(self):
        return self.name()

    def extra(self):
        return "extra"


class Derived(Base):
    pass


def run(o, change, n=5):
    out = []
    for i in range(n):
        try:
            out.append(o.call())
        except Exception as e:
            out.append(type(e).__name__ + ": " + str(e))
        if i == 1:
            change(o)
    return out


def patch_class(o):
    type(o).name = lambda self: "patched"


def patch_base(o):
    Base.name = lambda self: "patched base"


def patch_instance(o):
    o.name = lambda: "instance"


def patch_dict(o):
    o.__dict__["name"] = lambda: "through dict"


def patch_setattr(o):
    setattr(type(o), "name", lambda self: "setattr")


def patch_call(o):
    type(o).call = lambda self: "call"


def not_callable(o):
    type(o).name = 5


def delete(o):
    for cls in type(o).__mro__:
        if "name" in vars(cls):
            del cls.name
            break


def static(o):
    type(o).name = staticmethod(lambda: "static")


def class_method(o):
    type(o).name = classmethod(lambda cls: cls.__name__)


def as_property(o):
    type(o).name = property(lambda self: lambda: "property")


def none(o):
    type(o).name = None


for cls_kind in ("base", "derived"):
    for change in (patch_class, patch_base, patch_instance, patch_dict, patch_setattr, patch_call, not_callable, delete, static,
                   class_method, as_property, none):

        class Base:
            def name(self):
                return "base"

            def call(self):
                return self.name()

        class Derived(Base):
            pass

        print(cls_kind, change.__name__, run(Base() if cls_kind == "base" else Derived(), change))


class Shape:
    def area(self):
        return 0


class Square(Shape):
    def __init__(self, n):
        self.n = n

    def area(self):
        return self.n * self.n


class Cube(Square):
    pass


def total(shapes):
    s = 0
    for i, shape in enumerate(shapes):
        s = s * 10 + shape.area()
        if i == 2:
            Cube.area = lambda self: 7
        if i == 4:
            del Square.area
        if i == 5:
            del Cube.area
    return s


print(total([Square(2), Cube(1), Square(1), Cube(2), Square(3), Square(2), Cube(2), Shape()]))


class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)


def fill():
    stack = Stack()
    original = Stack.push
    seen = []
    for i in range(6):
        stack.push(i)
        if i == 2:
            def logged(self, x):
                seen.append(x)
                original(self, x * 10)
            Stack.push = logged
        if i == 4:
            Stack.push = original
    return stack.items, seen


print(fill())


class Lazy:
    def __getattr__(self, name):
        return lambda *args: (name, args)


def missing(o, n):
    out = []
    for i in range(n):
        out.append(o.thing(i))
        if i == 1:
            Lazy.thing = lambda self, x: -x
        if i == 3:
            del Lazy.thing
        if i == 4:
            Lazy.__getattr__ = lambda self, name: lambda x: name.upper()
    return out


print(missing(Lazy(), 7))


class Every:
    def m(self):
        return 1


def intercepted(o):
    out = []
    for i in range(6):
        out.append(o.m())
        if i == 1:
            Every.__getattribute__ = lambda self, name: (lambda: name * 2)
        if i == 3:
            del Every.__getattribute__
    return out


print(intercepted(Every()))


# A bound method keeps what it was bound to.
class B:
    def m(self):
        return "old"


b = B()
bound = b.m
B.m = lambda self: "new"
print(bound(), b.m())
