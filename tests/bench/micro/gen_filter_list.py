"""A generator that gives the items of a list that pass a test."""
ROUNDS = 30


def above(values, limit):
    for value in values:
        if value > limit:
            yield value


def changes(values):
    last = None
    for value in values:
        if value != last:
            yield value
        last = value


def matching(rows, key):
    for name, weight in rows:
        if name == key:
            yield weight


def main():
    seed = 7
    values = []
    for _ in range(100000):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        values.append(seed >> 16)
    rows = [(("a", "b", "c")[v % 3], v * 0.5) for v in values[:50000]]
    small = [v & 3 for v in values]
    total = count = 0
    weight = 0.0
    for r in range(ROUNDS):
        for v in above(values, 1000 * r):
            total += v
        for v in changes(small):
            count += v
        for w in matching(rows, "b"):
            weight += w
    print(total, count, weight)


if __name__ == "__main__":
    main()
