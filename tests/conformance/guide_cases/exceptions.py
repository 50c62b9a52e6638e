"""guide-cases.yaml: where a row is read otherwise than it stands, and where our rules differ from it on purpose."""
from .rows import Deviations, read, root

PARTS = {'read-as': {'in', 'with', 'beside', 'expect', 'source', 'target', 'type', 'uses', 'table', 'value', 'condition', 'breaking', 'codes', 'sharper'}, 'differs': set(), 'some-uses': set(), 'not-broken': set(), 'no-case': set()}


class Exceptions:
    """read_as: row → the entry; differs, some_uses, not_broken, no_case: row → the reason."""

    def __init__(self, guide):
        file = read(root / 'tests/conformance/guide-cases.yaml')
        names = Deviations(guide)
        self.problems = [f'guide-cases.yaml: {part} is none of {", ".join(PARTS)}' for part in file if part not in PARTS]
        self.parts = {}
        for part in PARTS:
            found = self.parts[part] = {}
            for entry in file.get(part) or []:
                unknown = set(entry) - PARTS[part] - {'rows', 'reason'}
                if unknown or not entry.get('reason'):
                    self.problems.append(f'guide-cases.yaml: {part}: {entry.get("rows")}: ' + (f'{sorted(unknown)} is not known' if unknown else 'without a reason'))
                for map_name, line in self.places(names, entry['rows']):
                    name = f'{map_name}#{line}'
                    if (map_name, line) not in names.known:
                        self.problems.append(f'guide-cases.yaml: {part} names {name}, which is no row of the guide')
                    if name in found:
                        self.problems.append(f'guide-cases.yaml: {part} names {name} twice')
                    found[name] = entry if part == 'read-as' else entry['reason']
        self.problems += names.problems
        self.read_as, self.differs, self.some_uses, self.not_broken, self.no_case = (self.parts[p] for p in PARTS)

    @staticmethod
    def places(names, text):
        """A map without a line is all its rows."""
        for map_name, line in names.rows_of(text):
            yield from [(map_name, line)] if line is not None else sorted(place for place in names.known if place[0] == map_name)
