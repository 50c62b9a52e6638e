"""W1: nine linked types created, read, updated, deleted, 36 requests a round, by many users at once. Sizes as in Health Samurai's k6/prewarm and crud data."""
import json

import bench as b

CONNECTIONS = 300
PUBLISHED = ('HFS 6,391/s, Aidbox 5,550, MS 3,726, HAPI 2,978, Medplum 1,698 (8 vCPU a server + PostgreSQL, 64-core machine)',)
SIZES = {'Patient': 4700, 'Location': 800, 'Organization': 800, 'Practitioner': 1000, 'Encounter': 1900, 'Observation': 1100, 'MedicationRequest': 800, 'Claim': 1400,
         'ExplanationOfBenefit': 7800}


def concept(system, code, text):
    return {'coding': [{'system': system, 'code': code, 'display': text}], 'text': text}


def ref(type):
    return {'reference': f'{type}/{{{{{type}}}}}'}


def resources():
    """Each with its list that is repeated until it is as large as the workload says."""
    at, who = '2024-03-05T09:30:00+08:00', {'subject': ref('Patient'), 'encounter': ref('Encounter')}
    money = {'value': 129.16, 'currency': 'CNY'}
    snomed, loinc, kind = 'http://snomed.info/sct', 'http://loinc.org', 'http://terminology.hl7.org/CodeSystem/claim-type'
    address = {'line': ['中山东路 28 号'], 'city': '贵阳', 'state': '贵州', 'postalCode': '550000', 'country': 'CN'}
    identifier = {'system': 'urn:oid:1.2.156.112604', 'value': '520102195803070013', 'use': 'usual'}
    check = concept(snomed, '185349003', 'Encounter for check up')
    item = {'sequence': 1, 'productOrService': check, 'servicedPeriod': {'start': at, 'end': at},
            'adjudication': [{'category': concept('https://bluebutton.cms.gov/resources/codesystem/adjudication', 'line_sbmtd_chrg_amt', 'Submitted'), 'amount': money}] * 3}
    return {
        'Patient': ({'identifier': [identifier], 'name': [{'family': '欧阳', 'given': ['建国']}], 'gender': 'male', 'birthDate': '1958-03-07', 'telecom': [{'system': 'phone', 'value': '13985000000'}],
                     'address': [address]}, 'identifier'),
        'Location': ({'status': 'active', 'name': '心内科三病区', 'address': address, 'identifier': [identifier]}, 'identifier'),
        'Organization': ({'active': True, 'name': '省人民医院', 'identifier': [identifier], 'address': [address]}, 'identifier'),
        'Practitioner': ({'active': True, 'name': [{'family': '李', 'given': ['伟']}], 'gender': 'female', 'identifier': [identifier]}, 'identifier'),
        'Encounter': ({'status': 'finished', 'class': {'system': 'http://terminology.hl7.org/CodeSystem/v3-ActCode', 'code': 'AMB'}, 'type': [check], 'subject': ref('Patient'),
                       'participant': [{'individual': ref('Practitioner')}], 'period': {'start': at, 'end': at}, 'location': [{'location': ref('Location')}], 'serviceProvider': ref('Organization'),
                       'identifier': [identifier]}, 'identifier'),
        'Observation': ({'status': 'final', 'category': [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs', 'Vital signs')],
                         'code': concept(loinc, '8867-4', 'Heart rate'), **who, 'effectiveDateTime': at, 'issued': at, 'performer': [ref('Practitioner')],
                         'valueQuantity': {'value': 72, 'unit': '/min', 'system': 'http://unitsofmeasure.org', 'code': '/min'}, 'identifier': [identifier]}, 'identifier'),
        'MedicationRequest': ({'status': 'stopped', 'intent': 'order', 'medicationCodeableConcept': concept('http://www.nlm.nih.gov/research/umls/rxnorm', '310798', 'Hydrochlorothiazide 25 MG'), **who,
                               'authoredOn': at, 'requester': ref('Practitioner'), 'identifier': [identifier]}, 'identifier'),
        'Claim': ({'status': 'active', 'type': concept(kind, 'institutional', 'Institutional'), 'use': 'claim', 'patient': ref('Patient'), 'created': at, 'provider': ref('Organization'),
                   'priority': concept('http://terminology.hl7.org/CodeSystem/processpriority', 'normal', 'Normal'), 'insurance': [{'sequence': 1, 'focal': True, 'coverage': {'display': '城镇职工基本医疗保险'}}],
                   'contained': [{'resourceType': 'Coverage', 'id': 'cover', 'status': 'active', 'beneficiary': ref('Patient'), 'payor': [ref('Organization')]}],
                   'item': [{'sequence': 1, 'productOrService': check, 'encounter': [ref('Encounter')]}], 'total': money, 'identifier': [identifier]}, 'identifier'),
        'ExplanationOfBenefit': ({'status': 'active', 'type': concept(kind, 'institutional', 'Institutional'), 'use': 'claim', 'patient': ref('Patient'), 'created': at, 'insurer': ref('Organization'),
                                  'provider': ref('Organization'), 'outcome': 'complete', 'claim': ref('Claim'), 'insurance': [{'focal': True, 'coverage': {'display': '城镇职工基本医疗保险'}}],
                                  'contained': [{'resourceType': 'Coverage', 'id': 'cover', 'status': 'active', 'beneficiary': ref('Patient'), 'payor': [ref('Organization')]}], 'item': [item]}, 'item'),
    }


def templates():
    text = b''
    for type, (members, grows) in resources().items():
        # One element changes with the update, and every copy of the list's item is its own.
        resource = {'resourceType': type, 'language': 'zh', **members, 'extension': [{'url': 'urn:bench:state', 'valueString': '{{state}}'}]}
        while len(json.dumps(resource, ensure_ascii=False, separators=(',', ':')).encode()) < SIZES[type]:
            more = json.loads(json.dumps(members[grows][0]))
            more['sequence' if grows == 'item' else 'value'] = len(resource[grows]) + 1 if grows == 'item' else f'{520102195803070013 + len(resource[grows])}'
            resource[grows] = resource[grows] + [more]
        data = json.dumps(resource, ensure_ascii=False, separators=(',', ':')).encode()
        text += f'{type} {len(data)}\n'.encode() + data
    return text


def run(bench):
    connections = 64 if bench.quick else CONNECTIONS
    disk = bench.disk()
    figures = bench.measure('cycle', connections, 2 if bench.quick else 8, templates(), 1)
    b.title('W1 create, read, update, delete of nine types', PUBLISHED)
    b.row('all', connections, figures, floor=f'{b.rate(figures) / disk:.2f} of {disk:.0f} synced writes/s; {b.rate(figures) / bench.healthz(connections):.2f} of /healthz')
    for verb in ('create', 'read', 'update', 'delete'):
        b.row(verb, connections, figures, figures['groups'].get(verb, {'count': 0}))
