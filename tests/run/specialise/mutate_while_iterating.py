"""Lists, dicts, sets and others change while they are iterated, in each form of loop."""


def appended(xs):
    out = []
    for x in xs:
        out.append(x)
        if len(xs) < 8:
            xs.append(x * 10)
    return out


print(appended([1, 2, 3]))


def popped(xs):
    out = []
    for x in xs:
        out.append(x)
        xs.pop()
    return out, xs


print(popped([1, 2, 3, 4, 5]))


def cleared(xs):
    s = 0
    for x in xs:
        s += x
        if x == 3:
            xs.clear()
    return s, xs


print(cleared([1, 2, 3, 4]))


def inserted(xs):
    out = []
    for x in xs:
        out.append(x)
        if len(out) < 6:
            xs.insert(0, "new")
    return out, xs


print(inserted([1, 2]))


def replaced(xs):
    out = []
    for i, x in enumerate(xs):
        out.append(x)
        if i == 1:
            xs[:] = ["p", "q", "r", "s"]
        if i == 2:
            del xs[0]
    return out, xs


print(replaced([1, 2, 3]))


def kinds(xs):
    s = 0
    for i, x in enumerate(xs):
        s = s + x
        if i == 1:
            xs[2] = 0.5
        if i == 2:
            xs[3] = 2**63
        if i == 3:
            xs[4] = True
    return s


print(kinds([1, 2, 3, 4, 5]))


def backwards(xs):
    out = []
    for x in reversed(xs):
        out.append(x)
        if len(xs) > 2:
            xs.pop()
            xs.pop(0)
    return out


print(backwards([1, 2, 3, 4, 5, 6]))


def zipped(xs, ys):
    out = []
    for x, y in zip(xs, ys):
        out.append((x, y))
        if x == 2:
            ys.pop()
        if x == 3:
            xs.append(9)
            ys.append(8)
    return out


print(zipped([1, 2, 3, 4], [5, 6, 7, 8, 9]))


def indexed(xs):
    out = []
    for i in range(len(xs)):
        try:
            out.append(xs[i])
        except IndexError as e:
            out.append(str(e))
        if i == 1:
            del xs[-1]
    return out


print(indexed([1, 2, 3, 4]))


def while_loop(xs):
    i = 0
    out = []
    while i < len(xs):
        out.append(xs[i])
        if xs[i] == 2:
            xs += [7, 8]
        i += 1
    return out


print(while_loop([1, 2, 3]))


def refilled(xs):
    it = iter(xs)
    out = [next(it)]
    xs.clear()
    out.append(next(it, "end"))
    xs.extend([4, 5, 6])
    out.append(next(it, "end"))
    return out


print(refilled([1, 2, 3]))


def freed(xs):
    """The item that is being used is the last reference's."""
    out = []
    for x in xs:
        xs.clear()
        out.append(x)
    return out


print(freed([[1, 2], [3]]), freed(["a" + str(1), "b"]))


class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def noisy():
    xs = [Noisy(i) for i in range(3)]
    for x in xs:
        print("at", x.n)
        if x.n == 0:
            xs.pop(1)
        if x.n == 2:
            xs[:] = []
    print("after")


noisy()
print("left")


def dict_grown(d):
    out = []
    try:
        for k in d:
            out.append(k)
            if k == 2:
                d["new"] = 1
    except RuntimeError as e:
        out.append(str(e))
    return out


print(dict_grown({1: 1, 2: 2, 3: 3}))


def dict_shrunk(d):
    out = []
    try:
        for k, v in d.items():
            out.append((k, v))
            del d[k]
    except RuntimeError as e:
        out.append(str(e))
    return out


print(dict_shrunk({1: 1, 2: 2, 3: 3}))


def dict_exchanged(d):
    out = []
    try:
        for k in d:
            out.append(k)
            d.pop(k)
            d[k * 10] = 1
    except RuntimeError as e:
        out.append(str(e))
    return out


print(dict_exchanged({1: 1, 2: 2}))


def dict_values(d):
    out = []
    for k, v in d.items():
        out.append(v)
        d[3] = 2.5
        d[2] = "changed"
    return out


print(dict_values({1: 1, 2: 2, 3: 3}))


def dict_cleared(d):
    out = []
    try:
        for v in d.values():
            out.append(v)
            d.clear()
    except RuntimeError as e:
        out.append(str(e))
    return out


print(dict_cleared({1: 1, 2: 2, 3: 3}))


def set_grown(s):
    out = []
    try:
        for x in s:
            out.append(x)
            s.add(x + 100)
    except RuntimeError as e:
        out.append(str(e))
    return out


print(set_grown({1, 2}))


def comprehension(xs):
    return [xs.append(x + 1) or x for x in xs if len(xs) < 7]


print(comprehension([1, 2]))


def summed(xs):
    return sum(xs.pop() + x for x in xs)


print(summed([1, 2, 3, 4, 5, 6]))


def joined(xs):
    def parts():
        for x in xs:
            yield x
            if len(xs) < 5:
                xs.append(x + "!")
    return ",".join(parts())


print(joined(["a", "b"]))


def bytes_changed(b):
    out = []
    for x in b:
        out.append(x)
        if len(b) < 6:
            b.append(x + 1)
        b[0] = 99
    return out, b


print(bytes_changed(bytearray(b"abc")))


def sort_changed(xs):
    def key(x):
        xs.append(1)
        return x
    try:
        xs.sort(key=key)
    except ValueError as e:
        return str(e)


print(sort_changed([3, 1, 2]))


def seen_empty(xs):
    seen = []
    xs.sort(key=lambda x: seen.append(len(xs)) or x)
    return seen, xs


print(seen_empty([3, 1, 2]))
