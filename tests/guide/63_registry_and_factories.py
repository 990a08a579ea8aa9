import math
import statistics


def get_functions(module, suffix):
    return {
        name: getattr(module, name) for name in dir(module) if name.endswith(suffix) and callable(getattr(module, name))
    }


print(sorted(get_functions(math, "sqrt")), sorted(get_functions(statistics, "mean")))


class Base:
    registry = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry[cls.__name__.lower()] = cls

    def __init__(self, **params):
        for key, value in params.items():
            setattr(self, key, value)


class Logistic(Base):
    pass


class Forest(Base):
    def __init__(self, n_estimators=10, **kwargs):
        super().__init__(n_estimators=n_estimators, **kwargs)


def create_model(model_type, **kwargs):
    model_class = Base.registry.get(model_type)
    if model_class is None:
        raise ValueError(f"Unknown model: {model_type}")
    return model_class(**kwargs)


m = create_model("forest", n_estimators=100, depth=3)
print(type(m).__name__, vars(m), list(Base.registry))
print(vars(create_model("logistic", c=1.5)))
try:
    create_model("svm")
except ValueError as e:
    print(e)
