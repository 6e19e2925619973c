"""Tables over two texts: longest common subsequence, edit distance, a knapsack."""
ROUNDS = 40


def common(a, b):
    m, n = len(a), len(b)
    table = [[0] * (n + 1) for _ in range(m + 1)]
    for i in range(m):
        for j in range(n):
            if a[i] == b[j]:
                table[i + 1][j + 1] = table[i][j] + 1
            else:
                table[i + 1][j + 1] = max(table[i][j + 1], table[i + 1][j])
    return table[m][n]


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, c in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, d in enumerate(b, 1):
            before, row[j] = row[j], min(before + (c != d), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def knapsack(weights, values, room):
    best = [0] * (room + 1)
    for weight, value in zip(weights, values):
        for w in range(room, weight - 1, -1):
            best[w] = max(best[w], best[w - weight] + value)
    return best[room]


def main():
    a = "ACGTTGCAATGC" * 25
    b = "TGCATGCCGATA" * 25
    total = 0
    for k in range(ROUNDS):
        total += common(a[k:], b) + distance(a, b[k:])
        total += knapsack([i * 7 % 43 + 1 for i in range(90)], [i * 13 % 97 for i in range(90)], 1000 + k)
    print(total)


if __name__ == "__main__":
    main()
