"""A hospital's conditions on what its messages make."""
from harness import Daemon, code, fields, free_port, oru

HOSPITAL = '''hospital: {{code: test, name: 测试医院}}
feeds:
  - name: his
    mllp: {{listen: "127.0.0.1:{port}"}}
mapping:
  patches:
    ORU_R01:
      - resource: "Observation[2]"
        only-if: value.exists() or component.exists()
        refuse: {{if: "status = 'final' and value.ofType(Quantity).value > 1000", why: 结果超出仪器范围}}
'''


def test_a_resource_is_left_out_and_a_message_refused_by_what_it_makes():
    port = free_port()
    d = Daemon(hospitals={'test': HOSPITAL.format(port=port)})
    d.mllp_port = port
    with d:
        s = d.sender()
        assert code(s.send(oru('1'))) == 'AA'
        answer = s.send(oru('2', patient='P2', value='5000'))
        assert code(answer) == 'AE' and fields(answer, 'MSA')[2] == '2', answer
        assert '结果超出仪器范围' in fields(answer, 'ERR')[7], answer
        assert d.search('Patient?identifier=P2') == []
        assert code(s.send(oru('3', patient='P3', value=''))) == 'AA'
        assert len(d.search('Patient?identifier=P3')) == 1
        reports = d.search('DiagnosticReport?subject.identifier=P3')
        assert len(reports) == 1 and 'result' not in reports[0], reports
        assert len(d.search('Observation?code=T1')) == 1
        states = [m['state'] for m in d.json('/admin/v1/messages?count=10')['messages']]
        assert len(states) == 3 and states.count('stored') == 2, states
