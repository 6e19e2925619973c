def simple(n):
    for i in range(n):
        got = yield i
        if got:
            print("got", got)
    return "done"


g = simple(3)
print(next(g), g.send("x"), next(g))
try:
    next(g)
except StopIteration as e:
    print("value", e.value)
print(list(simple(4)), sum(simple(5)), next(g, "default"))


def delegate():
    result = yield from simple(2)
    print("result", result)
    try:
        yield from failing()
    except ValueError as e:
        print("caught", e)
    return (yield "last")


def failing():
    yield "f"
    raise ValueError("in generator")


print(list(delegate()))


def closing():
    try:
        while True:
            try:
                yield 1
            except KeyError as e:
                print("thrown", e)
                yield "after throw"
    finally:
        print("closed")


c = closing()
print(next(c), c.throw(KeyError("k")), next(c))
c.close()
try:
    next(c)
except StopIteration:
    print("stopped")
del c
d = closing()
next(d)
del d


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


from itertools import islice, takewhile
print(list(islice(fib(), 15)), list(takewhile(lambda x: x < 50, fib())))
print({x: y for x, y in zip("abc", (i * i for i in range(10)) if True else ())}, {i % 3 for i in range(10)})
print([(i, j) for i in range(3) for j in range(i) if (i + j) % 2])


def bad():
    yield 1
    raise StopIteration("oops")


try:
    list(bad())
except RuntimeError as e:
    print(e, repr(e.__cause__))


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


print(*Tree(4, Tree(2, Tree(1), Tree(3)), Tree(6, Tree(5))))
gen = (x for x in [1, 2])
print(gen.gi_running, type(gen).__name__, iter(gen) is gen)


def reenter():
    yield next(me)


me = reenter()
try:
    next(me)
except ValueError as e:
    print(e)


async def coroutine(x):
    return x * 2


async def outer():
    return await coroutine(20) + 2


try:
    outer().send(None)
except StopIteration as e:
    print("awaited", e.value)


async def agen():
    for i in range(3):
        yield i


async def collect():
    return [x async for x in agen()]


try:
    collect().send(None)
except StopIteration as e:
    print(e.value)
