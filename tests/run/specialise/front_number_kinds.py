"""Functions without a frame of their own that read a number twice, which is an int where a float was likely."""
value = 14


def large():
    before = value
    x = 9007199254740992.0
    x += (value - before)
    return x * 1e10


def small():
    before = value
    x = 2.5
    x += (value - before)
    return x * 2


def both(a, b):
    x = 0.5
    x += (a - b) + (a + b)
    return x - a


def main():
    global value
    for i in range(3):
        print(large(), small(), both(i, 2), both(1.5, i), both(i, 0.25))
        value = i - i
    value = 2.5
    print(large(), small())
    value = 1 << 70
    print(large(), small(), both(value, 1))


main()
