"""Receivers as they are met: made to answer rightly, wrongly, late, twice or never."""
import socket, threading, time

from harness import CR, FS, VT, free_port

AA, AE, AR = 'AA', 'AE', 'AR'


def header(message):
    return message.split('\r')[0].split('|')


def control_id(message):
    return header(message)[9]


def acknowledge(message, code='AA', text=''):
    h = header(message)
    return f'MSH|^~\\&|PEER|PEER|{h[2]}|{h[3]}|20261124||ACK|A{h[9]}|P|2.5\rMSA|{code}|{h[9]}|{text}\r'


class Receiver:
    """An MLLP receiver in threads. `answer(message)` gives the replies, in order; it may sleep. What came is in `taken`, in order of arrival."""

    def __init__(self, answer=None, port=None):
        self.answer = answer or (lambda message: [acknowledge(message)])
        self.port, self.taken, self.connections, self.mutex = port or free_port(), [], 0, threading.Lock()
        self.start()

    def start(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for _ in range(100):  # who stopped a moment ago may not have let it go yet
            try:
                self.socket.bind(('127.0.0.1', self.port))
                break
            except OSError:
                time.sleep(0.05)
        self.socket.listen(128)
        self.open, self.sockets = True, set()
        threading.Thread(target=self.accept, args=(self.socket,), daemon=True).start()

    def accept(self, listening):
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.mutex:
                self.connections += 1
                self.sockets.add(peer)
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        rest = b''
        try:
            while True:
                end = rest.find(FS + CR)
                if end < 0:
                    data = peer.recv(65536)
                    if not data:
                        return
                    rest += data
                    continue
                frame, rest = rest[:end], rest[end + 2:]
                message = frame[1:].decode('utf-8', 'replace')
                with self.mutex:
                    self.taken.append(message)
                replies = self.answer(message)
                if replies is None:
                    return peer.close()
                for reply in replies:
                    peer.sendall(VT + reply.encode() + FS + CR)
        except OSError:
            pass
        finally:
            with self.mutex:
                self.sockets.discard(peer)

    def ids(self):
        with self.mutex:
            return [control_id(m) for m in self.taken]

    def wait(self, count, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            if len(self.taken) >= count:
                return self.ids()
            time.sleep(0.01)
        raise AssertionError(f'{len(self.taken)} of {count} messages came: {self.ids()[:20]}')

    def stop(self):
        # A closed socket would live on in accept() until somebody comes, and keep the port.
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
        with self.mutex:
            for each in list(self.sockets):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                each.close()


def wait_for(condition, seconds=20, what=''):
    end = time.time() + seconds
    while time.time() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f'not in {seconds} s: {what}')
