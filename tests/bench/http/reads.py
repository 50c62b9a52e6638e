"""Single reads of random resources, of the same one (the cached floor), the first page of 50 patients, and W9: $everything of random patients."""
import random

import bench as b

PUBLISHED = ('Blaze: single Patient read 1,405/s (1) to 48,868/s (64 connections), p99 4.1 ms; first page of 50 Patients 2,000/s p99 3.6 ms (24 cores)',)
PUBLISHED_EVERYTHING = ('Blaze: 40/s (1) to 261/s (32 connections) (24 cores)',)


def any_one(bench):
    """Reads of some two thousand resources of four types, in any order."""
    ids = [f'{type}/{r["id"]}' for type in ('Observation', 'Encounter', 'Condition', 'Patient') for r in bench.resources_of(type, 500)]
    random.Random(3).shuffle(ids)
    return b''.join(b.request('read', 'GET', f'/fhir/{id}') for id in ids)


def run(bench):
    one, any = bench.resources_of('Patient', 1)[0]['id'], any_one(bench)
    seconds = 0.7 if bench.quick else 2
    b.title('single reads', PUBLISHED)
    for connections in (1, 32) if bench.brief else (1, 16, 64) if bench.quick else (1, 2, 4, 8, 16, 32, 64):
        floor, bare = bench.healthz(connections), bench.bare(connections)
        b.row('/healthz', connections, bench.run('plan', connections, seconds, b.request('healthz', 'GET', '/healthz'), 0.2), floor=f'{floor / bare:.2f} of a bare server ({bare:.0f}/s)')
        for name, text in (('any resource', any), ('the same Patient', b.request('read', 'GET', f'/fhir/Patient/{one}'))):
            figures = bench.measure('plan', connections, seconds, text)
            b.row(name, connections, figures, floor=f'{b.rate(figures) / floor:.2f} of /healthz')
    figures = bench.measure('plan', 8, seconds, b.request('page', 'GET', '/fhir/Patient?_count=50'))
    b.row('first page of 50 Patients', 8, figures)


def everything(bench):
    patients = [p['id'] for p in bench.resources_of('Patient', 1000)]
    b.title('W9 $everything, _count=1000', PUBLISHED_EVERYTHING)
    if not bench.offered(f'/fhir/Patient/{patients[0]}/$everything?_count=1000'):
        return print('not offered')
    text = b''.join(b.request('everything', 'GET', f'/fhir/Patient/{id}/$everything?_count=1000') for id in patients)
    for connections in (1, 8) if bench.quick else (1, 2, 4, 8, 16, 32):
        figures = bench.measure('plan', connections, 1 if bench.quick else 4, text)
        b.row('$everything', connections, figures, floor=f'{figures["all"]["bytes"] / figures["seconds"] / 1e6:.0f} MB/s')
