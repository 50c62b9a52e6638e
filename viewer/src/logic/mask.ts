// Numbers of a person. A resident number (GB 11643: 6 region, 8 birth date, 3 sequence, 1 check) is shown masked but for its first six and last four.

import type { Identifier } from "../fhir/types";

const resident18 = /^[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/;
const resident15 = /^[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$/;

export const isResidentNumber = (value: string): boolean => resident18.test(value) || resident15.test(value);

export function mask(value: string): string {
  return value.length <= 10 ? "*".repeat(value.length) : value.slice(0, 6) + "*".repeat(value.length - 10) + value.slice(-4);
}

const residentSystems = /2\.16\.156\.10011\.1\.3$|resident|\bNNCHN\b/i;

export function isResident(identifier: Identifier): boolean {
  const value = identifier.value ?? "";
  if (isResidentNumber(value)) return true;
  return residentSystems.test(identifier.system ?? "") || (identifier.type?.coding ?? []).some((coding) => coding.code === "NNCHN");
}

export const shown = (identifier: Identifier): string => (isResident(identifier) ? mask(identifier.value ?? "") : (identifier.value ?? ""));

// What a search box text may be. Unsure (a word with digits in it) is both.
export function searchKinds(text: string): ("name" | "identifier")[] {
  const compact = text.replace(/\s/g, "");
  if (!/\d/.test(compact)) return ["name"];
  if (/^[\d\-xX]+$/.test(compact)) return ["identifier"];
  return ["identifier", "name"];
}
