"""Records what CPython 3.14 answers, for the tests of pyaot_text. Run: python3.14 record.py OUTPUT_FOLDER

Each file holds one case a line, fields separated by tabs. Text is written with `\\hex;` for a backslash and for
everything but visible ASCII; an error is `!` and the first letter of its class (V, O, T, ...), a blank, its text.
"""
import os
import random
import struct
import subprocess
import sys
import unicodedata
import _sre
import _string

OUT = sys.argv[1]


def enc(s):
    return "".join(c if 33 <= ord(c) < 127 and c != "\\" else "\\%x;" % ord(c) for c in s)


def encb(b):
    return enc(b.decode("latin-1"))


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", x))[0]


def attempt(f):
    try:
        return enc(f())
    except (ValueError, OverflowError, TypeError) as e:
        return "!" + type(e).__name__[0] + " " + enc(str(e))


def write(name, rows):
    rows = list(dict.fromkeys("\t".join(map(str, r)) for r in rows))
    with open(os.path.join(OUT, name), "w") as f:
        f.write("\n".join(rows) + "\n")
    print(name, len(rows), os.path.getsize(os.path.join(OUT, name)))


class Fnv:
    def __init__(self):
        self.h = 0xcbf29ce484222325

    def add(self, n):
        self.h = ((self.h ^ (n & 0xffffffff)) * 0x100000001b3) & 0xffffffffffffffff


def unicode_rows():
    """One hash over all code points for each property."""
    num = lambda f: (lambda c: -1 if f(c, None) is None else round(f(c, None) * 320))
    tests = {
        "alpha": str.isalpha, "decimal": str.isdecimal, "digit": str.isdigit, "numeric": str.isnumeric,
        "alnum": str.isalnum, "space": str.isspace, "printable": str.isprintable, "upper": str.isupper,
        "lower": str.islower, "title": lambda c: c.istitle() and not c.isupper(),
        "idstart": str.isidentifier, "idcont": lambda c: ("a" + c).isidentifier(),
        "linebreak": lambda c: len(("a" + c + "b").splitlines()) > 1,
        "srecased": lambda c: _sre.unicode_iscased(ord(c)), "srelower": lambda c: _sre.unicode_tolower(ord(c)),
        "decvalue": num(unicodedata.decimal), "digvalue": num(unicodedata.digit), "numvalue": num(unicodedata.numeric),
        "combining": unicodedata.combining,
    }
    strings = {"tolower": str.lower, "toupper": str.upper, "totitle": str.title, "tofolded": str.casefold}
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        strings[form] = lambda c, form=form: unicodedata.normalize(form, c)
    for name, f in tests.items():
        h = Fnv()
        for i in range(0x110000):
            h.add(int(f(chr(i))))
        yield name, "%016x" % h.h
    for name, f in strings.items():
        h = Fnv()
        for i in range(0x110000):
            for c in f(chr(i)):
                h.add(ord(c))
            h.add(0xffffffff)
        yield name, "%016x" % h.h


def case_rows(r):
    pools = ["aB \t1", "\u03a3\u03c3\u0391a.\u00ad'\u0345 ", "\u00dfI\u0130\u0131\u01c5\u01c6\u01c4a ", "\U00010400\U00010428x\u1f80\ufb03 -",
             "a\n\r\x0b\x1c\x85\u2028b", "\u1fb3\u1ffc\u0149\u01f0\u0390 A", "09\u0660\u00b2\u2167\u4e00_a", "\t\tab\n\r"]
    for pool in pools:
        for _ in range(80):
            s = "".join(r.choice(pool) for _ in range(r.randrange(0, 9)))
            tests = "".join("01"[f(s)] for f in (str.isalpha, str.isdecimal, str.isdigit, str.isnumeric, str.isalnum, str.isspace,
                                                 str.isprintable, str.isupper, str.islower, str.istitle, str.isidentifier))
            yield (enc(s), *(enc(f(s)) for f in (str.lower, str.upper, str.title, str.capitalize, str.swapcase, str.casefold)), tests,
                   enc("|".join(s.splitlines())), enc("|".join(s.splitlines(True))), enc(s.expandtabs(3)))


def normal_rows(r):
    pool = [0x41, 0x65, 0x6f, 0x61, 0x300, 0x301, 0x323, 0x307, 0x327, 0x345, 0x1100, 0x1161, 0x11a8, 0xac00, 0xac01, 0xe9, 0x1e69,
            0xfb01, 0x212b, 0x3a9, 0x2126, 0x1e9b, 0x0f73, 0x0f71, 0x0f72, 0x1d15e, 0x1109a, 0x110ba, 0x9c7, 0x9be, 0x0b47, 0xd800, 0x915, 0x93c]
    for _ in range(900):
        s = "".join(chr(r.choice(pool)) for _ in range(r.randrange(1, 7)))
        yield (enc(s), *(enc(unicodedata.normalize(f, s)) for f in ("NFC", "NFD", "NFKC", "NFKD")))


def sample_floats(r):
    xs = [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 2.5, 0.125, 1e15, 1e16, 1e17, 123456789012345680.0, 9999999999999998.0, 1e-4, 1e-5,
          0.00012345, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, 1e22, 1e23, 1e24, 1e100, 9.5, 99.5, 0.95, 0.05, 0.25,
          1e21, 123456.789, 3.14159, 2 / 3, 1 / 3, 1e300 * 10, 5e15, 4.35, 2.675, 1.005, 0.045, 1234567.891, 9.9999999999, 999999.5, 0.000099995]
    xs += [float("inf"), float("-inf"), float("nan")]
    xs += [10.0 ** k for k in range(-30, 40, 3)] + [2.0 ** k for k in range(-1074, 1024, 97)]
    for _ in range(110):
        xs.append(struct.unpack("<d", struct.pack("<Q", r.getrandbits(64)))[0])
        xs.append(r.randrange(10 ** 9) / 10 ** r.randrange(0, 12))
        xs.append((r.randrange(2000) + 0.5) / 2 ** r.randrange(0, 6) * r.choice([1, -1]))
    return xs


def float_rows(r):
    xs = sample_floats(r)
    for x in xs:
        b = bits(x)
        yield "r", b, repr(x)
        yield "h", b, x.hex()
        for _ in range(5):
            code, prec, alt = r.choice("eEfFgG"), r.choice([0, 0, 1, 2, 3, 5, 6, 10, 15, 17, 20]), r.choice(["", "", "#"])
            yield "f", b, code, prec, alt, ("%" + alt + "." + str(prec) + code) % x
        if x == x and abs(x) != float("inf"):
            for n in (0, 1, 2, r.randrange(-25, 25), r.randrange(-330, 330)):
                try:
                    yield "n", b, n, bits(round(x, n))
                except OverflowError as e:
                    yield "n", b, n, "!O " + enc(str(e))
        y = r.choice(xs)
        yield "R", b, bits(y), repr(complex(x, y))
    for _ in range(300):
        # The decimal of 17 digits stands half way between two of 16.
        x = (r.randrange(2 ** 50, 2 ** 52) * 2 + 1) / 2 ** r.randrange(1, 5)
        yield "r", bits(x), repr(x)
    for k in range(-1070, 1020, 11):
        x = 2.0 ** k
        yield "r", bits(x), repr(x)
        yield "r", bits(x - x / 2 ** 53), repr(x - x / 2 ** 53)
        yield "r", bits(x + x / 2 ** 52), repr(x + x / 2 ** 52)
    for x, n in ((5e-324, 1074), (0.1, 60), (1e300, 3), (1.5, 400), (123.456, 900)):
        for code in "efg":
            yield "f", bits(x), code, n, "", ("%." + str(n) + code) % x
            yield "f", bits(x), code, n, "#", ("%#." + str(n) + code) % x
    for x, n in ((25.0, -1), (35.0, -1), (50.0, -2), (5.0, -1), (15.0, -1), (51.0, -2), (49.0, -2), (1e23, -23), (1e23, -24), (5e22, -23), (1.7e308, -308), (9e307, -308), (8e307, -308), (9.9e22, -24), (1e308, 324)):
        try:
            yield "n", bits(x), n, bits(round(x, n))
        except OverflowError as e:
            yield "n", bits(x), n, "!O " + enc(str(e))
    texts = ["", "1", "+1", "-1", "1.", ".5", ".", "1e5", "1e", "1e+", "1e-5", "1E5", "e5", "1_0", "_1", "1_", "1__0", "1_.0", "1._0", "1e1_0", "1_e1", "inf", "-inf", "Infinity",
             "+nan", "-nan", "NaN", "infin", "in", "nan1", "0x10", "1e400", "-1e400", "1e-400", "1e99999999999999999999", "1e-99999999999999999999", "0e99999999999999999999",
             "1 2", "--1", "+-1", "1,5", "1f", "1.5.2", "9007199254740993", "9007199254740992.99999999999999999999999999", "1" * 400, "0." + "0" * 400 + "1", "2.4703282292062327e-324",
             "2.4703282292062328e-324", "1.7976931348623158e308", "1.7976931348623159e308", "\u0661.\u0665", "\u0661\u00e9", "1\u2003"]
    for t in texts:
        for w in (t, " " + t + "\n"):
            try:
                res = bits(float(w))
            except ValueError:
                res = "!"
            yield "p", enc(w), res
    texts += ["1j", "j", "-j", "+J", "1+2j", "1-2j", "1+j", "1-j", "(1+2j)", "( 1+2j )", "(1+2j", "1+2j)", "()", "1 + 2j", "1+ 2j", "1e5-3e-7j", "infj", "nan+infj", "-nan-infj", "1+2", "1j+2",
              "1jj", "j1", "(j)", "((1))", "1_0+2_0j", "inf+nanj", "infinityj", "1e+j", "1.j", ".5j", "+.j", "1+-2j", "\u0661+\u0662j"]
    for t in texts:
        try:
            z = complex(t)
            res = bits(z.real) + " " + bits(z.imag)
        except ValueError:
            res = "!"
        yield "c", enc(t), res
    hexes = ["", "0", "0x", "0x0", "-0x0p0", "0x1", "1", "a", "0x.8", "0x8.", "0x.", "0x1p", "0x1p+", "0x1p5", "0x1P-5", "0x1p1023", "0x1p1024", "0x1.fffffffffffff7p1023", "0x1.fffffffffffff8p1023",
             "0x1.fffffffffffffp1023", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1.00000000001p-1075", "0x0.8p-1074", "0x1p-1076", "0x1.8p-1074", "0x3p-1074", "0x1.fffffffffffffp-1023", "0x1.ffffffffffffep-1023",
             "0x1.00000000000008p0", "0x1.000000000000080000000000000000000001p0", "0x1.00000000000018p0", "0x10000000000000000000000000000p0", "0x0.000000000000000000000000000000001p0", "0x1p99999999999999999999",
             "0x1p-99999999999999999999", "0x0p99999999999999999999", " 0x1 ", "0x 1", "0x1 p1", "0x1g", "inf", "-INFINITY", "nan", "-nan", "in", "0x1.1.1", "+0xABC.DEFp3", "0X1", "0x123456789abcdef12345", "0x1.23456789abcdef8p-1030", "0x1p0x", "0x1p1_0"]
    for _ in range(60):
        hexes.append("0x%x.%xp%d" % (r.getrandbits(r.randrange(1, 70)), r.getrandbits(r.randrange(1, 90)), r.choice([0, 5, -1060, -1070, 950, -1100, r.randrange(-1100, 1000)])))
    for t in hexes:
        try:
            res = bits(float.fromhex(t))
        except (ValueError, OverflowError) as e:
            res = "!" + type(e).__name__[0]
        yield "x", enc(t), res


def int_rows(r):
    texts = ["", "0", "00", "07", "0_7", "0_", "_0", "1_000", "1__0", "1_", "0x1f", "0X_1F", "0x", "0x_", "0x__1", "0b101", "0b2", "0o17", "0o8", "-0x1", "+ 1", "+-1", " 12 ", "\t-12\n", "1 2", "z", "Zz", "0b", "b1", "0b1", "0_0", "-0", "1\0", "12345678901234567890123",
             "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "\u0661\u0662", "\u00a01\u2003", "\x1c1", "\u0661\x1c", "1\u00e9", "\u00e91", "0x\u0661", "1.5", "1e5", "0o_7", "000000000000000000001"]
    for t in texts:
        for base in (0, 2, 8, 10, 16, 36, 12):
            try:
                res = str(int(t, base))
            except ValueError:
                res = "!"
            yield enc(t), base, res


def random_spec(r):
    s = ""
    if r.random() < .4:
        s += r.choice(["", "*", "0", "\u20ac", "x", "{", "\U0001f600", "\0"]) + r.choice("<>=^")
    if r.random() < .3: s += r.choice("+- ")
    if r.random() < .12: s += "z"
    if r.random() < .2: s += "#"
    if r.random() < .25: s += "0"
    if r.random() < .5: s += str(r.choice([0, 1, 3, 7, 10, 15, 22, 31]))
    if r.random() < .3: s += r.choice([",", "_", ",", "_", ",_", "_,", ",,"])
    if r.random() < .4: s += "." + r.choice(["0", "1", "2", "3", "5", "8", "", "20", ",", "_", "5,", "7_", "6,_", "6_,"])
    if r.random() < .85: s += r.choice("bcdeEfFgGnosxX%" + "dfgesx" * 2 + "y\u20ac")
    if r.random() < .02: s += r.choice("dq")
    return s


def format_rows(r):
    for of, values in (("s", ["", "abc", "h\u00e9llo", "\u20ac\U0001f600", "0123456789"]),
                       ("i", [0, 1, -1, 42, -255, 65, 1000, 1234567, -987654321, 1114111, 1114112, 12345678901234567890123, -2 ** 70, 8364]),
                       ("f", [0.0, -0.0, 1.0, -1.5, 3.14159, 1234567.891, 1e20, -1e-7, 0.5, 2.5, float("nan"), float("inf"), float("-inf"), 123456789.123456789, -0.0004, 1e16, 0.1, 99999.5, 1e100]),
                       ("c", [0j, 1 + 2j, -1.5 - 2.5j, complex(0, -0.0), complex(-0.0, 1), 1234567.891 + 0.0001j, complex("nan+infj"), complex("-inf-nanj"), 1e20 + 1e-20j, 2j])):
        n = {"s": 500, "i": 1500, "f": 1800, "c": 900}[of]
        for _ in range(n):
            v, spec = r.choice(values), random_spec(r)
            if of in "sc" and r.random() < .5:
                spec = spec.replace("0", "")
            if not spec:
                continue
            if of == "i" and spec[-1] in "eEfFgG%":
                continue
            shown = enc(v) if of == "s" else str(v) if of == "i" else bits(v) if of == "f" else bits(v.real) + " " + bits(v.imag)
            yield of, shown, enc(spec), attempt(lambda: format(v, spec))
    for spec in ("99999999999999999999", ".99999999999999999999", ".2147483648f", "\u0665", ">\u0661\u0660", ".\u0663f", "\ud800bc", "<<5", "<<<5", "==5", "^^9d", "00005d", "-05"):
        yield "f", bits(1.5), enc(spec), attempt(lambda: format(1.5, spec))
        yield "i", "15", enc(spec), attempt(lambda: format(15, spec))
        yield "s", "abc", enc(spec), attempt(lambda: format("abc", spec))


def percent_rows(r):
    for _ in range(2500):
        conv = r.choice("diouxXeEfFgGsrac" + "dxfs" * 3)
        t = r.choice(["", "a", "{"]) + "%"
        for _ in range(r.choice([0, 0, 1, 1, 2, 3])):
            t += r.choice("-+ #0")
        if r.random() < .5: t += str(r.randrange(0, 20))
        if r.random() < .4: t += "." + r.choice(["", "0", "1", "3", "8", "12"])
        if r.random() < .05: t += r.choice("hlL")
        t += conv + r.choice(["", "%%", "\u20ac"])
        if conv in "diouxX":
            v = r.choice([0, 1, -1, 255, -255, 123456, 2 ** 70, -2 ** 70])
            shown = "i:%d" % v
        elif conv in "eEfFgG":
            v = r.choice([0.0, -0.0, 1.5, -2.25, 1e10, 12345.678, float("nan"), float("-inf"), float("inf")])
            shown = "f:" + bits(v)
        else:
            v = r.choice(["x", "\u20ac", "\U0001f600"]) if conv == "c" else r.choice(["", "abc", "h\u00e9'llo", "\u20ac\U0001f600", "-5", "+7"])
            shown = "s:" + enc(v)
        yield enc(t), shown, attempt(lambda: t % (v,))
    for t in ("%", "abc%", "%5", "%-", "%.", "%.5", "%l", "%(a", "%((a)", "%y", "%5y", "%ly", "a%\u20ac", "%\x05", "%\x7f", "%ld%", "%99999999999999999999d", "%9223372036854775807", "%9223372036854775808d", "%.2147483648d", "%.99999999999d",
              "%hhd", "%%", "%5%", "%-5%", "%l%", "% %", "%#%", "%.%"):
        if t == "%%":
            yield enc(t), "", attempt(lambda: t % ())
        else:
            yield enc(t), "i:5", attempt(lambda: t % (5,))
            yield enc(t), "", attempt(lambda: t % ())


def template_rows(r):
    texts = ["", "abc", "{}", "{0}", "{a.b[c]}", "{!r}", "{!r:>5}", "{:>{w}}", "{{", "}}", "{{}}", "a{{b}}c", "{", "}", "a{", "a}", "{a", "{a:", "{a:{b}", "{a!", "{a!r", "{a!}", "{a!rx}", "{a!r:}", "{a[}]}", "{a[b", "{a{b}}", "{:{}}", "{:{{}}}", "{}{}x{}",
             "{a]}", "}{", "{}}", "{{}", "{!}", "{!:}", "{:!r}", "{a[:]}", "{a[!r]:x}", "{ a }", "{\u20ac!s:\u20ac}", "{!\ud800}"]
    for _ in range(700):
        texts.append("".join(r.choice("{}{}!:[]a.0r") for _ in range(r.randrange(1, 9))))
    for t in texts:
        out = []
        try:
            for lit, name, spec, conv in _string.formatter_parser(t):
                out.append(enc(lit) + ("" if name is None else "|" + enc(name) + "|" + enc(spec) + "|" + enc(conv or "")))
        except ValueError as e:
            out.append("!" + enc(str(e)))
        yield "t", enc(t), "&".join(out)
    names = ["", "a", "0", "12", "a.b", "a[b]", "a[0]", ".b", "[0]", "0.a[x][10].y", "a.", "a[]", "a[b", "a[b]c", "a..b", "a[[]", "a]", "99999999999999999999", "a[99999999999999999999]", "\u0661", "a[\u0662]", "1a", "a[1a]", "a[-1]", "9223372036854775807", "9223372036854775808"]
    for _ in range(150):
        names.append("".join(r.choice("a.[]0b") for _ in range(r.randrange(1, 8))))
    for t in names:
        out = []
        try:
            first, rest = _string.formatter_field_name_split(t)
            out.append(("i" if isinstance(first, int) else "s") + enc(str(first)))
            for is_attr, x in rest:
                out.append((".i" if is_attr else "[i") + str(x) if isinstance(x, int) else (".s" if is_attr else "[s") + enc(x))
        except ValueError as e:
            out.append("!" + enc(str(e)))
        yield "n", enc(t), "&".join(out)


def repr_rows(r):
    yield "", repr(""), ascii(""), repr(b"")
    pools = ["ab'\"\\\n\t\r", "a\x00\x1f\x7f\x80\xa0\xad\xe9'", "\u20ac\u2028\ud800\ufeff\u0378\U0001f600\U0010ffff\U000e0001x\"'"]
    for pool in pools:
        for _ in range(150):
            s = "".join(r.choice(pool) for _ in range(r.randrange(1, 8)))
            yield enc(s), enc(repr(s)), enc(ascii(s)), enc(repr(s.encode("latin-1"))) if max(s) < "\u0100" else "-"


def hash_rows(r):
    texts = ["", "a", "hello", "h\u00e9", "\u20ac", "\U0001f600x", "x" * 7, "x" * 8, "y" * 15, "z" * 16, "0123456789" * 10, "\ud800"]
    prog = "import sys\nfor t in sys.stdin.read().split('\\n'): t = eval(t); print(hash(t))"
    feed = "\n".join([ascii(t) for t in texts] + [repr(b"abc"), repr(b"\0")])
    for seed in ("0", "1", "42", "4294967295"):
        p = subprocess.run([sys.executable, "-c", prog], input=feed, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}, check=True)
        for t, h in zip(texts + ["abc", "\0"], p.stdout.split()):
            yield "s", seed, enc(t), h
    ints = [0, 1, -1, -2, 2 ** 61 - 1, 2 ** 61, 2 ** 61 - 2, -(2 ** 61 - 1), -(2 ** 61), 2 ** 63 - 1, -2 ** 63, 2 ** 64, 10 ** 30, -10 ** 40, 2 ** 200 + 17]
    ints += [r.getrandbits(r.randrange(1, 300)) * r.choice([1, -1]) for _ in range(60)]
    for i in ints:
        yield "i", i, hash(i)
    for x in sample_floats(r):
        if x == x:
            yield "f", bits(x), hash(x)
    for _ in range(40):
        items = [r.choice([r.randrange(100), r.getrandbits(62), -r.randrange(5), 0]) for _ in range(r.randrange(0, 9))]
        hs = ",".join(str(hash(i)) for i in items)
        yield "t", hs, hash(tuple(items))
        yield "z", ",".join(str(hash(i)) for i in set(items)), hash(frozenset(items))
        x, y = r.uniform(-1e3, 1e3), r.uniform(-1e3, 1e3)
        yield "c", hash(x), hash(y), hash(complex(x, y))


def search_rows(r):
    kinds = ["ab", "ab\xe9", "ab\u20ac", "ab\U0001f600", "a b\t", "a \u2003\x85b"]
    pick = lambda n, pool: "".join(r.choice(pool) for _ in range(r.randrange(0, n)))
    for _ in range(1500):
        h, n, t = pick(14, r.choice(kinds)), pick(4, r.choice(kinds)), pick(3, r.choice(kinds))
        m = r.choice([-1, -1, 0, 1, 2])
        row = [enc(h), enc(n), enc(t), m, h.find(n), h.rfind(n), h.count(n), enc(h.replace(n, t, m))]
        row += [enc("|".join(h.split(n, m))), enc("|".join(h.rsplit(n, m)))] if n else ["", ""]
        row += [enc("|".join(h.split(None, m))), enc("|".join(h.rsplit(None, m))), enc(h.strip()), enc(h.strip(n)), enc(h.lstrip(n)), enc(h.rstrip(n)),
                "01"[h.startswith(n)] + "01"[h.endswith(n)]]
        if max(h + n, default="") < "\x80":
            b = h.encode()
            row += [encb(b"|".join(b.split(None, m))), encb(b"|".join(b.rsplit(None, m))), encb(b.strip()), encb(b"|".join(b.splitlines()))]
        yield row



def bytes_rows(r):
    for _ in range(400):
        b = bytes(r.choice(b"aBzZ \t09\xe9\xff-") for _ in range(r.randrange(0, 8)))
        tests = "".join("01"[f(b)] for f in (bytes.isalpha, bytes.isdigit, bytes.isalnum, bytes.isspace, bytes.isupper, bytes.islower, bytes.istitle))
        n = r.choice([0, 1, 2, 3, -1, -2, -3, 9])
        yield "m", encb(b), encb(b.title()), encb(b.swapcase()), encb(b.capitalize()), tests, n, b.hex(), b.hex(":", n)
        t = "".join(r.choice("aA0f 9\n" * 3 + "g\u20ac\xe9\x1c") for _ in range(r.randrange(0, 7)))
        yield "h", enc(t), attempt(lambda: bytes.fromhex(t).decode("latin-1"))


def codec_rows(r):
    import codecs
    cp1252 = "".join(bytes([i]).decode("cp1252", "replace").replace("\ufffd", "\ufffe") for i in range(256))
    names = {"utf-8": codecs.utf_8_decode, "ascii": codecs.ascii_decode, "latin-1": codecs.latin_1_decode, "utf-16": codecs.utf_16_decode, "utf-16-le": codecs.utf_16_le_decode,
             "utf-16-be": codecs.utf_16_be_decode, "utf-32": codecs.utf_32_decode, "utf-32-le": codecs.utf_32_le_decode, "utf-32-be": codecs.utf_32_be_decode, "utf-7": codecs.utf_7_decode,
             "unicode-escape": codecs.unicode_escape_decode, "raw-unicode-escape": codecs.raw_unicode_escape_decode, "charmap": None}
    pieces = {
        "utf-8": [b"a", b"\x7f", b"\xc2\x80", b"\xc3", b"\xe2\x82\xac", b"\xe2\x82", b"\xe2", b"\xf0\x9f\x98\x80", b"\xf0\x9f\x98", b"\xf0\x9f", b"\xf0", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0", b"\xed", b"\x80", b"\xbf", b"\xc0\x80", b"\xe0\x80\x80",
                  b"\xe0\x9f", b"\xf4\x90\x80\x80", b"\xf4\x8f\xbf\xbf", b"\xf5", b"\xff", b"\xc2A", b"\xe2A", b"\xf0\x8f\x80\x80", b"\xfe"],
        "utf-7": [b"a", b"+", b"-", b"+-", b"+AGE-", b"+AGE", b"+AG", b"+2AA-", b"+2ADcAA-", b"\xff", b"+IKw", b"!", b" ", b"~", b"\\", b"A", b"+3AA-", b"/", b"+2AAAYQ-", b"+AGF-", b"AGE"],
        "unicode-escape": [b"a", b"\\", b"x", b"\\x41", b"\\xe9", b"\\x4", b"\\u20ac", b"\\u20a", b"\\U0001f600", b"\\U0011ffff", b"\\U0001f6", b"\\n", b"\\\\", b"\\q", b"\\101", b"\\7", b"\\400", b"\\8", b"\\N", b"\\N{", b"\\N{DIGIT ONE}", b"\\N{}", b"\\N{zz}", b"}", b"\n", b"\\\n",
                           b"\xe9", b"\\'", b"\\a\\b\\f\\v\\r\\t\\\"", b"\\ud800"],
    }
    pieces["raw-unicode-escape"] = pieces["unicode-escape"]
    wide = lambda e, n: [x.encode(e, "surrogatepass") for x in ("a", "\u20ac", "\U0001f600", "\ud800", "\udc00", "\ufeff", "\ufffe")] + [b"a", b"\0", b"\xff"]
    plain = [b"a", b"\x80", b"\x81", b"\xff", b"\xe9", b"b", b"\0"]
    handlers = ["strict", "strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"]
    for enc_name, f in names.items():
        ps = pieces.get(enc_name) or (wide(enc_name if enc_name[-1] == "e" else enc_name + "-le", 0) if enc_name[:5] in ("utf-1", "utf-3") else plain)
        total = 260 if enc_name in pieces else 110
        for _ in range(total):
            b = b"".join(r.choice(ps) for _ in range(r.randrange(0, 5)))
            h, final = r.choice(handlers), r.random() < .65
            try:
                if enc_name == "charmap":
                    res = codecs.charmap_decode(b, h, cp1252)
                elif enc_name in ("ascii", "latin-1"):
                    res = f(b, h)
                else:
                    res = f(b, h, final)
                res = enc(res[0]) + "|" + str(res[1])
            except UnicodeDecodeError as e:
                res = "!%s %d %d %s" % (e.encoding, e.start, e.end, enc(e.reason))
            yield "D", enc_name, h, int(final), encb(b), res
    chars = ["a", "-", "+", "\\", "~", "\t", "\x7f", "\x80", "\xe9", "\xff", "\u20ac", "\u1234", "\U0001f600", "\ud800", "\udc80", "\udcff", "\udfff", "\0", "\n", " ", "\x81", "/"]
    for enc_name in names:
        for _ in range(110):
            s = "".join(r.choice(chars) for _ in range(r.randrange(0, 6)))
            h = r.choice(handlers + ["xmlcharrefreplace", "namereplace"])
            try:
                if enc_name == "charmap":
                    res = encb(codecs.charmap_encode(s, h, codecs.charmap_build(cp1252))[0])
                else:
                    res = encb(s.encode(enc_name, h))
            except UnicodeEncodeError as e:
                res = "!%s %d %d %s" % (e.encoding, e.start, e.end, enc(e.reason))
            yield "E", enc_name, h, enc(s), res


def sort_values(pattern, seed, n):
    """The same numbers as the Rust test makes."""
    x, out = seed, []
    for i in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) & 0xffffffffffffffff
        y = x >> 33
        out.append({"random": y % 1000000, "few": y % 4, "ascending": i * 2 + (y % 1000 == 0) * 5, "descending": -i // 3, "saw": (i % 37) * (1 if i % 2 else -1) if y % 5 else i,
                    "blocks": (i * 7919 // 100) % 50 + i // 400 * 10, "swapped": i if y % 50 else y % (n + 1), "equal": 1}[pattern])
    return out


def sort_rows(r):
    class Stop(Exception):
        pass

    class Item:
        __slots__ = "key", "index"

        def __lt__(self, other):
            nonlocal count
            if count == limit:
                raise Stop
            count += 1
            log.add(self.index)
            log.add(other.index)
            if odd and count % odd == 0:
                return not self.key < other.key
            return self.key < other.key

    for pattern in ("random", "few", "ascending", "descending", "saw", "blocks", "swapped", "equal"):
        for n in (2, 3, 5, 17, 63, 64, 65, 128, 200, 1000, 2500):
            for mode in ("plain", "stop", "odd"):
                seed = r.getrandbits(60)
                items = []
                for i, v in enumerate(sort_values(pattern, seed, n)):
                    x = Item()
                    x.key, x.index = v, i
                    items.append(x)
                limit = r.randrange(0, n * max(n.bit_length() - 1, 1) + 1) if mode == "stop" else -1
                odd = r.choice([3, 7, 20, 61]) if mode == "odd" else 0
                count, log = 0, Fnv()
                try:
                    items.sort()
                except Stop:
                    pass
                final = Fnv()
                for x in items:
                    final.add(x.index)
                yield pattern, seed, n, limit, odd, count, "%016x" % log.h, "%016x" % final.h


def suggest_rows(r):
    import _suggestions
    words = ["self", "value", "values", "Value", "append", "appendleft", "extend", "blech", "bluch", "fluch", "noise", "more_noise", "a", "b", "ab", "", "_private", "__init__", "encode", "decode", "x" * 39 + "y", "x" * 45,
             "h\u00e9llo", "hello", "hallo", "HELLO", "startswith", "endswith", "isdecimal", "isdigit", "\u540d\u524d", "\u540d\u79f0", "foo_bar", "fooBar", "FooBar"]
    for _ in range(500):
        name = r.choice(words)
        for _ in range(r.randrange(0, 3)):
            i = r.randrange(len(name) + 1)
            name = r.choice([name[:i] + r.choice("aeXy_") + name[i:], name[:i] + name[i + 1:], name[:i] + name[i:i + 1].swapcase() + name[i + 1:]])
        cands = r.sample(words, r.randrange(1, 12))
        got = _suggestions._generate_suggestions(cands, name)
        yield enc(name), ",".join(map(enc, cands)), "-" if got is None else enc(got)
    yield "foo", ",".join(["fop"] + ["x%d" % i for i in range(748)]), _suggestions._generate_suggestions(["fop"] + ["x%d" % i for i in range(748)], "foo")
    yield "foo", ",".join(["fop"] + ["x%d" % i for i in range(749)]), _suggestions._generate_suggestions(["fop"] + ["x%d" % i for i in range(749)], "foo") or "-"


if __name__ == "__main__":
    for name, rows in (("unicode", lambda r: unicode_rows()), ("case", case_rows), ("normal", normal_rows), ("float", float_rows), ("int", int_rows),
                       ("format", format_rows), ("percent", percent_rows), ("template", template_rows), ("repr", repr_rows), ("hash", hash_rows), ("search", search_rows),
                       ("bytes", bytes_rows), ("codec", codec_rows), ("sort", sort_rows), ("suggest", suggest_rows)):
        if len(sys.argv) < 3 or name in sys.argv[2:]:
            write(name + ".txt", rows(random.Random(name)))
