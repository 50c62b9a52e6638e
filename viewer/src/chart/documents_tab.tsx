// Documents: a list at the left, the chosen one at the right.

import { useMemo, useRef, type KeyboardEvent } from "react";
import { concept, concepts, hospitalOf } from "../fhir/text";
import { useWords } from "../i18n/language";
import { epochOf, timeText } from "../logic/dates";
import { useNames } from "../parts/names";
import { Empty } from "../parts/notices";
import { AttachmentView } from "./attachment";
import { useLoaded } from "./context";
import { Traced } from "./panel";
import { SectionNotes, useReady } from "./section_notes";
import { StatusNote } from "./value";

const types = ["DocumentReference"] as const;

export function DocumentsTab({ selected, select }: { selected: string; select(key: string): void }) {
  const t = useWords();
  const names = useNames();
  const { data } = useLoaded();
  const ready = useReady([...types]);
  const list = useRef<HTMLUListElement>(null);
  const documents = useMemo(() => [...data.DocumentReference].sort((a, b) => epochOf(b.date) - epochOf(a.date)), [data.DocumentReference]);
  const chosen = documents.find((document) => `DocumentReference/${document.id}` === selected) ?? documents[0];
  const title = chosen ? concept(chosen.type) || chosen.description || t.kinds.document : "";
  const authors = [...new Set([...(chosen?.author ?? []), ...(chosen?.authenticator ? [chosen.authenticator] : [])].map(names.reference).filter(Boolean))].join(t.common.list);

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const to = Math.max(0, Math.min(documents.length - 1, documents.findIndex((document) => document === chosen) + (event.key === "ArrowDown" ? 1 : -1)));
    select(`DocumentReference/${documents[to]?.id}`);
    list.current?.querySelectorAll<HTMLElement>("button")[to]?.focus();
  };
  return (
    <div>
      <SectionNotes types={[...types]} />
      {ready && documents.length === 0 && <Empty>{t.documents.none}</Empty>}
      {chosen && (
        <div className="documents">
          <ul className="plain document-list no-print" ref={list} onKeyDown={onKey}>
            {documents.map((document) => (
              <li key={document.id}>
                <button type="button" className="document-button" aria-pressed={document === chosen} onClick={() => select(`DocumentReference/${document.id}`)}>
                  <span className="strong">{concept(document.type) || document.description || t.kinds.document}</span>
                  <span className="dim number">{timeText(document.date)}</span>
                  <span className="dim">{names.hospital(hospitalOf(document))}</span>
                </button>
              </li>
            ))}
          </ul>
          <article className="document">
            <header>
              <h2><Traced of={chosen} element="type" label={t.kinds.document} value={title}>{title}</Traced></h2>
              <p className="dim">
                <Traced of={chosen} element="date" label={t.results.time} value={timeText(chosen.date)} className="number">{timeText(chosen.date)}</Traced> · {names.hospital(hospitalOf(chosen))}
                {authors && ` · ${t.documents.author} ${authors}`} {concepts(chosen.category) && ` · ${concepts(chosen.category)}`} <StatusNote status={chosen.docStatus} /> <StatusNote status={chosen.status === "current" ? undefined : chosen.status} />{" "}
                <Traced of={chosen} element={["content", "type"]} label={t.kinds.document} value={title}>{t.origin.trace}</Traced>
              </p>
            </header>
            {(chosen.content ?? []).map((content, at) => (content.attachment ? <AttachmentView key={`${chosen.id}${at}`} attachment={content.attachment} /> : null))}
            {(chosen.content ?? []).every((content) => !content.attachment) && <p className="dim">{t.documents.empty}</p>}
          </article>
        </div>
      )}
    </div>
  );
}
