"""Generators in a chain: read, filter, map, batch."""
ROUNDS = 2800000


def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


def keep(items):
    for item in items:
        if item % 3 != 0:
            yield item


def square(items):
    for item in items:
        yield item * item


def batch(items, size):
    group = []
    for item in items:
        group.append(item)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def main():
    total = 0
    count = 0
    for group in batch(square(keep(numbers(ROUNDS))), 10):
        total += group[0] + group[-1]
        count += len(group)
    print(total, count)


if __name__ == "__main__":
    main()
