// The plain lists: orders, medicines, diagnoses and procedures, encounters, and the rest.

import { useMemo } from "react";
import { codings, concept, concepts, hospitalOf, quantity } from "../fhir/text";
import type { CodeableConcept, Encounter, MedicationItem, Period, ServiceRequest } from "../fhir/types";
import { useLanguage, useWords, word } from "../i18n/language";
import { epochOf, timeText } from "../logic/dates";
import { foldConditions, recordedAt } from "../logic/conditions";
import { reportedAt } from "../logic/results";
import { dosagesOf, dosageText, medicineName, medicineTime, notesOf, orderTime, reportsByOrder } from "../logic/timeline";
import { useNames } from "../parts/names";
import { allergiesOf } from "./allergies";
import { useLoaded } from "./context";
import { DataTable, type Column } from "./data_table";
import { Traced, usePanel } from "./panel";
import { SectionNotes } from "./section_notes";
import { EncounterTitle } from "./timeline_tab";

const byTime = <T,>(items: T[], time: (item: T) => string): T[] => [...items].sort((a, b) => epochOf(time(b)) - epochOf(time(a)));

// A code to read beside its name, without the name again.
function codeText(value: CodeableConcept | undefined): string {
  return [...new Set(codings(value).map((coding) => coding.code).filter((code) => code && code !== concept(value)))].join(" ");
}

export function OrdersTab() {
  const t = useWords();
  const names = useNames();
  const { data } = useLoaded();
  const panel = usePanel();
  const reports = useMemo(() => reportsByOrder(data.DiagnosticReport), [data.DiagnosticReport]);
  const answers = (item: ServiceRequest) => reports.get(`ServiceRequest/${item.id}`) ?? [];
  const rows = useMemo(() => byTime(data.ServiceRequest, (item) => orderTime(item) || reportedAt(answers(item)[0])), [data.ServiceRequest, reports]);
  const columns: Column<(typeof rows)[number]>[] = [
    { head: t.orders.item, cell: (item) => <><Traced of={item} element="code" label={t.kinds.order} value={concept(item.code)} className="strong">{concept(item.code) || t.common.none}</Traced> <span className="dim code">{codeText(item.code)}</span></> },
    { head: t.orders.priority, cell: (item) => (item.priority ? <Traced of={item} element="priority" label={t.orders.priority} value={item.priority}>{word(t.priority, item.priority)}</Traced> : null) },
    { head: t.orders.status, cell: (item) => <Traced of={item} element="status" label={t.orders.status} value={item.status}>{word(t.status, item.status)}</Traced> },
    { head: t.orders.time, number: true, cell: (item) => <Traced of={item} element={["authoredOn", "occurrenceDateTime", "occurrencePeriod"]} label={t.orders.time} value={timeText(orderTime(item))}>{timeText(orderTime(item))}</Traced> },
    { head: t.orders.reports, cell: (item) => answers(item).map((report) => <div key={report.id}><button type="button" className="traced number" onClick={() => panel.open({ kind: "report", key: `DiagnosticReport/${report.id}`, label: concept(report.code) })}>{timeText(reportedAt(report))} →</button></div>) },
    { head: t.orders.doctor, cell: (item) => names.reference(item.requester) },
    { head: t.orders.reason, cell: (item) => [concepts(item.reasonCode), ...notesOf(item)].filter(Boolean).join(" · ") },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
  ];
  return <><SectionNotes types={["ServiceRequest"]} /><DataTable rows={rows} columns={columns} types={["ServiceRequest"]} none={t.orders.none} /></>;
}

const medicineTypes = ["MedicationRequest", "MedicationAdministration", "MedicationStatement"] as const;

export function MedicinesTab() {
  const t = useWords();
  const names = useNames();
  const { data } = useLoaded();
  const rows = useMemo(() => byTime<MedicationItem>(medicineTypes.flatMap((type) => data[type]), medicineTime), [data]);
  const columns: Column<MedicationItem>[] = [
    { head: t.medicines.item, cell: (item) => <Traced of={item} element={item.medicationCodeableConcept ? "medicationCodeableConcept" : "medicationReference"} label={t.kinds.medicine} value={medicineName(item)} className="strong">{medicineName(item) || names.reference(item.medicationReference) || t.common.none}</Traced> },
    { head: t.medicines.dose, cell: (item) => dosagesOf(item).map((dosage, at) => <div key={at}><Traced of={item} element={["dosageInstruction", "dosage"]} label={t.medicines.dose} value={dosageText(dosage)}>{dosageText(dosage) || t.common.none}</Traced></div>).concat(notesOf(item).map((note, at) => <div key={`note${at}`}><Traced of={item} element={`note[${at}]`} label={t.results.comment} value={note}>{note}</Traced></div>)) },
    { head: t.medicines.status, cell: (item) => <Traced of={item} element="status" label={t.medicines.status} value={item.status}>{word(t.status, item.status)}</Traced> },
    { head: t.medicines.kind, cell: (item) => t.medicines[item.resourceType as (typeof medicineTypes)[number]] },
    { head: t.medicines.time, number: true, cell: (item) => timeText(medicineTime(item)) },
    { head: t.medicines.doctor, cell: (item) => names.reference(item.requester) },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
  ];
  return <><SectionNotes types={[...medicineTypes]} /><DataTable rows={rows} columns={columns} types={[...medicineTypes]} none={t.medicines.none} /></>;
}

export function DiagnosesTab() {
  const { t, language } = useLanguage();
  const names = useNames();
  const { data } = useLoaded();
  const rows = useMemo(() => foldConditions(data.Condition), [data.Condition, language]);
  const procedures = useMemo(() => byTime(data.Procedure, (item) => item.performedDateTime ?? item.performedPeriod?.start ?? ""), [data.Procedure]);
  const first = (value: CodeableConcept | undefined) => codings(value)[0]?.code;
  const columns: Column<(typeof rows)[number]>[] = [
    { head: t.diagnoses.item, cell: (item) => <Traced of={item.latest} element="code" label={t.diagnoses.item} value={item.name} className="strong">{item.name}</Traced> },
    { head: t.diagnoses.code, cell: (item) => <span className="code">{codeText(item.latest.code)}</span> },
    { head: t.diagnoses.certainty, cell: (item) => word(t.certainty, first(item.latest.verificationStatus)) },
    { head: t.diagnoses.status, cell: (item) => word(t.clinical, first(item.latest.clinicalStatus)) },
    // Each record of a folded diagnosis stays within a click.
    { head: t.diagnoses.time, cell: (item) => item.all.map((one) => <div key={one.id}><Traced of={one} element={["recordedDate", "onsetDateTime", "code"]} label={item.name} value={timeText(recordedAt(one))} className="number">{timeText(recordedAt(one)) || t.timeline.undated}</Traced> <span className="dim">{names.hospital(hospitalOf(one))} {names.reference(one.asserter)}</span></div>) },
  ];
  const procedureColumns: Column<(typeof procedures)[number]>[] = [
    { head: t.diagnoses.procedures, cell: (item) => <Traced of={item} element="code" label={t.diagnoses.procedures} value={concept(item.code)} className="strong">{concept(item.code)}</Traced> },
    { head: t.diagnoses.code, cell: (item) => <span className="code">{codeText(item.code)}</span> },
    { head: t.diagnoses.status, cell: (item) => word(t.status, item.status) },
    { head: t.results.time, number: true, cell: (item) => timeText(item.performedDateTime ?? item.performedPeriod?.start) },
    { head: t.diagnoses.doctor, cell: (item) => (item.performer ?? []).map((performer) => names.reference(performer.actor)).filter(Boolean).join(t.common.list) },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
  ];
  return (
    <>
      <SectionNotes types={["Condition"]} />
      <DataTable rows={rows} columns={columns} types={["Condition"]} none={t.diagnoses.none} />
      <h2>{t.diagnoses.procedures}</h2>
      <SectionNotes types={["Procedure"]} />
      <DataTable rows={procedures} columns={procedureColumns} types={["Procedure"]} none={t.diagnoses.noProcedures} />
    </>
  );
}

const start = (period: Period | undefined) => period?.start ?? period?.end ?? "";

export function EncountersTab() {
  const t = useWords();
  const names = useNames();
  const { data } = useLoaded();
  const rows = useMemo(() => byTime(data.Encounter, (item) => start(item.period)), [data.Encounter]);
  const conditions = useMemo(() => new Map(data.Condition.map((condition) => [`Condition/${condition.id}`, condition])), [data.Condition]);
  const reasons = (item: Encounter): string => {
    const own = concepts(item.reasonCode);
    const linked = (item.diagnosis ?? []).map((diagnosis) => concept(conditions.get(diagnosis.condition?.reference ?? "")?.code)).filter(Boolean);
    const pointing = data.Condition.filter((condition) => condition.encounter?.reference === `Encounter/${item.id}`).map((condition) => concept(condition.code));
    return [...new Set([own, ...linked, ...pointing].filter(Boolean))].join(t.common.list);
  };
  const columns: Column<Encounter>[] = [
    { head: t.encounters.period, cell: (item) => <span className="encounter-title"><EncounterTitle encounter={item} /></span> },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
    { head: t.encounters.reason, cell: reasons },
    { head: t.encounters.doctor, cell: (item) => [...new Set((item.participant ?? []).map((participant) => names.reference(participant.individual)).filter(Boolean))].join(t.common.list) },
    { head: t.encounters.number, cell: (item) => (item.identifier?.[0]?.value ? <Traced of={item} element="identifier" label={t.encounters.number} value={item.identifier[0].value} className="code">{item.identifier[0].value}</Traced> : null) },
    { head: t.encounters.status, cell: (item) => <Traced of={item} element="status" label={t.encounters.status} value={word(t.status, item.status)}>{word(t.status, item.status)}</Traced> },
  ];
  return <><SectionNotes types={["Encounter"]} /><DataTable rows={rows} columns={columns} types={["Encounter"]} none={t.encounters.none} /></>;
}

export function OthersTab() {
  const t = useWords();
  const names = useNames();
  const { data, sections } = useLoaded();
  const appointments = useMemo(() => byTime(data.Appointment, (item) => item.start ?? ""), [data.Appointment]);
  const immunizations = useMemo(() => byTime(data.Immunization, (item) => item.occurrenceDateTime ?? ""), [data.Immunization]);
  const allergies = useMemo(() => byTime(data.AllergyIntolerance, (item) => item.recordedDate ?? item.onsetDateTime ?? ""), [data.AllergyIntolerance]);
  const known = allergiesOf(data.AllergyIntolerance, sections.AllergyIntolerance);
  const allergyColumns: Column<(typeof allergies)[number]>[] = [
    { head: t.others.substance, cell: (item) => <Traced of={item} element="code" label={t.kinds.allergy} value={concept(item.code)} className="strong">{concept(item.code)}</Traced> },
    { head: t.others.reaction, cell: (item) => (item.reaction ?? []).map((reaction, at) => <span key={at}><Traced of={item} element={`reaction[${at}]`} label={t.others.reaction} value={concepts(reaction.manifestation)}>{concepts(reaction.manifestation) || reaction.description || t.common.none}</Traced> </span>) },
    { head: t.others.severity, cell: (item) => [...new Set([word(t.severity, item.criticality), ...(item.reaction ?? []).map((reaction) => word(t.severity, reaction.severity))].filter(Boolean))].join(t.common.list) },
    { head: t.others.status, cell: (item) => [word(t.clinical, codings(item.clinicalStatus)[0]?.code), word(t.certainty, codings(item.verificationStatus)[0]?.code)].filter(Boolean).join(" · ") },
    { head: t.others.recorded, number: true, cell: (item) => timeText(item.recordedDate ?? item.onsetDateTime) },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
  ];
  const appointmentColumns: Column<(typeof appointments)[number]>[] = [
    { head: t.others.start, number: true, cell: (item) => <Traced of={item} element="start" label={t.kinds.appointment} value={timeText(item.start)} className="strong">{timeText(item.start) || t.timeline.undated}</Traced> },
    { head: t.others.service, cell: (item) => [concepts(item.serviceType), concept(item.appointmentType), concepts(item.reasonCode), item.description].filter(Boolean).join(" · ") },
    { head: t.others.participants, cell: (item) => [...new Set((item.participant ?? []).map((participant) => names.reference(participant.actor)).filter(Boolean))].join(t.common.list) },
    { head: t.others.status, cell: (item) => word(t.status, item.status) },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
  ];
  const immunizationColumns: Column<(typeof immunizations)[number]>[] = [
    { head: t.others.vaccine, cell: (item) => <Traced of={item} element="vaccineCode" label={t.others.vaccine} value={concept(item.vaccineCode)} className="strong">{concept(item.vaccineCode)}</Traced> },
    { head: t.results.time, number: true, cell: (item) => timeText(item.occurrenceDateTime) || item.occurrenceString },
    { head: t.others.dose, cell: (item) => <span className="number">{quantity(item.doseQuantity)}</span> },
    { head: t.others.lot, cell: (item) => (item.lotNumber ? <Traced of={item} element="lotNumber" label={t.others.lot} value={item.lotNumber} className="code">{item.lotNumber}</Traced> : null) },
    { head: t.others.site, cell: (item) => [concept(item.site), concept(item.route)].filter(Boolean).join(" · ") },
    { head: t.others.status, cell: (item) => word(t.status, item.status) },
    { head: t.results.hospital, cell: (item) => names.hospital(hospitalOf(item)) },
  ];
  return (
    <>
      <h2>{t.others.allergies}</h2>
      <SectionNotes types={["AllergyIntolerance"]} />
      <DataTable rows={allergies} columns={allergyColumns} types={["AllergyIntolerance"]} none={known.state === "nothing" ? t.others.allergyNothing : known.state === "noneKnown" ? t.banner.allergy.noneKnown : t.banner.allergy.failed} />
      <h2>{t.others.appointments}</h2>
      <SectionNotes types={["Appointment"]} />
      <DataTable rows={appointments} columns={appointmentColumns} types={["Appointment"]} none={t.others.noAppointments} />
      <h2>{t.others.immunizations}</h2>
      <SectionNotes types={["Immunization"]} />
      <DataTable rows={immunizations} columns={immunizationColumns} types={["Immunization"]} none={t.others.noImmunizations} />
    </>
  );
}
