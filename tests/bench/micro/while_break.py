"""while loops with break, continue and else."""
ROUNDS = 180000


def smallest_factor(n):
    if n % 2 == 0:
        return 2
    d = 3
    while d * d <= n:
        if n % d == 0:
            break
        d += 2
    else:
        return n
    return d


def digits(n):
    s = 0
    while True:
        s += n % 10
        n //= 10
        if not n:
            break
    return s


def main():
    total = 0
    n = 2
    while n < ROUNDS:
        n += 1
        if n % 5 == 0:
            continue
        f = smallest_factor(n)
        total += f if f != n else 1
        total += digits(n * n)
    print(total)


if __name__ == "__main__":
    main()
