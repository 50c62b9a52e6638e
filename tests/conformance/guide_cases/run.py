"""Makes the cases, has them converted in one go, judges, and tells."""
import collections
import json
import os
import re
import subprocess
import tempfile

from . import cases, condition, grammar, judge, messages, rows, tables, target
from .exceptions import Exceptions

here = rows.root / 'tests/conformance'
CARRIERS = 300                                                      # the most uses of a map in which a data type's row is tried


class Option:
    """A row in one message type: the cases that must hold, those that must not, and which other row says the same when its condition is broken."""

    def __init__(self, meets, breaks, same):
        self.meets, self.breaks, self.same = meets, breaks, same

    def wrong(self, exempt):
        """The cases that fail."""
        return [c for c in self.meets if not judge.found(c, c.bundle)] + [c for c in self.breaks if not exempt and judge.found(c, c.bundle)]


def writes_the_same(maker, row, case):
    """Another row of the map that says the same of the same element, and whose condition this message meets."""
    mine, literal = [(s.name, s.into) for s in maker.steps(row)], maker.literal(row)
    for other in maker.by_map[row.map.lower()]:
        if other is row or rows.key(other) not in maker.states or [(s.name, s.into) for s in maker.steps(other)] != mine or maker.literal(other) != literal:
            continue
        if other.source != row.source and not literal:
            continue
        try:
            tree = condition.parse(other.condition) if other.condition else None
        except condition.Unreadable:
            continue
        if maker.meets(other, case, tree):
            return rows.key(other)
    return None


def options(maker, row):
    tree = condition.parse(row.condition) if row.condition else None
    problem, count = None, 0
    for carrier in maker.carriers(row):
        try:
            meets = [maker.make(row, carrier, way, False) for way in condition.ways(tree)]
            if row.map == 'PL[Location]' and not tree and re.search('partOf|assigner', row.target) is None:      # the level alone, too
                meets += [maker.make(row, carrier, [], False, alone=True)]
        except cases.NoCase as found:
            problem = problem or found
            continue
        if not all(maker.meets(row, case, tree) and maker.reached(case) for case in meets):
            problem = problem or cases.NoCase('the condition contradicts itself')
            continue
        breaks, same = [], None
        for way in condition.breaks(tree) if tree else []:
            try:
                case = maker.make(row, carrier, way, True)
            except cases.NoCase:
                continue
            if maker.meets(row, case, tree) or not maker.reached(case):
                continue
            other = writes_the_same(maker, row, case)
            same = same or other
            if not other:
                breaks.append(case)
        yield Option(meets, breaks, same)
        count += 1
        if count == (1 if row.kind == 'segment' else CARRIERS):
            return
    if not count:
        raise problem or cases.NoCase('no row that is carried out uses the map')


def collect(report, maker, plain_maker, plain_rows, wanted, only):
    for row in wanted:
        name = rows.key(row)
        if name not in report.states or only and not {name, row.map} & only:
            continue
        if name in report.exceptions.no_case:
            report.no_case(row, report.exceptions.no_case[name])
            continue
        try:
            found, plain = list(options(maker, row)), []
        except cases.NoCase as problem:
            report.no_case(row, str(problem))
            continue
        except condition.Unreadable:
            report.no_case(row, 'the condition cannot be read')
            continue
        if name in report.exceptions.read_as:
            plain_maker.count = maker.count
            try:
                plain = list(options(plain_maker, plain_rows[name]))
            except (cases.NoCase, condition.Unreadable):
                pass
            maker.count = plain_maker.count
        yield row, found, plain


def collect_messages(report, maker, guide, passed):
    for row in guide:
        name = rows.key(row)
        if row.kind != 'message' or name not in report.states or report.excused(row):
            continue
        row = maker.read(row)
        try:
            yield row, list(messages.options(maker, row, passed, Option, guide, report.states)), []
        except cases.NoCase as problem:
            report.no_case(row, str(problem))
        except condition.Unreadable:
            report.no_case(row, 'the condition cannot be read')


def convert(all_cases):
    yilian = os.environ.get('YILIAN_BINARY', str(rows.root / 'build/release/bin/yilian'))
    with tempfile.NamedTemporaryFile('w', suffix='.hl7', encoding='utf-8') as file:
        file.write('\r'.join(line for c in all_cases for line in c.lines) + '\r')
        file.flush()
        done = subprocess.run([yilian, 'convert', '--config', here / 'lineage/yilian.yaml', '--feed', 'ward/his', file.name], capture_output=True, text=True, encoding='utf-8')
    refused = {int(m[1]): m[2] for m in re.finditer(r'message (\d+): not converted: (.*)', done.stderr)}
    answers = done.stdout.splitlines()
    if len(answers) + len(refused) != len(all_cases):
        raise SystemExit(f'{len(all_cases)} messages, {len(answers)} answers and {len(refused)} refused:\n{done.stderr[-2000:]}')
    answers = iter(answers)
    for number, case in enumerate(all_cases, 1):
        case.refused = refused.get(number, '')
        text = '{}' if case.refused else next(answers)
        case.bundle = target.Bundle(json.loads(text))
        if not case.refused and any(line.startswith(f'PID|1||P{case.number:05d}^') for line in case.lines) and f'"P{case.number:05d}"' not in text:
            raise SystemExit(f'the answer to message {number} is another message\'s')


def describe(case):
    row = case.row
    path = '.'.join(s.name + (f'({s.into})' if s.into else '') for s in case.steps)
    yield f'{rows.key(row)}  {row.source} -> {row.target}' + (f'  {row.condition}' if row.condition else '') + (' (broken)' if case.breaks else '')
    yield f'  expected {"not " if case.breaks else ""}{case.resource}.{path} {case.how} {case.text}' + (f' beside {" or ".join(case.anchor)}' if case.anchor else '') + (f' in {", ".join(case.urls.values())}' if case.urls else '')
    yield f'  found    {case.refused or judge.shown(case, case.bundle)}'
    for line in case.lines:
        yield '    ' + line


class Report:
    def __init__(self, states, exceptions):
        self.states, self.exceptions = states, exceptions
        self.failed, self.differ, self.none = [], collections.defaultdict(list), collections.defaultdict(list)
        self.passed, self.problems = [], list(exceptions.problems)
        self.broken, self.not_broken = 0, collections.defaultdict(list)
        self.maps = collections.defaultdict(collections.Counter)

    def judge(self, row, found, plain):
        """`plain`: the cases of the row as the guide has it, when guide-cases.yaml reads it otherwise."""
        name = rows.key(row)
        exempt = name in self.exceptions.not_broken
        option = next((o for o in found if not o.wrong(exempt)), found[0])
        wrong = option.wrong(exempt)
        if row.kind != 'message':                                   # every use of a data type's map must show the row; of a message one row of the map is enough
            other = next((o for o in found if o.wrong(exempt)), None)
            if name in self.exceptions.some_uses:
                if not other:
                    self.problems.append(f'guide-cases.yaml: some-uses names {name}, which every use shows')
            elif other:
                option, wrong = other, other.wrong(exempt)
        if set(self.exceptions.read_as.get(name, {})) - {'with', 'beside', 'in', 'breaking', 'codes', 'rows', 'reason'} and 'sharper' not in self.exceptions.read_as[name] and any(not o.wrong(exempt) for o in plain):
            self.problems.append(f'guide-cases.yaml: read-as names {name}, which passes as it stands')
        if exempt and not any(judge.found(c, c.bundle) for c in option.breaks):
            self.problems.append(f'guide-cases.yaml: not-broken names {name}, whose broken condition brings nothing')
        if name in self.exceptions.differs:
            self.differ[self.exceptions.differs[name]].append(name)
            self.maps[row.map]['differ'] += 1
            if not wrong:
                self.problems.append(f'guide-cases.yaml: differs names {name}, which passes')
        elif wrong and self.states[name] == 'changed':
            self.differ['deviations.yaml'].append(name)
            self.maps[row.map]['differ'] += 1
        elif wrong:
            self.failed.append((name, wrong))
            self.maps[row.map]['failed'] += 1
        else:
            self.passed.append(name)
            self.maps[row.map]['passed'] += 1
        if row.condition and not wrong:
            if exempt:
                self.not_broken[self.exceptions.not_broken[name]].append(name)
            elif option.breaks:
                self.broken += 1
            else:
                self.not_broken['another row says the same then' if option.same else 'no message breaks it'].append(name)

    def excused(self, row):
        name = rows.key(row)
        if name in self.exceptions.no_case:
            self.no_case(row, self.exceptions.no_case[name])
        return name in self.exceptions.no_case

    def code(self, row, wrong):
        """A code of a table: the case that fails, or None."""
        name = rows.key(row)
        if name in self.exceptions.differs:
            self.differ[self.exceptions.differs[name]].append(name)
            if not wrong:
                self.problems.append(f'guide-cases.yaml: differs names {name}, which passes')
        elif wrong:
            self.failed.append((name, [wrong]))
        else:
            self.passed.append(name)
        self.maps[row.map]['differ' if name in self.exceptions.differs else 'failed' if wrong else 'passed'] += 1

    def no_case(self, row, reason):
        name = rows.key(row)
        self.none[reason].append(name)
        self.maps[row.map]['no case'] += 1
        if name in self.exceptions.differs or name in self.exceptions.read_as:
            self.problems.append(f'guide-cases.yaml names {name}, for which there is no case: {reason}')


def main(usage, arguments):
    if '-h' in arguments or '--help' in arguments:
        print(usage)
        return 0
    only = {a for a in arguments if not a.startswith('-')}
    guide = rows.guide()
    states = rows.states(guide)
    exceptions = Exceptions(guide)
    maker = cases.Maker(grammar.Grammar(), guide, states, exceptions.read_as)
    plain_maker = cases.Maker(maker.grammar, guide, states, {})
    plain_rows = {rows.key(r): r for r in plain_maker.rows}
    report, shown = Report(states, exceptions), []
    for kind in ('segment', 'datatype'):
        todo = list(collect(report, maker, plain_maker, plain_rows, [r for r in maker.rows if r.kind == kind], only if kind == 'datatype' else set()))
        convert([c for _, found, plain in todo for o in found + plain for c in o.meets + o.breaks])
        for row, found, plain in todo:
            report.judge(row, found, plain)
        maker.shown = plain_maker.shown = set(report.passed)
        shown += todo
    if not only or any('[' not in o for o in only):
        todo = list(collect_messages(report, maker, guide, set(report.passed)))
        convert([c for _, found, plain in todo for o in found + plain for c in o.meets + o.breaks])
        for row, found, plain in todo:
            report.judge(row, found, plain)
        shown += todo
    if not only:
        tables.judge_codes(maker, guide, set(report.passed), convert, report)
    if only:
        for row, found, _ in shown:
            if not {rows.key(row), row.map} & only:
                continue
            for case in found[0].meets + found[0].breaks:
                print('ok' if judge.found(case, case.bundle) != case.breaks else 'FAIL', *describe(case), sep='\n  ')
        return 0
    return tell(report, {rows.key(r): r.kind for r in guide}, arguments)


def tell(report, kinds, arguments):
    for name, wrong in report.failed:
        for case in wrong[:2]:
            lines = list(describe(case))
            print('FAIL ' + ('' if name == rows.key(case.row) else f'{name} in ') + '\n'.join(lines[:3] if '-s' in arguments else lines))
    for problem in report.problems:
        print('FAIL', problem)
    if '-m' in arguments:
        for name, counts in sorted(report.maps.items()):
            print(f'{name:60} passed {counts["passed"]:4}   failed {counts["failed"]:3}   differ {counts["differ"]:3}   no case {counts["no case"]:3}')
    for title, groups in (('differ on purpose', report.differ), ('no case', report.none), ('broken condition not asserted', report.not_broken)):
        for reason, names in sorted(groups.items(), key=lambda g: -len(g[1])):
            print(f'{title}: {len(names):3}  {reason}' + ('  ' + ', '.join(names) if '-v' in arguments else ''))
    for kind in ('segment', 'datatype', 'message', 'table'):
        passed, failed, differ, none = (sum(kinds[n] == kind for n in names) for names in (
            report.passed, [n for n, _ in report.failed], [n for g in report.differ.values() for n in g], [n for g in report.none.values() for n in g]))
        print(f'{kind:9}rows with a case {passed + failed + differ:5}   passed {passed:5}   failed {failed:3}   differ on purpose {differ:4}   without a case {none:4}')
    print(f'{report.broken} of the conditions were also broken')
    failed = len(report.failed) + len(report.problems)
    print(f'{len(report.passed)} passed, {failed} failed')
    return 1 if failed else 0
