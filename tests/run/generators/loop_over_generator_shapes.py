"""Shapes of generators that loops consume: tuples, returns, several yields, calls of themselves, delegation, generator expressions."""


def pairs(values):
    for i, value in enumerate(values):
        yield i, value


def neighbours(x, y, width, height):
    if x > 0:
        yield x - 1, y
    if x + 1 < width:
        yield x + 1, y
    if y > 0:
        yield x, y - 1
    if y + 1 < height:
        yield x, y + 1


def zipped(a, b):
    for x, y in zip(a, b):
        yield x, y, x + y


def nothing():
    return
    yield


def early(n):
    for i in range(n):
        if i == 3:
            return "three"
        yield i
    return "end"


def at_first(flag):
    if flag:
        return
    yield "not returned"


def several():
    yield 1
    yield 2
    for x in (3, 4):
        yield x
        yield -x
    yield 5


def endless():
    n = 10
    while True:
        yield n
        n += 10


def product(a, b):
    for x in range(a):
        for y in range(b):
            if (x + y) % 2:
                continue
            if y > 5:
                break
            yield x, y


def countdown(n):
    if n:
        yield n
        for x in countdown(n - 1):
            yield x


def delegated(n):
    yield from several()
    got = yield from early(n)
    yield got


def nested_items(tree):
    for item in tree:
        if isinstance(item, list):
            for x in nested_items(item):
                yield x
        else:
            yield item


def unpacked(values):
    out = []
    for i, value in pairs(values):
        out.append(value * 2 + i)
    return out


def around(width, height):
    s = 0
    for y in range(height):
        for x in range(width):
            for nx, ny in neighbours(x, y, width, height):
                s = s * 3 + nx * 2 - ny
                s %= 1000003
    return s


def starred(values):
    out = []
    for first, *rest in zipped(values, values[1:]):
        out.append((first, rest))
    return out


def kept_pairs(values):
    """Tuples that outlive their round."""
    kept = []
    for pair in pairs(values):
        kept.append(pair)
    return kept, kept[0] is kept[0], [type(p) is tuple for p in kept]


def twice(n):
    out = []
    for a in early(n):
        for b in early(a):
            out.append((a, b))
    return out


def all_of_several():
    out = []
    for x in several():
        out.append(x)
        for y in several():
            if y < 0:
                break
            out.append(y * x)
    return out


def until(limit):
    s = 0
    for x in endless():
        if x > limit:
            break
        if x % 20 == 0:
            continue
        s += x
    else:
        s = "never"
    return s


def with_else(values):
    for i, value in pairs(values):
        if value is None:
            return i
    else:
        return "all"


def leaves(n):
    for x in endless():
        for y in range(n):
            for z in countdown(y):
                if x * z > 90:
                    return x, y, z
    return None


def reuses(n):
    x = "before"
    for x in early(n):
        x = x + 100
        print(x, end=" ")
    print(x, end=" ")
    for x in nothing():
        x = "in"
    return x


def deletes(n):
    for x in early(n):
        y = x
        del x
    try:
        return x
    except UnboundLocalError as e:
        return str(e), n and y


def expressions(values, k):
    out = []
    for x in (v * k for v in values if v):
        out.append(x)
    for x, y in ((v, w) for v in values for w in (1, k)):
        out.append(x - y)
    return out


def of_generators(n, k):
    out = []
    for x in (v + k for v in early(n)):
        out.append(x)
    for x in (a * b for a, b in product(n, k) if a):
        out.append(x)
    return out


print(unpacked([5, 6, 7]), unpacked([True, -1]), unpacked([1.5, 2**62]), unpacked([]))
print(around(1, 1), around(2, 3), around(5, 4), list(neighbours(0, 0, 2, 2)))
print(starred([1, 2, 3]), starred("abc"), kept_pairs([1, None, "x"]))
print(twice(0), twice(3), twice(5), all_of_several())
print(until(95), until(0), with_else([1, 2]), with_else([1, None, 2]), with_else([]), leaves(3), leaves(5))
print(reuses(0), reuses(2), reuses(9), deletes(0), deletes(2), deletes(5))
print(expressions([1, 0, 3], 2), expressions((0.5, 0.0), 3), expressions([2**61], 4), expressions("", 1))
print(of_generators(5, 2), of_generators(2, 8))
out = []
for x in countdown(6):
    out.append(x)
for x in delegated(2):
    out.append(x)
for x in delegated(7):
    out.append(x)
for x in nested_items([1, [2, [3, []], 4], [[5]]]):
    out.append(x)
for x, y in product(4, 9):
    out.append(x * 10 + y)
for flag in (0, 1):
    for x in at_first(flag):
        out.append(x)
print(out, x, y)
