import { describe, expect, it } from "vitest";
import { zh } from "../i18n/zh";
import type { Fallback } from "./explanation";
import { fallbackText, gathered, ofOrigins } from "./fallback";
import type { Origin } from "./origin";

const fallback = (what: string, more: Partial<Fallback> = {}): Fallback => ({ kind: "unmapped_code", field: "PID-8", resource: "", what, rule: "PID[Patient]#13", rulePlace: "", ...more });
const told = (what: string, resource = "") => fallbackText(fallback(what, { resource }), zh.fallback);

describe("a fallback", () => {
  it("of each kind is told in the reader's language", () => {
    expect(told("'Q' is not in table AdministrativeSex: 'unknown' is written instead")).toBe("“Q”不在对照表 AdministrativeSex 中，改写为“unknown”");
    expect(told("'主任医师' is not in table Degree: the sender's own coding stays")).toBe("“主任医师”不在对照表 Degree 中，保留发送方原编码");
    expect(told("'x' is not in table T: it stays as text: 'y' is written instead")).toBe("“x”不在对照表 T 中，只保留文字，改写为“y”");
    expect(told("'Q' is not in table T")).toBe("“Q”不在对照表 T 中，该值未采用");
    expect(told("'Q' is none of the codes that gender may have")).toBe("“Q”不是 gender 允许的代码，该值未采用");
    expect(told("'1980x' is no date")).toBe("“1980x”不能转换为 date，该值未采用");
    expect(told("the message tells nothing: 'final' is written instead")).toBe("报文未给出，改写为“final”");
    expect(told("status = 'in-progress' by default", "Encounter/1")).toBe("Encounter.status 按默认取“in-progress”");
    expect(told("status = 'current' by default: the message does not tell it", "DocumentReference/1")).toBe("DocumentReference.status 按默认取“current”，报文未给出");
    expect(told("no number of this Encounter is told: its id is of this message alone")).toContain("Encounter");
    expect(told("no number tells which Location it is: only the reference names it")).toContain("Location");
    expect(told("the message does not say when it happened: the time of its arrival is taken")).toBe(zh.fallback.arrival);
  });
  it("with a word that looks like the sentence itself, or of several lines, is still taken apart at the right place", () => {
    expect(told("'it's 'so'' is not in table T")).toBe("“it's 'so'”不在对照表 T 中，该值未采用");
    expect(told("'a\nb' is no date")).toBe("“a\nb”不能转换为 date，该值未采用");
  });
  it("that is not known is shown as the server says it", () => {
    expect(told("there were more than 2000; the others are left out")).toBe("there were more than 2000; the others are left out");
    expect(told("'Q' is not in table T: something new")).toBe("'Q' is not in table T: something new");
  });
  it("that comes again is told once, with how often", () => {
    expect(gathered([fallback("x"), fallback("x"), fallback("y")]).map((each) => each.times)).toEqual([2, 1]);
  });
});

describe("the fallbacks of a value", () => {
  const origin = { element: "gender", field: "PID-8", line: "PID|1||||||||Q" } as Origin;
  const of = (each: Fallback, at: Partial<Origin> = {}) => ofOrigins([each], [{ ...origin, field: "PID-3" }, { ...origin, ...at }], "Patient/1").length;
  it("are of its field, and its word stands in its line", () => {
    expect(of(fallback("'Q' is not in table T"))).toBe(1);
    expect(of(fallback("'Z' is not in table T"))).toBe(0);
    expect(of(fallback("'Q' is not in table T", { field: "PID-80" }))).toBe(0);
    expect(of(fallback("'Q' is not in table T", { field: "PID-8.1" }))).toBe(1);
    expect(of(fallback("'Q' is not in table T"), { field: "" })).toBe(0);
  });
  it("or the default of the element itself", () => {
    expect(of(fallback("gender = 'unknown' by default", { resource: "Patient/1" }))).toBe(1);
    expect(of(fallback("gender = 'unknown' by default", { resource: "Patient/2" }))).toBe(0);
    expect(of(fallback("status = 'unknown' by default", { resource: "Patient/1" }))).toBe(0);
  });
});
