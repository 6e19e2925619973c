"""Operator overloading: a vector and a fraction class."""
ROUNDS = 460000


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __abs__(self):
        return (self.x * self.x + self.y * self.y) ** 0.5

    def __repr__(self):
        return "Vec(%r, %r)" % (self.x, self.y)


def main():
    position = Vec(0.0, 0.0)
    velocity = Vec(1.0, 0.5)
    gravity = Vec(0.0, -0.001)
    bounces = 0
    for i in range(ROUNDS):
        position = position + velocity * 0.1
        velocity = velocity + 0.5 * gravity
        if position.y < 0.0:
            position = position - Vec(0.0, position.y)
            velocity = -velocity + Vec(2 * velocity.x, 0.0)
            bounces += 1
        if position == velocity:
            bounces += 100
    print(bounces, round(abs(position), 6), round(velocity.y, 6))


if __name__ == "__main__":
    main()
