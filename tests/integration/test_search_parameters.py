"""Search parameters that clients define: refused until they are ready, whole from then on, over kill -9, beside writers, and gone without a trace."""
import concurrent.futures, json, random, threading, time
from urllib.parse import quote

from harness import Daemon
from test_pains import bundle, entry, load, total
from test_rest import created, issue


def parameter(id, code, type, expression, base=('Patient',), status='active', **more):
    return {'resourceType': 'SearchParameter', 'id': id, 'url': f'http://example.org/{id}', 'name': 'own', 'description': 'our own', 'status': status, 'code': code, 'type': type,
            'base': list(base), 'expression': expression, **more}


def define(d, resource):
    status, body, _ = d.request('PUT', f"/fhir/SearchParameter/{resource['id']}", resource)
    assert status in (200, 201), (status, body[:500])


def nudge(d):
    """Enough commits for the upkeep to look after its work, which it does by itself once nothing has been written for some seconds."""
    for i in range(16):
        d.request('PUT', '/fhir/Basic/nudge', {'resourceType': 'Basic', 'id': 'nudge', 'code': {'text': str(time.time())}})


def progress(d):
    told = d.json('/fhir/$reindex')['parameter']
    own = [{part['name']: next(v for k, v in part.items() if k.startswith('value')) for part in p['part']} for p in told if p['name'] == 'searchParameter']
    return next(p['valueBoolean'] for p in told if p['name'] == 'ready'), {p['code']: p for p in own}


def wait(d, until, seconds=30):
    nudge(d)
    end = time.monotonic() + seconds
    while not until(*progress(d)):
        assert time.monotonic() < end, progress(d)
        time.sleep(0.02)


def wait_ready(d):
    wait(d, lambda ready, own: ready and all(p['state'] == 'ready' for p in own.values()))


def found(d, query):
    return sorted(r['id'] for r in d.search(quote(query, safe='?&=:,/%$|')))


def listed(d, type):
    rest = d.json('/fhir/metadata')['rest'][0]
    of = next(r for r in rest['resource'] if r['type'] == type)
    return {p['name']: p for p in of['searchParam']}, of['searchInclude'], of['searchRevInclude']


def person(id, code, **more):
    return {'resourceType': 'Patient', 'id': id, 'maritalStatus': {'coding': [{'system': 'urn:m', 'code': code}]}, **more}


def test_a_search_parameter_of_ones_own():
    with Daemon() as d:
        load(d, [{'resourceType': 'Practitioner', 'id': 'd', 'name': [{'family': 'Li'}]},
                 person('a', 'M', extension=[{'url': 'http://x.org/seen', 'valueReference': {'reference': 'Practitioner/d'}}]), person('b', 'S', birthDate='1990-01-02'), {'resourceType': 'Patient', 'id': 'c'}])
        status, body, headers = d.request('POST', '/fhir/SearchParameter', parameter('x', 'marital', 'token', 'Patient.maritalStatus'))
        assert status == 201, body
        place = headers['Location'].split('/fhir/')[1].split('/_history')[0]
        status, body = d.get('/fhir/Patient?marital=M')
        assert status == 503 and '%' in issue(body)['diagnostics'] and issue(body)['expression'] == ['marital'], body
        assert 'marital' not in listed(d, 'Patient')[0]
        ready, own = progress(d)
        assert ready is False and own['marital']['state'] == 'indexing' and own['marital']['resource'] == place, own
        define(d, parameter('s', 'seen', 'reference', "Patient.extension('http://x.org/seen').value", target=['Practitioner']))
        define(d, parameter('y', 'birth-year', 'number', "Patient.birthDate.toString().substring(0, 4).toInteger()"))
        wait_ready(d)
        names, includes, _ = listed(d, 'Patient')
        assert names['marital'] == {'name': 'marital', 'definition': 'http://example.org/x', 'type': 'token'} and 'Patient:seen' in includes
        assert 'Patient:seen' in listed(d, 'Practitioner')[2] and 'Patient:seen' not in listed(d, 'Organization')[2]
        # all that R4's own parameters do
        assert found(d, 'Patient?marital=M') == ['a'] and found(d, 'Patient?marital=urn:m|S') == ['b'] and found(d, 'Patient?marital:missing=true') == ['c']
        assert found(d, 'Patient?marital:not=M') == ['b', 'c'] and found(d, 'Patient?_filter=marital eq M or birth-year gt 1980') == ['a', 'b']
        assert found(d, 'Patient?birth-year=1990') == ['b'] and found(d, 'Patient?birth-year=lt1990') == [] and found(d, 'Patient?seen.name=li') == ['a']
        assert found(d, 'Practitioner?_has:Patient:seen:marital=M') == ['d']
        along = {e['resource']['id'] for e in d.json('/fhir/Patient?marital=M&_include=Patient:seen')['entry']}
        assert along == {'a', 'd'} and {e['resource']['id'] for e in d.json('/fhir/Practitioner?_revinclude=Patient:seen')['entry']} == {'a', 'd'}
        assert [r['id'] for r in d.search('Patient?marital:missing=false&_sort=-marital')] == ['b', 'a']
        # conditional interactions work by it
        assert d.request('POST', '/fhir/Patient', {'resourceType': 'Patient'}, {'If-None-Exist': 'marital=M'})[0] == 200
        # changed: the old meaning is never answered under the new one
        define(d, parameter(place.split('/')[1], 'marital', 'token', 'Patient.gender', url='http://example.org/x'))
        assert d.get('/fhir/Patient?marital=M')[0] == 503
        d.request('PUT', '/fhir/Patient/c', {'resourceType': 'Patient', 'id': 'c', 'gender': 'male'})
        wait_ready(d)
        assert found(d, 'Patient?marital=male') == ['c'] and found(d, 'Patient?marital=M') == []
        # retired and deleted
        define(d, parameter('s', 'seen', 'reference', "Patient.extension('http://x.org/seen').value", status='retired'))
        status, body = d.get('/fhir/Patient?seen=Practitioner/d')
        assert status == 400 and 'seen' in issue(body)['diagnostics'], body
        assert d.request('DELETE', '/fhir/' + place)[0] == 204 and d.get('/fhir/Patient?marital=male')[0] == 400
        names, includes, _ = listed(d, 'Patient')
        assert 'marital' not in names and 'birth-year' in names and 'Patient:seen' not in includes
        wait_ready(d)
        assert set(progress(d)[1]) == {'birth-year'}


def test_what_cannot_be_indexed_is_refused_with_what_where_and_what_to_do():
    wrong = [(parameter('w', 'own', 'token', 'Patient.colour'), 'SearchParameter.expression', 'colour'),
             (parameter('w', 'own', 'token', 'Patient.name.('), 'SearchParameter.expression', 'byte'),
             (parameter('w', 'own', 'quantity', 'Patient.birthDate as Quantity'), 'SearchParameter.expression', 'never'),
             (parameter('w', 'own', 'token', 'Patient.name'), 'SearchParameter.type', 'HumanName'),
             (parameter('w', 'gender', 'token', 'Patient.gender'), 'SearchParameter.code', 'standard'),
             (parameter('w', '_own', 'token', 'Patient.gender'), 'SearchParameter.code', '_own'),
             (parameter('w', 'own', 'special', 'Patient.gender'), 'SearchParameter.type', 'special'),
             (parameter('w', 'own', 'token', 'Patient.gender', base=['Patient', 'Group']), 'SearchParameter.expression', 'Group'),
             (parameter('w', 'own', 'string', 'Patient.generalPractitioner.resolve().name'), 'SearchParameter.expression', 'resolve()')]
    with Daemon() as d:
        for resource, where, told in wrong:
            status, body, _ = d.request('PUT', '/fhir/SearchParameter/w', resource)
            said = issue(body)
            assert status == 422 and said['expression'] == [where] and told in said['diagnostics'], (status, body, where, told)
            assert d.get('/fhir/SearchParameter/w')[0] == 404
        bad, good = {**wrong[0][0], 'code': 'other'}, parameter('g', 'own', 'token', 'Patient.gender')
        entries = [entry('PUT', 'SearchParameter/g', good), entry('PUT', 'SearchParameter/w', bad)]
        status, body, _ = d.request('POST', '/fhir', bundle('transaction', entries))
        assert status == 422 and b'entry[1]' in body and b'colour' in body and d.get('/fhir/SearchParameter/g')[0] == 404, body
        status, body, _ = d.request('POST', '/fhir', bundle('batch', entries))
        assert [e['response']['status'][:3] for e in json.loads(body)['entry']] == ['201', '422'], body
        # the same code again, of one more type
        status, body, _ = d.request('PUT', '/fhir/SearchParameter/h', parameter('h', 'own', 'token', 'Resource.language', base=['Resource']))
        assert status == 422 and 'SearchParameter/g' in issue(body)['diagnostics'], body
        # as a draft everything may be kept
        assert d.request('PUT', '/fhir/SearchParameter/w', {**bad, 'status': 'draft'})[0] == 201
        assert d.request('PUT', '/fhir/SearchParameter/g', {**good, 'status': 'retired'})[0] == 200
        assert d.request('PUT', '/fhir/SearchParameter/h', parameter('h', 'own', 'token', 'Resource.language', base=['Resource']))[0] == 201


DEAR = "Patient.name.given.select($this & 'x').where($this.length() > 1).count() > 1"


def people(count, rng):
    return [person(f'p{i}', rng.choice('MSDW'), name=[{'given': [f'g{j}' for j in range(30)], 'family': f'F{i % 7}'}]) for i in range(count)]


def test_kill_9_while_it_is_indexed():
    """With more persons when the machine was too quick to be cut off."""
    assert any(cut_off(count) for count in (3000, 9000, 27000)), 'nothing was cut off'


def cut_off(count):
    d = Daemon()
    try:
        d.start()
        everybody = people(count, random.Random(1))
        load(d, everybody)
        define(d, parameter('p', 'marital', 'token', f"Patient.maritalStatus.where(%resource.select({DEAR.replace('Patient.', '')}))"))
        seen = []
        for _ in range(4):
            last = seen[-1] if seen else 0
            wait(d, lambda ready, own: own['marital']['percent'] > last and not seen.append(own['marital']['percent']))
            percent = seen[-1]
            d.kill()
            d.start()
            ready, own = progress(d)
            assert own['marital']['percent'] >= percent, 'it goes on where it was'
            if own['marital']['state'] == 'ready':
                break
            status, body = d.get('/fhir/Patient?marital=M')
            assert status in (200, 503), body
            if status == 200:
                break
        if seen[0] == 100:
            return False
        wait_ready(d)
        for code in 'MSDW':
            assert total(d, f'Patient?marital={code}') == sum(p['maritalStatus']['coding'][0]['code'] == code for p in everybody)
        d.stop()
        d.start()
        assert total(d, 'Patient?marital=M') == sum(p['maritalStatus']['coding'][0]['code'] == 'M' for p in everybody), 'kept over a restart'
        # and while its rows are removed
        d.request('DELETE', '/fhir/SearchParameter/p')
        nudge(d)
        d.kill()
        d.start()
        assert d.get('/fhir/Patient?marital=M')[0] == 400
        wait(d, lambda ready, own: not own)
        return True
    finally:
        d.close()


def test_writers_beside_an_index_that_is_being_made():
    """Each search that is answered, at any moment, holds what the bodies say; refused until then."""
    with Daemon() as d:
        rng = random.Random(2)
        known = {p['id']: p for p in people(1500, rng)}
        load(d, list(known.values()))
        lock, wrong, answers, done = threading.Lock(), [], [], threading.Event()

        def write(number):
            own = random.Random(number)
            for i in range(120):
                id = f'p{own.randrange(0, 400) * 4 + number}'  # each writer has persons of its own
                if own.random() < 0.2:
                    d.request('DELETE', f'/fhir/Patient/{id}')
                    with lock:
                        known.pop(id, None)
                else:
                    one = person(id, own.choice('MSDW'))
                    assert d.request('PUT', f'/fhir/Patient/{id}', one)[0] in (200, 201)
                    with lock:
                        known[id] = one

        def read():
            while not done.is_set():
                status, body = d.get('/fhir/Patient?marital:missing=true&_summary=count')
                answers.append(status)
                if status not in (200, 503) or (status == 200 and json.loads(body)['total'] != 0):
                    wrong.append((status, body[:200]))

        reader = threading.Thread(target=read)
        reader.start()
        define(d, parameter('p', 'marital', 'token', 'Patient.maritalStatus'))
        answers.clear()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(4)))
        wait_ready(d)
        time.sleep(0.2)
        done.set()
        reader.join()
        assert not [w for w in wrong if w[0] != 400], wrong[:3]  # 400: it was not defined yet
        assert 200 in answers and answers[0] in (400, 503), answers[:3]
        for code in 'MSDW':
            assert found(d, f'Patient?marital={code}&_count=1000') == sorted(i for i, p in known.items() if p['maritalStatus']['coding'][0]['code'] == code)


def test_an_expression_that_cannot_be_evaluated_answers_nothing():
    with Daemon() as d:
        load(d, [{'resourceType': 'Patient', 'id': 'a', 'name': [{'family': 'One'}]}])
        define(d, parameter('p', 'lone', 'string', 'Patient.name.single().family'))
        wait_ready(d)
        assert found(d, 'Patient?lone=one') == ['a']
        assert d.request('PUT', '/fhir/Patient/b', {'resourceType': 'Patient', 'id': 'b', 'name': [{'family': 'Two'}, {'family': 'Three'}]})[0] == 201, 'it is stored all the same'
        status, body = d.get('/fhir/Patient?lone=one')
        assert status == 400 and 'expression' in issue(body)['diagnostics'], body
        assert progress(d)[1]['lone']['notEvaluated'] == 1
        define(d, parameter('p', 'lone', 'string', 'Patient.name.first().family'))
        wait_ready(d)
        assert found(d, 'Patient?lone=two') == ['b']


def test_what_a_definition_allows():
    with Daemon() as d:
        load(d, [person('a', 'M', birthDate='1980-01-01')])
        define(d, parameter('p', 'marital', 'token', 'Patient.maritalStatus', multipleOr=False, multipleAnd=False, modifier=['not', 'missing']))
        define(d, parameter('q', 'born', 'date', 'Patient.birthDate', comparator=['ge']))
        wait_ready(d)
        for query, status in (('marital=M', 200), ('marital:not=S', 200), ('marital:text=x', 400), ('marital=M,S', 400), ('marital=M&marital=M', 400), ('born=ge1970', 200), ('born=1980', 200), ('born=lt1990', 400)):
            got, body = d.get('/fhir/Patient?' + query)
            assert got == status, (query, got, body)
            assert status == 200 or 'SearchParameter' in issue(body)['diagnostics'], body
