import re
import subprocess
import sys

programs = {
    "excepthook": "import sys\ndef hook(t, v, tb): print('hook', t.__name__, v, tb is not None)\nsys.excepthook = hook\n1/0",
    "hook raises": "import sys\ndef hook(*a): raise KeyError('in hook')\nsys.excepthook = hook\n1/0",
    "hook missing": "import sys\ndel sys.excepthook\n1/0",
    "unraisable": "class A:\n  def __del__(self): raise ValueError('in del')\nA()\nprint('after')",
    "unraisable hook": "import sys\nsys.unraisablehook = lambda u: print('unraisable', u.exc_type.__name__, u.exc_value, u.err_msg, u.object.__name__ if u.object else None)\nclass A:\n  def __del__(self): 1/0\nA()",
    "displayhook": "import sys\nsys.displayhook = lambda v: print('shown', v)\nexec(compile('1+1', 'f', 'single'))",
    "no stderr": "import sys\nsys.stderr = None\n1/0",
    "tracebacklimit": "import sys\nsys.tracebacklimit = 1\ndef a(): b()\ndef b(): 1/0\na()",
    "tracebacklimit0": "import sys\nsys.tracebacklimit = 0\ndef a(): 1/0\na()",
    "atexit error": "import atexit\n@atexit.register\ndef f(): 1/0\nprint('end')",
}
for name, program in programs.items():
    r = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    print(f"== {name}: {r.returncode}")
    print(re.sub(r"0x[0-9a-f]+", "0xADDR", r.stdout + r.stderr), end="")
