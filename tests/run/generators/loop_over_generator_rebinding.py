"""Generator functions that change while loops consume what they made: rebound, deleted, other code and defaults, names and builtins they read."""
import builtins


def first(n):
    for i in range(n):
        yield i


def second(n):
    for i in range(n):
        yield i * 100


def other_end(n):
    yield "only"


def with_default(n=3, add=0):
    for i in range(n):
        yield i + add


def reads(n):
    for i in range(n):
        yield i * factor + offset()


def offset():
    return 0


def measures(values):
    for x in values:
        yield len(x), abs(-1)


def appends(values, n):
    global count
    for i in range(n):
        count += 1
        values.append(count)
        yield count


def helper(x):
    return x + 1


def calls(values):
    for x in values:
        yield helper(x)


original = first
factor = 2
count = 0


def consume(n):
    out = []
    for x in first(n):
        out.append(x)
    return out


def rebinds(n, other):
    global first
    out = []
    for k in range(2):
        for x in first(n):
            out.append(x)
            if x == 1:
                first = other
    out += consume(2)
    first = original
    return out


def rebinds_through_dict(n, other):
    out = []
    for k in range(2):
        for x in first(n):
            out.append(x)
            if x == 1:
                globals()["first"] = other
    out += consume(2)
    globals()["first"] = original
    return out


def deletes(n):
    global first
    out = []
    try:
        for k in range(2):
            for x in first(n):
                out.append(x)
                if x == 1:
                    del first
    except NameError as e:
        out.append(str(e))
    first = original
    return out + consume(1)


def other_code(n, other):
    out = []
    code = first.__code__
    for k in range(3):
        for x in first(n):
            out.append(x)
            if k == 0 and x == 1:
                first.__code__ = other.__code__
    out += consume(2)
    first.__code__ = code
    return out + consume(2)


def other_defaults():
    out = []
    for round in range(4):
        for x in with_default():
            out.append(x)
            if x == 1 and round == 0:
                with_default.__defaults__ = (2, 50)
            if round == 1:
                with_default.__defaults__ = (10**18, 2**61)
            if round == 2 and len(out) > 8:
                with_default.__defaults__ = None
                break
        out.append("|")
        if round == 2:
            try:
                for x in with_default():
                    out.append(x)
            except TypeError as e:
                out.append(str(e))
            with_default.__defaults__ = (1, 0)
    with_default.__defaults__ = (3, 0)
    return out


def globals_read(n):
    global factor, offset
    out = []
    old = offset
    for x in reads(n):
        out.append(x)
        if type(factor) is int:
            factor += 1
        if len(out) == 3:
            offset = lambda: 0.5
        if len(out) == 5:
            factor = 2**60
        if len(out) == 7:
            factor = "ab"
            offset = str
    factor, offset = 2, old
    return out


def shadowed(values):
    """`len` and `range` become globals of the module in the middle of the loop."""
    global len, abs, range
    out = []
    for x in measures(values):
        out.append(x)
        if x[0] == 2:
            len = lambda x: "own len"
        if x[0] == "own len":
            abs = lambda x: "own abs"
    del len, abs
    for k in range(3):
        for x in first(2):
            out.append((k, x))
            if k == 1:
                range = lambda n: [n, n]
        if k == 1:
            out.append(consume(3))
    del range
    return out + consume(2)


def builtins_replaced():
    out = []
    old = builtins.range
    for x in first(3):
        out.append(x)
        if x == 1:
            builtins.range = lambda *args: old(7, 9)
    out += consume(2)
    builtins.range = old
    return out + consume(2)


def both_write(n):
    global count
    count = 0
    seen = []
    values = []
    for x in appends(values, n):
        seen.append((x, count, values[-1]))
        count += 10
        if len(values) == 3:
            count = 2**62 - 12
        if len(values) == 6:
            count = 0.5
    return seen, count, values


def helper_changes():
    global helper
    old = helper
    out = []
    for x in calls([1, 2, 3, 4]):
        out.append(x)
        if x == 3:
            helper = lambda x: "new %s" % x
    helper = old
    for x in calls([1, 2]):
        out.append(x)
        old.__code__ = (lambda x: -x).__code__
    return out


def names_change():
    out = []
    for x in first(2):
        first.__name__ = "renamed"
        first.__qualname__ = "q.renamed"
        it = first(1)
        out.append((x, it.__name__, it.__qualname__, it.gi_code.co_name))
    return out


for n in (0, 3):
    print(consume(n), rebinds(n, second), rebinds(n, other_end), rebinds(n, lambda n: "abc"[:n]), rebinds(n, list if n == 0 else range))
    print(rebinds_through_dict(n, second), deletes(n), other_code(n, second), other_code(n, other_end), other_code(n, lambda n: [n]))
for other in (5, None):
    try:
        rebinds(3, other)
    except TypeError as e:
        print(e)
    first = original
print(other_defaults(), globals_read(3), globals_read(9))
print(shadowed(["a", "ab", "c", "d", "e"]), builtins_replaced())
print(both_write(3), both_write(9))
print(helper_changes(), names_change())
for x in first(3):
    first = second
    print(x, end=" ")
for x in first(2):
    first = original
    print(x, end=" ")
print(consume(3))
