"""W8: what a study asks: Observations counted (_summary=count) and downloaded whole (_count=1000, each next link followed), one request after the other, as Blaze's figures were
taken; patients by birth date, and chains. Codes, patients and days are chosen from what is stored."""
import collections, http.client, json, re, statistics, time
from urllib.parse import quote, urlencode

import bench as b

PUBLISHED = ('Blaze A5N46 (24 cores, Ryzen 9 9900X, 593 million Observations), resources/s:',
             '  one code: counted 4.8-6.8 M, downloaded 113-138 k; 10 codes: counted 4.5 M; code+date: counted 13-970 k; code+value: 29-268 k; category+date: 117-470 k;',
             '  1,000 patients and a code: 81-908 k; date alone: 530 k; a chain from a token forward: 272 k')
NEXT = re.compile(rb'"relation":"next","url":"([^"]*)"')
TOTAL = re.compile(rb'"total":(\d+)')
LOINC = 'http://loinc.org|'


class Client:
    """One connection that is kept."""

    def __init__(self, bench):
        self.line = http.client.HTTPConnection('localhost', bench.daemon.http_port, timeout=600)

    def ask(self, target, form=None):
        headers = {'Accept': 'application/fhir+json'}
        if form is None:
            self.line.request('GET', target, headers=headers)
        else:
            self.line.request('POST', target, form, {**headers, 'Content-Type': 'application/x-www-form-urlencoded'})
        answer = self.line.getresponse()
        body = answer.read()
        assert answer.status == 200, f'{target[:200]}: {answer.status} {body[:500]}'
        return body

    def search(self, type, query, **more):
        """By an address, or by a form where that would be too long."""
        text = urlencode([*query, *more.items()], quote_via=quote, safe='/')
        return self.ask(f'/fhir/{type}?{text}') if len(text) < 4000 else self.ask(f'/fhir/{type}/_search', text)

    def count(self, type, query):
        return int(TOTAL.search(self.search(type, query, _summary='count')).group(1))

    def pages(self, type, query):
        body = self.search(type, query, _count='1000')
        while True:
            yield body
            link = NEXT.search(body, 0, 100_000)
            if link is None:
                return
            address = json.loads(b'"' + link.group(1) + b'"').split('/fhir', 1)[1]
            # A form's conditions stand in its links, as an address that may be too long for one.
            target, _, text = address.partition('?')
            body = self.ask('/fhir' + address) if len(address) < 4000 else self.ask(f'/fhir{target.removesuffix("/_search")}/_search', text)


def harvest(client):
    """Codes of Observations by how often they come, ids of patients, the years in which most was observed."""
    codes, years = collections.Counter(), collections.Counter()
    for body in client.pages('Observation', [('_elements', 'code,effective')]):
        for entry in json.loads(body).get('entry', []):
            observation = entry['resource']
            codes[observation['code']['coding'][0]['code']] += 1
            years[observation.get('effectiveDateTime', '')[:4]] += 1
    patients = [entry['resource']['id'] for body in client.pages('Patient', [('_elements', 'id')]) for entry in json.loads(body).get('entry', [])]
    return [code for code, _ in codes.most_common()], patients[:1000], max((y for y in years if y), key=lambda y: years[y])


def questions(codes, patients, year):
    """(name, type, parameters)."""
    of = lambda some: ','.join(LOINC + code for code in some)
    asked = 'Observation'
    rare, middle, often = codes[-len(codes) // 4], codes[len(codes) // 2], codes[0]
    three = [('date', f'ge{int(year) - 2}'), ('date', f'lt{int(year) + 1}')]
    these = ('patient', ','.join(f'Patient/{id}' for id in patients))
    yield 'one code, seldom', asked, [('code', of([rare]))]
    yield 'one code, at times', asked, [('code', of([middle]))]
    yield 'one code, often', asked, [('code', of([often]))]
    yield f'{len(codes[:10])} codes', asked, [('code', of(codes[:10]))]
    yield f'{len(codes[:100])} codes', asked, [('code', of(codes[:100]))]
    yield 'status, category, 5 codes', asked, [('status', 'final'), ('category', 'vital-signs'), ('code', of(codes[:5]))]
    for name, code, value in (('weight < 20 kg', '29463-7', 'lt20'), ('weight < 80 kg', '29463-7', 'lt80'), ('height < 180 cm', '8302-2', 'lt180')):
        yield f'code, value: {name}', asked, [('code', of([code])), ('value-quantity', value)]
    yield 'code seldom, three years', asked, [('code', of([rare])), *three]
    yield 'code often, three years', asked, [('code', of([often])), *three]
    yield 'category, three years', asked, [('category', 'laboratory'), *three]
    yield 'date alone, three years', asked, three
    yield f'{len(patients)} patients, code', asked, [('code', of([often])), these]
    yield f'{len(patients)} patients, code, date', asked, [('code', of([often])), these, *three]
    for prefix in ('gt', 'ge', 'lt', 'le'):
        yield f'birthdate {prefix} 1970-01-01', 'Patient', [('birthdate', prefix + '1970-01-01')]
    yield 'code, birthdate of the patient', asked, [('code', of([often])), ('subject:Patient.birthdate', 'ge1970-01-01')]
    for type in ('Encounter', 'Procedure'):
        yield f'{type}: reason: birthdate', type, [('reason-reference:Condition.subject:Patient.birthdate', 'ge1970-01-01')]


def download(client, type, query):
    loaded = size = 0
    for body in client.pages(type, query):
        loaded += body.count(b'"search":{"mode":"match"}')
        size += len(body)
    return loaded, size


def median(action, times):
    """Seconds, and what the last one gave."""
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        given = action()
        took.append(time.perf_counter() - begin)
    return statistics.median(took), given


def run(bench):
    client = Client(bench)
    codes, patients, year = harvest(client)
    print('\nW8 counted and downloaded, one request after the other')
    for line in PUBLISHED:
        print(f'  published: {line}')
    print(f'{"":34} {"hits":>8} {"count ms":>9} {"counted/s":>11} {"download s":>10} {"loaded/s":>9} {"MB/s":>6}')
    nothing = []
    for name, type, query in questions(codes, patients, year):
        hits = client.count(type, query)
        if hits == 0:
            nothing.append(name)
            continue
        counting, _ = median(lambda: client.count(type, query), 5 if bench.quick else 15)
        whole, (loaded, size) = median(lambda: download(client, type, query), 3)
        told = '' if loaded == hits else f'  FAILED: {loaded} came of {hits}'
        print(f'{name:34} {hits:8} {counting * 1e3:9.2f} {hits / counting:11.0f} {whole:10.3f} {loaded / whole:9.0f} {size / whole / 1e6:6.0f}{told}', flush=True)
    if nothing:
        print('nothing is found, so not measured: ' + '; '.join(nothing))
