"""`yilian test`, and what `yilian check` finds when it looks at routes, destinations and ports together."""

from harness import ROOT, Daemon
from test_daemon import yilian

HOSPITAL = '''hospital: {code: test, name: 测试医院}
feeds:
  - name: his
    mllp: {listen: "127.0.0.1:2575"}
    sender: {MSH-3: HIS}
  - name: lis
    mllp: {listen: "127.0.0.1:2575"}
    sender: {MSH-3: LIS}
destinations:
  - {name: ward, mllp: {connect: "127.0.0.1:2600"}, set: {MSH-5: WARD}, drop: [ZPI]}
  - {name: centre, mllp: {connect: "127.0.0.1:2601"}, send: bundle}
  - {name: second, mllp: {connect: "127.0.0.1:2602"}, send: hl7v2, outbound: {version: "2.3.1"}}
routes:
  - {name: results, from: [lis], to: [ward], then: [{when: 'OBX-8 = "HH"', to: [centre]}]}
'''

LIS = r'''      MSH|^~\&|LIS|LAB|YILIAN|ALL|20261124083000||ORU^R01|1|P|2.5.1
      PID|1||P1^^^LAB^MR||张^三||19580307|M
      ZPI|own
      OBR|1|A1|B1|BMP^Basic panel^L|||20261124083000
      OBX|1|NM|K^钾^L||7.1|mmol/L|3.5-5.3|FLAG|||F
'''


def configured(hospital, **tests):
    d = Daemon(hospitals={'test': hospital})
    (d.folder / 'hospitals/tests').mkdir()
    for name, text in tests.items():
        (d.folder / f'hospitals/tests/{name}.yaml').write_text(text)
    return d


def one(expect, feed='test/lis', flag='HH', message=LIS):
    return f'tests:\n  - name: it\n    feed: {feed}\n    message: |\n{message.replace("FLAG", flag)}    {expect}\n'


def run(text, code, hospital=HOSPITAL, command='test'):
    d = configured(hospital, routes=text)
    try:
        out = yilian(command, '--config', d.folder / 'yilian.yaml')
        text = out.stdout.decode() + out.stderr.decode()
        assert out.returncode == code, text
        return text
    finally:
        d.close()


def test_the_shipped_configurations_pass_their_tests():
    for config, least in (('config/yilian.yaml', 1), ('config/quickstart/yilian.yaml', 3)):
        out = yilian('test', '--config', ROOT / config)
        text = out.stdout.decode()
        assert out.returncode == 0 and text.count('ok   ') >= least and ', 0 failed' in text, text + out.stderr.decode()


def test_expected_deliveries():
    centre = '{to: centre, messages: 1, resources: {Patient: 1, Observation: 1}, holds: [张三], lacks: [CENTRE]}'
    text = run(one('expect: [{to: ward, fields: {MSH-5: WARD, PID-3.1: P1, "OBX[1]-5": "7.1", ZPI-1: ""}, lacks: [ZPI]}, ' + centre + ']'), 0)
    assert 'ok   it\n' in text and '1 passed, 0 failed' in text, text
    run(one('expect: [ward]', flag='N'), 0)
    run(one('expect: []', feed='test/his', message=LIS.replace('|LIS|', '|HIS|')), 0)


def test_what_is_not_as_expected_is_told():
    for expect, said in (('expect: [ward]', 'it also goes to test/centre'), ('expect: [ward, centre, second]', 'it does not go to test/second'), ('refused: yes', 'it should be refused, and is taken'),
                         ('expect: [{to: ward, fields: {MSH-5: CENTRE}}, centre]', "MSH-5 should be 'CENTRE', there is 'WARD'"), ('expect: [{to: ward, holds: [李四]}, centre]', "does not hold '李四'"),
                         ('expect: [{to: ward, lacks: [P1]}, centre]', "holds 'P1'"), ('expect: [ward, {to: centre, resources: {Observation: 2}}]', 'should have 2 Observation, it has 1'),
                         ('expect: [{to: ward, resources: {Patient: 1}}, centre]', 'is no Bundle'), ('expect: [{to: ward, messages: 2}, centre]', 'should get 2 messages, it gets 1'),
                         ('expect: [{to: ward, fails: why}, centre]', 'should fail, and can be made')):
        text = run(one(expect), 1)
        assert 'FAIL it (' in text and said in text and '0 passed, 1 failed' in text, (expect, text)
    assert 'comes to test/lis' in run(one('expect: []', feed='test/his'), 1)
    assert "comes to no feed" in run(one('expect: [ward, centre]', message=LIS.replace('|LIS|', '|XIS|')), 1)
    assert 'it is refused: ' in run(one('expect: []', message=LIS.replace('ORU^R01', 'ZZZ^Z01')), 1)
    assert "it should be refused with 'OBX'" in run(one('refused: OBX', message=LIS.replace('ORU^R01', 'ZZZ^Z01')), 1)
    run(one('refused: there is no mapping', message=LIS.replace('ORU^R01', 'ZZZ^Z01')), 0)


def test_a_message_of_a_file_by_its_number_with_its_own_charset():
    d = configured(HOSPITAL, routes='tests:\n  - {feed: test/lis, file: two.hl7, number: 2, expect: [{to: ward, holds: [李四]}]}\n')
    message = LIS.replace('      ', '').replace('\n', '\r').replace('FLAG', 'N').replace('ZPI|own\r', '')
    (d.folder / 'hospitals/tests/two.hl7').write_bytes((message + message.replace('张^三', '李四')).encode('gb18030'))
    out = yilian('test', '--config', d.folder / 'yilian.yaml')
    assert out.returncode == 0, out.stdout.decode()
    d.close()


def test_check_reads_the_tests_and_runs_none():
    assert ', 1 route tests.' in run(one('expect: [second]'), 0, command='check')
    for text, said in ((one('expect: [nobody]'), "there is no destination 'test/nobody'"), (one('expect: []', feed='test/nix'), "there is no feed 'test/nix'"), (one('nonsense: 1'), 'nonsense'),
                       ('tests:\n  - {feed: test/lis, file: nix.hl7, expect: []}\n', 'nix.hl7 cannot be read'), (one('number: 2'), 'the test expects nothing'), (one('number: 2\n    expect: []'), 'there are only 1 messages'),
                       (one('expect: [{to: ward, fields: {MSH5: x}}]'), "'MSH5' is no field"), (one('expect: [{to: ward, resources: {Pat: 1}}]'), 'no FHIR R4 resource type'), ('test: []\n', 'tests'),
                       (one('refused: yes\n    expect: []'), 'either `refused` or `expect`')):
        for command in ('check', 'test'):
            told = run(text, 1, command=command)
            assert said in told and 'routes.yaml:' in told, (text, told)


def test_check_shows_routes_and_destinations_and_what_is_hardly_meant():
    text = run('tests: []\n', 0, command='check')
    assert '3 destinations' in text and 'test/ward  mllp 127.0.0.1:2600' in text and 'results from lis -> ward' in text and 'when -> centre' in text, text
    assert 'note: ' in text and 'no route leads to destination test/second' in text and 'test.yaml:12' in text and 'warning' not in text, text
    never = HOSPITAL + "  - {name: outer, from: [his], to: [second], then: [{name: inner, from: [lis], to: [second]}]}\n"
    text = run('tests: []\n', 0, never, 'check')
    assert "warning: " in text and "route 'inner' never takes a message" in text and 'no route leads' not in text, text
    passed_on = (HOSPITAL + "  - {name: asks, from: [his], fhirpath: 'Patient.active', to: [second]}\n").replace('    sender: {MSH-3: HIS}\n', '    sender: {MSH-3: HIS}\n    store: no\n')
    assert 'its feeds make none' in run('tests: []\n', 0, passed_on, 'check')
    loop = HOSPITAL.replace('127.0.0.1:2601', 'localhost:2575')
    text = run('tests: []\n', 0, loop, 'check')
    assert 'warning: ' in text and 'sends to this very daemon' in text and 'test/his' in text, text


def test_check_finds_ports_that_are_taken_twice():
    other = HOSPITAL.replace('  - name: lis\n    mllp: {listen: "127.0.0.1:2575"}', '  - name: lis\n    mllp: {listen: "localhost:2575"}')
    text = run('tests: []\n', 1, other, 'check')
    assert 'is taken by' in text and text.count('test.yaml:') >= 2, text
    d = configured(HOSPITAL)
    (d.folder / 'hospitals/test.yaml').write_text(HOSPITAL.replace('127.0.0.1:2575', f'127.0.0.1:{d.http_port}'))
    out = yilian('check', '--config', d.folder / 'yilian.yaml')
    assert out.returncode == 1 and b'is taken by http.listen' in out.stderr, out.stderr
    d.close()
