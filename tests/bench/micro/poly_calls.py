"""One call site, five classes: shapes with an area."""
import math

ROUNDS = 3000


class Shape:
    def area(self):
        raise NotImplementedError

    def describe(self):
        return self.area() * 2


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return math.pi * self.r * self.r


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side


class Rect(Shape):
    def __init__(self, w, h):
        self.w = w
        self.h = h

    def area(self):
        return self.w * self.h


class Triangle(Shape):
    def __init__(self, base, height):
        self.base = base
        self.height = height

    def area(self):
        return 0.5 * self.base * self.height


class Unit(Square):
    def __init__(self):
        super().__init__(1)


def main():
    shapes = []
    for i in range(1000):
        kind = (i * 7 + i // 3) % 5
        if kind == 0:
            shapes.append(Circle(i % 10 + 0.5))
        elif kind == 1:
            shapes.append(Square(i % 12))
        elif kind == 2:
            shapes.append(Rect(i % 5, i % 9 + 1))
        elif kind == 3:
            shapes.append(Triangle(i % 8, 3))
        else:
            shapes.append(Unit())
    total = 0.0
    for _ in range(ROUNDS):
        for shape in shapes:
            total += shape.area()
        total += shapes[_ % 1000].describe()
    print(round(total, 3))


if __name__ == "__main__":
    main()
