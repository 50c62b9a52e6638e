// Results by test (latest value, flag, range, change, trend) or by report.

import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { concept } from "../fhir/text";
import type { DiagnosticReport } from "../fhir/types";
import { useWords } from "../i18n/language";
import { dayText, clockText, timeText } from "../logic/dates";
import { fold, groupByReport, reportOfResults, isNarrative, isWithdrawn, type TestGroup } from "../logic/results";
import { isAbnormal } from "../logic/values";
import { useNames } from "../parts/names";
import { Empty } from "../parts/notices";
import { useLoaded } from "./context";
import { Traced } from "./panel";
import { ReportBody } from "./report_panel";
import { SectionNotes, useReady } from "./section_notes";
import { Spark, Trend } from "./trend";
import { ChangeText, Components, Range, ReportName, ResultValue, StatusNote } from "./value";

const step = 40; // reports drawn at a time

export type ResultsView = "test" | "report";

interface TabProps { groups: TestGroup[]; selected: string; select(key: string): void; view: ResultsView; setView(view: ResultsView): void }

function TestRow({ group, reports, selected, select }: { group: TestGroup; reports: Map<string, DiagnosticReport>; selected: boolean; select(): void }) {
  const t = useWords();
  const names = useNames();
  const latest = group.results[0]!;
  return (
    <tr className={selected ? "selected" : ""} onClick={select}>
      <th scope="row"><button type="button" className="row-button" aria-pressed={selected} onClick={select}>{group.name || t.common.none}</button><ReportName result={latest} reports={reports} />{group.byName && <span className="tag" title={t.results.byName}>≈</span>}</th>
      <td className="number value-cell"><ResultValue result={latest} short /><Components observation={latest.observation} /> <StatusNote status={latest.observation.status} /></td>
      <td className="unit">{latest.unit}</td>
      <td className="number"><Range result={latest} /></td>
      <td><ChangeText results={group.results} at={0} /></td>
      <td className="spark-cell">{group.results.length > 1 && <><Spark results={group.results} /><span className="dim number">{t.results.count(group.results.length)}</span></>}</td>
      <td className="number">{dayText(latest.when)} <span className="dim">{clockText(latest.when)}</span></td>
      <td className="cell-hospital" title={names.hospital(latest.hospital)}>{names.hospital(latest.hospital)}</td>
    </tr>
  );
}

export function ResultsTab({ groups, selected, select, view, setView }: TabProps) {
  const t = useWords();
  const { data } = useLoaded();
  const ready = useReady(["Observation", "DiagnosticReport"]);
  const [text, setText] = useState("");
  const [onlyAbnormal, setOnlyAbnormal] = useState(false);
  const [limit, setLimit] = useState(step);
  const body = useRef<HTMLTableSectionElement>(null);
  const reports = useMemo(() => groupByReport(data.DiagnosticReport, data.Observation), [data.DiagnosticReport, data.Observation]);
  const byResult = useMemo(() => reportOfResults(data.DiagnosticReport), [data.DiagnosticReport]);
  const wanted = fold(text);
  const shown = groups.filter((group) => (!wanted || fold(group.name).includes(wanted)) && (!onlyAbnormal || group.results.some((result) => isAbnormal(result.flag) && !isWithdrawn(result.observation))));
  const shownReports = reports.filter((group) => (!wanted || fold(concept(group.report.code)).includes(wanted) || group.results.some((result) => fold(concept(result.observation.code)).includes(wanted))) && (!onlyAbnormal || group.results.some((result) => isAbnormal(result.flag))));

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const rows = [...(body.current?.querySelectorAll<HTMLElement>(".row-button") ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(rows.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
    rows[to]?.focus();
    const next = shown[to];
    if (next) select(next.key);
  };
  return (
    <div>
      <div className="filters no-print">
        <div role="group" className="kinds">
          <button type="button" className="toggle" aria-pressed={view === "test"} onClick={() => setView("test")}>{t.results.byTest} <span className="tab-count">{groups.length}</span></button>
          <button type="button" className="toggle" aria-pressed={view === "report"} onClick={() => setView("report")}>{t.results.byReport} <span className="tab-count">{reports.length}</span></button>
        </div>
        <input type="search" value={text} onChange={(event) => setText(event.target.value)} placeholder={t.results.filter} aria-label={t.results.filter} maxLength={60} />
        <label className="check"><input type="checkbox" checked={onlyAbnormal} onChange={(event) => setOnlyAbnormal(event.target.checked)} /> {t.results.onlyAbnormal}</label>
      </div>
      <SectionNotes types={["Observation", "DiagnosticReport"]} />
      {view === "test" && shown.length > 0 && (
        <table className="data results">
          <thead><tr><th>{t.results.test}</th><th>{t.results.latest}</th><th>{t.results.unit}</th><th>{t.results.range}</th><th>{t.results.change}</th><th>{t.results.trend}</th><th>{t.results.time}</th><th>{t.results.hospital}</th></tr></thead>
          <tbody ref={body} onKeyDown={onKey}>{shown.map((group) => <TestRow key={group.key} group={group} reports={byResult} selected={group.key === selected} select={() => select(group.key)} />)}</tbody>
        </table>
      )}
      {view === "test" && ready && shown.length === 0 && <Empty>{groups.length === 0 ? t.results.none : t.results.noMatch}</Empty>}
      {view === "report" && <div className="reports">{shownReports.slice(0, limit).map((group) => <article key={group.report.id} className="report"><ReportBody group={group} /></article>)}</div>}
      {view === "report" && shownReports.length > limit && <button type="button" className="more no-print" onClick={() => setLimit(limit + step)}>{t.timeline.more(shownReports.length - limit)}</button>}
      {view === "report" && ready && shownReports.length === 0 && <Empty>{reports.length === 0 ? t.results.none : t.results.noMatch}</Empty>}
    </div>
  );
}

// Beside the table: the selected test over time, and every single value of it.
export function TestAside({ group }: { group: TestGroup | undefined }) {
  const t = useWords();
  const names = useNames();
  if (!group) return <p className="dim aside-hint">{t.results.choose}</p>;
  return (
    <section className="test-aside" aria-label={group.name}>
      <h2>{group.name}</h2>
      {group.byName && <p className="notice">{t.results.byName}</p>}
      {group.results.some((result) => result.numeric !== null) && <Trend group={group} />}
      <h3>{t.results.history}</h3>
      <table className="data history"><tbody>
        {group.results.slice(0, 200).map((result, at) => (
          <tr key={result.observation.id}>
            <td className="number">{timeText(result.when)}</td>
            <td className="number">{isNarrative(result.observation)
              ? <Traced of={result.observation} element="valueString" label={group.name} value="" className="narrative">{result.observation.valueString}</Traced>
              : <ResultValue result={result} unit />}<Components observation={result.observation} /></td>
            <td><ChangeText results={group.results} at={at} /></td>
            <td className="dim">{names.hospital(result.hospital)} <StatusNote status={result.observation.status} /></td>
          </tr>
        ))}
      </tbody></table>
    </section>
  );
}

