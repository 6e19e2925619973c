"""Streams made of parts, and streams written in Python."""
import _io


class Raw(_io._RawIOBase):
    def __init__(self, data, step):
        self.data, self.step, self.at, self.calls = bytearray(data), step, 0, []

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def readinto(self, b):
        n = min(len(b), self.step, len(self.data) - self.at)
        self.calls.append(n)
        b[:n] = self.data[self.at:self.at + n]
        self.at += n
        return n

    def write(self, b):
        n = min(len(b), self.step)
        self.calls.append(-n)
        self.data[self.at:self.at + n] = bytes(b[:n])
        self.at += n
        return n

    def seek(self, pos, whence=0):
        self.at = pos + (0, self.at, len(self.data))[whence]
        return self.at

    def tell(self):
        return self.at


r = Raw(b"hello world\nsecond\nthird", 4)
f = _io.BufferedReader(r, 8)
print(f.read(3), f.peek(), f.readline(), f.read(), r.calls)
f.seek(0)
print(f.read1(100), f.tell(), [x for x in f])
r = Raw(b"", 5)
w = _io.BufferedWriter(r, 6)
print(w.write(b"abc"), bytes(r.data), w.write(b"defgh"), bytes(r.data), w.tell())
w.flush()
print(bytes(r.data), r.calls)
w.close()
print(w.closed, r.closed)
try:
    w.write(b"x")
except ValueError as e:
    print(e)
r = Raw(b"0123456789", 100)
rw = _io.BufferedRandom(r, 4)
print(rw.read(2), rw.write(b"AB"), rw.read(2), rw.tell(), bytes(r.data))
rw.seek(0)
rw.write(b"__")
print(rw.read(), bytes(r.data))
t = _io.TextIOWrapper(_io.BytesIO("eins\nzwei\n".encode()), encoding="utf-8")
print(t.readline(), t.read(), t.buffer.getvalue())
out = _io.BytesIO()
t = _io.TextIOWrapper(out, "utf-16", write_through=True)
t.write("hé")
print(out.getvalue())
t.write("!")
print(out.getvalue(), t.encoding, t.errors)
d = _io.IncrementalNewlineDecoder(None, True)
print([d.decode(x) for x in ("a\r", "\nb\r", "c\n")], d.newlines, d.getstate())
p = _io.BufferedRWPair(_io.BytesIO(b"in"), _io.BytesIO())
print(p.read(), p.write(b"out"), p.readable(), p.writable(), p.closed)
print(_io.UnsupportedOperation.__mro__)
for f in (lambda: _io._IOBase().seek(0), lambda: _io._IOBase().fileno(), lambda: _io._BufferedIOBase().read(), lambda: _io._TextIOBase().write(""),
          lambda: _io._IOBase().readline(), lambda: _io.BufferedReader(object()), lambda: _io.BufferedReader(_io.BytesIO(), 0)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class Lines(_io._IOBase):
    def __init__(self):
        self.parts = [b"a", b"b\n", b"c"]

    def readline(self, n=-1):
        return self.parts.pop(0) if self.parts else b""


print(list(Lines()), Lines().readlines(2))


class Closer(_io._IOBase):
    def close(self):
        print("close", self.closed)
        super().close()


c = Closer()
del c
with Closer() as c:
    print("in")
print(c.closed)
