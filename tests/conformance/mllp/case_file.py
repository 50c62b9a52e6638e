"""The cases as they are written (cases/*.yaml), checked and made ready. README.md says what each part means."""
import re

import yaml

import message

TOKENS = {'VT': b'\x0b', 'FS': b'\x1c', 'CR': b'\r', 'LF': b'\n', 'NUL': b'\0', 'ENQ': b'\x05'}
KEYS = {'name', 'title', 'why', 'rule', 'messages', 'send', 'expect', 'each-answer', 'connections', 'receive-buffer', 'read', 'large', 'alone', 'for', 'names', 'but', 'differ', 'alike', 'if-taken'}
STEPS = {'send', 'pieces', 'every', 'cut', 'cut-pause', 'times', 'pause', 'half-close', 'close', 'reset', 'wait-for', 'meet', 'new-connection'}
CODES = {'A?': ('AA', 'AE', 'AR'), 'C?': ('CA', 'CE', 'CR')}


class Wrong(Exception):
    pass


class Case:
    def __init__(self, group, entry, values):
        unknown = set(entry) - KEYS
        if unknown or not {'name', 'title', 'why', 'rule', 'send', 'expect'} <= set(entry):
            raise Wrong(f'{group}/{entry.get("name")}: ' + (f'unknown: {sorted(unknown)}' if unknown else 'name, title, why, rule, send and expect are needed'))
        self.name = f'{group}/{entry["name"]}'
        self.title, self.why, self.rule = entry['title'], entry['why'], entry['rule']
        self.definitions = {'m': {}, 'n': {}, **entry.get('messages', {})}
        self.values = values
        self.steps = [each if isinstance(each, dict) else {'send': each} for each in entry['send']]
        for step in self.steps:
            if set(step) - STEPS:
                raise Wrong(f'{self.name}: unknown step {sorted(set(step) - STEPS)}')
        self.outcomes = [self.read_outcome(each) for each in entry['expect']]
        self.each_answer = entry.get('each-answer', {})
        self.if_taken = entry.get('if-taken', {})
        self.differ, self.alike = entry.get('differ'), entry.get('alike')
        self.connections = int(entry.get('connections', 1))
        self.receive_buffer = entry.get('receive-buffer')
        self.read = entry.get('read')  # {bytes: 64, every: 0.005}
        self.large, self.alone = bool(entry.get('large')), bool(entry.get('alone'))

    def read_outcome(self, given):
        """A list of (codes or None, message name or None, index), and whether the receiver has to close."""
        items, closed = [], False
        for each in [given] if isinstance(given, str) else given:
            if each in ('closed', 'silence'):
                closed = closed or each == 'closed'
                continue
            times = int(each['times']) if isinstance(each, dict) else 1
            codes, name = (each['each'] if isinstance(each, dict) else each).split()
            if name != '-' and name not in self.definitions:
                raise Wrong(f'{self.name}: no message {name}')
            items += [(None if codes == '-' else CODES.get(codes, tuple(codes.split('|'))), None if name == '-' else name, index) for index in range(times)]
        return items, closed

    def expected(self):
        def one(items, closed):
            names = [('/'.join(codes) if codes else 'any answer') + (f' to {name}' if name else '') for codes, name, _ in items]
            counted = names if len(names) < 4 or len(set(names)) > 1 else [f'{len(names)} times {names[0]}']
            return ', '.join(counted + (['closed'] if closed else [])) or 'silence'
        return '; or '.join(dict.fromkeys(one(*each) for each in self.outcomes)) + (f'; with {self.each_answer}' if self.each_answer else '')


class Maker:
    """The messages of one connection of a case: each its own, and the same when it is named again."""

    def __init__(self, case):
        self.case, self.made = case, {}

    def message(self, name, index=0):
        if (name, index) not in self.made:
            definition = dict(self.case.definitions[name])
            number = str(definition.get('MSH-10', ''))
            if number.startswith('='):  # the number of another one
                definition['MSH-10'] = self.message(number[1:]).control_id
            self.made[name, index] = message.Message(definition, self.case.values)
        return self.made[name, index]

    def bytes(self, text, index=0):
        out = b''
        for token, plain in re.findall(r'<([^<>]+)>|([^<>]+)', text):
            if plain:
                out += plain.encode()
            elif token in TOKENS:
                out += TOKENS[token]
            elif re.fullmatch(r'[0-9A-F]{2}( [0-9A-F]{2})*', token):
                out += bytes.fromhex(token)
            elif token in self.case.definitions:
                out += self.message(token, index).bytes
            else:
                raise Wrong(f'{self.case.name}: <{token}> is neither a mark, nor hexadecimal, nor a message')
        return out


def read_values(path):
    """Fields that a receiver needs otherwise: {'adt': {'PID-3': …}}."""
    try:
        with open(path, encoding='utf-8') as file:
            values = yaml.safe_load(file) or {}
        for base, fields in values.items():
            if base not in message.BASES:
                raise Wrong(f'{path}: {base} is none of {", ".join(message.BASES)}')
            for name in fields:
                message.place_of(name)
        return values
    except (OSError, AttributeError, ValueError, yaml.YAMLError) as error:
        raise Wrong(f'{path}: {error}')


def filled(value, word, by):
    """The entry with <word> replaced, for a case that is asked once for each value."""
    if isinstance(value, dict):
        return {key: filled(each, word, by) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, word, by) for each in value]
    if value == f'<{word}>':
        return by
    return value.replace(f'<{word}>', str(by)) if isinstance(value, str) else value


def asked_for_each(entry):
    """`for` and `names`: lists of one length, a case for each place in them; `but`: what is otherwise in a case, by what its name ends in."""
    words = {**entry.pop('for', {}), **entry.pop('names', {})}
    but = entry.pop('but', {})
    if not words:
        return [entry]
    if len({len(each) for each in words.values()}) != 1:
        raise Wrong(f'{entry["name"]}: the lists of `for` and `names` have to be of one length')
    out = []
    for at in range(len(next(iter(words.values())))):
        made = entry
        for word, many in words.items():
            made = filled(made, word, many[at])
        ending = next((each for each in but if made['name'].endswith('-' + each)), None)
        out.append({**made, **but.get(ending, {})})
    return out


def read_all(folder, values):
    cases = []
    for path in sorted(folder.glob('*.yaml')):
        for entry in yaml.safe_load(path.read_text(encoding='utf-8')):
            cases += [Case(path.stem.lstrip('0123456789-'), each, values) for each in asked_for_each(entry)]
    names = [case.name for case in cases]
    if len(set(names)) != len(names):
        raise Wrong('two cases have one name: ' + ', '.join(sorted({n for n in names if names.count(n) > 1})))
    return cases
