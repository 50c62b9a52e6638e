"""Operations, raw Binaries, FHIRPath Patch, what stands in batches beside plain interactions, and the CapabilityStatement held against the server."""
import concurrent.futures, contextlib, http.client, json, sqlite3, subprocess, threading, time
from urllib.parse import quote

from harness import Daemon
from test_rest import created, issue, patient

FHIR_JSON = {'Content-Type': 'application/fhir+json'}


def parameters(**values):
    return {'resourceType': 'Parameters', 'parameter': [{'name': n, **({'valueBoolean': v} if isinstance(v, bool) else {'valueInteger': v} if isinstance(v, int) else
                                                                    {'valueMeta': v} if isinstance(v, dict) else {'valueString': v})} for n, v in values.items()]}


def returned(body):
    return {p['name']: next(v for k, v in p.items() if k.startswith('value')) for p in json.loads(body).get('parameter', [])}


def observation(subject, **more):
    return {'resourceType': 'Observation', 'status': 'final', 'code': {'text': 'x'}, 'subject': {'reference': subject}, **more}


def everything(d, path):
    found, url = [], '/fhir/' + path
    while url:
        page = d.json(url)
        assert page['type'] == 'searchset' and 'total' not in page
        found += [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in page.get('entry', [])]
        following = next((l['url'] for l in page['link'] if l['relation'] == 'next'), None)
        url = following and following.split(f':{d.http_port}')[1]
    return found


def test_fhirpath_patch():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient(birthDate='1988-02-11'))
        step = lambda **parts: {'name': 'operation', 'part': [{'name': n, **v} for n, v in parts.items()]}
        body = {'resourceType': 'Parameters', 'parameter': [step(type={'valueCode': 'replace'}, path={'valueString': 'Patient.birthDate'}, value={'valueDate': '1988-02-12'}),
                                                            step(type={'valueCode': 'add'}, path={'valueString': 'Patient'}, name={'valueString': 'gender'}, value={'valueCode': 'female'})]}
        status, answer, headers = d.request('PATCH', place, body, FHIR_JSON)
        made = json.loads(answer)
        assert status == 200 and headers['ETag'] == 'W/"2"' and (made['birthDate'], made['gender']) == ('1988-02-12', 'female'), answer
        xml = ('<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="delete"/></part>'
               '<part><name value="path"/><valueString value="Patient.gender"/></part></parameter></Parameters>').encode()
        status, answer, _ = d.request('PATCH', place, xml, {'Content-Type': 'application/fhir+xml'})
        assert status == 200 and 'gender' not in json.loads(answer), answer
        bad = {'resourceType': 'Parameters', 'parameter': [step(type={'valueCode': 'replace'}, path={'valueString': 'Patient.id'}, value={'valueId': 'other'})]}
        assert d.request('PATCH', place, bad, FHIR_JSON)[0] == 422
        bad['parameter'] = [step(type={'valueCode': 'replace'}, path={'valueString': 'Patient.gender'}, value={'valueCode': 'nonsense'})]
        assert d.request('PATCH', place, bad, FHIR_JSON)[0] in (404, 422)
        assert d.request('PATCH', place, {'resourceType': 'Patient'}, FHIR_JSON)[0] == 422
        assert d.json(place)['meta']['versionId'] == '3'
        bundle = {'resourceType': 'Bundle', 'type': 'transaction', 'entry': [{'resource': body, 'request': {'method': 'PATCH', 'url': place[6:]}}]}
        assert d.request('POST', '/fhir', bundle)[0] == 200 and d.json(place)['gender'] == 'female'


def test_everything():
    with Daemon() as d:
        doctor = created(d, {'resourceType': 'Practitioner'})
        one, other = created(d, patient('1')), created(d, patient('2'))
        seen = [created(d, observation(f'Patient/{one}', performer=[{'reference': f'Practitioner/{doctor}'}], effectiveDateTime=f'2026-01-{day:02}')) for day in range(1, 8)]
        created(d, observation(f'Patient/{other}'))
        expected = {f'Patient/{one}', f'Practitioner/{doctor}'} | {f'Observation/{s}' for s in seen}
        for query in ('', '?_count=1', '?_count=3'):
            found = everything(d, f'Patient/{one}/$everything{query}')
            assert len(found) == len(expected) and set(found) == expected, (query, found)
        assert set(everything(d, f'Patient/{one}/$everything?start=2026-01-03&end=2026-01-04&_type=Observation')) == {f'Observation/{seen[2]}', f'Observation/{seen[3]}'}
        assert everything(d, f'Patient/{one}/$everything?_type=Practitioner') == [f'Practitioner/{doctor}']
        assert len(everything(d, 'Patient/$everything?_count=4')) == len(expected) + 2
        status, body, _ = d.request('POST', f'/fhir/Patient/{one}/$everything', parameters(_count=2))
        assert status == 200 and len(json.loads(body)['entry']) >= 2
        since = d.json(f'/fhir/Patient/{one}')['meta']['lastUpdated']
        assert f'Patient/{one}' in everything(d, f'Patient/{one}/$everything?_since={quote(since)}')
        assert everything(d, f'Patient/{one}/$everything?_since=2100-01-01T00:00:00Z') == []
        for path, status in (('Patient/none/$everything', 404), ('Encounter/$everything', 404), ('Observation/x/$everything', 404), (f'Patient/{one}/$everything?colour=red', 422),
                             (f'Patient/{one}/$everything?_count=0', 422), (f'Patient/{one}/$everything?_type=Nonsense', 422), (f'Patient/{one}/$everything?start=soon', 422)):
            assert d.get('/fhir/' + path)[0] == status, (path, d.get('/fhir/' + path))


def test_meta():
    with Daemon() as d:
        d.request('DELETE', '/fhir/Organization/test')  # the hospital of the configuration
        place = '/fhir/Patient/' + created(d, patient(meta={'tag': [{'system': 'urn:t', 'code': 'a'}]}))
        change = lambda name, meta, **h: d.request('POST', f'{place}/${name}', parameters(meta=meta), {**FHIR_JSON, **h})
        status, body, _ = change('meta-add', {'tag': [{'system': 'urn:t', 'code': 'a'}, {'system': 'urn:t', 'code': 'b'}], 'profile': ['http://x/p'], 'security': [{'system': 'urn:s', 'code': 'R'}]})
        meta = returned(body)['return']
        assert status == 200 and [t['code'] for t in meta['tag']] == ['a', 'b'] and meta['versionId'] == '2', body
        assert returned(d.get(f'{place}/$meta')[1])['return'] == meta
        assert [t['code'] for t in returned(d.get(f'{place}/_history/1/$meta')[1])['return']['tag']] == ['a']
        assert len(d.search('Patient?_tag=urn:t%7Cb')) == 1
        for path in ('/fhir/Patient/$meta', '/fhir/$meta'):
            used = returned(d.get(path)[1])['return']
            assert {t['code'] for t in used['tag']} == {'a', 'b'} and used['profile'] == ['http://x/p'] and [s['code'] for s in used['security']] == ['R'], used
        assert 'parameter' not in d.json('/fhir/Observation/$meta')
        status, body, _ = change('meta-delete', {'tag': [{'system': 'urn:t', 'code': 'a'}], 'profile': ['http://x/p']})
        meta = returned(body)['return']
        assert status == 200 and [t['code'] for t in meta['tag']] == ['b'] and 'profile' not in meta, body
        assert change('meta-add', {'tag': [{'code': 'c'}]}, **{'If-Match': 'W/"1"'})[0] == 412
        assert d.request('POST', f'{place}/$meta-add', parameters(), FHIR_JSON)[0] == 422
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda i: change('meta-add', {'tag': [{'code': str(i)}]})[0], range(40))) == {200}
        assert len(d.json(place)['meta']['tag']) == 41


def test_meta_of_a_version_is_changed_where_it_is():
    with Daemon() as d:
        others = texts(d)
        id = created(d, patient(meta={'tag': [{'system': 'urn:t', 'code': 'first'}], 'security': [{'system': 'urn:s', 'code': 'R'}]}))
        place = f'/fhir/Patient/{id}'
        for year in (1990, 1991):
            assert d.request('PUT', place, patient(id=id, birthDate=f'{year}-01-01', meta={'tag': [{'system': 'urn:t', 'code': f'of{year}'}]}))[0] == 200
        before = d.json(place + '/_history')
        change = lambda version, name, meta, **h: d.request('POST', f'{place}/_history/{version}/${name}', parameters(meta=meta), {**FHIR_JSON, **h})

        status, body, _ = change(1, 'meta-add', {'tag': [{'system': 'urn:t', 'code': 'late'}]})
        meta = returned(body)['return']
        assert status == 200 and [t['code'] for t in meta['tag']] == ['first', 'late'] and meta['versionId'] == '1' and meta['security'][0]['code'] == 'R', body
        assert change(1, 'meta-delete', {'tag': [{'system': 'urn:t', 'code': 'first'}], 'security': [{'system': 'urn:s', 'code': 'R'}]})[0] == 200
        assert change(1, 'meta-add', {'tag': [{'system': 'urn:t', 'code': 'late'}]})[0] == 200  # it has it: nothing changes
        first = d.json(place + '/_history/1')
        assert [t['code'] for t in first['meta']['tag']] == ['late'] and 'security' not in first['meta'] and first['identifier'], first
        assert d.search('Patient?_tag=urn:t%7Clate') == []  # a former version is not found by

        status, body, _ = change(3, 'meta-add', {'tag': [{'system': 'urn:t', 'code': 'now'}]})
        assert status == 200 and returned(body)['return']['versionId'] == '3', body
        assert [p['id'] for p in d.search('Patient?_tag=urn:t%7Cnow')] == [id]
        assert change(3, 'meta-delete', {'tag': [{'system': 'urn:t', 'code': 'of1991'}]})[0] == 200
        assert d.search('Patient?_tag=urn:t%7Cof1991') == [] and [t['code'] for t in d.json(place)['meta']['tag']] == ['now']

        after = d.json(place + '/_history')
        assert after['total'] == before['total'] == 3
        for old, new in zip(before['entry'], after['entry']):
            bare = lambda e: {**e['resource'], 'meta': {m: v for m, v in e['resource']['meta'].items() if m in ('versionId', 'lastUpdated')}}
            assert bare(old) == bare(new) and old['response'] == new['response']
        assert d.json(place + '/_history/2')['birthDate'] == '1990-01-01'
        for version, status in ((9, 404), ('x', 404)):
            assert change(version, 'meta-add', {'tag': [{'code': 'x'}]})[0] == status
        assert change(1, 'meta-add', {'tag': [{'code': 'x'}]}, **{'If-Match': 'W/"3"'})[0] == 412
        assert d.request('DELETE', place)[0] in (200, 204)
        assert change(4, 'meta-add', {'tag': [{'code': 'x'}]})[0] == 410 and change(3, 'meta-add', {'tag': [{'code': 'after'}]})[0] == 200
        assert [t['code'] for t in d.json(place + '/_history/3')['meta']['tag']] == ['now', 'after']
        d.stop()
        d.start()
        assert [t['code'] for t in d.json(place + '/_history/1')['meta']['tag']] == ['late']
        # Nothing of what they said before is left, also when all versions go.
        status, body, _ = d.request('POST', f'{place}/$expunge', parameters(expungeDeletedResources=True), FHIR_JSON)
        assert status == 200 and returned(body) == {'count': 4}, body
        assert texts(d) == others


def texts(d):
    """How many rows of bodies hold more than blanks."""
    if d.store:
        return 0
    with sqlite3.connect(f'file:{d.folder}/data/yilian.db?mode=ro', uri=True) as file:
        return file.execute('SELECT count(*) FROM body WHERE length(packed) > 40').fetchone()[0]


def test_reindex():
    with Daemon() as d:
        for i in range(300):
            created(d, patient(str(i)))
        before = returned(d.get('/fhir/$reindex')[1])
        assert before['ready'] is True and before['percent'] == 100 and before['total'] >= 300, before
        status, body, _ = d.request('POST', '/fhir/$reindex')
        assert status == 200 and {'total', 'done', 'percent', 'ready'} == set(returned(body)), body
        end = time.monotonic() + 20
        while not returned(d.get('/fhir/$reindex')[1])['ready'] and time.monotonic() < end:
            time.sleep(0.05)
        assert returned(d.get('/fhir/$reindex')[1])['ready'] is True
        assert len(d.search('Patient?identifier=urn:x%7C7')) == 1


def test_expunge():
    with Daemon() as d:
        keep, gone = created(d, patient('1')), created(d, patient('2'))
        for i in range(5):
            d.request('PUT', f'/fhir/Patient/{keep}', patient('1', id=keep, birthDate=f'198{i}-01-01'))
        d.request('DELETE', f'/fhir/Patient/{gone}')
        ask = lambda place, **what: d.request('POST', f'/fhir/{place}$expunge', parameters(**what), FHIR_JSON)
        assert ask('Patient/')[0] == 422 and ask('Patient/', expungeEverything=True)[0] == 412 and ask('', expungeEverything=True, confirm='Patient')[0] == 412
        assert d.get('/fhir/$expunge')[0] == 405
        assert d.request('POST', f'/fhir/Patient/{keep}/_history/2/$expunge')[0] == 200
        assert d.get(f'/fhir/Patient/{keep}/_history/2')[0] == 404 and d.get(f'/fhir/Patient/{keep}/_history/1')[0] == 200
        assert d.request('POST', f'/fhir/Patient/{keep}/_history/6/$expunge')[0] == 409
        status, body, _ = ask(f'Patient/{keep}/', expungePreviousVersions=True, limit=2)
        assert status == 200 and returned(body) == {'count': 2}, body
        status, body, _ = ask('', expungePreviousVersions=True, expungeDeletedResources=True)
        assert returned(body)['count'] >= 4
        assert d.get(f'/fhir/Patient/{gone}')[0] == 404 and d.json(f'/fhir/Patient/{keep}/_history')['total'] == 1
        assert returned(ask('Patient/', expungeEverything=True, confirm='Patient')[1]) == {'count': 1}
        assert d.json('/fhir/Patient')['total'] == 0


def former_versions(d):
    if d.store:
        return int(subprocess.run(['psql', '-XqAt', d.store, '-c', 'SELECT count(*) FROM resource_history'], check=True, capture_output=True, text=True).stdout)
    with sqlite3.connect(d.folder / 'data' / 'yilian.db') as file:
        assert file.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        return file.execute('SELECT count(*) FROM resource_history').fetchone()[0]


def test_expunge_survives_being_killed():
    with Daemon() as d:
        entries = lambda n: [{'resource': patient(str(i), id=f'p{i}', birthDate=f'19{n}-01-01'), 'request': {'method': 'PUT', 'url': f'Patient/p{i}'}} for i in range(400)]
        for n in range(70, 76):
            assert d.request('POST', '/fhir', {'resourceType': 'Bundle', 'type': 'transaction', 'entry': entries(n)})[0] == 200
        def ask():
            with contextlib.suppress(OSError, http.client.HTTPException):  # it dies meanwhile
                d.request('POST', '/fhir/Patient/$expunge', parameters(expungePreviousVersions=True, limit=100000), FHIR_JSON)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.05)
        d.kill()
        asking.join()
        left = former_versions(d)
        d.start()
        assert returned(d.request('POST', '/fhir/Patient/$expunge', parameters(expungePreviousVersions=True, limit=100000), FHIR_JSON)[1]) == {'count': left}
        assert sorted(p['birthDate'] for p in d.search('Patient?_count=1000')) == ['1975-01-01'] * 400
        assert d.json('/fhir/Patient/p7/_history')['total'] == 1


def test_raw_binaries():
    with Daemon() as d:
        content = bytes(range(256)) * 5 + b'x'
        status, body, headers = d.request('POST', '/fhir/Binary', content, {'Content-Type': 'image/png', 'X-Security-Context': 'Patient/1'})
        assert status == 201, body
        binary = json.loads(body)
        assert binary['contentType'] == 'image/png' and binary['securityContext']['reference'] == 'Patient/1'
        place = '/fhir/Binary/' + binary['id']
        for accept in ('image/png', '*/*', None):
            status, body, headers = d.request('GET', place, headers={'Accept': accept} if accept else {})
            assert (status, body, headers['Content-Type']) == (200, content, 'image/png'), (accept, status, headers)
            assert headers['X-Security-Context'] == 'Patient/1' and headers['ETag'] == 'W/"1"' and headers['X-Content-Type-Options'] == 'nosniff'
        for accept in ('application/fhir+json', 'application/json', 'application/fhir+json, */*;q=0.1'):
            assert json.loads(d.request('GET', place, headers={'Accept': accept})[1])['resourceType'] == 'Binary', accept
        assert json.loads(d.get(place + '?_format=json')[1])['resourceType'] == 'Binary'
        status, body, _ = d.request('PUT', place, 'text 文'.encode(), {'Content-Type': 'text/plain; charset=utf-8'})
        assert status == 200 and d.get(place)[1] == 'text 文'.encode() and d.get(place + '/_history/1')[1] == content
        assert d.request('GET', place, headers={'If-None-Match': 'W/"2"'})[0] == 304
        assert d.request('POST', '/fhir/Patient', b'x', {'Content-Type': 'text/plain'})[0] == 415


def test_methods_and_preferences_are_told():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient())
        for method, path, allowed in (('POST', place, 'GET, HEAD, PUT, PATCH, DELETE'), ('DELETE', '/fhir/metadata', 'GET, HEAD'), ('PUT', '/fhir', 'GET, HEAD, POST'), ('DELETE', '/fhir/Patient/_search', 'GET, HEAD, POST'),
                                      ('DELETE', place + '/_history', 'GET, HEAD'), ('GET', place + '/$meta-add', 'POST')):
            status, body, headers = d.request(method, path, b'' if method in ('POST', 'PUT') else None)
            assert status == 405 and headers['Allow'] == allowed and issue(body)['code'] == 'not-supported', (method, path, status, headers)
        for path in (place, '/fhir/Patient', '/fhir/metadata', place + '/_history', '/fhir/_history', place + '/$everything', '/fhir/Patient?_format=xml'):
            status, body, headers = d.request('HEAD', path)
            assert status == 200 and body == b'', (path, status, body[:80])
        assert d.request('PUT', place, patient(id=place.split('/')[-1], active=True), {'Prefer': 'return=minimal'})[2]['Preference-Applied'] == 'return=minimal'
        assert d.request('GET', '/fhir/Patient?colour=red', headers={'Prefer': 'handling=lenient'})[2]['Preference-Applied'] == 'handling=lenient'
        assert 'Preference-Applied' not in d.request('GET', '/fhir/Patient')[2]


def test_histories_over_pages():
    with Daemon() as d:
        id = created(d, patient())
        for day in range(1, 8):
            d.request('PUT', f'/fhir/Patient/{id}', patient(id=id, birthDate=f'1980-01-{day:02}'))
        for query in ('_count=3', '_count=3&_since=2020-01-01T00:00:00Z', '_count=2&_format=json', '_count=3&_at=20'):
            if query.endswith('_at=20'):
                query = f'_count=3&_at={time.strftime("%Y")}'
            versions, url = [], f'/fhir/Patient/{id}/_history?{query}'
            while url:
                page = d.json(url)
                assert query.split('&')[-1].split('=')[0] in next(l['url'] for l in page['link'] if l['relation'] == 'self')
                versions += [int(e['resource']['meta']['versionId']) for e in page['entry']]
                following = next((l['url'] for l in page['link'] if l['relation'] == 'next'), None)
                url = following and following.split(f':{d.http_port}')[1]
            assert versions == [8, 7, 6, 5, 4, 3, 2, 1], (query, versions)
            while (url := next((l['url'] for l in page['link'] if l['relation'] == 'previous'), None)):
                page = d.json(url.split(f':{d.http_port}')[1])
                back = [int(e['resource']['meta']['versionId']) for e in page['entry']]
                assert back == versions[versions.index(back[0]):][:len(back)] and len(back) in (2, 3), (query, back)
            assert back[0] == 8
        assert 'entry' not in d.json(f'/fhir/Patient/{id}/_history?_at=1999')
        created(d, patient('other'))
        d.request('PUT', '/fhir/List/l', {'resourceType': 'List', 'id': 'l', 'status': 'current', 'mode': 'working', 'entry': [{'item': {'reference': f'Patient/{id}'}}]})
        for path, many in (('_history', 8), ('Patient/_history', 8), ('Observation/_history', 0)):
            assert len(d.json(f'/fhir/{path}?_list=l&_count=100').get('entry', [])) == many, path
        for path in ('_history', 'Patient/_history'):
            seen, url = [], f'/fhir/{path}?_count=2'
            while url:
                page = d.json(url)
                seen.append([e['fullUrl'] + e['response']['etag'] for e in page['entry']])
                url = next((l['url'] for l in page['link'] if l['relation'] == 'next'), '').split(f':{d.http_port}')[-1]
            back = []
            while True:
                back.insert(0, [e['fullUrl'] + e['response']['etag'] for e in page['entry']])
                url = next((l['url'] for l in page['link'] if l['relation'] == 'previous'), '').split(f':{d.http_port}')[-1]
                if not url:
                    break
                page = d.json(url)
            assert sum(back, []) == sum(seen, []) and len(set(sum(seen, []))) >= 9, (seen, back)
        assert d.get(f'/fhir/Patient/{id}/_history?_at=soon')[0] == 422


def test_batches_hold_more_than_plain_interactions():
    with Daemon() as d:
        id = created(d, patient())
        urls = [f'Patient/{id}/_history', 'Patient/_history', '_history', f'Patient/{id}/$everything', f'Patient/{id}/Observation', 'metadata', '?_type=Patient', f'Patient/{id}/$nonsense']
        entries = [{'request': {'method': 'GET', 'url': u}} for u in urls] + [{'resource': parameters(meta={'tag': [{'code': 'x'}]}), 'request': {'method': 'POST', 'url': f'Patient/{id}/$meta-add'}},
                                                                                    {'request': {'method': 'POST', 'url': 'Patient/_search?identifier=42'}}]
        status, body, _ = d.request('POST', '/fhir', {'resourceType': 'Bundle', 'type': 'batch', 'entry': entries})
        answer = json.loads(body)['entry']
        assert [e['response']['status'] for e in answer] == ['200'] * 7 + ['404', '200', '200'], body[:2000]
        assert [e['resource']['resourceType'] for e in answer[:7]] == ['Bundle'] * 5 + ['CapabilityStatement', 'Bundle'] and answer[7]['response']['outcome']['resourceType'] == 'OperationOutcome'
        assert d.json(f'/fhir/Patient/{id}')['meta']['tag'] == [{'code': 'x'}]
        assert d.request('POST', '/fhir', {'resourceType': 'Bundle', 'type': 'transaction', 'entry': entries[:1]})[0] == 422


def test_transactions_call_operations():
    with Daemon() as d:
        id, other = created(d, patient('1')), created(d, patient('2'))
        place = f'Patient/{id}'

        def transaction(*entries):
            status, body, _ = d.request('POST', '/fhir', {'resourceType': 'Bundle', 'type': 'transaction', 'entry': list(entries)})
            return status, json.loads(body)

        def entry(method, url, resource=None, **more):
            return {'request': {'method': method, 'url': url, **more}, **({'resource': resource} if resource else {})}

        tag = lambda code: parameters(meta={'tag': [{'system': 'urn:t', 'code': code}]})
        status, answer = transaction(entry('GET', f'{place}/$everything?_count=100'), entry('GET', f'{place}/$meta'), entry('POST', f'{place}/$meta-add', tag('a')),
                                     entry('POST', 'Observation', observation(place)), entry('POST', 'Patient/$validate', patient()), entry('POST', f'Patient/{other}/_history/1/$meta-add', tag('b')))
        assert status == 200, answer
        everything, meta, added, made, valid, version = answer['entry']
        assert [e['response']['status'][:3] for e in answer['entry']] == ['200', '200', '200', '201', '200', '200']
        # What is asked sees what the transaction wrote.
        assert {e['resource']['resourceType'] for e in everything['resource']['entry']} == {'Patient', 'Observation'}
        assert returned(json.dumps(meta['resource']))['return']['tag'] == [{'system': 'urn:t', 'code': 'a'}]
        assert valid['resource']['resourceType'] == 'OperationOutcome' and returned(json.dumps(version['resource']))['return']['versionId'] == '1'
        assert d.json('/fhir/' + place)['meta']['versionId'] == '2' and len(d.search('Patient?_tag=urn:t%7Ca,urn:t%7Cb')) == 2

        # All or nothing.
        for last, code in ((entry('GET', 'Patient/none/$everything'), 404), (entry('POST', f'{place}/$meta-add', tag('x'), ifMatch='W/"1"'), 412), (entry('GET', f'{place}/$meta-add'), 405)):
            status, answer = transaction(entry('POST', 'Patient', patient('lost')), last)
            assert status == code and 'Bundle.entry[1]' in answer['issue'][0]['expression'][0], (status, answer)
        assert d.search('Patient?identifier=lost') == []
        status, answer = transaction(entry('PUT', place, patient(id=id)), entry('POST', f'{place}/$meta-add', tag('x')))
        assert status == 422 and 'same resource' in answer['issue'][0]['diagnostics'], answer
        # What cannot be says so, before anything is done.
        for url in ('$reindex', f'{place}/$origin', f'{place}/$nonsense', f'{place}/_history', '_history', f'{place}/Observation', '?_type=Patient', 'metadata'):
            status, answer = transaction(entry('POST', 'Patient', patient('lost')), entry('GET', url))
            told = answer['issue'][0]
            assert status == 422 and 'transaction' in told['diagnostics'] and 'batch' in told['diagnostics'], (url, status, answer)
        assert d.search('Patient?identifier=lost') == []


VALUES = {'number': '1', 'date': '2026', 'string': 'a', 'token': 'a', 'quantity': '1', 'uri': 'http://x'}


def value(of, parameter, types):
    """A value that this parameter takes."""
    name = parameter['name']
    if name == '_filter':
        return '_id eq a'
    if name == '_list':
        return 'l'
    if parameter['type'] == 'special':
        return '42|-71|1|km'
    if parameter['type'] == 'reference':
        return 'urn:x:y'
    return VALUES[parameter['type']]


def test_the_capability_statement_is_what_is_so():
    with Daemon() as d:
        statement = d.json('/fhir/metadata')
        rest = statement['rest'][0]
        d.request('PUT', '/fhir/List/l', {'resourceType': 'List', 'id': 'l', 'status': 'current', 'mode': 'working'})
        asked = [(f"{r['type']}?_count=1&{p['name']}={quote(value(r['type'], p, rest))}") for r in rest['resource'] for p in r['searchParam'] if p['type'] != 'composite']
        asked += [f"{r['type']}?_count=1&_include={i}" for r in rest['resource'] for i in r['searchInclude']]
        asked += [f"{r['type']}?_count=1&_revinclude={i}" for r in rest['resource'] if r['type'] in ('Patient', 'Organization', 'Basic') for i in r['searchRevInclude']]
        asked += [f"{r['type']}{end}" for r in rest['resource'] for end in ('', '/_history', '/$meta', '?_sort=_id&_summary=count&_elements=id&_total=none&_contained=false')]
        asked += ['_history', '?_type=Patient', 'metadata?mode=full', 'metadata?mode=normative', 'metadata?mode=terminology']
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda q: d.get('/fhir/' + q), asked))
        wrong = [(q, s, b[:200]) for q, (s, b) in zip(asked, answers) if s != 200]
        assert not wrong, (len(wrong), len(asked), wrong[:8])
        own = [o for r in [rest, rest['resource'][0]] for o in r['operation']]
        for operation in own:
            if operation['definition'].startswith('https://yilian.dev'):
                assert d.json('/fhir/OperationDefinition/' + operation['name'])['url'] == operation['definition']
        assert d.get('/fhir/metadata?mode=half')[0] == 422
        for path in ('Patient?colour=red', 'Patient?_include=Patient:colour', 'Patient?_sort=colour', 'Patient/x/$nonsense', '$nonsense'):
            assert d.get('/fhir/' + path)[0] in (400, 404), path
        # what one type's interactions say, done once
        assert {i['code'] for i in rest['resource'][0]['interaction']} == {'read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'create', 'search-type'}
        id = created(d, {'resourceType': 'Basic', 'code': {'text': 'x'}})
        for method, path, body, headers, status in (('GET', id, None, {}, 200), ('GET', id + '/_history/1', None, {}, 200), ('GET', id + '/_history', None, {}, 200),
                                                    ('PUT', id, {'resourceType': 'Basic', 'id': id, 'code': {'text': 'y'}}, {}, 200),
                                                    ('PATCH', id, [{'op': 'replace', 'path': '/code/text', 'value': 'z'}], {'Content-Type': 'application/json-patch+json'}, 200), ('DELETE', id, None, {}, 204)):
            assert d.request(method, '/fhir/Basic/' + path, body, headers)[0] == status, (method, path)
