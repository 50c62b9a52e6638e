"""From a row of the guide to messages and what they must become."""
import collections
import copy
import re

from . import base, condition, message, target, values
from .rows import folder, key, read

PRIMITIVE = re.compile(r'\[(boolean|code|date|dateTime|decimal|integer|positiveInt|string|unsignedInt|uri|url)\]$', re.I)
REF = re.compile(r'[A-Z][A-Z0-9]{1,2}[-.]\d+')
SYSTEM_NAMES = {'LN': 'http://loinc.org', 'SCT': 'http://snomed.info/sct', 'I10': 'http://hl7.org/fhir/sid/icd-10'}     # what a CWE says, and the URI that HL7 gives it
CODED = {'CE', 'CF', 'CNE', 'CWE'}
SYSTEM_PLACES = {3: 'LN', 6: 'SCT', 12: 'I10'}
DONE = ('rule', 'elsewhere')


class NoCase(Exception):
    """Why no message can be made that shows the row; the text is counted."""


class Case:
    """One message, and what its Bundle must hold; or, when the message breaks the condition, must not hold.
    `steps` lead from a resource of type `resource` to the element; `how` and `text` say what it must be; `anchor`: words that the item must hold that is
    reached after `anchored` steps, so that a literal is found beside the value it belongs to; `urls`: {number of steps: url of the extension there}."""

    def __init__(self, row, breaks, carrier, resource, steps, how, text, anchor, anchored, urls):
        self.row, self.breaks, self.carrier, self.steps, self.how, self.text, self.anchor, self.anchored, self.urls = row, breaks, carrier, steps, how, text, anchor, anchored, urls
        self.resource = resource
        self.number = self.message = self.lines = self.bundle = None
        self.refused = ''
        self.references = []                                            # (type, path, type): which resource must refer to which


class Carrier:
    """Where a row's source stands: a field of a segment, or a component of one, and the resource and path that its target continues. `rows` are the rows on
    the way, from the segment's down."""

    def __init__(self, segment_map, segment, prefix, resource, steps, rows):
        self.segment_map, self.segment, self.prefix, self.resource, self.steps, self.rows = segment_map, segment, prefix, resource, steps, rows


def reference(text):
    name, *numbers = re.split(r'[-.]', text)
    return name, [int(n) for n in numbers if n.isdigit()]


def first_way(row):
    return condition.ways(condition.parse(row.condition))[0] if row.condition else []


class Maker:
    def __init__(self, grammar, guide, states, read_as):
        self.grammar, self.states, self.read_as = grammar, states, read_as
        self.rows = [self.read(r) for r in guide if r.kind in ('segment', 'datatype')]
        self.by_map, self.tables, self.places = {}, {}, find_places()
        for row in self.rows:
            self.by_map.setdefault(row.map.lower(), []).append(row)
        for row in guide:
            if row.kind == 'table' and states.get(key(row)) == 'rule':
                self.tables.setdefault(row.map, {})[row.code] = (row.target, row.type)
        self.count = 0
        self.shown = set()                                              # segment rows whose case has passed: those can carry the rows of data types

    def read(self, row):
        entry = self.read_as.get(key(row), {})
        return row._replace(**{k: v for k, v in entry.items() if k in row._fields})

    # Where

    def entries(self, carrier, row):
        """What guide-cases.yaml says of the rows on the way, and of the row itself."""
        return [self.read_as.get(key(r), {}) for r in [*carrier.rows, row]]

    def place(self, row, carrier):
        """(file, structure, type, groups, segment, of the guide) of the message in which the map is tried."""
        places = self.places.get(carrier.segment_map)
        if not places:
            raise NoCase('no message leads to the map')
        name, group = base.CONTEXT.get(carrier.segment_map, ('', ''))
        name = next((e['in'] for e in reversed(self.entries(carrier, row)) if 'in' in e), name)
        name, _, group = name.partition('.') if '.' in name else (name, '', group)
        return next((p for p in places if p[0] == name and (not group or group == (p[3] or [''])[-1])), places[0])

    def carriers(self, row, depth=3):
        """A segment's row carries itself; a data type's row is carried by the rows that name its map."""
        if row.kind == 'segment':
            yield Carrier(row.map, reference(row.source)[0], [], re.sub(r'.*\[([A-Za-z]+).*', r'\1', row.map), [], [])
            return
        users = [r for r in self.rows if depth and r.uses.lower() == row.map.lower() and (key(r) in self.shown if r.kind == 'segment' else self.states.get(key(r)) in DONE)]
        for user in sorted(users, key=lambda r: bool(r.table) + bool(r.condition) + 2 * (r.kind == 'datatype')):
            for carrier in self.carriers(user, depth - 1):
                prefix = carrier.prefix + reference(user.source)[1]
                if prefix and len(prefix) + len(reference(row.source)[1]) <= 3 and user not in carrier.rows:
                    resource, steps = self.resource(carrier, user), self.path(carrier, user)
                    yield Carrier(carrier.segment_map, carrier.segment, prefix, resource, steps, carrier.rows + [user])

    def resource(self, carrier, row):
        """The resource that a row's path begins at: another one where the row makes a relative out of a patient's field."""
        return 'RelatedPerson' if row.target == '$this' and '[RelatedPerson' in row.uses else carrier.resource

    def steps(self, row):
        text = row.target
        if row.map == 'PL[Location]':                                   # location(Location.mode): seen from the encounter, though the map is the place's
            text = re.sub(r'^(\[[^\]]*\]\.)?location\(Location\.(.*)\)$', r'\2', text)
        steps = list(target.steps_of(text))
        into = re.fullmatch(r'Reference\((\w+)\)', row.type)
        if steps and into and row.uses and not steps[-1].into and into[1] not in target.DATA_TYPES and f'[{into[1]}' in row.uses.replace('[location', '[Location'):
            steps[-1] = steps[-1]._replace(into=into[1])
        return steps

    def path(self, carrier, row):
        """The row's path from the resource. A data type's map may say once more what the row that names it says (`line` of `line`)."""
        steps = self.steps(row)
        element = re.search(r'\[[A-Z]\w+\.(\w+)-', row.map)             # MessageHeader.source-endpoint: begins at the source
        if element and element[1] in [s.name for s in carrier.steps]:
            return carrier.steps[:[s.name for s in carrier.steps].index(element[1]) + 1] + steps
        before = carrier.steps[:-1] if carrier.steps and steps and carrier.steps[-1].name == steps[0].name else carrier.steps
        return before + steps

    def scope(self, carrier, user):
        """The carrier as it stands for one of the rows on the way."""
        if user not in carrier.rows:
            return carrier
        before = carrier.rows[:carrier.rows.index(user)]
        return Carrier(carrier.segment_map, carrier.segment, [n for r in before for n in reference(r.source)[1]], carrier.resource, [], before)

    def where(self, carrier, row, ref):
        """What a condition or an expression names, as segment and path. In a data type's map `TYPE.n` stands beside the source."""
        name, numbers = reference(row.source if ref == condition.SELF else ref)
        if ref == condition.SELF:
            return carrier.segment, carrier.prefix + numbers
        if name == 'MSG' and row.kind == 'segment':
            return 'MSH', [9] + numbers
        if row.kind == 'datatype' and (name in self.grammar.components or name == row.map.split('[')[0]):
            return carrier.segment, carrier.prefix + numbers
        if name in self.grammar.components or len(name) == 2:           # `CX.5` of the field
            return carrier.segment, reference(row.source)[1][:1] + numbers
        return name, numbers

    def type_at(self, made, segment, path):
        type_ = self.grammar.field_type(segment, path[0])
        if segment == 'OBX' and path[0] == 5:
            type_ = (made.texts('OBX', [2]) or ['ST'])[0]
        return self.grammar.type_at(type_, path[1:])

    # Values

    def value_at(self, made, segment, path, words):
        type_ = self.type_at(made, segment, path)
        if len(path) > 1 and path[-1] in SYSTEM_PLACES and self.type_at(made, segment, path[:-1]) in CODED:
            return SYSTEM_PLACES[path[-1]]
        text = words.of(type_)
        return text if len(path) == 1 else text.replace('^', '&') if len(path) == 2 else text.split('^')[0]

    def table(self, row, carrier=None):
        """The guide's table that translates the source: the row's own; of a bare code's map that of the row which names it; of a literal that of the row beside it."""
        name = row.table
        if not name and carrier and carrier.rows and (row.map[:3] in ('ID[', 'IS[') or not self.steps(row)):
            name = carrier.rows[-1].table
        if not name and carrier and self.literal(row) is not None:
            name = next((r.table for r in self.by_map[row.map.lower()] if r.source == row.source and r.table), '')
        return self.tables.get(name.replace('/', '').replace('Contact Role', 'ContactRole'))

    def code_for(self, row, carrier, ref, other_than):
        """A code that the guide has for the field that a condition asks to be valued: one that says something else than this row."""
        name, numbers = reference(row.source if ref == condition.SELF else ref)
        fields = [r for r in self.by_map[row.map.lower()] if r.source == f'{name}-{numbers[0]}'] if numbers and row.kind == 'segment' else []
        tables = [self.table(r) for r in fields if len(numbers) == 1 and self.table(r)]
        if len(numbers) > 1:
            tables += [self.table(r) for f in fields if f.uses for r in self.by_map.get(f.uses.lower(), []) if reference(r.source)[1] == numbers[1:] and self.table(r)]
        for table in tables:
            for code in sorted(table):
                if table[code][0] != other_than and re.fullmatch(r'[A-Z0-9]+', code):
                    return code
        return None

    def include(self, made, segment):
        if not made.has(segment):
            made.fields.update(message.Message([base.LINES.get(segment, segment + '|').format(n=f'{self.count:05d}', type='')]).fields)

    def put(self, made, segment, path, value):
        self.include(made, segment)
        made.set(segment, path, value)

    def demand(self, made, carrier, row, ref, op, argument, words, other_than=''):
        """Makes the message say what one part of a condition asks."""
        segment, path = self.where(carrier, row, ref)
        if not path:
            if op == 'valued':
                self.include(made, segment)
            else:
                made.fields = {k: v for k, v in made.fields.items() if k[0] != segment}
            return
        first = (made.texts(segment, path) or [''])[0]
        if op == 'is' and first != argument:
            composite = self.grammar.components.get(self.type_at(made, segment, path)) and len(path) < 3 and first
            self.put(made, segment, path + [1] if composite else path, argument)
        elif op in ('valued', 'registered') and not first:
            self.put(made, segment, path, self.code_for(row, carrier, ref, other_than) or self.value_at(made, segment, path, words))
        elif op in ('empty', 'unregistered'):
            made.clear(segment, path)
        elif op == 'not-in' and first in argument:
            self.put(made, segment, path, words.word)
        elif op.startswith('count'):
            times = argument + (op in ('count>', 'count!='))
            more = [message.split(self.value_at(made, segment, path[:1], words.more(i)))[0] for i in range(times)]
            if not made.texts(segment, path[:1]):
                self.put(made, segment, path[:1], self.value_at(made, segment, path[:1], words))
            made.repeat(segment, path[0], times, more)
        elif op.startswith('length'):
            made.set(segment, path, words.date + ('0841' if op == 'length>' else ''))
        elif op in ('other-than', 'same-as'):
            other = self.where(carrier, row, argument)
            if not made.texts(*other):
                self.put(made, *other, words.word)
            self.put(made, segment, path, made.texts(*other)[0] if op == 'same-as' else 'elsewhere')

    # Messages

    def start(self, row, carrier, place=None):
        _, structure, type_, groups, segment, _ = place or self.place(row, carrier)
        self.count += 1
        nodes = self.grammar.structures.get(structure)
        way = nodes and message.place(nodes, groups, segment)
        if not way:
            raise NoCase(f'{structure} has no {".".join([*groups, segment])}')
        text = '^'.join(type_.split('^') + [structure])
        made = message.Message([base.LINES.get(s, s + '|').format(n=f'{self.count:05d}', type=text) for s in sorted({'MSH', segment, 'PID'} | message.required(nodes, way))])
        if made.has('EVN'):
            made.set('EVN', [1], type_.split('^')[1])
        for name, value in base.WITH.get(carrier.segment_map, {}).items():
            self.put(made, *reference(name), value)
        return made, nodes, way

    def observation_type(self, made, carrier, row, way, words):
        """OBX-2 decides what OBX-5 is, so it goes first."""
        for user in [*carrier.rows, row]:
            for ref, op, argument in way if user is row else first_way(user):
                if ref != 'OBX-2':
                    continue
                if op == 'not-in':
                    argument = 'CWE' if re.search('Quantity|Range|Ratio|String', user.target) and 'CWE' not in argument else 'NM'
                made.set('OBX', [2], argument)
                made.set('OBX', [5], self.value_at(made, 'OBX', [5], words))

    def complete(self, made, carrier, row, words):
        """The other parts of the same numbered item: `coding[2].version` is none without `coding[2].code`."""
        for user in carrier.rows:
            self.complete(made, self.scope(carrier, user), user, words)
        steps = self.steps(row)
        upto = next((i for i, s in enumerate(steps, 1) if s.index in ('2', '3')), 0)
        if row.kind != 'datatype' or not upto:
            return
        for other in self.by_map[row.map.lower()]:
            theirs = self.steps(other)
            if other is not row and [s[:2] for s in theirs[:upto]] == [s[:2] for s in steps[:upto]] and not other.condition and self.literal(other) is None and other.source != row.source:
                segment, path = self.where(carrier, other, condition.SELF)
                if not made.texts(segment, path):
                    self.put(made, segment, path, self.value_at(made, segment, path, words.more(7)))

    def make(self, row, carrier, way, breaks, code=None, place=None, beside=None, alone=False):
        """One case: a message that meets the condition in one way, or breaks it; with `code` as the source's value; in a message of `place`."""
        made, nodes, target_nodes = self.start(row, carrier, place)
        words, others = values.Values(self.count), values.Values(50000 + self.count)
        entry = self.read_as.get(key(row), {})
        self.observation_type(made, carrier, row, way, words)
        for i in range(1, len(carrier.prefix) + 1):                     # the field, and the component, that the source stands in
            if not made.texts(carrier.segment, carrier.prefix[:i]) or i == len(carrier.prefix):
                self.put(made, carrier.segment, carrier.prefix[:i], self.value_at(made, carrier.segment, carrier.prefix[:i], others))
        segment, path = self.where(carrier, row, condition.SELF)
        if alone:
            made.clear(carrier.segment, carrier.prefix[:1])
        self.complete(made, carrier, row, others)
        if path:
            written = self.source_value(row, carrier, made, segment, path, words, entry.get('codes', '{c}').replace('{c}', code.replace('&', '\\T\\')) if code else entry.get('with'))
            self.put(made, segment, path, written)
        else:
            self.include(made, segment)
        literal = self.literal(row)
        said = literal[0][1:-1] if literal and literal[0][0] == '"' else ''
        for name, value in (beside or {}).items():
            self.put(made, *reference(name), value)
        for user, said_of in zip([*carrier.rows, row], self.entries(carrier, row)):
            for name, value in {**said_of.get('beside', {}), **(said_of.get('breaking', {}) if breaks and user is row else {})}.items():
                there = self.where(self.scope(carrier, user), user, name)
                self.put(made, *there, value.format(t=others.word, n=others.number, d=others.date)) if value else made.clear(*there)
        for user in [*carrier.rows, row]:
            for ref, op, argument in way if user is row else first_way(user):
                if ref != 'OBX-2' and not (code and user is row and self.where(carrier, row, ref) == (segment, path)):
                    self.demand(made, self.scope(carrier, user), user, ref, op, argument, others, said)
        if made.texts('OBX', [2]) == ['SN'] and made.texts('OBX', [5, 3]) and not made.texts('OBX', [5, 4]):
            made.set('OBX', [5, 4], others.number)
        for part in literal or []:
            if part[0] != '"' and not any(op == 'empty' and reference(ref) == reference(part) for ref, op, _ in way):
                self.demand(made, carrier, row, part, 'valued', None, others)
        if carrier.segment_map == 'OBX[Observation-Component]' and made.texts('OBX', [5]) and not any(op.startswith('count') for _, op, _ in way):  # it is for several values
            made.repeat('OBX', 5, 2, [copy.deepcopy(made.fields['OBX', 5][0])])
        if breaks and len(literal or []) > 1 and any(p[0] != '"' and not made.texts(*self.where(carrier, row, p)) for p in literal):
            raise NoCase('without its parts the expression is another text')
        self.universal_id(made, carrier, row, words)
        how, text = self.expected(row, carrier, made, segment, path, literal, entry, breaks, code or breaks and path and written)
        case = Case(row, breaks, carrier, self.resource(carrier, row), self.path(carrier, row), how, text, *self.anchor(row, carrier, made, segment, path), self.urls(row, carrier))
        case.lines, left = message.lines(nodes, made, target_nodes)
        if left - {'EVN'}:
            raise NoCase(f'the message has no place for {", ".join(sorted(left))}')
        case.number, case.message = self.count, made
        return case

    def meets(self, row, case, tree):
        """What the message says of the row's condition, as it stands."""
        return condition.holds(tree, lambda ref: case.message.texts(*self.where(case.carrier, row, ref)))

    def source_value(self, row, carrier, made, segment, path, words, with_):
        """What guide-cases.yaml gives, else a code of the table that the row names, else a value of the type."""
        if with_:
            return with_.format(t=words.word, n=words.number, d=words.date)
        table = self.table(row, carrier)
        if table:
            literal = self.literal(row) or ['""']
            plain = [c for c in sorted(table) if re.fullmatch(r'[A-Za-z0-9]+', c) and table[c][0] != literal[0][1:-1]]
            often = collections.Counter(target_code for target_code, _ in table.values())
            return min(plain or sorted(table), key=lambda c: (table[c][0] == c, often[table[c][0]]))     # what no default says, and what is not the code itself
        if re.search('boolean', row.uses + row.map + row.type + row.target, re.I):
            return 'Y'
        type_ = row.uses.split('[')[0]
        if type_ in values.COMPOSITE and not self.grammar.components.get(self.type_at(made, segment, path)) and segment != 'OBX':      # withdrawn in later versions
            return words.of(type_).replace('^', '&' if len(path) > 1 else '^')
        if row.type in ('decimal', 'integer', 'unsignedInt', 'positiveInt') and self.type_at(made, segment, path) in ('ST', 'ID', 'IS'):
            return words.number
        return self.value_at(made, segment, path, words)

    def universal_id(self, made, carrier, row, words):
        """HD.2 is what HD.3 says it is."""
        if row.map.startswith('HD[') and row.source == 'HD.2':
            segment, path = self.where(carrier, row, condition.SELF)
            kind = (made.texts(segment, path[:-1] + [3]) or ['ISO'])[0]
            made.set(segment, path, {'UUID': f'0bd2a5c6-0f6f-4d0f-9a5b-0000000{words.seed:05d}', 'DNS': f'host{words.seed}.example.org', 'URI': f'http://example.org/{words.seed}'}
                     .get(kind, f'1.2.840.{words.number}' if kind == 'ISO' else words.word))

    # Expectations

    def literal(self, row):
        """The parts of the literal or the expression that the guide writes (texts in quotes, references); None when the source's value is to be written."""
        text = row.value or row.target.partition('=')[2]
        if not text or (row.uses and not PRIMITIVE.search(row.uses)) or re.match(r'https?://www\.hl7\.org/fhir/valueset', text):
            return None
        if '"' not in text and not REF.match(text):
            return ['"' + text.strip('#') + '"']
        if text.count('"') == 1:
            return ['"' + text.strip('"') + '"']
        return re.findall(r'"[^"]*"|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)?', text)

    def expected(self, row, carrier, made, segment, path, literal, entry, breaks, code):
        """(how, text): 'equals' a text, 'starts' with it, is a 'number', 'holds' one of some words, is a 'coding' (code, system), or is only 'there'."""
        if 'expect' in entry and (breaks or not code):
            return ('there', '') if entry['expect'] == '*' else ('equals', entry['expect'])
        if literal is not None:
            parts = [p[1:-1].strip('#') if p[0] == '"' else (made.texts(*self.where(carrier, row, p)) or [''])[0] for p in literal]
            return 'equals', ''.join(parts) if len(parts) == 1 else ''.join(p[1:-1] if p[0] == '"' else (made.texts(*self.where(carrier, row, p)) or [''])[0] for p in literal)
        if not path:
            raise NoCase('the row says neither what is read nor what is written')
        text = (made.texts(segment, path) or [''])[0]
        table = self.table(row, carrier)
        if code and (not breaks or not text or table and text not in table):
            text = code                                                 # a code under test; or, when breaking took it away, what stood there
        if table:
            if text not in table:
                raise NoCase('the table of the guide has no entry for the value')
            target_code, system = table[text]
            bare = row.type.lower() in ('code', 'uri', 'string') or PRIMITIVE.search(row.uses) or PRIMITIVE.search(row.map)
            return ('equals', target_code) if bare else ('coding', (target_code, system))
        steps = self.steps(row)
        if steps and steps[-1].name == 'partOf' and steps[-1].into:
            return 'there', ''
        if row.uses and (not PRIMITIVE.search(row.uses) or row.uses[:3] in ('HD[', 'XPN')) or row.map == 'XPN[string]':
            return 'holds', [w for w in values.marks(made.written(segment, path)) if of_pair(row, w)]
        type_ = self.type_at(made, segment, path)
        if row.uses:
            segment, path = self.inside(row, carrier, made, segment, path)
            text, type_ = (made.texts(segment, path) or [''])[0], self.type_at(made, segment, path)
        if text in SYSTEM_NAMES:
            return 'equals', SYSTEM_NAMES[text]
        leaf = self.grammar.type_at(type_, [1])
        fhir = PRIMITIVE.search(row.uses)[1] if row.uses else row.type
        fhir = fhir or ('boolean' if steps and steps[-1].name.endswith('Boolean') else '')
        if not breaks and (re.fullmatch(r'uri|url', fhir, re.I) and ':' not in text or steps and steps[-1].name == 'system' and not row.value):
            return 'holds', [text]                                      # a name is no URI, so one is made of it
        expected, how = values.as_fhir(text, leaf, fhir[:1].lower() + fhir[1:])
        return ('number', expected) if leaf in ('NM', 'SI') and re.fullmatch(r'\d+(\.\d+)?', expected) else (how, expected)

    def inside(self, row, carrier, made, segment, path):
        """The part of a composite that the named map of a primitive (`CWE[string]`: CWE.9, else CWE.2) takes."""
        inner = Carrier(carrier.segment_map, segment, path, '', [], [])
        for part in self.by_map.get(row.uses.lower(), []):
            numbers = reference(part.source)[1]
            if not numbers or len(path) + len(numbers) > 3 or not self.grammar.components.get(self.type_at(made, segment, path)):
                continue
            tree = condition.parse(part.condition) if part.condition else None
            if made.texts(segment, path + numbers) and condition.holds(tree, lambda ref: made.texts(*self.where(inner, part, ref))):
                return segment, path + numbers
        return segment, path

    def anchor(self, row, carrier, made, segment, path):
        """(words, steps): words of the source, and how far down the path the item is that must hold them, when the guide writes the source's value there too:
        the first element of the row's path, else (of a data type) what the whole value becomes."""
        steps = self.steps(row)
        if self.literal(row) is None and 'expect' not in self.read_as.get(key(row), {}) or not path:
            return [], 0
        before = len(self.path(carrier, row)) - len(steps)
        found = [], 0
        for other in self.by_map[row.map.lower()]:
            theirs = self.steps(other)
            if (other is row or other.source != row.source or other.condition not in ('', row.condition) or self.literal(other) is not None
                    or self.states.get(key(other)) not in DONE or not theirs or 'expect' in self.read_as.get(key(other), {})):
                continue
            words = [w for w in values.marks(made.written(segment, path)) if of_pair(other, w)]
            if len(steps) > 1 and theirs[0][:2] == steps[0][:2]:
                return words, before + 1
            if row.kind == 'datatype' and before and self.item(other) == self.item(row):
                found = words, before
        return found

    def item(self, row):
        """The guide's number of the thing that a path begins with (`[4].mode`)."""
        return re.match(r'(\[[^\]]*\])?', row.target)[0]

    def urls(self, row, carrier):
        """Of a value inside an extension: what the guide says that the extension's url is."""
        found = {}
        steps = self.steps(row)

        def same(one, other):
            return [(s.name, s.index or '1') for s in one] == [(s.name, s.index or '1') for s in other]
        for i, step in enumerate(steps[:-1], 1):
            if step.name != 'extension' or steps[i].name == 'url':
                continue
            for other in self.by_map[row.map.lower()]:
                theirs = self.steps(other)
                literal = self.literal(other)
                if other.source == row.source and len(theirs) == i + 1 and theirs[-1].name == 'url' and same(theirs[:i], steps[:i]) and literal and literal[0][0] == '"':
                    found[len(self.path(carrier, row)) - len(steps) + i] = literal[0][1:-1]
        return found


def of_pair(row, word):
    """Of a pair of numbers (EIP) a row takes the placer's or the filler's."""
    return word[-1] not in 'PF' or not row.uses.startswith('EIP[') or word[-1] == ('P' if 'Placer' in row.uses else 'F')


def find_places():
    """segment map → [(file, structure, type, groups, segment, whether the guide has the row)]: the messages that lead to it, the guide's own first."""
    found = {}
    for path in sorted((folder / 'messages').glob('*.yaml')):
        file = read(path)
        for row in file.get('rows') or []:
            if 'map' in row:
                *groups, segment = row['from'].split('.')
                found.setdefault(row['map'], []).append((path.stem, file['message'], file['types'][0], groups, segment, 'ig' in row))
    return {name: sorted(places, key=lambda p: not p[5]) for name, places in found.items()}
