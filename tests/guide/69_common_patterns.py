import random
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Dict, NamedTuple


@dataclass
class ExperimentConfig:
    model_type: str
    learning_rate: float
    batch_size: int
    epochs: int = 100


@contextmanager
def reproducible_context(seed):
    random.seed(seed)
    yield random.Random(seed)


MODELS = {}


def register_model(name: str):
    def decorator(cls):
        MODELS[name] = cls
        cls.registered_as = name
        return cls

    return decorator


@register_model("rf")
class RFModel:
    def __init__(self, config):
        self.config = config


@register_model("svm")
class SVM(RFModel):
    pass


class Sample(NamedTuple):
    features: tuple
    label: int
    metadata: Dict[str, Any]


class GraphNode:
    __slots__ = ["id", "neighbors", "features"]

    def __init__(self, id):
        self.id, self.neighbors, self.features = id, [], {}


config = ExperimentConfig("svm", 0.1, 16)
print(
    config,
    asdict(config),
    type(MODELS[config.model_type](config)).__name__,
    {n: c.registered_as for n, c in MODELS.items()},
)
with reproducible_context(5) as r:
    a = random.random()
    b = r.random()
with reproducible_context(5):
    print(a == b == random.random())
print(Sample((1, 2), 0, {"k": 1})._asdict())
nodes = [GraphNode(i) for i in range(4)]
for a, b in zip(nodes, nodes[1:] + nodes[:1]):
    a.neighbors.append(b)
print([n.neighbors[0].id for n in nodes], nodes[0].neighbors[0].neighbors[0].id)
