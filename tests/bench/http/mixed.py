"""W4: creates, reads, updates and deletes mixed 10:60:25:5 over five types, beside each other; W5: the questions of mock.health's pool, in any order."""
import random
from urllib.parse import quote

import bench as b

CONNECTIONS = 64
TYPES = {'Observation': 50, 'Patient': 20, 'Condition': 15, 'Encounter': 10, 'MedicationRequest': 5}
PUBLISHED_SEARCH = ('1,000 patients, p50: Blaze 0 ms 2,027/s; HAPI 26 ms 1,567/s; Medplum 79 ms 474/s (14 % errors); Aidbox 264 ms 219/s; MS 27 ms 116/s; Spark 312 ms 16/s (12 + 6 cores)',)


def plan(bench):
    r, text = random.Random(5), b''
    stored = {type: bench.resources_of(type, 500) for type in TYPES}
    doomed = {type: [i['id'] for i in items[::10]] for type, items in stored.items()}
    kept = {type: [i for n, i in enumerate(items) if n % 10] for type, items in stored.items()}
    for _ in range(6000):
        type, verb = r.choices(list(TYPES), list(TYPES.values()))[0], r.choices(['create', 'read', 'update', 'delete'], [10, 60, 25, 5])[0]
        one = r.choice(kept[type])
        body = {k: v for k, v in one.items() if k != 'meta'}
        if verb == 'create':
            text += b.request(f'create {type}', 'POST', f'/fhir/{type}', {k: v for k, v in body.items() if k != 'id'})
        elif verb == 'read':
            text += b.request(f'read {type}', 'GET', f'/fhir/{type}/{one["id"]}')
        elif verb == 'update':
            text += b.request(f'update {type}', 'PUT', f'/fhir/{type}/{one["id"]}', {**body, 'language': r.choice(['zh', 'en', 'de', 'fr', 'ja'])})
        elif doomed[type]:
            text += b.request(f'delete {type}', 'DELETE', f'/fhir/{type}/{doomed[type].pop()}')
    return text


def run(bench):
    disk = bench.disk()
    text = plan(bench)
    figures = bench.measure('plan', CONNECTIONS, 1.5 if bench.quick else 5, text)
    b.title('W4 mixed: create 10, read 60, update 25, delete 5 %')
    b.row('all', CONNECTIONS, figures, floor=f'{b.rate(figures) / bench.healthz(CONNECTIONS):.2f} of /healthz; {disk:.0f} synced writes/s')
    for verb in ('create', 'read', 'update', 'delete'):
        b.row(verb, CONNECTIONS, figures, figures['groups'].get(verb, {'count': 0}))


def questions(bench):
    some = lambda type: [r['id'] for r in bench.resources_of(type, 50)]
    r = random.Random(6)
    patient = lambda: 'Patient/' + r.choice(patients)
    patients, encounters, doctors = some('Patient'), bench.resources_of('Encounter', 50), some('Practitioner')
    family = next(p for p in bench.resources_of('Patient', 500) if 'name' in p)['name'][0]['family']
    conditions, procedures = ([x['code']['coding'][0]['code'] for x in bench.resources_of(type, 20)] for type in ('Condition', 'Procedure'))
    code = lambda codes: quote(r.choice(codes))
    pool = {
        'count Observation': lambda: 'Observation?_total=accurate&_count=1', 'count systolic': lambda: 'Observation?code=8480-6&_total=accurate&_count=1',
        'count height': lambda: 'Observation?code=8302-2&_total=accurate&_count=1', 'count weight': lambda: 'Observation?code=29463-7&_total=accurate&_count=1',
        'count pain': lambda: 'Observation?code=72514-3&_total=accurate&_count=1', 'count combo': lambda: 'Observation?combo-code=8480-6&_total=accurate&_count=1',
        'count female': lambda: 'Patient?gender=female&_total=accurate&_count=1', 'family prefix': lambda: f'Patient?family={quote(family[0])}', 'given prefix': lambda: 'Patient?given=A',
        'gender+family': lambda: f'Patient?gender=female&family={quote(family[0])}', 'family exact': lambda: f'Patient?family:exact={quote(family)}',
        'date': lambda: 'Observation?date=ge2015-01-01', 'metadata': lambda: 'metadata', 'read': patient,
        'observations of': lambda: 'Observation?patient=' + patient(), 'conditions of': lambda: 'Condition?patient=' + patient(), 'encounters of': lambda: 'Encounter?patient=' + patient(),
        'medication of': lambda: 'MedicationRequest?patient=' + patient(), 'condition code': lambda: 'Condition?code=' + code(conditions), 'procedure code': lambda: 'Procedure?code=' + code(procedures),
        'encounter participant': lambda: 'Encounter?participant=Practitioner/' + r.choice(doctors),
        'patient _content': lambda: 'Patient?_content=Boston', 'observation _content': lambda: 'Observation?_content=glucose', '_text': lambda: 'Patient?_text=Boston',
        'name:text': lambda: f'Patient?name:text={quote(family)}', 'address:text': lambda: 'Patient?address:text=Boston', 'code:text': lambda: 'Observation?code:text=glucose',
    }
    return {name: draw for name, draw in pool.items() if bench.offered('/fhir/' + draw())}, sorted(name for name in pool if not bench.offered('/fhir/' + pool[name]())), r


def question_plan(bench):
    pool, missing, r = questions(bench)
    return b''.join(b.request('q ' + name.replace(' ', '_'), 'GET', '/fhir/' + pool[name]()) for name in r.choices(list(pool), k=3000))


def run_questions(bench, detail=False):
    pool, missing, r = questions(bench)
    text = b''.join(b.request('q ' + name.replace(' ', '_'), 'GET', '/fhir/' + pool[name]()) for name in r.choices(list(pool), k=3000))
    figures = bench.measure('plan', CONNECTIONS, 1.5 if bench.quick else 5, text)
    b.title(f'W5 {len(pool)} questions drawn evenly', PUBLISHED_SEARCH)
    b.row('all', CONNECTIONS, figures, floor=f'{b.rate(figures) / bench.healthz(CONNECTIONS):.2f} of /healthz')
    # Mixed, a slow question holds up the others: what each costs is seen alone.
    for name, draw in sorted(pool.items()) if detail else ():
        text = b''.join(b.request('q', 'GET', '/fhir/' + draw()) for _ in range(50))
        b.row('  ' + name + ' alone', 4, bench.run('plan', 4, 0.7, text, 0.1))
    if missing:
        print('not offered: ' + ', '.join(missing))
