"""Conway's game of life on an unbounded plane: sets, generators, string templates."""
from itertools import islice

PATTERNS = {
    "blinker": "OOO",
    "glider": ".O.\n..O\nOOO",
    "acorn": ".O.....\n...O...\nOO..OOO",
}


def cells(picture):
    return frozenset((x, y) for y, row in enumerate(picture.splitlines()) for x, ch in enumerate(row) if ch == "O")


def generations(alive):
    while True:
        yield alive
        counts = {}
        for x, y in alive:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        place = x + dx, y + dy
                        counts[place] = counts.get(place, 0) + 1
        alive = frozenset(place for place, n in counts.items() if n == 3 or n == 2 and place in alive)


def show(alive):
    if not alive:
        return "(empty)"
    xs, ys = zip(*alive)
    return "\n".join(
        "".join("O" if (x, y) in alive else "." for x in range(min(xs), max(xs) + 1)) for y in range(min(ys), max(ys) + 1)
    )


def period(alive, limit=60):
    """Steps until the same shape returns, and how far it has moved."""
    def normal(alive):
        left, top = min(x for x, _ in alive), min(y for _, y in alive)
        return frozenset((x - left, y - top) for x, y in alive), (left, top)

    shape, (x0, y0) = normal(alive)
    for n, state in enumerate(islice(generations(alive), 1, limit), 1):
        again, (x, y) = normal(state)
        if again == shape:
            return n, (x - x0, y - y0)
    return None


for name, picture in PATTERNS.items():
    alive = cells(picture)
    print(f"{name}: {len(alive)} cells, period {period(alive)}")
    for n, state in islice(enumerate(generations(alive)), 0, 5, 2):
        print(f"generation {n}:\n{show(state)}")
sizes = [len(state) for state in islice(generations(cells(PATTERNS["acorn"])), 300)]
print("acorn:", sizes[::30], "max", max(sizes))
