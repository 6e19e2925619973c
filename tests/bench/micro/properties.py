"""Properties with getters and setters."""
ROUNDS = 810000


class Temperature:
    def __init__(self, celsius):
        self._celsius = celsius
        self._writes = 0

    @property
    def celsius(self):
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("too cold")
        self._celsius = value
        self._writes += 1

    @property
    def fahrenheit(self):
        return self.celsius * 9 / 5 + 32

    @fahrenheit.setter
    def fahrenheit(self, value):
        self.celsius = (value - 32) * 5 / 9

    @staticmethod
    def clamp(x):
        return max(-10.0, min(40.0, x))

    @classmethod
    def zero(cls):
        return cls(0.0)


def main():
    t = Temperature.zero()
    total = 0.0
    for i in range(ROUNDS):
        t.celsius = Temperature.clamp(t.celsius + (i % 5) - 2)
        if i % 4 == 0:
            t.fahrenheit = t.fahrenheit + 1
        total += t.celsius
    print(round(total, 4), t._writes)


if __name__ == "__main__":
    main()
