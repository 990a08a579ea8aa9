import subprocess
import sys

programs = [
    "import threading, time\nthreading.Thread(target=lambda: time.sleep(60), daemon=True).start()\nprint('main done')",
    "import threading, time\ndef f():\n  time.sleep(0.05)\n  print('non-daemon finished')\nthreading.Thread(target=f).start()\nprint('main done', flush=True)",
    "import threading\ndef f(): raise ValueError('in thread')\nt = threading.Thread(target=f, name='T')\nt.start(); t.join()\nprint('main goes on')",
    "import threading, sys\nt = threading.Thread(target=lambda: sys.exit(5))\nt.start(); t.join()\nprint('exit in a thread is quiet')",
    "import threading, atexit\natexit.register(print, 'atexit')\nthreading.Thread(target=lambda: print('thread')).start()",
    "import _thread\n_thread.interrupt_main()\ntry:\n  import time; time.sleep(1)\nexcept KeyboardInterrupt: print('interrupted')",
    "import threading\ndef f():\n  while True: pass\nthreading.Thread(target=f, daemon=True).start()\nprint('busy daemon does not hold the exit')",
]
for p in programs:
    r = subprocess.run([sys.executable, "-c", p], capture_output=True, text=True, timeout=15)
    print(r.returncode, r.stdout.split("\n"), r.stderr.strip().splitlines()[-1:])
