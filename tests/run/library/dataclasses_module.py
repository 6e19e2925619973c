# Dataclasses: their methods are made from source that the compiler foresees.
import dataclasses
from dataclasses import KW_ONLY, InitVar, asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


@dataclass
class Point:
    x: int
    y: int = 0


p = Point(1)
print(p, p == Point(1, 0), p != Point(2), Point.__match_args__, Point.__doc__, asdict(p), astuple(p), replace(p, y=5))
attempt(Point)
attempt(Point, 1, 2, 3)
attempt(hash, p)


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = field(default=0, compare=True)
    note: str = field(default="", compare=False, repr=False)


v = Version(1, 2, "n")
print(v, v < Version(2), hash(v) == hash(Version(1, 2)), {v: 1}[Version(1, 2, "other")], sorted([Version(3), Version(1, 9)]))
attempt(setattr, v, "major", 3)
attempt(delattr, v, "major")
attempt(lambda: v < 3)


@dataclass
class Base:
    name: str
    tags: list = field(default_factory=list)
    count: ClassVar[int] = 7

    def greet(self):
        return "hi " + self.name


@dataclass
class Derived(Base):
    extra: dict = field(default_factory=dict, repr=False)
    _: KW_ONLY
    flag: bool = False
    seed: InitVar[int] = 3

    def __post_init__(self, seed):
        self.extra["seed"] = seed


d = Derived("n", seed=9, flag=True)
print(d, d.extra, d.greet(), [f.name for f in fields(d)], Derived.count, Base("a").tags is Base("b").tags)
attempt(Derived, "n", [], {}, True)


@dataclass(slots=True, kw_only=True)
class Slotted:
    a: int
    b: str = "q"


s = Slotted(a=1)
print(s, Slotted.__slots__, hasattr(s, "__dict__"))
attempt(Slotted, 1)
attempt(setattr, s, "zz", 1)


@dataclass(eq=False)
class ById:
    v: object


a = ById(1)
print(a == ById(1), a == a, hash(a) == hash(a))


@dataclass(unsafe_hash=True, repr=False)
class Hashed:
    a: int
    b: list = field(hash=False, default_factory=list)

    def __repr__(self):
        return "mine"


print(Hashed(1), hash(Hashed(1)) == hash(Hashed(1, [2])))


@dataclass
class Tree:
    value: int
    left: "Tree | None" = None
    right: "Tree | None" = None


t = Tree(1, Tree(2))
t.right = t
print(t, asdict(Tree(1, Tree(2))))


def local():
    @dataclasses.dataclass(frozen=True)
    class Inner:
        z: int = dataclasses.field(default=4, kw_only=True)

    return Inner()


print(local())


@dataclass
class Empty:
    pass


print(Empty(), Empty() == Empty(), dataclasses.is_dataclass(Empty), repr(fields(Point)[1].default))
match Point(3, 4):
    case Point(x, y):
        print(x, y)
