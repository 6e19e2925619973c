"""StringIO: newline modes, positions, overwriting."""
import _io
for nl in (None, "", "\n", "\r", "\r\n"):
    s = _io.StringIO("a\nb\r\nc\rd", newline=nl)
    print(repr(nl), list(s), repr(s.getvalue()), s.newlines)
s = _io.StringIO()
print(s.write("hello"), s.write("wörld"), s.tell(), s.getvalue())
print(s.seek(3), s.write("LO€😀"), s.getvalue(), s.read(), s.tell())
print(s.truncate(4), s.getvalue())
print(s.seek(8), s.write("x"), repr(s.getvalue()))
for bad in (lambda: s.write(b"x"), lambda: s.seek(-1), lambda: s.seek(1, 1), lambda: s.seek(0, 7), lambda: _io.StringIO(3),
            lambda: _io.StringIO("", newline="x"), lambda: _io.StringIO("", newline=3), lambda: s.truncate(-2)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
s = _io.StringIO("one\ntwo\nthree\n")
print(s.readline(2), s.readline(), s.readlines(), s.readline())
s.close()
print(s.closed)
try:
    s.getvalue()
except ValueError as e:
    print(e)
print(_io.StringIO().isatty() if hasattr(_io.StringIO, "isatty") else None, _io.StringIO().readable())
