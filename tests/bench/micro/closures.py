"""Counters and adders made by closures; functions composed from functions."""
ROUNDS = 810000


def make_counter(step):
    count = 0

    def bump(times):
        nonlocal count
        count += step * times
        return count

    return bump


def compose(f, g):
    return lambda x: f(g(x))


def adder(n):
    def add(x):
        return x + n
    return add


def main():
    one = make_counter(1)
    three = make_counter(3)
    plus = compose(adder(5), adder(-2))
    total = 0
    for i in range(ROUNDS):
        one(1)
        total += three(2) - plus(i)
        if i % 4 == 0:
            local = adder(i)
            total += local(1)
    print(one(0), three(0), total)


if __name__ == "__main__":
    main()
