#!/usr/bin/env python3
"""imports.py [ROUNDS]: kill -9 in an import of transaction Bundles over HTTP, again and again on the same data, and at times while the index is merged. After each
restart: every Bundle that was answered 200 is there whole, every other one whole or not at all, and searches find exactly what is there."""
import collections, http.client, json, pathlib, random, sys, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'integration'))
from harness import Daemon, counted

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
CLIENTS = 4
rng = random.Random(20261129)


def bundle(name, size):
    """A patient with `size` observations that refer to him, and one more that every Bundle brings again."""
    entries = [{'fullUrl': 'urn:uuid:00000000-0000-4000-8000-000000000000', 'request': {'method': 'POST', 'url': 'Patient', 'ifNoneExist': f'identifier=urn:bundle|{name}'},
                'resource': {'resourceType': 'Patient', 'identifier': [{'system': 'urn:bundle', 'value': name}], 'birthDate': f'19{len(name) + 40}-01-01'}},
               {'request': {'method': 'POST', 'url': 'Organization', 'ifNoneExist': 'identifier=urn:org|all'}, 'resource': {'resourceType': 'Organization', 'identifier': [{'system': 'urn:org', 'value': 'all'}], 'name': 'All'}}]
    entries += [{'request': {'method': 'POST', 'url': 'Observation'},
                 'resource': {'resourceType': 'Observation', 'status': 'final', 'code': {'coding': [{'system': 'urn:code', 'code': f'c{i}'}]}, 'identifier': [{'system': 'urn:bundle', 'value': name}],
                              'subject': {'reference': 'urn:uuid:00000000-0000-4000-8000-000000000000'}, 'valueQuantity': {'value': i, 'unit': 'mg', 'system': 'http://unitsofmeasure.org', 'code': 'mg'}}} for i in range(size)]
    return {'resourceType': 'Bundle', 'type': 'transaction', 'entry': entries}


class Client(threading.Thread):
    def __init__(self, daemon, index, begin):
        super().__init__(daemon=True)
        self.d, self.index, self.next, self.sizes, self.answered, self.wrong = daemon, index, begin, {}, set(), None

    def run(self):
        try:
            while True:
                name, size = f'{self.index}-{self.next}', rng.randrange(1, 60)
                self.sizes[name] = size
                self.next += 1
                status, answer, _ = self.d.request('POST', '/fhir', bundle(name, size))
                if status != 200:
                    self.wrong = (status, answer[:500])
                    return
                self.answered.add(name)
        except (OSError, EOFError, http.client.HTTPException):
            return


def all_of(d, type, elements):
    return d.search(f'{type}?_count=1000&_elements={elements}')


def verify(d, sizes, answered):
    patients = {p['identifier'][0]['value']: p['id'] for p in all_of(d, 'Patient', 'identifier')}
    assert len(patients) == d.json('/fhir/Patient?_summary=count')['total']
    observations = collections.Counter()
    for o in all_of(d, 'Observation', 'identifier,subject'):
        name = o['identifier'][0]['value']
        observations[name] += 1
        assert o['subject']['reference'] == 'Patient/' + patients[name], name
    missing = answered - patients.keys()
    assert not missing, f'answered and lost: {sorted(missing)[:10]}'
    for name in patients:
        assert observations[name] == sizes[name], f'{name} has {observations[name]} of {sizes[name]} observations'
    assert observations.keys() <= patients.keys()
    assert d.json('/fhir/Organization?identifier=urn:org|all&_summary=count')['total'] <= 1
    for name in rng.sample(sorted(patients), min(10, len(patients))):
        assert d.json(f'/fhir/Observation?subject=Patient/{patients[name]}&_summary=count')['total'] == sizes[name]
        assert d.json(f'/fhir/Observation?identifier=urn:bundle|{name}&value-quantity=ge0&_summary=count')['total'] == sizes[name]


def main():
    d = Daemon().start()
    sizes, answered, begins = {}, set(), [0] * CLIENTS
    for round_ in range(1, ROUNDS + 1):
        clients = [Client(d, i, begins[i]) for i in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(rng.uniform(0.05, 0.5))
        d.kill()
        for client in clients:
            client.join(30)
            assert client.wrong is None, client.wrong
            sizes.update(client.sizes)
            answered |= client.answered
            begins[client.index] = client.next
        d.start()
        verify(d, sizes, answered)
        if round_ % 10 == 0:
            print(f'round {round_}: {len(answered)} Bundles answered, {sum(sizes[name] for name in answered)} observations, all there; what was not answered is whole or not there', flush=True)
    d.close()


if __name__ == '__main__':
    sys.exit(counted(ROUNDS, main))
