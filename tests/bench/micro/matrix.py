"""Matrix product and determinant over lists of lists."""
ROUNDS = 20
SIZE = 60


def multiply(a, b):
    n = len(a)
    m = len(b[0])
    k = len(b)
    out = [[0] * m for _ in range(n)]
    for i in range(n):
        row = a[i]
        target = out[i]
        for j in range(m):
            s = 0
            for x in range(k):
                s += row[x] * b[x][j]
            target[j] = s
    return out


def determinant(matrix):
    a = [[float(v) for v in row] for row in matrix]
    n = len(a)
    det = 1.0
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(a[r][i]))
        if a[pivot][i] == 0.0:
            return 0.0
        if pivot != i:
            a[i], a[pivot] = a[pivot], a[i]
            det = -det
        det *= a[i][i]
        for r in range(i + 1, n):
            factor = a[r][i] / a[i][i]
            for c in range(i, n):
                a[r][c] -= factor * a[i][c]
    return det


def main():
    a = [[(i * j + i) % 10 for j in range(SIZE)] for i in range(SIZE)]
    b = [[(i + j * 3) % 7 for j in range(SIZE)] for i in range(SIZE)]
    trace = 0
    det = 0.0
    for _ in range(ROUNDS):
        c = multiply(a, b)
        trace += sum(c[i][i] for i in range(SIZE))
        det += determinant([[a[i][j] + (97 if i == j else 0) for j in range(40)] for i in range(40)])
    print(trace, "%.6e" % det)


if __name__ == "__main__":
    main()
