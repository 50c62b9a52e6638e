"""The rows of the guide's messages: that a segment of this message feeds that resource, and which resources refer to which. Shown by a row of the segment's
map, valued in this message at this place."""
import re

from . import cases, condition
from .rows import folder, key, read

TRIED = 4                                                           # rows of the segment's map that are tried until one shows it


def options(maker, row, passed, option, guide, states):
    path = folder / 'messages' / f'{row.map}.yaml'
    if ':' in row.source or not path.exists():
        raise cases.NoCase('the language cannot name the place of the segment')
    file = read(path)
    _, *groups, segment = row.source.split('.')
    place = (row.map, file['message'], file['types'][0], groups, segment, True)
    tree = condition.parse(row.condition) if row.condition else None
    beside = maker.read_as.get(key(row), {}).get('beside')
    others = {r.uses.lower() for r in guide if r.kind == 'message' and r.map == row.map and r.uses != row.uses and states.get(key(r))}
    found, why, later = 0, None, None
    for shows in sorted(maker.by_map.get(row.uses.lower(), []), key=lambda r: (bool(r.condition), maker.literal(r) is not None, bool(r.table))):
        if key(shows) not in passed or found == TRIED:
            continue
        carrier = next(maker.carriers(shows))
        own = condition.ways(condition.parse(shows.condition))[0] if shows.condition else []
        try:
            meets = [maker.make(shows, carrier, own + way, False, place=place, beside=beside) for way in condition.ways(tree)]
            breaks = [maker.make(shows, carrier, own + way, True, place=place, beside=beside) for way in (condition.breaks(tree) if tree and not same(maker, shows, others) else [])]
        except cases.NoCase as problem:
            why = problem
            continue
        breaks = [case for case in breaks if not maker.meets(shows, case, tree)]
        for case in meets + breaks:
            case.references = references(row)
        if tree and not breaks:
            later = later or option(meets, breaks, 'another map of the segment' if same(maker, shows, others) else None)
            continue
        yield option(meets, breaks, None)
        found += 1
    if not found and later:
        yield later
    elif not found:
        raise why or cases.NoCase('no row of the segment\'s map shows it in this message')


def same(maker, shows, others):
    """True when another map that the segment feeds in this message writes the same element of the same source: then nothing is missing when this one does not run."""
    mine = [(s.name, s.into) for s in maker.steps(shows)]
    return any(r.source == shows.source and [(s.name, s.into) for s in maker.steps(r)] == mine for name in others for r in maker.by_map.get(name, []))


def references(row):
    """`Encounter[1].subject=Patient[1]; …` → (Encounter, subject, Patient). A Bundle is none of our resources; a diagnosis is no reference, it has one."""
    found = []
    for text in filter(None, row.value.split('; ')):
        left, _, right = text.partition('=')
        from_type, _, path = re.sub(r'\[\d+\]', '', left).partition('.')
        to_type = re.sub(r'\[\d+\]', '', right)
        if 'Bundle' not in (from_type, to_type):
            found.append((from_type, 'diagnosis.condition' if (from_type, path) == ('Encounter', 'diagnosis') else path, to_type))
    return found
