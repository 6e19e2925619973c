"""Random choices that are the same under every Python: the programs of a seed never change with the version that makes them."""

MASK = (1 << 64) - 1


class Rand:
    """xorshift64* (Vigna 2014); `seed` is any int."""

    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) & MASK or 1
        for _ in range(4):
            self.next()

    def next(self):
        x = self.state
        x ^= x >> 12
        x ^= (x << 25) & MASK
        x ^= x >> 27
        self.state = x
        return (x * 0x2545F4914F6CDD1D & MASK) >> 16

    def below(self, n):
        return self.next() % n

    def between(self, low, high):
        """Both ends are possible."""
        return low + self.below(high - low + 1)

    def chance(self, percent):
        return self.below(100) < percent

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, table):
        """`table` holds (weight, value); a value of weight 0 is never taken."""
        at = self.below(sum(weight for weight, _ in table))
        for weight, value in table:
            if at < weight:
                return value
            at -= weight
        raise AssertionError("weights")
