"""Encodings that stand in the program as names; the package `encodings` finds their modules at run time."""
import codecs
import io

TABLE = ("cp1252", "latin2", "ISO-8859-15", "koi8-r", "mac_roman", "Windows 1251", "punycode", "utf-8-sig")
for name in TABLE:
    try:
        data = "aé€Ж".encode(name)
        print(name, data, data.decode(name))
    except UnicodeError as e:
        print(name, type(e).__name__, e)
print(codecs.lookup("u8").name, codecs.lookup("latin1").name, codecs.encode("a", "utf-8"), codecs.decode(b"x", "utf-8"))
print(codecs.encode("abc", "rot13"), codecs.encode(b"abc", "hex"), codecs.decode(b"YWJj", "base64"))
print(codecs.getreader("utf-8")(io.BytesIO("é".encode())).read())
print(io.TextIOWrapper(io.BytesIO(b"\x80"), encoding="cp1250").read())
print(str(b"\xa4", "iso8859_15"))
for name in ("rot13", "no-such-encoding"):
    try:
        "a".encode(name)
    except LookupError as e:
        print(e)
