// HL7 v2 parsers of npm over the messages of a file (made by `lab_reports`): MB/s and microseconds a message,
// the quickest of several rounds. usage: node parse.mjs FILE
import fs from 'node:fs';
import { createRequire } from 'node:module';

globalThis.WebSocket ??= class {}; // @medplum/core wants one to be there
const { Hl7Message } = await import('@medplum/core');
const require = createRequire(import.meta.url);
const HL7 = require('hl7-standard');
const simple = require('simple-hl7');

const bytes = fs.readFileSync(process.argv[2]);
const messages = bytes.toString('utf8').split(/(?=MSH\|)/);
const parser = new simple.Parser({ segmentSeperator: '\r' });
const ways = {
  '@medplum/core': (text) => Hl7Message.parse(text).segments.length,
  'simple-hl7': (text) => parser.parse(text).segments.length,
  'hl7-standard': (text) => {
    const message = new HL7(text);
    message.transform(() => {});
    return message.getSegments().length;
  },
};

for (const [name, way] of Object.entries(ways)) {
  let best = Infinity;
  for (let round = 0; round < 5; ++round) {
    const begin = process.hrtime.bigint();
    let segments = 0;
    for (const text of messages) segments += way(text);
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e9);
    if (segments < messages.length) throw new Error(`${name} finds no segments`);
  }
  const rate = bytes.length / best / 1e6;
  console.log(`  ${name.padEnd(16)} ${rate.toFixed(0).padStart(5)} MB/s, ${((best / messages.length) * 1e6).toFixed(1)} µs a message`);
}
