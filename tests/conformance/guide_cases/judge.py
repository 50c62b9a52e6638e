"""Does a Bundle hold what a case says?"""
import json

from . import target


def holders(case, bundle):
    """The resources whose element is there as the row says: with this value, in the item that belongs to it."""
    return [r for r in bundle.of(case.resource) if any(fits(case, bundle, way[-1]) and beside(case, bundle, way) for way in bundle.follow(r, case.steps))]


def found(case, bundle):
    return bool(holders(case, bundle)) and all(refers(case, bundle, *r) for r in case.references)


def refers(case, bundle, from_type, path, to_type):
    """True when such a resource (of those that hold the case's value, when it is their type) refers to one of the other type."""
    starts = holders(case, bundle) if from_type == case.resource else bundle.of(from_type)
    steps = target.steps_of(path)
    for start in starts:
        for way in bundle.follow(start, steps):
            there = bundle.by_url.get(way[-1].get('reference')) if isinstance(way[-1], dict) else None
            if there and there['resourceType'] == to_type and (to_type != case.resource or from_type == to_type or there in holders(case, bundle)):
                return True
    return False


def fits(case, bundle, node):
    how, text = case.how, case.text
    if how == 'there':
        return True
    if how == 'holds':
        return bundle.holds(node, text)
    if how == 'coding':
        return any(c.get('code') == text[0] and text[1] in ('', c.get('system')) for c in codings(node))
    if isinstance(node, (dict, list)):
        return bundle.holds(node, [text])
    if how == 'number':
        return target.same_number(node, text)
    value = str(node).lower() if isinstance(node, bool) else str(node)
    if how == 'starts':
        return value.startswith(text)
    return ' '.join(value.split()) == ' '.join(text.split())


def codings(node):
    if isinstance(node, list):
        for item in node:
            yield from codings(item)
    elif isinstance(node, dict):
        if 'code' in node and isinstance(node['code'], str):
            yield node
        for value in node.values():
            yield from codings(value)


def beside(case, bundle, way):
    place, at = {0: 0}, 0                                   # a step into a reference passes two nodes
    for i, step in enumerate(case.steps, 1):
        at += 2 if step.into and len(way) > at + 2 else 1
        place[i] = min(at, len(way) - 1)
    if case.anchor:
        item = way[place[case.anchored]]
        is_place = isinstance(item, dict) and item.get('resourceType') == 'Location'        # what it is part of is another place
        if not bundle.holds(item, case.anchor, 0 if is_place else 4):
            return False
    return all(isinstance(way[place[i]], dict) and way[place[i]].get('url') == url for i, url in case.urls.items())


def shown(case, bundle):
    """What stands at the path, for the report."""
    missing = [f'no {a}.{path} to a {b}' for a, path, b in case.references if not refers(case, bundle, a, path, b)]
    if missing and holders(case, bundle):
        return ', '.join(missing)
    seen = []
    for resource in bundle.of(case.resource):
        for way in bundle.follow(resource, case.steps):
            seen.append(json.dumps(way[-1], ensure_ascii=False))
    if not bundle.of(case.resource):
        return f'no {case.resource}; made: ' + ', '.join(sorted({r["resourceType"] for r in bundle.resources}))
    return ', '.join(seen)[:300] or 'nothing there'
