"""replace, capitalize, title, partition and find on texts of every width, against a slow version of each."""


def slow_replace(s, old, new, count=-1):
    if old == "":
        return s.replace(old, new, count)
    out = []
    i = 0
    while i < len(s):
        if count != 0 and s[i:i + len(old)] == old:
            out.append(new)
            i += len(old)
            count -= 1
        else:
            out.append(s[i])
            i += 1
    return "".join(out)


def slow_find(s, sub):
    for i in range(len(s) - len(sub) + 1):
        if s[i:i + len(sub)] == sub:
            return i
    return -1


def slow_title(s):
    out = []
    inside = False
    for c in s:
        out.append(c.lower() if inside else c.upper())
        inside = c.isalpha()
    return "".join(out)


def main():
    texts = ["", "a", "A", "ab", "aaaa", "banana", "Hello, World", "they're bill's friends", "x" * 40 + "needle" + "x" * 9,
             "1st ABC def", "\t tab", "na\xefve caf\xe9", "\xb5\xff", "\u0130stanbul", "\u4e2d\u6587 text", "smile \U0001f600 x", "\xdf", "stra\xdfe"]
    parts = ["a", "na", "an", "aa", "", "l", "needle", "xx", "xn", "World", "\xe9", "\u4e2d", "\U0001f600", "'", " "]
    for s in texts:
        for old in parts:
            assert s.find(old) == slow_find(s, old), (s, old)
            assert (old in s) == (slow_find(s, old) >= 0)
            for new in ("", "b", "\xe9", "longer text", "\u4e2d", old):
                for n in (-1, 0, 1, 2):
                    got = s.replace(old, new, n)
                    assert got == slow_replace(s, old, new, n), (s, old, new, n, got)
                    assert hash(got) == hash("".join(list(got))) and got.isascii() == all(ord(c) < 128 for c in got)
            if old:
                print(ascii(s.partition(old)), ascii(s.rpartition(old)))
        print(ascii([s.capitalize(), s.title(), s.upper(), s.lower(), s.swapcase()]))
        if s.isascii():
            assert s.title() == slow_title(s) and s.capitalize() == s[:1].upper() + s[1:].lower()
    print("a".capitalize(), "ab".replace("b", ""), "abc".replace("x", "y"), "aba".replace("ba", ""), "xyxy".replace("xy", "", 1))
    whole = "abc def"
    print(whole.replace("abc", "abc") is whole, whole.replace("x", "yy") is whole, whole.replace("c d", "c d", 1) is whole)
    hay = "ab" * 500 + "abc" + "ab" * 3
    print(hay.find("abc"), hay.find("abcb"), hay.find("bb"), hay.index("ca"), hay.count("ab"))

    class S(str):
        pass

    s = S("banana")
    print(type(s.replace("x", "y")).__name__, type(s.replace("a", "o")).__name__, s.replace("a", "o"), s.capitalize(), type(s.title()).__name__)
    for call in (lambda: "a".replace("a", 1), lambda: "a".partition(""), lambda: "a".partition(1), lambda: "a".find(1)):
        try:
            call()
        except (TypeError, ValueError) as e:
            print(type(e).__name__, e)
    try:
        "a" * 10 ** 6 + ("a" * 10 ** 6).replace("a", "b" * 10 ** 14)
    except (OverflowError, MemoryError) as e:
        print("too long")


main()
