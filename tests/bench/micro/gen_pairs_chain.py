"""A chain of generators that keep something from item to item."""
ROUNDS = 1600000


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
    first = 0
    waiting = False
    for x in values:
        if waiting:
            yield first, x
        else:
            first = x
        waiting = not waiting


def smoothed(values, share):
    mean = 0.0
    for x in values:
        mean += (x - mean) * share
        yield mean


def main():
    total = 0
    for a, b in pairs(keep(squares(numbers(ROUNDS)), 7)):
        total += (b - a) & 255
    height = 0.0
    for mean in smoothed(numbers(ROUNDS), 0.25):
        height += mean
    print(total, height)


if __name__ == "__main__":
    main()
