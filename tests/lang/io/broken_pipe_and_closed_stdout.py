import subprocess, sys

r = subprocess.run(
    [sys.executable, "-c", "import sys\nsys.stdout.close()\nprint('x', file=sys.stderr)"],
    capture_output=True,
    text=True,
)
print(r.returncode, r.stderr)
p = subprocess.Popen(
    [sys.executable, "-c", "import sys\nfor i in range(100000): print('line', i)"],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
)
print(p.stdout.readline())
p.stdout.close()
err = p.stderr.read()
p.stderr.close()
print(p.wait(), "BrokenPipeError" in err)
r = subprocess.run(
    [sys.executable, "-c", "print('to full')"], stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True
)
print(r.returncode, r.stderr.strip().splitlines()[-1:])
