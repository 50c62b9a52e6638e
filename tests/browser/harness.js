// What the tests share: the daemon's address, the demo patient, and what its API says, which is what the pages are compared with.

export const base = (process.env.YILIAN_URL || "http://127.0.0.1:8080").replace(/\/+$/, "");

// The one patient that the tests look for: the demo alliance's cardiac case, known in all three hospitals. Everything else is asked of the API.
export const person = { name: "张三", pinyin: "zhangsan", initials: "zs", character: "张" };

export class Skip extends Error {}

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

export function same(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}

export async function api(path) {
  const response = await fetch(base + path, { headers: { Accept: "application/fhir+json, application/json" } });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
  return response.json();
}

export async function search(type, query) {
  const found = [];
  let next = `/fhir/${type}?${new URLSearchParams({ _count: "200", ...query })}`;
  while (next) {
    const bundle = await api(next);
    found.push(...(bundle.entry ?? []).map((entry) => entry.resource).filter((resource) => resource.resourceType === type));
    const link = (bundle.link ?? []).find((candidate) => candidate.relation === "next")?.url;
    next = link ? new URL(link, base).pathname + new URL(link, base).search : null;
  }
  return found;
}

let remembered;

// The demo person: its Patients in all hospitals, by the Person that joins them.
export async function demo() {
  if (remembered) return remembered;
  const hits = (await search("Patient", { name: person.name })).filter((patient) => JSON.stringify(patient.name ?? []).replace(/[",\[\]]/g, "").includes("张"));
  check(hits.length > 0, `the daemon knows no patient named ${person.name}: are the demo alliance's messages sent?`);
  const persons = await search("Person", { link: hits.map((patient) => `Patient/${patient.id}`).join(",") });
  const links = persons.map((resource) => resource.link.map((link) => link.target.reference)).sort((a, b) => b.length - a.length)[0] ?? [`Patient/${hits[0].id}`];
  const patients = await search("Patient", { _id: links.map((link) => link.slice(8)).join(",") });
  const resident = patients.flatMap((patient) => patient.identifier ?? []).map((identifier) => identifier.value ?? "").find((value) => /^\d{17}[\dX]$/.test(value));
  const number = patients.flatMap((patient) => patient.identifier ?? []).map((identifier) => identifier.value ?? "").find((value) => value && value !== resident);
  remembered = { patients, links: patients.map((patient) => `Patient/${patient.id}`), id: patients[0].id, resident, number };
  return remembered;
}

export const ofPerson = async (type) => search(type, { patient: (await demo()).links.join(",") });

const hospitalNames = new Map();

export async function hospitalName(resource) {
  const code = /^urn:yilian:([^:]+):/.exec(resource.meta?.source ?? "")?.[1];
  if (!code) return "";
  if (!hospitalNames.has(code)) hospitalNames.set(code, (await api(`/fhir/Organization/${code}`)).name);
  return hospitalNames.get(code);
}

export async function openFind(page) {
  await page.goto(`${base}/`);
  await page.waitForSelector("#find");
}

export async function openChart(page, tab = "") {
  const { id } = await demo();
  await page.goto(`${base}/patient/${id}${tab ? `?tab=${tab}` : ""}`);
  await page.waitForSelector(".person-name");
  // The banner says when everything was loaded.
  await until(page, () => /\d{2}:\d{2}:\d{2}/.test(document.querySelector(".banner-row.second")?.textContent ?? ""));
  // The names of hospitals are asked for by what was loaded, and come after it.
  await page.waitForLoadState("networkidle");
}

// Until the function is true in the page. (Playwright's own waitForFunction needs eval, which the content policy forbids.)
export async function until(page, predicate, argument) {
  const end = Date.now() + 15_000;
  while (!(await page.evaluate(predicate, argument))) {
    if (Date.now() > end) throw new Error(`never came true: ${predicate}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export const texts = (page, selector) => page.$$eval(selector, (elements) => elements.map((element) => element.textContent.trim()));
