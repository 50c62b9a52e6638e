#!/usr/bin/env python3
"""deliveries.py [ROUNDS]: kill -9 at any moment under load with deliveries going on, again and again on the same data, to receivers that answer late, with errors, twice, or
not at all. After each restart, when all has been delivered: every acknowledged message reached every destination; nothing else did; of each patient in the order in which it was
sent; twice only what was being sent when the program was killed, or was not answered; counts are exact. More by name: tests/crash/deliveries.py 1000."""
import collections, pathlib, random, sys, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'integration'))
from harness import Daemon, Sender, code, counted, fields, free_port, oru
from peers import Receiver, acknowledge, control_id, wait_for

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 25
SENDERS, LINES = 4, 3
rng = random.Random(20261129)


class Load(threading.Thread):
    """One sender, one patient, numbers ascending."""

    def __init__(self, port, index, begin):
        super().__init__(daemon=True)
        self.port, self.index, self.next, self.acknowledged, self.wrong = port, index, begin, begin - 1, None

    def run(self):
        try:
            s = Sender(self.port)
            while True:
                answer = s.send(oru(f'{self.index}-{self.next}', patient=f'P{self.index}', order=f'X{self.index}', value=f'{self.next}.25', when=f'20261124{8 + self.next // 3600:02d}{self.next // 60 % 60:02d}{self.next % 60:02d}'))
                if code(answer) != 'AA':
                    self.wrong = answer
                    return
                self.acknowledged, self.next = self.next, self.next + 1
        except (OSError, EOFError):
            return


class Peer:
    """A receiver, and how often each message came without being answered well: so often it may come again."""

    def __init__(self, odd):
        self.odd, self.excuses, self.mutex = odd, collections.Counter(), threading.Lock()
        self.receiver = Receiver(self.answer)

    def answer(self, message):
        kind = rng.random() if self.odd else 1
        number = control_id(message)
        if kind < 0.02:
            time.sleep(rng.random() * 0.05)
        if kind < 0.03:
            return [acknowledge(message), acknowledge(message)]
        if kind < 0.05:
            with self.mutex:
                self.excuses[number] += 1
            return [acknowledge(message, 'AE', 'busy')] if kind < 0.04 else None
        return [acknowledge(message)]


def status(d):
    return {x['destination']: x for x in d.json('/admin/v1/destinations')['destinations']}


def verify(d, peers, loads, kills):
    wait_for(lambda: all(x['queued'] == x['retrying'] == 0 for x in status(d).values()), seconds=60, what=str(status(d)))
    stored = collections.defaultdict(list)
    for entry in d.messages():
        assert entry['state'] == 'stored', entry
        index, n = map(int, entry['controlId'].split('-'))
        stored[index].append(n)
    total = 0
    for load in loads:
        numbers = sorted(stored[load.index])
        assert numbers == list(range(len(numbers))), f'sender {load.index}: doubled or missing in the store'
        assert load.acknowledged < len(numbers) <= load.acknowledged + 2, (load.acknowledged, len(numbers))
        total += len(numbers)
    for name, peer in peers.items():
        told = status(d)['test/' + name]
        assert (told['delivered'], told['dead'], told['dropped']) == (total, 0, 0), (told, total)
        ids = peer.receiver.ids()
        assert set(ids) == {f'{i}-{n}' for i, numbers in stored.items() for n in numbers}, f'{name}: not the same as in the store'
        again = collections.Counter(ids)
        doubled = sum(count - 1 - min(count - 1, peer.excuses[number]) for number, count in again.items())
        assert doubled <= kills * LINES, f'{name}: {doubled} came twice without need after {kills} kills'
        for load in loads:
            # Each time it comes, a message comes after all that were sent before it: nothing older comes later.
            highest, mine = -1, [int(x.split('-')[1]) for x in ids if x.startswith(f'{load.index}-')]
            for n in mine:
                assert n >= highest and n <= highest + 1, f'{name}, sender {load.index}: {n} after {highest}'
                highest = max(highest, n)
    return total


def main():
    peers = {'good': Peer(False), 'odd': Peer(True)}
    port = free_port()
    text = f'hospital: {{code: test, name: 测试医院}}\nfeeds:\n  - name: his\n    mllp: {{listen: "127.0.0.1:{port}"}}\ndestinations:\n'
    for name, peer in peers.items():
        text += (f'  - name: {name}\n    mllp: {{connect: "127.0.0.1:{peer.receiver.port}", answer-timeout: 2s}}\n    connections: {LINES}\n'
                 '    retry: {first: 5ms, most: 50ms, attempts: 1000}\n')
    d = Daemon(hospitals={'test': text + 'routes:\n  - {to: [good, odd]}\n'}).start()
    begins, total = [0] * SENDERS, 0
    for round_ in range(1, ROUNDS + 1):
        loads = [Load(port, i, begins[i]) for i in range(SENDERS)]
        for load in loads:
            load.start()
        time.sleep(rng.uniform(0.02, 0.5))
        d.kill()
        for load in loads:
            load.join(30)
            assert load.wrong is None, load.wrong
        d.start()
        total = verify(d, peers, loads, round_)
        # What was in doubt was kept or not: the next number follows what is stored.
        stored = collections.Counter()
        for name in peers['good'].receiver.ids():
            index, n = map(int, name.split('-'))
            stored[index] = max(stored[index], n + 1)
        begins = [stored[i] for i in range(SENDERS)]
        if round_ % 10 == 0:
            print(f'round {round_}: {total} messages, each delivered to both in order; {sum(p.excuses.total() for p in peers.values())} were refused or not answered at first', flush=True)
    d.close()


if __name__ == '__main__':
    sys.exit(counted(ROUNDS, main))
