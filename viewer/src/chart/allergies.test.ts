import { describe, expect, it } from "vitest";
import type { AllergyIntolerance } from "../fhir/types";
import { RequestError } from "../fhir/client";
import { allergiesOf } from "./allergies";
import type { Section } from "./data";

const ready: Section = { state: "ready", error: null, next: null, busy: false };
const failed: Section = { ...ready, state: "failed", error: new RequestError(500, "") };
const allergy = (more: Partial<AllergyIntolerance>): AllergyIntolerance => ({ resourceType: "AllergyIntolerance", id: "a", ...more });
const none = allergy({ code: { coding: [{ code: "716186003" }] } });
const penicillin = allergy({ code: { text: "青霉素" } });

describe("what is said of allergies", () => {
  it("tells nothing recorded from none known, and both from a failure", () => {
    expect(allergiesOf([], ready).state).toBe("nothing");
    expect(allergiesOf([none], ready).state).toBe("noneKnown");
    expect(allergiesOf([], failed).state).toBe("failed");
    expect(allergiesOf([none], failed).state).toBe("failed");
    expect(allergiesOf([], { ...ready, state: "loading" }).state).toBe("loading");
  });
  it("one hospital's allergy outweighs another's none known", () => {
    const said = allergiesOf([none, penicillin, penicillin], ready);
    expect(said.state === "known" && said.items.length).toBe(1);
  });
  it("a refuted one is none", () => {
    expect(allergiesOf([allergy({ ...penicillin, verificationStatus: { coding: [{ code: "refuted" }] } })], ready).state).toBe("nothing");
  });
});
