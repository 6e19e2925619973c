"""Tracebacks of statements that are not expressions: no anchors inside them."""
import sys


class Box:
    def __enter__(self):
        raise KeyError("enter")

    def __exit__(self, *args):
        return False

    def __delitem__(self, key):
        raise IndexError(key)

    def __iter__(self):
        return iter([1, 2, 3])


def raise_call(amount):
    if amount:
        raise ValueError("amounts are positive" + str(amount))


def raise_from(amount):
    raise ValueError("outer") from KeyError("inner")


def delete(b):
    del b["key"]


def enter(b):
    with b as x:
        pass


def check(x):
    assert x.get("a", 0) == 1, "no a"


def unpack(b):
    first, second = b


def loop(b):
    for (x, y) in b:
        print(x)


def late(b):
    from sys import no_such_name


for call in (
    lambda: raise_call(3),
    lambda: raise_from(3),
    lambda: delete(Box()),
    lambda: enter(Box()),
    lambda: check({}),
    lambda: unpack(Box()),
    lambda: loop(Box()),
    lambda: late(1),
):
    try:
        call()
    except Exception as e:
        sys.excepthook(type(e), e, e.__traceback__)
