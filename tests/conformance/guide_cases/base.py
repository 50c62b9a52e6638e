"""What a believable message holds apart from the row under test: as little as makes the resource, so that `IF … NOT VALUED` holds unless a case says otherwise."""

SEGMENTS = r"""
MSH|^~\&|HIS|CLINIC|LIS|LAB|20260102030405||{type}|C{n}|P|2.8
SFT|Maker|3.1|Product|B7
EVN||20260102030405
PID|1||P{n}^^^HOSP^MR||Base^Person
PD1|
NK1|1|Kin^Next|FTH
PV1|1|I|||||||||||||||||V{n}^^^HOSP
PV2|
ROL||AD|AT^Attending^HL70443|D1^Doc^One
PRT||AD||AD^Admitting^HL70912|D2^Doc^Two
AL1|1||PEN^Penicillin^99L
IAM|1||PEN^Penicillin^99L
DG1|1||I10^Hypertension^I10|||A
PR1|1||P1^Operation^99L
GT1|1||Payer^Pia
IN1|1|B1^Basic^99L||Fund
IN2|
IN3|1
MRG|M{n}^^^HOSP^MR
ORC|NW|O{n}^HIS
OBR|1|||T1^Test^99L
TQ1|1
SPM|1|||SER^Serum^HL70487
SAC|
OBX|1|ST|X1^Finding^99L||seen||||||F
NTE|1||remark
TXA|1|CN|||||||||||D{n}^HIS|||||LA
RXA|0|1|20260101|||08^Hep B^CVX
RXO|DRUG^Drug^99L
RXE||DRUG^Drug^99L|1||mg
RXD|1|DRUG^Drug^99L|20260101|1
RXR|PO
RXC|B|DRUG^Drug^99L|1|mg
SCH|S{n}^HIS|||||R1^Reason^99L
RGS|1
AIS|1||SV1^Service^99L
AIG|1||EQ1^Thing^99L
AIL|1||WARD
AIP|1||D3^Doc^Three
PRB|AD|20260101|PB1^Problem^99L|PI{n}^HIS
GOL|AD|20260101|G1^Goal^99L|GI{n}^HIS
PTH|AD|PW1^Path^99L|PH{n}^HIS
RF1|A||||||RF{n}^HIS
PRD|RP|Doc^Four
STF|ST{n}|S{n}^^^HOSP|Staff^Sam
PRA|ST{n}
FT1|1|||20260101||CG|FC1^Fee^99L
"""
LINES = {line[:3]: line for line in SEGMENTS.split('\n') if line}

# The message (and where in it) that a map is tried in, where the first that has the map is not the one in which it can show what it does.
CONTEXT = {
    'RXR[MedicationRequest]': ('OMP_O09', 'ORDER'), 'PRT[PractitionerRole]': ('VXU_V04', 'PERSON_OBSERVATION'), 'PRT[Device]': ('VXU_V04', 'PERSON_OBSERVATION'),
    'PRT[Observation-Location]': ('VXU_V04', 'PERSON_OBSERVATION'), 'OBX[Observation]': ('ORU_R01', 'OBSERVATION'), 'OBX[Observation-Component]': ('ORU_R01', 'OBSERVATION'),
    'TXA[DocumentReference]': ('MDM_T02', ''), 'MRG[Account]': ('ADT_A06', ''), 'ORC[ServiceRequest]': ('OML_O21', ''), 'OBR[ServiceRequest]': ('OML_O21', ''), 'ORC[Provenance]': ('OML_O21', ''),
    'TQ1[ServiceRequest]': ('OML_O21', ''), 'NTE[ServiceRequest]': ('OML_O21', 'OBSERVATION_REQUEST'), 'NTE[Observation]': ('ORU_R01', 'OBSERVATION'),
    'ORC[DiagnosticReport]': ('ORU_R01', ''), 'OBR[Specimen]': ('ORU_R01', ''), 'DG1[Condition]': ('ADT_A01', ''),
}

# What else must be said so that the segment's map is reached.
WITH = {
    'PRT[RelatedPerson]': {'PRT-4': 'RS^Sibling^99L'}, 'PRT[CareTeam]': {'PRT-4': 'AT^Attending^HL70912'}, 'ROL[Patient-GeneralPractitioner]': {'ROL-3': 'PP^Primary^HL70443'},
    'ROL[CareTeam]': {'ROL-3': 'PI^Insurer^HL70443'}, 'SCH[ServiceRequest]': {'SCH-26': 'O77^HIS'}, 'AIS[ServiceRequest]': {'SCH-26': 'O77^HIS'},
    'SFT[Device]': {'SFT-3': 'Product'}, 'MRG[Account]': {'MRG-3': 'ACC0^^^HOSP'}, 'TXA[DocumentReference]': {'OBX-5': 'text'}, 'TQ1[MedicationRequest]': {'RXO-1': 'DRUG^Drug^99L'},
    'OBR[Specimen]': {'OBR-15': 'BLD&Blood&99L'}, 'PRT[Device]': {'PRT-16': 'UDI1^HIS'},
    'PV2[Encounter]': {'PV1-2': 'I'}, 'DG1[Encounter]': {'PV1-2': 'I'},
    'ORC[Provenance]': {'ORC-12': 'D9^Doc^Nine', 'ORC-9': '20260101080000'}, 'TXA[Provenance]': {'TXA-8': '20260101080000', 'TXA-9': 'D9^Doc^Nine'},
    'PID[Provenance-Patient]': {'PID-33': '20260101080000', 'PID-34': 'UPD'}, 'PID[Account]': {'PID-18': 'ACC1^^^HOSP'}, 'IN3[CareTeam]': {'IN3-21': 'Manager^Mary'},
    'SCH[Provenance]': {'SCH-20': 'D9^Doc^Nine'}, 'EVN[Provenance]': {'EVN-5': 'D9^Doc^Nine'}, 'MSH[Provenance-Operator]': {},
}
