from typing import Dict, List, NewType, TypeAlias, Union

Features: TypeAlias = List[float]
ModelConfig: TypeAlias = Dict[str, Union[int, float, str]]
type Labels = list[int]
type Tree[T] = T | list[Tree[T]]


def train(X: Features, y: Labels, config: ModelConfig) -> float:
    return sum(X) * config["rate"] + sum(y)


print(
    train([1.0, 2.0], [1], {"rate": 0.5}),
    Features,
    ModelConfig,
    Labels,
    Labels.__value__,
    Tree[int],
    Tree.__value__,
    Tree.__type_params__,
)
UserId = NewType("UserId", int)
DatasetId = NewType("DatasetId", int)
Admin = NewType("Admin", UserId)
user, dataset = UserId(123), DatasetId(123)
print(
    user,
    type(user),
    user == dataset,
    UserId,
    UserId.__name__,
    UserId.__supertype__,
    Admin.__supertype__,
    Admin(UserId(5)) + 1,
)
print(train.__annotations__, UserId | None, List[UserId])
try:
    isinstance(user, UserId)
except TypeError as e:
    print(e)
try:

    class Sub(UserId):
        pass
except TypeError as e:
    print(e.args[0].splitlines()[0])
