"""Class hierarchy with overridden methods and super() calls."""
ROUNDS = 180000


class Animal:
    legs = 4

    def __init__(self, name, weight):
        self.name = name
        self.weight = weight
        self.energy = 10

    def eat(self, amount):
        self.energy += amount
        return self.energy

    def move(self):
        self.energy -= 1
        return self.speed() * self.legs

    def speed(self):
        return 1


class Dog(Animal):
    def __init__(self, name, weight, breed):
        super().__init__(name, weight)
        self.breed = breed

    def eat(self, amount):
        return super().eat(amount * 2)

    def speed(self):
        return 3


class Puppy(Dog):
    def __init__(self, name):
        super().__init__(name, 2, "mix")
        self.age = 0

    def move(self):
        self.age += 1
        return super().move() + self.age % 3

    def speed(self):
        return super().speed() - 1


class Bird(Animal):
    legs = 2

    def move(self):
        return super().move() * 2


def main():
    zoo = [Animal("a", 10), Dog("d", 20, "lab"), Puppy("p"), Bird("b", 1)]
    total = 0
    for i in range(ROUNDS):
        for animal in zoo:
            total += animal.move()
            if animal.energy < 5:
                total += animal.eat(3)
        if i % 10 == 0:
            zoo[2] = Puppy("p%d" % (i % 7))
    print(total, [a.energy for a in zoo])


if __name__ == "__main__":
    main()
