def counter(start):
    count = start

    def up(by=1):
        nonlocal count
        count += by
        return count

    def get():
        return count

    return up, get


up, get = counter(10)
up()
up(5)
print(get(), up.__closure__[0].cell_contents, up.__code__.co_freevars)
functions = [lambda: i for i in range(3)]
print([f() for f in functions], [f(2) for f in [lambda x, i=i: x * i for i in range(3)]])


def late():
    def inner():
        return value
    try:
        inner()
    except NameError as error:
        print(type(error).__name__, error)
    value = 1
    print(inner())
    del value
    try:
        inner()
    except NameError as error:
        print(type(error).__name__, error)


late()


def unbound():
    try:
        print(x)
    except UnboundLocalError as error:
        print(error)
    x = 1
    del x
    try:
        x
    except UnboundLocalError as error:
        print(error)


unbound()


x = "global"


class Scope:
    x = "class"

    def method(self):
        try:
            return x
        except NameError as error:
            return str(error)

    values = [x for _ in range(2)]


print(Scope().method(), Scope.values)


def make(n):
    def f():
        return n if n <= 0 else make(n - 1)() + n
    return f


print(make(100)())


def argument_cell(a, b):
    def inner():
        nonlocal a
        a += b
        return a
    return inner


inner = argument_cell(1, 2)
print(inner(), inner())


def shadow():
    global x
    x = "changed"
    return [x for x in "abc"]


print(shadow(), x)
