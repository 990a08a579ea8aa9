import subprocess, sys, tempfile, os


def run(*args, input=None, env=None):
    e = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    r = subprocess.run(
        [sys.executable, *args], input=input, capture_output=True, text=True, env=e | (env or {}), timeout=20
    )
    return r.returncode, r.stdout, r.stderr.replace(sys.executable, "PY")


print(
    run("-c", "print(1)"),
    run("-c", "import sys; print(sys.argv)", "a", "-b"),
    run("-", "x", input="import sys; print(sys.argv)"),
    run(input="print('stdin')"),
    run("-m", "json.tool", "--compact", input='{"a": [1]}'),
    sep="\n",
)
print(
    run("-O", "-c", "print(__debug__)"),
    run("-OO", "-c", "import sys; print(sys.flags.optimize)"),
    run("-B", "-c", "import sys; print(sys.dont_write_bytecode)"),
    run("-E", "-c", "import sys; print(sys.flags.ignore_environment)"),
    run("-I", "-c", "import sys; print(sys.flags.isolated, sys.flags.safe_path)"),
    run("-S", "-c", "import sys; print('site' in sys.modules)"),
    run("-u", "-c", "print('u')"),
    run("-q", "-c", "print('q')"),
    run("-b", "-c", "b'a' == 'a'"),
    run("-bb", "-c", "b'a' == 'a'"),
    run("-W", "error", "-c", "import warnings; warnings.warn('x')"),
    run("-W", "ignore", "-c", "import warnings; warnings.warn('x')"),
    run("-X", "utf8", "-c", "import sys; print(sys.flags.utf8_mode)"),
    run("-X", "int_max_str_digits=700", "-c", "import sys; print(sys.get_int_max_str_digits())"),
    run("-X", "dev", "-c", "import sys; print(sys.flags.dev_mode)"),
    run("-P", "-c", "import sys; print(sys.flags.safe_path)"),
    run("-s", "-c", "import sys; print(sys.flags.no_user_site)"),
    run("-v", "-c", "pass")[0],
    run("-x", "-c", "print(1)"),
    run("-Xnope", "-c", "import sys; print(sys._xoptions)"),
    run("-Xfrozen_modules=off", "-c", "pass"),
    sep="\n",
)
print(
    run("-V")[1].split()[0],
    run("-VV")[0],
    run("-h")[0],
    run("--help")[1].split("\n")[0].replace(sys.executable, "PY"),
    run("--version")[1][:9],
    sep="\n",
)
for bad in (
    ("-Z",),
    ("-c",),
    ("-m",),
    ("nofile.py",),
    ("-m", "no_such_mod"),
    ("-m", "json"),
    ("-X",),
    ("-W",),
    ("--nope",),
    ("-c", "raise SystemExit(9)"),
    ("-c", "import os; os.kill(os.getpid(), 9)"),
    ("/",),
    ("-X", "int_max_str_digits=5", "-c", "1"),
    ("-W", "bogus", "-c", "1"),
    ("-c", "x ="),
    ("-m", ""),
):
    r = run(*bad)
    print(bad, r[0], r[1], "\n".join(r[2].splitlines()[-2:]), sep=" | ")
for env in (
    {"PYTHONOPTIMIZE": "1"},
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "x"},
    {"PYTHONWARNINGS": "error"},
    {"PYTHONIOENCODING": "ascii:backslashreplace"},
    {"PYTHONUTF8": "1"},
    {"PYTHONDONTWRITEBYTECODE": "1"},
    {"PYTHONUNBUFFERED": "1"},
    {"PYTHONPATH": "/zz:/yy"},
    {"PYTHONINTMAXSTRDIGITS": "0"},
    {"PYTHONINTMAXSTRDIGITS": "5"},
    {"PYTHONSAFEPATH": "1"},
    {"PYTHONSTARTUP": "/nope"},
    {"PYTHONNOUSERSITE": "1"},
):
    r = run(
        "-c",
        "import sys, os; print(sys.flags.optimize, sys.flags.hash_randomization, sys.warnoptions, sys.stdout.encoding, sys.stdout.errors, sys.dont_write_bytecode, [p for p in sys.path if p in ('/zz', '/yy')], sys.flags.safe_path, sys.flags.int_max_str_digits, 'é'.upper())",
        env=env,
    )
    print(env, r[0], r[1], "\n".join(r[2].splitlines()[:1]), sep=" | ")
with tempfile.TemporaryDirectory() as d:
    p = os.path.join(d, "prog.py")
    with open(p, "w") as f:
        f.write("import sys; print(sys.argv[1:], __name__, __file__ == sys.argv[0])")
    print(run(p, "1", "2"), run("-i", p, input="print('interactive')\n")[:2])
    os.mkdir(os.path.join(d, "pkg"))
    with open(os.path.join(d, "pkg", "__main__.py"), "w") as f:
        f.write("print('main of', __name__, repr(__package__))")
    print(run(os.path.join(d, "pkg")), run("-m", "pkg", env={"PYTHONPATH": d}))
    r = subprocess.run([sys.executable], input="x = 5\nprint(x\n+1)\n", capture_output=True, text=True)
    print(r.returncode, r.stdout)
    print(
        run(
            "-i",
            "-c",
            "print('before')",
            input="1+1\n'str'\ndef f():\n  return 7\n\nf()\n1/0\nprint('after')\nimport sys; sys.exit(4)\n",
        )
    )
