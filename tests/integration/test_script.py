"""A hospital's script: the example at work, and a daemon that takes a changed one."""
import json, signal, subprocess, tempfile, time

from harness import Daemon, ROOT, YILIAN, code, free_port

ORU = ('MSH|^~\\&|HIS|EXAMPLE|YILIAN|ALL|20261124083000||ORU^R01^ORU_R01|{number}|P|2.5.1\rPID|1||P1^^^EX^MR||张^三||{birth}|M\r'
       'PV1|1|O|||||||||||||||||V1\rORC|RE|O1|F1\rOBR|1|O1|F1|RPR^梅毒试验^L|||20261124083000\r'
       'OBX|1|ST|RPR^快速血浆反应素^L||{value}||阴性||||F\r')


def message(number, value, birth='1958年3月7日'):
    return ORU.format(number=number, value=value, birth=birth)


def test_the_example_of_a_script():
    with tempfile.NamedTemporaryFile(suffix='.hl7') as file:
        file.write(message(1, '阳性(+) 1：128').encode())
        file.flush()
        run = subprocess.run([YILIAN, 'convert', '--config', str(ROOT / 'config/yilian.yaml'), '--feed', 'example-hospital/his', file.name], capture_output=True, timeout=30)
    assert run.returncode == 0, run.stderr
    resources = {e['resource']['resourceType']: e['resource'] for e in json.loads(run.stdout)['entry']}
    assert resources['Patient']['birthDate'] == '1958-03-07', resources['Patient']
    observation = resources['Observation']
    assert observation['valueString'] == '阳性(+)', observation
    assert observation['component'] == [{'code': {'text': '滴度'}, 'valueRatio': {'numerator': {'value': 1}, 'denominator': {'value': 128}}}], observation


def test_a_changed_script_is_taken():
    port = free_port()
    hospital = (f'hospital: {{code: test, name: 测试医院}}\nfeeds:\n  - name: his\n    mllp: {{listen: "127.0.0.1:{port}"}}\nmapping:\n  script: scripts/test.lua\n  patches:\n'
                '    "OBX[Observation]":\n      - {after: "OBX[Observation]#comparator", to: valueString, from: \'script("read", OBX-5)\', else: 无法识别, when: OBX-2 = "ST"}\n')
    d = Daemon(hospitals={'test': hospital})
    d.mllp_port = port
    script = d.folder / 'hospitals/scripts/test.lua'
    script.parent.mkdir()
    script.write_text('function read(text) return text .. "一" end')
    with d:
        s = d.sender()

        def value_after(number, wanted, seconds=15):
            end = time.time() + seconds
            while True:
                assert code(s.send(message(number, '阳性', '19580307'))) == 'AA'
                found = [o.get('valueString') for o in d.search('Observation?code=RPR')]
                if found == [wanted] or time.time() > end:
                    assert found == [wanted], found
                    return
                number += '1'
                time.sleep(0.2)

        value_after('1', '阳性一')
        script.write_text('function read(text) return text .. "二" end')
        d.process.send_signal(signal.SIGHUP)
        value_after('2', '阳性二')
        script.write_text('function read(text')  # a script with a fault changes nothing
        d.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        value_after('3', '阳性二')
        script.write_text('function read(text)\n  while true do end\nend')
        d.process.send_signal(signal.SIGHUP)
        value_after('4', '无法识别')
        log = json.dumps(d.json('/admin/v1/messages?state=stored'), ensure_ascii=False)
        last = d.json('/admin/v1/messages')
        assert 'scripts/test.lua:2' in json.dumps([d.json(f"/admin/v1/messages/{m['number']}") for m in last.get('messages', last if isinstance(last, list) else [])], ensure_ascii=False), (log[:500], last)
