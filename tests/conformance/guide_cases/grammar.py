"""What HL7 v2 says of segments, data types and message structures: engine/hl7v2/definitions/hl7v2.txt."""
import re

from .rows import root


class Node:
    def __init__(self, name, optional, children=None):
        self.name, self.optional, self.children = name, optional, children

    def segments(self):
        return {self.name} if self.children is None else {n for c in self.children for n in c.segments()}


def parse(text):
    tokens = re.findall(r'[\[\]{}()]|[A-Z][A-Z0-9_]*', text)
    at = 0

    def items(end):
        nonlocal at
        found, optional = [], 0
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if token == end and end == ')':
                break
            if token == '[':
                optional += 1
            elif token == ']':
                optional -= 1
            elif token in '{}':
                pass
            elif at < len(tokens) and tokens[at] == '(':
                at += 1
                found.append(Node(token, optional > 0, items(')')))
            else:
                found.append(Node(token, optional > 0))
        return found
    return items(None)


class Grammar:
    def __init__(self):
        self.fields, self.components, self.structures, self.events, self.repeats = {}, {}, {}, {}, set()
        segment = None
        for line in (root / 'engine/hl7v2/definitions/hl7v2.txt').read_text(encoding='utf-8').split('\n'):
            kind, _, rest = line.partition(' ')
            if kind == 'D':
                name, *types = rest.split()
                self.components[name] = types
            elif kind == 'S':
                segment = rest.split()[0]
            elif kind == 'F':
                number, type_, many = rest.split()[:3]
                self.fields[segment, int(number)] = type_
                if many == '*':
                    self.repeats.add((segment, int(number)))
            elif kind == 'M':
                name, _, text = rest.partition(' ')
                self.structures[name] = parse(text)
            elif kind == 'E':
                type_, event, structure = rest.split()
                self.events.setdefault(structure, (type_, event))

    def field_type(self, segment, field):
        return self.fields.get((segment, field), 'ST')

    def type_at(self, type_, path):
        """The type of a component (of a component) of a type."""
        for number in path:
            parts = self.components.get(type_)
            if not parts:
                return type_ if number == 1 else 'ST'
            type_ = parts[number - 1] if number <= len(parts) else 'ST'
        return type_
