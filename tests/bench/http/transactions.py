"""W7: small transactions, each a patient and an observation of it, durable before the answer, at 1 to 128 connections."""
import random

import bench as b

PUBLISHED = ('Blaze A5N46 (24 cores, 178 fsync/s): 88/s (1), 258 (8), 526, 1,056 (32), 1,974, 4,064 (128)',
             'Blaze LEA47 (16 cores, 484 fsync/s): 178/s (1), 848 (8), 1,499, 2,582 (32), 3,137, 3,313 (128)',
             'Blaze LEA79 (128 cores, 122,000 fsync/s): 1,179/s (1), 7,536 (8), 12,013, 15,757 (32), 17,833, 17,968 (128)')


def transaction(r):
    urn = f'urn:uuid:{r.getrandbits(32):08x}-0000-4000-8000-{r.getrandbits(48):012x}'
    patient = {'resourceType': 'Patient', 'gender': r.choice(['male', 'female']), 'birthDate': f'{r.randint(1920, 2020)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}'}
    observation = {'resourceType': 'Observation', 'status': 'final', 'code': {'coding': [{'system': 'http://loinc.org', 'code': '8480-6'}]}, 'subject': {'reference': urn},
                   'valueQuantity': {'value': r.randint(80, 200), 'unit': 'mmHg', 'system': 'http://unitsofmeasure.org', 'code': 'mm[Hg]'}}
    return {'resourceType': 'Bundle', 'type': 'transaction', 'entry': [{'fullUrl': urn, 'resource': patient, 'request': {'method': 'POST', 'url': 'Patient'}},
                                                                       {'resource': observation, 'request': {'method': 'POST', 'url': 'Observation'}}]}


def plan(count=8000):
    r = random.Random(4)
    return b''.join(b.request('transaction', 'POST', '/fhir', transaction(r)) for _ in range(count))


def run(bench):
    text = plan()
    b.title('W7 small transactions', PUBLISHED)
    for connections in (1, 32) if bench.brief else (1, 8, 64) if bench.quick else (1, 2, 4, 8, 16, 32, 64, 128):
        disk = bench.disk()
        figures = bench.measure('plan', connections, 1 if bench.quick else 4, text)
        b.row('transaction', connections, figures, floor=f'{b.rate(figures) / disk:.2f} of {disk:.0f} synced writes/s')
