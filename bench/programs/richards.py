"""An operating system's scheduler with tasks, devices and packets: objects, methods and dispatch."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEV, WORK = 0, 1


class Packet:
    def __init__(self, link, ident, kind):
        self.link, self.ident, self.kind = link, ident, kind
        self.datum = 0
        self.data = [0] * 4

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    def __init__(self, system, ident, priority, queue, waiting):
        self.system, self.ident, self.priority, self.queue = system, ident, priority, queue
        self.pending = queue is not None
        self.waiting = waiting
        self.holding = False
        self.next = system.tasks
        system.tasks = system.table[ident] = self

    def is_stopped(self):
        return self.holding or (not self.pending and self.waiting)

    def add(self, packet, old):
        if self.queue is None:
            self.queue = packet
            self.pending = True
            if self.priority > old.priority:
                return self
        else:
            packet.append_to(self.queue)
        return old

    def run(self):
        packet = None
        if self.waiting and self.pending:
            packet = self.queue
            self.queue = packet.link
            self.waiting = False
            self.pending = self.queue is not None
        return self.step(packet)

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.system.held += 1
        self.holding = True
        return self.next

    def release(self, ident):
        task = self.system.table[ident]
        task.holding = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        target = self.system.table[packet.ident]
        self.system.sent += 1
        packet.link = None
        packet.ident = self.ident
        return target.add(packet, self)


class Idle(Task):
    control, count = 1, 10_000

    def step(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class Worker(Task):
    target, letter = HANDLER_A, 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.target = HANDLER_B if self.target == HANDLER_A else HANDLER_A
        packet.ident = self.target
        packet.datum = 0
        for i in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[i] = 64 + self.letter
        return self.send(packet)


class Handler(Task):
    work = device = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == WORK:
                self.work = packet.append_to(self.work)
            else:
                self.device = packet.append_to(self.device)
        if self.work is None:
            return self.wait()
        work = self.work
        if work.datum >= 4:
            self.work = work.link
            return self.send(work)
        if self.device is None:
            return self.wait()
        dev = self.device
        self.device = dev.link
        dev.datum = work.data[work.datum]
        work.datum += 1
        return self.send(dev)


class Device(Task):
    held = None

    def step(self, packet):
        if packet is None:
            if self.held is None:
                return self.wait()
            packet, self.held = self.held, None
            return self.send(packet)
        self.held = packet
        return self.hold()


class System:
    def __init__(self):
        self.tasks = None
        self.table = [None] * 6
        self.sent = self.held = 0

    def schedule(self):
        task = self.tasks
        while task is not None:
            task = task.next if task.is_stopped() else task.run()


def main():
    system = System()
    Idle(system, IDLE, 0, None, False)
    queue = Packet(Packet(None, WORKER, WORK), WORKER, WORK)
    Worker(system, WORKER, 1000, queue, True)
    for handler, device, priority in ((HANDLER_A, DEVICE_A, 2000), (HANDLER_B, DEVICE_B, 3000)):
        queue = None
        for _ in range(3):
            queue = Packet(queue, device, DEV)
        Handler(system, handler, priority, queue, True)
    Device(system, DEVICE_A, 4000, None, True)
    Device(system, DEVICE_B, 5000, None, True)
    system.schedule()
    return system.sent, system.held


results = {main() for _ in range(12)}
assert results == {(23246, 9297)}, results
