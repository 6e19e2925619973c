"""deque, heapq and bisect: breadth-first search, shortest paths, running median."""
from bisect import bisect_left, insort
from collections import deque
from heapq import heappop, heappush

ROUNDS = 140


def bfs(width, height, start):
    distance = {start: 0}
    queue = deque([start])
    while queue:
        x, y = queue.popleft()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            nx, ny = x + dx, y + dy
            if 0 <= nx < width and 0 <= ny < height and (nx * 3 + ny * 5) % 7 and (nx, ny) not in distance:
                distance[nx, ny] = distance[x, y] + 1
                queue.append((nx, ny))
    return max(distance.values()) + len(distance)


def shortest(graph, start):
    best = {start: 0}
    heap = [(0, start)]
    while heap:
        d, node = heappop(heap)
        if d > best[node]:
            continue
        for other, cost in graph[node]:
            total = d + cost
            if other not in best or total < best[other]:
                best[other] = total
                heappush(heap, (total, other))
    return sum(best.values())


def median(values):
    ordered = []
    total = 0
    for v in values:
        insort(ordered, v)
        total += ordered[len(ordered) // 2]
    return total + bisect_left(ordered, 500)


def main():
    graph = {i: [((i * 7 + 3) % 400, i % 9 + 1), ((i + 1) % 400, 4), ((i * 13) % 400, 11)] for i in range(400)}
    values = [(i * 7919) % 1009 for i in range(1200)]
    total = 0
    for k in range(ROUNDS):
        total += bfs(40, 40, (1, k % 40))
        total += shortest(graph, k % 400)
        total += median(values)
    print(total)


if __name__ == "__main__":
    main()
