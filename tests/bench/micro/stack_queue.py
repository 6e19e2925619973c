"""Lists as stacks and queues: flood fill, shunting-yard, round robin."""
ROUNDS = 350


def flood(grid, x, y):
    size = len(grid)
    stack = [(x, y)]
    filled = 0
    while stack:
        x, y = stack.pop()
        if x < 0 or y < 0 or x >= size or y >= size or grid[y][x]:
            continue
        grid[y][x] = 2
        filled += 1
        stack.append((x + 1, y))
        stack.append((x - 1, y))
        stack.append((x, y + 1))
        stack.append((x, y - 1))
    return filled


LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2}


def evaluate(tokens):
    output = []
    ops = []

    def apply():
        op = ops.pop()
        b = output.pop()
        a = output.pop()
        if op == "+":
            output.append(a + b)
        elif op == "-":
            output.append(a - b)
        elif op == "*":
            output.append(a * b)
        else:
            output.append(a // b)

    for token in tokens:
        if token in LEVEL:
            while ops and ops[-1] != "(" and LEVEL[ops[-1]] >= LEVEL[token]:
                apply()
            ops.append(token)
        elif token == "(":
            ops.append(token)
        elif token == ")":
            while ops[-1] != "(":
                apply()
            ops.pop()
        else:
            output.append(int(token))
    while ops:
        apply()
    return output[-1]


def main():
    tokens = "( 3 + 4 ) * 5 - 6 / ( 1 + 2 ) + 7 * ( 8 - 2 * 3 )".split()
    total = 0
    for k in range(ROUNDS):
        grid = [[1 if (x * 5 + y * 3) % 11 == 0 else 0 for x in range(40)] for y in range(40)]
        total += flood(grid, 1, k % 40)
        for _ in range(30):
            total += evaluate(tokens)
        queue = list(range(40))
        while len(queue) > 1:
            queue.append(queue.pop(0))
            queue.pop(0)
        total += queue[0]
    print(total)


if __name__ == "__main__":
    main()
