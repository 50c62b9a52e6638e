// Names of what resources refer to: hospitals by their code, and practitioners, places and organisations by reference. Asked for once, in batches.

import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { searchAll } from "../fhir/client";
import { concept, concepts, personName, targetOf } from "../fhir/text";
import type { CodeableConcept, HumanName, Reference, Resource } from "../fhir/types";
import { useWords } from "../i18n/language";

interface Names { hospital(code: string): string; reference(reference: Reference | undefined): string }
const Context = createContext<Names>({ hospital: (code) => code, reference: () => "" });

type Named = Resource & { name?: string | HumanName[]; code?: CodeableConcept; type?: CodeableConcept; practitioner?: Reference; description?: string };

const searchable = new Set(["Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Specimen", "Condition", "HealthcareService"]);
const batch = 50;
const roleMark = "→";

function nameOf(resource: Named): string {
  if (typeof resource.name === "string") return resource.name;
  if (resource.name) return personName(resource.name);
  return resource.resourceType === "Specimen" ? concept(resource.type) : concept(resource.code) || concepts(resource.type ? [resource.type] : []) || resource.description || "";
}

async function fetchNames(type: string, ids: string[]): Promise<Record<string, string>> {
  const found = await searchAll<Named>(type, { _id: ids.join(","), _count: String(batch) }, batch);
  // A role is shown by the name of who holds it.
  return Object.fromEntries(found.map((resource) => [`${type}/${resource.id}`, type === "PractitionerRole" ? roleMark + (resource.practitioner?.display ?? targetOf(resource.practitioner)) : nameOf(resource)]));
}

export function NamesProvider({ children }: { children: ReactNode }) {
  const t = useWords();
  const [known, setKnown] = useState<Record<string, string>>({});
  const asked = useRef(new Set<string>());
  const waiting = useRef(new Set<string>());
  const timer = useRef(0);

  const flush = useCallback(() => {
    timer.current = 0;
    const byType = new Map<string, string[]>();
    for (const reference of waiting.current) {
      const [type, id] = reference.split("/") as [string, string];
      byType.set(type, [...(byType.get(type) ?? []), id]);
    }
    waiting.current.clear();
    for (const [type, ids] of byType) {
      for (let at = 0; at < ids.length; at += batch) {
        const part = ids.slice(at, at + batch);
        // What failed is asked for again when it is next drawn.
        fetchNames(type, part).then((names) => setKnown((before) => ({ ...before, ...names })), () => part.forEach((id) => asked.current.delete(`${type}/${id}`)));
      }
    }
  }, []);

  // Called while drawing: it only notes the wish, and one timer fetches all of them together.
  const ask = useCallback((reference: string) => {
    if (asked.current.has(reference)) return;
    asked.current.add(reference);
    waiting.current.add(reference);
    if (timer.current === 0) timer.current = window.setTimeout(flush, 20);
  }, [flush]);

  const value = useMemo<Names>(() => {
    const named = (target: string): string => {
      if (!searchable.has(target.split("/")[0]!)) return "";
      ask(target);
      const name = known[target] ?? "";
      if (!name.startsWith(roleMark)) return name;
      return name.includes("/") ? named(name.slice(roleMark.length)) : name.slice(roleMark.length);
    };
    return {
      hospital: (code) => (code ? named(`Organization/${code}`) || code : t.common.unknownHospital),
      reference: (given) => given?.display || (targetOf(given) ? named(targetOf(given)) : (given?.identifier?.value ?? "")),
    };
  }, [known, ask, t]);

  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useNames = (): Names => useContext(Context);
