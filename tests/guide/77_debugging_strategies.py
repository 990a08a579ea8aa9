import io
import logging

stream = io.StringIO()
logging.basicConfig(
    level=logging.DEBUG, stream=stream, format="%(asctime)s %(levelname)-8s %(name)s %(message)s", datefmt="DATE"
)
logger = logging.getLogger("train")


def process_data(rows):
    print(f"Input shape: {len(rows)}")
    clean = [r for r in rows if r is not None]
    print(f"After dropna: {len(clean)}")
    return clean


def train_model(X, y):
    logger.debug(f"Training with {len(X)} samples")
    try:
        ratio = len(X) / len(y)
    except ZeroDivisionError:
        logger.exception("no labels")
        ratio = None
    logger.info("Training completed: %s", ratio)
    return ratio


def preprocess(X):
    assert len(X[0]) == 2, f"Expected 2 features, got {len(X[0])}"
    assert all(v == v for row in X for v in row), "Found NaN values"
    return X


process_data([1, None, 2])
print(train_model([1, 2], [1]), train_model([1], []))
for bad in ([[1, 2, 3]], [[1, float("nan")]], [[1, 2]]):
    try:
        print(preprocess(bad))
    except AssertionError as e:
        print("AssertionError", e)
print(stream.getvalue())
child = logging.getLogger("train.epoch")
child.setLevel(logging.WARNING)
child.info("not shown")
child.warning("shown by %(who)s", {"who": "parent handlers"})
print(stream.getvalue().splitlines()[-1], child.getEffectiveLevel(), logger.hasHandlers())
