"""The FHIR face's HTTP: formats, conditions, preferences, patches, criteria."""
import base64, concurrent.futures, gzip, json
import xml.etree.ElementTree as tree
from urllib.parse import quote

from harness import Daemon

FHIR = '{http://hl7.org/fhir}'
JSON_PATCH = {'Content-Type': 'application/json-patch+json'}


def patient(value='42', **more):
    return {'resourceType': 'Patient', 'identifier': [{'system': 'urn:x', 'value': value}], 'name': [{'family': '欧阳', 'given': ['静']}], **more}


def created(d, resource):
    status, body, headers = d.request('POST', '/fhir/' + resource['resourceType'], resource)
    assert status == 201, (status, body)
    return json.loads(body)['id']


def issue(body):
    parsed = json.loads(body)
    assert parsed['resourceType'] == 'OperationOutcome', parsed
    return parsed['issue'][0]


def test_formats_are_negotiated():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient())
        as_json, as_xml = 'application/fhir+json; charset=utf-8', 'application/fhir+xml; charset=utf-8'
        for accept, expected in (('application/fhir+json', as_json), ('application/fhir+xml', as_xml), ('application/json', as_json), ('text/xml', as_xml), ('*/*', as_json),
                                 ('application/fhir+xml;q=0.5, application/fhir+json;q=0.4', as_xml), ('application/fhir+xml;q=0.5, application/json', as_json),
                                 ('text/html,application/xml;q=0.9,*/*;q=0.8', as_json), ('application/fhir+json; fhirVersion=4.0', as_json), ('', as_json)):
            status, body, headers = d.request('GET', place, headers={'Accept': accept})
            assert (status, headers['Content-Type']) == (200, expected), (accept, status, headers)
            assert 'Accept' in headers['Vary']
        for accept in ('text/turtle', 'application/fhir+json;q=0', 'application/fhir+json; fhirVersion=3.0', 'image/png'):
            status, body, _ = d.request('GET', place, headers={'Accept': accept})
            assert status == 406 and issue(body)['code'] == 'not-supported', (accept, status)
        for name, expected in (('json', as_json), ('xml', as_xml), ('application/fhir+xml', as_xml), ('application/fhir%2Bxml', as_xml), ('text/xml', as_xml)):
            assert d.request('GET', f'{place}?_format={name}', headers={'Accept': 'text/turtle'})[2]['Content-Type'] == expected, name
        assert d.get(place + '?_format=ttl')[0] == 406
        read = tree.fromstring(d.get(place + '?_format=xml')[1])
        assert read.tag == FHIR + 'Patient' and read.find(f'{FHIR}name/{FHIR}family').get('value') == '欧阳'
        pretty = d.get(place + '?_format=xml&_pretty=true')[1]
        assert pretty.count(b'\n') > 8 and tree.fromstring(pretty).find(FHIR + 'id').get('value') == read.find(FHIR + 'id').get('value')
        bundle = tree.fromstring(d.get('/fhir/Patient?_format=xml')[1])
        assert bundle.find(f'{FHIR}entry/{FHIR}resource/{FHIR}Patient') is not None and '_format=xml' in bundle.find(f'{FHIR}link/{FHIR}url').get('value')
        status, body, headers = d.request('GET', '/fhir/Patient/none?_format=xml')
        assert status == 404 and tree.fromstring(body).tag == FHIR + 'OperationOutcome'
        tree.fromstring(d.get('/fhir/metadata?_format=xml')[1])


def test_xml_bodies_are_taken():
    with Daemon() as d:
        text = '<Patient xmlns="http://hl7.org/fhir"><identifier><system value="urn:x"/><value value="7"/></identifier><birthDate value="1980-01-02"/></Patient>'.encode()
        xml = {'Content-Type': 'application/fhir+xml'}
        status, body, _ = d.request('POST', '/fhir/Patient', text, xml)
        assert status == 201 and json.loads(body)['birthDate'] == '1980-01-02', body
        assert len(d.search('Patient?identifier=7')) == 1
        for bad, status in ((b'<Patient xmlns="http://hl7.org/fhir"><foo value="1"/></Patient>', 400), (b'<!DOCTYPE a [<!ENTITY b "c">]>' + text, 400), (b'<Patient/>', 400), (b'{}', 400)):
            got, body, _ = d.request('POST', '/fhir/Patient', bad, xml)
            assert got == status, (bad, got, body)
        assert issue(d.request('POST', '/fhir/Patient', b'<Patient xmlns="http://hl7.org/fhir"><name><foo value="1"/></name></Patient>', xml)[1])['expression'] == ['Patient.name[0].foo']
        for other in ('text/plain', 'application/x-www-form-urlencoded', 'application/fhir+json; charset=gb18030'):
            assert d.request('POST', '/fhir/Patient', patient(), {'Content-Type': other})[0] == 415, other
        bundle = '<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource>' + text.decode().replace(' xmlns="http://hl7.org/fhir"', '') + \
            '</resource><request><method value="POST"/><url value="Patient"/></request></entry></Bundle>'
        status, body, _ = d.request('POST', '/fhir?_format=xml', bundle.encode(), xml)
        assert status == 200 and tree.fromstring(body).find(f'{FHIR}entry/{FHIR}response/{FHIR}status').get('value') == '201', body


def test_gzip_both_ways():
    with Daemon(http=', max-body: 1MB') as d:
        many = patient(extension=[{'url': 'urn:e', 'valueString': 'x' * 5000}])
        status, _, headers = d.request('POST', '/fhir/Patient', gzip.compress(json.dumps(many).encode()), {'Content-Encoding': 'gzip'})
        assert status == 201
        place = headers['Location'].split(f':{d.http_port}')[1].split('/_history')[0]
        status, body, headers = d.request('GET', place, headers={'Accept-Encoding': 'gzip'})
        assert headers['Content-Encoding'] == 'gzip' and len(body) < 1000 and json.loads(gzip.decompress(body))['extension'] == many['extension']
        assert 'Content-Encoding' not in d.request('GET', place)[2]
        assert d.request('HEAD', place, headers={'Accept-Encoding': 'gzip'})[2]['Content-Length'] == str(len(body))
        assert d.request('POST', '/fhir/Patient', gzip.compress(b' ' * (50 << 20)), {'Content-Encoding': 'gzip'})[0] == 413
        assert d.request('POST', '/fhir/Patient', b'not gzip', {'Content-Encoding': 'gzip'})[0] == 400
        assert d.request('POST', '/fhir/Patient', patient(), {'Content-Encoding': 'br'})[0] == 415


def test_preferences():
    with Daemon() as d:
        for prefer, check in (('return=minimal', lambda b: b == b''), ('return=representation', lambda b: json.loads(b)['resourceType'] == 'Patient'),
                              ('return=OperationOutcome', lambda b: json.loads(b)['issue'][0]['severity'] == 'information'), ('respond-async, return=minimal', lambda b: b == b''),
                              ('unheard=of', lambda b: json.loads(b)['resourceType'] == 'Patient')):
            status, body, headers = d.request('POST', '/fhir/Patient', patient(), {'Prefer': prefer})
            assert status == 201 and check(body) and headers['ETag'] == 'W/"1"', (prefer, body)
        place = headers['Location'].split(f':{d.http_port}')[1].split('/_history')[0]
        status, body, _ = d.request('DELETE', place, headers={'Prefer': 'return=OperationOutcome'})
        assert status == 200 and '1 resource was deleted' in issue(body)['diagnostics']


def test_lenient_searches():
    with Daemon() as d:
        created(d, patient())
        ask = lambda query, prefer: d.request('GET', '/fhir/Patient?' + query, headers={'Prefer': 'handling=' + prefer})
        assert ask('nonsense=1&identifier=42', 'strict')[0] == 400
        status, body, _ = ask('nonsense=1&identifier=42', 'lenient')
        assert status == 200 and json.loads(body)['total'] == 1 and 'nonsense' not in json.loads(body)['link'][0]['url']
        assert json.loads(ask('nonsense:foo=1&identifier=none', 'lenient')[1])['total'] == 0
        assert ask('_nonsense=1', 'lenient')[0] == 400 and ask('birthdate=xx', 'lenient')[0] == 400


def test_conditional_reads():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient())
        _, body, headers = d.request('GET', place)
        asked = lambda **h: d.request('GET', place, headers={k.replace('_', '-'): v for k, v in h.items()})[0]
        assert asked(If_None_Match='W/"1"') == 304 and asked(If_None_Match='"1"') == 304 and asked(If_None_Match='W/"7", W/"1"') == 304 and asked(If_None_Match='*') == 304
        assert asked(If_None_Match='W/"2"') == 200 and asked(If_None_Match='garbage') == 422
        assert asked(If_Modified_Since=headers['Last-Modified']) == 304 and asked(If_Modified_Since='Tue, 24 Nov 2020 08:30:00 GMT') == 200
        assert asked(If_Modified_Since='yesterday') == 200
        assert asked(If_None_Match='W/"2"', If_Modified_Since=headers['Last-Modified']) == 200  # the first says more
        status, nothing, unchanged = d.request('GET', place, headers={'If-None-Match': 'W/"1"'})
        assert nothing == b'' and unchanged['ETag'] == 'W/"1"'
        status, nothing, head = d.request('HEAD', place)
        assert status == 200 and nothing == b'' and head['Content-Length'] == str(len(body)) and head['ETag'] == 'W/"1"'
        assert d.request('PUT', place, patient(id=place.split('/')[-1]), {'If-None-Match': '*'})[0] == 412
        assert d.request('PUT', '/fhir/Patient/new', patient(id='new'), {'If-None-Match': '*'})[0] == 201


def test_parts_of_resources():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient(gender='female', birthDate='1988-02-11', maritalStatus={'text': 'm'}))
        for where, fields in ((place + '?_elements=birthDate', {'birthDate'}), (place + '/_history/1?_elements=birthDate', {'birthDate'}),
                              (place + '?_summary=text', set()), (place + '?_summary=true', {'identifier', 'name', 'gender', 'birthDate'})):
            read = d.json(where)
            assert set(read) - {'resourceType', 'id', 'meta'} == fields, (where, read)
            assert read['meta']['tag'][0]['code'] == 'SUBSETTED' and read['meta']['versionId'] == '1'
        assert 'tag' not in d.json(place + '?_summary=false')['meta']
        assert d.get(place + '?_elements=nothing')[0] == 422 and d.get(place + '?_summary=perhaps')[0] == 422
        found = d.json('/fhir/Patient?_elements=gender')
        assert set(found['entry'][0]['resource']) == {'resourceType', 'id', 'meta', 'gender'} and '_elements=gender' in found['link'][0]['url']


def test_json_patch():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient(birthDate='1988-02-11'))
        patch = lambda operations, **h: d.request('PATCH', place, operations, {**JSON_PATCH, **h})
        status, body, headers = patch([{'op': 'test', 'path': '/birthDate', 'value': '1988-02-11'}, {'op': 'replace', 'path': '/birthDate', 'value': '1988-02-12'},
                                       {'op': 'add', 'path': '/name/0/given/-', 'value': '静静'}], **{'If-Match': 'W/"1"'})
        assert status == 200 and headers['ETag'] == 'W/"2"' and json.loads(body)['name'][0]['given'] == ['静', '静静'], body
        assert patch([{'op': 'remove', 'path': '/birthDate'}], **{'If-Match': 'W/"1"'})[0] == 412
        status, body, _ = patch([{'op': 'remove', 'path': '/birthDate'}, {'op': 'test', 'path': '/gender', 'value': 'male'}])
        assert status == 409 and issue(body)['expression'] == ['patch[1].path'], body
        assert patch([{'op': 'replace', 'path': '/birthDate', 'value': 'soon'}])[0] == 422
        assert patch([{'op': 'add', 'path': '/nonsense', 'value': 1}])[0] == 400
        assert patch([{'op': 'replace', 'path': '/id', 'value': 'other'}])[0] == 422
        assert patch({'op': 'add'})[0] == 400 and patch(b'[')[0] == 400
        assert d.request('PATCH', place, [], {'Content-Type': 'text/plain'})[0] == 415
        assert d.request('PATCH', '/fhir/Patient/none', [], JSON_PATCH)[0] == 404
        assert d.json(place)['meta']['versionId'] == '2'
        assert patch([])[0] == 200 and d.json(place)['meta']['versionId'] == '2'  # nothing changes, no version
        assert d.request('PATCH', '/fhir/Patient?identifier=urn:x|42', [{'op': 'add', 'path': '/gender', 'value': 'female'}], JSON_PATCH)[0] == 200
        assert d.json(place)['gender'] == 'female'
        assert d.request('PATCH', '/fhir/Patient?identifier=urn:x|none', [], JSON_PATCH)[0] == 404


def test_concurrent_patches_lose_nothing():
    with Daemon() as d:
        place = '/fhir/Patient/' + created(d, patient())
        add = lambda i: d.request('PATCH', place, [{'op': 'add', 'path': '/name/0/given/-', 'value': str(i)}], JSON_PATCH)[0]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            assert set(pool.map(add, range(100))) == {200}
        assert sorted(d.json(place)['name'][0]['given'][1:], key=int) == [str(i) for i in range(100)]


def test_conditional_create():
    with Daemon() as d:
        ask = lambda criteria, resource=None: d.request('POST', '/fhir/Patient', resource or patient(), {'If-None-Exist': criteria})
        first, second = ask('identifier=urn:x|42'), ask('?identifier=urn:x|42')
        assert first[0] == 201 and second[0] == 200 and first[2]['Location'] == second[2]['Location'] and json.loads(second[1])['id'] == json.loads(first[1])['id']
        created(d, patient())
        status, body, _ = ask('identifier=urn:x|42')
        assert status == 412 and issue(body)['code'] == 'conflict', body
        assert ask('')[0] == 201 and ask('_sort=name')[0] == 422 and ask('nonsense=1')[0] == 422 and ask('_format=json')[0] == 422


def test_a_thousand_conditional_creates_make_one():
    with Daemon() as d:
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda i: d.request('POST', '/fhir/Patient', patient('one'), {'If-None-Exist': 'identifier=urn:x|one'}), range(1000)))
        states = [a[0] for a in answers]
        assert states.count(201) == 1 and states.count(200) == 999, {s: states.count(s) for s in states}
        assert len({a[2]['Location'] for a in answers}) == 1 and len(d.search('Patient?identifier=one')) == 1


def test_conditional_update():
    with Daemon() as d:
        ask = lambda resource, value='42', **h: d.request('PUT', '/fhir/Patient?identifier=urn:x|' + value, resource, h)
        status, body, headers = ask(patient())  # no match, no id: created
        assert status == 201, body
        id = json.loads(body)['id']
        status, body, headers = ask(patient(gender='male'))  # one match, no id
        assert status == 200 and json.loads(body)['id'] == id and headers['ETag'] == 'W/"2"'
        assert ask(patient(gender='female', id=id))[0] == 200  # one match, its id
        assert ask(patient(id='other'))[0] == 400  # one match, another id
        status, body, _ = ask(patient('43', id='mine'), '43')  # no match, an id: created under it
        assert status == 201 and json.loads(body)['id'] == 'mine'
        assert ask(patient('44', id='mine'), '44')[0] == 409 and d.json('/fhir/Patient/mine')['identifier'][0]['value'] == '43'  # no match, and the id is another's
        assert ask(patient(gender='male'), **{'If-Match': 'W/"1"'})[0] == 412
        created(d, patient())
        assert ask(patient())[0] == 412  # several
        assert d.request('PUT', '/fhir/Patient', patient())[0] == 422  # no criteria


def test_conditional_delete():
    with Daemon() as d:
        for value in ('1', '2', '2', '3', '3', '3'):
            created(d, patient(value))
        delete = lambda value, more='', **h: d.request('DELETE', f'/fhir/Patient?identifier=urn:x|{value}{more}', headers=h)
        assert delete('none')[0] == 204 and delete('1')[0] == 204 and d.search('Patient?identifier=1') == []
        assert delete('2')[0] == 412 and len(d.search('Patient?identifier=2')) == 2
        assert delete('3', '&_count=2')[0] == 412 and len(d.search('Patient?identifier=3')) == 3
        assert delete('3', '&_count=10', **{'If-Match': 'W/"1"'})[0] == 412 and len(d.search('Patient?identifier=3')) == 3
        assert delete('2', '&_count=1', **{'If-Match': 'W/"2"'})[0] == 412
        status, body, _ = delete('3', '&_count=10', Prefer='return=OperationOutcome')
        assert status == 200 and '3 resources were deleted' in issue(body)['diagnostics'] and d.search('Patient?identifier=3') == []
        assert d.request('DELETE', '/fhir/Patient')[0] == 422 and d.request('DELETE', '/fhir/Patient?_count=10')[0] == 422
        assert delete('2', '&_count=100000')[0] == 422 and len(d.search('Patient?identifier=2')) == 2
