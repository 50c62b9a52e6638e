"""From a row of the guide to messages."""
import collections
import copy
import re

from . import base, condition, message, values
from .expect import Case, Expectations
from .guide import NoCase, first_way, reference
from .rows import key

CODED = {'CE', 'CF', 'CNE', 'CWE'}
SYSTEM_PLACES = {3: 'LN', 6: 'SCT', 12: 'I10'}


class Maker(Expectations):
    def value_at(self, made, segment, path, words):
        type_ = self.type_at(made, segment, path)
        if len(path) > 1 and path[-1] in SYSTEM_PLACES and self.type_at(made, segment, path[:-1]) in CODED:
            return SYSTEM_PLACES[path[-1]]
        text = words.of(type_)
        return text if len(path) == 1 else text.replace('^', '&') if len(path) == 2 else text.split('^')[0]

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

    def reached(self, case):
        """False when the message breaks a condition of a row on the way to the data type: both cannot hold."""
        for user in case.carrier.rows:
            scope = self.scope(case.carrier, user)
            if user.condition and not condition.holds(condition.parse(user.condition), lambda ref: case.message.texts(*self.where(scope, user, ref))):
                return False
        return True

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
        if type_ in values.COMPOSITE and not self.grammar.components.get(self.type_at(made, segment, path)) and (segment, path) != ('OBX', [5]):     # withdrawn in later versions
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
