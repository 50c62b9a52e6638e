// main.mjs [CLIENT…]: what others' FHIR clients do with a running Yilian. YILIAN_URL names one that runs; else the built daemon is started.
// One line a check, and "N passed, N failed" at the end.
import { startDaemon } from './daemon.mjs';
import { told } from './check.mjs';

const clients = process.argv.slice(2).length ? process.argv.slice(2) : ['fhir-kit-client', 'fhirclient', 'medplum'];
const daemon = process.env.YILIAN_URL ? { url: process.env.YILIAN_URL.replace(/\/+$/, ''), stop: async () => {} } : await startDaemon();
let [passed, failed] = [0, 0];
try {
  for (const name of clients) {
    const checks = (await import(`./${name}.mjs`)).default(daemon.url);
    for (const [what, check] of Object.entries(checks)) {
      try {
        await check();
        passed += 1;
        console.log(`ok   ${name} ${what}`);
      } catch (error) {
        failed += 1;
        console.log(`FAIL ${name} ${what}: ${told(error)}`);
      }
    }
  }
} finally {
  await daemon.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
