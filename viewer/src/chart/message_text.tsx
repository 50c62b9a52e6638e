// A whole message as it came, one segment a line, what no rule used marked in it. With a line (that of an origin already described above it), that line is marked.

import { useEffect, useMemo, useRef, useState } from "react";
import { getJson, isAbort, RequestError } from "../fhir/client";
import { useWords, word } from "../i18n/language";
import { stampText } from "../logic/dates";
import { cut, placesOf, restOf, worthMarking, type Place, type Rest } from "../logic/explanation";
import { useNames } from "../parts/names";
import { Failure, Loading } from "../parts/notices";
import { Fallbacks, Pieces, UnusedLegend, useExplanation } from "./explained";

interface Message {
  number: number;
  hospital?: string;
  feed?: string;
  received?: string;
  type?: string;
  controlId?: string;
  charset?: string;
  state?: string;
  error?: string;
  text?: string;
  answer?: string;
  notices?: { where?: string; what?: string }[];
}

const mostLines = 2000; // a message may be 50 MB; a page is not the place to read all of that

interface Line { text: string; from: number }

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let from = 0;
  for (const end of text.matchAll(/\r\n|\r|\n/g)) {
    lines.push({ text: text.slice(from, end.index), from });
    if (lines.length > mostLines) return lines;
    from = end.index! + end[0].length;
  }
  lines.push({ text: text.slice(from), from });
  return lines;
}

const nothing: Rest = { unused: [], fallbacks: [] };

// The places that begin before the end of the line and end behind its beginning: both run upwards, so that 2,000 of each are not tried against each other.
function placed(lines: Line[], places: Place[]): Place[][] {
  let first = 0;
  return lines.map(({ text, from }) => {
    while (first < places.length && places[first]!.end <= from) ++first;
    let last = first;
    while (last < places.length && places[last]!.start < from + text.length) ++last;
    return places.slice(first, last);
  });
}

export function MessageText({ number, line }: { number: string; line?: string }) {
  const t = useWords();
  const names = useNames();
  const [message, setMessage] = useState<Message | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [round, setRound] = useState(0);
  const marked = useRef<HTMLElement>(null);

  useEffect(() => {
    const abort = new AbortController();
    setMessage(null);
    setError(null);
    getJson<Message>(`/admin/v1/messages/${number}`, abort.signal).then(setMessage, (failure) => {
      if (!isAbort(failure)) setError(failure instanceof RequestError ? failure : new RequestError(0, ""));
    });
    return () => abort.abort();
  }, [number, round]);
  const explained = useExplanation(number, round);
  const told = explained.state === "ready" && !explained.told.error ? explained.told : null;
  const rest = useMemo(() => (told ? restOf(told) : nothing), [told]);
  const text = message?.text ?? "";
  const lines = useMemo(() => linesOf(text), [text]);
  const places = useMemo(() => placed(lines, placesOf(text, worthMarking(rest.unused))), [lines, text, rest]);
  useEffect(() => {
    marked.current?.scrollIntoView({ block: "nearest" });
  }, [message]);

  if (error) return <Failure what={t.message.failed} error={error} retry={() => setRound((n) => n + 1)} />;
  if (!message) return <Loading />;
  const first = line ? lines.findIndex((each) => each.text === line) : -1;
  const faulty = explained.state === "ready" ? explained.told.error : undefined;
  // What a fallback tells is not told again as a notice.
  const notices = (message.notices ?? []).filter((notice) => !rest.fallbacks.some((fallback) => fallback.field === notice.where && fallback.what.startsWith(notice.what ?? "")));
  return (
    <div className="message">
      <dl className="facts">
        {!line && (
          <>
            <dt>{t.origin.hospital}</dt><dd>{names.hospital(message.hospital ?? "")} · {message.feed}</dd>
            <dt>{t.origin.message}</dt><dd>{[message.type, message.controlId].filter(Boolean).join(" · ")}</dd>
            <dt>{t.origin.received}</dt><dd className="number">{stampText(message.received)}</dd>
          </>
        )}
        <dt>{t.message.state}</dt><dd>{word(t.message.states, message.state)} · {message.charset}</dd>
        {message.error && <><dt>{t.message.error}</dt><dd>{message.error}</dd></>}
      </dl>
      {explained.state === "loading" && <Loading>{t.explain.loading}</Loading>}
      {explained.state === "failed" && <Failure what={t.explain.failed} error={explained.error} retry={() => setRound((n) => n + 1)} />}
      {faulty && faulty !== message.error && <p className="notice">{t.explain.faulty} {faulty}</p>}
      {told?.mappingChanged && <p className="notice">{t.origin.changed}</p>}
      {told && <UnusedLegend unused={rest.unused} total={told.unusedTotal} />}
      <pre className="raw whole" tabIndex={0}>
        {lines.slice(0, mostLines).map(({ text: shown, from }, at) => {
          const pieces = <Pieces pieces={cut(shown, from, places[at]!)} />;
          return at === first ? <mark key={at} ref={marked} className="segment">{pieces}{"\n"}</mark> : <span key={at}>{pieces}{"\n"}</span>;
        })}
        {lines.length > mostLines && "…"}
      </pre>
      {told && <Fallbacks fallbacks={rest.fallbacks} total={told.fallbacksTotal} />}
      {notices.length > 0 && (
        <section>
          <h3>{t.message.notices}</h3>
          <ul className="plain">{notices.slice(0, 100).map((notice, at) => <li key={at}><span className="code">{notice.where}</span> {notice.what}</li>)}</ul>
        </section>
      )}
      {message.answer && <section><h3>{t.message.answer}</h3><pre className="raw" tabIndex={0}>{message.answer.replace(/\r\n?|\x1C/g, "\n").trim()}</pre></section>}
    </div>
  );
}
