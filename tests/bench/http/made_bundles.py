#!/usr/bin/env python3
"""made_bundles COUNT: transaction Bundles in the shape of Synthea's, one a line, always the same: a patient, and about 18 to 60 visits, each with observations,
claim, explanation of benefit, procedures and so on in Synthea's proportions. For machines that have no Synthea data."""
import json, random, sys

FAMILIES, GIVEN = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗', '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平'
CITIES = ['贵阳', '遵义', '六盘水', '安顺', '毕节', '铜仁', '凯里', '都匀', '兴义', '仁怀', 'Worcester', 'Boston', 'Springfield', 'Lowell']
CODES = [('8302-2', 'Body Height', 'cm', 150, 190), ('29463-7', 'Body Weight', 'kg', 3, 120), ('39156-5', 'Body Mass Index', 'kg/m2', 15, 40), ('8867-4', 'Heart rate', '/min', 50, 120),
         ('72514-3', 'Pain severity', '{score}', 0, 10), ('2339-0', 'Glucose', 'mg/dL', 60, 200), ('2947-0', 'Sodium', 'mmol/L', 130, 150), ('6298-4', 'Potassium', 'mmol/L', 3, 6),
         ('718-7', 'Hemoglobin', 'g/dL', 8, 18), ('2160-0', 'Creatinine', 'mg/dL', 1, 3), ('8310-5', 'Body temperature', 'Cel', 36, 40), ('2093-3', 'Total Cholesterol', 'mg/dL', 120, 280)]
CONDITIONS = [('44054006', 'Diabetes'), ('38341003', 'Hypertension'), ('195662009', 'Acute viral pharyngitis'), ('444814009', 'Viral sinusitis'), ('10509002', 'Acute bronchitis')]
VITAL = {'8302-2', '29463-7', '39156-5', '8867-4', '72514-3', '8310-5'}


class Maker:
    def __init__(self, number):
        self.random = random.Random(number)
        self.entries = []

    def add(self, kind, /, **members):
        urn = 'urn:uuid:{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}'.format(*(self.random.getrandbits(n) for n in (32, 16, 12, 12, 48)))
        self.entries.append({'fullUrl': urn, 'resource': {'resourceType': kind, 'id': urn[9:], **members}, 'request': {'method': 'POST', 'url': kind}})
        return {'reference': urn}

    def often(self, expected):
        return range(int(expected) + (self.random.random() < expected % 1))

    def concept(self, system, code, display):
        return {'coding': [{'system': system, 'code': code, 'display': display}], 'text': display}

    def time(self):
        r = self.random
        return f'{r.randint(2009, 2019)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}T{r.randint(0, 23):02d}:{r.randint(0, 59):02d}:{r.randint(0, 59):02d}+08:00'

    def bundle(self):
        r, money = self.random, lambda: {'value': round(self.random.uniform(20, 900), 2), 'currency': 'CNY'}
        city = r.choice(CITIES)
        name = {'family': r.choice(FAMILIES), 'given': [''.join(r.choices(GIVEN, k=r.randint(1, 2)))]}
        address = [{'line': [f'{r.randint(1, 900)} 中山路'], 'city': city, 'state': '贵州', 'postalCode': '550000', 'country': 'CN'}]
        patient = self.add('Patient', name=[{'use': 'official', **name}], gender=r.choice(['male', 'female']), birthDate=f'{r.randint(1920, 2018)}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}',
                           identifier=[{'system': 'urn:oid:1.2.156.1', 'value': str(r.getrandbits(60))}], telecom=[{'system': 'phone', 'value': f'1{r.randint(3000000000, 9999999999)}', 'use': 'home'}],
                           address=address, maritalStatus=self.concept('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'M', 'Married'))
        number = str(r.randint(1, 300))
        place = self.add('Organization', active=True, identifier=[{'system': 'urn:oid:1.2.156.2', 'value': number}], name=f'{city}第{number}人民医院', address=address)
        doctor = self.add('Practitioner', active=True, identifier=[{'system': 'urn:oid:1.2.156.3', 'value': number}], name=[{'family': r.choice(FAMILIES), 'given': [r.choice(GIVEN)]}])
        for _ in range(r.randint(18, 60)):
            self.visit(patient, place, doctor, money)
        return {'resourceType': 'Bundle', 'type': 'transaction', 'entry': self.entries}

    def visit(self, patient, place, doctor, money):
        r, at, snomed = self.random, self.time(), 'http://snomed.info/sct'
        kind = self.concept(snomed, '185349003', 'Encounter for check up')
        visit = self.add('Encounter', status='finished', **{'class': {'system': 'http://terminology.hl7.org/CodeSystem/v3-ActCode', 'code': r.choice(['AMB', 'AMB', 'EMER', 'IMP'])}},
                         type=[kind], subject=patient, participant=[{'individual': doctor}], period={'start': at, 'end': at}, serviceProvider=place)
        who = dict(subject=patient, encounter=visit)
        for _ in self.often(0.25):
            code = self.concept(snomed, *r.choice(CONDITIONS))
            self.add('Condition', clinicalStatus=self.concept('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active', 'Active'), code=code, onsetDateTime=at, recordedDate=at, **who)
        results = [self.observation(r.choice(CODES), at, who, doctor) for _ in self.often(4.5)]
        results += [self.pressure(at, who) for _ in self.often(0.4)]
        for _ in self.often(0.35):
            self.add('DiagnosticReport', status='final', code=self.concept('http://loinc.org', '51990-0', 'Basic metabolic panel'), effectiveDateTime=at, issued=at, result=results[:8], **who)
        for _ in self.often(0.77):
            self.add('Procedure', status='completed', code=self.concept(snomed, '430193006', 'Medication reconciliation'), performedPeriod={'start': at, 'end': at}, **who)
        for _ in self.often(0.4):
            self.add('Immunization', status='completed', vaccineCode=self.concept('http://hl7.org/fhir/sid/cvx', '140', 'Influenza'), patient=patient, encounter=visit, occurrenceDateTime=at, primarySource=True)
        for _ in self.often(0.26):
            self.add('MedicationRequest', status='stopped', intent='order', medicationCodeableConcept=self.concept('http://www.nlm.nih.gov/research/umls/rxnorm', '310798', 'Hydrochlorothiazide 25 MG'),
                     authoredOn=at, requester=doctor, **who)
        for _ in self.often(1.26):
            claim = self.add('Claim', status='active', type=self.concept('http://terminology.hl7.org/CodeSystem/claim-type', 'institutional', 'Institutional'), use='claim', patient=patient, created=at,
                             billablePeriod={'start': at, 'end': at}, provider=place, priority=self.concept('http://terminology.hl7.org/CodeSystem/processpriority', 'normal', 'Normal'),
                             insurance=[{'sequence': 1, 'focal': True, 'coverage': {'display': '城镇职工基本医疗保险'}}], item=[{'sequence': 1, 'productOrService': kind, 'encounter': [visit]}], total=money())
        item = lambda n: {'sequence': n, 'category': self.concept('https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd', '1', 'Medical care'), 'productOrService': kind,
                          'servicedPeriod': {'start': at, 'end': at}, 'adjudication': [{'category': {'coding': [{'system': 'https://bluebutton.cms.gov/resources/codesystem/adjudication',
                          'code': f'https://bluebutton.cms.gov/resources/variables/line_{c}_amt'}]}, 'amount': money()} for c in ('coinsrnc', 'prcsng', 'sbmtd_chrg', 'alowd_chrg')]}
        self.add('ExplanationOfBenefit', status='active', type=self.concept('http://terminology.hl7.org/CodeSystem/claim-type', 'institutional', 'Institutional'), use='claim', patient=patient, created=at,
                 insurer={'display': '医疗保障局'}, provider=place, outcome='complete', claim=claim, insurance=[{'focal': True, 'coverage': {'display': '城镇职工基本医疗保险'}}], item=[item(1), item(2)],
                 billablePeriod={'start': at, 'end': at}, payment={'amount': money()})

    def category(self, code):
        return [self.concept('http://terminology.hl7.org/CodeSystem/observation-category', code, code)]

    def observation(self, code, at, who, doctor):
        value = {'value': round(self.random.uniform(code[3], code[4]), 2), 'unit': code[2], 'system': 'http://unitsofmeasure.org', 'code': code[2]}
        return self.add('Observation', status='final', category=self.category('vital-signs' if code[0] in VITAL else 'laboratory'), code=self.concept('http://loinc.org', *code[:2]),
                        effectiveDateTime=at, issued=at, valueQuantity=value, performer=[doctor], **who)

    def pressure(self, at, who):
        part = lambda code, low, high: {'code': self.concept('http://loinc.org', code, code),
                                        'valueQuantity': {'value': self.random.randint(low, high), 'unit': 'mmHg', 'system': 'http://unitsofmeasure.org', 'code': 'mm[Hg]'}}
        return self.add('Observation', status='final', category=self.category('vital-signs'), code=self.concept('http://loinc.org', '55284-4', 'Blood Pressure'), effectiveDateTime=at, issued=at,
                        component=[part('8462-4', 55, 100), part('8480-6', 90, 190)], **who)


if __name__ == '__main__':
    try:
        for number in range(int(sys.argv[1])):
            print(json.dumps(Maker(number).bundle(), ensure_ascii=False, separators=(',', ':')))
    except BrokenPipeError:  # as many as were wanted
        sys.stderr.close()
