"""The command: check, convert, send, reload, stop."""
import json, os, pathlib, shutil, signal, subprocess, tempfile, threading, time

import harness
from harness import ROOT, YILIAN, Daemon, Sender, adt, code, free_port, oru


def yilian(*arguments, stdin=None):
    return subprocess.run([YILIAN, *map(str, arguments)], input=stdin, capture_output=True, timeout=120)


def test_check_names_file_line_and_cure():
    d = Daemon()
    (d.folder / 'hospitals/test.yaml').write_text('hospital: {code: Test, name: x}\nfeeds:\n  - name: his\n    mllp: {lisen: "127.0.0.1:1"}\n  - name: lis\n    mllp: {listen: "0.0.0.0:2575"}\n')
    run = yilian('check', '--config', d.folder / 'yilian.yaml')
    text = run.stderr.decode()
    assert run.returncode == 1 and 'test.yaml:4' in text and "did you mean 'listen'" in text and 'test.yaml:1' in text, text
    d.close()


def test_check_accepts_the_shipped_configurations():
    run = yilian('check', '--config', ROOT / 'config/quickstart/yilian.yaml')
    assert run.returncode == 0, run.stderr.decode()
    run = yilian('check', '--config', ROOT / 'config/yilian.yaml')
    assert run.returncode == 0, run.stderr.decode()


def test_convert_writes_one_bundle_a_message_and_names_what_failed():
    messages = (oru('1') + adt('A01', '2') + oru('3').replace('ORU^R01^ORU_R01', 'XXX^Q99')).encode()
    run = yilian('convert', '-', stdin=messages)
    lines = run.stdout.decode().splitlines()
    assert run.returncode == 1 and len(lines) == 2 and b'message 3' in run.stderr, (run.returncode, lines, run.stderr)
    for line in lines:
        bundle = json.loads(line)
        assert bundle['type'] == 'transaction'
        full = {e['fullUrl'] for e in bundle['entry']}
        assert len(full) == len(bundle['entry'])
        def references(node):
            if isinstance(node, dict):
                if isinstance(node.get('reference'), str):
                    yield node['reference']
                for value in node.values():
                    yield from references(value)
            elif isinstance(node, list):
                for value in node:
                    yield from references(value)
        assert all(r in full for r in references(bundle)), line
    assert yilian('convert', '-', stdin=oru('1').encode()).stdout == yilian('convert', '-', stdin=oru('1').encode()).stdout


def test_convert_explains_each_element():
    run = yilian('convert', '--explain', '-', stdin=oru('1', value='6.6').encode())
    assert run.returncode == 0 and any('valueQuantity.value' in line and 'OBX-5' in line and "'6.6'" in line for line in run.stderr.decode().splitlines()), run.stderr.decode()[:2000]


def test_convert_explains_what_was_not_used_and_where_rules_fell_back():
    message = oru('1', value='6.6').replace('OBX|1|', 'ZZZ|own\rOBX|1|').encode()
    lines = yilian('convert', '--explain', '-', stdin=message).stderr.decode().splitlines()
    assert any(line.startswith('unused: ZZZ-1 [') and line.endswith("'own'") for line in lines), lines
    assert any(line.startswith('fallback: default_value: ') for line in lines), lines
    run = yilian('convert', '--explain', '--json', '-', stdin=message + message)
    told = [json.loads(line) for line in run.stderr.decode().splitlines()]
    assert run.returncode == 0 and len(told) == 2 and told[1]['message'].endswith('message 2'), run.stderr
    part = next(part for part in told[0]['unused'] if part['field'] == 'ZZZ-1')
    assert part['text'] == 'own' and part['why'] == 'never' and message[part['begin']:part['end']] == b'own', part
    assert any(origin['element'] == 'valueQuantity.value' and origin['field'] == 'OBX-5.1' and origin['text'] == '6.6' for origin in told[0]['origins'])
    assert told[0]['fallbacks'] and all(fallback['kind'] and fallback['what'] for fallback in told[0]['fallbacks']), told[0]['fallbacks']
    assert yilian('convert', '--json', '-', stdin=message).returncode != 0


def test_map_coverage_counts_the_rows_of_the_guide():
    run = yilian('map', 'coverage', '--json', '--list', 'PID[Patient]', '--mappings', ROOT / 'mappings')
    coverage = json.loads(run.stdout)
    assert run.returncode == 0 and coverage['open'] == 0 and coverage['problems'] == [], run.stderr
    assert coverage['all'] == coverage['done'] + coverage['elsewhere'] + coverage['listed'] == sum(m['all'] for m in coverage['maps']) == sum(k['all'] for k in coverage['kinds'])
    gender = next(row for row in coverage['rows'] if row['line'] == 13)
    assert gender['state'] == 'done' and gender['rule'] == 'PID[Patient]#13' and gender['place'].startswith('segments/PID[Patient].yaml:'), gender
    run = yilian('map', 'coverage', '--list', 'PID[Pation]')
    assert run.returncode == 2 and b'did you mean PID[Patient]?' in run.stderr, run.stderr
    with tempfile.TemporaryDirectory() as folder:
        changed = pathlib.Path(folder) / 'hl7v2'
        shutil.copytree(ROOT / 'mappings/hl7v2', changed)
        rules = changed / 'segments/PID[Patient].yaml'
        rules.write_text(rules.read_text().replace('ig: 13,', ''))
        deviations = changed / 'deviations.yaml'
        deviations.write_text(deviations.read_text().replace('left-out:\n', 'left-out:\n  - {rows: "PID[Patient]#10", reason: stale}\n', 1))
        run = yilian('map', 'coverage', '--mappings', changed)
        assert run.returncode == 1 and b'1 unaccounted rows, 1 problems' in run.stdout and b'lists PID[Patient]#10 as no rule' in run.stderr, (run.stdout[-400:], run.stderr)


def test_our_own_rules_are_clean_and_strict_fails_on_a_warning():
    run = yilian('map', 'check', '--strict', '--mappings', ROOT / 'mappings')
    assert run.returncode == 0 and run.stderr == b'', run.stderr
    with tempfile.TemporaryDirectory() as folder:
        changed = pathlib.Path(folder) / 'hl7v2'
        shutil.copytree(ROOT / 'mappings/hl7v2', changed)
        (changed / 'tables/Lost.yaml').write_text('table: Lost\nmap: {A: b}\n')
        assert yilian('map', 'check', '--mappings', changed).returncode == 0
        run = yilian('map', 'check', '--strict', '--mappings', changed)
        assert run.returncode == 1 and b'tables/Lost.yaml:1: warning: ' in run.stderr, run.stderr
        rules = changed / 'segments/PID[Patient].yaml'
        rules.write_text(rules.read_text().replace('rules:\n', 'rules:\n  - {to: gender, value: male, when: PID-8 and not PID-8}\n', 1))
        run = yilian('map', 'check', '--mappings', changed)
        assert run.returncode == 1 and b'can never hold' in run.stderr, run.stderr


def test_map_diff_shows_what_other_rules_would_change():
    messages = (oru('1') + adt('A01', '2') + oru('3').replace('ORU^R01^ORU_R01', 'XXX^Q99')).encode()
    with tempfile.TemporaryDirectory() as folder:
        changed, corpus = pathlib.Path(folder) / 'changed', pathlib.Path(folder) / 'corpus'
        shutil.copytree(ROOT / 'mappings', changed)
        corpus.mkdir()
        (corpus / 'day.hl7').write_bytes(messages)
        run = yilian('map', 'diff', ROOT / 'mappings', changed, corpus)
        assert run.returncode == 0 and b'0 differ' in run.stdout and b'3 the same' in run.stdout, (run.stdout, run.stderr)
        table = changed / 'hl7v2/tables/AdministrativeSex.yaml'
        table.write_text(table.read_text().replace('M: male', 'M: other'))
        run = yilian('map', 'diff', ROOT / 'mappings', changed, corpus)
        assert run.returncode == 1 and b'gender "male" -> "other"' in run.stdout and b'2 differ' in run.stdout, (run.stdout, run.stderr)
        table.write_text(table.read_text().replace('map:', 'mop:'))
        run = yilian('map', 'check', '--mappings', changed)
        assert run.returncode == 1 and b'AdministrativeSex.yaml' in run.stderr, (run.stdout, run.stderr)
    run = yilian('map', 'test')
    assert run.returncode == 0 and run.stdout.strip().endswith(b', 0 failed'), (run.stdout, run.stderr)


def test_convert_goes_both_ways_and_tells_what_is_lost():
    there = yilian('convert', '-', stdin=oru('1', value='6.6').encode())
    assert there.returncode == 0, there.stderr
    back = yilian('convert', '--to', 'hl7v2', '-', stdin=there.stdout)
    segments = back.stdout.decode().split('\r')
    assert back.returncode == 0 and segments[0].startswith('MSH|') and '|ORU^R01' in segments[0], (back.stdout, back.stderr)
    assert any(s.startswith('OBX|') and s.split('|')[5] == '6.6' for s in segments), segments
    again = yilian('convert', '-', stdin=back.stdout)
    value = lambda run: [e['resource']['valueQuantity'] for e in json.loads(run.stdout)['entry'] if e['resource']['resourceType'] == 'Observation']
    assert again.returncode == 0 and value(again) == value(there), (again.stdout, again.stderr)
    # What the receiver does not want is lost, and told; what is no Bundle is refused by name.
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / 'receiver.yaml'
        profile.write_text('outbound: {version: "2.3", unwanted: [PV1]}\n')
        old = yilian('convert', '--to', 'hl7v2', '--profile', profile, '-', stdin=there.stdout)
        assert old.returncode == 0 and b'|2.3' in old.stdout and b'PV1' not in old.stdout and b': lost: Encounter/' in old.stderr, (old.stdout, old.stderr)
        profile.write_text('outbound: {version: "9"}\n')
        wrong = yilian('convert', '--to', 'hl7v2', '--profile', profile, '-', stdin=there.stdout)
        assert wrong.returncode == 1 and b'receiver.yaml' in wrong.stderr and b'no version of HL7' in wrong.stderr, wrong.stderr
    bad = yilian('convert', '--to', 'hl7v2', '-', stdin=b'{"resourceType":')
    assert bad.returncode == 1 and b'bundle 1: not converted' in bad.stderr, bad.stderr


def test_send_prints_the_answers():
    with Daemon() as d:
        run = yilian('send', f'mllp://127.0.0.1:{d.mllp_port}', '-', stdin=(oru('1') + oru('2')).encode())
        assert run.returncode == 0 and run.stdout.count(b'MSA|AA') == 2, (run.stdout, run.stderr)
    run = yilian('send', f'mllp://127.0.0.1:{free_port()}', '-', stdin=oru('1').encode())
    assert run.returncode == 2 and run.stderr, run.stderr


def test_help_and_version():
    assert yilian('version').stdout.startswith(b'yilian ')
    for command in ('run', 'check', 'convert', 'send', 'token'):
        assert b'--help' in yilian(command, '--help').stdout


def test_a_reload_changes_what_differs_and_a_bad_one_changes_nothing():
    with Daemon() as d:
        s = d.sender()
        assert code(s.send(oru('1'))) == 'AA'
        second = free_port()
        file = d.folder / 'hospitals/test.yaml'
        good = file.read_text()
        file.write_text(good + f'  - name: lis\n    mllp: {{listen: "127.0.0.1:{second}"}}\n')
        d.process.send_signal(signal.SIGHUP)
        end = time.time() + 15
        while time.time() < end:
            try:
                __import__('socket').create_connection(('127.0.0.1', second), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise AssertionError('the new feed did not open')
        assert code(s.send(oru('2'))) == 'AA'
        file.write_text('hospital: {')
        d.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert code(s.send(oru('3'))) == 'AA'


def test_sigterm_drains_and_ends_well():
    d = Daemon().start()
    s = d.sender()
    assert code(s.send(oru('1'))) == 'AA'
    assert d.stop() == 0
    d.start()
    assert len(d.search('Observation?code=T1')) == 1
    d.close()


def test_two_daemons_on_one_folder_are_refused():
    with Daemon() as d:
        other = Daemon(folder=d.folder)
        run = subprocess.run([YILIAN, 'run', '--config', str(d.folder / 'yilian.yaml')], capture_output=True, timeout=20)
        assert run.returncode == 1 and b'another yilian' in run.stderr, run.stderr


def test_files_are_taken_and_moved():
    d = Daemon()
    inbox = d.folder / 'inbox'
    inbox.mkdir()
    (d.folder / 'hospitals/test.yaml').write_text(f'hospital: {{code: test, name: 测试医院}}\nfeeds:\n  - name: files\n    file: {{folder: "{inbox}", settle: 100ms, poll: 1s}}\n')
    with d:
        (inbox / 'a.hl7').write_bytes((oru('1') + oru('2')).encode())
        (inbox / 'b.hl7').write_bytes(b'no message')
        end = time.time() + 20
        while time.time() < end and (not (inbox / 'done/a.hl7').exists() or not (inbox / 'failed/b.hl7').exists()):
            time.sleep(0.1)
        assert (inbox / 'done/a.hl7').exists() and (inbox / 'failed/b.hl7').exists(), [str(p) for p in inbox.rglob('*')]
        assert any(p.suffix == '.error' for p in (inbox / 'failed').iterdir())
        assert len(d.search('DiagnosticReport')) == 2


def test_several_senders_share_a_port():
    port = free_port()
    hospitals = {name: f'hospital: {{code: {name}, name: {name}}}\nfeeds:\n  - name: lis\n    mllp: {{listen: "127.0.0.1:{port}"}}\n    sender: {{MSH-4: {name.upper()}}}\n' for name in ('one', 'two')}
    d = Daemon(hospitals=hospitals)
    d.mllp_port = port
    with d:
        s = d.sender()
        assert code(s.send(oru('1').replace('|LIS|LAB|', '|LIS|ONE|'))) == 'AA'
        assert code(s.send(oru('1').replace('|LIS|LAB|', '|LIS|TWO|'))) == 'AA'
        refused = s.send(oru('1'))
        assert code(refused) == 'AR' and 'sender' in refused, refused
        assert len(d.search('Patient')) == 2


def test_the_next_program_takes_the_sockets_over_and_nobody_is_refused():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='yilian-test-program-'))
    program = folder / 'yilian'
    shutil.copy(harness.YILIAN, program)
    before, harness.YILIAN = harness.YILIAN, str(program)
    try:
        with Daemon() as d:
            acknowledged, refused, going = [], [], True

            def send(index):
                n = 0
                while going:
                    try:
                        s = Sender(d.mllp_port)
                        while going:
                            if code(s.send(oru(f'{index}-{n}', patient=f'P{index}'))) == 'AA':
                                acknowledged.append(f'{index}-{n}')
                                n += 1
                    except (EOFError, ConnectionResetError, BrokenPipeError):
                        pass
                    except ConnectionRefusedError as error:
                        refused.append(error)

            senders = [threading.Thread(target=send, args=(i,)) for i in range(3)]
            for each in senders:
                each.start()
            time.sleep(0.5)
            ready = lambda: (d.folder / 'log').read_text().count('"ready"')
            for round_ in range(2):
                # Another file in the program's place, as a package does it.
                shutil.copy(before, folder / 'new')
                os.replace(folder / 'new', program)
                count, sent = ready(), len(acknowledged)
                d.process.send_signal(signal.SIGUSR2)
                end = time.time() + 30
                while (ready() == count or len(acknowledged) < sent + 50) and time.time() < end:
                    time.sleep(0.02)
                assert ready() == count + 1 and d.process.poll() is None, (d.folder / 'log').read_text()[-2000:]
            going = False
            for each in senders:
                each.join(30)
            assert not refused, refused
            stored = {m['controlId'] for m in d.messages()}
            assert set(acknowledged) <= stored and len(acknowledged) > 100, set(acknowledged) - stored
            # A program that would not run changes nothing.
            (folder / 'new').write_text('#!/bin/sh\nexit 1\n')
            (folder / 'new').chmod(0o755)
            os.replace(folder / 'new', program)
            d.process.send_signal(signal.SIGUSR2)
            time.sleep(0.5)
            assert 'would not run' in (d.folder / 'log').read_text() and code(d.sender().send(oru('after'))) == 'AA'
    finally:
        harness.YILIAN = before
        shutil.rmtree(folder, ignore_errors=True)
