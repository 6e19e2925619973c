"""Loops that count: they run in chunks of rounds between two polls, which nobody may see."""

BIG = 2**62
EDGE = 2**63
SIZES = (-1, 0, 1, 2, 1022, 1023, 1024, 1025, 1026, 2047, 2048, 2049, 5000)


def up(n):
    s = last = 0
    for i in range(n):
        s += i ^ 5
        last = i
    return s, last


def down(n):
    s = last = 0
    for i in range(n, 0, -1):
        s += i & 3
        last = i
    return s, last


def strides(a, b):
    r = []
    for step_three in (0, 1):
        s = last = n = 0
        if step_three:
            for i in range(a, b, 3):
                s += i
                last = i
                n += 1
        else:
            for i in range(b, a, -7):
                s += i
                last = i
                n += 1
        r.append((s, last, n))
    return r


def while_below(i, n, step):
    rounds = 0
    while i < n:
        i += step
        rounds += 1
    return i, rounds


def while_up_to(i, n, step):
    rounds = 0
    while i <= n:
        i += step
        rounds += 1
    return i, rounds


def while_above(i, n, step):
    rounds = 0
    while i > n:
        i -= step
        rounds += 1
    return i, rounds


def while_down_to(i, n):
    rounds = 0
    while n <= i:
        i -= 2
        rounds += 1
    return i, rounds


def while_constant(i):
    s = 0
    while i < 3000:
        s += i
        i += 1
    return i, s


def not_reached(i, n, step, most):
    """The step may be zero or lead away from the bound."""
    rounds = 0
    while i < n:
        i += step
        rounds += 1
        if rounds == most:
            break
    else:
        rounds = -rounds
    return i, rounds


def moving_bound(n):
    i = rounds = 0
    while i < n:
        if i % 3 == 0 and n < 4000:
            n += 2
        i += 1
        rounds += 1
    return i, n, rounds


def moving_number(n):
    i = rounds = 0
    while i < n:
        if i == 1500:
            i = 1800
        i += 1
        rounds += 1
    return i, rounds


def rebound_number(n):
    s = 0
    for i in range(n):
        i *= 2
        s += i
        n = 0
    return s, n


def found(n, wanted):
    for i in range(n):
        if i * 7 == wanted:
            break
    else:
        i = -1
    return i


def skips(n):
    s = 0
    for i in range(n):
        if i & 1:
            continue
        if i % 3 == 0:
            s += 1
            continue
        s += i
    return s


def two_ways(n):
    i = s = 0
    while i < n:
        if i & 4:
            i += 1
            continue
        s += i
        i += 3
    return i, s


def short(n):
    s = 0
    for i in range(n):
        for j in range(7):
            s += i ^ j
        for j in range(3, -4, -2):
            s -= j
        for j in range(5, 5):
            s += 1000
        for j in range(1024):
            s += j & 1
        for j in range(1025):
            s += j & 1
    return s, i, j


def triangle(n):
    s = 0
    for i in range(n):
        for j in range(i, n):
            s += i * j
        k = i
        while k:
            k -= 1
            s ^= k
    return s


def floats(n):
    x = 0.5
    for i in range(n):
        x = x * 0.875 + i
    return x


def overflows(n):
    s = 2**61
    for i in range(n):
        s += 2**51
    return s


def changes(n):
    s = 0
    for i in range(n):
        if i == 1100:
            s = s + 0.5
        s += i
    return s


def fails(n, at):
    table = [1] * at
    s = 0
    try:
        for i in range(n):
            s += table[i]
    except IndexError as e:
        return s, i, e.__traceback__.tb_lineno - fails.__code__.co_firstlineno
    return s


def sieve(n):
    flags = [True] * (n + 1)
    i = 2
    while i * i <= n:
        if flags[i]:
            j = i * i
            while j <= n:
                flags[j] = False
                j += i
        i += 1
    return sum(flags)


def product(a, b, n):
    c = []
    for i in range(n):
        row = []
        for j in range(n):
            t = 0.0
            for k in range(n):
                t += a[i][k] * b[k][j]
            row.append(t)
        c.append(row)
    return c


for size in SIZES:
    print(size, up(size), down(size), strides(-5, size), strides(size, 20))
    print(while_below(0, size, 1), while_up_to(0, size, 1), while_above(size, -3, 1), while_down_to(size, 4))
    print(while_below(7, size, 3), while_up_to(7, size, 3), while_above(size, 7, 1000), while_constant(size))
    print(moving_bound(size), moving_number(size), rebound_number(size), found(size, 7 * 1024), found(size, 5))
    print(skips(size), two_ways(size), floats(size), overflows(size), changes(size), fails(size, 1030))

for edge in (BIG, EDGE, -BIG, -EDGE):
    for off in (-3001, -1025, -1024, -3, -1, 0, 1, 3, 1024):
        n = edge + off
        print(off, while_below(n - 2500, n, 1), while_up_to(n - 2500, n, 1), while_below(n - 2500, n, 3))
        print(while_above(n + 2500, n, 1), while_down_to(n + 2500, n), while_up_to(n - 10, n, 2**40 + 1))
        print(len(range(n, n + 9)), [i - n for i in range(n, n + 9, 4)], [i - n for i in range(n, n - 9, -4)])
print(while_up_to(EDGE - 5, EDGE - 1, 1), while_up_to(EDGE - 5000, EDGE - 1, 2), while_below(-EDGE, EDGE - 1, 2**60))
print(while_down_to(-EDGE + 5000, -EDGE), while_above(-EDGE + 3, -EDGE, 1), while_below(-EDGE, EDGE, 2**45))

for step in (1, 2, 0, -1, -5, 2**40, 2**41, 2**61, -(2**61)):
    print(step, not_reached(0, 5000, step, 4000), not_reached(0, 1, step, 3000), not_reached(-EDGE, EDGE, step, 2500))
print(not_reached(0, 5000, 1, 10**6), not_reached(0, 5000, 5, 10**6), not_reached(9, 5, 1, 9))
print(short(4), triangle(70), sieve(20), sieve(10000))
rows = [[float(i + j) for j in range(6)] for i in range(6)]
print(product(rows, rows, 6))
