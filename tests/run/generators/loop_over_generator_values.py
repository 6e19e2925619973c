"""Loops over generators of this module: what is yielded, of every kind, and numbers that leave their size in mid-loop."""


def counted(n):
    i = 0
    while i < n:
        yield i
        i += 1


def ranged(start, stop, step=1):
    for i in range(start, stop, step):
        yield i * i - 3


def doubling(x, rounds):
    for _ in range(rounds):
        yield x
        x = x + x


def multiplied(x, factor, rounds):
    while rounds:
        yield x
        x *= factor
        rounds -= 1


def fibonacci(limit):
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b


def halved(x, rounds):
    while rounds > 0:
        yield x
        rounds -= 1
        if rounds == 4:
            x = x / 2
        else:
            x = x + 1


def constants():
    yield None
    yield True
    yield 7
    yield 2.5
    yield "text"
    yield (1, "a")
    yield 2**70
    yield -0.0
    yield [1, 2]
    yield ...


def items(values):
    for value in values:
        yield value


def branches(n):
    for i in range(n):
        if i % 3 == 0:
            yield i
        elif i % 3 == 1:
            yield float(i)
            yield -i
        if i == 7:
            yield "seven"


def total(n):
    s = 0
    for x in counted(n):
        s += x
    return s


def squares(start, stop, step=1):
    out = []
    for x in ranged(start, stop, step):
        out.append(x)
    return out


def sum_of_doubling(x, rounds):
    s = x - x
    for y in doubling(x, rounds):
        s = s + y
    return s


def last_of_doubling(x, rounds):
    for y in doubling(x, rounds):
        pass
    return y


def sum_of_multiplied(x, factor, rounds):
    s = 0
    for y in multiplied(x, factor, rounds):
        s += y
    return s


def even_fibonacci(limit):
    s = 0
    for x in fibonacci(limit):
        if x % 2 == 0:
            s += x
    return s


def kinds():
    out = []
    for x in constants():
        out.append((type(x).__name__, x))
    return out


def halves(x):
    s = 0
    for y in halved(x, 9):
        s += y
        print(y, end=" ")
    return s


def joined(values):
    s = ""
    for x in items(values):
        s += str(x) + ";"
    return s


def mixed(n):
    s = 0
    texts = []
    for x in branches(n):
        if isinstance(x, str):
            texts.append(x)
        else:
            s = s + x
    return s, texts


def differences(values):
    """What the loop computes overflows, what the generator yields does not."""
    s = 1
    for x in items(values):
        s = s * x - x
    return s


def compared(limit):
    count = 0
    for x in fibonacci(limit):
        count += (x > 10) + (x < 2**62) + (x == 55) + (0 <= x <= 2**61)
    return count


print(total(0), total(1), total(10), total(1000), total(-5), total(2.5), total(True))
print(squares(0, 6), squares(5, 0, -2), squares(3, 3), squares(2**62 - 2, 2**62 + 2), squares(2**31, 2**31 + 3))
for start in (1, 3, 2.5, 2**60, 2**61 - 1, 2**62, -(2**61), -1, "ab", True, 1j):
    print(last_of_doubling(start, 5), end=" ")
print()
for start in (1, 0.1, 2**58, -(2**57), -(2**62), 2**63, 1 + 2j):
    print(sum_of_doubling(start, 8), end=" ")
print()
print(sum_of_doubling(1, 61), sum_of_doubling(1, 62), sum_of_doubling(1, 63), sum_of_doubling(1, 64), sum_of_doubling(1, 65), sum_of_doubling(1, 200))
print(sum_of_multiplied(3, 7, 21), sum_of_multiplied(3, 7, 22), sum_of_multiplied(3, 7, 23), sum_of_multiplied(3, 7, 40))
print(sum_of_multiplied(3, -7, 23), sum_of_multiplied(1.5, 3, 30), sum_of_multiplied(3, 1.5, 30), sum_of_multiplied(2**61, -1, 3))
print(even_fibonacci(4_000_000), even_fibonacci(2**61), even_fibonacci(2**62), even_fibonacci(2**63), even_fibonacci(2**64), even_fibonacci(10**40))
print(compared(100), compared(2**61), compared(2**62 + 1), compared(2**66))
print(kinds())
print(halves(8), halves(7), halves(2**62 - 3), halves(2**53 + 1), halves(0.5), halves(True))
print(joined([1, 2.5, None]), joined(("a", "b")), joined("xyz"), joined({1: 2, "k": 3}), joined(range(4)), joined({9}), joined(b"ab"), joined([]))
print(mixed(0), mixed(1), mixed(7), mixed(12), mixed(100))
print(differences([2**30] * 3), differences([2**31] * 3), differences([5, 2**62, 0, 3]), differences([0.5, 3, 2**64]), differences([True, False]))
