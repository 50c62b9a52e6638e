"""The guide's rows as guide-cases.yaml reads them: where a row's source stands, which path its target is, what it translates by."""
import re

from . import base, condition, target
from .rows import folder, key, read

PRIMITIVE = re.compile(r'\[(boolean|code|date|dateTime|decimal|integer|positiveInt|string|unsignedInt|uri|url)\]$', re.I)
REF = re.compile(r'[A-Z][A-Z0-9]{1,2}[-.]\d+')
DONE = ('rule', 'elsewhere')


class NoCase(Exception):
    """Why no message can be made that shows the row; the text is counted."""


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


class Guide:
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
        if self.steps(row) and any(not r.table for r in users):         # a field that is translated by a table shows the table, not the map
            users = [r for r in users if not r.table]
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

    def table(self, row, carrier=None):
        """The guide's table that translates the source: the row's own; of a bare code's map that of the row which names it; of a literal that of the row beside it."""
        name = row.table
        if not name and carrier and carrier.rows and (row.map[:3] in ('ID[', 'IS[') or not self.steps(row)):
            name = carrier.rows[-1].table
        if not name and carrier and self.literal(row) is not None:
            name = next((r.table for r in self.by_map[row.map.lower()] if r.source == row.source and r.table), '')
        return self.tables.get(name.replace('/', '').replace('Contact Role', 'ContactRole'))


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
