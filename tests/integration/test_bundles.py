"""Transactions and batches, as a client sends them."""
import base64, concurrent.futures, json, time

from harness import Daemon


def patient(value, **more):
    return {'resourceType': 'Patient', 'identifier': [{'system': 'urn:x', 'value': value}], **more}


def observation(subject, **more):
    return {'resourceType': 'Observation', 'status': 'final', 'code': {'text': 'x'}, 'subject': {'reference': subject}, **more}


def entry(method, url, resource=None, full=None, **request):
    out = {'request': {'method': method, 'url': url, **request}}
    if resource is not None:
        out['resource'] = resource
    if full:
        out['fullUrl'] = full
    return out


def send(d, *entries, type='transaction', headers=None):
    status, body, _ = d.request('POST', '/fhir', {'resourceType': 'Bundle', 'type': type, 'entry': list(entries)}, headers)
    return status, json.loads(body)


def done(d, *entries, **how):
    status, bundle = send(d, *entries, **how)
    assert status == 200, (status, bundle)
    return [e['response'] for e in bundle['entry']]


def refused(d, *entries, status=None):
    got, outcome = send(d, *entries)
    assert got >= 400 and outcome['resourceType'] == 'OperationOutcome', (got, outcome)
    assert status is None or got == status, (got, outcome)
    return outcome['issue'][0]


def binary(operations):
    return {'resourceType': 'Binary', 'contentType': 'application/json-patch+json', 'data': base64.b64encode(json.dumps(operations).encode()).decode()}


def id_of(response):
    return response['location'].split('/')[1]


def test_if_none_exist_in_transactions():
    with Daemon() as d:
        both = [entry('POST', 'Patient', patient('1'), 'urn:uuid:p', ifNoneExist='identifier=urn:x|1'), entry('POST', 'Observation', observation('urn:uuid:p'))]
        first = done(d, *both)
        second = done(d, *both)
        assert [r['status'] for r in first] == ['201', '201'] and [r['status'] for r in second] == ['200', '201'], (first, second)
        assert id_of(first[0]) == id_of(second[0]) and len(d.search('Patient?identifier=1')) == 1
        assert {o['subject']['reference'] for o in d.search('Observation')} == {'Patient/' + id_of(first[0])}
        # The same criteria twice in one transaction: one resource, and both names mean it.
        twice = done(d, entry('POST', 'Patient', patient('2'), 'urn:uuid:a', ifNoneExist='identifier=urn:x|2'),
                     entry('POST', 'Patient', patient('2'), 'urn:uuid:b', ifNoneExist='identifier=urn:x|2'), entry('POST', 'Observation', observation('urn:uuid:b', id='x')))
        assert [r['status'] for r in twice] == ['201', '200', '201'] and id_of(twice[0]) == id_of(twice[1])
        assert d.search('Observation?subject=Patient/' + id_of(twice[0]))
        done(d, entry('POST', 'Patient', patient('3')), entry('POST', 'Patient', patient('3')))
        assert 'entry[0]' in refused(d, entry('POST', 'Patient', patient('3'), ifNoneExist='identifier=urn:x|3'), status=412)['expression'][0]


def test_criteria_in_addresses():
    with Daemon() as d:
        made = done(d, entry('PUT', 'Patient?identifier=urn:x|1', patient('1'), 'urn:uuid:p'), entry('POST', 'Observation', observation('urn:uuid:p')))
        id = id_of(made[0])
        assert made[0]['status'] == '201' and d.search('Observation')[0]['subject']['reference'] == 'Patient/' + id
        again = done(d, entry('PUT', 'Patient?identifier=urn:x|1', patient('1', gender='male'), 'urn:uuid:p'), entry('POST', 'Observation', observation('urn:uuid:p')))
        assert again[0]['status'] == '200' and id_of(again[0]) == id and d.json('/fhir/Patient/' + id)['gender'] == 'male'
        patched = done(d, entry('PATCH', 'Patient?identifier=urn:x|1', binary([{'op': 'replace', 'path': '/gender', 'value': 'female'}]), 'urn:uuid:q'),
                       entry('POST', 'Observation', observation('urn:uuid:q')))
        assert patched[0]['status'] == '200' and d.json('/fhir/Patient/' + id)['gender'] == 'female'
        assert len(d.search('Observation?subject=Patient/' + id)) == 3
        refused(d, entry('PUT', 'Patient?identifier=urn:x|1', patient('1')), entry('PUT', 'Patient/' + id, patient('1', id=id)))
        refused(d, entry('PUT', 'Patient?identifier=urn:x|9', patient('9')), entry('PATCH', 'Patient?identifier=urn:x|8', binary([])), status=404)
        assert d.search('Patient?identifier=9') == []
        assert done(d, entry('DELETE', 'Patient?identifier=urn:x|1'), entry('DELETE', 'Patient?identifier=urn:x|none'))[0]['status'] == '204'
        assert d.get('/fhir/Patient/' + id)[0] == 410


def test_conditional_references():
    with Daemon() as d:
        done(d, entry('POST', 'Patient', patient('1')))
        # Found: what was there, and what this transaction makes, wherever it stands.
        done(d, entry('POST', 'Observation', observation('Patient?identifier=urn:x|1')), entry('POST', 'Observation', observation('Patient?identifier=urn:x|2')), entry('POST', 'Patient', patient('2')))
        for value in '12':
            assert len(d.search('Observation?subject=Patient/' + d.search('Patient?identifier=' + value)[0]['id'])) == 1
        assert 'entry[1]' in refused(d, entry('POST', 'Patient', patient('3')), entry('POST', 'Observation', observation('Patient?identifier=urn:x|none')), status=412)['expression'][0]
        assert d.search('Patient?identifier=3') == []
        done(d, entry('POST', 'Patient', patient('4')), entry('POST', 'Patient', patient('4')))
        refused(d, entry('POST', 'Observation', observation('Patient?identifier=urn:x|4')), status=412)


def test_patches_versions_and_reads():
    with Daemon() as d:
        id = id_of(done(d, entry('POST', 'Patient', patient('1')))[0])
        answers = done(d, entry('GET', 'Patient?gender=male'), entry('GET', 'Patient/' + id), entry('GET', 'Patient/' + id, ifNoneMatch='W/"2"'),
                       entry('PATCH', 'Patient/' + id, binary([{'op': 'add', 'path': '/gender', 'value': 'male'}]), ifMatch='W/"1"'))
        assert [a['status'] for a in answers] == ['200', '200', '304', '200'] and answers[3]['etag'] == 'W/"2"', answers
        status, bundle = send(d, entry('GET', 'Patient?gender=male&_elements=gender'), entry('GET', 'Patient/' + id), entry('GET', f'Patient/{id}/_history/1'))
        assert 'gender' not in bundle['entry'][2]['resource'] and bundle['entry'][2]['response']['etag'] == 'W/"1"'
        assert bundle['entry'][0]['resource']['total'] == 1 and bundle['entry'][1]['resource']['gender'] == 'male'
        assert bundle['entry'][0]['resource']['link'][0]['url'].startswith('http://')
        refused(d, entry('PATCH', 'Patient/' + id, binary([]), ifMatch='W/"1"'), status=412)
        refused(d, entry('PUT', 'Patient/' + id, patient('1', id=id), ifMatch='W/"1"'), status=412)
        refused(d, entry('PUT', 'Patient/' + id, patient('1', id=id), ifNoneMatch='*'), status=412)
        assert refused(d, entry('PATCH', 'Patient/' + id, binary([{'op': 'test', 'path': '/gender', 'value': 'female'}])), status=409)['expression'][0].startswith('Bundle.entry[0]')
        refused(d, entry('PATCH', 'Patient/' + id, {'resourceType': 'Binary', 'contentType': 'application/json-patch+json', 'data': '*'}))
        refused(d, entry('PATCH', 'Patient/' + id, {'resourceType': 'Basic'}))
        status, bundle = send(d, entry('PUT', 'Patient/' + id, patient('1', id=id)), headers={'Prefer': 'return=representation'})
        assert bundle['entry'][0]['resource']['id'] == id and bundle['entry'][0]['response']['status'] == '200'
        assert done(d, entry('PUT', 'Patient/' + id, patient('2', id=id)), headers={'Prefer': 'return=OperationOutcome'})[0]['outcome']['resourceType'] == 'OperationOutcome'


def test_order_and_identities():
    with Daemon() as d:
        id = id_of(done(d, entry('POST', 'Patient', patient('1')))[0])
        # Deleted first, created then: the criteria were looked up before either.
        status, bundle = send(d, entry('GET', 'Patient?identifier=1'), entry('POST', 'Patient', patient('1', gender='male')), entry('DELETE', 'Patient/' + id))
        assert status == 200 and bundle['entry'][0]['resource']['total'] == 1 and bundle['entry'][0]['resource']['entry'][0]['resource']['gender'] == 'male'
        for pair in ((entry('PUT', 'Patient/a', patient('a', id='a')), entry('DELETE', 'Patient/a')), (entry('PUT', 'Patient/a', patient('a', id='a')), entry('PATCH', 'Patient/a', binary([])))):
            assert 'entry[1]' in refused(d, *pair)['expression'][0]
        assert 'entry[1]' in refused(d, entry('POST', 'Patient', patient('1'), 'urn:uuid:1'), entry('POST', 'Patient', patient('2'), 'urn:uuid:1'))['expression'][0]
        for wrong in (entry('POST', 'Patient/1', patient('1')), entry('PUT', 'Patient', patient('1')), entry('TRACE', 'Patient'), entry('PUT', 'Nothing/1', patient('1')), {'resource': patient('1')},
                      entry('PUT', 'Observation/1', patient('1')), entry('DELETE', 'Patient'), entry('GET', 'Patient/1/_history/1/2'),
                      entry('GET', 'Patient/1/_history/one'), entry('DELETE', 'Patient/1/_history/1')):
            assert 'entry[0]' in refused(d, wrong)['expression'][0], wrong


def test_references_are_renamed_where_r4_says():
    with Daemon() as d:
        p, q = 'urn:uuid:11111111-1111-1111-1111-111111111111', 'http://other.example/fhir/Questionnaire/q'
        document = {'resourceType': 'DocumentReference', 'status': 'current', 'subject': {'reference': p},
                    'text': {'status': 'generated', 'div': f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{p}">don\'t {p}</a><img src=\'{p}\' alt="{p}"/></div>'},
                    'content': [{'attachment': {'url': p, 'title': p}}], 'extension': [{'url': 'urn:e', 'valueUri': p}, {'url': 'urn:e', 'valueString': p}],
                    'contained': [{'resourceType': 'Basic', 'id': 'b', 'code': {'text': 'x'}, 'subject': {'reference': p}}], 'context': {'related': [{'reference': '#b'}]}}
        answer = {'resourceType': 'QuestionnaireResponse', 'status': 'completed', 'questionnaire': q + '|2', 'subject': {'reference': 'Patient/77'}}
        questionnaire = {'resourceType': 'Questionnaire', 'status': 'active'}
        made = done(d, entry('POST', 'Patient', patient('1'), p), entry('POST', 'DocumentReference', document), entry('POST', 'Questionnaire', questionnaire, q),
                    entry('POST', 'QuestionnaireResponse', answer, 'http://other.example/fhir/QuestionnaireResponse/1'), entry('POST', 'Patient', patient('77'), 'http://other.example/fhir/Patient/77'))
        name = 'Patient/' + id_of(made[0])
        read = d.search('DocumentReference')[0]
        assert read['subject']['reference'] == name and read['content'][0]['attachment'] == {'url': name, 'title': p}, read
        assert [e.get('valueUri') or e.get('valueString') for e in read['extension']] == [name, p] and read['contained'][0]['subject']['reference'] == name
        assert read['text']['div'] == f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{name}">don\'t {p}</a><img src=\'{name}\' alt="{p}"/></div>', read['text']
        response = d.search('QuestionnaireResponse')[0]
        assert response['questionnaire'] == f'Questionnaire/{id_of(made[2])}|2' and response['subject']['reference'] == 'Patient/' + id_of(made[4]), response


def test_batches_answer_each_by_itself():
    with Daemon() as d:
        answers = done(d, entry('POST', 'Patient', patient('1'), ifNoneExist='identifier=urn:x|1'), entry('POST', 'Observation', {'resourceType': 'Observation', 'status': 'nonsense'}),
                       entry('GET', 'Patient?identifier=1'), entry('GET', 'Patient/none'), entry('PUT', 'Patient/a', patient('a', id='a')), entry('PATCH', 'Patient/a', binary([{'op': 'add', 'path': '/gender', 'value': 'male'}])),
                       entry('DELETE', 'Patient?identifier=urn:x|none'), entry('PATCH', 'Patient/none', binary([])), {'resource': patient('1')}, type='batch')
        assert [a['status'] for a in answers] == ['201', '422', '200', '404', '201', '200', '204', '404', '422'], answers
        assert 'entry[1]' in answers[1]['outcome']['issue'][0]['expression'][0] and d.json('/fhir/Patient/a')['gender'] == 'male'


def test_large_transactions_cost_by_their_size():
    with Daemon() as d:
        def bundle(count, mark):
            entries = [entry('POST', 'Patient', patient(f'{mark}{i}'), f'urn:uuid:{mark}{i}', ifNoneExist=f'identifier=urn:x|{mark}{i}') for i in range(count // 2)]
            return entries + [entry('POST', 'Observation', observation(f'urn:uuid:{mark}{i}', performer=[{'reference': f'Patient?identifier=urn:x|{mark}{i}'}])) for i in range(count // 2)]

        def seconds(count, mark):
            entries = bundle(count, mark)
            begin = time.time()
            assert len(done(d, *entries)) == count
            return time.time() - begin
        seconds(100, 'w')
        small, large = seconds(312, 'a'), seconds(1244, 'b')
        assert large < 1 + small * 8, (small, large)  # 4 times as many
        print(f'312 entries {small:.2f} s, 1244 entries {large:.2f} s')
        assert len(d.search('Patient?_count=1000')) == 50 + 156 + 622 and seconds(1244, 'b') < 3
        assert len(d.search('Patient?_count=1000')) == 50 + 156 + 622


def test_concurrent_transactions_with_criteria_make_one():
    with Daemon() as d:
        make = lambda i: done(d, entry('POST', 'Patient', patient('1'), 'urn:uuid:p', ifNoneExist='identifier=urn:x|1'), entry('POST', 'Observation', observation('urn:uuid:p')))
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(make, range(200)))
        assert len({id_of(a[0]) for a in answers}) == 1 and len(d.search('Patient?identifier=1')) == 1
        assert len(d.search('Observation?subject=Patient/' + id_of(answers[0][0]))) == 200
