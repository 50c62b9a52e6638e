// The running chart: everything of all hospitals, by encounter and day, newest first.

import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { concept, hospitalOf } from "../fhir/text";
import type { Encounter } from "../fhir/types";
import { useLanguage, useWords, word } from "../i18n/language";
import { clockText, timeText } from "../logic/dates";
import type { Result } from "../logic/results";
import { abnormalCount, blocksOf, cut, kinds, timelineItems, type Block, type Item, type Kind } from "../logic/timeline";
import { severity } from "../logic/values";
import { useNames } from "../parts/names";
import { Empty } from "../parts/notices";
import { useLoaded } from "./context";
import { chartTypes } from "./data";
import { Traced, usePanel } from "./panel";
import { SectionNotes, useReady } from "./section_notes";
import { labelOf, ResultValue, StatusNote } from "./value";

const step = 40; // items drawn at a time, more than a window full
const inline = 6; // results named in one item

export function EncounterTitle({ encounter }: { encounter: Encounter }) {
  const t = useWords();
  const names = useNames();
  const place = encounter.location?.[0]?.location;
  const kind = word(t.encounterClass, encounter.class?.code) || concept(encounter.type?.[0]) || t.encounters.kind;
  const from = timeText(encounter.period?.start);
  const open = encounter.status === "in-progress" || encounter.status === "arrived" || encounter.status === "onleave";
  const to = encounter.period?.end ? timeText(encounter.period.end) : open ? t.encounters.ongoing : "";
  return (
    <>
      <Traced of={encounter} element={["class", "status"]} label={t.tabs.encounters} value={kind} className="strong">{kind}</Traced>
      {(from || to) && <Traced of={encounter} element="period" label={t.encounters.period} value={from} className="number">{[from, to].filter(Boolean).join(" – ")}</Traced>}
      <span className="dim">{[concept(encounter.serviceType), place ? names.reference(place) : ""].filter(Boolean).join(" ")}</span>
    </>
  );
}

function ResultsLine({ results }: { results: Result[] }) {
  const t = useWords();
  const ordered = [...results].sort((a, b) => severity(b.flag) - severity(a.flag));
  const short = ordered.filter((result) => !/[\r\n]/.test(result.observation.valueString ?? "")).slice(0, inline);
  return (
    <span className="results-line">
      {short.map((result) => <span key={result.observation.id} className="pair"><span className="dim">{labelOf(result.observation)}</span> <ResultValue result={result} unit short /></span>)}
      {results.length > short.length && short.length > 0 && <span className="dim">{t.timeline.others(results.length)}</span>}
    </span>
  );
}

function ItemRow({ item, fresh, openDocument }: { item: Item; fresh: boolean; openDocument(key: string): void }) {
  const t = useWords();
  const panel = usePanel();
  const abnormal = abnormalCount(item.results);
  const title = item.title || t.kinds[item.kind];
  const status = (item.resource as { status?: string }).status;
  let head: ReactNode = <Traced of={item.resource} element={item.element} label={t.kinds[item.kind]} value={title}>{title}</Traced>;
  if (item.kind === "report") head = <button type="button" className="traced" onClick={() => panel.open({ kind: "report", key: item.key, label: title })}>{title}</button>;
  if (item.kind === "document") head = <button type="button" className="traced" onClick={() => openDocument(item.key)}>{title}</button>;
  return (
    <li className={`item ${item.level === "critical" ? "has-critical" : ""}`}>
      <span className="item-time number dim">{clockText(item.when)}</span>
      <span className="item-kind dim">{t.kinds[item.kind]}</span>
      <span className="item-text">
        {item.kind === "measurement" && !item.title ? null : <span className="item-title">{head}</span>}
        {fresh && <span className="tag new">{t.timeline.fresh}</span>}
        {(item.kind === "report" || item.kind === "document" || item.kind === "order") && <StatusNote status={status === "current" || status === "active" || status === "completed" ? undefined : status} />}
        {abnormal > 0 && item.results.length > inline && <span className="dim">{t.timeline.abnormal(abnormal)}</span>}
        <ResultsLine results={item.results} />
        {item.detail && <span className="dim item-detail">{item.detail.slice(0, 160)}</span>}
      </span>
    </li>
  );
}

function BlockView({ block, since, openDocument }: { block: Block; since: string; openDocument(key: string): void }) {
  const t = useWords();
  const names = useNames();
  return (
    <section className="block">
      <h3 className="block-head">
        <span className="block-hospital">{names.hospital(block.hospital)}</span>
        {block.encounter ? <EncounterTitle encounter={block.encounter} /> : <span className="dim">{t.timeline.noEncounter}</span>}
      </h3>
      {block.days.map((day) => (
        <div key={day.day} className="day">
          <h4 className="number">{day.day || t.timeline.undated}</h4>
          <ul className="plain">{day.items.map((item) => <ItemRow key={item.key} item={item} fresh={since !== "" && item.updated > since} openDocument={openDocument} />)}</ul>
        </div>
      ))}
      {block.days.length === 0 && <p className="dim empty-block">{t.timeline.emptyEncounter}</p>}
    </section>
  );
}

// Draws more when it comes into sight, or on a click.
function More({ hidden, show }: { hidden: number; show(): void }) {
  const t = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) show();
    });
    if (button.current) observer.observe(button.current);
    return () => observer.disconnect();
  });
  return <button type="button" className="more no-print" ref={button} onClick={show}>{t.timeline.more(hidden)}</button>;
}

export function TimelineTab({ since, openDocument }: { since: string; openDocument(key: string): void }) {
  const { t, language } = useLanguage();
  const names = useNames();
  const { data } = useLoaded();
  const ready = useReady(chartTypes);
  const [hospital, setHospital] = useState("");
  const [hidden, setHidden] = useState<ReadonlySet<Kind>>(new Set());
  const [onlyNew, setOnlyNew] = useState(false);
  const [limit, setLimit] = useState(step);

  const items = useMemo(() => timelineItems(data), [data, language]);
  const hospitals = useMemo(() => [...new Set([...items.map((item) => item.hospital), ...data.Encounter.map(hospitalOf)])].sort(), [items, data.Encounter]);
  const counts = useMemo(() => items.reduce((sum, item) => sum.set(item.kind, (sum.get(item.kind) ?? 0) + 1), new Map<Kind, number>()), [items]);
  const fresh = useMemo(() => (since ? items.filter((item) => item.updated > since).length : 0), [items, since]);
  const filtered = hidden.size > 0 || onlyNew;
  const shown = useMemo(() => {
    const kept = items.filter((item) => (!hospital || item.hospital === hospital) && !hidden.has(item.kind) && (!onlyNew || item.updated > since));
    const encounters = data.Encounter.filter((encounter) => !hospital || hospitalOf(encounter) === hospital);
    const all = blocksOf(kept, encounters);
    return cut(filtered ? all.filter((block) => block.count > 0) : all, limit);
  }, [items, data.Encounter, hospital, hidden, onlyNew, since, filtered, limit]);

  useEffect(() => setLimit(step), [hospital, hidden, onlyNew]);

  const toggle = (kind: Kind) => setHidden((before) => {
    const after = new Set(before);
    if (!after.delete(kind)) after.add(kind);
    return after;
  });
  return (
    <div className="timeline">
      <div className="filters no-print">
        <label>{t.timeline.hospital} <select value={hospital} onChange={(event) => setHospital(event.target.value)}>
          <option value="">{t.timeline.allHospitals}</option>
          {hospitals.map((code) => <option key={code} value={code}>{names.hospital(code)}</option>)}
        </select></label>
        <div role="group" aria-label={t.timeline.kind} className="kinds">
          {kinds.filter((kind) => counts.has(kind)).map((kind) => <button key={kind} type="button" className="toggle" aria-pressed={!hidden.has(kind)} onClick={() => toggle(kind)}>{t.kinds[kind]} <span className="tab-count">{counts.get(kind)}</span></button>)}
        </div>
        {fresh > 0 && <button type="button" className="toggle" aria-pressed={onlyNew} onClick={() => setOnlyNew(!onlyNew)}>{t.timeline.onlyNew(fresh)}</button>}
      </div>
      <SectionNotes types={chartTypes} />
      {shown.blocks.map((block) => <BlockView key={block.key} block={block} since={since} openDocument={openDocument} />)}
      {ready && shown.blocks.length === 0 && <Empty>{t.timeline.none} {(filtered || hospital) && <button type="button" onClick={() => (setHidden(new Set()), setOnlyNew(false), setHospital(""))}>{t.timeline.reset}</button>}</Empty>}
      {shown.hidden > 0 && <More key={limit} hidden={shown.hidden} show={() => setLimit(limit + step)} />}
    </div>
  );
}

