"""Bit operations: population counts, subsets, bit boards, Gray codes."""
ROUNDS = 280000


def popcount(x):
    n = 0
    while x:
        x &= x - 1
        n += 1
    return n


def reverse_bits(x, width):
    r = 0
    for _ in range(width):
        r = (r << 1) | (x & 1)
        x >>= 1
    return r


def queens(n, columns=0, left=0, right=0, row=0):
    if row == n:
        return 1
    count = 0
    free = ((1 << n) - 1) & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        count += queens(n, columns | bit, (left | bit) << 1, (right | bit) >> 1, row + 1)
    return count


def main():
    total = 0
    for i in range(ROUNDS):
        gray = i ^ (i >> 1)
        total += popcount(gray)
        if i % 4 == 0:
            total ^= reverse_bits(i, 16)
    mask = 0b101101101
    sub = mask
    while sub:
        total += sub
        sub = (sub - 1) & mask
    print(total, queens(7), ~total & 0xFF, (1 << 40) >> 37)


if __name__ == "__main__":
    main()
