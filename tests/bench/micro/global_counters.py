"""Global variables changed by functions."""
ROUNDS = 1000000

hits = 0
misses = 0
table = [0] * 64
state = 1


def rand():
    global state
    state = (state * 1664525 + 1013904223) % 4294967296
    return state >> 16


def visit(i):
    global hits, misses
    slot = rand() % 64
    if table[slot] == i % 64:
        hits += 1
    else:
        misses += 1
        table[slot] = i % 64


def main():
    for i in range(ROUNDS):
        visit(i)
    print(hits, misses, sum(table), state)


if __name__ == "__main__":
    main()
