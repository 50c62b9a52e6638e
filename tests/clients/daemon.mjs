// The real daemon in a folder of its own, for clients of others.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const yilian = process.env.YILIAN_BINARY ?? join(root, 'build/release/bin/yilian');

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer().on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// { url: of the daemon, stop() }
export async function startDaemon() {
  const folder = mkdtempSync(join(tmpdir(), 'yilian-clients-'));
  const [http, mllp] = [await freePort(), await freePort()];
  mkdirSync(join(folder, 'hospitals'));
  writeFileSync(join(folder, 'yilian.yaml'), `http: {listen: "127.0.0.1:${http}"}\ndata: data\nhospitals: hospitals\nmappings: ${root}/mappings/hl7v2\npages: ${root}/viewer/dist\n`);
  writeFileSync(join(folder, 'hospitals/test.yaml'), `hospital: {code: test, name: 测试医院}\nfeeds:\n  - name: his\n    mllp: {listen: "127.0.0.1:${mllp}"}\n`);
  const log = openSync(join(folder, 'log'), 'a');
  const process_ = spawn(yilian, ['run', '--config', join(folder, 'yilian.yaml')], { stdio: ['ignore', log, log] });
  const ended = new Promise((done) => process_.on('exit', done).on('error', done));
  const url = `http://127.0.0.1:${http}`;
  const stop = async () => {
    process_.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = Date.now() + 20000; Date.now() < end; ) {
    if (process_.exitCode !== null) throw new Error('the daemon ended: ' + readFileSync(join(folder, 'log'), 'utf8').slice(-2000));
    try {
      if ((await fetch(url + '/readyz')).ok) return { url, stop };
    } catch {
      // not listening yet
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  await stop();
  throw new Error('the daemon is not ready');
}
