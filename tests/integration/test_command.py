"""The operators' commands, against a daemon that runs."""
import json, os, signal, subprocess, time, unicodedata

from harness import YILIAN, Daemon, adt, code, free_port, oru
from peers import Receiver, acknowledge, wait_for
from test_routing import alliance, destination, settled


def yilian(d, *arguments, code=0, where=None, columns=200, input=None):
    where = ['--config', str(d.folder / 'yilian.yaml')] if where is None else where
    environment = {k: v for k, v in os.environ.items() if not k.startswith('YILIAN_')}
    run = subprocess.run([YILIAN, *map(str, arguments), *where], capture_output=True, timeout=60, input=input, env={**environment, 'COLUMNS': str(columns)})
    run.out, run.err = run.stdout.decode(errors='replace'), run.stderr.decode(errors='replace')
    assert run.returncode == code, (arguments, run.returncode, run.out[-2000:], run.err[-2000:])
    return run


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)


def table(text, first):
    """The rows under a heading that begins with `first`."""
    lines = text.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.split() and line.split()[0] == first)
    rows = []
    for line in lines[begin + 1:]:
        if not line.strip():
            break
        rows.append(line)
    return rows


def test_status_says_what_is_stuck_since_when_why_and_what_to_do():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        s = d.sender()
        s.send(oru('1'))
        receiver.wait(1)
        settled(d, 'lis', delivered=1, state='idle')
        run = yilian(d, 'status')
        assert 'Nothing is wrong.' in run.out and 'test/his' in run.out and 'test/lis' in run.out, run.out
        receiver.stop()
        s.send(oru('2'))
        wait_for(lambda: destination(d, 'lis')['state'] == 'down', what='down')
        out = yilian(d, 'status', code=1).out
        assert 'One thing is wrong' in out and 'STUCK    destination test/lis, since 20' in out and '1 message waits' in out and f'runs and can be reached from here' in out and str(receiver.port) in out, out
        told = json.loads(yilian(d, 'status', '--json', code=1).out)
        assert told['problems'][0]['severity'] == 'error' and told['problems'][0]['name'] == 'test/lis' and told['problems'][0]['since'], told
        receiver.start()
        settled(d, 'lis', delivered=2, state='idle')
        yilian(d, 'status')
        yilian(d, 'destinations', 'pause', 'lis')
        s.send(oru('3'))
        wait_for(lambda: destination(d, 'lis')['queued'] == 1, what='queued')
        out = yilian(d, 'status', code=1).out
        assert 'is paused; 1 message waits' in out and 'do: yilian destinations resume test/lis' in out, out
        yilian(d, 'destinations', 'resume', 'test/lis')
        settled(d, 'lis', delivered=3)


def test_without_a_daemon_it_says_how_to_start_it():
    d = Daemon()
    run = yilian(d, 'status', code=2)
    assert 'nothing answers' in run.err and f'Start it: yilian run --config {d.folder}/yilian.yaml' in run.err, run.err
    assert 'nothing answers' in yilian(d, 'feeds', 'list', code=2, where=['--url', f'http://127.0.0.1:{free_port()}']).err
    assert 'http://127.0.0.1:8080' in yilian(d, 'status', '--help').out
    d.close()
    port = free_port()
    other = subprocess.Popen(['python3', '-m', 'http.server', str(port), '--bind', '127.0.0.1'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def asked():
            run = subprocess.run([YILIAN, 'status', '--url', f'http://127.0.0.1:{port}'], capture_output=True)
            return run.returncode == 1 and b'is no Yilian' in run.stderr
        wait_for(asked, what='another server is told apart')
    finally:
        other.kill()


def test_every_command_has_its_help():
    d = Daemon()
    for command in ('status', 'top', 'tail', 'messages', 'messages find', 'messages show', 'messages diff', 'deadletters', 'deadletters list', 'deadletters show', 'deadletters retry', 'deadletters drop',
                    'replay', 'destinations', 'destinations list', 'destinations pause', 'destinations resume', 'feeds', 'feeds list', 'feeds stop', 'feeds start'):
        run = yilian(d, *command.split(), '--help', where=[])
        assert len(run.out.splitlines()) > 3, run.out
    yilian(d, 'messages', 'show', where=[], code=106)
    yilian(d, 'deadletters', 'retry', 'lis', where=[], code=106)
    d.close()


def test_messages_are_found_by_patient_type_state_time_and_control_id():
    with Daemon() as d:
        s = d.sender()
        s.send(adt('A01', 'a1', patient='4711', name='张^三'))
        s.send(oru('r1', patient='4711'))
        s.send(oru('r2', patient='0815', name='李^四'))
        s.send(oru('bad').replace('ORU^R01^ORU_R01', 'ZZZ^Z01'))
        found = lambda *a: [json.loads(line)['controlId'] for line in yilian(d, 'messages', 'find', '--json', *a).out.splitlines()]
        assert found() == ['bad', 'r2', 'r1', 'a1']
        assert found('--patient', '4711') == ['r1', 'a1'] and found('--patient', '李四') == ['r2']
        assert found('--type', 'ORU') == ['r2', 'r1'] and found('--type', 'ADT^A01') == ['a1'] and found('--type', 'ADT^A02') == []
        assert found('--state', 'refused') == ['bad'] and found('--control-id', 'r1') == ['r1']
        assert found('--feed', 'test/his', '--count', '1') == ['bad'] and found('--feed', 'test/lis') == []
        assert len(found('--from', '10m')) == 4 and found('--to', '10m') == [] and found('--to', '2020-01-01 08:00') == []
        number = json.loads(yilian(d, 'messages', 'find', '--json', '--control-id', 'r2').out)['number']
        assert found('--before', number) == ['r1', 'a1']
        text = yilian(d, 'messages', 'find', '--count', '2').out
        rows = table(text, 'MESSAGE')
        assert len(rows) == 2 and 'ZZZ^Z01' in rows[0] and 'there is no mapping' in rows[0] and f'--before {number}' in text, text
        hour = time.strftime('%Y-%m-%d %H', time.gmtime(time.time() + 8 * 3600))  # the hospital's clock, whatever this machine's is
        assert hour in text, (hour, text)
        assert 'no patient has' in yilian(d, 'messages', 'find', '--patient', '999', code=1).err
        assert 'is no moment' in yilian(d, 'messages', 'find', '--from', 'yesterday', code=1).err
        assert 'No message fits' in yilian(d, 'messages', 'find', '--control-id', 'nix').out


def test_a_message_is_shown_with_its_stages_side_by_side():
    receiver = Receiver(lambda m: [acknowledge(m, 'AA', 'thank you')])
    settings = '    set: {MSH-5: CENTER}\n'
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', settings=settings) as d:
        d.sender().send(oru('1', name='欧阳^静', value='5.5').replace('OBX|1|', 'ZZZ|own\x1b[31m\rOBX|1|'))
        settled(d, 'lis', delivered=1)
        out = yilian(d, 'messages', 'show', '1', columns=120).out
        lines = out.splitlines()
        both = [line for line in lines if ' | ' in line]
        assert any(line.startswith('PID|1||P1') for line in both) and any('| Patient/' in line for line in both) and any('name[0].text = 欧阳静' in line for line in both), out
        assert all(width(line) <= 120 for line in both), [line for line in both if width(line) > 120]
        bar = {width(line[:line.index(' | ')]) for line in both if not line.startswith(('answered', 'note', 'did'))}
        assert bar == {58}, bar
        assert any(line.startswith('to test/lis: delivered at 20') and '1 attempt' in line for line in lines), out
        assert any('CENTER' in line for line in both) and any('MSA|AA|1|thank you' in line for line in both), out
        assert "used by no rule: ZZZ-1 'own" in out and '\x1b' not in out and '\\x1B[31m' in out, out
        whole = json.loads(yilian(d, 'messages', 'show', '1', '--json').out)
        assert whole['bundle']['type'] == 'transaction' and whole['deliveries'][0]['fate'] == 'delivered' and whole['explain']['unusedTotal'] > 0
        assert json.loads(yilian(d, 'messages', 'show', '1', '--bundle').out)['resourceType'] == 'Bundle'
        assert 'there is no message 99' in yilian(d, 'messages', 'show', '99', code=1).err


def test_the_bytes_of_a_message_come_out_as_they_came_in():
    with Daemon() as d:
        raw = oru('1', name='张^三').encode('gb18030')
        d.sender().send(raw)
        assert yilian(d, 'messages', 'show', '1', '--raw').stdout == raw


def test_two_messages_are_compared_field_by_field():
    with Daemon() as d:
        s = d.sender()
        s.send(oru('1', value='5.1', tests=3))
        s.send(oru('2', value='5.1', order='F1', tests=2).replace('OBX|2|NM|T2^Test 2^L||5.1', 'OBX|2|NM|T2^Test 2^L||9.9') + 'ZPI|1\r')
        differ = [json.loads(line) for line in yilian(d, 'messages', 'diff', '1', '2', '--json', code=1).out.splitlines()]
        assert {x['place']: (x['before'], x['after']) for x in differ if x['place'].count('-')} == {'MSH-10': ('1', '2'), 'OBX[2]-5': ('5.1', '9.9')}, differ
        assert [x['after'] for x in differ if x['place'] == 'OBX[3]'] == ['(not there)'] and [x['before'] for x in differ if x['place'] == 'ZPI'] == ['(not there)']
        assert 'OBX[2]-5  5.1' in yilian(d, 'messages', 'diff', '1', '2', code=1).out
        assert 'Every field is the same' in yilian(d, 'messages', 'diff', '1', '1').out


def test_dead_letters_are_listed_shown_retried_and_dropped():
    receiver = Receiver(lambda m: [acknowledge(m, 'AR', 'no such bed')])
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        assert 'There are no dead letters' in yilian(d, 'deadletters', 'list').out
        s = d.sender()
        for i in range(4):
            s.send(oru(str(i)))
        settled(d, 'lis', dead=4)
        rows = table(yilian(d, 'deadletters', 'list', 'lis').out, 'MESSAGE')
        assert len(rows) == 4 and 'ORU^R01' in rows[0] and 'no such bed' in rows[0] and 'test/his' in rows[0], rows
        assert 'no such bed' in yilian(d, 'deadletters', 'show', '2').out
        assert '4 dead letters, the newest: ' in yilian(d, 'status', code=1).out
        yilian(d, 'deadletters', 'drop', 'lis', '1')
        assert 'can be dropped' in yilian(d, 'deadletters', 'drop', 'lis', '1', code=1).err
        receiver.answer = lambda m: [acknowledge(m)]
        yilian(d, 'deadletters', 'retry', 'lis', '2', '3')
        settled(d, 'lis', dead=1, dropped=1, delivered=2)
        assert '1 dead letter of test/lis is sent again' in yilian(d, 'deadletters', 'retry', 'lis', '--all').out
        settled(d, 'lis', dead=0, delivered=3)
        for unknown in ('emr', 'test/lis?x', 'test/l is'):
            assert f"there is no destination '{unknown}'" in (err := yilian(d, 'destinations', 'pause', unknown, code=1).err) and 'these are there: test/lis' in err, err


def test_a_stopped_feed_takes_nothing_also_after_a_restart():
    with Daemon() as d:
        s = d.sender()
        assert code(s.send(oru('1'))) == 'AA'
        yilian(d, 'feeds', 'stop', 'his')
        assert s.silent(1)  # closed
        try:
            d.sender()
            raise AssertionError('the port is open')
        except OSError:
            pass
        out = yilian(d, 'status').out
        assert 'was stopped by hand' in out and 'do: yilian feeds start test/his' in out, out
        d.stop()
        d.start()
        assert d.json('/admin/v1/feeds')['feeds'][0]['state'] == 'stopped'
        d.process.send_signal(signal.SIGHUP)
        wait_for(lambda: 'reloaded' in (d.folder / 'log').read_text(), what='reloaded')
        assert d.json('/admin/v1/feeds')['feeds'][0]['state'] == 'stopped'
        yilian(d, 'feeds', 'start', 'test/his')
        assert code(d.sender().send(oru('2'))) == 'AA'
        d.stop()
        d.start()
        assert code(d.sender().send(oru('3'))) == 'AA'
        assert [m['controlId'] for m in d.json('/admin/v1/messages')['messages']] == ['3', '2', '1']


def test_on_a_shared_port_only_the_stopped_feeds_senders_are_turned_away():
    port = free_port()
    feeds = ''.join(f'  - name: {name}\n    mllp: {{listen: "127.0.0.1:{port}"}}\n    sender: {{MSH-3: {sender}}}\n' for name, sender in (('his', 'HIS'), ('lis', 'LIS')))
    with Daemon(hospitals={'test': 'hospital: {code: test, name: 测试医院}\nfeeds:\n' + feeds}) as d:
        d.mllp_port = port
        s = d.sender()
        assert code(s.send(oru('1'))) == 'AA' and code(s.send(adt('A01', '2'))) == 'AA'
        yilian(d, 'feeds', 'stop', 'lis')
        answer = s.send(oru('3'))
        assert code(answer) == 'AE' and 'stopped' in answer and 'Send it again' in answer, answer
        assert code(s.send(oru('4', extra='|||AL|AL'))) == 'CE'
        assert code(s.send(adt('A01', '5'))) == 'AA'  # the same connection, the other feed
        lis = next(f for f in d.json('/admin/v1/feeds')['feeds'] if f['name'] == 'lis')
        assert lis['turnedAway'] == 2 and lis['stored'] == 1, lis
        yilian(d, 'feeds', 'stop', 'his')
        assert s.silent(1)
        yilian(d, 'feeds', 'start', 'lis')
        s = d.sender()
        assert code(s.send(oru('3'))) == 'AA' and code(s.send(adt('A01', '6'))) == 'AE'
        assert [m['controlId'] for m in d.json('/admin/v1/messages')['messages']] == ['3', '5', '2', '1']


def test_top_shows_rates():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        run = subprocess.Popen([YILIAN, 'top', '--config', str(d.folder / 'yilian.yaml'), '--json', '--rounds', '2', '--interval', '1'], stdout=subprocess.PIPE)
        time.sleep(0.3)
        s = d.sender()
        for i in range(20):
            s.send(oru(str(i)))
        receiver.wait(20)
        rounds = [json.loads(line) for line in run.communicate()[0].splitlines()]
        assert len(rounds) == 2, rounds
        feeds, destinations = ([sum(x['perSecond'] for r in rounds for x in r[kind])] for kind in ('feeds', 'destinations'))
        assert 15 < feeds[0] < 21 and 15 < destinations[0] < 21 and any(x['milliseconds'] > 0 for r in rounds for x in r['feeds']), rounds
        out = yilian(d, 'top', '--rounds', '1', '--interval', '0.2').out
        assert 'FEED' in out and 'DESTINATION' in out and 'test/lis' in out and '\x1b' not in out, out


def test_tail_follows_and_filters():
    with Daemon() as d:
        s = d.sender()
        s.send(oru('before'))
        tails = {name: subprocess.Popen([YILIAN, 'tail', '--config', str(d.folder / 'yilian.yaml'), '--interval', '0.1', *more], stdout=open(d.folder / name, 'wb'), stderr=subprocess.DEVNULL)
                 for name, more in (('all', ['--count', '5']), ('adt', ['--type', 'ADT', '--count', '0', '--json']))}
        try:
            wait_for(lambda: 'before' in (d.folder / 'all').read_text(), what='what was there')
            time.sleep(0.5)
            for i in range(5):
                s.send(oru(f'r{i}'))
            s.send(adt('A01', 'a1', name='张^三'))
            wait_for(lambda: 'a1' in (d.folder / 'all').read_text() and 'a1' in (d.folder / 'adt').read_text(), what='all')
            # It goes on after a restart.
            d.stop()
            d.start()
            s = d.sender()
            s.send(oru('later'))
            wait_for(lambda: 'later' in (d.folder / 'all').read_text(), what='later')
            words = [line.split()[5] for line in (d.folder / 'all').read_text().splitlines()]
            assert words == ['before', 'r0', 'r1', 'r2', 'r3', 'r4', 'a1', 'later'], words
            assert [json.loads(line)['controlId'] for line in (d.folder / 'adt').read_text().splitlines()] == ['a1']
        finally:
            for each in tails.values():
                each.kill()


def test_replay_of_one_of_an_edited_one_and_of_many():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    on-error: park\n') as d:
        s = d.sender()
        for number in '123':
            assert code(s.send(oru(number, name='王^芳').replace('ORU^R01^ORU_R01', 'ORU^R99'))) == 'AA'
        out = yilian(d, 'status', code=1).out
        assert 'LOOK AT  messages parked' in out and 'yilian replay --state parked' in out, out
        assert 'but not stored' in yilian(d, 'replay', 1, code=1).out
        text = yilian(d, 'messages', 'show', 1, '--raw').stdout
        file = d.folder / 'edited.hl7'
        file.write_bytes(text.replace(b'ORU^R99', b'ORU^R01^ORU_R01').replace(b'\r', b'\n'))
        out = yilian(d, 'replay', 1, '--edited', file).out
        assert out == 'stored as message 5; it goes to test/lis\n', out
        receiver.wait(1)
        assert yilian(d, 'replay', '--state', 'parked', '--feed', 'his', code=1).out == '2 of 2, of which 2 could not be stored.\n'
        assert 'MESSAGE excludes' in yilian(d, 'replay', 1, '--state', 'parked', code=108).err
        assert 'no message to be replayed' in yilian(d, 'replay', '--state', 'refused', code=1).err
        yilian(d, 'replay', code=106)
