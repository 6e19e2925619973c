"""A loop whose body always raises keeps its iterator until then; code replaced in a loop over its generator."""


def noisy(items):
    for item in items:
        try:
            yield item
        finally:
            print("left", item)


def plain():
    for x in noisy([1, 2]):
        print("body", x)
        raise ZeroDivisionError(x)


def expression():
    for x in (v for v in noisy([1, 2])):
        print("body", x)
        raise ZeroDivisionError(x) from None


def nested():
    for x in noisy("ab"):
        for y in noisy("cd"):
            print("body", x, y)
            raise ZeroDivisionError(y)


def caught_outside():
    try:
        for x in noisy([1, 2]):
            print("body", x)
            raise ZeroDivisionError(x)
    except ZeroDivisionError as e:
        print("caught inside", e)
    raise KeyError("end")


for test in (plain, expression, nested, caught_outside):
    try:
        test()
    except Exception as e:
        print("caught", type(e).__name__, e)


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
    yield lost


def twice(n):
    yield n
    yield n


def replaced(n):
    total = 0
    names = []
    try:
        for x in count(n):
            total += x
            count.__code__ = twice.__code__
    except NameError as e:
        tb = e.__traceback__
        while tb is not None:
            names.append(tb.tb_frame.f_code.co_name)
            tb = tb.tb_next
        print(e)
    return total, names


print(replaced(4), list(count(5)))
