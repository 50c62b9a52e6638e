// What a chart loads: the searches, each on its own, so that one that fails does not take the others with it.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isAbort, nextPage, read, RequestError, searchPage, type Page } from "../fhir/client";
import type * as F from "../fhir/types";
import { assemble, byCurrency, serverLookups, type Assembly } from "../logic/person";

export interface ChartData {
  Encounter: F.Encounter[];
  Observation: F.Observation[];
  DiagnosticReport: F.DiagnosticReport[];
  ServiceRequest: F.ServiceRequest[];
  MedicationRequest: F.MedicationItem[];
  MedicationAdministration: F.MedicationItem[];
  MedicationStatement: F.MedicationItem[];
  DocumentReference: F.DocumentReference[];
  Condition: F.Condition[];
  Procedure: F.Procedure[];
  Appointment: F.Appointment[];
  Immunization: F.Immunization[];
  AllergyIntolerance: F.AllergyIntolerance[];
}
export type ChartType = keyof ChartData;

// The search parameter that brings the newest first.
const newestFirst: Record<ChartType, string> = {
  Encounter: "-date", Observation: "-date", DiagnosticReport: "-date", ServiceRequest: "-authored", MedicationRequest: "-authoredon", MedicationAdministration: "-effective-time",
  MedicationStatement: "-effective", DocumentReference: "-date", Condition: "-recorded-date", Procedure: "-date", Appointment: "-date", Immunization: "-date", AllergyIntolerance: "-date",
};
export const chartTypes = Object.keys(newestFirst) as ChartType[];

const pageSize = "200";
const pagesAtOnce = 5;          // 1,000 resources of a type before "load older" is asked for
const refreshEvery = 20_000;    // milliseconds

export interface Section {
  state: "loading" | "ready" | "failed";
  error: RequestError | null;
  next: string | null; // older ones exist
  busy: boolean;       // loading older ones
}
export type Sections = Record<ChartType, Section>;

export interface Chart {
  state: "loading" | "ready" | "failed";
  error: RequestError | null;
  assembly: Assembly;
  data: ChartData;
  sections: Sections;
  checked: number; // when the last refresh succeeded, epoch; 0 before
  stale: boolean;  // the last refresh failed
  loadOlder(type: ChartType): void;
  reload(): void;
}

const emptyData = (): ChartData => Object.fromEntries(chartTypes.map((type) => [type, []])) as unknown as ChartData;
const allSections = (section: Section): Sections => Object.fromEntries(chartTypes.map((type) => [type, section])) as Sections;
const loading: Section = { state: "loading", error: null, next: null, busy: false };

const asError = (error: unknown): RequestError => (error instanceof RequestError ? error : new RequestError(0, error instanceof Error ? error.message : ""));

// Later items replace earlier ones of the same id.
export function unite<T extends F.Resource>(known: T[], more: T[]): T[] {
  if (more.length === 0) return known;
  const byId = new Map(known.map((resource) => [resource.id, resource]));
  more.forEach((resource) => byId.set(resource.id, resource));
  return [...byId.values()];
}

async function firstPages(type: ChartType, patients: string, signal: AbortSignal, onPage: (page: Page<F.Resource>) => void): Promise<void> {
  const query = { patient: patients, _count: pageSize };
  let page: Page<F.Resource>;
  try {
    page = await searchPage(type, { ...query, _sort: newestFirst[type] }, signal);
  } catch (error) {
    // A server that cannot sort by this parameter refuses; what was brought last is then the best order to take pages in.
    if (!(error instanceof RequestError) || (error.status !== 400 && error.status !== 422)) throw error;
    page = await searchPage(type, { ...query, _sort: "-_lastUpdated" }, signal);
  }
  onPage(page);
  for (let n = 1; page.next && n < pagesAtOnce; ++n) {
    page = await nextPage(type, page.next, signal);
    onPage(page);
  }
}

const newest = (data: ChartData): string =>
  chartTypes.reduce((last, type) => (data[type] as F.Resource[]).reduce((inner, resource) => ((resource.meta?.lastUpdated ?? "") > inner ? resource.meta!.lastUpdated! : inner), last), "");

export function useChart(id: string): Chart {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const [error, setError] = useState<RequestError | null>(null);
  const [assembly, setAssembly] = useState<Assembly>({ patients: [], incomplete: false });
  const [data, setData] = useState<ChartData>(emptyData);
  const [sections, setSections] = useState<Sections>(() => allSections(loading));
  const [refreshed, setRefreshed] = useState({ checked: 0, stale: false });

  const change = useCallback((type: ChartType, part: Partial<Section>) => setSections((all) => ({ ...all, [type]: { ...all[type], ...part } })), []);
  const add = useCallback((type: ChartType, more: F.Resource[]) => {
    if (more.length > 0) setData((all) => ({ ...all, [type]: unite(all[type] as F.Resource[], more) }));
  }, []);

  const patients = useMemo(() => assembly.patients.map((patient) => `Patient/${patient.id}`).join(","), [assembly]);

  useEffect(() => {
    const abort = new AbortController();
    setState("loading");
    setError(null);
    setData(emptyData());
    setSections(allSections(loading));
    const load = async () => {
      const first = await read<F.Patient>(`Patient/${encodeURIComponent(id)}`, abort.signal);
      const found = await assemble(first, serverLookups(abort.signal));
      if (abort.signal.aborted) return;
      setAssembly({ ...found, patients: byCurrency(found.patients) });
      setState("ready");
      const all = found.patients.map((patient) => `Patient/${patient.id}`).join(",");
      await Promise.all(
        chartTypes.map(async (type) => {
          try {
            await firstPages(type, all, abort.signal, (page) => {
              if (abort.signal.aborted) return;
              add(type, page.items);
              change(type, { state: "ready", next: page.next });
            });
          } catch (failure) {
            if (!isAbort(failure) && !abort.signal.aborted) change(type, { state: "failed", error: asError(failure) });
          }
        }),
      );
      if (!abort.signal.aborted) setRefreshed({ checked: Date.now(), stale: false });
    };
    load().catch((failure) => {
      if (isAbort(failure) || abort.signal.aborted) return;
      setError(asError(failure));
      setState("failed");
    });
    return () => abort.abort();
  }, [id, round, add, change]);

  const loadOlder = useCallback((type: ChartType) => {
    const next = sections[type].next;
    if (!next || sections[type].busy) return;
    change(type, { busy: true });
    nextPage<F.Resource>(type, next).then(
      (page) => {
        add(type, page.items);
        change(type, { busy: false, next: page.next, error: null });
      },
      (failure) => change(type, { busy: false, error: asError(failure) }),
    );
  }, [sections, add, change]);

  // New results appear without a reload: only what changed since the newest that is shown is asked for.
  const latest = useRef({ data, patients });
  latest.current = { data, patients };
  useEffect(() => {
    if (state !== "ready") return;
    let busy = false;
    const refresh = async () => {
      const since = newest(latest.current.data);
      if (busy || document.hidden || !since) return;
      busy = true;
      try {
        await Promise.all(
          chartTypes.map(async (type) => {
            const page = await searchPage<F.Resource>(type, { patient: latest.current.patients, _lastUpdated: `gt${since}`, _count: pageSize });
            add(type, page.items);
          }),
        );
        setRefreshed({ checked: Date.now(), stale: false });
      } catch {
        setRefreshed((before) => ({ ...before, stale: true }));
      }
      busy = false;
    };
    const timer = window.setInterval(refresh, refreshEvery);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [state, add]);

  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { state, error, assembly, data, sections, ...refreshed, loadOlder, reload };
}
