// The parts of FHIR R4 that the chart reads. Every element is optional: what a hospital did not send is not there.

// A decimal with a fraction arrives as its text ("5.10"), so that no digit the laboratory reported is lost (see json.ts).
export type Decimal = number | string;

export interface Coding { system?: string; code?: string; display?: string }
export interface CodeableConcept { coding?: Coding[]; text?: string }
export interface Identifier { use?: string; type?: CodeableConcept; system?: string; value?: string }
export interface HumanName { use?: string; text?: string; family?: string; given?: string[] }
export interface Period { start?: string; end?: string }
export interface Reference { reference?: string; type?: string; display?: string; identifier?: Identifier }
export interface Quantity { value?: Decimal; comparator?: string; unit?: string; system?: string; code?: string }
export interface Range { low?: Quantity; high?: Quantity }
export interface Annotation { text?: string; time?: string }
export interface Attachment { contentType?: string; data?: string; url?: string; title?: string; size?: number; creation?: string }
export interface Meta { versionId?: string; lastUpdated?: string; source?: string }
export interface Telecom { system?: string; value?: string; use?: string }

export interface Resource { resourceType: string; id?: string; meta?: Meta }

export interface Patient extends Resource {
  active?: boolean;
  identifier?: Identifier[];
  name?: HumanName[];
  gender?: string;
  birthDate?: string;
  deceasedBoolean?: boolean;
  deceasedDateTime?: string;
  link?: { other?: Reference; type?: string }[];
}

export interface Person extends Resource { link?: { target?: Reference; assurance?: string }[] }

export interface Encounter extends Resource {
  identifier?: Identifier[];
  status?: string;
  class?: Coding;
  type?: CodeableConcept[];
  serviceType?: CodeableConcept;
  subject?: Reference;
  period?: Period;
  participant?: { type?: CodeableConcept[]; individual?: Reference }[];
  reasonCode?: CodeableConcept[];
  diagnosis?: { condition?: Reference; use?: CodeableConcept }[];
  location?: { location?: Reference; status?: string; period?: Period }[];
  hospitalization?: { dischargeDisposition?: CodeableConcept; admitSource?: CodeableConcept };
  serviceProvider?: Reference;
}

export interface ReferenceRange { low?: Quantity; high?: Quantity; text?: string; type?: CodeableConcept }

// The choice types of Observation.value[x], as they also stand in a component.
export interface ObservedValue {
  valueQuantity?: Quantity;
  valueString?: string;
  valueCodeableConcept?: CodeableConcept;
  valueBoolean?: boolean;
  valueInteger?: number;
  valueRange?: Range;
  valueRatio?: { numerator?: Quantity; denominator?: Quantity };
  valueDateTime?: string;
  valueTime?: string;
  valuePeriod?: Period;
  dataAbsentReason?: CodeableConcept;
  interpretation?: CodeableConcept[];
  referenceRange?: ReferenceRange[];
}

export interface Observation extends Resource, ObservedValue {
  status?: string;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  subject?: Reference;
  encounter?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  effectiveInstant?: string;
  issued?: string;
  performer?: Reference[];
  note?: Annotation[];
  specimen?: Reference;
  method?: CodeableConcept;
  hasMember?: Reference[];
  component?: (ObservedValue & { code?: CodeableConcept })[];
}

export interface DiagnosticReport extends Resource {
  status?: string;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  encounter?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  issued?: string;
  performer?: Reference[];
  resultsInterpreter?: Reference[];
  result?: Reference[];
  basedOn?: Reference[];
  conclusion?: string;
  presentedForm?: Attachment[];
}

export interface ServiceRequest extends Resource {
  identifier?: Identifier[];
  status?: string;
  intent?: string;
  priority?: string;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  encounter?: Reference;
  authoredOn?: string;
  occurrenceDateTime?: string;
  occurrencePeriod?: Period;
  requester?: Reference;
  performer?: Reference[];
  reasonCode?: CodeableConcept[];
  note?: Annotation[];
}

export interface Dosage {
  text?: string;
  timing?: { code?: CodeableConcept; repeat?: { frequency?: number; period?: Decimal; periodUnit?: string } };
  route?: CodeableConcept;
  doseAndRate?: { doseQuantity?: Quantity; doseRange?: Range }[];
  dose?: Quantity;
}

export interface MedicationItem extends Resource {
  status?: string;
  intent?: string;
  category?: CodeableConcept | CodeableConcept[];
  medicationCodeableConcept?: CodeableConcept;
  medicationReference?: Reference;
  encounter?: Reference;
  context?: Reference;
  authoredOn?: string;
  dateAsserted?: string;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  requester?: Reference;
  dosageInstruction?: Dosage[];
  dosage?: Dosage | Dosage[];
  note?: Annotation[];
}

export interface DocumentReference extends Resource {
  status?: string;
  docStatus?: string;
  type?: CodeableConcept;
  category?: CodeableConcept[];
  date?: string;
  author?: Reference[];
  authenticator?: Reference;
  description?: string;
  content?: { attachment?: Attachment }[];
  context?: { encounter?: Reference[]; period?: Period };
}

export interface Condition extends Resource {
  clinicalStatus?: CodeableConcept;
  verificationStatus?: CodeableConcept;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  encounter?: Reference;
  onsetDateTime?: string;
  abatementDateTime?: string;
  recordedDate?: string;
  asserter?: Reference;
  note?: Annotation[];
}

export interface Procedure extends Resource {
  status?: string;
  code?: CodeableConcept;
  encounter?: Reference;
  performedDateTime?: string;
  performedPeriod?: Period;
  performer?: { actor?: Reference }[];
}

export interface Appointment extends Resource {
  status?: string;
  serviceType?: CodeableConcept[];
  appointmentType?: CodeableConcept;
  reasonCode?: CodeableConcept[];
  description?: string;
  start?: string;
  end?: string;
  participant?: { actor?: Reference; status?: string }[];
  comment?: string;
}

export interface Immunization extends Resource {
  status?: string;
  vaccineCode?: CodeableConcept;
  occurrenceDateTime?: string;
  occurrenceString?: string;
  lotNumber?: string;
  site?: CodeableConcept;
  route?: CodeableConcept;
  doseQuantity?: Quantity;
  performer?: { actor?: Reference }[];
  encounter?: Reference;
}

export interface AllergyIntolerance extends Resource {
  clinicalStatus?: CodeableConcept;
  verificationStatus?: CodeableConcept;
  category?: string[];
  criticality?: string;
  code?: CodeableConcept;
  recordedDate?: string;
  onsetDateTime?: string;
  reaction?: { manifestation?: CodeableConcept[]; severity?: string; description?: string }[];
  encounter?: Reference;
}

export interface Bundle<T extends Resource = Resource> extends Resource {
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: { fullUrl?: string; resource?: T; search?: { mode?: string } }[];
}

export interface OperationOutcome extends Resource {
  issue?: { severity?: string; code?: string; details?: CodeableConcept; diagnostics?: string; expression?: string[] }[];
}

export interface Parameters extends Resource {
  parameter?: { name: string; part?: { name: string; valueString?: string; valueInteger?: number; valueInstant?: string; valueBoolean?: boolean }[] }[];
}
