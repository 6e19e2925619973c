"""Ints and floats mixed: running statistics, interest, conversions."""
ROUNDS = 660000


def mean_and_variance(values):
    n = 0
    mean = 0
    m2 = 0
    for v in values:
        n += 1
        delta = v - mean
        mean += delta / n
        m2 += delta * (v - mean)
    return mean, m2 / n


def interest(cents, rate, years):
    for _ in range(years):
        cents += int(cents * rate + 0.5)
    return cents


def main():
    values = [i % 13 if i % 3 else (i % 7) * 0.5 for i in range(ROUNDS)]
    mean, variance = mean_and_variance(values)
    money = 0
    for i in range(ROUNDS // 20):
        money += interest(10000 + i, 0.03, 12)
    half = 0
    for v in values:
        half += v // 2 + round(v * 1.5)
    print("%.9f %.9f %d %r" % (mean, variance, money, half))


if __name__ == "__main__":
    main()
