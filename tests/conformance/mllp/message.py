"""HL7 v2 as the probe writes and reads it: messages out of a few base texts with fields set otherwise, answers into fields. None of the engine's code."""
import contextlib, itertools, re, time

STANDARD = '|^~\\&'
BASES = {
    'adt': 'MSH|^~\\&|PROBE|CLINIC|RECEIVER|HOSPITAL|20260105081500||ADT^A01^ADT_A01|{id}|T|2.5.1\r'
           'EVN|A01|20260105081500\r'
           'PID|1||PROBE1^^^CLINIC^MR||Probe^Adam||19800102|M\r'
           'PV1|1|I|W1^101^1||||D1^Doctor^Eve||||||||||||PROBEV1\r',
    'oru': 'MSH|^~\\&|PROBE|CLINIC|RECEIVER|HOSPITAL|20260105091500||ORU^R01^ORU_R01|{id}|T|2.5.1\r'
           'PID|1||PROBE1^^^CLINIC^MR||Probe^Adam||19800102|M\r'
           'OBR|1|P{id}|F{id}|GLU^Glucose^L|||20260105090000|||||||||||||||20260105091000||LAB|F\r'
           'OBX|1|TX|GLU^Glucose^L||5.1||||||F|||20260105090000\r',
}


CHARSETS = {'GB 18030-2000': 'gb18030', 'UNICODE UTF-8': 'utf-8', '8859/1': 'latin-1', 'ASCII': 'ascii'}  # table 0211


def stamp():
    """Short and new in each second of each run: control ids are told apart by a receiver that remembers them."""
    digits, number, out = '0123456789ABCDEFGHJKMNPQRSTVWXYZ', int(time.time() * 1000), ''
    while number:
        number, digit = divmod(number, 32)
        out = digits[digit] + out
    return out


RUN = stamp()
counter = itertools.count(1)


def next_id():
    return f'{RUN}-{next(counter)}'


def place_of(name):
    match = re.fullmatch(r'([A-Z][A-Z0-9]{2})-(\d+)(?:\.(\d+))?', name)
    if not match:
        raise ValueError(f'{name} is no field')
    return match.group(1), int(match.group(2)), int(match.group(3) or 0)


def set_field(text, name, value):
    """In the first segment of that name; text has the standard delimiters. Its MSH-1 is the separator itself."""
    segment, number, component = place_of(name)
    lines = text.split('\r')
    for at, line in enumerate(lines):
        if not line.startswith(segment + '|'):
            continue
        fields = line.split('|')
        place = number - 1 if segment == 'MSH' else number
        fields += [''] * (place + 1 - len(fields))
        if component:
            parts = fields[place].split('^')
            parts += [''] * (component - len(parts))
            parts[component - 1] = value
            fields[place] = '^'.join(parts)
        else:
            fields[place] = value
        lines[at] = '|'.join(fields)
        return '\r'.join(lines)
    raise ValueError(f'no segment {segment} in the message')


class Message:
    """One that is sent: its bytes, and its fields as an answer may repeat them."""

    def __init__(self, definition, values):
        base = definition.get('of', 'adt')
        text = definition.get('text', BASES[base])
        own = str(definition.get('MSH-10', '{id}'))
        self.control_id = own.replace('{id}', next_id())
        for name, value in {**values.get(base, {}), **{k: v for k, v in definition.items() if re.match(r'[A-Z][A-Z0-9]{2}-\d', k)}}.items():
            if name != 'MSH-10' and 'text' not in definition:
                text = set_field(text, name, value['of'] * int(value['times']) if isinstance(value, dict) else str(value))
        text = text.replace('{id}', self.control_id)
        self.plain = text
        delimiters = definition.get('delimiters', STANDARD)
        text = text.translate(str.maketrans(dict(zip(STANDARD, delimiters))))
        if 'cut-header' in definition:
            text = text[:int(definition['cut-header'])]
        text = text.replace('\r', definition.get('separator', '\r'))
        if not definition.get('ended', True):
            text = text.rstrip('\r\n')
        self.charset = definition.get('charset', 'utf-8')
        self.bytes = bytes.fromhex(definition.get('before', '')) + text.encode(self.charset)

    def field(self, name):
        return field(self.plain, name, STANDARD)


def field(text, name, delimiters):
    segment, number, component = place_of(name)
    for line in text.split('\r'):
        if not line.startswith(segment):
            continue
        fields = line.split(delimiters[0])
        place = number - 1 if segment == 'MSH' else number
        if place >= len(fields):
            return ''
        parts = fields[place].split(delimiters[1]) if component else [fields[place]]
        return parts[component - 1 if component else 0] if (component or 1) <= len(parts) else ''
    return ''


def delimiters_of(text):
    return text[3:8] if text.startswith('MSH') else STANDARD


def declared(text):
    return field(text, 'MSH-18', delimiters_of(text)).split(delimiters_of(text)[2])[0]


class Answer:
    """One frame that came back."""

    def __init__(self, data):
        self.bytes = data
        readings = []
        for charset in ('utf-8', 'gb18030', 'latin-1'):
            with contextlib.suppress(UnicodeDecodeError):
                readings.append((charset, data.decode(charset)))
        # The one that says of itself that it is so, else the first that is possible.
        self.text = next((text for charset, text in readings if CHARSETS.get(declared(text)) == charset), readings[0][1])
        self.delimiters = delimiters_of(self.text)

    def field(self, name):
        return field(self.text, name, self.delimiters)
