"""A tree walked by yield from."""
ROUNDS = 350


class Node:
    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None

    def insert(self, key):
        if key < self.key:
            if self.left is None:
                self.left = Node(key)
            else:
                self.left.insert(key)
        elif key > self.key:
            if self.right is None:
                self.right = Node(key)
            else:
                self.right.insert(key)

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.key
        if self.right is not None:
            yield from self.right


def main():
    root = Node(5000)
    seed = 1
    for _ in range(3000):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        root.insert(seed % 10000)
    total = 0
    last = -1
    for _ in range(ROUNDS):
        for key in root:
            if key > last:
                total += key
            last = key
    print(total, len(list(root)))


if __name__ == "__main__":
    main()
