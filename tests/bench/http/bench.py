"""What the workloads share: a fresh daemon, the load generator, floors of the same machine, rows of figures."""
import json, os, pathlib, statistics, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / 'tests/integration'), str(ROOT / 'tests/bench')]


def request(label, method, target, body=None):
    """A request as the load generator reads it. The target must be percent-encoded."""
    head = f'{method} {target} HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n'
    data = b'' if body is None else body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False, separators=(',', ':')).encode()
    if body is not None:
        head += f'Content-Type: application/fhir+json\r\nContent-Length: {len(data)}\r\n'
    text = head.encode() + b'\r\n' + data
    return f'{label} {len(text)}\n'.encode() + text


class Bench:
    def __init__(self, build, data, quick=False, brief=False):
        self.bin, self.data, self.quick, self.brief = pathlib.Path(build).resolve() / 'bin', data, quick or brief, brief
        os.environ['YILIAN_BINARY'] = str(self.bin / 'yilian')
        from harness import Daemon
        self.daemon = Daemon()
        self.daemon.start()
        self.resources = 0
        self.floors = {}

    def close(self):
        self.daemon.close()

    def run(self, kind, connections, seconds, stdin, warm=0.0, port=None):
        own = port is None
        done = subprocess.run([str(self.bin / 'http_bench'), kind, str(port or self.daemon.http_port), str(connections), str(seconds), str(warm),
                               str(self.daemon.process.pid if own else 0)], stdout=subprocess.PIPE, check=True,
                              **({'input': stdin} if isinstance(stdin, bytes) else {'stdin': stdin}))
        return json.loads(done.stdout)

    def measure(self, kind, connections, seconds, stdin, warm=0.3):
        """The median run of several short ones, by its rate: others use the machine too."""
        runs = [self.run(kind, connections, seconds, stdin, warm) for _ in range(1 if self.quick else 3)]
        return sorted(runs, key=lambda r: r['all']['count'] / r['seconds'])[len(runs) // 2]

    def disk(self):
        """Synced writes a second, now."""
        return float(subprocess.run([str(self.bin / 'http_bench'), 'disk', str(self.daemon.folder), '0.5'], stdout=subprocess.PIPE, check=True).stdout)

    def healthz(self, connections):
        """The floor of HTTP: the daemon's smallest answer over as many connections, in this run."""
        if connections not in self.floors:
            figures = self.measure('plan', connections, 0.5 if self.quick else 1, request('healthz', 'GET', '/healthz'))
            self.floors[connections] = figures['all']['count'] / figures['seconds']
        return self.floors[connections]

    def bare(self, connections):
        """What a server of a hundred lines does, which parses nothing: the limit of the loopback and of the generator."""
        server = subprocess.Popen([str(self.bin / 'http_bench'), 'bare'], stdout=subprocess.PIPE)
        try:
            figures = self.run('plan', connections, 0.5 if self.quick else 1, request('bare', 'GET', '/'), 0.2, int(server.stdout.readline()))
            return figures['all']['count'] / figures['seconds']
        finally:
            server.kill()
            server.wait()

    def offered(self, target):
        return self.daemon.get(target)[0] < 400

    def resources_of(self, type, most):
        """Some resources of this type as they are served."""
        return [e['resource'] for e in self.daemon.json(f'/fhir/{type}?_count={most}').get('entry', [])][:most]

    def memory(self):
        with open(f'/proc/{self.daemon.process.pid}/status') as status:
            lines = dict(line.split(':', 1) for line in status)
        return int(lines['VmRSS'].split()[0]) / 1024, int(lines['VmHWM'].split()[0]) / 1024


COLUMNS = f'{"":34} {"conn":>4} {"per s":>9} {"p50 ms":>8} {"p95 ms":>8} {"p99 ms":>8} {"CPU µs":>8}'


def row(name, connections, figures, counts=None, floor='', per=1):
    """One line of the table. CPU is the daemon's for one request; where `counts` is a part of the run, no rate and CPU of its own can be told."""
    whole = counts is None
    counts = counts or figures['all']
    if not counts['count']:
        return print(f'{name:34} {connections:>4} nothing answered')
    rate = counts['count'] * per / figures['seconds']
    cpu = f'{figures["daemon_cpu"] / counts["count"] * 1e6:8.0f}' if whole else ' ' * 8
    failed = f'  FAILED {counts["failed"]} (first: {counts["first_failure"]})' if counts['failed'] else ''
    print(f'{name:34} {connections:>4} {rate:9.0f} {counts["p50"]:8.2f} {counts["p95"]:8.2f} {counts["p99"]:8.2f} {cpu}  {floor}{failed}', flush=True)


def rate(figures):
    return figures['all']['count'] / figures['seconds']


def title(text, published=()):
    print(f'\n{text}')
    for line in published:
        print(f'  published: {line}')
    print(COLUMNS, flush=True)
