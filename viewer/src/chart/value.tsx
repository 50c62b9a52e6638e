// A result's value with its flag, its range, and the change since the one before.

import type { DiagnosticReport, Observation } from "../fhir/types";
import { concept } from "../fhir/text";
import { useWords } from "../i18n/language";
import type { Dictionary } from "../i18n/zh";
import { changeOf, differenceText, isWithdrawn, type Result } from "../logic/results";
import { timeText } from "../logic/dates";
import { absentText, isAbnormal, rangeText, valueElement, valueText, type Flag } from "../logic/values";
import { Traced } from "./panel";

export function flagWords(flag: Flag, t: Dictionary): string {
  const words = flag.level === "critical" ? (flag.direction === "up" ? t.flags.criticalUp : flag.direction === "down" ? t.flags.criticalDown : t.flags.critical) : flag.level === "none" ? "" : t.flags[flag.level];
  return flag.stated || !words ? words : `${words} (${t.flags.computed})`;
}

const arrow = { up: "↑", down: "↓", none: "" };

export function FlagMark({ flag }: { flag: Flag }) {
  const t = useWords();
  if (!isAbnormal(flag)) return null;
  const words = flagWords(flag, t);
  const mark = flag.level === "critical" ? `${t.flags.mark}${arrow[flag.direction]}` : flag.level === "abnormal" ? "!" : arrow[flag.direction];
  return <span className={`flag ${flag.level}`} title={words} role="img" aria-label={words}>{flag.stated ? mark : `(${mark})`}</span>;
}

export function StatusNote({ status }: { status: string | undefined }) {
  const t = useWords();
  if (!status || status === "final" || status === "unknown") return null;
  return <span className="tag">{t.status[status] ?? status}</span>;
}

// Of a result that is no number: the report that it is part of. "Penicillin: resistant" of a culture is no word about the patient.
export function ReportName({ result, reports }: { result: Result; reports: Map<string, DiagnosticReport> }) {
  const name = result.numeric === null ? concept(reports.get(`Observation/${result.observation.id}`)?.code) : "";
  return name && name !== labelOf(result.observation) ? <span className="dim part-of"> {name}</span> : null;
}

export const labelOf = (observation: Observation): string => concept(observation.code);

// The value alone: a click shows where it came from.
export function ResultValue({ result, unit = false, short = false }: { result: Result; unit?: boolean; short?: boolean }) {
  const t = useWords();
  const { observation, flag } = result;
  const text = valueText(observation) || absentText(observation) || t.common.none;
  const shownUnit = unit && result.unit ? ` ${result.unit}` : "";
  const level = isAbnormal(flag) ? flag.level : "";
  const shown = short && text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return (
    <span className={`value ${level}${isWithdrawn(observation) ? " withdrawn" : ""}`}>
      <Traced of={observation} element={[valueElement(observation), "code"]} label={labelOf(observation)} value={`${text.slice(0, 60)}${result.unit ? ` ${result.unit}` : ""}`}>{shown}</Traced>
      {shownUnit && <span className="unit">{shownUnit}</span>}
      <FlagMark flag={flag} />
    </span>
  );
}

// A panel such as blood pressure: its parts side by side.
export function Components({ observation }: { observation: Observation }) {
  const parts = observation.component ?? [];
  return (
    <>
      {parts.map((part, at) => (
        <span key={at} className="component">
          <span className="dim">{concept(part.code)}</span>{" "}
          <Traced of={observation} element={`component[${at}].${valueElement(part)}`} label={concept(part.code)} value={valueText(part)}>{valueText(part) || "—"}</Traced>
          {part.valueQuantity?.unit && <span className="unit"> {part.valueQuantity.unit}</span>}
        </span>
      ))}
    </>
  );
}

export function Range({ result }: { result: Result }) {
  const t = useWords();
  const text = rangeText(result.observation.referenceRange);
  if (!text) return <span className="dim">{t.results.noRange}</span>;
  return <Traced of={result.observation} element="referenceRange" label={`${labelOf(result.observation)} ${t.results.range}`} value={text}>{text}</Traced>;
}

export function ChangeText({ results, at }: { results: Result[]; at: number }) {
  const t = useWords();
  const change = changeOf(results, at);
  const now = results[at];
  if (!change || !now) return null;
  const difference = differenceText(change, now);
  const percent = change.percent === null || change.difference === 0 ? "" : ` ${change.percent > 0 ? "+" : "−"}${Math.abs(change.percent) < 10 ? Math.abs(change.percent).toFixed(1) : Math.abs(change.percent).toFixed(0)}%`;
  return <span className="number change" title={t.results.delta(difference + percent, timeText(change.before.when))}>{difference}<span className="dim">{percent}</span></span>;
}
