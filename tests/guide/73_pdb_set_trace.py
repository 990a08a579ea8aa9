# stdin: n\np model\nn\np model\nw\nl 1,12\nargs\ns\nr\nn\nc\n
import pdb


def fit(model, X):
    model["fitted"] = len(X)
    return model


def train_model(X, y):
    pdb.set_trace()
    model = {"y": y}
    fit(model, X)
    return model


print(train_model([1, 2, 3], [0]))
