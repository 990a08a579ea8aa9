import inspect


class MLPipeline:
    REQUIRED_METHODS = ["fit", "transform"]

    def __init__(self):
        self.transformers = []

    def add_transformer(self, transformer):
        for method in self.REQUIRED_METHODS:
            if not hasattr(transformer, method):
                raise ValueError(f"Transformer must have '{method}' method")
            if not callable(getattr(transformer, method)):
                raise TypeError(f"'{method}' is not callable")
        self.transformers.append(transformer)
        return self

    def run(self, data):
        for t in self.transformers:
            data = t.fit(data).transform(data)
        return data


class Scale:
    def __init__(self):
        self._private = 1

    def fit(self, data):
        self.top = max(data)
        return self

    def transform(self, data):
        return [d / self.top for d in data]


class Round(Scale):
    def transform(self, data):
        return [round(d, 2) for d in data]


class NoTransform:
    def fit(self, data): ...


class NotCallable(NoTransform):
    transform = 5


def extract_model_params(model):
    return {k: v for k, v in vars(model).items() if not k.startswith("_") and not callable(v)}


p = MLPipeline().add_transformer(Scale()).add_transformer(Round())
print(p.run([1, 2, 3]), [extract_model_params(t) for t in p.transformers])
for bad in (NoTransform(), NotCallable(), object(), Scale):
    try:
        p.add_transformer(bad)
        print("accepted", bad)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
    if bad is not Scale:
        continue
    p.transformers.pop()
print({n: len(inspect.signature(m).parameters) for n, m in inspect.getmembers(p, inspect.ismethod)})
