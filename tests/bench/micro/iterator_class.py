"""Iterator classes with __iter__ and __next__."""
ROUNDS = 2200000


class Countdown:
    def __init__(self, start):
        self.n = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Pairs:
    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items) // 2

    def __getitem__(self, i):
        if i >= len(self):
            raise IndexError(i)
        return self.items[2 * i] + self.items[2 * i + 1]


class Window:
    def __init__(self, items, size):
        self.items = items
        self.size = size

    def __iter__(self):
        for i in range(len(self.items) - self.size + 1):
            yield self.items[i:i + self.size]


def main():
    total = 0
    for i in range(ROUNDS // 100):
        for n in Countdown(100):
            total += n
        total += sum(Pairs(list(range(i % 60))))
        for a, b, c in Window([i, 1, 2, 3, 4, 5, 6], 3):
            total += a * b - c
        total += max(Countdown(30))
    print(total)


if __name__ == "__main__":
    main()
