"""What a generator returns is no concern of the loop that ends with it."""


def body(n, result):
    for i in range(n):
        yield i
    return result


def wraps(n, result):
    got = yield from body(n, result)
    yield got


for result in (None, 7, "text", [1]):
    print([x for x in body(3, result)], list(body(2, result)), list(wraps(1, result)))
    for x in body(1, result):
        pass
    a, b = body(2, result)
    print(x, a, b, max(body(3, result)), *body(2, result))
    g = body(0, result)
    try:
        next(g)
    except StopIteration as e:
        print(e.args)
    print(next(g, "end"))
