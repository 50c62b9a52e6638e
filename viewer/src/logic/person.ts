// One human is several Patient resources: one or more a hospital, joined by Person resources and by the links that a merge leaves.

import { searchAll } from "../fhir/client";
import { targetOf } from "../fhir/text";
import type { Patient, Person } from "../fhir/types";

const mostPatients = 50; // of one human; more than that is a fault of the links, and would make searches too long

// The Patient ids that this Patient names as the same human. A "seealso" link says no more than that someone should look.
export function linkedPatients(patient: Patient): string[] {
  return (patient.link ?? [])
    .filter((link) => link.type === "replaces" || link.type === "replaced-by" || link.type === "refer")
    .map((link) => targetOf(link.other))
    .filter((target) => target.startsWith("Patient/"))
    .map((target) => target.slice(8));
}

export const personTargets = (person: Person): string[] =>
  (person.link ?? []).map((link) => targetOf(link.target)).filter((target) => target.startsWith("Patient/")).map((target) => target.slice(8));

export interface Assembly {
  patients: Patient[];
  incomplete: boolean; // a look-up failed or the bound was reached: others of this human may exist
}

interface Lookups {
  patients(ids: string[]): Promise<Patient[]>;
  personsOf(ids: string[]): Promise<Person[]>;
  pointingTo(ids: string[]): Promise<Patient[]>;
}

const references = (ids: string[]) => ids.map((id) => `Patient/${id}`).join(",");

export const serverLookups = (signal?: AbortSignal): Lookups => ({
  patients: (ids) => searchAll<Patient>("Patient", { _id: ids.join(","), _count: String(mostPatients) }, mostPatients, signal),
  personsOf: (ids) => searchAll<Person>("Person", { link: references(ids), _count: String(mostPatients) }, mostPatients, signal),
  pointingTo: (ids) => searchAll<Patient>("Patient", { link: references(ids), _count: String(mostPatients) }, mostPatients, signal),
});

// Goes from the first Patient along all links until nobody new is found. Fails only when the first Patient itself cannot be read.
export async function assemble(first: Patient, lookups: Lookups): Promise<Assembly> {
  const known = new Map<string, Patient>([[first.id ?? "", first]]);
  let incomplete = false;
  let frontier = [first];
  while (frontier.length > 0) {
    const ids = frontier.map((patient) => patient.id ?? "");
    const [persons, pointing] = await Promise.allSettled([lookups.personsOf(ids), lookups.pointingTo(ids)]);
    const found = new Map<string, Patient>();
    const missing = new Set<string>(frontier.flatMap(linkedPatients));
    if (persons.status === "fulfilled") persons.value.flatMap(personTargets).forEach((id) => missing.add(id));
    // Only a merge's links count here too; a Patient may point to ours for another reason.
    if (pointing.status === "fulfilled") {
      for (const patient of pointing.value) if (linkedPatients(patient).some((id) => known.has(id))) found.set(patient.id ?? "", patient);
    }
    incomplete = incomplete || persons.status === "rejected" || pointing.status === "rejected";
    const wanted = [...missing].filter((id) => !known.has(id) && !found.has(id)).slice(0, mostPatients);
    if (wanted.length > 0) {
      try {
        for (const patient of await lookups.patients(wanted)) found.set(patient.id ?? "", patient);
      } catch {
        incomplete = true;
      }
    }
    frontier = [...found.values()].filter((patient) => !known.has(patient.id ?? ""));
    if (known.size + frontier.length > mostPatients) {
      incomplete = true;
      frontier = frontier.slice(0, mostPatients - known.size);
    }
    frontier.forEach((patient) => known.set(patient.id ?? "", patient));
  }
  return { patients: [...known.values()], incomplete };
}

const updated = (patient: Patient) => patient.meta?.lastUpdated ?? "";

// Newest first; a Patient that a merge replaced comes last.
export function byCurrency(patients: Patient[]): Patient[] {
  const replaced = (patient: Patient) => patient.active === false || (patient.link ?? []).some((link) => link.type === "replaced-by");
  return [...patients].sort((a, b) => Number(replaced(a)) - Number(replaced(b)) || updated(b).localeCompare(updated(a)));
}

// Search hits, folded into humans by the Person resources that link them. The order of the hits stays.
export function fold(patients: Patient[], persons: Person[]): Patient[][] {
  const groupOf = new Map<string, Patient[]>();
  const groups: Patient[][] = [];
  for (const patient of patients) {
    const id = patient.id ?? "";
    if (groupOf.has(id)) continue;
    const mates = new Set<string>([id, ...linkedPatients(patient)]);
    for (const person of persons) {
      const targets = personTargets(person);
      if (targets.includes(id)) targets.forEach((target) => mates.add(target));
    }
    const group = patients.filter((other) => mates.has(other.id ?? "") && !groupOf.has(other.id ?? ""));
    group.forEach((member) => groupOf.set(member.id ?? "", group));
    groups.push(group);
  }
  return groups;
}

// The first value that any of them, newest first, has.
export function firstOf<T>(patients: Patient[], pick: (patient: Patient) => T | undefined): T | undefined {
  for (const patient of patients) {
    const value = pick(patient);
    if (value !== undefined) return value;
  }
  return undefined;
}

// Hospitals that disagree on who this is: shown, never decided silently.
export function disagreements(patients: Patient[]): ("birthDate" | "gender")[] {
  const distinct = (pick: (patient: Patient) => string | undefined) => new Set(patients.map(pick).filter((value) => value && value !== "unknown")).size;
  const found: ("birthDate" | "gender")[] = [];
  if (distinct((patient) => patient.birthDate) > 1) found.push("birthDate");
  if (distinct((patient) => patient.gender) > 1) found.push("gender");
  return found;
}
