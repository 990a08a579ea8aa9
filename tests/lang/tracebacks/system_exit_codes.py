# exit: 3
import subprocess
import sys

for code in ("sys.exit()", "sys.exit(0)", "sys.exit(5)", "sys.exit('message')", "sys.exit(None)", "raise SystemExit", "raise SystemExit(256 + 7)", "sys.exit((1, 2))", "sys.exit(-1)", "exit(4)", "import os; os._exit(9)", "sys.exit(True)", "sys.exit(1.5)", "raise SystemExit(2, 3)", "import atexit; atexit.register(print, 'bye'); sys.exit(6)", "1/0"):
    r = subprocess.run([sys.executable, "-c", "import sys\n" + code], capture_output=True, text=True)
    print(code, "->", r.returncode, r.stdout.strip(), r.stderr.strip().splitlines()[-1:])
sys.exit(3)
