import { describe, expect, it } from "vitest";
import { bounds, boundsOfText, flagOf, isAbnormal, rangeText, valueElement, valueText } from "./values";

const interpretation = (code: string) => [{ coding: [{ code }] }];

describe("a reference range", () => {
  it("is read from text that laboratories write", () => {
    expect(boundsOfText("3.5-5.3")).toEqual({ low: 3.5, high: 5.3 });
    expect(boundsOfText("3.5--5.3")).toEqual({ low: 3.5, high: 5.3 });
    expect(boundsOfText(" 3.5 ～ 5.3 mmol/L")).toEqual({ low: 3.5, high: 5.3 });
    expect(boundsOfText("<0.04")).toEqual({ low: null, high: 0.04 });
    expect(boundsOfText("≥60")).toEqual({ low: 60, high: null });
  });
  it("is none when it cannot be drawn", () => {
    for (const text of ["阴性", "男3-5 女2-4", "5-3", "", "1-2-3"]) expect(boundsOfText(text)).toBeNull();
    expect(boundsOfText(undefined)).toBeNull();
  });
  it("is not chosen among several", () => {
    expect(bounds([{ text: "1-2" }, { text: "2-3" }])).toBeNull();
    expect(bounds([{ low: { value: "3.50" }, high: { value: 5 } }])).toEqual({ low: 3.5, high: 5 });
    expect(bounds([{ text: "1-2", type: { coding: [{ code: "treatment" }] } }])).toBeNull();
  });
  it("is shown as given", () => {
    expect(rangeText([{ text: "<0.04" }])).toBe("<0.04");
    expect(rangeText([{ low: { value: "3.50" }, high: { value: "5.30" } }])).toBe("3.50–5.30");
    expect(rangeText(undefined)).toBe("");
  });
});

describe("a flag", () => {
  it("is what the laboratory said, the gravest of several", () => {
    expect(flagOf({ interpretation: [...interpretation("H"), ...interpretation("HH")] })).toEqual({ level: "critical", direction: "up", stated: true });
    expect(flagOf({ interpretation: interpretation("ll") }).level).toBe("critical");
  });
  it("stays the laboratory's when the value disagrees with the range", () => {
    expect(flagOf({ valueQuantity: { value: 9 }, referenceRange: [{ text: "1-5" }], interpretation: interpretation("N") })).toEqual({ level: "normal", direction: "none", stated: true });
  });
  it("is judged by the range when none is set, and says so", () => {
    expect(flagOf({ valueQuantity: { value: "5.40" }, referenceRange: [{ text: "3.5-5.3" }] })).toEqual({ level: "high", direction: "up", stated: false });
    expect(flagOf({ valueQuantity: { value: 3.5 }, referenceRange: [{ text: "3.5-5.3" }] }).level).toBe("none");
    expect(isAbnormal(flagOf({ valueString: "阳性" }))).toBe(false);
  });
  it("does not judge what a comparator leaves open", () => {
    expect(flagOf({ valueQuantity: { value: 2, comparator: "<" }, referenceRange: [{ low: { value: 3 } }] }).level).toBe("low");
    expect(flagOf({ valueQuantity: { value: 9, comparator: "<" }, referenceRange: [{ high: { value: 5 } }] }).level).toBe("none");
    expect(flagOf({ valueQuantity: { value: 2, comparator: ">" }, referenceRange: [{ low: { value: 3 } }] }).level).toBe("none");
  });
});

describe("a value", () => {
  it("keeps the digits it came with", () => {
    expect(valueText({ valueQuantity: { value: "5.10", comparator: "<" } })).toBe("<5.10");
  });
  it("names the element that it is", () => {
    expect(valueElement({ valueCodeableConcept: { text: "阳性" } })).toBe("valueCodeableConcept");
    expect(valueElement({ dataAbsentReason: {} })).toBe("dataAbsentReason");
  });
});
