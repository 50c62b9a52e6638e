import { describe, expect, it } from "vitest";
import type { ChartData } from "../chart/data";
import type { Encounter, Observation } from "../fhir/types";
import { blocksOf, cut, dosageText, timelineItems, useOf, type Item } from "./timeline";

const source = (hospital: string, updated = "2026-11-05T00:00:00Z") => ({ source: `urn:yilian:${hospital}:his`, lastUpdated: updated });
const empty: ChartData = {
  Encounter: [], Observation: [], DiagnosticReport: [], ServiceRequest: [], MedicationRequest: [], MedicationAdministration: [], MedicationStatement: [], DocumentReference: [], Condition: [], Procedure: [], Appointment: [],
  Immunization: [], AllergyIntolerance: [],
};
const observation = (id: string, when: string, more: Partial<Observation> = {}): Observation => ({ resourceType: "Observation", id, meta: source("county"), code: { text: id }, effectiveDateTime: when, ...more });
const encounter = (id: string, hospital: string): Encounter => ({ resourceType: "Encounter", id, meta: source(hospital), period: { start: "2026-11-01T08:00:00+08:00" } });

describe("timeline items", () => {
  it("hold a report's results once, within the report", () => {
    const items = timelineItems({
      ...empty,
      Observation: [observation("k", "2026-11-03T10:00:00+08:00", { interpretation: [{ coding: [{ code: "LL" }] }], meta: source("county", "2026-11-09T00:00:00Z") }), observation("alone", "2026-11-03T11:00:00+08:00")],
      DiagnosticReport: [{ resourceType: "DiagnosticReport", id: "r", meta: source("county"), code: { text: "生化" }, effectiveDateTime: "2026-11-03T10:00:00+08:00", result: [{ reference: "Observation/k" }] }],
    });
    expect(items.map((item) => [item.kind, item.results.map((result) => result.observation.id)])).toEqual([["report", ["k"]], ["measurement", ["alone"]]]);
    expect(items[0]!.level).toBe("critical");
    expect(items[0]!.updated).toBe("2026-11-09T00:00:00Z"); // a corrected result makes its report new
  });
  it("leave an order without a time to the report that answers it", () => {
    const order = (id: string, authoredOn?: string) => ({ resourceType: "ServiceRequest", id, meta: source("county"), authoredOn });
    const items = timelineItems({
      ...empty, ServiceRequest: [order("answered"), order("open"), order("timed", "2026-11-03T10:00:00+08:00")],
      DiagnosticReport: [{ resourceType: "DiagnosticReport", id: "r", basedOn: [{ reference: "ServiceRequest/answered" }, { reference: "ServiceRequest/timed" }] }],
    });
    expect(items.map((item) => item.key)).toEqual(["DiagnosticReport/r", "ServiceRequest/open", "ServiceRequest/timed"]);
  });
  it("join measurements of one moment", () => {
    const items = timelineItems({ ...empty, Observation: [observation("s", "2026-11-03T10:00:00+08:00"), observation("d", "2026-11-03T10:00:00+08:00"), observation("later", "2026-11-03T12:00:00+08:00")] });
    expect(items.map((item) => item.results.length)).toEqual([2, 1]);
  });
});

describe("blocks", () => {
  const item = (key: string, when: string, encounterId = "", hospital = "county"): Item => ({
    key, kind: "order", resource: { resourceType: "ServiceRequest", id: key }, title: "", detail: "", hospital, when, day: when.slice(0, 10), epoch: Date.parse(when), encounter: encounterId, results: [], level: "none", updated: "", element: "code",
  });
  const items = [item("a", "2026-11-03T10:00:00+08:00", "Encounter/e"), item("b", "2026-11-04T10:00:00+08:00", "Encounter/e"), item("c", "2026-11-05T10:00:00+08:00"), item("d", "2026-11-04T09:00:00+08:00", "Encounter/e"), item("x", "2026-11-02T09:00:00+08:00", "Encounter/unknown")];
  const blocks = blocksOf(items, [encounter("e", "county"), encounter("empty", "city")]);
  it("are by encounter, else by hospital and day; newest first, days too", () => {
    expect(blocks.map((block) => block.key)).toEqual(["county|2026-11-05", "Encounter/e", "county|2026-11-02", "Encounter/empty"]);
    expect(blocks[1]!.days.map((day) => [day.day, day.items.map((i) => i.key)])).toEqual([["2026-11-04", ["b", "d"]], ["2026-11-03", ["a"]]]);
  });
  it("lose nothing", () => {
    expect(blocks.reduce((sum, block) => sum + block.count, 0)).toBe(items.length);
  });
  it("are cut with a true count of what is hidden", () => {
    const shown = cut(blocks, 2);
    expect(shown.hidden).toBe(3);
    expect(shown.blocks.flatMap((block) => block.days.flatMap((day) => day.items.map((i) => i.key)))).toEqual(["c", "b"]);
    expect(cut(blocks, 100).hidden).toBe(0);
  });
});

describe("a dosage", () => {
  it("is amount, route and rhythm, and the text when it says more", () => {
    expect(dosageText({ doseAndRate: [{ doseQuantity: { value: 100, unit: "mg" } }], route: { text: "口服" }, timing: { code: { text: "qd" } } })).toBe("100 mg · 口服 · qd");
    expect(dosageText({ text: "饭后" })).toBe("饭后");
    expect(dosageText({})).toBe("");
    expect(useOf({ resourceType: "MedicationRequest", dosageInstruction: [{ dose: { value: 100, unit: "mg" } }], note: [{ text: "每日一次" }] })).toBe("100 mg · 每日一次");
  });
});
