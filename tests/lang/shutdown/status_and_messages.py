import subprocess
import sys

programs = [
    "import sys; sys.stdout = open('/dev/full', 'w'); print('x')",
    "import sys; sys.stdout.close()",
    "class A:\n  def __del__(self): 1/0\na = A()",
    "import atexit\natexit.register(lambda: 1/0)\natexit.register(print, 'first')",
    "import atexit, sys\natexit.register(lambda: sys.exit(7))",
    "import sys\nsys.stdout = None\nprint('gone')",
    "import threading\nclass A:\n  def __del__(self): print('del in a daemon program', flush=True)\na = A()\n"
    "def f():\n  while True: sum(range(100))\n[threading.Thread(target=f, daemon=True).start() for _ in range(3)]",
    "import threading, atexit\ndef f():\n  try: t = threading.Thread(target=print); t.start(); t.join()\n  except RuntimeError as e: print(type(e).__name__, e)\natexit.register(f)",
    "import sys\nclass A:\n  def __del__(self, sys=sys): print('modules gone:', sys.modules is None or 'os' not in sys.modules)\nimport os\nos.held = A()",
    "def g():\n  try: yield\n  finally: print('generator closed at exit')\nit = g(); next(it)",
    "import contextvars\nclass A:\n  def __del__(self, p=print): p('context variable dropped')\nv = contextvars.ContextVar('v'); v.set(A())",
    "import threading\nclass A:\n  def __del__(self, p=print): p('thread-local dropped')\nl = threading.local(); l.a = A()",
    "import sys\nsys.exit('message')",
    "raise KeyboardInterrupt",
]
for program in programs:
    r = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    errors = r.stderr.strip().splitlines()
    print(r.returncode, r.stdout.split("\n"), [line.split(" at 0x")[0] for line in errors[:1] + errors[-1:]])
