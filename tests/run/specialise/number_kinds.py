"""Ints that leave 62, 63 and 64 bits and come back, ints that become floats, and what is no number, in the same loop."""


def grow(start, factor, n):
    v = start
    out = []
    for _ in range(n):
        v = v * factor
        out.append(v)
    for _ in range(n):
        v = v // factor
        out.append(v)
    return out


for start in (1, -1, 3, 2**60 - 1, -(2**61)):
    for factor in (2, -2, 3, 1000):
        print(start, factor, grow(start, factor, 4))

EDGES = []
for bits in (30, 31, 32, 52, 53, 59, 60, 61, 62, 63, 64, 65, 127, 128):
    for d in (-1, 0, 1):
        EDGES += [2**bits + d, -(2**bits) + d]


def fold(values):
    """Every operator between neighbours; the digest keeps the output short."""
    h = 0
    for i in range(len(values) - 1):
        a, b = values[i], values[i + 1]
        for r in (a + b, a - b, a * b, a // b, a % b, a & b, a | b, a ^ b, -a, ~a, abs(a), a >> 3, a << 5, a << 62, a >> 61,
                  divmod(a, b)[0], a < b, a == b, a <= b, min(a, b), max(a, b), pow(a, 2), a.bit_length(), hash(a)):
            h = (h * 31 + r) % (2**89 - 1)
    return h


print(fold(EDGES), fold(EDGES[::-1]), fold(EDGES[::5] + EDGES[::-3]))


def counter(start, step, n):
    while n:
        start += step
        n -= 1
    return start


for start in EDGES[::4]:
    print(counter(start, 1, 3), counter(start, -1, 3), counter(start, 2**61, 5), counter(start, 0.5, 3))


def mixed(values):
    s = 0
    for v in values:
        s += v
    return s


print(mixed([1, 2, 3]), mixed([1, 2.5, 3]), mixed([2**62, 1.0]), mixed([True, 2, False]), mixed([0.1] * 10), mixed([2**53, 1.0, 1]))
print(mixed([1, 2j]), mixed([2**64, -(2**64), 1]), mixed([float("inf"), 1, -float("inf")]))
for bad in (["a"], [None], [[]], [1, "a"], [1.5, None], [2**70, ()]):
    try:
        mixed(bad)
    except TypeError as e:
        print(e)


def compare(a, b):
    return (a < b, a <= b, a == b, a != b, a > b, a >= b)


for a, b in ((2**53, 2.0**53), (2**53 + 1, 2.0**53), (2**62, 2.0**62), (2**62 - 1, 2.0**62), (-(2**63), -(2.0**63)), (10**400, float("inf")),
             (1, float("nan")), (True, 1.0), (0, -0.0), (2**64 + 1, 2.0**64)):
    print(compare(a, b), compare(b, a))


def divide(a, b):
    out = []
    for f in (lambda: a / b, lambda: a // b, lambda: a % b, lambda: divmod(a, b)):
        try:
            out.append(f())
        except (ZeroDivisionError, OverflowError) as e:
            out.append(str(e))
    return out


for a, b in ((7, 2), (-7, 2), (7, -2), (7, 0), (7.5, 0), (7, 0.0), (2**62, 3), (-(2**61), -1), (2**400, 3), (10**400, 7.0), (1.0, 10**400), (-1, 2**70), (0.0, -3),
             (-7.5, 2), (1e308, 1e-10)):
    print(a if abs(a) < 2**70 else "big", b if abs(b) < 2**71 else "big", [x if isinstance(x, str) or abs(x if not isinstance(x, tuple) else x[0]) < 2**80 else hash(x) for x in divide(a, b)])


def shifts(v):
    out = []
    for s in (0, 1, 31, 60, 61, 62, 63, 64, 100, -1):
        try:
            out.append((v << s, v >> s))
        except ValueError as e:
            out.append(str(e))
    return hash(tuple(out[:-1])), out[-1]


for v in (0, 1, -1, 2**61 - 1, 2**61, -(2**61), -(2**61) - 1, 2**64, 12345678901234567890):
    print(shifts(v))
try:
    1 << 2**64
except (OverflowError, MemoryError) as e:
    print(type(e).__name__)
print(1 >> 2**64, -1 >> 2**64, 0 << 2**64)


def powers(a, b):
    try:
        return a ** b
    except Exception as e:
        return type(e).__name__ + " " + str(e)


for a, b in ((2, 61), (2, 62), (2, 63), (-2, 61), (-2, 63), (3, 40), (0, 0), (0, -1), (2, -1), (2.0, 3), (2, 0.5), (-8, 1 / 3), (0.0, -1), (10.0, 400), (True, 5)):
    print(a, b, powers(a, b))


def float_steps(x, n):
    seen = []
    for _ in range(n):
        x = x * 1e150
        seen.append(x)
        x = x * 1e-70
    return seen


print(float_steps(1.0, 5), float_steps(-1e-300, 4))


def index(values, keys):
    out = []
    for k in keys:
        try:
            out.append(values[k])
        except (IndexError, TypeError) as e:
            out.append(str(e))
    return out


print(index([10, 20, 30], [0, -1, 3, -4, True, 2**62, -(2**64), 1.0, None, "a"]))
print(index("abc", [0, -1, 3, -4, True, 2**62, 1.0]))
print(index((1, 2), [0, -1, 2, -3, False, 2**70, 1j]))
