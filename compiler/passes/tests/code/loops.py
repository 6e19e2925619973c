def total(xs):
    s = 0
    for x in xs:
        s += x * x
    return s


def rebind(n):
    while n:
        n -= 1
