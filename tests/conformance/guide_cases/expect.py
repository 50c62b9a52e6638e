"""What a row of the guide says must come of a message."""
import re

from . import condition, values
from .guide import DONE, PRIMITIVE, Carrier, Guide, NoCase, reference
from .rows import key

SYSTEM_NAMES = {'LN': 'http://loinc.org', 'SCT': 'http://snomed.info/sct', 'I10': 'http://hl7.org/fhir/sid/icd-10'}     # what a CWE says, and the URI that HL7 gives it


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


class Expectations(Guide):
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
