def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def total(xs):
    s = 0
    for x in xs:
        s += x * x
    return s


def scale(xs, k):
    for i in range(len(xs)):
        xs[i] = xs[i] * k


print(fib(20), total([1, 2.5]))
