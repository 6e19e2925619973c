"""`__code__`, `__defaults__`, `__kwdefaults__`, `__dict__` and `__name__` of functions written while they are in use."""


def f(a, b=2, *, c=3):
    return (a, b, c)


def g(a, b=20, *, c=30):
    return [a, b, c]


def calls(n, change):
    out = []
    for i in range(n):
        out.append(f(i))
        if i == 1:
            change()
    return out


def set_defaults():
    f.__defaults__ = (9,)


print(calls(3, set_defaults))


def drop_defaults():
    f.__defaults__ = None


try:
    calls(3, drop_defaults)
except TypeError as e:
    print(e)
f.__defaults__ = (1, 2)
print(f(), f(5), f(5, 6))
f.__defaults__ = (2,)


def set_kwdefaults():
    f.__kwdefaults__ = {"c": "new"}


print(calls(3, set_kwdefaults))
f.__kwdefaults__["c"] = "changed in place"
print(f(0))
del f.__kwdefaults__["c"]
try:
    f(0)
except TypeError as e:
    print(e)
f.__kwdefaults__ = None
try:
    f(0)
except TypeError as e:
    print(e)
f.__kwdefaults__ = {"c": 3, "unknown": 1}
print(f(1))


def set_code():
    f.__code__ = g.__code__


print(calls(4, set_code))
print(f.__code__ is g.__code__, f.__name__, f.__defaults__)


def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)


def sums(n):
    return 0 if n <= 0 else n + fact(n - 1)


print(fact(5))
fact.__code__ = sums.__code__
print(fact(5), sums(5))


def midway(n):
    if n == 3:
        midway.__code__ = stop.__code__
    if n == 0:
        return "end"
    return midway(n - 1)


def stop(n):
    return ("stopped at", n)


print(midway(6), midway(1))


def one(x):
    return x


def two(x, y):
    return x * y


def use_one(v):
    return one(v)


print(use_one(4))
one.__code__ = two.__code__
try:
    use_one(4)
except TypeError as e:
    print(e)
one.__defaults__ = (10,)
print(use_one(4))


def gen(n):
    for i in range(n):
        yield i


def lst(n):
    return [n]


print(list(gen(3)))
started = gen(3)
next(started)
gen.__code__ = lst.__code__
print(gen(3), list(started))


def closure():
    k = 1

    def h():
        return k
    return h


h = closure()
try:
    h.__code__ = one.__code__
except ValueError as e:
    print(e)
try:
    f.__code__ = 5
except TypeError as e:
    print(e)
try:
    f.__defaults__ = [1]
except TypeError as e:
    print(e)
try:
    f.__kwdefaults__ = [1]
except TypeError as e:
    print(e)
try:
    del f.__code__
except TypeError as e:
    print(e)
f.extra = 5
print(f.extra, f.__dict__)
f.__name__ = "renamed"
try:
    f()
except TypeError as e:
    print(e)
f.__qualname__ = "qual.renamed"
try:
    f()
except TypeError as e:
    print(e)


class C:
    def method(self, a=1):
        return a


c = C()


def loop_method():
    out = []
    for i in range(4):
        out.append(c.method())
        if i == 1:
            C.method.__defaults__ = ("changed",)
    return out


print(loop_method())


class Made:
    def __init__(self, value=1):
        self.value = value


def loop_init():
    out = []
    for i in range(4):
        out.append(Made().value)
        if i == 1:
            Made.__init__.__defaults__ = (7.5,)
    return out


print(loop_init())
