"""A small text adventure. Commands: go DIRECTION, take THING, drop THING, use THING, look, bag, quit."""
import sys


class Room:
    def __init__(self, name, text):
        self.name = name
        self.text = text
        self.exits = {}
        self.things = []
        self.locked = set()

    def connect(self, direction, other, *, locked=False):
        back = {"north": "south", "south": "north", "east": "west", "west": "east", "up": "down", "down": "up"}
        self.exits[direction] = other
        other.exits[back[direction]] = self
        if locked:
            self.locked.add(direction)

    def describe(self):
        yield f"== {self.name} =="
        yield self.text
        if self.things:
            yield "You see: " + ", ".join(sorted(self.things)) + "."
        yield "Exits: " + ", ".join(d + (" (locked)" if d in self.locked else "") for d in self.exits) + "."


class GameOver(Exception):
    pass


class Game:
    def __init__(self):
        hall = Room("Hall", "Dust lies on everything.")
        library = Room("Library", "Shelves up to the ceiling; most of the books are gone.")
        cellar = Room("Cellar", "It smells of apples.")
        vault = Room("Vault", "Gold glitters in your lamp's light.")
        hall.connect("east", library)
        hall.connect("down", cellar)
        cellar.connect("north", vault, locked=True)
        library.things += ["key", "book"]
        cellar.things += ["apple"]
        vault.things += ["crown"]
        self.here = hall
        self.bag = []
        self.moves = 0

    def say(self, *lines):
        for line in lines:
            print(line)

    def do_look(self):
        self.say(*self.here.describe())

    def do_bag(self):
        self.say("You carry " + (", ".join(self.bag) if self.bag else "nothing") + ".")

    def do_go(self, direction):
        if direction not in self.here.exits:
            self.say("There is no way " + direction + ".")
        elif direction in self.here.locked:
            self.say("It is locked.")
        else:
            self.here = self.here.exits[direction]
            self.do_look()

    def do_take(self, thing):
        try:
            self.here.things.remove(thing)
        except ValueError:
            self.say(f"There is no {thing} here.")
        else:
            self.bag.append(thing)
            self.say(f"You take the {thing}.")
            if thing == "crown":
                raise GameOver("You found the crown!")

    def do_drop(self, thing):
        if thing in self.bag:
            self.bag.remove(thing)
            self.here.things.append(thing)
            self.say("Dropped.")
        else:
            self.say(f"You have no {thing}.")

    def do_use(self, thing):
        match thing, self.here.name:
            case "key", _ if thing not in self.bag:
                self.say("You have no key.")
            case "key", "Cellar":
                self.here.locked.clear()
                self.say("The lock opens with a groan.")
            case "apple", _ if "apple" in self.bag:
                self.bag.remove("apple")
                self.say("Delicious.")
            case ("book" | "key"), _:
                self.say("Nothing happens.")
            case _:
                self.say("You cannot use that.")

    def do_quit(self):
        raise GameOver("Goodbye.")

    def command(self, line):
        verb, *words = line.lower().split()
        method = getattr(self, "do_" + verb, None)
        if method is None:
            self.say(f"I do not know how to {verb}.")
            return
        self.moves += 1
        try:
            method(*words)
        except TypeError as error:
            self.say(f"That is not how to {verb}: {error}")

    def play(self):
        self.do_look()
        try:
            while True:
                print("> ", end="", flush=True)
                line = sys.stdin.readline()
                if not line:
                    raise GameOver("You fall asleep.")
                print(line, end="")
                if line.strip():
                    self.command(line)
        except GameOver as end:
            self.say("", str(end), f"({self.moves} moves)")


Game().play()
