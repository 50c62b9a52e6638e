// What of a message no rule used, and where a rule did with less than its word: as the server tells it, and where that stands in the shown text.

import type { Parameters } from "../fhir/types";

export interface Unused {
  segment: string;
  field: string;
  text: string; // shortened with "…"
  begin: number; // bytes in UTF-8: of the segment in $origin, of the message in an explanation
  end: number;
  why: string; // "never", "asked" (by a condition), "set_id"
}

export interface Fallback {
  kind: string;
  field: string;
  resource: string;
  what: string;
  rule: string;
  rulePlace: string;
}

// The answer of /admin/v1/messages/<number>/explain; what is empty is left out in it.
export interface Explanation {
  error?: string;
  mappingChanged?: boolean;
  unused: Partial<Unused>[];
  unusedTotal: number;
  fallbacks: Partial<Fallback>[];
  fallbacksTotal: number;
}

const noUnused: Unused = { segment: "", field: "", text: "", begin: 0, end: 0, why: "" };
const noFallback: Fallback = { kind: "", field: "", resource: "", what: "", rule: "", rulePlace: "" };

export interface Rest { unused: Unused[]; fallbacks: Fallback[] }

export const restOf = (told: Explanation): Rest => ({
  unused: told.unused.map((part) => ({ ...noUnused, ...part })),
  fallbacks: told.fallbacks.map((fallback) => ({ ...noFallback, ...fallback })),
});

// The same of $origin, by message.
export function readRests(parameters: Parameters): Map<number, Rest> {
  const rests = new Map<number, Rest>();
  for (const { name, part = [] } of parameters.parameter ?? []) {
    if (name !== "unused" && name !== "fallback") continue;
    const values: Record<string, string | number | undefined> = {};
    for (const value of part) values[value.name] = value.valueString ?? value.valueInteger;
    const number = Number(values.message);
    const rest = rests.get(number) ?? { unused: [], fallbacks: [] };
    rests.set(number, rest);
    if (name === "unused") rest.unused.push({ ...noUnused, ...values });
    else rest.fallbacks.push({ ...noFallback, ...values });
  }
  return rests;
}

// Set ids (PID-1, OBX-1) are left unused on purpose: marking each of them would hide what matters.
export const worthMarking = (parts: Unused[]): Unused[] => parts.filter((part) => part.why !== "set_id");

export const bytesOf = (parts: Unused[]): number => parts.reduce((sum, part) => sum + part.end - part.begin, 0);

export interface Place { start: number; end: number; part: Unused }

// Where the parts stand in the text, which counts in UTF-16. What does not stand there, as bytes that could not be decoded alike, is left out: a wrong mark is worse than none.
export function placesOf(text: string, parts: Unused[]): Place[] {
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  let bytes = 0;
  const go = (to: number): number => {
    while (bytes < to && at < text.length) {
      const code = text.codePointAt(at)!;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += code < 0x10000 ? 1 : 2;
    }
    return bytes === to ? at : -1;
  };
  return [...parts].sort((a, b) => a.begin - b.begin).flatMap((part) => {
    const start = go(part.begin);
    const end = go(part.end);
    const stands = start >= 0 && end > start && text.slice(start, end).startsWith(part.text.replace(/…$/, ""));
    return stands ? [{ start, end, part }] : [];
  });
}

export interface Piece { text: string; source: boolean; part: Unused | null }

// One line cut where its marks begin and end. `from`: where the line stands in the text of the places, which are in order. The source goes first.
export function cut(line: string, from: number, places: Place[], source: [number, number] = [0, 0]): Piece[] {
  const pieces: Piece[] = [];
  const add = (start: number, end: number, isSource: boolean, part: Unused | null) => {
    if (end > start) pieces.push({ text: line.slice(start, end), source: isSource, part });
  };
  const plain = (start: number, end: number) => {
    let at = start;
    for (const place of places) {
      const [first, last] = [Math.max(place.start - from, at), Math.min(place.end - from, end)];
      if (last <= first) continue;
      add(at, first, false, null);
      add(first, last, false, place.part);
      at = last;
    }
    add(at, end, false, null);
  };
  const marked = source[1] > source[0];
  plain(0, marked ? source[0] : line.length);
  if (marked) {
    add(source[0], source[1], true, null);
    plain(source[1], line.length);
  }
  return pieces;
}
