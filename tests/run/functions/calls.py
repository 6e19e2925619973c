"""Calls: unpacking, defaults, keyword-only and positional-only parameters, closures, decorators."""


def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw


print(f(1, d=4))
print(f(1, 2, 3, 4, 5, d=6, z=7))
print(f(*(1, 2), **{"d": 1, "c": 9}))
print(f(*[1], *[2, 3], d=0, **{"x": 1}, **{"y": 2}))
print(f(1, d=4, a=9, b=8))


def many(a, b, c, d, e, f, g, h, i, j, k=11, *, l=12, m=13):
    return a + b + c + d + e + f + g + h + i + j + k + l + m


print(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), many(*range(11), m=1, l=2), many(*range(10), k=0))


def defaults(a, b=[]):
    b.append(a)
    return b


print(defaults(1), defaults(2), defaults.__defaults__)
defaults.__defaults__ = ("x", ["new"])
print(defaults())
defaults.__defaults__ = None
try:
    defaults()
except TypeError as e:
    print(e)


def kwonly(*, a=1, b):
    return a, b


print(kwonly(b=2), kwonly.__kwdefaults__)
kwonly.__kwdefaults__ = {"b": "default"}
try:
    print(kwonly(a=0))
    kwonly()
except TypeError as e:
    print(e)


def rebinding(a, b):
    a = a + [1]
    del b
    return a


lst = [0]
print(rebinding(lst, 2), lst)


def counter():
    n = 0

    def inc(step=1):
        nonlocal n
        n += step
        return n

    return inc


c = counter()
c()
c(5)
print(c(), c.__closure__[0].cell_contents, c.__code__.co_freevars)


def deco(*tags):
    def wrap(fn):
        def inner(*a, **k):
            return tags, fn(*a, **k)

        return inner

    return wrap


@deco("x", "y")
@deco()
def g(a, *, b=1):
    return a + b


print(g(1), g(1, b=5))


def annotated(a: int, b: "str" = "x") -> float:
    "doc"


print(annotated.__annotations__, annotated.__doc__, annotated.__name__, annotated.__qualname__, annotated.__module__)
annotated.attr = 1
print(annotated.__dict__, vars(annotated))
print((lambda x, *y, **z: (x, y, z))(1, 2, k=3))


class C:
    def m(self, *a, k=0):
        return a, k

    __call__ = m


o = C()
bound = o.m
print(bound(1, k=2), o(3), C.m(o, 4), bound == o.m, bound is o.m, hash(bound) == hash(o.m), bound.__self__ is o)
print(list(map(o.m, [1, 2])), sorted([3, 1, 2], key=lambda v: -v), max([1, 5, 2], key=lambda v: -v))
print(str.upper("abc"), "".join(map(str.strip, [" a ", "b "])), int.__add__(1, 2), list.append.__name__)


def gen(*a, **k):
    yield a
    yield k


print(list(gen(1, x=2)))


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(15))


def swap(f, g):
    f.__code__, g.__code__ = g.__code__, f.__code__


def one():
    return 1


def two():
    return 2


print(one(), two())
swap(one, two)
print(one(), two())


def recursive():
    return recursive()


try:
    recursive()
except RecursionError as e:
    print(e)
for bad in (lambda: one(1), lambda: f(), lambda: kwonly(1), lambda: None(), lambda: (1)(), lambda: f(1, 2, d=3, **{"d": 4})):
    try:
        bad()
    except TypeError as e:
        print(e)
