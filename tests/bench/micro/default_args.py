"""Default and keyword arguments."""
ROUNDS = 790000


def box(width, height=2, depth=1, *, scale=1, offset=0):
    return width * height * depth * scale + offset


def area(w, h=None):
    if h is None:
        h = w
    return w * h


class Logger:
    def __init__(self, name="root", level=2):
        self.name = name
        self.level = level
        self.lines = 0

    def log(self, message, level=1, **extra):
        if level >= self.level:
            self.lines += len(message) + len(extra)


def main():
    total = 0
    logger = Logger(level=1)
    for i in range(ROUNDS):
        total += box(i % 3)
        total += box(2, depth=i % 4, scale=3)
        total += box(1, 2, offset=i)
        total += area(i % 10) + area(2, h=3)
        if i % 8 == 0:
            logger.log("tick", code=i, level=2)
    print(total, logger.lines)


if __name__ == "__main__":
    main()
