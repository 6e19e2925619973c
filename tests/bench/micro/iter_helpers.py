"""enumerate, zip, reversed, range with steps."""
ROUNDS = 930


def dot(a, b):
    s = 0
    for x, y in zip(a, b):
        s += x * y
    return s


def peaks(values):
    found = []
    for i, (a, b, c) in enumerate(zip(values, values[1:], values[2:])):
        if a < b > c:
            found.append(i + 1)
    return found


def alternating(values):
    s = 0
    for i, v in enumerate(reversed(values)):
        s += v if i % 2 else -v
    return s


def main():
    a = [(i * 37) % 101 for i in range(1500)]
    b = [(i * 53) % 97 for i in range(1500)]
    total = 0
    for _ in range(ROUNDS):
        total += dot(a, b)
        total += len(peaks(a))
        total += alternating(b)
        for i in range(len(a) - 1, -1, -3):
            total += a[i] - i
    print(total)


if __name__ == "__main__":
    main()
