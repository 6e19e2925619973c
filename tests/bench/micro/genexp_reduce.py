"""any, all, sum, max, min over generator expressions."""
ROUNDS = 28000


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n ** 0.5) + 1))


def main():
    primes = [n for n in range(ROUNDS) if is_prime(n)]
    total = 0
    values = [(i * 7919) % 1013 for i in range(200)]
    for i in range(ROUNDS):
        if any(v == i for v in values):
            total += 1
        if i % 4 == 0:
            total += sum(v * 2 for v in values if v > i)
            total += max(v ^ i for v in values)
            total -= min((v - i) ** 2 for v in values[:50])
    print(len(primes), total)


if __name__ == "__main__":
    main()
