"""Ranges whose items leave the small ints, or 64 bits, on the way."""

STARTS = (2**61, 2**62, 2**63, 2**64)


def both(r):
    items = []
    for x in r:
        items.append(x)
    return items == list(r) == [r[i] for i in range(len(r))], items


def up(n, step):
    total = []
    for x in range(n - 2 * step, n + 2 * step, step):
        total.append(x - n)
    return total


def down(n, step):
    total = []
    for x in range(n + 2 * step, n - 2 * step, -step):
        total.append(x - n)
    return total


for start in STARTS:
    for sign in (1, -1):
        n = sign * start
        print(n, both(range(n - 1, n + 2)), both(range(n + 1, n - 2, -1)))
        print(up(n, 1), up(n, 3), down(n, 1), down(n, 7))
print(both(range(2**61 - 1, 2**70, 2**67)))
print(both(range(-2**61, 2**61 + 1, 2**60)))
print(both(range(2**61 - 1, -2**66, -2**64)))
it = iter(range(2**61 - 2, 2**61 + 2))
print(next(it), next(it), next(it), next(it), next(it, "end"), next(it, "end"))
print([a * b for a, b in zip(range(2**61 - 1, 2**61 + 1), range(3))], sum(range(2**61 - 1, 2**61 + 3)))
for i, x in enumerate(range(2**61 - 1, 2**61 + 2)):
    print(i, x)
