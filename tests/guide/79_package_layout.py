import importlib
import os
import subprocess
import sys
import tempfile
import textwrap

FILES = {
    "ml_toolkit/__init__.py": """
        \"\"\"ML Toolkit - Machine Learning Utilities\"\"\"

        __version__ = "0.1.0"

        from .preprocessing import normalize_features
        from .models import train_classifier

        __all__ = ["normalize_features", "train_classifier"]
    """,
    "ml_toolkit/preprocessing.py": """
        def normalize_features(X):
            return [x / max(X) for x in X]
    """,
    "ml_toolkit/models.py": """
        from .preprocessing import normalize_features
        from .utils.helpers import mean

        def train_classifier(X):
            return mean(normalize_features(X))
    """,
    "ml_toolkit/utils/__init__.py": "",
    "ml_toolkit/utils/helpers.py": """
        def mean(values):
            return sum(values) / len(values)
    """,
    "ml_toolkit/__main__.py": """
        import sys
        from . import __version__, train_classifier

        print(__version__, train_classifier([float(a) for a in sys.argv[1:]]))
    """,
    "ml_toolkit/data.txt": "resource text",
}
with tempfile.TemporaryDirectory() as folder:
    for name, text in FILES.items():
        path = os.path.join(folder, "src", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(textwrap.dedent(text).lstrip())
    src = os.path.join(folder, "src")
    sys.path.insert(0, src)
    import ml_toolkit
    from ml_toolkit import *

    print(
        ml_toolkit.__version__,
        ml_toolkit.__doc__,
        ml_toolkit.__all__,
        normalize_features([1, 2]),
        train_classifier([2, 4]),
    )
    print(sorted(n for n in sys.modules if n.startswith("ml_toolkit")))
    import importlib.resources

    print(importlib.resources.files("ml_toolkit").joinpath("data.txt").read_text())
    r = subprocess.run(
        [sys.executable, "-m", "ml_toolkit", "1", "3"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": src},
    )
    print(r.returncode, r.stdout, r.stderr)

    import shutil

    archive = shutil.make_archive(os.path.join(folder, "toolkit"), "zip", src)
    r = subprocess.run(
        [
            sys.executable,
            "-c",
            "import ml_toolkit; print(ml_toolkit.train_classifier([5, 10]), type(ml_toolkit.__loader__).__name__)",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": archive},
    )
    print(r.returncode, r.stdout, r.stderr)
