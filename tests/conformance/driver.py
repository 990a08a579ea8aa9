"""Runs inside the interpreter under test: one of CPython's test files, logging each case's outcome as it ends.

    INTERPRETER driver.py regrtest|unittest LOG NAME

A line of the log is "OUTCOME case-id", with "start" before every case: after a crash the last line says where it was.
In the mode "regrtest" the file runs under CPython's own runner (resources off, as in a plain `-m test NAME`), in the
mode "unittest" directly, for an interpreter that does not carry that runner yet.
"""

import os
import sys
import unittest


def logging_class(base: type, log: int) -> type:
    """The result class with every outcome also written, unbuffered, to the descriptor."""

    def write(outcome: str, test: unittest.TestCase) -> None:
        if callable(getattr(test, "id", None)):
            name = test.id()
        elif isinstance(test, unittest.TestCase):
            name = unittest.TestCase.id(test)
        else:
            name = str(test)
        os.write(log, f"{outcome} {name}\n".encode("utf-8", "backslashreplace"))

    class Logged(base):  # type: ignore[misc, valid-type]
        def startTest(self, test):
            write("start", test)
            super().startTest(test)

        def addSuccess(self, test):
            write("ok", test)
            super().addSuccess(test)

        def addError(self, test, err):
            write("error", test)
            super().addError(test, err)

        def addFailure(self, test, err):
            write("fail", test)
            super().addFailure(test, err)

        def addSkip(self, test, reason):
            write("skip", test)
            super().addSkip(test, reason)

        def addExpectedFailure(self, test, err):
            write("ok", test)
            super().addExpectedFailure(test, err)

        def addUnexpectedSuccess(self, test):
            write("fail", test)
            super().addUnexpectedSuccess(test)

        def addSubTest(self, test, subtest, err):
            if err is not None:
                write("fail", test)
            super().addSubTest(test, subtest, err)

    Logged.__name__ = Logged.__qualname__ = base.__name__
    return Logged


def add_stand_ins(name: str) -> None:
    """To the path: what stands in for CPython's test extensions, where a file needs no more of them than that."""
    stand_ins = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_ins")
    for folder in (name, "all"):
        if os.path.isdir(os.path.join(stand_ins, folder)):
            sys.path.append(os.path.join(stand_ins, folder))


def main() -> None:
    mode, path, name = sys.argv[1:]
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    # Tests look at sys.path[0] and start the interpreter again: the folder of this file must not be seen.
    del sys.path[0]
    add_stand_ins(name)
    if mode == "regrtest":
        import runpy

        import test.libregrtest.testresult as testresult

        testresult.RegressionTestResult = logging_class(testresult.RegressionTestResult, log)
        sys.argv = ["-m test", "-v", name]
        runpy.run_module("test", run_name="__main__", alter_sys=True)
    else:
        from test import support

        support.use_resources = {} if sys.version_info >= (3, 14) else []
        support.verbose = 1
        os.chdir(os.path.realpath(os.environ.get("TMPDIR", "/tmp")))
        runner = unittest.TextTestRunner(verbosity=2, resultclass=logging_class(unittest.TextTestResult, log))
        unittest.main(module=None, argv=["unittest", f"test.{name}"], testRunner=runner)


if __name__ == "__main__":
    main()
