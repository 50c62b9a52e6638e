"""Validation at the FHIR face: $validate, and what becomes of writes that break a rule."""
import json

from harness import Daemon

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
