import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { personName } from "../fhir/text";
import { Banner } from "../chart/banner";
import { ChartContext, useLoaded } from "../chart/context";
import { useChart } from "../chart/data";
import { DocumentsTab } from "../chart/documents_tab";
import { Glance } from "../chart/glance";
import { DiagnosesTab, EncountersTab, MedicinesTab, OrdersTab, OthersTab } from "../chart/list_tabs";
import { OriginPanel } from "../chart/origin_panel";
import { PanelProvider, usePanel } from "../chart/panel";
import { ReportPanel } from "../chart/report_panel";
import { ResultsTab, TestAside, type ResultsView } from "../chart/results_tab";
import { Tabs, tabKeys, type TabKey } from "../chart/tabs";
import { TimelineTab } from "../chart/timeline_tab";
import { useLanguage, useWords } from "../i18n/language";
import { foldConditions } from "../logic/conditions";
import { firstOf } from "../logic/person";
import { groupByTest, type TestGroup } from "../logic/results";
import { timelineItems } from "../logic/timeline";
import { isAbnormal } from "../logic/values";
import { Failure, Loading } from "../parts/notices";
import { go, Link } from "../parts/router";
import { stored, store } from "../parts/stored";
import { useTitle } from "../parts/use_title";

// Abnormal tests first, critical ones before them; then the newest.
function ordered(groups: TestGroup[]): TestGroup[] {
  const rank = (group: TestGroup) => (group.results[0]!.flag.level === "critical" ? 0 : isAbnormal(group.results[0]!.flag) ? 1 : 2);
  return [...groups].sort((a, b) => rank(a) - rank(b) || b.results[0]!.epoch - a.results[0]!.epoch);
}

// Until when this person's chart was seen at the last visit, in the server's time; empty at the first visit.
function useLastVisit(id: string, latest: string): string {
  const key = `seen.${id}`;
  const [since] = useState(() => stored(key) ?? "");
  useEffect(() => {
    if (latest) store(key, latest);
  }, [key, latest]);
  return since;
}

// The panel stands below the head, whose height depends on how much there is to say.
function useHeadHeight() {
  const head = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = head.current;
    if (!element) return;
    const measure = () => document.documentElement.style.setProperty("--head", `${element.offsetHeight}px`);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return head;
}

function Loaded({ id, tab }: { id: string; tab: TabKey }) {
  const { t, language } = useLanguage();
  const { data, assembly, sections } = useLoaded();
  const panel = usePanel();
  const head = useHeadHeight();
  const groups = useMemo(() => ordered(groupByTest(data.Observation)), [data.Observation, language]);
  const items = useMemo(() => timelineItems(data), [data]);
  const latest = useMemo(() => items.reduce((last, item) => (item.updated > last ? item.updated : last), ""), [items]);
  const since = useLastVisit(id, latest);
  const [test, setTest] = useState("");
  const [view, setView] = useState<ResultsView>("test");
  const [document, setDocument] = useState("");
  const name = firstOf(assembly.patients, (patient) => personName(patient.name) || undefined);
  useTitle(name ? `${name} · ${t.app.title}` : t.app.title);

  const { close } = panel;
  const open = useCallback((next: TabKey) => {
    close();
    go(`/patient/${id}${next === "overview" ? "" : `?tab=${next}`}`);
    window.scrollTo(0, 0);
  }, [id, close]);
  const openDocument = useCallback((key: string) => (setDocument(key), open("documents")), [open]);
  const openTest = useCallback((key: string) => (setTest(key), setView("test"), open("results")), [open]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, select, textarea") !== null;
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      go("/");
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  const count = (n: number, types: (keyof typeof sections)[]) => (types.some((type) => sections[type].state === "failed") ? "!" : n === 0 ? "" : `${n}${types.some((type) => sections[type].next) ? "+" : ""}`);
  const counts: Record<TabKey, string> = {
    overview: "", results: count(groups.length, ["Observation", "DiagnosticReport"]), orders: count(data.ServiceRequest.length, ["ServiceRequest"]),
    medicines: count(data.MedicationRequest.length + data.MedicationAdministration.length + data.MedicationStatement.length, ["MedicationRequest", "MedicationAdministration", "MedicationStatement"]),
    documents: count(data.DocumentReference.length, ["DocumentReference"]), diagnoses: count(foldConditions(data.Condition).length + data.Procedure.length, ["Condition", "Procedure"]),
    encounters: count(data.Encounter.length, ["Encounter"]), others: count(data.Appointment.length + data.Immunization.length + data.AllergyIntolerance.length, ["Appointment", "Immunization", "AllergyIntolerance"]),
  };
  const group = groups.find((candidate) => candidate.key === test) ?? groups[0];
  const top = panel.stack[panel.stack.length - 1];
  const beside = tab === "overview" ? <Glance openTest={openTest} openDocument={openDocument} openTab={open} /> : tab === "results" && view === "test" ? <TestAside group={group} /> : null;
  const select = (key: string) => {
    setTest(key);
    close();
  };
  return (
    <div className={`chart ${top || beside ? "with-aside" : ""}`}>
      <a className="skip" href="#content">{t.app.skip}</a>
      <header className="chart-head" ref={head}>
        <Banner />
        <Tabs active={tab} counts={counts} choose={open} />
      </header>
      <div className="chart-body">
        <main id="content" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={-1}>
          {tab === "overview" && <TimelineTab since={since} openDocument={openDocument} />}
          {tab === "results" && <ResultsTab groups={groups} selected={group?.key ?? ""} select={select} view={view} setView={setView} />}
          {tab === "orders" && <OrdersTab />}
          {tab === "medicines" && <MedicinesTab />}
          {tab === "documents" && <DocumentsTab selected={document} select={setDocument} />}
          {tab === "diagnoses" && <DiagnosesTab />}
          {tab === "encounters" && <EncountersTab />}
          {tab === "others" && <OthersTab />}
        </main>
        {(top || beside) && (
          <aside className="panel">
            {top?.kind === "origin" && <OriginPanel entry={top} />}
            {top?.kind === "report" && <ReportPanel reference={top.key} label={top.label} />}
            <div hidden={top !== undefined}>{beside}</div>
          </aside>
        )}
      </div>
    </div>
  );
}

export function ChartPage({ id, tab }: { id: string; tab: string }) {
  const t = useWords();
  const chart = useChart(id);
  if (chart.state !== "ready") {
    return (
      <main className="page">
        <p><Link href="/">← {t.common.back}</Link></p>
        {chart.state === "loading" && <Loading>{t.banner.loading}</Loading>}
        {chart.state === "failed" && chart.error && <Failure what="" error={chart.error} retry={chart.reload} />}
      </main>
    );
  }
  const key = tabKeys.find((candidate) => candidate === tab) ?? "overview";
  return (
    <ChartContext.Provider value={chart}>
      <PanelProvider>
        <Loaded id={id} tab={key} />
      </PanelProvider>
    </ChartContext.Provider>
  );
}
