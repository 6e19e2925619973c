"""A global function is bound anew in the middle of loops and of its own recursion."""


def area(w, h):
    return w * h


def perimeter(w, h):
    return 2 * (w + h)


def loop(n):
    global area
    total = []
    for i in range(n):
        total.append(area(i, 2))
        if i == 3:
            area = perimeter
        elif i == 5:
            area = lambda w, h: (w, h)
        elif i == 7:
            area = max
    return total


print(loop(10))


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def other(n):
    return 100 + n


plain = fib


def swap_at(n):
    global fib
    if n == 4:
        fib = other
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(10))
fib = swap_at
print(swap_at(7))
fib = plain
print(fib(12))


def countdown(n):
    global countdown
    if n == 0:
        return "zero"
    if n == 3:
        del countdown
    return countdown(n - 1)


try:
    print(countdown(6))
except NameError as e:
    print("NameError", e)


def again():
    global helper
    out = []
    for i in range(6):
        try:
            out.append(helper(i))
        except NameError as e:
            out.append(str(e))
            globals()["helper"] = lambda x: -x
        if i == 1:
            del helper
        if i == 4:
            globals().update(helper=str)
    return out


def helper(x):
    return x + 1000


print(again())


def typed(x):
    return x + 1


def caller(values):
    s = 0
    for v in values:
        s = s + typed(v)
    return s


print(caller([1, 2, 3]))
typed = lambda x: x * 0.5
print(caller([1, 2, 3]))
typed = str.strip
try:
    print(caller(["a", "b"]))
except TypeError as e:
    print(e)
typed = 5
try:
    caller([1])
except TypeError as e:
    print(e)
exec_globals = globals()
exec_globals["typed"] = abs
print(caller([-1, -2]))
vars()["typed"] = bool
print(caller([-1, 0, 7]))


def make():
    global late

    def late(x):
        return ("first", x)


def use():
    out = []
    for i in range(3):
        make()
        out.append(late(i))
    return out


print(use())


def argument(f, n):
    return [f(i) for i in range(n)]


def inc(x):
    return x + 1


print(argument(inc, 3), argument(str, 3), argument(inc, 2))


def evaluated_first(a):
    global inner
    inner = outer
    return a


def inner(a):
    return ("inner", a)


def outer(a):
    return ("outer", a)


# The callee is loaded before its arguments are evaluated.
print(inner(evaluated_first(1)), inner(2))
