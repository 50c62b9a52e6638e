"""W3: 24 search parameters in six families; every round asks each once, with values drawn from what is stored and one that finds nothing."""
import random
from urllib.parse import quote

import bench as b

CONNECTIONS, ROUNDS = 30, 120
PUBLISHED = ('all: HFS 5,896/s, MS 3,632, Aidbox 3,562, Medplum 2,369, HAPI 1,040 (8 vCPU a server + PostgreSQL, 1,000 patients); HFS p99 13-15 ms in most families',)
FAMILIES = ('string', 'date', 'token', 'quantity', 'composite', 'reference')
PREFIXES = ['', 'eq', 'lt', 'gt', 'ge', 'le', 'sa', 'eb']
CODES = ['8302-2', '29463-7', '8480-6', '8462-4', '8867-4', '39156-5', '72514-3', '718-7', '2339-0', '2947-0']


def harvest(bench):
    """Values that occur, by what they are."""
    patients, organizations = bench.resources_of('Patient', 200), bench.resources_of('Organization', 100)
    found = {
        'name': [n for p in patients for name in p.get('name', []) for n in [name['family'], *name.get('given', [])]],
        'city': [a['city'] for p in patients for a in p.get('address', [])],
        'birth': [p['birthDate'] for p in patients],
        'organization': [o['name'] for o in organizations],
        'seen': [o['effectiveDateTime'][:19] for o in bench.resources_of('Observation', 200) if 'effectiveDateTime' in o],
        'visited': [e['period']['start'][:10] for e in bench.resources_of('Encounter', 200)],
    }
    for type in ('Patient', 'Encounter', 'Practitioner'):
        found[type] = [f'{type}/{r["id"]}' for r in bench.resources_of(type, 20)] + [f'{type}/none']
    chosen = random.Random(1)
    return {name: values if name in ('Patient', 'Encounter', 'Practitioner') else chosen.sample(values, min(20, len(values))) for name, values in found.items()}


def parameters(found, r):
    """(family, type, parameter, draw) of the 24."""
    dated = lambda values, none: lambda: r.choice(PREFIXES) + r.choice(values + [none])
    number = lambda *values: lambda: r.choice(PREFIXES[:6]) + r.choice(values)
    either = lambda *values: lambda: r.choice(values)
    loinc, act = 'http://loinc.org|', 'http://terminology.hl7.org/CodeSystem/v3-ActCode|'
    text = lambda values: lambda: r.choice(values + ['NON-EXISTS'])
    refers = lambda type: lambda: r.choice(found[type])
    category = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'
    return [
        ('string', 'Patient', 'name', text(found['name'])), ('string', 'Patient', 'address', text(found['city'])), ('string', 'Organization', 'name', text(found['organization'])),
        ('date', 'Patient', 'birthdate', dated(found['birth'], '2070-01-01')), ('date', 'Observation', 'date', dated(found['seen'], '2070-01-01T00:00:00')),
        ('date', 'Encounter', 'date', dated(found['visited'], '2070-01-01')),
        ('token', 'Observation', 'category', either('none|none', 'laboratory', category, 'vital-signs', 'survey', 'social-history', 'procedure', 'laboratory,vital-signs', 'laboratory,vital-signs,survey')),
        ('token', 'Observation', 'code', either('none', *CODES, loinc + CODES[0], loinc + CODES[1], ','.join(CODES[:2]), ','.join(CODES[2:5]))),
        ('token', 'Encounter', 'status', either('none', 'finished', 'in-progress', 'planned', 'arrived', 'cancelled', 'finished,in-progress', 'finished,in-progress,planned')),
        ('token', 'Encounter', 'class', either('none|none', 'AMB', 'EMER', 'IMP', 'HH', 'OBSENC', 'WELLNESS', act + 'AMB', act + 'EMER', 'AMB,EMER', 'AMB,EMER,IMP')),
        ('quantity', 'Observation', 'value-quantity', number('99999', '170', '80', '30', '100', '140', '200')),
        ('quantity', 'Observation', 'component-value-quantity', number('99999', '120', '80', '140', '90', '100', '60')),
        ('quantity', 'Observation', 'combo-value-quantity', number('99999', '120', '170', '80', '100', '140')),
        ('composite', 'Observation', 'code-value-quantity', either('none$gt0', '8867-4$gt100', '8867-4$lt60', '8302-2$gt170', '29463-7$gt80', '29463-7$lt5', '39156-5$ge30', '2339-0$gt140', '2947-0$gt142',
                                                                  loinc + '8867-4$gt100', loinc + '8302-2$gt170')),
        ('composite', 'Observation', 'component-code-value-quantity', either('none$gt0', '8480-6$gt140', '8480-6$ge180', '8480-6$lt100', '8462-4$gt90', '8462-4$lt60', loinc + '8480-6$gt140')),
        ('composite', 'Observation', 'combo-code-value-quantity', either('none$gt0', '8867-4$gt100', '8480-6$gt140', '8302-2$gt170', '29463-7$gt80', '39156-5$ge30', loinc + '8480-6$gt140')),
        ('reference', 'Observation', 'subject', refers('Patient')), ('reference', 'Observation', 'encounter', refers('Encounter')), ('reference', 'Observation', 'performer', refers('Practitioner')),
        ('reference', 'Encounter', 'subject', refers('Patient')), ('reference', 'Encounter', 'participant', refers('Practitioner')),
        ('reference', 'MedicationRequest', 'subject', refers('Patient')), ('reference', 'MedicationRequest', 'encounter', refers('Encounter')), ('reference', 'MedicationRequest', 'requester', refers('Practitioner')),
    ]


def plan(bench, family=None, only=None):
    r = random.Random(2)
    text, asked = b'', parameters(harvest(bench), r)
    for _ in range(ROUNDS):
        for kind, type, name, draw in asked:  # all are drawn, so that each is asked the same whichever others are
            modifier = r.choice(['', ':contains']) if kind == 'string' else ''
            target = f'/fhir/{type}?{name}{modifier}={quote(draw(), safe="")}&_count=20'
            label = f'{kind} {type}.{name}'
            if family in (None, kind) and only in (None, label):
                text += b.request(label, 'GET', target)
    return text


def run(bench, detail=False):
    b.title('W3 search, 24 parameters in six families, _count=20', PUBLISHED)
    floor = bench.healthz(CONNECTIONS)
    figures = bench.measure('plan', CONNECTIONS, 1.5 if bench.quick else 5, plan(bench))
    b.row('all, in turn', CONNECTIONS, figures, floor=f'{b.rate(figures) / floor:.2f} of /healthz')
    for family in () if bench.brief else FAMILIES:
        alone = bench.measure('plan', CONNECTIONS, 0.7 if bench.quick else 2, plan(bench, family))
        b.row(f'{family} alone', CONNECTIONS, alone, floor=f'{b.rate(alone) / floor:.2f} of /healthz')
        if detail:
            for name in alone['labels']:
                one = bench.run('plan', CONNECTIONS, 1, plan(bench, family, name), 0.2)
                b.row(f'  {name.split(" ")[1]} alone', CONNECTIONS, one)
