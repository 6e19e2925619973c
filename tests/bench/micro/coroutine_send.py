"""Generators driven by send(): averages, a small scheduler."""
ROUNDS = 2400000


def averager():
    total = 0.0
    count = 0
    average = None
    while True:
        value = yield average
        total += value
        count += 1
        average = total / count


def worker(name, steps, log):
    done = 0
    while done < steps:
        budget = yield name
        done += budget
    log.append((name, done))


def schedule(count, steps):
    log = []
    tasks = [worker("task%d" % i, steps + i, log) for i in range(count)]
    for task in tasks:
        next(task)
    turn = 0
    while tasks:
        task = tasks.pop(0)
        turn += 1
        try:
            task.send(turn % 3 + 1)
        except StopIteration:
            continue
        tasks.append(task)
    return turn + len(log)


def main():
    a = averager()
    next(a)
    average = 0
    for i in range(ROUNDS):
        average = a.send(i % 100)
    turns = schedule(20, ROUNDS // 25)
    print("%.6f %d" % (average, turns))


if __name__ == "__main__":
    main()
