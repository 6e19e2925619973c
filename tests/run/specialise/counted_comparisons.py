"""True and False among numbers; `min` and `max` of a few; equality of what may be anything."""


def differences(a, b):
    n = 0
    for i in range(len(a)):
        n += a[i] != b[i]
        n = n + (a[i] == 1) * 2 - (b[i] > 3)
    return n, True + True, (a[0] == 1) + 0.5, True - False, True * 3


def extremes(a, x):
    m = -5
    lo = 1e9
    t = 0
    for i in range(len(a)):
        m = max(m, a[i])
        t += min(a[i] + 1, m, 7) + max(0, i - 2) + min(i, 3, 2, 1)
        lo = min(lo, x * i, 0.5)
    return m, t, lo


class Odd:
    """Says something else than True and False."""

    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return 41 if self.n == other.n else []

    def __lt__(self, other):
        print("lt", self.n, other.n)
        return True

    def __del__(self):
        print("del", self.n)


def matches(a, b):
    n = 0
    for x, y in zip(a, b):
        n += x == y
        n += 1 + (x < y)
    return n


def distance(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y)))
        previous = current
    return previous[-1]


def places(items, wanted):
    """What is compared is a number here and a text there."""
    found = []
    for i in range(len(items)):
        item = items[i]
        if item == wanted:
            found.append(i)
        elif item != item:
            found.append("nan")
    return found


def main():
    print(differences([1, 2, 3, 1], [1, 5, 3, 4]), differences([True, 1.0], [1, 4]))
    print(extremes([1, 2, 3, 1], 0.25), extremes([1, 2, 3.5, 1], 0.25))
    print(extremes([1, 2, 1 << 70, True], float("nan")), extremes([True, False], 3.0))
    print(max(True, 1), max(1, True), min(0.0, -0.0), min(-0.0, 0.0), max(2, 1.0), min(1, 1.0), max(float("nan"), 1.0))
    print(matches("abc", "abd"), matches([1, 2.0], [1, 2]), matches([Odd(1)], [Odd(1)]))
    try:
        print(matches([Odd(1)], [Odd(2)]))
    except TypeError as error:
        print(error)
    print(distance("kitten", "sitting"), distance([1, 2, 3], [1, 3]), distance((1.0, None), (1, 2, None)))
    nan = float("nan")
    print(places([1, 2, 1], 1), places(["a", "b"], "b"), places([1, "a", 1.0, nan, None], 1), places([nan, nan], nan))
    print(places([1 << 70, 1], 1 << 70), places([[], [1]], [1]), places([True, 1, 2], True))


main()
