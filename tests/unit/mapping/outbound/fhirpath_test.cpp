// fhirpath("…") in rules to HL7 v2.

#include <gmock/gmock.h>

#include "tests/unit/mapping/outbound/fixture.h"

namespace yilian::mapping::outbound::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// The project's rules with one more map: Z segments of a report's patient.
struct Rules {
  explicit Rules(const std::string& rules) : root(fs::temp_directory_path() / ("outbound_fhirpath_" + std::to_string(::getpid()))) {
    fs::remove_all(root);
    fs::create_directories(root / "hl7v2");
    fs::copy(kMappings + "/hl7v2/tables", root / "hl7v2/tables", fs::copy_options::recursive);
    fs::copy(kMappings + "/fhir-to-hl7v2", root / "fhir-to-hl7v2", fs::copy_options::recursive);
    std::ofstream(root / "fhir-to-hl7v2/segments/PD1[Patient].yaml") << "segment: PD1\nsource: Patient\nrules:\n" << rules;
  }
  ~Rules() { fs::remove_all(root); }

  std::string problems() const {
    const auto made = Library::load((root / "fhir-to-hl7v2").string());
    std::string out;
    if (!made) {
      for (const auto& issue : made.error()) out += issue.line().substr(issue.line().rfind('/', issue.line().find(": ")) + 1) + "\n";
    }
    return out;
  }
  Result<Sent> send(const std::string& bundle) const {
    auto made = Library::load((root / "fhir-to-hl7v2").string());
    EXPECT_TRUE(made) << problems();
    fhir::Arena arena;
    const auto json = fhir::read_json(bundle, arena);
    return (*made->compile(config::Node()))->run(**json, how());
  }
  std::string pd1(const std::string& bundle) const {
    const std::string text = "\n" + body(send(bundle));
    const auto begin = text.find("\nPD1");
    return begin == std::string::npos ? "" : text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
  }
  fs::path root;
};

const std::string kWithDoctor = R"({"resourceType":"Patient","id":"p1","identifier":[{"value":"M1","type":{"coding":[{"code":"MR"}]}}],"active":false,"gender":"male","birthDate":"1958-03-07",)"
                                R"("name":[{"use":"old","family":"Alt","given":["X"]},{"use":"official","family":"Doe","given":["Jane","Mary"]}],)"
                                R"("generalPractitioner":[{"reference":"#gp"},{"reference":"Practitioner/d1"}],"contained":[{"resourceType":"Practitioner","id":"gp","name":[{"family":"Inner"}]}]})";
const std::string kDoctor = R"({"resourceType":"Practitioner","id":"d1","name":[{"family":"Outer"}]})";
std::string report_of(const std::string& patient) {
  return bundle(entry(patient) + "," + entry(kDoctor) + "," + entry(kReport) + "," + entry(observation(R"("valueString":"x")")));
}

TEST(OutboundFhirPath, ElementsAndComputedValues) {
  const Rules rules(R"y(  - {to: PD1-1, from: "fhirpath(\"name.where(use = 'official').given\")"}
  - {to: PD1-5, from: "fhirpath(\"name.where(use = 'official').given.first() & ' ' & name.where(use = 'official').family\")"}
  - {to: PD1-6, from: 'fhirpath("gender = ''male''")'}
  - {to: PD1-7, from: 'fhirpath(''iif(birthDate < @2000-01-01, \''old\'', \''young\'')'')'}
  - {to: PD1-8, from: fhirpath("%resource.id")}
  - {to: PD1-9, from: 'fhirpath("deceased.ofType(boolean)") ?? "none"'}
  - {to: PD1-10, from: 'fhirpath("name.count()")'}
  - {to: PD1-13, from: fhirpath("birthDate")}
)y");
  EXPECT_EQ(rules.problems(), "");
  EXPECT_EQ(rules.pd1(report_of(kWithDoctor)), "PD1|Jane~Mary||||Jane Doe|Y|old|p1|none|2|||19580307");
}

TEST(OutboundFhirPath, Conditions) {
  const Rules rules(R"y(  - {to: PD1-4, from: fhirpath("generalPractitioner.count()")}
  - {to: PD1-5, value: yes, when: 'fhirpath("name.exists()")'}
  - {to: PD1-6, value: yes, when: 'fhirpath("active")'}
  - {to: PD1-7, value: yes, when: 'active'}
  - {to: PD1-8, value: yes, when: 'fhirpath("contact")'}
  - {to: PD1-9, value: yes, when: 'fhirpath("name.given.first()") = "X" and not fhirpath("contact.exists()")'}
  - {to: PD1-10, value: yes, when: 'name[fhirpath("given.count() > 1")].family = "Doe"'}
)y");
  EXPECT_EQ(rules.problems(), "");
  EXPECT_EQ(rules.pd1(report_of(kWithDoctor)), "PD1||||2|yes||yes||yes|yes");
}

TEST(OutboundFhirPath, OtherResources) {
  const Rules rules(R"y(  - {to: PD1-5, from: 'fhirpath("generalPractitioner[0].resolve().name.family")'}
  - {to: PD1-6, from: 'fhirpath("generalPractitioner[1].resolve().name.family")'}
  - {to: PD1-7, from: 'fhirpath("generalPractitioner.resolve().ofType(Practitioner).name.family")', join: "+"}
)y");
  const auto sent = rules.send(report_of(kWithDoctor));
  EXPECT_EQ(rules.pd1(report_of(kWithDoctor)), "PD1|||||Inner|Outer|Inner+Outer");
  EXPECT_THAT(losses(sent), Not(HasSubstr("Practitioner/d1 name")));
}

// What was given as it stands is told; of what something was computed nothing is.
TEST(OutboundFhirPath, WhatIsTold) {
  const Rules given(R"y(  - {to: PD1-5, from: fhirpath("maritalStatus.text")})y");
  const Rules* const one = &given;
  const std::string patient = kPatient.substr(0, kPatient.size() - 1) + R"(,"photo":[{"title":"Works"}]})";
  EXPECT_THAT(losses(one->send(report_of(patient))), HasSubstr("photo"));
  const Rules computed(R"y(  - {to: PD1-5, from: 'fhirpath("photo.title & ''!''")'})y");
  EXPECT_EQ(computed.pd1(report_of(patient)), "PD1|||||Works!");
  EXPECT_THAT(losses(computed.send(report_of(patient))), HasSubstr("photo"));
  const Rules told(R"y(  - {to: PD1-5, from: 'fhirpath("photo.title")'})y");
  EXPECT_EQ(told.pd1(report_of(patient)), "PD1|||||Works");
  EXPECT_THAT(losses(told.send(report_of(patient))), Not(HasSubstr("photo")));
}

TEST(OutboundFhirPath, WhatCannotBeAskedIsAbsentAndTold) {
  const Rules rules(R"y(  - {to: PD1-5, from: "fhirpath(\"name.given & 'x'\") ?? \"none\""}
  - {to: PD1-6, from: "fhirpath(\"name.given & 'x'\")"}
)y");
  const auto sent = rules.send(report_of(kWithDoctor));
  EXPECT_EQ(rules.pd1(report_of(kWithDoctor)), "PD1|||||none");
  EXPECT_THAT(losses(sent), HasSubstr("Patient/p1 fhirpath: it cannot be asked: byte"));
  EXPECT_EQ(std::count_if(sent->losses.begin(), sent->losses.end(), [](const Loss& loss) { return loss.element == "fhirpath"; }), 1);
}

TEST(OutboundFhirPath, IsCheckedWhenItIsLoaded) {
  EXPECT_EQ(Rules(R"y(  - {to: PD1-5, from: fhirpath("nam.given")}
  - {to: PD1-5, from: fhirpath("name.where(")}
  - {to: PD1-5, from: fhirpath(name)}
  - {to: PD1-5, from: fhirpath("name")}
  - {to: PD1-5, from: fhirpath("name"), as: "XCN[Reference]"}
  - {to: PD1-5, value: x, when: 'fhirpath("name.exists() and name.empty()")'}
  - {to: PD1-5, value: x, when: 'name[fhirpath("usee.exists()")]'}
  - {to: PD1-5, from: fhirpath("name.given)}
)y").problems(),
            "PD1[Patient].yaml:4: the FHIRPath on Patient: There is no element 'nam' in Patient. Did you mean name?\n"
            "PD1[Patient].yaml:5: the FHIRPath on Patient: byte 11: The expression ends here, where a value, a name or '(' should be\n"
            "PD1[Patient].yaml:6: fhirpath() takes an expression in quotes\n"
            "PD1[Patient].yaml:7: a HumanName is no text. name a part of it, or the map for it by `as:`\n"
            "PD1[Patient].yaml:8: XCN[Reference] is for a Reference, not for a HumanName\n"
            "PD1[Patient].yaml:8: XCN[Reference] makes a XCN, where a CWE stands\n"
            "PD1[Patient].yaml:9: the FHIRPath can never hold. it contradicts itself, or asks for a value that the element cannot have\n"
            "PD1[Patient].yaml:10: the FHIRPath on HumanName: There is no element 'usee' in HumanName. Did you mean use?\n"
            "PD1[Patient].yaml:11: a quotation mark is missing\n");
}

}  // namespace
}  // namespace yilian::mapping::outbound::test
