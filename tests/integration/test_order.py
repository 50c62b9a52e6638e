"""Messages in any order end in the same state."""
import itertools, json

from harness import Daemon, adt, code, oru


def state(daemon):
    """Everything that is stored, without what tells when it was stored."""
    kinds = ('Patient', 'Encounter', 'ServiceRequest', 'DiagnosticReport', 'Observation', 'Practitioner', 'Location', 'Organization', 'Specimen', 'Condition')
    found = {}
    for kind in kinds:
        for resource in daemon.search(kind + '?_count=500'):
            resource.pop('meta', None)
            found[f"{kind}/{resource['id']}"] = json.dumps(resource, sort_keys=True, ensure_ascii=False)
    return found


def same_in_any_order(messages):
    states = []
    for order in itertools.permutations(messages):
        with Daemon() as d:
            s = d.sender()
            for message in order:
                answer = s.send(message)
                assert code(answer) == 'AA', answer
            states.append(state(d))
    for other in states[1:]:
        assert other.keys() == states[0].keys()
        for key in other:
            assert other[key] == states[0][key], f'{key}\n{states[0][key]}\n{other[key]}'
    return states[0]


def test_admission_update_and_discharge():
    final = same_in_any_order([
        adt('A01', '1', when='20261101080000', pv1='|' * 25 + '20261101080000'),
        adt('A08', '2', when='20261102090000', name='Zhang^Sanfeng', pv1='|' * 25 + '20261101080000'),
        adt('A03', '3', when='20261105100000', name='Zhang^Sanfeng', pv1='|' * 25 + '20261101080000|20261105100000')])
    encounter = json.loads(next(v for k, v in final.items() if k.startswith('Encounter/')))
    assert encounter['status'] == 'finished' and 'end' in encounter['period'] and 'start' in encounter['period'], encounter
    patient = json.loads(next(v for k, v in final.items() if k.startswith('Patient/')))
    assert patient['name'][0]['given'] == ['Sanfeng'], patient


def orm(number, order, when='20261101070000'):
    return (f'MSH|^~\\&|HIS|LAB|YILIAN|ALL|{when}||ORM^O01^ORM_O01|{number}|P|2.5.1\rPID|1||P1^^^LAB^MR||Zhang^San||19580307|M\r'
            f'PV1|1|I|W1^101^1||||D1^Li^Wei||||||||||||VP1\rORC|NW|O{order}||||||||||D1^Li^Wei\rOBR|1|O{order}||BMP^Basic panel^L|||{when}\r')


def test_result_before_its_order():
    final = same_in_any_order([orm('1', 'A', '20261101070000'), oru('2', order='A', when='20261101090000'), adt('A01', '3', when='20261101060000')])
    orders = [k for k in final if k.startswith('ServiceRequest/')]
    assert len(orders) == 1, orders
    report = json.loads(next(v for k, v in final.items() if k.startswith('DiagnosticReport/')))
    assert report['basedOn'][0]['reference'] == orders[0], report


def test_preliminary_final_and_corrected():
    final = same_in_any_order([
        oru('1', order='A', value='4.0', status='P', when='20261101090000'),
        oru('2', order='A', value='4.1', status='F', when='20261101100000'),
        oru('3', order='A', value='4.2', status='C', when='20261101110000')])
    observation = json.loads(next(v for k, v in final.items() if k.startswith('Observation/')))
    assert observation['status'] == 'corrected' and observation['valueQuantity']['value'] == 4.2, observation


def test_a_mention_fills_gaps_and_overwrites_nothing():
    mention = oru('2', name='ZHANG^SAN', when='20261130090000')
    final = same_in_any_order([adt('A01', '1', name='张三', when='20261101080000'), mention])
    patient = json.loads(next(v for k, v in final.items() if k.startswith('Patient/')))
    assert '张三' in json.dumps(patient, ensure_ascii=False) and 'ZHANG' not in json.dumps(patient), patient


def test_a_default_never_undoes_what_was_said():
    """An update without a discharge time, after the discharge, leaves the stay finished; a result leaves a cancelled order cancelled."""
    with Daemon() as d:
        s = d.sender()
        s.send(adt('A01', '1', when='20261101080000', pv1='|' * 25 + '20261101080000'))
        s.send(adt('A03', '2', when='20261105100000', pv1='|' * 25 + '20261101080000|20261105100000'))
        s.send(adt('A08', '3', when='20261106100000', name='Zhang^Sanfeng'))
        s.send(oru('4', when='20261107100000'))
        encounter = d.search('Encounter')[0]
        assert encounter['status'] == 'finished' and encounter['period']['end'], encounter


def test_two_results_of_one_code_are_both_kept_and_a_correction_meets_its_result():
    def message(number, lines, when):
        return oru(number, order='A', when=when, tests=0) + lines
    line = 'OBX|{}|NM|{}^x^L||{}|mmol/L|||||{}|||20261101080000\r'
    final = same_in_any_order([
        message('1', line.format(1, 'NA', 140, 'F') + line.format(2, 'K', 2.5, 'F') + line.format(3, 'K', 6.5, 'F'), '20261101090000'),
        message('2', line.format(1, 'NA', 141, 'C'), '20261101100000')])
    values = sorted(json.loads(v)['valueQuantity']['value'] for k, v in final.items() if k.startswith('Observation/'))
    assert values == [2.5, 6.5, 141], values
