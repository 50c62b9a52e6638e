// fhir-kit-client: HTTP as it is, one function for each interaction of FHIR.
import Client from 'fhir-kit-client';
import { batch, batchAnswered, observation, patient, refused, same, that, token, transaction } from './check.mjs';

export default function (url) {
  const client = new Client({ baseUrl: `${url}/fhir` });
  const create = (body) => client.create({ resourceType: body.resourceType, body });
  const total = async (searchParams) => (await client.search({ resourceType: 'Patient', searchParams: { ...searchParams, _total: 'accurate' } })).total;
  return {
    async 'reads the capability statement'() {
      const statement = await client.capabilityStatement();
      same(statement.fhirVersion, '4.0.1', 'fhirVersion');
      that(statement.rest[0].resource.some((resource) => resource.type === 'Patient'), 'no Patient in the capability statement');
    },
    async 'creates, reads, updates with If-Match, reads a version'() {
      const made = await create(patient());
      const { response } = Client.httpFor(made);
      same([response.status, response.headers.get('etag')], [201, 'W/"1"'], 'status and ETag of the create');
      that(response.headers.get('location').includes(`/fhir/Patient/${made.id}/_history/1`), `Location: ${response.headers.get('location')}`);
      same((await client.read({ resourceType: 'Patient', id: made.id })).name, made.name, 'the name as read');
      const changed = await client.update({ resourceType: 'Patient', id: made.id, body: { ...made, gender: 'male' }, options: { headers: { 'If-Match': 'W/"1"' } } });
      same([changed.meta.versionId, changed.gender], ['2', 'male'], 'the update');
      same(await refused(() => client.update({ resourceType: 'Patient', id: made.id, body: made, options: { headers: { 'If-Match': 'W/"1"' } } }), 'an update of a version that is past'), 412, 'status');
      same((await client.vread({ resourceType: 'Patient', id: made.id, version: '1' })).gender, 'female', 'version 1');
    },
    async 'reads the history of an instance'() {
      const made = await create(patient());
      await client.update({ resourceType: 'Patient', id: made.id, body: { ...made, active: true } });
      const history = await client.history({ resourceType: 'Patient', id: made.id });
      same([history.type, history.entry.map((entry) => entry.request.method)], ['history', ['PUT', 'POST']], 'the history');
    },
    async 'reads the history of a type'() {
      const made = await create(patient());
      const history = await client.history({ resourceType: 'Patient' });
      that(history.entry.some((entry) => entry.resource?.id === made.id), 'the patient is not in the history of its type');
    },
    async 'reads the history of all'() {
      const made = await create(patient());
      const history = await client.history();
      that(history.entry.some((entry) => entry.resource?.id === made.id), 'the patient is not in the history of all');
    },
    async 'searches over pages, forwards'() {
      const family = `页${process.pid}`;
      for (let i = 0; i < 5; i += 1) await create(patient({ name: [{ family }] }));
      const sizes = [];
      for (let bundle = await client.search({ resourceType: 'Patient', searchParams: { family, _count: 2 } }); bundle; bundle = await client.nextPage({ bundle })) sizes.push(bundle.entry.length);
      same(sizes, [2, 2, 1], 'the sizes of the pages');
    },
    async 'searches by POST'() {
      const made = await create(patient());
      const bundle = await client.search({ resourceType: 'Patient', searchParams: { identifier: token(made) }, options: { postSearch: true } });
      same(bundle.entry?.map((entry) => entry.resource.id), [made.id], 'found');
    },
    async 'searches a compartment'() {
      const made = await create(patient());
      const seen = await create(observation(`Patient/${made.id}`));
      const bundle = await client.search({ resourceType: 'Observation', compartment: { resourceType: 'Patient', id: made.id }, searchParams: { code: '2339-0' } });
      same(bundle.entry?.map((entry) => entry.resource.id), [seen.id], 'found');
    },
    async 'searches all types'() {
      const made = await create(patient());
      const bundle = await client.search({ searchParams: { _id: made.id, _type: 'Patient,Observation' } });
      same(bundle.entry?.map((entry) => entry.resource.id), [made.id], 'found');
    },
    async 'resolves references'() {
      const made = await create(patient());
      const seen = await create(observation(`Patient/${made.id}`));
      same((await client.resolve({ reference: seen.subject.reference })).id, made.id, 'the subject');
    },
    async 'patches'() {
      const made = await create(patient());
      const patched = await client.patch({ resourceType: 'Patient', id: made.id, JSONPatch: [{ op: 'replace', path: '/birthDate', value: '1990-01-01' }] });
      same([patched.birthDate, patched.meta.versionId], ['1990-01-01', '2'], 'the patched');
    },
    async 'sends a batch'() {
      const made = await create(patient());
      batchAnswered(await client.batch({ body: batch(made.id) }));
    },
    async 'sends a transaction, twice'() {
      const person = patient();
      const first = await client.transaction({ body: transaction(person) });
      same([first.type, first.entry.map((entry) => entry.response.status.slice(0, 3))], ['transaction-response', ['201', '201']], 'the answer');
      const second = await client.transaction({ body: transaction(person) });
      same(second.entry.map((entry) => entry.response.status.slice(0, 3)), ['200', '201'], 'the answer the second time');
      same(await total({ identifier: token(person) }), 1, 'patients of one identifier');
      const of = await client.search({ resourceType: 'Observation', searchParams: { 'subject:Patient.identifier': token(person) } });
      same(of.entry?.length, 2, 'observations of the patient');
    },
    async 'refuses a transaction whole'() {
      const person = patient();
      const bundle = transaction(person);
      bundle.entry[1].resource.status = 'nonsense';
      const status = await refused(() => client.transaction({ body: bundle }), 'a transaction with a bad entry');
      that(status >= 400 && status < 500, `status ${status}`);
      same(await total({ identifier: token(person) }), 0, 'patients of a refused transaction');
    },
    async 'creates conditionally'() {
      const person = patient();
      const condition = { headers: { 'If-None-Exist': `identifier=${token(person)}` } };
      const one = await client.create({ resourceType: 'Patient', body: person, options: condition });
      const two = await client.create({ resourceType: 'Patient', body: person, options: condition });
      same(Client.httpFor(two).response.status, 200, 'status the second time');
      that(two.id === undefined || two.id === one.id, 'another resource');
      same(await total({ identifier: token(person) }), 1, 'patients');
    },
    async 'updates conditionally'() {
      const person = patient();
      const one = await client.update({ resourceType: 'Patient', searchParams: { identifier: token(person) }, body: person });
      same(Client.httpFor(one).response.status, 201, 'status the first time');
      const two = await client.update({ resourceType: 'Patient', searchParams: { identifier: token(person) }, body: { ...person, gender: 'male' } });
      same([Client.httpFor(two).response.status, two.id, two.gender], [200, one.id, 'male'], 'the second time');
    },
    async 'deletes; what is gone is told so'() {
      const made = await create(patient());
      await client.delete({ resourceType: 'Patient', id: made.id });
      same(await refused(() => client.read({ resourceType: 'Patient', id: made.id }), 'a read of the deleted'), 410, 'status');
      same(await refused(() => client.read({ resourceType: 'Patient', id: 'nobody-at-all' }), 'a read of what never was'), 404, 'status');
      same(await total({ identifier: token(made) }), 0, 'patients');
    },
    async 'is told what is wrong'() {
      try {
        await create(patient({ birthDate: '1988-13-01' }));
      } catch (error) {
        same(error.response.data.resourceType, 'OperationOutcome', 'the answer');
        that(JSON.stringify(error.response.data).includes('birthDate'), 'the outcome does not say where');
        return;
      }
      throw new Error('a bad date is taken');
    },
  };
}
