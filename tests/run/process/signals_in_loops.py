"""Signals interrupt loops that only compute, soon and at the line of the way back."""
import _signal
import time

FOREVER = 10**17


def for_range(n):
    s = 0
    for i in range(n):
        s ^= i
    return s


def for_down(n):
    s = 0
    for i in range(n, 0, -2):
        s ^= i
    return s


def while_below(n):
    i = 0
    while i < n:
        i += 1
    return i


def while_step(i, n, step):
    """A step of zero: no end."""
    while i < n:
        i += step
    return i


def while_up_to(i, n, step):
    while i <= n:
        i += step
    return i


def floats(n):
    x = 0.5
    for i in range(n):
        x = x * 0.5 + 1.0
    return x


def items(table, n):
    s = 0
    for i in range(n):
        s ^= table[i & 3]
    return s


def stores(table, n):
    i = 0
    while i < n:
        table[i & 3] = i
        i += 1
    return i


def branches(n):
    a = b = 0
    for i in range(n):
        if i & 1:
            a ^= i
            continue
        b ^= i
    return a, b


def nested(n):
    s = 0
    for i in range(n):
        for j in range(10):
            s ^= i + j
        for j in range(2000):
            s ^= j
    return s


def outer(n):
    s = 0
    for i in range(n):
        for j in range(3):
            s ^= j
    return s


def interrupted(f, *args):
    _signal.setitimer(_signal.ITIMER_REAL, 0.02)
    start = time.monotonic()
    try:
        f(*args)
    except KeyboardInterrupt as e:
        late = time.monotonic() - start > 10
        line = e.__traceback__.tb_next.tb_lineno - f.__code__.co_firstlineno
        print(f.__name__, "too late" if late else "interrupted", line)


# Not the order in which handlers of several signals run, but what one of them does.
_signal.signal(_signal.SIGALRM, _signal.default_int_handler)
interrupted(for_range, FOREVER)
interrupted(for_down, FOREVER)
interrupted(while_below, FOREVER)
interrupted(while_step, 5, FOREVER, 0)
interrupted(while_step, 5, FOREVER, 1)
interrupted(while_up_to, -(2**63), FOREVER, 0)
interrupted(while_up_to, 0, 2**63 - 1, 1)
interrupted(floats, FOREVER)
interrupted(items, [1, 2, 3, 4], FOREVER)
interrupted(stores, [1, 2, 3, 4], FOREVER)

got = []
_signal.signal(_signal.SIGALRM, lambda n, f: got.append(f.f_code.co_name))


def goes_on(n):
    """The handler returns, and the loop goes on where it was."""
    s = 0
    for i in range(n):
        s += i & 1
    return s


rounds = 100_000
while not got:
    _signal.setitimer(_signal.ITIMER_REAL, 0.002)
    rounds *= 2
    if goes_on(rounds) != rounds // 2:
        print("wrong")
    _signal.setitimer(_signal.ITIMER_REAL, 0)
print(set(got) <= {"goes_on", "<module>"})


def over(xs):
    s = 0
    for x in xs:
        s += x
    return s


def shorten(n, f):
    """What is left of the list ends the loop."""
    got.append(len(xs))
    del xs[1:]


_signal.signal(_signal.SIGALRM, shorten)
got.clear()
while not got:
    xs = [1] * 1_000_000
    _signal.setitimer(_signal.ITIMER_REAL, 0.001)
    for _ in range(20):
        over(xs)
    _signal.setitimer(_signal.ITIMER_REAL, 0)
print(xs, over(xs))

_signal.signal(_signal.SIGALRM, _signal.default_int_handler)
for f in (branches, nested, outer):
    _signal.setitimer(_signal.ITIMER_REAL, 0.02)
    try:
        f(FOREVER)
    except KeyboardInterrupt as e:
        print(f.__name__, e.__traceback__.tb_next.tb_frame.f_code is f.__code__)
