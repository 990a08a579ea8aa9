from typing import *
import types

print(
    list[int],
    dict[str, list[int]],
    tuple[int, ...],
    int | str,
    int | None,
    list[int] | None,
    Optional[int],
    Union[int, str, int],
    Callable[[int], str],
    Literal[1, "a"],
    type[int],
    Annotated[int, "m"],
    ClassVar[int],
    Final[str],
    Any,
    Never,
    Self,
)
print(
    type(list[int]).__name__,
    list[int].__origin__,
    list[int].__args__,
    list[int]([1]),
    get_origin(dict[str, int]),
    get_args(int | str),
    (int | str).__args__,
    int | str == str | int,
    hash(int | str) == hash(str | int),
    isinstance(1, int | str),
    list[int] == list[int],
    type(int | str) is Union,
)
T = TypeVar("T", bound=int)
K = TypeVar("K")


class G(Generic[K]):
    def __init__(self, v=None):
        self.v = v


print(
    G[int],
    G[K][str],
    G[int]().__orig_class__,
    G.__parameters__,
    T.__bound__,
    T,
    ParamSpec("P"),
    TypeVarTuple("Ts"),
    NewType("N", int)(5),
    list[K][int],
    dict[K, list[K]][str],
    (K | None)[int],
)
for bad in (
    lambda: isinstance([], list[int]),
    lambda: list[int][str],
    lambda: G[int][str],
    lambda: int | 5,
    lambda: Union[()],
    lambda: Optional[1, 2],
    lambda: Any(),
    lambda: Generic[int],
    lambda: TypeVar("T", int),
    lambda: Callable[int],
    lambda: Literal,
    lambda: cast(int, "x"),
    lambda: G[int, str],
    lambda: 1 | int,
    lambda: Final[int, str],
    lambda: list[int].nope,
    lambda: Never(),
    lambda: Self[int],
):
    try:
        print(bad())
    except TypeError as e:
        print("TypeError", e)
    except AttributeError as e:
        print("AttributeError", e)


class TD(TypedDict, total=False):
    a: Required[int]
    b: NotRequired[str]
    c: ReadOnly[list]


print(TD(a=1), TD.__required_keys__, sorted(TD.__optional_keys__), TD.__total__, type(TD(a=1)), is_typeddict(TD))


class NT(NamedTuple):
    x: int
    y: str = "d"


print(NT(1), NT._field_defaults, NT.__annotations__)


@runtime_checkable
class Sized2(Protocol):
    def __len__(self) -> int: ...


print(isinstance([], Sized2), isinstance(5, Sized2), get_type_hints(NT), get_protocol_members(Sized2))


def f(a: "int", b: Optional["str"] = None) -> "G[int]": ...


print(get_type_hints(f))


@overload
def o(x: int) -> int: ...
@overload
def o(x: str) -> str: ...
def o(x):
    return x


print(len(get_overloads(o)), o(3), reveal_type.__name__, assert_type(5, int), TYPE_CHECKING)


@final
class Fi:
    pass


print(Fi.__final__, types.GenericAlias(list, (int,)) == list[int], Unpack[tuple[int]])
