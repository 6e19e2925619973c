"""Texts joined from pieces; characters mapped one by one."""
ROUNDS = 1200


def caesar(text, shift):
    out = []
    for ch in text:
        if "a" <= ch <= "z":
            out.append(chr((ord(ch) - 97 + shift) % 26 + 97))
        elif ch.isupper():
            out.append(chr((ord(ch) - 65 + shift) % 26 + 65))
        else:
            out.append(ch)
    return "".join(out)


def csv(rows):
    return "\n".join(",".join(str(cell) for cell in row) for row in rows)


def main():
    text = "The Quick brown fox, JUMPS over 13 lazy dogs! " * 30
    rows = [[i, i * 2, "name%d" % i, i % 3 == 0] for i in range(150)]
    size = 0
    for k in range(ROUNDS):
        secret = caesar(text, k % 26)
        size += len(csv(rows)) + secret.count("e")
        size += len(", ".join(["%s=%d" % (c, i) for i, c in enumerate(secret[:300])]))
    print(size, caesar(secret, 26 - (ROUNDS - 1) % 26)[:20])


if __name__ == "__main__":
    main()
