"""collections: Counter, defaultdict, OrderedDict; itertools chains."""
from collections import Counter, OrderedDict, defaultdict
from itertools import accumulate, chain, combinations, count, groupby, islice, product

ROUNDS = 1700


def main():
    words = ["w%d" % ((i * i) % 83) for i in range(800)]
    total = 0
    for k in range(ROUNDS):
        counter = Counter(words)
        total += counter.most_common(1)[0][1]
        by_length = defaultdict(list)
        for word in words:
            by_length[len(word)].append(word)
        total += sum(len(v) for v in by_length.values())
        recent = OrderedDict()
        for word in words[:200]:
            recent[word] = True
            recent.move_to_end(word)
        total += len(recent)
        total += sum(a * b for a, b in combinations(range(20), 2))
        total += sum(1 for _, group in groupby(words, key=len) for _ in group)
        total += sum(islice(accumulate(count(k)), 50)) + sum(1 for _ in chain(words, range(50)))
        total += len([1 for a, b in product(range(12), repeat=2) if a ^ b > k % 8])
    print(total)


if __name__ == "__main__":
    main()
