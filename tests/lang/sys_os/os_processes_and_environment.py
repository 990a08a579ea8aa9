import os, subprocess, sys, signal

r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(r)
    os.write(w, b"from child")
    os._exit(7)
os.close(w)
print(os.read(r, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
os.close(r)
os.environ["NEW_VAR"] = "é"
print(
    os.environ["NEW_VAR"],
    os.getenv("NO_SUCH", "d"),
    os.environb[b"NEW_VAR"],
    "NEW_VAR" in os.environ,
    subprocess.run(
        [sys.executable, "-c", "import os; print(ascii(os.environ['NEW_VAR']))"], capture_output=True, text=True
    ).stdout,
)
del os.environ["NEW_VAR"]
for bad in (
    lambda: os.environ["NEW_VAR"],
    lambda: os.environ.__setitem__("a", 1),
    lambda: os.putenv("a=b", "c"),
    lambda: os.kill(2**30, 0),
    lambda: os.close(9999),
    lambda: os.read(9999, 1),
    lambda: os.execv("/nope/nope", ["x"]),
    lambda: subprocess.run(["/nope/nope"]),
    lambda: subprocess.run([sys.executable, "-c", "import sys; sys.exit(3)"], check=True),
    lambda: subprocess.run([sys.executable, "-c", "while 1: pass"], timeout=0.2),
    lambda: os.getpgid(2**30),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, str(e).replace(sys.executable, "PY"))
p = subprocess.run(
    [sys.executable, "-c", "import sys; d = sys.stdin.read(); print(d.upper()); print('err', file=sys.stderr)"],
    input="hello",
    capture_output=True,
    text=True,
)
print(p.stdout, p.stderr, p.returncode)
p = subprocess.Popen(
    [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(30)"], stdout=subprocess.PIPE, text=True
)
print(p.stdout.readline(), p.poll())
p.terminate()
print(p.wait(), p.returncode == -signal.SIGTERM)
print(
    subprocess.check_output("echo $((1+2)) | cat", shell=True),
    subprocess.getoutput("echo hi"),
    subprocess.call(["false"]),
    os.system("exit 3") >> 8,
    os.popen("echo popen").read(),
    os.get_terminal_size.__name__,
    os.cpu_count() >= 1,
    os.getpid() != os.getppid(),
    os.path.exists("/proc/self"),
    os.uname().sysname,
    os.strerror(2),
    os.urandom(4).__len__(),
    os.getcwd() == os.path.dirname(os.path.abspath(__file__)),
)
fd = os.open("/dev/null", os.O_RDWR)
fd2 = os.dup(fd)
print(os.isatty(fd), os.get_inheritable(fd), fd2 != fd, os.fstat(fd).st_mode > 0)
os.close(fd)
os.close(fd2)
