# A number that one edge passes twice: as an object, and as a local variable that only a traceback shows.
import sys


def ints(point, node=0):
    node += 5
    for i in range(6):
        point += node & 1023
        update = point
    return point // (i - 5)


def floats(point, node=0.0):
    node += 0.5
    for i in range(6):
        point += node
        update = point
    raise ValueError(point)


def late(point, node, kind):
    for i in range(4):
        point += node
        update = point
        if i == 3:
            point += kind
    return i


def shown(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        frame = error.__traceback__.tb_next.tb_frame
        print(type(error).__name__, sorted(frame.f_locals.items()))


for start in (3, 2.5, True, 1 << 61, 1e300, -0.0):
    shown(ints, start)
    shown(floats, start)
    shown(floats, start, 7)
    shown(late, start, 1.5, "x")
    shown(late, start, 1, None)
    shown(late, start, 2, 0.25)
