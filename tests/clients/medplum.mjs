// @medplum/core's client: typed, caching (turned off here), with batches, pages as a generator, and conditional writes.
import { batch, batchAnswered, observation, patient, refused, same, that, token, transaction } from './check.mjs';

globalThis.WebSocket ??= class {};
const { MedplumClient } = await import('@medplum/core');

export default function (url) {
  const client = new MedplumClient({ baseUrl: `${url}/`, fhirUrlPath: 'fhir', cacheTime: 0, fetch });
  return {
    async 'creates, reads, updates, reads a version'() {
      const made = await client.createResource(patient());
      same((await client.readResource('Patient', made.id)).name, made.name, 'the name as read');
      const changed = await client.updateResource({ ...made, gender: 'male' });
      same([changed.meta.versionId, changed.gender], ['2', 'male'], 'the update');
      same((await client.readVersion('Patient', made.id, '1')).gender, 'female', 'version 1');
    },
    async 'reads the history'() {
      const made = await client.createResource(patient());
      await client.updateResource({ ...made, active: true });
      same((await client.readHistory('Patient', made.id)).entry.map((entry) => entry.resource.meta.versionId), ['2', '1'], 'versions');
    },
    async 'searches over pages'() {
      const family = `书${process.pid}`;
      for (let i = 0; i < 5; i += 1) await client.createResource(patient({ name: [{ family }] }));
      const sizes = [];
      for await (const page of client.searchResourcePages('Patient', { family, _count: '2' })) sizes.push(page.length);
      same(sizes, [2, 2, 1], 'the sizes of the pages');
    },
    async 'finds one, and those of a patient'() {
      const made = await client.createResource(patient());
      const seen = await client.createResource(observation(`Patient/${made.id}`));
      same((await client.searchOne('Patient', { identifier: token(made) }))?.id, made.id, 'the patient');
      same((await client.searchResources('Observation', { subject: `Patient/${made.id}`, _sort: '-date' })).map((found) => found.id), [seen.id], 'the observations');
      same((await client.searchResources('Observation', { subject: `Patient/${made.id}`, 'value-quantity': 'gt5' })).length, 1, 'the observations above 5');
    },
    async 'resolves references'() {
      const made = await client.createResource(patient());
      const seen = await client.createResource(observation(`Patient/${made.id}`));
      same((await client.readReference(seen.subject)).id, made.id, 'the subject');
    },
    async 'patches'() {
      const made = await client.createResource(patient());
      same((await client.patchResource('Patient', made.id, [{ op: 'test', path: '/meta/versionId', value: '1' }, { op: 'replace', path: '/gender', value: 'male' }])).gender, 'male', 'gender');
    },
    async 'sends a batch'() {
      const made = await client.createResource(patient());
      batchAnswered(await client.executeBatch(batch(made.id)));
    },
    async 'sends a transaction'() {
      const person = patient();
      same((await client.executeBatch(transaction(person))).entry.map((entry) => entry.response.status.slice(0, 3)), ['201', '201'], 'the answer');
      same((await client.executeBatch(transaction(person))).entry.map((entry) => entry.response.status.slice(0, 3)), ['200', '201'], 'the answer the second time');
    },
    async 'creates conditionally'() {
      const person = patient();
      const one = await client.createResourceIfNoneExist(person, `identifier=${token(person)}`);
      const two = await client.createResourceIfNoneExist(person, `identifier=${token(person)}`);
      same(two.id, one.id, 'the id the second time');
    },
    async 'updates conditionally'() {
      const person = patient();
      const one = await client.upsertResource(person, { identifier: token(person) });
      const two = await client.upsertResource({ ...person, gender: 'male' }, { identifier: token(person) });
      same([two.id, two.gender], [one.id, 'male'], 'the second time');
    },
    async 'validates'() {
      const outcome = await client.validateResource(patient());
      that(outcome.resourceType === 'OperationOutcome', 'no OperationOutcome');
      that(!outcome.issue.some((issue) => issue.severity === 'error'), JSON.stringify(outcome));
    },
    async 'reads everything of a patient'() {
      const made = await client.createResource(patient());
      const seen = await client.createResource(observation(`Patient/${made.id}`));
      const found = (await client.readPatientEverything(made.id)).entry.map((entry) => `${entry.resource.resourceType}/${entry.resource.id}`);
      that(found.includes(`Patient/${made.id}`) && found.includes(`Observation/${seen.id}`), `found ${found}`);
    },
    async 'deletes'() {
      const made = await client.createResource(patient());
      await client.deleteResource('Patient', made.id);
      await refused(() => client.readResource('Patient', made.id), 'a read of the deleted');
    },
  };
}
