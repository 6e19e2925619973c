"""Many loops over generators of a few items: the neighbours of each cell of a grid."""
ROUNDS = 36
SIZE = 120


def neighbours(x, y, width, height):
    if x > 0:
        yield x - 1, y
    if x + 1 < width:
        yield x + 1, y
    if y > 0:
        yield x, y - 1
    if y + 1 < height:
        yield x, y + 1


def around(x, y, width, height):
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if (dx or dy) and 0 <= x + dx < width and 0 <= y + dy < height:
                yield x + dx, y + dy


def smooth(grid, width, height):
    out = []
    for y in range(height):
        row = []
        for x in range(width):
            total = 0
            for nx, ny in neighbours(x, y, width, height):
                total += grid[ny][nx]
            row.append((grid[y][x] * 4 + total) % 1009)
        out.append(row)
    return out


def peaks(grid, width, height):
    count = 0
    for y in range(0, height, 2):
        for x in range(0, width, 2):
            value = grid[y][x]
            for nx, ny in around(x, y, width, height):
                if grid[ny][nx] > value:
                    break
            else:
                count += 1
    return count


def main():
    grid = [[(x * 7 + y * 13) % 101 for x in range(SIZE)] for y in range(SIZE)]
    count = 0
    for _ in range(ROUNDS):
        grid = smooth(grid, SIZE, SIZE)
        count += peaks(grid, SIZE, SIZE)
    print(count, sum(map(sum, grid)))


if __name__ == "__main__":
    main()
