"""Dicts iterated by keys, values and items; inverted, merged, grouped, nested."""
ROUNDS = 4300


def invert(table):
    out = {}
    for key, value in table.items():
        out.setdefault(value, []).append(key)
    return out


def main():
    stock = {"item%03d" % i: i % 37 for i in range(400)}
    prices = {"item%03d" % i: (i * 7) % 91 for i in range(0, 400, 2)}
    total = 0
    for k in range(ROUNDS):
        for name in stock:
            if name in prices:
                total += stock[name] * prices[name]
        for value in prices.values():
            total += value
        groups = invert(stock)
        for value, names in groups.items():
            total += value * len(names)
        merged = {**stock, **prices}
        merged.update(extra=k)
        total += len(merged) + max(merged.values())
        nested = {}
        for i, name in enumerate(prices):
            nested.setdefault(i % 5, {})[name] = i
        total += len(nested[2])
        del stock["item%03d" % (k % 400)]
        stock["item%03d" % (k % 400)] = k % 37
    print(total)


if __name__ == "__main__":
    main()
