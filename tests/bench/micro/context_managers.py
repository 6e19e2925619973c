"""with statements: classes and contextlib.contextmanager."""
from contextlib import contextmanager

ROUNDS = 370000


class Lock:
    def __init__(self):
        self.depth = 0
        self.entered = 0

    def __enter__(self):
        self.depth += 1
        self.entered += 1
        return self

    def __exit__(self, kind, value, traceback):
        self.depth -= 1
        return kind is KeyError


@contextmanager
def indent(out):
    out.append(1)
    try:
        yield out
    finally:
        out.pop()


def main():
    lock = Lock()
    out = []
    total = 0
    for i in range(ROUNDS):
        with lock as held:
            total += held.depth
            with lock:
                total += held.depth
        if i % 5 == 0:
            with lock:
                if i % 10 == 0:
                    raise KeyError(i)
                total += 1
        if i % 2 == 0:
            with indent(out) as levels:
                total += len(levels)
    print(total, lock.entered, lock.depth, out)


if __name__ == "__main__":
    main()
