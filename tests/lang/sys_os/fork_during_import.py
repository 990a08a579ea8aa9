# flags: -W ignore
"""A child forked while another thread holds the import lock does not see what that thread had half done."""

import _imp
import os
import sys
import threading
import time

started = threading.Event()


def importer():
    _imp.acquire_lock()
    sys.modules["made_up_module"] = "partial"
    started.set()
    time.sleep(0.05)
    sys.modules["made_up_module"] = "complete"
    _imp.release_lock()


thread = threading.Thread(target=importer)
thread.start()
started.wait()
pid = os.fork()
if pid == 0:
    os._exit(42 if sys.modules["made_up_module"] == "complete" else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), _imp.lock_held())
thread.join()
