"""*args and **kwargs passed through wrappers."""
ROUNDS = 190000


def total(*numbers):
    s = 0
    for n in numbers:
        s += n
    return s


def wrapper(function, *args, **kwargs):
    return function(*args, **kwargs)


def scale(x, factor=2, shift=0):
    return x * factor + shift


def traced(function):
    calls = [0]

    def inner(*args, **kwargs):
        calls[0] += 1
        return function(*args, **kwargs)

    inner.calls = calls
    return inner


@traced
def add(a, b):
    return a + b


def main():
    s = 0
    options = {"factor": 3, "shift": 1}
    for i in range(ROUNDS):
        s += total(i, 2, 3)
        s += wrapper(scale, i, factor=3)
        s += scale(i, **options)
        s += add(i, 1)
        first, *rest = (i, 1, 2)
        s += total(*rest)
    print(s, add.calls[0])


if __name__ == "__main__":
    main()
