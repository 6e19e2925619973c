"""Decorators of functions and methods; call counting, validation, retries."""
import functools

ROUNDS = 590000

calls = {}


def counted(function):
    @functools.wraps(function)
    def wrapper(*args):
        calls[function.__name__] = calls.get(function.__name__, 0) + 1
        return function(*args)
    return wrapper


def positive(function):
    def wrapper(self, value):
        if value < 0:
            raise ValueError("negative")
        return function(self, value)
    return wrapper


def repeat(times):
    def decorate(function):
        def wrapper(x):
            for _ in range(times):
                x = function(x)
            return x
        return wrapper
    return decorate


@counted
def mix(a, b):
    return (a * 31 + b) % 1009


@repeat(3)
def half(x):
    return x // 2 + 1


class Store:
    def __init__(self):
        self.total = 0

    @positive
    def put(self, value):
        self.total += value


def main():
    store = Store()
    check = 0
    refused = 0
    for i in range(ROUNDS):
        check += mix(i, 7) + half(i)
        try:
            store.put(i % 50 - 2)
        except ValueError:
            refused += 1
    print(check, store.total, refused, calls)


if __name__ == "__main__":
    main()
