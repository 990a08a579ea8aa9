"""Two threads load what a module defines that neither has imported: one imports it, the other waits."""
import pickle
import sys
import tempfile
import threading

folder = tempfile.TemporaryDirectory()
sys.path.insert(0, folder.name)
with open(f"{folder.name}/locker.py", "w") as file:
    file.write("import threading\nbarrier = threading.Barrier(2)\n")
with open(f"{folder.name}/slow_module.py", "w") as file:
    file.write("import locker\nlocker.barrier.wait()\nclass Loaded: pass\n")
data = b"\x80\x03cslow_module\nLoaded\nq\x00)\x81q\x01."

outcome = set()
for _ in range(30):
    sys.modules.pop("locker", None)
    sys.modules.pop("slow_module", None)
    import locker

    start = threading.Barrier(3)

    def load():
        start.wait()
        try:
            outcome.add(type(pickle.loads(data)).__name__)
        except Exception as error:
            outcome.add(repr(error))

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    start.wait()
    locker.barrier.wait()
    for thread in threads:
        thread.join()
print(outcome)
folder.cleanup()
