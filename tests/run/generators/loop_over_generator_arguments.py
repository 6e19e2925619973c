"""Arguments of generators that loops consume: defaults, keywords, stars, rebinding, types that change from call to call, order of evaluation."""


def stepped(start, stop=10, step=3):
    while start < stop:
        yield start
        start += step


def keyed(values, *, first=0, times=1):
    for x in values:
        yield first + x * times
        first = x


def gathered(head, *rest, **more):
    yield head
    for x in rest:
        yield x
    for name, x in more.items():
        yield name, x


def shared(n, seen=[]):
    seen.append(n)
    for x in seen:
        yield x


def rebinds(values, n):
    for x in values:
        values = None
        n = n + x
        yield n


def never_reads(values, other):
    yield 1
    yield 2


def noted(text, value):
    print(text, end=" ")
    return value


def sum_stepped(*args, **kwargs):
    s = 0
    for x in stepped(*args, **kwargs):
        s += x
    return s


def by_default(start):
    out = []
    for x in stepped(start):
        out.append(x)
    for x in stepped(start, 5):
        out.append(x)
    for x in stepped(step=2, start=start, stop=7):
        out.append(x)
    for x in stepped(*(start, 4)):
        out.append(x)
    for x in stepped(start, **{"step": 4}):
        out.append(x)
    return out


def by_keyword(values):
    out = []
    for x in keyed(values):
        out.append(x)
    for x in keyed(values, times=2):
        out.append(x)
    for x in keyed(times=-1, first=values[0], values=values):
        out.append(x)
    return out


def wrong(k):
    try:
        if k == 0:
            for x in stepped():
                print("round")
        elif k == 1:
            for x in stepped(1, 2, 3, 4):
                print("round")
        elif k == 2:
            for x in keyed([1], 2):
                print("round")
        elif k == 3:
            for x in keyed([1], third=3):
                print("round")
        elif k == 4:
            for x in stepped(1, start=2):
                print("round")
        elif k == 5:
            for x in keyed(None):
                print("round")
        elif k == 6:
            for x in stepped("a"):
                print("round")
    except TypeError as e:
        print(type(e).__name__, e)


def rebound_outside(n):
    """What the names of the arguments are bound to later is no concern of the generator."""
    values = [1, 2, 3]
    out = []
    for x in rebinds(values, n):
        n = "other"
        values = "gone"
        out.append(x)
    return out, n, values


def same_names(x, y):
    """Names of the generator and of its consumer are not the same variables."""
    values, n, start, stop = "v", "n", "s", "t"
    for x in stepped(x, y):
        step = x
    for n in rebinds([x, y], y):
        pass
    return x, y, step, n, values, start, stop


def in_order():
    out = []
    for x in noted("function", stepped)(noted("a", 1), step=noted("c", 2), stop=noted("b", 6)):
        out.append(x)
    for x in never_reads(noted("first", 1), noted("second", 2)):
        out.append(noted("body", x))
    return out


def change_of_types(value):
    s = value
    for x in stepped(value, value + 7, 2):
        s = s + x
    return s


def nested_arguments(n):
    out = []
    for x in stepped(n, n + 4):
        for y in stepped(x, x + 3, 2):
            for z in keyed([x, y], first=z if out else 0):
                out.append(z)
    return out


class Number:
    """Goes through the generator like a number."""

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        print("<", end=" ")
        return self.n < other

    def __add__(self, other):
        print("+", end=" ")
        return Number(self.n + other)

    def __radd__(self, other):
        return other + self.n


print(by_default(1), by_default(0.5), by_default(-3), by_default(True))
print(sum_stepped(1), sum_stepped(2**61, 2**62 + 5, 2**60), sum_stepped(0, step=1), sum_stepped(0.0, 1, 0.25), sum_stepped(Number(5)))
print(by_keyword([1, 2, 3]), by_keyword((1.5, 2**62)), by_keyword([True, False]))
for k in range(7):
    wrong(k)
out = []
for x in gathered(1):
    out.append(x)
for x in gathered(1, 2, "x"):
    out.append(x)
for x in gathered(*out, a=1, b=None):
    out.append(x)
    if len(out) > 20:
        break
print(out)
for round in range(3):
    for x in shared(round):
        print(x, end=" ")
        if len(shared.__defaults__[0]) > 6:
            break
        shared.__defaults__[0].append(x + 10)
print(shared.__defaults__)
print(rebound_outside(1), rebound_outside(2**62 - 2), rebound_outside(0.5))
print(same_names(1, 9), same_names(0.5, 4), in_order())
print([change_of_types(v) for v in (1, 2.5, 2**62 - 4, True, 2**70, -1)], nested_arguments(1), nested_arguments(2**62 - 2))
for text in ("ab", 3, None):
    try:
        print(change_of_types(text))
    except TypeError as e:
        print(e)
