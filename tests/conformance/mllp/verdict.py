"""Whether what was seen is one of the outcomes that a case allows, and what was seen in one line."""
import re

import message


def agrees(answer, codes, sent):
    return (codes is None or answer.field('MSA-1') in codes) and (sent is None or answer.field('MSA-2') == sent.control_id)


def fits(seen, items, closed):
    if closed and not seen.closed:
        return False
    if len(seen.answers) != len(items):
        return False
    return all(agrees(answer, codes, None if name is None else seen.maker.message(name, index)) for answer, (codes, name, index) in zip(seen.answers, items))


def wanted(value, seen):
    """What a field has to be: '=m MSH-5' is that of a message; a list allows each of its values."""
    if isinstance(value, list):
        return [each for one in value for each in wanted(one, seen)]
    value = str(value)
    match = re.fullmatch(r'=(\w+) (\S+)', value)
    return [seen.maker.message(match.group(1)).field(match.group(2))] if match else [value]


def wrong_charset(answer, sent_in):
    """An answer that says nothing of its charset is in that of the message."""
    declared = message.declared(answer.text)
    charset = message.CHARSETS.get(declared, sent_in if not declared else None)
    if charset is None:
        return None  # one that we do not know
    try:
        return None if answer.bytes.decode(charset) == answer.text else f'its charset is not {declared or sent_in}'
    except UnicodeDecodeError:
        return f'its bytes are not {declared or sent_in}'


def wrong_field(answer, checks, seen):
    """The first field that is not as it has to be, or nothing."""
    for name, value in checks.items():
        if name == 'charset':
            if wrong := wrong_charset(answer, value):
                return wrong
            continue
        found = answer.text[:int(name[6:])] if name.startswith('first-') else answer.field(name)
        if value == '+' and found == '':
            return f'{name} is empty'
        if value == '+' or (isinstance(value, str) and value.startswith('/') and re.search(value.strip('/'), found)):
            continue
        if found not in wanted(value, seen):
            return f'{name} is {found!r}'
    return None


def first_wrong(case, seen):
    for answer in seen.answers:
        taken = answer.field('MSA-1') in ('AA', 'CA')
        if wrong := wrong_field(answer, {**case.each_answer, **(case.if_taken if taken else {})}, seen):
            return wrong
    if case.differ:
        found = [answer.field(case.differ) for answer in seen.answers]
        if len(set(found)) != len(found) or '' in found:
            return f'{case.differ} is the same, or empty, in several answers'
    if case.alike and len({answer.field(case.alike) for answer in seen.answers}) > 1:
        return f'{case.alike} is not the same in all answers'
    return None


def shown(seen):
    """'AA to m', '100 answers: AA to m …': names of messages instead of their numbers."""
    names = {each.control_id: name if index == 0 else f'{name}[{index}]' for (name, index), each in seen.maker.made.items() if each.control_id}
    def one(answer):
        if not answer.text.startswith('MSH'):
            return 'a frame that is no HL7'
        number = answer.field('MSA-2')
        return f'{answer.field("MSA-1") or "no MSA-1"} {names.get(number, repr(number) if number else "(MSA-2 empty)")}'
    parts = [one(each) for each in seen.answers[:4]]
    if len(seen.answers) > 4:
        parts.append(f'… {len(seen.answers)} answers')
    if seen.outside.strip(b'\r\n'):
        parts.append(f'{len(seen.outside)} bytes outside of a frame')
    if seen.closed:
        parts.append('closed')
    return ', '.join(parts) or 'silence'


def judge_one(case, seen):
    allowed = any(fits(seen, items, closed) for items, closed in case.outcomes) and not seen.outside.strip(b'\r\n')
    wrong = first_wrong(case, seen) if allowed else None
    return allowed and wrong is None, shown(seen) + (f', {wrong}' if wrong else '')


def judge(case, all_seen):
    """(right or not, one line, the bytes)."""
    verdicts = [judge_one(case, seen) for seen in all_seen]
    bad = [at for at, (right, _) in enumerate(verdicts) if not right]
    told = verdicts[bad[0] if bad else 0][1]
    if len(all_seen) > 1:
        told = f'{len(bad)} of {len(all_seen)} connections: {told}' if bad else f'{len(all_seen)} connections, each {told}'
    return not bad, told, all_seen[bad[0] if bad else 0].data
