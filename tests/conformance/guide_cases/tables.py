"""The codes of the guide's tables: each in a message of a row that names the table."""
import itertools

from . import cases, condition, judge
from .rows import key

USES = 4                                                            # how many uses of a table are tried until one shows the code


def users(maker, table, passed):
    """(row, carrier) of the rows that name the table and whose own case passes: a use of each row first, then further uses."""
    found = []
    for row in maker.rows:
        if maker.table(row) is not None and maker.table(row) is maker.tables.get(table) and row.table and key(row) in passed:
            for turn, carrier in enumerate(itertools.islice(maker.carriers(row), USES)):
                found.append((turn, bool(row.condition), len(found), row, carrier))
    return [(row, carrier) for *_, row, carrier in sorted(found, key=lambda f: f[:3])][:USES]


def judge_codes(maker, guide, passed, convert, report):
    """Round by round: what the first use does not show is tried in the next."""
    rest = [r for r in guide if r.kind == 'table' and report.states.get(key(r)) == 'rule' and not report.excused(r)]
    uses = {table: users(maker, table, passed) for table in {r.map for r in rest}}
    wrong = {}
    for turn in range(USES):
        todo = []
        for row in rest:
            if turn >= len(uses[row.map]):
                if not uses[row.map]:
                    report.no_case(row, 'no row that is carried out names the table')
                continue
            user, carrier = uses[row.map][turn]
            way = condition.ways(condition.parse(user.condition))[0] if user.condition else []
            try:
                todo.append((row, maker.make(user, carrier, way, False, row.code)))
            except cases.NoCase as problem:
                report.no_case(row, str(problem))
        convert([case for _, case in todo])
        rest = []
        for row, case in todo:
            if judge.found(case, case.bundle):
                report.code(row, None)
                wrong.pop(key(row), None)
            else:
                wrong.setdefault(key(row), (row, case))
                rest.append(row)
    for row, case in wrong.values():
        report.code(row, case)
