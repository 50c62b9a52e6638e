import { describe, expect, it } from "vitest";
import { isResident, isResidentNumber, mask, searchKinds, shown } from "./mask";

describe("a resident number", () => {
  it("is known by its shape", () => {
    expect(isResidentNumber("990102195803071516")).toBe(true);
    expect(isResidentNumber("99010219580307151X")).toBe(true);
    expect(isResidentNumber("990102580307151")).toBe(true);
    expect(isResidentNumber("990102195813071516")).toBe(false); // month 13
    expect(isResidentNumber("YS0086521")).toBe(false);
  });
  it("is masked but for its first six and last four", () => {
    expect(mask("990102195803071516")).toBe("990102********1516");
    expect(mask("990102580307151")).toBe("990102*****7151");
  });
  it("is masked whatever is wrong with it, when its type says what it is", () => {
    const broken = { value: "99010219580307151", type: { coding: [{ code: "NNCHN" }] } };
    expect(isResident(broken)).toBe(true);
    expect(shown(broken)).toBe("990102*******7151");
    expect(shown({ value: "12345", system: "urn:oid:2.16.156.10011.1.3" })).toBe("*****");
  });
  it("leaves a hospital's own number readable", () => {
    expect(shown({ value: "YS0086521", type: { coding: [{ code: "MR" }] } })).toBe("YS0086521");
  });
});

describe("a search text", () => {
  it("is a name without digits, a number when only digits, else both", () => {
    expect(searchKinds("张三")).toEqual(["name"]);
    expect(searchKinds("zhang san")).toEqual(["name"]);
    expect(searchKinds("99010219580307151x")).toEqual(["identifier"]);
    expect(searchKinds("YS0086521")).toEqual(["identifier", "name"]);
  });
});
