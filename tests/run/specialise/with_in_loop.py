"""A with statement in a loop, in which a local is bound, rebound and passed on: what `__exit__` is found on is kept by every way out."""


class Guard:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__)
        return False


def rebound():
    total = 9.5
    for i in range(4):
        guard = Guard(10)
        with Guard(6):
            items = ()
            items = (1e-3, 26, float("nan"))
            total = total
    return i, total, len(items), guard.name


def raised(fail):
    total = 1.5
    for i in range(4):
        guard = Guard(i)
        with Guard(-i):
            items = (i, float(i))
            if i == fail:
                raise ValueError(items)
            total = total + items[1]
    return i, total, items, guard.name


class Odd:
    def __enter__(self):
        return self

    __exit__ = staticmethod(lambda kind, value, traceback: print("static exit", kind) or True)


def without_self(manager):
    for i in range(3):
        text = float("2.5")
        with manager:
            text = text + i
    return text


print(rebound())
print(raised(9))
try:
    raised(2)
except ValueError as error:
    print("raised", error)
print(without_self(Guard("g")), without_self(Odd()))
