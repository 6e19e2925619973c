"""Ints that grow past a machine word in the loop: hashes, factorials, Fibonacci."""
ROUNDS = 840000


def fnv(data):
    h = 14695981039346656037
    for b in data:
        h ^= b
        h = (h * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return h


def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def lcg(n):
    x = 1
    s = 0
    for _ in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        s += x >> 33
    return s


def main():
    data = bytes(range(256))
    h = 0
    for i in range(ROUNDS // 512):
        h = (h * 3 + fnv(data)) % (1 << 61)
    big = 0
    for i in range(ROUNDS // 1000):
        big += fib(300 + i % 7)
    print(h, big % 1000000007, lcg(ROUNDS))


if __name__ == "__main__":
    main()
