// fhirclient (SMART's JavaScript client), without a launch: requests with pages, references resolved, resources written.
import FhirClient from 'fhirclient/lib/FhirClient.js';
import { batch, batchAnswered, observation, patient, refused, same, that, token, transaction } from './check.mjs';

const Base = FhirClient.default ?? FhirClient;

export default function (url) {
  const client = new Base(`${url}/fhir`);
  const get = (address, options) => client.fhirRequest(address, options);
  const post = (address, body, headers = {}) => client.fhirRequest(address, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/fhir+json', ...headers } });
  return {
    async 'learns the version of FHIR'() {
      same([await client.getFhirVersion(), await client.getFhirRelease()], ['4.0.1', 4], 'version and release');
    },
    async 'creates, reads, updates'() {
      const made = await client.create(patient());
      same((await get(`Patient/${made.id}`)).birthDate, '1988-02-11', 'birthDate as read');
      same((await client.update({ ...made, gender: 'male' })).meta.versionId, '2', 'the version after the update');
      same((await get(`Patient/${made.id}/_history/1`)).gender, 'female', 'version 1');
    },
    async 'reads the history'() {
      const made = await client.create(patient());
      await client.update({ ...made, active: true });
      same((await get(`Patient/${made.id}/_history`)).entry.map((entry) => entry.resource.meta.versionId), ['2', '1'], 'versions');
    },
    async 'searches over pages'() {
      const family = `纸${process.pid}`;
      for (let i = 0; i < 5; i += 1) await client.create(patient({ name: [{ family }] }));
      let bundle = await get(`Patient?family=${encodeURIComponent(family)}&_count=2`);
      const found = [];
      for (;;) {
        found.push(...bundle.entry.map((entry) => entry.resource.id));
        const next = bundle.link.find((link) => link.relation === 'next');
        if (!next) break;
        bundle = await get(next.url);
      }
      same([found.length, new Set(found).size], [5, 5], 'found, and found once');
    },
    async 'resolves references'() {
      const made = await client.create(patient());
      const seen = await client.create(observation(`Patient/${made.id}`));
      const references = await client.getReferences(seen, ['subject']);
      same(references[`Patient/${made.id}`]?.id, made.id, 'the subject');
    },
    async 'patches'() {
      const made = await client.create(patient());
      same((await client.patch(`Patient/${made.id}`, [{ op: 'replace', path: '/gender', value: 'male' }])).gender, 'male', 'gender');
    },
    async 'sends a batch'() {
      const made = await client.create(patient());
      batchAnswered(await post('', batch(made.id)));
    },
    async 'sends a transaction'() {
      const person = patient();
      await post('', transaction(person));
      await post('', transaction(person));
      same((await get(`Patient?identifier=${encodeURIComponent(token(person))}&_total=accurate`)).total, 1, 'patients of one identifier');
    },
    async 'creates conditionally'() {
      const person = patient();
      const condition = { headers: { 'If-None-Exist': `identifier=${token(person)}` } };
      await client.create(person, condition);
      await client.create(person, condition);
      same((await get(`Patient?identifier=${encodeURIComponent(token(person))}&_total=accurate`)).total, 1, 'patients');
    },
    async 'updates conditionally'() {
      const person = patient();
      const put = (body) => client.fhirRequest(`Patient?identifier=${encodeURIComponent(token(person))}`, { method: 'PUT', body: JSON.stringify(body), headers: { 'Content-Type': 'application/fhir+json' } });
      const one = await put(person);
      const two = await put({ ...person, gender: 'male' });
      same([two.id, two.gender, two.meta.versionId], [one.id, 'male', '2'], 'the second time');
    },
    async 'deletes'() {
      const made = await client.create(patient());
      await client.delete(`Patient/${made.id}`);
      same(await refused(() => get(`Patient/${made.id}`), 'a read of the deleted'), 410, 'status');
    },
    async 'is told what is wrong'() {
      const status = await refused(() => client.create(patient({ gender: 'nonsense' })), 'a code that is none');
      that(status === 400 || status === 422, `status ${status}`);
    },
  };
}
