"""Floats that a loop binds before it reads them: unbound at first, of other types, special, and seen in frames."""


def frame_of(f, *args):
    try:
        f(*args)
    except Exception as e:
        tb = e.__traceback__
        while tb.tb_next:
            tb = tb.tb_next
        return type(e).__name__, {k: v for k, v in sorted(tb.tb_frame.f_locals.items()) if k not in ("xs", "e")}


def plain(xs):
    for x in xs:
        a = x * 0.5
        b = a / (x - 3.0)
        c = b + a
    return c


def nested(xs):
    for i in range(len(xs)):
        x = xs[i]
        for j in range(i, len(xs)):
            d = x - xs[j] * 2.0
            q = 1.0 / d
            r = q * d
    return i, j, d, q, r


def changing(xs):
    for x in xs:
        if x == 2.0:
            y = "text"
        elif x == 4.0:
            y = 7
        else:
            y = x * 1.5
        z = 1.0 / (x - 5.0)
    return y, z


def deleting(xs):
    for x in xs:
        t = x * 2.0
        u = t - 1.0
        if u > 4.0:
            del t
            1.0 / (u - u)
        del u
    return t


def late(xs):
    total = 0.0
    for x in xs:
        total += x
        if x > 2.0:
            half = x / 2.0
            if x > 4.0:
                raise ValueError(half)
    return half


def unbound(xs):
    for x in xs:
        if x > 10.0:
            v = x * 2.0
        w = x * 3.0
    return w, v


def special(xs):
    out = []
    for x in xs:
        y = x * 1.0
        z = -y
        out.append((y, z))
    return out, y, z


def step(xs):
    while True:
        for x in xs:
            y = x * 2.0
            z = y + 1.0
            if z > 100.0:
                return y, z
        xs = [z, y]


for first in (1.0, 3.0):
    print(frame_of(plain, [first, 2.0, 3.0, 4.0]))
print(plain([1.0, 2.0, 4.0]), plain([1, 2, 4]))
print(frame_of(nested, [1.0, 2.0, 3.0, 4.0]), frame_of(nested, [4.0, 3.0, 2.0, 1.0]), nested([1.0, 5.0, 7.5]))
print(frame_of(changing, [1.0, 2.0, 3.0, 4.0, 5.0]), changing([1.0, 2.0, 4.0]), changing([4.0, 1.0]))
print(frame_of(changing, [1.0, 2.0, 5.0]))
print(frame_of(deleting, [1.0, 2.0, 3.0]), deleting([1.0, 2.0]))
print(frame_of(late, [1.0, 2.0]), frame_of(late, [1.0, 3.0, 5.0]), frame_of(late, [1.0, 5.0]), late([3.0, 1.0]))
print(frame_of(unbound, [1.0, 2.0]), unbound([1.0, 11.0, 2.0]))
inf = float("inf")
values = [0.0, -0.0, inf, -inf, inf - inf, 1e-320, 1e300, 5e-324, 1.7e308, 2.0 ** -255, 2.0 ** 257, 2.0 ** 769, 2.0 ** -700]
print(special(values))
print(special([1e300, 1e-320]))
print(step([1.0, 2.0]))
