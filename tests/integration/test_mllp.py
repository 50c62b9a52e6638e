"""MLLP as senders really speak it."""
import json, socket
from urllib.parse import quote

from harness import CR, FS, VT, Daemon, adt, code, fields, oru


def message_count(daemon, state=None):
    return len(daemon.json('/admin/v1/messages?count=1000' + (f'&state={state}' if state else ''))['messages'])


def test_one_message_is_answered_stored_and_found():
    with Daemon() as d:
        answer = d.sender().send(oru('1'))
        assert code(answer) == 'AA' and fields(answer, 'MSA')[2] == '1', answer
        observations = d.search('Observation?code=T1')
        assert len(observations) == 1 and observations[0]['valueQuantity']['value'] == 5.1, observations
        assert observations[0]['status'] == 'final'


def test_two_frames_in_one_packet_are_two_messages():
    with Daemon() as d:
        s = d.sender()
        s.raw(VT + oru('1').encode() + FS + CR + VT + oru('2').encode() + FS + CR)
        assert [fields(s.answer(), 'MSA')[2] for _ in range(2)] == ['1', '2']
        assert message_count(d) == 2


def test_byte_by_byte():
    with Daemon() as d:
        s = d.sender()
        for byte in VT + oru('1').encode() + FS + CR:
            s.raw(bytes([byte]))
        assert code(s.answer()) == 'AA'


def test_junk_before_a_frame_is_kept_and_the_frame_taken():
    with Daemon() as d:
        s = d.sender()
        s.raw(b'\x16\x03\x01 junk' + VT + oru('1').encode() + FS + CR)
        answer = s.answer()
        while code(answer) != 'AA':
            answer = s.answer()
        assert fields(answer, 'MSA')[2] == '1'
        assert message_count(d, 'noise') == 1 and message_count(d, 'stored') == 1


def test_fs_without_cr_then_vt_is_two_messages():
    with Daemon() as d:
        s = d.sender()
        s.raw(VT + oru('1').encode() + FS + VT + oru('2').encode() + FS + CR)
        assert [fields(s.answer(), 'MSA')[2] for _ in range(2)] == ['1', '2']
        assert message_count(d, 'stored') == 2


def test_fs_without_cr_and_silence_is_a_whole_message():
    with Daemon() as d:
        s = d.sender()
        s.raw(VT + oru('1').encode() + FS)
        assert code(s.answer()) == 'AA'


def test_fs_inside_data_stays_data():
    with Daemon() as d:
        s = d.sender()
        text = oru('1').replace('Basic panel', 'Basic\x1cpanel')
        assert code(s.send(text)) in ('AA', 'AE')
        stored = d.json('/admin/v1/messages/1')
        assert 'Basic\x1cpanel' in stored['text']
        assert message_count(d) == 1


def test_half_closed_sockets_still_get_their_answer():
    with Daemon() as d:
        s = d.sender()
        s.frame(oru('1'))
        s.socket.shutdown(socket.SHUT_WR)
        assert code(s.answer()) == 'AA'


def test_what_is_no_hl7_at_all_is_refused_well_formed_and_kept():
    with Daemon() as d:
        s = d.sender()
        answer = s.send('hello, this is no HL7 message at all')
        assert answer.startswith('MSH|^~\\&|') and code(answer) == 'AR' and 'ERR' in answer, answer
        assert code(s.send(oru('2'))) == 'AA'
        assert d.json('/admin/v1/messages/1')['text'].startswith('hello')


def test_a_message_of_fifty_megabytes():
    with Daemon() as d:
        s = d.sender()
        big = oru('1').replace('|5.1|', '|' + 'x' * (50 << 20) + '|').replace('OBX|1|NM|', 'OBX|1|TX|')
        s.frame(big)
        answer = s.answer()
        assert fields(answer, 'MSA')[2] == '1', answer[:300]
        assert code(answer) in ('AA', 'AE', 'AR'), answer[:300]
        assert d.json('/admin/v1/messages?count=1')['messages'][0]['controlId'] == '1'
        assert code(s.send(oru('2'))) == 'AA'


def test_a_message_over_the_limit_is_refused_by_name():
    with Daemon(feed=', max-message: 1MB') as d:
        s = d.sender()
        s.frame(oru('77').replace('|5.1|', '|' + 'x' * (2 << 20) + '|'))
        answer = s.answer()
        assert code(answer) == 'AR' and fields(answer, 'MSA')[2] == '77', answer
        assert code(s.send(oru('2'))) == 'AA'


def test_enhanced_mode_answers_twice_and_never_is_silence():
    with Daemon() as d:
        s = d.sender()
        s.frame(oru('1', extra='|||AL|AL'))
        assert [code(s.answer()), code(s.answer())] == ['CA', 'AA']
        s.frame(oru('2', extra='|||AL|NE'))
        assert code(s.answer()) == 'CA' and s.silent(0.4)
        s.frame(oru('3', extra='|||NE|NE'))
        assert s.silent(0.4)
        s.frame(oru('4', extra='|||NE|AL'))
        assert code(s.answer()) == 'AA'
        bad = oru('5', extra='|||AL|AL').replace('ORU^R01^ORU_R01', 'XXX^Q99')
        s.frame(bad)
        assert code(s.answer()) == 'CR'
        assert message_count(d) == 5


def test_an_unknown_type_is_refused_with_an_err_segment():
    with Daemon() as d:
        answer = d.sender().send(oru('1').replace('ORU^R01^ORU_R01', 'XXX^Q99'))
        assert code(answer) == 'AR' and fields(answer, 'ERR')[3].startswith('20'), answer
        assert message_count(d, 'refused') == 1


def test_the_same_message_again_is_the_same_answer_and_nothing_new():
    with Daemon() as d:
        s = d.sender()
        first, second = s.send(oru('1')), s.send(oru('1'))
        assert first == second
        assert message_count(d) == 1
        observation = d.search('Observation?code=T1')[0]
        assert observation['meta']['versionId'] == '1'


def test_an_equal_message_under_a_new_number_makes_no_new_version():
    with Daemon() as d:
        s = d.sender()
        s.send(oru('1', order='A')), s.send(oru('2', order='A'))
        for kind in ('Observation', 'DiagnosticReport', 'ServiceRequest', 'Patient', 'Encounter'):
            found = d.search(kind)
            assert len(found) == 1 and found[0]['meta']['versionId'] == '1', (kind, found)


def gb(text):
    return text.encode('gb18030')


def test_gb18030_arrives_unharmed_whatever_msh_18_says():
    for declared in ('', 'GB 18030-2000', 'UNICODE UTF-8', '8859/1'):
        with Daemon() as d:
            text = adt('A01', '1', name='张三').replace('|P|2.5.1', f'|P|2.5.1||||||{declared}')
            assert code(d.sender().send(gb(text))) == 'AA'
            for term in ('张三', 'zhangsan', 'zs', '张'):
                found = d.search('Patient?name=' + quote(term))
                assert len(found) == 1 and '张三' in json.dumps(found[0], ensure_ascii=False), (declared, term, found)


def test_many_connections_each_keep_their_order():
    with Daemon() as d:
        senders = [d.sender() for _ in range(16)]
        for round_ in range(10):
            for i, s in enumerate(senders):
                s.frame(oru(f'{i}-{round_}', patient=f'P{i}', value=f'{round_}.5', order=f'X{i}', when=f'202611240830{round_:02d}'))
            for i, s in enumerate(senders):
                assert fields(s.answer(), 'MSA')[2] == f'{i}-{round_}'
        values = sorted(o['valueQuantity']['value'] for o in d.search('Observation?code=T1&_count=1000'))
        assert values == [9.5] * 16, values


def test_it_listens_on_loopback_only():
    import subprocess
    with Daemon() as d:
        lines = subprocess.run(['sh', '-c', 'cat /proc/net/tcp /proc/net/tcp6'], capture_output=True, text=True).stdout.splitlines()
        for port in (d.http_port, d.mllp_port):
            listening = [l.split()[1] for l in lines if l.split()[3:4] == ['0A'] and l.split()[1].endswith(f':{port:04X}')]
            assert listening and all(a.split(':')[0] == '0100007F' for a in listening), listening


def test_a_sender_is_answered_in_its_own_charset():
    with Daemon() as d:
        s = d.sender()
        s.frame(gb(adt('A01', '1', name='张三').replace('|HIS|LAB|', '|HIS|云山县人民医院|')))
        while b'\x1c\r' not in s.rest:
            s.rest += s.socket.recv(65536)
        assert gb('云山县人民医院') in s.rest and b'GB 18030' in s.rest and b'MSA|AA|1' in s.rest, s.rest
