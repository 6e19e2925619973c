"""Sorting with key functions: by attribute, by tuple, reversed, stable."""
ROUNDS = 270


class Person:
    def __init__(self, name, age, town):
        self.name = name
        self.age = age
        self.town = town


TOWNS = ["Oslo", "Bergen", "Paris", "Lyon", "Graz"]


def main():
    people = []
    seed = 7
    for i in range(2000):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        people.append(Person("p%04d" % (seed % 5000), seed % 90, TOWNS[(seed >> 8) % 5]))
    check = 0
    for _ in range(ROUNDS):
        by_age = sorted(people, key=lambda p: p.age)
        by_place = sorted(people, key=lambda p: (p.town, -p.age, p.name))
        people.sort(key=lambda p: p.name, reverse=True)
        check += by_age[100].age + by_place[500].age + people[3].age
    print(check, by_place[0].name, by_place[-1].town, min(people, key=lambda p: (p.age, p.name)).name)


if __name__ == "__main__":
    main()
