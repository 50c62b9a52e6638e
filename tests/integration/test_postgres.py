"""The store on PostgreSQL: several daemons at one database, a server that goes away and comes back, lines that break at the worst moment, a damaged page, a way back to a point in time.

The servers are the tests' own (postgres.py), whatever other tests keep their stores in."""
import atexit, contextlib, json, os, pathlib, random, signal, socket, subprocess, tempfile, threading, time, urllib.parse

from harness import YILIAN, Daemon, NotHere, code, oru
from postgres import Cluster
from test_rest import issue

kept = []


def cluster():
    """One for the tests that leave it as it was."""
    if not kept:
        kept.append(Cluster())
        kept[0].start()
        atexit.register(kept[0].__exit__)
    return kept[0]


def fresh(server):
    """The URL of a new database."""
    return server.database('d' + os.urandom(6).hex())


def name_of(url):
    return urllib.parse.urlsplit(url).path[1:]


def patient(family, **more):
    return {'resourceType': 'Patient', 'name': [{'family': family}], **more}


def create(d, resource, headers=None):
    status, answer, _ = d.request('POST', '/fhir/Patient', resource, headers)
    return status, json.loads(answer) if answer else None


def test_daemons_at_one_database_write_in_turns_and_see_each_other():
    url = fresh(cluster())
    with Daemon(store=url) as a, Daemon(store=url) as b:
        assert create(a, patient('Counter', id='c'))[0] == 201
        counter = a.search('Patient?family=Counter')[0]['id']
        assert b.json(f'/fhir/Patient/{counter}')['name'][0]['family'] == 'Counter'
        created, once, counted = [], [], []

        def work(d, seed):
            for n in range(25):
                status, made = create(d, patient(f'W{seed}x{n}', identifier=[{'system': 'urn:w', 'value': f'{seed}-{n}'}]))
                assert status == 201
                created.append((f'{seed}-{n}', made['id']))
                status, made = create(d, patient('Once', identifier=[{'system': 'urn:once', 'value': str(n)}]), {'If-None-Exist': f'identifier=urn:once|{n}'})
                assert status in (200, 201), status
                once.append(status)
                while True:  # a counter that both count up
                    now = d.json(f'/fhir/Patient/{counter}')
                    version = now['meta']['versionId']
                    now['multipleBirthInteger'] = now.get('multipleBirthInteger', 0) + 1
                    status, answer, _ = d.request('PUT', f'/fhir/Patient/{counter}', now, {'If-Match': f'W/"{version}"'})
                    assert status in (200, 409, 412), answer
                    if status == 200:
                        counted.append(1)
                        break

        threads = [threading.Thread(target=work, args=(d, f'{name}{i}')) for i in range(3) for name, d in (('a', a), ('b', b))]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert len(created) == 150 and len(counted) == 150 and once.count(201) == 25, (len(created), len(counted), once.count(201))
        for d in (a, b):
            assert d.json(f'/fhir/Patient/{counter}')['multipleBirthInteger'] == 150
            assert d.json(f'/fhir/Patient/{counter}/_history')['total'] == 151
            assert d.json('/fhir/Patient?family=Once&_summary=count')['total'] == 25
            assert d.json('/fhir/Patient?_summary=count')['total'] == 176
            for value, id in random.sample(created, 30):
                assert [p['id'] for p in d.search(f'Patient?identifier=urn:w|{value}')] == [id]


def keeper(server, url):
    return int(server.sql('SELECT keeper FROM writer_turn', name_of(url)))


def wait_for_keeper(server, url):
    """Its own write is over then: the next commit is the test's."""
    end = time.time() + 15
    while keeper(server, url) == 0 and time.time() < end:
        time.sleep(0.05)
    time.sleep(0.2)
    assert keeper(server, url) != 0
    return keeper(server, url)


def name_of_keeper(server, url):
    """The application_name of the daemon whose line holds the keeper's lock; empty: nobody's does."""
    return server.sql("SELECT application_name FROM writer_turn JOIN pg_locks ON locktype = 'advisory' AND objsubid = 2 AND objid = keeper AND granted JOIN pg_stat_activity USING (pid)", name_of(url))


def waiting(server, url):
    """Commits whose index changes are in no run yet."""
    return int(server.sql('SELECT count(*) FROM index_change', name_of(url)))


def wait_until(what, seconds=25):
    end = time.time() + seconds
    while not what():
        assert time.time() < end
        time.sleep(0.1)


def test_when_the_daemon_that_keeps_the_tables_dies_another_does():
    server = cluster()
    url = fresh(server)
    daemons = {name: Daemon(store=f'{url}&application_name={name}') for name in ('first', 'second')}
    with daemons['first'], daemons['second']:
        wait_for_keeper(server, url)
        for _ in range(2):  # and back
            kept = name_of_keeper(server, url)
            other = 'second' if kept == 'first' else 'first'
            daemons[kept].kill()
            for n in range(20):
                assert create(daemons[other], patient(f'{other}{n}'))[0] == 201
            assert waiting(server, url) >= 16
            wait_until(lambda: name_of_keeper(server, url) == other)
            wait_until(lambda: waiting(server, url) < 16)  # at rest what came is folded
            assert len(daemons[other].search(f'Patient?family={other}7')) == 1
            daemons[kept].start()
            assert name_of_keeper(server, url) == other
        assert daemons['first'].json('/fhir/Patient?_summary=count')['total'] == 40


def test_a_server_that_goes_away_and_returns_needs_no_restart():
    with Cluster() as server:
        with Daemon(store=server.database()) as d, contextlib.closing(d.sender()) as sender:
            acknowledged = [create(d, patient(f'F{n}'))[1]['id'] for n in range(5)]
            assert code(sender.send(oru('M1'))) == 'AA'
            server.stop()
            for _ in range(2):
                begin = time.time()
                status, answer, _ = d.request('POST', '/fhir/Patient', patient('Away'))
                assert status == 503 and 'database server' in issue(answer)['diagnostics'], (status, answer)
                status, answer, _ = d.request('GET', '/fhir/Patient/' + acknowledged[0])
                assert status == 503, (status, answer)
                assert time.time() - begin < 10
            assert code(sender.send(oru('M2'))) != 'AA'
            assert d.get('/healthz')[0] == 200
            server.start()
            time.sleep(1.1)
            acknowledged.append(create(d, patient('Back'))[1]['id'])
            assert code(sender.send(oru('M2'))) == 'AA'
            for id in acknowledged:
                assert d.get('/fhir/Patient/' + id)[0] == 200
            assert d.json('/fhir/Patient?family=Away&_summary=count')['total'] == 0


def test_a_server_that_crashes_under_load_loses_nothing_acknowledged():
    with Cluster() as server:
        with Daemon(store=server.database()) as d:
            acknowledged, doubtful, ending = [], [], threading.Event()

            def work(seed):
                n = 0
                while not ending.is_set():
                    n += 1
                    status, made = create(d, patient('Load', identifier=[{'system': 'urn:load', 'value': f'{seed}-{n}'}]))
                    (acknowledged if status == 201 else doubtful).append((f'{seed}-{n}', made.get('id')))
                    if status != 201:
                        time.sleep(0.05)

            threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
            [t.start() for t in threads]
            for _ in range(3):
                time.sleep(0.7)
                server.stop(signal.SIGQUIT)
                time.sleep(0.2)
                server.start()
            time.sleep(2)
            ending.set()
            [t.join() for t in threads]
            assert len(acknowledged) > 50, (len(acknowledged), len(doubtful))
            for value, id in acknowledged:
                assert [p['id'] for p in d.search(f'Patient?identifier=urn:load|{value}')] == [id], value
            # What was refused was not written, or written once where nobody could know.
            for value, _ in doubtful:
                assert len(d.search(f'Patient?identifier=urn:load|{value}')) <= 1


class Line:
    """Between daemon and server. `cut`: 'before' takes the next COMMIT of the writer away, 'after' lets it through and takes the answer; both hang up. `down`: nobody gets through."""

    def __init__(self, server):
        self.server, self.cut, self.down, self.cuts = server, None, False, 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, name):
        return f'postgresql://yilian@127.0.0.1:{self.port}/{name}?sslmode=disable&gssencmode=disable'

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.down:
                client.close()
                continue
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        server = socket.socket(socket.AF_UNIX)
        server.connect(f'{self.server.folder}/.s.PGSQL.5432')
        state = {'writer': False, 'mute': False}

        def hang_up():
            for s in (client, server):
                with contextlib.suppress(OSError):
                    s.shutdown(socket.SHUT_RDWR)

        def down():
            with contextlib.suppress(OSError):
                while data := server.recv(65536):
                    if state['mute']:
                        break
                    client.sendall(data)
            hang_up()

        threading.Thread(target=down, daemon=True).start()
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 20):
                state['writer'] = state['writer'] or b'FOR UPDATE' in data
                if state['writer'] and self.cut and b'COMMIT\0' in data:
                    how, self.cut, self.cuts = self.cut, None, self.cuts + 1
                    if how.startswith('after'):
                        self.down = how == 'after and down'
                        state['mute'] = True
                        server.sendall(data)
                        time.sleep(0.3)
                    break
                server.sendall(data)
        hang_up()


def test_a_line_that_breaks_at_the_commit_neither_loses_nor_doubles():
    server = cluster()
    line = Line(server)
    url = line.url(name_of(fresh(server)))
    with Daemon(store=url) as d:
        wait_for_keeper(server, url)
        for n in range(3):
            for how in ('before', 'after'):
                line.cut = how
                status, made = create(d, patient(f'Line{n}{how}'))
                assert status == 201, (how, status, made)
                assert [p['id'] for p in d.search(f'Patient?family=Line{n}{how}')] == [made['id']]
                assert create(d, patient('Next'))[0] == 201
        assert line.cuts == 6
        assert d.json('/fhir/Patient?family=Next&_summary=count')['total'] == 6


def test_a_commit_whose_fate_cannot_be_learnt_is_told_as_that():
    server = cluster()
    line = Line(server)
    url = line.url(name_of(fresh(server)))
    with Daemon(store=url) as d:
        wait_for_keeper(server, url)
        line.cut = 'after and down'
        status, answer, _ = d.request('POST', '/fhir/Patient', patient('Doubt'))
        assert status == 500 and 'before it is sent again' in issue(answer)['diagnostics'], (status, answer)
        line.down = False
        time.sleep(1.1)
        assert create(d, patient('Doubt', identifier=[{'value': 'n'}]), {'If-None-Exist': 'family=Doubt'})[0] == 200
        assert d.json('/fhir/Patient?family=Doubt&_summary=count')['total'] == 1


def refused_start(url, folder=None):
    d = Daemon(store=url)
    try:
        d.start()
    except AssertionError as error:
        return str(error)
    finally:
        d.close()
    raise AssertionError('the daemon started')


def test_a_database_of_another_layout_or_program_is_refused():
    server = cluster()
    url = fresh(server)
    name = name_of(url)
    with Daemon(store=url) as d:
        assert create(d, patient('Old'))[0] == 201
    server.sql("UPDATE schema_part SET version = version + 1 WHERE part = 'records'", name)
    told = refused_start(url)
    assert 'a newer program wrote it' in told, told
    server.sql("UPDATE schema_part SET version = version - 1 WHERE part = 'records'", name)
    with Daemon(store=url) as d:  # changed while it runs: whoever connects anew is refused, and nothing is read in the wrong layout
        server.sql("UPDATE schema_part SET version = version + 1 WHERE part = 'records'", name)
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", name)
        time.sleep(0.2)
        for request in (('POST', '/fhir/Patient', patient('New')), ('GET', '/fhir/Patient', None)):
            status, answer, _ = d.request(*request)
            assert status >= 500 and 'newer program' in issue(answer)['diagnostics'], (status, answer)
        server.sql("UPDATE schema_part SET version = version - 1 WHERE part = 'records'", name)
    other = fresh(server)
    server.sql('CREATE SCHEMA yilian AUTHORIZATION yilian; CREATE TABLE yilian.theirs(n int)', name_of(other))
    told = refused_start(other + '&options=-csearch_path%3Dyilian')
    assert 'tables of another program' in told, told


def test_a_server_that_does_not_sync_is_refused():
    with Cluster('fsync = off') as server:
        told = refused_start(server.database())
        assert 'fsync is off' in told, told


def test_a_server_that_is_not_there_or_lets_nobody_in_is_told():
    told = refused_start('postgresql://yilian:secret-word@127.0.0.1:1/yilian')
    assert 'database' in told and 'secret-word' not in told.split('"', 1)[-1] and 'Connection refused' in told, told
    told = refused_start('postgresql://yilian:secret-word@/yi%lian')
    assert 'store' in told and 'secret-word' not in told, told


def test_back_to_a_point_in_time():
    """As docs/hospital-it.md says: a base backup, the log as it is archived, and the moment before the mistake."""
    archive = f"archive_mode = on\narchive_command = 'test ! -f ../archive/%f && cp %p ../archive/%f'\n"
    with Cluster(archive) as server:
        (server.folder / 'archive').mkdir()
        if server.user:
            os.chown(server.folder / 'archive', server.user.pw_uid, server.user.pw_gid)
        url = server.database()
        with Daemon(store=url) as d, Daemon(store=url) as stays:
            kept_ids = [create(d, patient(f'Before{n}'))[1]['id'] for n in range(3)]
            server.run('pg_basebackup', '-h', server.folder, '-U', 'postgres', '-D', server.folder / 'base', '-c', 'fast')
            kept_ids += [create(d, patient(f'After{n}'))[1]['id'] for n in range(3)]
            time.sleep(1.1)
            moment = server.sql('SELECT clock_timestamp()')
            time.sleep(1.1)
            for id in kept_ids:
                assert d.request('DELETE', f'/fhir/Patient/{id}')[0] in (200, 204)
            gone = create(d, patient('Gone'))[1]['id']
            assert stays.json(f'/fhir/Patient/{gone}') and stays.get(f'/fhir/Patient/{kept_ids[0]}')[0] == 410
            assert len(stays.search('Patient?family=Gone')) == 1 and stays.json('/fhir/Patient?_summary=count')['total'] == 1
            server.sql('SELECT pg_switch_wal()', 'postgres')
            time.sleep(1)
            d.stop()
            server.stop()
            server.data.rename(server.folder / 'lost')
            (server.folder / 'base').rename(server.data)
            server.settings += f"restore_command = 'cp ../archive/%f %p'\nrecovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n"
            (server.data / 'recovery.signal').touch()
            server.start()
            wait_until(lambda: server.sql('SELECT pg_is_in_recovery()') == 'f')
            time.sleep(1.1)
            # A daemon that was not stopped, against the page, holds nothing of the history that is no more.
            made = create(stays, patient('Other'))
            assert made[0] == 201, (made, (stays.folder / 'log').read_text()[-2500:])
            assert stays.get(f'/fhir/Patient/{gone}')[0] == 404 and stays.search('Patient?family=Gone') == []
            assert len(stays.search('Patient?family=Other')) == 1
            for id in kept_ids:
                assert stays.get(f'/fhir/Patient/{id}')[0] == 200
        with Daemon(store=url) as d:
            for id in kept_ids:
                assert d.get(f'/fhir/Patient/{id}')[0] == 200
            assert d.json('/fhir/Patient?_summary=count')['total'] == 7
            assert create(d, patient('Goes on'))[0] == 201


def test_a_damaged_page_of_the_server_is_told():
    with Cluster() as server:
        server.stop()
        server.run('pg_checksums', '--enable', '-D', server.data)
        server.start()
        url = server.database()
        with Daemon(store=url) as d:
            ids = [create(d, patient(f'D{n}', text={'status': 'generated', 'div': f'<div xmlns="http://www.w3.org/1999/xhtml">{os.urandom(900).hex()}</div>'}))[1]['id'] for n in range(40)]
            server.sql('CHECKPOINT', 'postgres')
            path = server.data / server.sql("SELECT pg_relation_filepath('body')")
            d.stop()
            server.stop()
            with open(path, 'r+b') as file:
                file.seek(8192 + 4000)
                file.write(b'\xff' * 64)
            server.start()
            d.start()
            refused = 0
            for id in ids:
                status, answer, _ = d.request('GET', f'/fhir/Patient/{id}')
                if status != 200:
                    told = issue(answer)
                    assert status == 500 and told['code'] == 'no-store' and 'backup' in told['diagnostics'], (status, answer)
                    refused += 1
            assert 0 < refused < 40, refused


def test_an_index_that_is_lost_is_made_anew():
    server = cluster()
    url = fresh(server)
    with Daemon(store=url) as d:
        ids = [create(d, patient(f'R{n % 7}', gender='female'))[1]['id'] for n in range(40)]
        assert d.request('DELETE', f'/fhir/Patient/{ids[0]}')[0] in (200, 204)
        right = {search: sorted(p['id'] for p in d.search(search)) for search in ('Patient?family=R3', 'Patient?gender=female&_count=10', 'Organization')}
        again = lambda: subprocess.run([YILIAN, 'store', 'reindex', '--config', d.folder / 'yilian.yaml'], capture_output=True, text=True)
        refused = again()
        assert refused.returncode == 1 and 'daemons are at it' in refused.stderr, refused
        d.stop()
        server.sql('DELETE FROM index_change; DELETE FROM index_piece', name_of(url))
        done = again()
        assert done.returncode == 0 and '41 resources' in done.stdout, done
        d.start()
        assert {search: sorted(p['id'] for p in d.search(search)) for search in right} == right
        assert d.get(f'/fhir/Patient/{ids[0]}')[0] == 410 and create(d, patient('R3'))[0] == 201 and len(d.search('Patient?family=R3')) == len(right['Patient?family=R3']) + 1


@contextlib.contextmanager
def small_disk(megabytes):
    """A file system of its own, of so many megabytes."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='yilian-small-', dir='/tmp'))
    try:
        if subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={megabytes}m', 'tmpfs', folder], capture_output=True).returncode != 0:
            raise NotHere('a small disk can be mounted by root only')
        try:
            yield folder
        finally:
            subprocess.run(['umount', folder], check=True)
    finally:
        folder.rmdir()


def large(family):
    return patient(family, text={'status': 'generated', 'div': f'<div xmlns="http://www.w3.org/1999/xhtml">{os.urandom(60_000).hex()}</div>'})


def fill(d, most, refused_as):
    """Writes until three in a row are refused; gives what was acknowledged: id -> resource."""
    kept, refused = {}, 0
    for number in range(most):
        resource = large(f'Full{number}')
        status, made = create(d, resource)
        if status == 201:
            kept[made['id']] = resource
            refused = 0
            continue
        refused_as(status, made['issue'][0])
        refused += 1
        if refused == 3:
            return kept
    raise AssertionError(f'{most} did not fill the disk')


def read_back(d, kept):
    for id, resource in kept.items():
        there = d.json(f'/fhir/Patient/{id}')
        assert there['text'] == resource['text'] and there['name'] == resource['name'], id


def test_a_full_disk_of_the_servers_tables_is_told_and_needs_no_restart():
    server = cluster()
    with small_disk(48) as disk:
        (disk / 'ballast').write_bytes(bytes(16 << 20))
        (disk / 'space').mkdir()
        if server.user:
            os.chown(disk / 'space', server.user.pw_uid, server.user.pw_gid)
        space, name = 's' + os.urandom(4).hex(), 'd' + os.urandom(6).hex()
        server.sql(f"CREATE TABLESPACE {space} LOCATION '{disk}/space'", 'postgres')
        url = server.database(name)
        server.sql(f'ALTER DATABASE "{name}" SET TABLESPACE {space}', 'postgres')
        try:
            with Daemon(store=url) as d, contextlib.closing(d.sender()) as sender:
                def plain(status, told):
                    assert status == 500 and told['code'] == 'no-store' and 'Free space' in told['diagnostics'], (status, told)

                kept = fill(d, 800, plain)
                assert len(kept) > 20, len(kept)
                message = oru('large') + f'NTE|1||{os.urandom(400_000).hex()}\r'
                answer = sender.send(message)
                assert code(answer) == 'AE' and 'Free space' in answer, answer
                read_back(d, kept)
                (disk / 'ballast').unlink()
                assert create(d, patient('Room'))[0] == 201
                assert code(sender.send(message)) == 'AA'
                d.kill()
                d.start()
                read_back(d, kept)
                assert len(d.search('Patient?family=Room')) == 1 and len(d.search('Patient?family=Full')) == len(kept) and len(d.search('Observation')) == 1
        finally:
            server.sql(f'DROP DATABASE "{name}" WITH (FORCE)', 'postgres')
            server.sql(f'DROP TABLESPACE {space}', 'postgres')


def test_a_full_disk_of_the_servers_log_stops_it_and_the_daemon_goes_on_once_it_is_back():
    with small_disk(160) as disk:
        (disk / 'ballast').write_bytes(bytes(40 << 20))
        with Cluster('min_wal_size = 32MB\nmax_wal_size = 64MB', folder=disk) as server, Daemon(store=server.database()) as d, contextlib.closing(d.sender()) as sender:
            def plain(status, told):
                # The server is gone when its log cannot be written; before that a table may not fit.
                assert (status, 'database server' in told['diagnostics']) == (503, True) or status == 500 and 'Free space' in told['diagnostics'] or 'before it is sent again' in told['diagnostics'], (status, told)

            kept = fill(d, 1500, plain)
            assert len(kept) > 20, len(kept)
            assert code(sender.send(oru('M1'))) != 'AA'
            assert d.get('/healthz')[0] == 200
            (disk / 'ballast').unlink()
            if server.process.poll() is not None:  # it could not come up without room: whoever keeps it starts it
                server.start()
            wait_until(lambda: create(d, patient('Room'))[0] == 201, 60)
            assert code(sender.send(oru('M1'))) == 'AA'
            read_back(d, kept)
            assert len(d.search('Patient?family=Room')) == 1 and len(d.search('Observation')) == 1
