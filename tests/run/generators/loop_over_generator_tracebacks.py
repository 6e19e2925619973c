"""Printed tracebacks of exceptions in generators that loops consume: frames, lines and marked columns."""
import sys
import traceback


def printed(function, *args):
    try:
        print(function(*args))
    except BaseException:
        print(traceback.format_exc().replace(__file__, "here"))


def inverses(values):
    for x in values:
        yield 1 / x


def scaled(values, factor):
    for x in values:
        yield x * factor + 1


def tens(n):
    i = 0
    while i < n:
        yield i * 10
        i += 1


def pairs(values):
    for i, x in enumerate(values):
        yield i, [0, 1, 2][x]


def ends(n):
    yield from tens(n)
    raise StopIteration(n)


def deep(n):
    if n == 0:
        raise RecursionError("as if")
    for x in deep(n - 1):
        yield x


def endless(n):
    for x in endless(n + 1):
        yield x


def one(values):
    s = 0
    for x in inverses(values): s += x
    return s


def in_chain(values):
    s = 0
    for x in scaled(scaled(inverses(values), 2), "a" if len(values) > 2 else 0.5):
        s += x
    return s


def in_body(n):
    for x in tens(n):
        if x >= 20:
            x.missing


def in_expression(values):
    return [y for y in (x + 1 for x in inverses(values))]


def in_argument(n):
    for x in tens(n // (n - 3)):
        for y in tens(n // (x - 10)):
            pass
    return x


def unpacks(values):
    out = []
    for i, x in pairs(values):
        out.append(i + x)
    for i, x in tens(2):
        out.append(i)
    return out


def stopped(n):
    s = 0
    for x in ends(n):
        s += x
    return s


def called(values):
    for x in scaled(values, 3):
        in_argument(x)
    return "fine"


def handled(values):
    """The exception of the body beside the one that the generator's end raises."""
    def fails():
        try:
            yield from values
        finally:
            {}["finally"]
    for x in fails():
        try:
            1 // x
        except ZeroDivisionError as e:
            raise ValueError("from body") from e


def recursion():
    depth = 0
    try:
        for x in endless(0):
            pass
    except RecursionError as e:
        entry = e.__traceback__
        names = set()
        while entry is not None:
            depth += 1
            names.add((entry.tb_frame.f_code.co_name, entry.tb_lineno))
            entry = entry.tb_next
        print(sorted(names), depth > 100, str(e)[:32])


def frames_of(e):
    return [(f.name, f.lineno, f.line) for f in traceback.extract_tb(e.__traceback__)]


def locals_shown(values):
    total = "consumer's"
    try:
        for x in inverses(values):
            last = x
    except ZeroDivisionError as e:
        entry = e.__traceback__.tb_next
        print(entry.tb_frame.f_locals, entry.tb_frame.f_back, total, last)
        print(frames_of(e))


printed(one, [1, 2, 4])
printed(one, [1, 0])
printed(one, [2.5, "a"])
printed(in_chain, [1, 2])
printed(in_chain, [4, 5, 6])
printed(in_chain, [1, 0])
printed(in_body, 9)
printed(in_expression, [1, 0.0])
printed(in_argument, 3)
printed(in_argument, 4)
printed(unpacks, [0, 1, 3])
printed(unpacks, [0, 1])
printed(stopped, 3)
printed(called, [1, 0.5])
printed(called, [5])
printed(handled, [1, 0])
printed(list, deep(3))
recursion()
recursion()
locals_shown([1, 2, 0])
for limit in (60, 120):
    sys.setrecursionlimit(limit)
    recursion.__code__
    try:
        for x in deep(limit // 4):
            pass
    except RecursionError as e:
        print(e, len(frames_of(e)))
sys.setrecursionlimit(1000)
try:
    for x in scaled(tens(3), [][:1] or None):
        print(x)
except TypeError:
    traceback.print_exc(file=sys.stdout)
for x in inverses([1, 0]):
    print(x)
