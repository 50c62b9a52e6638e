"""What the integration and crash tests share: the real binary in a folder of its own, a sender that speaks MLLP over plain sockets, a little HTTP."""
import contextlib, hashlib, json, os, pathlib, random, shutil, signal, socket, subprocess, tempfile, time, urllib.error, urllib.parse, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
YILIAN = os.environ.get('YILIAN_BINARY') or str(ROOT / 'build/release/bin/yilian')
VT, FS, CR = b'\x0b', b'\x1c', b'\x0d'


given_ports = set()


def free_port():
    """Below the ports that the kernel gives to clients: one of those may be taken again before the daemon listens on it."""
    while True:
        port = random.randrange(20000, 32000)
        if port in given_ports:
            continue
        given_ports.add(port)
        with socket.socket() as s:
            try:
                s.bind(('127.0.0.1', port))
                return port
            except OSError:
                pass


def store_of(folder):
    """With a server in YILIAN_TEST_POSTGRES (tests/tools/with-postgres): a schema of the folder's own there; else nothing, for the file that is the default."""
    server = os.environ.get('YILIAN_TEST_POSTGRES')
    if not server:
        return ''
    schema = 'd_' + hashlib.sha1(str(folder).encode()).hexdigest()[:16]
    at_server(f'CREATE SCHEMA IF NOT EXISTS {schema}')
    return f'{server}&options=-csearch_path%3D{schema}'


def at_server(sql):
    subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', os.environ['YILIAN_TEST_POSTGRES'], '-c', 'SET client_min_messages = error', '-c', sql], check=True, stdout=subprocess.DEVNULL)


class Daemon:
    """One daemon with one hospital and one MLLP feed (`extra` adds to the hospital's file)."""

    def __init__(self, folder=None, hospitals=None, feed='', http='', store=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix='yilian-test-'))
        self.own = folder is None
        self.http_port, self.mllp_port = free_port(), free_port()
        (self.folder / 'hospitals').mkdir(exist_ok=True)
        self.store = store_of(self.folder) if store is None else store
        (self.folder / 'yilian.yaml').write_text(
            f'{self.store and "store: {url: " + json.dumps(self.store) + "}" + chr(10) or ""}http: {{listen: "127.0.0.1:{self.http_port}"{http}}}\ndata: data\nhospitals: hospitals\nmappings: {ROOT}/mappings/hl7v2\npages: {ROOT}/viewer/dist\n')
        if hospitals is None:
            hospitals = {'test': f'hospital: {{code: test, name: 测试医院}}\nfeeds:\n  - name: his\n    mllp: {{listen: "127.0.0.1:{self.mllp_port}"{feed}}}\n'}
        for name, text in hospitals.items():
            (self.folder / 'hospitals' / f'{name}.yaml').write_text(text)
        self.process = None

    def start(self, wait=20):
        self.log = open(self.folder / 'log', 'ab')
        self.process = subprocess.Popen([YILIAN, 'run', '--config', str(self.folder / 'yilian.yaml')], stdout=self.log, stderr=self.log)
        end = time.time() + wait
        while time.time() < end:
            if self.process.poll() is not None:
                raise AssertionError('the daemon ended: ' + (self.folder / 'log').read_text(errors='replace')[-3000:])
            try:
                if self.get('/readyz')[0] == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.01)
        raise AssertionError('the daemon is not ready')

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        return self.process.returncode if self.process else None

    def close(self):
        with contextlib.suppress(Exception):
            self.stop()
        if self.own and self.store.partition('?')[0] == os.environ.get('YILIAN_TEST_POSTGRES', '-').partition('?')[0]:
            at_server(f'DROP SCHEMA IF EXISTS {self.store.rpartition("%3D")[2]} CASCADE')
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def request(self, method, path, body=None, headers=None):
        url = f'http://127.0.0.1:{self.http_port}{path}'
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        send = {'Content-Type': 'application/fhir+json', **(headers or {})} if data is not None else dict(headers or {})
        request = urllib.request.Request(url, data=data, method=method, headers=send)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)

    def get(self, path):
        status, body, _ = self.request('GET', path)
        return status, body

    def json(self, path, status=200):
        got, body = self.get(path)
        assert got == status, (path, got, body[:500])
        return json.loads(body)

    def search(self, path):
        """All resources of a search, over its pages."""
        found, url = [], '/fhir/' + path
        while url:
            bundle = self.json(url)
            found += [e['resource'] for e in bundle.get('entry', []) if e.get('search', {}).get('mode') == 'match']
            links = {l['relation']: l['url'] for l in bundle['link']}
            url = links.get('next', '').split(f':{self.http_port}')[-1] if links.get('next') else ''
        return found

    def messages(self):
        """All of the journal, newest first."""
        found, before = [], 0
        while True:
            page = self.json('/admin/v1/messages?count=1000' + (f'&before={before}' if before else ''))
            found += page['messages']
            if 'next' not in page:
                return found
            before = page['next']

    def sender(self):
        return Sender(self.mllp_port)


class Sender:
    """A peer's side of MLLP. Reads frames without any of the engine's code."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b''

    def raw(self, data):
        self.socket.sendall(data)

    def frame(self, message):
        self.raw(VT + (message if isinstance(message, bytes) else message.encode()) + FS + CR)

    def answer(self):
        while True:
            end = self.rest.find(FS + CR)
            if end >= 0:
                frame, self.rest = self.rest[:end], self.rest[end + 2:]
                assert frame[:1] == VT, frame[:40]
                return frame[1:].decode('utf-8', 'replace')
            data = self.socket.recv(65536)
            if not data:
                raise EOFError('closed after ' + repr(self.rest[:80]))
            self.rest += data

    def silent(self, seconds):
        """True when nothing comes for so long."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(65536)
            self.rest += data
            return not data
        except socket.timeout:
            return True
        finally:
            self.socket.settimeout(30)

    def send(self, message):
        self.frame(message)
        return self.answer()

    def close(self):
        self.socket.close()


def fields(answer, segment):
    for line in answer.split('\r'):
        if line.startswith(segment):
            return line.split('|')
    return []


def code(answer):
    return fields(answer, 'MSA')[1]


def oru(number, patient='P1', name='Zhang^San', value='5.1', order=None, when='20261124083000', extra='', status='F', tests=1):
    order = order or f'F{number}'
    text = (f'MSH|^~\\&|LIS|LAB|YILIAN|ALL|{when}||ORU^R01^ORU_R01|{number}|P|2.5.1{extra}\r'
            f'PID|1||{patient}^^^LAB^MR||{name}||19580307|M\r'
            f'PV1|1|I|W1^101^1||||D1^Li^Wei||||||||||||V{patient}\r'
            f'ORC|RE|O{order}|{order}\rOBR|1|O{order}|{order}|BMP^Basic panel^L|||{when}|||||||||||||||{when}||LAB|{status}\r')
    for i in range(1, tests + 1):
        text += f'OBX|{i}|NM|T{i}^Test {i}^L||{value}|mmol/L|3.5-5.3|N|||{status}|||{when}\r'
    return text


def adt(event, number, patient='P1', name='Zhang^San', when='20261124080000', pv1='', pid='', extra=''):
    return (f'MSH|^~\\&|HIS|LAB|YILIAN|ALL|{when}||ADT^{event}|{number}|P|2.5.1\rEVN|{event}|{when}\r'
            f'PID|1||{patient}^^^LAB^MR||{name}||19580307|M{pid}\r'
            f'PV1|1|I|W1^101^1||||D1^Li^Wei||||||||||||V{patient}{pv1}\r{extra}')


def counted(rounds, main):
    """Runs a test of many rounds, the count as the last line; gives the exit code."""
    try:
        main()
    except AssertionError as error:
        print('FAIL', error)
        print('0 passed, 1 failed')
        return 1
    print(f'{rounds} passed, 0 failed')
    return 0


def skip(reason):
    """Marks a test of what is not there yet. It runs when it is named."""
    def mark(test):
        test.skipped = reason
        return test
    return mark


class NotHere(Exception):
    """Raised by a test that cannot be made on this machine: it is counted as skipped."""


class Suite:
    """Collects functions named test_*, runs them, prints one line each and the closing count."""

    skipped = 0  # over all runs

    def run(self, namespace, only=()):
        passed = failed = 0
        for name, test in list(namespace.items()):
            if not name.startswith('test_') or (only and name not in only):
                continue
            if getattr(test, 'skipped', None) and not only:
                Suite.skipped += 1
                print(f'skip {name}: {test.skipped}', flush=True)
                continue
            begin = time.time()
            try:
                test()
                passed += 1
                print(f'ok   {name} ({time.time() - begin:.1f} s)', flush=True)
            except NotHere as reason:
                Suite.skipped += 1
                print(f'skip {name}: {reason}', flush=True)
            except Exception as error:  # a failed assertion or a broken peer: both are failures
                failed += 1
                import traceback
                print(f'FAIL {name}: {error!r}', flush=True)
                traceback.print_exc()
        return passed, failed
