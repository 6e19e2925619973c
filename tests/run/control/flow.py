for i in range(10):
    if i == 2:
        continue
    if i == 5:
        break
    print(i, end=" ")
else:
    print("no")
print()
n = 0
while n < 3:
    n += 1
else:
    print("else", n)
while True:
    if (n := n - 1) < 0:
        break
print(n, [y := 5, y**2], y)
print(1 < 2 < 3, 1 < 3 < 2, 3 if n else 4, not n, n and 1, 0 or "x", None is None, 1 in (1, 2), 3 not in [1])


def classify(x):
    match x:
        case 0 | 1:
            return "small"
        case int(n) if n < 0:
            return f"negative {n}"
        case [a, b]:
            return f"pair {a} {b}"
        case [first, *rest]:
            return f"list {first} {rest}"
        case {"kind": kind, **others}:
            return f"dict {kind} {others}"
        case str() as s:
            return f"str {s}"
        case Point(x=0, y=yy):
            return f"on axis {yy}"
        case Point(a, b):
            return f"point {a} {b}"
        case None | True | False:
            return "singleton"
        case _:
            return "other"


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


for x in (1, -5, [1, 2], (1, 2, 3), {"kind": "k", "z": 1}, "s", Point(0, 9), Point(3, 4), None, 7.5):
    print(classify(x))
a, *b, c = range(6)
(d, e), f = (1, 2), 3
[*g, h] = "xyz"
print(a, b, c, d, e, f, g, h, [*b, *g], {**{"p": 1}, "q": 2}, (*b,), {*b})
a = b = []
a += [1]
b.extend([2])
print(a, a is b)
l = list(range(10))
l[2:5] = "abc"
del l[::3]
l[-1] *= 2
print(l, l[1:-1:2], l[::-1])
s = "text"
print(s[1:], s[-1], s * 2, s + "!", "e" in s, f"{s:>8}|{s!r:<8}|{3.14159:.2f}|{255:#x}|{1000000:,}|{n=}")
i = 10
i //= 3
i **= 4
i %= 50
i <<= 3
i |= 1
i ^= 0xFF
print(i, -i // 7, -i % 7, i & 0x3F, ~i, 7 / 2, 2**-1, 10**30, 2**100 - 1, divmod(-7, 2), abs(-3.5), round(2.675, 2))
print(0.1 + 0.2, 1e100, 1 / 3, float("inf"), -0.0, 1e16, 123456789.123, 5e-324, 2**53 + 0.0, complex(1, -2) * 2j)
print(int("12_3"), int("ff", 16), bool([]), str(None), list("ab"), tuple({1: 2}), dict(a=1), set(), frozenset({1}))
lambda_list = [lambda x=x: x for x in range(3)]
print([f() for f in lambda_list])


def outer_return():
    while True:
        for x in range(5):
            with open(__file__) if False else Ctx() as c:
                if x == 3:
                    return x


class Ctx:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


print(outer_return())
