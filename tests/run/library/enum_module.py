# Enumerations and flags.
import enum
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()


print(list(Color), Color.RED, repr(Color.CRIMSON), Color(2), Color["RED"], Color.RED.pretty, len(Color))
print(Color.RED is Color.CRIMSON, Color.RED in Color, 2 in Color, Color.__members__)
attempt(Color, 9)
attempt(lambda: Color["BLUE"])
attempt(setattr, Color, "RED", 3)
attempt(lambda: Color.RED < Color.GREEN)
attempt(lambda: type("X", (Color,), {}))


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


print(Perm.R | Perm.X, Perm.RW, ~Perm.R, Perm.RW & Perm.W, bool(Perm.R & Perm.W), list(Perm.RW), Perm(0), Perm.R in Perm.RW)
attempt(Perm, 99)


class Level(IntEnum):
    LOW = 1
    HIGH = 10


print(Level.LOW < Level.HIGH, Level.HIGH + 1, f"{Level.LOW}", repr(Level(10)), sorted([Level.HIGH, Level.LOW]))


class Kind(StrEnum):
    A = auto()
    B = "bee"


print(Kind.A, Kind.B.upper(), Kind("bee"), f"{Kind.A:>5}")


class Mode(IntFlag):
    A = 1
    B = 4


print(Mode.A | Mode.B, Mode(5), Mode(8), Mode.A | 2, int(Mode.B))


class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


print(Planet.EARTH.mass, Planet.EARTH.value)
Animal = Enum("Animal", "CAT DOG")
print(list(Animal), Animal.DOG.value)
try:

    @unique
    class Twice(Enum):
        A = 1
        B = 1
except ValueError as e:
    print(e)


class Missing(Enum):
    X = 1

    @classmethod
    def _missing_(cls, value):
        return cls.X if value == "ex" else None


print(Missing("ex"))
attempt(Missing, "why")
print(enum.Enum.__name__, Color.RED.__class__, hash(Color.RED) == hash("RED"), {Color.RED: 1}[Color.CRIMSON])
match Color(2):
    case Color.RED:
        print("red")
    case Color.GREEN:
        print("green")
