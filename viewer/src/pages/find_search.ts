// The search behind the find page: by name, by number, or both when the text could be either; hits folded into humans.

import { RequestError, searchAll, searchPage } from "../fhir/client";
import type { Patient, Person } from "../fhir/types";
import { searchKinds } from "../logic/mask";
import { fold } from "../logic/person";

export const mostHits = 20;

export interface Found {
  people: Patient[][];
  more: boolean;     // the server has more than these
  unlinked: boolean; // who is the same human could not be asked
}

const query = (kind: "name" | "identifier", text: string): Record<string, string> =>
  kind === "name" ? { name: text, _count: String(mostHits) } : { identifier: text, _count: String(mostHits) };

// A comma or a bar means something in a FHIR search; here it is only a character.
const escaped = (text: string): string => text.replace(/[\\,$|]/g, (character) => `\\${character}`);

export async function find(text: string, signal: AbortSignal): Promise<Found> {
  const trimmed = text.trim().replace(/\s+/g, " ");
  const kinds = searchKinds(trimmed);
  // A resident number's check digit is a capital X, whatever was typed.
  const asked = escaped(kinds[0] === "identifier" && /^\d{17}x$/.test(trimmed) ? trimmed.toUpperCase() : trimmed);
  const outcomes = await Promise.allSettled(kinds.map((kind) => searchPage<Patient>("Patient", query(kind, asked), signal)));
  const pages = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  if (pages.length < outcomes.length) {
    // Half an answer could hide the patient: it is no answer.
    throw outcomes.find((outcome): outcome is PromiseRejectedResult => outcome.status === "rejected")!.reason as RequestError;
  }
  const patients = new Map(pages.flatMap((page) => page.items).map((patient) => [patient.id, patient]));
  const hits = [...patients.values()];
  let persons: Person[] = [];
  let unlinked = false;
  if (hits.length > 0) {
    try {
      persons = await searchAll<Person>("Person", { link: hits.map((patient) => `Patient/${patient.id}`).join(","), _count: "100" }, 200, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      unlinked = true;
    }
  }
  return { people: fold(hits, persons), more: pages.some((page) => page.next !== null), unlinked };
}
