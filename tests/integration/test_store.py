"""What becomes of the store when its disk or its file fails: the error is plain, nothing wrong is served, and a backup brings all back."""
import json, os, random, shutil, sqlite3, subprocess, threading, time

from harness import YILIAN, Daemon, NotHere, code, oru
from test_rest import issue

PAGE = 4096


def patient(number):
    return {'resourceType': 'Patient', 'id': f'p{number}', 'identifier': [{'system': 'urn:test', 'value': os.urandom(300).hex()}], 'name': [{'family': f'F{number}'}]}


def put_all(d, resources):
    for resource in resources:
        status, answer, _ = d.request('PUT', '/fhir/Patient/' + resource['id'], resource)
        assert status in (200, 201), answer


def without_meta(resource):
    return {name: value for name, value in resource.items() if name != 'meta'}


def pages_of(path, table):
    """The numbers of the pages that hold the table's rows (not its tree)."""
    with sqlite3.connect(path) as file:
        return [row[0] for row in file.execute("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno", (table,))]


def backup(d, to):
    """As docs/hospital-it.md says, while the daemon runs."""
    subprocess.run([YILIAN, 'store', 'backup', '--config', d.folder / 'yilian.yaml', to], check=True, stdout=subprocess.DEVNULL)


def restore(d, copy):
    """The daemon is stopped. The log belongs to the damaged file, and goes with it."""
    for name in ('yilian.db', 'yilian.db-wal', 'yilian.db-shm'):
        (d.folder / 'data' / name).unlink(missing_ok=True)
    shutil.copy(copy, d.folder / 'data' / 'yilian.db')


def read_back(d, resources):
    """Whole or refused, and never anything else. How many were refused."""
    refused = 0
    for resource in resources:
        status, answer, _ = d.request('GET', '/fhir/Patient/' + resource['id'])
        if status == 200:
            assert without_meta(json.loads(answer)) == resource, resource['id']
            continue
        told = issue(answer)
        assert status == 500 and told['code'] == 'no-store' and 'backup' in told['diagnostics'], (status, answer)
        refused += 1
    return refused


def test_a_damaged_page_is_told_and_the_backup_brings_all_back():
    with Daemon() as d:
        resources = [patient(n) for n in range(300)]
        put_all(d, resources)
        copy = d.folder / 'copy.db'
        backup(d, copy)
        d.stop()
        path = d.folder / 'data' / 'yilian.db'
        pages = pages_of(path, 'body')
        assert len(pages) > 10
        with open(path, 'r+b') as file:
            for page in pages[3:6]:
                file.seek((page - 1) * PAGE)
                file.write(random.Random(page).randbytes(PAGE))
        d.start()
        refused = read_back(d, resources)
        assert 0 < refused < 100, refused
        status, answer, _ = d.request('GET', '/fhir/Patient?_count=1000')
        assert status == 500 and issue(answer)['code'] == 'no-store', answer
        d.stop()
        restore(d, copy)
        d.start()
        assert read_back(d, resources) == 0
        assert len(d.search('Patient?_count=1000')) == 300


def test_a_single_bit_that_turned_is_never_served():
    with Daemon() as d:
        resources = [patient(n) for n in range(200)]
        put_all(d, resources)
        d.stop()
        path, rng = d.folder / 'data' / 'yilian.db', random.Random(4)
        with open(path, 'r+b') as file:
            for page in pages_of(path, 'body'):
                at = (page - 1) * PAGE + rng.randrange(PAGE // 2, PAGE)  # rows fill a page from its end
                file.seek(at)
                byte = file.read(1)[0] ^ 1 << rng.randrange(8)
                file.seek(at)
                file.write(bytes([byte]))
        d.start()
        assert read_back(d, resources) > 0


SEARCHES = ['Patient?_count=400', 'Patient?family=F1&_sort=-family', 'Patient?identifier=urn:test|n7', 'Patient?birthdate=ge1970-05-01&_sort=birthdate', 'Patient?gender:not=male',
            'Patient?active:missing=true', 'Patient?_has:Observation:subject:code=c3', 'Observation?patient=p5', 'Observation?subject.family=F12', 'Observation?code=c2&_sort=-date',
            'Observation?value-quantity=gt5||mmol', 'Observation?code:text=glucose', 'Observation?_content=glucose', 'Observation?_include=Observation:subject&code=c1',
            'Observation?_lastUpdated=gt2020-01-01&_sort=_lastUpdated', 'Patient?_summary=count', 'Patient?family:contains=1&_count=50', 'Patient/p9/$everything']


def store_for_searches(d):
    """Enough commits that the index lies in runs, and more that wait; some changed, some deleted."""
    def observation(number):
        return {'resourceType': 'Observation', 'id': f'o{number}', 'status': 'final', 'code': {'coding': [{'system': 'urn:c', 'code': f'c{number % 4}'}], 'text': f'Glucose {number}'}, 'subject': {'reference': f'Patient/p{number % 60}'},
                'effectiveDateTime': f'2026-03-{1 + number % 28:02}', 'valueQuantity': {'value': number % 13, 'system': 'http://unitsofmeasure.org', 'code': 'mmol', 'unit': 'mmol'}}

    for number in range(60):
        put_all(d, [{'resourceType': 'Patient', 'id': f'p{number}', 'identifier': [{'system': 'urn:test', 'value': f'n{number}'}], 'name': [{'family': f'F{number}'}], 'gender': ['male', 'female'][number % 2],
                     'birthDate': f'19{70 + number % 20}-0{1 + number % 9}-11', **({'active': True} if number % 3 else {})}])
    for number in range(300):
        status, answer, _ = d.request('PUT', f'/fhir/Observation/o{number}', observation(number))
        assert status == 201, answer
    for number in range(0, 300, 9):
        assert d.request('PUT', f'/fhir/Observation/o{number}', {**observation(number + 1), 'id': f'o{number}'})[0] == 200
    for number in range(5, 300, 31):
        assert d.request('DELETE', f'/fhir/Observation/o{number}')[0] in (200, 204)


def found(d, search):
    """What a search finds over its pages, or nothing: it was refused as it should be."""
    out, path = [], '/fhir/' + search
    while path:
        status, answer = d.get(path)
        if status != 200:
            told = issue(answer)
            assert status == 500 and told['code'] == 'no-store' and 'backup' in told['diagnostics'], (search, status, answer)
            return None
        bundle = json.loads(answer)
        out += [bundle.get('total')] + [(e['resource']['resourceType'], e['resource']['id'], e['resource']['meta']['versionId']) for e in bundle.get('entry', [])]
        path = next((l['url'].split(f':{d.http_port}')[-1] for l in bundle['link'] if l['relation'] == 'next'), None)
    return out


def damage(path, pages, rng, whole):
    """One page with other bytes, or with a bit that turned."""
    with open(path, 'r+b') as file:
        at = (rng.choice(pages) - 1) * PAGE
        file.seek(at)
        before = file.read(PAGE)
        bit = rng.randrange(PAGE * 8)
        after = bytearray(rng.randbytes(PAGE) if whole else before)
        if not whole:
            after[bit // 8] ^= 1 << bit % 8
        file.seek(at)
        file.write(bytes(after))


def test_a_search_on_a_damaged_file_is_right_or_refused():
    with Daemon() as d:
        store_for_searches(d)
        right = {search: found(d, search) for search in SEARCHES}
        assert all(answer and len(answer) > 1 or 'count' in search for search, answer in right.items()), right
        d.stop()
        path, copy, rng = d.folder / 'data' / 'yilian.db', d.folder / 'whole.db', random.Random(7)
        shutil.copy(path, copy)
        tables = {table: pages_of(path, table) for table in ('index_piece', 'index_piece_first', 'resource_group', 'resource', 'body')}
        tables['any'] = list(range(2, path.stat().st_size // PAGE + 1))
        assert all(tables.values()), {table: len(pages) for table, pages in tables.items()}
        for table, pages in tables.items():
            for whole in (True, False):
                for _ in range(2):
                    restore(d, copy)
                    damage(path, pages, rng, whole)
                    try:
                        d.start()
                    except AssertionError as error:  # what it needs to start is damaged
                        assert 'backup' in str(error), error
                        continue
                    answers = {search: found(d, search) for search in SEARCHES}
                    d.stop()
                    for search, answer in answers.items():
                        assert answer is None or answer == right[search], (table, search, answer, right[search])
                    # All of these are looked at by one of them.
                    assert table not in ('index_piece_first', 'body', 'resource_group') or None in answers.values(), (table, whole)
        restore(d, copy)
        d.start()
        assert {search: found(d, search) for search in SEARCHES} == right


def reindex(d, to):
    return subprocess.run([YILIAN, 'store', 'reindex', '--config', d.folder / 'yilian.yaml', *([to] if to else [])], capture_output=True, text=True)


def test_a_damaged_index_is_made_anew_and_nothing_is_lost():
    with Daemon() as d:
        store_for_searches(d)
        own = {'resourceType': 'SearchParameter', 'id': 'own', 'url': 'http://x/own', 'name': 'own', 'status': 'active', 'description': 'own', 'code': 'own', 'base': ['Patient'], 'type': 'token', 'expression': 'Patient.gender'}
        assert d.request('PUT', '/fhir/SearchParameter/own', own)[0] == 201
        searches = [*SEARCHES, 'Patient?own=male']
        end = time.time() + 40
        while d.get('/fhir/Patient?own=male')[0] == 503 and time.time() < end:
            time.sleep(0.2)
        right = {search: found(d, search) for search in searches}
        versions, deleted = d.json('/fhir/Observation/o0/_history')['total'], d.get('/fhir/Observation/o5')[0]
        d.stop()
        if d.store:
            assert reindex(d, None).returncode == 0
        else:
            path, rng, new = d.folder / 'data' / 'yilian.db', random.Random(11), d.folder / 'new.db'
            shutil.copy(path, d.folder / 'whole.db')
            for table in ('index_piece', 'index_piece_first', 'index_change', 'index_run'):
                for page in pages_of(path, table):
                    damage(path, [page], rng, page % 2)
            try:  # it looks for the hospital's Organization
                d.start()
            except AssertionError as error:
                assert 'backup' in str(error), error
            else:
                raise AssertionError('it started')
            done = reindex(d, new)
            assert done.returncode == 0 and '362 resources' in done.stdout, (done.stdout, done.stderr)
            assert 'is there already' in reindex(d, new).stderr
            # What cannot be made anew is not passed over.
            damage(path, pages_of(d.folder / 'whole.db', 'body')[3:4], rng, True)
            done = reindex(d, d.folder / 'other.db')
            assert done.returncode == 1 and 'backup' in done.stderr and not list(d.folder.glob('other.db*')), done.stderr
            restore(d, new)
        d.start()
        assert {search: found(d, search) for search in searches} == right
        assert d.json('/fhir/Observation/o0/_history')['total'] == versions and d.get('/fhir/Observation/o5')[0] == deleted == 410
        assert d.request('PUT', '/fhir/Patient/p1', {'resourceType': 'Patient', 'id': 'p1', 'gender': 'other'})[0] == 200
        assert [p['id'] for p in d.search('Patient?own=other')] == ['p1'] and 'p1' not in [p['id'] for p in d.search('Patient?own=female')]


def test_a_backup_while_clients_write_has_all_that_was_acknowledged_before():
    with Daemon() as d:
        acknowledged, stop = [], threading.Event()

        def write():
            number = 0
            while not stop.is_set():
                put_all(d, [patient(number)])
                acknowledged.append(number)
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            while len(acknowledged) < 200:
                assert writer.is_alive()
                time.sleep(0.01)
            before, copy = list(acknowledged), d.folder / 'copy.db'
            backup(d, copy)
        finally:
            stop.set()
            writer.join()
        d.stop()
        restore(d, copy)
        d.start()
        found = {int(r['id'][1:]) for r in d.search('Patient?_count=1000')}
        assert set(before) <= found <= set(acknowledged)
        put_all(d, [patient(-1)])


def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest():
    d = Daemon()
    data = d.folder / 'data'
    data.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', data], capture_output=True).returncode != 0:
        d.close()
        raise NotHere('a small disk can be mounted by root only')
    try:
        (data / 'ballast').write_bytes(bytes(8 << 20))
        d.start()
        kept, refused = [], 0
        for number in range(400):
            resource = {**patient(number), 'text': {'status': 'generated', 'div': f'<div xmlns="http://www.w3.org/1999/xhtml">{os.urandom(60_000).hex()}</div>'}}
            status, answer, _ = d.request('PUT', '/fhir/Patient/' + resource['id'], resource)
            if status == 201:
                kept.append(resource)
                continue
            told = issue(answer)
            assert status == 500 and told['code'] == 'no-store' and 'Free space' in told['diagnostics'], answer
            refused += 1
            if refused == 3:
                break
        assert refused == 3 and len(kept) > 20, (refused, len(kept))
        sender, message = d.sender(), oru('large') + f'NTE|1||{os.urandom(200_000).hex()}\r'
        assert code(sender.send(message)) == 'AE'
        assert read_back(d, kept) == 0
        (data / 'ballast').unlink()
        put_all(d, [patient(1000)])
        assert code(sender.send(message)) == 'AA'
        d.kill()
        d.start()
        assert read_back(d, kept) == 0 and d.json('/fhir/Patient/p1000')
        assert len(d.search('Patient?family=F')) == len(kept) + 1 and len(d.search('Observation')) == 1
    finally:
        d.stop()
        subprocess.run(['umount', data], check=True)
        d.close()
