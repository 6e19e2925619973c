"""BytesIO: positions, overwriting, buffers."""
import _io
b = _io.BytesIO(b"one\ntwo\nthree")
print(b.readline(), b.tell(), b.read(2), b.readlines(), b.read())
print(b.seek(2), b.write(b"XYZ"), b.getvalue(), b.tell())
print(b.seek(-3, 2), b.read(), b.seek(20), b.write(b"end"), b.getvalue())
print(b.truncate(4), b.getvalue(), b.tell())
b.seek(0)
a = bytearray(3)
print(b.readinto(a), a)
v = b.getbuffer()
v[0] = 90
try:
    b.write(b"0123456789")
except BufferError as e:
    print("BufferError", e)
v.release()
print(b.getvalue())
for bad in (lambda: b.seek(-1), lambda: b.seek(0, 9), lambda: b.truncate(-1), lambda: b.write("s"), lambda: b.read("x")):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print(list(_io.BytesIO(b"a\nb\n\nc")))
with b:
    pass
print(b.closed)
try:
    b.read()
except ValueError as e:
    print(e)


class Sub(_io.BytesIO):
    def __init__(self, *args):
        super().__init__(*args)
        self.tag = "tag"


s = Sub(b"abc")
s.other = 1
print(s.read(), s.tag, s.other, s.__dict__)
