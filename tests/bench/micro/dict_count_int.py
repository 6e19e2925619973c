"""Histogram and Collatz lengths in dicts with int keys."""
ROUNDS = 300000


def collatz(n, known):
    path = []
    while n not in known:
        path.append(n)
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps = known[n]
    for value in reversed(path):
        steps += 1
        known[value] = steps
    return steps


def main():
    known = {1: 0}
    histogram = {}
    best = 0
    for n in range(1, ROUNDS):
        steps = collatz(n, known)
        histogram[steps] = histogram.get(steps, 0) + 1
        if steps > best:
            best = steps
    weight = 0
    for steps in histogram:
        weight += steps * histogram[steps]
    print(best, len(known), len(histogram), weight)


if __name__ == "__main__":
    main()
