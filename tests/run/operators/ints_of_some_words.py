"""Ints just beyond a machine word: every operator on all pairs of interesting values, against identities."""
import operator


def values():
    out = set()
    for bits in (0, 1, 30, 31, 60, 61, 62, 63, 64, 65, 100, 126, 127, 128, 129, 191, 192, 193, 256, 320):
        for d in (-1, 0, 1):
            out.add((1 << bits) + d)
    for n in (3, 7, 10, 12345678901234567890, 987654321 ** 5, 0xFFFFFFFFFFFFFFFF0000000000000000, 6 ** 60, 10 ** 40):
        out.add(n)
    return sorted(out | {-n for n in out})


def digest(items):
    h = 0
    for x in items:
        h = (h * 1000003 + x) % ((1 << 89) - 1)
    return h


def main():
    vs = values()
    print(len(vs), digest(vs))
    for name in ("add", "sub", "mul", "and_", "or_", "xor", "floordiv", "mod"):
        f = getattr(operator, name)
        g = getattr(operator, "i" + name.rstrip("_")) if name not in ("and_", "or_") else getattr(operator, {"and_": "iand", "or_": "ior"}[name])
        results = []
        for a in vs:
            for b in vs:
                if name in ("floordiv", "mod") and b == 0:
                    continue
                r = f(a, b)
                assert r == g(a, b)
                results.append(r)
        print(name, digest(results))
    for a in vs:
        for b in vs:
            assert (a < b) == (b > a) == (not a >= b) and (a == b) == (not a != b)
            assert a + b - b == a and a ^ b ^ b == a and (a & b) + (a | b) == a + b
            if b:
                q, r = a // b, a % b
                assert q * b + r == a and (0 <= r < b or b < r <= 0), (a, b)
                assert divmod(a, b) == (q, r)
                assert abs(a * b) // abs(b) == abs(a)
    shifts = []
    for a in vs:
        for n in (0, 1, 31, 61, 62, 63, 64, 65, 127, 128, 190, 300):
            shifts += [a << n, a >> n]
            assert a << n == a * 2 ** n and a >> n == a // 2 ** n
    print("shifts", digest(shifts))
    print(digest([-a for a in vs]), digest([~a for a in vs]), digest([abs(a) for a in vs]))
    for a in (1 << 62, -(1 << 61), (1 << 61) - 1, -(1 << 61) - 1):
        print(a, a + 1, a - 1, a * a, a // 3, a % 3, -a, a << 1, a >> 1, a == a + 0)
    x = 1
    for i in range(1, 40):
        x = x * 6364136223846793005 + 1442695040888963407
        if i % 3 == 0:
            x %= 1 << 64
        if i % 5 == 0:
            x >>= 7
    print(x)
    for bad in (0, False):
        for f in (operator.floordiv, operator.mod, operator.truediv):
            try:
                f(1 << 100, bad)
            except ZeroDivisionError as e:
                print(e)
    try:
        (1 << 100) << -1
    except ValueError as e:
        print(e)
    print((1 << 100) / (1 << 99), (1 << 100) / 3, (1 << 64) == 2.0 ** 64, (1 << 64) + True, True + (1 << 64), 1.5 + (1 << 64))

    class Int(int):
        def __add__(self, other):
            return "sum"

        def __rmul__(self, other):
            return "product"

        def __lt__(self, other):
            return "less"

    big = Int(1 << 70)
    print(big + 1, 1 + big == (1 << 70) + 1, (1 << 70) * big, big < 5, 5 > big, big - 1)


main()
