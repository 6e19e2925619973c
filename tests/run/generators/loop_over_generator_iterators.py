"""The generator object in other hands besides the loop's: next, send, zip, a second loop, another name, an attribute."""


def counted(n):
    i = 0
    while i < n:
        yield i
        i += 1


def echo(n):
    """Tells what it was sent."""
    got = None
    for i in range(n):
        got = yield i, got
    return got


def evens(values):
    for x in values:
        if x % 2 == 0:
            yield x


def advanced(n):
    out = []
    it = counted(n)
    for x in it:
        out.append((x, next(it, "end")))
    return out


def after_break(n, k):
    it = counted(n)
    for x in it:
        if x == k:
            break
    else:
        print("exhausted", end=" ")
    return x, list(it), next(it, "end")


def in_two_loops(n):
    out = []
    it = counted(n)
    for x in it:
        for y in it:
            out.append((x, y))
            if y % 3 == 2:
                break
    return out


def zipped_with_itself(n):
    it = counted(n)
    out = []
    for a, b in zip(it, it):
        out.append((a, b))
    for a, b in zip(counted(n), counted(n - 1)):
        out.append((a, b))
    for a, (b, c) in enumerate(zip(counted(n), echo(n))):
        out.append((a, b, c))
    return out


def sends(n):
    it = echo(n)
    out = []
    for x in it:
        out.append(x)
        try:
            out.append(it.send(len(out)))
        except StopIteration as e:
            out.append(("stop", e.value))
    return out


def closes(n, k):
    it = counted(n)
    out = []
    for x in it:
        out.append(x)
        if x == k:
            it.close()
    return out


def throws(n, k):
    it = counted(n)
    out = []
    try:
        for x in it:
            out.append(x)
            if x == k:
                it.throw(KeyError(k))
    except KeyError as e:
        out.append(repr(e))
    return out, list(it)


def rebound_while_running(n):
    it = counted(n)
    out = []
    for x in it:
        it = counted(2)
        out.append((x, list(it)))
    return out


def explicit(n):
    out = []
    for x in iter(counted(n)):
        out.append(x)
    for x in counted(n).__iter__():
        out.append(x)
    for x in (counted if n else echo)(n):
        out.append(x)
    for x in [counted(n), echo(n)][0]:
        out.append(x)
    it = counted(n)
    while True:
        try:
            out.append(it.__next__())
        except StopIteration:
            return out


class Holder:
    def __init__(self, n):
        self.it = counted(n)
        self.n = n

    def __iter__(self):
        for x in counted(self.n):
            yield x

    def loop(self):
        out = []
        for x in self.it:
            out.append(x)
            if x == 1:
                break
        return out

    def takes(self, n):
        for x in counted(n):
            self.n = x
            yield self.n + 1


def unpacks(n):
    a, *b = counted(n)
    c, d = counted(2)
    return a, b, c, d, [*counted(n)], {*counted(2)}, (*counted(n), *evens(counted(n)))


def alias(n):
    make = counted
    s = 0
    for x in make(n):
        s += x
    return s


def passed(make, n):
    s = 0
    for x in make(n):
        s += x if isinstance(x, int) else 100
    return s


def running(n):
    """A generator that is asked for its own next item."""
    def asks():
        yield 1
        try:
            yield next(it)
        except ValueError as e:
            yield str(e)
        yield 3
    it = asks()
    out = []
    for x in it:
        out.append(x)
    return out


def comprehensions(n):
    return ([x for x in counted(n)], {x: y for x, y in zip(counted(n), evens(counted(9)))}, {x % 2 for x in counted(n)},
            sum(x for x in evens(counted(n))), [(x, y) for x in counted(n) for y in counted(x)], [x for x in counted(n) if x in evens(counted(n))])


print(advanced(5), advanced(4), advanced(0))
print(after_break(5, 2), after_break(5, 4), after_break(5, 9), in_two_loops(9))
print(zipped_with_itself(5), zipped_with_itself(4))
print(sends(5), sends(4), closes(5, 2), closes(5, 7), throws(5, 2), throws(3, 5))
print(rebound_while_running(3), explicit(3), explicit(1))
h = Holder(4)
print(h.loop(), h.loop(), h.loop(), list(h), [x for x in h], list(h.takes(3)), h.n)
s = 0
for x in h:
    for y in h.takes(x + 2):
        s += x * y
print(s, h.n, unpacks(3), alias(5), passed(counted, 5), passed(echo, 5), passed(range, 5), running(3))
print(comprehensions(5))
it = counted(6)
for x in it:
    if x > 1:
        break
print(x, next(it), [x for x in it], x)
for x in it:
    print("never")
for it in counted(3):
    print(it, end=" ")
print(it)
