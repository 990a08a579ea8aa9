from dataclasses import MISSING, dataclass, field, fields
from typing import List


@dataclass
class ModelConfig:
    """Configuration for ML model"""

    learning_rate: float
    batch_size: int
    epochs: int = 100
    hidden_layers: List[int] = field(default_factory=list)
    verbose: bool = True

    def __post_init__(self):
        if self.learning_rate <= 0:
            raise ValueError(f"bad learning rate {self.learning_rate}")


config = ModelConfig(learning_rate=0.001, batch_size=32, hidden_layers=[128, 64])
print(config)
config2 = ModelConfig(0.001, 32, hidden_layers=[128, 64])
print(
    config == config2,
    config is config2,
    config != ModelConfig(0.1, 32),
    ModelConfig.__doc__,
    ModelConfig.__match_args__,
)
print([(f.name, f.type, f.default is MISSING, f.default_factory is list) for f in fields(config)])
ModelConfig(1, 1).hidden_layers.append(5)
print(ModelConfig(1, 1).hidden_layers)
for bad in (
    lambda: ModelConfig(),
    lambda: ModelConfig(0.1, 2, zzz=1),
    lambda: ModelConfig(-1, 2),
    lambda: hash(config),
    lambda: config < config2,
):
    try:
        bad()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
import inspect

print(inspect.signature(ModelConfig))
match config:
    case ModelConfig(lr, size, hidden_layers=[first, *rest]):
        print(lr, size, first, rest)
