"""docs/admin-api.yaml against the daemon: the same operations, the same parameters, answers as the schemas say."""
import json, re

import yaml
from jsonschema import Draft202012Validator

from harness import ROOT, Daemon, adt, oru
from peers import Receiver, acknowledge, wait_for
from test_routing import alliance, destination, settled

DOCUMENT = yaml.safe_load((ROOT / 'docs/admin-api.yaml').read_text())


def resolved(node):
    while isinstance(node, dict) and set(node) == {'$ref'}:
        at = DOCUMENT
        for part in node['$ref'][2:].split('/'):
            at = at[part]
        node = at
    return node


def described():
    return {(method.upper(), path.lstrip('/')): operation for path, item in DOCUMENT['paths'].items() for method, operation in item.items()}


def parameters(operation, kind):
    return [p for p in map(resolved, operation.get('parameters', [])) if p['in'] == kind]


def validate(schema, value, what):
    whole = {**schema, 'components': DOCUMENT['components']}
    errors = sorted(Draft202012Validator(whole).iter_errors(value), key=lambda e: list(e.path))
    assert not errors, (what, [(list(e.path), e.message[:300]) for e in errors[:3]])


def hold(d, method, path, target):
    """Asks, and holds the answer against what is described for it."""
    operation = described()[(method, path)]
    status, body, headers = d.request(method, '/admin/v1/' + target)
    answer = resolved(operation['responses'].get(str(status), operation['responses']['default']))
    [(kind, content)] = answer['content'].items()
    assert headers['Content-Type'].split(';')[0] == kind, (target, headers)
    validate(content['schema'], json.loads(body), f'{method} {target} {status}')
    return status, json.loads(body)


def test_the_document_is_sound():
    for name, schema in DOCUMENT['components']['schemas'].items():
        Draft202012Validator.check_schema(schema)
    assert DOCUMENT['openapi'].startswith('3.1')
    seen = set()
    for (method, path), operation in described().items():
        assert operation['operationId'] not in seen and operation['summary'], path
        seen.add(operation['operationId'])
        assert {p['name'] for p in parameters(operation, 'path')} == set(re.findall(r'\{(\w+)\}', path)), path
    # Every reference leads somewhere.
    def walk(node):
        if isinstance(node, dict):
            if '$ref' in node:
                resolved({'$ref': node['$ref']})
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(DOCUMENT)


def test_the_same_operations_with_the_same_parameters():
    with Daemon() as d:
        status, body, _ = d.request('GET', '/admin/v1/nowhere')
        known = json.loads(body)['issue'][0]['diagnostics'].split('known: ')[1]
        assert status == 404 and set(tuple(each.split(' ')) for each in known.split(', ')) == set(described()), known
        for (method, path), operation in described().items():
            target = path.replace('{number}', '1').replace('{hospital}', 'test').replace('{name}', 'his')
            status, body, _ = d.request(method, f'/admin/v1/{target}?nonsense=1')
            text = json.loads(body)['issue'][0]['diagnostics']
            assert status == 422 and 'unknown parameter' in text, (path, status, body)
            told = set(text.split('known: ')[1].split(', ')) if 'known: ' in text else set()
            assert told == {p['name'] for p in parameters(operation, 'query')}, (path, told)
            other = 'DELETE' if method == 'POST' else 'PUT'
            assert d.request(other, f'/admin/v1/{target}')[0] == 405, path


def test_answers_are_as_the_schemas_say():
    bad = Receiver(lambda m: [acknowledge(m, 'AR', 'no such bed')])
    good = Receiver(lambda m: [acknowledge(m, 'AE', 'not now')] if 'later' in m else [acknowledge(m)])
    asked = set()
    with alliance({'lis': good, 'emr': bad}, '  - {to: [lis, emr]}\n', settings='    set: {MSH-5: CENTER}\n') as d:
        def ask(method, path, target=None, status=200):
            asked.add((method, path))
            got, answer = hold(d, method, path, target or path)
            assert got == status, (target or path, got, answer)
            return answer
        ask('GET', 'status'), ask('GET', 'feeds'), ask('GET', 'messages'), ask('GET', 'destinations'), ask('GET', 'deliveries')
        s = d.sender()
        s.send(adt('A01', 'a1', name='张^三', pid='|||||||||||||||||||||||||||||ZZ'))
        s.send(oru('r1', value='x9'))
        s.send(oru('bad').replace('ORU^R01^ORU_R01', 'ZZZ^Z01'))
        s.raw(b'junk\x0b\x1c\x0d')
        s.send(oru('later'))
        settled(d, 'emr', dead=3)
        wait_for(lambda: destination(d, 'lis')['retrying'] == 1, what='retrying')
        problems = ask('GET', 'status')['problems']
        assert {p['kind'] for p in problems} >= {'destination', 'messages'}, problems
        found = ask('GET', 'messages', 'messages?count=2')
        assert found['next'] == found['messages'][-1]['number'] and len(found['messages']) == 2
        for query in ('state=noise', 'state=refused', 'type=ADT^A01', 'controlId=r1', 'patient=Patient/x', 'hospital=test&feed=his', 'from=2020-01-01T00:00:00Z&to=2120-01-01T00:00:00Z', f'after={found["newest"] - 1}', 'before=3'):
            ask('GET', 'messages', 'messages?' + query.replace('^', '%5E'))
        for number in (1, 2, 3, 4):
            ask('GET', 'messages/{number}', f'messages/{number}')
            ask('GET', 'messages/{number}/explain', f'messages/{number}/explain')
        assert ask('GET', 'messages/{number}', 'messages/1?raw=base64')['raw']
        ask('GET', 'messages/{number}/bundle', 'messages/1/bundle')
        ask('GET', 'messages/{number}/deliveries', 'messages/1/deliveries')
        assert 'CENTER' in ask('GET', 'messages/{number}/sent/{hospital}/{name}', 'messages/1/sent/test/lis')['bodies'][0]
        for query in ('fate=dead', 'fate=retrying', 'destination=test/emr&count=1', 'before=2'):
            ask('GET', 'deliveries', 'deliveries?' + query)
        ask('GET', 'destinations')
        ask('POST', 'deliveries/{number}/{hospital}/{name}/drop', 'deliveries/1/test/emr/drop')
        bad.answer = lambda m: [acknowledge(m)]
        ask('POST', 'deliveries/{number}/{hospital}/{name}/retry', 'deliveries/2/test/emr/retry')
        assert ask('POST', 'destinations/{hospital}/{name}/retry', 'destinations/test/emr/retry')['count'] == 1
        for verb in ('pause', 'resume'):
            ask('POST', 'destinations/{hospital}/{name}/' + verb, f'destinations/test/lis/{verb}')
        ask('POST', 'feeds/{hospital}/{name}/stop', 'feeds/test/his/stop')
        assert ask('GET', 'feeds')['feeds'][0]['since'] and ask('GET', 'status')['entrances'] == []
        ask('POST', 'feeds/{hospital}/{name}/start', 'feeds/test/his/start')
        again = ask('POST', 'messages/{number}/replay', 'messages/1/replay')
        assert ask('GET', 'messages/{number}', f'messages/{again["message"]}')['replayOf'] == 1 and ask('GET', 'messages/{number}', 'messages/1')['replayedAs'] == [again['message']]
        job = ask('POST', 'replays', 'replays?controlId=r1')
        wait_for(lambda: ask('GET', 'replays')['replays'][0]['state'] == 'done', what='replayed')
        ask('POST', 'replays/{number}/cancel', f'replays/{job["replay"]}/cancel')
        assert asked == set(described())
        # Refusals.
        for method, path, target, status in (('GET', 'messages/{number}', 'messages/99', 404), ('GET', 'messages/{number}', 'messages/x', 422), ('GET', 'messages', 'messages?state=lost', 422),
                                             ('GET', 'messages', 'messages?from=yesterday', 422), ('GET', 'messages', 'messages?count=0', 422), ('GET', 'messages/{number}', 'messages/1?raw=hex', 422),
                                             ('GET', 'deliveries', 'deliveries?destination=test/nix', 404), ('GET', 'deliveries', 'deliveries?fate=queued', 422),
                                             ('POST', 'feeds/{hospital}/{name}/stop', 'feeds/test/nix/stop', 404), ('POST', 'destinations/{hospital}/{name}/pause', 'destinations/test/nix/pause', 404),
                                             ('POST', 'destinations/{hospital}/{name}/retry', 'destinations/test/nix/retry', 404),
                                             ('POST', 'deliveries/{number}/{hospital}/{name}/retry', 'deliveries/1/test/emr/retry', 409), ('GET', 'messages/{number}/bundle', 'messages/99/bundle', 404),
                                             ('GET', 'messages/{number}/sent/{hospital}/{name}', 'messages/1/sent/test/nix', 404)):
            ask(method, path, target, status)
