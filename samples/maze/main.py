"""Makes mazes with a linear congruential generator and finds the shortest way through them."""
from collections import deque
import heapq


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]


def make(width, height, seed):
    """Grid of booleans, True is wall; made by a depth-first walk with an explicit stack."""
    random = Random(seed)
    grid = [[True] * (2 * width + 1) for _ in range(2 * height + 1)]
    stack = [(0, 0)]
    grid[1][1] = False
    while stack:
        x, y = stack[-1]
        options = [(x + dx, y + dy) for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        random.shuffle(options)
        for nx, ny in options:
            if 0 <= nx < width and 0 <= ny < height and grid[2 * ny + 1][2 * nx + 1]:
                grid[y + ny + 1][x + nx + 1] = False
                grid[2 * ny + 1][2 * nx + 1] = False
                stack.append((nx, ny))
                break
        else:
            stack.pop()
    return grid


def neighbours(grid, place):
    x, y = place
    for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        if not grid[y + dy][x + dx]:
            yield x + dx, y + dy


def breadth_first(grid, start, goal):
    came = {start: None}
    queue = deque([start])
    while queue:
        place = queue.popleft()
        if place == goal:
            break
        for other in neighbours(grid, place):
            if other not in came:
                came[other] = place
                queue.append(other)
    path = []
    place = goal if goal in came else None
    while place is not None:
        path.append(place)
        place = came[place]
    return path[::-1], len(came)


def a_star(grid, start, goal):
    def distance(place):
        return abs(place[0] - goal[0]) + abs(place[1] - goal[1])

    best = {start: 0}
    heap = [(distance(start), 0, start)]
    seen = 0
    while heap:
        _, steps, place = heapq.heappop(heap)
        seen += 1
        if place == goal:
            return steps, seen
        for other in neighbours(grid, place):
            if steps + 1 < best.get(other, float("inf")):
                best[other] = steps + 1
                heapq.heappush(heap, (steps + 1 + distance(other), steps + 1, other))
    return None, seen


def draw(grid, path):
    way = set(path)
    for y, row in enumerate(grid):
        print("".join("█" if wall else "·" if (x, y) in way else " " for x, wall in enumerate(row)).rstrip())


for width, height, seed in ((12, 6, 2024), (20, 5, 7)):
    maze = make(width, height, seed)
    start, goal = (1, 1), (2 * width - 1, 2 * height - 1)
    path, reached = breadth_first(maze, start, goal)
    draw(maze, path)
    steps, expanded = a_star(maze, start, goal)
    assert steps == len(path) - 1
    print(f"{width}x{height}: {steps} steps; breadth first reached {reached}, A* expanded {expanded}")
big = make(120, 80, 99)
path, reached = breadth_first(big, (1, 1), (239, 159))
print(len(path), reached, a_star(big, (1, 1), (239, 159)), path[len(path) // 2])
walled = [[True] * 5, [True, False, True, False, True], [True] * 5]
print(breadth_first(walled, (1, 1), (3, 1)), a_star(walled, (1, 1), (3, 1)))
