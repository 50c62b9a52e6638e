"""/metrics, what deploy/monitoring makes of it, and the log."""
import json, re, shutil, subprocess, time

import yaml

from harness import ROOT, Daemon, code, oru
from peers import Receiver, acknowledge, wait_for
from test_routing import alliance, settled

MONITORING = ROOT / 'deploy/monitoring'
SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[0-9.e+]+)$')
OTHERS = {'up', 'vector', 'time'}  # of Prometheus itself


def scrape(d):
    """Families with their kind, and samples as (name, labels, value); proves the format on the way."""
    status, body, headers = d.request('GET', '/metrics')
    assert status == 200 and headers['Content-Type'].startswith('text/plain; version=0.0.4')
    kinds, samples, last = {}, [], None
    for line in body.decode().splitlines():
        if line.startswith('# HELP '):
            last = line.split(' ')[2]
            assert last not in kinds, 'twice: ' + last
        elif line.startswith('# TYPE '):
            _, _, name, kind = line.split(' ')
            assert name == last and kind in ('counter', 'gauge', 'histogram'), line
            kinds[name] = kind
        else:
            found = SAMPLE.match(line)
            assert found, line
            name, labels = found.group(1), dict(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', found.group(2) or ''))
            family = re.sub('_(bucket|sum|count)$', '', name) if kinds[last] == 'histogram' else name
            assert family == last, (line, last)
            assert not name.endswith('_total') or kinds[family] == 'counter', line
            samples.append((name, labels, float(found.group(3))))
    assert len({(n, tuple(sorted(l.items()))) for n, l, _ in samples}) == len(samples), 'a sample twice'
    return kinds, samples


def value(samples, name, **labels):
    found = [v for n, l, v in samples if n == name and all(l.get(k) == w for k, w in labels.items())]
    assert found, (name, labels)
    return sum(found)


def busy():
    """A daemon on which everything that is counted has happened."""
    receiver = Receiver(lambda m: [acknowledge(m, 'AR', 'no') if 'BAD' in m else acknowledge(m)])
    d = alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    sender: {MSH-4: LAB}\n')
    d.start()
    s = d.sender()
    for i in range(5):
        assert code(s.send(oru(str(i)))) == 'AA'
    s.send(oru('0'))
    s.send(oru('BAD'))
    s.send(oru('z').replace('ORU^R01^ORU_R01', 'ZZZ^Z01'))
    s.send(oru('u').replace('|LAB|', '|XXX|', 1))
    settled(d, 'lis', delivered=5, dead=1)
    return d


def test_metrics_count_what_happened_by_feed_and_cause():
    d = busy()
    try:
        kinds, samples = scrape(d)
        at = lambda name, **labels: value(samples, name, **labels)
        assert at('yilian_messages', hospital='test', feed='his', state='stored') == 6 and at('yilian_messages', hospital='test', feed='his', state='refused') == 1
        assert at('yilian_messages', hospital='', feed='', state='refused') == 1
        assert at('yilian_message_errors_total', feed='his') == 1 and {l['cause'] for n, l, _ in samples if n == 'yilian_message_errors_total' and l['feed'] == 'his'} <= {'unsupported_message_type', 'unsupported_event'}
        assert at('yilian_message_errors_total', feed='', cause='unknown_sender') == 1
        assert at('yilian_feed_stored_total', feed='his') == 6 and at('yilian_feed_duplicates_total', feed='his') == 1 and at('yilian_feed_up', feed='his') == 1 and at('yilian_feed_stopped', feed='his') == 0
        assert at('yilian_answer_seconds_count', feed='his') == 8 and 0 < at('yilian_answer_seconds_sum', feed='his') < 8
        assert at('yilian_delivery_seconds_count', destination='test/lis') == 5 and at('yilian_delivery_refused_total', destination='test/lis') == 1
        assert at('yilian_deliveries_dead', destination='test/lis') == 1 and at('yilian_deliveries_delivered_total', destination='test/lis') == 5
        assert 0 < at('yilian_disk_free_bytes') < at('yilian_disk_size_bytes') and at('process_resident_memory_bytes') > 1e6 and at('yilian_commits_total') > 5
        # Histograms: the steps only rise, the last is the count.
        for name in [n for n, kind in kinds.items() if kind == 'histogram']:
            for labels in {tuple(sorted((k, v) for k, v in l.items() if k != 'le')) for n, l, _ in samples if n == name + '_bucket'}:
                steps = [(l['le'], v) for n, l, v in samples if n == name + '_bucket' and all(l[k] == w for k, w in labels)]
                ends = [float(end) for end, _ in steps]
                assert ends == sorted(ends) and steps[-1][0] == '+Inf' and [v for _, v in steps] == sorted(v for _, v in steps), steps
                assert steps[-1][1] == value(samples, name + '_count', **dict(labels))
        d.request('POST', '/admin/v1/feeds/test/his/stop')
        _, samples = scrape(d)
        assert value(samples, 'yilian_feed_stopped', feed='his') == 1 and value(samples, 'yilian_feed_up', feed='his') == 1
        d.stop()
        d.start()
        _, samples = scrape(d)
        assert value(samples, 'yilian_messages', hospital='test', feed='his', state='stored') == 6  # kept over a restart
    finally:
        d.close()


def test_no_counter_falls_when_a_message_is_replayed():
    with Daemon() as d:
        s = d.sender()
        bad = oru('1').replace('ORU^R01^ORU_R01', 'ZZZ^Z01')
        s.send(bad), s.send(oru('2'))
        kinds, before = scrape(d)
        status, body, _ = d.request('POST', '/admin/v1/messages/1/replay', bad.replace('ZZZ^Z01', 'ORU^R01^ORU_R01').encode())
        assert status == 200, body
        after = {(n, tuple(sorted(l.items()))): v for n, l, v in scrape(d)[1]}
        for name, labels, was in before:
            if kinds.get(name) == 'counter' or kinds.get(re.sub('_(bucket|sum|count)$', '', name)) == 'histogram':
                assert after[(name, tuple(sorted(labels.items())))] >= was, (name, labels, was)
        samples = scrape(d)[1]
        assert [value(samples, 'yilian_messages', feed='his', state=state) for state in ('stored', 'refused', 'replaced')] == [2, 0, 1]


def names_in(expression):
    """Metric names of a PromQL expression: identifiers that are neither functions, keywords nor labels."""
    plain = re.sub(r'"[^"]*"', '""', expression)
    assert all(plain.count(a) == plain.count(b) for a, b in ('()', '[]', '{}')), expression
    plain = re.sub(r'\b(by|on|without)\s*\([^)]*\)', ' ', plain)
    plain = re.sub(r'\{[^}]*\}|\[[^\]]*\]|\boffset\s+\w+', ' ', plain)
    return {word for word, after in re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(\()?', plain) if not after and word not in ('and', 'or', 'unless', 'by', 'on')}


def labels_in(expression):
    """(metric, label) as they are asked for."""
    return [(name, label) for name, inside in re.findall(r'([a-z_]+)\{([^}]*)\}', expression) for label in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)', inside)]


def test_alerts_and_dashboard_name_metrics_that_are_there():
    rules = [rule for group in yaml.safe_load((MONITORING / 'alerts.yaml').read_text())['groups'] for rule in group['rules']]
    dashboard = json.loads((MONITORING / 'dashboard.json').read_text())
    targets = [target['expr'] for panel in dashboard['panels'] for target in panel.get('targets', [])]
    assert len(rules) >= 10 and len(targets) >= 20
    for rule in rules:
        assert set(rule) <= {'alert', 'expr', 'for', 'labels', 'annotations'} and rule['labels']['severity'] in ('critical', 'warning') and set(rule['annotations']) == {'summary', 'description'}, rule
        assert re.fullmatch(r'[0-9]+[mh]', rule.get('for', '1m')), rule
    assert len({rule['alert'] for rule in rules}) == len(rules) and len({panel['id'] for panel in dashboard['panels']}) == len(dashboard['panels'])
    for panel in dashboard['panels']:
        assert panel['gridPos']['x'] + panel['gridPos']['w'] <= 24 and (panel['type'] == 'row' or panel['datasource']['uid'] == '${datasource}'), panel['title']
    d = busy()
    try:
        _, samples = scrape(d)
    finally:
        d.close()
    there = {name: set() for name, _, _ in samples}
    for name, labels, _ in samples:
        there[name] |= set(labels)
    if d.store:
        there['yilian_store_bytes'] = set()  # of a file alone
    queries = [variable['query'] for variable in dashboard['templating']['list'] if variable['type'] == 'query']
    named = set(re.findall(r'label_values\((\w+),', ' '.join(queries)))
    for expression in [rule['expr'] for rule in rules] + targets:
        named |= names_in(expression)
        for name, label in labels_in(expression):
            assert name in OTHERS or label in there[name] | {'instance', 'job', 'le'}, (name, label, expression)
    missing = {name for name in named if name not in OTHERS and name not in there}
    assert not missing, missing
    readme = (MONITORING / 'README.md').read_text()
    for name in {re.sub('_(bucket|sum|count)$', '', n) for n in there if n.startswith('yilian_delivery') or n.startswith('yilian_feed')}:
        assert name in readme or '_' + name.split('_', 2)[2] in readme, name + ' is not in the README'
    if shutil.which('promtool'):
        for command in (['check', 'rules', 'alerts.yaml'], ['test', 'rules', 'alerts-test.yaml']):
            run = subprocess.run(['promtool', *command], cwd=MONITORING, capture_output=True)
            assert run.returncode == 0, run.stdout + run.stderr


def test_the_log_leads_from_the_senders_number_to_the_message_and_names_no_patient():
    receiver = Receiver(lambda m: [acknowledge(m, 'AR', 'no') if 'BAD' in m else acknowledge(m)])
    d = alliance({'lis': receiver}, '  - {to: [lis]}\n')
    main = d.folder / 'yilian.yaml'
    main.write_text(main.read_text() + 'log-level: debug\n')
    with d:
        s = d.sender()
        s.send(oru('c1', name='Secret^Name', patient='S4711'))
        s.send(oru('BAD', name='Secret^Name', patient='S4711', value='S9'))
        s.send(oru('c3', name='Secret^Name', patient='S4711').replace('ORU^R01^ORU_R01', 'ZZZ^Z01'))
        settled(d, 'lis', delivered=1, dead=1)
        lines = lambda: [json.loads(line) for line in (d.folder / 'log').read_text().splitlines()]
        def line(event, **fields):
            return wait_for(lambda: [l for l in lines() if l['event'] == event and all(l.get(k) == v for k, v in fields.items())], what=(event, fields))[0]
        assert line('message stored', control='c1')['message'] == 1
        assert line('delivered', message=1)['destination'] == 'test/lis'
        assert line('dead letter', message=2)['destination'] == 'test/lis'
        assert line('message not taken', control='c3', message=3)['cause'].startswith('unsupported')
        status, _, headers = d.request('GET', '/fhir/Patient', headers={'X-Request-Id': 'client-7'})
        assert status == 200 and headers['X-Request-Id'] == 'client-7'
        assert 'X-Request-Id' not in d.request('GET', '/fhir/Patient', headers={'X-Request-Id': 'x' * 200})[2]
        text = (d.folder / 'log').read_text()
        assert 'Secret' not in text and 'S4711' not in text, text


def test_a_sender_that_goes_wild_does_not_fill_the_log():
    with Daemon() as d:
        s = d.sender()
        begin = time.time()
        for i in range(300):
            s.send(oru(str(i)).replace('ORU^R01^ORU_R01', 'ZZZ^Z01'))
        told = (d.folder / 'log').read_text().count('message not taken')
        assert 1 <= told <= time.time() - begin + 2, told
        assert value(scrape(d)[1], 'yilian_messages', feed='his', state='refused') == 300
