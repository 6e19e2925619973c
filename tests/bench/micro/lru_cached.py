"""functools: lru_cache, partial, reduce."""
from functools import lru_cache, partial, reduce

ROUNDS = 540


@lru_cache(maxsize=None)
def ways(amount, coins):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    return ways(amount - coins[0], coins) + ways(amount, coins[1:])


@lru_cache(maxsize=128)
def slow_square(n):
    return n * n


def power(base, exponent):
    return base ** exponent


def main():
    total = 0
    cube = partial(power, exponent=3)
    for k in range(ROUNDS):
        ways.cache_clear()
        total += ways(100 + k, (50, 20, 10, 5, 2, 1))
        for i in range(800):
            total += slow_square(i % 100)
            total += cube(i % 10)
        total += reduce(lambda a, b: (a * 31 + b) % 1000003, range(500), 7)
    print(total, slow_square.cache_info().hits)


if __name__ == "__main__":
    main()
