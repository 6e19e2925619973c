"""Floating point loops: Mandelbrot and numeric integration."""
ROUNDS = 1400


def escape(cr, ci, limit):
    zr = zi = 0.0
    for i in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return i
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


def integrate(f, a, b, n):
    h = (b - a) / n
    s = 0.5 * (f(a) + f(b))
    for i in range(1, n):
        s += f(a + i * h)
    return s * h


def main():
    inside = 0
    for y in range(ROUNDS):
        for x in range(70):
            inside += escape(-2.0 + 3.0 * x / 70, -1.2 + 2.4 * y / ROUNDS, 60)
    area = integrate(lambda x: x * x / (1.0 + x), 0.0, 2.0, ROUNDS * 1000)
    print(inside, "%.9f" % area)


if __name__ == "__main__":
    main()
