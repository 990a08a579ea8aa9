"""An interpreter that has ended leaves nothing behind, whatever modules it has used."""

import gc
import sys

import _interpreters

SCRIPTS = (
    "pass",
    "import ast; ast.parse('x = 1')",
    "import decimal; decimal.Decimal(1) / 3; decimal.getcontext().prec = 5",
    "import xml.etree.ElementTree as e; e.fromstring('<a><b/></a>')",
    "import asyncio, queue, signal",
    "import zoneinfo, datetime, json, re, pickle, collections, enum, dataclasses",
    "import threading; t = threading.Thread(target=print, args=('', ), kwargs={'end': ''}); t.start(); t.join()",
    "import warnings; warnings.filterwarnings('ignore'); warnings.warn('x')",
    "import atexit; atexit.register(len, ())",
    "import sys; m = sys.monitoring; m.use_tool_id(2, 'x'); m.register_callback(2, 1, print); m.set_events(2, m.events.CALL); len('')",
)


def run(script: str) -> None:
    interpreter = _interpreters.create()
    error = _interpreters.exec(interpreter, script)
    if error is not None:
        print(error)
    _interpreters.destroy(interpreter)


for script in SCRIPTS:
    for _ in range(2):
        run(script)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(6):
        run(script)
    gc.collect()
    print(script, (sys.getallocatedblocks() - before) // 6 < 1)
