"""Sorting texts and tuples of texts: prefixes, zeros, all widths, mixed kinds."""


class Text(str):
    def __lt__(self, other):
        return len(self) < len(other)


def main():
    texts = ["", "a", "ab", "abcdefgh", "abcdefgi", "abcdefg", "abcdefghi", "abcdefgh\0", "b", "\0", "abcdefgh\xff", "\xe4bc", "zz"]
    print(sorted(texts))
    print(sorted(texts, reverse=True))
    wide = texts + ["\u4e00", "a\u4e00", "\U0001f600", "\uffff"]
    print(ascii(sorted(wide)))
    pairs = [(a, b) for a in texts[:8] for b in (1, 0)]
    print(sorted(pairs))
    print(sorted([("x", 1, "b"), ("x", 1, "a"), ("x", 1), ("x",), ("x", 0.5, "c"), ("w", 2, "a")]))
    print(sorted([(1, "b"), (1.0, "a"), (True, "c"), (0, "z")]))
    print(sorted([("p%03d" % (i * 37 % 50), -i % 7) for i in range(60)])[:12])
    nan = float("nan")
    print(sorted([(nan, 2), (nan, 1)]), sorted([("a", nan, 2), ("a", nan, 1)]))
    try:
        sorted([("a", 1), ("a", "b")])
    except TypeError as e:
        print(e)
    try:
        sorted([("a", None), ("a", None)])
        sorted([("a", None), ("a", 1)])
    except TypeError as e:
        print(e)
    print(sorted([Text("ccc"), Text("bb"), Text("a")]), sorted([(Text("ccc"), 1), (Text("bb"), 0)]))

    items = [("k%d" % (i % 3), i) for i in range(6)]

    def key(pair):
        items.append("more")
        return pair[0]

    try:
        items.sort(key=key)
    except ValueError as e:
        print(e)
    print(items)


main()
