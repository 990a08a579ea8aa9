import os, pathlib, shutil, stat, tempfile, glob, fnmatch, filecmp

with tempfile.TemporaryDirectory() as d:
    r = pathlib.Path(d)
    (r / "a" / "b").mkdir(parents=True)
    f = r / "a" / "x.tar.gz"
    f.write_text("data\n")
    (r / "a" / "b" / "y.py").write_bytes(b"1")
    print(
        f.name,
        f.stem,
        f.suffix,
        f.suffixes,
        f.parent.name,
        f.exists(),
        f.is_file(),
        (r / "a").is_dir(),
        f.read_text(),
        f.stat().st_size,
        f.with_suffix(".zip").name,
        f.with_name("q").name,
        f.relative_to(r),
        f.parts[-2:],
    )
    print(
        sorted(p.relative_to(r).as_posix() for p in r.rglob("*")),
        sorted(p.name for p in (r / "a").iterdir()),
        [p.name for p in r.glob("**/*.py")],
        sorted((os.path.relpath(a, d), sorted(b), sorted(c)) for a, b, c in os.walk(d)),
    )
    os.rename(f, r / "moved")
    os.symlink(r / "moved", r / "link")
    print(
        (r / "link").is_symlink(),
        os.readlink(r / "link") == str(r / "moved"),
        os.path.islink(r / "link"),
        stat.filemode(os.lstat(r / "link").st_mode)[0],
        sorted(os.listdir(d)),
        sorted((e.name, e.is_dir()) for e in os.scandir(d)),
    )
    shutil.copytree(r / "a", r / "copy")
    shutil.copy(r / "moved", r / "copy" / "m")
    print(sorted(p.name for p in (r / "copy").rglob("*")), filecmp.cmp(r / "moved", r / "copy" / "m"))
    shutil.rmtree(r / "copy")
    os.chmod(r / "moved", 0o600)
    print(oct(os.stat(r / "moved").st_mode & 0o777), (r / "copy").exists())
    for bad in (
        lambda: os.mkdir(r / "a"),
        lambda: os.rmdir(r / "a"),
        lambda: os.remove(r / "nope"),
        lambda: os.listdir(r / "moved"),
        lambda: (r / "n").read_text(),
        lambda: os.stat("a\0"),
        lambda: os.rename(r / "zz", r / "yy"),
        lambda: os.open(5, 0),
        lambda: pathlib.Path(5),
        lambda: f.relative_to("/zzz"),
        lambda: os.chdir(r / "moved"),
    ):
        try:
            bad()
        except Exception as e:
            print(type(e).__name__, str(e).replace(d, "DIR"))
P = pathlib.PurePosixPath
print(
    P("/a/../b//c/."),
    P("a") / "/b",
    P("a/b").is_absolute(),
    P("/a/b").parents[1],
    P("a/b.txt").match("*.txt"),
    P("a") < P("b"),
    P("x/y").joinpath("z", "w"),
    repr(P("q")),
    P("/a/b").as_uri(),
    hash(P("a")) == hash(P("a")),
    P("a/b").full_match("a/*"),
)
print(
    os.path.join("a", "/b", "c"),
    os.path.splitext("a.b.c"),
    os.path.normpath("a/./b/../c"),
    os.path.commonpath(["/a/b", "/a/c"]),
    os.path.basename("/a/b/"),
    os.path.dirname("/a/b"),
    os.path.split("/a/b"),
    os.path.isabs("a"),
    os.path.expanduser("~x"),
    os.path.relpath("/a/b", "/a/c"),
    os.fspath(P("x")),
    fnmatch.filter(["a.py", "b.txt"], "*.py"),
    os.sep,
    os.linesep,
    os.curdir,
)
