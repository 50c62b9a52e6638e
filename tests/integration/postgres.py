"""A PostgreSQL server for tests, in a folder of its own: started, stopped, killed and started again at will, gone afterwards."""
import contextlib, os, pathlib, pwd, shutil, signal, subprocess, tempfile, time, urllib.parse


def programs():
    """Where initdb and postgres are: Debian keeps them out of the path. The newest of 15 and later."""
    found = [p.parent for p in pathlib.Path('/usr/lib/postgresql').glob('*/bin/postgres') if int(p.parts[-3]) >= 15]
    if not found:
        raise RuntimeError('no PostgreSQL 15 or later: deploy/install-packages test installs it')
    return max(found, key=lambda p: int(p.parts[-2]))


class Cluster:
    """Listens on a socket in its folder alone. `settings`: more of postgresql.conf. fsync stays on: the engine refuses a server without."""

    def __init__(self, settings='', folder=None):
        self.bin = programs()
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix='yilian-pg-', dir='/tmp'))
        self.data, self.port = self.folder / 'data', 5432
        # PostgreSQL does not run as root: the package's own user does it then.
        self.user = pwd.getpwnam('postgres') if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        if not self.data.exists():
            self.run('initdb', '-D', self.data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
        self.settings = f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 200\nshared_buffers = 128MB\n{settings}\n"
        self.process = None

    def run(self, program, *words, check=True, **more):
        done = subprocess.run([str(self.bin / program), *map(str, words)], capture_output=True, text=True, errors='replace', cwd=self.folder, env={**os.environ, 'LC_ALL': 'C.UTF-8'},
                              **({'user': self.user.pw_uid, 'group': self.user.pw_gid, 'extra_groups': []} if self.user else {}), **more)
        if check and done.returncode != 0:
            raise AssertionError(f'{program} ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-2000:]}')
        return done.stdout

    def start(self):
        (self.data / 'conf.extra').write_text(self.settings)
        conf = self.data / 'postgresql.conf'
        if 'conf.extra' not in conf.read_text():
            with open(conf, 'a') as f:
                f.write("include 'conf.extra'\n")
        self.log = open(self.folder / 'log', 'ab')
        self.process = subprocess.Popen([str(self.bin / 'postgres'), '-D', str(self.data)], stdout=self.log, stderr=self.log, cwd=self.folder,
                                        **({'user': self.user.pw_uid, 'group': self.user.pw_gid, 'extra_groups': []} if self.user else {}))
        end = time.time() + 60
        while time.time() < end:
            if self.process.poll() is not None:
                raise AssertionError('the server ended: ' + (self.folder / 'log').read_text(errors='replace')[-3000:])
            with contextlib.suppress(AssertionError):
                self.sql('SELECT 1', 'postgres')
                return self
            time.sleep(0.05)
        raise AssertionError('the server is not ready')

    def sql(self, text, database='yilian'):
        """What psql prints: one row a line, columns parted by |."""
        return self.run('psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', self.folder, '-U', 'postgres', '-d', database, '-c', text).strip()

    def database(self, name='yilian'):
        """Makes a database of this name that its own user owns; gives the URL for store.url."""
        self.sql(f'DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = \'yilian\') THEN CREATE ROLE yilian LOGIN; END IF; END $$', 'postgres')
        self.sql(f'CREATE DATABASE "{name}" OWNER yilian', 'postgres')
        return self.url(name)

    def url(self, name='yilian'):
        return f'postgresql:///{name}?host={urllib.parse.quote(str(self.folder), safe="")}&user=yilian'

    def stop(self, how=signal.SIGINT):
        """SIGINT: ends what is under way and stops; SIGQUIT: as when the machine fails."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        if self.process:
            self.log.close()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)
