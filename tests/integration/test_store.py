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
