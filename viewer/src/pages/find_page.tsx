import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { isAbort, RequestError } from "../fhir/client";
import { codeOf, hospitalOf, personName } from "../fhir/text";
import type { Patient } from "../fhir/types";
import { useWords, word } from "../i18n/language";
import { ageAt, timeText } from "../logic/dates";
import { isResident, shown } from "../logic/mask";
import { byCurrency, firstOf } from "../logic/person";
import { useNames } from "../parts/names";
import { Failure, Loading } from "../parts/notices";
import { Preferences } from "../parts/preferences";
import { go, Link } from "../parts/router";
import { useTitle } from "../parts/use_title";
import { find, mostHits, type Found } from "./find_search";

const pause = 250; // milliseconds after the last key

type Search = { state: "idle" } | { state: "searching" } | { state: "done"; text: string; found: Found } | { state: "failed"; error: RequestError };

function useSearch(text: string, round: number): Search {
  const [search, setSearch] = useState<Search>({ state: "idle" });
  useEffect(() => {
    if (!text.trim()) {
      setSearch({ state: "idle" });
      return;
    }
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      setSearch((before) => (before.state === "done" ? before : { state: "searching" }));
      find(text, abort.signal).then(
        (found) => setSearch({ state: "done", text: text.trim(), found }),
        (error) => {
          if (!isAbort(error) && !abort.signal.aborted) setSearch({ state: "failed", error: error instanceof RequestError ? error : new RequestError(0, "") });
        },
      );
    }, pause);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [text, round]);
  return search;
}

function Numbers({ patient }: { patient: Patient }) {
  const t = useWords();
  const numbers = (patient.identifier ?? []).filter((identifier) => identifier.value && !isResident(identifier) && identifier.use !== "old");
  return (
    <>
      {numbers.slice(0, 3).map((identifier) => (
        <span key={`${identifier.system}|${identifier.value}`} className="number">{word(t.numbers, codeOf(identifier.type)) || t.numbers.none} {shown(identifier)}</span>
      ))}
    </>
  );
}

function Row({ people, active, id, onHover }: { people: Patient[]; active: boolean; id: string; onHover(): void }) {
  const t = useWords();
  const names = useNames();
  const ordered = byCurrency(people);
  const birth = firstOf(ordered, (patient) => patient.birthDate);
  const age = ageAt(birth, new Date());
  const sex = firstOf(ordered, (patient) => patient.gender);
  const resident = firstOf(ordered, (patient) => patient.identifier?.find(isResident));
  return (
    <tr id={id} role="option" aria-selected={active} className={active ? "hit active" : "hit"} onMouseEnter={onHover} onClick={() => go(`/patient/${ordered[0]!.id}`)}>
      <td className="hit-name"><Link tabIndex={-1} href={`/patient/${ordered[0]!.id}`} onClick={(event) => event.stopPropagation()}>{firstOf(ordered, (patient) => personName(patient.name) || undefined) ?? t.common.none}</Link></td>
      <td>{word(t.sex, sex) || t.sex.missing}</td>
      <td><span className="number">{age ? t.age[age.unit](age.count) : t.age.unknown}</span> <span className="dim">{birth ?? ""}</span></td>
      <td className="number">{resident ? shown(resident) : t.common.none}</td>
      <td>{ordered.map((patient) => <div key={patient.id} className="hit-hospital"><span>{names.hospital(hospitalOf(patient))}</span> <Numbers patient={patient} /></div>)}</td>
      <td className="number dim">{timeText(ordered[0]!.meta?.lastUpdated)}</td>
    </tr>
  );
}

// What was typed stays with this entry of the browser's history, for the way back from a chart. It is no part of the address: a resident number
// must not stand in address lists and logs.
const remembered = (): string => (history.state as { find?: string } | null)?.find ?? "";

export function FindPage() {
  const t = useWords();
  const [text, setText] = useState(remembered);
  const [round, setRound] = useState(0);
  const [active, setActive] = useState(0);
  const wantsFirst = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  const search = useSearch(text, round);
  useTitle(t.app.title);

  const people = search.state === "done" ? search.found.people : [];
  const fresh = search.state === "done" && search.text === text.trim();
  const open = (at: number) => people[at] && go(`/patient/${byCurrency(people[at]!)[0]!.id}`);

  useEffect(() => {
    setActive(0);
    history.replaceState({ find: text }, "");
  }, [text]);
  useEffect(() => {
    input.current?.focus();
  }, []);
  // Enter pressed before the answer came.
  useEffect(() => {
    if (!fresh || !wantsFirst.current) return;
    wantsFirst.current = false;
    if (people.length > 0) open(0);
  });

  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // the input method's own Enter
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setActive((at) => Math.max(0, Math.min(people.length - 1, at + (event.key === "ArrowDown" ? 1 : -1))));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (fresh) open(active);
      else wantsFirst.current = text.trim() !== "";
    } else {
      wantsFirst.current = false;
    }
  };

  return (
    <div className="find">
      <header className="find-top">
        <span className="mark">{t.app.name}</span>
        <Preferences />
      </header>
      <main className="find-body">
        <h1>{t.find.heading}</h1>
        <label className="find-label" htmlFor="find">{t.find.label}</label>
        <input
          id="find" ref={input} type="search" autoComplete="off" spellCheck={false} maxLength={100} placeholder={t.find.placeholder} value={text} role="combobox" aria-expanded={people.length > 0}
          aria-controls="hits" aria-autocomplete="list" aria-activedescendant={people.length > 0 ? `hit-${active}` : undefined} aria-describedby="find-hint" onChange={(event) => setText(event.target.value)} onKeyDown={onKey}
        />
        <p id="find-hint" className="dim hint">{t.find.hint}</p>
        <section aria-live="polite" className="find-outcome">
          {search.state === "idle" && <div className="empty-page"><p>{t.find.start}</p><p className="dim">{t.find.startMore}</p></div>}
          {search.state === "searching" && <Loading>{t.find.searching}</Loading>}
          {search.state === "failed" && <Failure what={t.find.failed} error={search.error} retry={() => setRound((n) => n + 1)} />}
          {search.state === "done" && search.found.unlinked && <p className="notice">{t.find.unlinked}</p>}
          {search.state === "done" && people.length === 0 && <div className="empty-page"><p>{t.find.none(search.text)}</p><p className="dim">{t.find.noneMore}</p></div>}
          {people.length > 0 && <p className="dim count">{search.state === "done" && search.found.more ? t.find.many(mostHits) : t.find.count(people.length)}</p>}
        </section>
        {people.length > 0 && (
          <table className="hits" role="presentation">
            <thead aria-hidden="true"><tr><th>{t.find.name}</th><th>{t.find.sex}</th><th>{t.find.age}</th><th>{t.find.resident}</th><th>{t.find.hospitals}</th><th>{t.find.updated}</th></tr></thead>
            <tbody id="hits" role="listbox" aria-label={t.find.heading}>
              {people.map((group, at) => <Row key={group[0]!.id} id={`hit-${at}`} people={group} active={at === active} onHover={() => setActive(at)} />)}
            </tbody>
          </table>
        )}
      </main>
    </div>
  );
}
