# Every kind of parameter, and the TypeErrors of wrong calls.
def f(a, b=2, /, c=3, *rest, d, e=5, **more):
    return a, b, c, rest, d, e, more


def pos(a, b, /):
    return a + b


def kw(*, x, y=1):
    return x - y


print(f(1, d=4))
print(f(1, 20, 30, 40, 50, d=4, z=9))
print(f(*[1, 2], **{"d": 7, "a": 8}))
print(pos(1, 2), kw(x=5), kw(y=2, x=5))


def attempt(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except TypeError as error:
        print("TypeError:", error)


attempt(f)
attempt(f, 1)
attempt(pos, 1)
attempt(pos, 1, 2, 3)
attempt(pos, a=1, b=2)
attempt(kw, 1)
attempt(kw)
attempt(kw, z=1, x=1)
attempt(lambda a, b, c: 0, 1)
attempt(lambda: 0, 1)
attempt(lambda a=1: 0, 1, 2)
attempt(f, 1, 2, 3, c=4, d=5)
attempt(len)
attempt(len, 1, 2)
attempt(print, nothing=1)
attempt(3)


def default(items=[]):
    items.append(len(items))
    return items


default()
print(default(), default.__defaults__, f.__kwdefaults__, f.__name__, f.__code__.co_argcount)
print(f.__code__.co_varnames, f.__qualname__)
f.extra = 1
print(f.extra, f.__dict__)


def many(a, b, c, d, e, g, h, i, j, k):
    a = [a, k]
    return a + [b, c, d, e, g, h, i, j]


print(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
print(sorted([3, 1, 2], key=lambda x: -x), list(map(lambda x, y: x * y, [1, 2], [3, 4])))


def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)


print(recursive(50))


def decorate(tag):
    def outer(function):
        def inner(*args, **kwargs):
            print("before", tag)
            try:
                return function(*args, **kwargs)
            finally:
                print("after", tag)
        return inner
    return outer


@decorate("a")
@decorate("b")
def decorated(x, *, y=0):
    return x + y


print(decorated(1, y=2))
