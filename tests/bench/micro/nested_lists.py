"""Game of life on a list of lists."""
ROUNDS = 320
SIZE = 64


def step(grid):
    rows = len(grid)
    cols = len(grid[0])
    new = []
    for r in range(rows):
        up = grid[r - 1]
        here = grid[r]
        down = grid[(r + 1) % rows]
        line = []
        for c in range(cols):
            right = (c + 1) % cols
            alive = (up[c - 1] + up[c] + up[right] + here[c - 1] + here[right]
                     + down[c - 1] + down[c] + down[right])
            line.append(1 if alive == 3 or (alive == 2 and here[c]) else 0)
        new.append(line)
    return new


def main():
    grid = [[0] * SIZE for _ in range(SIZE)]
    seed = 3
    for _ in range(SIZE * SIZE // 3):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        grid[(seed >> 8) % SIZE][(seed >> 16) % SIZE] = 1
    born = 0
    for _ in range(ROUNDS):
        grid = step(grid)
        born += sum(grid[_ % SIZE])
    print(born, sum(sum(row) for row in grid), grid[3][:10])


if __name__ == "__main__":
    main()
