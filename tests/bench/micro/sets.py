"""Set operations: graph search, unions, intersections, word sets."""
ROUNDS = 880


def reachable(graph, start):
    seen = {start}
    todo = [start]
    while todo:
        node = todo.pop()
        for other in graph[node]:
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def main():
    graph = {i: [(i * 7 + 1) % 700, (i * 3 + 2) % 700, (i + 1) % 350 if i < 350 else i] for i in range(700)}
    words = [frozenset("abcdefgh"[j] for j in range(8) if (i >> j) & 1) for i in range(256)]
    total = 0
    for k in range(ROUNDS):
        a = reachable(graph, k % 700)
        b = {x for x in range(0, 700, k % 5 + 2)}
        total += len(a & b) + len(a | b) - len(a - b) + len(a ^ b)
        wanted = words[(k * 37) % 256]
        total += sum(1 for w in words if w <= wanted)
        total += len({w & wanted for w in words})
    print(total)


if __name__ == "__main__":
    main()
