# The module typing.
import typing
from typing import Annotated, Any, Callable, ClassVar, Generic, Literal, NamedTuple, NewType, Optional, Protocol, TypedDict, TypeVar, Union


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


T = TypeVar("T")
K = TypeVar("K", bound=int)
print(Optional[int], Union[int, str, int], Literal[1, "a"], Callable[[int], str], Annotated[int, "meta"], ClassVar[int], Any)
print(list[T], typing.List[int], typing.Dict[str, int], typing.Tuple[int, ...], typing.get_origin(list[int]), typing.get_args(dict[str, int]))


class Box(Generic[T]):
    item: T

    def __init__(self, item: T) -> None:
        self.item = item


print(Box[int], Box[int](3).item, Box.__parameters__, Box[int].__args__, Box.__orig_bases__)
attempt(lambda: Box[int, str])


class Stack[E]:
    def push(self, e: E) -> None: ...


print(Stack[int], Stack.__type_params__, typing.get_type_hints(Stack.push))


class Emp(NamedTuple):
    name: str
    id: int = 3


print(Emp("Ann"), Emp._fields, Emp.__annotations__, Emp("x", 1)._replace(id=9))


class Movie(TypedDict, total=False):
    name: str
    year: typing.Required[int]


print(Movie(name="x", year=3), Movie.__required_keys__, Movie.__optional_keys__, Movie.__total__)


@typing.runtime_checkable
class Closer(Protocol):
    def close(self) -> None: ...


class Door:
    def close(self): ...


print(isinstance(Door(), Closer), isinstance(3, Closer), issubclass(Door, Closer))
attempt(Closer)
UserId = NewType("UserId", int)
print(UserId(5), UserId, UserId.__supertype__)


def f(a: int, b: str = "q", *c: float) -> Optional[list[int]]: ...


print(typing.get_type_hints(f))


@typing.overload
def g(x: int) -> int: ...
@typing.overload
def g(x: str) -> str: ...
def g(x):
    return x


print(g(3), len(typing.get_overloads(g)))
attempt(g.__wrapped__ if hasattr(g, "__wrapped__") else typing.assert_never, 3)
print(typing.cast(int, "x"), typing.reveal_type, typing.TYPE_CHECKING, typing.is_typeddict(Movie))


@typing.final
class Fin: ...


print(Fin.__final__, typing.ForwardRef("int"), typing.Self, typing.Never, typing.get_protocol_members(Closer))
print(repr(T), T.__bound__, K.__bound__, typing.ParamSpec("P"), typing.TypeVarTuple("Ts"), typing.Unpack[tuple[int]])
type Alias[X] = list[X] | None
print(Alias, Alias[int], Alias.__value__, Alias.__type_params__)
attempt(isinstance, 3, list[int])
attempt(lambda: Optional[1, 2])
