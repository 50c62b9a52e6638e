// Rules and profiles that are wrong: all problems at once, each with its place and a cure.

#include "engine/mapping/outbound/expression.h"
#include "tests/unit/mapping/outbound/fixture.h"

namespace yilian::mapping::outbound::test {
namespace {

namespace fs = std::filesystem;

std::string problems(const std::map<std::string, std::string>& files) {
  const fs::path root = fs::temp_directory_path() / ("outbound_rules_" + std::to_string(::getpid()));
  fs::remove_all(root);
  fs::create_directories(root / "hl7v2");
  fs::copy(kMappings + "/hl7v2/tables", root / "hl7v2/tables", fs::copy_options::recursive);
  fs::copy(kMappings + "/fhir-to-hl7v2", root / "fhir-to-hl7v2", fs::copy_options::recursive);
  for (const auto& [name, text] : files) std::ofstream(root / "fhir-to-hl7v2" / name) << text;
  const auto library = Library::load((root / "fhir-to-hl7v2").string());
  std::string out;
  if (!library) {
    for (const auto& issue : library.error()) out += issue.line().substr(issue.line().rfind('/', issue.line().find(": ")) + 1) + "\n";
  }
  fs::remove_all(root);
  return out;
}

TEST(OutboundRules, OursAreRight) { EXPECT_EQ(problems({}), ""); }

TEST(OutboundRules, EveryNameIsHeldAgainstTheDefinitions) {
  EXPECT_EQ(problems({{"segments/PD1[Patient].yaml",
                       "segment: PD1\nsource: Patient\nrules:\n"
                       "  - {to: PD1-3, from: generalPractitionr, as: \"XON[Reference]\"}\n"
                       "  - {to: PD1-99, from: gender}\n"
                       "  - {to: PID-3, from: gender}\n"
                       "  - {to: PD1-3, from: name}\n"
                       "  - {to: PD1-3, from: name, as: \"XON[Reference]\"}\n"
                       "  - {to: PD1-4, from: gender, table: AdministrativeSx}\n"
                       "  - {to: PD1-4, from: 'gender[option(nothing)]'}\n"
                       "  - {to: PD1-4, form: gender}\n"
                       "  - {told: gender, to: PD1-4}\n"}}),
            "PD1[Patient].yaml:4: Patient has no element 'generalPractitionr'. did you mean generalPractitioner?\n"
            "PD1[Patient].yaml:5: HL7 has no field PD1-99. SEG-field.component.subcomponent, like PD1-3.1\n"
            "PD1[Patient].yaml:6: `to:` must begin with PD1. SEG-field.component.subcomponent, like PD1-3.1\n"
            "PD1[Patient].yaml:7: a HumanName is no text. name a part of it, or the map for it by `as:`\n"
            "PD1[Patient].yaml:8: XON[Reference] is for a Reference, not for a HumanName\n"
            "PD1[Patient].yaml:9: no table 'AdministrativeSx'. did you mean AdministrativeSex?\n"
            "PD1[Patient].yaml:10: no option 'nothing'\n"
            "PD1[Patient].yaml:11: unknown setting 'form'. did you mean 'from'?\n"
            "PD1[Patient].yaml:12: `told:` writes nothing. leave `to:` and `from:` out\n");
}

TEST(OutboundRules, RowsStandInTheOrderOfTheStructure) {
  EXPECT_EQ(problems({{"messages/TEST.yaml",
                       "message: ORU_R01\nfocus: DiagnosticReport\nevents: [{type: ORU^R01}]\nrows:\n"
                       "  - {segment: PV1, of: encounter->Encounter, map: \"PV1[Encounter]\"}\n"
                       "  - {segment: PID, of: subject->Patient, map: \"PID[Patient]\"}\n"
                       "  - {segment: OBR, map: \"OBR[ServiceRequest]\"}\n"
                       "  - {segment: OBX, each: $nothing, map: \"OBX[Observation]\"}\n"}}),
            "TEST.yaml:6: there is no place for PID here. rows stand in the order of the structure\n"
            "TEST.yaml:7: OBR[ServiceRequest] is for a ServiceRequest, not for a DiagnosticReport\n"
            "TEST.yaml:8: no variable '$nothing' here. variables are declared by `with:` of this row or one around it\n"
            "TEST.yaml:8: OBX[Observation] is for a Observation, not for a DiagnosticReport\n");
}

TEST(OutboundRules, AMapDoesNotUseItself) {
  EXPECT_EQ(problems({{"datatypes/FN[HumanName].yaml", "datatype: FN\nsource: HumanName\nrules:\n  - {to: FN, from: ., as: \"FN[HumanName]\"}\n"}}), "FN[HumanName].yaml:1: FN[HumanName] uses itself\n");
}

TEST(OutboundRules, NoFolder) { EXPECT_FALSE(Library::load("/nowhere/at/all")); }

TEST(OutboundProfile, WrongSettingsAreToldTogether) {
  const auto node = config::read_text(
      "version: \"2.55\"\ncharset: klingon\nunwanted: [XYZ, PID-99]\noptions: {comparater: ST, coded: XX}\ntables: {AdministrativeSx: {}}\nzone: Mars\nmessages: [ADT^Z99]\nsender: a\n", "r.yaml");
  const auto made = library().compile(*node);
  ASSERT_FALSE(made);
  std::string all;
  for (const auto& issue : made.error()) all += issue.line() + "\n";
  EXPECT_EQ(all,
            "r.yaml:8: unknown setting 'sender'. known here: version, charset, sending-application, sending-facility, receiving-application, receiving-facility, processing-id, accept-acknowledgement, application-acknowledgement, country, messages, unwanted, options, prefer, systems, tables, zone, offsets, beyond-version, apart\n"
            "r.yaml:1: '2.55' is no version of HL7 v2. 2.1 to 2.9, in quotes: \"2.5.1\"\n"
            "r.yaml:2: no charset 'klingon'. UTF-8, GB18030, …\n"
            "r.yaml:3: HL7 has no XYZ. name segments (NTE) or fields (PID-19)\n"
            "r.yaml:3: HL7 has no PID-99. name segments (NTE) or fields (PID-19)\n"
            "r.yaml:4: no option 'comparater'. did you mean comparator?\n"
            "r.yaml:4: 'XX' is no value of coded. one of: CWE, CE\n"
            "r.yaml:5: no table 'AdministrativeSx'. did you mean AdministrativeSex?\n"
            "r.yaml:6: no time zone 'Mars'. Asia/Shanghai, or +08:00\n"
            "r.yaml:7: no message file makes ADT^Z99\n");
}

TEST(OutboundExpression, WhatIsWrongIsSaid) {
  const Scope scope{fhir::type("Patient"), nullptr, nullptr, nullptr};
  const auto wrong = [&](const char* text) {
    const auto made = parse_condition(text, scope);
    return made ? std::string() : made.error().what;
  };
  EXPECT_EQ(wrong("gender = \"male\" and not (name.family or name[use = \"official\"][0].given)"), "");
  EXPECT_EQ(wrong("managingOrganization->Organization.partOf->Organization.name"), "");
  EXPECT_EQ(wrong("<-Observation.subject"), "");
  EXPECT_EQ(wrong("<-Observation.code"), "<-Observation… must name a Reference of it");
  EXPECT_EQ(wrong("name->Patient"), "-> follows a Reference only");
  EXPECT_EQ(wrong("gender.code"), "a code has no element 'code'");
  EXPECT_EQ(wrong("gender = "), "a path was expected at ''");
  EXPECT_EQ(wrong("gender matches \"(\""), "no regular expression: missing ): (");
  EXPECT_EQ(wrong("frobnicate(gender)"), "no function 'frobnicate'");
  EXPECT_EQ(wrong("length(gender, name)"), "length() takes 1 values, not 2");
  EXPECT_EQ(wrong("gender \"x"), "unexpected '\"x'");
  const std::string deep(200, '(');
  EXPECT_EQ(wrong(deep.c_str()), "nested too deep");
}

}  // namespace
}  // namespace yilian::mapping::outbound::test
