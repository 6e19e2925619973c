"""A stack machine whose instructions are matched."""
ROUNDS = 93000


def run(program, n):
    stack = []
    pc = 0
    memory = {"n": n, "acc": 0}
    while True:
        op = program[pc]
        pc += 1
        match op:
            case ("push", value):
                stack.append(value)
            case ("load", name):
                stack.append(memory[name])
            case ("store", name):
                memory[name] = stack.pop()
            case ("add",):
                b = stack.pop()
                stack[-1] += b
            case ("sub",):
                b = stack.pop()
                stack[-1] -= b
            case ("jump", target):
                pc = target
            case ("jz", target):
                if stack.pop() == 0:
                    pc = target
            case ("halt",):
                return memory["acc"]
            case _:
                raise ValueError(op)


PROGRAM = [
    ("load", "n"), ("jz", 11),
    ("load", "acc"), ("load", "n"), ("add",), ("store", "acc"),
    ("load", "n"), ("push", 1), ("sub",), ("store", "n"),
    ("jump", 0),
    ("halt",),
]


def classify(token):
    match token:
        case "if" | "while" | "for":
            return 1
        case str() if token.isdigit():
            return 2
        case str():
            return 3
        case int(x) if x < 0:
            return 4
        case [first, *rest]:
            return 5 + len(rest)
        case {"kind": kind}:
            return 9
        case None:
            return 10
    return 0


def main():
    total = 0
    tokens = ["if", "12", "name", -4, [1, 2, 3], {"kind": "x"}, None, 4.5, 17, "for"]
    for i in range(ROUNDS):
        if i % 10 == 0:
            total += run(PROGRAM, i % 20)
        for token in tokens:
            total += classify(token)
    print(total)


if __name__ == "__main__":
    main()
