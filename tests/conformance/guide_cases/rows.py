"""The rows of the HL7 V2-to-FHIR guide (mappings/hl7v2/guide.tsv), and which of them our rules carry out."""
import collections
import functools
import pathlib
import re

import yaml

root = pathlib.Path(__file__).resolve().parents[3]
folder = root / 'mappings/hl7v2'

Row = collections.namedtuple('Row', 'kind map line usable code source target type uses table value condition')


def key(row):
    return f'{row.map}#{row.code if row.kind == "table" else row.line}'


def guide():
    lines = (folder / 'guide.tsv').read_text(encoding='utf-8').split('\n')[1:]
    return [Row(*line.split('\t')) for line in lines if line]


@functools.cache
def read(path):
    return yaml.load(path.read_text(encoding='utf-8'), Loader=getattr(yaml, 'CBaseLoader', yaml.BaseLoader)) or {}


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def rule_rows():
    """(map, line) of every rule; `ig: MAP#line` in a file of another name."""
    for kind in ('segments', 'datatypes', 'messages'):
        for path in sorted((folder / kind).glob('*.yaml')):
            for rule in read(path).get('rows' if kind == 'messages' else 'rules') or []:
                for ig in as_list(rule.get('ig')):
                    name, _, line = ig.rpartition('#')
                    yield name or path.stem, line


def table_codes():
    for path in sorted((folder / 'tables').glob('*.yaml')):
        for code in read(path).get('map') or {}:
            yield path.stem, code


class Deviations:
    """The rows that deviations.yaml lists: `MAP` is the whole map, `MAP#3, #5-7` lines of it; of a table the part after # is a code. `class: x` is every
    row of that class that no rule does."""

    def __init__(self, rows):
        self.tables = {r.map for r in rows if r.kind == 'table'}
        self.known = {(r.map, r.code if r.kind == 'table' else r.line) for r in rows}
        self.classes, self.problems = set(), []
        self.file = read(folder / 'deviations.yaml')

    def listed(self, name):
        """(map, line or None for the whole map) → the reason"""
        found = {}
        for entry in self.file.get(name) or []:
            if 'class' in entry:
                self.classes.add(entry['class'])
                continue
            for place in self.rows_of(entry['rows']):
                found[place] = entry['reason']
        return found

    def rows_of(self, text):
        """`MAP#3, #5-7, OTHER` → (map, line), (map, line), …, (other, None)"""
        last = None
        for part in re.split(r',\s+', text):
            map_name, sign, what = part.partition('#')
            last = map_name.strip() or last
            for line in self.lines(last, what, part) if sign else [None]:
                yield last, line

    def lines(self, name, what, part):
        span = re.fullmatch(r'(\d+)-(\d+)', what)
        if not span or name in self.tables:
            return [what]
        inside = [str(line) for line in range(int(span[1]), int(span[2]) + 1) if (name, str(line)) in self.known]
        if not inside:
            self.problems.append(f'deviations.yaml names {part}, which holds no row of the guide')
        return inside


def states(rows):
    """key → 'rule', 'elsewhere', or 'changed' (a rule does it differently, on purpose); rows that are not carried out are not in it."""
    listed = Deviations(rows)
    done, codes = set(rule_rows()), set(table_codes())
    changed, elsewhere = listed.listed('changed'), listed.listed('elsewhere')
    found = {}
    for row in rows:
        place = (row.map, row.code) if row.kind == 'table' else (row.map, row.line)
        has_rule = place in (codes if row.kind == 'table' else done)
        if place in changed or (row.map, None) in changed:
            found[key(row)] = 'changed'
        elif has_rule:
            found[key(row)] = 'rule'
        elif place in elsewhere or (row.map, None) in elsewhere:
            found[key(row)] = 'elsewhere'
    return found
