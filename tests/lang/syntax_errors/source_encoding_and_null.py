import subprocess
import sys
import tempfile
import os

cases = {
    "latin": b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n",
    "bom": b"\xef\xbb\xbfprint('bom ok')\n",
    "bad utf8": b"print('\xff')\n",
    "unknown coding": b"# coding: nope-8\nprint(1)\n",
    "null": b"x = 1\x00\nprint(x)\n",
    "crlf": b"if 1:\r\n    print('crlf')\r\nx = '''a\r\nb'''\r\nprint(repr(x))\r\n",
    "cr": b"print(1)\rprint(2)\r",
    "no newline": b"print('no newline at end')",
    "bom and coding": b"\xef\xbb\xbf# coding: utf-8\nprint('both')\n",
    "bom mismatch": b"\xef\xbb\xbf# coding: latin-1\nprint('x')\n",
    "second line coding": b"#!/usr/bin/env python\n# vim: set fileencoding=latin-1 :\nprint(ascii('\xfc'))\n",
    "continuation at eof": b"x = 1 \\",
    "form feed": b"\x0cprint('ff')\n",
    "empty": b"",
    "comment only": b"# nothing",
}
with tempfile.TemporaryDirectory() as d:
    for name, data in cases.items():
        path = os.path.join(d, "program.py")
        with open(path, "wb") as f:
            f.write(data)
        r = subprocess.run([sys.executable, path], capture_output=True, text=True)
        print("==", name, r.returncode, r.stdout.strip(), r.stderr.replace(d + "/", "").strip(), sep="\n")
