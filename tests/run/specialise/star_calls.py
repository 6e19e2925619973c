"""`*` and `**` in calls: dicts that are passed as they are, what may change under them, and the errors."""


def show(*args, **kwargs):
    return args, kwargs


def fixed(a, b=2, *, c=3):
    return a, b, c


def passed(function, *args, **kwargs):
    return function(*args, **kwargs)


def fresh():
    """The callee's dict is its own."""
    options = {"x": 1}

    def change(**kwargs):
        kwargs["x"] = 2
        options["y"] = 3
        return kwargs

    return change(**options), options


class Mapping:
    def __init__(self, names):
        self.names = names

    def keys(self):
        print("keys")
        return self.names

    def __getitem__(self, name):
        print("item", name)
        return name * 2


class Half:
    def keys(self):
        return ["a"]


class Odd(dict):
    def keys(self):
        return ["q"]

    def __getitem__(self, name):
        return "own"

    def __iter__(self):
        return iter(["z"])


class Holder:
    def __del__(self):
        print("gone")


def clears(options, **kwargs):
    options.clear()
    return sorted(kwargs)


def held():
    """A value that only the dict holds, which the callee empties."""
    options = {"v": Holder()}
    print(clears(options, **options))
    print("after")

    def borrow(v):
        options2.clear()
        return type(v).__name__

    options2 = {"v": Holder()}
    print(borrow(**options2))
    print("end")


def errors():
    cases = [
        lambda: show(**5),
        lambda: show(**{1: 2}),
        lambda: fixed(**{"a": 1, "zzz": 2}),
        lambda: fixed(1, **{"a": 1}),
        lambda: fixed(*(1, 2, 3)),
        lambda: fixed(*5),
        lambda: fixed(**Half()),
        lambda: show(x=1, **{"x": 2}),
        lambda: len(**{"x": 2}),
        lambda: len(*([1, 2],), **{}),
        lambda: fixed(**None),
        lambda: print(**{"nope": 1}),
    ]
    for case in cases:
        try:
            print(case())
        except (TypeError, AttributeError) as e:
            print(type(e).__name__, e)


def unpack(values):
    first, *rest = values
    *front, last = values
    a, *middle, b = values
    return first, rest, front, last, middle


def unpacking():
    print(unpack((1, 2, 3)), unpack([1, 2]), unpack("abc"), unpack(range(4)))
    for bad in ((), (1,), [], {}, iter("x")):
        try:
            print(unpack(bad))
        except ValueError as e:
            print(e)
    items = [1, 2, 3]
    *copy, = items
    print(copy == items, copy is items)
    items[0], *items = items
    print(items)


def branches(flag, d):
    """What stands behind `**` runs code of its own."""
    try:
        return show(1, **(d if flag else {"other": d["missing"]}))
    except KeyError as e:
        return "missing", e


def main():
    print(passed(show, 1, 2, x=3), passed(show), passed(fixed, 1, c=4), passed(len, "abc"))
    print(passed(dict, a=1), passed(str.format, "{x}", x=3), passed(passed, show, 1, k=2))
    print(fresh())
    print(show(**Mapping(["a", "bb"])))
    print(show(**Odd(a=1)))
    held()
    errors()
    unpacking()
    print(branches(True, {"k": 1}), branches(False, {"missing": 2}), branches(False, {}))
    print(show(*[1, 2], *(3,), **{"a": 1}, **{"b": 2}), show(*"ab", z=1, **{"y": 2}))


main()
