"""What functions see of the stack when a generator, the loop over it, or an object that goes through both calls them."""
import sys


def names(depth=1):
    f, out = sys._getframe(depth), []
    while f:
        out.append("%s:%d" % (f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno))
        f = f.f_back
    return " ".join(out)


def depth():
    f, n = sys._getframe(1), 0
    while f:
        n, f = n + 1, f.f_back
    return n


def note(text):
    print("  ", text, names(2))
    return text


class Seen:
    """Tells who uses it."""

    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        print("   add", names(1))
        return Seen(self.n + other)

    def __eq__(self, other):
        print("   eq", names(1))
        return self.n == other

    def __bool__(self):
        print("   bool", names(1))
        return self.n > 0

    def __lt__(self, other):
        print("   lt", names(1))
        return self.n < other

    def __getitem__(self, i):
        print("   item", names(1))
        if i > 1:
            raise IndexError
        return i

    def __del__(self):
        print("   del", self.n)


class Dying:
    """Tells where it dies."""

    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("   del", self.n, names(1))


def calls(n):
    note("start")
    for i in range(n):
        yield i
        note(i)
    note("end")


def quiet(n):
    for i in range(n):
        yield i


def increments(values):
    for x in values:
        yield x + 1


def until(values, end):
    for x in values:
        if x == end:
            return
        yield x


def truths(values):
    for x in values:
        if x:
            yield 1
        else:
            yield 0


def counts(start):
    while start < 3:
        yield start.n
        start = start + 1


def own_frame(n):
    for i in range(n):
        f = sys._getframe()
        yield f.f_code.co_name, f.f_back.f_code.co_name, f.f_back.f_lineno - f.f_back.f_code.co_firstlineno, depth()


def replaces(n):
    x = Dying("generator's 0")
    for i in range(n):
        yield i
        x = Dying("generator's %d" % (i + 1))
    values = [x]
    x = None
    yield "list"
    values.clear()


def gives_away(n):
    for i in range(n):
        yield Dying(i)


def numbers_of(values):
    for x in values:
        n = x.n
        x = None
        yield n


def consumes(n):
    for x in calls(n):
        note("body")
    note("after")


def nested(n):
    for x in quiet(n):
        for y in calls(1):
            print("  ", depth())


def of_objects():
    for x in increments([Seen(1), Seen(5)]):
        print("body", x.n)
    print("after")
    for x in until([Seen(1), Seen(2)], 2):
        print("body", x.n)
    x = None
    print("after")
    for x in truths([Seen(1), Seen(0)]):
        print("body", x)
    for x in quiet(Seen(1).n):
        print("body", x)
    for x in counts(Seen(1)):
        print("body", x)
    for x in increments(Seen(9)):
        print("body", x)


def chain(n):
    for x in increments(increments(calls(n))):
        note(x)


def through_expression(n):
    for x in (note(v) for v in calls(n)):
        print("  ", x)


def delegates(n):
    yield from calls(n)


def deaths():
    for x in replaces(2):
        print("body", x)
    for x in increments(numbers_of(gives_away(3))):
        print("body", x)
    for x in gives_away(3):
        print("body")
        if x.n == 1:
            x = None
            print("dropped")
    x = None
    for x in replaces(3):
        if x == 1:
            break
    print("after")


def own():
    for x in own_frame(2):
        print("  ", x)
    for x in until(own_frame(1), 1):
        print("  ", x)


def closure(n):
    def inner():
        for i in range(n):
            yield i, names(1)
    for x in inner():
        print("  ", x, names(1))


def state(it):
    return it.gi_running, it.gi_suspended, it.gi_frame and it.gi_frame.f_lineno - it.gi_frame.f_code.co_firstlineno, it.gi_yieldfrom is None


def looks_at_it(n):
    def asks():
        print("  ", state(it), it.gi_code.co_name)
        yield 1
        print("  ", state(it), it.gi_frame.f_back.f_code.co_name, sys._getframe() is it.gi_frame)
    it = asks()
    print("  ", it.gi_running, it.gi_suspended)
    for x in it:
        print("  ", state(it), it.gi_frame.f_back)
    print("  ", state(it), it.__name__, it.__qualname__)


for test, n in ((consumes, 2), (nested, 2), (chain, 2), (through_expression, 1), (closure, 2), (looks_at_it, 2)):
    print(test.__name__)
    test(n)
for test in (of_objects, deaths, own):
    print(test.__name__)
    test()
print("module")
for x in delegates(1):
    note("module")
for x in own_frame(1):
    print(x)
