"""A text grows by += in a loop."""
ROUNDS = 110


def encode(data):
    out = ""
    run = 1
    for i in range(1, len(data) + 1):
        if i < len(data) and data[i] == data[i - 1]:
            run += 1
        else:
            if run > 1:
                out += str(run)
            out += data[i - 1]
            run = 1
    return out


def main():
    text = ""
    for i in range(20000):
        text += "abcd"[(i * i // 7) % 4]
        if i % 3 == 0:
            text += text[-1]
    size = 0
    for _ in range(ROUNDS):
        packed = encode(text)
        size += len(packed)
    print(len(text), size, packed[:40])


if __name__ == "__main__":
    main()
