"""Records what CPython makes of sources in all encodings, for the example `diagnostics` of pyaot_frontend.

Usage: python3.14 encodings.py OUT

As errors.py, with the mode `bytes`, and the marshalled code object in hex instead of the `-` before the warnings.
"""

import encodings
import encodings.aliases
import marshal
import pkgutil
import sys
import warnings

TEXT = "é à ñ ß ж Я λ Ω א ب ก ‘ € ½ あ ア 漢 字 中 文 한 글 ① ～"
COOKIES = [
    "# coding: {}\n", "# -*- coding: {} -*-\n", "#!/usr/bin/python\n# vim: set fileencoding={} :\n", "\f#coding={}\n",
    "\n# coding: {}\n", "#\n#\n# coding: {}\n", "'doc'\n# coding: {}\n", "# coding:: {}\n", "# coding {}\n",
]
ODD = [
    b"x = 1\r\ny = '\r'\r\n", b"x = 1\ry = 2\r", b"x = 1\r\ry = $\r", b"\fx = 1\n", b"if x:\n\f  y = 1\n", b"x\0y", b"\0", b"'a\0b'",
    b"# coding: utf-8\nx = '\xe9'\n", b"x = 1\ny = '\xe9\xe8'", b"x = $\ny = '\xe9'", b"# \xff\nx = 1\n", b"",
    b"\xef\xbb\xbf", b"\xef\xbb\xbfx = 1\n", b"\xef\xbb\xbf\xef\xbb\xbfx = 1\n", b"\xef\xbb\xbf# coding: latin-1\nx = 1",
    b"\xef\xbb\xbf# coding: utf-8\nx = '\xc3\xa9'", b"\xef\xbb\xbf# coding: utf8\nx = 1\n", b"\xef\xbb\xbfx = '\xe9'\n", b"\xef\xbb\xbfx = $\n",
    b"x = '\xed\xa0\x80'\n", b"x = '\xf5\x80\x80\x80'\n", b"x = '\xc0\x80'", b"x = '\xe2\x82'", b"x = '\\ud800\\udc00', '\\udfff'\n",
    b"#coding: latin-1\n#coding: utf-8\nx = '\xe9'\n", b"x = '\x1a'\n", b"\x1ax", b"x = 1\x0b", b"x = 1 \\\r\n+ 2\r\n", b"'''\r\n\r'''", b"\xc2\xa0x", b"x\xc2\xa0= 1",
]


# Those with tables of more than a byte.
WIDE = ("big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk",
        "hz", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr", "johab",
        "shift_jis", "shift_jis_2004", "shift_jisx0213")
DAMAGED = [
    b"\x81", b"\x80'", b"\xff'", b"\xa4\xd4'", b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xa2'", b"\x8f\xa1", b"\x8f\xa1\xa1'", b"\x8e\xa1'", b"\x8eA'",
    b"~{0!~}~~'", b"~{0!", b"~{0!\n'", b"~x'", b"\x1b$)C\x0e0!\x0f'", b"\x0e0!\x0f'", b"\x1b$B0!\x1b(B'", b"\x1b$B0!'", b"\x1b(J~\x1b(B'",
    b"\x1b(I1\x1b(B'", b"\x1b$(D0!\x1b(B'", b"\x1b$(O0!\x1b(B'", b"\x1b$(P!!\x1b(B'", b"\x1b$(P0!\x1b(B'", b"\x1b$(Q.!\x1b(B'",
    b"\x1b.F\x1bNa'", b"\x1b.A\x1bNa'", b"\x1b.A\x1bN\x80'", b"\x1b&@\x1b$B0!\x1b(B'", b"\x1bX\x81'", b"\x1b$(Z'", b"\x1b$A0!\x1b(B'",
    b"\x1b$(C0!\x1b(B'", b"\x1b$", b"\x810\x810'", b"\x810\x81", b"\xe32\x9a5'", b"\xe32\x9a6'", b"\x841\xa47'", b"\\u1234'", b"\\u12'",
    b"\\ud800'", b"\\ud800\\udc00\\udfff'", b"\xe9\\N{DIGIT ONE}'", b"\xe9\\x1'", b"\\\\u1234'", b"\\U00110000'", b"\\N{nosuch}'", b"xn--a'", b"a-b'", b"-",
]


def wide_candidates(name):
    """All characters that can be written, and all pairs of bytes that can be read."""
    head, tail = f"# coding: {name}\nx = '''", "'''\n"
    everything = "".join(map(chr, [*range(0x20, 0xD800), *range(0xE000, 0x30000)]))
    # The Hangul filler begins a syllable of letters in EUC-KR.
    kept = everything.replace("\u3164", "").encode(name, "ignore").decode(name)
    kept = "".join(c for c in kept if c not in "\\'\n\r")
    lines = "\n".join(kept[i : i + 64] for i in range(0, len(kept), 64))
    yield (head + lines + "\n" + tail).encode(name, "ignore")
    pairs = []
    for first in range(0x80, 0x100):
        for second in range(0x21, 0x100):
            code = bytes((first, second))
            if second not in b"'\\" and encodes_pair(code, name):
                pairs.append(code + b"\n")
    yield head.encode() + b"".join(pairs) + tail.encode()


def encodes_pair(code, name):
    try:
        code.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def candidates():
    for name in WIDE:
        yield from wide_candidates(name)
    for name in (*WIDE, "unicode_escape", "raw_unicode_escape", "idna", "punycode"):
        for damage in DAMAGED:
            yield f"# coding: {name}\nx = '".encode() + damage + b"\n"
    names = {module.name for module in pkgutil.iter_modules(encodings.__path__)} | set(encodings.aliases.aliases)
    names |= {"UTF-8", "Latin-1", "ISO-8859-15", "iso_latin_1_unix", "latin-1-dos", "utf-8-unix", "nosuch", "KOI8-R", "Shift-JIS", "EUC_JP"}
    for name in sorted(names):
        head = f"# coding: {name}\nx = '"
        try:
            kept = "".join(c for c in TEXT if encodes(c, name))
            body = (head + kept + "'\n").encode(name)
        except (LookupError, ValueError, TypeError, AssertionError):
            body = (head + "'\n").encode()
        if body.startswith(b"# coding"):
            yield body
        yield head.encode() + b"\x81\xff\x8d\x90'\n"
    for cookie in COOKIES:
        for name in ("latin-1", "cp1252", "utf-8", "koi8-r"):
            yield cookie.format(name).encode() + b"x = '\xe9'\n"
    yield from ODD


def encodes(text, name):
    try:
        return text.encode(name).decode(name) == text
    except UnicodeError:
        return False


def record(source):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        code = "-"
        try:
            code = marshal.dumps(compile(source, "<string>", "exec", dont_inherit=True)).hex()
            fields = ["ok", "", "", "", "", "", ""]
        except SyntaxError as e:
            fields = [type(e).__name__, e.lineno, e.offset, e.end_lineno, e.end_offset, hexed(e.msg), hexed(e.text or "")]
        except Exception as e:
            fields = [type(e).__name__, None, None, None, None, hexed(str(e)), "-"]
    fields += [code, *(f"{w.lineno}:{w.category.__name__}:{hexed(str(w.message))}" for w in caught)]
    return " ".join(["bytes", source.hex() or "-", *map(str, fields)])


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex() or "-"


with open(sys.argv[1], "w") as file:
    for source in dict.fromkeys(candidates()):
        file.write(record(source) + "\n")
