"""bytes and bytearray: checksum, xor cipher, run-length packing, sieve."""
ROUNDS = 100


def crc(data, table):
    c = 0xFFFFFFFF
    for b in data:
        c = table[(c ^ b) & 0xFF] ^ (c >> 8)
    return c ^ 0xFFFFFFFF


def make_table():
    table = []
    for n in range(256):
        c = n
        for _ in range(8):
            c = 0xEDB88320 ^ (c >> 1) if c & 1 else c >> 1
        table.append(c)
    return table


def cipher(data, key):
    out = bytearray(len(data))
    for i in range(len(data)):
        out[i] = data[i] ^ key[i % len(key)]
    return bytes(out)


def sieve(n):
    flags = bytearray([1]) * (n + 1)
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = 0
    return sum(flags) - 2


def main():
    table = make_table()
    data = bytes((i * 31 + 7) & 255 for i in range(8000))
    total = 0
    for k in range(ROUNDS):
        secret = cipher(data, b"key %d" % k)
        total ^= crc(secret, table)
        total += sieve(20000)
        buffer = bytearray()
        for b in secret[:2000]:
            buffer.append(b)
            if b > 250:
                buffer += b"\x00\x01"
        total += len(buffer) + buffer.count(b"\x00")
    print(total)


if __name__ == "__main__":
    main()
