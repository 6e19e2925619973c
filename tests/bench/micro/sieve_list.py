"""Prime sieve with a list of booleans; gaps between primes."""
ROUNDS = 2900000


def sieve(n):
    prime = [True] * (n + 1)
    prime[0] = prime[1] = False
    i = 2
    while i * i <= n:
        if prime[i]:
            for j in range(i * i, n + 1, i):
                prime[j] = False
        i += 1
    return [i for i, p in enumerate(prime) if p]


def twins(primes):
    count = 0
    for i in range(len(primes) - 1):
        if primes[i + 1] - primes[i] == 2:
            count += 1
    return count


def main():
    primes = sieve(ROUNDS)
    gaps = {}
    for a, b in zip(primes, primes[1:]):
        gaps[b - a] = gaps.get(b - a, 0) + 1
    print(len(primes), primes[-1], twins(primes), gaps[6])


if __name__ == "__main__":
    main()
