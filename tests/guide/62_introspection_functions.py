class Model:
    kind = "model"

    def __init__(self):
        self.lr = 0.001
        self._hidden = 1

    def fit(self):
        return "fitted"

    accuracy_score = staticmethod(lambda: 0.9)


model = Model()
print([n for n in dir(model) if not n.startswith("__")])
print(hasattr(model, "fit"), hasattr(model, "feature_importances_"))
metric_name = "accuracy"
print(getattr(model, f"{metric_name}_score")(), getattr(model, "nope_score", None))
setattr(model, "custom_param", 42)
print(vars(model), model.custom_param)
delattr(model, "custom_param")
print(vars(model), "lr" in vars(model))
try:
    getattr(model, "custom_param")
except AttributeError as e:
    print(e)
for name, value in vars(Model).items():
    if not name.startswith("__"):
        print(name, callable(value), type(value).__name__)
print(callable(model.fit), callable(model.lr), type(model).__name__, type(model) is Model, model.__class__.__mro__)
print(sorted(set(dir(Model)) - set(dir(object)))[-6:])
obj = type("Dynamic", (Model,), {"fit": lambda self: "dynamic " + Model.fit(self)})()
print(obj.fit(), type(obj).__name__, isinstance(obj, Model))
