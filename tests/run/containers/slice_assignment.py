"""Slices of lists that take the items of lists, tuples and other things; when what was there goes away."""


class Noisy:
    def __init__(self, name, seen=None):
        self.name = name
        self.seen = seen

    def __repr__(self):
        return self.name

    def __del__(self):
        print("del", self.name, self.seen if self.seen is None else len(self.seen))


def noisy(names, seen=None):
    return [Noisy(name, seen) for name in names]


def show(what, items):
    print(what, items)


def main():
    items = noisy("abcdef")
    for item in items:
        item.seen = items
    del item
    items[1:3] = [1, 2, 3]
    show("grown", items)
    items[0:4] = (7,)
    show("shrunk", items)
    items[-2:] = []
    show("cut", items)
    items[:] = ()
    show("emptied", items)
    items[5:9] = [1, 2]
    items[1:0] = [9]
    show("outside", items)
    items[1:2] = items
    show("itself", items)
    items[:0] = items
    show("before itself", items)

    long = list(range(50))
    long[5:45] = range(3)
    show("range", long)
    long[1:-1] = [None] * 40
    show("many", (len(long), long[0], long[-1]))
    long[2:40] = [True, False]
    show("few", long)
    names = noisy(["n%d" % i for i in range(20)])
    names[:] = [1]
    show("all", names)

    def changing():
        yield 1
        other.clear()
        yield 2

    other = [5, 6, 7, 8]
    other[1:3] = changing()
    show("changed", other)
    text = list("abc")
    text[1:2] = "xyz"
    show("text", text)
    for bad in (3, None, Noisy("bad")):
        try:
            text[0:1] = bad
        except TypeError as error:
            print(error)
    del bad

    class Many(list):
        pass

    class Pair(tuple):
        def __iter__(self):
            return iter("iterated")

    text[0:1] = Many([1, 2])
    text[0:1] = Pair((3, 4))
    show("subclasses", text)
    many = Many("abc")
    many[0:2] = [1]
    show("of a subclass", many)
    whole = [[i] for i in range(3)]
    part = whole[0:2]
    whole[1:] = part
    part[0].append("shared")
    show("shared", whole)
    big = 1 << 70
    text[-big:big] = ["bounds"]
    show("far", text)
    text[None:None] = [0, 1, 2, 3, 4, 5]
    text[::2] = "abc"
    text[::-1] = text
    show("stepped", text)
    try:
        text[::2] = [1]
    except ValueError as error:
        print(error)
    print("end")


main()
