"""One case on the wire: sends as it is written, in the cuts and with the pauses that it says, and keeps all that comes back."""
import concurrent.futures, contextlib, select, socket, struct, threading, time

import case_file
from message import Answer

VT, FS, CR = 0x0B, 0x1C, 0x0D
MOST_TIMEOUTS = 30  # a receiver that never ends is not listened to for ever


class Seen:
    def __init__(self, maker):
        self.maker = maker
        self.answers, self.outside, self.data = [], b'', b''
        self.closed = False  # by the receiver, and before the case was over
        self.unsent = False


class Line:
    """A connection. Reads whatever comes while it sends or waits, unless the case reads slowly."""

    def __init__(self, case, place, seen, timeout, gate=None):
        self.case, self.seen, self.timeout, self.gate, self.rest = case, seen, timeout, gate, b''
        self.begun = self.moved = time.monotonic()  # `moved`: when bytes last went either way
        self.next_read = 0.0
        family = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)[0][0]
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if case.receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(case.receive_buffer))
        self.socket.settimeout(10)
        self.socket.connect(place)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.over = False

    def patient(self):
        """Whether something moved lately."""
        now = time.monotonic()
        return now < self.moved + self.timeout and now < self.begun + MOST_TIMEOUTS * self.timeout

    def may_read(self):
        return not self.over and time.monotonic() >= self.next_read

    def step(self, within, data=None):
        """Waits for at most so long for something to read, or to write of `data`; the bytes written, or None when the line is down."""
        reading = [self.socket] if self.may_read() else []
        wait = min(within, max(0.0, self.next_read - time.monotonic())) if not reading and not self.over else within
        if self.over and data is None:
            time.sleep(within)
            return 0
        readable, writable, _ = select.select(reading, [self.socket] if data else [], [], wait)
        if readable:
            self.take()
        if not writable:
            return 0
        try:
            sent = self.socket.send(data)
            self.moved = time.monotonic()
            return sent
        except (BrokenPipeError, ConnectionResetError):
            return None
        except BlockingIOError:
            return 0

    def take(self):
        slow = self.case.read
        try:
            data = self.socket.recv(int(slow['bytes']) if slow else 1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if slow:
            self.next_read = time.monotonic() + float(slow['every'])
        if not data:
            self.over = self.seen.closed = True
            return
        self.moved = time.monotonic()
        self.seen.data += data
        self.rest += data
        self.frames()

    def frames(self):
        while self.rest:
            begin = self.rest.find(VT)
            if begin != 0:
                self.seen.outside += self.rest if begin < 0 else self.rest[:begin]
                self.rest = b'' if begin < 0 else self.rest[begin:]
                continue
            end = self.rest.find(bytes([FS, CR]))
            if end < 0:
                return
            self.seen.answers.append(Answer(self.rest[1:end]))
            self.rest = self.rest[end + 2:]

    def send(self, data):
        at = 0
        while at < len(data):
            wrote = self.step(0.05, data[at:at + (1 << 16)])
            if wrote is None or not self.patient():
                self.seen.unsent = True
                return False
            at += wrote
        return True

    def pause(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.step(min(left, 0.05))

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()


def send_text(line, data, step):
    """Whole, cut at a place (from the end when negative) with a pause there, or in pieces."""
    if 'cut' in step:
        at = int(step['cut'])
        if line.send(data[:at]):
            line.pause(float(step.get('cut-pause', 0.2)))
            line.send(data[at:])
    elif 'pieces' in step:
        size = int(step['pieces'])
        for at in range(0, len(data), size):
            if not line.send(data[at:at + size]):
                return
            line.pause(float(step.get('every', 0.0005)))
    else:
        line.send(data)


def perform(step, line, maker):
    line.moved = time.monotonic()
    if 'send' in step:
        for index in range(int(step.get('times', 1))) if 'pieces' in step or 'cut' in step else [None]:
            data = maker.bytes(step['send'], index) if index is not None else b''.join(maker.bytes(step['send'], i) for i in range(int(step.get('times', 1))))
            send_text(line, data, step)
    if 'wait-for' in step:
        while len(line.seen.answers) < int(step['wait-for']) and not line.over and line.patient():
            line.step(0.05)
    if 'meet' in step and line.gate is not None:
        with contextlib.suppress(threading.BrokenBarrierError):
            line.gate.wait(line.timeout)
    line.pause(float(step.get('pause', 0)))
    if 'half-close' in step:
        with contextlib.suppress(OSError):
            line.socket.shutdown(socket.SHUT_WR)
    if 'reset' in step:
        line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    if 'reset' in step or 'close' in step:
        line.close()
        line.over = True


def wait(case, line, quiet):
    """Until what came is one of the outcomes and nothing more comes, or nothing will come any more."""
    most = max(len(items) for items, _ in case.outcomes)
    closing = any(closed for _, closed in case.outcomes)
    line.moved = time.monotonic()
    if not most and not closing:
        line.pause(quiet)
    while line.patient() and not line.over and (len(line.seen.answers) < most or (closing and not line.seen.closed and most == 0)):
        line.step(0.05)
    if not line.over:
        line.pause(quiet)


def play_one(case, place, timeout, quiet, gate=None):
    maker = case_file.Maker(case)
    seen = Seen(maker)
    line = Line(case, place, seen, timeout, gate)
    kept = []
    if gate is not None:
        gate.wait(10 + timeout)
    try:
        for step in case.steps:
            if 'new-connection' in step:
                if step['new-connection'] != 'keep':
                    line.close()
                kept.append(line)
                seen.closed = False
                line = Line(case, place, seen, timeout)
            if not (line.over and 'send' in step):
                perform(step, line, maker)
        wait(case, line, quiet)
    finally:
        for each in [*kept, line]:
            each.close()
    return seen


def play(case, place, timeout, quiet):
    """What was seen, a list: one for each connection of the case, which all are open before the first sends."""
    if case.connections == 1:
        return [play_one(case, place, timeout, quiet)]
    gate = threading.Barrier(case.connections)
    with concurrent.futures.ThreadPoolExecutor(case.connections) as pool:
        return list(pool.map(lambda _: play_one(case, place, timeout, quiet, gate), range(case.connections)))


def listens(place, timeout):
    try:
        socket.create_connection(place, timeout).close()
        return True
    except OSError:
        return False
