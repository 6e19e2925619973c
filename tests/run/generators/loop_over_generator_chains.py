"""Chains: generators that loop over generators, consumed by loops of functions, of generators and of the module."""


def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1


def squares(values):
    for x in values:
        yield x * x


def keep(values, k):
    for x in values:
        if x % k != 1:
            yield x


def pairs(values):
    waiting = False
    first = None
    for x in values:
        if waiting:
            yield first, x
        else:
            first = x
        waiting = not waiting


def running(values, start=0):
    s = start
    for x in values:
        s += x
        yield s


def take(values, n):
    if n <= 0:
        return
    for x in values:
        yield x
        n -= 1
        if not n:
            return


def scaled(values, factor):
    for x in values:
        yield x * factor


def added(values, *more):
    for x in values:
        for m in more:
            x = x + m
        yield x


def flat(rows):
    for row in rows:
        for x in row:
            yield x


def total_pairs(n):
    s = 0
    for a, b in pairs(keep(squares(numbers(n)), 7)):
        s += a * 3 - b
    return s


def two(n):
    s = 0
    for x in squares(numbers(n)):
        s += x
    return s


def three(n, k):
    out = []
    for x in keep(squares(numbers(n)), k):
        out.append(x)
    return out


def five(n):
    out = []
    for x in take(running(keep(scaled(numbers(n), 3), 4)), 6):
        out.append(x)
    return out


def large(n, factor):
    """The chain's numbers overflow at different places."""
    s = 0
    for x in running(scaled(squares(numbers(n)), factor), -factor):
        s ^= x
    return s


def plain_list(values):
    """The same generators over what is no generator."""
    out = []
    for x in running(squares(values)):
        out.append(x)
    return out


def inner_loops(n):
    out = []
    for x in squares(numbers(n)):
        for y in keep(squares(numbers(x)), 3):
            if y > 20:
                break
            out.append(x + y)
        else:
            out.append("all")
    return out


def same_twice(n):
    """One generator function at two places of a chain."""
    out = []
    for x in squares(squares(numbers(n))):
        out.append(x)
    for x in running(running(running(numbers(n)))):
        out.append(x)
    return out


def keeps_the_inner(n):
    """The inner generator stays in a variable: what the chain took of it is gone."""
    source = numbers(n)
    out = []
    for x in take(source, 2):
        out.append(x)
    for x in squares(source):
        out.append(x)
        break
    out.append("rest")
    for x in source:
        out.append(x)
    return out


def shares(n):
    source = numbers(n)
    out = []
    for a in squares(source):
        out.append((a, next(source, None)))
    return out


def gives(n):
    """A generator that consumes a chain."""
    for x in running(squares(numbers(n))):
        yield x
        yield -x


def passes_on(n):
    yield "first"
    yield from take(gives(n), 3)
    for x in gives(n):
        if x < -2:
            return x
        yield x


print([total_pairs(n) for n in (0, 1, 2, 3, 10, 100)])
print([two(n) for n in (0, 1, 10, 2.5, 1000)], three(9, 2), three(9, 3), three(6, 1.5), three(4, -3))
print(five(0), five(3), five(100))
print([large(20, f) for f in (1, 2**40, 2**53, 2**56, 2**61, 2**70, -(2**58))])
print([x for n in (3,) for x in running(scaled(numbers(n), 0.5))])
print(plain_list([1, 2, 3]), plain_list((1.5, 2**31, 2**32)), plain_list(range(4)), plain_list({3: 4}), plain_list([]))
print(inner_loops(4), same_twice(4), keeps_the_inner(6), shares(5), shares(4))
print(list(gives(3)), list(passes_on(4)))
for x in added(scaled(numbers(3), 2), 1, 0.5):
    print(x, end=" ")
for x in added(scaled("ab", 2)):
    print(x, end=" ")
for x in flat(pairs(numbers(7))):
    print(x, end=" ")
for x in flat(squares(numbers(2)) for _ in range(3)):
    print(x, end=" ")
for a, b in pairs(x + 1 for x in keep(numbers(12), 5)):
    print(a, b, end=" ")
print(x, a, b)
print(sum(running(numbers(5))), max(squares(numbers(4))), list(zip(numbers(3), squares(numbers(9)))), dict(pairs(numbers(6))))
