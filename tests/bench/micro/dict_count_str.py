"""Words are counted in a dict, the most frequent ones sorted out."""
ROUNDS = 60

WORDS = ("the quick brown fox jumps over the lazy dog and then some other dog chases the quick fox "
         "around the old oak tree until night falls over the quiet hills").split()


def count(words):
    counts = {}
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts


def count_get(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + len(word)
    return counts


def main():
    words = []
    seed = 12345
    for i in range(40000):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        words.append(WORDS[seed % len(WORDS)])
    check = 0
    for _ in range(ROUNDS):
        first = count(words)
        second = count_get(words)
        check += first["the"] + second["quick"]
    top = sorted(first.items(), key=lambda item: (-item[1], item[0]))[:3]
    print(check, top)


if __name__ == "__main__":
    main()
