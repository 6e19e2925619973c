"""List, set, dict and nested comprehensions."""
ROUNDS = 3500


def main():
    base = list(range(400))
    words = ["w%d" % (i % 50) for i in base]
    total = 0
    for k in range(ROUNDS):
        squares = [x * x for x in base if x % 3 != k % 3]
        pairs = [(x, y) for x in range(20) for y in range(20) if x < y]
        lengths = {w: len(w) for w in words}
        odd = {x % 17 for x in base if x & 1}
        table = [[r * c for c in range(15)] for r in range(15)]
        flat = [v for row in table for v in row if v % 2 == 0]
        swapped = {v: k for k, v in enumerate(words)}
        total += sum(squares) + len(pairs) + sum(lengths.values()) + sum(odd) + len(flat) + swapped["w7"]
    print(total)


if __name__ == "__main__":
    main()
