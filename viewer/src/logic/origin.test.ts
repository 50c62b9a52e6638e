import { describe, expect, it } from "vitest";
import { elementAt, fitOf, matching, readOrigins, sourceOf, type Origin } from "./origin";

const origin = (element: string, more: Partial<Origin> = {}): Origin => ({
  element, hospital: "county", feed: "lis", system: "LIS", message: 1, messageType: "ORU^R01", controlId: "1", received: "", segment: "OBX[1]", field: element, line: "OBX|1|NM|K||3.4|mmol/L", start: 12, length: 3,
  rule: "", rulePlace: "", mappingChanged: false, ...more,
});

describe("an origin", () => {
  it("fits an element, its parts and its wholes, and nothing else", () => {
    expect(fitOf("valueQuantity", "valueQuantity")).toBe("exact");
    expect(fitOf("valueQuantity.value", "valueQuantity")).toBe("part");
    expect(fitOf("name[0].family", "name")).toBe("part");
    expect(fitOf("code", "code.text")).toBe("whole");
    expect(fitOf("codeX", "code")).toBeNull();
    expect(fitOf("component[1].code", "component[10]")).toBeNull();
  });
  it("of the value comes before its unit, and the code after both", () => {
    const found = matching([origin("code.coding[0].code"), origin("valueQuantity.unit"), origin("valueQuantity.value"), origin("status")], ["valueQuantity", "code"]);
    expect(found.map((item) => item.element)).toEqual(["valueQuantity.value", "valueQuantity.unit", "code.coding[0].code"]);
  });
  it("that a rule gave by itself comes after one with bytes", () => {
    const found = matching([origin("code.text", { line: "", field: "" }), origin("code.coding[0].display")], ["code"]);
    expect(found[0]!.line).not.toBe("");
  });
  it("of the same bytes is told once", () => {
    expect(matching([origin("code.text", { field: "OBX-3" }), origin("code.coding[0].display", { field: "OBX-3" })], ["code"])).toHaveLength(1);
  });
  it("marks its field, and nothing when the range is outside the line", () => {
    expect(sourceOf(origin("x", { start: 13, length: 3 }))).toEqual([13, 16]);
    expect(sourceOf(origin("x", { start: 20, length: 9 }))).toEqual([0, 0]);
  });
  it("is read from the server's Parameters", () => {
    const read = readOrigins({ resourceType: "Parameters", parameter: [{ name: "origin", part: [{ name: "element", valueString: "gender" }, { name: "message", valueInteger: 7 }, { name: "start", valueInteger: 3 }] }, { name: "other" }] });
    expect(read).toHaveLength(1);
    expect(read[0]).toMatchObject({ element: "gender", message: 7, start: 3, length: 0, line: "" });
  });
});

describe("an element's value", () => {
  it("is found by its path", () => {
    const resource = { name: [{ family: "张" }], valueQuantity: { value: "5.10" } };
    expect(elementAt(resource, "name[0].family")).toBe("张");
    expect(elementAt(resource, "valueQuantity.value")).toBe("5.10");
    expect(elementAt(resource, "name[3].family")).toBeUndefined();
    expect(elementAt(null, "name")).toBeUndefined();
  });
});
