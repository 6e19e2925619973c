"""f-strings with and without format specs."""
ROUNDS = 180000


class Item:
    def __init__(self, name, price, count):
        self.name = name
        self.price = price
        self.count = count

    def __repr__(self):
        return f"Item({self.name!r}, {self.price})"


def line(item, width):
    return f"{item.name:<{width}}|{item.price:8.2f}|{item.count:>5d}|{item.price * item.count:10.1f}"


def main():
    items = [Item(f"thing {i}", i * 1.25, i % 9) for i in range(20)]
    size = 0
    for i in range(ROUNDS):
        item = items[i % 20]
        size += len(line(item, 12))
        size += len(f"{i}: {item.name} x{item.count}")
        if i % 5 == 0:
            size += len(f"{item!r} {i:#06x} {i:,} {i % 7}")
    print(size, line(items[7], 10))


if __name__ == "__main__":
    main()
