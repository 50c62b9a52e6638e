// What the three share: how a check is told, and the resources that they send.
export function that(condition, what) {
  if (!condition) throw new Error(what);
}

export function same(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

// What went wrong, as a reader wants it: the status and what the OperationOutcome says, wherever the client keeps them.
export function told(error) {
  const outcome = error?.response?.data ?? error?.outcome ?? error?.body;
  const status = error?.response?.status ?? error?.status ?? error?.statusCode;
  const issue = outcome?.issue?.[0];
  const text = issue ? (issue.diagnostics ?? issue.details?.text ?? issue.code) : (error?.message ?? String(error));
  return `${status ? status + ' ' : ''}${text}`.split('\n')[0].slice(0, 240);
}

// The status that a request is refused with; an error when it is not refused.
export async function refused(request, what) {
  try {
    await request();
  } catch (error) {
    return error?.response?.status ?? error?.status ?? error?.statusCode ?? error?.outcome?.issue?.[0]?.code ?? error;
  }
  throw new Error(`${what} is not refused`);
}

let number = 0;

// A patient whose identifier no other has.
export function patient(extra = {}) {
  number += 1;
  return { resourceType: 'Patient', identifier: [{ system: 'urn:clients', value: `c${process.pid}-${number}` }], name: [{ text: '张三', family: '张', given: ['三'] }], gender: 'female', birthDate: '1988-02-11', ...extra };
}

export function observation(subject, value = 5.5) {
  return { resourceType: 'Observation', status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] }, subject: { reference: subject }, effectiveDateTime: '2026-03-05T08:00:00+08:00',
    valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' } };
}

// A transaction: a patient, who is there once however often it is sent, and an observation about it.
export function transaction(person) {
  const identifier = `${person.identifier[0].system}|${person.identifier[0].value}`;
  return { resourceType: 'Bundle', type: 'transaction', entry: [
    { fullUrl: 'urn:uuid:9b2f5a4e-1111-4a5b-9c3d-000000000001', resource: person, request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${identifier}` } },
    { fullUrl: 'urn:uuid:9b2f5a4e-1111-4a5b-9c3d-000000000002', resource: observation('urn:uuid:9b2f5a4e-1111-4a5b-9c3d-000000000001'), request: { method: 'POST', url: 'Observation' } }] };
}

export function batch(id) {
  return { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: `Patient/${id}` } }, { request: { method: 'GET', url: 'Patient/nobody-at-all' } },
    { resource: patient(), request: { method: 'POST', url: 'Patient' } }] };
}

export function batchAnswered(bundle) {
  same(bundle.type, 'batch-response', 'the type of the answer');
  same(bundle.entry.map((entry) => entry.response.status.slice(0, 3)), ['200', '404', '201'], 'the answers of the batch, each by itself');
}

export const token = (person) => `${person.identifier[0].system}|${person.identifier[0].value}`;
