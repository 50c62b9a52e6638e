import { afterEach, describe, expect, it } from "vitest";
import { concept, personName, quantity, showScript, sourceOf, targetOf } from "./text";

afterEach(() => showScript("zh"));

describe("a concept", () => {
  const troponin = { text: "肌钙蛋白I", coding: [{ code: "10839-9", display: "Troponin I" }] };
  it("is named in the reader's script, else in the other, else by its code", () => {
    expect(concept(troponin)).toBe("肌钙蛋白I");
    showScript("en");
    expect(concept(troponin)).toBe("Troponin I");
    expect(concept({ text: "生化" })).toBe("生化");
    expect(concept({ coding: [{ code: "X1" }] })).toBe("X1");
    expect(concept(undefined)).toBe("");
  });
});

describe("a name", () => {
  it("is Chinese first, without a blank, and never an old one when there is another", () => {
    expect(personName([{ family: "Zhang", given: ["San"] }, { family: "张", given: ["三"] }])).toBe("张三");
    expect(personName([{ use: "old", text: "李四" }, { use: "official", text: "张三" }])).toBe("张三");
    expect(personName([{ family: "Doe", given: ["Jane"] }])).toBe("Jane Doe");
    expect(personName(undefined)).toBe("");
  });
});

describe("references and sources", () => {
  it("are read in every form", () => {
    expect(targetOf({ reference: "https://host/fhir/Patient/a-1/_history/3" })).toBe("Patient/a-1");
    expect(targetOf({ reference: "urn:uuid:x" })).toBe("");
    expect(sourceOf({ resourceType: "Patient", meta: { source: "urn:yilian:yunshan-county:lis" } })).toEqual({ hospital: "yunshan-county", feed: "lis" });
    expect(sourceOf({ resourceType: "Patient" })).toBeNull();
  });
  it("a quantity without a unit has no trailing blank", () => {
    expect(quantity({ value: "5.10", comparator: "<" })).toBe("<5.10");
  });
});
