import { describe, expect, it } from "vitest";
import { ageAt, clockText, dateParts, dayText, epochOf, stampText, timeText, wallOf } from "./dates";

describe("a FHIR date", () => {
  it("keeps its precision", () => {
    expect(timeText("2026")).toBe("2026");
    expect(timeText("2026-11")).toBe("2026-11");
    expect(timeText("2026-11-03")).toBe("2026-11-03");
    expect(clockText("2026-11-03")).toBe("");
  });
  it("shows a clinical time as the hospital wrote it, wherever the reader is", () => {
    expect(timeText("2026-11-03T06:30:00+08:00")).toBe("2026-11-03 06:30");
    expect(timeText("2026-11-03T06:30:00-05:00")).toBe("2026-11-03 06:30");
    expect(stampText("2026-11-03T06:30:07.120+08:00")).toBe("2026-11-03 06:30:07");
  });
  it("sorts by the true instant", () => {
    expect(epochOf("2026-11-03T06:30:00+08:00")).toBe(Date.UTC(2026, 10, 2, 22, 30));
    expect(epochOf("2026-11-03T06:30:00Z")).toBeGreaterThan(epochOf("2026-11-03T06:30:00+08:00"));
  });
  it("shows an engine's UTC stamp in the reader's zone", () => {
    const local = new Date(Date.UTC(2026, 10, 3, 6, 30));
    expect(dateParts("2026-11-03T06:30:00Z")?.hour).toBe(local.getHours());
  });
  it("is left as it is when it is none", () => {
    expect(dayText("last week")).toBe("last week");
    expect(dayText(undefined)).toBe("");
    expect(epochOf("2026-13-45T99:99:00+08:00")).toBe(0);
    expect(wallOf("nonsense")).toBeNull();
  });
  it("has a wall clock for plots", () => {
    expect(wallOf("2026-11-03T06:30:00+08:00")).toBe(Date.UTC(2026, 10, 3, 6, 30));
  });
});

describe("age", () => {
  const at = new Date(2026, 10, 24);
  it("counts completed years", () => {
    expect(ageAt("1958-03-07", at)).toEqual({ unit: "years", count: 68 });
    expect(ageAt("1958-11-24", at)).toEqual({ unit: "years", count: 68 });
    expect(ageAt("1958-11-25", at)).toEqual({ unit: "years", count: 67 });
  });
  it("counts months under two years and days under a month", () => {
    expect(ageAt("2024-11-25", at)).toEqual({ unit: "months", count: 23 });
    expect(ageAt("2026-10-25", at)).toEqual({ unit: "days", count: 30 });
    expect(ageAt("2026-10-24", at)).toEqual({ unit: "months", count: 1 });
    expect(ageAt("2026-11-24", at)).toEqual({ unit: "days", count: 0 });
  });
  it("is unknown for no birth date, one in the future, or a child's without a day", () => {
    expect(ageAt(undefined, at)).toBeNull();
    expect(ageAt("2027-01-01", at)).toBeNull();
    expect(ageAt("2026", at)).toBeNull();
    expect(ageAt("1958", at)).toEqual({ unit: "years", count: 68 });
  });
});
