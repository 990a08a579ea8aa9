code = """
def train_model(X, y):
    model = {"X": X, "y": y}
    model["fitted"] = [a + b for a, b in zip(X, y)]
    return model
"""
namespace = {}
exec(code, namespace)
print(namespace["train_model"]([1, 2], [3, 4]), sorted(k for k in namespace if k != "__builtins__"))
class_code = f"""
class GeneratedTransformer:
    factor = {2 + 1}

    def __init__(self):
        self.name = 'auto_generated'

    def transform(self, X):
        return [x * self.factor for x in X]

    def __repr__(self):
        return f"<{{self.name}}>"
"""
exec(class_code)
transformer = GeneratedTransformer()
print(transformer, transformer.transform([1, 2]), GeneratedTransformer.__module__, GeneratedTransformer.__qualname__)
for i in range(3):
    exec(f"def power_{i}(x): return x ** {i}")
print([globals()[f"power_{i}"](3) for i in range(3)])


def isolated():
    x = 1
    exec("x = 2; y = 3")
    try:
        return x, y
    except NameError as e:
        return x, str(e)


print(isolated())
try:
    exec("raise ValueError('from exec')")
except ValueError as e:
    print(e, e.__traceback__.tb_next.tb_frame.f_code.co_filename)
try:
    exec("def broken(:")
except SyntaxError as e:
    print(e.msg, e.lineno, e.offset)
scope = {"data": [3, 1, 2]}
exec("data.sort()\ntop = data[-1]\nimport math\nroot = math.sqrt(top)", scope)
print(scope["data"], scope["top"], round(scope["root"], 3))
