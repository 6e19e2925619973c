"""Dynamic programming over tables: knapsack, longest common subsequence, grid paths."""
ROUNDS = 83


def knapsack(weights, values, capacity):
    best = [0] * (capacity + 1)
    for w, v in zip(weights, values):
        for c in range(capacity, w - 1, -1):
            if best[c - w] + v > best[c]:
                best[c] = best[c - w] + v
    return best[capacity]


def lcs(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    return table[-1][-1]


def paths(n, m):
    row = [1] * m
    for _ in range(n - 1):
        for j in range(1, m):
            row[j] += row[j - 1]
    return row[-1]


def main():
    weights = [(i * 7) % 23 + 1 for i in range(40)]
    values = [(i * 13) % 31 + 1 for i in range(40)]
    a = "ACGTTGCAAGCTTGCA" * 7
    b = "TGCATGCCGTACGATC" * 7
    total = 0
    for k in range(ROUNDS):
        total += knapsack(weights, values, 500 + k)
        total += lcs(a, b)
        total += paths(40, 40) % 1000003
    print(total)


if __name__ == "__main__":
    main()
