s = "Hello, Wörld! 日本 \U0001f600"
print(s, len(s), s[7:12], s.upper(), s.encode("utf-8")[:10], ascii(s), repr(s))
print(s.find("W"), s.replace("l", "L", 2), s.split(), s.partition(","), s.startswith(("x", "He")), s.count("l"))
print("a,b,,c".split(","), " x y ".strip(), "abc".join("123"), "%s %d %5.2f %r" % ("a", 3, 2.5, "q"), "ab\tc".expandtabs(4))
print("{} {1} {name!r:>10}".format(1, 2, name="n") if False else "{0} {1} {name!r:>10}".format(1, 2, name="n"))
print("abc" < "abd", "a" * 0 == "", "ß".casefold(), "ﬁ".upper(), "İ".lower(), "title case".title(), "x".isidentifier())
print(b"bytes\x00\xff", bytes([1, 2]), b"a" + b"b", b"abc"[1], bytearray(b"x") * 2, b"%d" % 5, "é".encode("latin-1"))
print("line1\nline2\r\nline3".splitlines(), "abc"[::-1], "".join(sorted("hello")), "a-b_c".translate({45: "+", 95: None}))
print(chr(0x1F600), ord("€"), "\N{GREEK SMALL LETTER ALPHA}", r"raw\n", "con" "cat", f"{1 + 1}{'nested'}{2:03d}")
for value in (0, -1, 1.5, 1e20, True, None, 12345678901234567890):
    print(f"[{value!s:^12}]", end="")
print()
print(f"{3.14159:10.3e}|{42:b}|{42:o}|{-42:+d}|{42:08.3f}|{0.5:%}|{1234567.891:,.1f}|{'x':*^5}|{10**20:_}")
words = "the quick brown fox jumps over the lazy dog the end".split()
count = {}
for w in words:
    count[w] = count.get(w, 0) + 1
print(sorted(count.items(), key=lambda kv: (-kv[1], kv[0]))[:3])
out = ""
for i in range(1000):
    out += str(i)
print(len(out), hash(out) == hash("".join(map(str, range(1000)))))
print("%(a)s-%(b)03d" % {"a": 1, "b": 2}, "%x %o %e %g %c %%" % (255, 8, 1.5, 1e-5, "z"))
