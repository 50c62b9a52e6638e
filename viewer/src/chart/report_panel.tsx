// One report whole: its results in its own order, its conclusion, its attachments.

import { useMemo } from "react";
import { concept } from "../fhir/text";
import { useWords } from "../i18n/language";
import { stampText, timeText } from "../logic/dates";
import { groupByReport, isNarrative, type ReportGroup } from "../logic/results";
import { useNames } from "../parts/names";
import { Empty } from "../parts/notices";
import { AttachmentView } from "./attachment";
import { useLoaded } from "./context";
import { PanelFrame, Traced } from "./panel";
import { Components, labelOf, Range, ResultValue, StatusNote } from "./value";

export function ReportBody({ group, bare = false }: { group: ReportGroup; bare?: boolean }) {
  const t = useWords();
  const names = useNames();
  const { report } = group;
  const performers = [...(report.performer ?? []), ...(report.resultsInterpreter ?? [])].map(names.reference).filter(Boolean);
  return (
    <>
      <div className="report-head">
        {!bare && <Traced of={report} element="code" label={t.kinds.report} value={concept(report.code)} className="strong">{concept(report.code)}</Traced>}
        <span className="number">{timeText(group.when)}</span>
        <span>{names.hospital(group.hospital)}</span>
        <StatusNote status={report.status} />
        <span className="dim">{[...new Set(performers)].join(t.common.list)}</span>
        {report.issued && <span className="dim">{t.results.issued} <Traced of={report} element="issued" label={t.results.issued} value={timeText(report.issued)} className="number">{stampText(report.issued).slice(0, 16)}</Traced></span>}
      </div>
      {group.results.length > 0 && (
        <table className="data compact"><tbody>
          {group.results.map((result) => (isNarrative(result.observation) ? (
            <tr key={result.observation.id}><th scope="row">{labelOf(result.observation)}</th><td colSpan={3}><Traced of={result.observation} element="valueString" label={labelOf(result.observation)} value="" className="narrative">{result.observation.valueString}</Traced></td></tr>
          ) : (
            <tr key={result.observation.id}>
              <th scope="row">{labelOf(result.observation)}</th>
              <td className="number value-cell"><ResultValue result={result} /><Components observation={result.observation} /> {result.observation.status !== report.status && <StatusNote status={result.observation.status} />}</td>
              <td className="unit">{result.unit}</td>
              <td className="number"><Range result={result} /></td>
            </tr>
          )))}
        </tbody></table>
      )}
      {group.results.flatMap((result) => (result.observation.note ?? []).map((note, at) => note.text && <p key={`${result.observation.id}${at}`} className="note"><span className="dim">{t.results.comment} · {labelOf(result.observation)}</span> <Traced of={result.observation} element={`note[${at}]`} label={t.results.comment} value="">{note.text}</Traced></p>))}
      {report.conclusion && <p className="note"><span className="dim">{t.results.conclusion}</span> <Traced of={report} element="conclusion" label={t.results.conclusion} value="" className="narrative">{report.conclusion}</Traced></p>}
      {(report.presentedForm ?? []).map((attachment, at) => <AttachmentView key={at} attachment={attachment} />)}
      {group.missing > 0 && <p className="notice">{t.results.missing(group.missing)}</p>}
      {group.results.length === 0 && group.missing === 0 && !report.conclusion && !report.presentedForm && <p className="dim">{t.results.noResults}</p>}
    </>
  );
}

export function ReportPanel({ reference, label }: { reference: string; label: string }) {
  const t = useWords();
  const { data } = useLoaded();
  const group = useMemo(() => groupByReport(data.DiagnosticReport.filter((report) => `DiagnosticReport/${report.id}` === reference), data.Observation)[0], [data, reference]);
  return <PanelFrame heading={<><span className="dim">{t.kinds.report}</span> {group ? <Traced of={group.report} element="code" label={t.kinds.report} value={label}>{label}</Traced> : label}</>}>{group ? <ReportBody group={group} bare /> : <Empty>{t.results.none}</Empty>}</PanelFrame>;
}
