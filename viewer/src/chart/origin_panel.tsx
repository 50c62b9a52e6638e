// "Where from": the message, its segment and field, the raw line, what of it no rule used, where a rule fell back, and what earlier versions said.

import { useEffect, useState } from "react";
import { isAbort, read, RequestError } from "../fhir/client";
import type { Bundle, Parameters, Resource } from "../fhir/types";
import { useWords } from "../i18n/language";
import { stampText } from "../logic/dates";
import { bytesOf, cut, placesOf, readRests, worthMarking, type Fallback, type Rest } from "../logic/explanation";
import { ofOrigins } from "../logic/fallback";
import { elementAt, matching, readOrigins, sourceOf, type Origin } from "../logic/origin";
import { useNames } from "../parts/names";
import { Empty, Failure, Loading } from "../parts/notices";
import { Link } from "../parts/router";
import { FallbackItems, Marks, Pieces } from "./explained";
import { PanelFrame, type Entry } from "./panel";
import { MessageText } from "./message_text";

type OriginEntry = Extract<Entry, { kind: "origin" }>;
type Loaded = { state: "loading" } | { state: "failed"; error: RequestError } | { state: "ready"; origins: Origin[]; rests: Map<number, Rest>; versions: Resource[] };

function useOrigins(reference: string, version: string | undefined, round: number): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  useEffect(() => {
    const abort = new AbortController();
    setLoaded({ state: "loading" });
    const history = read<Bundle>(`${reference}/_history?_count=20`, abort.signal).then(
      (bundle) => (bundle.entry ?? []).flatMap((entry) => (entry.resource ? [entry.resource] : [])),
      () => [] as Resource[], // the origin is worth showing without it
    );
    Promise.all([read<Parameters>(`${reference}/$origin`, abort.signal), history]).then(
      ([parameters, versions]) => setLoaded({ state: "ready", origins: readOrigins(parameters), rests: readRests(parameters), versions }),
      (error) => {
        if (!isAbort(error)) setLoaded({ state: "failed", error: error instanceof RequestError ? error : new RequestError(0, "") });
      },
    );
    return () => abort.abort();
  }, [reference, version, round]);
  return loaded;
}

const nothing: Rest = { unused: [], fallbacks: [] };

function Line({ origin, rest }: { origin: Origin; rest: Rest }) {
  const here = worthMarking(rest.unused).filter((part) => part.segment === origin.segment);
  return <pre className="raw" tabIndex={0}><Pieces pieces={cut(origin.line, 0, placesOf(origin.line, here), sourceOf(origin))} /></pre>;
}

const mostFallbacks = 20; // the whole message lists more

// What the value itself owes to a fallback, and how much else there is to see in the whole message.
function OriginRest({ origin, rest, own }: { origin: Origin; rest: Rest; own: Fallback[] }) {
  const t = useWords();
  const unused = worthMarking(rest.unused);
  const inLine = unused.filter((part) => part.segment === origin.segment);
  return (
    <>
      {own.length > 0 && <section className="notice own-fallbacks"><FallbackItems fallbacks={own} /></section>}
      <div className="origin-rest">
        {inLine.length > 0 && <p className="dim"><Marks parts={inLine} /></p>}
        <p>{t.explain.inMessage} {unused.length === 0 ? t.explain.allUsed : t.explain.unused(unused.length, bytesOf(unused))}</p>
        {rest.fallbacks.length === 0 ? <p>{t.explain.noFallbacks}</p> : (
          <details>
            <summary>{t.explain.fallbacks(rest.fallbacks.length)}</summary>
            <FallbackItems fallbacks={rest.fallbacks.slice(0, mostFallbacks)} />
            {rest.fallbacks.length > mostFallbacks && <p className="dim">{t.explain.first(mostFallbacks)}</p>}
          </details>
        )}
      </div>
    </>
  );
}

function OneOrigin({ origin, rest, own = [], first }: { origin: Origin; rest: Rest; own?: Fallback[]; first: boolean }) {
  const t = useWords();
  const names = useNames();
  const [whole, setWhole] = useState(false);
  return (
    <article className={first ? "origin first" : "origin"}>
      {first && (
        <dl className="facts">
          <dt>{t.origin.hospital}</dt><dd><strong>{names.hospital(origin.hospital)}</strong></dd>
          <dt>{t.origin.system}</dt><dd>{[origin.system, origin.feed].filter(Boolean).join(" · ")}</dd>
          <dt>{t.origin.message}</dt><dd>{[origin.messageType, origin.message === null ? "" : t.origin.number(origin.message)].filter(Boolean).join(" · ")}</dd>
          <dt>{t.origin.control}</dt><dd className="code">{origin.controlId}</dd>
          <dt>{t.origin.received}</dt><dd className="number">{stampText(origin.received)}</dd>
          <dt>{t.origin.rule}</dt><dd className="code">{origin.rule}{origin.rulePlace && <span className="dim"> {origin.rulePlace}</span>}</dd>
        </dl>
      )}
      <p className="origin-place">
        <span className="code strong">{origin.segment}{origin.field ? ` · ${origin.field}` : ""}</span> <span className="dim code">{origin.element}</span>
        {!first && <span className="dim"> · {names.hospital(origin.hospital)} · {origin.messageType} · {origin.controlId} · {stampText(origin.received)}</span>}
      </p>
      {origin.line ? <Line origin={origin} rest={rest} /> : <p className="dim">{t.origin.constant}</p>}
      {origin.mappingChanged && <p className="notice">{t.origin.changed}</p>}
      {first && !whole && origin.message !== null && <OriginRest origin={origin} rest={rest} own={own} />}
      {first && origin.message !== null && (
        <div className="origin-actions">
          <button type="button" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? t.origin.hide : t.origin.open}</button>
          <Link href={`/message/${origin.message}`} target="_blank" onClick={(event) => event.stopPropagation()}>{t.origin.ownPage}</Link>
        </div>
      )}
      {whole && origin.message !== null && <MessageText number={String(origin.message)} line={origin.line} />}
    </article>
  );
}

const asText = (value: unknown): string => (value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

// What each version said of the element; nothing when there is only one.
function Versions({ versions, element }: { versions: Resource[]; element: string }) {
  const t = useWords();
  const [, type = ""] = /^([A-Za-z]+)/.exec(element) ?? [];
  const told = versions.map((version) => ({
    id: version.meta?.versionId ?? "", at: version.meta?.lastUpdated,
    text: asText(elementAt(version, `${element}.value`) ?? elementAt(version, `${element}.text`) ?? elementAt(version, element) ?? elementAt(version, type)),
    status: asText((version as { status?: string }).status),
  }));
  if (told.length < 2) return null;
  return (
    <section>
      <h3>{t.origin.versions}</h3>
      <table className="versions">
        <tbody>
          {told.map((version, at) => (
            <tr key={version.id}>
              <td>{t.origin.version(version.id)}{at === 0 && <span className="dim"> {t.origin.now}</span>}</td>
              <td className="number dim">{stampText(version.at)}</td>
              <td className={at > 0 && version.text !== told[at - 1]!.text ? "strong" : ""}>{version.text || t.origin.absent}</td>
              <td className="dim">{t.status[version.status] ?? version.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const mostOthers = 12;

export function OriginPanel({ entry }: { entry: OriginEntry }) {
  const t = useWords();
  const [round, setRound] = useState(0);
  const [more, setMore] = useState(false);
  const reference = `${entry.resource.resourceType}/${entry.resource.id}`;
  const loaded = useOrigins(reference, entry.resource.meta?.versionId, round);
  useEffect(() => {
    setMore(false);
  }, [entry]);

  const found = loaded.state === "ready" ? matching(loaded.origins, entry.elements) : [];
  // No origin of the element itself: what is known of the record is still a lead.
  const fallback = loaded.state === "ready" && found.length === 0 ? loaded.origins.filter((origin) => origin.line).slice(0, 3) : [];
  const shown = found.length > 0 ? found : fallback;
  const restFor = (origin: Origin): Rest => (loaded.state === "ready" && loaded.rests.get(origin.message ?? -1)) || nothing;
  // The value's other parts count, as far as the same message brought them.
  const ownOf = (origin: Origin): Fallback[] => ofOrigins(restFor(origin).fallbacks, found.filter((other) => other.message === origin.message), reference);
  return (
    <PanelFrame heading={<><span className="dim">{t.origin.heading}</span> {entry.label} {entry.value && entry.value !== entry.label && <strong>{entry.value}</strong>}</>}>
      {loaded.state === "loading" && <Loading>{t.origin.loading}</Loading>}
      {loaded.state === "failed" && <Failure what={t.origin.failed} error={loaded.error} retry={() => setRound((n) => n + 1)} />}
      {loaded.state === "ready" && found.length === 0 && <Empty>{t.origin.none}<br /><span className="dim">{t.origin.noneMore}</span></Empty>}
      {fallback.length > 0 && <h3>{t.origin.whole}</h3>}
      {shown.slice(0, 1).map((origin) => <OneOrigin key={`${reference}${origin.element}${origin.message}`} origin={origin} rest={restFor(origin)} own={ownOf(origin)} first />)}
      {loaded.state === "ready" && <Versions versions={loaded.versions} element={entry.elements[0] ?? ""} />}
      {shown.length > 1 && !more && <button type="button" className="quiet" onClick={() => setMore(true)}>{t.origin.others(Math.min(mostOthers, shown.length - 1))}</button>}
      {more && shown.slice(1, 1 + mostOthers).map((origin, at) => <OneOrigin key={at} origin={origin} rest={restFor(origin)} first={false} />)}
    </PanelFrame>
  );
}
