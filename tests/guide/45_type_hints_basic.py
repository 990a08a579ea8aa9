from typing import Any, Dict, List, Optional, Tuple, Union, get_args, get_origin, get_type_hints


def process_value(x: int) -> float:
    return x * 1.5


def analyze_data(features: List[float], labels: List[int], metadata: Dict[str, Any]) -> Tuple[float, float]:
    accuracy = sum(1 for f, l in zip(features, labels) if f > 0.5)
    return accuracy, len(features)


def load_model(path: Optional[str] = None) -> Any:
    return "default" if path is None else f"from {path}"


def normalize(data: Union[List[float], tuple]) -> list[float]:
    top = max(data)
    return [x / top for x in data]


print(
    process_value(3),
    analyze_data([0.2, 0.7], [1, 0], {}),
    load_model(),
    load_model("p"),
    normalize([1, 2, 4]),
    normalize((5,)),
)
for f in (process_value, analyze_data, load_model, normalize):
    print(f.__name__, get_type_hints(f))
for t in (List[int], Dict[str, List[int]], Optional[str], Union[int, str, None], Tuple[int, ...], Any):
    print(t, get_origin(t), get_args(t))


def check(f):
    hints = get_type_hints(f)

    def wrapper(*args):
        for (name, hint), value in zip(hints.items(), args):
            if isinstance(hint, type) and not isinstance(value, hint):
                raise TypeError(f"{name} should be {hint.__name__}, not {type(value).__name__}")
        return f(*args)

    return wrapper


print(check(process_value)(2))
try:
    check(process_value)("2")
except TypeError as e:
    print(e)
