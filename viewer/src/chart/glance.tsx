// Beside the timeline: what a specialist looks for first.

import { useMemo } from "react";
import { concept, hospitalOf } from "../fhir/text";
import { useLanguage } from "../i18n/language";
import { clockText, dayText, epochOf } from "../logic/dates";
import { groupByTest, isWithdrawn, reportOfResults } from "../logic/results";
import { foldConditions } from "../logic/conditions";
import { medicineName, medicineTime, useOf } from "../logic/timeline";
import { isAbnormal, rangeText, severity } from "../logic/values";
import { useNames } from "../parts/names";
import { useLoaded } from "./context";
import { Traced } from "./panel";
import { useReady } from "./section_notes";
import { ReportName, ResultValue } from "./value";

const most = 10;

export function Glance({ openTest, openDocument, openTab }: { openTest(key: string): void; openDocument(key: string): void; openTab(tab: "results" | "diagnoses" | "medicines" | "documents"): void }) {
  const { t, language } = useLanguage();
  const names = useNames();
  const { data } = useLoaded();
  const ready = { results: useReady(["Observation"]), diagnoses: useReady(["Condition"]), medicines: useReady(["MedicationRequest"]), documents: useReady(["DocumentReference"]) };
  const abnormal = useMemo(
    () => groupByTest(data.Observation)
      .filter((group) => group.results[0] && isAbnormal(group.results[0].flag) && !isWithdrawn(group.results[0].observation))
      .sort((a, b) => Number(b.results[0]!.flag.level === "critical") - Number(a.results[0]!.flag.level === "critical") || b.results[0]!.epoch - a.results[0]!.epoch || severity(b.results[0]!.flag) - severity(a.results[0]!.flag)),
    [data.Observation, language],
  );
  const reports = useMemo(() => reportOfResults(data.DiagnosticReport), [data.DiagnosticReport]);
  const conditions = useMemo(() => foldConditions(data.Condition), [data.Condition, language]);
  const medicines = useMemo(() => data.MedicationRequest.filter((item) => item.status === "active").sort((a, b) => epochOf(medicineTime(b)) - epochOf(medicineTime(a))), [data.MedicationRequest]);
  const documents = useMemo(() => [...data.DocumentReference].sort((a, b) => epochOf(b.date) - epochOf(a.date)).slice(0, 5), [data.DocumentReference]);
  const head = (title: string, count: number, tab: "results" | "diagnoses" | "medicines" | "documents") => (
    <h3>{title} {count > 0 && <button type="button" className="quiet small" onClick={() => openTab(tab)}>{t.glance.all} →</button>}</h3>
  );
  return (
    <section className="glance" aria-label={t.glance.heading}>
      {head(t.glance.critical, abnormal.length, "results")}
      {abnormal.length === 0 && ready.results && <p className="dim">{t.glance.noAbnormal}</p>}
      <table className="glance-table"><tbody>
        {abnormal.slice(0, most).map((group) => {
          const latest = group.results[0]!;
          return (
            <tr key={group.key}>
              <td><button type="button" className="traced" onClick={() => openTest(group.key)}>{group.name}</button><ReportName result={latest} reports={reports} /></td>
              <td className="number"><ResultValue result={latest} unit short /></td>
              <td className="dim number">{rangeText(latest.observation.referenceRange)}</td>
              <td className="dim number" title={names.hospital(latest.hospital)}>{dayText(latest.when).slice(5)} {clockText(latest.when)}</td>
            </tr>
          );
        })}
      </tbody></table>
      {head(t.glance.diagnoses, conditions.length, "diagnoses")}
      {conditions.length === 0 && ready.diagnoses && <p className="dim">{t.glance.noDiagnoses}</p>}
      <ul className="plain">{conditions.slice(0, most).map((folded) => (
        <li key={folded.key} className="glance-line"><Traced of={folded.latest} element="code" label={t.diagnoses.item} value={folded.name}>{folded.name}</Traced> <span className="dim">{folded.hospitals.map((code) => names.hospital(code)).join(t.common.list)}</span></li>
      ))}</ul>
      {head(t.glance.medicines, medicines.length, "medicines")}
      {medicines.length === 0 && ready.medicines && <p className="dim">{t.glance.noMedicines}</p>}
      <ul className="plain">{medicines.slice(0, most).map((item) => (
        <li key={item.id} className="glance-line"><Traced of={item} element={item.medicationCodeableConcept ? "medicationCodeableConcept" : "medicationReference"} label={t.medicines.item} value={medicineName(item)}>{medicineName(item) || names.reference(item.medicationReference)}</Traced> <span className="dim">{useOf(item)} · {names.hospital(hospitalOf(item))}</span></li>
      ))}</ul>
      {head(t.glance.documents, documents.length, "documents")}
      {documents.length === 0 && ready.documents && <p className="dim">{t.glance.noDocuments}</p>}
      <ul className="plain">{documents.map((document) => (
        <li key={document.id} className="glance-line"><button type="button" className="traced" onClick={() => openDocument(`DocumentReference/${document.id}`)}>{concept(document.type) || document.description || t.kinds.document}</button> <span className="dim number">{dayText(document.date)}</span> <span className="dim">{names.hospital(hospitalOf(document))}</span></li>
      ))}</ul>
    </section>
  );
}
