"""A fatal signal lists the modules that are no Python code and not of the standard library."""
import subprocess
import sys

for names in "sys.stdlib_module_names", "frozenset({'sys'})", "frozenset()", "5":
    source = f"import sys, faulthandler; sys.stdlib_module_names = {names}; faulthandler.enable(c_stack=False); faulthandler._sigabrt()"
    process = subprocess.run([sys.executable, "-c", source], stderr=subprocess.PIPE, text=True)
    lines = [line for line in process.stderr.splitlines() if line.startswith("Extension modules:")]
    for line in lines:
        modules = line.partition(": ")[2].partition(" (total: ")
        listed = modules[0].split(", ")
        print("sys" in listed, "faulthandler" in listed, "os" in listed, len(listed) == int(modules[2][:-1]))
    print(len(lines), process.returncode)
