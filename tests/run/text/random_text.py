"""Random texts through every method of str and bytes: one checksum for each, the same in every implementation."""

seed = 20260101


def rand(n):
    global seed
    seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
    return (seed >> 33) % n


ALPHABETS = ["ab", "ab \t\n", "aAbBzZ019_ .,-", "aé\xdfÀ ÿ\x85\xa0", "aб\u0130\u01c5\u03a3ς\u2028ﬁ٣", "a\U0001f600\U00010400é\ud800б"]


def text(limit=12, which=None):
    letters = ALPHABETS[rand(len(ALPHABETS)) if which is None else which]
    return "".join([letters[rand(len(letters))] for _ in range(rand(limit))])


def checksum(h, s):
    for c in s:
        h = (h * 131 + ord(c)) % 1000000007
    return h


sums = {}


def note(name, f):
    try:
        r = repr(f())
    except Exception as e:
        r = type(e).__name__ + ": " + str(e)
    sums[name] = checksum(sums.get(name, 7), r)


for _ in range(400):
    a = rand(len(ALPHABETS))
    s, t, u = text(20, a), text(3, a), text(3)
    i, j, n = rand(24) - 12, rand(24) - 12, rand(5) - 1
    for name in ("upper", "lower", "title", "capitalize", "swapcase", "casefold", "isalnum", "isalpha", "isascii",
                 "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle",
                 "isupper", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "expandtabs", "encode",
                 "__hash__" if False else "__len__", "__repr__"):
        note(name, getattr(s, name))
    note("find", lambda: (s.find(t), s.find(t, i), s.find(t, i, j), s.rfind(t), s.rfind(t, i, j)))
    note("count", lambda: (s.count(t), s.count(t, i, j), s.count(u)))
    note("index", lambda: s.index(t, i))
    note("startswith", lambda: (s.startswith(t), s.endswith(t), s.startswith(t, i), s.endswith((t, u), i, j)))
    note("replace", lambda: (s.replace(t, u), s.replace(t, u, n), s.replace("", u), s.replace("a", "é")))
    note("split sep", lambda: (s.split(t), s.rsplit(t, n), s.split(t, n)))
    note("split max", lambda: (s.split(None, n), s.rsplit(None, n)))
    note("partition", lambda: (s.partition(t), s.rpartition(t)))
    note("strip chars", lambda: (s.strip(t), s.lstrip(u), s.rstrip(t)))
    note("affix", lambda: (s.removeprefix(t), s.removesuffix(t)))
    note("pad", lambda: (s.center(i), s.center(25, "é"), s.ljust(25, "\u20ac"), s.rjust(24), s.zfill(25)))
    note("slice", lambda: (s[i:j], s[i:], s[:j], s[::-1], s[i:j:2], s[j:i:-3]))
    note("item", lambda: s[i])
    note("join", lambda: t.join([s, u, "", t]))
    note("concat", lambda: (s + u, u + s, s * n, s in u, t in s))
    note("compare", lambda: (s < u, s <= t, s == t, s != u, s > t, s >= u, sorted([s, t, u])))
    note("translate", lambda: s.translate({ord("a"): u, ord("b"): None, 0x20: "é", ord("é"): ord("e")}))
    note("expandtabs n", lambda: s.expandtabs(n))
    note("splitlines keep", lambda: s.splitlines(True))
    for e in ("utf-8", "latin-1", "ascii", "utf-16", "utf-32-be"):
        for errors in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape", "surrogatepass"):
            note("encode " + e, lambda: s.encode(e, errors))
    note("iterate", lambda: [c for c in s])
    note("ascii", lambda: ascii(s))
    note("format", lambda: f"{s:>{i + 13}}|{s:é^25}|{s:.3}|{s!r:<30}")
    note("percent", lambda: "%s|%10s|%-10.2s|%r|%a" % (s, t, u, s, t))
    b = bytes([rand(256) if rand(3) else 97 + rand(3) for _ in range(rand(16))])
    c = bytes([97 + rand(3) for _ in range(rand(3))])
    for name in ("upper", "lower", "title", "capitalize", "swapcase", "isalnum", "isalpha", "isascii", "isdigit",
                 "islower", "isspace", "istitle", "isupper", "strip", "split", "rsplit", "splitlines", "expandtabs", "hex",
                 "__repr__"):
        note("bytes " + name, getattr(b, name))
        note("bytearray " + name, getattr(bytearray(b), name))
    note("bytes find", lambda: (b.find(c), b.rfind(c, i, j), b.count(c), b.find(97), c in b))
    note("bytes replace", lambda: (b.replace(c, b"xy"), b.replace(c, b"", n), b.split(c), b.rsplit(c, n), b.partition(c)))
    note("bytes strip", lambda: (b.strip(c), b.lstrip(c), b.rstrip(b"abc\x00"), b.removeprefix(c), b.removesuffix(c)))
    note("bytes pad", lambda: (b.center(20), b.ljust(18, b"x"), b.zfill(20), b[i:j], b[::-2]))
    for e in ("utf-8", "utf-16", "utf-16-be", "utf-32", "utf-7", "ascii", "unicode_escape", "raw_unicode_escape"):
        for errors in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"):
            if e not in ("utf-7", "unicode_escape", "raw_unicode_escape"):
                note("decode " + e, lambda: b.decode(e, errors))

x = bytearray()
for _ in range(3000):
    k = rand(9)
    i, j = rand(40) - 20, rand(40) - 20
    if k == 0:
        x.append(rand(256))
    elif k == 1:
        x.extend(b"hello")
    elif k == 2:
        note("ba pop", lambda: x.pop(i))
    elif k == 3:
        x[i:j] = bytes(rand(6))
    elif k == 4:
        del x[i:j]
    elif k == 5:
        x.insert(i, 65)
    elif k == 6:
        del x[i:j:3]
    elif k == 7:
        note("ba step", lambda: x.__setitem__(slice(i, j, 2), b"ab"))
    else:
        x += x[:3]
    if len(x) > 200:
        x.clear()
    note("bytearray state", lambda: bytes(x))

SPECS = "<>=^+- #0123456789.,_bcdeEfFgGnosxX%z"
for _ in range(4000):
    spec = "".join([SPECS[rand(len(SPECS))] for _ in range(rand(6))])
    spec = spec.replace("n", "d")
    for v in (rand(1 << 20) - (1 << 19), (rand(1 << 30) - (1 << 29)) / 1024, "aé", True, 10**25, 0.1 * rand(99), 1e300, 0.0):
        note("spec " + type(v).__name__, lambda: format(v, spec))
    flags = "".join(["-+ #0"[rand(5)] for _ in range(rand(3))])
    template = "%" + flags + ["", "7", "12"][rand(3)] + ["", ".3", "."][rand(3)] + "diouxXeEfFgGcrsa"[rand(16)]
    for v in (rand(1 << 20) - 500, (rand(1 << 30) - (1 << 29)) / 4096, "é", 10**20, -0.0, 65):
        note("% " + type(v).__name__, lambda: template % v)
        note("% bytes " + type(v).__name__, lambda: template.encode() % v)

for name in sums:
    print(name, sums[name])
