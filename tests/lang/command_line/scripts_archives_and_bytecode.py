# What `python FILE` runs: a script, a .pyc, a folder, a zip file, a folder in one; also isolated, and what is wrong with it.
import os
import py_compile
import subprocess
import sys
import tempfile
import zipfile

MAIN = "import sys; print(__name__, type(__loader__).__name__, __file__ == sys.argv[0], sys.path[0] == sys.argv[0], sys.argv[1:])\n"


def run(*args, cwd=None, stdin=None):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, cwd=cwd, input=stdin)
    shown = (done.stdout + done.stderr).replace(folder, "DIR").replace(sys.executable, "PY")
    print([a.replace(folder, "DIR") for a in args], done.returncode, shown, sep=" | ", end="")


folder = tempfile.mkdtemp()
script = os.path.join(folder, "script.py")
with open(script, "w") as f:
    f.write(MAIN)
compiled = py_compile.compile(script, cfile=os.path.join(folder, "compiled.pyc"))
package = os.path.join(folder, "package")
os.mkdir(package)
with open(os.path.join(package, "__main__.py"), "w") as f:
    f.write(MAIN)
archive = os.path.join(folder, "archive.zip")
with zipfile.ZipFile(archive, "w") as z:
    z.writestr("__main__.py", MAIN)
    z.writestr("inner/__main__.py", MAIN)
with open(archive, "rb") as f, open(os.path.join(folder, "application"), "wb") as out:
    out.write(b"#!/usr/bin/env python3\n" + f.read())
for name in (script, compiled, package, archive, archive + "/inner", os.path.join(folder, "application")):
    run(name, "1")
    run("-I", name, "2")
run("script.py", cwd=folder)
run("./script.py", cwd=folder)
run("missing.py", cwd=folder)
os.mkdir(os.path.join(folder, "empty"))
run(os.path.join(folder, "empty"))
with open(os.path.join(folder, "bad.pyc"), "wb") as f:
    f.write(b"\0" * 20)
run(os.path.join(folder, "bad.pyc"))
with open(os.path.join(folder, "null.py"), "wb") as f:
    f.write(b"x = 1\ny = 'a\0b'\n")
run(os.path.join(folder, "null.py"))
run("-", stdin="print(__loader__, '__file__' in globals())\n")
run("-c", "print(__loader__, '__file__' in globals())")
for option in ("-Xfrozen_modules=off", "-Xfrozen_modules=on", "-Xfrozen_modules", "-Xfrozen_modules=x"):
    run(option, "-c", "import abc; print(abc.__spec__.origin == 'frozen')")
for code in ("b'a' == 'a'", "b'a' != 97", "bytearray() == ''", "str(b'')", "str(bytearray())", "format(b'')", "{b'a': 1}.get('b')"):
    run("-b", "-c", code)
