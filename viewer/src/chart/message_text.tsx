// A whole message as it came, one segment a line. With a line (that of an origin already described above it), that line is marked.

import { useEffect, useRef, useState } from "react";
import { getJson, isAbort, RequestError } from "../fhir/client";
import { useWords, word } from "../i18n/language";
import { stampText } from "../logic/dates";
import { useNames } from "../parts/names";
import { Failure, Loading } from "../parts/notices";

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
  useEffect(() => {
    marked.current?.scrollIntoView({ block: "nearest" });
  }, [message]);

  if (error) return <Failure what={t.message.failed} error={error} retry={() => setRound((n) => n + 1)} />;
  if (!message) return <Loading />;
  const lines = (message.text ?? "").split(/\r\n|\r|\n/);
  const first = line ? lines.indexOf(line) : -1;
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
      <pre className="raw whole" tabIndex={0}>
        {lines.slice(0, mostLines).map((text, at) => (at === first ? <mark key={at} ref={marked} className="segment">{text}{"\n"}</mark> : <span key={at}>{text}{"\n"}</span>))}
        {lines.length > mostLines && "…"}
      </pre>
      {(message.notices ?? []).length > 0 && (
        <section>
          <h3>{t.message.notices}</h3>
          <ul className="plain">{(message.notices ?? []).slice(0, 100).map((notice, at) => <li key={at}><span className="code">{notice.where}</span> {notice.what}</li>)}</ul>
        </section>
      )}
      {message.answer && <section><h3>{t.message.answer}</h3><pre className="raw" tabIndex={0}>{message.answer.replace(/\r\n?/g, "\n")}</pre></section>}
    </div>
  );
}
