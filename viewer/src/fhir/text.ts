// FHIR data types as text for people. No language in here: what needs words is in the dictionary.

import type { CodeableConcept, Coding, Decimal, HumanName, Quantity, Reference, Resource } from "./types";

export const number = (value: Decimal | undefined): number | null => {
  if (value === undefined) return null;
  const n = Number(value);
  return Number.isFinite(n) ? n : null;
};

const chinese = /[\u3400-\u9fff\u{20000}-\u{323af}]/u;
export const isChinese = (text: string): boolean => chinese.test(text);

// Hospitals name one concept in several scripts (a local name and the LOINC name); the reader's language says which is shown. It is set once for the
// page, since every list of the chart names concepts; what is computed from names for a purpose other than showing asks for a script of its own.
export type Script = "zh" | "en";
let shownScript: Script = "zh";
export const script = (): Script => shownScript;
export const showScript = (chosen: Script): void => {
  shownScript = chosen;
};

export function concept(value: CodeableConcept | undefined, wanted: Script = shownScript): string {
  if (!value) return "";
  const names = [value.text, ...(value.coding ?? []).map((coding) => coding.display)].filter((name): name is string => Boolean(name));
  return names.find((name) => chinese.test(name) === (wanted === "zh")) ?? names[0] ?? value.coding?.find((coding) => coding.code)?.code ?? "";
}

export const concepts = (values: CodeableConcept[] | undefined): string => (values ?? []).map((value) => concept(value)).filter(Boolean).join(shownScript === "zh" ? "、" : ", ");

export const codeOf = (value: CodeableConcept | undefined, system?: string): string | undefined =>
  value?.coding?.find((coding) => coding.code && (!system || coding.system === system))?.code;

export const codings = (value: CodeableConcept | undefined): Coding[] => value?.coding ?? [];

function oneName(name: HumanName): string {
  if (name.text) return name.text;
  const family = name.family ?? "";
  const given = name.given ?? [];
  // A Chinese name is family then given, without a blank.
  if (chinese.test(family) || given.some((part) => chinese.test(part))) return family + given.join("");
  return [...given, family].filter(Boolean).join(" ");
}

// The name to show: one in Chinese script if there is any, an official one before others, never an old one first.
export function personName(names: HumanName[] | undefined): string {
  const usable = (names ?? []).map((name) => ({ text: oneName(name).trim(), use: name.use })).filter((name) => name.text);
  const rank = (name: { text: string; use?: string }) => (chinese.test(name.text) ? 0 : 10) + (name.use === "old" ? 5 : name.use === "official" ? 0 : 1);
  return usable.sort((a, b) => rank(a) - rank(b))[0]?.text ?? "";
}

export function quantity(value: Quantity | undefined): string {
  if (!value || value.value === undefined) return "";
  return [`${value.comparator ?? ""}${value.value}`, value.unit ?? value.code ?? ""].filter(Boolean).join(" ");
}

export const targetOf = (reference: Reference | undefined): string => {
  const text = reference?.reference ?? "";
  const match = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/.+)?$/.exec(text);
  return match?.[1] ?? "";
};

export interface Source { hospital: string; feed: string }

// meta.source of what a feed brought: urn:yilian:<hospital>:<feed>.
export function sourceOf(resource: Resource): Source | null {
  const match = /^urn:yilian:([^:]+):([^:#]+)/.exec(resource.meta?.source ?? "");
  return match?.[1] && match[2] ? { hospital: match[1], feed: match[2] } : null;
}

export const hospitalOf = (resource: Resource): string => sourceOf(resource)?.hospital ?? "";
