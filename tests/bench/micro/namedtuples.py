"""namedtuple records: made, read, replaced, sorted."""
from collections import namedtuple

ROUNDS = 620

Point = namedtuple("Point", "x y")
Trade = namedtuple("Trade", ["symbol", "price", "volume"])


def centre(points):
    n = len(points)
    return Point(sum(p.x for p in points) / n, sum(p.y for p in points) / n)


def main():
    points = [Point(i % 17, (i * 5) % 23) for i in range(600)]
    total = 0.0
    for k in range(ROUNDS):
        middle = centre(points)
        moved = [Point(p.x - middle.x, p.y - middle.y) for p in points]
        total += sum(abs(p.x) + abs(p.y) for p in moved)
        trades = [Trade("SYM%d" % (i % 5), 100 + i % 13, i) for i in range(300)]
        volume = {}
        for symbol, price, count in trades:
            volume[symbol] = volume.get(symbol, 0) + price * count
        total += volume["SYM3"] + trades[7]._replace(price=1).price
    print("%.4f" % total, middle._asdict(), max(trades))


if __name__ == "__main__":
    main()
