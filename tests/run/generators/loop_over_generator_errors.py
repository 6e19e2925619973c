"""Exceptions at every place of a loop over a generator, and the frames that their tracebacks name."""


def way(e):
    """`name:line` of each frame, lines counted from the head of the function."""
    out, entry = [], e.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        out.append("%s:%d" % (code.co_name, entry.tb_lineno - code.co_firstlineno))
        entry = entry.tb_next
    return " ".join(out)


def show(e):
    print(type(e).__name__, e, "@", way(e))


def fails_first(n):
    raise ValueError("before the first")
    yield n


def divides(values, by):
    for x in values:
        yield x // by
        by -= 1


def at_index(values, indices):
    for i in indices:
        yield values[i]


def at_key(table, keys):
    for key in keys:
        x = table[key]
        yield x


def summed(values):
    s = 0
    for x in values:
        s = s + x
        yield s


def squares(values):
    for x in values:
        yield x * x


def unbound(n):
    for i in range(n):
        if i == 2:
            late = i
        yield i
        if i > 0:
            yield late


def reads_global(n):
    for i in range(n):
        yield i + step


def ends_badly(n):
    for i in range(n):
        yield i
    raise KeyError("after the last")


def stops(n):
    for i in range(n):
        yield i
    raise StopIteration("stopped", n)


def stops_by_next(it):
    while True:
        yield next(it)


def asserts(values, limit):
    for x in values:
        assert x < limit, (x, limit)
        yield x


def again(values):
    """Raises another exception while it handles one."""
    for x in values:
        try:
            y = 12 // x
        except ZeroDivisionError:
            y = undefined_name
        yield y


def consume(make, *args):
    s = 0
    try:
        for x in make(*args):
            s += 1
    except Exception as e:
        print(s, end=" ")
        show(e)
        while e.__cause__ or e.__context__:
            e = e.__cause__ or e.__context__
            print("   from", end=" ")
            show(e)
    else:
        print(s, "ended")


def inside(values, by):
    """Caught in the body, the generator goes on."""
    s = 0
    for x in divides(values, by):
        try:
            s += 100 // x
        except ZeroDivisionError as e:
            show(e)
            s += 1
    return s


def outside(values, by):
    s = 0
    try:
        for x in divides(values, by):
            s += 100 // x
    except ZeroDivisionError as e:
        show(e)
    return s


def chained(values, by):
    s = 0
    try:
        for x in summed(squares(divides(values, by))):
            s += x
            if s > 1000:
                raise OverflowError(s)
    except (ArithmeticError, TypeError) as e:
        show(e)
    return s


def typed(values):
    s = 0
    try:
        for x in summed(values):
            s += x
    except TypeError as e:
        show(e)
    return s


def bad_operand(values, value):
    s = 0
    try:
        for x in squares(values):
            s = s + x + value
            if s > 400:
                value = "text"
    except TypeError as e:
        show(e)
    return s


def not_caught(values, k):
    for x in at_index(values, range(9)):
        if x == k:
            raise LookupError(x)


def in_else(n):
    try:
        for x in ends_badly(n):
            pass
        else:
            print("never")
    except KeyError as e:
        show(e)
    try:
        for x in squares(range(n)):
            pass
        else:
            raise KeyError("else")
    except KeyError as e:
        show(e)


def unpacking(rows):
    out = []
    try:
        for a, b in at_index(rows, range(5)):
            out.append(a + b)
    except (ValueError, TypeError, IndexError) as e:
        show(e)
    return out


def many_times(n):
    """Good rounds first, in one loop, then in many."""
    global step
    step = 1
    s = 0
    for k in range(n):
        try:
            for x in reads_global(3):
                s += x
                if k == n - 2 and x == 2:
                    del step
        except NameError as e:
            show(e)
    return s


direct = 0
try:
    for direct in divides([5, 6, 7], 2):
        pass
except ZeroDivisionError as e:
    print(direct, end=" ")
    show(e)
consume(fails_first, 3)
consume(divides, [1, 2, 3], 2)
consume(divides, [1, 2.5, None], 9)
consume(divides, 5, 2)
consume(at_index, [1, 2], range(5))
consume(at_index, (1, 2), [0, -2, -3])
consume(at_index, "ab", [0, "x"])
consume(at_key, {"a": 1}, "ab")
consume(at_key, {1: 2}, [1, []])
consume(summed, [1, 2, None])
consume(summed, [1, 2**62, "a"])
consume(unbound, 2)
consume(unbound, 5)
consume(reads_global, 2)
consume(ends_badly, 2)
consume(stops, 2)
consume(stops_by_next, iter([1, 2]))
consume(stops_by_next, squares([1, 2]))
consume(asserts, [1, 5, 9], 8)
consume(again, [3, 0])
print(inside([5, 0, 3], 9), inside([1000] * 5, 6), outside([50, 7, 3], 3), outside([1], 1), inside([2**70, 1], 2))
print(chained([9, 9, 9], 2), chained([90, 90], 3), chained([1, None], 3), chained([2**40, 1], 1))
print(typed([1, 2, "x"]), typed(["x"]), typed([0.5, [], 1]), bad_operand(range(20), 1), bad_operand([1.5] * 300, 0.5))
for k in (2, 7, 9):
    try:
        not_caught([1, 2, 3], k)
    except LookupError as e:
        show(e)
in_else(2)
print(unpacking([(1, 2), (3, 4)]), unpacking([(1, 2), (3,)]), unpacking([(1, 2), (1, 2, 3)]), unpacking([(1, 2), 5]), unpacking(["ab", [1, None]]))
print(many_times(5))
