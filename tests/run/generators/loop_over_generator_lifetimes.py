"""When objects die that generators hold which a loop consumes: locals, arguments, items, on exhaustion, break, return and errors."""
import weakref


class Loud:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __del__(self):
        print("del", self.name, end="; ")


def holds(n, name):
    held = Loud(name)
    for i in range(n):
        yield i
    print("last line", end="; ")


def of_argument(values, held):
    for x in values:
        yield x
    print("argument still", held, end="; ")


def makes(n, name):
    for i in range(n):
        yield Loud("%s%d" % (name, i))


def drops_own(n):
    for i in range(n):
        x = Loud("own%d" % i)
        yield i
        print("replaced next", end="; ")


def passes(values):
    for x in values:
        yield x


def fails(n, name):
    held = Loud(name)
    for i in range(n):
        yield i
    raise ValueError("at the end")


def show(title):
    print("\n%s:" % title, end=" ")


def exhausted():
    for x in holds(2, "a"):
        print("body", x, end="; ")
    print("after", end="; ")


def broken():
    for x in holds(5, "b"):
        print("body", x, end="; ")
        if x == 1:
            break
    print("after", end="; ")


def with_break_in_else():
    while True:
        for x in holds(1, "c"):
            pass
        else:
            print("else", end="; ")
            break
    print("after", end="; ")


def returned():
    for x in holds(5, "d"):
        if x == 1:
            return Loud("value")


def raised():
    try:
        for x in holds(5, "e"):
            if x == 1:
                raise KeyError(x)
    except KeyError as e:
        print("caught", e, end="; ")
    print("after", end="; ")


def raised_by_operator(values):
    try:
        for x in holds(5, "f"):
            values[x] += 1
    except (IndexError, TypeError) as e:
        print("caught", e, end="; ")
    print("after", end="; ")


def generator_fails():
    try:
        for x in fails(1, "g"):
            print("body", end="; ")
    except ValueError as e:
        print("caught", e, end="; ")
    print("after", end="; ")


def nested():
    for x in holds(2, "outer"):
        for y in holds(2, "inner%d" % x):
            if y == 0 and x == 1:
                break
            print(x, y, end="; ")
        print("next", end="; ")
    print("after", end="; ")


def temporaries():
    for x in of_argument([1, 2], Loud("argument")):
        print("body", x, end="; ")
    print("after", end="; ")
    for x in of_argument([1, 2], Loud("argument of break")):
        break
    print("after", end="; ")


def items_die():
    for x in makes(3, "item"):
        print("body", x, end="; ")
    print("after", end="; ")
    x = None
    print("cleared", end="; ")


def items_deleted():
    for x in passes(makes(2, "chain")):
        print("body", x, end="; ")
        del x
        print("deleted", end="; ")
    print("after", end="; ")


def items_rebound():
    for x in makes(3, "re"):
        x = x.name
        print("body", x, end="; ")
    print("after", end="; ")


def own():
    for x in drops_own(3):
        print("body", x, end="; ")
    print("after", end="; ")


def of_list():
    values = [Loud("v%d" % i) for i in range(3)]
    for x in passes(values):
        print("body", x, end="; ")
        values[0] = None
        values.pop()
    x = None
    print("after", values, end="; ")


def only_list():
    for x in passes([Loud("p0"), Loud("p1")]):
        print("body", x, end="; ")
    print("after", end="; ")


def chain_breaks():
    for x in passes(passes(holds(3, "in chain"))):
        break
    print("after", end="; ")
    for x in passes(passes(holds(1, "in whole chain"))):
        pass
    print("after", end="; ")


def expression():
    for x in (Loud("ge%d" % v) for v in holds(2, "source")):
        print("body", x, end="; ")
    print("after", end="; ")


def kept():
    it = holds(3, "kept")
    for x in it:
        break
    print("after", end="; ")
    it = None
    print("released", end="; ")


def referred():
    refs = []
    for x in makes(3, "w"):
        refs.append(weakref.ref(x))
        print([r() for r in refs], end="; ")
    del x
    print([r() for r in refs], end="; ")
    it = holds(3, "of generator")
    ref = weakref.ref(it, lambda r: print("generator gone", end="; "))
    for x in it:
        it = None
        print(ref() is None, end="; ")
    print(ref() is None, end="; ")


def swapped():
    """The generator's own local dies while the loop waits for its next item."""
    def swap():
        held = Loud("first")
        yield held
        held = None
        print("between", end="; ")
        held = Loud("second")
        yield 1
        del held
        yield 2
    for x in swap():
        print("body", x, end="; ")
    print("after", end="; ")


for test in (exhausted, broken, with_break_in_else, returned, raised, generator_fails, nested, temporaries, items_die, items_deleted, items_rebound,
             own, of_list, only_list, chain_breaks, expression, kept, referred, swapped):
    show(test.__name__)
    test()
show("values")
raised_by_operator([1, 2])
raised_by_operator([1, None])
show("module")
for x in passes(makes(2, "m")):
    print("body", x, end="; ")
print("after", end="; ")
for x in holds(3, "module's"):
    break
print("after")
