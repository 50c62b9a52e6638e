"""Believable values by HL7 data type, each different from message to message, so that finding one means that this field was read."""
import base64
import datetime
import re

# {t} a word, {n} a number, {d} a date of this message's own.
COMPOSITE = {
    'CX': '{t}^^^AUTH&2.16.840.1.113883.19.5&ISO', 'EI': '{t}^AUTH', 'EIP': '{t}P&AUTH^{t}F&AUTH', 'HD': 'Ap{t}^1.2.840.{n}^ISO', 'XPN': 'Fam{t}^Giv{t}',
    'PPN': '{t}^Fam{t}^Giv{t}', 'XCN': '{t}^Fam{t}^Giv{t}^^^^^^AUTH', 'CNN': '{t}^Fam{t}^Giv{t}', 'XON': 'Org{t}^^^^^AUTH&2.16.840.1.113883.19.5&ISO^^^^{t}',
    'XAD': '{t} Street^^City^^10001^CHN', 'XTN': '5550{n}^PRN^PH', 'CWE': '{t}^Text {t}^99L', 'CE': '{t}^Text {t}^99L', 'CNE': '{t}^Text {t}^99L', 'CF': '{t}^Text {t}^99L',
    'CQ': '{n}.5^mg&milligram&UCUM', 'MO': '{n}.5^CNY', 'CP': '{n}.5&CNY', 'DR': '{d}^{d}', 'DLN': '{t}^CA^20300101', 'PL': 'W{t}^R{t}^B{t}^F{t}', 'FN': 'Fam{t}',
    'PLN': '{t}^SL^AUTH^20300101', 'NDL': '{t}&Fam{t}&Giv{t}', 'ED': '^TEXT^plain^Base64^{b}', 'RP': 'https://example.org/{t}^HIS^IM^JPEG', 'SN': '^{n}', 'NR': '{n}^9{n}',
    'NA': '{n}^9{n}', 'VR': '{t}^b{t}', 'OG': '{t}', 'RI': 'BID', 'RPT': 'BID', 'TQ': '{n}^BID^^{d}084155^{d}094155', 'SPS': '{t}&Text {t}&99L', 'DLD': '{t}^{d}', 'SAD': '{t} Street',
    'MSG': 'ADT^A01^ADT_A01', 'PT': 'P', 'RFR': '{n}&9{n}', 'JCC': '{t}', 'PIP': '{t}', 'CK': '{n}',
}
DATES = {'DT', 'DTM', 'TS'}
NUMBERS = {'NM', 'SI'}


class Values:
    def __init__(self, number):
        self.seed = number
        self.word = f'Q{number:05d}z'
        self.number = str(1000 + number)
        self.date = (datetime.date(1931, 1, 1) + datetime.timedelta(days=number % 30000)).strftime('%Y%m%d')
        self.base64 = base64.b64encode(self.word.encode() + b'AB').decode()

    def more(self, i):
        """Values that are none of these."""
        return Values(self.seed + 10000 + 1000 * i)

    def of(self, type_):
        """The text of a field of that type."""
        if type_ in COMPOSITE:
            return COMPOSITE[type_].format(t=self.word, n=self.number, d=self.date, b=self.base64)
        return self.date if type_ == 'DT' else self.date + '084155' if type_ in DATES else '084155' if type_ == 'TM' else self.number if type_ in NUMBERS else self.word


def marks(text):
    """What of a value one looks for inside an element that was made of it: its words, else its numbers, dates and texts."""
    words = re.findall(r'Q\d{5}z[PF]?', text)
    if words:
        return sorted(set(words) | set(re.findall(r'1\.2\.840\.\d+', text)))
    found = []
    for part in re.split(r'[~^&]', text):
        date = re.fullmatch(r'((?:19|20)\d\d)(\d\d)(\d\d)(\d{6})?', part)
        if date:
            found.append('-'.join(date.group(1, 2, 3)))
        elif part:
            found.append(part)
    return [p for p in found if re.search(r'\d{4}|[A-Za-z0-9]{9}', p)] or found


def as_fhir(text, hl7_type, fhir_type):
    """What an HL7 text is as a FHIR primitive, as far as it can be told without the sender's zone: (text, 'equals' or 'starts')."""
    if fhir_type == 'boolean':
        return {'Y': 'true', 'N': 'false'}.get(text, text), 'equals'
    if fhir_type == 'time' or hl7_type == 'TM':
        return re.sub(r'^(\d\d)(\d\d)(\d\d)?.*', lambda m: ':'.join((m[1], m[2], m[3] or '00')), text), 'equals'
    if hl7_type in DATES:
        date = re.fullmatch(r'(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?', text)
        if date:
            day = '-'.join(date.group(1, 2, 3))
            return (day, 'equals') if fhir_type == 'date' or not date[4] else (day + 'T' + ':'.join(date.group(4, 5, 6)), 'starts')
    return text, 'equals'
