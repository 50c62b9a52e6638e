#!/usr/bin/env python3
"""run.py [ROUNDS]: kill -9 at any moment under load, again and again on the same data. After each restart: every acknowledged message is there once,
its resources are whole, in the order of its patient; nothing half-made. A hundred rounds run with the tests; more by name: tests/crash/run.py 1000."""
import json, pathlib, random, sys, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'integration'))
from harness import Daemon, code, counted, fields, oru

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
SENDERS = 4
TESTS = 3
rng = random.Random(20261124)


class Load(threading.Thread):
    """One sender, one patient: each message corrects the former one, so that the last acknowledged value must be the stored one."""

    def __init__(self, daemon, index, begin):
        super().__init__(daemon=True)
        self.d, self.index, self.next, self.acknowledged, self.in_doubt, self.wrong = daemon, index, begin, begin - 1, None, None

    def run(self):
        try:
            s = self.d.sender()
            while True:
                n = self.next
                self.in_doubt = n
                answer = s.send(message(self.index, n))
                if code(answer) != 'AA' or fields(answer, 'MSA')[2] != f'{self.index}-{n}':
                    self.wrong = answer
                    return
                self.acknowledged, self.in_doubt, self.next = n, None, n + 1
        except (OSError, EOFError):
            return


def message(index, n):
    second = n % 60
    when = f'20261124{8 + n // 3600:02d}{n // 60 % 60:02d}{second:02d}'
    return oru(f'{index}-{n}', patient=f'P{index}', order=f'X{index}', value=f'{n}.25', when=when, tests=TESTS)


def verify(d, loads):
    numbers = {}
    for entry in reversed(d.messages()):
        assert entry['state'] == 'stored', entry
        index, n = map(int, entry['controlId'].split('-'))
        numbers.setdefault(index, []).append(n)
    observations = {}
    for o in d.search('Observation?_count=1000'):
        observations.setdefault(o['subject']['reference'], []).append(o)
    for load in loads:
        assert load.wrong is None, load.wrong
        got = numbers.get(load.index, [])
        assert got == sorted(set(got)), f'doubled or out of order: {got[-20:]}'
        wanted = list(range(1, load.acknowledged + 1))
        missing = set(wanted) - set(got)
        assert not missing, f'acknowledged and lost: {sorted(missing)[:10]}'
        beyond = set(got) - set(wanted)
        assert beyond <= {load.in_doubt}, f'there, but never sent: {beyond}'
        if not got:
            continue
        patient = [p for p in d.search('Patient?identifier=P%d' % load.index)]
        assert len(patient) == 1, patient
        mine = observations['Patient/' + patient[0]['id']]
        assert len(mine) == TESTS, len(mine)
        values = {o['valueQuantity']['value'] for o in mine}
        assert values == {got[-1] + 0.25}, (values, got[-1])
        load.next = got[-1] + 1
        load.acknowledged = got[-1]


def main():
    d = Daemon().start()
    loads = [Load(d, i, 1) for i in range(SENDERS)]
    total = 0
    for round_ in range(1, ROUNDS + 1):
        loads = [Load(d, l.index, l.next) for l in loads]
        for load in loads:
            load.start()
        time.sleep(rng.uniform(0.02, 0.25))
        d.kill()
        for load in loads:
            load.join(30)
        d.start()
        verify(d, loads)
        total = sum(l.acknowledged for l in loads)
        if round_ % 10 == 0:
            print(f'round {round_}: {total} messages acknowledged, all there once and in order', flush=True)
    d.close()
    print(f'{ROUNDS} kills, {total} messages')


if __name__ == '__main__':
    sys.exit(counted(ROUNDS, main))
