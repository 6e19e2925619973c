"""Slices with two bounds of lists and tuples: bounds of all kinds, subclasses, who owns what."""


class Index:
    def __init__(self, n, log):
        self.n, self.log = n, log

    def __index__(self):
        self.log.append(self.n)
        return self.n


class List(list):
    def __getitem__(self, key):
        return ("got", key)


class Plain(list):
    pass


class Tuple(tuple):
    pass


def part(seq, a, b):
    return seq[a:b]


def main():
    for seq in ([1, "two", 3.0, None, (5,)], (1, "two", 3.0, None, (5,)), [], ()):
        for a in (None, 0, 1, -1, 4, 5, 9, -9, 1 << 70, -(1 << 70), True):
            print([part(seq, a, b) for b in (None, 0, 2, -1, 5, 99, -99, 1 << 64, False)])
    t, empty = (1, 2, 3), ()
    print(part(t, None, None) is t, part(t, 0, 99) is t, part(t, 1, None) is t, part((), 3, 1) is empty)
    l = [1, 2, 3]
    print(part(l, None, None) is l, part(l, 2, 1))
    log = []
    print(part(l, Index(1, log), Index(3, log)), log)
    print(part(List([1, 2]), 0, 1), part(Plain([1, 2]), 0, 1), type(part(Plain([1, 2]), 0, 1)).__name__)
    print(part(Tuple((1, 2)), 0, 5), type(part(Tuple((1, 2)), 0, 5)).__name__)
    for bad in ("x", 1.0, []):
        for seq in (l, t, "abc"):
            try:
                part(seq, bad, 1)
            except TypeError as e:
                print(e)

    class Gone:
        def __del__(self):
            print("gone")

    items = [Gone(), Gone()]
    rest = items[1:]
    del items
    print("part kept")
    del rest
    # Lists that grow from one size of memory to the next, and back.
    big = []
    for i in range(300):
        big.append(i)
        half = big[len(big) // 2:]
        half.extend(half)
        assert len(half) == 2 * (len(big) - len(big) // 2)
    while big:
        big.pop()
        del big[::3]
    print(big)


main()
