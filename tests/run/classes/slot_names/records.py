class Point:
    __slots__ = ("x", "y")

    class Inner:
        __slots__ = ("x",)


class Sub(Point):
    pass
