"""try/except in a loop: most values parse, some do not."""
ROUNDS = 220


def parse(field):
    try:
        return int(field)
    except ValueError:
        return None


def lookup(table, key):
    try:
        return table[key]
    except KeyError:
        return -1


def main():
    fields = [str(i * 37 % 1000) if i % 9 else "n/a" for i in range(5000)]
    table = {i: i * i for i in range(0, 1000, 2)}
    total = 0
    missing = 0
    for _ in range(ROUNDS):
        for field in fields:
            value = parse(field)
            if value is None:
                missing += 1
            else:
                total += lookup(table, value)
    print(total, missing)


if __name__ == "__main__":
    main()
