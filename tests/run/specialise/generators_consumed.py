"""Generators that a loop or a function consumes: closed early, failing inside, looked at, shared."""


def numbers(n):
    try:
        for i in range(n):
            print("yield", i)
            yield i
        print("exhausted")
    finally:
        print("closed")


def first_big(n):
    for v in numbers(10):
        if v * v > n:
            return v


print(first_big(5))
print(any(v > 1 for v in numbers(5)))
print(all(v < 1 for v in numbers(5)))
print(sum(v for v in numbers(3)), max(numbers(2)), list(numbers(2)))


def broken(n):
    for i in range(n):
        if i == 2:
            raise ValueError("inside")
        yield i


def consume():
    s = 0
    try:
        for v in broken(5):
            s += v
    except ValueError as e:
        return s, str(e)


print(consume())
for f in (sum, list, tuple, sorted, set, max, any, ",".join):
    try:
        f(broken(3))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)


def stops():
    yield 1
    raise StopIteration("from inside")


try:
    for v in stops():
        print(v)
except RuntimeError as e:
    print(e, repr(e.__cause__))


def body_fails():
    try:
        for v in numbers(3):
            raise KeyError(v)
    except KeyError as e:
        return "caught", e.args


print(body_fails())


def shared(n):
    g = (i * 2 for i in range(n))
    out = []
    for a in g:
        out.append((a, next(g, None)))
    return out


print(shared(5))


def late_binding():
    fs = [lambda: i for i in range(3)]
    gs = list((lambda: j) for j in range(3))
    k = 10
    g = (k + i for i in range(3))
    k = 20
    return [f() for f in fs], [f() for f in gs], list(g)


print(late_binding())


def chain(n):
    def evens(it):
        for v in it:
            if v % 2 == 0:
                yield v

    def squares(it):
        for v in it:
            yield v * v

    return sum(squares(evens(range(n))))


print(chain(10), chain(2**3 + 1))


def delegating(n):
    result = yield from returning(n)
    yield ("result", result)


def returning(n):
    got = yield n
    return (n, got)


def drive():
    g = delegating(5)
    return next(g), g.send("sent"), next(g, "end")


print(drive())


def rebound(n):
    def source():
        yield from range(n)
    out = []
    for v in source():
        out.append(v)
        if v == 1:
            def source():
                yield "other"
    out.extend(source())
    return out


print(rebound(4))


class Closing:
    def __iter__(self):
        return numbers(4)


def leave():
    for v in Closing():
        if v == 1:
            break
    print("after the loop")


leave()


def kept():
    g = numbers(4)
    for v in g:
        if v == 1:
            break
    print("still open")
    del g
    print("now closed")


kept()


def recursion(n):
    if n:
        yield n
        yield from recursion(n - 1)


print(list(recursion(5)))


def again():
    g = recursion(2)
    print(next(g), list(g), list(g))
    try:
        next(g)
    except StopIteration as e:
        print(e.value)


again()


def reentrant():
    def gen():
        yield next(holder[0])
    holder = [None]
    holder[0] = gen()
    try:
        next(holder[0])
    except ValueError as e:
        print(e)


reentrant()


def thrown():
    def gen():
        while True:
            try:
                yield 1
            except KeyError as e:
                yield ("handled", str(e))
    g = gen()
    print(next(g), g.throw(KeyError("k")), next(g))
    try:
        g.throw(ZeroDivisionError)
    except ZeroDivisionError:
        print("out", g.gi_frame)


thrown()
