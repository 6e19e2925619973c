"""Recursion with a memo dict: partitions and edit distance."""
ROUNDS = 31


def partitions(n, largest, memo):
    if n == 0:
        return 1
    if n < 0 or largest == 0:
        return 0
    key = (n, largest)
    if key in memo:
        return memo[key]
    result = partitions(n - largest, largest, memo) + partitions(n, largest - 1, memo)
    memo[key] = result
    return result


def distance(a, b):
    memo = {}

    def go(i, j):
        if i == len(a):
            return len(b) - j
        if j == len(b):
            return len(a) - i
        if (i, j) in memo:
            return memo[i, j]
        if a[i] == b[j]:
            r = go(i + 1, j + 1)
        else:
            r = 1 + min(go(i + 1, j), go(i, j + 1), go(i + 1, j + 1))
        memo[i, j] = r
        return r

    return go(0, 0)


def main():
    total = 0
    for k in range(ROUNDS):
        total += partitions(160 + k, 160 + k, {})
        total += distance("the quick brown fox jumps over it" * 3, "a lazy dog sleeps under the box" * 3)
    print(total)


if __name__ == "__main__":
    main()
