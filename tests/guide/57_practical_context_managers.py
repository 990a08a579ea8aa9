import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
import io


class Model:
    training = True

    def eval(self):
        self.training = False

    def train(self):
        self.training = True

    def __call__(self, x):
        return ("train" if self.training else "eval", x)


@contextmanager
def evaluation_mode(model):
    training = model.training
    model.eval()
    try:
        yield model
    finally:
        if training:
            model.train()


@contextmanager
def suppress_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


model = Model()
with evaluation_mode(model) as m:
    print(m(1))
    with evaluation_mode(model):
        print(model(2))
    print(model(3))
print(model(4))
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    with suppress_warnings():
        warnings.warn("hidden")
    warnings.warn("shown")
print([str(w.message) for w in seen])
with suppress(FileNotFoundError):
    open("/definitely/not/here")
out, err = io.StringIO(), io.StringIO()
with redirect_stdout(out), redirect_stderr(err):
    print("captured")
    import sys

    print("error", file=sys.stderr)
print(repr(out.getvalue()), repr(err.getvalue()))
