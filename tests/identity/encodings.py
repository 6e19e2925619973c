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


def candidates():
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
