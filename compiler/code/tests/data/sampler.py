"""Constants and instructions of many kinds."""
import os.path as p
from math import (sin as sine, cos)

NUMBERS = (0, -1, 255, 256, 2**31, -2**63, 2**63, 10**40, -10**40, 1.5, -0.0, 1e300, 2j, 3 - 0.0j)
TEXT = ("plain", "it's", 'both \' and "', "tab\t\x07", "é", "日本", "\ud800 alone", "\U0001f600", b"by\x00\xff'tes")
OTHER = (None, True, False, ..., (), ((1, 2), ("a",)), "x"[:2])


def generator(a, /, b, *args, c=1, **kwargs):
    try:
        for x in args:
            if x in {1, 2, 3}:
                yield x
            elif x is None or not b:
                continue
            while a < c <= x:
                c += yield from generator(a, b)
        else:
            return lambda q: (a, kwargs, q)
    except (ValueError, TypeError) as error:
        raise RuntimeError(f"{error!r:>{c}} {a=}") from error
    finally:
        del c


class Point[T](object):
    x: int = 0
    __slots__ = ("y",)

    def __init__(self, y: T):
        super().__init__()
        self.y = y

    async def walk(self):
        async with self as s, s:
            async for item in s:
                print(*[i for i in item if i], sep=", ", **{"end": ""})
        return await self[1:2]

    def match(self, other):
        match other:
            case Point(x=0, y=[1, *rest]) if rest:
                return rest
            case {"k": v, **more}:
                return v, more
            case "a" | "b" | None:
                assert other, "no"
        with open(other) as f:
            f.data[0], f.n = f.n, not f.data


try:
    pass
except* OSError:
    x = y = 1
type Alias = int | str
print(t"{x} and {y!s:>3}")
