"""An HL7 v2 message under construction: fields are set by path, segments stand where the structure has them."""
class Message:
    """`fields`: (segment, number) → repetitions, each a list of components, each a list of subcomponents (texts)."""

    def __init__(self, lines=()):
        self.fields = {}
        for line in lines:
            name, *fields = line.split('|')
            first = 2 if name == 'MSH' else 1
            self.fields.setdefault((name, 0), [[[name]]])
            for number, text in enumerate(fields, first):
                if text:
                    self.fields[name, number] = split(text)

    def has(self, segment):
        return any(s == segment for s, _ in self.fields)

    def texts(self, segment, path):
        """The texts of all repetitions at field.component.subcomponent; of a composite its first."""
        if not path:
            return ['there'] if self.has(segment) else []
        field, *rest = path
        found = []
        for repetition in self.fields.get((segment, field), []):
            component = repetition[rest[0] - 1] if rest and rest[0] <= len(repetition) else repetition[0] if not rest else ['']
            at = rest[1] - 1 if len(rest) > 1 else 0
            found.append(component[at] if at < len(component) else '')
        if not rest and found and not found[0]:                         # a field is valued when any component is
            found[0] = next((s for c in self.fields[segment, field][0] for s in c if s), '')
        return found if any(found) else []

    def written(self, segment, path):
        """The whole first repetition, or the whole component, as it is written."""
        repetition = self.fields.get((segment, path[0]), [[['']]])[0]
        if len(path) == 1:
            return '^'.join('&'.join(c) for c in repetition)
        component = repetition[path[1] - 1] if path[1] <= len(repetition) else ['']
        return '&'.join(component) if len(path) == 2 else component[path[2] - 1] if path[2] <= len(component) else ''

    def set(self, segment, path, value):
        """value: a text, or the parts of a composite as split() gives them for that level."""
        field, *rest = path
        repetitions = self.fields.setdefault((segment, field), [[['']]])
        self.fields.setdefault((segment, 0), [[[segment]]])
        if not rest:
            repetitions[0] = split(value)[0] if isinstance(value, str) else value
            return
        repetition = repetitions[0]
        while len(repetition) < rest[0]:
            repetition.append([''])
        if len(rest) == 1:
            repetition[rest[0] - 1] = value.split('&') if isinstance(value, str) else value
            return
        component = repetition[rest[0] - 1]
        while len(component) < rest[1]:
            component.append('')
        component[rest[1] - 1] = value

    def clear(self, segment, path):
        if len(path) == 1:
            self.fields.pop((segment, path[0]), None)
        elif (segment, path[0]) in self.fields:
            for repetition in self.fields[segment, path[0]]:
                if path[1] <= len(repetition):
                    component = repetition[path[1] - 1]
                    if len(path) == 2:
                        repetition[path[1] - 1] = ['']
                    elif path[2] <= len(component):
                        component[path[2] - 1] = ''

    def repeat(self, segment, field, times, more):
        """As many repetitions as that; `more` are those to add."""
        repetitions = self.fields.setdefault((segment, field), [])
        del repetitions[times:]
        repetitions += more[:times - len(repetitions)]

    def line(self, segment):
        last = max(number for name, number in self.fields if name == segment)
        fields = ['~'.join('^'.join('&'.join(c).rstrip('&') for c in r).rstrip('^') for r in self.fields.get((segment, n), [])) for n in range(1, last + 1)]
        if segment == 'MSH':
            return 'MSH|^~\\&|' + '|'.join(fields[2:])
        return (segment + '|' + '|'.join(fields)).rstrip('|')


def split(text):
    return [[c.split('&') for c in r.split('^')] for r in text.split('~')]


def place(nodes, groups, segment):
    """The nodes from the top down to the segment that stands below these groups (some may be left out); None when there is none."""
    for node in nodes:
        if node.children is None and node.name == segment and not groups:
            return [node]
    for node in nodes:
        if node.children is not None:
            rest = groups[1:] if groups and groups[0] == node.name else groups
            found = place(node.children, rest, segment)
            if found:
                return [node] + found
    return None


def lines(nodes, message, target):
    """The segments of the message in the order of the structure: the required ones, those that hold something, and the target at its own place."""
    fixed = needed(nodes, target) + [target[-1]]
    free = {s for s, _ in message.fields} - {node.name for node in fixed}
    out = []

    def walk(nodes):
        for node in nodes:
            if node.children is not None:
                if node in target or not node.optional or node.segments() & free:
                    walk(node.children)
            elif node in fixed or node.name in free:
                free.discard(node.name)
                if message.has(node.name):
                    out.append(message.line(node.name))
    walk(nodes)
    return out, free


def needed(nodes, way):
    """The nodes of the segments that the structure wants in any case, and on the way to the target."""
    found = []
    for node in nodes:
        if node.children is not None:
            if node in way or not node.optional:
                found += needed(node.children, way)
        elif not node.optional:
            found.append(node)
    return found


def required(nodes, way):
    return {node.name for node in needed(nodes, way)}
