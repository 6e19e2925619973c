"""Classes that give buffers with __buffer__ and take them back with __release_buffer__ (PEP 688)."""
import array
import binascii
import codecs
import collections.abc
import _sha2
import inspect
import io
import marshal
import os
import re
import struct
import sys


class Giver:
    def __init__(self, data=b"hello"):
        self.data = bytearray(data)

    def __buffer__(self, flags):
        print("  get", inspect.BufferFlags(flags))
        return memoryview(self.data)

    def __release_buffer__(self, view):
        print("  release", bytes(view))


def show(name, f):
    print(name)
    try:
        r = f()
        print("  ->", "object" if "object at" in repr(r) else repr(r))
    except BaseException as e:
        print("  !!", type(e).__name__, e)


def assigned():
    m = bytearray(b"abcdef")
    m[1:2] = Giver()
    return m


def assigned_view():
    m = memoryview(bytearray(b"abcdef"))
    m[0:5] = Giver()
    return bytes(m)


def extended():
    m = bytearray(b"abc")
    m += Giver()
    m.extend(Giver())
    return m


print("== consumers")
for name, f in {
    "memoryview": lambda: memoryview(Giver()).tolist(),
    "bytes": lambda: bytes(Giver()),
    "bytearray": lambda: bytearray(Giver()),
    "join": lambda: b"-".join([Giver(), b"x", Giver(b"y")]),
    "concat": lambda: b"x" + Giver(),
    "concat bytearray": lambda: bytearray(b"x") + Giver(),
    "BytesIO.write": lambda: io.BytesIO().write(Giver()),
    "BytesIO.readinto": lambda: io.BytesIO(b"abc").readinto(Giver()),
    "BytesIO": lambda: io.BytesIO(Giver()).getvalue(),
    "BufferedReader.readinto": lambda: io.BufferedReader(io.BytesIO(b"abc")).readinto(Giver()),
    "BufferedWriter.write": lambda: io.BufferedWriter(io.BytesIO()).write(Giver()),
    "struct.unpack": lambda: struct.unpack("5s", Giver()),
    "struct.pack_into": lambda: struct.pack_into("2s", Giver(), 0, b"q"),
    "re": lambda: re.match(b"h(.)", Giver()).group(1),
    "hexlify": lambda: binascii.hexlify(Giver()),
    "sha256": lambda: _sha2.sha256(Giver()).hexdigest()[:8],
    "from_bytes": lambda: int.from_bytes(Giver(), "big"),
    "int": lambda: int(Giver(b"12")),
    "float": lambda: float(Giver(b"1.5")),
    "str": lambda: str(Giver(), "ascii"),
    "decode": lambda: codecs.decode(Giver(), "utf-8"),
    "array": lambda: array.array("B", Giver()),
    "frombytes": lambda: array.array("B").frombytes(Giver()),
    "marshal": lambda: marshal.dumps(Giver()),
    "find": lambda: b"xhello".find(Giver()),
    "in": lambda: Giver() in b"xhello",
    "bytes ==": lambda: b"hello" == Giver(),
    "bytearray ==": lambda: bytearray(b"hello") == Giver(),
    "memoryview ==": lambda: memoryview(b"hello") == Giver(),
    "percent": lambda: b"<%b>" % Giver(),
    "fromhex": lambda: bytes.fromhex(Giver(b"ff00")),
    "slice": assigned,
    "view slice": assigned_view,
    "extend": extended,
    "startswith": lambda: b"hello".startswith(Giver()),
    "replace": lambda: b"hello".replace(Giver(), b"x"),
    "strip": lambda: b"hello".strip(Giver(b"ho")),
    "split": lambda: b"a hello b".split(Giver()),
    "translate": lambda: b"hello".translate(None, Giver(b"l")),
    "maketrans": lambda: bytes.maketrans(Giver(b"a"), b"b")[97],
    "partition": lambda: b"a hello b".partition(Giver()),
    "os.write": lambda: os.write(os.open(os.devnull, os.O_WRONLY), Giver()),
}.items():
    show(name, f)

print("== wrong methods")


class Returns:
    def __init__(self, value):
        self.value = value

    def __buffer__(self, flags):
        return self.value


class NoFlags:
    def __buffer__(self):
        return memoryview(b"")


class Raises:
    def __buffer__(self, flags):
        raise KeyError("no buffer today")


for v in (Returns(b"x"), Returns(None), NoFlags(), Raises()):
    show("memoryview", lambda: memoryview(v))
    show("bytes", lambda: bytes(v))
    show("join", lambda: b"".join([v]))
    show("concat", lambda: b"" + v)
    show("re", lambda: re.match(b"", v))
    show("==", lambda: bytearray() == v)
released = memoryview(b"x")
released.release()
show("released", lambda: bytes(Returns(released)))
show("read-only", lambda: io.BytesIO(b"x").readinto(Returns(memoryview(b"abc"))))
show("strided", lambda: b"".join([memoryview(b"abcdef")[::2]]))
show("strided bytes", lambda: bytes(memoryview(b"abcdef")[::2]))
show("strided find", lambda: b"abc".find(memoryview(b"abcdef")[::2]))

print("== methods of built-in exporters")
ba = bytearray(b"hello")
mv = ba.__buffer__(0)
print(mv.tobytes(), mv.obj is ba)
show("append", lambda: ba.append(1))
ba.__release_buffer__(mv)
show("append", lambda: ba.append(33))
show("again", lambda: ba.__release_buffer__(mv))
show("other", lambda: ba.__release_buffer__(memoryview(b"x")))
show("not a view", lambda: ba.__release_buffer__(b"x"))
for o in (b"ab", bytearray(b"x"), memoryview(b"abcdefgh").cast("H", [2, 2]), array.array("i", [1, 2])):
    for flags in (0, 1, 4, 8, 0x18, 0x38, 0x58, 0x98, 0x1C, 0x1D, 0x11C, -1, 2**31, 2**70, "a"):
        try:
            r = o.__buffer__(flags)
            print(type(o).__name__, flags, r.format, r.itemsize, r.shape, r.strides, r.nbytes, r.readonly)
            r.release()
        except Exception as e:
            print(type(o).__name__, flags, type(e).__name__, e)
print(hasattr(b"", "__release_buffer__"), hasattr(memoryview(b""), "__release_buffer__"), hasattr("", "__buffer__"))
print(bytes.__buffer__, bytearray.__release_buffer__.__doc__)
print(isinstance(b"", collections.abc.Buffer), isinstance(Giver(), collections.abc.Buffer), isinstance("", collections.abc.Buffer))
show("arity", lambda: b"".__buffer__())
show("maxsize", lambda: b"".__buffer__(sys.maxsize + 1))
view = memoryview(Giver())
print(type(view.obj), hasattr(view.obj, "__release_buffer__"))
view.release()

print("== release")


class Once:
    def __init__(self):
        self.held = False
        self.made = None

    def __buffer__(self, flags):
        if self.held:
            raise TypeError("already held")
        self.held = True
        self.made = memoryview(bytearray(b"hello"))
        return self.made

    def __release_buffer__(self, view):
        print("  same view", view is self.made)
        self.held = False


once = Once()
with memoryview(once) as m:
    print(once.held, m.tobytes())
    show("second", lambda: memoryview(once))
    part = m[1:3]
print(once.held, part.tobytes())
del m
part.release()
print(once.held)


class BadRelease(Giver):
    def __release_buffer__(self, view):
        raise ValueError("cannot release")


sys.unraisablehook = lambda a: print("  unraisable:", a.err_msg, a.exc_value, a.object)
show("bad release", lambda: bytes(BadRelease()))


class Error(Exception):
    pass


def fails():
    with memoryview(Giver()):
        raise Error("kept")


show("exception on its way", fails)
held = bytearray(8)
with memoryview(held):
    show("exports", lambda: held.extend(Giver()))

print("== subclasses of built-in exporters")


class Inner(bytearray):
    def __buffer__(self, flags):
        print("  inner", flags)
        return super().__buffer__(flags)

    def __release_buffer__(self, view):
        print("  inner release", view.tobytes())
        super().__release_buffer__(view)


class Other(bytearray):
    def __buffer__(self, flags):
        return memoryview(b"something else")

    def __release_buffer__(self, view):
        try:
            super().__release_buffer__(view)
        except ValueError as e:
            print("  ", e)


kept = None


class Keeps(bytearray):
    def __release_buffer__(self, view):
        global kept
        kept = view
        for name, f in {
            "view": lambda: memoryview(view),
            "cast": lambda: view.cast("b"),
            "toreadonly": lambda: view.toreadonly(),
            "slice": lambda: view[:1],
            "buffer": lambda: view.__buffer__(0),
            "item": lambda: view[0],
            "hex": lambda: view.hex(),
            "==": lambda: view == b"hello",
            "tobytes": lambda: view.tobytes(),
        }.items():
            show(name, f)


class OfBytes(bytes):
    def __buffer__(self, flags):
        return memoryview(b"overridden")




class Releases:
    def __release_buffer__(self, view):
        print("  Releases", view.tobytes())


class First(Releases, bytearray):
    pass


class Last(bytearray, Releases):
    pass


for cls in (Inner, Other, Keeps, First, Last):
    o = cls(b"hello")
    print(cls.__name__)
    with memoryview(o) as m:
        print("  ", m.tobytes())
        show("clear", o.clear)
    o.clear()
    print("  ", len(o))
show("kept", lambda: kept.tobytes())
o = OfBytes(b"own")
print(bytes(o), bytearray(o), b"".join([o]), memoryview(o).tobytes(), o + b"", b"x".find(o), o)

print("== later changes of a class")


class Plain:
    pass


show("none", lambda: bytes(memoryview(Plain())))
Plain.__buffer__ = lambda self, flags: memoryview(b"added")
show("added", lambda: bytes(memoryview(Plain())))
del Plain.__buffer__
show("removed", lambda: bytes(memoryview(Plain())))
print(list(inspect.BufferFlags), inspect.BufferFlags.FULL_RO.value)
