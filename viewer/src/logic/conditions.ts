// The same diagnosis from several visits and hospitals is shown once; the originals stay reachable.

import { codings, concept, hospitalOf } from "../fhir/text";
import type { Condition } from "../fhir/types";
import { epochOf } from "./dates";
import { fold } from "./results";

export interface FoldedCondition {
  key: string;
  name: string;
  latest: Condition;
  all: Condition[]; // newest first
  hospitals: string[];
}

export const recordedAt = (condition: Condition): string => condition.recordedDate ?? condition.onsetDateTime ?? "";

const isVoid = (condition: Condition): boolean => codings(condition.verificationStatus).some((coding) => coding.code === "entered-in-error");

export function foldConditions(conditions: Condition[]): FoldedCondition[] {
  const groups = new Map<string, Condition[]>();
  for (const condition of conditions) {
    if (isVoid(condition)) continue;
    const shared = codings(condition.code).find((coding) => coding.system && !coding.system.startsWith("urn:yilian:") && coding.code);
    const name = fold(concept(condition.code, "zh"));
    // Codes of one system can name different extensions of a category: code and name together say that it is the same.
    const key = shared ? `${shared.system}|${shared.code}|${name}` : name;
    groups.set(key, [...(groups.get(key) ?? []), condition]);
  }
  return [...groups]
    .map(([key, all]) => {
      all.sort((a, b) => epochOf(recordedAt(b)) - epochOf(recordedAt(a)));
      return { key, name: concept(all[0]!.code), latest: all[0]!, all, hospitals: [...new Set(all.map(hospitalOf))] };
    })
    .sort((a, b) => epochOf(recordedAt(b.latest)) - epochOf(recordedAt(a.latest)));
}
