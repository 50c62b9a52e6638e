// A fallback in the reader's language. The server tells it as an English sentence; those that it is known to say are taken apart here, any other is shown as it is.

import type { Fallback } from "./explanation";
import { fitOf, type Origin } from "./origin";

export interface FallbackWords {
  notInTable(said: string, table: string): string;
  notOfCodes(said: string, element: string): string;
  notOfType(said: string, type: string): string;
  nothingSaid: string;
  codingStays: string;
  textStays: string;
  written(value: string): string;
  notTaken: string;
  byDefault(element: string, value: string): string;
  notTold: string;
  arrival: string;
  ownId(type: string): string;
  nameOnly(type: string): string;
  join: string;
}

const instead = (words: FallbackWords, rest: string): string | null => {
  const written = /^'([^]*)' is written instead$/.exec(rest);
  if (written) return words.written(written[1]!);
  if (rest === "the sender's own coding stays") return words.codingStays;
  if (rest === "it stays as text") return words.textStays;
  return null;
};

// "'Q' is not in table T: the sender's own coding stays: 'x' is written instead"
function unfit(what: string, words: FallbackWords): string | null {
  const parts = /^'([^]*?)' is (?:not in table (\S+?)|none of the codes that (\S+?) may have|no (\S+?))((?:: [^]*)?)$/.exec(what);
  if (!parts) return null;
  const [, said = "", table, element, type, tail = ""] = parts;
  const head = table ? words.notInTable(said, table) : element ? words.notOfCodes(said, element) : words.notOfType(said, type!);
  if (!tail) return head + words.join + words.notTaken;
  const both = /^: (the sender's own coding stays|it stays as text)(?:: ([^]*))?$/.exec(tail);
  const steps = (both ? [both[1]!, ...(both[2] ? [both[2]] : [])] : [tail.slice(2)]).map((step) => instead(words, step));
  return steps.includes(null) ? null : [head, ...steps].join(words.join);
}

export function fallbackText(fallback: Fallback, words: FallbackWords): string {
  const { what, resource } = fallback;
  const type = resource.split("/")[0] ?? "";
  const byDefault = /^(\S+) = '([^]*)' by default(: the message does not tell it)?$/.exec(what);
  if (byDefault) return words.byDefault(type ? `${type}.${byDefault[1]}` : byDefault[1]!, byDefault[2]!) + (byDefault[3] ? words.join + words.notTold : "");
  const nothing = /^the message tells nothing: ('[^]*)$/.exec(what);
  if (nothing) return words.nothingSaid + words.join + (instead(words, nothing[1]!) ?? nothing[1]!);
  const own = /^no number of this (\S+) is told: its id is of this message alone$/.exec(what);
  if (own) return words.ownId(own[1]!);
  const named = /^no number tells which (\S+) it is: only the reference names it$/.exec(what);
  if (named) return words.nameOnly(named[1]!);
  if (what === "the message does not say when it happened: the time of its arrival is taken") return words.arrival;
  return unfit(what, words) ?? what;
}

export interface Told extends Fallback { times: number }

// The same word of the same field often comes again, as each segment brings it: once, with how often.
export function gathered(fallbacks: Fallback[]): Told[] {
  const told = new Map<string, Told>();
  for (const fallback of fallbacks) {
    const key = [fallback.kind, fallback.field, fallback.resource.split("/")[0], fallback.what, fallback.rule].join("|");
    const before = told.get(key);
    if (before) ++before.times;
    else told.set(key, { ...fallback, times: 1 });
  }
  return [...told.values()];
}

// Those that the shown value itself, in any of its parts, owes something to. A field's name does not tell which of several like segments it stands in, so its word must stand in the origin's line.
export function ofOrigins(fallbacks: Fallback[], origins: Origin[], reference: string): Fallback[] {
  return fallbacks.filter((fallback) => origins.some((origin) => {
    if (fallback.resource) return fallback.resource === reference && fitOf(/^\S+(?= = ')/.exec(fallback.what)?.[0] ?? "", origin.element) !== null;
    const said = /^'([^]*?)…?' is /.exec(fallback.what)?.[1];
    if (!said || !origin.field || !origin.line.includes(said)) return false;
    const inside = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}(`);
    return inside(fallback.field, origin.field) || inside(origin.field, fallback.field);
  }));
}
