# An uncaught chain of exceptions: the traceback, byte for byte.
class Problem(Exception):
    pass


def low(n):
    data = {"a": [1, 2, 3]}
    return data["a"][n] + data["b"]


def middle(n):
    try:
        return low(n)
    except KeyError as error:
        raise Problem(f"middle failed for {n}") from error


def repeat(n):
    if n == 0:
        middle(1)
    repeat(n - 1)


def top():
    try:
        repeat(6)
    except Problem:
        (lambda x: x.undefined_attribute)(
            42
        )


top()
