// Results grouped by test across hospitals. Two hospitals' results are the same test when a shared code says so; failing that, when their names
// are the same and nothing speaks against it, and then the page says that only the name matched. Units are never mixed: a series is one hospital and one unit.

import { codings, concept, hospitalOf, isChinese, number, script, targetOf } from "../fhir/text";
import type { CodeableConcept, DiagnosticReport, Observation } from "../fhir/types";
import { epochOf, wallOf } from "./dates";
import { flagOf, numeric, unitOf, type Flag } from "./values";

export interface Result {
  observation: Observation;
  hospital: string;
  when: string; // as written
  epoch: number;
  wall: number | null; // the written wall-clock time as if it were UTC, for plots; null: unknown
  flag: Flag;
  numeric: number | null;
  unit: string;
}

export interface TestGroup {
  key: string;
  name: string;
  byName: boolean; // joined across hospitals by name alone
  results: Result[]; // newest first
}

export const observedAt = (observation: Observation): string =>
  observation.effectiveDateTime ?? observation.effectiveInstant ?? observation.effectivePeriod?.start ?? observation.issued ?? "";

export function toResult(observation: Observation): Result {
  const when = observedAt(observation);
  return {
    observation, hospital: hospitalOf(observation), when, epoch: epochOf(when), wall: wallOf(when), flag: flagOf(observation), numeric: number(numeric(observation)?.value), unit: unitOf(observation),
  };
}

// Withdrawn results stay in the chart, but are never the latest word.
export const isWithdrawn = (observation: Observation): boolean => observation.status === "entered-in-error" || observation.status === "cancelled";

const isLocal = (system: string | undefined) => !system || system.startsWith("urn:yilian:");

export const fold = (text: string): string => text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();

interface Keys { shared: string | null; local: string; name: string }

function keysOf(code: CodeableConcept | undefined, hospital: string): Keys {
  const loinc = codings(code).find((coding) => coding.system === "http://loinc.org" && coding.code);
  const other = codings(code).find((coding) => !isLocal(coding.system) && coding.code);
  const local = codings(code).find((coding) => coding.code);
  const shared = loinc ?? other;
  const name = fold(concept(code, "zh"));
  return {
    shared: shared ? `${shared.system}|${shared.code}` : null,
    local: local ? `${hospital}|${local.system ?? ""}|${local.code}` : `${hospital}|name|${name}`,
    name,
  };
}

export function groupByTest(observations: Observation[]): TestGroup[] {
  const groups = new Map<string, { results: Result[]; local: boolean; names: Set<string>; hospitals: Set<string>; units: Set<string> }>();
  for (const observation of observations) {
    const result = toResult(observation);
    const keys = keysOf(observation.code, result.hospital);
    const key = keys.shared ?? keys.local;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { results: [], local: !keys.shared, names: new Set(), hospitals: new Set(), units: new Set() }));
    group.results.push(result);
    group.names.add(keys.name);
    group.hospitals.add(result.hospital);
    if (result.unit) group.units.add(result.unit);
  }
  const joined = joinByName(groups);
  return joined.map(([key, results, byName]) => {
    results.sort((a, b) => Number(isWithdrawn(a.observation)) - Number(isWithdrawn(b.observation)) || b.epoch - a.epoch);
    return { key, name: nameOf(results), byName, results };
  });
}

type Raw = Map<string, { results: Result[]; local: boolean; names: Set<string>; hospitals: Set<string>; units: Set<string> }>;

// A group of local codes joins others of its name when every hospital uses that name for one code only and the units agree.
function joinByName(groups: Raw): [string, Result[], boolean][] {
  const byName = new Map<string, string[]>();
  for (const [key, group] of groups) for (const name of group.names) if (name) byName.set(name, [...(byName.get(name) ?? []), key]);
  const done = new Set<string>();
  const out: [string, Result[], boolean][] = [];
  for (const [key, group] of groups) {
    if (done.has(key)) continue;
    const mates = [...group.names].length === 1 ? (byName.get([...group.names][0]!) ?? [key]) : [key];
    const members = mates.map((mate) => groups.get(mate)!);
    const shared = members.filter((member) => !member.local).length;
    const hospitals = members.reduce((sum, member) => sum + member.hospitals.size, 0);
    const distinct = new Set(members.flatMap((member) => [...member.hospitals])).size;
    const units = new Set(members.flatMap((member) => [...member.units]));
    const single = members.every((member) => member.names.size <= 1 || !member.local);
    if (mates.length > 1 && shared <= 1 && hospitals === distinct && units.size <= 1 && single && mates.every((mate) => !done.has(mate))) {
      mates.forEach((mate) => done.add(mate));
      out.push([mates.find((mate) => !groups.get(mate)!.local) ?? key, members.flatMap((member) => member.results), true]);
    } else {
      done.add(key);
      out.push([key, group.results, false]);
    }
  }
  return out;
}

// One hospital's name may be in the reader's script where another's is not.
function nameOf(results: Result[]): string {
  const names = results.map((result) => concept(result.observation.code)).filter(Boolean);
  return names.find((name) => isChinese(name) === (script() === "zh")) ?? names[0] ?? "";
}

export const categoryOf = (observation: Observation): string => {
  for (const category of observation.category ?? []) for (const coding of codings(category)) if (coding.code) return coding.code;
  return "";
};

// The change since the result before it, of the same hospital and unit, both plain numbers.
export interface Change { difference: number; percent: number | null; before: Result }

export function changeOf(results: Result[], at: number): Change | null {
  const now = results[at];
  if (!now || now.numeric === null || numeric(now.observation)?.comparator) return null;
  const before = results.slice(at + 1).find((other) => other.hospital === now.hospital && other.unit === now.unit && other.numeric !== null && !isWithdrawn(other.observation));
  if (!before || before.numeric === null || numeric(before.observation)?.comparator) return null;
  const difference = now.numeric - before.numeric;
  return { difference, percent: before.numeric === 0 ? null : (difference / before.numeric) * 100, before };
}

// A difference with as many digits as its two sides have.
export function differenceText(change: Change, now: Result): string {
  const digits = (result: Result) => String(numeric(result.observation)?.value ?? "").split(".")[1]?.length ?? 0;
  const text = Math.abs(change.difference).toFixed(Math.min(6, Math.max(digits(now), digits(change.before))));
  const sign = change.difference > 0 ? "+" : change.difference < 0 ? "−" : "±";
  return `${sign}${text}`;
}

// A text too long for a table cell: a finding, an impression.
export const isNarrative = (observation: Observation): boolean => (observation.valueString ?? "").length > 40 || /[\r\n]/.test(observation.valueString ?? "");

// The report that names each result, by observation id. An antibiotic's "resistant" or a stain's "positive" means nothing without it.
export function reportOfResults(reports: DiagnosticReport[]): Map<string, DiagnosticReport> {
  const byResult = new Map<string, DiagnosticReport>();
  for (const report of reports) for (const reference of report.result ?? []) byResult.set(targetOf(reference), report);
  return byResult;
}

export interface ReportGroup {
  report: DiagnosticReport;
  hospital: string;
  when: string;
  epoch: number;
  results: Result[]; // in the report's own order
  missing: number; // results that the report names and that are not loaded
}

export function reportedAt(report: DiagnosticReport | undefined): string {
  return report?.effectiveDateTime ?? report?.effectivePeriod?.start ?? report?.issued ?? "";
}

export function groupByReport(reports: DiagnosticReport[], observations: Observation[]): ReportGroup[] {
  const byId = new Map(observations.map((observation) => [`Observation/${observation.id}`, observation]));
  return reports
    .map((report) => {
      const named = (report.result ?? []).map(targetOf).filter(Boolean);
      const found = named.map((reference) => byId.get(reference)).filter((observation): observation is Observation => observation !== undefined);
      const when = reportedAt(report);
      return { report, hospital: hospitalOf(report), when, epoch: epochOf(when), results: found.map(toResult), missing: named.length - found.length };
    })
    .sort((a, b) => b.epoch - a.epoch);
}
