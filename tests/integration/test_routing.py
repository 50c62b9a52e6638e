"""Feeds, routes and destinations, with receivers that behave as receivers do."""
import json, time

from harness import ROOT, Daemon, Sender, adt, code, fields, free_port, oru
from peers import Receiver, acknowledge, control_id, wait_for


def alliance(receivers, routes, feeds='', settings='', feed=''):
    """A daemon whose hospital has a destination for each receiver."""
    port = free_port()
    text = f'hospital: {{code: test, name: 测试医院}}\nfeeds:\n  - name: his\n    mllp: {{listen: "127.0.0.1:{port}"}}\n{feed}{feeds}destinations:\n'
    for name, receiver in receivers.items():
        text += f'  - name: {name}\n    mllp: {{connect: "127.0.0.1:{receiver.port}", answer-timeout: 1s, connect-timeout: 1s}}\n    retry: {{first: 50ms, most: 1s, attempts: 4}}\n{settings}'
    d = Daemon(hospitals={'test': text + 'routes:\n' + routes})
    d.mllp_port = port
    return d


def destination(d, name):
    return next(each for each in d.json('/admin/v1/destinations')['destinations'] if each['destination'] == f'test/{name}')


def settled(d, name, **wanted):
    return wait_for(lambda: all(destination(d, name)[k] == v for k, v in wanted.items()) and destination(d, name), what=f'{name} {wanted}: {destination(d, name)}')


def test_a_message_goes_to_all_that_its_routes_lead_to():
    first, second, third = Receiver(), Receiver(), Receiver()
    routes = '''  - {name: results, from: [his], when: 'MSH-9.1 = "ORU"', to: [first], then: [{when: 'OBX-5 > 6', to: [second]}]}
  - {name: patients, when: 'MSH-9.1 = "ADT"', to: [third]}
'''
    with alliance({'first': first, 'second': second, 'third': third}, routes) as d:
        s = d.sender()
        for message in (oru('1', value='5.1'), oru('2', value='7.5'), adt('A01', '3')):
            assert code(s.send(message)) == 'AA'
        assert first.wait(2) == ['1', '2'] and second.wait(1) == ['2'] and third.wait(1) == ['3']
        assert second.taken[0] == oru('2', value='7.5')
        settled(d, 'first', delivered=2, queued=0, dead=0)
        found = d.json('/admin/v1/messages/2/deliveries')['deliveries']
        assert [(x['destination'], x['fate'], x['attempts']) for x in found] == [('test/first', 'delivered', 1), ('test/second', 'delivered', 1)], found
        assert found[0]['answer'].startswith('MSH|') and found[0]['microseconds'] > 0
        time.sleep(0.2)
        assert (len(first.taken), len(second.taken), len(third.taken)) == (2, 1, 1)


def test_by_what_the_message_became():
    urgent = Receiver()
    routes = "  - {to: [urgent], fhirpath: \"Observation.value.ofType(Quantity).value > 6\"}\n"
    with alliance({'urgent': urgent}, routes) as d:
        s = d.sender()
        for i, value in enumerate(('5.1', '6.1', '4', '9')):
            s.send(oru(str(i), value=value))
        assert urgent.wait(2) == ['1', '3']


def test_a_destination_that_is_away_gets_all_in_order_when_it_is_back():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        s = d.sender()
        s.send(oru('0'))
        receiver.wait(1)
        receiver.stop()
        for i in range(1, 30):
            assert code(s.send(oru(str(i), patient=f'P{i % 3}'))) == 'AA'
        down = wait_for(lambda: destination(d, 'lis')['state'] == 'down' and destination(d, 'lis'), what='down')
        assert down['queued'] == 29 and 'connect' in down['error'] and down['since'] and down['oldestMessage'] == 2, down
        receiver.start()
        ids = [int(i) for i in receiver.wait(30)]
        assert sorted(ids) == list(range(30)), ids
        for patient in range(3):
            mine = [i for i in ids[1:] if i % 3 == patient]
            assert mine == sorted(mine), mine
        settled(d, 'lis', delivered=30, queued=0, retrying=0, state='idle')


def test_a_poison_message_parks_its_patient_alone_and_becomes_a_dead_letter():
    receiver = Receiver(lambda m: [acknowledge(m, 'AE', 'no bed of that name') if control_id(m) == 'bad' else acknowledge(m)])
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        s = d.sender()
        s.send(oru('bad', patient='P1'))
        s.send(oru('after', patient='P1'))
        for i in range(20):
            s.send(oru(str(i), patient=f'Q{i}'))
        settled(d, 'lis', dead=1, queued=0, delivered=21, retrying=0)
        ids = receiver.ids()
        assert ids.count('bad') == 4 and ids.index('after') > max(i for i, x in enumerate(ids) if x == 'bad'), ids
        assert ids.index('0') < [i for i, x in enumerate(ids) if x == 'bad'][1], ids
        dead = d.json('/admin/v1/deliveries?fate=dead')['deliveries']
        assert len(dead) == 1 and dead[0]['attempts'] == 4 and 'no bed of that name' in dead[0]['error'], dead
        # Mended at the other side, it is taken up again.
        receiver.answer = lambda m: [acknowledge(m)]
        status, body, _ = d.request('POST', f'/admin/v1/deliveries/{dead[0]["message"]}/test/lis/retry')
        assert status == 200, body
        settled(d, 'lis', dead=0, delivered=22)
        assert receiver.ids()[-1] == 'bad'
        assert d.request('POST', f'/admin/v1/deliveries/{dead[0]["message"]}/test/lis/retry')[0] == 409


def test_what_is_refused_for_good_is_not_tried_again_and_can_be_dropped():
    receiver = Receiver(lambda m: [acknowledge(m, 'AR')])
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        s = d.sender()
        for i in range(3):
            s.send(oru(str(i)))
        settled(d, 'lis', dead=3)
        assert len(receiver.taken) == 3
        assert d.request('POST', '/admin/v1/deliveries/1/test/lis/drop')[0] == 200
        settled(d, 'lis', dead=2, dropped=1)
        receiver.answer = lambda m: [acknowledge(m)]
        status, body, _ = d.request('POST', '/admin/v1/destinations/test/lis/retry')
        assert status == 200 and json.loads(body)['count'] == 2, body
        settled(d, 'lis', dead=0, dropped=1, delivered=2)


def test_answers_late_twice_wrong_and_never():
    seen = set()

    def odd(message):
        number = control_id(message)
        again, kind = number in seen, number[:1]
        seen.add(number)
        if kind == 'l':
            time.sleep(0.4)
        if kind == 't':
            return [acknowledge(message), acknowledge(message)]
        if kind == 'w' and not again:
            return [acknowledge(message.replace(number, 'other')), 'nonsense']
        if kind == 'n' and not again:
            return []
        if kind == 'c' and not again:
            return None
        return [acknowledge(message)]

    receiver = Receiver(odd)
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        s = d.sender()
        numbers = [f'{kind}{i}' for i in range(4) for kind in 'ltwncx']
        for i, number in enumerate(numbers):
            s.send(oru(number, patient=f'P{i % 5}'))
        settled(d, 'lis', delivered=len(numbers), dead=0, queued=0, retrying=0)
        assert set(receiver.ids()) == set(numbers)
        deliveries = d.json('/admin/v1/deliveries?count=100')['deliveries']
        assert sum(x['doubts'] for x in deliveries) >= 8, deliveries
        # Each patient's first arrivals are in order.
        first = list(dict.fromkeys(receiver.ids()))
        for patient in range(5):
            mine = [n for i, n in enumerate(numbers) if i % 5 == patient]
            assert [n for n in first if n in mine] == mine


def test_what_was_being_sent_is_sent_again_after_a_crash_and_nothing_else():
    hold = []
    receiver = Receiver(lambda m: (time.sleep(5), [])[1] if control_id(m) == '7' and not hold else [acknowledge(m)])
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', settings='    connections: 1\n') as d:
        s = d.sender()
        for i in range(12):
            s.send(oru(str(i)))
        receiver.wait(8)
        d.kill()
        hold.append(True)
        receiver.stop()
        receiver.start()
        d.start()
        settled(d, 'lis', delivered=12, queued=0)
        assert receiver.ids() == [str(i) for i in range(8)] + [str(i) for i in range(7, 12)], receiver.ids()
        doubtful = [x['message'] for x in d.json('/admin/v1/deliveries')['deliveries'] if x['doubts']]
        assert doubtful == [8], doubtful


def test_a_stop_does_not_count_against_what_was_being_sent():
    silent = []
    receiver = Receiver(lambda m: [] if not silent else [acknowledge(m)])
    d = alliance({'lis': receiver}, '  - {to: [lis]}\n')
    file = d.folder / 'hospitals/test.yaml'
    file.write_text(file.read_text().replace('answer-timeout: 1s', 'answer-timeout: 60s').replace('attempts: 4', 'attempts: 1'))
    (d.folder / 'yilian.yaml').write_text((d.folder / 'yilian.yaml').read_text() + 'drain: 500ms\n')
    with d:
        d.sender().send(oru('1'))
        receiver.wait(1)
        begin = time.time()
        assert d.stop() == 0 and time.time() - begin < 10
        silent.append(False)
        d.start()
        settled(d, 'lis', delivered=1, dead=0)
        found = d.json('/admin/v1/messages/1/deliveries')['deliveries'][0]
        assert receiver.ids() == ['1', '1'] and (found['attempts'], found['doubts']) == (1, 1), found


def test_paused_keeps_and_resumed_sends_also_over_a_restart():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n') as d:
        assert d.request('POST', '/admin/v1/destinations/test/lis/pause')[0] == 200
        s = d.sender()
        for i in range(5):
            s.send(oru(str(i)))
        d.stop()
        d.start()
        time.sleep(0.3)
        assert destination(d, 'lis')['state'] == 'paused' and destination(d, 'lis')['queued'] == 5 and not receiver.taken
        assert d.request('POST', '/admin/v1/destinations/test/lis/resume')[0] == 200
        assert receiver.wait(5) == list('01234')
        assert d.request('POST', '/admin/v1/destinations/test/nobody/pause')[0] == 404


def test_a_feed_that_is_only_passed_on_makes_no_resources():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    store: no\n') as d:
        s = d.sender()
        assert code(s.send(oru('1'))) == 'AA' and code(s.send(oru('1'))) == 'AA'
        assert receiver.wait(1) == ['1']
        assert d.json('/fhir/Observation?_summary=count')['total'] == 0
        time.sleep(0.2)
        assert len(receiver.taken) == 1  # the second was the same message


def test_fields_changed_for_a_receiver():
    receiver = Receiver()
    settings = '    set: {MSH-5: CENTER, MSH-6: "A^B", PID-19: ""}\n    drop: [ZPI]\n    charset: GB18030\n'
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', settings=settings) as d:
        d.sender().send(oru('1', name='张^三', extra='||||||UNICODE UTF-8').rstrip('\r') + '\rZPI|1\r')
        receiver.wait(1)
        message = receiver.taken[0]
        h = message.split('\r')[0].split('|')
        assert h[4:6] == ['CENTER', 'A^B'] and h[17] == 'GB 18030-2000', h
        assert 'ZPI' not in message and '\ufffd' in message  # GB18030 bytes, read here as UTF-8
        assert destination(d, 'lis')['delivered'] == 1 or settled(d, 'lis', delivered=1)


def test_a_message_made_anew_from_the_resources():
    receiver = Receiver()
    settings = '    send: hl7v2\n    outbound: {version: "2.3.1", receiving-application: CENTER}\n'
    with alliance({'lis': receiver}, '  - {when: \'MSH-9.1 = "ORU"\', to: [lis]}\n', settings=settings) as d:
        d.sender().send(oru('1', value='5.1'))
        receiver.wait(1)
        assert receiver.taken[0].split('|')[11].startswith('2.3.1') and 'ORU^R01' in receiver.taken[0] and '|5.1|' in receiver.taken[0], receiver.taken[0]


def test_the_answer_after_delivery_and_from_the_destination():
    receiver = Receiver(lambda m: [acknowledge(m, 'AR' if control_id(m) == 'bad' else 'AA', 'the other side says')])
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    answer: delivered\n    answer-within: 500ms\n') as d:
        s = d.sender()
        assert code(s.send(oru('1'))) == 'AA' and receiver.ids() == ['1']
        answer = s.send(oru('bad'))
        assert code(answer) == 'AE' and 'not delivered' in answer, answer
        receiver.stop()
        answer = s.send(oru('2'))
        assert code(answer) == 'AE' and 'not delivered yet' in answer, answer
        receiver.start()
        wait_for(lambda: '2' in receiver.ids(), what='2')
        assert code(wait_for(lambda: (lambda a: code(a) == 'AA' and a)(s.send(oru('2'))), what='AA')) == 'AA'
        assert receiver.ids().count('2') == 1
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    answer: delivered\n    answer-from: lis\n') as d:
        assert 'the other side says' in d.sender().send(oru('77'))


def test_a_reload_leaves_untouched_destinations_their_connections():
    first, second = Receiver(), Receiver()
    with alliance({'first': first, 'second': second}, '  - {to: [first]}\n', settings='    connections: 1\n') as d:
        s = d.sender()
        s.send(oru('1'))
        first.wait(1)
        file = d.folder / 'hospitals/test.yaml'
        text = file.read_text()
        file.write_text(text.replace('to: [first]', 'to: [first, second]'))
        d.process.send_signal(1)
        wait_for(lambda: (d.folder / 'log').read_text().count('reloaded') == 1, what='reloaded')
        s.send(oru('2'))
        first.wait(2), second.wait(1)
        assert first.connections == 1
        # A fault changes nothing.
        file.write_text(text.replace('to: [first]', 'to: [frist]'))
        d.process.send_signal(1)
        wait_for(lambda: 'did you mean first?' in (d.folder / 'log').read_text(), what='the fault')
        s.send(oru('3'))
        assert first.wait(3)[-1] == '3' and second.wait(2)[-1] == '3'


def test_the_rate_is_kept():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', settings='    rate: 20/s\n') as d:
        s = d.sender()
        begin = time.time()
        for i in range(12):
            s.send(oru(str(i)))
        receiver.wait(12)
        assert time.time() - begin > 0.5, time.time() - begin


def test_enhanced_mode_hears_at_once_that_it_is_kept_and_afterwards_that_it_is_delivered():
    late = []
    receiver = Receiver(lambda m: (time.sleep(0.5 if control_id(m) in late else 0), [acknowledge(m, 'AR' if control_id(m) == 'bad' else 'AA')])[1])
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    answer: delivered\n') as d:
        late.append('1')
        s = d.sender()
        begin = time.time()
        assert code(s.send(oru('1', extra='|||AL|AL'))) == 'CA' and time.time() - begin < 0.4
        # The next message is taken meanwhile; what comes afterwards names its message.
        s.frame(oru('2', patient='P2', extra='|||AL|AL'))
        said = [s.answer() for _ in range(3)]
        assert sorted((code(a), fields(a, 'MSA')[2]) for a in said) == [('AA', '1'), ('AA', '2'), ('CA', '2')], said
        s.frame(oru('bad', extra='|||AL|AL'))
        assert code(s.answer()) == 'CA'
        answer = s.answer()
        assert code(answer) == 'AE' and fields(answer, 'MSA')[2] == 'bad', answer
        s.frame(oru('3', extra='|||AL|NE'))
        assert code(s.answer()) == 'CA' and s.silent(0.3)


def test_a_message_is_replayed_edited_or_by_many():
    receiver = Receiver()
    with alliance({'lis': receiver}, '  - {to: [lis]}\n', feed='    on-error: park\n') as d:
        s = d.sender()
        broken = oru('1', name='王^芳').replace('ORU^R01^ORU_R01', 'ORU^R99')
        assert code(s.send(broken)) == 'AA' and code(s.send(broken.replace('|1|P', '|2|P'))) == 'AA'
        assert [m['state'] for m in d.json('/admin/v1/messages')['messages']] == ['parked', 'parked']
        text = d.json('/admin/v1/messages/1')['text']
        # As it is: parked once more, and told so.
        status, body, _ = d.request('POST', '/admin/v1/messages/1/replay')
        again = json.loads(body)
        assert status == 200 and again['message'] == 3 and again['error'], body
        # Edited: stored, delivered, and the first one counts as replaced.
        status, body, _ = d.request('POST', '/admin/v1/messages/1/replay', text.replace('ORU^R99', 'ORU^R01^ORU_R01').replace('\r', '\n').encode(), {'Content-Type': 'text/plain'})
        again = json.loads(body)
        assert status == 200 and again['error'] == '' and again['destinations'] == ['test/lis'], body
        assert receiver.wait(1) == ['1'] and '王^芳' in receiver.taken[0]
        assert d.json('/admin/v1/messages/1')['state'] == 'replaced' and d.json('/admin/v1/messages/1')['replayedAs'] == [3, 4]
        assert d.json('/admin/v1/messages/4')['replayOf'] == 1 and len(d.search('Observation?code=T1')) == 1
        # What is well may go once more: nothing changes in the store, and the destination gets it again.
        assert d.request('POST', '/admin/v1/messages/4/replay')[0] == 200
        assert receiver.wait(2) == ['1', '1'] and len(d.search('Observation?code=T1')) == 1
        assert d.json(f'/fhir/Observation/{d.search("Observation?code=T1")[0]["id"]}/_history')['total'] == 1
        # Many.
        assert d.request('POST', '/admin/v1/replays')[0] in (400, 422) and d.request('POST', '/admin/v1/replays?state=refused')[0] == 404
        assert d.json('/admin/v1/messages/3')['state'] == 'replaced'
        # What fails again is not more the next time.
        for _ in range(2):
            status, body, _ = d.request('POST', '/admin/v1/replays?state=parked')
            assert status == 200 and json.loads(body)['wanted'] == 1, body
            job = wait_for(lambda: (lambda j: j['state'] == 'done' and j)(d.json('/admin/v1/replays')['replays'][0]), what='done')
            assert (job['done'], job['failed'], job['error']) == (1, 1, ''), job
        assert d.json('/admin/v1/messages/2')['replayedAs'] == [6, 7]
        assert d.request('POST', '/admin/v1/messages/99/replay')[0] == 404
