import { describe, expect, it } from "vitest";
import type { Patient, Person } from "../fhir/types";
import { assemble, byCurrency, disagreements, fold, linkedPatients } from "./person";

const patient = (id: string, more: Partial<Patient> = {}): Patient => ({ resourceType: "Patient", id, ...more });
const person = (...ids: string[]): Person => ({ resourceType: "Person", link: ids.map((id) => ({ target: { reference: `Patient/${id}` } })) });
const link = (type: string, id: string) => ({ link: [{ type, other: { reference: `Patient/${id}` } }] });

function server(patients: Patient[], persons: Person[]) {
  return {
    patients: async (ids: string[]) => patients.filter((p) => ids.includes(p.id!)),
    personsOf: async (ids: string[]) => persons.filter((p) => p.link!.some((l) => ids.includes(l.target!.reference!.slice(8)))),
    pointingTo: async (ids: string[]) => patients.filter((p) => (p.link ?? []).some((l) => ids.includes(l.other!.reference!.slice(8)))),
  };
}
const ids = (patients: Patient[]) => patients.map((p) => p.id).sort();

describe("one human", () => {
  it("is all that a Person links, and what a merge replaced in each", async () => {
    const all = [patient("a"), patient("b", link("replaces", "old")), patient("old", link("replaced-by", "b")), patient("c"), patient("stranger")];
    const found = await assemble(all[0]!, server(all, [person("a", "b"), person("b", "c"), person("stranger")]));
    expect(ids(found.patients)).toEqual(["a", "b", "c", "old"]);
    expect(found.incomplete).toBe(false);
  });
  it("is found from a replaced Patient too", async () => {
    const all = [patient("old", link("replaced-by", "new")), patient("new")];
    expect(ids((await assemble(all[0]!, server(all, []))).patients)).toEqual(["new", "old"]);
  });
  it("is found when only the replaced one points", async () => {
    const all = [patient("new"), patient("old", link("replaced-by", "new"))];
    expect(ids((await assemble(all[0]!, server(all, []))).patients)).toEqual(["new", "old"]);
  });
  it("does not take in whoever should only be looked at", async () => {
    const all = [patient("a"), patient("b", link("seealso", "a"))];
    expect(ids((await assemble(all[0]!, server(all, []))).patients)).toEqual(["a"]);
    expect(linkedPatients(all[1]!)).toEqual([]);
  });
  it("says that it is incomplete when a look-up fails, and still shows what it has", async () => {
    const lookups = { ...server([patient("a")], []), personsOf: () => Promise.reject(new Error("down")) };
    const found = await assemble(patient("a"), lookups);
    expect(ids(found.patients)).toEqual(["a"]);
    expect(found.incomplete).toBe(true);
  });
  it("is bounded", async () => {
    const all = Array.from({ length: 80 }, (_, n) => patient(`p${n}`));
    const found = await assemble(all[0]!, server(all, [person(...all.map((p) => p.id!))]));
    expect(found.patients.length).toBeLessThanOrEqual(50);
  });
});

describe("search hits", () => {
  it("are folded into humans, in the order of the hits", () => {
    const groups = fold([patient("a"), patient("x"), patient("b")], [person("a", "b")]);
    expect(groups.map(ids)).toEqual([["a", "b"], ["x"]]);
  });
  it("stay apart without a Person", () => {
    expect(fold([patient("a"), patient("b")], [])).toHaveLength(2);
  });
});

describe("several Patients", () => {
  it("are ordered newest first, replaced ones last", () => {
    const ordered = byCurrency([patient("old", { ...link("replaced-by", "b"), meta: { lastUpdated: "2026-12" } }), patient("a", { meta: { lastUpdated: "2026-01" } }), patient("b", { meta: { lastUpdated: "2026-02" } })]);
    expect(ordered.map((p) => p.id)).toEqual(["b", "a", "old"]);
  });
  it("that disagree are told", () => {
    expect(disagreements([patient("a", { birthDate: "1958-03-07", gender: "male" }), patient("b", { birthDate: "1958-03-08", gender: "male" }), patient("c", { gender: "unknown" })])).toEqual(["birthDate"]);
  });
});
