"""The guide's conditions: text to a tree; what a message must say to meet one, and to break it.
The texts follow no one grammar (`IS NOT VALUED`, `NOT EQUALS "x"`, `= "x"`, `A AND B NOT VALUED`, `COUNT>1`); this reads all that occur."""
import itertools
import re

SELF = '.'      # the row's own source


class Unreadable(Exception):
    pass


def tokens(text):
    text = re.sub(r'\bIF\b', ' ', text, flags=re.I)
    text = re.sub(r'\bAREA\b', 'ARE', text)
    text = re.sub(r'\b([A-Z]{2})(\d)\.NOT\b', r'\1.\2 NOT', text)
    text = re.sub(r'LESS THAN OR EQUALS?', '<=', text, flags=re.I)
    text = re.sub(r'GREATER THAN', '>', text, flags=re.I)
    text = re.sub(r'LST\.COUNT', 'COUNT', text, flags=re.I)
    found = re.findall(r'"[^"]*"|\'[^\']*\'|https?://\S+|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)*|\b[A-Z][A-Z0-9]{2}\b|<=|>=|!=|[=<>(),]|[A-Za-z]+|\d+', text)
    for token in found:
        if re.fullmatch(r'[A-Za-z]+', token) and token.upper() not in WORDS and not REF.match(token):
            raise Unreadable(token)
    return found


WORDS = {'AND', 'OR', 'NOT', 'IS', 'ARE', 'VALUED', 'VALUE', 'EQUALS', 'EQUAL', 'TO', 'IN', 'COUNT', 'LENGTH', 'EMPTY', 'DOES', 'EXIST'}
REF = re.compile(r'(?!NOT|AND|ARE)[A-Z][A-Z0-9]{2}$|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)*$')


def parse(text):
    """('and', […]) | ('or', […]) | ('test', ref, op, argument)"""
    left = tokens(text)
    if not left:
        return None
    last = [SELF]

    def literal(token):
        return token[1:-1] if token[0] in '"\'' else token

    def predicate(words):
        """words after a reference → (op, argument)"""
        names = [w.upper() for w in words]
        negated = 'NOT' in names
        if 'VALUED' in names and 'EQUAL' in names:               # VALUED NOT EQUAL PID-12
            return 'other-than', words[-1]
        if 'COUNT' in names or 'LENGTH' in names:
            what = 'count' if 'COUNT' in names else 'length'
            op = next((w for w in names if w in ('>', '<=', '=', 'EQUALS')), None)
            return what + ('=' if op == 'EQUALS' else op), int(names[-1])
        if 'IN' in names:
            if any(w.startswith('http') for w in words):
                return 'registered', None
            return ('not-in' if negated else 'in'), [literal(w) for w in words if w[0] in '"\'']
        if 'VALUED' in names or 'VALUE' in names or 'EXIST' in names:
            return ('empty' if negated else 'valued'), None
        if 'EMPTY' in names:
            return 'empty', None
        quoted = [literal(w) for w in words if w[0] in '"\'']
        if len(quoted) == 1:
            return ('not-in' if negated else 'in'), quoted
        raise Unreadable(' '.join(words))

    def test():
        refs = []
        while left and REF.match(left[0]):
            refs.append(left.pop(0))
            if len(left) > 1 and left[0].upper() in ('AND', 'OR') and REF.match(left[1]) :
                joint = left[0].upper()
                refs.append(joint)
                left.pop(0)
                continue
            break
        names = [r for r in refs if r not in ('AND', 'OR')] or [last[0]]
        joint = 'or' if 'OR' in refs else 'and'
        words = []
        while left and left[0].upper() not in ('AND', 'OR', ')') and not (REF.match(left[0]) and not (words and words[-1].upper() in ('EQUAL', 'EQUALS', '='))):
            if left[0] == '(' and not (words and words[-1].upper() == 'IN'):
                break
            if left[0] == '(':
                left.pop(0)
                while left and left[0] != ')':
                    words.append(left.pop(0))
                left and left.pop(0)
                break
            words.append(left.pop(0))
        if not words:
            raise Unreadable(text)
        op, argument = predicate(words)
        last[0] = names[-1]
        tests = [('test', name, op, argument) for name in names]
        return tests[0] if len(tests) == 1 else (joint, tests)

    def operand():
        if left and left[0] == '(':
            left.pop(0)
            inner = any_of()
            if left and left[0] == ')':
                left.pop(0)
            return inner
        return test()

    def all_of():
        parts = [operand()]
        while left and left[0].upper() != 'OR' and left[0] != ')':
            if left[0].upper() == 'AND':
                left.pop(0)
            parts.append(operand())
        return parts[0] if len(parts) == 1 else ('and', parts)

    def any_of():
        parts = [all_of()]
        while left and left[0].upper() == 'OR':
            left.pop(0)
            parts.append(all_of())
        return parts[0] if len(parts) == 1 else ('or', parts)

    tree = any_of()
    if left and left != [')']:
        raise Unreadable(text)
    return tree


OPPOSITE = {'valued': 'empty', 'empty': 'valued', 'in': 'not-in', 'not-in': 'in', 'count=': 'count!=', 'count>': 'count<=', 'count<=': 'count>', 'length>': 'length<=',
            'other-than': 'same-as', 'registered': 'unregistered'}


def negate(tree):
    if tree[0] == 'test':
        return ('test', tree[1], OPPOSITE[tree[2]], tree[3])
    return ('or' if tree[0] == 'and' else 'and', [negate(t) for t in tree[1]])


def ways(tree):
    """Lists of demands (ref, op, argument) that each make the tree true; of `IN ("A", "B")` one for each value."""
    if tree is None:
        return [[]]
    if tree[0] == 'test':
        if tree[2] == 'in':
            return [[(tree[1], 'is', v)] for v in tree[3]]
        return [[tree[1:]]]
    if tree[0] == 'and':
        return [list(itertools.chain(*combination)) for combination in itertools.product(*(ways(t) for t in tree[1]))]
    return [way for t in tree[1] for way in ways(t)]


def breaks(tree):
    """Ways to break the tree. Of an AND one part is broken while the others hold, so that each part is shown to matter."""
    if tree[0] == 'and':
        found = []
        for i, part in enumerate(tree[1]):
            others = [t for j, t in enumerate(tree[1]) if j != i]
            for broken in breaks(part):
                found += [broken + rest for rest in ways(('and', others))[:1]]
        return found
    if tree[0] == 'or':
        return [list(itertools.chain(*combination)) for combination in itertools.product(*(breaks(t) for t in tree[1]))]
    return ways(negate(tree))


def holds(tree, look):
    """look(ref) → (texts of the repetitions) as the message has them."""
    if tree is None:
        return True
    if tree[0] in ('and', 'or'):
        return (all if tree[0] == 'and' else any)(holds(t, look) for t in tree[1])
    _, ref, op, argument = tree
    found = look(ref)
    first = found[0] if found else ''
    return {'valued': lambda: bool(first), 'empty': lambda: not first, 'in': lambda: first in argument, 'not-in': lambda: first not in argument,
            'count=': lambda: len(found) == argument, 'count>': lambda: len(found) > argument, 'count<=': lambda: len(found) <= argument,
            'count!=': lambda: len(found) != argument, 'length>': lambda: len(first) > argument, 'length<=': lambda: len(first) <= argument,
            'other-than': lambda: bool(first) and first != (look(argument) or [''])[0], 'same-as': lambda: first == (look(argument) or [''])[0],
            'registered': lambda: bool(first), 'unregistered': lambda: not first}[op]()
