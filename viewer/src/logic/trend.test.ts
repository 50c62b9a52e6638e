import { describe, expect, it } from "vitest";
import type { Observation } from "../fhir/types";
import { toResult } from "./results";
import { plotsOf, plotValues, timeTicks, valueScale } from "./trend";

const point = (id: string, hospital: string, value: number, unit: string, when: string, range: string): Observation => ({
  resourceType: "Observation", id, meta: { source: `urn:yilian:${hospital}:lis` }, valueQuantity: { value, unit }, effectiveDateTime: when, referenceRange: [{ text: range }],
});

describe("plots", () => {
  const plots = plotsOf([
    point("1", "county", 2.31, "ng/mL", "2026-11-04T06:30:00+08:00", "<0.04"),
    point("2", "county", 0.12, "ng/mL", "2026-11-03T10:35:00+08:00", "<0.04"),
    point("3", "city", 1620, "ng/L", "2026-11-05T17:30:00+08:00", "<34"),
    point("4", "town", 1.2, "ng/mL", "2026-11-05T17:30:00+08:00", "0-0.1"),
    point("5", "town", 1.2, "ng/mL", "", "0-0.1"),
  ].map(toResult));
  it("never mix units", () => {
    expect(plots.map((plot) => plot.unit).sort()).toEqual(["ng/L", "ng/mL"]);
  });
  it("have a series and a band of each hospital, oldest point first", () => {
    const plot = plots.find((candidate) => candidate.unit === "ng/mL")!;
    expect(plot.series.map((series) => [series.hospital, series.points.map((p) => p.observation.id)])).toEqual([["county", ["2", "1"]], ["town", ["4"]]]);
    expect(plot.bands).toEqual([{ hospital: "county", low: null, high: 0.04 }, { hospital: "town", low: 0, high: 0.1 }]);
  });
  it("leave out a range that would squeeze the points flat", () => {
    const plot = plotsOf([point("1", "a", 100, "x", "2026-11-04", "0-100000"), point("2", "a", 110, "x", "2026-11-05", "0-100000")].map(toResult))[0]!;
    expect(Math.max(...plotValues(plot))).toBe(110);
  });
});

describe("a value scale", () => {
  it("has round ticks around all values", () => {
    expect(valueScale([3.4, 4.1, 5.3])).toEqual({ min: 3, max: 5.5, ticks: [3, 3.5, 4, 4.5, 5, 5.5] });
    const scale = valueScale([0, 1620]);
    expect(scale.min).toBe(0);
    expect(scale.max).toBeGreaterThanOrEqual(1620);
  });
  it("holds for one value, none, tiny and negative ones", () => {
    expect(valueScale([]).ticks.length).toBeGreaterThan(1);
    for (const values of [[5], [0], [0.0004, 0.0007], [-3, 2], [1e9, 1e9 + 1]]) {
      const scale = valueScale(values);
      expect(scale.min).toBeLessThanOrEqual(Math.min(...values));
      expect(scale.max).toBeGreaterThanOrEqual(Math.max(...values));
      expect(scale.ticks.length).toBeLessThan(12);
    }
  });
});

describe("time ticks", () => {
  const at = (text: string) => Date.parse(text);
  it("are few and lie within, for an hour as for ten years", () => {
    for (const [from, to] of [["2026-11-03T10:00Z", "2026-11-03T15:00Z"], ["2026-11-03T10:00Z", "2026-11-06T10:00Z"], ["2026-10-29T04:00Z", "2026-11-09T16:00Z"], ["2026-01-15T00:00Z", "2026-11-06T00:00Z"], ["2016-01-15T00:00Z", "2026-11-06T00:00Z"]] as const) {
      const ticks = timeTicks(at(from), at(to));
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(6);
      for (const tick of ticks) expect(tick.epoch >= at(from) && tick.epoch <= at(to)).toBe(true);
    }
  });
  it("say the day at midnight", () => {
    const kinds = timeTicks(at("2026-11-03T10:00Z"), at("2026-11-04T20:00Z")).map((tick) => tick.kind);
    expect(kinds).toContain("day");
    expect(kinds).toContain("hour");
  });
});
