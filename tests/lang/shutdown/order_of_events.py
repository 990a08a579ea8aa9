import atexit
import sys
import threading
import time
import weakref


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, sys.is_finalizing() if sys else None)


def late():
    time.sleep(0.05)
    print("thread ends")


atexit.register(print, "atexit 1")
atexit.register(lambda: print("atexit 2", sys.is_finalizing()))
threading.Thread(target=late).start()
threading._register_atexit(print, "before the threads are joined")
held = Noisy("global")
weakref.finalize(held, print, "finalize runs at exit")
print("main ends")
