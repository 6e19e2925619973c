"""Loops over generators that count and that make Fibonacci numbers."""
ROUNDS = 1500000


def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


def steps(start, stop, step):
    for n in range(start, stop, step):
        yield n


def fibonacci(limit):
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b


def main():
    total = 0
    for n in numbers(ROUNDS):
        total += n & 15
    for n in steps(0, ROUNDS * 6, 3):
        total ^= n
    even = 0
    for _ in range(ROUNDS // 80):
        for n in fibonacci(1 << 60):
            if n % 2 == 0:
                even += n & 1023
    print(total, even)


if __name__ == "__main__":
    main()
