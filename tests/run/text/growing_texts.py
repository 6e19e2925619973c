"""Texts that grow in place from small to large, narrow to wide; numbers of all kinds in sets."""

def main():
    s = ""
    for i in range(3000):
        s += "ab"[i % 2]
        t = s
        s += "\n" if i % 100 == 0 else ""
    w = s + "\xe9"
    for i in range(700):
        w += "x" * (i % 5)
    for i in range(300):
        w += "\u4e2d"
        w += "y"
    b = "z" * 600
    for i in range(2000):
        b += b[-3:]
    print(len(s), hash(s) == hash("".join(list(s))), len(w), w.count("x"), w.count("\u4e2d"), len(b), s.isascii(), w.isascii(), b.endswith("zzz"))
    x = {1, 2.0, True, None, "a"}
    print(1 in x, 2 in x, None in x, 3 in x, len(x), False in x, -0.0 in {0}, float("nan") in x)
main()
