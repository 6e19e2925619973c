"""Exceptions as early exit from nested searches."""
ROUNDS = 150000


class Found(Exception):
    def __init__(self, row, col):
        super().__init__(row, col)
        self.row = row
        self.col = col


def search(grid, wanted):
    for r, row in enumerate(grid):
        for c, value in enumerate(row):
            if value == wanted:
                raise Found(r, c)


def position(grid, wanted):
    try:
        search(grid, wanted)
    except Found as found:
        return found.row * 100 + found.col
    return -1


def first_negative(values):
    for value in values:
        if value < 0:
            raise ValueError("negative value: %d" % value)
    return 0


def main():
    grid = [[r * 8 + c for c in range(8)] for r in range(8)]
    total = 0
    caught = 0
    for i in range(ROUNDS):
        total += position(grid, i % 70)
        try:
            first_negative((3, 1, i % 5 - 1, 7))
        except ValueError:
            caught += 1
        finally:
            total += 1
    print(total, caught)


if __name__ == "__main__":
    main()
