"""sys.remote_exec: a script for this process, for another one, for one that refuses."""
import os
import subprocess
import sys
import tempfile


def attempt(*args):
    try:
        sys.remote_exec(*args)
    except Exception as error:
        print(type(error).__name__, error)


folder = tempfile.mkdtemp()
script = os.path.join(folder, "script.py")
with open(script, "w") as file:
    file.write("import sys\nprint('from outside', __name__, __file__ if '__file__' in globals() else None, 'folder' in globals())\nsys.marker = 1\n")

sys.remote_exec(os.getpid(), script)
for _ in range(10):
    pass
print(sys.marker, sys.is_remote_debug_enabled())

target = """
import sys
print('ready', flush=True)
sys.stdin.readline()
for i in range(100):
    pass
print(getattr(sys, 'marker', None), flush=True)
"""
for options in ([], ["-X", "disable-remote-debug"]):
    with subprocess.Popen([sys.executable, *options, "-c", target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        print(process.stdout.readline().strip())
        attempt(process.pid, script)
        print(process.communicate("go\n")[0].strip())

attempt(os.getpid(), os.path.join(folder, "missing.py"))
attempt(os.getpid(), None)
os.unlink(script)
os.rmdir(folder)
