"""Ints of one and two machine words: every operator between all pairs of edges, as a digest, and a few written out."""

VALUES = [0, 1, -1, 3, -7, 10**9]
for bits in (61, 62, 63, 64, 65, 96, 125, 126, 127, 128, 129):
    for d in (-1, 0, 1):
        VALUES += [2**bits + d, -(2**bits) + d]
VALUES += [6364136223846793005, 14695981039346656037, 0x123456789ABCDEF0FEDCBA9876543210, -0x0FEDCBA987654321123456789ABCDEF]


def digest(values):
    h = 0
    for a in values:
        for b in values:
            results = [a + b, a - b, a * b, a & b, a | b, a ^ b, a < b]
            if b:
                results += [a // b, a % b, *divmod(a, b)]
            for r in results:
                h = (h * 1000003 + r) % (2**127 - 1)
        for n in (0, 1, 5, 31, 61, 62, 63, 64, 65, 100, 126, 127, 128, 200):
            h = (h * 1000003 + (a << n) + (a >> n)) % (2**127 - 1)
        h = (h * 1000003 + ~a - -a + abs(a)) % (2**127 - 1)
    return h


print(digest(VALUES))
for a, b in ((2**64, -3), (-(2**64), 3), (2**126, 2**63 + 1), (-(2**127) + 1, 2**64), (2**127, -1), (-(2**127), 10), (5, -(2**100)), (-5, 2**100), (2**64, 2**64)):
    print(a // b, a % b, divmod(a, b), a & b, a | b, a ^ b, ~a)
for shift in (0, 1, 62, 63, 64, 127, 128):
    print(2**127 - 1 >> shift, -(2**127) >> shift, (2**64 + 1) << shift, -(2**64) << shift)
for op in ("//", "%"):
    for a in (2**64, -(2**100)):
        try:
            a // 0 if op == "//" else a % 0
        except ZeroDivisionError as e:
            print(e)


def fnv(data):
    h = 14695981039346656037
    for b in data:
        h = ((h ^ b) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return h


print(fnv(bytes(range(256))))


class Count(int):
    pass


print(Count(2**64) & 2**65 - 1, Count(2**64) % 1000, type(Count(2**64) ^ 0).__name__, Count(2**70) // Count(3), -7 % Count(2**64))

s = {2**64, 2**65, "a", "b", 1.5, (1, 2), None, True}
print(2**64 in s, 2**66 in s, "".join(["a"]) in s, 1 in s, 1.0 in s, (1, 2) in s, 3 in s)
for k in range(200):
    s.add(k * 7 % 50)
    s.discard(k * 3 % 50)
print(sorted(x for x in s if isinstance(x, int)))


class Same:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        return isinstance(other, Same) and self.n == other.n


t = {Same(i) for i in range(12)}
t.discard(Same(5))
t.add(Same(7))
t.add(0)
t.add(2)
print(len(t), Same(5) in t, Same(11) in t, 0 in t, 1 in t, 2 in t)
print({1, 2, 3} & {2, 3.0, 4}, {1, 2} | {True}, {"x", "y"} - {"".join("x")}, {1, 2} ^ {2.0, 5})
