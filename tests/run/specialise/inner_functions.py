"""Calls of functions made by a function: local names and cells, versions by the types of arguments, and what may change under them."""


def recursive(a, b):
    memo = {}

    def go(i, j):
        if i == len(a):
            return len(b) - j
        if j == len(b):
            return len(a) - i
        if (i, j) in memo:
            return memo[i, j]
        if a[i] == b[j]:
            r = go(i + 1, j + 1)
        else:
            r = 1 + min(go(i + 1, j), go(i, j + 1), go(i + 1, j + 1))
        memo[i, j] = r
        return r

    return go(0, 0)


def mixed():
    def double(x):
        return x + x

    return double(2), double(1.5), double("ab"), double([1]), double(1 << 61), double(True)


def rebound():
    """The local and the cell hold another function half way."""

    def f(x):
        return x + 1

    out = []
    for i in range(6):
        if i == 3:

            def f(x):
                return x * 100

        if i == 5:
            f = str
        out.append(f(i))

    def g(x):
        return x - 1

    def caller(x):
        return g(x)

    out.append(caller(10))
    g = abs
    out.append(caller(-10))
    g = lambda x: ("lambda", x)
    out.append(caller(3))
    del g
    try:
        caller(1)
    except NameError as e:
        out.append(str(e))
    return out


def same_name(flag):
    """Two functions of one name in one scope."""
    if flag:

        def pick(x):
            return "yes", x

    else:

        def pick(x, y=2):
            return "no", x, y

    def use(x):
        return pick(x)

    return use(1), use(2.5), pick(3)


def defaults():
    def f(a, b=2, *, c=3):
        return a, b, c

    def plain(a, b=2):
        return a * b

    out = [f(1), f(1, 5), f(1, c=7), plain(4), plain(4, 5), plain(b=3, a=2)]
    plain.__defaults__ = (10,)
    out.append(plain(4))
    plain.__defaults__ = None
    try:
        plain(4)
    except TypeError as e:
        out.append(str(e))
    f.__kwdefaults__["c"] = "changed"
    out.append(f(1))
    return out


def changed_code():
    def f(x):
        return x + 1

    def other(x):
        return ("other", x)

    out = [f(1)]
    f.__code__ = other.__code__
    out.append(f(1))
    return out


def closures(n):
    """One code, several cells."""

    def counter(start):
        total = start

        def add(k):
            nonlocal total
            total += k
            return total

        return add

    adds = [counter(i) for i in range(n)]
    return [add(k) for k, add in enumerate(adds)], [add(0.5) for add in adds], adds[0](1) is not adds[1](1)


def mutual(n):
    def even(k):
        return True if k == 0 else odd(k - 1)

    def odd(k):
        return False if k == 0 else even(k - 1)

    return [even(n), odd(n), even(n + 1)]


def errors():
    def raises(x):
        if x > 2:
            raise ValueError(x)
        return raises(x + 1)

    try:
        raises(0)
    except ValueError as e:
        names = []
        tb = e.__traceback__
        while tb is not None:
            names.append((tb.tb_frame.f_code.co_name, tb.tb_frame.f_locals.get("x")))
            tb = tb.tb_next
        print(names)
    out = []
    for call in (lambda: raises(), lambda: raises(1, 2), lambda: raises(y=1)):
        try:
            call()
        except TypeError as e:
            out.append(str(e))
    return out


def deep():
    def down(n):
        return down(n + 1)

    try:
        down(0)
    except RecursionError as e:
        return str(e)


class Made:
    def method(self, k):
        def inner(x):
            return self.base + x + k

        self.base = 10
        return inner(1) + inner(2.5)


def decorated(function):
    calls = []

    def wrapper(*args, **kwargs):
        calls.append(len(args))
        return function(*args, **kwargs)

    wrapper.calls = calls
    return wrapper


@decorated
def shown(a, b=1):
    return a, b


def generators():
    def numbers(n):
        for i in range(n):
            yield i

    def total(n):
        return sum(numbers(n))

    return total(4), list(numbers(3)), [next(numbers(1)) for _ in range(2)]


def finalisers():
    class Gone:
        def __del__(self):
            print("gone")

    def consume(x):
        x = None
        return "after"

    def keep(x):
        return "kept"

    print(consume(Gone()))
    print(keep(Gone()))


def main():
    print(recursive("kitten sitting", "sitting kitten"))
    print(mixed())
    print(rebound())
    print(same_name(True), same_name(False))
    print(defaults())
    print(changed_code())
    print(closures(4))
    print(mutual(11))
    print(errors())
    print(deep())
    print(Made().method(3))
    print(shown(1), shown(1, b=2), shown(*(3, 4)), shown.calls)
    print(generators())
    finalisers()


main()
