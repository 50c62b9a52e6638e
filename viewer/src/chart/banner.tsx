// Who this is: always in sight.

import { codeOf, concept, hospitalOf, personName } from "../fhir/text";
import type { Patient } from "../fhir/types";
import { useWords, word } from "../i18n/language";
import { ageAt, dateParts, epochStamp, dayText } from "../logic/dates";
import { isResident, shown } from "../logic/mask";
import { disagreements, firstOf } from "../logic/person";
import { useNames } from "../parts/names";
import { Preferences } from "../parts/preferences";
import { Link } from "../parts/router";
import { allergiesOf } from "./allergies";
import { useLoaded } from "./context";
import { Traced } from "./panel";

function AllergyLine() {
  const t = useWords();
  const { data, sections } = useLoaded();
  const allergies = allergiesOf(data.AllergyIntolerance, sections.AllergyIntolerance);
  if (allergies.state !== "known") {
    return <span className={`allergy ${allergies.state}`}><span className="dim">{t.banner.allergies}</span> {t.banner.allergy[allergies.state]}</span>;
  }
  return (
    <span className="allergy known">
      <span className="allergy-label">{t.banner.allergies}</span>
      {allergies.items.map((allergy, at) => (
        <span key={allergy.id}>{at > 0 && t.common.list}<Traced of={allergy} element="code" label={t.banner.allergies} value={concept(allergy.code)}>{concept(allergy.code)}</Traced></span>
      ))}
    </span>
  );
}

function Identity({ patients }: { patients: Patient[] }) {
  const t = useWords();
  const named = patients.find((patient) => personName(patient.name));
  const sexed = patients.find((patient) => patient.gender);
  const born = patients.find((patient) => patient.birthDate);
  const numbered = patients.find((patient) => patient.identifier?.some(isResident));
  const at = numbered?.identifier?.findIndex(isResident) ?? -1;
  const resident = numbered?.identifier?.[at];
  const died = firstOf(patients, (patient) => patient.deceasedDateTime ?? (patient.deceasedBoolean ? "" : undefined));
  const diedAt = dateParts(died);
  const age = ageAt(born?.birthDate, diedAt ? new Date(diedAt.epoch) : new Date());
  const name = named ? personName(named.name) : t.common.none;
  return (
    <>
      <h1 className="person-name">{named ? <Traced of={named} element="name" label={t.find.name} value={name}>{name}</Traced> : name}</h1>
      <span>{sexed ? <Traced of={sexed} element="gender" label={t.find.sex} value={word(t.sex, sexed.gender)}>{word(t.sex, sexed.gender)}</Traced> : t.sex.missing}</span>
      <span className="number">{age ? t.age[age.unit](age.count) : t.age.unknown}</span>
      <span>{born ? <><span className="dim">{t.banner.born}</span> <Traced of={born} element="birthDate" label={t.banner.born} value={born.birthDate} className="number">{dayText(born.birthDate)}</Traced></> : t.banner.bornUnknown}</span>
      <span>
        {resident && numbered ? <><span className="dim">{t.banner.resident}</span> <Traced of={numbered} element={`identifier[${at}]`} label={t.banner.resident} value={shown(resident)} className="number">{shown(resident)}</Traced></> : t.banner.residentMissing}
      </span>
      {died !== undefined && <span className="tag">{t.banner.died} {dayText(died)}</span>}
    </>
  );
}

// The hospital and its own number of this person, to ask for when calling it.
function SourceName({ patient, first }: { patient: Patient; first: boolean }) {
  const t = useWords();
  const names = useNames();
  const at = patient.identifier?.findIndex((identifier) => identifier.value && identifier.use !== "old" && !isResident(identifier)) ?? -1;
  const identifier = patient.identifier?.[at];
  const kind = word(t.numbers, codeOf(identifier?.type)) || t.numbers.none!;
  return (
    <span className="source">
      {!first && t.common.list}{names.hospital(hospitalOf(patient))}
      {identifier && <> <Traced of={patient} element={`identifier[${at}]`} label={kind} value={identifier.value} className="number dim">{identifier.value ?? ""}</Traced></>}
    </span>
  );
}

export function Banner() {
  const t = useWords();
  const { assembly, checked, stale } = useLoaded();
  const { patients } = assembly;
  const differing = disagreements(patients);
  return (
    <div className="banner">
      <div className="banner-row">
        <Link href="/" className="find-link" title={t.find.another}>← {t.common.back}</Link>
        <Identity patients={patients} />
        <span className="spring" />
        <button type="button" className="quiet no-print" onClick={() => window.print()}>{t.common.print}</button>
        <Preferences />
      </div>
      <div className="banner-row second">
        <AllergyLine />
        <span className="sources"><span className="dim">{t.banner.hospitals}</span> {patients.map((patient, at) => <SourceName key={patient.id} patient={patient} first={at === 0} />)}</span>
        {differing.map((what) => <span key={what} className="warning">{t.banner.disagree[what]}: {[...new Set(patients.map((patient) => (what === "gender" ? word(t.sex, patient.gender) : patient.birthDate)).filter(Boolean))].join(" / ")}</span>)}
        {assembly.incomplete && <span className="warning">{t.banner.incomplete}</span>}
        <span className="spring" />
        <span className={stale ? "warning" : "dim number"} role={stale ? "alert" : undefined}>{stale ? t.banner.stale : checked ? t.banner.checked(epochStamp(checked).slice(11)) : t.banner.loading}</span>
        <span className="print-only">{t.common.printed(epochStamp(Date.now()))}</span>
      </div>
    </div>
  );
}
