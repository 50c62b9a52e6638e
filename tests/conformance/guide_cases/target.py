"""The guide's paths (`participant[1].actor(Practitioner.identifier[1].value)`): text to steps, and where they lead in a Bundle."""
import collections
import functools
import re

# name of the element, the guide's number of the item, and the resource that the guide goes on in
Step = collections.namedtuple('Step', 'name index into')
DATA_TYPES = {'Annotation'}

# Slips of the pen in the guide, as they are meant.
SPELLING = {'sytem': 'system', 'uri': 'url', 'occurrenceTIming': 'occurrenceTiming', 'occurneceTiming': 'occurrenceTiming', 'occurenceTiming': 'occurrenceTiming',
            'payer': 'payor', 'valuedateTime': 'valueDateTime', 'organziation': 'organization', 'practioner': 'practitioner', 'Practitioner': 'practitioner',
            'valueSampedData': 'valueSampledData'}


@functools.cache
def steps_of(text):
    """a(B.c(D)).e → names and brackets, flat: every `(Type` becomes the `into` of the step before it."""
    text = text.split('=')[0].strip()
    text = re.sub(r'\[(\d+)\.', r'[\1].', text)                   # coding[3.version
    text = re.sub(r':[A-Za-z-]+', '', text)                         # extension[1]:group
    text = text.replace('.(', '(').replace('}', ']')
    text = re.sub(r'\(\[\d+\]', '(', text)
    steps = []
    for opening, name, index in re.findall(r'([(.]|^)\s*([$A-Za-z][A-Za-z|$]*)?\s*((?:\[[^\]]*\])*)', text):
        if not name:
            continue
        if opening == '(':
            if steps and steps[-1].name == 'reference':             # recorder.reference(Practitioner…)
                steps.pop()
            if steps:
                steps[-1] = steps[-1]._replace(into=name.replace('Practioner', 'Practitioner'))
            continue
        if name in ('$value', '$this'):
            continue
        if not steps and name[0].isupper():                         # Quantity.code
            continue
        if name[0].isupper() and name not in SPELLING:              # value.CodeableConcept
            steps[-1] = steps[-1]._replace(name=steps[-1].name + name)
            continue
        if steps and steps[-1].name == 'coding':                    # coding.value, coding.uri
            name = {'value': 'code', 'uri': 'system'}.get(name, name)
        steps.append(Step(SPELLING.get(name, name), index.strip('[]'), ''))
    return tuple(steps)


class Bundle:
    def __init__(self, bundle):
        self.resources = [e['resource'] for e in bundle.get('entry', [])]
        self.by_url = {e['fullUrl']: e['resource'] for e in bundle.get('entry', [])}

    def of(self, type_):
        return [r for r in self.resources if r['resourceType'] == type_]

    def into(self, node, type_):
        """The resources that a reference leads to; of a place also those that it is part of, because one PL is several."""
        if not isinstance(node, dict):
            return []
        if type_ in DATA_TYPES:
            return [node]
        found = self.by_url.get(node.get('reference'))
        if not found or found['resourceType'] not in type_.split('|'):
            return []
        out = [found]
        while type_ == 'Location' and 'partOf' in out[-1]:
            up = self.by_url.get(out[-1]['partOf'].get('reference'))
            if not up or up in out:
                break
            out.append(up)
        return out

    def follow(self, start, steps):
        """The ways from a resource along the steps: each the list of nodes passed, the last is what the path names."""
        ways = [[start]]
        for i, step in enumerate(steps):
            after = steps[i + 1].name if i + 1 < len(steps) else None
            ways = [way + more for way in ways for more in self.children(way[-1], step, after)]
        return ways

    def children(self, node, step, after):
        for value in items(node, step.name, after):
            if not step.into:
                yield [value]
                continue
            inside = self.into(value, step.into)
            for resource in inside:
                yield [value, resource]
            if not inside and after == 'identifier' and isinstance(value, dict) and 'identifier' in value:
                yield [value, value]                                # known by number only: a reference with an identifier

    def holds(self, node, words, depth=4, seen=()):
        """True when the node, or what it refers to, has one of the words in a text (a number: is that number)."""
        if isinstance(node, dict):
            if any(self.holds(v, words, depth, seen) for k, v in node.items() if k != 'reference'):
                return True
            there = self.by_url.get(node.get('reference')) if isinstance(node.get('reference'), str) else None
            return bool(there) and depth > 0 and there['id'] not in seen and self.holds(there, words, depth - 1, (*seen, there['id']))
        if isinstance(node, list):
            return any(self.holds(v, words, depth, seen) for v in node)
        if isinstance(node, bool):
            return False
        if isinstance(node, (int, float)):
            return any(same_number(node, w) for w in words)
        return any(w in node for w in words)


def same_number(value, text):
    try:
        return float(value) == float(text)
    except ValueError:
        return False


def items(node, name, after):
    """The values of an element, one by one; of a choice any type; of a primitive whose extension is asked for, what stands beside it."""
    if not isinstance(node, dict):
        return
    if after == 'extension' and '_' + name in node:
        values = node['_' + name]
    elif name in node:
        values = node[name]
    else:
        choice = next((k for k in node if k.startswith(name) and k[len(name):len(name) + 1].isupper()), None)
        if not choice:
            return
        values = node[choice]
    for value in values if isinstance(values, list) else [values]:
        if value is not None:
            yield value
