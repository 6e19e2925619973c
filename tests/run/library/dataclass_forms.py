"""Dataclasses in the forms that programs use."""
import dataclasses
import typing
from dataclasses import KW_ONLY, InitVar, asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar


@dataclass
class Point:
    x: int
    y: int = 0


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0
    tag: str = field(default="", compare=False)


@dataclass
class Basket:
    """A basket."""

    owner: str
    items: list = field(default_factory=list)
    _total: float = field(default=0.0, init=False, repr=False)
    limit: ClassVar[int] = 3
    scale: InitVar[int] = 1

    def __post_init__(self, scale):
        self._total = sum(self.items) * scale

    def total(self):
        return self._total


@dataclass
class Point3(Point):
    z: int = 5
    y: int = 7


@dataclasses.dataclass(eq=False, repr=False)
class Bare:
    a: typing.Any = None


@dataclass(kw_only=True)
class Options:
    verbose: bool = False
    level: int


@dataclass
class Mixed:
    a: int
    _: KW_ONLY
    b: int = 2
    self: int = 3


@dataclass(slots=True)
class Slotted:
    name: str
    size: int = field(default=1, init=False)


@dataclass(unsafe_hash=True)
class Hashed:
    key: str
    value: int = field(default=0, hash=False)


@dataclass
class Empty:
    pass


class Plain:
    def __post_init__(self):
        print("post", self)


@dataclass
class FromPlain(Plain):
    n: int


def local():
    @dataclass(frozen=True)
    class Inner:
        a: int
        b: str = "b"

    return Inner(1)


p = Point(1)
print(p, p == Point(1, 0), p != Point(2), Point.__match_args__, Point.__doc__)
print(Version(1, 2) < Version(1, 3), sorted([Version(2), Version(1, 9, "rc")]), hash(Version(1)) == hash(Version(1)))
try:
    Version(1).major = 2
except dataclasses.FrozenInstanceError as e:
    print(type(e).__name__, e)
try:
    del Version(1).tag
except AttributeError as e:
    print(type(e).__name__, e)
b = Basket("ada", [1, 2], scale=10)
print(b, b.total(), Basket.limit, [f.name for f in fields(b)])
print(Point3(1), Point3(1, 2, 3), Point3.__mro__[1].__name__)
print(Bare() == Bare(), Bare().a)
print(Options(level=3), Mixed(1, b=5), Mixed(1, self=9))
s = Slotted("n")
print(s, hasattr(s, "__dict__"), Slotted.__slots__)
print(hash(Hashed("k", 1)) == hash(Hashed("k", 2)), Empty(), Empty() == Empty())
FromPlain(4)
print(local())
print(asdict(b), astuple(p), replace(p, y=9))
try:
    Point()
except TypeError as e:
    print(e)
match p:
    case Point(x, y):
        print("matched", x, y)
print(dataclasses.is_dataclass(Point), Point.__init__.__qualname__, Point.__dataclass_params__)
