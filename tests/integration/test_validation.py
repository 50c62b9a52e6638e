"""Validation at the FHIR face: $validate, and what becomes of writes that break a rule."""
import json

from harness import Daemon, adt, code

INVALID = {'resourceType': 'Patient', 'contact': [{'gender': 'male'}]}
VALID = {'resourceType': 'Patient', 'contact': [{'name': {'text': '欧阳静'}}]}
PROFILE = {'resourceType': 'StructureDefinition', 'url': 'http://hospital.example/patient', 'type': 'Patient', 'kind': 'resource', 'derivation': 'constraint',
           'baseDefinition': 'http://hl7.org/fhir/StructureDefinition/Patient',
           'differential': {'element': [{'id': 'Patient.birthDate', 'path': 'Patient.birthDate', 'min': 1}]}}
TAG = {'system': 'http://yilian.dev/fhir/CodeSystem/validation', 'code': 'invalid'}


def daemon(settings=''):
    d = Daemon()
    with open(d.folder / 'yilian.yaml', 'a') as file:
        file.write(settings)
    return d


def issues(body):
    outcome = json.loads(body)
    assert outcome['resourceType'] == 'OperationOutcome', outcome
    return [(i['severity'], i['code'], i.get('expression', [''])[0]) for i in outcome['issue']]


def test_validate_operation():
    with daemon() as d:
        status, body, _ = d.request('POST', '/fhir/Patient/$validate', INVALID)
        assert status == 200 and issues(body) == [('error', 'invariant', 'Patient.contact[0]')], body
        status, body, _ = d.request('POST', '/fhir/Patient/$validate', {'resourceType': 'Parameters', 'parameter': [{'name': 'resource', 'resource': VALID}]})
        assert status == 200 and issues(body) == [('information', 'informational', '')], body
        status, body, _ = d.request('POST', '/fhir/Patient', VALID)
        place = '/fhir/Patient/' + json.loads(body)['id']
        status, body, _ = d.request('POST', place + '/$validate', INVALID)
        assert status == 200 and issues(body)[0][0] == 'error'
        assert d.request('POST', '/fhir/Patient/$validate', {'resourceType': 'Organization', 'name': 'x'})[0] == 400
        assert d.request('GET', '/fhir/Patient/$validate')[0] == 405


def test_marked():
    with daemon() as d:
        status, body, _ = d.request('POST', '/fhir/Patient', INVALID)
        made = json.loads(body)
        assert status == 201 and made['meta']['tag'] == [TAG], made
        assert json.loads(d.get('/fhir/Patient?_tag=' + TAG['system'] + '%7Cinvalid')[1])['total'] == 1
        status, body, _ = d.request('PUT', '/fhir/Patient/' + made['id'], {**made, 'active': True}, {'Prefer': 'return=OperationOutcome'})
        assert status == 200 and issues(body)[0] == ('error', 'invariant', 'Patient.contact[0]')
        status, body, _ = d.request('PUT', '/fhir/Patient/' + made['id'], {**made, 'contact': VALID['contact']})
        assert status == 200 and 'tag' not in json.loads(body)['meta'], body


def test_refused():
    with daemon('validation: {fhir: refuse}\n') as d:
        status, body, _ = d.request('POST', '/fhir/Patient', INVALID)
        assert status == 422 and issues(body) == [('error', 'invariant', 'Patient.contact[0]')], (status, body)
        status, body, _ = d.request('POST', '/fhir/Patient', VALID)
        assert status == 201
        place = '/fhir/Patient/' + json.loads(body)['id']
        patch = [{'op': 'remove', 'path': '/contact/0/name'}, {'op': 'add', 'path': '/contact/0/gender', 'value': 'male'}]
        status, body, _ = d.request('PATCH', place, patch, {'Content-Type': 'application/json-patch+json'})
        assert status == 422 and issues(body)[0][1] == 'invariant', (status, body)

        def bundle(kind):
            entries = [{'fullUrl': f'urn:uuid:0000000{i}-0000-4000-8000-000000000000', 'resource': r, 'request': {'method': 'POST', 'url': 'Patient'}} for i, r in enumerate((VALID, INVALID))]
            return {'resourceType': 'Bundle', 'type': kind, 'entry': entries}
        assert d.request('POST', '/fhir', bundle('transaction'))[0] == 422
        status, body, _ = d.request('POST', '/fhir', bundle('batch'))
        assert [e['response']['status'][:3] for e in json.loads(body)['entry']] == ['201', '422'], body


def test_off():
    with daemon('validation: {fhir: "off"}\n') as d:
        status, body, _ = d.request('POST', '/fhir/Patient', INVALID)
        assert status == 201 and 'tag' not in json.loads(body)['meta']


def test_profiles():
    d = daemon('validation: {fhir: refuse, profiles: profiles}\n')
    (d.folder / 'profiles').mkdir()
    (d.folder / 'profiles' / 'patient.json').write_text(json.dumps(PROFILE))
    (d.folder / 'profiles' / 'wrong.json').write_text(json.dumps({**PROFILE, 'url': 'http://hospital.example/wrong', 'baseDefinition': 'http://hospital.example/unknown'}))
    with d:
        assert 'http://hospital.example/wrong' in (d.folder / 'log').read_text()  # told, and the others are used
        claims = {**VALID, 'meta': {'profile': [PROFILE['url']]}}
        status, body, _ = d.request('POST', '/fhir/Patient', claims)
        assert status == 422 and issues(body) == [('error', 'required', 'Patient')], (status, body)
        assert d.request('POST', '/fhir/Patient', {**claims, 'birthDate': '1990-01-01'})[0] == 201
        status, body, _ = d.request('POST', '/fhir/Patient/$validate?profile=' + PROFILE['url'], VALID)
        assert status == 200 and issues(body)[0][0] == 'error'
        assert d.request('POST', '/fhir/Patient', {**VALID, 'meta': {'profile': ['http://unknown.example/p']}})[0] == 201


def stay(number, when, admitted='', discharged='', event='A01'):
    return adt(event, number, when=when, pv1='|' * 25 + admitted + '|' + discharged)


def test_what_messages_become_is_screened_as_their_feed_says():
    feeds = ''.join(f'  - name: {mode}\n    validation: {mode}\n    sender: {{MSH-3: {mode.upper()}}}\n    mllp: {{listen: "127.0.0.1:PORT"}}\n' for mode in ('mark', 'refuse', 'off'))
    d = Daemon()
    (d.folder / 'hospitals' / 'test.yaml').write_text('hospital: {code: test, name: 测试医院}\nfeeds:\n' + feeds.replace('PORT', str(d.mllp_port)))
    with d:
        s = d.sender()

        def send(mode, message, patient):
            return s.send(message.replace('|HIS|', f'|{mode.upper()}|').replace('P1^', f'{patient}^').replace('VP1', f'V{patient}'))

        def encounter(patient):
            return d.search(f'Encounter?identifier=V{patient}')

        tags = lambda e: [t['code'] for t in e.get('meta', {}).get('tag', []) if t['system'].endswith('/validation')]
        backwards = {'admitted': '20261124100000', 'discharged': '20261123100000'}
        # By itself.
        assert code(send('mark', stay('1', '20261124080000', **backwards), 'M1')) == 'AA'
        assert tags(encounter('M1')[0]) == ['invalid']
        assert 'per-1' in json.dumps(d.json('/admin/v1/messages?controlId=1')['messages'][0] | d.json('/admin/v1/messages/' + str(d.json('/admin/v1/messages?controlId=1')['messages'][0]['number'])))
        assert code(send('mark', stay('2', '20261124090000', admitted='20261122100000', discharged='20261123100000'), 'M1')) == 'AA'
        assert tags(encounter('M1')[0]) == []
        assert d.search('Encounter?_tag=http://yilian.dev/fhir/CodeSystem/validation|invalid') == []
        answer = send('refuse', stay('3', '20261124080000', **backwards), 'R1')
        assert code(answer) == 'AE' and 'per-1' in answer and encounter('R1') == []
        assert code(send('off', stay('4', '20261124080000', **backwards), 'O1')) == 'AA'
        assert len(encounter('O1')) == 1 and tags(encounter('O1')[0]) == []
        # Together with what is known: each of the two is right.
        for mode, patient in (('mark', 'M2'), ('refuse', 'R2')):
            assert code(send(mode, stay(mode + '5', '20261124080000', admitted='20261124100000'), patient)) == 'AA'
            assert tags(encounter(patient)[0]) == []
            answer = send(mode, stay(mode + '6', '20261124090000', discharged='20261123100000', event='A08'), patient)
            assert code(answer) == ('AA' if mode == 'mark' else 'AE'), answer
            found = encounter(patient)[0]
            assert tags(found) == (['invalid'] if mode == 'mark' else []), found
            assert ('end' in found['period']) == (mode == 'mark')
        assert len(d.search('Encounter?_tag=http://yilian.dev/fhir/CodeSystem/validation|invalid')) == 1
        # A message that is right is not refused for what was wrong before it came.
        wrong = encounter('R2')[0]
        wrong['period'] = {'start': '2026-11-24T10:00:00+08:00', 'end': '2026-11-23T10:00:00+08:00'}
        assert d.request('PUT', f'/fhir/Encounter/{wrong["id"]}', wrong)[0] == 200
        assert code(send('refuse', stay('7', '20991124100000', event='A08'), 'R2')) == 'AA'
        assert tags(encounter('R2')[0]) == ['invalid']
