"""Powers of floats: what is finite is C's, the rest has errors and complex numbers."""
import math


def powers(xs, ys):
    out = []
    for x in xs:
        for y in ys:
            try:
                out.append(x ** y)
            except (ZeroDivisionError, OverflowError) as e:
                out.append(str(e))
    return out


vals = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 1e200, -1e200, 1e-200, math.inf, -math.inf, math.nan, 0.1]
print(powers(vals, vals))
print(powers(vals, [0, 1, 2, 3, -1, 2**60]))


def squares(xs):
    t = 0
    for x in xs:
        t += x ** 2 + x ** 3
    return t


print(squares([1, 2, 3]), squares([1.5, 2]), squares([True]), squares([1 << 40]), squares([2.5, 1 << 70]))


def mixed(a, b):
    return (a - b) ** 2 + a ** 0.5 + b ** -1.5 + 2.0 ** a


print(mixed(3.0, 1.5), mixed(4, 2))
try: mixed(3.0, 0.0)
except Exception as e: print(repr(e))
try: print(mixed(-3.0, 0.5))
except Exception as e: print(repr(e))
try: print(mixed(5000.0, 0.5))
except Exception as e: print(repr(e))
