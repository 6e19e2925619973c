"""An expression tree evaluated by isinstance tests."""
ROUNDS = 5400


class Num:
    def __init__(self, value):
        self.value = value


class Var:
    def __init__(self, name):
        self.name = name


class Bin:
    def __init__(self, op, left, right):
        self.op = op
        self.left = left
        self.right = right


def evaluate(node, env):
    if isinstance(node, Num):
        return node.value
    if isinstance(node, Var):
        return env[node.name]
    if isinstance(node, Bin):
        a = evaluate(node.left, env)
        b = evaluate(node.right, env)
        if node.op == "+":
            return a + b
        if node.op == "-":
            return a - b
        if node.op == "*":
            return a * b
    raise TypeError(node)


def build(depth, k):
    if depth == 0:
        return Num(k % 7) if k % 2 else Var("xyz"[k % 3])
    return Bin("+-*"[k % 3] if depth < 4 else "+", build(depth - 1, k * 2 + 1), build(depth - 1, k * 3))


def main():
    tree = build(8, 5)
    total = 0
    for i in range(ROUNDS):
        total += evaluate(tree, {"x": i % 10, "y": 2, "z": i % 3})
    print(total)


if __name__ == "__main__":
    main()
