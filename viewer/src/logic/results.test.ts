import { describe, expect, it } from "vitest";
import type { DiagnosticReport, Observation } from "../fhir/types";
import { changeOf, differenceText, groupByReport, groupByTest, isNarrative } from "./results";

let count = 0;
function lab(hospital: string, code: { system?: string; code: string; name: string; loinc?: string }, value: string, unit: string, when: string, more: Partial<Observation> = {}): Observation {
  const local = { system: code.system ?? `urn:yilian:${hospital}:L`, code: code.code, display: code.name };
  return {
    resourceType: "Observation", id: `o${++count}`, status: "final", meta: { source: `urn:yilian:${hospital}:lis` },
    code: { coding: code.loinc ? [local, { system: "http://loinc.org", code: code.loinc }] : [local], text: code.name }, valueQuantity: { value, unit }, effectiveDateTime: when, ...more,
  };
}
const potassium = { code: "K", name: "钾", loinc: "2823-3" };

describe("grouping by test", () => {
  it("joins hospitals by a shared code, newest first", () => {
    const groups = groupByTest([
      lab("county", potassium, "3.4", "mmol/L", "2026-11-03T10:00:00+08:00"),
      lab("city", { code: "C01", name: "血清钾", loinc: "2823-3" }, "4.2", "mmol/L", "2026-11-05T10:00:00+08:00"),
    ]);
    expect(groups).toHaveLength(1);
    expect(groups[0]!.byName).toBe(false);
    expect(groups[0]!.results.map((result) => result.hospital)).toEqual(["city", "county"]);
  });
  it("joins local codes of one name and unit, and says that only the name matched", () => {
    const groups = groupByTest([
      lab("county", { code: "A1", name: "尿素" }, "5", "mmol/L", "2026-11-03"),
      lab("city", { code: "B7", name: "尿 素" }, "6", "mmol/L", "2026-11-04"),
    ]);
    expect(groups).toHaveLength(1);
    expect(groups[0]!.byName).toBe(true);
  });
  it("does not join by name when units differ", () => {
    expect(groupByTest([
      lab("county", { code: "A1", name: "葡萄糖" }, "5.0", "mmol/L", "2026-11-03"),
      lab("city", { code: "B7", name: "葡萄糖" }, "90", "mg/dL", "2026-11-04"),
    ])).toHaveLength(2);
  });
  it("does not join by name when one hospital uses it for two tests (serum and urine)", () => {
    expect(groupByTest([
      lab("county", { code: "SCR", name: "肌酐" }, "90", "umol/L", "2026-11-03"),
      lab("county", { code: "UCR", name: "肌酐" }, "9000", "umol/L", "2026-11-03"),
      lab("city", { code: "B7", name: "肌酐" }, "88", "umol/L", "2026-11-04"),
    ])).toHaveLength(3);
  });
  it("does not join two shared codes of one name", () => {
    expect(groupByTest([
      lab("county", { code: "A", name: "肌酐", loinc: "14682-9" }, "90", "umol/L", "2026-11-03"),
      lab("city", { code: "B", name: "肌酐", loinc: "14683-7" }, "9000", "umol/L", "2026-11-03"),
    ])).toHaveLength(2);
  });
  it("never has a withdrawn result as the latest", () => {
    const groups = groupByTest([
      lab("county", potassium, "9.9", "mmol/L", "2026-11-05", { status: "entered-in-error" }),
      lab("county", potassium, "4.1", "mmol/L", "2026-11-04"),
    ]);
    expect(groups[0]!.results[0]!.observation.valueQuantity!.value).toBe("4.1");
  });
  it("keeps every result", () => {
    const all = [lab("a", potassium, "1", "mmol/L", "2026"), lab("b", { code: "x", name: "钾" }, "2", "mmol/L", "2026"), lab("b", { code: "y", name: "钾" }, "3", "g", "2026"), lab("", { code: "z", name: "" }, "4", "", "")];
    expect(groupByTest(all).reduce((sum, group) => sum + group.results.length, 0)).toBe(all.length);
  });
});

describe("a change", () => {
  const results = groupByTest([
    lab("county", potassium, "3.40", "mmol/L", "2026-11-03T10:00:00+08:00"),
    lab("city", potassium, "4.5", "mmol/L", "2026-11-04T10:00:00+08:00"),
    lab("county", potassium, "4.1", "mmol/L", "2026-11-05T10:00:00+08:00"),
  ])[0]!.results;
  it("is taken within one hospital", () => {
    const change = changeOf(results, 0)!;
    expect(change.before.observation.valueQuantity!.value).toBe("3.40");
    expect(differenceText(change, results[0]!)).toBe("+0.70");
    expect(change.percent).toBeCloseTo(20.6, 1);
    expect(changeOf(results, 1)).toBeNull();
  });
  it("is not taken between units, nor of a comparator", () => {
    const mixed = groupByTest([lab("county", potassium, "3.4", "mmol/L", "2026-11-03"), lab("county", potassium, "16", "mg/dL", "2026-11-04")])[0]!.results;
    expect(changeOf(mixed, 0)).toBeNull();
    const open = groupByTest([lab("county", potassium, "3.4", "mmol/L", "2026-11-03"), lab("county", potassium, "1", "mmol/L", "2026-11-04", { valueQuantity: { value: 1, unit: "mmol/L", comparator: "<" } })])[0]!.results;
    expect(changeOf(open, 0)).toBeNull();
  });
});

describe("a report", () => {
  it("has its results in its own order and counts those that are not loaded", () => {
    const first = lab("county", potassium, "1", "mmol/L", "2026-11-03");
    const second = lab("county", potassium, "2", "mmol/L", "2026-11-03");
    const report: DiagnosticReport = { resourceType: "DiagnosticReport", id: "r", issued: "2026-11-03", result: [{ reference: `Observation/${second.id}` }, { reference: `http://host/fhir/Observation/${first.id}` }, { reference: "Observation/absent" }] };
    const group = groupByReport([report], [first, second])[0]!;
    expect(group.results.map((result) => result.observation.id)).toEqual([second.id, first.id]);
    expect(group.missing).toBe(1);
  });
  it("knows a text finding", () => {
    expect(isNarrative({ resourceType: "Observation", valueString: "第一行\n第二行" })).toBe(true);
    expect(isNarrative({ resourceType: "Observation", valueString: "阴性" })).toBe(false);
  });
});
