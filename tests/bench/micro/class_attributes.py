"""Class attributes, class methods and registries."""
ROUNDS = 380000


class Counter:
    total = 0
    step = 2
    registry = {}
    LIMIT = 1000

    def __init__(self, name):
        self.name = name
        self.count = 0
        Counter.registry[name] = self

    def hit(self):
        self.count += self.step
        Counter.total += 1
        if self.count > self.LIMIT:
            self.count = 0

    @classmethod
    def find(cls, name):
        return cls.registry[name]


class Fast(Counter):
    step = 5

    @classmethod
    def kind(cls):
        return cls.__name__


def main():
    Counter("a")
    Fast("b")
    size = 0
    for i in range(ROUNDS):
        Counter.find("a").hit()
        Fast.find("b").hit()
        if i % 16 == 0:
            size += len(Fast.kind())
            Counter.step = 2 + i % 3
    print(Counter.total, size, [c.count for c in Counter.registry.values()])


if __name__ == "__main__":
    main()
