// What may be said of allergies. "Nothing recorded" is not "none known", and a search that failed is neither.

import { codings, concept } from "../fhir/text";
import type { AllergyIntolerance } from "../fhir/types";
import type { Section } from "./data";

// SNOMED CT: no known allergy, no known drug allergy, no known food allergy, no known environmental allergy.
const noneKnown = new Set(["716186003", "409137002", "429625007", "428607008"]);

export type Allergies =
  | { state: "loading" | "failed" | "nothing" | "noneKnown" }
  | { state: "known"; items: AllergyIntolerance[] };

const saysNone = (allergy: AllergyIntolerance): boolean => codings(allergy.code).some((coding) => noneKnown.has(coding.code ?? ""));

const isVoid = (allergy: AllergyIntolerance): boolean => codings(allergy.verificationStatus).some((coding) => coding.code === "refuted" || coding.code === "entered-in-error");

export function allergiesOf(all: AllergyIntolerance[], section: Section): Allergies {
  const valid = all.filter((allergy) => !isVoid(allergy));
  const items = valid.filter((allergy) => !saysNone(allergy));
  if (items.length > 0) {
    const byName = new Map(items.map((allergy) => [concept(allergy.code, "zh"), allergy]));
    return { state: "known", items: [...byName.values()] };
  }
  if (section.state !== "ready") return { state: section.state };
  return { state: valid.length > 0 ? "noneKnown" : "nothing" };
}
