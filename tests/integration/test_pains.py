"""What users of FHIR record stores suffer from, each as a test by its name: duplicates from concurrent conditional writes, searches that fall off a cliff, pages that
repeat or lose, parameters ignored in silence, wrong totals, days missed in +08:00, validation that crawls, search parameters that find nothing old, subscriptions that
forget, deletes and histories that grow slow, imports whose conditional references fail, Chinese names not found.

Gathered from the public issue lists of other stores; the numbers of issues stand in each test's first line. `test_pains.py [TEST…]` runs them alone."""
import concurrent.futures, http.server, json, sys, threading, time
from urllib.parse import quote

from harness import Daemon, Suite, skip


def at_once(jobs, threads=32):
    """What the jobs give, run side by side, in their order."""
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda job: job(), jobs))


def total(d, query):
    return d.json('/fhir/' + quote(query, safe='?&=:,/%') + ('&' if '?' in query else '?') + '_total=accurate&_count=1')['total']


def bundle(kind, entries):
    return {'resourceType': 'Bundle', 'type': kind, 'entry': entries}


def entry(method, url, resource=None, **request):
    return {**({'resource': resource} if resource else {}), 'request': {'method': method, 'url': url, **request}}


def patient(value, **more):
    return {'resourceType': 'Patient', 'identifier': [{'system': 'urn:p', 'value': value}], **more}


def observation(subject, code='c', **more):
    return {'resourceType': 'Observation', 'status': 'final', 'code': {'coding': [{'system': 'urn:c', 'code': code}]}, 'subject': {'reference': subject}, **more}


def load(d, resources, size=500):
    """Puts resources, many in one transaction."""
    for i in range(0, len(resources), size):
        part = resources[i:i + size]
        status, body, _ = d.request('POST', '/fhir', bundle('transaction', [entry('PUT', f"{r['resourceType']}/{r['id']}", r) for r in part]))
        assert status == 200, (status, body[:400])


def seconds(action):
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


# 1. Concurrent conditional writes

def test_a_thousand_concurrent_conditional_creates_make_one_resource():
    """Concurrent conditional creates make duplicates (HAPI #3141 #4597 #8183, Microsoft #1382, Medplum #4878)."""
    with Daemon() as d:
        answers = at_once([lambda: d.request('POST', '/fhir/Patient', patient('1'), {'If-None-Exist': 'identifier=urn:p|1'})[0]] * 1000)
        assert sorted(set(answers)) == [200, 201] and answers.count(201) == 1, {s: answers.count(s) for s in set(answers)}
        assert total(d, 'Patient?identifier=urn:p|1') == 1


def test_concurrent_conditional_updates_make_one_resource_and_lose_no_version():
    """Concurrent conditional updates make duplicates, or are dropped in silence (HAPI #4738, starter #459)."""
    with Daemon() as d:
        answers = at_once([lambda i=i: d.request('PUT', '/fhir/Patient?identifier=' + quote('urn:p|1'), patient('1', birthDate=f'{1900 + i}-01-01'))[0] for i in range(100)])
        assert answers.count(201) == 1 and answers.count(200) == 99, {s: answers.count(s) for s in set(answers)}
        found = d.search('Patient?identifier=' + quote('urn:p|1'))
        assert len(found) == 1 and found[0]['meta']['versionId'] == '100', found
        assert d.json(f"/fhir/Patient/{found[0]['id']}/_history?_count=1000").get('total', 100) == 100


def test_concurrent_transactions_of_one_condition_make_one_patient_that_all_refer_to():
    """Transactions race on ifNoneExist (HAPI #4597, Medplum #4878)."""
    with Daemon() as d:
        whole = bundle('transaction', [{'fullUrl': 'urn:uuid:2f1c1d0e-0000-4000-8000-000000000001', **entry('POST', 'Patient', patient('1'), ifNoneExist='identifier=urn:p|1')},
                                       entry('POST', 'Observation', observation('urn:uuid:2f1c1d0e-0000-4000-8000-000000000001'))])
        answers = at_once([lambda: d.request('POST', '/fhir', whole)[0]] * 60, 16)
        assert set(answers) == {200}, {s: answers.count(s) for s in set(answers)}
        found = d.search('Patient?identifier=' + quote('urn:p|1'))
        assert len(found) == 1
        assert total(d, f"Observation?subject=Patient/{found[0]['id']}") == 60 == total(d, 'Observation')


def test_of_many_writers_of_one_version_one_wins_and_the_others_are_told():
    """An update that was overtaken undoes the other's in silence (lost updates)."""
    with Daemon() as d:
        d.request('PUT', '/fhir/Patient/p', {'resourceType': 'Patient', 'id': 'p'})
        answers = at_once([lambda i=i: d.request('PUT', '/fhir/Patient/p', {'resourceType': 'Patient', 'id': 'p', 'birthDate': f'{1900 + i}-01-01'}, {'If-Match': 'W/"1"'})[0] for i in range(64)])
        assert answers.count(200) == 1 and answers.count(412) == 63, {s: answers.count(s) for s in set(answers)}
        assert d.json('/fhir/Patient/p')['meta']['versionId'] == '2'


# 2. Searches and size

def ward(d, patients):
    """Organizations, patients of them and three observations each."""
    load(d, [{'resourceType': 'Organization', 'id': f'o{i}', 'name': f'Hospital {i}'} for i in range(10)])
    load(d, [patient(str(i), id=f'p{i}', gender='female' if i % 2 else 'male', birthDate=f'{1930 + i % 90}-01-01', managingOrganization={'reference': f'Organization/o{i % 10}'}) for i in range(patients)])
    load(d, [observation(f'Patient/p{i}', f'c{k}', id=f'b{i}-{k}', effectiveDateTime=f'2026-01-{1 + i % 28:02}', valueQuantity={'value': i % 100, 'unit': 'mmol/L', 'system': 'http://unitsofmeasure.org', 'code': 'mmol/L'})
             for i in range(patients) for k in range(3)])


def test_chains_reverse_chains_and_counts_have_no_cliff():
    """Chained searches, _has and counts take seconds or minutes as the store grows (Medplum #4212 #4923, IBM #1705 #1700, HAPI PR #4716)."""
    with Daemon() as d:
        ward(d, 3000)
        for query, many in (('Observation?patient.organization.name=Hospital%203', 900), ('Observation?subject:Patient.gender=female&code=c1', 1500), ('Patient?_has:Observation:patient:code=c2', 3000),
                            ('Patient?_has:Observation:patient:value-quantity=gt98&gender=female', 30), ('Organization?_has:Patient:organization:_has:Observation:patient:code=c0', 10),
                            ('Observation?code=c1&date=ge2026-01-15&value-quantity=lt10', None)):
            took = seconds(lambda: d.json(f'/fhir/{query}&_count=20'))  # the first may build what the next use
            found = total(d, query)
            took = min(took, seconds(lambda: d.json(f'/fhir/{query}&_count=20')))
            assert many is None or found == many, (query, found, many)
            assert took < 1, (query, took)


# 3. Pages

def test_pages_neither_repeat_nor_lose_while_others_write():
    """Pages repeat or lose rows under _sort and _include while others write (HAPI #3608 #4190 #5454, Microsoft #1792 #1369, Blaze #324)."""
    with Daemon() as d:
        load(d, [{'resourceType': 'Patient', 'id': 'p'}] + [observation('Patient/p', id=f'b{i:03}', effectiveDateTime=f'2026-01-{1 + i % 9:02}') for i in range(90)])
        stop = threading.Event()

        def others():
            n = 0
            while not stop.is_set():
                d.request('PUT', f'/fhir/Observation/n{n}', observation('Patient/p', id=f'n{n}', effectiveDateTime=f'2026-01-{1 + n % 9:02}'))
                if n > 5:
                    d.request('DELETE', f'/fhir/Observation/n{n - 5}')
                n += 1

        writer = threading.Thread(target=others)
        writer.start()
        try:
            for query in ('Observation?_count=7&_sort=date', 'Observation?_count=7&_sort=-date,_id&_include=Observation:subject', 'Observation?_count=7', 'Observation?_count=7&_sort=-_lastUpdated'):
                seen, url = [], '/fhir/' + query
                while url:
                    page = d.json(url)
                    matches = [e['resource']['id'] for e in page['entry'] if e['search']['mode'] == 'match']
                    assert len(matches) <= 7 and ('_include' not in query or any(e['search']['mode'] == 'include' for e in page['entry']) or not matches), page
                    seen += matches
                    following = next((l['url'] for l in page['link'] if l['relation'] == 'next'), None)
                    url = following and following.split(f':{d.http_port}')[1]
                assert len(seen) == len(set(seen)), (query, [i for i in seen if seen.count(i) > 1])
                assert {f'b{i:03}' for i in range(90)} <= set(seen), (query, sorted({f'b{i:03}' for i in range(90)} - set(seen)))
        finally:
            stop.set()
            writer.join()


def test_the_last_page_is_as_near_as_the_first():
    """Deep pages are refused or slow (Medplum: offset up to 10,000; expiring result lists of HAPI)."""
    with Daemon() as d:
        load(d, [{'resourceType': 'Patient', 'id': f'p{i:05}', 'birthDate': f'{1930 + i % 90}-01-01'} for i in range(12000)], 2000)
        times, seen, url = [], set(), '/fhir/Patient?_count=500&_sort=birthdate&_elements=id'
        while url:
            begin = time.monotonic()
            page = d.json(url)
            times.append(time.monotonic() - begin)
            seen |= {e['resource']['id'] for e in page['entry']}
            following = next((l['url'] for l in page['link'] if l['relation'] == 'next'), None)
            url = following and following.split(f':{d.http_port}')[1]
        assert len(seen) == 12000 and len(times) == 24, (len(seen), len(times))
        assert sum(times[-6:]) < 5 * sum(times[1:7]) + 0.5, times


# 4. What is not known

def test_an_unknown_parameter_never_finds_everything():
    """Unknown parameters are ignored and everything is found; the self link lies (IBM #260, Microsoft #1050, Helios #474)."""
    with Daemon() as d:
        load(d, [patient(str(i), id=f'p{i}') for i in range(3)])
        for query in ('Patient?colour=red', 'Patient?identifier:nonsense=1', 'Patient?_sort=colour', 'Patient?organization.colour=red', 'Patient?_has:Observation:patient:colour=red'):
            status, body = d.get('/fhir/' + query)
            assert status == 400 and json.loads(body)['resourceType'] == 'OperationOutcome', (query, status, body[:200])
        status, body, _ = d.request('GET', '/fhir/Patient?colour=red&identifier=1', headers={'Prefer': 'handling=lenient'})
        found = json.loads(body)
        link = next(l['url'] for l in found['link'] if l['relation'] == 'self')
        assert status == 200 and len(found['entry']) == 1 and 'identifier' in link and 'colour' not in link, link


# 5. Totals

def test_totals_are_exact_after_updates_and_deletes():
    """Totals are wrong, dear or absent (fhirbase #116, IBM #1673)."""
    with Daemon() as d:
        load(d, [patient(str(i), id=f'p{i}', gender='female') for i in range(300)])
        at_once([lambda i=i: d.request('DELETE', f'/fhir/Patient/p{i}') for i in range(0, 300, 3)])
        at_once([lambda i=i: d.request('PUT', f'/fhir/Patient/p{i}', patient(str(i), id=f'p{i}', gender='male')) for i in range(1, 300, 3)])
        assert [total(d, 'Patient'), total(d, 'Patient?gender=male'), total(d, 'Patient?gender=female')] == [200, 100, 100]
        assert d.json('/fhir/Patient?gender=male&_summary=count')['total'] == 100
        assert total(d, 'Patient?gender=female&_revinclude=Observation:subject') == 100


# 7. Days

def test_a_day_in_shanghai_holds_what_was_told_in_utc():
    """Searches for a day miss what was told in another zone (Blaze #1498, HAPI #1334 #1499, Spark #390, IBM #1680)."""
    with Daemon() as d:
        for name, when in (('utc', '2026-03-04T16:30:00Z'), ('local', '2026-03-05T00:30:00+08:00'), ('day', '2026-03-05'), ('before', '2026-03-04T15:59:59Z')):
            assert d.request('PUT', f'/fhir/Observation/{name}', observation('Patient/p', id=name, effectiveDateTime=when))[0] == 201
        assert {r['id'] for r in d.search('Observation?date=2026-03-05')} == {'utc', 'local', 'day'}
        assert {r['id'] for r in d.search('Observation?date=lt2026-03-05')} == {'before'}
        assert {r['id'] for r in d.search('Observation?date=ge2026-03-05&date=lt2026-03-06')} == {'utc', 'local', 'day'}


# 8. Validation

def test_what_is_written_is_held_against_the_standard_and_quickly():
    """Validation on write takes seconds a resource, or memory without end (HAPI #6091 #6946, matchbox #257)."""
    with Daemon() as d:
        people = [entry('POST', 'Patient', patient(str(i), name=[{'family': '张', 'given': ['三']}], gender='female', birthDate='1988-02-11', address=[{'city': '上海'}])) for i in range(500)]
        assert d.request('POST', '/fhir', bundle('transaction', people))[0] == 200
        assert seconds(lambda: d.request('POST', '/fhir', bundle('transaction', people))) < 3
        people[250]['resource']['gender'] = 'nonsense'
        status, body, _ = d.request('POST', '/fhir', bundle('transaction', people))
        assert status in (400, 422) and b'entry[250]' in body, (status, body[:300])
        assert total(d, 'Patient') == 1000


# 9. Search parameters of one's own

def test_a_search_parameter_made_later_finds_what_was_there_before():
    """A new SearchParameter finds nothing old, and says nothing of it (Microsoft #4020 #2200 #3684, WSO2 #63)."""
    with Daemon() as d:
        load(d, [{'resourceType': 'Patient', 'id': 'old', 'maritalStatus': {'coding': [{'code': 'M'}]}}, {'resourceType': 'Patient', 'id': 'other'}])
        parameter = {'resourceType': 'SearchParameter', 'url': 'http://example.org/marital', 'name': 'marital', 'status': 'active', 'description': 'marital status', 'code': 'marital',
                     'base': ['Patient'], 'type': 'token', 'expression': 'Patient.maritalStatus'}
        status, body, _ = d.request('POST', '/fhir/SearchParameter', parameter)
        assert status == 201, (status, body[:300])
        end = time.monotonic() + 20
        while (status := d.get('/fhir/Patient?marital=M')[0]) != 200 and time.monotonic() < end:
            time.sleep(0.1)  # refused until it is ready; never an answer with a part of what there is
        assert status == 200, status
        assert [r['id'] for r in d.search('Patient?marital=M')] == ['old']
        d.request('PUT', '/fhir/Patient/new', {'resourceType': 'Patient', 'id': 'new', 'maritalStatus': {'coding': [{'code': 'M'}]}})
        assert {r['id'] for r in d.search('Patient?marital=M')} == {'old', 'new'}


# 10. Subscriptions

@skip('Subscriptions are not served yet')
def test_a_subscription_tells_also_what_came_while_its_receiver_was_away():
    """Subscriptions give up after a minute and catch nothing up (HAPI #6002; missing in Blaze #838, Microsoft #1114)."""
    heard, away = [], threading.Event()

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            if not away.is_set():
                heard.append((self.path, body))
            self.send_response(503 if away.is_set() else 200)
            self.send_header('Content-Length', '0')
            self.end_headers()

        do_PUT = do_POST

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def hears(many, wait=20):
        end = time.monotonic() + wait
        while len(heard) < many and time.monotonic() < end:
            time.sleep(0.05)
        assert len(heard) >= many, (len(heard), many)

    try:
        with Daemon() as d:
            status, body, _ = d.request('POST', '/fhir/Subscription', {
                'resourceType': 'Subscription', 'status': 'requested', 'reason': 'test', 'criteria': 'Observation?code=c',
                'channel': {'type': 'rest-hook', 'endpoint': f'http://127.0.0.1:{server.server_address[1]}/hook', 'payload': 'application/fhir+json'}})
            assert status == 201, (status, body[:300])
            place = f"/fhir/Subscription/{json.loads(body)['id']}"
            end = time.monotonic() + 10
            while (state := d.json(place)['status']) == 'requested' and time.monotonic() < end:
                time.sleep(0.05)
            assert state == 'active', state
            d.request('POST', '/fhir/Observation', observation('Patient/p'))
            hears(1)
            d.request('POST', '/fhir/Observation', observation('Patient/p', 'another'))
            away.set()
            d.request('POST', '/fhir/Observation', observation('Patient/p'))
            time.sleep(1)
            away.clear()
            hears(2)
            time.sleep(0.5)
            assert len(heard) == 2, len(heard)  # and nothing of the other code
    finally:
        server.shutdown()


# 11. Deletes and histories

def test_many_are_deleted_at_once_and_quickly():
    """Deleting takes hours, or only the first ten thousand (HAPI #3237 #5150 #1534, IBM #2304)."""
    with Daemon() as d:
        load(d, [patient(str(i), id=f'p{i}', active=i % 2 == 0) for i in range(2000)])
        took = seconds(lambda: d.request('POST', '/fhir', bundle('transaction', [entry('DELETE', f'Patient/p{i}') for i in range(0, 1000, 2)])))
        assert took < 3 and total(d, 'Patient?active=true') == 500, took
        assert d.request('DELETE', '/fhir/Patient?identifier=urn:p%7C1999')[0] == 204 and d.get('/fhir/Patient/p1999')[0] == 410
        status = d.request('DELETE', '/fhir/Patient?active=false')[0]
        assert status in (200, 204, 412), status  # all, or a refusal to delete many; never some
        assert total(d, 'Patient?active=false') == (0 if status != 412 else 999)


def test_a_long_history_makes_nothing_slow():
    """Histories grow and slow down reads and writes (HAPI #2068)."""
    with Daemon() as d:
        for i in range(1000):
            assert d.request('PUT', '/fhir/Patient/p', {'resourceType': 'Patient', 'id': 'p', 'birthDate': f'{1000 + i}-01-01'})[0] in (200, 201)
        assert seconds(lambda: [d.json('/fhir/Patient/p') for _ in range(20)]) < 1
        assert seconds(lambda: [d.search('Patient?birthdate=1999-01-01') for _ in range(20)]) < 1
        assert d.search('Patient?birthdate=1500-01-01') == []
        assert d.json('/fhir/Patient/p/_history/500')['birthDate'] == '1499-01-01'
        seen, url = [], '/fhir/Patient/p/_history?_count=100'
        while url:
            page = d.json(url)
            seen += [e['resource']['meta']['versionId'] for e in page['entry']]
            following = next((l['url'] for l in page['link'] if l['relation'] == 'next'), None)
            url = following and following.split(f':{d.http_port}')[1]
        assert seen == [str(v) for v in range(1000, 0, -1)], (len(seen), seen[:3])


# 12. Import and export

def test_conditional_references_of_a_transaction_are_resolved():
    """Conditional references fail, so that Synthea's data will not load (Blaze #433 #802, IBM #1329)."""
    with Daemon() as d:
        load(d, [{'resourceType': 'Practitioner', 'id': 'd', 'identifier': [{'system': 'http://hl7.org/fhir/sid/us-npi', 'value': '9999'}]}])
        whole = bundle('transaction', [{'fullUrl': 'urn:uuid:2f1c1d0e-0000-4000-8000-000000000001', **entry('POST', 'Patient', patient('1', generalPractitioner=[{'reference': 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999'}]))},
                                       entry('POST', 'Observation', observation('urn:uuid:2f1c1d0e-0000-4000-8000-000000000001', performer=[{'reference': 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999'}]))])
        status, body, _ = d.request('POST', '/fhir', whole)
        assert status == 200, (status, body[:300])
        assert d.search('Patient')[0]['generalPractitioner'][0]['reference'] == 'Practitioner/d' == d.search('Observation')[0]['performer'][0]['reference']
        nobody = json.loads(json.dumps(whole).replace('9999', '0000'))
        status, body, _ = d.request('POST', '/fhir', nobody)
        assert status in (400, 404, 412, 422) and total(d, 'Patient') == 1, status


@skip('$export is not served yet')
def test_an_export_holds_every_resource_twice_asked():
    """Exports are fragile: the second is empty, or memory ends (Helios #646, HAPI #4013, Microsoft #3755)."""
    with Daemon() as d:
        ward(d, 200)
        for _ in range(2):
            status, body, headers = d.request('GET', '/fhir/$export', headers={'Prefer': 'respond-async', 'Accept': 'application/fhir+json'})
            assert status == 202, (status, body[:300])
            place = headers['Content-Location'].split(f':{d.http_port}')[1]
            end = time.monotonic() + 30
            while (status := d.get(place)[0]) == 202 and time.monotonic() < end:
                time.sleep(0.1)
            assert status == 200, status
            lines = {}
            for part in json.loads(d.get(place)[1])['output']:
                text = d.get(part['url'].split(f':{d.http_port}')[1])[1].decode()
                for line in text.splitlines():
                    assert json.loads(line)['resourceType'] == part['type']
                    lines[part['type']] = lines.get(part['type'], 0) + 1
            assert (lines.get('Patient'), lines.get('Observation')) == (200, 600), lines


# and: Chinese

def test_a_chinese_name_is_found_however_it_is_typed():
    """Names in Chinese are not found whole, within, or by pinyin (IBM #4249, JP Core #88, fhirbase #68)."""
    with Daemon() as d:
        load(d, [{'resourceType': 'Patient', 'id': 'p', 'name': [{'text': '尉迟国强', 'family': '尉迟', 'given': ['国强']}]}])
        for term in ('尉迟国强', '尉迟 国强', '国强', '尉迟', '尉遲國強', 'yuchiguoqiang', 'yuchi guoqiang', 'YUCHI', 'ycgq'):
            assert [r['id'] for r in d.search('Patient?name=' + quote(term))] == ['p'], term


if __name__ == '__main__':
    passed, failed = Suite().run(globals(), sys.argv[1:])
    print(f'{passed} passed, {failed} failed, {Suite.skipped} skipped')
    sys.exit(1 if failed else 0)
