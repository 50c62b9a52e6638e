"""The FHIR face, as a client meets it."""
import json
from urllib.parse import quote

from harness import Daemon, adt, code, oru

PATIENT = {'resourceType': 'Patient', 'name': [{'text': '欧阳静', 'family': '欧阳', 'given': ['静']}], 'gender': 'female', 'birthDate': '1988-02-11',
           'identifier': [{'system': 'urn:x', 'value': '42'}]}


def outcome(body):
    parsed = json.loads(body)
    assert parsed['resourceType'] == 'OperationOutcome' and parsed['issue'][0]['diagnostics'], parsed
    return parsed


def test_create_read_update_delete_history():
    with Daemon() as d:
        status, body, headers = d.request('POST', '/fhir/Patient', PATIENT)
        assert status == 201 and headers['ETag'] == 'W/"1"' and '/_history/1' in headers['Location'], (status, body)
        patient = json.loads(body)
        place = '/fhir/Patient/' + patient['id']
        patient['birthDate'] = '1988-02-12'
        assert d.request('PUT', place, patient, {'If-Match': 'W/"1"'})[0] == 200
        assert d.request('PUT', place, patient, {'If-Match': 'W/"1"'})[0] == 412
        assert d.json(place + '/_history/1')['birthDate'] == '1988-02-11'
        assert d.json(place)['meta']['versionId'] == '2'
        assert d.request('DELETE', place)[0] == 204
        assert d.get(place)[0] == 410
        history = d.json(place + '/_history')
        assert [e['request']['method'] for e in history['entry']] == ['DELETE', 'PUT', 'POST'], history
        assert d.search('Patient?name=ouyang') == []
        assert d.request('PUT', place, patient)[0] in (200, 201)
        assert len(d.search('Patient?name=ouyang')) == 1


def test_search_finds_people_as_people_type():
    with Daemon() as d:
        d.request('POST', '/fhir/Patient', PATIENT)
        for term in ('欧阳静', '欧阳', 'ouyangjing', 'oyj', 'OUYANG', '静'):
            assert len(d.search('Patient?name=' + quote(term))) == 1, term
        assert len(d.search('Patient?identifier=42')) == 1
        assert len(d.search('Patient?identifier=' + quote('urn:x|42'))) == 1
        assert d.search('Patient?identifier=' + quote('urn:y|42')) == []
        assert len(d.search('Patient?birthdate=1988-02')) == 1


def test_pretty_is_for_people_and_changes_no_content():
    with Daemon() as d:
        d.request('POST', '/fhir/Patient', PATIENT)
        plain, pretty = d.get('/fhir/Patient?name=ouyang&_total=none')[1], d.get('/fhir/Patient?name=ouyang&_total=none&_pretty=true')[1]
        assert b'\n' not in plain and pretty.count(b'\n') > 10
        assert json.loads(plain)['entry'] == json.loads(pretty)['entry']


def test_unknown_parameters_are_refused():
    with Daemon() as d:
        for query in ('Patient?nonsense=1', 'Patient?name:foo=1', 'Observation?_sort=nonsense', 'Patient?birthdate=xx', 'Patient?_count=-1', 'Patient?_cursor=garbage'):
            status, body = d.get('/fhir/' + query)
            assert status in (400, 422), (query, status)
            outcome(body)


def test_paging_is_stable_while_others_write():
    with Daemon() as d:
        s = d.sender()
        for i in range(25):
            assert code(s.send(oru(f'{i}', order=f'O{i}', when=f'202611240{i // 10}{i % 10}000'))) == 'AA'
        seen, url = [], '/fhir/Observation?_count=10&_sort=-date'
        while url:
            page = d.json(url)
            seen += [e['resource']['id'] for e in page['entry']]
            s.send(oru(f'n{len(seen)}', order=f'N{len(seen)}', when='20261125000000'))
            links = {l['relation']: l['url'] for l in page['link']}
            url = links['next'].split(f':{d.http_port}')[1] if 'next' in links else None
        assert len(seen) == len(set(seen)) >= 25


def test_transactions_are_whole_or_nothing():
    with Daemon() as d:
        bundle = {'resourceType': 'Bundle', 'type': 'transaction', 'entry': [
            {'fullUrl': 'urn:uuid:1', 'resource': PATIENT, 'request': {'method': 'POST', 'url': 'Patient'}},
            {'fullUrl': 'urn:uuid:2', 'resource': {'resourceType': 'Observation', 'status': 'final', 'code': {'text': 'x'}, 'subject': {'reference': 'urn:uuid:1'}},
             'request': {'method': 'POST', 'url': 'Observation'}}]}
        status, body, _ = d.request('POST', '/fhir', bundle)
        assert status == 200, body
        observation = d.search('Observation')[0]
        assert observation['subject']['reference'].startswith('Patient/') and d.get('/fhir/' + observation['subject']['reference'])[0] == 200
        bundle['entry'].append({'resource': {'resourceType': 'Observation', 'status': 'nonsense'}, 'request': {'method': 'POST', 'url': 'Observation'}})
        status, body, _ = d.request('POST', '/fhir', bundle)
        assert status >= 400 and 'entry[2]' in json.dumps(outcome(body)), body
        assert len(d.search('Observation')) == 1


def test_bad_input_is_refused_and_nothing_falls():
    with Daemon(http=', max-body: 1MB') as d:
        deep = b'{"resourceType":"Patient","extension":' + b'[' * 10000 + b']' * 10000 + b'}'
        cases = [('POST', '/fhir/Patient', b'{'), ('POST', '/fhir/Patient', deep), ('POST', '/fhir/Patient', b'\xff\xfe'), ('POST', '/fhir/Patient', b'[]'),
                 ('POST', '/fhir/Patient', {'resourceType': 'Observation'}), ('POST', '/fhir/Patient', {'resourceType': 'Patient', 'nonsense': 1}),
                 ('POST', '/fhir/Patient', {'resourceType': 'Patient', 'birthDate': '1988-13-01'}), ('GET', '/fhir/Nonsense', None), ('GET', '/fhir/Patient/none', None),
                 ('PATCH', '/fhir/Patient/1', b'{}'), ('PUT', '/fhir/Patient/1', {'resourceType': 'Patient', 'id': '2'}), ('GET', '/fhir/Patient/1/2/3/4', None)]
        for method, path, body in cases:
            status, answer, _ = d.request(method, path, body)
            assert 400 <= status < 500, (method, path, status)
            outcome(answer)
        status, answer, _ = d.request('POST', '/fhir/Patient', b'{"resourceType":"Patient","x":"' + b'a' * (2 << 20) + b'"}')
        assert status == 413, status
        for path in ('/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/%00', '/%ff'):
            assert d.get(path)[0] in (400, 404), path
        assert d.request('POST', '/fhir/Patient', PATIENT)[0] == 201


def test_origin_names_message_segment_and_bytes():
    with Daemon() as d:
        s = d.sender()
        s.send(adt('A01', '1', when='20261101080000'))
        s.send(oru('2', value='6.6', when='20261102080000'))
        observation = d.search('Observation?code=T1')[0]
        parameters = d.json(f"/fhir/Observation/{observation['id']}/$origin")['parameter']
        by_element = {next(p['valueString'] for p in o['part'] if p['name'] == 'element'): {p['name']: next(v for k, v in p.items() if k != 'name') for p in o['part']} for o in parameters if o['name'] == 'origin'}
        value = by_element['valueQuantity.value']
        assert value['hospital'] == 'test' and value['controlId'] == '2' and value['segment'] == 'OBX[1]', value
        assert value['line'][value['start']:value['start'] + value['length']] == '6.6', value
        other = lambda name: [{p['name']: next(v for k, v in p.items() if k != 'name') for p in o['part']} for o in parameters if o['name'] == name]
        unused = {part['field']: part for part in other('unused')}
        assert unused['OBX-1']['why'] == 'set_id' and unused['OBX-1']['segment'] == 'OBX[1]' and unused['OBX-1']['message'] == value['message'], unused
        assert (unused['OBX-1']['begin'], unused['OBX-1']['end']) == (4, 5) and 'OBX-5' not in unused, unused
        fallbacks = other('fallback')
        assert any(f['kind'] == 'default_value' and 'Encounter/' in f['resource'] and f['rule'] for f in fallbacks), fallbacks
        message = d.json(f"/admin/v1/messages/{value['message']}")
        assert message['controlId'] == '2' and '6.6' in message['text']
