"""Classes with __slots__: a doubly linked list with a hash index (an LRU cache)."""
ROUNDS = 570000


class Link:
    __slots__ = ("key", "value", "before", "after")

    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.before = self.after = None


class Cache:
    __slots__ = ("size", "index", "head", "tail", "misses")

    def __init__(self, size):
        self.size = size
        self.index = {}
        self.head = Link(None, None)
        self.tail = Link(None, None)
        self.head.after = self.tail
        self.tail.before = self.head
        self.misses = 0

    def unlink(self, link):
        link.before.after = link.after
        link.after.before = link.before

    def push(self, link):
        first = self.head.after
        link.before = self.head
        link.after = first
        self.head.after = first.before = link

    def get(self, key):
        link = self.index.get(key)
        if link is None:
            self.misses += 1
            if len(self.index) >= self.size:
                old = self.tail.before
                self.unlink(old)
                del self.index[old.key]
            link = Link(key, key * 2)
            self.index[key] = link
        else:
            self.unlink(link)
        self.push(link)
        return link.value


def main():
    cache = Cache(100)
    total = 0
    for i in range(ROUNDS):
        total += cache.get((i * i + i // 3) % 151)
    print(total, cache.misses, len(cache.index))


if __name__ == "__main__":
    main()
