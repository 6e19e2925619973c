"""Calls that leave out arguments whose defaults are constants, and defaults that change."""


def scale(x, by=3, shift=0.5):
    return x * by + shift


def pick(x, other=None):
    if other is not None:
        return other
    return x


class Reader:
    def __init__(self, items):
        self.items = items
        self.pos = 0

    def take(self, wanted=None, step=1):
        item = self.items[self.pos]
        if wanted is not None and item != wanted:
            raise ValueError("%r instead of %r" % (item, wanted))
        self.pos += step
        return item


class Loud(Reader):
    def take(self, wanted="loud", step=2):
        self.pos += step
        return wanted


def run(n):
    out = []
    for i in range(n):
        if i == 2:
            scale.__defaults__ = (10, 20)
        if i == 3:
            scale.__defaults__ = (7,)
        if i == 4:
            scale.__defaults__ = None
        try:
            out.append((scale(i), scale(i, 2), scale(i, 2, 1)))
        except TypeError as e:
            out.append(str(e))
        out.append((pick(i), pick(i, i + 1), pick(i, None)))
    return out


print(run(6))


def read(r, n):
    out = []
    for i in range(n):
        out.append(r.take())
        out.append(r.take(None))
        out.append(r.pos)
    return out


print(read(Reader(list(range(20))), 4), read(Loud([]), 2), read(Reader("abcdefgh"), 3))
Reader.take.__defaults__ = (None, 3)
print(read(Reader(list(range(20))), 3), read(Loud([]), 2))
Reader.take.__defaults__ = (5, 1)
try:
    print(read(Reader(list(range(20))), 3))
except ValueError as e:
    print(e)
Reader.take.__defaults__ = (5,)
try:
    print(read(Reader(list(range(20))), 3))
except TypeError as e:
    print(e)


def rebind(x, y=1):
    x = x + y
    y = None
    return x


print([rebind(i) for i in range(3)], [rebind(i, 0.5) for i in range(2)], rebind("a", "b"))


def texts(words):
    found = []
    for w in words:
        parts = w.split(",")
        found.append((w.strip().upper(), parts, w.find("a"), w.startswith("x"), "-".join(parts)))
        parts.append(w.replace("a", "b"))
        parts.extend(parts)
        parts.sort(reverse=True)
        found.append(parts.pop())
        found.append(parts.index("z") if "z" in parts else -1)
    return found


print(texts([" a,b ", "x", "", "z,a"]))


def wrong(words):
    found = []
    for w in words:
        try:
            found.append(w.strip().split(found))
        except (TypeError, AttributeError) as e:
            found.append(str(e))
        try:
            found.append(w.upper().missing(print("not called")))
        except AttributeError as e:
            found.append(str(e))
    return found


print(wrong(["a", 1, None, b"x"]))


class Text(str):
    def strip(self):
        return "mine"


def strips(words):
    return [w.strip() for w in words], [w.strip().upper() for w in words]


def looped(words):
    out = []
    for w in words:
        if w == "b":
            out.append("B")
        out.append(w.strip())
    return out


print(strips([" a ", Text(" b ")]), looped([" a ", "b", Text(" b ")]))
