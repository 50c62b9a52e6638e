// The running chart as one list: every item with its time, hospital and encounter, grouped by encounter and day, newest first.

import { concept, concepts, hospitalOf, quantity, targetOf } from "../fhir/text";
import type { Annotation, DiagnosticReport, Dosage, Encounter, MedicationItem, Resource, ServiceRequest } from "../fhir/types";
import type { ChartData } from "../chart/data";
import { dayText, epochOf } from "./dates";
import { categoryOf, groupByReport, observedAt, toResult, type Result } from "./results";
import { isAbnormal, severity, type Level } from "./values";

export const kinds = ["report", "measurement", "document", "order", "medicine", "diagnosis", "procedure", "immunization", "allergy", "appointment"] as const;
export type Kind = (typeof kinds)[number];

export interface Item {
  key: string; // Type/id
  kind: Kind;
  resource: Resource;
  title: string;
  detail: string;
  hospital: string;
  when: string;
  day: string; // yyyy-mm-dd, or less when less is known
  epoch: number;
  encounter: string; // "Encounter/x", or empty
  results: Result[];
  level: Level;
  updated: string; // meta.lastUpdated
  element: string; // what a click asks the origin of
}

const worst = (results: Result[]): Level => results.reduce<Result | null>((most, result) => (!most || severity(result.flag) > severity(most.flag) ? result : most), null)?.flag.level ?? "none";

export const asList = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

export const medicineName = (item: MedicationItem): string => concept(item.medicationCodeableConcept) || item.medicationReference?.display || "";

export const medicineTime = (item: MedicationItem): string =>
  item.authoredOn ?? item.effectiveDateTime ?? item.effectivePeriod?.start ?? item.dateAsserted ?? "";

export function dosageText(dosage: Dosage): string {
  const amount = quantity(dosage.doseAndRate?.[0]?.doseQuantity ?? dosage.dose);
  const repeat = dosage.timing?.repeat;
  const rhythm = concept(dosage.timing?.code) || (repeat?.frequency ? `${repeat.frequency}×/${repeat.period ?? 1}${repeat.periodUnit ?? ""}` : "");
  const built = [amount, concept(dosage.route), rhythm].filter(Boolean).join(" · ");
  return [built, dosage.text && dosage.text !== built ? dosage.text : ""].filter(Boolean).join(" · ");
}

export const dosagesOf = (item: MedicationItem): Dosage[] => [...asList(item.dosageInstruction), ...asList(item.dosage)];

// Many hospitals write the rhythm ("每日一次") in a note beside the dose.
export const notesOf = (item: { note?: Annotation[] }): string[] => (item.note ?? []).map((note) => note.text ?? "").filter(Boolean);

export const useOf = (item: MedicationItem): string => [...dosagesOf(item).map(dosageText), ...notesOf(item)].filter(Boolean).join(" · ");

export const orderTime = (order: ServiceRequest): string => order.authoredOn ?? order.occurrenceDateTime ?? order.occurrencePeriod?.start ?? "";

// The reports that answer each order, by "ServiceRequest/id".
export function reportsByOrder(reports: DiagnosticReport[]): Map<string, DiagnosticReport[]> {
  const byOrder = new Map<string, DiagnosticReport[]>();
  for (const report of reports) {
    for (const order of (report.basedOn ?? []).map(targetOf)) byOrder.set(order, [...(byOrder.get(order) ?? []), report]);
  }
  return byOrder;
}

function base(resource: Resource, kind: Kind, when: string, encounter: string): Omit<Item, "title" | "detail" | "element"> {
  return {
    key: `${resource.resourceType}/${resource.id}`, kind, resource, hospital: hospitalOf(resource), when, day: dayText(when).slice(0, 10), epoch: epochOf(when), encounter,
    results: [], level: "none", updated: resource.meta?.lastUpdated ?? "",
  };
}

const lastUpdated = (resources: Resource[]): string => resources.reduce((last, resource) => ((resource.meta?.lastUpdated ?? "") > last ? resource.meta!.lastUpdated! : last), "");

function reportItems(data: ChartData): Item[] {
  return groupByReport(data.DiagnosticReport, data.Observation).map((group) => ({
    ...base(group.report, "report", group.when, targetOf(group.report.encounter)),
    title: concept(group.report.code), detail: group.report.conclusion ?? "", results: group.results, level: worst(group.results),
    updated: lastUpdated([group.report, ...group.results.map((result) => result.observation)]), element: "code",
  }));
}

// Measurements outside reports: those of one time, hospital, encounter and category are one item.
function measurementItems(data: ChartData): Item[] {
  const reported = new Set(data.DiagnosticReport.flatMap((report) => (report.result ?? []).map(targetOf)));
  const items = new Map<string, Item>();
  for (const observation of data.Observation) {
    if (reported.has(`Observation/${observation.id}`)) continue;
    const when = observedAt(observation);
    const encounter = targetOf(observation.encounter);
    const place = `${hospitalOf(observation)}|${encounter}|${when}|${categoryOf(observation)}`;
    const known = items.get(place);
    const results = [...(known?.results ?? []), toResult(observation)];
    const first = known ?? { ...base(observation, "measurement", when, encounter), title: concepts(observation.category), detail: "", element: "code" };
    items.set(place, { ...first, results, level: worst(results), updated: lastUpdated(results.map((result) => result.observation)) });
  }
  return [...items.values()];
}

export function timelineItems(data: ChartData): Item[] {
  // An order that is known only by its report has no time of its own: the report stands for it here.
  const answered = reportsByOrder(data.DiagnosticReport);
  const medicines = [...data.MedicationRequest, ...data.MedicationAdministration, ...data.MedicationStatement];
  return [
    ...reportItems(data),
    ...measurementItems(data),
    ...data.DocumentReference.map((r) => ({
      ...base(r, "document", r.date ?? r.content?.[0]?.attachment?.creation ?? "", targetOf(r.context?.encounter?.[0])), title: concept(r.type) || r.description || "", detail: "", element: "type",
    })),
    ...data.ServiceRequest.filter((r) => orderTime(r) || !answered.has(`ServiceRequest/${r.id}`)).map((r) => ({ ...base(r, "order", orderTime(r), targetOf(r.encounter)), title: concept(r.code), detail: concepts(r.reasonCode), element: "code" })),
    ...medicines.map((r) => ({
      ...base(r, "medicine", medicineTime(r), targetOf(r.encounter ?? r.context)), title: medicineName(r), detail: useOf(r),
      element: r.medicationCodeableConcept ? "medicationCodeableConcept" : "medicationReference",
    })),
    ...data.Condition.map((r) => ({ ...base(r, "diagnosis", r.recordedDate ?? r.onsetDateTime ?? "", targetOf(r.encounter)), title: concept(r.code), detail: "", element: "code" })),
    ...data.Procedure.map((r) => ({ ...base(r, "procedure", r.performedDateTime ?? r.performedPeriod?.start ?? "", targetOf(r.encounter)), title: concept(r.code), detail: "", element: "code" })),
    ...data.Immunization.map((r) => ({ ...base(r, "immunization", r.occurrenceDateTime ?? "", targetOf(r.encounter)), title: concept(r.vaccineCode), detail: quantity(r.doseQuantity), element: "vaccineCode" })),
    ...data.AllergyIntolerance.map((r) => ({
      ...base(r, "allergy", r.recordedDate ?? r.onsetDateTime ?? "", targetOf(r.encounter)), title: concept(r.code), detail: (r.reaction ?? []).map((x) => concepts(x.manifestation) || x.description).filter(Boolean).join("、"), element: "code",
    })),
    ...data.Appointment.map((r) => ({ ...base(r, "appointment", r.start ?? "", ""), title: concepts(r.serviceType) || concept(r.appointmentType) || r.description || "", detail: concepts(r.reasonCode), element: "start" })),
  ];
}

export interface Day { day: string; items: Item[] }
export interface Block {
  key: string;
  encounter: Encounter | null;
  hospital: string;
  epoch: number; // of its newest item
  days: Day[];
  count: number;
}

// Items without an encounter stand by hospital and day.
export function blocksOf(items: Item[], encounters: Encounter[]): Block[] {
  const known = new Map(encounters.map((encounter) => [`Encounter/${encounter.id}`, encounter]));
  const grouped = new Map<string, Item[]>();
  for (const item of items) {
    const key = known.has(item.encounter) ? item.encounter : `${item.hospital}|${item.day}`;
    const members = grouped.get(key);
    if (members) members.push(item);
    else grouped.set(key, [item]);
  }
  const blocks = [...grouped].map(([key, members]): Block => {
    members.sort((a, b) => b.epoch - a.epoch);
    const days: Day[] = [];
    for (const item of members) {
      const last = days[days.length - 1];
      if (last?.day === item.day) last.items.push(item);
      else days.push({ day: item.day, items: [item] });
    }
    const encounter = known.get(key) ?? null;
    return { key, encounter, hospital: encounter ? hospitalOf(encounter) : members[0]!.hospital, epoch: members[0]!.epoch, days, count: members.length };
  });
  for (const [key, encounter] of known) {
    if (!grouped.has(key)) blocks.push({ key, encounter, hospital: hospitalOf(encounter), epoch: epochOf(encounter.period?.start), days: [], count: 0 });
  }
  return blocks.sort((a, b) => b.epoch - a.epoch);
}

// The first `limit` items of the blocks, whole days of them cut where the limit falls.
export function cut(blocks: Block[], limit: number): { blocks: Block[]; hidden: number } {
  let left = limit;
  let hidden = 0;
  const shown: Block[] = [];
  for (const block of blocks) {
    if (left <= 0) {
      hidden += block.count;
      continue;
    }
    const days: Day[] = [];
    for (const day of block.days) {
      if (left <= 0) break;
      days.push({ day: day.day, items: day.items.slice(0, left) });
      left -= Math.min(left, day.items.length);
    }
    const kept = days.reduce((sum, day) => sum + day.items.length, 0);
    hidden += block.count - kept;
    shown.push({ ...block, days });
  }
  return { blocks: shown, hidden };
}

export const abnormalCount = (results: Result[]): number => results.filter((result) => isAbnormal(result.flag)).length;
