// What of a message no rule used, marked in its lines, and where a rule fell back.

import { useEffect, useState } from "react";
import { getJson, isAbort, RequestError } from "../fhir/client";
import { useWords } from "../i18n/language";
import { bytesOf, worthMarking, type Explanation, type Fallback, type Piece, type Unused } from "../logic/explanation";
import { fallbackText, gathered, type Told } from "../logic/fallback";

export type Explained = { state: "loading" } | { state: "failed"; error: RequestError } | { state: "ready"; told: Explanation };

export function useExplanation(number: string, round: number): Explained {
  const [explained, setExplained] = useState<Explained>({ state: "loading" });
  useEffect(() => {
    const abort = new AbortController();
    setExplained({ state: "loading" });
    getJson<Explanation>(`/admin/v1/messages/${number}/explain`, abort.signal).then(
      (told) => setExplained({ state: "ready", told }),
      (error) => {
        if (!isAbort(error)) setExplained({ state: "failed", error: error instanceof RequestError ? error : new RequestError(0, "") });
      },
    );
    return () => abort.abort();
  }, [number, round]);
  return explained;
}

export function Pieces({ pieces }: { pieces: Piece[] }) {
  const t = useWords();
  return (
    <>
      {pieces.map((piece, at) => {
        if (piece.source) return <mark key={at}>{piece.text}</mark>;
        if (!piece.part) return piece.text;
        const asked = piece.part.why === "asked";
        return <span key={at} className={asked ? "unused asked" : "unused"} title={`${piece.part.field} · ${asked ? t.explain.asked : t.explain.never}`}>{piece.text}</span>;
      })}
    </>
  );
}

// What the marks mean; only those that are there.
export function Marks({ parts }: { parts: Unused[] }) {
  const t = useWords();
  return (
    <>
      {parts.some((part) => part.why !== "asked") && <span><span className="unused">{t.explain.never}</span></span>}
      {parts.some((part) => part.why === "asked") && <span><span className="unused asked">{t.explain.asked}</span></span>}
    </>
  );
}

// How much of the message no rule used, and what the marks in its lines mean.
export function UnusedLegend({ unused, total }: { unused: Unused[]; total: number }) {
  const t = useWords();
  const marked = worthMarking(unused);
  const setIds = unused.length - marked.length;
  const more = total - unused.length;
  return (
    <div className="raw-legend">
      <p>{marked.length === 0 ? t.explain.allUsed : t.explain.unused(marked.length, bytesOf(marked))}{more > 0 && <strong> {t.explain.more(more)}</strong>}</p>
      <p className="dim">
        <Marks parts={marked} />
        {setIds > 0 && <span>{t.explain.setIds(setIds)}</span>}
      </p>
    </div>
  );
}

function OneFallback({ fallback }: { fallback: Told }) {
  const t = useWords();
  return (
    <li>
      {fallback.field && <><span className="code strong">{fallback.field}</span> </>}
      {fallbackText(fallback, t.fallback)}
      {fallback.times > 1 && <span className="dim"> {t.explain.times(fallback.times)}</span>}
      {fallback.rule && <span className="dim code fallback-rule">{fallback.rule}{fallback.rulePlace && ` · ${fallback.rulePlace}`}</span>}
    </li>
  );
}

export const FallbackItems = ({ fallbacks }: { fallbacks: Fallback[] }) => <ul className="plain fallbacks">{gathered(fallbacks).map((fallback, at) => <OneFallback key={at} fallback={fallback} />)}</ul>;

const mostShown = 100;

export function Fallbacks({ fallbacks, total }: { fallbacks: Fallback[]; total: number }) {
  const t = useWords();
  if (total === 0) return <p className="dim no-fallbacks">{t.explain.noFallbacks}</p>;
  return (
    <section className="message-fallbacks">
      <h3>{t.explain.fallbacks(total)}</h3>
      <FallbackItems fallbacks={fallbacks.slice(0, mostShown)} />
      {total > mostShown && <p className="dim">{t.explain.first(mostShown)}</p>}
    </section>
  );
}
