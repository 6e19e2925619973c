"""Several results returned as a tuple and unpacked."""
ROUNDS = 470000


def divide(a, b):
    return a // b, a % b


def gcd_ext(a, b):
    if b == 0:
        return a, 1, 0
    g, x, y = gcd_ext(b, a % b)
    return g, y, x - (a // b) * y


def minmax(values):
    low = high = values[0]
    for v in values:
        if v < low:
            low = v
        elif v > high:
            high = v
    return low, high


def main():
    total = 0
    for i in range(1, ROUNDS):
        q, r = divide(i * 7, 13)
        g, x, y = gcd_ext(i, 36)
        low, high = minmax((q, r, g, x))
        total += q - r + g + low + high + y
    print(total)


if __name__ == "__main__":
    main()
