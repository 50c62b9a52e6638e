// "Where from": what the server knows of each element's origin, and which of it answers a click on one element.

import type { Parameters } from "../fhir/types";

export interface Origin {
  element: string;
  hospital: string;
  feed: string;
  system: string;
  message: number | null;
  messageType: string;
  controlId: string;
  received: string;
  segment: string;
  field: string;
  line: string;
  start: number;
  length: number;
  rule: string;
  rulePlace: string;
  mappingChanged: boolean;
}

export function readOrigins(parameters: Parameters): Origin[] {
  return (parameters.parameter ?? [])
    .filter((parameter) => parameter.name === "origin")
    .map((parameter) => {
      const part = (name: string) => parameter.part?.find((candidate) => candidate.name === name);
      const text = (name: string) => part(name)?.valueString ?? "";
      return {
        element: text("element"), hospital: text("hospital"), feed: text("feed"), system: text("system"), message: part("message")?.valueInteger ?? null,
        messageType: text("messageType"), controlId: text("controlId"), received: part("received")?.valueInstant ?? "", segment: text("segment"), field: text("field"),
        line: text("line"), start: part("start")?.valueInteger ?? 0, length: part("length")?.valueInteger ?? 0, rule: text("rule"), rulePlace: text("rulePlace"),
        mappingChanged: part("mappingChanged")?.valueBoolean ?? false,
      };
    });
}

export type Fit = "exact" | "part" | "whole";

// How an origin's element relates to the one asked for: itself, a part of it ("valueQuantity.value" of "valueQuantity"), or a whole that it is part of.
export function fitOf(element: string, asked: string): Fit | null {
  const inside = (inner: string, outer: string) => inner.startsWith(outer) && (inner[outer.length] === "." || inner[outer.length] === "[");
  if (element === asked) return "exact";
  if (inside(element, asked)) return "part";
  if (inside(asked, element)) return "whole";
  return null;
}

const order: Record<Fit, number> = { exact: 0, part: 1, whole: 2 };

// The value itself says more than its unit or its coding system.
const significance = (element: string): number => (/\.(value|text|data)$/.test(element) ? 0 : /\.(code|display|family|given\[\d+\])$/.test(element) ? 1 : /\.(system|use)$/.test(element) ? 3 : 2);

// Best first. Origins of the same bytes are one: a code and its display often stand in one field.
export function matching(origins: Origin[], asked: string[]): Origin[] {
  const ranked = origins
    .map((origin) => ({ origin, fits: asked.map((element) => fitOf(origin.element, element)) }))
    .map(({ origin, fits }) => ({ origin, first: fits.findIndex((fit) => fit !== null), fit: fits.find((fit) => fit !== null) ?? null }))
    .filter((item) => item.fit !== null)
    .sort((a, b) => a.first - b.first || order[a.fit!] - order[b.fit!] || Number(!a.origin.line) - Number(!b.origin.line) || significance(a.origin.element) - significance(b.origin.element));
  const seen = new Set<string>();
  return ranked
    .map((item) => item.origin)
    .filter((origin) => {
      const place = `${origin.message}|${origin.segment}|${origin.field}|${origin.start}|${origin.length}`;
      if (seen.has(place)) return false;
      seen.add(place);
      return true;
    });
}

// Where the field stands in the line. A range outside the line marks nothing.
export function sourceOf({ line, start, length }: Origin): [number, number] {
  return length <= 0 || start < 0 || start + length > line.length ? [0, 0] : [start, start + length];
}

// The value of "name[0].family" in a resource: for showing what earlier versions said.
export function elementAt(resource: unknown, path: string): unknown {
  let at: unknown = resource;
  for (const step of path.split(".")) {
    const match = /^([A-Za-z]+)(?:\[(\d+)\])?$/.exec(step);
    if (!match || typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[match[1]!];
    if (match[2] !== undefined) at = Array.isArray(at) ? at[Number(match[2])] : undefined;
  }
  return at;
}
