// A result's value, its reference range, and how far outside it lies.

import { codings, concept, concepts, number, quantity } from "../fhir/text";
import type { ObservedValue, Quantity, ReferenceRange } from "../fhir/types";
import { timeText } from "./dates";

export type Level = "critical" | "high" | "low" | "abnormal" | "normal" | "none";

export interface Flag {
  level: Level;
  direction: "up" | "down" | "none";
  stated: boolean; // false: the laboratory set no flag, the value lies outside the range it gave
}

const meanings: Record<string, [Level, Flag["direction"]]> = {
  HH: ["critical", "up"], LL: ["critical", "down"], AA: ["critical", "none"], HU: ["critical", "up"], LU: ["critical", "down"], ">": ["high", "up"], "<": ["low", "down"],
  H: ["high", "up"], HX: ["high", "up"], L: ["low", "down"], LX: ["low", "down"], A: ["abnormal", "none"], POS: ["abnormal", "none"], R: ["abnormal", "none"], I: ["abnormal", "none"],
  DET: ["abnormal", "none"], N: ["normal", "none"], NEG: ["normal", "none"], S: ["normal", "none"], ND: ["normal", "none"],
};
const weight: Record<Level, number> = { critical: 5, high: 4, low: 4, abnormal: 3, normal: 1, none: 0 };

export const isAbnormal = (flag: Flag): boolean => weight[flag.level] >= 3;
export const severity = (flag: Flag): number => weight[flag.level];

export interface Bounds { low: number | null; high: number | null }

// "3.5-5.3", "3.5--5.3", "3.5～5.3", "<0.04", "≥60", also with a unit behind it; anything else is no range that can be drawn.
export function boundsOfText(text: string | undefined): Bounds | null {
  const compact = (text ?? "").replace(/\s/g, "").replace(/[（(].*[)）]$/, "");
  const both = /^(\d+(?:\.\d+)?)(?:-{1,2}|~|～|—|–|至)(\d+(?:\.\d+)?)[^\d]*$/.exec(compact);
  if (both) return Number(both[1]) <= Number(both[2]) ? { low: Number(both[1]), high: Number(both[2]) } : null;
  const one = /^(<=|>=|<|>|≤|≥|＜|＞)(\d+(?:\.\d+)?)[^\d]*$/.exec(compact);
  if (!one) return null;
  return /^[<≤＜]/.test(one[1]!) ? { low: null, high: Number(one[2]) } : { low: Number(one[2]), high: null };
}

const isNormalRange = (range: ReferenceRange) => {
  const codes = codings(range.type).map((coding) => coding.code);
  return codes.length === 0 || codes.includes("normal");
};

export function bounds(ranges: ReferenceRange[] | undefined): Bounds | null {
  const usable = (ranges ?? []).filter(isNormalRange);
  // Several ranges (by age, by cycle) and no word which applies: none is drawn.
  if (usable.length !== 1) return null;
  const range = usable[0]!;
  const low = number(range.low?.value);
  const high = number(range.high?.value);
  if (low !== null || high !== null) return { low, high };
  return boundsOfText(range.text);
}

export function rangeText(ranges: ReferenceRange[] | undefined): string {
  return (ranges ?? [])
    .map((range) => {
      if (range.text) return range.text;
      const low = range.low?.value;
      const high = range.high?.value;
      if (low !== undefined && high !== undefined) return `${low}–${high}`;
      if (high !== undefined) return `≤ ${high}`;
      if (low !== undefined) return `≥ ${low}`;
      return "";
    })
    .filter(Boolean)
    .join("; ");
}

// A value that stands as text but is one plain number ("5.10"), as some laboratories send it.
const plainNumber = /^\s*([<>]=?)?\s*(-?\d+(?:\.\d+)?)\s*$/;

export function numeric(value: ObservedValue): Quantity | null {
  if (value.valueQuantity && number(value.valueQuantity.value) !== null) return value.valueQuantity;
  if (value.valueInteger !== undefined) return { value: value.valueInteger };
  const match = plainNumber.exec(value.valueString ?? "");
  return match?.[2] ? { value: match[2], comparator: match[1] } : null;
}

export function flagOf(value: ObservedValue): Flag {
  let best: Flag = { level: "none", direction: "none", stated: true };
  for (const interpretation of value.interpretation ?? []) {
    const codes = codings(interpretation).map((coding) => coding.code ?? "");
    if (codes.length === 0 && interpretation.text) codes.push(interpretation.text.trim());
    for (const code of codes) {
      const meaning = meanings[code.toUpperCase()];
      if (meaning && weight[meaning[0]] > weight[best.level]) best = { level: meaning[0], direction: meaning[1], stated: true };
    }
  }
  if (best.level !== "none") return best;
  const measured = numeric(value);
  const limits = bounds(value.referenceRange);
  const n = number(measured?.value);
  if (n === null || !limits) return best;
  const comparator = measured?.comparator ?? "";
  // "<5" says nothing about a lower limit below 5, so a comparator counts only in its own direction.
  if (limits.high !== null && n > limits.high && !comparator.startsWith("<")) return { level: "high", direction: "up", stated: false };
  if (limits.low !== null && n < limits.low && !comparator.startsWith(">")) return { level: "low", direction: "down", stated: false };
  return best;
}

// The value without its unit; empty when there is none.
export function valueText(value: ObservedValue): string {
  if (value.valueQuantity) return value.valueQuantity.value === undefined ? "" : `${value.valueQuantity.comparator ?? ""}${value.valueQuantity.value}`;
  if (value.valueString !== undefined) return value.valueString;
  if (value.valueCodeableConcept) return concept(value.valueCodeableConcept);
  if (value.valueInteger !== undefined) return String(value.valueInteger);
  if (value.valueBoolean !== undefined) return value.valueBoolean ? "+" : "−";
  if (value.valueRange) return `${quantity(value.valueRange.low)} – ${quantity(value.valueRange.high)}`;
  if (value.valueRatio) return `${quantity(value.valueRatio.numerator)} : ${quantity(value.valueRatio.denominator)}`;
  if (value.valueDateTime) return timeText(value.valueDateTime);
  if (value.valueTime) return value.valueTime;
  if (value.valuePeriod) return `${timeText(value.valuePeriod.start)} – ${timeText(value.valuePeriod.end)}`;
  return "";
}

export const unitOf = (value: ObservedValue): string => value.valueQuantity?.unit ?? value.valueQuantity?.code ?? "";

export const absentText = (value: ObservedValue): string => concepts(value.dataAbsentReason ? [value.dataAbsentReason] : []);

// The element to ask the origin of.
export function valueElement(value: ObservedValue): string {
  const key = (Object.keys(value) as (keyof ObservedValue)[]).find((name) => name.startsWith("value"));
  return key ?? (value.dataAbsentReason ? "dataAbsentReason" : "code");
}
