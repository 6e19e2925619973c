"""What is computed without references (flags, floats) lives on over a suspension, beside the function object."""
import sys


def constant():
    b = False
    b = b
    for i in range(1, 3):
        yield i
    yield b


def compared(a, n):
    big = a > n
    for i in range(n):
        yield big, i
        small = not big
        yield small
        big = small == (i == 1)


def floats(x):
    y = x * 0.5
    z = y > 1.0
    while True:
        sent = yield y, z
        if sent:
            y += sent
            z = z is not (y > 3.0)


for k in range(6):
    print(list(constant()))
    print(list(compared(k, 3)))
    g = floats(float(k))
    print(next(g), g.send(0.5), g.send(2.0), g.send(None))
    try:
        g.throw(KeyError, k)
    except KeyError as e:
        print("thrown", e)
    g = floats(3.0)
    next(g)
    g.close()
before = sys.getrefcount(constant)
for k in range(50):
    for value in constant():
        pass
    g = constant()
    next(g)
    del g
print(sys.getrefcount(constant) - before)
