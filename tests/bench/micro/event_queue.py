"""Callbacks and bound methods stored in lists and dicts."""
ROUNDS = 510000


class Bus:
    def __init__(self):
        self.handlers = {}

    def on(self, name, handler):
        self.handlers.setdefault(name, []).append(handler)

    def emit(self, name, *args):
        for handler in self.handlers.get(name, ()):
            handler(*args)


class Meter:
    def __init__(self):
        self.sum = 0
        self.last = None

    def record(self, value):
        self.sum += value
        self.last = value


def main():
    bus = Bus()
    meters = [Meter() for _ in range(3)]
    log = []
    bus.on("value", meters[0].record)
    bus.on("value", meters[1].record)
    bus.on("other", meters[2].record)
    bus.on("other", lambda value: log.append(value) if value % 100 == 0 else None)
    table = {"inc": lambda s: s + 1, "dec": lambda s: s - 1, "dbl": lambda s: s * 2 % 1000}
    names = ["inc", "dbl", "dec", "inc"]
    state = 0
    for i in range(ROUNDS):
        bus.emit("value", i)
        bus.emit("other", i * 2)
        bus.emit("nobody", i)
        state = table[names[i % 4]](state)
    print([m.sum for m in meters], len(log), state, meters[1].last)


if __name__ == "__main__":
    main()
