"""The text form of search cases (README.md says what may stand in it): read strictly, so that a mistake in a file is a failure and no silent pass."""
import json, re
from urllib.parse import quote

import yaml

CASE_KEYS = {'search', 'test', 'finds', 'order', 'includes', 'values', 'refused', 'total', 'pages', 'post', 'headers', 'self', 'self-lacks', 'outcome', 'has', 'lacks', 'subsetted',
             'differs', 'theirs', 'open', 'or', 'limit', 'why'}
STORE_KEYS = {'about', 'source', 'licence', 'resources', 'defaults', 'updates', 'deletes', 'cases', 'made', 'texts', 'may-refuse'}


class Number(str):
    """A decimal as it is written: 5.00 is not 5."""


class Loader(yaml.SafeLoader):
    """YAML with the plain types of JSON only: a date stays text, `no` stays text, a decimal keeps its digits, a key stands once."""

    def construct_mapping(self, node, deep=False):
        keys = [k.value for k, _ in node.value]
        twice = {k for k in keys if keys.count(k) > 1}
        if twice:
            raise yaml.YAMLError(f'line {node.start_mark.line + 1}: twice in one mapping: {", ".join(sorted(twice))}')
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (('bool', r'true|false', 'tf'), ('null', r'null|~|', ['n', '~', '']), ('int', r'-?(0|[1-9][0-9]*)', '-0123456789'),
                            ('float', r'-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?', '-0123456789')):
    Loader.add_implicit_resolver('tag:yaml.org,2002:' + tag, re.compile(f'^(?:{pattern})$'), list(first))
Loader.add_constructor('tag:yaml.org,2002:float', lambda loader, node: Number(node.value))


def to_json(value):
    if isinstance(value, dict):
        return '{' + ','.join(json.dumps(str(k)) + ':' + to_json(v) for k, v in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ','.join(map(to_json, value)) + ']'
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def escaped(text):
    """What a reader would type, as a URL carries it; %XX that stands there stays."""
    address, mark, query = text.partition('?')
    parts = []
    for part in query.split('&') if mark else []:
        name, is_, value = part.partition('=')
        parts.append(quote(name, safe="%:,$|*/-_.~") + is_ + quote(value, safe="%:,$|*/-_.~!()';@="))
    return quote(address, safe='/$*%:-_.~') + mark + '&'.join(parts)


def names(text):
    return str(text or '').split()


def filled(value, mark, text):
    """A value of YAML with a mark in its texts and keys replaced."""
    if isinstance(value, dict):
        return {filled(k, mark, text): filled(v, mark, text) for k, v in value.items()}
    if isinstance(value, list):
        return [filled(v, mark, text) for v in value]
    return value.replace(mark, text) if type(value) is str else value


class Expected:
    """One way a case may come out."""

    def __init__(self, given, here):
        if isinstance(given, str) or given is None:
            given = {'finds': given}
        given = dict(given)
        unknown = set(given) - CASE_KEYS
        if unknown:
            raise ValueError(f'{here}: unknown words: {", ".join(sorted(unknown))}')
        self.refused = given.get('refused')
        self.ordered = 'order' in given
        self.finds = names(given['order'] if self.ordered else given['finds']) if self.ordered or 'finds' in given else None
        self.ties = [t.split('=') for t in self.finds or []]  # a=b: the two in either order
        if self.ordered:
            self.finds = [n for t in self.ties for n in t]
        self.includes = names(given.get('includes')) if 'includes' in given else ([] if self.finds is not None else None)
        self.total, self.pages = given.get('total'), given.get('pages')
        self.in_self, self.not_in_self = names(given.get('self')), names(given.get('self-lacks'))
        self.outcome, self.subsetted = given.get('outcome'), given.get('subsetted')
        self.has, self.lacks = given.get('has') or {}, given.get('lacks') or {}
        if not (self.refused or self.finds is not None or self.total is not None):
            raise ValueError(f'{here}: nothing is expected: finds, order, total or refused')

    def in_order(self, got):
        """Whether names stand as `order` asks, ties in any order."""
        place = {name: number for number, tie in enumerate(self.ties) for name in tie}
        numbers = [place.get(name, -1) for name in got]
        return sorted(got) == sorted(self.finds) and numbers == sorted(numbers)

    def text(self):
        if self.refused:
            return f'refused {self.refused}'
        told = [] if self.finds is None else [('in order ' if self.ordered else '') + (' '.join(map('='.join, self.ties)) or 'nothing')]
        if self.includes:
            told.append('with ' + ' '.join(self.includes))
        if self.total is not None:
            told.append(f'total {self.total}')
        return ', '.join(told)


class Case:
    def __init__(self, group, value, given, here):
        merged = {k: v for k, v in group.items() if k != 'values' and not (value is not None and k in ('finds', 'order') and isinstance(v, dict))}
        if value is not None:
            # A row of a table: {value: names} or {value: {anything of a case}}
            word = 'order' if 'order' in group else 'finds'
            merged.update(given if isinstance(given, dict) else {} if 'values' in group else {word: given})
        self.search = str(group['search']).replace('{}', str(value)) if value is not None else str(group['search'])
        self.post, self.headers = merged.get('post'), merged.get('headers') or {}
        if self.post is not None and value is not None:
            self.post = self.post.replace('{}', str(value))
        self.answers = [Expected({k: v for k, v in merged.items() if k != 'or'}, here)]
        if 'or' in merged:
            if not merged.get('open') and not merged.get('limit'):
                raise ValueError(f'{here}: `or` needs `open`, where the specification leaves both open, or `limit`, where ours are')
            self.answers += [Expected(other, here) for other in (merged['or'] if isinstance(merged['or'], list) else [merged['or']])]
        if 'theirs' in merged and not merged.get('differs'):
            raise ValueError(f'{here}: `theirs` needs `differs`')


class Store:
    """What one daemon holds and is asked: a document of a file."""

    def __init__(self, document, here):
        unknown = set(document) - STORE_KEYS
        if unknown:
            raise ValueError(f'{here}: unknown words: {", ".join(sorted(unknown))}')
        for name, text in (document.get('texts') or {}).items():  # texts too long to write often: {name} stands for them
            document = filled(document, '{' + name + '}', text['repeat'] * text['times'] if isinstance(text, dict) else text)
        self.defaults = document.get('defaults') or {}
        self.resources = [self.resource(k, v, here) for k, v in (document.get('resources') or {}).items()]
        for made in document.get('made') or []:
            self.resources += self.made(made, here)
        self.updates = [self.resource(k, v, here) for one in document.get('updates') or [] for k, v in one.items()]
        self.deletes = document.get('deletes') or []
        self.may_refuse = set(names(document.get('may-refuse')))
        self.cases = []
        for number, group in enumerate(document.get('cases') or [], 1):
            self.cases += self.rows(group, f'{here}, case {number} ({group.get("search")})')
        known = {place for place, _ in self.resources} | {place.split('/')[1] for place, _ in self.resources}
        for case in self.cases:
            for answer in case.answers:
                for name in (answer.finds or []) + (answer.includes or []) + list(answer.has) + list(answer.lacks):
                    if name not in known:
                        raise ValueError(f'{here}: {case.search}: no resource is called {name}')

    def resource(self, place, content, here):
        kind, _, name = place.partition('/')
        if not re.fullmatch(r'[A-Z][A-Za-z]+', kind) or not re.fullmatch(r'[A-Za-z0-9.-]{1,64}', name):
            raise ValueError(f'{here}: "{place}" is no Type/name')
        whole = {'resourceType': kind, 'id': name, **self.defaults.get(kind, {}), **(content or {})}
        return place, to_json(whole)

    def made(self, given, here):
        """`made: [{Patient/p{}: {…{}…}, count: 30}]`: many alike, numbered from 0."""
        place, content = next((k, v) for k, v in given.items() if k != 'count')
        return [self.resource(place.replace('{}', str(i)), filled(content or {}, '{}', str(i)), here) for i in range(given['count'])]

    @staticmethod
    def rows(group, here):
        unknown = set(group) - CASE_KEYS
        if unknown:
            raise ValueError(f'{here}: unknown words: {", ".join(sorted(unknown))}')
        table = group.get('order') if isinstance(group.get('order'), dict) else group.get('finds') if isinstance(group.get('finds'), dict) else None
        if table is None and 'values' in group:
            table = {v: None for v in group['values']}
        if table is None:
            if '{}' in group['search']:
                raise ValueError(f'{here}: a place for values and no table of them')
            return [Case(group, None, None, here)]
        return [Case(group, value, given, f'{here}, {value}') for value, given in table.items()]


def read(path):
    """The stores of a file."""
    text = path.read_text(encoding='utf-8')
    return [Store(document, f'{path.name}, store {number}') for number, document in enumerate(yaml.load_all(text, Loader), 1) if document]
